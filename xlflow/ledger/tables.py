"""The tables of the ledger, in SQL that SQLite and PostgreSQL both understand."""

from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Words(TypeDecorator[str]):
    """Text as people wrote it, without what a database refuses: NUL and lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return the text that is stored."""
        del dialect
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Exact(TypeDecorator[Decimal]):
    """A decimal number kept as its digits: neither database rounds text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        """Return the digits that are stored."""
        del dialect
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:
        """Return the number the stored digits mean."""
        del dialect
        return None if value is None else Decimal(value)


metadata = MetaData()

arrivals = Table(
    "arrivals",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False, index=True),
    Column("name", Words, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("outcome", Text),
    Column("note", Words),
    Column("output", Words),
    Column("archive_id", ForeignKey("arrivals.id"), index=True),
)

profiles = Table(
    "profiles",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("name", Words, nullable=False),
    Column("text", Words, nullable=False),
)

submissions = Table(
    "submissions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("arrival_id", ForeignKey("arrivals.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("sheet", Words),
    Column("form", Words),
    Column("profile", Words),
    Column("profile_sha256", ForeignKey("profiles.sha256")),
    Column("year", Integer),
    Column("round", Words),
    Column("unit", Words),
    Column("unit_code", Words),
    Column("assigned_from", Words),
    Column("project", Words),
    Column("project_code", Words),
    Column("key", Words),
    Column("version", Integer),
    Column("outcome", Text, nullable=False),
    Column("total", Exact),
    Column("claimed_total", Exact),
    Column("undecided_weight", Exact),
    Column("grade", Words),
    Column("light", Words),
    Column("errors", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    Column("notes", Integer, nullable=False),
    Column("output", Words, index=True),
    # JSON, read and written as a whole: a form of 52 indicators would be 70 rows otherwise.
    Column("document", Words),
    Column("sources", Words),
    Column("scores", Words, nullable=False),
    Column("problems", Words, nullable=False),
    Column("recorded_at", Text, nullable=False),
    # Two processes that record the same arrival, or two versions of one key, at the same time:
    # the second fails instead of counting twice.
    UniqueConstraint("arrival_id", "position"),
    UniqueConstraint("key", "version"),
)

# What a judgement of another day replaced: the score, and by which profile, never get lost.
earlier_judgements = Table(
    "earlier_judgements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("submission_id", ForeignKey("submissions.id"), nullable=False, index=True),
    Column("replaced_at", Text, nullable=False),
    *(
        Column(name, submissions.c[name].type)
        for name in (
            "profile", "profile_sha256", "outcome", "total", "claimed_total", "undecided_weight",
            "grade", "light", "errors", "warnings", "notes", "document", "sources", "scores",
            "problems",
        )
    ),
)  # fmt: skip

roster = Table(
    "roster",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Words, nullable=False, unique=True),
    Column("exercise", Words, nullable=False),
    Column("unit_name", Words, nullable=False),  # normalised, for the look-up
    Column("form", Words, nullable=False),
    Column("year", Integer),
    Column("round", Words),
    Column("unit", Words),
    Column("unit_code", Words),
    Column("project", Words),
    Column("project_code", Words),
    Column("deadline", Text),
    Column("issued", Words),
    Column("contact", Words),
    Column("profile", Words),
    Column("password", Words),
    Column("withdrawn", Integer),
    Index("ix_roster_exercise_unit", "exercise", "unit_name"),
    Index("ix_roster_exercise_code", "exercise", "unit_code"),
)

# What was handed out; `after` is the last submission there was by then.
handouts = Table(
    "handouts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("file", Words, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("promise", Text),
    Column("after", Integer, nullable=False),
    UniqueConstraint("key", "version"),
)

# Submissions whose targets were handed out anew, until they are judged again.
overtaken = Table(
    "overtaken",
    metadata,
    Column("submission_id", ForeignKey("submissions.id"), primary_key=True),
)

# What went out as the answer to an arrival: it may come back as it is.
answers = Table(
    "answers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sha256", Text, nullable=False, index=True),
    Column("arrival_id", ForeignKey("arrivals.id"), nullable=False),
)

book_copies = Table(
    "book_copies",
    metadata,
    Column("name", Words, primary_key=True),
    Column("sha256", Text, nullable=False),
)

# Notices lie where people change them; what still is as we wrote it may go. While a notice is
# written it may have two hashes: that of before, and that of then.
notices = Table(
    "notices",
    metadata,
    Column("name", Words, primary_key=True),
    Column("sha256", Text, primary_key=True),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("arrival_id", ForeignKey("arrivals.id"), nullable=False),
    Column("kind", Text, nullable=False, index=True),
    Column("sheet", Words, nullable=False),
    Column("at", Text, nullable=False),
    Column("who", Words),
    Column("decided_on", Words, nullable=False),
    Column("form", Words),
    Column("year", Integer),
    Column("round", Words),
    Column("unit", Words),
    Column("unit_code", Words),
    Column("project", Words),
    Column("file", Words),
    Column("written_unit", Words),
    Column("code", Words),
    Column("cell", Words),
    Column("value", Words),
    Column("sentence", Words),
    Column("replaced", Words),
    Column("reason", Words),
    Column("key", Words, index=True),
    Column("submission_id", ForeignKey("submissions.id")),
    Column("applied", Integer, nullable=False),
    Column("why", Words),
)

# Answers that another answer took the place of, until they are gone from the outbox.
stale_outputs = Table("stale_outputs", metadata, Column("path", Words, primary_key=True))

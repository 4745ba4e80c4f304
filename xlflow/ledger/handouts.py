"""What was handed out, version by version, and which submissions a new version overtakes."""

from collections.abc import Iterable
from dataclasses import asdict, fields

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from xlflow.ledger import submissions as recorded
from xlflow.ledger.records import Arrival, Handout, Submission
from xlflow.ledger.tables import handouts, overtaken, submissions

_SHOWN = tuple(handouts.c[field.name] for field in fields(Handout))
_last_submission = select(func.coalesce(func.max(submissions.c.id), 0))
_versions = (
    select(handouts.c.version, handouts.c.promise, handouts.c.after)
    .join(submissions, submissions.c.key == handouts.c.key)
    .where(submissions.c.id == bindparam("number"))
    .order_by(handouts.c.version)
)
ARRIVALS_OVERTAKEN = select(submissions.c.arrival_id).join(overtaken)


def last(connection: Connection, keys: Iterable[str]) -> dict[str, Handout]:
    """Return the last version that was handed out, by key."""
    wanted = frozenset(keys)
    rows = connection.execute(select(*_SHOWN).order_by(handouts.c.version)).mappings()
    return {row["key"]: Handout(**row) for row in rows if row["key"] in wanted}


def record(connection: Connection, made: Iterable[Handout]) -> dict[str, tuple[Submission, ...]]:
    """Return the submissions that new versions with other targets overtake, by key."""
    new = {each.key: each for each in made}
    before = last(connection, new)
    after = connection.execute(_last_submission).scalar_one()
    if new:
        rows = [{**asdict(each), "after": after} for each in new.values()]
        connection.execute(insert(handouts), rows)
    changed = {key for key, old in before.items() if old.promise != new[key].promise}
    if not changed:
        return {}
    found = {
        each.key: (each,)
        for each in recorded.find(connection, current_only=True)
        if each.key in changed
    }
    known = set(connection.execute(select(overtaken.c.submission_id)).scalars())
    pending = {each.id for (each,) in found.values()} - known
    if pending:
        connection.execute(insert(overtaken), [{"submission_id": each} for each in pending])
    return {key: those for key, those in found.items() if key is not None}


def reissued(connection: Connection, submission: int) -> int | None:
    """Return the last version handed out, if its targets are not those at a submission's time."""
    rows = connection.execute(_versions, {"number": submission}).all()
    then = [row for row in rows if row.after < submission]
    if not then or then[-1].promise == rows[-1].promise:
        return None
    return int(rows[-1].version)


def forget_overtaken(connection: Connection, arrival: Arrival) -> None:
    """Note that the submissions of an arrival were judged again."""
    these = select(submissions.c.id).where(submissions.c.arrival_id == arrival.id)
    connection.execute(delete(overtaken).where(overtaken.c.submission_id.in_(these)))

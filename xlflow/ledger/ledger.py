"""The ledger itself: each method is one transaction."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from xlflow import files
from xlflow.errors import EnvironmentFailed
from xlflow.forms.document import Document, Source
from xlflow.ledger import arrivals, decisions, handouts, roster, submissions
from xlflow.ledger.database import cause, open_engine, reading
from xlflow.ledger.entries import Entry
from xlflow.ledger.identity import Identified
from xlflow.ledger.records import (
    Arrival,
    ArrivalState,
    Assigned,
    Decision,
    EarlierJudgement,
    Handout,
    Member,
    RosterLine,
    Standing,
    Submission,
)
from xlflow.ledger.tables import arrivals as arrival_rows
from xlflow.ledger.tables import book_copies
from xlflow.ledger.tables import notices as notice_rows
from xlflow.messages import text
from xlflow.problems import Problem
from xlflow.review.context import Listed
from xlflow.review.result import Outcome, Result
from xlflow.review.waiver import Waiver
from xlflow.scoring.score import Score

_NO_TEXTS: Mapping[str, str] = MappingProxyType({})


class Ledger:
    """What happened in a workspace, on disk.

    Every method commits before it returns, or changes nothing and raises EnvironmentFailed;
    inside `together` they do so as one.
    Times are given by the caller, as ISO text in UTC: the ledger has no clock.
    """

    def __init__(self, engine: Engine, place: Path) -> None:
        self._engine = engine
        self._reading_engine = reading(engine)
        self._place = place
        self._open: Connection | None = None

    @classmethod
    def open(cls, where: str | Path) -> Self:
        """Return the ledger at a path (SQLite) or URL (PostgreSQL), created if it is not there.

        Raises EnvironmentFailed when it can not be opened.
        """
        engine = open_engine(where)
        return cls(engine, Path(engine.url.database or ""))

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # ---- arrivals --------------------------------------------------------------------------

    def arrive(self, sha256: str, name: str, size: int, mtime_ns: int, received_at: str) -> Arrival:
        """Return the arrival of a file whose original is kept.

        The same file seen again before it was taken from the inbox is the same arrival.
        """
        with self._writing() as connection:
            return arrivals.arrive(
                connection,
                sha256=sha256,
                name=name,
                size=size,
                mtime_ns=mtime_ns,
                received_at=received_at,
            )

    def taken(self, arrival: Arrival) -> Arrival:
        """Return the arrival after its file left the inbox."""
        with self._writing() as connection:
            return arrivals.move(connection, arrival, ArrivalState.TAKEN)

    def unpacked(
        self, archive: Arrival, members: Iterable[Member], note: str
    ) -> tuple[Arrival, ...]:
        """Return the arrivals of the files in an archive; the archive itself is finished.

        They take the place of the archive among what is not done.
        """
        with self._writing() as connection:
            found = arrivals.arrive_in(connection, archive, members)
            arrivals.move(
                connection, archive, ArrivalState.DONE, outcome=Outcome.ATTACHMENT, note=note
            )
            return found

    def finish(
        self, arrival: Arrival, outcome: str, note: str | None = None, output: str | None = None
    ) -> Arrival:
        """Return the arrival after everything was done for it; `note` says why, if need be.

        `output` is where a copy of it was put that no submission names.
        """
        with self._writing() as connection:
            return arrivals.move(
                connection, arrival, ArrivalState.DONE, outcome=outcome, note=note, output=output
            )

    def first_with(self, sha256: str, before: Arrival) -> Arrival | None:
        """Return the first arrival with these bytes, if one came before this one.

        One that could not be read does not count: what stood in its way (a form that was missing,
        a fault of the program) may be mended by now, and the file is sent again.
        """
        with self._reading() as connection:
            return arrivals.first_with(connection, sha256, before)

    def arrivals(self) -> tuple[Arrival, ...]:
        """Return every arrival, in the order they came."""
        with self._reading() as connection:
            return arrivals.find(connection)

    def arrivals_with(self, ids: Iterable[int]) -> tuple[Arrival, ...]:
        """Return the arrivals with these numbers, in the order they came."""
        with self._reading() as connection:
            return arrivals.find(connection, arrival_rows.c.id.in_(list(ids)))

    def untaken(self) -> tuple[Arrival, ...]:
        """Return the arrivals whose file may still lie in the inbox."""
        with self._reading() as connection:
            return arrivals.find(connection, arrival_rows.c.state == ArrivalState.KEPT)

    def unfinished(self) -> tuple[Arrival, ...]:
        """Return the arrivals that are not done, in the order they came."""
        with self._reading() as connection:
            open_states = (ArrivalState.KEPT.value, ArrivalState.TAKEN.value)
            return arrivals.find(connection, arrival_rows.c.state.in_(open_states))

    # ---- submissions -----------------------------------------------------------------------

    def record(
        self,
        arrival: Arrival,
        entries: Sequence[Entry],
        *,
        recorded_at: str,
        profile_texts: Mapping[str, str] = _NO_TEXTS,
    ) -> tuple[Submission, ...]:
        """Return the submissions of an arrival, each with its version.

        Stores the entries and the profiles (name to exact text) they were scored by. An arrival
        that was recorded before is not recorded again: what was stored then is returned.
        """
        with self._writing() as connection:
            return submissions.record(connection, arrival, entries, recorded_at, profile_texts)

    def answered(self, arrival: Arrival, sha256: str) -> None:
        """Note the hash of the scored copy that answers an arrival."""
        with self._writing() as connection:
            arrivals.answered(connection, arrival, sha256)

    def published(self, submission: Submission, output: str) -> Submission:
        """Return the submission after its result file was written at `output`.

        An earlier one of it at another place is stale from then on.
        """
        with self._writing() as connection:
            decisions.replace_output(connection, submission.output, output)
            return submissions.published(connection, submission, output)

    def rejudged(
        self,
        judged: Sequence[tuple[Submission, Entry]],
        *,
        at: str,
        profile_texts: Mapping[str, str] = _NO_TEXTS,
    ) -> None:
        """Put new judgements in the place of those recorded, which are kept as earlier ones.

        Units and versions stay.
        """
        with self._writing() as connection:
            submissions.rejudged(connection, judged, profile_texts, at)

    def are_judged_so(
        self,
        judged: Sequence[tuple[Submission, Entry]],
        *,
        profile_texts: Mapping[str, str] = _NO_TEXTS,
    ) -> bool:
        """Return whether judgements say the same as those recorded, by the same profiles."""
        with self._reading() as connection:
            return submissions.are_judged_so(connection, judged, profile_texts)

    def earlier_judgements(
        self, wanted: Sequence[Submission]
    ) -> dict[int, tuple[EarlierJudgement, ...]]:
        """Return the judgements that later ones replaced, by the submission's `id`."""
        with self._reading() as connection:
            return submissions.earlier_judgements_of(connection, wanted)

    def assign(
        self, wanted: Sequence[Submission], unit: str, unit_code: str | None
    ) -> tuple[Submission, ...]:
        """Return what changed now that submissions belong to another unit, itself or its version.

        Decisions on them go with them.
        """
        with self._writing() as connection:
            changed = submissions.assign(connection, wanted, unit, unit_code)
            decisions.follow(connection, changed)
            return changed

    def submissions(self, *, current_only: bool = False) -> tuple[Submission, ...]:
        """Return every submission as recorded; or only those that count, the last versions."""
        with self._reading() as connection:
            return submissions.find(connection, current_only=current_only)

    def submissions_of(self, arrival: Arrival) -> tuple[Submission, ...]:
        """Return what was recorded for an arrival; nothing before `record`."""
        with self._reading() as connection:
            return submissions.of_arrival(connection, arrival)

    def scores_of(self, wanted: Sequence[Submission]) -> dict[int, tuple[Score, ...]]:
        """Return the scored rows of submissions, by the submission's `id`."""
        with self._reading() as connection:
            return submissions.scores_of(connection, wanted)

    def problems_of(self, wanted: Sequence[Submission]) -> dict[int, tuple[Problem, ...]]:
        """Return the problems of submissions, by the submission's `id`."""
        with self._reading() as connection:
            return submissions.problems_of(connection, wanted)

    def documents_of(self, wanted: Sequence[Submission]) -> dict[int, Document]:
        """Return what the workbooks said, by the submission's `id`; unread ones are left out."""
        with self._reading() as connection:
            return submissions.documents_of(connection, wanted)

    def data_of(self, wanted: Sequence[Submission]) -> dict[int, dict[str, Any]]:
        """Return the data of the documents alone, by the submission's `id`."""
        with self._reading() as connection:
            return submissions.data_of(connection, wanted)

    def places_of(
        self, wanted: Sequence[Submission], pointers: Sequence[str]
    ) -> dict[int, dict[str, Source]]:
        """Return where some values of the documents stand, by the submission's `id` and pointer."""
        with self._reading() as connection:
            return submissions.places_of(connection, wanted, pointers)

    def accepted_before(
        self, keys: Sequence[str], before: int | None = None
    ) -> tuple[str, dict[str, Any]] | None:
        """Return form and data of the version that counted under the first key there is.

        None where there is none or it was not accepted. `before` is the `id` of the submission at
        whose recording one looks back.
        """
        with self._reading() as connection:
            return submissions.accepted_before(connection, keys, before)

    def profile_text(self, sha256: str) -> str | None:
        """Return the exact text of a profile that was used, by its hash."""
        with self._reading() as connection:
            return submissions.profile_text(connection, sha256)

    # ---- roster ----------------------------------------------------------------------------

    def expect(self, lines: Iterable[RosterLine]) -> frozenset[str]:
        """Put lines on the roster; a line for the same unit and project replaces the older.

        Returns the keys of those that were withdrawn and are expected again.
        """
        with self._writing() as connection:
            return roster.expect(connection, lines)

    def roster(self) -> tuple[RosterLine, ...]:
        """Return who is or was expected, in the order of the roster."""
        with self._reading() as connection:
            return roster.lines(connection)

    def exercises(self) -> frozenset[str]:
        """Return the keys of the exercises in which somebody is expected."""
        with self._reading() as connection:
            return roster.exercises(connection)

    def units_listed(self, item: Identified) -> tuple[Listed, ...]:
        """Return the units of an exercise that have an item's code or name, else all of them."""
        with self._reading() as connection:
            return roster.units_listed(connection, item)

    def line_for(self, item: Identified) -> RosterLine | None:
        """Return the one line of the roster that an item belongs to; None when none or several."""
        with self._reading() as connection:
            return roster.line_for(connection, item)

    def profiles_named(self) -> frozenset[str]:
        """Return the profiles that lines of the roster name."""
        with self._reading() as connection:
            return roster.profiles_named(connection)

    def passwords(self) -> tuple[tuple[str, str], ...]:
        """Return the units with a password, and the password, in the order of the roster."""
        with self._reading() as connection:
            return roster.passwords(connection)

    def extend(self, line: RosterLine, deadline: str) -> None:
        """Put another deadline in the place of that of a line on the roster."""
        with self._writing() as connection:
            roster.extend(connection, line, deadline)

    def withdraw(self, line: RosterLine) -> None:
        """Take a line of the roster from those that are expected, until it is issued again."""
        with self._writing() as connection:
            roster.withdraw(connection, line)

    def standing(self, current: Sequence[Submission] | None = None) -> tuple[Standing, ...]:
        """Return where everyone stands: the roster, then who submitted without being on it.

        `current` are the submissions that count, as recorded, where they were read before.
        """
        with self._reading() as connection:
            expected = roster.lines(connection)
            if current is None:
                current = submissions.find(connection, current_only=True)
            first_received = submissions.first_received(connection)
            extended = decisions.extensions(connection)
        return roster.standing(expected, current, first_received, extended)

    # ---- what was handed out ---------------------------------------------------------------

    def handed_out(self, keys: Iterable[str]) -> dict[str, Handout]:
        """Return the last version that was handed out, by key; nothing where none was."""
        with self._reading() as connection:
            return handouts.last(connection, keys)

    def hand_out(self, made: Iterable[Handout]) -> dict[str, tuple[Submission, ...]]:
        """Return the submissions that new versions with other targets overtake, by key.

        The versions are recorded, and the submissions are to be judged again.
        """
        with self._writing() as connection:
            return handouts.record(connection, made)

    def reissued(self, submission: int) -> int | None:
        """Return the version with other targets that was handed out since a submission came.

        `submission` is its `id`.
        """
        with self._reading() as connection:
            return handouts.reissued(connection, submission)

    def overtaken(self) -> tuple[Arrival, ...]:
        """Return the arrivals with submissions that are to be judged again, in order."""
        with self._reading() as connection:
            return arrivals.find(connection, arrival_rows.c.id.in_(handouts.ARRIVALS_OVERTAKEN))

    def forget_overtaken(self, arrival: Arrival) -> None:
        """Note that the submissions of an arrival were judged again."""
        with self._writing() as connection:
            handouts.forget_overtaken(connection, arrival)

    # ---- what the officer decided ------------------------------------------------------------

    def decide(self, made: Iterable[Decision]) -> None:
        """Record decisions."""
        with self._writing() as connection:
            decisions.store(connection, made)

    def retract(self, arrival: Arrival, waived: Iterable[Submission], why: str) -> None:
        """Note that an arrival's waivers and revocations could not be carried out."""
        with self._writing() as connection:
            decisions.retract(connection, arrival, waived, why)

    def decisions(self) -> tuple[Decision, ...]:
        """Return every decision, in the order they were made."""
        with self._reading() as connection:
            return decisions.find(connection)

    def has_decisions(self) -> bool:
        """Return whether an officer has decided anything at all."""
        with self._reading() as connection:
            return decisions.are_there(connection)

    def waivers_for(self, key: str | None, submission: int | None = None) -> tuple[Waiver, ...]:
        """Return the problems that may pass in the submissions of a key, or in one of them."""
        with self._reading() as connection:
            return decisions.waivers_for(connection, key, submission)

    def assigned(self, file: str, written_unit: str | None) -> Assigned | None:
        """Return whose a form is that names its unit so in a file of that name, if it was said."""
        with self._reading() as connection:
            return decisions.assigned(connection, file, written_unit)

    def place_key(self, result: Result) -> str:
        """Return the key under which the versions of a result are counted."""
        with self._reading() as connection:
            return submissions.place_key(connection, result)

    def stale_outputs(self) -> tuple[str, ...]:
        """Return the answers that have to leave the outbox: another one took their place."""
        with self._reading() as connection:
            return decisions.stale(connection)

    def forget_stale(self, path: str) -> None:
        """Note that a stale answer has left the outbox."""
        with self._writing() as connection:
            decisions.forget_stale(connection, path)

    # ---- dated copies of the summary book ----------------------------------------------------

    def book_copies(self) -> dict[str, str]:
        """Return the dated copies of the summary book that were written: name to sha256."""
        with self._reading() as connection:
            rows = connection.execute(select(book_copies.c.name, book_copies.c.sha256))
            return {row.name: row.sha256 for row in rows}

    def note_book_copy(self, name: str, sha256: str | None) -> None:
        """Remember a dated copy of the summary book; `None` forgets it."""
        with self._writing() as connection:
            connection.execute(delete(book_copies).where(book_copies.c.name == name))
            if sha256:
                connection.execute(insert(book_copies).values(name=name, sha256=sha256))

    # ---- notices -----------------------------------------------------------------------------

    def notices(self) -> frozenset[tuple[str, str]]:
        """Return the notices that were written: name and sha256."""
        with self._reading() as connection:
            return frozenset(
                (row.name, row.sha256) for row in connection.execute(select(notice_rows))
            )

    def note_notices(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Remember notices by name and sha256, those known so far as well."""
        known = self.notices()
        with self._writing() as connection:
            for name, sha256 in sorted(set(wanted) - known):
                connection.execute(insert(notice_rows).values(name=name, sha256=sha256))

    def keep_notices(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Forget all notices but these."""
        stale = self.notices() - set(wanted)
        with self._writing() as connection:
            for name, sha256 in stale:
                this = (notice_rows.c.name == name) & (notice_rows.c.sha256 == sha256)
                connection.execute(delete(notice_rows).where(this))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make what is called inside one transaction: all of it is on disk afterwards, or none.

        Inside another one it is a part of that.
        """
        with self._writing() as connection, self._kept_open(connection):
            yield

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Let everything read inside be of one moment, whatever is written meanwhile elsewhere.

        Inside `together` it is a part of that. Nothing may be written inside.
        """
        with self._reading() as connection, self._kept_open(connection):
            yield

    @contextmanager
    def _kept_open(self, connection: Connection) -> Iterator[None]:
        """Let all that is called inside use a connection; one that was kept open stays so."""
        before, self._open = self._open, connection
        try:
            yield
        finally:
            self._open = before

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        if self._open is not None:
            yield self._open
            return
        try:
            with self._engine.begin() as connection:
                yield connection
                files.before_step("commit", self._place)
        except SQLAlchemyError as error:
            raise EnvironmentFailed(*text("ledger.failed", why=cause(error))) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self._open is not None:
            yield self._open
            return
        try:
            with self._reading_engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise EnvironmentFailed(*text("ledger.failed", why=cause(error))) from error

"""Submissions: what was found in an arrival, its version, its scores and problems."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from hashlib import sha256
from operator import attrgetter
from sys import intern
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Row,
    RowMapping,
    Select,
    bindparam,
    func,
    insert,
    select,
    update,
)

from xlflow.forms.document import Document, Source
from xlflow.ledger import roster
from xlflow.ledger.documents import (
    data_from,
    document_from,
    places_from,
    problems_from,
    scores_from,
)
from xlflow.ledger.entries import Entry
from xlflow.ledger.identity import Identified, key_of
from xlflow.ledger.records import Arrival, EarlierJudgement, Submission
from xlflow.ledger.tables import arrivals, earlier_judgements, profiles, submissions
from xlflow.problems import Problem, Severity
from xlflow.review.result import Outcome, Result
from xlflow.scoring.score import Score

# What a submission shows and the table does not hold as it stands.
_ELSEWHERE = {"file", "sha256", "received_at", "current"}
_SAID_BY_MANY = (
    "sheet", "form", "profile", "profile_sha256", "round", "unit", "unit_code", "grade", "light"
)  # fmt: skip
_SHOWN = tuple(field.name for field in fields(Submission))
_OF_JUDGEMENT = tuple(
    column
    for column in submissions.c
    if column.name in earlier_judgements.c and column.name != "id"
)
_BATCH = 500  # numbers in one IN (…): both databases take more, their planners do not like it

_later = submissions.alias("later")
_superseded = (
    select(_later.c.id)
    .where(_later.c.key == submissions.c.key, _later.c.version > submissions.c.version)
    .exists()
)
_all = (
    select(
        *(
            submissions.c[field.name]
            for field in fields(Submission)
            if field.name not in _ELSEWHERE
        ),
        arrivals.c.name.label("file"),
        arrivals.c.sha256,
        arrivals.c.received_at,
        (submissions.c.version.is_not(None) & ~_superseded).label("current"),
    )
    .join_from(submissions, arrivals)
    .order_by(submissions.c.id)
)

# Built once: SQLAlchemy then finds their compiled form without looking at them again.
_insert = insert(submissions).returning(submissions.c.id)
_recorded = select(submissions.c.id).where(submissions.c.arrival_id == bindparam("arrival"))
_newest = select(func.max(submissions.c.version)).where(submissions.c.key == bindparam("key"))
_publish = (
    update(submissions)
    .where(submissions.c.id == bindparam("number"))
    .values(output=bindparam("path"))
)
_versions = (
    select(submissions.c.key, submissions.c.form, submissions.c.outcome, submissions.c.document)
    .where(submissions.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(submissions.c.version)
)
_first_received = (
    select(submissions.c.key, func.min(arrivals.c.received_at).label("at"))
    .join_from(submissions, arrivals)
    .where(submissions.c.version.is_not(None))
    .group_by(submissions.c.key)
)
_profile = select(profiles.c.text).where(profiles.c.sha256 == bindparam("digest"))
_all_of_arrival = _all.where(submissions.c.arrival_id == bindparam("arrival"))


def record(
    connection: Connection,
    arrival: Arrival,
    entries: Sequence[Entry],
    recorded_at: str,
    profile_texts: Mapping[str, str],
) -> tuple[Submission, ...]:
    """Return the submissions of an arrival, stored now or, if it was recorded before, then."""
    if connection.execute(_recorded, {"arrival": arrival.id}).first():
        return of_arrival(connection, arrival)
    hashes = _keep_profiles(connection, entries, profile_texts)
    stored = []
    for position, entry in enumerate(entries):
        row = _row(connection, arrival, position, entry)
        row["recorded_at"] = recorded_at
        row["profile_sha256"] = hashes.get(entry.result.profile or "")
        stored.append(_stored(connection, arrival, row, entry.result.outcome))
    return tuple(stored)


def _stored(
    connection: Connection, arrival: Arrival, row: dict[str, Any], outcome: Outcome
) -> Submission:
    """Return a submission just inserted, which is the newest of its key."""
    number = connection.execute(_insert, row).scalar_one()
    shown = {name: row[name] for name in _SHOWN if name in row} | {"outcome": outcome}
    return Submission(
        id=number,
        file=arrival.name,
        sha256=arrival.sha256,
        received_at=arrival.received_at,
        current=row["version"] is not None,
        output=None,
        **shown,
    )


def rejudged(
    connection: Connection,
    judged: Sequence[tuple[Submission, Entry]],
    profile_texts: Mapping[str, str],
    at: str,
) -> None:
    """Put a new judgement in the place of the one recorded, which is kept beside it.

    Unit and version stay. A judgement that says the same replaces nothing.
    """
    hashes = _keep_profiles(connection, [entry for _, entry in judged], profile_texts)
    for submission, entry in judged:
        row = _judged_by(entry, hashes)
        old = _recorded_judgement(connection, submission)
        if row != old:
            kept = old | {"submission_id": submission.id, "replaced_at": at}
            connection.execute(insert(earlier_judgements).values(kept))
            this = submissions.c.id == submission.id
            connection.execute(update(submissions).where(this).values(row))


def are_judged_so(
    connection: Connection,
    judged: Sequence[tuple[Submission, Entry]],
    profile_texts: Mapping[str, str],
) -> bool:
    """Return whether judgements say the same as those recorded, by the same profiles."""
    hashes = {name: _digest(exact) for name, exact in profile_texts.items()}
    return all(
        _judged_by(entry, hashes) == _recorded_judgement(connection, submission)
        for submission, entry in judged
    )


def earlier_judgements_of(
    connection: Connection, wanted: Sequence[Submission]
) -> dict[int, tuple[EarlierJudgement, ...]]:
    """Return the judgements that others replaced, by the submission's number, oldest first."""
    shown = [earlier_judgements.c[field.name] for field in fields(EarlierJudgement)]
    found: dict[int, tuple[EarlierJudgement, ...]] = {}
    for numbers in _batches(wanted):
        among = earlier_judgements.c.submission_id.in_(numbers)
        query = select(*shown).where(among).order_by(earlier_judgements.c.id)
        for row in connection.execute(query).mappings():
            read = {"outcome": Outcome(row["outcome"]), "scores": scores_from(row["scores"])}
            one = EarlierJudgement(**{**row, **read})
            found[one.submission_id] = (*found.get(one.submission_id, ()), one)
    return found


def _judged_by(entry: Entry, hashes: Mapping[str, str]) -> dict[str, Any]:
    return _judgement(entry) | {"profile_sha256": hashes.get(entry.result.profile or "")}


def _recorded_judgement(connection: Connection, submission: Submission) -> dict[str, Any]:
    query = select(*_OF_JUDGEMENT).where(submissions.c.id == submission.id)
    return dict(connection.execute(query).mappings().one())


def assign(
    connection: Connection, wanted: Sequence[Submission], unit: str, unit_code: str | None
) -> tuple[Submission, ...]:
    """Return the submissions whose unit or version is another one, now that some have a new unit.

    The versions of a key are counted anew in the order in which its submissions were recorded: a
    form that came in before another one of its true unit does not supersede it.
    """
    moved: dict[int, Submission] = {}
    for each in wanted:
        new = replace(each, unit=unit, unit_code=unit_code, assigned_from=each.written_unit)
        moved[each.id] = replace(new, key=place_key(connection, new))
    keys = {each.key for each in moved.values()}
    there = {each.id: each for each in _with_keys(connection, keys)}
    before = there | {each.id: each for each in wanted}
    after = _counted((there | moved).values())
    changed = [each for each in after if each != before[each.id]]
    # Two steps: in between no two may have the same version.
    for each in changed:
        _renumber(connection, each, None)
    for each in changed:
        _renumber(connection, each, each.version)
    return tuple(changed)


def _counted(found: Iterable[Submission]) -> list[Submission]:
    """Return submissions with their versions counted by key, in the order of recording."""
    last: Counter[str | None] = Counter()
    counted = []
    for each in sorted(found, key=attrgetter("id")):
        last[each.key] += 1
        counted.append(replace(each, version=last[each.key]))
    return counted


def _renumber(connection: Connection, submission: Submission, version: int | None) -> None:
    names = ("unit", "unit_code", "assigned_from", "key")
    values = {name: getattr(submission, name) for name in names} | {"version": version}
    change = update(submissions).where(submissions.c.id == submission.id).values(values)
    connection.execute(change)


def _with_keys(connection: Connection, keys: Iterable[str | None]) -> tuple[Submission, ...]:
    return _fetch(connection, _all.where(submissions.c.key.in_(list(keys))))


def place_key(connection: Connection, item: Identified, fallback: str = "?") -> str:
    """Return the key under which the versions of a form are counted.

    A form that names its unit without the code belongs to the line of the roster that has it.
    """
    return key_of(roster.line_for(connection, item) or item, fallback)


def find(connection: Connection, *, current_only: bool) -> tuple[Submission, ...]:
    """Return the submissions in the order they were recorded, all or the ones that count."""
    query = _all
    if current_only:
        query = query.where(submissions.c.version.is_not(None), ~_superseded)
    return _fetch(connection, query)


def first_received(connection: Connection) -> dict[str, str]:
    """Return when the first version of each key came in."""
    return {row.key: row.at for row in connection.execute(_first_received)}


def of_arrival(connection: Connection, arrival: Arrival) -> tuple[Submission, ...]:
    """Return the submissions that were found in an arrival."""
    return _fetch(connection, _all_of_arrival, arrival=arrival.id)


def accepted_before(
    connection: Connection, keys: Sequence[str], before: int | None
) -> tuple[str, dict[str, Any]] | None:
    """Return form and data of the version that counted under the first key there is, if accepted.

    `before` is the submission at whose recording one looks back; None looks at all.
    """
    query = _versions.where(submissions.c.id < before) if before else _versions
    rows = connection.execute(query, {"keys": list(keys)}).all()
    newest = {row.key: row for row in rows}  # by version, so the last one stays
    counting = next((newest[key] for key in keys if key in newest), None)
    if counting is None or counting.outcome != Outcome.ACCEPTED or counting.document is None:
        return None
    return counting.form, data_from(counting.document)


def published(connection: Connection, submission: Submission, output: str) -> Submission:
    """Return the submission after its result file was written."""
    connection.execute(_publish, {"number": submission.id, "path": output})
    return replace(submission, output=output)


def scores_of(connection: Connection, wanted: Sequence[Submission]) -> dict[int, tuple[Score, ...]]:
    """Return the scored rows of submissions, by the submission's number."""
    rows = _columns(connection, wanted, submissions.c.scores)
    return {row.id: scores_from(row.scores) for row in rows}


def problems_of(
    connection: Connection, wanted: Sequence[Submission]
) -> dict[int, tuple[Problem, ...]]:
    """Return the problems of submissions, by the submission's number."""
    rows = _columns(connection, wanted, submissions.c.problems)
    return {row.id: problems_from(row.problems) for row in rows}


def documents_of(connection: Connection, wanted: Sequence[Submission]) -> dict[int, Document]:
    """Return what the workbooks said, by the submission's number; unread ones are left out."""
    table = submissions.c
    rows = _columns(connection, wanted, table.form, table.sheet, table.document, table.sources)
    return {
        row.id: document_from(row.form, row.sheet, row.document, row.sources)
        for row in rows
        if row.document is not None
    }


def places_of(
    connection: Connection, wanted: Sequence[Submission], pointers: Sequence[str]
) -> dict[int, dict[str, Source]]:
    """Return where some values of the documents stand, by the submission's number and pointer."""
    rows = _columns(connection, wanted, submissions.c.sheet, submissions.c.sources)
    return {
        row.id: places_from(row.sheet, row.sources, pointers)
        for row in rows
        if row.sources is not None
    }


def data_of(connection: Connection, wanted: Sequence[Submission]) -> dict[int, dict[str, Any]]:
    """Return the data of the documents alone, by the submission's number."""
    rows = _columns(connection, wanted, submissions.c.document)
    return {row.id: data_from(row.document) for row in rows if row.document is not None}


def profile_text(connection: Connection, digest: str) -> str | None:
    """Return the exact text of a profile that submissions were scored by."""
    return connection.execute(_profile, {"digest": digest}).scalar_one_or_none()


def _row(connection: Connection, arrival: Arrival, position: int, entry: Entry) -> dict[str, Any]:
    result = entry.result
    key, version = _version(connection, arrival, result)
    return _judgement(entry) | {
        "arrival_id": arrival.id,
        "position": position,
        "sheet": result.sheet,
        "form": result.form,
        "year": result.year,
        "round": result.round,
        "unit": result.unit,
        "unit_code": result.unit_code,
        "assigned_from": entry.assigned_from,
        "project": result.project,
        "project_code": result.project_code,
        "key": key,
        "version": version,
    }


def _judgement(entry: Entry) -> dict[str, Any]:
    """Return what another judgement of the same form may change."""
    result = entry.result
    severities = [problem.severity for problem in result.problems]
    return {
        "profile": result.profile,
        "outcome": result.outcome.value,
        "total": result.scores.total,
        "claimed_total": result.scores.claimed_total,
        "undecided_weight": result.scores.undecided_weight,
        "grade": result.scores.grade,
        "light": result.scores.light,
        "errors": severities.count(Severity.ERROR),
        "warnings": severities.count(Severity.WARNING),
        "notes": severities.count(Severity.NOTE),
        "document": entry.document,
        "sources": entry.sources,
        "scores": entry.scores,
        "problems": entry.problems,
    }


def _version(
    connection: Connection, arrival: Arrival, result: Result
) -> tuple[str | None, int | None]:
    if result.outcome not in (Outcome.ACCEPTED, Outcome.RETURNED):
        return None, None
    key = place_key(connection, result, f"?{arrival.sha256}/{result.sheet or ''}")
    return key, (connection.execute(_newest, {"key": key}).scalar() or 0) + 1


def _keep_profiles(
    connection: Connection, entries: Sequence[Entry], texts: Mapping[str, str]
) -> dict[str, str]:
    used = {entry.result.profile for entry in entries}
    hashes: dict[str, str] = {}
    for name, exact in texts.items():
        if name in used:
            digest = hashes[name] = _digest(exact)
            if profile_text(connection, digest) is None:
                row = {"sha256": digest, "name": name, "text": exact}
                connection.execute(insert(profiles), row)
    return hashes


def _digest(exact: str) -> str:
    return sha256(exact.encode("utf-8")).hexdigest()


def _fetch(connection: Connection, query: Select[Any], **values: int) -> tuple[Submission, ...]:
    return tuple(_submission(row) for row in connection.execute(query, values).mappings())


def _submission(row: RowMapping) -> Submission:
    """Return a submission; of thousands, what many say is held once."""
    said_by_many = {name: intern(row[name]) for name in _SAID_BY_MANY if row[name] is not None}
    read = {"outcome": Outcome(row["outcome"]), "current": bool(row["current"])}
    return Submission(**{**row, **said_by_many, **read})


def _batches(wanted: Sequence[Submission]) -> Iterator[list[int]]:
    numbers = [submission.id for submission in wanted]
    for start in range(0, len(numbers), _BATCH):
        yield numbers[start : start + _BATCH]


def _columns(
    connection: Connection, wanted: Sequence[Submission], *columns: Column[Any]
) -> Iterator[Row[Any]]:
    """Yield number and columns of the submissions wanted."""
    for numbers in _batches(wanted):
        query = select(submissions.c.id, *columns).where(submissions.c.id.in_(numbers))
        yield from connection.execute(query)

"""Submissions: what was found in an arrival, its version, its scores and problems."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Connection, Row, Select, bindparam, func, insert, select, update

from xlflow.forms.document import Document
from xlflow.ledger import roster
from xlflow.ledger.documents import (
    data_from,
    document_from,
    problems_from,
    scores_from,
)
from xlflow.ledger.entries import Entry
from xlflow.ledger.identity import key_of
from xlflow.ledger.records import Arrival, Submission
from xlflow.ledger.tables import arrivals, profiles, submissions
from xlflow.problems import Problem, Severity
from xlflow.review.result import Outcome, Result
from xlflow.scoring.score import Score

# What a submission shows and the table does not hold as it stands.
_ELSEWHERE = {"file", "sha256", "received_at", "current"}
_SHOWN = tuple(field.name for field in fields(Submission))
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


def find(connection: Connection, *, current_only: bool) -> tuple[Submission, ...]:
    """Return the submissions in the order they were recorded, all or the ones that count."""
    query = _all
    if current_only:
        query = query.where(submissions.c.version.is_not(None), ~_superseded)
    return _fetch(connection, query)


def of_arrival(connection: Connection, arrival: Arrival) -> tuple[Submission, ...]:
    """Return the submissions that were found in an arrival."""
    return _fetch(connection, _all_of_arrival, arrival=arrival.id)


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
    severities = [problem.severity for problem in result.problems]
    return {
        "arrival_id": arrival.id,
        "position": position,
        "sheet": result.sheet,
        "form": result.form,
        "profile": result.profile,
        "year": result.year,
        "round": result.round,
        "unit": result.unit,
        "unit_code": result.unit_code,
        "project": result.project,
        "project_code": result.project_code,
        "key": key,
        "version": version,
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
    # A form that names its unit without the code belongs to the line of the roster that has it.
    line = roster.line_for(connection, result)
    key = key_of(line or result, fallback=f"?{arrival.sha256}/{result.sheet or ''}")
    return key, (connection.execute(_newest, {"key": key}).scalar() or 0) + 1


def _keep_profiles(
    connection: Connection, entries: Sequence[Entry], texts: Mapping[str, str]
) -> dict[str, str]:
    used = {entry.result.profile for entry in entries}
    hashes: dict[str, str] = {}
    for name, exact in texts.items():
        if name in used:
            digest = hashes[name] = sha256(exact.encode("utf-8")).hexdigest()
            if profile_text(connection, digest) is None:
                row = {"sha256": digest, "name": name, "text": exact}
                connection.execute(insert(profiles), row)
    return hashes


def _fetch(connection: Connection, query: Select[Any], **values: int) -> tuple[Submission, ...]:
    return tuple(
        Submission(**{**row, "outcome": Outcome(row["outcome"]), "current": bool(row["current"])})
        for row in connection.execute(query, values).mappings()
    )


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

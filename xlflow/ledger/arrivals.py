"""Arrivals: what came in, and how far each one is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, func, insert, select, update

from xlflow.ledger.records import Arrival, ArrivalState, Member
from xlflow.ledger.tables import answers, arrivals
from xlflow.review.result import Outcome

# Built once: SQLAlchemy then finds their compiled form without looking at them again.
_move = (
    update(arrivals)
    .where(arrivals.c.id == bindparam("number"))
    .values(
        state=bindparam("becomes"),
        outcome=bindparam("result"),
        note=bindparam("words"),
        output=bindparam("path"),
    )
)
_insert = insert(arrivals).returning(arrivals.c.id)
_kept = select(arrivals).where(
    arrivals.c.sha256 == bindparam("hash"),
    arrivals.c.name == bindparam("called"),
    arrivals.c.mtime_ns == bindparam("time"),
    arrivals.c.state == ArrivalState.KEPT.value,
)
# In the order they came: what came in an archive stands where the archive does.
_place = func.coalesce(arrivals.c.archive_id, arrivals.c.id)
_member = arrivals.alias("member")
_unread_member = (
    select(_member.c.id)
    .where(
        _member.c.archive_id == arrivals.c.id,
        _member.c.outcome == Outcome.QUARANTINED.value,
    )
    .exists()
)
_answered = select(answers.c.arrival_id).where(answers.c.sha256 == bindparam("hash"))
_answer = insert(answers)
_first = (
    select(arrivals)
    .where(
        (arrivals.c.sha256 == bindparam("hash")) | arrivals.c.id.in_(_answered),
        (_place < bindparam("place"))
        | ((_place == bindparam("place")) & (arrivals.c.id < bindparam("before"))),
        arrivals.c.outcome.is_(None) | (arrivals.c.outcome != Outcome.QUARANTINED.value),
        ~_unread_member,
    )
    .order_by(_place, arrivals.c.id)
    .limit(1)
)


def arrive(
    connection: Connection, *, sha256: str, name: str, size: int, mtime_ns: int, received_at: str
) -> Arrival:
    """Return the arrival of a file; one that was kept but not yet taken is the same one."""
    name = readable(name)
    values = {"hash": sha256, "called": name, "time": mtime_ns}
    seen = connection.execute(_kept, values).mappings().first()
    if seen:
        return _arrival(dict(seen))
    row = {
        "sha256": sha256,
        "name": name,
        "size": size,
        "mtime_ns": mtime_ns,
        "received_at": received_at,
        "state": ArrivalState.KEPT.value,
        "archive_id": None,
    }
    return _inserted(connection, row)


def arrive_in(
    connection: Connection, archive: Arrival, members: Iterable[Member]
) -> tuple[Arrival, ...]:
    """Return the arrivals of the files in an archive; they are not in the inbox any more."""
    common = {
        "mtime_ns": archive.mtime_ns,
        "received_at": archive.received_at,
        "state": ArrivalState.TAKEN.value,
        "archive_id": archive.id,
    }
    return tuple(
        _inserted(
            connection,
            {**common, "sha256": each.sha256, "name": readable(each.name), "size": each.size},
        )
        for each in members
    )


def move(
    connection: Connection,
    arrival: Arrival,
    state: ArrivalState,
    *,
    outcome: str | None = None,
    note: str | None = None,
    output: str | None = None,
) -> Arrival:
    """Return the arrival after its state, outcome, note and output were changed."""
    changes = {"becomes": state.value, "result": outcome, "words": note, "path": output}
    connection.execute(_move, {"number": arrival.id, **changes})
    return replace(arrival, state=state, outcome=outcome, note=note, output=output)


def answered(connection: Connection, arrival: Arrival, sha256: str) -> None:
    """Note with which bytes an arrival was answered."""
    connection.execute(_answer, {"sha256": sha256, "arrival_id": arrival.id})


def first_with(connection: Connection, sha256: str, before: Arrival) -> Arrival | None:
    """Return the first arrival with these bytes that came before another and could be read.

    One that was answered with these bytes counts as well: its scored copy came back. Of an
    archive that means all that is in it.
    """
    values = {"hash": sha256, "place": before.archive_id or before.id, "before": before.id}
    row = connection.execute(_first, values).mappings().first()
    return _arrival(dict(row)) if row else None


def find(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Arrival, ...]:
    """Return the arrivals that meet all conditions, in the order they came."""
    query = select(arrivals).where(*conditions).order_by(_place, arrivals.c.id)
    return tuple(_arrival(dict(row)) for row in connection.execute(query).mappings())


def readable(name: str) -> str:
    r"""Return a file name as text; bytes that are no UTF-8 (a disk written in GBK) are decoded.

    >>> readable(b"\xd7\xd4\xc6\xc0.xlsx".decode("utf-8", "surrogateescape"))
    '自评.xlsx'
    """
    try:
        raw = name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half a character pair, on Windows
        return name.encode("utf-8", "replace").decode("utf-8")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _inserted(connection: Connection, row: dict[str, Any]) -> Arrival:
    number = connection.execute(_insert, row).scalar_one()
    return _arrival({**row, "id": number, "outcome": None, "note": None})


def _arrival(row: Mapping[str, Any]) -> Arrival:
    return Arrival(**{**row, "state": ArrivalState(row["state"])})

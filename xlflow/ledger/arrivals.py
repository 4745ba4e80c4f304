"""Arrivals: what came in, and how far each one is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from xlflow.ledger.records import Arrival, ArrivalState
from xlflow.ledger.tables import arrivals
from xlflow.review.result import Outcome

# Built once: SQLAlchemy then finds their compiled form without looking at them again.
_move = (
    update(arrivals)
    .where(arrivals.c.id == bindparam("number"))
    .values(state=bindparam("becomes"), outcome=bindparam("result"), note=bindparam("words"))
)
_insert = insert(arrivals).returning(arrivals.c.id)
_kept = select(arrivals).where(
    arrivals.c.sha256 == bindparam("hash"),
    arrivals.c.name == bindparam("called"),
    arrivals.c.mtime_ns == bindparam("time"),
    arrivals.c.state == ArrivalState.KEPT.value,
)
_first = (
    select(arrivals)
    .where(
        arrivals.c.sha256 == bindparam("hash"),
        arrivals.c.id < bindparam("before"),
        arrivals.c.outcome.is_(None) | (arrivals.c.outcome != Outcome.QUARANTINED.value),
    )
    .order_by(arrivals.c.id)
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
    }
    number = connection.execute(_insert, row).scalar_one()
    return _arrival({**row, "id": number, "outcome": None, "note": None})


def move(
    connection: Connection,
    arrival: Arrival,
    state: ArrivalState,
    outcome: str | None = None,
    note: str | None = None,
) -> Arrival:
    """Return the arrival after its state, outcome and note were changed."""
    changes = {"becomes": state.value, "result": outcome, "words": note}
    connection.execute(_move, {"number": arrival.id, **changes})
    return replace(arrival, state=state, outcome=outcome, note=note)


def first_with(connection: Connection, sha256: str, before: Arrival) -> Arrival | None:
    """Return the first arrival with these bytes that came before another and could be read."""
    values = {"hash": sha256, "before": before.id}
    row = connection.execute(_first, values).mappings().first()
    return _arrival(dict(row)) if row else None


def find(connection: Connection, *conditions: ColumnElement[bool]) -> tuple[Arrival, ...]:
    """Return the arrivals that meet all conditions, in the order they came."""
    query = select(arrivals).where(*conditions).order_by(arrivals.c.id)
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


def _arrival(row: Mapping[str, Any]) -> Arrival:
    return Arrival(**{**row, "state": ArrivalState(row["state"])})

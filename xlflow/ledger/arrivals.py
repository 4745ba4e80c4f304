"""Arrivals: what came in, and how far each one is."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select, update

from xlflow.ledger.records import Arrival, ArrivalState
from xlflow.ledger.tables import arrivals

_move = (
    update(arrivals)
    .where(arrivals.c.id == bindparam("number"))
    .values(state=bindparam("becomes"), outcome=bindparam("result"), note=bindparam("words"))
)


def arrive(
    connection: Connection, *, sha256: str, name: str, size: int, mtime_ns: int, received_at: str
) -> Arrival:
    """Return the arrival of a file; one that was kept but not yet taken is the same one."""
    name = readable(name)
    seen = find(
        connection,
        arrivals.c.sha256 == sha256,
        arrivals.c.name == name,
        arrivals.c.mtime_ns == mtime_ns,
        arrivals.c.state == ArrivalState.KEPT,
    )
    if seen:
        return seen[0]
    new = insert(arrivals).values(
        sha256=sha256,
        name=name,
        size=size,
        mtime_ns=mtime_ns,
        received_at=received_at,
        state=ArrivalState.KEPT.value,
    )
    return with_id(connection, connection.execute(new.returning(arrivals.c.id)).scalar_one())


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


def with_id(connection: Connection, number: int) -> Arrival:
    """Return the arrival of that number."""
    return find(connection, arrivals.c.id == number)[0]


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
    except UnicodeEncodeError:  # half a character pair, on Windows; the column replaces it
        return name
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")


def _arrival(row: Mapping[str, Any]) -> Arrival:
    return Arrival(**{**row, "state": ArrivalState(row["state"])})

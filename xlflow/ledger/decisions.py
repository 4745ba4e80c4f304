"""What the officer decided, and what of it holds for a form that is judged."""

from collections.abc import Iterable
from dataclasses import asdict, fields

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from xlflow.ledger.identity import normalised
from xlflow.ledger.records import Arrival, Assigned, Decision, DecisionKind, Submission
from xlflow.ledger.tables import decisions, stale_outputs, submissions
from xlflow.review.waiver import Waiver

_SHOWN = tuple(decisions.c[field.name] for field in fields(Decision))
_all = select(*_SHOWN).order_by(decisions.c.id)
_applied = _all.where(decisions.c.applied == 1)
# Built once: SQLAlchemy then finds their compiled form without looking at them again.
_any = select(decisions.c.id).limit(1)
_ON_PROBLEMS = (DecisionKind.WAIVER, DecisionKind.REVOCATION)
_waivers = _applied.where(
    decisions.c.kind.in_([kind.value for kind in _ON_PROBLEMS]),
    decisions.c.key == bindparam("place"),
)
_extensions = _applied.where(decisions.c.kind == DecisionKind.EXTENSION.value)
_assignments = _applied.where(decisions.c.kind == DecisionKind.ASSIGNMENT.value)


def store(connection: Connection, made: Iterable[Decision]) -> None:
    """Record decisions."""
    for decision in made:
        row = asdict(decision) | {"kind": decision.kind.value, "applied": int(decision.applied)}
        connection.execute(insert(decisions).values(row))


def find(connection: Connection) -> tuple[Decision, ...]:
    """Return every decision, in the order they were made."""
    return _decisions(connection.execute(_all).mappings())


def are_there(connection: Connection) -> bool:
    """Return whether an officer has decided anything at all."""
    return connection.execute(_any).first() is not None


def waivers_for(
    connection: Connection, key: str | None, submission: int | None
) -> tuple[Waiver, ...]:
    """Return what may pass in the submissions of a key; the last word on a problem holds.

    `submission` is the one that is judged again, None for one that is not recorded yet.
    """
    rows = connection.execute(_waivers, {"place": key}).mappings()
    in_force: dict[tuple[str | None, str | None, str | None], dict[str, Waiver]] = {}
    for each in _decisions(rows):
        upon = each.code, each.cell, each.value
        if each.kind is not DecisionKind.WAIVER:
            in_force.pop(upon, None)
            continue
        sentence = each.sentence or ""
        in_force.setdefault(upon, {})[sentence] = Waiver(
            code=each.code or "",
            cell=each.cell,
            value=each.value,
            sentence=sentence,
            reason=each.reason or "",
            who=each.who or "",
            when=each.decided_on,
            own=submission is not None and each.submission_id == submission,
        )
    return tuple(waiver for told in in_force.values() for waiver in told.values())


def assigned(connection: Connection, file: str, written_unit: str | None) -> Assigned | None:
    """Return whose a form is that names its unit so in a file of that name, None when nobody said.

    An assignment of a file holds for the unit that was written in it then: another department
    may send a file of the same name.
    """
    found = None
    for each in _decisions(connection.execute(_assignments).mappings()):
        if each.file not in (None, file) or each.unit is None:
            continue
        if normalised(each.written_unit) == normalised(written_unit):
            found = Assigned(each.unit, each.unit_code)
    return found


def extensions(connection: Connection) -> dict[str, Decision]:
    """Return the last extension of each line of the roster, by the line's key."""
    rows = connection.execute(_extensions).mappings()
    return {each.key: each for each in _decisions(rows) if each.key}


def follow(connection: Connection, moved: Iterable[Submission]) -> None:
    """Let the decisions on submissions hold under the key that these have now."""
    for each in moved:
        on_it = decisions.c.submission_id == each.id
        connection.execute(update(decisions).where(on_it).values(key=each.key))


def retract(
    connection: Connection, arrival: Arrival, waived: Iterable[Submission], why: str
) -> None:
    """Note that an arrival's waivers and revocations could not be carried out on submissions."""
    these = (
        decisions.c.arrival_id == arrival.id,
        decisions.c.kind.in_([kind.value for kind in _ON_PROBLEMS]),
        decisions.c.submission_id.in_([each.id for each in waived]),
    )
    connection.execute(update(decisions).where(*these).values(applied=0, why=why))


def replace_output(connection: Connection, old: str | None, new: str) -> None:
    """Note that an answer takes the place of another one, which then has to leave the outbox."""
    if old not in (None, new):
        forget_stale(connection, str(old))
        connection.execute(insert(stale_outputs).values(path=old))


def stale(connection: Connection) -> tuple[str, ...]:
    """Return the answers that have to leave the outbox; none of them is an answer of today."""
    of_today = select(submissions.c.id).where(submissions.c.output == stale_outputs.c.path)
    query = select(stale_outputs.c.path).where(~of_today.exists())
    return tuple(connection.execute(query.order_by(stale_outputs.c.path)).scalars())


def forget_stale(connection: Connection, path: str) -> None:
    """Note that an answer has left the outbox."""
    connection.execute(delete(stale_outputs).where(stale_outputs.c.path == path))


def _decisions(rows: Iterable[RowMapping]) -> tuple[Decision, ...]:
    return tuple(
        Decision(**{**row, "kind": DecisionKind(row["kind"]), "applied": bool(row["applied"])})
        for row in rows
    )

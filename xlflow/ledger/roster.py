"""The roster: who is expected, and where each unit stands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields, replace
from itertools import starmap
from sys import intern
from types import MappingProxyType

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from xlflow.ledger.identity import (
    Identified,
    exercise_key,
    handles_of,
    key_of,
    normalised,
    same_place,
)
from xlflow.ledger.records import Decision, RosterLine, Standing, StandingState, Submission
from xlflow.ledger.tables import roster
from xlflow.review.context import Listed

_SAID_BY_MANY = ("form", "round", "unit", "unit_code", "deadline", "profile")
_LINE = tuple(roster.c[field.name] for field in fields(RosterLine))
# Built once: SQLAlchemy then finds their compiled form without looking at them again.
_in_exercise = roster.c.exercise == bindparam("here")
_of_unit = (roster.c.unit_name == bindparam("called")) | (roster.c.unit_code == bindparam("coded"))
_here = select(*_LINE).where(_in_exercise, _of_unit)

_profiles = select(roster.c.profile).distinct().where(roster.c.profile.is_not(None))
_passwords = (
    select(roster.c.unit, roster.c.password)
    .where(roster.c.password.is_not(None))
    .order_by(roster.c.id)
)
_NOTHING: Mapping[str, str] = MappingProxyType({})
_NO_EXTENSIONS: Mapping[str, Decision] = MappingProxyType({})
_exercises = select(roster.c.exercise).distinct()
_units = select(roster.c.unit, roster.c.unit_code).distinct().where(_in_exercise)
_units_like = _units.where(_of_unit)


def expect(connection: Connection, lines: Iterable[RosterLine]) -> frozenset[str]:
    """Put lines on the roster; a line for the same unit and project replaces the older one.

    Returns the keys of those that were withdrawn and are expected again.
    """
    before = connection.execute(select(roster.c.id, roster.c.key, roster.c.withdrawn)).all()
    known = {row.key: row.id for row in before}
    listed = set()
    for line in lines:
        key = key_of(line)
        listed.add(key)
        names = {"exercise": exercise_key(line), "unit_name": normalised(line.unit)}
        row = {**asdict(line), **names, "key": key}
        if key in known:
            connection.execute(update(roster).where(roster.c.id == known[key]).values(row))
        else:
            new = insert(roster).values(row).returning(roster.c.id)
            known[key] = connection.execute(new).scalar_one()
    return frozenset(row.key for row in before if row.withdrawn and row.key in listed)


def lines(connection: Connection) -> tuple[RosterLine, ...]:
    """Return the roster in the order it was written, what was withdrawn as well."""
    query = select(*_LINE).order_by(roster.c.id)
    return tuple(map(_held, connection.execute(query).mappings()))


def _held(row: RowMapping) -> RosterLine:
    """Return a line; of thousands, what many say is held once."""
    said_by_many = {name: intern(row[name]) for name in _SAID_BY_MANY if row[name] is not None}
    return RosterLine(**{**row, **said_by_many, "withdrawn": bool(row["withdrawn"])})


def extend(connection: Connection, line: RosterLine, deadline: str) -> None:
    """Put another deadline in the place of a line's own."""
    this = roster.c.key == key_of(line)
    connection.execute(update(roster).where(this).values(deadline=deadline))


def withdraw(connection: Connection, line: RosterLine) -> None:
    """Take a line from those that are expected; whose a form is goes by it as before."""
    this = roster.c.key == key_of(line)
    connection.execute(update(roster).where(this).values(withdrawn=1))


def line_for(connection: Connection, item: Identified) -> RosterLine | None:
    """Return the one line of the roster that an item belongs to; None when none or several do.

    One that was withdrawn stands back behind one that is expected: its code may have been wrong.
    """
    values = {
        "called": normalised(item.unit),
        "coded": item.unit_code or None,
        "here": exercise_key(item),
    }
    rows = connection.execute(_here, values).mappings()
    fitting = [line for line in map(_held, rows) if same_place(line, item)]
    fitting = [line for line in fitting if not line.withdrawn] or fitting
    return fitting[0] if len(fitting) == 1 else None


def profiles_named(connection: Connection) -> frozenset[str]:
    """Return the profiles that lines name."""
    return frozenset(connection.execute(_profiles).scalars())


def passwords(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Return unit and password of the lines that have one."""
    return tuple((row.unit or "", row.password) for row in connection.execute(_passwords))


def exercises(connection: Connection) -> frozenset[str]:
    """Return the keys of the exercises in which somebody is expected."""
    return frozenset(connection.execute(_exercises).scalars())


def units_listed(connection: Connection, item: Identified) -> tuple[Listed, ...]:
    """Return the units of an exercise that have an item's code or name, else all of them."""
    values = {"here": exercise_key(item)}
    names = {"called": normalised(item.unit), "coded": item.unit_code or None}
    for query, asked in ((_units_like, values | names), (_units, values)):
        if found := connection.execute(query, asked).all():
            return tuple(starmap(Listed, found))
    return ()


def standing(
    expected: Sequence[RosterLine],
    current: Sequence[Submission],
    first_received: Mapping[str, str] = _NOTHING,
    extended: Mapping[str, Decision] = _NO_EXTENSIONS,
) -> tuple[Standing, ...]:
    """Return where everyone stands: the roster in its order, then who came without being on it.

    A line that was withdrawn is not on it; who came for one is told to be withdrawn.
    `first_received` tells by key when the first version came in, `extended` by key of the roster
    line how its deadline was extended last.
    """
    by_handle: defaultdict[str, list[Submission]] = defaultdict(list)
    for submission in current:
        for handle in _handles(submission):
            by_handle[handle].append(submission)
    placed: set[int] = set()
    withdrawn: set[int] = set()
    result = []
    for line in expected:
        here = _submissions_of(line, by_handle)
        if line.withdrawn:
            withdrawn.update(submission.id for submission in here)
            continue
        placed.update(submission.id for submission in here)
        stands = _standing(line, here, first_received)
        result.append(_expected(stands, line, extended.get(key_of(line))))
    strangers = [submission for submission in current if submission.id not in placed]
    strangers.sort(key=lambda each: (each.unit_code or "", each.unit or "", each.id))
    return (
        *result,
        *(
            replace(_standing(each, [each], first_received), withdrawn=each.id in withdrawn)
            for each in strangers
        ),
    )


def _submissions_of(
    line: RosterLine, by_handle: defaultdict[str, list[Submission]]
) -> list[Submission]:
    found = {
        submission.id: submission
        for handle in _handles(line)
        for submission in by_handle.get(handle, ())
        if same_place(line, submission)
    }
    return [found[number] for number in sorted(found)]


def _handles(item: Identified) -> Iterator[str]:
    exercise = exercise_key(item)
    return (f"{exercise} {handle}" for handle in handles_of(item))


def _standing(
    who: Identified, here: Sequence[Submission], first_received: Mapping[str, str]
) -> Standing:
    """Return where somebody stands who may not be on the roster."""
    submission = here[-1] if here else None
    return Standing(
        form=who.form,
        year=who.year,
        round=who.round,
        unit=who.unit,
        unit_code=who.unit_code,
        project=who.project,
        project_code=who.project_code,
        deadline=None,
        expected=False,
        state=StandingState(submission.outcome.value) if submission else StandingState.MISSING,
        version=submission.version if submission else None,
        total=submission.total if submission else None,
        grade=submission.grade if submission else None,
        problems=submission.problems if submission else None,
        submission=submission,
        first_received_at=min(
            (first_received.get(each.key or "", each.received_at) for each in here), default=None
        ),
    )


def _expected(standing: Standing, line: RosterLine, extension: Decision | None) -> Standing:
    # A roster that was issued again may name another deadline than the officer did.
    holds = extension is not None and extension.value == line.deadline
    return replace(
        standing,
        deadline=line.deadline,
        expected=True,
        extended_from=extension.replaced if extension and holds else None,
    )

"""Checks of the goal against the indicators: what it promises in numbers stands in the table."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from xlflow.review.case import Case, Check, Finding, in_quotes
from xlflow.review.indicators import Indicator
from xlflow.scoring.explain import tidy
from xlflow.values import Op, Target, convert, label_key, normalise, parse_target

_GOALS = ("/annual_goal", "/annual_objective/expected")
_LEVEL = (
    r"(?:(?:均|能|要求|应|需|要|达到|达|到|为|是|实现|保持|在|超过|不低于|大于|等于|控制|[:≥>=(])*)"
)
_RATE = re.compile(
    rf"(?P<name>[\u4e00-\u9fffA-Za-z]{{0,10}}?(?:满意率|满意度|知晓度|参与度|[\u4e00-\u9fff]{{2}}率))"
    rf"{_LEVEL}$"
)
_PER_CENT = re.compile(r"(?<![0-9.])[0-9]+(?:\.[0-9]+)?%")
_LONGEST_PHRASE = 24
_COUNT = re.compile(
    r"(?<![0-9.第年月])(?P<value>[0-9]+(?:\.[0-9]+)?(?:万|亿)?"
    r"(?:人次|批次|场次|台套|平方公里|平方米|公里|人|名|户|家|个|件|次|项|宗|亩|米|期|册|本|条|座|套|台|场|批|处|所|篇|份|吨))"
    r"(?![0-9月])"
)
_CLAUSE = re.compile(r"^.*[和及与](?=.{3})|^(?:实现|确保|保证|其中|以及|目标)")
_SATISFIED = "满意"
_TAIL = 3


class Promise(NamedTuple):
    """What a goal promises in a number: its words, whose share it is, and the number."""

    words: str
    name: str
    value: Target


def goals_stand_in_the_table(case: Case) -> Iterator[Finding]:
    """A number that the goal of the year promises is the target of an indicator."""
    for at, promises in _promises(case):
        missing = [each.words for each in promises if not _has_a_row(each, case.indicators)]
        if missing:
            said = "、".join(dict.fromkeys(missing))
            yield Finding(case.place(at), {"count": len(set(missing)), "said": in_quotes(said)})


def goals_agree_with_the_table(case: Case) -> Iterator[Finding]:
    """A rate that goal and indicators both name has the same number in both."""
    for at, promises in _promises(case):
        for promise in promises:
            rows = _rows_of(promise, case.indicators)
            if not rows or any(_same(promise.value, row.target) for row in rows):
                continue
            row = rows[0]
            yield Finding(
                case.place(f"{row.at}/target"),
                {
                    "where": case.cell(at),
                    "said": in_quotes(promise.words),
                    "name": in_quotes(row.name),
                    "target": tidy(row.target.raw),
                },
            )


def _promises(case: Case) -> Iterator[tuple[str, tuple[Promise, ...]]]:
    """Yield each goal of the year with its promises, where the form has a table to hold them."""
    if not case.indicators:
        return
    for at in _GOALS:
        goal = case.document.text(at)
        if goal and (promises := promises_in(goal)):
            yield at, promises


@lru_cache(maxsize=4096)
def promises_in(goal: str) -> tuple[Promise, ...]:
    """Return the rates and the counts that a goal names.

    >>> [each.words for each in promises_in("数据入库率达到100%，培训649人，使用人满意度100%。")]
    ['数据入库率达到100%', '使用人满意度100%', '649人']
    """
    said = normalise(goal)
    rates = [
        Promise(
            _CLAUSE.sub("", before[0]) + found[0], label_key(before["name"]), parse_target(found[0])
        )
        for found in _PER_CENT.finditer(said)
        if (before := _RATE.search(said[max(0, found.start() - _LONGEST_PHRASE) : found.start()]))
    ]
    counts = [
        Promise(found["value"], "", parse_target(found["value"])) for found in _COUNT.finditer(said)
    ]
    return (*rates, *counts)


def _has_a_row(promise: Promise, rows: tuple[Indicator, ...]) -> bool:
    if promise.name:
        return any(_about_the_same(promise.name, row) for row in rows)
    return any(
        _same(promise.value, row.target) or promise.words in normalise(row.name) for row in rows
    )


def _about_the_same(name: str, row: Indicator) -> bool:
    if _SATISFIED in name:
        return _SATISFIED in row.name and row.target.op is not Op.NONE
    return name[-_TAIL:] in row.key or name[-_TAIL:-1] in row.key


def _rows_of(promise: Promise, rows: tuple[Indicator, ...]) -> list[Indicator]:
    """Return the indicators that the goal may mean, the nearest of those about satisfaction."""
    name = promise.name
    if not name:
        return []
    if _SATISFIED not in name:
        return [row for row in rows if row.key.endswith(name[-4:]) and row.target.unit == "%"]
    about = [row for row in rows if _SATISFIED in row.name and row.target.unit == "%"]
    nearest = max((_likeness(name, row.key) for row in about), default=Decimal(0))
    return [row for row in about if _likeness(name, row.key) == nearest]


def _likeness(one: str, other: str) -> Decimal:
    """Return the share of signs that two names have in common, those of 满意度 apart."""
    first, second = (set(name) - set("满意度率") for name in (one, other))
    together = len(first | second)
    return Decimal(len(first & second)) / together if together else Decimal(0)


def _same(promised: Target, target: Target) -> bool:
    if promised.value is None or target.value is None:
        return False
    if target.unit is None:
        return promised.value == target.value
    return convert(promised.value, promised.unit, target.unit) == target.value


GOAL_CHECKS: Mapping[str, Check] = {
    "C61": goals_stand_in_the_table,
    "C62": goals_agree_with_the_table,
}

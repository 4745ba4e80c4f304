"""What the formulas of a form go by: profile and targets as the engine reads them, in hidden cells.

A target is asked about before it is written: its row is previewed only where the engine decides
all actuals of one shape, such as `95%` or `18万本`, by one rule that the formulas know.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from xlflow.forms import Form, locate, recognise
from xlflow.forms.preview_cells import (
    ANY_BARE,
    BARE,
    BARE_ABOVE_ONE,
    COMPLETION,
    DEVIATION,
    FULL_AT,
    GRADES,
    GRADES_FROM,
    HIGH,
    KEY,
    LOW,
    MOST_GRADES,
    OVER_BUDGET,
    PROFILE,
    REASON,
    RULE,
    RULES,
    STRICT_LIMIT,
    SUFFIX,
    TARGET,
    WORDS,
)
from xlflow.forms.recognise import PREVIEW_NAME
from xlflow.grids import read_book
from xlflow.ooxml import Workbook
from xlflow.ooxml.reference import Area, cell_name, parse_sheet_area
from xlflow.scoring import Profile
from xlflow.scoring.comparison import actual_beside
from xlflow.scoring.verdict import judge, read_as
from xlflow.values import Op, Target, label_key, normalise, parse_target

_CAPPED_AT_FULL = ("X1", "X2", "X3")
_SAME_POINTS = {"Q2": "Q1", "D3": "Q7"}
_RULES_OF = {
    Op.GE: frozenset({"Q1"}),
    Op.GT: frozenset({"Q1"}),
    Op.LE: frozenset({"Q7", "Q8", "Q9"}),
    Op.LT: frozenset({"Q7", "Q8", "Q9"}),
    Op.EQ: frozenset({"Q10", "Q11", "Q12"}),
    Op.RANGE: frozenset({"Q14"}),
}
# Columns by which points are counted otherwise (Q21, Q22).
_COUNTED_OTHERWISE = ("deduction", "goal_share")
_TRAILING = re.compile(r"[0-9]([^0-9]*)$")
UNBOUNDED = Decimal(10) ** 15
_LARGEST, _DECIMALS = Decimal(10) ** 10, 4
_SMALL = tuple(map(Decimal, ("0", "0.5", "1")))
_ABOVE_ONE = tuple(
    map(Decimal, ("1.5", "2", "6.3", "12", "30", "99.99", "100", "365", "2022", "12345", "1234567"))
)
_WITH_SUFFIX = (*_SMALL, *_ABOVE_ONE, *map(Decimal, ("2022.6", "20220630", "1234567890")))
_AROUND = tuple(map(Decimal, ("0", "0.5", "1", "1.25", "3")))
_WEIGHT = Decimal(10)

Entry = tuple[int, int, str | Decimal]  # row, column among the hidden ones, value


@dataclass(frozen=True, slots=True)
class Understood:
    """A target as the formulas take it; numbers stand in the scale of the suffix.

    An actual from `low` to `high` is full. It is written as a number and the suffix, or, as `bare`
    says, as the number alone.
    """

    rule: str
    target: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    suffix: str = ""
    bare: int | None = None


def with_preview(package: bytes, form: Form, profile: Profile, *, year: int) -> bytes:
    """Return a workbook whose formulas preview by this profile and the targets that stand in it.

    One whose template has no such formulas comes back as it is.
    """
    workbook = Workbook.from_bytes(package, form.name)
    area = _hidden(workbook)
    rows = form.root.child("indicators")
    if area is None or rows is None or any(rows.child(key) for key in _COUNTED_OTHERWISE):
        return package
    book = read_book(workbook)
    grid = recognise(book, [form])[0].grid
    table = locate(form, grid, book.names).tables["indicators"]
    name, target = (table.columns[key].left for key in ("level3", "target"))
    sheet = workbook.sheet(grid.sheet)
    entries = list(_profile_entries(profile))
    for row in table.rows:
        entries += _row_entries(
            row, grid.at(row, name).raw or "", grid.at(row, target).raw or "", profile, year
        )
    for row, column, value in entries:
        sheet[cell_name(row, area.left + column)] = value
    return workbook.to_bytes()


def _hidden(workbook: Workbook) -> Area | None:
    text = next((name.text for name in workbook.names if name.name == PREVIEW_NAME), "")
    place = parse_sheet_area(text)
    return place[1] if place else None


def _profile_entries(profile: Profile) -> Iterator[Entry]:
    yield 1, PROFILE, profile.name
    if profile.execution.rule in _CAPPED_AT_FULL:
        yield 1, FULL_AT, profile.execution_full_at
    yield 1, OVER_BUDGET, profile.over_budget
    yield 1, DEVIATION, profile.deviation_rule
    yield 1, REASON, "yes" if profile.reason_below_weight else "no"
    if len(profile.grades) <= MOST_GRADES:
        for index in range(MOST_GRADES):
            grade = profile.grades[min(index, len(profile.grades) - 1)]
            yield GRADES_FROM, index, grade.low
            yield GRADES, index, grade.name


def _row_entries(row: int, name: str, target: str, profile: Profile, year: int) -> Iterator[Entry]:
    known = understood(name, target, profile, year) if name and target else None
    if known is None:
        return
    yield row, KEY, f"{name}|{target}"
    yield row, RULE, known.rule
    for column, value in (
        (TARGET, known.target),
        (LOW, known.low),
        (HIGH, known.high),
        (SUFFIX, known.suffix),
        (BARE, None if known.bare is None else Decimal(known.bare)),
    ):
        if value is not None and value != "":
            yield row, column, value


@lru_cache(maxsize=16384)
def understood(name: str, written: str, profile: Profile, year: int) -> Understood | None:
    """Return how the formulas judge an indicator by its target, None where they can not.

    >>> from xlflow.scoring import load_profile
    >>> national = load_profile("national-2020")
    >>> understood("印刷数量", "≥20万本", national, 2024) == Understood(
    ...     "Q1", Decimal(20), Decimal(20), UNBOUNDED, "万本"
    ... )
    True
    >>> understood("及时率", "≥95%", national, 2024).bare  # 95 reads as 95%, 0.95 is not certain
    2
    >>> understood("完成时间", "2024年6月底前", national, 2024) is None
    True
    """
    target = parse_target(written, year=year)
    if label_key(name) in profile.parents:
        return None
    if target.op in (Op.QUAL, Op.DATE):
        return _of_words(name, target, profile)
    if target.value is None or target.value < 0:
        return None
    found = _suffix(name, target)
    if found is None:
        return None
    suffix, factor = found
    aim, top = (end / factor for end in (target.value, target.value_high or target.value))
    rule = _rule(name, target, profile, suffix, top)
    if rule is None or not (_is_exact(aim) and _is_exact(top)):
        return None
    low = Decimal(0) if read_as(target, profile) in (Op.LE, Op.LT) else aim
    more_is_full = rule == "Q1" or (rule == "Q10" and aim > 0)
    high = UNBOUNDED if more_is_full else top
    return Understood(rule, aim, low, high, suffix, _bare(name, target))


def _of_words(name: str, target: Target, profile: Profile) -> Understood | None:
    """Return the reading of a target without number: a share of completion, or never decided."""
    verdicts = [
        judge(target, parse_target(f"{done}%"), _WEIGHT, profile, name=name)
        for done in (0, 50, 120)
    ]
    if all(verdict.rule == COMPLETION for verdict in verdicts):
        return Understood(COMPLETION, Decimal(100), Decimal(100), UNBOUNDED, "%")
    levels_decide = any(band.takes_top for band in profile.bands)
    if target.op is Op.DATE or levels_decide or label_key(name) in profile.by_name:
        return None
    return Understood(WORDS) if all(verdict.points is None for verdict in verdicts) else None


def _suffix(name: str, target: Target) -> tuple[str, Decimal] | None:
    """Return what stands after the number of an actual, and how many of the target's unit it is."""
    trailing = _TRAILING.search(normalise(target.raw))
    for suffix in (trailing[1] if trailing else "", target.unit or "%"):
        one = actual_beside(target, parse_target(f"2{suffix}"), name) if suffix else None
        if isinstance(one, Decimal) and one and _reads(name, target, suffix, one / 2, _WITH_SUFFIX):
            return suffix, one / 2
    return ("", Decimal(1)) if _bare(name, target) else None


def _bare(name: str, target: Target) -> int | None:
    """Return which actuals may be a number alone."""
    if not _reads(name, target, "", Decimal(1), (Decimal(0), *_ABOVE_ONE)):
        return None
    return ANY_BARE if _reads(name, target, "", Decimal(1), _SMALL) else BARE_ABOVE_ONE


def _reads(
    name: str, target: Target, suffix: str, factor: Decimal, numbers: tuple[Decimal, ...]
) -> bool:
    """Return whether the engine reads numbers of all sizes as so many times themselves."""
    return all(
        actual_beside(target, parse_target(f"{number:f}{suffix}"), name) == number * factor
        for number in numbers
    )


def _rule(name: str, target: Target, profile: Profile, suffix: str, bound: Decimal) -> str | None:
    """Return the rule that decides below, at and above the target, None where there is not one."""
    actuals = [parse_target(f"{round(bound * each, _DECIMALS):f}{suffix}") for each in _AROUND]
    verdicts = [judge(target, actual, _WEIGHT, profile, name=name) for actual in actuals]
    rules = {_SAME_POINTS.get(verdict.rule or "", verdict.rule) for verdict in verdicts}
    op = read_as(target, profile)
    rule = rules.pop() if len(rules) == 1 else None
    if rule not in RULES or rule not in _RULES_OF.get(op, ()):
        return None
    return STRICT_LIMIT if rule == "Q9" and op is Op.LT else rule


def _is_exact(number: Decimal) -> bool:
    """Return whether a number is one of those whose points the formulas get right to the cent."""
    return number < _LARGEST and number == round(number, _DECIMALS)

"""What the submissions of an exercise add up to: money, points, lights, grades; every sum exact.

Exercises are never added up with each other: a department's budget holds its projects', and a
project's monitoring and self-evaluation tell of the same money. All amounts are in 万元, whatever
unit a form states them in. A rate is recomputed from sums, never averaged from rates.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

from xlflow.facts import Outline
from xlflow.forms import Form
from xlflow.forms.document import value_at
from xlflow.ledger import Submission
from xlflow.ledger.identity import Identified, normalised, period_of
from xlflow.review.case import field_at
from xlflow.review.result import Outcome
from xlflow.scoring import counted_points
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.scoring.score import Score
from xlflow.values import convert, label_key, parse_number

K = TypeVar("K")
Data = Mapping[int, Mapping[str, Any]]
ScoresById = Mapping[int, Sequence[Score]]

EXECUTION: Final = "预算执行"
UNNAMED: Final = "（未写）"
_SUM_UNIT = "万元"
_FUND_SOURCES = "/funds/sources"
_ASKED = "/amount_this_year"
_CENT, _RATE_STEP = Decimal("0.01"), Decimal("0.0001")


class Exercise(NamedTuple):
    """What is handed in together: a form for a year, and a period of it ("年度", "1-6月")."""

    form: str
    year: int
    period: str


@dataclass(frozen=True, slots=True)
class Scale:
    """How many 万元 one of a form's amounts is: of its fund table, of what a project asks for."""

    funds: Decimal = Decimal(1)
    asked: Decimal = _RATE_STEP


@dataclass(frozen=True, slots=True)
class Money:
    """Amounts in 万元, None where none is given; `forms` of those summed give budget and executed.

    The three amounts of a fund table are of the forms that give both numbers of the rate, so that
    a reader who divides them gets it. `asked` is this year's amount on forms of targets.
    """

    initial_budget: Decimal | None = None
    full_year_budget: Decimal | None = None
    executed: Decimal | None = None
    asked: Decimal | None = None
    forms: int = 0

    @property
    def execution_rate(self) -> Decimal | None:
        """Executed ÷ full-year budget to four decimals."""
        return ratio(self.executed, self.full_year_budget)


@dataclass(frozen=True, slots=True)
class Sums:
    """What some submissions of one exercise add up to: all of them, or those of one unit."""

    exercise: Exercise
    submissions: tuple[Submission, ...]
    money: Money

    @property
    def count(self) -> int:
        """The number of submissions."""
        return len(self.submissions)

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many submissions have each outcome."""
        return Counter(each.outcome for each in self.submissions)

    @property
    def grades(self) -> dict[str, int]:
        """How many submissions have each grade, best grade first."""
        return graded(self.submissions)

    @property
    def average_claimed(self) -> Decimal | None:
        """The mean of the claimed totals, to the cent."""
        return mean(each.claimed_total for each in self.submissions)

    @property
    def average_computed(self) -> Decimal | None:
        """The mean of the computed totals, to the cent."""
        return mean(each.total for each in self.submissions)


@dataclass(frozen=True, slots=True)
class SourceSums:
    """What one fund source adds up to in an exercise; `name` without 其中, numbers and blanks."""

    exercise: Exercise
    name: str
    money: Money


@dataclass(frozen=True, slots=True)
class LevelSums:
    """What the rows of one level 1 add up to in an exercise; budget execution is one of its own.

    `points` are what counts in the totals: computed, or claimed where a row is undecided.
    """

    exercise: Exercise
    name: str
    rows: int
    weight: Decimal
    claimed: Decimal
    points: Decimal
    undecided_weight: Decimal
    full: int
    lights: Mapping[str, int]

    @property
    def share(self) -> Decimal | None:
        """Points ÷ weight to four decimals."""
        return ratio(self.points, self.weight)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A scored submission, its place by computed total in its exercise, and of how many.

    Equal totals share a place, and the next place counts them: 1, 2, 2, 4.
    """

    submission: Submission
    place: int
    of: int


def ratio(part: object, whole: object) -> Decimal | None:
    """Return part ÷ whole to four decimals, None where one is not given or the whole is nothing.

    >>> ratio(Decimal("12275.49"), Decimal("14988.39"))
    Decimal('0.8190')
    """
    if not isinstance(part, Decimal) or not isinstance(whole, Decimal) or not whole:
        return None
    return (part / whole).quantize(_RATE_STEP, ROUND_HALF_UP)


def mean(values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the mean of the numbers among the values to the cent, None where there is none."""
    known = [value for value in values if value is not None]
    return (sum(known, Decimal()) / len(known)).quantize(_CENT, ROUND_HALF_UP) if known else None


def scales_of(forms: Iterable[Form]) -> dict[str, Scale]:
    """Return by form name how many 万元 its amounts are; amounts without a unit: 万元, asked 元."""
    return {
        form.name: Scale(
            _in_sum_unit(form, f"{FUNDS_TOTAL}/full_year_budget", _SUM_UNIT),
            _in_sum_unit(form, _ASKED, "元"),
        )
        for form in forms
    }


def exercise_of(item: Identified) -> Exercise:
    """Return the exercise that something belongs to: a submission, a line of the roster."""
    return Exercise(item.form or "", item.year or 0, period_of(item.round))


def money_of(data: Mapping[str, Any], scale: Scale) -> Money:
    """Return the amounts of one form, those it gives."""
    return _money(value_at(data, FUNDS_TOTAL) or {}, scale, value_at(data, _ASKED))


def money_outlined(outline: Outline, scale: Scale) -> Money:
    """Return the amounts of one form of which the outline is held."""
    return Money(
        _scaled(outline.initial_budget, scale.funds),
        _scaled(outline.full_year_budget, scale.funds),
        _scaled(outline.executed, scale.funds),
        _scaled(outline.asked, scale.asked),
    )


def added(parts: Iterable[Money]) -> Money:
    """Return the sum of amounts; the fund table of those only that give budget and executed.

    >>> half, none = Money(Decimal(9), Decimal(10), Decimal(5)), Money(full_year_budget=Decimal(7))
    >>> added([half, half, none]).full_year_budget, added([half, none]).execution_rate
    (Decimal('20'), Decimal('0.5000'))
    """
    parts = list(parts)
    funded = [
        each for each in parts if each.full_year_budget is not None and each.executed is not None
    ]
    return Money(
        _sum(each.initial_budget for each in funded),
        _sum(each.full_year_budget for each in funded),
        _sum(each.executed for each in funded),
        _sum(each.asked for each in parts),
        len(funded),
    )


def money_by_id(
    submissions: Iterable[Submission], data: Data, scales: Mapping[str, Scale]
) -> dict[int, Money]:
    """Return the amounts of each submission, by its `id`."""
    return {
        each.id: money_of(data.get(each.id, {}), _scale_of(each, scales)) for each in submissions
    }


def by_exercise(submissions: Iterable[Submission], money: Mapping[int, Money]) -> tuple[Sums, ...]:
    """Return the sums of each exercise, by year."""
    groups = _grouped(submissions, exercise_of)
    return tuple(_summed(key, groups[key], money) for key in sorted(groups))


def by_unit(submissions: Iterable[Submission], money: Mapping[int, Money]) -> tuple[Sums, ...]:
    """Return the sums of each unit in each exercise; a unit is known by its code, else its name."""
    groups = _grouped(submissions, lambda each: (exercise_of(each), unit_of(each)))
    return tuple(_summed(key[0], groups[key], money) for key in sorted(groups))


def by_source(
    submissions: Iterable[Submission], data: Data, scales: Mapping[str, Scale]
) -> tuple[SourceSums, ...]:
    """Return the sums of each fund source in each exercise, in the order of the forms.

    Of forms whose total gives budget and executed; a blank among its sources is nothing then.
    """
    sums: dict[tuple[Exercise, str], Money] = {}
    for each in submissions:
        of_form, scale = data.get(each.id, {}), _scale_of(each, scales)
        total = money_of(of_form, scale)
        if total.full_year_budget is None or total.executed is None:
            continue
        for row in value_at(of_form, _FUND_SOURCES) or ():
            money = _money(row, scale, None)
            if any((money.initial_budget, money.full_year_budget, money.executed)):
                key = exercise_of(each), source_name(row.get("name"))
                before = sums.get(key, Money())
                both = added([before, _blanks_as_nothing(money)])
                sums[key] = replace(both, forms=before.forms + 1)
    ordered = sorted(sums, key=lambda key: key[0])
    return tuple(SourceSums(*key, sums[key]) for key in ordered)


def by_level(
    submissions: Iterable[Submission], scores: ScoresById, data: Data
) -> tuple[LevelSums, ...]:
    """Return the sums of each level 1 in each exercise, in the order of the forms."""
    sums: dict[tuple[Exercise, str], LevelSums] = {}
    for each in submissions:
        exercise, of_form = exercise_of(each), data.get(each.id, {})
        rows: dict[str, list[Score]] = {}
        for score in scores.get(each.id, ()):
            rows.setdefault(_level_of(score, of_form), []).append(score)
        for name, of_level in rows.items():
            key, level = (exercise, name), _level(exercise, name, of_level)
            sums[key] = _together(sums[key], level) if key in sums else level
    ordered = sorted(sums, key=lambda key: key[0])
    return tuple(sums[key] for key in ordered)


def ranked(submissions: Iterable[Submission]) -> tuple[Ranked, ...]:
    """Return the scored submissions of each exercise, best first, with their places."""
    places: list[Ranked] = []
    scored = _grouped((each for each in submissions if each.total is not None), exercise_of)
    for exercise in sorted(scored):
        best_first = sorted(scored[exercise], key=lambda each: each.total or 0, reverse=True)
        place, before = 0, None
        for position, each in enumerate(best_first, start=1):
            if each.total != before:
                place, before = position, each.total
            places.append(Ranked(each, place, len(best_first)))
    return tuple(places)


def graded(submissions: Iterable[Submission]) -> dict[str, int]:
    """Return how many submissions have each grade, the grade with the best total first."""
    best_first = sorted(
        (each for each in submissions if each.grade),
        key=lambda each: each.total or Decimal(0),
        reverse=True,
    )
    return dict(Counter(each.grade or "" for each in best_first))


def unit_of(submission: Submission) -> tuple[bool, str]:
    """Return what a unit is known by; units without a code stand last."""
    code = normalised(submission.unit_code)
    return not code, code or normalised(submission.unit)


@lru_cache(maxsize=1024)
def source_name(written: object) -> str:
    """Return a fund source as it is summed.

    >>> source_name("　　其中：当年财政拨款"), source_name("（1）政府预算资金"), source_name(None)
    ('当年财政拨款', '政府预算资金', '（未写）')
    """
    return (label_key(written) if isinstance(written, str) else "") or UNNAMED


@lru_cache(maxsize=1024)
def level_name(written: object) -> str:
    """Return a level 1 as it is summed.

    >>> level_name("产出指标（50分）"), level_name("产出"), level_name("满意度 指标")
    ('产出', '产出', '满意度')
    """
    key = label_key(written) if isinstance(written, str) else ""
    return key.removesuffix("指标") or key or UNNAMED


def _summed(exercise: Exercise, group: list[Submission], money: Mapping[int, Money]) -> Sums:
    return Sums(exercise, tuple(group), added(money[each.id] for each in group))


def _level(exercise: Exercise, name: str, rows: list[Score]) -> LevelSums:
    return LevelSums(
        exercise=exercise,
        name=name,
        rows=len(rows),
        weight=sum((row.weight for row in rows if row.weight), Decimal()),
        claimed=sum((_points_written(row.claimed) for row in rows), Decimal()),
        points=sum(map(counted_points, rows), Decimal()),
        undecided_weight=sum(
            (row.weight for row in rows if row.weight and row.computed is None), Decimal()
        ),
        full=sum(row.computed is not None and row.computed == row.weight for row in rows),
        lights=Counter(row.light for row in rows if row.light),
    )


def _together(one: LevelSums, other: LevelSums) -> LevelSums:
    return LevelSums(
        exercise=one.exercise,
        name=one.name,
        rows=one.rows + other.rows,
        weight=one.weight + other.weight,
        claimed=one.claimed + other.claimed,
        points=one.points + other.points,
        undecided_weight=one.undecided_weight + other.undecided_weight,
        full=one.full + other.full,
        lights=Counter(one.lights) + Counter(other.lights),
    )


@lru_cache(maxsize=4096)
def _points_written(claimed: str | None) -> Decimal:
    return parse_number(claimed or "") or Decimal()


def _level_of(score: Score, data: Mapping[str, Any]) -> str:
    if score.field == FUNDS_TOTAL:
        return EXECUTION
    return level_name((value_at(data, score.field) or {}).get("level1"))


def _money(row: Mapping[str, Any], scale: Scale, asked: object) -> Money:
    initial, budget, executed = (
        _scaled(row.get(name), scale.funds)
        for name in ("initial_budget", "full_year_budget", "executed")
    )
    return Money(initial, budget, executed, _scaled(asked, scale.asked))


def _scaled(value: object, scale: Decimal) -> Decimal | None:
    if not isinstance(value, Decimal):
        return None
    return value if scale == 1 else value * scale  # thousands of amounts are held once


def _blanks_as_nothing(money: Money) -> Money:
    return Money(
        money.initial_budget,
        money.full_year_budget or Decimal(),
        money.executed or Decimal(),
    )


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal()) if known else None


def _scale_of(submission: Submission, scales: Mapping[str, Scale]) -> Scale:
    return scales.get(submission.form or "", Scale())


def _in_sum_unit(form: Form, pointer: str, usual: str) -> Decimal:
    field = field_at(form, pointer)
    unit = (field.unit if field else None) or usual
    return convert(Decimal(1), unit, _SUM_UNIT) or Decimal(1)


def _grouped(
    submissions: Iterable[Submission], key: Callable[[Submission], K]
) -> dict[K, list[Submission]]:
    groups: dict[K, list[Submission]] = {}
    for each in submissions:
        groups.setdefault(key(each), []).append(each)
    return groups

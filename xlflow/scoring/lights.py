"""The named rules of the monitoring lights: a closed registry of small pure functions.

A rule sets the actual of a round beside the target of the whole year and returns a light. The
formulas are those of a production system of several provinces, after 财预〔2019〕136号; the
thresholds are the profile's. A value that is exactly on a threshold has the better light.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xlflow.messages import Text
from xlflow.values import normalise

YEAR = 12  # months
HUNDRED = Decimal(100)


class Light(StrEnum):
    """A light, from the worst to the one that asks whether the target was set too low."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Marks:
    """Where lights change, in per cent: red below the first, yellow below the second, then green.

    From `blue_from` on it is blue: of the year's target, or of what is due (M1, M2).
    """

    red_below: Decimal
    yellow_below: Decimal
    blue_from: Decimal


@dataclass(frozen=True, slots=True)
class Pace:
    """The year's target and the actual so far; `months` of twelve have passed.

    `strict` says that the target itself does not meet it (＜30: 30 is too much).
    """

    target: Decimal
    actual: Decimal
    months: int = YEAR
    strict: bool = False

    @property
    def due(self) -> Decimal:
        """What should be reached by now."""
        return self.target * self.months / YEAR

    @property
    def progress(self) -> Decimal:
        """The actual as a share of what is due, in per cent; the target must not be 0."""
        return self.actual * YEAR * HUNDRED / (self.target * self.months)


LightRule = Callable[[Pace, Marks], Light]


def by_year(pace: Pace, marks: Marks) -> Light:
    """M1, ≥ and ＞: by A ÷ (T÷12×months); blue from 120 % of the whole year's target on.

    Nothing done at all is red; so is a step back.

    >>> marks = Marks(Decimal(60), Decimal(80), Decimal(120))
    >>> [by_year(Pace(Decimal(20), Decimal(done), 6), marks).value for done in (5, 6, 8, 23, 24)]
    ['red', 'yellow', 'green', 'green', 'blue']
    """
    if pace.actual * HUNDRED >= pace.target * marks.blue_from:
        return Light.BLUE
    return by_schedule(pace, marks)


def by_due(pace: Pace, marks: Marks) -> Light:
    """M2, ≥ and ＞: as M1, but blue from 120 % of what is due on (the earlier version).

    >>> marks = Marks(Decimal(60), Decimal(80), Decimal(120))
    >>> [by_due(Pace(Decimal(20), Decimal(done), 6), marks).value for done in (5, 6, 8, 11, 12)]
    ['red', 'yellow', 'green', 'green', 'blue']
    """
    return Light.BLUE if pace.progress >= marks.blue_from else by_schedule(pace, marks)


def within(pace: Pace, marks: Marks) -> Light:
    """M3, ≤ and ＜: green while the year's target is kept, else red; the months do not count.

    >>> marks = Marks(Decimal(60), Decimal(80), Decimal(120))
    >>> [within(Pace(Decimal(30), Decimal(spent), 6), marks).value for spent in (0, 30, 31)]
    ['green', 'green', 'red']
    """
    del marks
    kept = pace.actual < pace.target or (pace.actual == pace.target and not pace.strict)
    return Light.GREEN if kept else Light.RED


def by_schedule(pace: Pace, marks: Marks) -> Light:
    """M4, budget execution: (executed ÷ budget) ÷ (months ÷ 12); never blue.

    >>> marks = Marks(Decimal(60), Decimal(80), Decimal(120))
    >>> spent = [Decimal(each) for each in ("299.99", "300", "399.99", "400", "1000")]
    >>> [by_schedule(Pace(Decimal(1000), each, 6), marks).value for each in spent]
    ['red', 'yellow', 'yellow', 'green', 'green']
    """
    if pace.progress < marks.red_below:
        return Light.RED
    return Light.YELLOW if pace.progress < marks.yellow_below else Light.GREEN


LIGHT_RULES: Mapping[str, LightRule] = {
    "M1": by_year,
    "M2": by_due,
    "M3": within,
    "M4": by_schedule,
}

LIGHT_RULE_NAMES: Mapping[str, Text] = {
    "M1": Text(
        "按序时进度亮灯，达到全年目标的{blue}%为蓝灯",
        "by progress against the months; blue from {blue}% of the year's target",
    ),
    "M2": Text(
        "按序时进度亮灯，进度达到{blue}%为蓝灯",
        "by progress against the months; blue from a progress of {blue}%",
    ),
    "M3": Text(
        "不超过指标值为绿灯，否则为红灯，不按月折算", "green within the target, else red; no months"
    ),
    "M4": Text("按序时进度亮灯", "by progress against the months"),
    "M5": Text("按达成档次亮灯", "by level of achievement"),
    "M6": Text("按期完成为绿灯", "green when done in time"),
}


def worst(lights: Iterable[Light]) -> Light | None:
    """Return the light of a whole form: red before yellow before green before blue.

    >>> worst([Light.BLUE, Light.GREEN, Light.YELLOW])
    <Light.YELLOW: 'yellow'>
    """
    order = list(Light)
    return min(lights, key=order.index, default=None)


_NUMERAL = r"(?P<{name}>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_FIRST = r"(?:0?1|一)"
_ROUND = re.compile(
    r"(?:截[至止]到?)?(?:(?:[0-9]{4})?年)?(?:"
    rf"(?:{_FIRST}月?(?:-|~|至|到))?{_NUMERAL.format(name='month')}月(?:份|底|末)?"
    rf"|(?:前|第?{_FIRST}(?:-|~|至|到)第?)(?P<quarters>[1-4一二两三四])个?季度"
    rf"|第?(?P<quarter>{_FIRST})季度"
    r"|(?P<half>上半年度?|半年度?)"
    r"|全年度?|(?<=年)度?)"
)
_NUMERALS = {word: number for number, word in enumerate("一二三四五六七八九", 1)} | {
    "两": 2, "十": 10, "十一": 11, "十二": 12,
}  # fmt: skip


def months_of(written: str | None) -> int | None:
    """Return how many months of the year a round covers, None where it does not say so.

    A round that does not begin in January (7-12月, 三季度) says nothing of the year so far.

    >>> [months_of(each) for each in ("1-6月", "1—7月", "上半年", "前三季度", "一季度", "全年")]
    [6, 7, 6, 9, 3, 12]
    >>> months_of("2025年6月"), months_of("4-6月"), months_of("第三次"), months_of(None)
    (6, None, None, None)
    """
    said = normalise(written or "")
    found = _ROUND.fullmatch(said)
    if not said or found is None:
        return None
    if found["month"]:
        return _count(found["month"])
    if found["quarters"]:
        return _count(found["quarters"]) * 3
    if found["quarter"]:
        return 3
    return 6 if found["half"] else YEAR


def _count(numeral: str) -> int:
    return _NUMERALS.get(numeral) or int(numeral)

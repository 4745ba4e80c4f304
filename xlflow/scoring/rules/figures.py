"""What a rule works on and what it gives, and how numbers are shown in an arithmetic."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cache
from typing import Any, NamedTuple

from xlflow.messages import Text

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)
_FEWEST_DECIMALS = 6
_DIGITS = 10
# Room for any quotient of two numbers that can be written in a cell.
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)


class Figures(NamedTuple):
    """The numbers a rule works on, and how each is shown (`90%`, `500亩`).

    `strict` says that the target itself does not meet it (＞36项: 36 is not enough), `at_most`
    that it is a limit (≤, ＜).
    """

    target: Decimal
    actual: Decimal
    weight: Decimal
    target_shown: str
    actual_shown: str
    high: Decimal | None = None
    high_shown: str = ""
    strict: bool = False
    at_most: bool = False


class Points(NamedTuple):
    """What a rule gives: points before rounding, and the arithmetic (none when full or plain).

    `remark` is what a person must know to follow it: the tier, how many points are counted.
    """

    value: Decimal
    arithmetic: str | None = None
    remark: Text | None = None


@dataclass(frozen=True, slots=True)
class Undecided:
    """Why a rule gives nothing for these figures."""

    reason: Text


Given = Points | Undecided
Rule = Callable[..., Given]


@dataclass(frozen=True, slots=True)
class Tier:
    """A step of a table: a bound, None for all that is left, and what it gives."""

    bound: Decimal | None
    points: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A rule by its name, and the parameters a profile gives it."""

    rule: str
    params: Mapping[str, Any] = field(default_factory=dict)


def plain(number: Decimal) -> str:
    """Return a number as a person writes it: no exponent, no trailing zeros.

    >>> plain(Decimal("9.10")), plain(Decimal("2E+4"))
    ('9.1', '20000')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown(number: Decimal) -> str:
    """Return a number as it is shown in an arithmetic: a repeating decimal is cut short.

    >>> shown(Decimal(1000) / 15), shown(Decimal("0.0625")), shown(Decimal("226145100.25"))
    ('66.66666667', '0.0625', '226145100.25')
    """
    places = max(_FEWEST_DECIMALS, _DIGITS - 1 - number.adjusted())
    return plain(rounded(number, places))


def rounded(number: Decimal, places: int) -> Decimal:
    """Return a number rounded half up to so many decimals; what rounds to nothing has no sign.

    >>> rounded(Decimal("8.185"), 2), rounded(Decimal("-0.001"), 2)
    (Decimal('8.19'), Decimal('0.00'))
    """
    short = number.quantize(_step(places), context=_WIDE)
    return short if short else abs(short)


@cache
def _step(places: int) -> Decimal:
    return ONE.scaleb(-places)


def to_cents(points: Decimal) -> Decimal:
    """Return points rounded half up to two decimals.

    >>> to_cents(Decimal("8.185")), to_cents(Decimal("9.1"))
    (Decimal('8.19'), Decimal('9.10'))
    """
    return rounded(points, 2)


def figures(
    target: str, actual: str, weight: str, high: str | None = None, unit: str = ""
) -> Figures:
    """Return figures from numbers as they are written, for examples.

    >>> figures("20", "18", "10", unit="件").actual_shown
    '18件'
    """
    return Figures(
        Decimal(target),
        Decimal(actual),
        Decimal(weight),
        target + unit,
        actual + unit,
        None if high is None else Decimal(high),
        "" if high is None else high + unit,
    )

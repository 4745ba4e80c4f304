"""Deviations V1 to V6, in per cent before rounding; None where there is nothing to compare."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from xlflow.scoring.rules.figures import HUNDRED, ZERO


class Distance(NamedTuple):
    """What a deviation is reckoned from: both numbers, which side is good, weight and points."""

    target: Decimal
    actual: Decimal
    lower_is_better: bool
    weight: Decimal = ZERO
    points: Decimal = ZERO


def signed(d: Distance) -> Decimal | None:
    """V1, (A−T)/T; None when T is 0, for nothing is a share of nothing.

    >>> [signed(each) for each in EXAMPLES]
    [Decimal('11.11111111111111111111111111'), Decimal('-10.0'), Decimal('20.0')]
    """
    return (d.actual - d.target) / d.target * HUNDRED if d.target else None


def absolute(d: Distance) -> Decimal | None:
    """V2, |A−T|/T.

    >>> [absolute(each) for each in EXAMPLES]
    [Decimal('11.11111111111111111111111111'), Decimal('10.0'), Decimal('20.0')]
    """
    return abs(d.actual - d.target) / abs(d.target) * HUNDRED if d.target else None


def adverse(d: Distance) -> Decimal | None:
    """V3, (A−T)/T where the target is missed, 0 where it is met (fits the 2022 form of 上街区).

    >>> [adverse(each) for each in EXAMPLES]
    [Decimal('0'), Decimal('-10.0'), Decimal('20.0')]
    """
    met = d.actual <= d.target if d.lower_is_better else d.actual >= d.target
    return ZERO if met else signed(d)


def lost_share(d: Distance) -> Decimal | None:
    """V4, (w−s)/w, the share of the points that was lost; None for a weight of 0.

    >>> [lost_share(each) for each in EXAMPLES]
    [Decimal('0'), Decimal('10.0'), Decimal('20.0')]
    """
    return (d.weight - d.points) / d.weight * HUNDRED if d.weight else None


def not_completed(d: Distance) -> Decimal | None:
    """V5, 1 − A/T, completion counting at most 1; not defined for ≤.

    >>> [not_completed(each) for each in EXAMPLES]
    [Decimal('0'), Decimal('10.0'), None]
    """
    if d.lower_is_better or d.target <= 0:
        return None
    return HUNDRED - min(HUNDRED, d.actual / d.target * HUNDRED)


def ahead_of_execution(indicators: Decimal, execution: Decimal) -> Decimal | None:
    """V6 of a whole form: (share of indicator points − execution rate) ÷ the former, in per cent.

    Above 5 a production system shows red. All 90 indicator points with 81.9 % executed:

    >>> ahead_of_execution(Decimal(90) / 90, Decimal("0.819"))
    Decimal('18.100')
    """
    return (indicators - execution) / indicators * HUNDRED if indicators else None


EXAMPLES = (
    Distance(Decimal(90), Decimal(100), False, Decimal(10), Decimal(10)),
    Distance(Decimal(20), Decimal(18), False, Decimal(10), Decimal(9)),
    Distance(Decimal(30), Decimal(36), True, Decimal(10), Decimal(8)),
)

DEVIATIONS: Mapping[str, Callable[[Distance], Decimal | None]] = {
    "V1": signed,
    "V2": absolute,
    "V3": adverse,
    "V4": lost_share,
    "V5": not_completed,
}

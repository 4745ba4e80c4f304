"""Rules that look at several rows: Q5 of a parent row, and Q22, a total by the share of goals."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from xlflow.messages import text
from xlflow.scoring.rules.figures import HUNDRED, ZERO, Given, Points, Undecided, plain


def share_achieved(weight: Decimal, achieved: Sequence[bool]) -> Given:
    """Q5 of a parent row: w × achieved indicators ÷ all of them (遂宁: 目标实现).

    >>> share_achieved(Decimal(10), [True] * 8 + [False] * 2)
    Points(value=Decimal('8'), arithmetic='10×8÷10', remark=None)
    """
    count, met = len(achieved), sum(achieved)
    if not count:
        return Undecided(text("scoring.no_children"))
    if met == count:
        return Points(weight)
    arithmetic = f"{plain(weight)}×{met}÷{count}" if met else None
    return Points(weight * met / count, arithmetic)


def by_goals(parts: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal:
    """Q22, Σ ratio/100·s: points of rows that belong to a goal count by the goal's share.

    Each part is the share in per cent (None for a row of no goal, which counts in full) and the
    points. Goals of 60 % and 40 % with 90 and 80 points:

    >>> by_goals([(Decimal(60), Decimal(90)), (Decimal(40), Decimal(80))])
    Decimal('86')
    """
    shares = (points if ratio is None else points * ratio / HUNDRED for ratio, points in parts)
    return sum(shares, ZERO)

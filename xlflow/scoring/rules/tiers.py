"""Rules that measure the actual on a scale of their own: Q15 to Q19 and Q23.

What the form promises does not matter to them: the table or the mark stands in the profile. Rates
are in per cent, events are counted.
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from xlflow.messages import Text, text
from xlflow.scoring.rules.figures import (
    HUNDRED,
    ONE,
    ZERO,
    Figures,
    Given,
    Points,
    Tier,
    Undecided,
    plain,
)

FIFTH_OF_YUEYANG = tuple(
    Tier(Decimal(bound), Decimal(points))
    for bound, points in ((90, 5), (80, 4), (70, 3), (60, 2), (0, 0))
)


def tiers_from(
    f: Figures, *, tiers: Sequence[Tier], of: Decimal | None = None, unit: str = "%"
) -> Given:
    """Q15, a table of lower bounds, each bound included (岳阳: 重点支出安排率 ≥90% 计5分 …).

    The points are those of a row that weighs as much as the best tier, or of `of` points, which
    the weight then scales. What is below all bounds earns nothing.

    >>> from xlflow.scoring.rules.figures import figures
    >>> four = tiers_from(figures("90", "84", "5", unit="%"), tiers=FIFTH_OF_YUEYANG)
    >>> four.value, four.remark.zh
    (Decimal('4'), '84%在80%（含）至90%（不含）之间，')
    """
    marks = [tier.bound or ZERO for tier in tiers]
    reached = next((n for n, mark in enumerate(marks) if f.actual >= mark), None)
    if reached is None:
        return Points(ZERO)
    low = plain(marks[reached]) + unit
    if reached == 0:
        remark = text("scoring.tier_from", actual=f.actual_shown, low=low)
    else:
        high = plain(marks[reached - 1]) + unit
        remark = text("scoring.tier_between", actual=f.actual_shown, low=low, high=high)
    return _of_table(f, tiers, tiers[reached].points, of, remark)


def tiers_to(
    f: Figures, *, tiers: Sequence[Tier], of: Decimal | None = None, unit: str = "%"
) -> Given:
    """Q16, a table of upper bounds, each included; the last tier has none (岳阳: 预算调整率).

    >>> from xlflow.scoring.rules.figures import figures
    >>> bounds = ((0, 3), (10, 2), (20, 1), (30, "0.5"), (None, 0))
    >>> table = [Tier(None if b is None else Decimal(b), Decimal(p)) for b, p in bounds]
    >>> one = tiers_to(figures("0", "12", "3", unit="%"), tiers=table)
    >>> one.value, one.remark.zh
    (Decimal('1'), '12%在10%（不含）至20%（含）之间，')
    """
    if f.actual < 0:
        return Undecided(text("scoring.below_zero", actual=f.actual_shown))
    bounds = [tier.bound for tier in tiers]
    reached = next(n for n, bound in enumerate(bounds) if bound is None or f.actual <= bound)
    high, low = bounds[reached], bounds[reached - 1] if reached else None
    names = {"actual": f.actual_shown}
    if low is None:
        remark = text("scoring.tier_to", high=plain(high or ZERO) + unit, **names)
    elif high is None:
        remark = text("scoring.tier_above", low=plain(low) + unit, **names)
    else:
        remark = text(
            "scoring.tier_within", low=plain(low) + unit, high=plain(high) + unit, **names
        )
    return _of_table(f, tiers, tiers[reached].points, of, remark)


def _of_table(
    f: Figures, tiers: Sequence[Tier], points: Decimal, of: Decimal | None, remark: Text
) -> Given:
    """Return the points of a tier, scaled to the weight where the table allows it."""
    best = max(tier.points for tier in tiers)
    if of is None and best != f.weight:
        return Undecided(text("scoring.other_weight", table=plain(best), weight=plain(f.weight)))
    if of is None or of == f.weight:
        return Points(points, None, remark)
    arithmetic = f"{plain(f.weight)}×{plain(points)}÷{plain(of)}" if points else None
    return Points(f.weight * points / of, arithmetic, remark)


SATISFACTION = tuple(
    Tier(Decimal(bound), Decimal(points)) for bound, points in ((90, 10), (80, 8), (60, 5), (0, 0))
)


def satisfaction(f: Figures) -> Given:
    """Q23, satisfaction by bands of ten points: ≥90% 10, 80–90 8, 60–80 5, <60 0 (101号).

    >>> from xlflow.scoring.rules.figures import figures
    >>> satisfaction(figures("90", "85", "10", unit="%")).value
    Decimal('8')
    """
    return tiers_from(f, tiers=SATISFACTION, of=Decimal(10))


def per_point(f: Figures, *, mark: Decimal, points: Decimal, part_points: str) -> Given:
    """Q17, so many points off for each percentage point above the mark (扣完为止).

    w − points·max(0, A−mark). No source says whether part of a point counts: `part_points` is
    `exact`, `floor`, `ceil`, or `undecided`, which gives nothing where it would matter.

    >>> from xlflow.scoring.rules.figures import figures
    >>> staff = dict(mark=Decimal(100), points=Decimal("0.5"), part_points="exact")
    >>> per_point(figures("100", "103", "5", unit="%"), **staff).value
    Decimal('3.5')
    >>> spent = dict(mark=Decimal(0), points=Decimal("0.8"), part_points="exact")
    >>> per_point(figures("0", "2.5", "8", unit="%"), **spent)
    Points(value=Decimal('6.00'), arithmetic='8-0.8×(2.5-0)', remark=None)
    """
    over = f.actual - mark
    if over <= 0:
        return Points(f.weight)
    counted, is_whole = _counted(over, part_points), over == over.to_integral_value()
    if counted is None:
        return Undecided(text("scoring.part_points", over=plain(over), mark=plain(mark)))
    left = max(ZERO, f.weight - points * counted)
    remark = None
    if is_whole or part_points == "exact":
        excess = f"({plain(f.actual)}-{plain(mark)})"
    else:
        remark = text("scoring.counted_as", over=plain(over), counted=plain(counted))
        excess = plain(counted)
    arithmetic = f"{plain(f.weight)}-{plain(points)}×{excess}" if left else None
    return Points(left, arithmetic, remark)


def _counted(over: Decimal, part_points: str) -> Decimal | None:
    """Return how many percentage points count, None where that is not ruled."""
    if part_points == "floor":
        return over.to_integral_value(ROUND_FLOOR)
    if part_points == "ceil":
        return over.to_integral_value(ROUND_CEILING)
    is_whole = over == over.to_integral_value()
    return over if is_whole or part_points == "exact" else None


def budget_change(f: Figures, *, factor: Decimal, limit: Decimal) -> Given:
    """Q18, w·(1−factor·x), x the share of the budget that was changed; 0 above `limit` (遂宁).

    >>> from xlflow.scoring.rules.figures import figures
    >>> budget_change(figures("0", "5", "10", unit="%"), factor=Decimal(10), limit=Decimal(10))
    Points(value=Decimal('5.0'), arithmetic='10×(1-10×5%)', remark=None)
    """
    if f.actual < 0:
        return Undecided(text("scoring.below_zero", actual=f.actual_shown))
    share = ONE - factor * f.actual / HUNDRED
    if f.actual > limit or share <= 0:
        return Points(ZERO)
    if not f.actual:
        return Points(f.weight)
    return Points(f.weight * share, f"{plain(f.weight)}×(1-{plain(factor)}×{plain(f.actual)}%)")


def per_event(f: Figures, *, points: Decimal) -> Given:
    """Q19, so many points off for each event: max(0, w−points·n) (岳阳: 每出现一个…扣0.5分).

    >>> from xlflow.scoring.rules.figures import figures
    >>> per_event(figures("0", "2", "3"), points=Decimal("0.5"))
    Points(value=Decimal('2.0'), arithmetic='3-0.5×2', remark=None)
    """
    if f.actual < 0 or f.actual != f.actual.to_integral_value():
        return Undecided(text("scoring.no_count", actual=f.actual_shown))
    if not f.actual:
        return Points(f.weight)
    left = max(ZERO, f.weight - points * f.actual)
    arithmetic = f"{plain(f.weight)}-{plain(points)}×{plain(f.actual)}"
    return Points(left, arithmetic if left else None)


def tiers_fault(rule: str, tiers: Sequence[Tier]) -> bool:
    """Return whether a table has a gap or an overlap.

    Lower bounds fall to 0; upper bounds rise, and only the last tier has none. The marks of Q4
    fall too but begin above 100, for below them Q1 holds.

    >>> tiers_fault("Q15", FIFTH_OF_YUEYANG), tiers_fault("Q16", FIFTH_OF_YUEYANG)
    (False, True)
    """
    *upper, last = [tier.bound for tier in tiers]
    if rule == "Q16":
        known = [bound for bound in upper if bound is not None]
        rising = all(one < other for one, other in pairwise(known))
        return last is not None or len(known) != len(upper) or not known or not rising
    bounds = [tier.bound for tier in tiers if tier.bound is not None]
    falling = all(one > other for one, other in pairwise(bounds))
    if len(bounds) != len(tiers) or not falling:
        return True
    return bounds[-1] <= HUNDRED if rule == "Q4" else bounds[-1] != 0

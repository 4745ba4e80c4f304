"""Rules for a number under a number: Q1 to Q14.

`T` is the target (for an interval `T` to `high`), `A` the actual, `w` the weight, `r` = A/T. Marks
are in per cent of the target. A target of 0 under ≥ is met by any actual from 0 on; a negative
actual earns nothing in proportion.
"""

from collections.abc import Sequence
from decimal import Decimal

from xlflow.messages import Text, text
from xlflow.scoring.rules.figures import (
    HUNDRED,
    ONE,
    ZERO,
    Figures,
    Points,
    Tier,
    plain,
    rounded,
)


def at_least(f: Figures) -> Points:
    """Q1, ≥ and ＞ in proportion: w·min(1, A/T) (财预〔2020〕10号 annex 1, 定量指标).

    >>> from xlflow.scoring.rules.figures import figures
    >>> at_least(figures("20", "18", "10", unit="件"))
    Points(value=Decimal('9'), arithmetic='10×18件÷20件', remark=None)
    """
    if f.actual >= f.target:
        return Points(f.weight)
    if f.target <= 0 or f.actual <= 0:
        return Points(ZERO)
    return Points(
        f.weight * f.actual / f.target, f"{plain(f.weight)}×{f.actual_shown}÷{f.target_shown}"
    )


def at_least_watched(f: Figures, *, over: Decimal) -> Points:
    """Q2, as Q1; from `over` per cent of the target on a remark asks to look at it again.

    The points stay full (a production system turns the cell red from 120 % on).

    >>> from xlflow.scoring.rules.figures import figures
    >>> far = at_least_watched(figures("10", "12", "10"), over=Decimal(120))
    >>> far.value, far.remark.zh
    (Decimal('10'), '实际为目标的120%，达到120%，请核对目标是否偏低；')
    """
    if f.target <= 0 or f.actual * HUNDRED < f.target * over:
        return at_least(f)
    share = plain(rounded(f.actual / f.target * HUNDRED, 2))
    return Points(f.weight, remark=text("scoring.far_over", share=share, over=plain(over)))


def over_reduced(f: Figures, *, over: Decimal, slope: Decimal) -> Points:
    """Q3, as Q1 up to the mark; beyond it w·max(0, 1−slope·(r−over)).

    That too much costs points is national (财预〔2020〕10号: 按照偏离度适度调减分值), how much is
    local: both figures are parameters.

    >>> from xlflow.scoring.rules.figures import figures
    >>> over_reduced(figures("10", "15", "10"), over=Decimal(130), slope=Decimal(1))
    Points(value=Decimal('8.0'), arithmetic='10×(1-(15÷10-130%))', remark=None)
    """
    if f.target <= 0 or f.actual * HUNDRED <= f.target * over:
        return at_least(f)
    share = ONE - slope * (f.actual / f.target - over / HUNDRED)
    if share <= 0:
        return Points(ZERO)
    excess = f"({f.actual_shown}÷{f.target_shown}-{plain(over)}%)"
    times = excess if slope == 1 else f"{plain(slope)}×{excess}"
    return Points(f.weight * share, f"{plain(f.weight)}×(1-{times})")


def over_cut(f: Figures, *, tiers: Sequence[Tier]) -> Points:
    """Q4, as Q1; from each mark of the table on only so many per cent of the weight.

    >>> from xlflow.scoring.rules.figures import figures
    >>> table = (Tier(Decimal(200), Decimal(50)), Tier(Decimal(130), Decimal(90)))
    >>> cut = over_cut(figures("10", "21", "10"), tiers=table)
    >>> cut.value, cut.arithmetic, cut.remark.zh
    (Decimal('5'), '10×50%', '实际为目标的210%，达到200%，')
    """
    for tier in tiers:
        if f.target > 0 and tier.bound is not None and f.actual * HUNDRED >= f.target * tier.bound:
            share = plain(rounded(f.actual / f.target * HUNDRED, 2))
            return Points(
                f.weight * tier.points / HUNDRED,
                f"{plain(f.weight)}×{plain(tier.points)}%",
                text("scoring.reaches", share=share, over=plain(tier.bound)),
            )
    return at_least(f)


def within_window(f: Figures, *, over: Decimal) -> Points:
    """Q5 of one indicator: w when T≤A≤over·T, else 0 (遂宁: 过低或超过30%的不得分).

    >>> from xlflow.scoring.rules.figures import figures
    >>> [within_window(figures("10", a, "10"), over=Decimal(130)).value for a in ("9", "13", "14")]
    [Decimal('0'), Decimal('10'), Decimal('0')]
    """
    met = f.actual >= f.target and f.actual * HUNDRED <= f.target * over
    return Points(f.weight if met else ZERO)


def pass_mark(f: Figures, *, mark: Decimal) -> Points:
    """Q6, nothing below the pass mark, w·(r−mark)/(1−mark) from there to the target (101号).

    >>> from xlflow.scoring.rules.figures import figures
    >>> pass_mark(figures("100", "90", "10"), mark=Decimal(60))
    Points(value=Decimal('7.5'), arithmetic='10×(90÷100-60%)÷(100%-60%)', remark=None)
    >>> [pass_mark(figures("100", a, "10"), mark=Decimal(60)).value for a in ("55", "60")]
    [Decimal('0'), Decimal('0')]
    """
    if f.actual >= f.target:
        return Points(f.weight)
    if f.target <= 0 or f.actual * HUNDRED <= f.target * mark:
        return Points(ZERO)
    over = f.actual * HUNDRED - f.target * mark
    share = f"({f.actual_shown}÷{f.target_shown}-{plain(mark)}%)÷(100%-{plain(mark)}%)"
    return Points(
        f.weight * over / (f.target * (HUNDRED - mark)),
        f"{plain(f.weight)}×{share}",
    )


def at_most_ratio(f: Figures) -> Points:
    """Q7, ≤ and ＜ by the inverse ratio: w when A≤T, else w·T/A (反向指标：年度指标值÷实际值×分值).

    >>> from xlflow.scoring.rules.figures import figures
    >>> rounded(at_most_ratio(figures("30", "36", "10")).value, 2)
    Decimal('8.33')
    """
    if f.actual <= f.target:
        return Points(f.weight)
    if f.target <= 0:
        return Points(ZERO)
    return Points(
        f.weight * f.target / f.actual, f"{plain(f.weight)}×{f.target_shown}÷{f.actual_shown}"
    )


def at_most_linear(f: Figures) -> Points:
    """Q8, ≤ falling in a line: w when A≤T, w·(1−(A−T)/T) below 2T, 0 from 2T on.

    >>> from xlflow.scoring.rules.figures import figures
    >>> at_most_linear(figures("30", "36", "10"))
    Points(value=Decimal('8.0'), arithmetic='10×(1-(36-30)÷30)', remark=None)
    >>> at_most_linear(figures("30", "60", "10")).value
    Decimal('0')
    """
    if f.actual <= f.target:
        return Points(f.weight)
    if f.target <= 0 or f.actual >= 2 * f.target:
        return Points(ZERO)
    share = ONE - (f.actual - f.target) / f.target
    shown = f"{plain(f.weight)}×(1-({f.actual_shown}-{f.target_shown})÷{f.target_shown})"
    return Points(f.weight * share, shown)


def at_most_strict(f: Figures) -> Points:
    """Q9, ≤ all or nothing: w when A≤T, else 0 (超支不得分); for ＜ w when A<T.

    >>> from xlflow.scoring.rules.figures import figures
    >>> at_most_strict(figures("30", "36", "10")).value
    Decimal('0')
    """
    met = f.actual < f.target or (f.actual == f.target and not f.strict)
    return Points(f.weight if met else ZERO)


def equal_capped(f: Figures) -> Points:
    """Q10, = with a cap: T>0: w·min(1, A/T); T=0: w when A≤0, else 0.

    >>> from xlflow.scoring.rules.figures import figures
    >>> equal_capped(figures("40", "36", "10")).value, equal_capped(figures("0", "1", "10")).value
    (Decimal('9'), Decimal('0'))
    """
    if f.target == 0:
        return Points(f.weight if f.actual <= 0 else ZERO)
    return at_least(f)


def equal_strict(f: Figures) -> Points:
    """Q11, = exactly: w when A=T, else 0 (直接赋分).

    >>> from xlflow.scoring.rules.figures import figures
    >>> equal_strict(figures("6", "5", "10")).value
    Decimal('0')
    """
    return Points(f.weight if f.actual == f.target else ZERO)


def equal_symmetric(f: Figures) -> Points:
    """Q12, = falling to both sides: w·max(0, 1−|A−T|/T).

    >>> from xlflow.scoring.rules.figures import figures
    >>> equal_symmetric(figures("20", "23", "10"))
    Points(value=Decimal('8.50'), arithmetic='10×(1-|23-20|÷20)', remark=None)
    """
    if f.actual == f.target:
        return Points(f.weight)
    if f.target <= 0:
        return Points(ZERO)
    share = max(ZERO, ONE - abs(f.actual - f.target) / f.target)
    shown = f"{plain(f.weight)}×(1-|{f.actual_shown}-{f.target_shown}|÷{f.target_shown})"
    return Points(f.weight * share, shown if share else None)


def proportion(f: Figures) -> Points:
    """Q13, one number to another (1:10): both sides read as a number, then Q1, or Q7 for a limit.

    >>> from xlflow.scoring.rules.figures import figures
    >>> rounded(proportion(figures("0.1", "0.083333333", "5")).value, 2)
    Decimal('4.17')
    """
    return at_most_ratio(f) if f.at_most else at_least(f)


def interval(f: Figures) -> Points:
    """Q14, an interval [L, U]: w inside, w·A/L below, w·U/A above.

    >>> from xlflow.scoring.rules.figures import figures
    >>> above, below = figures("3", "6", "10", "5"), figures("3", "2", "10", "5")
    >>> [str(rounded(interval(f).value, 2)) for f in (above, below)]
    ['8.33', '6.67']
    """
    if f.high is not None and f.actual > f.high:
        above = Figures(f.high, f.actual, f.weight, f.high_shown, f.actual_shown)
        return at_most_ratio(above)
    return at_least(f)


def completion(f: Figures) -> Points:
    """P1, a percentage under a qualitative target or deadline read as its completion: w·min(1, A).

    >>> from xlflow.scoring.rules.figures import figures
    >>> completion(figures("100", "95", "2", unit="%"))
    Points(value=Decimal('1.9'), arithmetic='2×95%÷100%', remark=None)
    """
    return at_least(f)


def deducted(given: Points, deduction: Decimal) -> Points:
    """Q21, what a person takes off after the rule: max(0, s−deduction) (广西: 扣减分数).

    >>> off = deducted(Points(Decimal("9.00")), Decimal(2))
    >>> off.value, off.arithmetic
    (Decimal('7.00'), '9.00-2')
    """
    before = rounded(given.value, 2)
    left = max(ZERO, before - deduction)
    return Points(left, f"{before}-{plain(deduction)}" if left else None, _taken(deduction))


def _taken(deduction: Decimal) -> Text:
    return text("scoring.deduction", deduction=plain(deduction))

"""The named scoring rules: a closed registry of small pure functions.

A rule takes the target `T` (for an interval `T` to `high`), the actual `A` and the weight `w`, and
returns the points before rounding together with the arithmetic as it is shown to a person. All
points lie between 0 and the weight. The names (Q1, X2 …) are those of the field's catalogue of
rules; a profile chooses among them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from xlflow.messages import Text

ZERO = Decimal(0)
ONE = Decimal(1)
_FEWEST_DECIMALS = 6
_DIGITS = 10
# Room for any quotient of two numbers that can be written in a cell.
_WIDE = Context(prec=400, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers a rule works on, and how each is shown (`90%`, `500亩`).

    `strict` says that the target itself does not meet it (＞36项: 36 is not enough).
    """

    target: Decimal
    actual: Decimal
    weight: Decimal
    target_shown: str
    actual_shown: str
    high: Decimal | None = None
    high_shown: str = ""
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """What a rule gives: points before rounding, and the arithmetic (none when full or 0)."""

    value: Decimal
    arithmetic: str | None = None


Rule = Callable[[Figures], Points]


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
    short = number.quantize(ONE.scaleb(-places), context=_WIDE)
    return short if short else abs(short)


def at_least(f: Figures) -> Points:
    """Q1, ≥ and ＞ in proportion: w·min(1, A/T) (财预〔2020〕10号 annex 1, 定量指标).

    A target of 0 is met by any actual from 0 on; a negative actual earns nothing.

    >>> at_least(Figures(Decimal(20), Decimal(18), Decimal(10), "20件", "18件"))
    Points(value=Decimal('9'), arithmetic='10×18件÷20件')
    """
    if f.actual >= f.target:
        return Points(f.weight)
    if f.target <= 0 or f.actual <= 0:
        return Points(ZERO)
    return Points(
        f.weight * f.actual / f.target, f"{plain(f.weight)}×{f.actual_shown}÷{f.target_shown}"
    )


def at_most_ratio(f: Figures) -> Points:
    """Q7, ≤ and ＜ by the inverse ratio: w when A≤T, else w·T/A (反向指标：年度指标值÷实际值×分值).

    >>> at_most_ratio(Figures(Decimal(30), Decimal(36), Decimal(9), "30天", "36天"))
    Points(value=Decimal('7.5'), arithmetic='9×30天÷36天')
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

    >>> at_most_linear(Figures(Decimal(30), Decimal(36), Decimal(10), "30", "36"))
    Points(value=Decimal('8.0'), arithmetic='10×(1-(36-30)÷30)')
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

    >>> at_most_strict(Figures(Decimal(30), Decimal(36), Decimal(10), "30", "36")).value
    Decimal('0')
    """
    met = f.actual < f.target or (f.actual == f.target and not f.strict)
    return Points(f.weight if met else ZERO)


def equal_capped(f: Figures) -> Points:
    """Q10, = with a cap: T>0: w·min(1, A/T); T=0: w when A≤0, else 0.

    >>> equal_capped(Figures(Decimal(40), Decimal(36), Decimal(10), "40宗", "36宗")).value
    Decimal('9')
    >>> equal_capped(Figures(Decimal(0), Decimal(1), Decimal(10), "0起", "1起")).value
    Decimal('0')
    """
    if f.target == 0:
        return Points(f.weight if f.actual <= 0 else ZERO)
    return at_least(f)


def equal_strict(f: Figures) -> Points:
    """Q11, = exactly: w when A=T, else 0 (直接赋分).

    >>> equal_strict(Figures(Decimal(6), Decimal(5), Decimal(10), "6期", "5期")).value
    Decimal('0')
    """
    return Points(f.weight if f.actual == f.target else ZERO)


def equal_symmetric(f: Figures) -> Points:
    """Q12, = falling to both sides: w·max(0, 1−|A−T|/T).

    >>> equal_symmetric(Figures(Decimal(20), Decimal(23), Decimal(10), "20", "23"))
    Points(value=Decimal('8.50'), arithmetic='10×(1-|23-20|÷20)')
    """
    if f.actual == f.target:
        return Points(f.weight)
    if f.target <= 0:
        return Points(ZERO)
    share = max(ZERO, ONE - abs(f.actual - f.target) / f.target)
    shown = f"{plain(f.weight)}×(1-|{f.actual_shown}-{f.target_shown}|÷{f.target_shown})"
    return Points(f.weight * share, shown if share else None)


def interval(f: Figures) -> Points:
    """Q14, an interval [L, U]: w inside, w·A/L below, w·U/A above.

    >>> three_to_five = Figures(Decimal(3), Decimal(6), Decimal(9), "3个", "6个", Decimal(5), "5个")
    >>> interval(three_to_five)
    Points(value=Decimal('7.5'), arithmetic='9×5个÷6个')
    """
    if f.high is not None and f.actual > f.high:
        above = Figures(f.high, f.actual, f.weight, f.high_shown, f.actual_shown)
        return at_most_ratio(above)
    return at_least(f)


def execution(f: Figures) -> Points:
    """X1 and X2, budget execution: w·min(1, (E/B)÷full), `target` being full and `actual` E/B in %.

    X1 is full at 100 % (financial practice after 财预〔2020〕10号), X2 below it: with full at 90 %,
    81.9 % of 10 points gives 9.10.

    >>> execution(Figures(Decimal(90), Decimal("81.9"), Decimal(10), "90%", "81.90%"))
    Points(value=Decimal('9.1'), arithmetic='10×81.90%÷90%')
    """
    return at_least(f)


def completion(f: Figures) -> Points:
    """P1, a percentage under a qualitative target or deadline read as its completion: w·min(1, A).

    >>> full = Decimal(100)
    >>> completion(Figures(full, Decimal(95), Decimal(2), "100%", "95%"))
    Points(value=Decimal('1.9'), arithmetic='2×95%÷100%')
    """
    return at_least(f)


RULES: Mapping[str, Rule] = {
    "Q1": at_least,
    "Q7": at_most_ratio,
    "Q8": at_most_linear,
    "Q9": at_most_strict,
    "Q10": equal_capped,
    "Q11": equal_strict,
    "Q12": equal_symmetric,
    "Q14": interval,
    "X1": execution,
    "X2": execution,
    "P1": completion,
}

RULE_NAMES: Mapping[str, Text] = {
    "Q1": Text("按完成比例得分", "points in proportion to completion"),
    "Q7": Text("超出的按指标值与实际值之比得分", "above the limit: target ÷ actual"),
    "Q8": Text(
        "超出的按超出比例扣分，超出一倍不得分", "above the limit: minus the share of excess"
    ),
    "Q9": Text("超出不得分", "above the limit: no points"),
    "Q10": Text("按完成比例得分，最高满分", "points in proportion to completion, at most full"),
    "Q11": Text("与指标值一致得满分，否则不得分", "full when equal to the target, else none"),
    "Q12": Text("按与指标值的差距扣分", "minus the share of the difference"),
    "Q14": Text("在区间内得满分，区间外按比例得分", "full inside the range, in proportion outside"),
    "X1": Text("按执行率得分", "points in proportion to the execution rate"),
    "X2": Text("执行率达到{full}%得满分", "full points from an execution rate of {full}% on"),
    "P1": Text("填报的百分比按完成程度计分", "the percentage given is read as completion"),
    "L1": Text("按达成档次得分", "points by level of achievement"),
    "D1": Text("按期完成得满分", "full points when on time"),
}


def deviation_signed(target: Decimal, actual: Decimal, *, lower_is_better: bool) -> Decimal | None:
    """V1, the deviation in per cent: (A−T)/T; None when T is 0, for nothing is a share of nothing.

    >>> deviation_signed(Decimal(20), Decimal(18), lower_is_better=False)
    Decimal('-10.0')
    """
    del lower_is_better
    return (actual - target) / target * 100 if target else None


def deviation_adverse(target: Decimal, actual: Decimal, *, lower_is_better: bool) -> Decimal | None:
    """V3, the adverse deviation in per cent: (A−T)/T where the target is missed, 0 where it is met.

    >>> deviation_adverse(Decimal(90), Decimal("81.9"), lower_is_better=False)
    Decimal('-9.00')
    >>> deviation_adverse(Decimal(90), Decimal(100), lower_is_better=False)
    Decimal('0')
    >>> deviation_adverse(Decimal(30), Decimal(36), lower_is_better=True)
    Decimal('20.0')
    """
    met = actual <= target if lower_is_better else actual >= target
    return ZERO if met else deviation_signed(target, actual, lower_is_better=lower_is_better)


DEVIATIONS = {"V1": deviation_signed, "V3": deviation_adverse}

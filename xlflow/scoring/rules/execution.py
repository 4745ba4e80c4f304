"""Rules for budget execution: X1 to X8.

`actual` is E/B in per cent (E executed, B the full-year budget; for X8 the initial one), `target`
is 100. There is no rate for B ≤ 0; a negative E earns nothing.
"""

from collections.abc import Sequence
from decimal import Decimal

from xlflow.messages import text
from xlflow.scoring.rules.figures import (
    HUNDRED,
    ZERO,
    Figures,
    Given,
    Points,
    Tier,
    Undecided,
    plain,
)
from xlflow.scoring.rules.quantitative import at_least
from xlflow.scoring.rules.tiers import tiers_from


def execution(f: Figures, *, full_at: Decimal) -> Points:
    """X1, X2 and X3, w·min(1, (E/B)÷full_at).

    X1 is full at 100 % (practice after 财预〔2020〕10号), X2 below it (90 % fits the 2022 form of
    上街区), X3 at 95 %.

    >>> from xlflow.scoring.rules.figures import figures
    >>> rate = figures("100", "81.9", "10", unit="%")
    >>> [str(execution(rate, full_at=Decimal(full)).value)[:5] for full in (100, 90, 95)]
    ['8.19', '9.1', '8.621']
    >>> execution(rate, full_at=Decimal(90)).arithmetic
    '10×81.9%÷90%'
    """
    return at_least(f._replace(target=full_at, target_shown=f"{plain(full_at)}%"))


X4_TIERS = tuple(
    Tier(Decimal(bound), Decimal(points)) for bound, points in ((100, 10), (80, 7), (60, 5), (0, 0))
)


def execution_bands(f: Figures) -> Given:
    """X4, by interval: from 100 % 10 of 10 points, 80–100 7, 60–80 5, below 60 nothing (101号).

    >>> from xlflow.scoring.rules.figures import figures
    >>> execution_bands(figures("100", "81.9", "10", unit="%")).value
    Decimal('7')
    """
    return tiers_from(f, tiers=X4_TIERS, of=Decimal(10))


def execution_floor(f: Figures, *, zero_below: Decimal) -> Points:
    """X5, as X1, and nothing below a rate of 60 % (or 50, 80).

    >>> from xlflow.scoring.rules.figures import figures
    >>> rates = [figures("100", e, "10", unit="%") for e in ("81.9", "60", "59.99")]
    >>> [str(execution_floor(f, zero_below=Decimal(60)).value) for f in rates]
    ['8.19', '6', '0']
    """
    return Points(ZERO) if f.actual < zero_below else at_least(f)


def execution_tiers(f: Figures, *, tiers: Sequence[Tier], of: Decimal | None = None) -> Given:
    """X6, by the table of the profile (岳阳 style, 支付进度), lower bounds included.

    >>> from xlflow.scoring.rules.figures import figures
    >>> table = [Tier(Decimal(90), Decimal(4)), Tier(Decimal(0), Decimal(1))]
    >>> execution_tiers(figures("100", "81.9", "4", unit="%"), tiers=table).value
    Decimal('1')
    """
    return tiers_from(f, tiers=tiers, of=of)


def beyond_budget(f: Figures, *, over_budget: str) -> Given:
    """X7, E>B: nothing (`zero`), or not decided, for more than the budget can not be spent.

    >>> from xlflow.scoring.rules.figures import figures
    >>> beyond_budget(figures("100", "120", "10", unit="%"), over_budget="zero").value
    Decimal('0')
    """
    over = text("scoring.over_budget", rate=f.actual_shown)
    if over_budget == "undecided":
        return Undecided(text("scoring.over_budget_undecided", rate=f.actual_shown))
    return Points(ZERO, remark=over) if f.actual > HUNDRED else at_least(f)


def execution_of_initial(f: Figures) -> Points:
    """X8, w·min(1, E/B) with the initial budget for B (a local 预算完成率).

    >>> from xlflow.scoring.rules.figures import figures
    >>> execution_of_initial(figures("100", "815.32", "10", unit="%")).value
    Decimal('10')
    """
    return at_least(f)

"""Qualitative levels L1 to L4: a level gives a span of the weight, a person the point in it."""

from collections.abc import Mapping
from decimal import Decimal

from xlflow.scoring.rules.figures import HUNDRED, to_cents

Spans = frozenset[tuple[Decimal, Decimal]]


def _spans(*ends: tuple[int, int]) -> Spans:
    return frozenset((Decimal(low), Decimal(high)) for low, high in ends)


BAND_RULES: Mapping[str, Spans] = {
    "L1": _spans((80, 100), (60, 80), (0, 60)),
    "L2": _spans((80, 100), (50, 80), (0, 50)),
    "L3": _spans((80, 100), (60, 80), (0, 60)),
    "L4": _spans((100, 100), (0, 0)),
}


def band_points(weight: Decimal, low: Decimal, high: Decimal) -> tuple[Decimal, Decimal]:
    """Return the span of points of a level: w·low to w·high, in cents.

    L1 (财预〔2020〕10号: 100–80 含, 80–60 含, 60–0) and L2 (转移支付, 100–80–50–0) differ in one
    bound. L3 is L1 picked from a list with a short text beside it (广西); L4 is yes or no.

    >>> band_points(Decimal(5), Decimal(60), Decimal(80))
    (Decimal('3.00'), Decimal('4.00'))
    >>> band_points(Decimal(5), Decimal(50), Decimal(80))
    (Decimal('2.50'), Decimal('4.00'))
    """
    return to_cents(weight * low / HUNDRED), to_cents(weight * high / HUNDRED)


def band_rule_of(spans: Spans) -> str:
    """Return the rule whose levels these are; L1 for levels of a bureau's own.

    >>> band_rule_of(_spans((80, 100), (50, 80), (0, 50)))
    'L2'
    """
    return next((rule for rule, known in BAND_RULES.items() if known == spans), "L1")

"""Figures as a report writes them: 万元 with two decimals, rates in per cent, points."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_CENT = Decimal("0.01")
_HUNDRED = Decimal(100)
_MOST_NAMED = 20
NOT_GIVEN: Final = "未填报"
UNDECIDED: Final = "未测算"


def amount(value: Decimal | None) -> str:
    """Return an amount in 万元.

    >>> amount(Decimal("14988.39")), amount(Decimal("0.005")), amount(None)
    ('14,988.39', '0.01', '未填报')
    """
    return NOT_GIVEN if value is None else f"{_cents(value):,}"


def in_wan(value: Decimal | None) -> str:
    """Return an amount with its unit.

    >>> in_wan(Decimal("945502")), in_wan(None)
    ('945,502.00万元', '未填报')
    """
    return NOT_GIVEN if value is None else f"{amount(value)}万元"


def per_cent(ratio: Decimal | None) -> str:
    """Return a ratio in per cent.

    >>> per_cent(Decimal("0.8190")), per_cent(None)
    ('81.90%', '—')
    """
    return "—" if ratio is None else f"{_cents(ratio * _HUNDRED)}%"


def points(value: Decimal | None) -> str:
    """Return points.

    >>> points(Decimal("9.1")), points(None)
    ('9.10', '未测算')
    """
    return UNDECIDED if value is None else f"{_cents(value)}"


def deviation(value: Decimal | None) -> str:
    """Return a deviation, which is in per cent already.

    >>> deviation(Decimal("-9.00")), deviation(None)
    ('-9.00%', '—')
    """
    return "—" if value is None else f"{value}%"


def listed(names: Sequence[str]) -> str:
    """Return names in a sentence, of many the first twenty.

    >>> listed(["甲", "乙"]), listed(["甲"] * 30)[-5:]
    ('甲、乙', '甲等30个')
    """
    more = f"等{len(names)}个" if len(names) > _MOST_NAMED else ""
    return "、".join(names[:_MOST_NAMED]) + more


def _cents(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)

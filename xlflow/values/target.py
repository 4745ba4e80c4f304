"""What a written target or actual means, as a record."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Op(StrEnum):
    """How a written value compares.

    `bare` is a number without an operator, which the profile reads as eq or ge; `none` is
    nothing there, or not applicable; `error` is a leftover or a spreadsheet error.
    """

    GE = "ge"
    GT = "gt"
    LE = "le"
    LT = "lt"
    EQ = "eq"
    RANGE = "range"
    APPROX = "approx"
    RATIO = "ratio"
    BARE = "bare"
    DATE = "date"
    QUAL = "qual"
    NONE = "none"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Target:
    """The meaning of one written value.

    `value` carries the multipliers 万 and 亿 already (`20万本` is 200000 本); `%`, `‰` and 百分点
    keep their number (`95%` is 95 with unit `%`). `per` is the period of a frequency (`年`).
    `date` is the last day that still meets the target. `notes` says what was normalised, inferred
    or doubtful; a reading that is not certain is never a number.
    """

    raw: str
    op: Op
    value: Decimal | None = None
    value_high: Decimal | None = None
    low_open: bool = False
    high_open: bool = False
    unit: str | None = None
    per: str | None = None
    date: datetime.date | None = None
    text: str | None = None
    notes: tuple[str, ...] = ()


def target_as_json(target: Target) -> dict[str, object]:
    """Return the target as plain data: every key, decimals as strings, the date in ISO form.

    >>> target_as_json(Target("20万本", Op.BARE, Decimal(200000), unit="本"))["value"]
    '200000'
    """
    return {
        "raw": target.raw,
        "op": target.op.value,
        "value": _plain(target.value),
        "value_high": _plain(target.value_high),
        "low_open": target.low_open,
        "high_open": target.high_open,
        "unit": target.unit,
        "per": target.per,
        "date": target.date.isoformat() if target.date else None,
        "text": target.text,
        "notes": list(target.notes),
    }


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")

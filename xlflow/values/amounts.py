"""Amounts of money that running text mentions."""

import re
from dataclasses import dataclass
from decimal import Decimal

from xlflow.values.normalise import normalise
from xlflow.values.numbers import arabic_number, chinese_number, multiplied

_SCALE = "万亿|千万|百万|亿|万|千|百"
_AMOUNT = re.compile(
    # What stands before may make it the end of a range, of a compound (12万3千元) or of a code.
    r"(?<![0-9０-９.．,，万亿千百零一二三四五六七八九十A-Za-z])(?<![0-9０-９万亿元][-－—~～至到])"
    r"(?P<number>[0-9０-９][0-9０-９,，]*(?:[.．][0-9０-９]+)?"
    r"|[一二两三四五六七八九十][零一二两三四五六七八九十百千万亿]*[十百千万亿])"
    rf"\s*(?P<scale>{_SCALE})?\s*[余多]?\s*元(?![月旦宵素件格组])"
)
_ARABIC = re.compile(r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]{0,14})(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of money in prose: as written, and its value in 元."""

    raw: str
    value: Decimal


def amounts_in(text: str) -> tuple[Amount, ...]:
    """Return the amounts of money that a text mentions, in order.

    An end of a range (3-5万元) and an irregular numeral are left out: they are not certain.

    >>> [str(amount.value) for amount in amounts_in("约15万元，合同 22,614.51 万元，另十万元")]
    ['150000', '226145100', '100000']
    """
    if "元" not in text:  # most texts mention none
        return ()
    found = (_amount(match) for match in _AMOUNT.finditer(text))
    return tuple(amount for amount in found if amount)


def _amount(match: re.Match[str]) -> Amount | None:
    written = normalise(match["number"])
    if written[0].isdigit():
        number = arabic_number(written) if _ARABIC.fullmatch(written) else None
    else:
        number = chinese_number(written)
    if number is None:
        return None
    return Amount(match[0], multiplied(number, match["scale"]))

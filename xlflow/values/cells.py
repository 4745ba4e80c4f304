"""What a number or a date means under the number format of its cell."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from xlflow.values.dates import AS_MONTH_END, month_end
from xlflow.values.numbers import trimmed

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_NOT_SHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')
_DATE_SIGN = re.compile(r"[yd]", re.I)
_CLOCK_SIGN = re.compile(r"[hs]", re.I)
_MONTH_SIGN = re.compile(r"m", re.I)
_AFFIXES = re.compile(
    r'(?P<before>(?:"[^"]*"|[¥≥≤<>=])?)(?:#,##)?0(?:\.0+)?_?\s?(?P<after>(?:"[^"]*")?)'
)
_FIRST_DAY = date(1899, 12, 30)
_LAST_SERIAL = 2_958_465
_LEAP_DAY_OF_1900 = 60
_LARGEST_EXPONENT = 30

_SINGLE_DIGITS, _DOUBLE_DIGITS = 12, 15
_SINGLE_ERROR, _DOUBLE_ERROR = Decimal("1E-6"), Decimal("1E-12")
_SHORT = Decimal("1E-4")


@dataclass(frozen=True, slots=True)
class CellMeaning:
    """A number as its format means it: a day, or the text a person would write for it."""

    text: str | None = None
    day: date | None = None
    notes: tuple[str, ...] = ()


def without_leak(text: str) -> CellMeaning | None:
    """Return the meaning of a number in full float precision, or None for any other text.

    >>> without_leak("0.0900000762939453").text
    '9%'
    >>> without_leak("0.418") is None
    True
    """
    number = plain_number(text) if len(text) > _SINGLE_DIGITS and "." in text else None
    meaning = _without_format(number) if number is not None and _is_usual(number) else None
    return meaning if meaning and meaning.notes else None


def plain_number(text: str) -> Decimal | None:
    """Return the number that a text without any other word is, as a file stores it.

    >>> plain_number("44742"), plain_number("95%")
    (Decimal('44742'), None)
    """
    return Decimal(text.strip()) if _PLAIN.fullmatch(text.strip()) else None


def shown(number: Decimal) -> str:
    """Return a number as digits, without an exponent unless it is beyond all measure.

    >>> shown(Decimal("1E+3"))
    '1000'
    """
    return format(number, "f") if _is_usual(number) else str(number)


def read_number(number: Decimal, number_format: str | None, *, typed: bool = False) -> CellMeaning:
    """Return what a stored number means under a number format.

    `typed` says that the number came as text: 95 in a per cent cell is then not certain.

    >>> read_number(Decimal("0.95"), "0%").text
    '95%'
    >>> read_number(Decimal("44742"), "yyyy/m/d").day
    datetime.date(2022, 6, 30)
    """
    if not _is_usual(number):
        return CellMeaning(notes=("数值异常，无法读取",))
    bare = _NOT_SHOWN.sub("", number_format or "").partition(";")[0]
    if not bare or bare.lower() in {"general", "@", "g/通用格式"}:
        return _without_format(number)
    if "%" in bare:
        return _per_cent(number, typed=typed)
    if _DATE_SIGN.search(bare) or (_MONTH_SIGN.search(bare) and not _CLOCK_SIGN.search(bare)):
        return _serial(number, number_format or "")
    if _CLOCK_SIGN.search(bare):
        return CellMeaning(notes=("单元格是时刻格式，可能是比值被自动改成了时刻",))
    return _with_affixes(number, number_format or "")


def last_day(day: date, number_format: str | None) -> tuple[date, tuple[str, ...]]:
    """Return the last day that a date cell names, and what is doubtful about it.

    >>> last_day(date(2022, 6, 1), "yyyy年m月")[0]
    datetime.date(2022, 6, 30)
    """
    sign = _NOT_SHOWN.sub("", number_format or "").partition(";")[0].lower()
    if "m" in sign and "d" not in sign:
        return month_end(day.year, day.month), (AS_MONTH_END,)
    if "m" in sign and "y" not in sign:
        return day, ("单元格只显示月日，可能是“3-5”一类的区间被自动改成了日期",)
    return day, ()


def _is_usual(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) <= _LARGEST_EXPONENT


def _without_format(number: Decimal) -> CellMeaning:
    clean = _without_leak(number)
    if clean == number:
        return CellMeaning(shown(trimmed(number)))
    if _is_single_leak(number):
        note = "是比率导出时留下的浮点数，按百分数理解"
        return CellMeaning(shown(trimmed(clean * 100)) + "%", notes=(note,))
    return CellMeaning(shown(clean), notes=("去掉了浮点数的误差尾数",))


def _per_cent(number: Decimal, *, typed: bool) -> CellMeaning:
    if typed and abs(number) > 10:
        return CellMeaning(
            notes=(f"百分比格式的单元格里是文本{shown(number)}，无法确定是否应乘以100",)
        )
    return CellMeaning(shown(trimmed(_without_leak(number) * 100)) + "%")


def _serial(number: Decimal, number_format: str) -> CellMeaning:
    serial = int(number)
    if not 1 <= serial <= _LAST_SERIAL or serial == _LEAP_DAY_OF_1900:
        return CellMeaning(notes=("单元格是日期格式，但数值不是日期",))
    # The 1900 system counts a 29 February 1900 that never was.
    shift = 1 if serial < _LEAP_DAY_OF_1900 else 0
    day, notes = last_day(_FIRST_DAY + timedelta(days=serial + shift), number_format)
    return CellMeaning(day=day, notes=notes)


def _with_affixes(number: Decimal, number_format: str) -> CellMeaning:
    found = _AFFIXES.fullmatch(number_format.partition(";")[0])
    plain = _without_format(number)
    if not found or not (found["before"] or found["after"]):
        return plain
    before, after = found["before"].strip('"'), found["after"].strip('"')
    return CellMeaning(f"{before}{plain.text}{after}", notes=plain.notes)


def _without_leak(number: Decimal) -> Decimal:
    if _is_single_leak(number):
        return trimmed(number.quantize(_SHORT))
    if len(number.as_tuple().digits) < _DOUBLE_DIGITS or number == number.to_integral_value():
        return number
    return trimmed(round(number, _DOUBLE_DIGITS - 1 - number.adjusted()))


def _is_single_leak(number: Decimal) -> bool:
    """Return whether a number below one is a short one that went through a 32-bit float."""
    if len(number.as_tuple().digits) < _SINGLE_DIGITS or abs(number) >= 1:
        return False
    gap = abs(number - number.quantize(_SHORT))
    return _DOUBLE_ERROR < gap / abs(number) <= _SINGLE_ERROR

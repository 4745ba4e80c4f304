"""What a number or a date means under the number format of its cell."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from xlflow.values.dates import AS_MONTH_END, month_end
from xlflow.values.numbers import trimmed

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_SECTION = re.compile(r'(?:"[^"]*"|[\\!_*].|\[[^\]]*\]|[^;])*')
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|[_*].|\[\$(?P<sign>[^\]-]*)(?:-[^\]]*)?\]'
    r"|\[(?P<elapsed>h+|m+|s+)\]|\[(?P<condition>[<>=])?[^\]]*\]"
    r"|(?P<digits>General|G/通用格式|[#0?][#0?.,]*)|(?P<letter>[A-Za-z])|(?P<plain>.)",
    re.I | re.S,
)
# 0!.0,"万元" shows 123456 as 12.3万元: the point is a word among the digits.
_POINT_AS_WORD = re.compile(r'0(?:[\\!]\.|"\.")(?P<decimals>0+)(?P<commas>,*)')
_FIRST_DAY = date(1899, 12, 30)
_LAST_SERIAL = 2_958_465
_LEAP_DAY_OF_1900 = 60
_LARGEST_EXPONENT = 30

_SINGLE_DIGITS, _DOUBLE_DIGITS = 12, 15
_SINGLE_ERROR, _DOUBLE_ERROR = Decimal("1E-6"), Decimal("1E-12")
_SHORT = Decimal("1E-4")
_WHOLE_DIGITS = 12


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
    shape = _shape(number_format or "")
    if shape.per_cent:
        return _per_cent(number, shape, typed=typed)
    if shape.is_date:
        return _serial(number, number_format or "")
    if shape.is_clock:
        return CellMeaning(notes=("单元格是时刻格式，可能是比值被自动改成了时刻",))
    return _with_words(number, shape) if shape.words else _without_words(number, shape)


def has_words(number_format: str) -> bool:
    """Return whether a number format puts words beside the number, such as a unit.

    >>> has_words('0"万元"'), has_words("#,##0.00_ ")
    (True, False)
    """
    return number_format != "General" and _shape(number_format).words


def last_day(day: date, number_format: str | None) -> tuple[date, tuple[str, ...]]:
    """Return the last day that a date cell names, and what is doubtful about it.

    >>> last_day(date(2022, 6, 1), "yyyy年m月")[0]
    datetime.date(2022, 6, 30)
    """
    sign = _shape(number_format or "").letters
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


def _per_cent(number: Decimal, shape: "_Shape", *, typed: bool) -> CellMeaning:
    if (typed and abs(number) > 10) or shape.shift:
        return CellMeaning(
            notes=(f"百分比格式的单元格里是文本{shown(number)}，无法确定是否应乘以100",)
        )
    share = shown(trimmed(_without_leak(number) * 100))
    doubt = (f"显示为{share}%，请核对是否多乘了100",) if abs(number) > 10 else ()
    return CellMeaning(f"{shape.before}{share}%{shape.after}", notes=doubt)


def _serial(number: Decimal, number_format: str) -> CellMeaning:
    serial = int(number)
    if not 1 <= serial <= _LAST_SERIAL or serial == _LEAP_DAY_OF_1900:
        return CellMeaning(notes=("单元格是日期格式，但数值不是日期",))
    # The 1900 system counts a 29 February 1900 that never was.
    shift = 1 if serial < _LEAP_DAY_OF_1900 else 0
    day, notes = last_day(_FIRST_DAY + timedelta(days=serial + shift), number_format)
    return CellMeaning(day=day, notes=notes)


def _with_words(number: Decimal, shape: "_Shape") -> CellMeaning:
    clean = _without_leak(number)
    seen = shown(trimmed(clean.scaleb(-shape.shift)))
    notes = () if clean == number else ("去掉了浮点数的误差尾数",)
    return CellMeaning(f"{shape.before}{seen}{shape.after}", notes=notes)


def _without_words(number: Decimal, shape: "_Shape") -> CellMeaning:
    if shape.shift:
        return CellMeaning(notes=("数字格式缩小了显示的数，又没有写单位，无法确定按哪个数",))
    return _without_format(number)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a number format shows of a positive number.

    `shift` is by how many decimal places the number shown is smaller than the number stored.
    """

    before: str = ""
    after: str = ""
    shift: int = 0
    letters: str = ""
    per_cent: bool = False
    is_elapsed: bool = False

    @property
    def words(self) -> bool:
        return bool(self.before or self.after)

    @property
    def is_date(self) -> bool:
        return not self.is_clock and bool(set("ymd") & set(self.letters))

    @property
    def is_clock(self) -> bool:
        days = "y" in self.letters or "d" in self.letters
        return self.is_elapsed or (not days and bool(set("hs") & set(self.letters)))


@lru_cache(maxsize=512)
def _shape(number_format: str) -> _Shape:
    section = _SECTION.match(number_format)
    first = section[0] if section else ""
    point = _POINT_AS_WORD.search(first)
    if point:
        first = first[: point.start()] + "0" + point["commas"] + first[point.end() :]
    shift = len(point["decimals"]) if point else 0
    words, digits, letters = ["", ""], 0, ""
    per_cent = elapsed = by_value = False
    for token in _TOKEN.finditer(first):
        if token["digits"]:
            digits += 1
            shift += 3 * (len(token[0]) - len(token[0].rstrip(",")))
        elif token["letter"]:
            letters += token[0].lower()
        elif token["plain"] == "%":
            per_cent = True
        elif token["elapsed"]:
            elapsed = True
        elif token["condition"]:
            by_value = True
        else:
            word = token["quoted"] or token["escaped"] or token["sign"] or token["plain"] or ""
            words[min(digits, 1)] += word.strip()
    # 1/2, 1.5E+07 and 010-1234 are not one number between words.
    if digits != 1 or letters or by_value:
        return _Shape(letters=letters, per_cent=per_cent, is_elapsed=elapsed)
    return _Shape(words[0], words[1], shift, "", per_cent, elapsed)


def _without_leak(number: Decimal) -> Decimal:
    if _is_single_leak(number):
        return trimmed(number.quantize(_SHORT))
    short = len(number.as_tuple().digits) < _DOUBLE_DIGITS or number == number.to_integral_value()
    # Beyond a million million the digits cut off would not be an error's alone.
    if short or number.adjusted() >= _WHOLE_DIGITS:
        return number
    return trimmed(round(number, _DOUBLE_DIGITS - 1 - number.adjusted()))


def _is_single_leak(number: Decimal) -> bool:
    """Return whether a number below one is a short one that went through a 32-bit float."""
    if len(number.as_tuple().digits) < _SINGLE_DIGITS or abs(number) >= 1:
        return False
    gap = abs(number - number.quantize(_SHORT))
    return _DOUBLE_ERROR < gap / abs(number) <= _SINGLE_ERROR

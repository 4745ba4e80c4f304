"""From what is stored to what it means: kind and value of a cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from xlflow.ooxml.escapes import decode
from xlflow.ooxml.formats import GENERAL, is_date
from xlflow.ooxml.numbers import date_of, parse_number
from xlflow.ooxml.usualsheet import Stored

Value = Decimal | str | bool | datetime | None
Kind = Literal["blank", "number", "text", "bool", "date", "error"]
_BLANK: tuple[Kind, Value] = ("blank", None)


@dataclass(frozen=True, slots=True)
class Meanings:
    """What a stored cell refers to: the shared strings, the format of each style, the calendar."""

    strings: Sequence[str]
    number_formats: Sequence[str]
    date1904: bool

    def number_format(self, stored: Stored) -> str:
        """Return the number format of a cell."""
        formats = self.number_formats
        return formats[stored.style] if 0 <= stored.style < len(formats) else GENERAL

    def of(self, stored: Stored) -> tuple[Kind, Value]:
        """Return kind and value of a cell; an empty text counts as blank."""
        if not stored.text:
            return _BLANK
        if stored.type == "n":
            return number(stored.text, self.number_format(stored), date1904=self.date1904)
        kind, value = self._other(stored.text, stored)
        return _BLANK if value == "" else (kind, value)

    def _other(self, text: str, stored: Stored) -> tuple[Kind, Value]:
        match stored.type:
            case "inlineStr" | "str":
                return "text", decode(text)
            case "s":
                return "text", self._shared(text)
            case "b":
                return "bool", text.strip().lower() in ("1", "true")
            case "e":
                return "error", text
            case "d":
                return self._iso_date(text)
            case _:
                return "text", decode(text)

    def _shared(self, index: str) -> str:
        """Return a shared string; an index that points nowhere is a blank, as in Excel."""
        position = int(index) if index.strip().isdigit() else len(self.strings)
        return self.strings[position] if position < len(self.strings) else ""

    def _iso_date(self, text: str) -> tuple[Kind, Value]:
        try:
            return "date", datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            return "text", text


def number(text: str, number_format: str, *, date1904: bool) -> tuple[Kind, Value]:
    """Return kind and value of a number as it is stored: a date where its format shows one.

    >>> number("44742", "yyyy/m/d", date1904=False)
    ('date', datetime.datetime(2022, 6, 30, 0, 0))
    >>> number("12.50", "0.00", date1904=False), number("n/a", "0", date1904=False)
    (('number', Decimal('12.5')), ('text', 'n/a'))
    """
    parsed = parse_number(text)
    if parsed is None:
        return "text", text
    if is_date(number_format):
        moment = date_of(parsed, date1904=date1904)
        if moment is not None:
            return "date", moment
    return "number", parsed

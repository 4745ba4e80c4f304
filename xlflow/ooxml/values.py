"""From what is stored to what it means: kind and value of a cell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from xlflow.ooxml.escapes import decode
from xlflow.ooxml.formats import GENERAL, is_date
from xlflow.ooxml.numbers import date_of, parse_number
from xlflow.ooxml.sheetread import Stored

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
            return self._number(stored.text, stored)
        kind, value = self._other(stored.text, stored)
        return _BLANK if value == "" else (kind, value)

    def _other(self, text: str, stored: Stored) -> tuple[Kind, Value]:
        match stored.type:
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
        number = int(index) if index.strip().isdigit() else len(self.strings)
        return self.strings[number] if number < len(self.strings) else ""

    def _iso_date(self, text: str) -> tuple[Kind, Value]:
        try:
            return "date", datetime.fromisoformat(text).replace(tzinfo=None)
        except ValueError:
            return "text", text

    def _number(self, text: str, stored: Stored) -> tuple[Kind, Value]:
        number = parse_number(text)
        if number is None:
            return "text", text
        if is_date(self.number_format(stored)):
            moment = date_of(number, date1904=self.date1904)
            if moment is not None:
                return "date", moment
        return "number", number

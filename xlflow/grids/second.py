"""A second opinion: what calamine reads in a file, held against what was read of it."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from python_calamine import CalamineSheet, CalamineWorkbook

from xlflow.grids.plain import PlainBook, PlainCell, PlainSheet
from xlflow.ooxml.numbers import serial_of
from xlflow.ooxml.reference import cell_name

_CLOSE = Decimal("1E-12")
_HALF_A_SECOND = Decimal("0.5") / 86400
_MIDNIGHT = date(1899, 12, 31)

Seen = str | float | bool | time | date | datetime | timedelta


# What both may see differently and both rightly, by what it is.
NEGATIVE_TIME = "a negative number under a format of dates or times, which has none"
WITH_ZONE = "a moment with its time zone, kept as a text"


class Difference(NamedTuple):
    """A cell that two readers see differently; `explained` is empty where nothing excuses it."""

    sheet: str
    place: tuple[int, int]
    ours: PlainCell | None
    theirs: Seen
    explained: str = ""

    def __str__(self) -> str:
        """Return sheet and address."""
        return f"{self.sheet}!{cell_name(*self.place)}"


def differences(package: bytes, plain: PlainBook) -> Iterator[Difference]:
    """Yield the cells that another reader sees differently; a sheet it has not counts as A1.

    Raises what that reader raises; a panic of it is a BaseException.
    """
    book = CalamineWorkbook.from_filelike(io.BytesIO(package))
    titles = set(book.sheet_names)
    for sheet in plain.sheets:
        if sheet.name not in titles:
            yield Difference(sheet.name, (1, 1), None, "")
            continue
        for place, mine, theirs in _pairs(sheet, book.get_sheet_by_name(sheet.name)):
            if not _alike(mine, theirs, date1904=plain.date1904):
                yield Difference(sheet.name, place, mine, theirs, _excuse(mine, theirs))


def _pairs(
    sheet: PlainSheet, other: CalamineSheet
) -> Iterator[tuple[tuple[int, int], PlainCell | None, Seen]]:
    mine = {(cell.row, cell.col): cell for cell in sheet.cells}
    _, left = other.start or (0, 0)
    for row, values in enumerate(other.iter_rows(), start=1):  # from the first row, not column
        for column, seen in enumerate(values, start=left + 1):
            cell = mine.pop((row, column), None)
            if cell or seen != "":
                yield (row, column), cell, seen
    yield from ((place, cell, "") for place, cell in mine.items())


def _alike(cell: PlainCell | None, seen: Seen, *, date1904: bool) -> bool:
    if cell is None or cell.text == "":
        return seen == ""
    match cell.type:
        case "n":
            return _same_number(Decimal(cell.text), seen, date1904=date1904)
        case "b":
            return seen is (cell.text == "1")
        case "e":  # each names them in its own way
            return seen == "" or str(seen).startswith("#")
        case "d":
            return isinstance(seen, date) and cell.text.startswith(seen.isoformat()[:10])
    return isinstance(seen, str) and _lines(cell.text) == _lines(seen)


def _same_number(number: Decimal, seen: Seen, *, date1904: bool) -> bool:
    if isinstance(seen, (int, float)) and not isinstance(seen, bool):
        theirs = Decimal(repr(seen))
        return abs(theirs - number) <= abs(theirs) * _CLOSE
    if isinstance(seen, (datetime, date)):
        return abs(serial_of(seen, date1904=date1904) - number) < _HALF_A_SECOND
    if isinstance(seen, time):
        seen = datetime.combine(_MIDNIGHT, seen) - datetime.combine(_MIDNIGHT, time())
    if isinstance(seen, timedelta):
        return abs(Decimal(seen.total_seconds()) / 86400 - number) < _HALF_A_SECOND
    return False


def _excuse(cell: PlainCell | None, seen: Seen) -> str:
    if cell and cell.type == "n" and Decimal(cell.text) < 0 and isinstance(seen, (time, date)):
        return NEGATIVE_TIME
    if cell and cell.type == "d" and isinstance(seen, str) and seen.startswith(cell.text[:19]):
        return WITH_ZONE
    return ""


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n")]

"""From a workbook to grids: what a person sees in the cells."""

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from functools import lru_cache

from xlflow.grids.grid import Book, Cell, Grid, Kind, Name, Value
from xlflow.ooxml.bookpart import DefinedName
from xlflow.ooxml.formats import is_percent
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.numbers import plain
from xlflow.ooxml.reference import Area, parse_sheet_area
from xlflow.ooxml.usualsheet import Stored
from xlflow.ooxml.values import Meanings, number
from xlflow.ooxml.workbook import Sheet, Workbook

# Hostile merged areas would fill the memory, or the time: an area costs its cells, a vast one,
# which is looked through for every cell, a fixed price.
_MERGE_BUDGET = 500_000
_VAST_COST = 2_500
_SHORT = 24  # characters of a number worth remembering: forms repeat the same weights and scores

Shown = tuple[Kind, Value, str | None]


def read_book(workbook: Workbook, sheets: Iterable[str] | None = None) -> Book:
    """Return the cells of a workbook as it came: all its worksheets, or those named.

    Hidden sheets are read too. Cells set since it was opened are not seen. Cells beyond the rows
    and columns of the limits are left out: no form reaches that far.
    """
    wanted = workbook.sheet_names if sheets is None else tuple(sheets)
    meanings, limits = workbook.meanings, workbook.limits
    grids = tuple(_grid(workbook.sheet(name), meanings, limits) for name in wanted)
    return Book(grids, tuple(map(name_of, workbook.names)))


def _grid(sheet: Sheet, meanings: Meanings, limits: Limits) -> Grid:
    content = sheet.content
    cells: dict[tuple[int, int], Cell] = {}
    areas = usable(content.merges)
    grid = Grid(sheet.name, cells, areas, content.hidden_rows, content.hidden_columns)
    last_row, last_column = limits.rows, limits.columns
    for place, stored in content.cells.items():
        row, column = place
        if row > last_row or column > last_column:
            continue
        if areas and grid.covers(row, column):
            continue  # what is left in it nobody sees
        cell = _cell(row, column, stored, meanings)
        if cell.kind != "blank" or cell.formula is not None:
            cells[place] = cell
    return grid


def usable(areas: tuple[Area, ...]) -> tuple[Area, ...]:
    """Return the merged areas, as many as a sheet that a person made may have."""
    left, kept = _MERGE_BUDGET, []
    for area in areas:
        left -= min(area.size, _VAST_COST)
        if left < 0:
            break
        kept.append(area)
    return tuple(kept)


def _cell(row: int, column: int, stored: Stored, meanings: Meanings) -> Cell:
    kind, text, _, formula = stored
    number_format = meanings.number_format(stored)
    uncached = formula is not None and not text and kind != "str"
    if kind == "n" and text and len(text) <= _SHORT:
        seen = _short_number(text, number_format, meanings.date1904)
    else:
        seen = shown(meanings.of(stored), number_format)
    return Cell(row, column, *seen, number_format, formula, uncached)


@lru_cache(maxsize=4096)
def _short_number(text: str, number_format: str, date1904: bool) -> Shown:
    return shown(number(text, number_format, date1904=date1904), number_format)


def shown(meaning: tuple[Kind, Value], number_format: str) -> Shown:
    """Return kind, value and the text a person sees."""
    kind, value = meaning
    return kind, value, None if value is None else _raw(value, number_format)


def _raw(value: Value, number_format: str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return f"{plain(value * 100)}%" if is_percent(number_format) else plain(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value)


def name_of(name: DefinedName) -> Name:
    """Return a defined name with the sheet and the area it leads to."""
    found = parse_sheet_area(name.text)
    sheet, area = found or (None, None)
    return Name(name.name, name.text, name.scope, sheet, area)

"""From a workbook to grids: what a person sees in the cells."""

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal

from xlflow.grids.grid import Book, Cell, Grid, Kind, Name, Value
from xlflow.ooxml.bookpart import DefinedName
from xlflow.ooxml.formats import is_percent
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.numbers import plain
from xlflow.ooxml.reference import Area, parse_sheet_area
from xlflow.ooxml.sheetread import Stored
from xlflow.ooxml.values import Meanings
from xlflow.ooxml.workbook import Sheet, Workbook

_LARGE_MERGE = 10_000  # cells; a larger one is cut down to the part of the sheet that is used
_MOST_MERGED = 500_000  # cells under all merged areas of a sheet; further areas are not kept


def read_book(workbook: Workbook, sheets: Iterable[str] | None = None) -> Book:
    """Return the cells of a workbook as it came: all its worksheets, or those named.

    Hidden sheets are read too. Cells set since it was opened are not seen. Cells beyond the rows
    and columns of the limits are left out: no form reaches that far.
    """
    wanted = workbook.sheet_names if sheets is None else tuple(sheets)
    meanings, limits = workbook.meanings, workbook.limits
    grids = tuple(_grid(workbook.sheet(name), meanings, limits) for name in wanted)
    return Book(grids, tuple(map(_name, workbook.names)))


def _grid(sheet: Sheet, meanings: Meanings, limits: Limits) -> Grid:
    content = sheet.content
    merges = _usable(content.merges, content.cells)
    covered = {place for area in merges for place in area.cells()}
    covered -= {(area.top, area.left) for area in merges}
    cells: dict[tuple[int, int], Cell] = {}
    for place, stored in content.cells.items():
        row, column = place
        if place in covered or row > limits.rows or column > limits.columns:
            continue
        cell = _cell(row, column, stored, meanings)
        if cell.kind != "blank" or cell.formula is not None:
            cells[place] = cell
    return Grid(sheet.name, cells, merges, content.hidden_rows, content.hidden_columns)


def _usable(merges: tuple[Area, ...], cells: Iterable[tuple[int, int]]) -> tuple[Area, ...]:
    """Return the merged areas, huge ones cut to the used part of the sheet.

    An area over whole columns would otherwise be spread out into millions of cells.
    """
    if all(_count(area) <= _LARGE_MERGE for area in merges) and len(merges) <= _LARGE_MERGE:
        return merges
    places = list(cells)
    last_row = max((row for row, _ in places), default=1)
    last_column = max((column for _, column in places), default=1)
    cut = tuple(
        area
        if _count(area) <= _LARGE_MERGE
        else area._replace(
            bottom=max(area.top, min(area.bottom, last_row)),
            right=max(area.left, min(area.right, last_column)),
        )
        for area in merges
    )
    left = _MOST_MERGED
    kept = []
    for area in cut:
        left -= _count(area)
        if left >= 0:
            kept.append(area)
    return tuple(kept)


def _count(area: Area) -> int:
    return (area.bottom - area.top + 1) * (area.right - area.left + 1)


def _cell(row: int, column: int, stored: Stored, meanings: Meanings) -> Cell:
    kind, value = meanings.of(stored)
    number_format = meanings.number_format(stored)
    uncached = stored.formula is not None and not stored.text and stored.type != "str"
    raw = None if value is None else _raw(kind, value, number_format)
    return Cell(row, column, kind, value, raw, number_format, stored.formula, uncached)


def _raw(kind: Kind, value: Value, number_format: str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Decimal):
        return f"{plain(value * 100)}%" if is_percent(number_format) else plain(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    return str(value)


def _name(name: DefinedName) -> Name:
    found = parse_sheet_area(name.text)
    sheet, area = found or (None, None)
    return Name(name.name, name.text, name.scope, sheet, area)

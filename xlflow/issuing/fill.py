"""Filling a form in as a person would: values typed into the cells of a workbook."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NamedTuple

from xlflow.forms import Field, Form, Placement, Table, locate, recognise
from xlflow.grids import Grid, read_book
from xlflow.ooxml import Workbook
from xlflow.ooxml.reference import cell_name

_NOTHING: Mapping[str, Any] = MappingProxyType({})
Entry = tuple[int, int, str | Decimal | None]


class Blank(NamedTuple):
    """A workbook to be filled in, and where its fields stand: looked up once for many units."""

    package: bytes
    form: Form
    grid: Grid
    placement: Placement


def blank_of(package: bytes, form: Form) -> Blank:
    """Return a workbook with where the fields of a form stand in it."""
    return Blank(package, form, *_located(Workbook.from_bytes(package, form.name), form))


def fill(package: bytes, form: Form, data: Mapping[str, Any]) -> bytes:
    """Return a workbook with a form's data typed in; blanks and computed fields are left alone.

    `data` has the shape of a Document with all values as text or Decimal. A level that repeats
    the row above is not typed again; where the data name levels, those that the template gives
    make room. A table with fewer rows than the data grows.
    """
    return filled(blank_of(package, form), data)


def filled(
    blank: Blank, data: Mapping[str, Any], *, spare: bool = True, lock: bool = False
) -> bytes:
    """Return a blank workbook with a form's data typed in, as `fill` does.

    Without `spare` the rows that a table with data does not need are hidden; with `lock` nobody
    types over what was typed in.
    """
    form, grid, placement = blank.form, blank.grid, blank.placement
    workbook = Workbook.from_bytes(blank.package, form.name)
    lacking = sorted(_lacking(form.root, data, placement), reverse=True)
    for below, count in lacking:
        workbook.insert_rows(grid.sheet, below, count)
    if lacking:
        grid, placement = _located(workbook, form)
    sheet = workbook.sheet(grid.sheet)
    for row, col, value in _entries(form.root, data, placement, grid):
        sheet[cell_name(row, col)] = value
    if lock:
        for place in _given(form.root, data, placement):
            sheet.lock(cell_name(*place))
    if not spare:
        sheet.hide_rows(_spare_rows(form.root, data, placement))
    return workbook.to_bytes()


def _located(workbook: Workbook, form: Form) -> tuple[Grid, Placement]:
    book = read_book(workbook)
    grid = recognise(book, [form])[0].grid
    return grid, locate(form, grid, book.names)


def _lacking(
    parent: Field, data: Mapping[str, Any], placement: Placement
) -> Iterator[tuple[int, int]]:
    """Yield for each table that is too short below which row how many are to be inserted."""
    for child in parent.children:
        value = data.get(child.key)
        if value and child.kind == "object":
            yield from _lacking(child, value, placement)
        elif value and child.kind == "array":
            rows = placement.tables[child.path].rows
            if rows and len(value) > len(rows):
                yield _inside(rows), len(value) - len(rows)


def _spare_rows(parent: Field, data: Mapping[str, Any], placement: Placement) -> Iterator[int]:
    """Yield the rows that tables with data do not need."""
    for child in parent.children:
        value = data.get(child.key)
        if value and child.kind == "object":
            yield from _spare_rows(child, value, placement)
        elif value and child.kind == "array":
            yield from placement.tables[child.path].rows[len(value) :]


def _given(
    parent: Field, data: Mapping[str, Any], placement: Placement
) -> Iterator[tuple[int, int]]:
    """Yield where something was typed in, and where a level says what stands above it."""
    for child in parent.children:
        value = data.get(child.key)
        if value is None:
            continue
        if child.kind == "object":
            yield from _given(child, value, placement)
        elif child.kind == "array":
            table = placement.tables[child.path]
            for row, values in zip(table.rows, value, strict=False):
                given = (
                    place for field, place in _places(child, table, row) if field.key in values
                )
                yield from given
        else:
            yield placement.cells[child.path]


def _inside(rows: Sequence[int]) -> int:
    """Return the row of a table below which rows come to stand inside it.

    What adds up the table, or is merged or named over it, grows with it that way.
    """
    return rows[-2] if len(rows) > 1 and rows[-1] == rows[-2] + 1 else rows[-1]


def _entries(
    parent: Field, data: Mapping[str, Any], placement: Placement, grid: Grid
) -> Iterator[Entry]:
    for child in parent.children:
        value = data.get(child.key)
        if value is None:
            continue
        if child.kind == "object":
            yield from _entries(child, value, placement, grid)
        elif child.kind == "array":
            yield from _rows(child, value, placement, grid)
        else:
            row, col = placement.cells[child.path]
            yield row, col, typed(child, value)


def _rows(
    table_field: Field, rows: list[Mapping[str, Any]], placement: Placement, grid: Grid
) -> Iterator[Entry]:
    table = placement.tables[table_field.path]
    levels = {child.key for child in table_field.children if child.fill_down}
    given = levels & {key for values in rows for key in values}
    above: Mapping[str, Any] = {}
    for index, row in enumerate(table.rows):
        values = rows[index] if index < len(rows) else _NOTHING
        for child, place in _places(table_field, table, row):
            value = values.get(child.key)
            if value is not None and not (child.fill_down and above.get(child.key) == value):
                yield *place, typed(child, value)
            elif child.key in given and grid.at(*place).raw:
                yield *place, None
        above = values


def _places(table_field: Field, table: Table, row: int) -> Iterator[tuple[Field, tuple[int, int]]]:
    for child in table_field.children:
        if child.key in table.columns:
            yield child, (row, table.columns[child.key].left)


def typed(field: Field, value: str | Decimal) -> str | Decimal:
    """Return what a spreadsheet stores when a person types `value` into the cell of a field.

    >>> from xlflow.forms import load_form
    >>> rate = load_form("overall_self_evaluation").root.child("funds").child("total")
    >>> typed(rate.child("execution_rate"), "81.9%")
    Decimal('0.819')
    >>> typed(rate.child("weight"), "十分")  # no number: it stays what was written
    '十分'
    """
    if field.kind == "text" or isinstance(value, Decimal):
        return value
    try:
        return Decimal(value[:-1]) / 100 if value.endswith("%") else Decimal(value)
    except InvalidOperation:
        return value

"""Filling a bureau's own layout: figures into cells, rows into tables, all else as it was."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import reduce
from itertools import chain, repeat

from xlflow.errors import DefinitionError
from xlflow.facts import Facts
from xlflow.forms import Form
from xlflow.messages import Text, text
from xlflow.ooxml import Insertion, Workbook, prove
from xlflow.ooxml.container import Container
from xlflow.ooxml.limits import DEFAULT, Limits
from xlflow.ooxml.package import Package
from xlflow.ooxml.payload import Settable
from xlflow.ooxml.reference import cell_name, parse_cell
from xlflow.ooxml.xmlguard import local_name
from xlflow.summary.layout import FORM, ColumnPlace, FigurePlace, Layout, TablePlace, read_layout
from xlflow.summary.layoutnames import (
    FIGURES_AS_RATES,
    FIGURES_IN_MONEY,
    MONEY,
    RATES,
    Content,
    Values,
    Wanted,
    chosen_exercise,
)
from xlflow.values import convert

# The guards are for files that come in; this book is as large as the exercise.
_OUR_OWN = Limits(file_size=1 << 32, expanded=1 << 34, part=1 << 34, ratio=1 << 20)
_OURS = "万元"  # in what the sums and the ledger's amounts stand
_CHART = re.compile(r"xl/charts/[^/]+\.xml")
_EMPTY: Values = {}


def layout_faults(data: bytes, name: str) -> tuple[Text, ...]:
    """Return what is wrong with a layout; nothing when it can be filled."""
    return _read(data, name)[1]


def fill_layout(
    data: bytes, name: str, facts: Facts, wanted: Wanted, *, forms: Sequence[Form], at: str
) -> bytes:
    """Return a layout with the figures of an exercise in it.

    `name` stands in messages, `at` is the time it is made (ISO, UTC). Raises DefinitionError when
    the layout has a fault, Unproven when anything but what was asked for would change.
    """
    drawn, faults = _read(data, name)
    if faults:
        raise _unfit(name, faults)
    exercise = chosen_exercise(facts, drawn.form, wanted, forms)
    content = Content(facts, exercise, wanted, forms, at)
    rows = [content.rows(table.name) for table in drawn.tables]
    roomy, layout = _with_room(data, name, drawn, list(map(len, rows)))
    # Opened anew: as no row is inserted now, results of formulas can be worked out as well.
    workbook = Workbook.from_bytes(roomy, name, _OUR_OWN)
    for figure in layout.figures:
        _put_figure(workbook, figure, content)
    for table, values in zip(layout.tables, rows, strict=True):
        _put_rows(workbook, table, values)
    filled = workbook.to_bytes(recalculate=True)
    written = {
        title: [cell_name(*place) for place in workbook.sheet(title).writes]
        for title in workbook.sheet_names
    }
    prove(roomy, filled, written, refreshed=workbook.refreshed, limits=_OUR_OWN)
    return filled


def _unfit(name: str, faults: Sequence[Text]) -> DefinitionError:
    zh = text("layout.wrong", name=name, faults="".join(fault.zh for fault in faults)).zh
    en = text("layout.wrong", name=name, faults=" ".join(fault.en for fault in faults)).en
    return DefinitionError(zh, en)


def _read(data: bytes, name: str) -> tuple[Layout, tuple[Text, ...]]:
    return read_layout(Workbook.from_bytes(data, name), _drawn(data, name))


def _drawn(data: bytes, name: str) -> Iterator[str]:
    """Yield the formulas of the charts of a workbook."""
    package = Package(Container(data, name, DEFAULT))
    for part in filter(_CHART.fullmatch, package.part_names):
        for element in package.tree(part).iter():
            if local_name(element.tag) == "f" and element.text:
                yield element.text


def _with_room(
    data: bytes, name: str, layout: Layout, counts: Sequence[int]
) -> tuple[bytes, Layout]:
    """Return a layout whose tables have as many rows as they need, and where all stands then."""
    workbook = Workbook.from_bytes(data, name, _OUR_OWN)
    lacking = [
        (table, count - len(table.rows))
        for table, count in zip(layout.tables, counts, strict=True)
        if count > len(table.rows)
    ]
    inserted: list[Insertion] = []
    for table, count in sorted(lacking, key=lambda pair: pair[0].area.top, reverse=True):
        inserted.append(table.insertion(count))
        workbook.insert_rows(table.sheet, inserted[-1].below, count)
    if not inserted:
        return data, layout
    roomy = workbook.to_bytes()
    prove(data, roomy, {}, inserted=inserted, limits=_OUR_OWN)
    return roomy, _moved(layout, inserted, dict(lacking))


def _moved(
    layout: Layout, inserted: Sequence[Insertion], lacking: Mapping[TablePlace, int]
) -> Layout:
    def after(row: int, sheet: str) -> int:
        return reduce(
            lambda at, insertion: insertion.row(at) if insertion.concerns(sheet) else at,
            inserted,
            row,
        )

    def figure_after(figure: FigurePlace) -> FigurePlace:
        row, column = parse_cell(figure.cell)
        return replace(figure, cell=cell_name(after(row, figure.sheet), column))

    def table_after(table: TablePlace) -> TablePlace:
        top = after(table.area.top, table.sheet)
        bottom = top + len(table.rows) + lacking.get(table, 0)
        return replace(table, area=table.area._replace(top=top, bottom=bottom))

    return replace(
        layout,
        figures=tuple(map(figure_after, layout.figures)),
        tables=tuple(map(table_after, layout.tables)),
    )


def _put_figure(workbook: Workbook, figure: FigurePlace, content: Content) -> None:
    sheet = workbook.sheet(figure.sheet)
    if figure.name == FORM and sheet[figure.cell]:
        return  # what is summed up stands there already, in the bureau's own words
    value = content.figure(figure.name)
    if figure.name in FIGURES_IN_MONEY:
        value = _in_money(value, figure.unit)
    elif figure.name in FIGURES_AS_RATES:
        value = _as_rate(value, figure.unit)
    sheet[figure.cell] = value


def _put_rows(workbook: Workbook, table: TablePlace, rows: Sequence[Values]) -> None:
    """Write the rows of a table; those it was drawn with and does not need are left blank."""
    sheet = workbook.sheet(table.sheet)
    for number, row in zip(table.rows, chain(rows, repeat(_EMPTY)), strict=False):
        for column in table.columns:
            sheet[cell_name(number, column.column)] = _value(row, column)


def _value(row: Values, column: ColumnPlace) -> Settable:
    value = row.get(column.caption)
    if column.caption in MONEY:
        return _in_money(value, column.unit)
    return _as_rate(value, column.unit) if column.caption in RATES else value


def _in_money(amount: Settable, unit: str | None) -> Settable:
    if not isinstance(amount, Decimal) or unit in (None, "%"):
        return amount
    return convert(amount, _OURS, unit)


def _as_rate(rate: Settable, unit: str | None) -> Settable:
    return rate * 100 if isinstance(rate, Decimal) and unit == "%" else rate

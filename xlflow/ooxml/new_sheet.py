"""Composing the XML of a whole new worksheet, for a sheet that xlflow owns."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, repeat
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from xlflow.ooxml.escapes import encode, fitting
from xlflow.ooxml.reference import Area, cell_name, column_letters, sheet_reference

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MARGINS = '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
_ROWS_AT_ONCE = 1000  # a million cells in memory piece by piece would be dear
_REMEMBERED = 20_000

Plain = str | Decimal | int | None


class FileLink(NamedTuple):
    """A text that opens another file: `target` as relationships name it, `place` a cell in it."""

    text: str
    target: str
    place: str = ""


Repeated = Plain | FileLink


@dataclass(frozen=True, slots=True)
class NewCell:
    """A cell to be written: value, style index, and the place it links to (sheet and area)."""

    value: Plain
    style: int
    link: tuple[str, Area] | None = None


@dataclass(frozen=True, slots=True)
class NewSheet:
    """A worksheet as data: rows of cells from row 1 on, and how it is looked at and printed."""

    rows: tuple[tuple[NewCell | None, ...], ...]
    widths: tuple[float, ...]
    heights: Mapping[int, float] = field(default_factory=dict)
    merges: tuple[Area, ...] = ()
    frozen_rows: int = 0
    filtered: Area | None = None
    footer: str = ""
    hidden: frozenset[int] = frozenset()


def compose_sheet(sheet: NewSheet) -> bytes:
    """Return the XML part of a worksheet: A4 landscape, fitted to one page in width."""
    return "".join(_parts(sheet)).encode()


def _parts(sheet: NewSheet) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    yield f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    yield _views(sheet.frozen_rows)
    yield '<sheetFormatPr defaultRowHeight="15"/><cols>'
    for number, width in enumerate(sheet.widths, 1):
        unseen = ' hidden="1"' if number in sheet.hidden else ""
        yield f'<col min="{number}" max="{number}" width="{width}"{unseen} customWidth="1"/>'
    yield "</cols><sheetData>"
    for number, row in enumerate(sheet.rows, 1):
        yield _row(number, row, sheet.heights.get(number))
    yield "</sheetData>"
    if sheet.filtered:
        yield f'<autoFilter ref="{sheet.filtered}"/>'
    if sheet.merges:
        yield f'<mergeCells count="{len(sheet.merges)}">'
        yield from (f'<mergeCell ref="{area}"/>' for area in sheet.merges)
        yield "</mergeCells>"
    yield _links(sheet.rows)
    yield f'{_MARGINS}<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>'
    if sheet.footer:
        yield f"<headerFooter><oddFooter>{escape(sheet.footer)}</oddFooter></headerFooter>"
    yield "</worksheet>"


def _views(frozen_rows: int) -> str:
    if not frozen_rows:
        return '<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
    below = cell_name(frozen_rows + 1, 1)
    return (
        '<sheetViews><sheetView showGridLines="0" workbookViewId="0">'
        f'<pane ySplit="{frozen_rows}" topLeftCell="{below}" activePane="bottomLeft" '
        'state="frozen"/><selection pane="bottomLeft"/></sheetView></sheetViews>'
    )


def compose_rows(
    first: int,
    columns: Sequence[Sequence[Repeated]],
    styles: Sequence[int],
    heights: Sequence[float],
) -> list[bytes]:
    """Return the XML of rows that look alike, numbered from `first` on, in pieces.

    The columns stand from A on, each with its style; a blank cell keeps it.
    """
    known: list[dict[Repeated, str]] = [{} for _ in columns]
    pieces = []
    for start in range(0, len(heights), _ROWS_AT_ONCE):
        some = slice(start, start + _ROWS_AT_ONCE)
        number = first + start
        starts = [
            f'<row r="{row}" ht="{height}" customHeight="1">'
            for row, height in enumerate(heights[some], number)
        ]
        cells = [
            _column(column_letters(col), style, known[col - 1], number, values[some])
            for col, (style, values) in enumerate(zip(styles, columns, strict=True), 1)
        ]
        rows = zip(starts, *cells, repeat("</row>", len(starts)), strict=True)
        pieces.append("".join(chain.from_iterable(rows)).encode())
    return pieces


def _column(
    letters: str, style: int, known: dict[Repeated, str], first: int, values: Iterable[Repeated]
) -> list[str]:
    """Return the cells of a column from one row on; a long table says the same again and again.

    `known` is what follows the name of a cell, by value.
    """
    cells = []
    for number, value in enumerate(values, first):
        rest = known.get(value)
        if rest is None:
            shown = value.text if isinstance(value, FileLink) else value
            rest = _after_name(shown, style)
            if len(known) < _REMEMBERED:
                known[value] = rest
        cells.append(f'<c r="{letters}{number}{rest}')
    return cells


def _row(number: int, row: tuple[NewCell | None, ...], height: float | None) -> str:
    size = f' ht="{height}" customHeight="1"' if height else ""
    cells = "".join(
        _cell(f"{column_letters(col)}{number}", cell.value, cell.style)
        for col, cell in enumerate(row, 1)
        if cell
    )
    return f'<row r="{number}"{size}>{cells}</row>'


def _cell(name: str, value: Plain, style: int) -> str:
    return f'<c r="{name}{_after_name(value, style)}'


def _after_name(value: Plain, style: int) -> str:
    """Return what follows the name of a cell."""
    if value is None or value == "":
        return f'" s="{style}"/>'
    if isinstance(value, str):
        space = "" if value == value.strip() else ' xml:space="preserve"'
        text = encode(fitting(value))
        return f'" s="{style}" t="inlineStr"><is><t{space}>{text}</t></is></c>'
    digits = value if isinstance(value, int) else f"{value:f}"
    return f'" s="{style}"><v>{digits}</v></c>'


def _links(rows: tuple[tuple[NewCell | None, ...], ...]) -> str:
    links = [
        f'<hyperlink ref="{cell_name(number, col)}" location={quoteattr(target)} '
        f"display={quoteattr(str(cell.value))}/>"
        for number, row in enumerate(rows, 1)
        for col, cell in enumerate(row, 1)
        if cell and cell.link and (target := sheet_reference(*cell.link).replace("$", ""))
    ]
    return f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""

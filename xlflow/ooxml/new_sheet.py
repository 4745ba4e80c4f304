"""Composing the XML of a whole new worksheet, for a sheet that xlflow owns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from xlflow.ooxml.escapes import encode, fitting
from xlflow.ooxml.reference import Area, cell_name, column_letters, sheet_reference

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_MARGINS = '<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'

Plain = str | Decimal | int | None


class FileLink(NamedTuple):
    """A text that opens another file: `target` as relationships name it, `place` a cell in it."""

    text: str
    target: str
    place: str = ""


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


def _row(number: int, row: tuple[NewCell | None, ...], height: float | None) -> str:
    size = f' ht="{height}" customHeight="1"' if height else ""
    cells = "".join(
        _cell(f"{column_letters(col)}{number}", cell.value, cell.style)
        for col, cell in enumerate(row, 1)
        if cell
    )
    return f'<row r="{number}"{size}>{cells}</row>'


def _cell(name: str, value: Plain, style: int) -> str:
    return f'<c r="{name}{content_of(value, style)}'


def content_of(value: Plain, style: int) -> str:
    """Return what follows the name of a cell: the end of its tag, its value, its closing tag."""
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

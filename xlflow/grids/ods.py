"""The OpenDocument spreadsheet, .ods of LibreOffice and others."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from decimal import Decimal
from itertools import chain

from xlflow.grids.plain import PlainBook, PlainCell, PlainSheet, PlainType
from xlflow.ooxml.container import Container
from xlflow.ooxml.formats import GENERAL, is_percent
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.package import Package
from xlflow.ooxml.refusals import damaged, unsafe
from xlflow.ooxml.xmlguard import attribute, children, local_name
from xlflow.problems import refusal

_ROW_GROUPS = frozenset({"table-header-rows", "table-row-group", "table-rows"})
_COLUMN_GROUPS = frozenset({"table-header-columns", "table-column-group", "table-columns"})
_DATA_STYLES = frozenset({"number-style", "percentage-style", "currency-style"})
_HIDDEN = frozenset({"collapse", "filter"})
_SHEET = r"(?:'(?:[^']|'')+'|[^.'\s]+)"
_ADDRESS = re.compile(
    rf"\$?({_SHEET})\.(\$?[A-Z]+\$?[0-9]+)(?::(?:\$?{_SHEET})?\.(\$?[A-Z]+\$?[0-9]+))?"
)
_TEXT_CONSTANT = re.compile(r'(?:of:)?=?("[^"]*")')
_CLOCK = re.compile(r"-?PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?")


def read_ods(data: bytes, name: str, limits: Limits) -> PlainBook:
    """Return what an .ods holds, number formats, merged areas and names included.

    Raises FileRefused when it is damaged, has a password or breaks a limit.
    """
    package = Package(Container(data, name, limits))
    try:
        return _Reader(package, limits).book()
    except (ValueError, ArithmeticError) as error:
        raise damaged(name, "bad_xml", part="content.xml") from error


class _Reader:
    """Walks over the tables; cells and rows that are written once for many are counted."""

    def __init__(self, package: Package, limits: Limits) -> None:
        self.name, self.limits = package.name, limits
        self.left = limits.cells
        self.plain = PlainBook()
        manifest = package.find("META-INF/manifest.xml")
        if manifest and b"encryption-data" in package.read(manifest):
            raise refusal("F03", name=package.name)
        part = package.find("content.xml")
        if part is None:
            raise damaged(package.name, "missing_part", part="content.xml")
        self.content = package.tree(part)
        styles = package.find("styles.xml")
        trees = [self.content, *([package.tree(styles)] if styles else [])]
        found = [each for tree in trees for each in tree if "styles" in local_name(each.tag)]
        self.styles = {_of(each, "name"): each for each in chain.from_iterable(found)}
        self.styles.pop("", None)
        self.formats: dict[str, int] = {"": 0}

    def book(self) -> PlainBook:
        sheets = next(iter(children(self.content, "body", "spreadsheet")), None)
        self.names(sheets, None)
        for table in children(sheets, "table"):
            title = _of(table, "name")
            self.plain.sheets.append(self.sheet(table, title))
            self.names(table, title)
        return self.plain

    def names(self, parent: ET.Element | None, scope: str | None) -> None:
        for each in chain.from_iterable(children(parent, "named-expressions")):
            address = _ADDRESS.fullmatch(_of(each, "cell-range-address"))
            constant = _TEXT_CONSTANT.fullmatch(_of(each, "expression"))
            if address:
                sheet, first, last = address.groups()
                text = f"{sheet}!{first}:{last}" if last else f"{sheet}!{first}"
            elif constant:
                text = constant[1]
            else:
                continue
            self.plain.names.append((_of(each, "name"), text, scope))

    def sheet(self, table: ET.Element, title: str) -> PlainSheet:
        sheet = PlainSheet(title)
        column_styles: list[str] = []
        for column in _inside(table, "table-column", _COLUMN_GROUPS):
            times = min(_count(column, "columns"), self.limits.columns - len(column_styles))
            if _of(column, "visibility") in _HIDDEN:
                start = len(column_styles) + 1
                sheet.hidden_columns += range(start, start + times)
            column_styles += [_of(column, "default-cell-style-name")] * times
        top = 1
        for row in _inside(table, "table-row", _ROW_GROUPS):
            times = _count(row, "rows")
            bottom = min(top + times, self.limits.rows + 1)
            if _of(row, "visibility") in _HIDDEN:
                sheet.hidden_rows += range(top, bottom)
            cells = list(self.cells(row, column_styles, sheet, top))
            self.left -= len(cells) * max(0, bottom - top)
            if self.left < 0:
                raise unsafe(self.name, "cells", count=self.limits.cells)
            for number in range(top, bottom) if cells else ():
                sheet.cells += [cell._replace(row=number) for cell in cells]
            top += times
        return sheet

    def cells(
        self, row: ET.Element, column_styles: list[str], sheet: PlainSheet, top: int
    ) -> Iterator[PlainCell]:
        """Yield the cells of a row that hold something, and note the merged areas."""
        column = 1
        for cell in row:
            if local_name(cell.tag) not in ("table-cell", "covered-table-cell"):
                continue
            times = _count(cell, "columns")
            last = min(column + times, self.limits.columns + 1)
            wide, high = _count(cell, "columns", "spanned"), _count(cell, "rows", "spanned")
            if wide > 1 or high > 1:
                sheet.merges.append((top, column, top + high - 1, column + wide - 1))
            stored = _stored(cell)
            if stored and column < last:
                kind, text = stored
                style = (
                    _of(cell, "style-name")
                    or _of(row, "default-cell-style-name")
                    or (column_styles[column - 1] if column <= len(column_styles) else "")
                )
                number_format = self.format_of(style, cell)
                for number in range(column, last):
                    yield PlainCell(top, number, kind, text, number_format, not text)
            column += times

    def format_of(self, style: str, cell: ET.Element) -> int:
        """Return the number format of a style; what is stored as a percentage shows as one."""
        if style not in self.formats:
            self.formats[style] = self.plain.format_index(self.code_of(style))
        index = self.formats[style]
        if _of(cell, "value-type") == "percentage" and not is_percent(self.plain.formats[index]):
            return self.plain.format_index("0%")
        return index

    def code_of(self, style: str, depth: int = 0) -> str:
        element = self.styles.get(style)
        if element is None or depth > self.limits.depth:
            return GENERAL
        data_style = self.styles.get(_of(element, "data-style-name"))
        if data_style is None:
            return self.code_of(_of(element, "parent-style-name"), depth + 1)
        if local_name(data_style.tag) not in _DATA_STYLES:
            return GENERAL
        mapped = [self.styles.get(_of(each, "apply-style-name")) for each in data_style.iter()]
        sections = [each for each in mapped if each is not None]
        return ";".join(_code(each) for each in [*sections, data_style])


def _code(data_style: ET.Element) -> str:
    """Return a data style as a number format of Excel.

    >>> words = '<n:text xmlns:n="n">人</n:text>'
    >>> number = '<n:number xmlns:n="n" n:decimal-places="1" n:grouping="true"/>'
    >>> _code(ET.fromstring(f"<s>{number}{words}</s>"))
    '#,##0.0"人"'
    """
    percent = local_name(data_style.tag) == "percentage-style"
    code = ""
    for piece in data_style:
        kind = local_name(piece.tag)
        if kind == "number":
            places = int(_of(piece, "decimal-places") or 0)
            code += "#,##0" if _of(piece, "grouping") == "true" else "0"
            code += f".{'0' * min(places, 15)}" if places else ""
        elif kind in ("text", "currency-symbol"):
            words = "".join(piece.itertext())
            if percent and "%" in words:
                before, _, after = words.partition("%")
                code += f"{_quoted(before)}%{_quoted(after)}"
            else:
                code += _quoted(words)
        elif kind in ("scientific-number", "fraction"):
            return GENERAL
    return code


def _quoted(words: str) -> str:
    return '"' + words.replace('"', "") + '"' if words.strip() else words


def _stored(cell: ET.Element) -> tuple[PlainType, str] | None:
    """Return type and text of a cell as they are stored, None for one that holds nothing."""
    text = "\n".join(_words(each) for each in children(cell, "p"))
    kind = _types(cell)
    if "error" in kind:
        return "e", text
    match kind[-1]:
        case "float" | "percentage" | "currency":
            return "n", _of(cell, "value")
        case "date":
            return "d", _of(cell, "date-value")
        case "time":
            return "n", _part_of_day(_of(cell, "time-value"))
        case "boolean":
            return "b", "1" if _of(cell, "boolean-value") == "true" else "0"
    text = _of(cell, "string-value") or text
    formula = attribute(cell, "formula") is not None
    return ("str", text) if text else ("n", "") if formula and not kind[-1] else None


def _types(cell: ET.Element) -> list[str]:
    """Return what a cell says of its type; LibreOffice says of an error that it is a text, too."""
    return [value for key, value in cell.attrib.items() if local_name(key) == "value-type"] or [""]


def _words(element: ET.Element) -> str:
    """Return the text of a paragraph; notes and the like in it are not its text."""
    text = element.text or ""
    for child in element:
        kind = local_name(child.tag)
        if kind == "s":
            text += " " * min(_number(_of(child, "c")), 1024)
        elif kind in ("tab", "line-break"):
            text += "\t" if kind == "tab" else "\n"
        elif kind != "annotation":
            text += _words(child)
        text += child.tail or ""
    return text


def _part_of_day(clock: str) -> str:
    match = _CLOCK.fullmatch(clock)
    if match is None:
        return ""
    hours, minutes, seconds = (Decimal(part or 0) for part in match.groups())
    return str((hours * 3600 + minutes * 60 + seconds) / 86400)


def _inside(parent: ET.Element, wanted: str, groups: frozenset[str]) -> Iterator[ET.Element]:
    """Yield the rows or columns of a table in order, out of their groups."""
    for child in parent:
        kind = local_name(child.tag)
        if kind == wanted:
            yield child
        elif kind in groups:
            yield from _inside(child, wanted, groups)


def _of(element: ET.Element, name: str) -> str:
    return attribute(element, name) or ""


def _count(element: ET.Element, what: str, how: str = "repeated") -> int:
    return _number(_of(element, f"number-{what}-{how}"))


def _number(written: str) -> int:
    return int(written) if written.isdigit() else 1

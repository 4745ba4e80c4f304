"""The binary workbook of Excel, .xlsb: records instead of XML (MS-XLSB)."""

import struct
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import NamedTuple

from xlflow.grids.plain import PlainBook, PlainCell, PlainSheet, PlainType
from xlflow.ooxml.container import Container
from xlflow.ooxml.formats import builtin_format
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.package import Package
from xlflow.ooxml.refusals import damaged, unsafe

_ROW, _COLUMNS, _MERGE = 0, 60, 176
_STRING_ITEM, _FORMAT, _STYLE, _CELL_STYLES, _CELL_STYLES_END = 19, 44, 47, 617, 618
_SHEET, _PROPERTIES = 156, 153
_ROW_IS_HIDDEN, _HIDDEN = 0x10, 0x1
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!",
    0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
_MORE = 0x80  # another byte of a number follows
_NO_TEXT = 0xFFFFFFFF


class _Shared(NamedTuple):
    strings: list[str]
    styles: list[int]  # the format of each cell style, as it counts in the plain book


def read_xlsb(data: bytes, name: str, limits: Limits) -> PlainBook:
    """Return what an .xlsb holds; its defined names are not read, labels must do.

    Raises FileRefused when it is damaged or breaks a limit.
    """
    package = Package(Container(data, name, limits))
    try:
        return _read(package, limits)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise damaged(name, "truncated") from error


def _read(package: Package, limits: Limits) -> PlainBook:
    kinds = {rel.kind: rel.part for rel in package.relationships("")}
    part = kinds.get("officeDocument") or "xl/workbook.bin"
    targets = {rel.id: rel for rel in package.relationships(part)}
    related = {rel.kind: rel.part for rel in targets.values()}
    plain = PlainBook()
    shared = _Shared(
        _strings(package, related.get("sharedStrings"), limits),
        _styles(package, related.get("styles"), plain),
    )
    left = limits.cells
    for kind, record in _records(package.read(part)):
        if kind == _PROPERTIES:
            plain.date1904 = bool(record[0] & 1)
        elif kind == _SHEET:
            relation, end = _wide(record, 8)
            title, _ = _wide(record, end)
            target = targets.get(relation)
            if target and target.kind == "worksheet" and target.part:
                sheet = _sheet(package, target.part, title, shared, left)
                left -= len(sheet.cells)
                plain.sheets.append(sheet)
    return plain


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a part; kind and length are written seven bits to a byte."""
    at = 0
    while at < len(data):
        kind, at = _number(data, at, 2)
        size, at = _number(data, at, 4)
        if at + size > len(data):
            raise IndexError(at)
        yield kind, data[at : at + size]
        at += size


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    value = 0
    for place in range(most):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << 7 * place
        if byte < _MORE:
            break
    return value, at


def _wide(record: bytes, at: int) -> tuple[str, int]:
    """Return a text with its length before it, and where it ends."""
    (length,) = struct.unpack_from("<L", record, at)
    if length == _NO_TEXT:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(record):
        raise IndexError(end)
    return record[at + 4 : end].decode("utf-16-le"), end


def _strings(package: Package, part: str | None, limits: Limits) -> list[str]:
    if part is None:
        return []
    data = package.read(part)
    if len(data) > limits.strings_size:
        raise unsafe(package.name, "strings", count=limits.strings)
    strings = [_wide(record, 1)[0] for kind, record in _records(data) if kind == _STRING_ITEM]
    if len(strings) > limits.strings:
        raise unsafe(package.name, "strings", count=limits.strings)
    return strings


def _styles(package: Package, part: str | None, plain: PlainBook) -> list[int]:
    own: dict[int, str] = {}
    styles: list[int] = []
    within = False
    for kind, record in _records(package.read(part)) if part else ():
        if kind == _FORMAT:
            own[struct.unpack_from("<H", record)[0]] = _wide(record, 2)[0]
        elif kind in (_CELL_STYLES, _CELL_STYLES_END):
            within = kind == _CELL_STYLES
        elif kind == _STYLE and within:
            (number,) = struct.unpack_from("<H", record, 2)
            styles.append(plain.format_index(own.get(number) or builtin_format(number)))
    return styles


def _sheet(package: Package, part: str, title: str, shared: _Shared, most: int) -> PlainSheet:
    sheet = PlainSheet(title)
    row = 0
    for kind, record in _records(package.read(part)):
        if kind == _ROW:
            row = struct.unpack_from("<L", record)[0] + 1
            if record[11] & _ROW_IS_HIDDEN:
                sheet.hidden_rows.append(row)
        elif kind == _COLUMNS:
            first, last = struct.unpack_from("<2L", record)
            if record[16] & _HIDDEN:
                end = min(last, package.container.limits.columns - 1)
                sheet.hidden_columns += range(first + 1, end + 2)
        elif kind == _MERGE:
            top, bottom, left, right = struct.unpack_from("<4L", record)
            sheet.merges.append((top + 1, left + 1, bottom + 1, right + 1))
        elif cell := _cell(kind, record, row, shared):
            sheet.cells.append(cell)
            if len(sheet.cells) > most:
                raise unsafe(package.name, "cells", count=package.container.limits.cells)
    return sheet


def _cell(kind: int, record: bytes, row: int, shared: _Shared) -> PlainCell | None:
    if kind not in _CELLS:
        return None
    plain_type, text_of = _CELLS[kind]
    column, style = struct.unpack_from("<2L", record)
    style &= 0xFFFFFF
    number_format = shared.styles[style] if style < len(shared.styles) else 0
    text = text_of(record, shared)
    return PlainCell(row, column + 1, plain_type, text, number_format) if text else None


def _real(record: bytes, _: _Shared) -> str:
    return repr(float(struct.unpack_from("<d", record, 8)[0]))


def _packed(record: bytes, _: _Shared) -> str:
    """Return a number of 30 bits: an integer or the upper part of a real, perhaps times 100."""
    (packed,) = struct.unpack_from("<l", record, 8)
    whole, hundredfold = packed & 2, packed & 1
    if whole:
        number = Decimal(packed >> 2)
    else:
        upper = struct.pack("<lL", 0, packed & 0xFFFFFFFC)
        number = Decimal(repr(struct.unpack("<d", upper)[0]))
    return str(number / 100 if hundredfold else number)


def _bool(record: bytes, _: _Shared) -> str:
    return str(record[8] & 1)


def _error(record: bytes, _: _Shared) -> str:
    return _ERRORS.get(record[8], "#N/A")


def _text(record: bytes, _: _Shared) -> str:
    return _wide(record, 8)[0]


def _rich(record: bytes, _: _Shared) -> str:
    return _wide(record, 9)[0]


def _shared_text(record: bytes, shared: _Shared) -> str:
    (index,) = struct.unpack_from("<L", record, 8)
    return shared.strings[index] if index < len(shared.strings) else ""


_CELLS: dict[int, tuple[PlainType, Callable[[bytes, _Shared], str]]] = {
    2: ("n", _packed), 3: ("e", _error), 4: ("b", _bool), 5: ("n", _real), 6: ("str", _text),
    7: ("str", _shared_text), 8: ("str", _text), 9: ("n", _real), 10: ("b", _bool),
    11: ("e", _error), 62: ("str", _rich),
}  # fmt: skip

"""The rows of two versions of a worksheet part that are not the same bytes.

It lets a proof look at what changed alone: a sheet may have a million cells, of which a few
dozen were written.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Container, Iterator, Sequence
from typing import NamedTuple

from xlflow.ooxml.reference import Area, column_number, parse_area
from xlflow.ooxml.splice import has_noise

_DIMENSION = re.compile(rb'(<dimension ref=")[A-Z0-9:]+"')
_ROW = re.compile(rb'<row(?: [\w:.-]+="[^"<]*")*+ ?(/?)>')
_NUMBER = re.compile(rb' r="([1-9][0-9]{0,6})"')
_MERGE = re.compile(rb"""<(?:[\w.-]+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([^"']+)["']""")
_OPEN, _CLOSE, _ROW_START, _ROW_END = b"<sheetData>", b"</sheetData>", b"<row", b"</row>"
_SHORTEST = 256  # bytes first compared at once
_CELL_START = b'<c r="'
_COLUMN = re.compile(rb"[A-Z]{1,3}(?=[1-9])")
_ATTRIBUTES = rb'"((?: [A-Za-z]+="[^"<>&]*")*+) ?'
# Behind the name of a cell: a value alone, as any writer puts it, and as xlflow does.
_VALUE = re.compile(
    _ATTRIBUTES + rb"(?:/>|>(?:<v>[^<>]*</v>|<v ?/>|<is><t[^<>]*>[^<>]*</t></is>)?</c>)"
)
_WRITTEN = re.compile(
    rb'"(?: s="[0-9]+")?(?: t="[A-Za-z]+")? ?'
    rb"(?:/>|>(?:<v>[^<>&\x00-\x1f]*</v>|"
    rb"<is><t(?: xml:space=\"preserve\")?>(?:[^<>&\x00-\x08\x0b\x0c\x0e-\x1f]|"
    rb"&(?:lt|gt|amp|quot|apos|#[0-9]+);)*+</t></is>)?</c>)"
)
_CALCULATED = re.compile(
    _ATTRIBUTES + rb">(<f(?: [^<>]*)?(?:/>|>[^<]*</f>))(?:<v>([^<>&\x00-\x1f]*)</v>)?</c>"
)
_TYPE = re.compile(rb' t="[A-Za-z]*"')


class Unusual(ValueError):
    """Raised when a part is not laid out as usual, so that its bytes alone do not tell."""


class RowPair(NamedTuple):
    """A row before and after; `before` is empty for a new one."""

    number: int
    before: bytes
    after: bytes


class SheetBytes(NamedTuple):
    """A worksheet part: what stands before its rows, where they stand, and what comes behind."""

    data: bytes
    start: int
    end: int

    @property
    def head(self) -> bytes:
        """All before the rows, without the size the sheet says it has."""
        return _DIMENSION.sub(rb'\1"', self.data[: self.start], count=1)

    @property
    def tail(self) -> bytes:
        """All behind the rows."""
        return self.data[self.end :]


def merged_areas(data: bytes) -> list[Area]:
    """Return the merged areas of a worksheet part, as its bytes name them."""
    return [parse_area(area.decode()) for area in _MERGE.findall(data, data.rfind(b"sheetData"))]


def sheet_bytes(data: bytes) -> SheetBytes:
    """Return where the rows of a checked part stand; raises Unusual when that can not be told."""
    start, end = data.find(_OPEN) + len(_OPEN), data.rfind(_CLOSE)
    if has_noise(data) or start < len(_OPEN) or end < start or data.rfind(_OPEN) >= start:
        raise Unusual
    return SheetBytes(data, start, end)


def parsed_rows(sheet: SheetBytes, rows: Sequence[bytes]) -> list[ET.Element]:
    """Return the trees of some rows in the namespaces of their sheet.

    Raises Unusual when they are not as many elements, each a row.
    """
    root = sheet.data.find(b"<worksheet")
    opened = sheet.data[root : sheet.data.find(b">", root) + 1]
    try:
        trees = list(ET.fromstring(b"".join([opened, *rows, b"</worksheet>"])))
    except ET.ParseError as error:
        raise Unusual from error
    if len(trees) != len(rows):
        raise Unusual
    return trees


def changed_rows(before: SheetBytes, after: SheetBytes) -> Iterator[RowPair]:
    """Yield the rows that are not the same bytes before and after, in order.

    Raises Unusual when a row was lost or moved, or has no number.
    """
    old, new = before.start, after.start
    while True:
        same = _common(before, old, after, new)
        if old + same == before.end and new + same == after.end:
            return
        back = _into_row(before.data, old, old + same)
        old, new = old + same - back, new + same - back
        known, row = _row_at(before, old), _row_at(after, new)
        if row is None or (known is not None and known.number < row.number):
            raise Unusual
        new += len(row.after)
        if known is None or known.number > row.number:
            yield row._replace(before=b"")
        else:
            old += len(known.after)
            yield row._replace(before=known.after)


def is_told(row: RowPair, written: Container[int], refreshed: Container[int]) -> bool:
    """Return whether the bytes of a row show that nothing changed but what may.

    Cells of the `written` columns hold a plain value, others may have lost the stored result of
    their formula, or have another one where they are `refreshed`. False says nothing yet: a
    formula in a written cell, a row that is laid out in another way.
    """
    if not (row.before.endswith(_ROW_END) and row.after.endswith(_ROW_END)):
        return False
    opened, *known = row.before[: -len(_ROW_END)].split(_CELL_START)
    start, *cells = row.after[: -len(_ROW_END)].split(_CELL_START)
    digits, last = b"%d" % row.number, 0
    earlier = {cell[: (end := cell.find(b'"'))]: cell[end:] for cell in known}
    if opened != start or len(earlier) != len(known):
        return False
    for cell in cells:
        match = _COLUMN.match(cell)
        end = match.end() + len(digits) if match else 0
        if match is None or cell[match.end() : end + 1] != digits + b'"':
            return False
        column = column_number(match[0].decode())
        old, new = earlier.pop(cell[:end], None), cell[end:]
        if column <= last or not (
            old == new
            or (column in written and _is_put(old, new))
            or (old is not None and _is_result(old, new, refreshed=column in refreshed))
        ):
            return False
        last = column
    return not earlier


def _is_put(before: bytes | None, after: bytes) -> bool:
    """Return whether a value stands where none stood, or one without formula."""
    plain = before is None or _VALUE.fullmatch(before) is not None
    return plain and _WRITTEN.fullmatch(after) is not None and _is_utf8(after)


def _is_result(before: bytes, after: bytes, *, refreshed: bool) -> bool:
    """Return whether a formula stayed and lost its result alone, or has another one."""
    old, new = _CALCULATED.fullmatch(before), _CALCULATED.fullmatch(after)
    if old is None or new is None or (new[3] is not None and not refreshed):
        return False
    return old[2] == new[2] and _TYPE.sub(b"", old[1]) == _TYPE.sub(b"", new[1]) and _is_utf8(after)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _common(before: SheetBytes, old: int, after: SheetBytes, new: int) -> int:
    """Return how many bytes are the same from two places on."""
    most = min(before.end - old, after.end - new)
    same, step = 0, _SHORTEST
    while same < most:
        step = min(step, most - same)
        piece = before.data[old + same : old + same + step]
        if after.data.startswith(piece, new + same):
            same += step
            step *= 2
        elif step <= _SHORTEST:
            other = after.data[new + same : new + same + step]
            differing = int.from_bytes(piece, "little") ^ int.from_bytes(other, "little")
            return same + ((differing & -differing).bit_length() - 1) // 8
        else:
            step = max(_SHORTEST, step // 4)
    return same


def _into_row(data: bytes, start: int, end: int) -> int:
    """Return how far the row that is not complete at `end` reaches back; 0 between rows."""
    begin = data.rfind(_ROW_START, start, end)
    if begin < 0:  # the beginning of a tag, or blanks between rows
        tag = data.rfind(b"<", start, end)
        return end - tag if tag >= 0 and data.find(b">", tag, end) < 0 else 0
    match = _ROW.match(data, begin, end)
    if match is None:
        return end - begin
    if match[1]:
        return _into_tag(data, match.end(), end)
    close = data.find(_ROW_END, match.end(), end)
    return end - begin if close < 0 else _into_tag(data, close + len(_ROW_END), end)


def _into_tag(data: bytes, start: int, end: int) -> int:
    tag = data.find(b"<", start, end)
    return 0 if tag < 0 else end - tag


def _row_at(sheet: SheetBytes, place: int) -> RowPair | None:
    """Return the row that begins at a place, as `after`; None at the end of the rows."""
    if place == sheet.end:
        return None
    match = _ROW.match(sheet.data, place, sheet.end)
    number = _NUMBER.search(match[0]) if match else None
    if match is None or number is None:
        raise Unusual
    if match[1]:
        return RowPair(int(number[1]), b"", match[0])
    close = sheet.data.find(_ROW_END, match.end(), sheet.end)
    if close < 0:
        raise Unusual
    return RowPair(int(number[1]), b"", sheet.data[place : close + len(_ROW_END)])

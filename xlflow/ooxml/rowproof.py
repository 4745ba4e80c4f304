"""The rows of two versions of a worksheet part that are not the same bytes.

It lets a proof look at what changed alone: a sheet may have a million cells, of which a few
dozen were written.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from xlflow.ooxml.reference import Area, parse_area
from xlflow.ooxml.splice import has_noise

_DIMENSION = re.compile(rb'(<dimension ref=")[A-Z0-9:]+"')
_ROW = re.compile(rb'<row(?: [\w:.-]+="[^"<]*")*+ ?(/?)>')
_NUMBER = re.compile(rb' r="([1-9][0-9]{0,6})"')
_MERGE = re.compile(rb"""<(?:[\w.-]+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([^"']+)["']""")
_OPEN, _CLOSE, _ROW_START, _ROW_END = b"<sheetData>", b"</sheetData>", b"<row", b"</row>"
_SHORTEST = 64  # bytes first compared at once


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
    if has_noise(data) or start < len(_OPEN) or end < start or data.find(_OPEN, start) >= 0:
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


def _common(before: SheetBytes, old: int, after: SheetBytes, new: int) -> int:
    """Return how many bytes are the same from two places on."""
    most = min(before.end - old, after.end - new)
    same, step = 0, _SHORTEST
    while same < most:
        step = min(step, most - same)
        here = old + same
        if after.data.startswith(before.data[here : here + step], new + same):
            same += step
            step *= 2
        elif step == 1:
            break
        else:
            step = max(1, step // 4)
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

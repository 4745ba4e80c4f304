"""Cells of a worksheet part locked, so that a protected sheet lets nobody type into them."""

import re
from collections.abc import Callable, Collection

from xlflow.ooxml import splice
from xlflow.ooxml.reference import Area, parse_cell

_NAME = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7})[\"']")


def with_locked_cells(data: bytes, areas: Collection[Area], locked: Callable[[int], int]) -> bytes:
    """Return a worksheet part in which the cells of some areas have the locked form of their style.

    >>> part = b'<worksheet><sheetData><row><c r="B2" s="4"/></row></sheetData></worksheet>'
    >>> with_locked_cells(part, [Area(2, 2, 2, 3)], lambda style: style + 1)
    b'<worksheet><sheetData><row><c r="B2" s="5"/></row></sheetData></worksheet>'
    """
    if not areas:
        return data
    places = {place for area in areas for place in area.cells()}

    def relocked(match: re.Match[bytes]) -> bytes:
        name = _NAME.search(match[1])
        if name is None or parse_cell(name[1].decode()) not in places:
            return match[0]
        style = int(splice.attribute(match[1], b"s") or 0)
        attributes = splice.with_attribute(match[1], b"s", b"%d" % locked(style))
        return tag[:-1] + attributes + b">"

    tag = b"<" + splice.root_prefix(data) + b"c>"
    return splice.start_tag(tag[1:-1]).sub(relocked, data)

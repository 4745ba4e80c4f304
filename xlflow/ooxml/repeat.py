"""Adding rows at the end of a worksheet part, in the look of the last one."""

import re
from collections.abc import Callable, Sequence
from xml.sax.saxutils import quoteattr

from xlflow.ooxml.new_sheet import FileLink, Repeated, compose_rows
from xlflow.ooxml.reference import Area, cell_name, column_letters, parse_area

_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_DIMENSION = re.compile(rb'(<dimension ref=")([^"]+)(")')
_END = b"</sheetData>"
_LINKS_END = b"</hyperlinks>"
_AFTER_LINKS = re.compile(rb"<(?:printOptions|pageMargins|pageSetup)[ />]|</worksheet>")
_RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def with_rows(
    data: bytes,
    columns: Sequence[Sequence[Repeated]],
    heights: Sequence[float],
    relationship: Callable[[str], str],
) -> bytes | None:
    """Return a worksheet part with rows added below its last one; None when it has no row.

    Each column takes the style it has in the last row. `relationship` gives the id of the
    relationship to a file that a cell links to.
    """
    end = data.rfind(_END)
    last = _ROW.match(data, data.rfind(b"<row ", 0, end))
    if end < 0 or last is None:
        return None
    if not heights:
        return data
    number = int(last[1])
    model = data[last.start() : end]
    styles = [_style(model, f"{column_letters(col)}{number}") for col in range(1, len(columns) + 1)]
    added = compose_rows(number + 1, columns, styles, heights)
    head = _wider(data[: last.start()], number + len(heights))
    tail = _with_links(data[end:], _links(number + 1, columns, relationship))
    return b"".join((head, model, *added, tail))


def _style(row: bytes, cell: str) -> int:
    match = re.search(rb'<c r="%s" s="([0-9]+)"' % cell.encode(), row)
    return int(match[1]) if match else 0


def _wider(head: bytes, last_row: int) -> bytes:
    """Return the part before the last row with its stated dimension reaching down to a row."""

    def widened(match: re.Match[bytes]) -> bytes:
        area = parse_area(match[2].decode())
        wider = Area(area.top, area.left, max(area.bottom, last_row), area.right)
        return match[1] + str(wider).encode() + match[3]

    return _DIMENSION.sub(widened, head, count=1)


def _links(
    first: int, columns: Sequence[Sequence[Repeated]], relationship: Callable[[str], str]
) -> str:
    return "".join(
        f'<hyperlink ref="{cell_name(number, col)}" r:id="{relationship(value.target)}"'
        + (f" location={quoteattr(value.place)}/>" if value.place else "/>")
        for col, values in enumerate(columns, 1)
        for number, value in enumerate(values, first)
        if isinstance(value, FileLink)
    )


def _with_links(tail: bytes, links: str) -> bytes:
    """Return the part behind the rows with further links in it."""
    if not links:
        return tail
    place = tail.find(_LINKS_END)
    if place >= 0:
        return tail[:place] + links.encode() + tail[place:]
    following = _AFTER_LINKS.search(tail)
    place = following.start() if following else len(tail)
    whole = f'<hyperlinks xmlns:r="{_RELATIONSHIPS}">{links}</hyperlinks>'
    return tail[:place] + whole.encode() + tail[place:]

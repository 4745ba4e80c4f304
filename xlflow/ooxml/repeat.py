"""Adding rows at the end of a worksheet part, in the look of the last one."""

import re
from collections.abc import Sequence

from xlflow.ooxml.new_sheet import Plain, compose_rows
from xlflow.ooxml.reference import Area, column_letters, parse_area

_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_DIMENSION = re.compile(rb'(<dimension ref=")([^"]+)(")')
_END = b"</sheetData>"


def with_rows(
    data: bytes, rows: Sequence[Sequence[Plain]], heights: Sequence[float]
) -> bytes | None:
    """Return a worksheet part with rows added below its last one; None when it has no row.

    Each column takes the style it has in the last row.
    """
    end = data.rfind(_END)
    last = _ROW.match(data, data.rfind(b"<row ", 0, end))
    if end < 0 or last is None:
        return None
    if not rows:
        return data
    number = int(last[1])
    model = data[last.start() : end]
    styles = [_style(model, f"{column_letters(col)}{number}") for col in range(1, len(rows[0]) + 1)]
    added = compose_rows(number + 1, rows, styles, heights).encode()
    return _wider(data[: last.start()], number + len(rows)) + model + added + data[end:]


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

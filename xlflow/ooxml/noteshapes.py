"""The boxes of notes: VML shapes, put beside those of others without touching a byte of them."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, count

from xlflow.ooxml import splice
from xlflow.ooxml.reference import Area

_ROOT = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml"'
    b' xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel">'
)
_LAYOUT = b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="%d"/></o:shapelayout>'
_TYPE = (
    b'<v:shapetype%s id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
    b' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    b'<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)
_OUR_TYPE = re.compile(re.escape(_TYPE).replace(b"%s", b"[^<>]*?"))
_SHAPE = (
    b'<v:shape%s id="_x0000_s%d" type="#_x0000_t202" style="position:absolute;margin-left:60pt;'
    b'margin-top:1pt;width:%dpt;height:%dpt;z-index:%d;visibility:hidden" fillcolor="#ffffe1"'
    b' o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/>'
    b'<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
    b'<div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note">'
    b"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>%d, 15, %d, 4, %d, %d, %d, %d</x:Anchor>"
    b"<x:AutoFill>False</x:AutoFill><x:Row>%d</x:Row><x:Column>%d</x:Column>"
    b"</x:ClientData></v:shape>"
)
_DECLARATIONS = (
    b' xmlns:v="urn:schemas-microsoft-com:vml"',
    b' xmlns:o="urn:schemas-microsoft-com:office:office"',
    b' xmlns:x="urn:schemas-microsoft-com:office:excel"',
)
_ID = re.compile(rb"_x0000_s([0-9]+)")
_BLOCKS = re.compile(rb"""<(?:[\w.-]+:)?idmap\s[^>]*?data\s*=\s*["']([0-9,\s]+)["']""")
_ANY_SHAPE = re.compile(rb"<((?:[\w.-]+:)?)shape(?=[\s>]).*?</\1shape\s*>", re.DOTALL)
_NOTE = re.compile(rb"""ObjectType\s*=\s*["']Note["']""")
_ROW, _COLUMN = (
    re.compile(rb"<(?:[\w.-]+:)?%s>\s*([0-9]+)\s*<" % name) for name in (b"Row", b"Column")
)
_DRAWN = re.compile(
    rb"<(?:[\w.-]+:)?(?:shape|group|rect|roundrect|oval|line|polyline|curve|arc|image)(?=[\s/>])"
)
_END = b"</xml>"
_BLOCK = 1024  # ids that belong together
_LINE, _MARGIN = 16, 14  # pixels
_WIDTH = 360
_TALLEST = 480
_PER_LINE = 28  # Chinese characters
_HEIGHT = re.compile(rb' ht="([0-9.]+)"')
_DEFAULT_COLUMN, _DEFAULT_ROW = 8.43, 15.0
_LAST_COLUMN = 16_383
_LAST_ROW = 1_048_575
_LONG_PART = 1 << 20


@dataclass(frozen=True, slots=True)
class Sizes:
    """How wide columns and how high rows are, in pixels, by 0-based number; 0 is hidden."""

    columns: dict[int, int]
    rows: dict[int, int]
    column: int
    row: int

    def right(self, column: int, pixels: int) -> tuple[int, int]:
        """Return the column in which so many pixels from the start of one end, and how far in."""
        while column < _LAST_COLUMN and pixels > (width := self.columns.get(column, self.column)):
            column, pixels = column + 1, pixels - width
        return column, pixels

    def below(self, row: int, pixels: int) -> tuple[int, int]:
        """Return the row in which so many pixels from the start of one end, and how far in."""
        while row < _LAST_ROW and pixels > (height := self.rows.get(row, self.row)):
            row, pixels = row + 1, pixels - height
        return row, pixels


def read_sizes(data: bytes) -> Sizes:
    """Return the sizes in a worksheet part; in a very long one all rows count as usual ones."""
    start = max(0, data.find(b"sheetData"))
    columns, column, row = _widths(data[:start])
    rows: dict[int, int] = {}
    if len(data) <= _LONG_PART:
        for number, attributes in _row_tag(splice.root_prefix(data)).findall(data, start):
            if b' hidden="1"' in attributes:
                rows[int(number) - 1] = 0
            elif height := _HEIGHT.search(attributes):
                rows[int(number) - 1] = round(float(height[1]) * 4 / 3)
    return Sizes(columns, rows, column, row)


@cache
def _row_tag(prefix: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'<%srow r="([0-9]+)"([^>]*)>' % re.escape(prefix))


@lru_cache(maxsize=8)
def _widths(head: bytes) -> tuple[dict[int, int], int, int]:
    """Return the widths of columns, and of a column and a row that say nothing.

    The forms of an exercise share what stands before their rows.
    """
    prefix = splice.root_prefix(head)
    columns: dict[int, int] = {}
    for match in splice.start_tag(prefix + b"col").finditer(head):
        first, last = (int(splice.attribute(match[1], name) or 0) for name in (b"min", b"max"))
        hidden = splice.attribute(match[1], b"hidden") in (b"1", b"true")
        width = 0.0 if hidden else _size(match[1], b"width", _DEFAULT_COLUMN)
        columns.update(dict.fromkeys(range(first - 1, min(last, first + 255)), round(width * 7)))
    usual = splice.find(head, prefix + b"sheetFormatPr")
    defaults = usual.attributes if usual else b""
    column = round(_size(defaults, b"defaultColWidth", _DEFAULT_COLUMN) * 7)
    return columns, column, round(_size(defaults, b"defaultRowHeight", _DEFAULT_ROW) * 4 / 3)


def new_shapes(others: Iterable[bytes]) -> bytes:
    """Return a part without shapes, whose ids are those of no other such part of the workbook."""
    block = max((block for data in others for block in _blocks(data)), default=0) + 1
    return _ROOT + _LAYOUT % block + _END


def with_boxes(data: bytes, notes: Sequence[tuple[Area, str]], sizes: Sizes) -> bytes | None:
    """Return the part with a box for each note: the cells it belongs to, and its text.

    None says that the part is not written as Excel and others do, so that nothing is added.
    """
    place = data.rfind(_END)
    if place < 0:
        return None
    root = data[: data.find(b">") + 1]
    declared = b"".join(each for each in _DECLARATIONS if each.strip() not in root)
    free = free_numbers(data)
    kind = b"" if b'id="_x0000_t202"' in data else _TYPE % declared
    shapes = [
        _shape(note, sizes, number=number, order=order, declared=declared)
        for order, (note, number) in enumerate(zip(notes, free, strict=False), 1)
    ]
    return b"".join((data[:place], kind, *shapes, data[place:]))


def free_numbers(data: bytes) -> Iterator[int]:
    """Yield the numbers that a further shape of a part may have."""
    taken = {int(number) for number in _ID.findall(data)}
    blocks = _blocks(data) or [max(taken, default=_BLOCK) // _BLOCK]
    for block in chain(blocks, count(max(blocks) + 1)):
        for number in range(block * _BLOCK + 1, (block + 1) * _BLOCK):
            if number not in taken:
                yield number


def without_boxes(data: bytes, cells: Collection[tuple[int, int]]) -> bytes:
    """Return the part without the boxes of notes at some cells, by 1-based row and column."""

    def kept(match: re.Match[bytes]) -> bytes:
        row, column = _ROW.search(match[0]), _COLUMN.search(match[0])
        if not (_NOTE.search(match[0]) and row and column):
            return match[0]
        return b"" if (int(row[1]) + 1, int(column[1]) + 1) in cells else match[0]

    left = _ANY_SHAPE.sub(kept, data)
    return left if b'"#_x0000_t202"' in left else _OUR_TYPE.sub(b"", left)


def has_shapes(data: bytes) -> bool:
    """Return whether anything is left that is drawn."""
    return _DRAWN.search(data) is not None


def _blocks(data: bytes) -> list[int]:
    return [
        int(number) for match in _BLOCKS.finditer(data) for number in re.findall(rb"\d+", match[1])
    ]


def _shape(
    note: tuple[Area, str], sizes: Sizes, *, number: int, order: int, declared: bytes
) -> bytes:
    area, text = note
    height = min(_MARGIN + _LINE * _lines(text), _TALLEST)
    left, top = min(area.right, _LAST_COLUMN), max(area.top - 2, 0)
    right, right_part = sizes.right(left, _WIDTH + 15)
    bottom, bottom_part = sizes.below(top, height + 4)
    return _SHAPE % (
        declared, number, _WIDTH * 3 // 4, height * 3 // 4, order,
        left, top, right, right_part, bottom, bottom_part, area.top - 1, area.left - 1,
    )  # fmt: skip


def _lines(text: str) -> int:
    """Return how many lines a text takes, its first and last line of ours among them."""
    return 2 + sum(int(_width(line) / _PER_LINE) + 1 for line in text.split("\n"))


def _width(line: str) -> float:
    """Return how many Chinese characters a line is wide: they take three bytes, others one."""
    return 0.55 * len(line) + 0.225 * (len(line.encode(errors="replace")) - len(line))


def _size(attributes: bytes, name: bytes, default: float) -> float:
    written = splice.attribute(attributes, name)
    try:
        return float(written) if written else default
    except ValueError:
        return default

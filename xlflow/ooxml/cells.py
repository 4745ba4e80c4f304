"""Writing cells into a worksheet part by replacing their bytes, and nothing but their bytes."""

import operator
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from xlflow.ooxml import splice
from xlflow.ooxml.payload import Payload, cached_result, plain_cell
from xlflow.ooxml.reference import Area, cell_name, column_number, parse_area
from xlflow.ooxml.splice import Element

Place = tuple[int, int]
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})([0-9]{1,7})")
# What stands behind `<c r="` in a cell as usual writers put it: its name, style and formula stay.
_USUAL_CELL = re.compile(
    rb'([A-Z]{1,3})([1-9][0-9]{0,6})"(?: s="([0-9]+)")?(?: t="[A-Za-z]+")? ?'
    rb"(?:/>|>(<f(?: [^<>]*)?(?:/>|>[^<]*</f>))?(?:<v>[^<]*</v>|<is><t[^<>]*>[^<]*</t></is>)?"
    rb"</c>)"
)
_NAME = re.compile(rb'([A-Z]{1,3})([1-9][0-9]{0,6})"')
_ROW_NUMBER = re.compile(rb'<row(?: r="([0-9]{1,7})")?')
_CELL_START = b'<c r="'
_SPAN = re.compile(rb"([0-9]+):([0-9]+)")


class Misordered(ValueError):
    """Raised when rows or cells do not stand in order, so that no place can be told safely."""


@dataclass(frozen=True, slots=True)
class _Located:
    """A row or cell with its number."""

    number: int
    element: Element


def write_cells(
    data: bytes,
    writes: Mapping[Place, Payload],
    stale: Mapping[Place, Payload | None],
    date_style: Callable[[int], int],
) -> bytes:
    """Return the worksheet part with some cells written and some stored results replaced.

    A stale result is dropped where no new one is known.

    A cell keeps its style and its formula; a new one takes the style of its row or column.
    `date_style` gives for a style the one in which a date shows as such. Raises Misordered
    when rows or cells are out of order or no sheet data is found.
    """
    return _Splicer(data, date_style).run(writes, stale)


def merged_areas(data: bytes) -> tuple[Area, ...]:
    """Return the merged areas of a worksheet part, without parsing its cells."""
    if data.find(b"mergeCell", data.rfind(b"sheetData")) < 0:  # they stand behind the rows
        return ()
    view = splice.masked(data)
    tag = splice.root_prefix(view) + b"mergeCell"
    return tuple(
        parse_area(reference.decode())
        for match in splice.start_tag(tag).finditer(view, max(0, view.find(b"<" + tag)))
        if (reference := splice.attribute(match[1], b"ref"))
    )


class _Splicer:
    def __init__(self, data: bytes, date_style: Callable[[int], int]) -> None:
        self._data = data
        self._date_style = date_style
        self._view = splice.masked(data)
        prefix = splice.root_prefix(self._view)
        self._row_tag, self._cell_tag = prefix + b"row", prefix + b"c"
        self._formula_tag, self._data_tag = prefix + b"f", prefix + b"sheetData"
        self._prefix = prefix.decode()
        self._body = self._read_body()
        self._column_styles = self._read_column_styles(prefix)
        self._created: list[Place] = []

    def run(self, writes: Mapping[Place, Payload], stale: Mapping[Place, Payload | None]) -> bytes:
        by_row: dict[int, dict[int, Payload | None]] = {}
        for (number, column), content in {**stale, **writes}.items():
            by_row.setdefault(number, {})[column] = content
        whole = memoryview(self._data)  # a long part is copied once, when all is put together
        pieces: list[bytes | memoryview] = []
        position = self._body.inside
        todo = sorted(by_row)
        for row in self._rows_from(todo) or self._rows():
            while todo and todo[0] < row.number:
                pieces.append(whole[position : row.element.start])
                position = row.element.start
                pieces.append(self._new_row(todo[0], by_row[todo.pop(0)]))
            if todo and todo[0] == row.number:
                pieces.append(whole[position : row.element.start])
                pieces.append(self._changed_row(row, by_row[todo.pop(0)]))
                position = row.element.end
        pieces.append(whole[position : self._body.close])
        pieces.extend(self._new_row(below, by_row[below]) for below in todo)
        return self._assembled(pieces)

    def _assembled(self, rows: list[bytes | memoryview]) -> bytes:
        head, tail = self._data[: self._body.inside], self._data[self._body.close :]
        if self._body.empty and any(rows):
            head = head[: self._body.start] + b"<" + self._data_tag + self._body.attributes + b">"
            tail = b"</" + self._data_tag + b">" + tail
        return b"".join([self._with_dimension(head), *rows, tail])

    def _with_dimension(self, head: bytes) -> bytes:
        if not self._created:
            return head
        view = self._view[: self._body.start]
        element = splice.find(view, self._prefix.encode() + b"dimension")
        reference = splice.attribute(element.attributes, b"ref") if element else None
        if element is None or reference is None:
            return head
        try:
            old = parse_area(reference.decode())
        except ValueError:
            return head
        rows, columns = zip(*self._created, strict=True)
        area = Area(
            min(old.top, *rows), min(old.left, *columns),
            max(old.bottom, *rows), max(old.right, *columns),
        )  # fmt: skip
        if area == old:
            return head
        start = head.index(reference, element.start)
        return head[:start] + str(area).encode() + head[start + len(reference) :]

    def _read_body(self) -> Element:
        match = splice.start_tag(self._data_tag).search(self._view)
        # Looked for from behind: a long part has its rows in between.
        close = max(0, self._view.rfind(b"</" + self._data_tag))
        limit = len(self._view)
        body = splice.element_of(self._view, self._data_tag, match, limit, close) if match else None
        if body is None:
            raise Misordered
        return body

    def _read_column_styles(self, prefix: bytes) -> list[tuple[int, int, bytes]]:
        columns = splice.find(self._view, prefix + b"cols", 0, self._body.start)
        if columns is None:
            return []
        found = []
        for match in splice.start_tag(prefix + b"col").finditer(
            self._view, columns.inside, columns.close
        ):
            first, last = splice.attribute(match[1], b"min"), splice.attribute(match[1], b"max")
            style = splice.attribute(match[1], b"style")
            if first and last and style:
                found.append((int(first), int(last), style))
        return found

    def _rows_from(self, wanted: list[int]) -> list[_Located] | None:
        """Return the rows wanted, or in place of one that is not there the next one.

        None says that the rows have to be gone through one by one.
        """
        start, end = self._body.inside, self._body.close
        written = _ROW_NUMBER.findall(self._view, start, end)
        if self._prefix or not all(written):
            return None
        numbers = [*map(int, written)]
        if any(map(operator.ge, [0, *numbers], numbers)):
            raise Misordered
        found = []
        for index in sorted({bisect_left(numbers, number) for number in wanted}):
            if index == len(numbers):
                break
            start = self._view.find(b'<row r="%d"' % numbers[index], start, end)
            match = splice.start_tag(self._row_tag).match(self._view, start, end)
            row = splice.element_of(self._view, self._row_tag, match, end) if match else None
            if row is None:
                raise Misordered
            found.append(_Located(numbers[index], row))
            start = row.end
        return found

    def _rows(self) -> Iterator[_Located]:
        number, end = 0, self._body.inside
        for match in splice.start_tag(self._row_tag).finditer(
            self._view, self._body.inside, self._body.close
        ):
            element = splice.element_of(self._view, self._row_tag, match, self._body.close)
            written = splice.attribute(match[1], b"r")
            following = int(written) if written else number + 1
            if element is None or following <= number or element.start < end:
                raise Misordered
            number, end = following, element.end
            yield _Located(number, element)

    def _cells(self, row: _Located) -> Iterator[_Located]:
        number, row_digits = 0, b"%d" % row.number
        for match in splice.whole_element(self._cell_tag).finditer(
            self._view, row.element.inside, row.element.close
        ):
            attributes, letters, digits, _ = match.groups()
            if digits == row_digits:
                following = column_number(letters.decode())
            else:
                following = _unusual_column(attributes, row_digits, number + 1)
            if following <= number:
                raise Misordered
            number = following
            yield _Located(number, _element(match))

    def _changed_row(self, row: _Located, writes: Mapping[int, Payload | None]) -> bytes:
        attributes = row.element.attributes
        style = None
        if splice.attribute(attributes, b"customFormat") in (b"1", b"true"):
            style = splice.attribute(attributes, b"s")
        if (usual := self._usual_cells(row, writes, style)) is not None:
            return self._row_around(row.element, *usual)
        pieces: list[bytes] = []
        position = row.element.inside
        todo = sorted(writes)
        created: list[int] = []
        for cell in self._cells(row):
            while todo and todo[0] < cell.number:
                pieces.append(self._data[position : cell.element.start])
                position = cell.element.start
                pieces.append(self._new_cell(row.number, todo[0], writes[todo[0]], style))
                created.append(todo.pop(0))
            if todo and todo[0] == cell.number:
                pieces.append(self._data[position : cell.element.start])
                name = cell_name(row.number, cell.number)
                pieces.append(self._changed_cell(cell.element, name, writes[todo.pop(0)]))
                position = cell.element.end
        pieces.append(self._data[position : row.element.close])
        pieces.extend(self._new_cell(row.number, col, writes[col], style) for col in todo)
        return self._row_around(row.element, b"".join(pieces), [*created, *todo])

    def _usual_cells(
        self, row: _Located, writes: Mapping[int, Payload | None], row_style: bytes | None
    ) -> tuple[bytes, list[int]] | None:
        """Return the cells of a row in which all is as usual, and the columns of the new ones.

        None says that the row has to be gone through tag by tag.
        """
        if self._prefix or self._view is not self._data:
            return None
        number, element = row.number, row.element
        begin, *cells = self._data[element.inside : element.close].split(_CELL_START)
        names = [_NAME.match(cell) for cell in cells]
        digits = b"%d" % number
        columns = [column_number(name[1].decode()) for name in names if name and name[2] == digits]
        if (
            begin.strip()
            or len(columns) < len(cells)
            or any(map(operator.ge, columns, columns[1:]))
        ):
            return None
        pieces, created, todo = [begin], [], sorted(writes, reverse=True)
        for column, cell in zip(columns, cells, strict=True):
            while todo and todo[-1] < column:
                created.append(todo.pop())
                pieces.append(self._new_cell(number, created[-1], writes[created[-1]], row_style))
            if not todo or todo[-1] > column:
                pieces += _CELL_START, cell
                continue
            usual = _USUAL_CELL.match(cell)
            if usual is None or cell[usual.end() :].strip():
                return None
            pieces += self._usual_cell(usual, writes[todo.pop()]), cell[usual.end() :]
        created += reversed(todo)
        pieces += (self._new_cell(number, col, writes[col], row_style) for col in reversed(todo))
        return b"".join(pieces), created

    def _usual_cell(self, cell: re.Match[bytes], content: Payload | None) -> bytes:
        letters, digits, style, formula = cell.groups()
        attributes = b' r="%s%s"' % (letters, digits)
        if fitting := self._style_for(content, style):
            attributes += b' s="%s"' % fitting
        if content is None:
            return self._cell(attributes, "", (formula or b"").decode())
        kind, inner = (cached_result if formula else plain_cell)(content, self._prefix)
        return self._cell(attributes, kind, (formula or b"").decode() + inner)

    def _row_around(self, row: Element, cells: bytes, created: list[int]) -> bytes:
        start = b"<" + self._row_tag + _wider_spans(row.attributes, created) + b">"
        return start + cells + b"</" + self._row_tag + b">"

    def _new_row(self, number: int, writes: Mapping[int, Payload | None]) -> bytes:
        cells = b"".join(
            self._new_cell(number, column, writes[column], None) for column in sorted(writes)
        )
        if not cells:
            return b""
        tag = self._row_tag
        return b'<%s r="%d">%s</%s>' % (tag, number, cells, tag)

    def _new_cell(
        self, row: int, column: int, content: Payload | None, row_style: bytes | None
    ) -> bytes:
        if content is None or content.kind == "blank":
            return b""
        self._created.append((row, column))
        style = row_style or next(
            (style for first, last, style in self._column_styles if first <= column <= last), None
        )
        style = self._style_for(content, style)
        attributes = f' r="{cell_name(row, column)}"'.encode()
        if style:
            attributes += b' s="' + style + b'"'
        return self._cell(attributes, *plain_cell(content, self._prefix))

    def _changed_cell(self, cell: Element, name: str, content: Payload | None) -> bytes:
        formula = self._formula_in(cell)
        attributes = splice.without_attribute(cell.attributes, b"t")
        if splice.attribute(attributes, b"r") is None:
            attributes = f' r="{name}"'.encode() + attributes
        if formula is None:
            # Metadata of the value that stood here (a picture, a data type) goes with it.
            attributes = splice.without_attribute(attributes, b"vm")
        style = splice.attribute(attributes, b"s")
        fitting = self._style_for(content, style)
        if fitting is not None and fitting != style:
            attributes = splice.with_attribute(attributes, b"s", fitting)
        if formula is None:
            kind, inner = plain_cell(content, self._prefix) if content else ("", "")
            return self._cell(attributes.rstrip(), kind, inner)
        kind, inner = cached_result(content, self._prefix) if content else ("", "")
        text = self._data[formula.start : formula.end].decode()
        return self._cell(attributes.rstrip(), kind, text + inner)

    def _formula_in(self, cell: Element) -> Element | None:
        if self._view.find(b"<" + self._formula_tag, cell.inside, cell.close) < 0:
            return None
        return splice.find(self._view, self._formula_tag, cell.inside, cell.close)

    def _style_for(self, content: Payload | None, style: bytes | None) -> bytes | None:
        if content is None or content.kind != "date":
            return style
        return b"%d" % self._date_style(int(style or 0))

    def _cell(self, attributes: bytes, kind: str, inner: str) -> bytes:
        start = b"<" + self._cell_tag + attributes + kind.encode()
        if not inner:
            return start + b"/>"
        return start + b">" + inner.encode() + b"</" + self._cell_tag + b">"


def _element(match: re.Match[bytes]) -> Element:
    """Return the element that the pattern of a whole element has matched."""
    start, end = match.span()
    inside, close = (end, end) if match[4] is None else match.span(4)
    return Element(start, inside, close, end, match[1])


def _unusual_column(attributes: bytes, row_digits: bytes, default: int) -> int:
    """Return the column of a cell whose reference is not its first attribute, or is missing."""
    written = splice.attribute(attributes, b"r")
    if not written:
        return default
    match = _REFERENCE.fullmatch(written)
    if match is None or match[2] != row_digits:
        raise Misordered
    return column_number(match[1].decode())


def _wider_spans(attributes: bytes, created: list[int]) -> bytes:
    """Return the attributes of a row with its `spans` hint covering the new cells."""
    spans = splice.attribute(attributes, b"spans")
    if not spans or not created:
        return attributes
    ends = [int(end) for pair in _SPAN.findall(spans) for end in pair]
    if not ends:
        return splice.without_attribute(attributes, b"spans")
    low, high = min(*ends, *created), max(*ends, *created)
    if low >= min(ends) and high <= max(ends):
        return attributes
    return splice.with_attribute(attributes, b"spans", b"%d:%d" % (low, high))

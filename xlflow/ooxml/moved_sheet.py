"""A worksheet part as it is after rows were inserted, into it or into another sheet."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from xlflow.errors import UsageError
from xlflow.messages import text
from xlflow.ooxml import splice
from xlflow.ooxml.anchors import anchor_rules
from xlflow.ooxml.cells import Misordered, merged_areas
from xlflow.ooxml.formulas import shifted
from xlflow.ooxml.insertion import Insertion
from xlflow.ooxml.reference import MAX_ROW, Area, cell_name, column_number, parse_area, parse_cell
from xlflow.ooxml.retag import Rule, Rules, Tag, plain, retagged
from xlflow.ooxml.splice import Element

_STAND_IN = b"<rows-stand-here/>"
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_NUMBER = re.compile(rb"""\sr\s*=\s*["']([0-9]{1,7})["']""")
_CONTENT = re.compile(rb"<(?:[\w.-]+:)?(?:f|v|is)[\s/>]")
_FILLING = (b"array", b"dataTable")


def moved_sheet(data: bytes, title: str, insertion: Insertion) -> bytes:
    """Return the part of the sheet `title` as it is after an insertion.

    In the sheet that gets the rows each of them looks like the row above: height, cell styles,
    merged areas within the row, formulas as if filled down, conditional formats and validations
    that end there. Raises UsageError when the new rows would part an array, and Misordered when
    rows or cells are out of order.
    """
    view = splice.masked(data)
    body = splice.find(view, splice.root_prefix(view) + b"sheetData")
    rules = _rules(title, insertion)
    if body is None:
        return retagged(data, rules)
    rows = data[body.start : body.end]
    if insertion.concerns(title) or b"!" in rows:
        rows = _Rows(data, view, body, title, insertion).moved()
    around = retagged(data[: body.start] + _STAND_IN + data[body.end :], rules)
    if insertion.concerns(title):
        around = _with_merges(around, merged_areas(data), insertion)
    return around.replace(_STAND_IN, rows, 1)


@dataclass(slots=True)
class _Master:
    """A formula that other cells share: where it stood, and its text before and after."""

    row: int
    column: int
    text: str
    after: str


class _Rows:
    """The rows of a part; what changes is collected as pieces to be put in."""

    def __init__(
        self, data: bytes, view: bytes, body: Element, title: str, insertion: Insertion
    ) -> None:
        self._data, self._view, self._body = data, view, body
        self._title, self._insertion = title, insertion
        self._own = insertion.concerns(title)
        prefix = splice.root_prefix(view)
        self._row_tag, self._cell_tag, self._formula_tag = (
            prefix + b"row",
            prefix + b"c",
            prefix + b"f",
        )
        self._masters: dict[bytes, _Master] = {}
        self._pieces: list[bytes] = []
        self._position = body.start

    def moved(self) -> bytes:
        """Return the rows as they are afterwards."""
        for number, row in self._rows():
            if self._own and number + self._insertion.count > MAX_ROW:
                self._push_out(row)
                continue
            copied = self._own and number == self._insertion.below
            moving = self._own and number > self._insertion.below
            if moving:
                start = row.start + 1 + len(self._row_tag)
                self._replace_digits(_NUMBER, 1, start, row.inside, self._insertion.row(number))
            formulas = self._view.find(b"<" + self._formula_tag, row.inside, row.close) >= 0
            if moving or formulas or copied:
                cells = [self._cell(number, *cell, moving) for cell in self._cells(number, row)]
                if copied:
                    self._put(row.end, row.end, self._copies(row, cells))
        return b"".join((*self._pieces, self._data[self._position : self._body.end]))

    def _push_out(self, row: Element) -> None:
        """Leave out a row that the new ones push over the end of the sheet, if it is empty."""
        if _CONTENT.search(self._view, row.inside, row.close):
            move = self._insertion
            raise UsageError(*text("ooxml.no_rows", below=move.below, count=move.count))
        self._put(row.start, row.end, b"")

    def _put(self, start: int, end: int, content: bytes) -> None:
        self._pieces += self._data[self._position : start], content
        self._position = end

    def _replace_digits(
        self, pattern: re.Pattern[bytes], group: int, start: int, end: int, number: int
    ) -> None:
        if match := pattern.search(self._view, start, end):
            self._put(*match.span(group), b"%d" % number)

    def _rows(self) -> Iterator[tuple[int, Element]]:
        number, end = 0, self._body.inside
        for match in splice.start_tag(self._row_tag).finditer(
            self._view, self._body.inside, self._body.close
        ):
            row = splice.element_of(self._view, self._row_tag, match, self._body.close)
            written = _NUMBER.search(match[1])
            following = int(written[1]) if written else number + 1
            if row is None or following <= number or row.start < end:
                raise Misordered
            number, end = following, row.end
            yield number, row

    def _cells(self, row: int, element: Element) -> Iterator[tuple[int, re.Match[bytes]]]:
        column = 0
        for match in splice.whole_element(self._cell_tag).finditer(
            self._view, element.inside, element.close
        ):
            written = _REFERENCE.search(match[1])
            following = column_number(written[1].decode()) if written else column + 1
            if following <= column or (written and int(written[2]) != row):
                raise Misordered
            column = following
            yield column, match

    def _cell(
        self, row: int, column: int, match: re.Match[bytes], moving: bool
    ) -> "tuple[int, bytes, _Filled | None]":
        """Move a cell; returns column, attributes and formula by which it is copied."""
        if moving:
            if match[3]:
                self._put(*match.span(3), b"%d" % self._insertion.row(row))
            else:
                self._replace_digits(_REFERENCE, 2, *match.span(1), self._insertion.row(row))
        found = splice.find(self._view, self._formula_tag, *match.span(4)) if match[4] else None
        formula = self._formula(row, column, found) if found else None
        return column, match[1], formula

    def _formula(self, row: int, column: int, formula: Element) -> "_Filled | None":
        """Move a formula; returns its text as it reads afterwards, if it can be filled down."""
        move = self._insertion
        attributes = formula.attributes
        kind, reference = (splice.attribute(attributes, name) for name in (b"t", b"ref"))
        area = parse_area(reference.decode()) if reference else Area(row, column, row, column)
        if self._own and kind in _FILLING and move.cuts(area.top, area.bottom):
            raise UsageError(*text("ooxml.parts_array", sheet=self._title, area=area))
        before = plain(self._data[formula.inside : formula.close])
        after = move.formula(before, self._title)
        if kind == b"shared":
            shared = splice.attribute(attributes, b"si") or b""
            if before:
                self._masters[shared] = _Master(row, column, before, after)
            elif master := self._masters.get(shared):
                after = self._follower(row, column, formula, master)
        if self._own:
            attributes = self._moved_attributes(attributes)
        if attributes != formula.attributes:
            start = formula.start + 1 + len(self._formula_tag)
            self._put(start, start + len(formula.attributes), attributes)
        if before and after != before:
            self._put(formula.inside, formula.close, escape(after).encode())
        if not after or kind == b"dataTable" or (kind == b"array" and area.size > 1):
            return None
        return _Filled(after, is_array=kind == b"array")

    def _follower(self, row: int, column: int, formula: Element, master: _Master) -> str:
        """Return the formula that a cell shares; one that no longer fits is written out."""
        move = self._insertion
        right = column - master.column
        after = move.formula(shifted(master.text, row - master.row, right), self._title)
        place, first = (move.row(n) if self._own else n for n in (row, master.row))
        if after != shifted(master.after, place - first, right):
            tag = self._formula_tag
            self._put(
                formula.start, formula.end, b"<%s>%s</%s>" % (tag, escape(after).encode(), tag)
            )
        return after

    def _moved_attributes(self, attributes: bytes) -> bytes:
        for name in (b"ref", b"r1", b"r2"):
            if written := splice.attribute(attributes, name):
                after = self._insertion.reference(written.decode()).encode()
                if after != written:
                    attributes = splice.with_attribute(attributes, name, after)
        return attributes

    def _copies(self, row: Element, cells: "list[tuple[int, bytes, _Filled | None]]") -> bytes:
        """Return the new rows, in the look of the row above them."""
        attributes = splice.without_attribute(row.attributes, b"collapsed")
        copies = []
        for down in range(1, self._insertion.count + 1):
            number = self._insertion.below + down
            start = b"<" + self._row_tag + splice.with_attribute(attributes, b"r", b"%d" % number)
            inner = b"".join(self._copy(number, down, *cell) for cell in cells)
            copies.append(start + (b">%s</%s>" % (inner, self._row_tag) if inner else b"/>"))
        return b"".join(copies)

    def _copy(
        self, row: int, down: int, column: int, attributes: bytes, formula: "_Filled | None"
    ) -> bytes:
        name = cell_name(row, column).encode()
        start = b'<%s r="%s"' % (self._cell_tag, name)
        if style := splice.attribute(attributes, b"s"):
            start += b' s="%s"' % style
        if formula is None:
            return start + b"/>"
        kind = b""
        if formula.is_array:
            kind = b' t="array" ref="%s"' % name
            if dynamic := splice.attribute(attributes, b"cm"):
                start += b' cm="%s"' % dynamic
        words = escape(shifted(formula.text, down, 0)).encode()
        tag = self._formula_tag
        return start + b"><%s%s>%s</%s></%s>" % (tag, kind, words, tag, self._cell_tag)


@dataclass(frozen=True, slots=True)
class _Filled:
    """A formula as it reads after the insertion, to be filled down."""

    text: str
    is_array: bool


def _with_merges(around: bytes, merges: tuple[Area, ...], insertion: Insertion) -> bytes:
    """Return the part with the merged areas within the copied row repeated in the new rows."""
    within = [area for area in merges if area.top == area.bottom == insertion.below]
    if not within:
        return around
    view = splice.masked(around)
    prefix = splice.root_prefix(view)
    tag = prefix + b"mergeCells"
    found = splice.find(view, tag)
    if found is None:
        raise Misordered
    new = [
        b'<%smergeCell ref="%s"/>' % (prefix, str(area._replace(top=row, bottom=row)).encode())
        for row in range(insertion.below + 1, insertion.below + insertion.count + 1)
        for area in within
    ]
    with_new = splice.appended(around, tag, found, b"".join(new))
    count = splice.attribute(found.attributes, b"count")
    if count is None:
        return with_new
    start = found.start + 1 + len(tag)
    attributes = splice.with_attribute(found.attributes, b"count", b"%d" % (int(count) + len(new)))
    return with_new[:start] + attributes + with_new[start + len(found.attributes) :]


def _rules(title: str, insertion: Insertion) -> Rules:
    """Return what becomes of everything around the rows."""

    def formula(value: str, _: Tag) -> str:
        return insertion.formula(value, title)

    texts: dict[str, Rule] = dict.fromkeys(("formula", "formula1", "formula2", "f"), formula)
    attributes: dict[str, dict[str, Rule]] = {
        "cfvo": {"val": formula},
        "controlPr": {"linkedCell": formula, "listFillRange": formula},
        "hyperlink": {"location": formula},
    }
    if not insertion.concerns(title):
        return Rules(texts, attributes)

    def reference(value: str, _: Tag) -> str:
        return insertion.reference(value)

    def grown(value: str, _: Tag) -> str:
        return insertion.grown(value)

    def corner(value: str, _: Tag) -> str:
        return _corner(value, insertion)

    def frozen(value: str, tag: Tag) -> str:
        return _frozen_rows(value, tag, insertion)

    def broken(value: str, _: Tag) -> str:
        return str(insertion.row(int(value) + 1) - 1)

    anchors = anchor_rules(insertion)
    growing = ("conditionalFormatting", "dataValidation", "ignoredError", "protectedRange")
    texts |= {"sqref": reference, **{f"{name}/sqref": grown for name in growing}, **anchors.texts}
    attributes["hyperlink"]["ref"] = reference
    attributes |= {
        **{name: {"sqref": grown} for name in growing},
        **{name: {"ref": reference} for name in ("autoFilter", "sortState", "sortCondition")},
        **{name: {"r": reference} for name in ("inputCells", "cellWatch", "cellSmartTags")},
        "dimension": {"ref": grown},
        "mergeCell": {"ref": reference},
        "scenarios": {"sqref": reference},
        "selection": {"activeCell": reference, "sqref": reference},
        "sheetView": {"topLeftCell": corner},
        "customSheetView": {"topLeftCell": corner},
        "pane": {"topLeftCell": corner, "ySplit": frozen},
        "rowBreaks/brk": {"id": broken},
        "sheetPr": {"syncRef": reference},
        "webPublishItem": {"sourceRef": reference},
    }
    return Rules(texts, attributes)


def _corner(cell: str, insertion: Insertion) -> str:
    """Return the first cell in view; the new rows come into view where they would begin it."""
    row, _ = parse_cell(cell)
    return cell if row == insertion.below + 1 else insertion.reference(cell)


def _frozen_rows(count: str, pane: Tag, insertion: Insertion) -> str:
    """Return how many rows are frozen: those inserted between them are, too."""
    if pane.get("state") not in ("frozen", "frozenSplit") or pane.parent is None:
        return count
    top, _ = parse_cell(pane.parent.get("topLeftCell") or "A1")
    rows = int(float(count))
    return str(rows + insertion.count) if insertion.cuts(top, top + rows - 1) else count

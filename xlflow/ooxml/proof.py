"""The proof that an edited file differs from the original only where it may.

It shares no code with the writing: the result is opened anew, and trees are compared.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from functools import cached_property
from types import MappingProxyType
from xml.parsers.expat import ExpatError

from xlflow.errors import FileRefused, XlflowError
from xlflow.messages import text
from xlflow.ooxml.bookpart import BookPart, read_book_part
from xlflow.ooxml.container import Container
from xlflow.ooxml.insertion import Insertion
from xlflow.ooxml.limits import DEFAULT, Limits
from xlflow.ooxml.noteproof import gained_boxes, gained_lines, same_notes, same_ties, without_marks
from xlflow.ooxml.package import CONTENT_TYPES, Package
from xlflow.ooxml.proof_rows import (
    CONCERNED,
    after_insertion,
    moved_names,
    same_shapes,
    same_where_placed,
    without_sharing,
)
from xlflow.ooxml.reference import Area, column_number, parse_area, parse_cell
from xlflow.ooxml.remembered import remembered
from xlflow.ooxml.rowproof import (
    Unusual,
    changed_rows,
    is_told,
    merged_areas,
    parsed_rows,
    sheet_bytes,
)
from xlflow.ooxml.xmlguard import children, local_name, well_formed

Place = tuple[int, int]
_NAMESPACES = re.compile(rb"""xmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*')""")
_ONLY_SIZE = frozenset({"r", "spans"})
_COUNTED = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "dxfs")
_NOTED = ("comments", "vmlDrawing")


class Unproven(XlflowError):
    """Raised when an edited file differs where it must not; it is not to be published."""


def prove(
    before: bytes | Package,
    after: bytes,
    written: Mapping[str, Iterable[str]],
    replaced: Iterable[str] = (),
    *,
    shown: Mapping[str, Iterable[str]] = MappingProxyType({}),
    limits: Limits = DEFAULT,
    inserted: Sequence[Insertion] = (),
    refreshed: Mapping[str, Iterable[str]] = MappingProxyType({}),
) -> None:
    """Raise Unproven unless only what may change has changed.

    `before` is the file as it came, or the package of it where it is open already.
    `written` names the cells set in each sheet, `replaced` the sheets put in whole, `shown` the
    cells at which a note and a highlight of ours may stand. Every other sheet may lose stored
    results of formulas and nothing else; those in the cells of `refreshed` may have another
    result. Styles, workbook, relationships and content types may only gain; notes of others keep
    their words and their order, shapes of others their bytes; any other part stays byte for byte.
    Where rows were `inserted`, in that order, all that is compared with the original as it must
    be afterwards; cells are named as they are then. There nothing may be shown.
    """
    try:
        _Proof(before, after, limits, inserted, refreshed).run(
            {name.lower(): set(cells) for name, cells in written.items()},
            {name.lower() for name in replaced},
            {name.lower(): set(cells) for name, cells in shown.items()},
        )
    except FileRefused as error:
        # What xlflow made can not be opened; that is no fault of the sender.
        raise _changed(error.code) from error


class _Proof:
    def __init__(
        self,
        before: bytes | Package,
        after: bytes,
        limits: Limits,
        inserted: Sequence[Insertion],
        refreshed: Mapping[str, Iterable[str]],
    ) -> None:
        self._inserted = tuple(inserted)
        self._refreshed = {name.lower(): set(cells) for name, cells in refreshed.items()}
        if not isinstance(before, Package):
            before = Package(Container(before, "before", limits))
        self._before = before
        self._after = Package(Container(after, "after", limits), self._before)
        self._types = self._before.find(CONTENT_TYPES) or CONTENT_TYPES
        self._old = read_book_part(self._before)
        self._new = self._old if self._same_book() else read_book_part(self._after)

    def run(
        self,
        written: Mapping[str, set[str]],
        replaced: set[str],
        shown: Mapping[str, set[str]],
    ) -> None:
        old_parts, new_parts = self._before.part_names, self._after.part_names
        if new_parts[: len(old_parts)] != old_parts:
            missing = next((part for part in old_parts if part not in new_parts), "")
            raise _changed(missing or CONTENT_TYPES)
        notes = self._note_parts(shown)
        allowed = self._new_parts(replaced) | notes.keys()
        for part in new_parts[len(old_parts) :]:
            if part not in allowed:
                raise _changed(part)
        self._check_whole(replaced)
        for part, cells in notes.items():
            if part not in old_parts or not self._identical(part):
                self._check_notes(part, cells)
        concerned = self._concerned() if self._inserted else {}
        for part in old_parts:
            if part in concerned:
                self._check_moved(part, *concerned[part], written, replaced)
            elif part not in notes and not self._identical(part):
                self._check_part(part, written, replaced, shown)

    def _concerned(self) -> dict[str, tuple[str, str | None]]:
        """Return the parts that inserted rows may concern, with their kinds and sheets."""
        titles = {tab.part: tab.name for tab in self._old.tabs if tab.part}
        found: dict[str, tuple[str, str | None]] = {self._old.part: ("workbook", None)}
        waiting = [self._old.part]
        while waiting:
            source = waiting.pop()
            for line in self._before.relationships(source):
                if line.part and line.part not in found:
                    found[line.part] = line.kind, titles.get(line.part, found[source][1])
                    waiting.append(line.part)
        found |= {part: ("worksheet", title) for part, title in titles.items()}
        return {part: each for part, each in found.items() if each[0] in CONCERNED}

    def _check_moved(
        self,
        part: str,
        kind: str,
        title: str | None,
        written: Mapping[str, set[str]],
        replaced: set[str],
    ) -> None:
        """Check a part against what it must look like after the rows were inserted."""
        if kind == "vmlDrawing":
            old, new = self._before.read(part), self._after.read(part)
            fine = same_shapes(old, new, title, self._inserted)
        elif kind == "workbook":
            titles = [tab.name for tab in self._old.tabs]
            tree = self._before.tree(part)
            for insertion in self._inserted:
                moved_names(tree, titles, insertion)
            fine = _same_workbook(tree, self._after.tree(part), replaced)
        elif kind == "worksheet" and title is not None:
            if title.lower() not in replaced:
                self._check_moved_sheet(part, title, written.get(title.lower(), set()))
            return
        else:
            tree = self._moved_tree(part, kind, title)
            fine = same_where_placed(tree, self._after.tree(part), self._inserted)
        if not fine:
            raise _changed(part)

    def _check_moved_sheet(self, part: str, title: str, written: set[str]) -> None:
        if _namespaces(self._before.xml(part)) != _namespaces(self._after.xml(part)):
            raise _changed(part)
        new = self._after.tree(part)
        without_sharing(new)
        old = self._moved_tree(part, "worksheet", title)
        self._sheet_proof(title, ET.tostring(old), written).check(old, new)

    def _moved_tree(self, part: str, kind: str, title: str | None) -> ET.Element:
        tree = self._before.tree(part)
        if kind == "worksheet":
            without_sharing(tree)
        for insertion in self._inserted:
            after_insertion(tree, kind, title, insertion, self._sheet_id(insertion.sheet))
        return tree

    def _sheet_id(self, title: str) -> str:
        sheets = children(self._before.tree(self._old.part), "sheets", "sheet")
        ids = {(sheet.get("name") or "").lower(): sheet.get("sheetId", "") for sheet in sheets}
        return ids.get(title.lower(), "")

    def _same_book(self) -> bool:
        """Return whether everything that says what sheets there are is the same, byte for byte."""
        book, package = self._old.part, self._before
        parts = (book, package.relationships_part(book), package.relationships_part(""))
        count = len(package.part_names)
        return self._after.part_names[:count] == package.part_names and all(
            part in package.container and self._identical(part) for part in parts
        )

    def _new_parts(self, replaced: set[str]) -> set[str]:
        sheets = {tab.part for tab in self._new.tabs if tab.part and tab.name.lower() in replaced}
        rels = self._after.relationships_part(self._new.part)
        return sheets | self._related(self._after, self._new) | {rels, self._types}

    def _related(self, package: Package, book: BookPart) -> set[str]:
        lines = package.relationships(book.part)
        return {line.part for line in lines if line.part and line.kind == "styles"}

    def _identical(self, part: str) -> bool:
        old, new = self._before.container, self._after.container
        return old.same_packed(part, new) or old.read(part) == new.read(part)

    def _note_parts(self, shown: Mapping[str, set[str]]) -> dict[str, set[str]]:
        """Return the parts that hold notes of sheets that are marked, with the cells marked."""
        parts: dict[str, set[str]] = {}
        for tab in self._new.tabs:
            cells = shown.get(tab.name.lower())
            if not cells or not tab.part:
                continue
            for line in self._after.relationships(tab.part):
                if line.part and line.kind in _NOTED:
                    parts[line.part] = cells
            parts[self._after.relationships_part(tab.part)] = cells
        return parts

    def _check_notes(self, part: str, cells: set[str]) -> None:
        """Raise Unproven unless a part gained nothing but notes of ours, at these cells."""
        there = part in self._before.container
        if part.lower().endswith(".xml"):
            new = self._after.tree(part)
            old = self._before.tree(part) if there else ET.Element(new.tag)
            fine = same_notes(old, new, cells)
        elif part.lower().endswith(".rels"):
            old = self._before.tree(part) if there else ET.Element("")
            fine = same_ties(old, self._after.tree(part))
        else:
            before = self._before.container.read(part) if there else b""
            fine = gained_boxes(before, self._after.container.read(part), cells)
        if not fine:
            raise _changed(part)

    def _check_whole(self, replaced: set[str]) -> None:
        """Raise Unproven unless the sheets that are ours are well formed."""
        for part in (tab.part for tab in self._new.tabs if tab.name.lower() in replaced):
            try:
                well_formed(self._after.xml(part) if part else b"<worksheet/>")
            except ExpatError as error:
                raise _changed(part or "") from error

    def _check_part(
        self,
        part: str,
        written: Mapping[str, set[str]],
        replaced: set[str],
        shown: Mapping[str, set[str]],
    ) -> None:
        sheet = next((tab.name for tab in self._old.tabs if tab.part == part), None)
        if sheet is not None:
            if sheet.lower() not in replaced:
                name = sheet.lower()
                self._check_sheet(part, sheet, written.get(name, set()), shown.get(name, set()))
            return
        gaining = {self._before.relationships_part(self._old.part), self._types}
        before, after = self._before.xml(part), self._after.xml(part)
        if part == self._old.part:
            fine = _known_same_workbook(before, after, frozenset(replaced))
        elif part in gaining:
            fine = gained_lines(before, after) or _same_beginning(
                self._before.tree(part), self._after.tree(part)
            )
        else:
            styles = part in self._related(self._before, self._old)
            fine = styles and _known_same_styles(before, after)
        if not fine:
            raise _changed(part)

    def _check_sheet(self, part: str, sheet: str, written: set[str], shown: set[str]) -> None:
        before, after = self._before.xml(part), self._after.xml(part)
        if shown:
            after = without_marks(before, after, shown)
        proof = self._sheet_proof(sheet, before, written)
        with suppress(Unusual):
            proof.check_changed_rows(after)
            return
        if _namespaces(before) != _namespaces(after):
            raise _changed(part)
        try:
            proof.check(self._before.tree(part), ET.fromstring(after))
        except ET.ParseError as error:
            raise _changed(part) from error

    def _sheet_proof(self, sheet: str, before: bytes, written: set[str]) -> "_SheetProof":
        refreshed = self._refreshed.get(sheet.lower(), set())
        return _SheetProof(sheet, before, written, refreshed, self._inserted)


class _SheetProof:
    def __init__(
        self,
        sheet: str,
        before: bytes,
        written: set[str],
        refreshed: set[str],
        inserted: Sequence[Insertion],
    ) -> None:
        self._sheet = sheet
        self._inserted = [each for each in inserted if each.sheet.lower() == sheet.lower()]
        self._before = before
        self._written = _anchors(map(parse_cell, written), merged_areas(before))
        self._refreshed = {parse_cell(cell) for cell in refreshed}
        self._rows = {row for row, _ in self._written}

    def check_changed_rows(self, after: bytes) -> None:
        """Raise Unproven unless the rows that differ do so in what was written alone.

        Raises Unusual when the bytes of the part alone do not tell.
        """
        old, new = sheet_bytes(self._before), sheet_bytes(after)
        if old.head != new.head or old.tail != new.tail:
            raise self._wrong("worksheet")
        written, refreshed = _by_row(self._written), _by_row(self._refreshed)
        pairs = [
            row
            for row in changed_rows(old, new)
            if not is_told(row, written.get(row.number, ()), refreshed.get(row.number, ()))
        ]
        if not pairs:
            return
        known = parsed_rows(old, [row.before or b"<row/>" for row in pairs])
        rows = parsed_rows(old, [row.after for row in pairs])
        for pair, earlier, row in zip(pairs, known, rows, strict=True):
            if not pair.before:
                self._check_new_row(pair.number, row)
            self._check_row(pair.number, earlier, row)

    def check(self, old: ET.Element, new: ET.Element) -> None:
        """Raise Unproven unless the new sheet is the old one but for what was written."""
        if new.attrib != old.attrib or len(new) != len(old):
            raise self._wrong("worksheet")
        for before, after in zip(old, new, strict=True):
            name = local_name(before.tag)
            if name == "sheetData":
                self._check_rows(before, after)
            elif name != "dimension" and not same_where_placed(before, after, self._inserted):
                raise self._wrong(name)

    def _check_rows(self, before: ET.Element, after: ET.Element) -> None:
        old, new = self._numbered_rows(before), self._numbered_rows(after)
        for number, row in new.items():
            known = old.pop(number, None)
            if known is None:
                self._check_new_row(number, row)
                known = ET.Element(row.tag, row.attrib)
            if number in self._rows or not _same(known, row):
                self._check_row(number, known, row)
        if old:
            raise self._wrong(str(min(old)))

    def _check_new_row(self, number: int, row: ET.Element) -> None:
        if not set(row.attrib) <= _ONLY_SIZE or number not in self._rows:
            raise self._wrong(str(number))

    def _check_row(self, number: int, before: ET.Element, after: ET.Element) -> None:
        if _without(before, "spans") != _without(after, "spans"):
            raise self._wrong(str(number))
        old, new = self._numbered_cells(number, before), self._numbered_cells(number, after)
        for column in old.keys() | new.keys():
            known, cell = old.get(column), new.get(column)
            place = (number, column)
            if place in self._written:
                fine = known is None or (cell is not None and _same_formula(known, cell))
            else:
                fine = (
                    known is not None
                    and cell is not None
                    and (_same(known, cell) or self._lost_result(place, known, cell))
                )
            if not fine:
                raise self._wrong(str(Area(*place, *place)))

    def _lost_result(self, place: Place, before: ET.Element, after: ET.Element) -> bool:
        """Return whether a formula, or a cell filled by one, lost its stored result alone.

        One that was calculated anew may have another result.
        """
        results = [child for child in after if local_name(child.tag) in ("v", "is")]
        if results and not (place in self._refreshed and _is_one_value(results)):
            return False
        calculated = bool(children(before, "f")) or self._is_filled(place)
        same_cell = _without(before, "t") == _without(after, "t")
        return calculated and same_cell and _same_formula(before, after)

    def _is_filled(self, place: Place) -> bool:
        return any(area.contains(*place) for area in self._spills)

    @cached_property
    def _spills(self) -> list[Area]:
        formulas = children(ET.fromstring(self._before), "sheetData", "row", "c", "f")
        areas = [formula.get("ref") for formula in formulas if formula.get("t") != "shared"]
        return [parse_area(area) for area in areas if area]

    def _numbered_rows(self, data: ET.Element) -> dict[int, ET.Element]:
        rows: dict[int, ET.Element] = {}
        number = 0
        for row in data:
            following = int(row.get("r") or number + 1)
            if following <= number:
                raise self._wrong(str(following))
            number = following
            rows[number] = row
        return rows

    def _numbered_cells(self, row: int, data: ET.Element) -> dict[int, ET.Element]:
        cells: dict[int, ET.Element] = {}
        number = 0
        for cell in data:
            name = cell.get("r")
            following = column_number(name.rstrip("0123456789")) if name else number + 1
            if following <= number:
                raise self._wrong(name or str(row))
            number = following
            cells[number] = cell
        return cells

    def _wrong(self, place: str) -> Unproven:
        return Unproven(*text("ooxml.changed_cell", sheet=self._sheet, place=place))


def _namespaces(sheet: bytes) -> list[bytes]:
    """Return the namespaces that a worksheet part declares before its rows; trees hide them."""
    return _NAMESPACES.findall(sheet.partition(b"sheetData")[0])


def _changed(part: str) -> Unproven:
    return Unproven(*text("ooxml.changed_part", part=part))


def _by_row(places: Iterable[Place]) -> dict[int, set[int]]:
    rows: dict[int, set[int]] = {}
    for row, column in places:
        rows.setdefault(row, set()).add(column)
    return rows


def _anchors(places: Iterable[Place], merges: Iterable[Area]) -> set[Place]:
    """Return places, the first cell of a merged area for those that it covers."""
    by_row = _by_row(places)
    anchors = set()
    for area in merges:
        rows = range(area.top, area.bottom + 1)
        for row in rows if len(rows) < len(by_row) else [each for each in by_row if each in rows]:
            covered = {each for each in by_row.get(row, ()) if area.left <= each <= area.right}
            if covered:
                by_row[row] -= covered
                anchors.add((area.top, area.left))
    return anchors | {(row, column) for row, columns in by_row.items() for column in columns}


def _without(element: ET.Element, attribute: str) -> dict[str, str]:
    ignored = {attribute, "r"}
    return {key: value for key, value in element.attrib.items() if key not in ignored}


def _same(before: ET.Element, after: ET.Element) -> bool:
    return (
        before.tag == after.tag
        and before.attrib == after.attrib
        and (before.text or "") == (after.text or "")
        and (before.tail or "") == (after.tail or "")
        and len(before) == len(after)
        and all(map(_same, before, after))
    )


def _is_one_value(results: list[ET.Element]) -> bool:
    value = results[0]
    return len(results) == 1 and local_name(value.tag) == "v" and not (value.attrib or len(value))


def _same_formula(before: ET.Element, after: ET.Element) -> bool:
    old, new = children(before, "f"), children(after, "f")
    return len(old) == len(new) and all(
        one.attrib == other.attrib and one.text == other.text
        for one, other in zip(old, new, strict=True)
    )


def _same_beginning(before: ET.Element, after: ET.Element, ignored: str = "") -> bool:
    """Return whether nothing but further children at the end was added."""
    return (
        before.tag == after.tag
        and _without(before, ignored) == _without(after, ignored)
        and len(before) <= len(after)
        and all(_equal(old, new) for old, new in zip(before, after, strict=False))
    )


def _equal(before: ET.Element, after: ET.Element) -> bool:
    """Return whether two elements are the same, wherever they stand."""
    tails = (before.tail, after.tail)
    before.tail = after.tail = None
    same = _same(before, after)
    before.tail, after.tail = tails
    return same


def _same_styles(before: ET.Element, after: ET.Element) -> bool:
    old = {local_name(child.tag): child for child in before}
    for child in after:
        name = local_name(child.tag)
        known = old.pop(name, None)
        if name not in _COUNTED:
            if known is None or not _same(known, child):
                return False
        elif known is not None and not _same_beginning(known, child, ignored="count"):
            return False
    return not old


@remembered(16)
def _known_same_styles(before: bytes, after: bytes) -> bool:
    """Return what `_same_styles` says of two parts: whether styles were added alone."""
    try:
        return _same_styles(ET.fromstring(before), ET.fromstring(after))
    except ET.ParseError:
        return False


@remembered(16)
def _known_same_workbook(before: bytes, after: bytes, replaced: frozenset[str]) -> bool:
    """Return what `_same_workbook` says of two parts."""
    try:
        return _same_workbook(ET.fromstring(before), ET.fromstring(after), replaced)
    except ET.ParseError:
        return False


def _same_workbook(before: ET.Element, after: ET.Element, replaced: Set[str]) -> bool:
    for sheets in children(after, "sheets"):
        known = children(before, "sheets", "sheet")
        for sheet in list(sheets)[len(known) :]:
            if (sheet.get("name") or "").lower() not in replaced:
                return False
            sheets.remove(sheet)
    for root in (before, after):
        for calculation in children(root, "calcPr"):
            calculation.attrib.pop("fullCalcOnLoad", None)
            if not calculation.attrib and not len(calculation):
                root.remove(calculation)
    _take_titles_away(before, after, replaced)
    return _same_beginning(before, after) and len(before) == len(after)


def _take_titles_away(before: ET.Element, after: ET.Element, replaced: Set[str]) -> None:
    """Take from a workbook part what says which row of a sheet of ours is printed on each page."""
    known = len(children(before, "definedNames", "definedName"))
    for names in children(after, "definedNames"):
        for name in list(names)[known:]:
            sheet = (name.text or "").rpartition("!")[0].strip("'").replace("''", "'")
            if name.get("name") == "_xlnm.Print_Titles" and sheet.lower() in replaced:
                names.remove(name)
        if not len(names) and not children(before, "definedNames"):
            after.remove(names)

"""All parts of a package that an inserted row changes: whatever refers to rows."""

from collections.abc import Callable, Iterator

from xlflow.errors import UsageError
from xlflow.messages import text
from xlflow.ooxml import splice
from xlflow.ooxml.anchors import moved_drawing, moved_vml
from xlflow.ooxml.bookpart import BookPart
from xlflow.ooxml.insertion import Insertion
from xlflow.ooxml.moved_sheet import moved_sheet
from xlflow.ooxml.package import Package
from xlflow.ooxml.reference import parse_area
from xlflow.ooxml.retag import Rules, Tag, retagged
from xlflow.ooxml.xmlguard import children

Move = Callable[[bytes, str | None, Insertion], bytes]
_SHEET_NUMBER = {"calcChain": b"i", "volatileDependencies": b"s"}


def moved_parts(package: Package, book: BookPart, insertion: Insertion) -> dict[str, bytes]:
    """Return the parts that change when rows are inserted, as they are afterwards.

    Raises UsageError when the rows would part what can only move as a whole.
    """
    number = _sheet_number(package, book, insertion)
    changed = {}
    for part, kind, title in _related(package, book):
        if kind in _MOVES:
            move = _MOVES[kind]
        elif kind in _SHEET_NUMBER:
            move = _cells_by_number(kind, number)
        else:
            continue
        before = package.xml(part)
        after = move(before, title, insertion)
        if after != before:
            changed[part] = after
    before = package.xml(book.part)
    after = _moved_names(before, book, insertion)
    return changed if after == before else {**changed, book.part: after}


def _related(package: Package, book: BookPart) -> Iterator[tuple[str, str, str | None]]:
    """Yield every part that the workbook leads to, with its kind and the sheet it belongs to."""
    titles = {tab.part: tab.name for tab in book.tabs if tab.part}
    seen = {book.part}
    waiting: list[tuple[str, str | None]] = [(book.part, None)]
    while waiting:
        source, owner = waiting.pop()
        for line in package.relationships(source):
            if line.part and line.part not in seen:
                seen.add(line.part)
                title = titles.get(line.part, owner)
                yield line.part, line.kind, title
                waiting.append((line.part, title))
    for part, title in titles.items():  # one that stands at its customary place alone
        if part not in seen:
            yield part, "worksheet", title


def _sheet_number(package: Package, book: BookPart, insertion: Insertion) -> int:
    """Return the `sheetId` of the sheet that gets the rows."""
    sheets = children(package.tree(book.part), "sheets", "sheet")
    ids = [sheet.get("sheetId", "0") for sheet in sheets if insertion.concerns(sheet.get("name"))]
    return int(ids[0]) if ids else 0


def _moved_names(data: bytes, book: BookPart, insertion: Insertion) -> bytes:
    def name(value: str, tag: Tag) -> str:
        local = tag.get("localSheetId") or ""
        home = (
            book.tabs[int(local)].name if local.isdigit() and int(local) < len(book.tabs) else None
        )
        # In a name a row without a dollar sign is counted from the cell that uses the name.
        own = (tag.get("name") or "").startswith("_xlnm.")
        return insertion.formula(value, home, fixed_only=not own)

    return retagged(data, Rules({"definedName": name}, {}))


def _moved_sheet(data: bytes, title: str | None, insertion: Insertion) -> bytes:
    return moved_sheet(data, title or "", insertion)


def _moved_chart(data: bytes, _: str | None, insertion: Insertion) -> bytes:
    def formula(value: str, _: Tag) -> str:
        return insertion.formula(value, None)

    return retagged(data, Rules({"f": formula, "sqref": formula}, {}))


def _moved_references(data: bytes, title: str | None, insertion: Insertion) -> bytes:
    """Return a part of a sheet whose elements name cells: notes, tables, single mapped cells."""

    def formula(value: str, _: Tag) -> str:
        return insertion.formula(value, title)

    def reference(value: str, _: Tag) -> str:
        return insertion.reference(value)

    names = ("comment", "threadedComment", "table", "autoFilter", "sortState", "sortCondition")
    own = {name: {"ref": reference} for name in (*names, "nsvFilter")}
    own["singleXmlCell"] = {"r": reference}
    formulas = dict.fromkeys(("calculatedColumnFormula", "totalsRowFormula"), formula)
    return retagged(data, Rules(formulas, own if insertion.concerns(title) else {}))


def _moved_pivot_table(data: bytes, title: str | None, insertion: Insertion) -> bytes:
    def location(value: str, _: Tag) -> str:
        area = parse_area(value)
        if insertion.cuts(area.top, area.bottom):
            raise UsageError(*text("ooxml.parts_pivot", sheet=insertion.sheet, area=value))
        return insertion.reference(value)

    if not insertion.concerns(title):
        return data
    return retagged(data, Rules({}, {"location": {"ref": location}}))


def _moved_source(data: bytes, _: str | None, insertion: Insertion) -> bytes:
    """Return the definition of a pivot cache, whose source may be an area of the sheet."""

    def source(value: str, tag: Tag) -> str:
        here = insertion.concerns(tag.get("sheet")) and tag.get("r:id") is None
        return insertion.reference(value) if here else value

    return retagged(
        data, Rules({}, {name: {"ref": source} for name in ("worksheetSource", "rangeSet")})
    )


def _moved_control(data: bytes, title: str | None, insertion: Insertion) -> bytes:
    def formula(value: str, _: Tag) -> str:
        return insertion.formula(value, title)

    names = ("fmlaLink", "fmlaRange", "fmlaGroup", "fmlaTxbx")
    return retagged(data, Rules({}, {"formControlPr": dict.fromkeys(names, formula)}))


def _moved_parameters(data: bytes, _: str | None, insertion: Insertion) -> bytes:
    def formula(value: str, _: Tag) -> str:
        return insertion.formula(value, None)

    return retagged(data, Rules({}, {"parameter": {"cell": formula}}))


def _cells_by_number(kind: str, number: int) -> Move:
    """Return how a part moves that names cells with the number of their sheet."""
    attribute = _SHEET_NUMBER[kind]

    def move(data: bytes, _: str | None, insertion: Insertion) -> bytes:
        sheet = 0  # in a calculation chain the number stands where it changes alone

        def cell(value: str, tag: Tag) -> str:
            nonlocal sheet
            sheet = int(splice.attribute(tag.attributes, attribute) or sheet)
            return insertion.reference(value) if sheet == number else value

        return retagged(data, Rules({}, {name: {"r": cell} for name in ("c", "tr")}))

    return move


_MOVES: dict[str, Move] = {
    **dict.fromkeys(("worksheet", "chartsheet", "dialogsheet", "xlMacrosheet"), _moved_sheet),
    **dict.fromkeys(("drawing", "chartUserShapes"), moved_drawing),
    **dict.fromkeys(("chart", "chartEx"), _moved_chart),
    **dict.fromkeys(
        ("comments", "threadedComment", "table", "tableSingleCells", "namedSheetViews"),
        _moved_references,
    ),
    "vmlDrawing": moved_vml,
    "pivotTable": _moved_pivot_table,
    "pivotCacheDefinition": _moved_source,
    "ctrlProp": _moved_control,
    "connections": _moved_parameters,
}

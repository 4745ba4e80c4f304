"""What Excel asks to repair and the Open XML SDK does not see, looked for in a whole package.

`findings(data)` returns one line for each; an empty list is a clean workbook. It shares nothing
with the code that writes.
"""

import io
import posixpath
import re
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

MAX_TEXT = 32_767
MAX_FORMULA = 8_192
MAX_LITERAL = 255
_CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_ORDER = """
    sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection
    protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells
    phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins
    pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors
    smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls
    webPublishItems tableParts extLst
"""
_PLACES = {name: place for place, name in enumerate(_ORDER.split())}
_CHILDREN = {"f": 0, "v": 1, "is": 2, "extLst": 3}


@dataclass(frozen=True)
class Sheet:
    """A worksheet by its name, with its cells in the order of the file."""

    name: str
    part: str
    root: ET.Element

    @cached_property
    def rows(self) -> list[ET.Element]:
        return [row for data in named(self.root, "sheetData") for row in data]

    @property
    def cells(self) -> Iterator[ET.Element]:
        for row in self.rows:
            yield from named(row, "c")


class Package:
    """The members of a workbook, its relationships and worksheets."""

    def __init__(self, data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            self.names = archive.namelist()
            self.parts = {plain(name): archive.read(name) for name in self.names}
        self.book = next(name for name in self.parts if name.lower().endswith("workbook.xml"))

    def tree(self, part: str) -> ET.Element:
        return ET.fromstring(self.parts[part])

    def targets(self, part: str) -> dict[str, tuple[str, str]]:
        """Return kind and member of each inner relationship of a part, by id."""
        folder, base = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{base}.rels")
        found = {}
        for line in self.tree(rels) if rels in self.parts else ():
            if line.get("TargetMode") != "External":
                target = plain(line.get("Target", "").partition("#")[0])
                path = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kind = line.get("Type", "").rpartition("/")[2]
                found[line.get("Id", "")] = kind, path if target else part
        return found

    def related(self, part: str, kind: str) -> list[str]:
        """Return the parts of a kind that a part leads to."""
        return [p for each, p in self.targets(part).values() if each == kind and p in self.parts]

    @cached_property
    def sheets(self) -> list[Sheet]:
        targets = self.targets(self.book)
        found = []
        for tab in inner(self.tree(self.book), "sheets", "sheet"):
            identity = next((v for k, v in tab.attrib.items() if k.endswith("}id")), "")
            kind, part = targets.get(identity, ("", ""))
            if kind == "worksheet" and part in self.parts:
                found.append(Sheet(tab.get("name", ""), part, self.tree(part)))
        return found

    @cached_property
    def strings(self) -> int:
        """The number of shared strings."""
        parts = self.related(self.book, "sharedStrings")
        return sum(len(named(self.tree(part), "si")) for part in parts)

    @cached_property
    def texts(self) -> list[str]:
        return [
            "".join(text.text or "" for text in item.iter() if local(text) == "t")
            for part in self.related(self.book, "sharedStrings")
            for item in named(self.tree(part), "si")
        ]


def findings(data: bytes) -> list[str]:
    """Return what is wrong with a workbook, one line each."""
    package = Package(data)
    found = [line for check in PACKAGE_CHECKS for line in check(package)]
    for sheet in package.sheets:
        for look in SHEET_CHECKS:
            found += [f"{sheet.name}: {line}" for line in look(package, sheet)]
    return found


# -- the package ---------------------------------------------------------------------------------


def doubled_members(package: Package) -> Iterator[str]:
    for name, count in Counter(name.lower() for name in package.names).items():
        if count > 1:
            yield f"member twice: {name}"


def content_types(package: Package) -> Iterator[str]:
    types = package.tree("[Content_Types].xml")
    defaults = [line.get("Extension", "").lower() for line in named(types, "Default")]
    overrides = [line.get("PartName", "").lstrip("/").lower() for line in named(types, "Override")]
    for name, count in Counter(defaults + overrides).items():
        if count > 1:
            yield f"content type twice: {name}"
    for part in package.parts:
        known = part.lower() in overrides or part.rpartition(".")[2].lower() in defaults
        if not known and part != "[Content_Types].xml" and not part.endswith("/"):
            yield f"content type missing: {part}"
    kinds = {line.get("PartName", "").lstrip("/"): line.get("ContentType") for line in types}
    macros = "macroEnabled" in (kinds.get(package.book) or "")
    if macros != any(part.endswith("vbaProject.bin") for part in package.parts):
        yield "content type of the workbook does not fit its macros"


def dangling_relationships(package: Package) -> Iterator[str]:
    for rels in (part for part in package.parts if part.endswith(".rels")):
        folder, base = posixpath.split(rels)
        part = posixpath.join(posixpath.dirname(folder), base.removesuffix(".rels"))
        identities = [line.get("Id", "") for line in package.tree(rels)]
        if len(identities) != len(set(identities)):
            yield f"relationship twice: {rels}"
        for identity, (_, target) in package.targets(part).items():
            if target not in package.parts:
                yield f"relationship to nothing: {part} {identity}"


def doubled_names(package: Package) -> Iterator[str]:
    book = package.tree(package.book)
    tabs = [tab.get("name", "").lower() for tab in inner(book, "sheets", "sheet")]
    names = [
        (name.get("localSheetId"), name.get("name", "").lower())
        for name in inner(book, "definedNames", "definedName")
    ]
    for name, count in Counter([*tabs, *names]).items():
        if count > 1:
            yield f"name twice: {name}"


def calculation_chain(package: Package) -> Iterator[str]:
    tabs = inner(package.tree(package.book), "sheets", "sheet")
    numbers = {tab.get("sheetId"): tab.get("name", "") for tab in tabs}
    formulas = {
        (sheet.name, cell.get("r")) for sheet in package.sheets for cell in sheet.cells
        if named(cell, "f")
    }  # fmt: skip
    for part in package.related(package.book, "calcChain"):
        number = None
        for cell in package.tree(part):
            number = cell.get("i") or number
            if (numbers.get(number), cell.get("r")) not in formulas:
                yield f"calcChain leads to no formula: {numbers.get(number)}!{cell.get('r')}"


# -- one worksheet -------------------------------------------------------------------------------


def order_of_children(_: Package, sheet: Sheet) -> Iterator[str]:
    places = [_PLACES[local(child)] for child in sheet.root if local(child) in _PLACES]
    if places != sorted(places):
        yield "children of worksheet out of order"


def order_of_cells(_: Package, sheet: Sheet) -> Iterator[str]:
    last = 0
    for row in sheet.rows:
        number = int(row.get("r") or last + 1)
        if number <= last:
            yield f"row {number} twice or out of order"
        last, column = number, 0
        for cell in named(row, "c"):
            match = _CELL.fullmatch(cell.get("r") or "A1")
            here = column_of(match[1]) if match and cell.get("r") else column + 1
            if match is None or (cell.get("r") and int(match[2]) != number):
                yield f"cell {cell.get('r')} in row {number}"
            if here <= column:
                yield f"cell {cell.get('r')} twice or out of order"
            column = here


def contents(package: Package, sheet: Sheet) -> Iterator[str]:
    styles = package.related(package.book, "styles")
    known = sum(len(inner(package.tree(part), "cellXfs", "xf")) for part in styles) or 1
    for cell in sheet.cells:
        if int(cell.get("s") or 0) >= known:
            yield f"{cell.get('r')} has a style that is not there"
        places = [_CHILDREN.get(local(child), 9) for child in cell]
        if places != sorted(set(places)):
            yield f"{cell.get('r')} has children out of order"
        value = "".join(named(cell, "v")[0].itertext()) if named(cell, "v") else None
        yield from (f"{cell.get('r')} {line}" for line in content(package, cell, value))


def content(package: Package, cell: ET.Element, value: str | None) -> Iterator[str]:
    kind = cell.get("t", "n")
    if kind == "inlineStr" and value is not None:
        yield "is inlineStr with a v"
    if kind != "inlineStr" and named(cell, "is"):
        yield "has an is and is no inlineStr"
    text = "".join(part.text or "" for part in cell.iter() if local(part) == "t")
    if kind == "str":
        text = value or ""
    if units(text) > MAX_TEXT:
        yield "has a text too long"
    if value is None:
        return
    if kind == "s" and not (value.strip().isdigit() and int(value) < package.strings):
        yield "points to no shared string"
    if kind == "n" and not _NUMBER.fullmatch(value.strip()):
        yield f"is a number and says {value[:20]!r}"
    if kind == "b" and value.strip() not in ("0", "1", "true", "false"):
        yield "is a truth and says something else"


def formulas(_: Package, sheet: Sheet) -> Iterator[str]:
    masters = set()
    for cell in sheet.cells:
        for formula in named(cell, "f"):
            text = formula.text or ""
            if formula.get("t") == "shared":
                if text:
                    masters.add(formula.get("si"))
                elif formula.get("si") not in masters:
                    yield f"{cell.get('r')} shares a formula that is not there"
            if line := broken_formula(text):
                yield f"{cell.get('r')} {line}"


def broken_formula(text: str) -> str:
    """Return what is wrong with a formula, empty when nothing is seen."""
    if len(text) > MAX_FORMULA:
        return "has a formula too long"
    if text.startswith("="):
        return "has a formula that starts with ="
    if text.count('"') % 2:
        return "has a formula with an open text"
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|\[[^\[\]]*\]", "", text)
    depth = 0
    for letter in bare:
        depth += (letter == "(") - (letter == ")")
        if depth < 0:
            break
    return "has a formula with odd brackets" if depth else ""


def merges(_: Package, sheet: Sheet) -> Iterator[str]:
    areas = [area_of(each.get("ref", "")) for each in inner(sheet.root, "mergeCells", "mergeCell")]
    areas.sort()
    for index, (top, left, bottom, right) in enumerate(areas):
        for other in areas[index + 1 :]:
            if other[0] > bottom:
                break
            if other[1] <= right and left <= other[3]:
                yield f"merged areas overlap in row {other[0]}"
        if (top, left) == (bottom, right):
            yield f"a single cell is merged in row {top}"


def validations(_: Package, sheet: Sheet) -> Iterator[str]:
    for rule in inner(sheet.root, "dataValidations", "dataValidation"):
        for formula in named(rule, "formula1") + named(rule, "formula2"):
            text = formula.text or ""
            if text.startswith('"') and units(text) - 2 > MAX_LITERAL:
                yield f"the list of a validation is too long: {rule.get('sqref')}"


def tables(package: Package, sheet: Sheet) -> Iterator[str]:
    cells = {cell.get("r"): cell for cell in sheet.cells}
    for part in package.related(sheet.part, "table"):
        table = package.tree(part)
        top, left, _, right = area_of(table.get("ref", "A1"))
        columns = [each.get("name", "") for each in inner(table, "tableColumns", "tableColumn")]
        if len(columns) != right - left + 1 or len({name.lower() for name in columns}) < len(
            columns
        ):
            yield f"columns of table {table.get('name')}"
        if table.get("headerRowCount") == "0":
            continue
        for column, name in enumerate(columns, left):
            cell = cells.get(f"{letters(column)}{top}")
            shown = None if cell is None else shown_text(package, cell)
            if shown is None or shown.replace("\r\n", "\n") != unescaped(name):
                yield f"heading of table {table.get('name')}: {name!r} is {shown!r}"


PACKAGE_CHECKS: tuple[Callable[[Package], Iterator[str]], ...] = (
    doubled_members, content_types, dangling_relationships, doubled_names, calculation_chain,
)  # fmt: skip
SHEET_CHECKS: tuple[Callable[[Package, Sheet], Iterator[str]], ...] = (
    order_of_children, order_of_cells, contents, formulas, merges, validations, tables,
)  # fmt: skip


# -- small things --------------------------------------------------------------------------------


def shown_text(package: Package, cell: ET.Element) -> str:
    value = named(cell, "v")
    if cell.get("t") == "s":
        index = int(value[0].text or 0)
        return unescaped(package.texts[index]) if index < len(package.texts) else ""
    if cell.get("t") == "inlineStr":
        return unescaped("".join(t.text or "" for t in cell.iter() if local(t) == "t"))
    return (value[0].text or "") if value else ""


def unescaped(text: str) -> str:
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def named(element: ET.Element, name: str) -> list[ET.Element]:
    return [child for child in element if local(child) == name]


def inner(element: ET.Element, first: str, second: str) -> list[ET.Element]:
    return [child for parent in named(element, first) for child in named(parent, second)]


def plain(name: str) -> str:
    return name.replace("\\", "/")


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def column_of(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def letters(number: int) -> str:
    return letters((number - 1) // 26) + chr(65 + (number - 1) % 26) if number else ""


def area_of(reference: str) -> tuple[int, int, int, int]:
    """Return top, left, bottom and right of an area."""
    first, _, last = reference.replace("$", "").partition(":")
    ends = [_CELL.fullmatch(end) for end in (first, last or first)]
    assert ends[0]
    assert ends[1]
    return int(ends[0][2]), column_of(ends[0][1]), int(ends[1][2]), column_of(ends[1][1])

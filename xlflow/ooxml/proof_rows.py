"""What a part must look like once rows were inserted, for the proof.

It shares no code with the insertion: trees are changed, and formulas are gone through letter by
letter.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence

from xlflow.ooxml.formulas import shifted
from xlflow.ooxml.insertion import Insertion
from xlflow.ooxml.reference import MAX_ROW, cell_name, column_number
from xlflow.ooxml.xmlguard import children, local_name

_WORD = re.compile(r"[\w.$\\?]+")
_CELL = re.compile(r"(\$?[A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})")
_ROW = re.compile(r"()(\$?)([1-9][0-9]{0,6})")
_SHEETS = re.compile(r"(?:\[[^\]]*\])?[\w.]+(?::[\w.]+)?!")

# Elements and attributes that name cells of their own sheet; those that grow with a copied row.
_NAMING = {
    "mergeCell": ("ref",), "hyperlink": ("ref",), "autoFilter": ("ref",), "sortState": ("ref",),
    "sortCondition": ("ref",), "selection": ("activeCell", "sqref"), "scenarios": ("sqref",),
    "inputCells": ("r",), "cellWatch": ("r",), "cellSmartTags": ("r",), "sheetPr": ("syncRef",),
    "webPublishItem": ("sourceRef",), "comment": ("ref",), "threadedComment": ("ref",),
    "table": ("ref",), "nsvFilter": ("ref",), "singleXmlCell": ("r",), "location": ("ref",),
}  # fmt: skip
_GROWING = {"conditionalFormatting", "dataValidation", "ignoredError", "protectedRange"}
_FORMULAS = {"formula", "formula1", "formula2", "f", "calculatedColumnFormula", "totalsRowFormula"}
_FORMULA_ATTRIBUTES = {
    "cfvo": ("val",), "hyperlink": ("location",), "controlPr": ("linkedCell", "listFillRange"),
    "sp": ("textlink",), "cameraTool": ("cellRange",), "parameter": ("cell",),
    "formControlPr": ("fmlaLink", "fmlaRange", "fmlaGroup", "fmlaTxbx"),
}  # fmt: skip
_NUMBERED = {"calcChain": "i", "volatileDependencies": "s"}
_PLACES = {"topLeftCell", "ySplit"}
_CLIENT = re.compile(rb"<x:ClientData\b.*?</x:ClientData>", re.DOTALL)
_PLACED = re.compile(rb"(<x:(?:Anchor|Row|Fmla(?!Macro)\w+)>)([^<]*)")
# Kinds of parts in which something may refer to rows.
CONCERNED = frozenset(
    {
        "worksheet", "chartsheet", "dialogsheet", "xlMacrosheet", "drawing", "chartUserShapes",
        "chart", "chartEx", "comments", "threadedComment", "table", "tableSingleCells",
        "namedSheetViews", "pivotTable", "pivotCacheDefinition", "ctrlProp", "connections",
        "vmlDrawing", "workbook",
        *_NUMBERED,
    }
)  # fmt: skip


def after_insertion(
    root: ET.Element, kind: str, home: str | None, insertion: Insertion, number: str
) -> None:
    """Change the tree of a part to what it must be after an insertion.

    `home` is the sheet the part belongs to, `number` the id of the sheet that gets the rows.
    """
    own = _is(home, insertion)
    where = None if kind in ("chart", "chartEx") else home
    chain = "0"
    for parent, element in _walk(root):
        name = local_name(element.tag)
        _move_formulas(element, where, insertion)
        if kind in _NUMBERED and name in ("c", "tr"):
            chain = element.get(_NUMBERED[kind], chain)
            if chain == number:
                element.set("r", _moved_areas(element.get("r", ""), insertion))
        elif name in ("worksheetSource", "rangeSet") and _is(element.get("sheet"), insertion):
            element.set("ref", _moved_areas(element.get("ref", ""), insertion))
        elif name == "sqref" and where is None:
            element.text = moved_formula(element.text or "", None, insertion)
        elif own:
            _rename(parent, element, insertion)
    if own and kind == "worksheet":
        _insert_rows(root, insertion)
        _repeat_merges(root, insertion)


def _move_formulas(element: ET.Element, home: str | None, insertion: Insertion) -> None:
    name = local_name(element.tag)
    if name in _FORMULAS and element.text:
        element.text = moved_formula(element.text, home, insertion)
    for attribute in _FORMULA_ATTRIBUTES.get(name, ()):
        if value := element.get(attribute):
            element.set(attribute, moved_formula(value, home, insertion))


def moved_names(root: ET.Element, titles: Sequence[str], insertion: Insertion) -> None:
    """Change the defined names in the tree of a workbook part."""
    for element in children(root, "definedNames", "definedName"):
        local = element.get("localSheetId", "")
        home = titles[int(local)] if local.isdigit() and int(local) < len(titles) else None
        built_in = element.get("name", "").startswith("_xlnm.")
        element.text = moved_formula(element.text or "", home, insertion, relative=built_in)


def without_sharing(root: ET.Element) -> None:
    """Write every shared formula of a sheet out in its own cell."""
    masters: dict[str, tuple[int, int, str]] = {}
    for row, column, formula in _formulas(root):
        if formula.get("t") != "shared":
            continue
        shared = formula.get("si", "")
        if formula.text:
            masters[shared] = (row, column, formula.text)
        elif shared in masters:
            first, left, text = masters[shared]
            formula.text = shifted(text, row - first, column - left)
        for attribute in ("t", "si", "ref"):
            formula.attrib.pop(attribute, None)


def same_where_placed(
    before: ET.Element, after: ET.Element, insertions: Sequence[Insertion]
) -> bool:
    """Return whether two trees are the same but for where something floats or is scrolled to."""
    if before.tag != after.tag or len(before) != len(after) or before.keys() != after.keys():
        return False
    for name, value in before.attrib.items():
        other = after.get(name)
        if other != value and (name not in _PLACES or other not in _places(value, insertions)):
            return False
    text, other = before.text or "", after.text or ""
    at_row = local_name(before.tag) == "row" and other in _places(text, insertions, first=0)
    return (
        (text == other or at_row)
        and (before.tail or "") == (after.tail or "")
        and all(same_where_placed(*pair, insertions) for pair in zip(before, after, strict=True))
    )


def same_shapes(
    before: bytes, after: bytes, home: str | None, insertions: Sequence[Insertion]
) -> bool:
    """Return whether two VML parts are the same but for rows, which are as they must be."""
    if _CLIENT.sub(b"", before) != _CLIENT.sub(b"", after):
        return False
    return all(
        _PLACED.sub(rb"\1", old) == _PLACED.sub(rb"\1", new)
        and all(
            _same_place(tag, was.decode(), now.decode(), home, insertions)
            for (tag, was), (_, now) in zip(_PLACED.findall(old), _PLACED.findall(new), strict=True)
        )
        for old, new in zip(_CLIENT.findall(before), _CLIENT.findall(after), strict=True)
    )


def _same_place(
    tag: bytes, before: str, after: str, home: str | None, insertions: Sequence[Insertion]
) -> bool:
    own = [insertion for insertion in insertions if _is(home, insertion)]
    if b"Fmla" in tag:
        for insertion in insertions:
            before = moved_formula(before, home, insertion)
        return before == after
    if tag == b"<x:Row>":
        row = int(before) + 1
        for insertion in own:
            row = _row(row, insertion)
        return int(after) == row - 1
    old, new = (list(map(int, re.findall("[0-9]+", text))) for text in (before, after))
    down = {0}
    for insertion in own:
        down |= {steps + insertion.count for steps in down}
    return len(old) == len(new) and all(
        now - was in (down if place in (2, 6) else {0})
        for place, (was, now) in enumerate(zip(old, new, strict=True))
    )


def moved_formula(
    formula: str, home: str | None, insertion: Insertion, *, relative: bool = True
) -> str:
    r"""Return a formula of the sheet `home` with its rows numbered as after the insertion.

    Without `relative` only rows with a dollar sign move.

    >>> moved_formula("'二'!A7+A7&\"A7\"+T[A7]+7:7+LOG10(A5)", "表1", Insertion("表1", 5, 2))
    '\'二\'!A7+A9&"A7"+T[A7]+9:9+LOG10(A5)'
    """
    pieces: list[str] = []
    position, sheet = 0, home
    while position < len(formula):
        end, word = _piece(formula, position)
        piece = formula[position:end]
        if piece.endswith("!") and len(piece) > 1 and not piece.startswith("#"):
            sheet = piece[:-1].strip("'").replace("''", "'").removeprefix("[0]")
        elif word:
            nearby = formula[position - 1 : position] + formula[end : end + 1]
            if _is(sheet, insertion) and not formula.startswith(("(", "[", "!"), end):
                piece = _moved_word(piece, nearby, insertion, relative=relative)
            sheet = sheet if formula.startswith(":", end) else home
        pieces.append(piece)
        position = end
    return "".join(pieces)


def _piece(formula: str, start: int) -> tuple[int, bool]:
    """Return where the piece ends that begins at a place, and whether it is a plain word."""
    letter = formula[start]
    sheet = _SHEETS.match(formula, start)
    if sheet and not _CELL.fullmatch(sheet[0].partition(":")[0]):
        return sheet.end(), False
    if letter == '"':
        return _quoted_end(formula, start), False
    if letter == "'":
        end = _quoted_end(formula, start)
        return end + formula.startswith("!", end), False
    if letter == "[":
        return _bracket_end(formula, start), False
    if formula.startswith("#REF!", start):
        following = _WORD.match(formula, start + 5)
        return (following.end() if following else start + 5), False
    word = _WORD.match(formula, start)
    return (word.end(), True) if word else (start + 1, False)


def _quoted_end(formula: str, start: int) -> int:
    quote, position = formula[start], start + 1
    while position < len(formula):
        if formula[position] == quote:
            if not formula.startswith(quote, position + 1):
                return position + 1
            position += 1
        position += 1
    return position


def _bracket_end(formula: str, start: int) -> int:
    depth, position = 0, start
    while position < len(formula):
        letter = formula[position]
        position += 2 if letter == "'" else 1
        depth += (letter == "[") - (letter == "]")
        if depth == 0:
            break
    return position


def _moved_word(word: str, nearby: str, insertion: Insertion, *, relative: bool) -> str:
    match = _CELL.fullmatch(word) or (_ROW.fullmatch(word) if ":" in nearby else None)
    if match is None or not (relative or match[2]):
        return word
    return f"{match[1]}{match[2]}{_row(int(match[3]), insertion)}"


def _is(sheet: str | None, insertion: Insertion) -> bool:
    return sheet is not None and sheet.lower() == insertion.sheet.lower()


def _row(number: int, insertion: Insertion) -> int:
    return min(MAX_ROW, number + (insertion.count if number > insertion.below else 0))


def _moved_areas(areas: str, insertion: Insertion) -> str:
    return re.sub("[0-9]+", lambda match: str(_row(int(match[0]), insertion)), areas)


def _grown_areas(areas: str, insertion: Insertion) -> str:
    grown = []
    for area in areas.split(" "):
        ends = re.findall("[0-9]+", area)
        if ends and int(ends[-1]) == insertion.below:
            letters = re.findall(r"\$?[A-Za-z]*\$?", area.rpartition(":")[2])[0]
            grown.append(f"{area.partition(':')[0]}:{letters}{insertion.below + insertion.count}")
        else:
            grown.append(_moved_areas(area, insertion))
    return " ".join(grown)


def _places(value: str, insertions: Iterable[Insertion], first: int = 1) -> set[str]:
    """Return what may become of a cell or a number of rows; `first` is the first row's number."""
    found = {value.strip()}
    for insertion in insertions:
        for place in tuple(found):
            match = re.fullmatch("([A-Z]*)([0-9]+)", place)
            if match and int(match[2]) + 1 - first >= insertion.below:
                found.add(f"{match[1]}{int(match[2]) + insertion.count}")
    return found


def _rename(parent: ET.Element, element: ET.Element, insertion: Insertion) -> None:
    """Name the cells anew that an element of the sheet itself names."""
    name = local_name(element.tag)
    for attribute in _NAMING.get(name, ()):
        if value := element.get(attribute):
            element.set(attribute, _moved_areas(value, insertion))
    if name == "dimension":
        element.set("ref", _grown_areas(element.get("ref", ""), insertion))
    elif name in _GROWING and element.get("sqref"):
        element.set("sqref", _grown_areas(element.get("sqref", ""), insertion))
    elif name == "sqref":
        grows = local_name(parent.tag) in _GROWING
        element.text = (_grown_areas if grows else _moved_areas)(element.text or "", insertion)
    elif name == "brk" and local_name(parent.tag) == "rowBreaks":
        below = int(element.get("id", "0"))
        element.set("id", str(below + (insertion.count if below >= insertion.below else 0)))


def _insert_rows(root: ET.Element, insertion: Insertion) -> None:
    for data in children(root, "sheetData"):
        rows: list[ET.Element] = []
        number = 0
        for row in data:
            number = int(row.get("r") or number + 1)
            if number + insertion.count > MAX_ROW and not list(row.iter(f"{row.tag[:-3]}v")):
                continue
            _number(row, _row(number, insertion), insertion)
            rows.append(row)
            if number == insertion.below:
                rows += (_copy(row, down, insertion) for down in range(1, insertion.count + 1))
        data[:] = rows


def _number(row: ET.Element, number: int, insertion: Insertion) -> None:
    if row.get("r"):
        row.set("r", str(number))
    for cell in row:
        if name := cell.get("r"):
            cell.set("r", f"{name.rstrip('0123456789')}{number}")
        for formula in children(cell, "f"):
            for attribute in ("ref", "r1", "r2"):
                if value := formula.get(attribute):
                    formula.set(attribute, _moved_areas(value, insertion))


def _repeat_merges(root: ET.Element, insertion: Insertion) -> None:
    end = rf"\$?[A-Za-z]+\$?{insertion.below}"
    for merges in children(root, "mergeCells"):
        within = [each for each in merges if re.fullmatch(f"{end}:{end}", each.get("ref", ""))]
        for down in range(1, insertion.count + 1):
            for each in within:
                ref = re.sub("[0-9]+", str(insertion.below + down), each.get("ref", ""))
                merges.append(ET.Element(each.tag, {"ref": ref.replace("$", "")}))
        if within and merges.get("count"):
            merges.set("count", str(len(merges)))


def _copy(row: ET.Element, down: int, insertion: Insertion) -> ET.Element:
    """Return a new row in the look of another, the formulas filled down."""
    number = insertion.below + down
    copy = ET.Element(row.tag, {**row.attrib, "r": str(number)})
    copy.attrib.pop("collapsed", None)
    column = 0
    for cell in row:
        name = cell.get("r")
        column = column_number(name.rstrip("0123456789")) if name else column + 1
        place = cell_name(number, column)
        new = ET.SubElement(copy, cell.tag, {"r": place})
        if style := cell.get("s"):
            new.set("s", style)
        for formula in children(cell, "f"):
            _fill_down(formula, down, place, cell, new)
    return copy


def _fill_down(
    formula: ET.Element, down: int, place: str, cell: ET.Element, new: ET.Element
) -> None:
    kind, reference = formula.get("t"), formula.get("ref", "")
    alone = reference.partition(":")[2] in ("", reference.partition(":")[0])
    if not formula.text or kind == "dataTable" or (kind == "array" and not alone):
        return
    if kind == "array" and cell.get("cm"):
        new.set("cm", cell.get("cm", ""))
    of_array = {"t": "array", "ref": place} if kind == "array" else {}
    ET.SubElement(new, formula.tag, of_array).text = shifted(formula.text, down, 0)


def _walk(root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    yield root, root
    for parent in root.iter():
        for element in parent:
            yield parent, element


def _formulas(root: ET.Element) -> Iterator[tuple[int, int, ET.Element]]:
    number = 0
    for row in children(root, "sheetData", "row"):
        number = int(row.get("r") or number + 1)
        column = 0
        for cell in row:
            name = cell.get("r")
            column = column_number(name.rstrip("0123456789")) if name else column + 1
            for formula in children(cell, "f"):
                yield number, column, formula

"""Edit every workbook of a folder at random and show that nothing else was lost.

Run `python benchmarks/corpus.py [FOLDER] [--cells 50] [--seed N] [--long]`. The folder is the
corpus of real files beside the checkout; to it come workbooks made here: our templates and
filled forms, and what XlsxWriter, openpyxl and LibreOffice save. In each, random cells of random
sheets are set (numbers, texts, truths, dates, blanks; cells with formulas, merged cells, cells
that are not there yet, hidden sheets), and 20 get a note and a highlight. Then, by code that shares
nothing with the writing:

- every part that is not to be touched is the same compressed bytes, in the same place, with the
  same time and attributes;
- every cell, row and other element of the touched sheets is the same but for what was set and
  the highlights; styles and the workbook part have only gained; shapes are where and what they
  were, the boxes of new notes behind them;
- styles of cells, notes, validations, conditional formats, merges and names are what they were,
  as openpyxl sees them;
- openpyxl reads the new notes behind the words of others, and sees the highlights;
- openpyxl and python-calamine read the new values; LibreOffice opens the file;
- with XLFLOW_OOXML_VALIDATOR, the Open XML SDK reports no error that the input has not.

Without `--long`, LibreOffice and the SDK take a sample. Exits 1 on any loss.
"""

import argparse
import io
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
import xml.etree.ElementTree as ET
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Any

import openpyxl
import python_calamine
from made_books import made_books
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.utils.datetime import to_excel as serial_of
from openpyxl.utils.escape import unescape

from xlflow.errors import FileRefused
from xlflow.ooxml import Workbook, prove

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
VALIDATOR = "XLFLOW_OOXML_VALIDATOR"
SAMPLE = 12  # files a bounded run gives to LibreOffice and to the SDK
SECOND = timedelta(seconds=1)
LARGEST = 2 << 20  # bytes; openpyxl takes a minute for more
VALUES: tuple[Any, ...] = (
    Decimal("81.25"),
    Decimal("-0.000001"),
    1_234_567,
    "完成率≥95%",
    "  行首有空格 <&> \"'",
    "第一行\n第二行",
    "_x000D_ is no escape",
    "bell \x07 and return \r",
    "=1+1",
    True,
    False,
    date(2022, 6, 30),
    datetime.fromisoformat("2024-02-29T13:30"),  # a workbook knows no time zone
    None,
)
MARKS = 20  # cells that get a note and a highlight
HIGHLIGHT = 'ISTEXT("xlflow")'  # the condition of xlflow's highlights
COMMENTS = re.compile(r"(?<!threaded)comments?[0-9]*\.xml$")
NEW_MEMBER = re.compile(r"styles\.xml$|comments[^/]*\.xml$|vmlDrawing[0-9]+\.vml$|\.rels$")
FILLS = ("FFFFC7CE", "FFFFEB9C", "FFDDEBF7")
Place = tuple[str, int, int]
Written = dict[Place, Any]
Marked = dict[Place, str]
Dice = random.Random


@dataclass
class Seen:
    """What a run has tried and found."""

    tried: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    parts: int = 0
    cells: int = 0
    read: Counter[str] = field(default_factory=Counter)
    losses: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Edited:
    """A workbook before and after, with the values and notes set by sheet, row and column."""

    name: str
    before: bytes
    after: bytes
    written: Written
    marked: Marked

    def marked_on(self, sheet: str) -> dict[str, str]:
        """Return the notes set on a sheet, by cell."""
        return {cell_of(place): note for place, note in self.marked.items() if place[0] == sheet}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS)
    parser.add_argument("--cells", type=int, default=50)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--long", action="store_true", help="LibreOffice and SDK on every file")
    options = parser.parse_args()
    seen = Seen()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = workbooks(options.folder) + made_books(folder)
        edited = list(edit_all(files, options.cells, options.seed, seen))
        sample = edited if options.long else edited[:: max(1, len(edited) // SAMPLE)]
        if shutil.which("soffice"):
            seen.losses += unopened_by_libreoffice(sample, folder, seen)
        if validator := os.environ.get(VALIDATOR):
            seen.losses += new_sdk_errors(sample, validator, folder, seen)
        else:
            print(f"SDK: skipped, {VALIDATOR} does not name the validator")
    report(seen)
    sys.exit(1 if seen.losses else 0)


def report(seen: Seen) -> None:
    print(f"files tried {seen.tried}, edited {seen.tried - seen.refused.total()}")
    for why, count in sorted(seen.refused.items()):
        print(f"  refused {count}: {why}")
    print(f"parts compared {seen.parts}, cells compared {seen.cells}")
    for reader, count in sorted(seen.read.items()):
        print(f"  {reader}: {count}")
    print(f"losses {len(seen.losses)}")
    for loss in seen.losses[:50]:
        print(f"  {loss}")


def workbooks(folder: Path) -> list[Path]:
    """Return the workbooks of a folder that xlflow edits, by suffix."""
    suffixes = {".xlsx", ".xlsm", ".xltx", ".xltm"}
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes)


def edit_all(files: Iterable[Path], cells: int, seed: int, seen: Seen) -> Iterator[Edited]:
    """Yield the edited workbooks; what is refused and what is lost goes into `seen`."""
    for path in files:
        seen.tried += 1
        try:
            each = edited(path, cells, seed)
        except FileRefused as error:
            seen.refused[f"{error.code} {path.name}: {error.en}"] += 1
            continue
        seen.losses += [f"{path.name}: {loss}" for loss in losses(each, seen)]
        yield each


# -- the edits -----------------------------------------------------------------------------------


def edited(path: Path, cells: int, seed: int) -> Edited:
    """Return a workbook after all edits, each proved; raises FileRefused."""
    data = path.read_bytes()
    dice = random.Random(f"{seed} {path.name}")
    book = Workbook.from_bytes(data, path.name)
    written = write_values(book, dice, cells)
    marked = mark_cells(book, dice, MARKS)
    after = book.to_bytes(recalculate=dice.random() < 0.5)
    prove(data, after, by_sheet(written), shown=by_sheet(marked), refreshed=book.refreshed)
    return Edited(path.name, data, after, written, marked)


def by_sheet(places: Iterable[Place]) -> dict[str, list[str]]:
    """Return cells by sheet."""
    cells: dict[str, list[str]] = {}
    for place in places:
        cells.setdefault(place[0], []).append(cell_of(place))
    return cells


def cell_of(place: Place) -> str:
    return f"{get_column_letter(place[2])}{place[1]}"


def write_values(book: Workbook, dice: Dice, count: int) -> Written:
    """Set random values, half of them where something stands already."""
    written: Written = {}
    headings = table_headings(book.original)
    for place in random_cells(book, dice, count):
        if place in headings:
            continue  # the heading of a table is the name of its column as well
        value = dice.choice(VALUES)
        book.sheet(place[0])[cell_of(place)] = value
        written[place] = value
    return written


def mark_cells(book: Workbook, dice: Dice, count: int) -> Marked:
    """Note something at random cells and paint them."""
    marked: Marked = {}
    for number, place in enumerate(random_cells(book, dice, count)):
        sheet, cell = book.sheet(place[0]), cell_of(place)
        marked[place] = f"【错误 C{number}】{cell} 的 <值> & “单位” 不对。\n请改正。"
        sheet.note(cell, marked[place])
        sheet.highlight(cell, dice.choice(FILLS))
    return marked


def random_cells(book: Workbook, dice: Dice, count: int) -> Iterator[Place]:
    """Yield cells of random sheets, half of them where something stands; anchors of merges."""
    for _ in range(count if book.sheet_names else 0):
        sheet = book.sheet(dice.choice(book.sheet_names))
        row, column = dice.randint(1, 80), dice.randint(1, 16)
        if sheet.content.cells and dice.random() < 0.5:
            row, column = dice.choice(list(sheet.content.cells))
        for area in sheet.content.merges:
            if area.contains(row, column):
                row, column = area.top, area.left
        yield sheet.name, row, column


def table_headings(data: bytes) -> set[Place]:
    """Return the cells that are headings of tables."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = set()
        for sheet, part in sheet_parts(archive).items():
            folder, _, base = part.rpartition("/")
            for line in members_tree(archive, f"{folder}/_rels/{base}.rels"):
                if line.get("Type", "").endswith("/table"):
                    base = line.get("Target", "").rpartition("/")[2]
                    table = next(name for name in archive.namelist() if name.endswith(f"/{base}"))
                    left, top, right, _ = area_of(tree(archive.read(table)).get("ref", "A1"))
                    found |= {(sheet, top, column) for column in range(left, right + 1)}
    return found


def members_tree(archive: zipfile.ZipFile, member: str) -> Iterable[ET.Element]:
    return tree(archive.read(member)) if member in archive.namelist() else ()


# -- what must be the same -----------------------------------------------------------------------


def losses(each: Edited, seen: Seen) -> Iterator[str]:
    """Yield what was lost in a workbook."""
    old, new = (zipfile.ZipFile(io.BytesIO(data)) for data in (each.before, each.after))
    parts = sheet_parts(old)
    touched = {name.replace("\\", "/").lower() for name in parts.values()}
    yield from changed_members(each, old, new, touched, seen)
    for sheet, part in parts.items():
        if part in old.namelist() and old.read(part) != new.read(part):
            here = {place[1:] for place in each.written if place[0] == sheet}
            trees = tree(old.read(part)), tree(new.read(part))
            without_marks(*trees, set(each.marked_on(sheet)))
            yield from (f"{sheet}!{loss}" for loss in changed_sheet(*trees, here, seen))
    yield from seen_by_openpyxl(each, seen)
    yield from read_by_calamine(each, seen)


def changed_members(
    each: Edited, old: zipfile.ZipFile, new: zipfile.ZipFile, touched: set[str], seen: Seen
) -> Iterator[str]:
    """Yield the members that are not the same bytes, and those not in their place."""
    for before, after in zip_longest(old.infolist(), new.infolist()):
        if before is None:
            if not (each.marked and NEW_MEMBER.search(after.filename)):
                yield f"{after.filename}: new"
            continue
        if after is None or before.filename != after.filename:
            yield f"{before.filename}: not in its place"
            return
        seen.parts += 1
        facts = ("filename", "date_time", "compress_type", "comment", "external_attr", "extra")
        if any(getattr(before, fact) != getattr(after, fact) for fact in facts):
            yield f"{before.filename}: header"
        if packed(each.before, before) == packed(each.after, after):
            continue
        contents = old.read(before.filename), new.read(after.filename)
        yield from changed_part(before.filename, contents, touched)


def changed_part(member: str, contents: tuple[bytes, bytes], touched: set[str]) -> Iterator[str]:
    """Yield what differs in a part, other than what an edit of cells may change."""
    old, new = contents
    name = member.replace("\\", "/").lower()
    if name.endswith("workbook.xml"):
        if flat(tree(old), "calcPr") != flat(tree(new), "calcPr"):
            yield f"{member}: more than calcPr"
    elif name.endswith("styles.xml"):
        yield from changed_styles(tree(old), tree(new))
    elif name.endswith((".rels", "[content_types].xml")):
        lines = [flat(line) for line in tree(new)]
        if any(flat(line) not in lines for line in tree(old)):
            yield f"{member}: lost a line"
    elif name.endswith(".vml"):
        kept = old.rstrip().removesuffix(b"</xml>")
        if not new.startswith(kept):
            yield f"{member}: shapes"
    elif name not in touched and not COMMENTS.search(name):  # openpyxl looks at what notes say
        yield f"{member}: changed"


def without_marks(old: ET.Element, new: ET.Element, marked: set[str]) -> None:
    """Take the highlights at marked cells, and the tie to new notes, from a sheet."""
    ties = [local(child) for child in old if local(child) == "legacyDrawing"]
    for child in list(new):
        own = [each for each in child.iter() if each.text == HIGHLIGHT]
        at = {area.partition(":")[0] for area in child.get("sqref", "").split()}
        highlight = local(child) == "conditionalFormatting" and own and at <= marked
        tie = local(child) == "legacyDrawing" and not ties and marked
        if highlight or tie:
            new.remove(child)


def packed(archive: bytes, member: zipfile.ZipInfo) -> bytes:
    """Return the compressed bytes of a member, by its local header."""
    start = member.header_offset
    name, extra = (
        int.from_bytes(archive[start + at : start + at + 2], "little") for at in (26, 28)
    )
    begin = start + 30 + name + extra
    return archive[begin : begin + member.compress_size]


def changed_styles(old: ET.Element, new: ET.Element) -> Iterator[str]:
    """Yield the sections of the styles that have not only gained at their end."""
    after = {local(child): child for child in new}
    for section in old:
        name = local(section)
        gained = after.get(name)
        known = [flat(child) for child in section]
        if gained is None or [flat(child) for child in gained][: len(known)] != known:
            yield f"styles: {name}"


def changed_sheet(
    old: ET.Element, new: ET.Element, written: set[tuple[int, int]], seen: Seen
) -> Iterator[str]:
    """Yield what differs in a sheet outside the cells that were set."""
    if old.attrib != new.attrib or [local(e) for e in old] != [local(e) for e in new]:
        yield "worksheet"
    for before, after in zip(old, new, strict=False):
        if local(before) == "sheetData":
            yield from changed_cells(before, after, written, seen)
        elif local(before) != "dimension" and flat(before) != flat(after):
            yield local(before)


def changed_cells(
    old: ET.Element, new: ET.Element, written: set[tuple[int, int]], seen: Seen
) -> Iterator[str]:
    before, after = dict(cells_of(old)), dict(cells_of(new))
    filled = [
        area_of(formula.get("ref", "A1"))
        for formula in old.iter()
        if local(formula) == "f" and formula.get("ref")
    ]
    for place, cell in before.items():
        seen.cells += 1
        other = after.get(place)
        if other is None:
            yield f"{place} lost"
        elif place in written:
            if formulas(cell) != formulas(other):
                yield f"{place} formula"
        elif flat(cell) != flat(other):
            row, column = place
            inside = any(a <= column <= c and b <= row <= d for a, b, c, d in filled)
            same_style = cell.get("s") == other.get("s") and formulas(cell) == formulas(other)
            if not same_style or not (formulas(cell) or inside):
                yield f"{place} changed"
    for place in after.keys() - before.keys() - written:
        yield f"{place} new"
    yield from changed_rows(old, new)


def changed_rows(old: ET.Element, new: ET.Element) -> Iterator[str]:
    rows = dict(rows_of(old))
    for number, row in rows_of(new):
        known = rows.get(number)
        if known is not None and row_facts(known) != row_facts(row):
            yield f"row {number}"


def rows_of(data: ET.Element) -> Iterator[tuple[int, ET.Element]]:
    number = 0
    for row in data:
        number = int(row.get("r") or number + 1)
        yield number, row


def cells_of(data: ET.Element) -> Iterator[tuple[tuple[int, int], ET.Element]]:
    for number, row in rows_of(data):
        column = 0
        for cell in row:
            reference = cell.get("r")
            column = area_of(reference)[0] if reference else column + 1
            yield (number, column), cell


def area_of(reference: str) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom of an area."""
    left, top, right, bottom = (edge or 0 for edge in range_boundaries(reference))
    return left, top, right, bottom


def row_facts(row: ET.Element) -> dict[str, str]:
    return {key: value for key, value in row.attrib.items() if key not in ("spans", "r")}


def formulas(cell: ET.Element) -> list[Any]:
    return [flat(child) for child in cell if local(child) == "f"]


def flat(element: ET.Element, without: str = "") -> Any:
    """Return an element as plain data that compares by value."""
    inner = [flat(child, without) for child in element if local(child) != without]
    return element.tag, element.attrib, (element.text or "").strip("\n"), inner


def local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def tree(data: bytes) -> ET.Element:
    return ET.fromstring(data)


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return the member of each worksheet by its name, as the relationships say."""
    members = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    book = next(name for name in members if name.endswith("workbook.xml"))
    folder = book.rpartition("/")[0]
    rels = members.get(f"{folder}/_rels/workbook.xml.rels".lstrip("/"))
    targets = {}
    for line in tree(archive.read(rels)) if rels else ():
        target = line.get("Target", "").replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
        targets[line.get("Id", "")] = members.get(path.lower().lstrip("/"))
    found = {}
    for sheet in tree(archive.read(members[book])).iter():
        if local(sheet) == "sheet":
            identity = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
            if part := targets.get(identity):
                found[sheet.get("name", "")] = part
    return found


# -- what other programs see ---------------------------------------------------------------------


def seen_by_openpyxl(each: Edited, seen: Seen) -> Iterator[str]:
    """Yield what openpyxl sees differently, and new values it does not read."""
    if len(each.before) > LARGEST:
        seen.read["openpyxl, too large"] += 1
        return
    try:
        old = opened(each.before)
    except Exception:
        seen.read["openpyxl can not open the input"] += 1
        return
    new = opened(each.after)
    if [facts(name) for name in old.defined_names.values()] != [
        facts(name) for name in new.defined_names.values()
    ]:
        yield "openpyxl: names"
    for sheet in old.worksheets:
        other = new[sheet.title]
        for what, look in LOOKS.items():
            if look(sheet) != look(other):
                yield f"openpyxl: {what} of {sheet.title}"
        yield from changed_looks(sheet, other, each.written)
        yield from changed_notes(sheet, other, each.marked_on(sheet.title), seen)
    for (title, row, column), value in each.written.items():
        if title not in new.sheetnames:
            seen.read["openpyxl does not see the sheet"] += 1
            continue
        read = new[title].cell(row, column).value
        if agrees(value, read, mac=new.epoch == CALENDAR_MAC_1904):
            seen.read["values read by openpyxl"] += 1
        else:
            yield f"openpyxl: {title}!R{row}C{column} {value!r} reads {read!r}"


def changed_looks(sheet: Any, other: Any, written: Written) -> Iterator[str]:
    """Yield the cells that were not set and look different; openpyxl numbers styles anew."""
    same: set[tuple[int, int]] = set()
    for (row, column), cell in list(sheet._cells.items()):
        twin = other._cells.get((row, column))
        if (sheet.title, row, column) in written:
            continue
        pair = (cell.style_id, twin.style_id if twin else -1)
        if pair not in same and (twin is None or look_of(cell) != look_of(twin)):
            yield f"openpyxl: style of {sheet.title}!{cell.coordinate}"
        same.add(pair)


def changed_notes(sheet: Any, other: Any, marked: dict[str, str], seen: Seen) -> Iterator[str]:
    """Yield the cells whose note or highlight is not what was there and what was set."""
    old, new = notes_of(sheet), notes_of(other)
    painted = [str(each.sqref) for each in other.conditional_formatting if is_highlight(each)]
    begins = {area.partition(":")[0] for areas in painted for area in areas.split()}
    for cell in old.keys() | new.keys() | marked.keys():
        before, after = old.get(cell, ""), new.get(cell, "")
        if cell not in marked:
            if before != after:
                yield f"openpyxl: note of {sheet.title}!{cell}"
            continue
        if marked[cell] in after and after.startswith(before):
            seen.read["notes read by openpyxl"] += 1
        elif before != after:
            yield f"openpyxl: note of {sheet.title}!{cell} reads {after!r}"
        else:
            seen.read["cells that could not be noted"] += 1
        if cell not in begins:
            yield f"openpyxl: highlight of {sheet.title}!{cell}"


def notes_of(sheet: Any) -> dict[str, str]:
    cells = list(sheet._cells.values())
    return {cell.coordinate: cell.comment.text for cell in cells if getattr(cell, "comment", None)}


def is_highlight(formatting: Any) -> bool:
    return any(HIGHLIGHT in rule.formula for rule in formatting.rules)


def look_of(cell: Any) -> tuple[Any, ...]:
    looks = ("font", "fill", "border", "alignment", "protection", "number_format")
    return tuple(repr(getattr(cell, look)) for look in looks)


LOOKS: dict[str, Callable[[Any], Any]] = {
    "merges": lambda sheet: sorted(map(str, sheet.merged_cells.ranges)),
    "validations": lambda sheet: [facts(each) for each in sheet.data_validations.dataValidation],
    "conditional formats": lambda sheet: [
        str(each.sqref) for each in sheet.conditional_formatting if not is_highlight(each)
    ],
    "tables": lambda sheet: [(table.name, table.ref) for table in sheet.tables.values()],
    "pictures and charts": lambda sheet: (len(sheet._images), len(sheet._charts)),
    "names": lambda sheet: [facts(name) for name in sheet.defined_names.values()],
    "state": lambda sheet: (sheet.sheet_state, sheet.protection.sheet, sheet.freeze_panes),
}


def facts(thing: Any) -> dict[str, str]:
    return {key: str(value) for key, value in vars(thing).items() if not key.startswith("_")}


def opened(data: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on saving
        return openpyxl.load_workbook(io.BytesIO(data), data_only=True)


def read_by_calamine(each: Edited, seen: Seen) -> Iterator[str]:
    """Yield the new values that python-calamine does not read."""
    try:
        python_calamine.load_workbook(io.BytesIO(each.before))
    except Exception:
        seen.read["calamine can not open the input"] += 1
        return
    book = python_calamine.load_workbook(io.BytesIO(each.after))
    sheets: dict[str, list[list[Any]]] = {}
    for (title, row, column), value in each.written.items():
        if title not in sheets:
            sheet = book.get_sheet_by_name(title)
            sheets[title] = sheet.to_python(skip_empty_area=False)
        rows = sheets[title]
        inside = row <= len(rows) and column <= len(rows[row - 1])
        read = rows[row - 1][column - 1] if inside else None
        if agrees(value, read):
            seen.read["values read by calamine"] += 1
        else:
            yield f"calamine: {title}!R{row}C{column} {value!r} reads {read!r}"


def agrees(value: Any, read: Any, *, mac: bool = False) -> bool:
    """Return whether a reader has read a value, as its own type and the cell's style allow."""
    if value is None:
        return read in (None, "")
    if isinstance(value, str):
        return isinstance(read, str) and value in (read, unescape(read))
    if isinstance(value, bool):
        return read is value
    if isinstance(value, date):
        return isinstance(read, date) and abs(moment_of(read) - moment_of(value)) < SECOND
    return agrees_number(float(value), read, mac=mac)


def moment_of(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time())


def agrees_number(value: float, read: Any, *, mac: bool) -> bool:
    """Return whether a reader has read a number, maybe from a cell that shows dates."""
    if isinstance(read, time):  # the least below midnight shows as the last second of a day
        part = (read.hour * 3600 + read.minute * 60 + read.second) / 86400
        return abs(value % 1 - part) < 1e-3
    if isinstance(read, date | timedelta):
        read = serial_of(read, CALENDAR_MAC_1904 if mac else CALENDAR_WINDOWS_1900)
        return min(abs(value - float(read) - shift) for shift in (0, 1462, -1462)) < 1
    return isinstance(read, int | float) and abs(value - float(read)) < 1e-9


def unopened_by_libreoffice(edited: Sequence[Edited], folder: Path, seen: Seen) -> list[str]:
    """Return the files that LibreOffice converts before the edit but not after."""
    after = converted([(each.name, each.after) for each in edited], folder / "after")
    missing = [each for each in edited if each.name not in after]
    before = converted([(each.name, each.before) for each in missing], folder / "before")
    seen.read["files opened by LibreOffice"] += len(after)
    seen.read["files LibreOffice can not open before either"] += len(missing) - len(before)
    return [f"{each.name}: LibreOffice" for each in missing if each.name in before]


def converted(files: Sequence[tuple[str, bytes]], folder: Path) -> set[str]:
    """Return the names of the files that LibreOffice makes a .csv of."""
    folder.mkdir()
    names = {f"{number}{Path(name).suffix}": name for number, (name, _) in enumerate(files)}
    for plain, (_, data) in zip(names, files, strict=True):
        (folder / plain).write_bytes(data)
    if files:
        command = [
            "soffice",
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            "--headless",
        ]
        command += ["--convert-to", "csv", "--outdir", str(folder / "csv")]
        command += [str(folder / plain) for plain in names]
        subprocess.run(command, check=False, capture_output=True, timeout=60 + 20 * len(files))
    return {
        name
        for plain, name in names.items()
        if (folder / "csv" / f"{Path(plain).stem}.csv").exists()
    }


def new_sdk_errors(
    edited: Sequence[Edited], validator: str, folder: Path, seen: Seen
) -> Iterator[str]:
    """Yield the errors that the Open XML SDK reports for an edited file and not for its input."""

    def new_errors(numbered: tuple[int, Edited]) -> set[tuple[str, str]]:
        number, each = numbered

        def errors_in(kind: str, data: bytes) -> set[tuple[str, str]]:
            path = folder / f"{number}-{kind}{Path(each.name).suffix}"
            path.write_bytes(data)
            return sdk_errors(path, validator)

        found = errors_in("out", each.after)
        return found and found - errors_in("in", each.before)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for each, errors in zip(edited, threads.map(new_errors, enumerate(edited)), strict=True):
            seen.read["files validated by the SDK"] += 1
            yield from (f"{each.name}: SDK {error}" for error in sorted(errors))


def sdk_errors(path: Path, validator: str) -> set[tuple[str, str]]:
    """Return part and identity of each error that the Open XML SDK reports."""
    verdict = json.loads(
        subprocess.run([validator, str(path)], capture_output=True, check=False).stdout
    )
    return {
        (str(error.get("part", error.get("path"))), str(error.get("id")))
        for error in verdict["errors"]
    }


if __name__ == "__main__":
    main()

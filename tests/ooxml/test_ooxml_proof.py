"""The proof lets through what the edits do, and sees what they must not do."""

import random

import openpyxl
import pytest
from openpyxl.styles import Font
from package_samples import members, saved, zipped

from xlflow.ooxml import CellStyle, Unproven, Workbook, prove
from xlflow.ooxml.rowproof import RowPair, is_told

WRITTEN = {"表1": ["C3", "B7"]}
SHEET = "xl/worksheets/sheet1.xml"


def original() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表1"
    for row in range(1, 6):
        sheet.cell(row, 1, f"指标 {row}")
        sheet.cell(row, 3, row).font = Font(b=True)
    sheet["D1"] = "=SUM(C1:C5)"
    sheet.merge_cells("A1:B1")
    book.create_sheet("二")["A1"] = "=表1!D1"
    return saved(book)


def edit(data: bytes) -> bytes:
    book = Workbook.from_bytes(data)
    for cell in WRITTEN["表1"]:
        book.sheet("表1")[cell] = "新"
    index = book.style(CellStyle(bold=True))
    row = f'<row r="1"><c r="A1" s="{index}"/></row>'
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    part = f'<worksheet xmlns="{main}"><sheetData>{row}</sheetData></worksheet>'
    book.replace_sheet("核对结果", part.encode())
    return book.to_bytes()


def test_an_honest_edit_is_proved() -> None:
    data = original()
    prove(data, edit(data), WRITTEN, ["核对结果"])
    prove(data, data, {})
    prove(data, zipped(members(data)), {})


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, '<c r="A2"', '<c s="1" r="A2"'),
        (SHEET, '<c r="C4" s="1" t="n"><v>4</v></c>', '<c r="C4" s="1" t="n"><v>44</v></c>'),
        (SHEET, '<c r="C4" s="1" t="n"><v>4</v></c>', '<c r="C4" s="1"/>'),
        (SHEET, '<c r="C4" s="1" t="n"><v>4</v></c>', ""),
        (SHEET, "<f>SUM(C1:C5)</f>", "<f>SUM(C1:C4)</f>"),
        (SHEET, '<row r="4">', '<row r="4" hidden="1">'),
        (SHEET, '<row r="7">', '<row r="7" ht="3">'),
        (SHEET, "</row></sheetData>", '<c r="D7"><v>1</v></c></row></sheetData>'),
        (SHEET, "</sheetData>", '<row r="9"><c r="A9"/></row></sheetData>'),
        (SHEET, '<row r="7">', '<row r="1">'),
        (SHEET, 'ref="A1:B1"', 'ref="A1:C1"'),
        (SHEET, "<mergeCells", '<sheetProtection sheet="1"/><mergeCells'),
        (SHEET, "<worksheet ", '<worksheet xmlns:q="urn:q" '),
        ("xl/workbook.xml", 'name="二"', 'name="三"'),
        ("xl/workbook.xml", "<workbookPr", '<workbookPr date1904="1"'),
        ("xl/workbook.xml", "核对结果", "另一个"),
        ("xl/styles.xml", '<b val="1"', '<i val="1"'),
        ("xl/styles.xml", "<cellStyles", "<other/><cellStyles"),
        ("xl/_rels/workbook.xml.rels", "worksheets/sheet2.xml", "worksheets/sheet1.xml"),
        ("[Content_Types].xml", "theme+xml", "comments+xml"),
        ("xl/theme/theme1.xml", "<a:", "<a: "),
        ("docProps/core.xml", "openpyxl", "somebody"),
        ("xl/worksheets/sheet2.xml", "1!D1", "1!D2"),
    ],
)
def test_a_planted_difference_is_seen(part: str, old: str, new: str) -> None:
    data = original()
    parts = members(edit(data))
    text = parts[part].decode()
    assert old in text
    tampered = zipped({**parts, part: text.replace(old, new, 1).encode()})
    with pytest.raises(Unproven) as seen:
        prove(data, tampered, WRITTEN, ["核对结果"])
    assert seen.value.exit_code == 4


def test_a_lost_or_smuggled_part_is_seen() -> None:
    data = original()
    parts = members(edit(data))
    without = {name: part for name, part in parts.items() if name != "docProps/app.xml"}
    for tampered in (without, {**parts, "xl/vbaProject.bin": b"x"}):
        with pytest.raises(Unproven):
            prove(data, zipped(tampered), WRITTEN, ["核对结果"])


def test_a_cell_that_was_not_announced_is_seen() -> None:
    data = original()
    with pytest.raises(Unproven, match="7 of sheet"):
        prove(data, edit(data), {"表1": ["C3", "B8"]}, ["核对结果"])
    with pytest.raises(Unproven):
        prove(data, edit(data), WRITTEN)


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, 'r="B7" t="inlineStr"><is><t>新</t></is>', 'r="B7" t="inlineStr">0</v>'),
        (SHEET, "<t>新</t>", "<t>新\x02</t>"),
        (SHEET, "<t>新</t>", "<t>新&</t>"),
        (SHEET, "<t>新</t>", "<t>\udce6</t>"),
        ("xl/_rels/workbook.xml.rels", "package/2006", "package/2007"),
        ("xl/worksheets/sheet3.xml", "</sheetData>", "</sheetdata>"),
    ],
)
def test_what_we_wrote_must_be_well_formed(part: str, old: str, new: str) -> None:
    data = original()
    parts = members(edit(data))
    assert old in parts[part].decode()
    parts[part] = parts[part].decode().replace(old, new).encode(errors="surrogateescape")
    with pytest.raises(Unproven):
        prove(data, zipped(parts), WRITTEN, ["核对结果"])


PARTS = members(original())
ROW = (
    '<row r="4" spans="1:4"><c r="A4"><v>1</v></c><c r="B4" s="3"/>'
    '<c r="D4" s="4" t="str"><f>A4&amp;"x"</f><v>1x</v></c></row>'
)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('<c r="B4" s="3"/>', '<c r="B4" s="3" t="inlineStr"><is><t>新&lt;</t></is></c>', True),
        ('<c r="D4"', '<c r="C4"><v>9.60</v></c><c r="D4"', True),
        (' t="str"><f>A4&amp;"x"</f><v>1x</v>', '><f>A4&amp;"x"</f>', True),
        ("<v>1x</v>", "<v>2x</v>", True),
        (' t="str"><f>A4&amp;"x"</f><v>1x</v>', '><f>A4&amp;"x"</f><v>7</v>', True),
        (
            '<c r="A4"><v>1</v></c><c r="B4" s="3"/>',
            '<c r="B4" s="3"/><c r="A4"><v>1</v></c>',
            False,
        ),
        ('<c r="B4" s="3"/>', '<c r="B4" s="3"/><c r="B4" s="3"/>', False),
        ('<c r="B4" s="3"/>', "", False),
        ('<c r="B4" s="3"/>', '<c r="B4" s="3" t="inlineStr"><is><t>新</is></t></c>', False),
        ('<c r="B4" s="3"/>', '<c r="B4" s="3"><f>1+1</f></c>', False),
        ("</row>", '<c r="C4"><v>9.60</v></c></row>', False),
        ("</row>", '<c r="C5"><v>9.60</v></c></row>', False),
        ("</row>", "<c/></row>", False),
        ("<v>1</v>", "<v>2</v>", False),
        ("A4&amp;", "A5&amp;", False),
        ("<v>1x</v>", "<v>1<v/></v>", False),
        (' s="4" t="str"', ' s="5"', False),
        (' spans="1:4"', ' spans="1:4" ht="9"', False),
        (' spans="1:4">', ' spans="1:4">x', False),
    ],
)
def test_the_bytes_of_a_row_tell_what_may_change(old: str, new: str, told: bool) -> None:
    assert old in ROW
    row = RowPair(4, ROW.encode(), ROW.replace(old, new).encode())
    assert is_told(row, written={2, 3}, refreshed={4}) is told
    assert not is_told(row, written=(), refreshed=()) or new.endswith("</f>")


def test_what_the_bytes_of_a_row_tell_the_trees_tell_too() -> None:
    written = ROW.replace('<c r="B4" s="3"/>', '<c r="B4" s="3" t="b"><v>1</v></c><c r="C4"/>')
    pieces = ["<v>", "</v>", '<c r="B4"/>', '<c r="C4" s="1"/>', "</c>", "<f>", '"', ">", "&", "4"]
    dice = random.Random(4)
    told = 0
    for _ in range(3_000):
        start = dice.randrange(9, len(written))
        end = start + dice.choice((0, 0, 1, 3, 8, 20))
        after = written[:start] + dice.choice(["", *pieces]) + written[end:]
        if is_told(RowPair(4, ROW.encode(), after.encode()), {2, 3}, {4}):
            told += 1
            before, edited = in_trees(ROW), in_trees(after)
            prove(before, edited, {"表1": ["B4", "C4"]}, refreshed={"表1": ["D4"]})
    assert told > 100


def in_trees(row: str) -> bytes:
    """Return a workbook with a row in a sheet whose bytes tell nothing: there is a comment."""
    parts = dict(PARTS)
    head, _, _ = parts[SHEET].partition(b"<sheetData>")
    rows = f"<!-- --><sheetData>{row}</sheetData></worksheet>"
    return zipped({**parts, SHEET: head + rows.encode()})

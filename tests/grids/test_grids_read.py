"""What a person sees in the cells: kinds, values, raw text."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.defined_name import DefinedName

from xlflow.errors import UsageError
from xlflow.grids import Cell, Grid, Name, read_book
from xlflow.ooxml import Workbook
from xlflow.ooxml.reference import Area

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FORMATS = {
    1: "0.00%", 2: "yyyy-mm-dd", 3: 'yyyy"年"m"月"d"日"', 4: "h:mm", 5: '0.00"%"', 6: "@",
    7: "[$-804]aaaa", 8: "#,##0.00;[Red]-#,##0.00", 9: "0.00_);(0.00)",
    10: "yyyy-mm-dd hh:mm:ss.000",
    11: "G/通用格式", 12: '#,##0"万元"', 13: "[DBNum1]yyyy年m月", 14: "0‰", 15: "0%;-0%;0",
}  # fmt: skip


def grid_of(rows: str, *, after: str = "", before: str = "") -> Grid:
    """Return the grid of a sheet put by hand into a workbook that openpyxl made."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for index, code in FORMATS.items():
        sheet.cell(index, 1).number_format = code
    stream = io.BytesIO()
    made.save(stream)
    workbook = Workbook.from_bytes(stream.getvalue())
    part = f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    workbook.replace_sheet("Sheet", part.encode())
    return read_book(workbook).grids[0]


def cell_of(xml: str) -> Cell:
    return grid_of(f'<row r="1">{xml}</row>').at(1, 1)


def seen(xml: str) -> tuple[str, object, str | None]:
    cell = cell_of(xml)
    return cell.kind, cell.value, cell.raw


@pytest.mark.parametrize(
    ("stored", "style", "kind", "value", "raw"),
    [
        ("0.81899999999999995", 0, "number", Decimal("0.819"), "0.819"),
        ("0.81899999999999995", 1, "number", Decimal("0.819"), "81.9%"),
        ("1.1000000000000001E-2", 15, "number", Decimal("0.011"), "1.1%"),
        ("1", 1, "number", Decimal(1), "100%"),
        ("95", 5, "number", Decimal(95), "95"),
        ("5", 14, "number", Decimal(5), "5"),
        ("4300000", 12, "number", Decimal(4300000), "4300000"),
        ("1E+15", 8, "number", Decimal("1E+15"), "1000000000000000"),
        ("-1E-7", 9, "number", Decimal("-1E-7"), "-0.0000001"),
        ("10", 11, "number", Decimal(10), "10"),
        ("10", 6, "number", Decimal(10), "10"),
        ("100", 0, "number", Decimal(100), "100"),
        ("0.5", 4, "number", Decimal("0.5"), "0.5"),
    ],
)
def test_numbers(stored: str, style: int, kind: str, value: object, raw: str) -> None:
    assert seen(f'<c r="A1" s="{style}"><v>{stored}</v></c>') == (kind, value, raw)


@pytest.mark.parametrize(
    ("stored", "style", "raw"),
    [
        ("44742", 2, "2022-06-30"),
        ("44742", 3, "2022-06-30"),
        ("44742", 13, "2022-06-30"),
        ("44742.5", 2, "2022-06-30 12:00:00"),
        ("44742.999988425923", 10, "2022-06-30 23:59:59"),
        ("59", 2, "1900-02-28"),
        ("61", 2, "1900-03-01"),
        ("1", 2, "1900-01-01"),
        ("2958465", 2, "9999-12-31"),
    ],
)
def test_dates(stored: str, style: int, raw: str) -> None:
    cell = cell_of(f'<c r="A1" s="{style}"><v>{stored}</v></c>')
    assert (cell.kind, cell.raw) == ("date", raw)
    assert cell.value == datetime.fromisoformat(raw)


@pytest.mark.parametrize("stored", ["-1", "0", "0.25", "2958466", "1E+300"])
def test_numbers_outside_the_calendar_stay_numbers(stored: str) -> None:
    assert cell_of(f'<c r="A1" s="2"><v>{stored}</v></c>').kind == "number"


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('<c r="A1" t="inlineStr"><is><t>文字</t></is></c>', ("text", "文字", "文字")),
        ('<c r="A1" t="inlineStr"><is><t>  </t></is></c>', ("text", "  ", "  ")),
        (
            '<c r="A1" t="inlineStr"><is><r><t>≥</t></r><r><rPr><b/></rPr><t>95%</t></r>'
            '<rPh sb="0" eb="1"><t>pinyin</t></rPh><phoneticPr fontId="1"/></is></c>',
            ("text", "≥95%", "≥95%"),
        ),
        ('<c r="A1" t="str"><v>a_x000D_&#10;b</v></c>', ("text", "a\r\nb", "a\r\nb")),
        ('<c r="A1" t="b"><v>1</v></c>', ("bool", True, "TRUE")),
        ('<c r="A1" t="b"><v>0</v></c>', ("bool", False, "FALSE")),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', ("error", "#DIV/0!", "#DIV/0!")),
        ('<c r="A1"><v>n/a</v></c>', ("text", "n/a", "n/a")),
        ('<c r="A1" t="d"><v>soon</v></c>', ("text", "soon", "soon")),
        ('<c r="A1" t="s"><v/></c>', ("blank", None, None)),
        ('<c r="A1" t="s"><v>99</v></c>', ("blank", None, None)),
        ('<c r="A1" t="inlineStr"><is/></c>', ("blank", None, None)),
        ('<c r="A1" s="1"/>', ("blank", None, None)),
        ('<c r="A1"><v></v></c>', ("blank", None, None)),
    ],
)
def test_other_kinds(xml: str, expected: tuple[str, object, str | None]) -> None:
    assert seen(xml) == expected


def test_an_iso_date_cell() -> None:
    cell = cell_of('<c r="A1" t="d"><v>2022-06-30T00:00:00Z</v></c>')
    assert (cell.kind, cell.raw) == ("date", "2022-06-30")


def test_only_cells_with_something_in_them_are_kept() -> None:
    grid = grid_of(
        '<row r="1"><c r="A1" s="1"/><c r="B1" t="s"><v/></c><c r="C1"><f>A1</f></c>'
        '<c r="D1" t="str"><f>A1</f><v></v></c><c r="E1"><v>1</v></c></row>'
    )
    assert set(grid.cells) == {(1, 3), (1, 4), (1, 5)}


@pytest.mark.parametrize(
    ("xml", "uncached"),
    [
        ('<c r="A1"><f>B1</f></c>', True),
        ('<c r="A1"><f>B1</f><v/></c>', True),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', False),
        ('<c r="A1"><f>B1</f><v>0</v></c>', False),
        ('<c r="A1"><v>0</v></c>', False),
    ],
)
def test_a_formula_without_a_result(xml: str, *, uncached: bool) -> None:
    assert cell_of(xml).uncached is uncached


def test_a_covered_cell_counts_for_nothing() -> None:
    grid = grid_of(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c><c r="C2"><v>4</v></c></row>',
        after='<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="D9"/></mergeCells>',
    )
    assert set(grid.cells) == {(1, 1), (2, 3)}
    assert grid.merges == (Area(1, 1, 2, 2),)
    assert grid.at(2, 2).value == 1


def test_hidden_rows_and_columns() -> None:
    grid = grid_of(
        '<row r="2" hidden="1"/><row r="3" hidden="0"/><row r="4" hidden="true"><c r="A4"/></row>',
        before='<cols><col min="2" max="3" hidden="1"/><col hidden="1" min="9" max="16384"/>'
        "</cols>",
    )
    assert grid.hidden_rows == {2, 4}
    assert grid.hidden_columns == {2, 3, *range(9, 1025)}


def test_the_stated_dimension_is_not_believed_and_far_cells_are_left_out() -> None:
    grid = grid_of(
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'
        '<row r="1048576"><c r="A1048576"><v>3</v></c></row>',
        before='<dimension ref="A1:XFD1048576"/>',
    )
    assert set(grid.cells) == {(1, 1)}
    assert grid.last_row == 1


def test_a_book_made_by_xlsxwriter() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        bold, percent = made.add_format({"bold": True}), made.add_format({"num_format": "0.0%"})
        day = made.add_format({"num_format": 14})
        sheet = made.add_worksheet("表 1")
        sheet.write_rich_string("A1", "全年", bold, "预算数", "（A）")
        sheet.write("B1", 0.819, percent)
        sheet.write_datetime("C1", datetime.fromisoformat("2022-06-30"), day)
        sheet.write_formula("D1", "=B1*2", None, 1.638)
        made.add_worksheet("隐藏").hide()
        made.add_worksheet("深藏").very_hidden()
        made.add_chartsheet("图")
        made.define_name("预算", "='表 1'!$A$1:$B$2")
        made.define_name("'表 1'!局部", "='表 1'!$C$1")
        made.define_name("常数", "=3.14")
    book = read_book(Workbook.from_bytes(stream.getvalue()))
    assert [grid.sheet for grid in book.grids] == ["表 1", "隐藏", "深藏"]
    cells = [book.grids[0].at(1, col) for col in range(1, 5)]
    assert [cell.raw for cell in cells] == ["全年预算数（A）", "81.9%", "2022-06-30", "1.638"]
    assert cells[1].number_format == "0.0%"
    assert cells[3].formula == "B1*2"
    assert set(book.names) == {
        Name("预算", "'表 1'!$A$1:$B$2", None, "表 1", Area(1, 1, 2, 2)),
        Name("局部", "'表 1'!$C$1", "表 1", "表 1", Area(1, 3, 1, 3)),
        Name("常数", "3.14"),
    }


def test_a_book_that_counts_from_1904() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "date_1904": True}) as made:
        day = made.add_format({"num_format": "yyyy/mm/dd"})
        made.add_worksheet("表").write_datetime("A1", date.fromisoformat("2022-06-30"), day)
    workbook = Workbook.from_bytes(stream.getvalue())
    assert read_book(workbook).grids[0].at(1, 1).raw == "2022-06-30"
    workbook.sheet("表")["A1"] = date.fromisoformat("2023-01-31")
    again = Workbook.from_bytes(workbook.to_bytes())
    assert read_book(again).grids[0].at(1, 1).raw == "2023-01-31"


def test_only_the_sheets_asked_for() -> None:
    made = openpyxl.Workbook()
    made.create_sheet("二")
    made.defined_names["n"] = DefinedName("n", attr_text="#REF!$A$1")
    stream = io.BytesIO()
    made.save(stream)
    workbook = Workbook.from_bytes(stream.getvalue())
    book = read_book(workbook, ["二"])
    assert [grid.sheet for grid in book.grids] == ["二"]
    assert book.names == (Name("n", "#REF!$A$1"),)
    with pytest.raises(UsageError):
        read_book(workbook, ["三"])

"""Stored results that a write makes wrong are dropped, and no others."""

from collections.abc import Iterable

import openpyxl
import pytest
from package_samples import (
    MAIN,
    loaded,
    members,
    package,
    parts_of,
    saved,
    sheet_xml,
    worksheet,
    zipped,
)

from xlflow.ooxml import Workbook, prove
from xlflow.ooxml.formulas import precedents, shifted


def formula_cells(formulas: dict[str, str], row: int = 1) -> str:
    cells = "".join(
        f'<c r="{name}" t="str"><f>{formula}</f><v>old</v></c>'
        for name, formula in formulas.items()
    )
    return f'<row r="{row}">{cells}</row>'


def still_stored(data: bytes, formulas: Iterable[str], cell: str = "A9") -> set[str]:
    """Return which formulas keep their result when a cell of 表1 is written."""
    book = Workbook.from_bytes(data)
    book.sheet("表1")[cell] = 1
    out = book.to_bytes()
    prove(data, out, {"表1": [cell]})
    after = Workbook.from_bytes(out).sheet("表1")
    kept = {name for name in formulas if after[name] == "old"}
    recalculated = b'fullCalcOnLoad="1"' in members(out)["xl/workbook.xml"]
    assert recalculated == (len(kept) < len(set(formulas)))
    return kept


@pytest.mark.parametrize(
    "formula",
    [
        "A9", "$A$9*2", "SUM(A1:B10)", "A:A", "SUM($1:$9)", "表1!A9", "'表1'!$A$9", "C9:A2",
        "INDIRECT(B1)", "OFFSET(B1,1,1)", "SUM(B1:INDEX(B:B,3))", "表格1[列]", "SUM(S1:S3!B1)",
        "_xlfn.XLOOKUP(1,A8:A9,B8:B9)", "IF(TRUE,A9)", "unknown_name", "[0]!name", "a9", "A9#",
        "SUM((A9,B1))", '"A1"&amp;A9', "A9&amp;\"x\"\"y\"",
    ],
)  # fmt: skip
def test_a_dependent_loses_its_result(formula: str) -> None:
    assert still_stored(package(formula_cells({"C1": formula})), ["C1"]) == set()


@pytest.mark.parametrize(
    "formula",
    [
        "A8", "SUM(A1:A8)", "B:B", "SUM($1:$8)", "表2!A9", "'表 2'!A9", "[1]表1!A9", "'[1]表 1'!A9",
        '"A9"', "LOG10(B1)", "1+2.5E3", "#REF!", "表1!#REF!", "TRUE", "PI()", "NOW()", "AA9", "A99",
        "{1,2;3,4}", "#N/A", "B9:XFD1048576", "_xlfn.A9()",
    ],
)  # fmt: skip
def test_an_independent_formula_keeps_its_result(formula: str) -> None:
    assert still_stored(package(formula_cells({"C1": formula})), ["C1"]) == {"C1"}


def test_dependents_are_followed() -> None:
    formulas = {
        "B1": "A9",
        "C1": "SUM(B1:B1)",
        "D1": "C1+1",
        "E1": "F1",
        "F1": "G2",
        "G1": "D1&amp;E1",
    }
    kept = still_stored(package(formula_cells(formulas)), formulas)
    assert kept == {"E1", "F1"}


def test_a_long_chain_and_running_totals() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="B{row}"><f>B{row - 1}+1</f><v>1</v></c>'
        f'<c r="C{row}"><f>SUM(B$2:B{row})</f><v>1</v></c></row>'
        for row in range(2, 3000)
    )
    book = Workbook.from_bytes(package(rows))
    book.sheet("表1")["B1"] = 5
    assert "<v>" not in sheet_xml(book.to_bytes()).partition('<row r="2">')[2]


def test_defined_names_lead_to_cells() -> None:
    names = (
        "<definedNames><definedName name='总分'>表1!$A$9</definedName>"
        "<definedName name='别名'>总分*2</definedName>"
        "<definedName name='relative'>表1!B1</definedName>"
        "<definedName name='loop'>loop+1</definedName>"
        "<definedName name='other'>表1!$B$9</definedName>"
        "<definedName name='local' localSheetId='0'>表1!$A$9</definedName>"
        "<definedName name='local'>表1!$B$9</definedName></definedNames>"
    )
    formulas = {
        "B1": "总分",
        "C1": "别名",
        "D1": "relative",
        "E1": "other",
        "F1": "LOCAL",
        "G1": "loop",
    }
    kept = still_stored(package(formula_cells(formulas), names=names), formulas)
    assert kept == {"E1", "G1"}


def test_other_sheets_follow_and_untouched_ones_stay() -> None:
    sheets = {
        "表1": worksheet(""),
        "二 表": worksheet(formula_cells({"A1": "表1!A9", "B1": "A1"})),
        "三": worksheet(formula_cells({"A1": "'二 表'!B1"})),
        "四": worksheet(formula_cells({"A1": "A9"})),
    }
    data = zipped(parts_of(sheets))
    book = Workbook.from_bytes(data)
    book.sheet("表1")["A9"] = 1
    out = book.to_bytes()
    prove(data, out, {"表1": ["A9"]})
    after = Workbook.from_bytes(out)
    read = [after.sheet(name)["A1"] for name in ("二 表", "三", "四")]
    assert read == [None, None, "old"]
    assert members(out)["xl/worksheets/sheet4.xml"] == members(data)["xl/worksheets/sheet4.xml"]


def test_shared_formulas_are_followed_cell_by_cell() -> None:
    rows = (
        '<row r="1"><c r="C1"><f t="shared" ref="C1:C3" si="0">A1*$B$1</f><v>1</v></c></row>'
        '<row r="2"><c r="C2"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="3"><c r="C3"><f t="shared" si="0"/><v>3</v></c></row>'
    )
    book = Workbook.from_bytes(package(rows))
    book.sheet("表1")["A2"] = 7
    after = Workbook.from_bytes(book.to_bytes()).sheet("表1")
    assert [after[name] for name in ("C1", "C2", "C3")] == [1, None, 3]
    assert after.content.cells[3, 3].formula == "A3*$B$1"


def test_what_an_array_fills_goes_with_it() -> None:
    rows = (
        '<row r="1"><c r="A1"><v>1</v></c>'
        '<c r="C1"><f t="array" ref="C1:C2">A1:A2*2</f><v>2</v></c><c r="D1"><f>C2</f><v>4</v></c>'
        '<c r="E1"><f t="dataTable" ref="E1:E2" r1="B1"/><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>2</v></c><c r="C2" s="1"><v>4</v></c><c r="E2"><v>1</v></c></row>'
    )
    data = package(rows)
    book = Workbook.from_bytes(data)
    book.sheet("表1")["A2"] = 7
    out = book.to_bytes()
    prove(data, out, {"表1": ["A2"]})
    after = Workbook.from_bytes(out).sheet("表1")
    assert [after[name] for name in ("C1", "C2", "D1", "E2")] == [None, None, None, 1]
    assert '<c r="C2" s="1"/>' in sheet_xml(out)


def test_a_replaced_sheet_touches_all_who_read_it() -> None:
    sheets = {"表1": worksheet(""), "二": worksheet(formula_cells({"A1": "表1!XFD7", "B1": "1"}))}
    book = Workbook.from_bytes(zipped(parts_of(sheets)))
    book.replace_sheet("表1", worksheet("").encode())
    after = Workbook.from_bytes(book.to_bytes()).sheet("二")
    assert [after["A1"], after["B1"]] == [None, "old"]


@pytest.mark.parametrize(
    ("workbook", "expected"),
    [
        ("<calcPr calcId='1' fullCalcOnLoad='0'/>", "<calcPr calcId='1' fullCalcOnLoad=\"1\"/>"),
        ("<calcPr/>", '<calcPr fullCalcOnLoad="1"/>'),
        ("<oleSize ref='A1'/>", '</sheets><calcPr fullCalcOnLoad="1"/><oleSize'),
        (
            "<definedNames><definedName name='a'>1</definedName></definedNames><pivotCaches/>",
            '</definedNames><calcPr fullCalcOnLoad="1"/><pivotCaches/>',
        ),
    ],
)
def test_the_wish_to_recalculate_stands_where_the_schema_wants_it(
    workbook: str, expected: str
) -> None:
    book = Workbook.from_bytes(package(formula_cells({"C1": "A9"}), names=workbook))
    book.sheet("表1")["A9"] = 1
    assert expected in members(book.to_bytes())["xl/workbook.xml"].decode()


def test_no_formula_that_depends_no_recalculation() -> None:
    data = package(formula_cells({"C1": "A8"}))
    book = Workbook.from_bytes(data)
    book.sheet("表1")["A9"] = 1
    assert members(book.to_bytes())["xl/workbook.xml"] == members(data)["xl/workbook.xml"]


def test_openpyxl_finds_no_stale_number() -> None:
    source = openpyxl.Workbook()
    sheet = source.active
    assert sheet is not None
    sheet.title = "表1"
    for row in range(1, 20):
        sheet.cell(row, 1, row)
        sheet.cell(row, 2, f"=A{row}*2")
    sheet["C1"] = "=SUM(B1:B19)"
    book = Workbook.from_bytes(saved(source))
    book.sheet("表1")["A3"] = 100
    book.sheet("表1")["B3"] = 200
    values = loaded(book.to_bytes(), data_only=True)["表1"]
    formulas = loaded(book.to_bytes())["表1"]
    assert (values["B3"].value, values["C1"].value) == (200, None)
    assert (formulas["B3"].value, formulas["C1"].value) == ("=A3*2", "=SUM(B1:B19)")


def test_a_formula_without_end_is_not_looked_into() -> None:
    assert precedents("'" * 100_000).opaque
    assert shifted("A1+" * 5_000, 1, 1).startswith("A1+A1")


def test_shifting_wraps_and_keeps_what_is_fixed() -> None:
    assert shifted("A1:B$2+$C3+1:2+$A:B+'a b'!D4", 1, 1) == "B2:C$2+$C4+2:3+$A:C+'a b'!E5"
    assert shifted("XFD1048576", 1, 1) == "A1"
    assert shifted("$3:4+LOG10(A1)", 2, 0) == "$3:6+LOG10(A3)"


def test_prefixed_formulas_are_found() -> None:
    xml = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="C1" t="str">'
        "<x:f>A9</x:f><x:v>old</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    assert still_stored(zipped(parts_of({"表1": xml})), ["C1"]) == set()

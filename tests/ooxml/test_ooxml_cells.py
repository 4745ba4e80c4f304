"""Setting cells: where they go, what they keep, what they look like in the part."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from package_samples import (
    MAIN,
    loaded,
    members,
    package,
    parts_of,
    sheet_xml,
    stylesheet,
    worksheet,
    zipped,
)

from xlflow.errors import FileRefused, UsageError
from xlflow.grids import read_book
from xlflow.ooxml import Workbook, prove


def edited(data: bytes, **cells: Any) -> bytes:
    book = Workbook.from_bytes(data)
    for cell, value in cells.items():
        book.sheet("表1")[cell] = value
        assert (book.sheet("表1")[cell] or None) == (value or None) or isinstance(value, date)
    out = book.to_bytes()
    prove(data, out, {"表1": cells})
    return out


def rows_of(data: bytes) -> str:
    xml = sheet_xml(data)
    return xml[xml.index("<sheetData>") + 11 : xml.index("</sheetData>")]


def test_values_by_kind() -> None:
    out = edited(
        package('<row r="1"><c r="A1" s="0" t="s"><v>0</v></c></row>'),
        A1=Decimal("98.50"), B1=12, C1=True, D1="指标 <&>", E1=False, F1=" a\nb ",
    )  # fmt: skip
    assert rows_of(out) == (
        '<row r="1"><c r="A1" s="0"><v>98.50</v></c><c r="B1"><v>12</v></c>'
        '<c r="C1" t="b"><v>1</v></c>'
        '<c r="D1" t="inlineStr"><is><t>指标 &lt;&amp;&gt;</t></is></c>'
        '<c r="E1" t="b"><v>0</v></c>'
        '<c r="F1" t="inlineStr"><is><t xml:space="preserve"> a\nb </t></is></c></row>'
    )


def test_rows_and_cells_are_created_in_order() -> None:
    data = package(
        '<row r="2" spans="2:3"><c r="B2"><v>1</v></c></row>\n<row r="5"/>',
        before='<dimension ref="B2:C5"/>',
    )
    out = edited(data, A1=1, C2=2, A2=3, D4=4, B5=5, A9=6)
    assert rows_of(out) == (
        '<row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="2" spans="1:3"><c r="A2"><v>3</v></c><c r="B2"><v>1</v></c>'
        '<c r="C2"><v>2</v></c></row>\n<row r="4"><c r="D4"><v>4</v></c></row>'
        '<row r="5"><c r="B5"><v>5</v></c></row><row r="9"><c r="A9"><v>6</v></c></row>'
    )
    assert '<dimension ref="A1:D9"/>' in sheet_xml(out)


def test_an_empty_sheet_and_one_without_sheet_data() -> None:
    empty = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    out = edited(zipped(parts_of({"表1": empty})), B2="x")
    assert '<sheetData><row r="2"><c r="B2" t="inlineStr">' in sheet_xml(out)
    book = Workbook.from_bytes(zipped(parts_of({"表1": f'<worksheet xmlns="{MAIN}"/>'})))
    book.sheet("表1")["A1"] = 1
    with pytest.raises(FileRefused) as refused:
        book.to_bytes()
    assert refused.value.code == "F05"


def test_a_new_cell_takes_the_style_of_its_row_or_column() -> None:
    data = package(
        '<row r="1" s="3" customFormat="1"/><row r="2" s="3"/>',
        before='<cols><col min="2" max="3" style="5" width="9"/></cols>',
    )
    out = edited(data, C1=1, C2=2, D2=3, C3=4)
    assert 'r="C1" s="3"' in sheet_xml(out)
    assert 'r="C2" s="5"' in sheet_xml(out)
    assert 'r="D2"><v>3' in sheet_xml(out)
    assert 'r="C3" s="5"' in sheet_xml(out)


def test_clearing_keeps_the_style_and_creates_nothing() -> None:
    data = package('<row r="1"><c r="A1" s="2" t="s"><v>0</v></c></row>')
    assert rows_of(edited(data, A1=None, B1=None, A7="")) == '<row r="1"><c r="A1" s="2"/></row>'


def test_a_formula_stays_and_its_result_is_refreshed() -> None:
    data = package(
        '<row r="1"><c r="A1" s="1" cm="1"><f t="shared" ref="A1:A2" si="0">B1&amp;"x"</f>'
        '<v>9</v></c><c r="B1" t="str"><f>C1</f><v>old</v></c><c r="C1"><f>D1</f></c></row>'
    )
    out = edited(data, A1="新 <", B1=Decimal("2.5"), C1=True)
    assert rows_of(out) == (
        '<row r="1"><c r="A1" s="1" cm="1" t="str"><f t="shared" ref="A1:A2" si="0">'
        'B1&amp;"x"</f><v>新 &lt;</v></c><c r="B1"><f>C1</f><v>2.5</v></c>'
        '<c r="C1" t="b"><f>D1</f><v>1</v></c></row>'
    )


def test_a_covered_cell_stands_for_the_anchor_of_its_merged_area() -> None:
    data = package(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="4"/></row>',
        after='<mergeCells count="1"><mergeCell ref="A1:C2"/></mergeCells>',
    )
    book = Workbook.from_bytes(data)
    assert book.sheet("表1")["C2"] == 1
    book.sheet("表1")["C2"] = "合并"
    assert book.sheet("表1")["A1"] == "合并"
    out = book.to_bytes()
    prove(data, out, {"表1": ["C2"]})
    assert rows_of(out).startswith('<row r="1"><c r="A1" t="inlineStr"><is><t>合并')
    assert 'r="C2"' not in sheet_xml(out).partition("</sheetData>")[0]


def test_a_prefixed_sheet_keeps_its_prefix() -> None:
    xml = (
        f'<?xml version="1.0"?><x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1">'
        '<x:c r="A1" t="str"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    out = edited(zipped(parts_of({"表1": xml})), A1="三", B1="二", A2=1)
    assert '<x:c r="A1" t="str"><x:f>1+1</x:f><x:v>三</x:v></x:c>' in sheet_xml(out)
    assert '<x:c r="B1" t="inlineStr"><x:is><x:t>二</x:t></x:is></x:c>' in sheet_xml(out)
    assert '<x:row r="2"><x:c r="A2"><x:v>1</x:v></x:c></x:row>' in sheet_xml(out)


def test_a_strict_workbook_is_read_and_written() -> None:
    strict = {
        name: str(part)
        .replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        .replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, part in parts_of(
            {"表1": worksheet('<row r="1"><c r="A1"><v>7</v></c></row>')}
        ).items()
    }
    data = zipped(strict)
    assert Workbook.from_bytes(data).sheet("表1")["A1"] == 7
    assert Workbook.from_bytes(edited(data, A1="七")).sheet("表1")["A1"] == "七"


def test_cells_and_rows_without_references() -> None:
    rows = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c/><c><v>4</v></c></row>"
    data = package(rows)
    out = edited(data, B1=20, C1=30, B2=40, A3=50)
    read = Workbook.from_bytes(out).sheet("表1")
    names = ("A1", "B1", "C1", "A2", "B2", "A3")
    assert [read[name] for name in names] == [1, 20, 30, None, 40, 50]


def test_comments_cdata_and_instructions_are_stepped_over() -> None:
    rows = (
        '<!-- <row r="1"><c r="A1"/> --><row r="1"><?pi <c r="A1"?><c r="A1" t="str">'
        '<f><![CDATA["<c>"&B1]]></f><v>1</v></c><!-- > --></row>'
    )
    data = package(rows, before="<!-- <sheetData> -->")
    assert '<![CDATA["<c>"&B1]]></f><v>5</v>' in sheet_xml(edited(data, A1=5, C3="x"))


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="2"/><row r="1"><c r="A1"/></row>',
        '<row r="1"/><row r="1"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A1"/><c r="A1"/></row>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="1"><c r="$A$1"/></row>',
    ],
)
def test_disorder_is_refused_before_anything_is_damaged(rows: str) -> None:
    book = Workbook.from_bytes(package(rows))
    book.sheet("表1")["C1"] = 1
    with pytest.raises(FileRefused) as refused:
        book.to_bytes()
    assert refused.value.code == "F05"
    assert "表1" in refused.value.zh


def test_unusual_but_valid_tags() -> None:
    rows = (
        "<row spans='1:2' r='1' ><c t = 's' r='A1' s='1' ><v >0</v ></c >"
        '<c s="2" r="B1" /></row >'
        '<row r="2" ht="1>0"><c r="A2" x="a>b"><v>1</v></c></row>'
    )
    out = edited(package(rows), A1=1, B1=2, A2=3)
    assert rows_of(out) == (
        "<row spans='1:2' r='1' ><c r='A1' s='1'><v>1</v></c><c s=\"2\" r=\"B1\"><v>2</v></c></row>"
        '<row r="2" ht="1>0"><c r="A2" x="a>b"><v>3</v></c></row>'
    )


def test_a_date_gets_a_style_that_shows_a_date() -> None:
    styles = stylesheet(
        '<xf numFmtId="0" borderId="3" xfId="0"><alignment wrapText="1"/></xf><xf numFmtId="31"/>'
    )
    data = package('<row r="1"><c r="A1"/><c r="B1" s="1"/></row>', styles=styles)
    out = edited(data, A1=date(2022, 6, 30), B1=datetime.fromisoformat("2022-06-30T12:00"))
    assert rows_of(out) == (
        '<row r="1"><c r="A1" s="2"><v>44742</v></c><c r="B1" s="1"><v>44742.5</v></c></row>'
    )
    assert (
        '<xf numFmtId="14" borderId="3" xfId="0" applyNumberFormat="1"><alignment wrapText="1"/>'
        "</xf></cellXfs>"
    ) in members(out)["xl/styles.xml"].decode()
    grid = read_book(Workbook.from_bytes(out)).grids[0]
    assert [grid.at(1, col).raw for col in (1, 2)] == ["2022-06-30", "2022-06-30 12:00:00"]


def test_what_can_not_be_written() -> None:
    sheet = Workbook.from_bytes(package()).sheet("表1")
    value: Any
    for value in (1.5, b"x", [1]):
        with pytest.raises(TypeError):
            sheet["A1"] = value
    for value in (Decimal("NaN"), Decimal("Infinity"), 10**309, date(1899, 1, 1)):
        with pytest.raises(UsageError):
            sheet["A1"] = value


def test_openpyxl_reads_what_was_written() -> None:
    out = edited(package(), A1="文字", B2=Decimal("1.25"), C3=True, D4="tab\tand _x0041_")
    cells = loaded(out)["表1"]
    assert [cells[name].value for name in ("A1", "B2", "C3")] == ["文字", 1.25, True]


def test_a_signed_package_is_read_but_not_edited() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    signed = {**parts_of({"表1": worksheet(rows)}), "_xmlsignatures/sig1.xml": "<s/>"}
    book = Workbook.from_bytes(zipped(signed), "签名.xlsx")
    assert book.sheet("表1")["A1"] == 1
    with pytest.raises(FileRefused) as refused:
        book.sheet("表1")["A1"] = 2
    assert refused.value.code == "F08"
    assert book.to_bytes() == zipped(signed)


def test_writing_twice_gives_the_same_bytes() -> None:
    book = Workbook.from_bytes(package())
    book.sheet("表1")["A1"] = "x"
    assert book.to_bytes() == book.to_bytes()

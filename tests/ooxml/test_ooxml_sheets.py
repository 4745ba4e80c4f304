"""Whole sheets: put in place of one, or behind the last."""

import openpyxl
import pytest
from package_samples import loaded, members, package, parts_of, saved, worksheet, zipped

from xlflow.errors import FileRefused, UsageError
from xlflow.ooxml import NewCell, NewSheet, Workbook, compose_sheet, prove

PART = worksheet('<row r="1"><c r="A1"><v>5</v></c></row>').encode()


def book_with(*titles: str) -> bytes:
    book = openpyxl.Workbook()
    for sheet in list(book):
        book.remove(sheet)
    for title in titles:
        book.create_sheet(title)["A1"] = title
    return saved(book)


def test_a_new_sheet_comes_last() -> None:
    data = book_with("甲", "乙")
    book = Workbook.from_bytes(data)
    assert not book.has_sheet("核对结果")
    book.replace_sheet("核对结果", PART)
    assert book.has_sheet("核对结果")
    assert book.sheet("核对结果")["A1"] == 5
    book.sheet("核对结果")["B1"] = "同时"
    out = book.to_bytes()
    prove(data, out, {}, ["核对结果"])
    read = loaded(out)
    assert read.sheetnames == ["甲", "乙", "核对结果"]
    assert (read["核对结果"]["A1"].value, read["核对结果"]["B1"].value) == (5, "同时")
    assert read["甲"]["A1"].value == "甲"
    changed = {name for name, part in members(data).items() if members(out)[name] != part}
    assert changed == {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}


def test_an_existing_sheet_is_replaced_in_place() -> None:
    first = Workbook.from_bytes(book_with("甲", "核对结果", "乙"))
    first.sheet("核对结果")["Z9"] = "forgotten"
    first.replace_sheet("核对结果", PART)
    out = first.to_bytes()
    assert loaded(out).sheetnames == ["甲", "核对结果", "乙"]
    read = Workbook.from_bytes(out).sheet("核对结果")
    assert (read["A1"], read["Z9"]) == (5, None)
    assert len(members(out)) == len(members(book_with("甲", "核对结果", "乙")))


def test_several_new_sheets_and_styles_at_once() -> None:
    book = Workbook.from_bytes(package())
    for name in ("一", "二", "a&b <c>"):
        book.replace_sheet(name, PART)
    out = book.to_bytes()
    assert loaded(out).sheetnames == ["表1", "一", "二", "a&b <c>"]
    assert Workbook.from_bytes(out).sheet_names == ("表1", "一", "二", "a&b <c>")


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a:b", "[a]", "'a", "a'", "a\nb", "a?"])
def test_names_a_sheet_can_not_have(name: str) -> None:
    with pytest.raises(UsageError):
        Workbook.from_bytes(package()).replace_sheet(name, PART)


def test_what_is_no_worksheet_is_not_put_in() -> None:
    book = Workbook.from_bytes(package())
    with pytest.raises(UsageError):
        book.replace_sheet("新", b"<chartsheet/>")
    with pytest.raises(FileRefused):
        book.replace_sheet("新", b"<worksheet>")


def test_a_chart_sheet_is_neither_read_nor_replaced() -> None:
    parts = parts_of({"图表": worksheet(""), "表1": worksheet("")})
    rels = str(parts["xl/_rels/workbook.xml.rels"]).replace("/worksheet", "/chartsheet", 1)
    book = Workbook.from_bytes(zipped({**parts, "xl/_rels/workbook.xml.rels": rels}))
    assert book.sheet_names == ("表1",)
    with pytest.raises(UsageError):
        book.replace_sheet("图表", PART)


def test_sheets_are_found_whatever_their_case() -> None:
    book = Workbook.from_bytes(book_with("Form"))
    assert book.sheet("FORM").name == "Form"
    book.replace_sheet("form", PART)
    assert book.sheet_names == ("Form",)


def test_a_composed_sheet_fits() -> None:
    sheet = NewSheet(rows=((NewCell("标题", 0), None, NewCell(3, 0)),), widths=(8, 9, 10))
    book = Workbook.from_bytes(book_with("甲"))
    book.replace_sheet("新", compose_sheet(sheet))
    read = loaded(book.to_bytes())["新"]
    assert (read["A1"].value, read["C1"].value) == ("标题", 3)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('Target="worksheets/sheet1.xml"', 'Target="/xl/worksheets/sheet1.xml"'),
        ('Target="worksheets/sheet1.xml"', 'Target="xl/worksheets/sheet1.xml"'),
        ('Target="worksheets/sheet1.xml"', 'Target="worksheets\\sheet1.xml"'),
        ('Target="worksheets/sheet1.xml"', 'Target="Worksheets/SHEET1.xml"'),
        ('Target="worksheets/sheet1.xml"', 'Target="./worksheets/../worksheets/sheet1.xml"'),
        ('Target="worksheets/sheet1.xml"', 'Target="worksheets/sheet%31.xml"'),
        ('Id="rId1"', 'Id="rId77"'),
    ],
)
def test_parts_are_found_as_excel_and_wps_find_them(old: str, new: str) -> None:
    parts = parts_of({"表1": PART.decode()})
    rels = str(parts["xl/_rels/workbook.xml.rels"])
    assert old in rels
    data = zipped({**parts, "xl/_rels/workbook.xml.rels": rels.replace(old, new)})
    book = Workbook.from_bytes(data)
    assert book.sheet("表1")["A1"] == 5
    book.sheet("表1")["A1"] = 6
    assert Workbook.from_bytes(book.to_bytes()).sheet("表1")["A1"] == 6


def test_members_with_backslashes_are_found() -> None:
    parts = parts_of({"表1": PART.decode()})
    data = zipped({name.replace("xl/", "xl@"): part for name, part in parts.items()})
    data = data.replace(b"xl@", b"xl\\")
    book = Workbook.from_bytes(data)
    book.sheet("表1")["A1"] = 6
    out = book.to_bytes()
    assert b"xl\\worksheets/sheet1.xml" in out
    assert Workbook.from_bytes(out).sheet("表1")["A1"] == 6

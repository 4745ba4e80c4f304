"""Styles of our own: found again when they are there, put behind the others when not."""

from decimal import Decimal

import openpyxl
import pytest
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from package_samples import MAIN, loaded, members, package, saved, stylesheet, worksheet

from xlflow.ooxml import CellStyle, Workbook, prove

FULL = CellStyle(
    font="黑体", size=Decimal("10.5"), bold=True, color="922B21", underline=True, fill="FFFADBD8",
    border="BFBFBF", horizontal="center", vertical="top", wrap=True, number_format="0.000%",
    locked=False,
)  # fmt: skip


def styled_book() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表1"
    side = Side(style="thin", color="FF000000")
    sheet["A1"].font = Font(name="宋体", sz=10, b=True)
    sheet["A1"].border = Border(left=side, right=side, top=side, bottom=side)
    sheet["A1"].fill = PatternFill("solid", fgColor="FFEEEEEE", bgColor="FF000000")
    sheet["A1"].alignment = Alignment(horizontal="left", wrap_text=True)
    sheet["A1"].number_format = "0.0000"
    sheet["B1"].protection = Protection(locked=False)
    return saved(book)


def with_style(data: bytes, style: CellStyle) -> tuple[bytes, int]:
    book = Workbook.from_bytes(data)
    index = book.style(style)
    assert book.style(style) == index
    row = f'<row r="1"><c r="A1" s="{index}"><v>0.5</v></c></row>'
    book.replace_sheet("新", worksheet(row).encode())
    out = book.to_bytes()
    prove(data, out, {}, ["新"])
    return out, index


@pytest.mark.parametrize("data", [styled_book(), package()], ids=["styles", "no styles part"])
def test_a_style_looks_as_asked(data: bytes) -> None:
    out, _ = with_style(data, FULL)
    cell = loaded(out)["新"]["A1"]
    assert (cell.font.name, cell.font.sz, cell.font.b, cell.font.u) == (
        "黑体",
        10.5,
        True,
        "single",
    )
    assert cell.font.color.rgb == "FF922B21"
    assert cell.fill.fgColor.rgb == "FFFADBD8"
    sides = (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom)
    assert {(side.style, side.color.rgb) for side in sides} == {("thin", "FFBFBFBF")}
    assert (cell.alignment.horizontal, cell.alignment.vertical) == ("center", "top")
    assert cell.alignment.wrap_text
    assert cell.number_format == "0.000%"
    assert not cell.protection.locked


def test_the_plain_style_has_none_of_it() -> None:
    out, _ = with_style(styled_book(), CellStyle())
    cell = loaded(out)["新"]["A1"]
    assert (cell.font.name, cell.font.b, cell.font.u) == ("宋体", False, None)
    assert cell.fill.fill_type is None
    assert cell.border.left.style is None
    assert cell.number_format == "General"
    assert cell.protection.locked


def test_the_styles_that_were_there_stay_as_they_are() -> None:
    data = styled_book()
    out, index = with_style(data, FULL)
    before, after = loaded(data)["表1"]["A1"], loaded(out)["表1"]["A1"]
    assert index == 3
    for part in ("font", "fill", "border", "alignment", "number_format", "protection"):
        assert repr(getattr(before, part)) == repr(getattr(after, part))
    assert with_style(out, FULL)[1] == index
    assert members(with_style(out, FULL)[0])["xl/styles.xml"] == members(out)["xl/styles.xml"]


def test_an_equal_style_is_reused() -> None:
    own = stylesheet(
        '<xf numFmtId="0"/><xf numFmtId="170" fontId="1" fillId="0" borderId="0" xfId="0" '
        'applyFont="1"><alignment vertical="center"/></xf>',
        fonts='<font><b val="1"/><sz val="10"/><color rgb="FF112233"/><name val="宋体"/>'
        '<family val="3"/></font>',
        formats='<numFmts count="1"><numFmt numFmtId="170" formatCode="0.000"/></numFmts>',
    )
    data = package(styles=own)
    style = CellStyle(size=10, bold=True, color="112233", vertical="center", number_format="0.000")
    book = Workbook.from_bytes(data)
    assert book.style(style) == 1
    assert book.to_bytes() is data


@pytest.mark.parametrize(
    "own",
    [
        f'<styleSheet xmlns="{MAIN}"/>',
        f'<styleSheet xmlns="{MAIN}"><!-- <fonts> --><cellXfs count="1"><xf/></cellXfs>'
        "</styleSheet>",
        f'<x:styleSheet xmlns:x="{MAIN}"><x:numFmts count="0"/><x:fonts/><x:fills/><x:borders/>'
        '<x:cellXfs count="1"><x:xf/></x:cellXfs><x:dxfs count="0"/></x:styleSheet>',
    ],
    ids=["single tag", "sections missing", "prefixed, sections empty"],
)
def test_odd_style_parts_are_filled_up(own: str) -> None:
    out, index = with_style(package(styles=own), FULL)
    text = members(out)["xl/styles.xml"].decode()
    order = [
        text.index(f"{section} count=") for section in ("numFmts", "fonts", "fills", "borders")
    ]
    assert order == sorted(order)
    assert text.index("cellXfs count=") > order[-1]
    assert Workbook.from_bytes(out).meanings.number_formats[index] == "0.000%"

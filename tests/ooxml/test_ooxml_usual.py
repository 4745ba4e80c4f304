"""The quick way through a usual worksheet part: it says what the slow way says, or nothing."""

import pytest
from package_samples import worksheet

from xlflow.errors import FileRefused
from xlflow.ooxml.limits import DEFAULT, Limits
from xlflow.ooxml.sheetread import SheetContent, read_sheet
from xlflow.ooxml.usualsheet import usual_rows

_PLAIN = (
    '<row r="1" ht="20" hidden="1"><c r="A1" s="2" t="n" /><c r="B1" s="3" t="inlineStr"><is><t>'
    'a &amp;lt; b</t></is></c><c r="C1"/><c r="D1"></c></row><row r="4"><c r="A4"><v>1</v></c>'
    '<c r="B4" t="str"><f>A4&gt;1</f><v></v></c><c r="C4"><f>A4</f><v/></c></row><row r="5"/>'
)
# Shared: filled down with entities in it, taken up again under its number, and never begun.
_SHARED = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1" t="str"><f t="shared" ref="B1:C3" si="0">'
    'A1&amp;"&amp;lt;"&amp;$A$1</f><v>1</v></c><c r="C1"><f t="shared" si="0"/></c></row>'
    '<row r="2"><c r="B2" s="1"><f t="shared" si="0" /><v>7</v></c><c r="C2"><f t="shared" '
    'ref="C2" si="1">B2*2</f></c><c r="D2"><f t="shared" si="0"></f><v/></c>'
    '<c r="E2"><f/></c></row>'
    '<row r="3"><c r="A3"><f t="shared" ref="A3:A4" si="0">B1</f></c><c r="C3"><f t="shared" '
    'si="1"/></c><c r="D3"><f t="shared" si="9"/><v>5</v></c></row>'
    '<row r="4"><c r="A4"><f t="shared" si="0"/><v>2</v></c></row>'
)
# As lxml writes for a program that asks it for ASCII; an entity of an entity is none.
_NUMBERED = (
    '<row r="1"><c r="A1"><v>1&#49;</v></c><c r="B1" t="inlineStr"><is><t>&#24314;&#x8BBE;&#13;'
    '&amp;#49;&amp;amp;&#38;lt;</t></is></c><c r="C1" t="str"><f>"&#24180;"&amp;A1</f><v>&#128;</v>'
    "</c></row>"
)
_UNUSUAL = [
    '<row r="1"><c><v>1</v></c></row>',
    '<row><c r="A1"><v>1</v></c></row>',
    '<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>',
    '<row r="1"><c r="A1"><!-- <c r="B1"><v>1</v></c> --></c></row>',
    '<row r="1"><c r="A1" xmlns="urn:other"><v>1</v></c></row>',
    '<row r="1" xmlns="urn:other"><c r="A1"><v>1</v></c></row>',
    '<row r="1"><c r="A1" t="inlineStr"><is><r><t>a</t></r></is></c></row>',
    '<row r="1"><c r="A1" t="str"><v>a\r\nb</v></c></row>',
    '<row r="1"><c r="ZZZ1"><v>1</v></c></row>',
    '<row r="1"><c r="A1"><v>1</v></c></row></sheetData><sheetData><row/>',
    '<row r="1"><c r="A1"><v>1</c></row>',
    '<row r="1"><row r="2"><c r="A1"><v>1</v></c></row></row>',
]


def slowly(part: str) -> SheetContent | str:
    """Read the part with a comment put in front of its rows, which are then not usual."""
    return read(part.replace("<sheetData>", "<!-- --><sheetData>"))


def read(part: str) -> SheetContent | str:
    try:
        return read_sheet(part.encode(), "a.xlsx", "sheet1.xml", DEFAULT)
    except FileRefused as error:
        return str(error)


@pytest.mark.parametrize("rows", [_PLAIN, _SHARED, _NUMBERED, "", *_UNUSUAL])
def test_both_ways_say_the_same(rows: str) -> None:
    part = worksheet(rows)
    assert usual_rows(slow_bytes(part), DEFAULT.cells) is None
    assert read(part) == slowly(part)


def slow_bytes(part: str) -> bytes:
    return part.replace("<sheetData>", "<!-- --><sheetData>").encode()


def test_only_the_usual_part_goes_the_quick_way() -> None:
    assert usual_rows(worksheet(_PLAIN).encode(), DEFAULT.cells) is not None
    assert usual_rows(worksheet(_SHARED).encode(), DEFAULT.cells) is not None
    assert usual_rows(worksheet(_NUMBERED).encode(), DEFAULT.cells) is not None
    assert usual_rows(worksheet(_PLAIN).encode(), 3) is None
    for rows in _UNUSUAL[:9]:
        assert usual_rows(worksheet(rows).encode(), DEFAULT.cells) is None, rows


def test_the_limits_hold_on_the_quick_way() -> None:
    part = worksheet(_PLAIN).encode()
    for limits in (Limits(cells=2), Limits(depth=3)):
        with pytest.raises(FileRefused):
            read_sheet(part, "a.xlsx", "sheet1.xml", limits)

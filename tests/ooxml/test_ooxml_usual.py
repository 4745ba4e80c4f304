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
_UNUSUAL = [
    '<row r="1"><c><v>1</v></c></row>',
    '<row><c r="A1"><v>1</v></c></row>',
    '<row r="1"><c r="A1"><v>1&#49;</v></c></row>',
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


@pytest.mark.parametrize("rows", [_PLAIN, "", *_UNUSUAL])
def test_both_ways_say_the_same(rows: str) -> None:
    part = worksheet(rows)
    assert usual_rows(slow_bytes(part), DEFAULT.cells) is None
    assert read(part) == slowly(part)


def slow_bytes(part: str) -> bytes:
    return part.replace("<sheetData>", "<!-- --><sheetData>").encode()


def test_only_the_usual_part_goes_the_quick_way() -> None:
    assert usual_rows(worksheet(_PLAIN).encode(), DEFAULT.cells) is not None
    assert usual_rows(worksheet(_PLAIN).encode(), 3) is None
    for rows in _UNUSUAL[:10]:
        assert usual_rows(worksheet(rows).encode(), DEFAULT.cells) is None, rows


def test_the_limits_hold_on_the_quick_way() -> None:
    part = worksheet(_PLAIN).encode()
    for limits in (Limits(cells=2), Limits(depth=3)):
        with pytest.raises(FileRefused):
            read_sheet(part, "a.xlsx", "sheet1.xml", limits)

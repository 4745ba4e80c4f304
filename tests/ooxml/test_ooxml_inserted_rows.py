"""Rows are inserted, and everything that refers to rows moves along; the proof knows how."""

import re
from itertools import chain, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from package_samples import (
    MAIN,
    RELATIONS,
    members,
    package,
    parts_of,
    sheet_xml,
    worksheet,
    zipped,
)

from xlflow.errors import FileRefused, UsageError
from xlflow.ooxml import Insertion, Unproven, Workbook, prove
from xlflow.ooxml.proof_rows import moved_formula

TWO_BELOW_5 = Insertion("表1", 5, 2)
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"


def rows(*numbers: int, cell: str = "<v>1</v>") -> str:
    return "".join(
        f'<row r="{number}"><c r="A{number}" s="1">{cell}</c></row>' for number in numbers
    )


def inserted(data: bytes, below: int = 5, count: int = 2, sheet: str = "表1") -> bytes:
    """Insert rows; what comes out is proved."""
    book = Workbook.from_bytes(data)
    book.insert_rows(sheet, below, count)
    out = book.to_bytes()
    prove(data, out, {}, inserted=[Insertion(sheet, below, count)])
    return out


def around(before: str = "", after: str = "") -> str:
    """Return a sheet with nothing but five rows and one more, after the insertion."""
    return sheet_xml(inserted(package(rows(4, 5, 6), before=before, after=after)))


# -- formulas --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("A5+A6", "A5+A8"),
        ("$A$6+A$6+$A6", "$A$8+A$8+$A8"),
        ("SUM(A1:B5)", "SUM(A1:B5)"),  # what ends with the row copied does not grow
        ("SUM(A1:B6)", "SUM(A1:B8)"),
        ("SUM(a6:xfd9)", "SUM(a8:xfd11)"),
        ("6:6+$7:8", "8:8+$9:10"),
        ("A:B+A1", "A:B+A1"),
        ("A1:A1048576", "A1:A1048576"),
        ('"A6"&A6&"a ""A6"" b"', '"A6"&A8&"a ""A6"" b"'),
        ("LOG10(A6)+ATAN2(B6,C7)", "LOG10(A8)+ATAN2(B8,C9)"),
        ("表1!A6+二!A6", "表1!A8+二!A6"),
        ("'表1'!A6+'二'!A6+'它''s A6'!A6", "'表1'!A8+'二'!A6+'它''s A6'!A6"),
        ("二!A6:A9+A6", "二!A6:A9+A8"),
        ("表1!A6:A9", "表1!A8:A11"),
        ("表1!A6:表1!A9", "表1!A8:表1!A11"),
        ("[1]表1!A6+'[1]表1'!A6+[0]!名A6", "[1]表1!A6+'[1]表1'!A6+[0]!名A6"),
        ("表1:二!A6", "表1:二!A6"),  # over several sheets: Excel leaves it
        ("T[A6]+T[[#This Row],[A6]]+T[a'[A6]+A6", "T[A6]+T[[#This Row],[A6]]+T[a'[A6]+A8"),
        ("[[#This Row],a]+A6", "[[#This Row],a]+A8"),
        ("A6#+SUM(A6#)", "A8#+SUM(A8#)"),
        ("#REF!+表1!#REF!+#REF!A6+A6", "#REF!+表1!#REF!+#REF!A6+A8"),
        ("税率A6+_A6+A6_+A6.b+R1C1+\\A6", "税率A6+_A6+A6_+A6.b+R1C1+\\A6"),
        ("1E6+0.6+6", "1E6+0.6+6"),
        ("{1,2;6,7}*A6%", "{1,2;6,7}*A8%"),
        ("A6 A7,(A8,B6)", "A8 A9,(A10,B8)"),
        ("A5:INDEX(B:B,6)", "A5:INDEX(B:B,6)"),
        ("-@A6", "-@A8"),
        ("A6:B7:C8", "A8:B9:C10"),
        ("TRUE6+XFE6+ABCD6", "TRUE6+XFE8+ABCD6"),
    ],
)
def test_a_formula_reads_the_same_cells_as_before(formula: str, moved: str) -> None:
    assert TWO_BELOW_5.formula(formula, "表1") == moved
    assert moved_formula(formula, "表1", TWO_BELOW_5) == moved


OPERANDS = ("A6", "$B$5:B7", "'表 1'!A9", "二!$A$6", '"A6"', "T[A6]", "LOG10(A6)", "6:$9", "A:A",
            "'它''s'!C6:D$8", "税A6", "#REF!", "1E6", "[1]二!A7", "A6#", "{6,7}",
            "二!A5:二!A6")  # fmt: skip
OPERATORS = ("+", "&", ",", " ", "%*", "-(", ")<=")


@given(
    st.lists(st.tuples(st.sampled_from(OPERANDS), st.sampled_from(OPERATORS))),
    st.sampled_from(["表 1", "二", "它's"]),
)
def test_writer_and_proof_read_formulas_alike(pieces: list[tuple[str, str]], sheet: str) -> None:
    formula = "".join(chain.from_iterable(pieces))
    insertion = Insertion(sheet, 5, 3)
    assert insertion.formula(formula, "二") == moved_formula(formula, "二", insertion)


def test_formulas_of_all_sheets_move() -> None:
    other = worksheet('<row r="6"><c r="A6"><f>表1!A6+A6</f><v>2</v></c></row>')
    own = rows(5) + '<row r="6"><c r="A6"><f>A5+二!A6+A6</f><v>2</v></c></row>'
    out = inserted(zipped(parts_of({"表1": worksheet(own), "二": other})))
    assert '<c r="A8"><f>A5+二!A6+A8</f>' in sheet_xml(out)
    assert '<c r="A6"><f>表1!A8+A6</f>' in sheet_xml(out, 2)


def test_a_shared_formula_that_no_longer_fits_is_written_out() -> None:
    first = '<row r="4"><c r="A4"><f t="shared" ref="A4:B7" si="0">A3+$B$9</f></c></row>'
    follower = '<f t="shared" si="0"/>'
    data = first + "".join(
        f'<row r="{row}"><c r="A{row}">{follower}</c></row>' for row in (5, 6, 7)
    )
    part = sheet_xml(inserted(package(data)))
    assert '<f t="shared" ref="A4:B9" si="0">A3+$B$11</f>' in part
    # It read the row above, which stays where it is.
    assert '<c r="A8"><f>A5+$B$11</f></c>' in part
    assert f'<c r="A9">{follower}</c>' in part
    assert '<c r="A6"><f>A5+$B$11</f></c>' in part  # the new rows, filled down
    assert '<c r="A7"><f>A6+$B$11</f></c>' in part


def test_a_formula_shared_on_another_sheet_is_written_out_where_it_must() -> None:
    cells = '<c r="A1"><f t="shared" ref="A1:A9" si="3">表1!A5</f></c>'
    other = f'<row r="1">{cells}</row><row r="2"><c r="A2"><f t="shared" si="3"/></c></row>'
    out = inserted(zipped(parts_of({"表1": worksheet(rows(5)), "二": worksheet(other)})))
    assert '<c r="A2"><f>表1!A8</f></c>' in sheet_xml(out, 2)


@pytest.mark.parametrize("kind", ['t="array"', 't="dataTable" dt2D="1" r1="B9" r2="C9"'])
def test_arrays_move_whole_or_not_at_all(kind: str) -> None:
    row = f'<c r="A6"><f {kind} ref="A6:A8">B6:B8</f><v>1</v></c>'
    data = package(rows(4, 5) + f'<row r="6">{row}</row>' + rows(7, 8))
    part = sheet_xml(inserted(data))
    assert 'ref="A8:A10"' in part
    assert ('r1="B11" r2="C11"' in part) == ("dataTable" in kind)
    for below in (6, 7):
        with pytest.raises(UsageError, match="A6:A8"):
            Workbook.from_bytes(data).insert_rows("表1", below, 1)
    below_it = sheet_xml(inserted(data, below=8))
    assert '<row r="9"><c r="A9" s="1"/></row>' in below_it


def test_an_array_of_one_cell_is_filled_down() -> None:
    cell = '<c r="A5" cm="1"><f t="array" ref="A5">SUM(B5:C5*2)</f><v>1</v></c>'
    part = sheet_xml(inserted(package(f'<row r="5">{cell}</row>'), count=1))
    assert '<c r="A6" cm="1"><f t="array" ref="A6">SUM(B6:C6*2)</f></c>' in part


# -- the rows --------------------------------------------------------------------------------


def test_new_rows_look_like_the_one_above_and_hold_formulas_alone() -> None:
    cells = (
        '<c r="A5" s="1" t="s"><v>0</v></c><c r="B5" t="inlineStr"><is><t>字</t></is></c>'
        '<c r="C5" s="1"><f>A5*$B$4+A6</f><v>7</v></c>'
    )
    row = f'<row r="5" spans="1:3" ht="31.5" customHeight="1" collapsed="1">{cells}</row>'
    part = sheet_xml(inserted(package(row + rows(6), strings=f'<sst xmlns="{MAIN}"/>')))
    for number in (6, 7):
        assert (
            f'<row r="{number}" spans="1:3" ht="31.5" customHeight="1">'
            f'<c r="A{number}" s="1"/><c r="B{number}"/>'
            f'<c r="C{number}" s="1"><f>A{number}*$B$4+A{number + 3}</f></c></row>' in part
        )
    assert cells.replace("A6", "A8") in part
    assert '<row r="8"><c r="A8" s="1"><v>1</v></c></row>' in part


def test_all_other_bytes_stay() -> None:
    odd = (
        "<!-- <row r='9'> --><row  r = '6'  dyDescent='.2'  ><!--<c r='A6'/>-->"
        "<c  s='1'  r='B6' ><v>1</v> </c>\n<c/></row>\n"
    )
    data = package(f'<row r="5"/>{odd}')
    part = sheet_xml(inserted(data, count=1))
    assert '<row r="5"/><row r="6"/>' in part
    assert odd.replace("r = '6'", "r = '7'").replace("'B6'", "'B7'") in part


def test_rows_without_numbers_are_counted() -> None:
    data = package("<row><c/></row><row><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    book = Workbook.from_bytes(inserted(data, below=2, count=3))
    assert [book.sheet("表1")[f"A{row}"] for row in range(1, 7)] == [None, 2, None, None, None, 3]


def test_prefixed_parts_move_as_well() -> None:
    part = worksheet('<row r="5"/><row r="6"><c r="A6"><f>A6</f></c></row>')
    part = re.sub("<(/?)", r"<\1x:", part).replace("xmlns=", "xmlns:x=")
    out = sheet_xml(inserted(zipped(parts_of({"表1": part}))))
    assert '<x:row r="7"/><x:row r="8"><x:c r="A8"><x:f>A8</x:f></x:c></x:row>' in out


def test_below_the_last_row_there_is_nothing_to_copy() -> None:
    data = package(rows(1, 2))
    assert sheet_xml(inserted(data, below=9)) == sheet_xml(data)


def test_rows_can_not_be_pushed_over_the_end() -> None:
    full = package(rows(5, 1_048_576))
    with pytest.raises(UsageError):
        Workbook.from_bytes(full).insert_rows("表1", 5, 1)
    empty = package(rows(5) + '<row r="1048576" ht="9"><c r="A1048576" s="1"/></row>')
    assert "1048576" not in sheet_xml(inserted(empty, count=1))


@pytest.mark.parametrize(("below", "count"), [(0, 1), (5, 0), (1_048_576, 1), (1_048_575, 2)])
def test_impossible_rows(below: int, count: int) -> None:
    with pytest.raises(UsageError):
        Workbook.from_bytes(package(rows(1))).insert_rows("表1", below, count)


def test_rows_out_of_order_are_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        Workbook.from_bytes(package(rows(6, 5))).insert_rows("表1", 5, 1)
    assert refused.value.code == "F05"


# -- around the rows -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "moved"),
    [
        ('<dimension ref="A1:B9"/>', '<dimension ref="A1:B11"/>'),
        ('<dimension ref="A1:B5"/>', '<dimension ref="A1:B7"/>'),
        (
            '<sheetViews><sheetView workbookViewId="0"><selection activeCell="B6" '
            'sqref="B6 C1:C7"/></sheetView></sheetViews>',
            '<sheetViews><sheetView workbookViewId="0"><selection activeCell="B8" '
            'sqref="B8 C1:C9"/></sheetView></sheetViews>',
        ),
        (
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="7" topLeftCell="A8" '
            'state="frozen"/></sheetView></sheetViews>',
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="9" topLeftCell="A10" '
            'state="frozen"/></sheetView></sheetViews>',
        ),
        (
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="5" topLeftCell="A6" '
            'state="frozen"/></sheetView></sheetViews>',
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="5" topLeftCell="A6" '
            'state="frozen"/></sheetView></sheetViews>',
        ),
    ],
)
def test_what_stands_before_the_rows(element: str, moved: str) -> None:
    assert moved in around(before=element)


def merged(*areas: str) -> str:
    inner = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    return f'<mergeCells count="{len(areas)}">{inner}</mergeCells>'


@pytest.mark.parametrize(
    ("element", "moved"),
    [
        (merged("A1:B4", "A4:B6", "A7:B8"), merged("A1:B4", "A4:B8", "A9:B10")),
        (merged("B5:C5", "D5:E6"), merged("B5:C5", "D5:E8", "B6:C6", "B7:C7")),
        ('<autoFilter ref="A4:C9"/>', '<autoFilter ref="A4:C11"/>'),
        ('<sortState ref="A6:C9"><sortCondition ref="B6:B9"/></sortState>',
         '<sortState ref="A8:C11"><sortCondition ref="B8:B11"/></sortState>'),
        ('<protectedRanges><protectedRange sqref="A6 B1:B5"/></protectedRanges>',
         '<protectedRanges><protectedRange sqref="A8 B1:B7"/></protectedRanges>'),
        ('<scenarios sqref="A6"><scenario><inputCells r="A6" val="1"/></scenario></scenarios>',
         '<scenarios sqref="A8"><scenario><inputCells r="A8" val="1"/></scenario></scenarios>'),
        ('<conditionalFormatting sqref="C2:C5 D5 E6"><cfRule><formula>C2&lt;$A$6</formula>'
         '<cfvo type="num" val="$B$7"/></cfRule></conditionalFormatting>',
         '<conditionalFormatting sqref="C2:C7 D5:D7 E8"><cfRule><formula>C2&lt;$A$8</formula>'
         '<cfvo type="num" val="$B$9"/></cfRule></conditionalFormatting>'),
        ('<dataValidations><dataValidation sqref="C4:C5"><formula1>$A$6:$A$9</formula1>'
         '<formula2>"A6"</formula2></dataValidation></dataValidations>',
         '<dataValidations><dataValidation sqref="C4:C7"><formula1>$A$8:$A$11</formula1>'
         '<formula2>"A6"</formula2></dataValidation></dataValidations>'),
        ("<hyperlinks><hyperlink ref=\"A6\" location=\"'表1'!A9\" display=\"A6\"/></hyperlinks>",
         "<hyperlinks><hyperlink ref=\"A8\" location=\"'表1'!A11\" display=\"A6\"/></hyperlinks>"),
        ('<rowBreaks><brk id="4" max="16383"/><brk id="5"/><brk id="6"/></rowBreaks>'
         '<colBreaks><brk id="6"/></colBreaks>',
         '<rowBreaks><brk id="4" max="16383"/><brk id="7"/><brk id="8"/></rowBreaks>'
         '<colBreaks><brk id="6"/></colBreaks>'),
        ('<cellWatches><cellWatch r="A6"/></cellWatches>',
         '<cellWatches><cellWatch r="A8"/></cellWatches>'),
        ('<ignoredErrors><ignoredError sqref="B2:B5"/></ignoredErrors>',
         '<ignoredErrors><ignoredError sqref="B2:B7"/></ignoredErrors>'),
        ('<controls><control><controlPr linkedCell="$A$6" listFillRange="二!$A$6"><anchor '
         'moveWithCells="1"><from><row>6</row></from><to><row>7</row></to></anchor></controlPr>'
         "</control></controls>",
         '<controls><control><controlPr linkedCell="$A$8" listFillRange="二!$A$6"><anchor '
         'moveWithCells="1"><from><row>8</row></from><to><row>9</row></to></anchor></controlPr>'
         "</control></controls>"),
        (f'<extLst><ext xmlns:a="{X14}" xmlns:xm="{XM}"><a:conditionalFormatting><a:cfRule><xm:f>'
         "表1!$A$6</xm:f></a:cfRule><xm:sqref>C2:C5</xm:sqref></a:conditionalFormatting>"
         "<a:dataValidation><a:formula1><xm:f>二!$A$6</xm:f></a:formula1><xm:sqref>D5</xm:sqref>"
         "</a:dataValidation><a:sparkline><xm:f>表1!A5:C6</xm:f><xm:sqref>H5</xm:sqref>"
         "</a:sparkline></ext></extLst>",
         f'<extLst><ext xmlns:a="{X14}" xmlns:xm="{XM}"><a:conditionalFormatting><a:cfRule><xm:f>'
         "表1!$A$8</xm:f></a:cfRule><xm:sqref>C2:C7</xm:sqref></a:conditionalFormatting>"
         "<a:dataValidation><a:formula1><xm:f>二!$A$6</xm:f></a:formula1><xm:sqref>D5:D7</xm:sqref>"
         "</a:dataValidation><a:sparkline><xm:f>表1!A5:C8</xm:f><xm:sqref>H5</xm:sqref>"
         "</a:sparkline></ext></extLst>"),
    ],
)  # fmt: skip
def test_what_stands_behind_the_rows(element: str, moved: str) -> None:
    assert moved in around(after=element)
    unmoved = package(rows(4, 5, 6), after=element)
    out = zipped({**members(unmoved), "xl/worksheets/sheet1.xml": around().encode()})
    with pytest.raises(Unproven):
        prove(unmoved, out, {}, inserted=[TWO_BELOW_5])


def test_defined_names_move_where_they_are_fixed() -> None:
    names = {
        "a": "表1!$A$6:$B$9",
        "b": "表1!A6+二!$A$6",  # counted from the cell that uses the name
        "_xlnm.Print_Area": "表1!$A$1:$B$6,表1!$A$9",
        "_xlnm.Print_Titles": "表1!$6:$6",
        "_xlnm._FilterDatabase": "表1!A6:B9",
        "c": '"A6"',
        "d": "表1!#REF!",
    }
    tags = "".join(
        f'<definedName name="{name}">{text}</definedName>' for name, text in names.items()
    )
    local = '<definedName name="e" localSheetId="0">$A$6</definedName>'
    sheets = {"表1": worksheet(rows(5)), "二": worksheet("")}
    book = f"<definedNames>{tags}{local}</definedNames>"
    after = Workbook.from_bytes(inserted(zipped(parts_of(sheets, names=book))))
    assert {name.name: name.text for name in after.names} == {
        **names,
        "a": "表1!$A$8:$B$11",
        "_xlnm.Print_Area": "表1!$A$1:$B$8,表1!$A$11",
        "_xlnm.Print_Titles": "表1!$8:$8",
        "_xlnm._FilterDatabase": "表1!A8:B11",
        "e": "$A$8",
    }


# -- other parts -----------------------------------------------------------------------------

SHEET_NOTE = (
    '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>\n<x:Anchor> 1, 15, 4, 10,'
    " 3, 15, 8, 4</x:Anchor><x:Row>5</x:Row><x:Column>1</x:Column></x:ClientData>"
)
OTHER_PARTS = {
    "comments": ('<comments><comment ref="A6"/><comment ref="A5"/></comments>',
                 '<comments><comment ref="A8"/><comment ref="A5"/></comments>'),
    "threadedComment": ('<x:threadedComment xmlns:x="u" ref="A6"/>',
                        '<x:threadedComment xmlns:x="u" ref="A8"/>'),
    "table": ('<table ref="A4:B6"><autoFilter ref="A4:B6"/><calculatedColumnFormula>$A$6+T[A6]'
              "</calculatedColumnFormula></table>",
              '<table ref="A4:B8"><autoFilter ref="A4:B8"/><calculatedColumnFormula>$A$8+T[A6]'
              "</calculatedColumnFormula></table>"),
    "chart": ("<c:c xmlns:c='u'><c:f>表1!$A$4:$A$6</c:f><c:f>二!$A$6</c:f><c:v>A6</c:v></c:c>",
              "<c:c xmlns:c='u'><c:f>表1!$A$4:$A$8</c:f><c:f>二!$A$6</c:f><c:v>A6</c:v></c:c>"),
    "ctrlProp": ('<formControlPr fmlaLink="$A$6" fmlaRange="表1!$A$6:$A$7"/>',
                 '<formControlPr fmlaLink="$A$8" fmlaRange="表1!$A$8:$A$9"/>'),
    "pivotTable": ('<pivotTableDefinition><location ref="A6:B9"/></pivotTableDefinition>',
                   '<pivotTableDefinition><location ref="A8:B11"/></pivotTableDefinition>'),
    "pivotCacheDefinition": (
        '<p><worksheetSource ref="A4:B6" sheet="表1"/><rangeSet ref="A6" sheet="二"/></p>',
        '<p><worksheetSource ref="A4:B8" sheet="表1"/><rangeSet ref="A6" sheet="二"/></p>'),
    "calcChain": ('<calcChain><c r="A6" i="1"/><c r="A9"/><c r="A6" i="2"/></calcChain>',
                  '<calcChain><c r="A8" i="1"/><c r="A11"/><c r="A6" i="2"/></calcChain>'),
    "volatileDependencies": ('<v><tr r="A6" s="1"/></v>', '<v><tr r="A8" s="1"/></v>'),
    "connections": ('<c><parameter cell="表1!$A$6"/></c>', '<c><parameter cell="表1!$A$8"/></c>'),
    "tableSingleCells": ('<s><singleXmlCell r="A6"/></s>', '<s><singleXmlCell r="A8"/></s>'),
    "vmlDrawing": (f"<xml><br>{SHEET_NOTE}", "<xml><br>" + SHEET_NOTE.replace(
        "4, 10, 3, 15, 8", "6, 10, 3, 15, 10").replace("5</x:Row>", "7</x:Row>")),
}  # fmt: skip


def with_part(kind: str, content: str, sheet: str = "表1") -> bytes:
    """Return a workbook whose sheet leads to a further part."""
    parts = parts_of({"表1": worksheet(rows(4, 5, 6)), "二": worksheet(rows(6))})
    number = 1 if sheet == "表1" else 2
    parts[f"xl/worksheets/_rels/sheet{number}.xml.rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r" Type="{RELATIONS}/{kind}" Target="../more.xml"/></Relationships>'
    )
    return zipped({**parts, "xl/more.xml": content})


@pytest.mark.parametrize("kind", OTHER_PARTS)
def test_other_parts_move(kind: str) -> None:
    before, after = OTHER_PARTS[kind]
    data = with_part(kind, before)
    out = members(inserted(data))
    assert out["xl/more.xml"].decode() == after
    with pytest.raises(Unproven):
        prove(data, zipped({**out, "xl/more.xml": before}), {}, inserted=[TWO_BELOW_5])


@pytest.mark.parametrize(
    "kind", ["comments", "threadedComment", "table", "pivotTable", "vmlDrawing"]
)
def test_parts_of_other_sheets_stay(kind: str) -> None:
    before = OTHER_PARTS[kind][0].replace("$A$6", "$A$1")
    assert members(inserted(with_part(kind, before, "二")))["xl/more.xml"].decode() == before


def test_a_pivot_table_is_not_parted() -> None:
    data = with_part("pivotTable", '<p><location ref="A5:B9"/></p>')
    with pytest.raises(UsageError, match="A5:B9"):
        Workbook.from_bytes(data).insert_rows("表1", 5, 1)


@pytest.mark.parametrize(
    ("edit_as", "start", "end", "moved"),
    [
        (None, 5, 7, (7, 9)),
        (None, 2, 7, (2, 9)),
        (None, 2, 4, (2, 4)),
        ("twoCell", 2, 7, (2, 9)),
        ("oneCell", 2, 7, (2, 7)),
        ("oneCell", 5, 7, (7, 9)),
        ("absolute", 5, 7, (5, 7)),
    ],
)
def test_drawings_move_and_size_as_they_say(
    edit_as: str | None, start: int, end: int, moved: tuple[int, int]
) -> None:
    how = f' editAs="{edit_as}"' if edit_as else ""

    def drawing(top: int, bottom: int, link: int) -> str:
        return (
            f'<d:wsDr xmlns:d="{XDR}"><d:twoCellAnchor{how}><d:from><d:row>{top}</d:row></d:from>'
            f'<d:to><d:row>{bottom}</d:row></d:to><d:sp textlink="$A${link}"/></d:twoCellAnchor>'
            f"<d:oneCellAnchor><d:from><d:row>{link - 1}</d:row></d:from></d:oneCellAnchor>"
            "</d:wsDr>"
        )

    data = with_part("drawing", drawing(start, end, 6))
    assert members(inserted(data))["xl/more.xml"].decode() == drawing(*moved, 8)


@pytest.mark.parametrize(
    ("says", "moved"),
    [("", (2, 9)), ("<x:SizeWithCells/>", (2, 7)), ("<x:MoveWithCells/>", (2, 7))],
)
def test_controls_in_vml_move_as_they_say(says: str, moved: tuple[int, int]) -> None:
    def shape(top: int, bottom: int, link: int) -> str:
        return (
            f'<xml><x:ClientData ObjectType="Drop">{says}<x:Anchor>1, 0, {top}, 6, 3, 0, {bottom}, '
            f"6</x:Anchor><x:FmlaLink>$A${link}</x:FmlaLink><x:FmlaMacro>[0]!A6</x:FmlaMacro>"
            "</x:ClientData></xml>"
        )

    data = with_part("vmlDrawing", shape(2, 7, 6))
    assert members(inserted(data))["xl/more.xml"].decode() == shape(*moved, 8)


# -- together with other edits ---------------------------------------------------------------


def test_cells_are_set_where_they_are_afterwards() -> None:
    data = package(rows(4, 5, 6))
    book = Workbook.from_bytes(data)
    sheet = book.sheet("表1")
    sheet["A6"] = "前"  # moves along
    book.insert_rows("表1", 5, 2)
    assert (sheet["A8"], sheet["A6"]) == ("前", None)
    sheet["A6"] = "新"
    book.insert_rows("表1", 4, 1)
    sheet["A7"] = "更新"
    out = book.to_bytes()
    inserted_rows = [TWO_BELOW_5, Insertion("表1", 4, 1)]
    prove(data, out, {"表1": ["A7", "A9"]}, inserted=inserted_rows)
    after = Workbook.from_bytes(out).sheet("表1")
    assert [after[f"A{row}"] for row in range(4, 10)] == [1, None, 1, "更新", None, "前"]
    with pytest.raises(Unproven):
        prove(data, out, {"表1": ["A7"]}, inserted=inserted_rows)
    with pytest.raises(Unproven):
        prove(data, out, {"表1": ["A7", "A9"]}, inserted=inserted_rows[:1])


def test_results_that_no_longer_hold_are_dropped_and_others_kept() -> None:
    formulas = {
        "B1": "SUM(A1:A5)", "B2": "SUM(A1:A6)", "B3": "A6*2", "B4": "ROW(A6)", "C1": "B4+1",
        "C2": "ROWS(A1:A9)", "C3": "INDIRECT(&quot;A6&quot;)",
    }  # fmt: skip
    cells = "".join(
        f'<row r="{row}">'
        + "".join(
            f'<c r="{cell}"><f>{text}</f><v>3</v></c>'
            for cell, text in formulas.items()
            if cell.endswith(str(row))
        )
        + "</row>"
        for row in range(1, 5)
    )
    out = inserted(package(cells + rows(5, 6)))
    after = Workbook.from_bytes(out).sheet("表1")
    assert {cell for cell in formulas if after[cell] == 3} == {"B1", "B3"}
    assert b'fullCalcOnLoad="1"' in members(out)["xl/workbook.xml"]


def test_a_sheet_put_in_whole_moves_as_well() -> None:
    book = Workbook.from_bytes(package(rows(5, 6)))
    new = worksheet('<row r="1"><c r="A1"><f>表1!A6</f></c></row>')
    book.replace_sheet("核对结果", new.encode())
    book.insert_rows("表1", 5, 1)
    assert "<f>表1!A7</f>" in sheet_xml(book.to_bytes(), 2)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('<c r="A6" s="1"/>', '<c r="A6"/>'),
        ('<c r="A6" s="1"/>', '<c r="A6" s="1"><v>1</v></c>'),
        ('<row r="7"><c r="A7" s="1"/></row>', ""),
        ('<row r="6">', '<row r="6" hidden="1">'),
        ('<c r="A8" s="1"><v>1</v></c>', '<c r="A8" s="1"><v>2</v></c>'),
        ("<f>A8</f>", "<f>A9</f>"),
    ],
)
def test_a_difference_planted_in_new_rows_is_seen(old: str, new: str) -> None:
    data = package(rows(5, 6) + '<row r="7"><c r="B7"><f>A6</f></c></row>')
    out = members(inserted(data))
    part = out["xl/worksheets/sheet1.xml"].decode()
    assert old in part
    tampered = zipped({**out, "xl/worksheets/sheet1.xml": part.replace(old, new, 1)})
    with pytest.raises(Unproven):
        prove(data, tampered, {}, inserted=[TWO_BELOW_5])


REFERENCES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", "$"]),
    st.sampled_from("ABC"),
    st.sampled_from(["", "$"]),
    st.integers(1, 12),
)


@given(
    st.dictionaries(
        st.tuples(st.integers(1, 12), st.integers(0, 2)),
        st.one_of(st.integers(0, 99), st.lists(REFERENCES, min_size=1, max_size=3).map("+".join)),
    ),
    st.integers(1, 12),
    st.integers(1, 4),
)
def test_every_cell_is_found_at_its_place(
    cells: dict[tuple[int, int], int | str], below: int, count: int
) -> None:
    def xml(row: int, column: int) -> str:
        content = cells[row, column]
        inner = f"<f>{content}</f>" if isinstance(content, str) else f"<v>{content}</v>"
        return f'<c r="{"ABC"[column]}{row}" s="{(row + column) % 3}">{inner}</c>'

    numbers = sorted({row for row, _ in cells})
    body = "".join(
        f'<row r="{row}">{"".join(xml(row, col) for col in range(3) if (row, col) in cells)}</row>'
        for row in numbers
    )
    insertion = Insertion("表1", below, count)
    after = Workbook.from_bytes(inserted(package(body), below, count)).sheet("表1").content.cells
    for (row, column), content in cells.items():
        stored = after.pop((insertion.row(row), column + 1))
        assert stored.style == (row + column) % 3
        if isinstance(content, str):
            assert stored.formula == insertion.formula(content, "表1")
        else:
            assert stored.text == str(content)
    assert {row for row, _ in after} <= set(range(below + 1, below + count + 1))
    assert all(cell.text is None for cell in after.values())
    assert all(first < second for first, second in pairwise(sorted(after)))

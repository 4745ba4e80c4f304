"""The lint sees each defect that is planted, and nothing in what we make."""

import io

import pytest
import xlsxwriter
from package_lint import findings
from package_samples import members, zipped

from xlflow.demo.seeds import shangjie
from xlflow.forms import all_forms, load_form
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules, judge_package

SHEET, BOOK, TABLE = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/tables/table1.xml"
TYPES, RELS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
CHAIN = (
    '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    '<c r="A2" i="1"/></calcChain>'
)


def sound() -> dict[str, str]:
    """Return the parts of a workbook with a bit of everything, as text."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet("填报")
    sheet.write_row("A2", ["甲", 1, True])
    sheet.write_row("A3", ["乙", 2, False])
    sheet.write_formula("D2", "=SUM(B2:B3)", None, 3)
    sheet.merge_range("F2:G3", "合并")
    sheet.merge_range("F5:G6", "又")
    sheet.data_validation("C2:C9", {"validate": "list", "source": ["是", "否"]})
    columns = [{"header": "项目"}, {"header": "金额"}]
    sheet.add_table("I1:J3", {"columns": columns, "data": [["丙", 1], ["丁", 2]]})
    book.define_name("合计", "=填报!$D$2")
    book.define_name("另一", "=填报!$D$2")
    book.close()
    parts = {name: part.decode() for name, part in members(stream.getvalue()).items()}
    parts["xl/calcChain.xml"] = CHAIN.replace("A2", "D2")
    parts[TYPES] = parts[TYPES].replace(
        "</Types>", '<Override PartName="/xl/calcChain.xml" ContentType="x/y"/></Types>'
    )
    line = '<Relationship Id="rId99" Type="x/calcChain" Target="calcChain.xml"/>'
    parts[RELS] = parts[RELS].replace("</Relationships>", f"{line}</Relationships>")
    return parts


def test_a_sound_workbook_has_no_finding() -> None:
    assert findings(zipped(sound())) == []


@pytest.mark.parametrize(
    ("part", "old", "new", "finding"),
    [
        (SHEET, '<row r="3"', '<row r="1"', "row 1 twice"),
        (SHEET, '<row r="3"', '<row r="2"', "row 2 twice"),
        (SHEET, '<c r="B3"', '<c r="A3"', "cell A3 twice"),
        (SHEET, '<c r="B3"', '<c r="Z3"', "cell C3 twice or out of order"),
        (SHEET, '<c r="B3"', '<c r="B4"', "cell B4 in row 3"),
        (SHEET, '<c r="A2" t="s"><v>', '<c r="A2" t="s"><v>99', "no shared string"),
        (SHEET, 'ref="F5:G6"', 'ref="G3:G6"', "merged areas overlap"),
        (SHEET, 'ref="F5:G6"', 'ref="F5"', "single cell is merged"),
        (SHEET, '<c r="B3"><v>2</v>', '<c r="B3"><v>二</v>', "says '二'"),
        (SHEET, '<c r="B3"><v>2</v>', '<c r="B3"><v>NaN</v>', "says 'NaN'"),
        (SHEET, '<c r="B3"><v>2</v>', '<c r="B3"><v>2</v><f>1</f>', "children out of order"),
        (SHEET, '<c r="B3"', '<c r="B3" s="77"', "style that is not there"),
        (SHEET, '<c r="C3" t="b"><v>0', '<c r="C3" t="b"><v>7', "is a truth"),
        (SHEET, "<f>SUM(B2:B3)</f>", "<f>=SUM(B2:B3)</f>", "starts with ="),
        (SHEET, "<f>SUM(B2:B3)</f>", "<f>SUM(B2:B3</f>", "odd brackets"),
        (SHEET, "<f>SUM(B2:B3)</f>", '<f>IF(B2,"a)</f>', "open text"),
        (SHEET, "<f>SUM(B2:B3)</f>", f"<f>{'1+' * 5000}1</f>", "formula too long"),
        (SHEET, "<f>SUM(B2:B3)</f>", '<f t="shared" si="4"/>', "shares a formula"),
        (
            SHEET,
            '<c r="B3"><v>2</v>',
            f'<c r="B3" t="inlineStr"><is><t>{"长" * 32_768}</t></is>',
            "text too long",
        ),
        (
            SHEET,
            '<c r="B3"><v>2</v>',
            '<c r="B3" t="inlineStr"><v>2</v><is><t>2</t></is>',
            "inlineStr with a v",
        ),
        (SHEET, '<c r="B3"><v>2</v>', '<c r="B3"><is><t>2</t></is>', "no inlineStr"),
        (SHEET, '"是,否"', f'"{"是" * 256}"', "list of a validation"),
        (SHEET, "<mergeCells", "<pageMargins/><mergeCells", "out of order"),
        (TABLE, 'name="项目"', 'name="别的"', "heading of table"),
        (TABLE, 'name="项目"', 'name="金额"', "columns of table"),
        (BOOK, 'name="另一"', 'name="合计"', "name twice"),
        (BOOK, "</sheets>", '<sheet name="填报" sheetId="9"/></sheets>', "name twice"),
        ("xl/calcChain.xml", "D2", "A2", "no formula: 填报!A2"),
        (TYPES, "</Types>", '<Default Extension="xml" ContentType="x"/></Types>', "type twice"),
        (TYPES, 'Extension="rels"', 'Extension="rel"', "content type missing"),
        (TYPES, "sheet.main+xml", "sheet.macroEnabled.main+xml", "does not fit its macros"),
        (RELS, "styles.xml", "nothing.xml", "relationship to nothing"),
        (RELS, 'Id="rId99"', 'Id="rId1"', "relationship twice"),
    ],
)
def test_a_planted_defect_is_seen(part: str, old: str, new: str, finding: str) -> None:
    parts = sound()
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    assert finding in "\n".join(findings(zipped(parts)))


@pytest.mark.parametrize("name", [form.name for form in all_forms()])
def test_our_templates_are_clean(name: str) -> None:
    assert findings(template_of(load_form(name))) == []


def test_a_filled_and_a_scored_form_are_clean() -> None:
    seed = shangjie()
    form = load_form(seed["form"])
    returned = fill(template_of(form), form, seed["data"])
    scored = judge_package(returned, "form.xlsx", Rules()).marked
    assert scored is not None
    assert findings(returned) == []
    assert findings(scored) == []

"""Marks at cells: notes beside those of others, highlights, and the proof that watches them."""

import io
import json
import os
import re
import subprocess
import warnings
from functools import partial
from pathlib import Path

import openpyxl
import pytest
from marked_files import CORPUS, found, parts, result, twenty_problems
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.marking import mark
from xlflow.ooxml import Unproven, Workbook, prove
from xlflow.ooxml.container import Container
from xlflow.ooxml.limits import DEFAULT
from xlflow.ooxml.notes import new_notes, with_notes
from xlflow.problems import Problem, Severity
from xlflow.scoring import load_profile

PROFILE = load_profile("national-2020")
RED, YELLOW, GREY = "FFF5B7B1", "FFFFE082", "FFD5D8DC"
COMMENTS, SHAPES = "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml"


def plain() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "表1"
    book.active.merge_cells("B2:D3")
    return book


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def marked(data: bytes, *problems: Problem) -> bytes:
    return mark(Workbook.from_bytes(data), [result(*problems)], [PROFILE])


def sheet_of(data: bytes, name: str = "表1") -> Worksheet:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of extensions that openpyxl does not know
        return openpyxl.load_workbook(io.BytesIO(data))[name]


def fills(data: bytes) -> dict[str, str]:
    return {
        str(rules.sqref): rule.dxf.fill.bgColor.rgb
        for rules in sheet_of(data).conditional_formatting
        for rule in rules.rules
        if rule.formula == ['ISTEXT("xlflow")']
    }


def boxes(data: bytes) -> bytes:
    return next(content for name, content in parts(data).items() if name.endswith(".vml"))


def test_several_problems_of_a_cell_are_one_note_the_gravest_first() -> None:
    warning = found("C5", severity=Severity.WARNING)
    out = marked(saved(plain()), warning, found("C5"), found("A9", severity=Severity.NOTE))
    lines = sheet_of(out)["C5"].comment.text.splitlines()
    assert [line[:8] for line in lines[1:3]] == ["【错误 C12】", "【提醒 C12】"]
    assert sheet_of(out)["C5"].comment.author == "xlflow 核对"
    assert fills(out) == {"C5": RED, "A9": GREY}


def test_a_merged_area_is_marked_as_one_cell() -> None:
    out = marked(saved(plain()), found("C3", severity=Severity.WARNING), found("B2"))
    assert sheet_of(out)["B2"].comment is not None
    assert set(fills(out)) == {"B2:D3"}


def test_a_person_s_note_stands_above_ours_with_its_looks() -> None:
    book = plain()
    book["表1"]["C5"].comment = Comment("请核实", "张")
    data = saved(book)
    out = marked(data, found("C5"), found("C6"))
    assert sheet_of(out)["C5"].comment.text.startswith("请核实\n──── xlflow 核对 ────\n【错误")
    assert sheet_of(out)["C5"].comment.author == "张"
    old, new = map(boxes, (data, out))
    assert new.startswith(old[: old.rfind(b"</xml>")])


def test_a_long_list_of_problems_stays_readable() -> None:
    out = marked(saved(plain()), *[found("C5")] * 30)
    text = sheet_of(out)["C5"].comment.text
    assert len(text.splitlines()) == 9
    assert "另有 24 项" in text


def test_a_note_names_the_sheet_that_tells_the_rest() -> None:
    book = plain()
    book.create_sheet("核对结果")["B7"] = "本单位核对情况"
    out = marked(saved(book), *[found("A1")] * 30)
    assert "见工作表“核对结果2”" in sheet_of(out)["A1"].comment.text


def test_rules_of_the_person_keep_their_numbers() -> None:
    book = plain()
    fill = DifferentialStyle(fill=PatternFill(bgColor="FF00FF00"))
    for cell in ("A1", "A2"):
        book["表1"].conditional_formatting.add(
            cell, Rule(type="expression", formula=["TRUE"], dxf=fill)
        )
    out = marked(saved(book), found("A1"))
    rules = [
        (each.priority, each.formula[0])
        for area in sheet_of(out).conditional_formatting
        for each in area.rules
    ]
    assert sorted(rules) == [(1, "TRUE"), (2, "TRUE"), (3, 'ISTEXT("xlflow")')]


def test_no_style_of_a_cell_is_touched() -> None:
    book = plain()
    book["表1"]["A1"].fill = PatternFill("solid", fgColor="FF00FF00")
    data = saved(book)
    out = marked(data, found("A1"))
    old, new = (parts(each)["xl/worksheets/sheet1.xml"] for each in (data, out))
    assert re.findall(rb"<c [^>]*>", old) == re.findall(rb"<c [^>]*>", new)


def kitchen() -> bytes:
    path = CORPUS / "kitchen.xlsm"
    if not path.exists():
        pytest.skip("the corpus of real files is not here")
    return path.read_bytes()


def test_button_control_shapes_and_threads_survive() -> None:
    """B4 has a note, C4 a thread of comments; the button 评分 lies in the same VML part."""
    data = kitchen()
    name = Workbook.from_bytes(data).sheet_names[0]
    out = marked(data, *(found(cell, sheet=name) for cell in ("B4", "C4", "D9")))
    old, new = parts(data), parts(out)
    assert {part for part in old if old[part] != new[part]} == {
        "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", COMMENTS, SHAPES,
    }  # fmt: skip
    assert new[SHAPES].startswith(old[SHAPES].removesuffix(b"</xml>"))
    assert b"[0]!SampleCall" in new[SHAPES]
    ids = re.findall(rb'<v:shape id="(\w+)"', new[SHAPES])
    assert len(set(ids)) == len(ids) == 4  # the button, two notes, and ours at D9
    comments = sheet_of(out, name)
    assert "xlflow" not in comments["C4"].comment.text
    assert "xlflow" in comments["B4"].comment.text
    assert "xlflow" in comments["D9"].comment.text


def test_ids_of_boxes_are_new_on_every_sheet() -> None:
    book = plain()
    book.create_sheet("表2")["A1"].comment = Comment("旧", "张")
    out = marked(saved(book), found("A1"), found("B1"), found("C1", sheet="表2"))
    drawn = [content for name, content in parts(out).items() if name.endswith(".vml")]
    ids = [set(re.findall(rb"_x0000_s([0-9]+)", each)) for each in drawn]
    assert [len(each) for each in ids] == [2, 2]
    assert not ids[0] & ids[1]


def test_a_second_pass_leaves_the_marks_of_the_first_behind() -> None:
    data = saved(plain())
    first = marked(data, found("C5"))
    again = marked(first, found("A1"))
    assert sheet_of(again)["C5"].comment is None
    assert fills(again) == {"A1": RED}
    assert marked(again, found("C5")) == first


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (COMMENTS, "请核实", "请核对"),
        (COMMENTS, "</commentList>", '<comment ref="Z9" authorId="1"/></commentList>'),
        (COMMENTS, "【错误 C12】C6 不对。请改正。\n──── 以上由 xlflow 填写 ────", "别的"),
        (COMMENTS, "<author>张</author>", "<author>李</author>"),
        ("vml", "<x:Row>5</x:Row>", "<x:Row>7</x:Row>"),
        ("vml", "urn:schemas-microsoft-com:vml", "urn:other"),
        ("vml", "</xml>", '<v:shape id="_x0000_s9" type="#x"></v:shape></xml>'),
        ("vml", "</xml>", "<v:rect/></xml>"),
        ("xl/worksheets/sheet1.xml", 'sqref="C5 C6"', 'sqref="C5 C6 C7"'),
        ("xl/worksheets/sheet1.xml", "ISTEXT", "ISNUMBER"),
        ("xl/worksheets/sheet1.xml", "<legacyDrawing ", '<drawing r:id="rId1"/><legacyDrawing '),
    ],
)  # fmt: skip
def test_the_proof_sees_what_no_mark_may_do(part: str, old: str, new: str) -> None:
    book = plain()
    book["表1"]["C5"].comment = Comment("请核实", "张")
    data = saved(book)
    out = marked(data, found("C5"), found("C6"))
    proved = partial(prove, data, written={}, replaced=["核对结果"], shown={"表1": ["C5", "C6"]})
    proved(out)
    comments = next(name for name in parts(data) if "comments" in name)
    drawn = next(name for name in parts(data) if name.endswith(".vml"))
    name = {COMMENTS: comments, "vml": drawn}.get(part, part)
    content = parts(out)[name]
    tampered = content.replace(old.encode(), new.encode(), 1)
    assert tampered != content
    with pytest.raises(Unproven):
        proved(Container(out, "out", DEFAULT).rewrite({name: tampered}, {}))


SAMPLE = [
    "kitchen.xlsm", "jmcnamara-button11.xlsx", "closedxml-CFDataBars.xlsx", "apache-55640.xlsx",
    "phpoffice-issue.1767.xlsx", "dotnet-ActiveXControls-O12-XL-Controls.xlsx",
    "phpoffice-issue.3843a.template.xlsx", "sheetjs-threaded_comments_none.xlsx",
    "xlwings-fibonacci.xlsm", "dotnet-Comments.xlsx", "closedxml-empty-noconf.xlsx",
]  # fmt: skip


@pytest.mark.npm
@pytest.mark.parametrize("name", SAMPLE)
def test_the_open_xml_sdk_finds_no_new_error(name: str, tmp_path: Path) -> None:
    path = CORPUS / name
    if not path.exists():
        pytest.skip("the corpus of real files is not here")
    out = tmp_path / name
    problems = twenty_problems(path.read_bytes(), name)
    out.write_bytes(mark(Workbook.open(path), [problems], [PROFILE]))
    if told := complaints(out):
        assert told <= complaints(path)


def complaints(path: Path) -> set[str]:
    command = [os.environ["XLFLOW_OOXML_VALIDATOR"], str(path)]
    verdict = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    return {error["description"] for error in verdict["errors"]}


def test_a_note_by_an_author_who_is_no_number_stays_and_gets_ours_below() -> None:
    data = new_notes(strict=False).replace(
        b"<commentList/>",
        b'<commentList><comment ref="A1" authorId="x"><text><t>q</t></text></comment>'
        b"</commentList>",
    )
    told, fresh = with_notes(data, {"A1": "请改正。"})
    assert fresh == []
    assert "q</t></r>" in told.decode()
    assert "请改正。" in told.decode()

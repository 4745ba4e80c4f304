"""A paper in official style: page, styles, tables, page numbers; the same bytes each time."""

import json
import os
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.shared import Pt
from libreoffice import as_pdf
from report_examples import lines, opened

from xlflow import papers
from xlflow.config import find_resource
from xlflow.demo import Played
from xlflow.files import read_bytes
from xlflow.ledger.clock import local_time
from xlflow.papers import Column, Style

MONDAY = local_time("2026-04-20T00:00:00Z")
_WRITER = any(Path("/usr/lib").glob("libreoffice/program/libsw*lo.so"))
HOSTILE = "<w:p>{{ 7*7 }}{% x %}&amp;\x00\x0b\ud800\ufffe]]>【请填写：甲】"


@pytest.fixture
def paper() -> Paper:
    return papers.new_paper("关于某事的通知", MONDAY)


def east_asian(paper: Paper, style: str) -> str:
    fonts = paper.styles[style].element.rPr.rFonts
    return str(fonts.get(qn("w:eastAsia")))


def test_the_page_is_that_of_the_standard(paper: Paper) -> None:
    (section,) = paper.sections
    measures = (
        section.page_width, section.page_height, section.top_margin, section.bottom_margin,
        section.left_margin, section.right_margin,
    )  # fmt: skip
    assert [round(each.mm) for each in measures if each] == [210, 297, 37, 35, 28, 26]
    assert 'w:instr=" PAGE "' in section.footer._element.xml
    assert 'w:instr=" PAGE "' in section.even_page_footer._element.xml


def test_the_typefaces_are_those_of_the_standard(paper: Paper) -> None:
    names = ("Title", "Normal", "Heading 1", "Heading 2", "Heading 3")
    assert [east_asian(paper, name) for name in names] == [
        "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "仿宋_GB2312",
    ]  # fmt: skip
    assert paper.styles["Heading 3"].font.bold
    assert [paper.styles[name].font.size for name in names[:2]] == [Pt(22), Pt(16)]
    assert paper.styles["Normal"].paragraph_format.line_spacing == Pt(28)


def test_a_typeface_that_is_missing_has_another_in_its_place(paper: Paper) -> None:
    with zipfile.ZipFile(BytesIO(papers.to_bytes(paper))) as package:
        table = package.read("word/fontTable.xml").decode()
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in table
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in table


def test_headings_are_those_of_word_and_number_themselves(paper: Paper) -> None:
    papers.add_heading(paper, "总体情况", 1)
    style = paper.paragraphs[0].style
    assert style is not None
    assert style.name == "Heading 1"
    assert paper.paragraphs[0].text == "总体情况"
    assert style.element.pPr.numPr.numId.val == 1
    patterns = [
        each.get(qn("w:val")) for each in paper.part.numbering_part.element.iter(qn("w:lvlText"))
    ]
    assert patterns == ["%1、", "（%2）", "%3.", "（%4）"]


def test_a_heading_row_repeats_and_no_row_is_divided(paper: Paper) -> None:
    columns = (Column("名称", 3), Column("金额", 1, Style.CELL_NUMBER))
    papers.add_table(paper, "表1　金额", columns, [["甲", "1.00"]] * 40)
    (table,) = paper.tables
    properties = [row._tr.trPr for row in table.rows]
    assert all(each.find(qn("w:cantSplit")) is not None for each in properties)
    assert [each.find(qn("w:tblHeader")) is not None for each in properties] == [True] + [
        False
    ] * 40
    assert table.rows[1].cells[1].paragraphs[0].style.name == "表格数字"


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([["甲", "1.00"]] * 4, [True, True, True, False]),
        ([["甲" * 90, "1.00"]] * 5, [True, False, False, True, False]),
        ([["甲", "1.00"]] * 12, [True, *[False] * 9, True, False]),
    ],
    ids=["short", "few rows of many lines", "long"],
)
def test_a_short_table_stays_on_a_page_and_a_long_one_flows(
    paper: Paper, rows: list[list[str]], kept: list[bool]
) -> None:
    papers.add_table(paper, "", (Column("名称", 3), Column("金额", 1)), rows)
    (table,) = paper.tables
    with_next = [
        row.cells[0].paragraphs[0]._p.pPr.find(qn("w:keepNext")) is not None for row in table.rows
    ]
    assert with_next == [True, *kept]


def test_who_signs_does_not_stand_on_a_page_alone(played: Played) -> None:
    template = find_resource("workbook_templates", "returned_notice.docx")
    assert template
    for path in (played.reports[1], template):
        *_, text, signed, _ = (
            each for each in opened(read_bytes(path)).paragraphs if "联系方式" not in each.text
        )
        assert signed.style
        assert signed.style.name == Style.SIGNED
        assert text.paragraph_format.keep_with_next


def test_what_clerks_write_can_not_break_it(paper: Paper) -> None:
    papers.add_title(paper, HOSTILE)
    papers.add_heading(paper, HOSTILE, 1)
    papers.add_text(paper, HOSTILE)
    papers.add_table(paper, HOSTILE, (Column("栏", 1),), [[HOSTILE]])
    found = lines(opened(papers.to_bytes(paper)))
    assert {"<w:p>{{ 7*7 }}{% x %}&amp;]]>【请填写：甲】"} == set(found) - {"栏", ""}


def test_a_blank_in_a_sentence_is_a_run_of_its_own(paper: Paper) -> None:
    papers.add_text(paper, "按照【请填写：依据】和【请填写：文号】办理")
    (paragraph,) = opened(papers.to_bytes(paper)).paragraphs
    found = [(run.text, run.style.name if run.style else "") for run in paragraph.runs]
    blank, plain = "待填写", "Default Paragraph Font"
    assert found == [
        ("按照", plain), ("【请填写：依据】", blank), ("和", plain), ("【请填写：文号】", blank),
        ("办理", plain),
    ]  # fmt: skip


def test_a_second_paper_has_the_same_bytes() -> None:
    def made() -> bytes:
        paper = papers.new_paper("通知", MONDAY)
        papers.add_text(paper, "正文")
        return papers.to_bytes(paper)

    assert made() == made()


@pytest.mark.npm
def test_reports_are_valid_open_xml(played: Played) -> None:
    for path in played.reports:
        command = [os.environ["XLFLOW_OOXML_VALIDATOR"], str(path)]
        verdict = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
        assert verdict["errors"] == []
        assert verdict["ok"]


@pytest.mark.libreoffice
@pytest.mark.skipif(not _WRITER, reason="LibreOffice Writer is absent")
def test_libreoffice_opens_a_report(played: Played, tmp_path: Path) -> None:
    for path in played.reports:
        assert as_pdf(path, tmp_path).stat().st_size > 50_000

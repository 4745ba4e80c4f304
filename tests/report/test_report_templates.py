"""A bureau's own template: what it may name, what it may not, and how it is told of a fault."""

import json
import re
from pathlib import Path
from typing import Any

import docx
import pytest
from report_examples import exercise_of, lines, material_on, opened, report_on, rows

from xlflow.demo import Played
from xlflow.demo.seeds import shangjie
from xlflow.errors import DefinitionError
from xlflow.report import Asked
from xlflow.report.variables import variables

UNIT = "郑州市上街区自然资源和规划局"
DOCS = Path(__file__).parents[2] / "docs" / "report.md"


@pytest.fixture
def filled(played: Played, tmp_path: Path) -> Any:
    """Return what becomes of a template with these lines, for the department's report."""

    def fill(*written: str) -> docx.document.Document:
        paper = docx.Document()
        for line in written:
            paper.add_paragraph(line)
        template = tmp_path / "本局模板.docx"
        paper.save(str(template))
        report = report_on(played.workspace, unit=UNIT, template=template)
        return opened(report.content)

    return fill


def test_names_are_filled_in(filled: Any) -> None:
    paper = filled(
        "{{ title }}",
        "全年执行数{{ budget.executed }}万元，执行率{{ budget.rate }}",
        "{% for each in lost %}{{ each.name }}扣{{ each.lost }}分。{% endfor %}",
        "{{ score.bounds }}",
    )
    assert lines(paper) == [
        f"{UNIT}2022年度部门整体支出绩效自评报告",
        "全年执行数12,275.49万元，执行率81.90%",
        "预算执行率扣0.90分。",
        "得分≥90分为优；80≤得分＜90分为良；60≤得分＜80分为中；得分＜60分为差",
    ]


def test_rows_of_a_table_are_repeated(played: Played, tmp_path: Path) -> None:
    paper = docx.Document()
    table = paper.add_table(3, 2)
    for row, texts in zip(
        table.rows,
        (("{%tr for each in sources %}", ""), ("{{ each.name }}", "{{ each.rate }}"),
         ("{%tr endfor %}", "")),
        strict=True,
    ):  # fmt: skip
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    template = tmp_path / "表.docx"
    paper.save(str(template))
    made = opened(report_on(played.workspace, unit=UNIT, template=template).content)
    assert [[cell.text for cell in row.cells] for row in made.tables[0].rows] == [
        ["政府预算资金", "81.90%"],
        ["财政专户管理资金", "0.00%"],
    ]


def test_a_chart_stands_where_it_is_named(filled: Any) -> None:
    paper = filled("{{ charts.levels }}", "{{ charts.grades }}")
    assert len(paper.inline_shapes) == 1  # one form alone has no distribution of grades


def test_blanks_are_shaded_and_listed(played: Played, tmp_path: Path) -> None:
    template = tmp_path / "模板.docx"
    paper = docx.Document()
    paper.add_heading("概况", 1)
    paper.add_paragraph("职能：{{ blank.functions }}")
    paper.save(str(template))
    report = report_on(played.workspace, unit=UNIT, template=template)
    assert [(each.section, each.words) for each in report.blanks] == [("概况", "部门主要职能")]
    assert report.blanks[0].words_en == "what the department is there for"
    (run,) = (r for r in opened(report.content).paragraphs[1].runs if "请填写" in r.text)
    assert run.style.name == "待填写"


def test_the_same_template_gives_the_same_bytes(played: Played, tmp_path: Path) -> None:
    paper = docx.Document()
    paper.add_paragraph("{{ title }}{{ charts.levels }}")
    template = tmp_path / "模板.docx"
    paper.save(str(template))
    first, second = (report_on(played.workspace, unit=UNIT, template=template) for _ in range(2))
    assert first.content == second.content


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{{ budgets.executed }}", "没有名为 budgets 的变量"),
        ("{{ budget.spent }}", "没有名为 spent 的变量"),
        ("{% for each in lost %}", "标记写得不完整或写错了（.*endfor"),
        ("{{ title", "unexpected"),
        ("{{ 1 / 0 }}", "zero"),
        ("{{ title.__class__.__mro__ }}", "unsafe"),
        ("{{ charts.levels.tpl.docx }}", "unsafe"),
        ("{{ charts.levels|attr('tpl') }}", "unsafe"),
        ("{% for i in range(99999999) %}x{% endfor %}", "range|Range"),
        ("{{ cycler.__init__.__globals__.os }}", "unsafe|undefined"),
    ],
)
def test_a_fault_is_told_in_a_sentence(filled: Any, line: str, why: str) -> None:
    with pytest.raises(DefinitionError, match=why) as caught:
        filled(line)
    assert caught.value.zh.startswith("报告模板 本局模板.docx 不能用：")
    assert "\n" not in caught.value.zh


def test_a_file_that_is_no_document(played: Played, tmp_path: Path) -> None:
    template = tmp_path / "模板.docx"
    template.write_bytes(b"PK\x03\x04 no")
    with pytest.raises(DefinitionError, match=r"模板\.docx 不能用：不是 Word 文档"):
        report_on(played.workspace, unit=UNIT, template=template)


def test_what_clerks_write_is_no_template(tmp_path: Path) -> None:
    hostile = "{{ 7*7 }}<w:p>{% endfor %}&amp;"
    data = json.loads(json.dumps(shangjie()["data"]))
    data["indicators"][0] |= {"level3": hostile, "score": "0", "actual": "0%", "reason": hostile}
    workspace = exercise_of(tmp_path / "x", "henan-2022", "overall_self_evaluation", data)
    paper = docx.Document()
    paper.add_paragraph("{% for each in lost %}{{ each.name }}（{{ each.reason }}）{% endfor %}")
    template = tmp_path / "模板.docx"
    paper.save(str(template))
    made = opened(report_on(workspace, unit=UNIT, template=template).content)
    assert lines(made) == [f"预算执行率（）{hostile}（{hostile}）"]
    ours = opened(report_on(workspace, unit=UNIT).content)
    assert [hostile, hostile] == [
        row[column]
        for row in rows(ours, "未得满分、有偏差或者不能测算的指标")
        for column in (0, 4)
        if row[0] == hostile
    ]


def test_the_page_lists_every_name(played: Played) -> None:
    page = DOCS.read_text(encoding="utf-8")
    listed = set(re.findall(r"^\| `([a-z_0-9.\[\]]+)` \|", page, re.MULTILINE))
    assert listed == set(_names(variables(material_on(played.workspace, Asked(year=2020))))) | {
        f"charts.{kind}" for kind in ("execution", "levels", "grades")
    } | set(_names({"missing": [{"unit": "", "project": "", "form": "", "deadline": ""}]}))


def _names(named: dict[str, Any]) -> list[str]:
    found = []
    for name, value in named.items():
        if isinstance(value, dict):
            found += [f"{name}.{key}" for key in value]
        elif isinstance(value, list):
            found += [f"{name}[].{key}" for key in (value[0] if value else ())]
        else:
            found.append(name)
    return found

"""The report of a department: the figures of its form, its points, its problems; no more."""

import re

import pytest
from docx.document import Document as Paper
from report_examples import lines, opened, rows, words

from xlflow.demo import Played
from xlflow.demo.seeds import shangjie
from xlflow.files import read_bytes

UNIT = "郑州市上街区自然资源和规划局"


@pytest.fixture(scope="module")
def paper(played: Played) -> Paper:
    return opened(read_bytes(played.reports[0]))


def test_it_is_called_after_the_unit(played: Played, paper: Paper) -> None:
    assert played.reports[0].name == f"{UNIT}2022年度部门整体支出绩效自评报告.docx"
    assert lines(paper)[0] == f"{UNIT}\n2022年度部门整体支出绩效自评报告"


def test_its_sections_are_those_of_the_usual_outline(paper: Paper) -> None:
    headings = [
        (each.style.name, each.text)
        for each in paper.paragraphs
        if each.style and (each.style.name or "").startswith("Heading")
    ]
    assert [text for style, text in headings if style == "Heading 1"] == [
        "部门基本情况",
        "自评工作开展情况",
        "部门整体支出绩效目标实现情况及指标分析",
        "评价结论和评价等级",
        "存在的问题及改进措施",
        "评价工作组人员名单及签字",
    ]
    assert ("Heading 2", "部门收支预决算情况") in headings
    assert ("Heading 3", "资产情况") in headings


def test_the_amounts_of_the_seed_stand_to_the_cent(paper: Paper) -> None:
    assert (
        "年初预算数1,505.60万元，全年预算数14,988.39万元，比年初预算数增加13,482.79万元，"
        "增长895.51%；全年执行数12,275.49万元，执行率81.90%，未执行2,712.90万元。"
    ) in lines(paper)
    assert rows(paper, "按资金来源") == [
        ["政府预算资金", "1,505.60", "14,988.28", "12,275.49", "81.90%"],
        ["财政专户管理资金", "0.00", "0.11", "0.00", "0.00%"],
        ["合计", "1,505.60", "14,988.39", "12,275.49", "81.90%"],
    ]


def test_points_by_level_are_those_of_the_ledger(paper: Paper) -> None:
    assert rows(paper, "各级指标得分情况") == [
        ["预算执行", "1", "10.00", "9.10", "0.90", "91.00%", "0.00"],
        ["投入管理", "20", "30.00", "30.00", "0.00", "100.00%", "0.00"],
        ["产出", "20", "25.00", "25.00", "0.00", "100.00%", "0.00"],
        ["效益", "12", "35.00", "35.00", "0.00", "100.00%", "0.00"],
        ["合计", "53", "100.00", "99.10", "0.90", "99.10%", "0.00"],
    ]


def test_every_indicator_stands_as_it_was_written(paper: Paper) -> None:
    found = [
        row for level in ("投入管理", "产出", "效益") for row in rows(paper, f"{level}指标完成")
    ]
    seed = shangjie()["data"]["indicators"]
    assert len(found) == len(seed) == 52
    for row, written in zip(found, seed, strict=True):
        assert row[1:3] == [written["target"], written["actual"]]
    assert ["年度收储土地亩数", "≥500亩", "500亩", "1.00", "1.00", "0.00%"] in found


def test_the_arithmetic_of_lost_points_stands_there(paper: Paper) -> None:
    assert "10×81.90%÷90%＝9.10分，扣0.90分" in words(paper)
    assert "扣分的有1项：“预算执行率”扣0.90分。" in lines(paper)


def test_score_grade_and_the_bounds_used(paper: Paper) -> None:
    assert (
        "评分采用“河南省 2022 年度部门整体自评”方案，满分100分，评价等级分为4个："
        "得分≥90分为优；80≤得分＜90分为良；60≤得分＜80分为中；得分＜60分为差。"
    ) in lines(paper)
    assert "我单位2022年度部门整体绩效自评得分99.10分，评价等级为“优”。" in lines(paper)
    assert "表中填报的总分为99.10分，系统测算与之一致。" in lines(paper)


def test_a_form_that_was_sent_back_is_said_to_be(paper: Paper) -> None:
    assert "该表有4处错误，已退回修改" in words(paper)


def test_errors_and_warnings_stand_by_cell_errors_first(paper: Paper) -> None:
    found = rows(paper, "审核发现的问题")
    sheet = "部门整体支出绩效自评表"
    assert [row[:2] for row in found[:4]] == [
        ["错误", f"{sheet} {cell}"] for cell in ("J5", "F26", "F27", "E45")
    ]
    assert [row[0] for row in found].count("提醒") == 15
    assert any("相差 10 倍" in row[2] for row in found)


def test_a_cause_is_never_made_up(paper: Paper) -> None:
    assert "单位没有填报未得满分的原因：【请填写：未得满分或偏差的原因】" in lines(paper)
    assert not re.search("因为|由于|导致|主要是", words(paper))


def test_what_a_person_must_write_is_shaded(paper: Paper) -> None:
    marked = {
        run.text
        for each in paper.paragraphs
        for run in each.runs
        if run.style and run.style.name == "待填写"
    }
    assert {"【请填写：部门主要职能】", "【请填写：评价依据的通知和文号】"} <= marked
    assert all(each.startswith("【请填写：") for each in marked)

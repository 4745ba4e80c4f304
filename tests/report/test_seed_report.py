"""A report that a bureau published in 2022 (S2): which of its figures ours would give, and how."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from report_examples import exercise_of, lines, material_on, opened, report_on, rows

from xlflow.config import Workspace
from xlflow.report import Asked
from xlflow.report.blocks import Words
from xlflow.report.conclusion import rules_blocks, score_blocks
from xlflow.scoring import load_profile

S2 = Path(__file__).parents[3] / "shared" / "seeds" / "self-evaluation-report-2022.json"
UNIT = "石家庄市自然资源和规划局"
# 年初预算, 预算调整 (the year's budget) and 决算 by source, as S2 prints them.
SOURCES = {
    "一般公共预算": ("36089.91", "39052.37", "35347.86"),
    "政府性基金预算": ("945502", "137613.51", "111585.01"),
    "事业收入": ("2982.93", "2579.14", "2579.14"),
    "其他收入": ("0", "5.39", "156.56"),
    "年初结转和结余": ("0", "4430.59", "0"),
}
# What S2 tells and no form holds: a person writes it (机构设置, 资产情况), or nobody asks for it.
NOT_IN_A_FORM = {
    "一/（一）/2、机构设置": 5,
    "一/（一）/3、资产情况": 6,
    "一/（二）部门收支预决算情况": 8,  # 基本支出, 项目支出, 经营支出, 年末结转: not by source
}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with an overall form that holds the money of S2."""
    keys = ("initial_budget", "full_year_budget", "executed")
    columns = list(zip(*SOURCES.values(), strict=True))
    total = {key: str(sum(map(Decimal, column))) for key, column in zip(keys, columns, strict=True)}
    level = {"level1": "产出指标", "level2": "数量指标"}
    data = {
        "unit": UNIT,
        "year": "2022",
        "funds": {
            "total": total | {"weight": "10", "score": "8.15"},
            "sources": [
                {"name": name} | dict(zip(keys, amounts, strict=True))
                for name, amounts in SOURCES.items()
            ],
        },
        "indicators": [
            level | {"level3": "国土变更调查成果数据率", "target": "100%", "actual": "100%",
                     "weight": "90", "score": "90"},
        ],
    }  # fmt: skip
    root = tmp_path_factory.mktemp("s2") / "exercise"
    return exercise_of(root, "shijiazhuang-2022", "overall_self_evaluation", data)


def test_the_money_of_s2_stands_to_the_cent(workspace: Workspace) -> None:
    paper = opened(report_on(workspace, unit=UNIT).content)
    found = {row[0]: row[1:4] for row in rows(paper, "按资金来源")}
    for name, amounts in SOURCES.items():
        assert found[name] == [f"{Decimal(amount):,.2f}" for amount in amounts]
    assert found["合计"] == ["984,574.84", "183,681.00", "149,668.57"]


def test_its_grades_and_their_bounds_are_printed_as_s2_prints_them(workspace: Workspace) -> None:
    material = material_on(workspace, Asked(UNIT))
    (rules,) = rules_blocks(material, material.evaluated)
    assert isinstance(rules, Words)
    assert (
        "得分≥85分为优秀；75≤得分＜85分为良好；60≤得分＜75分为一般；得分＜60分为较差"
    ) in rules.words


def test_its_result_is_told_as_s2_tells_it(workspace: Workspace) -> None:
    total = Decimal("99.44")
    grade = load_profile("shijiazhuang-2022").grade_of(total).name
    material = material_on(workspace, Asked(UNIT))
    submission = replace(material.evaluated[0], total=total, grade=grade)
    first, *_ = score_blocks(material, submission)
    assert first == Words("我单位2022年度部门整体绩效自评得分99.44分，评价等级为“优秀”。")


def test_its_sections_have_their_place_in_ours(workspace: Workspace) -> None:
    told = lines(opened(report_on(workspace, unit=UNIT).content))
    for heading in (
        "部门基本情况", "部门概况", "部门职能", "机构设置", "资产情况", "部门收支预决算情况",
        "部门整体支出绩效目标、指标", "自评工作开展情况", "自评的组织工作", "绩效自评目的",
        "绩效自评过程", "部门整体支出绩效目标实现情况及指标分析", "总体绩效目标实现情况",
        "评价结论和评价等级", "存在的问题及改进措施", "存在的主要问题", "评价工作组人员名单及签字",
    ):  # fmt: skip
        assert heading in told


@pytest.mark.skipif(not S2.is_file(), reason="the seeds are not beside this checkout")
def test_every_figure_of_s2_is_reproduced_or_left_to_a_person() -> None:
    seed = json.loads(S2.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal)
    ours = {Decimal(amount) for amounts in SOURCES.values() for amount in amounts}
    missing = dict.fromkeys(NOT_IN_A_FORM, 0)
    for fact in seed["finance_facts"]:
        if fact["value"] not in ours:
            missing[fact["section"]] += 1
    assert missing == NOT_IN_A_FORM
    assert seed["grade_table"]["bounds_printed"] == (
        "得分≥85分为优秀；75≤得分＜85分为良好；60≤得分＜75分为一般；得分＜60分为较差"
    )
    assert (seed["final_score"], seed["final_grade"]) == (Decimal("99.44"), "优秀")

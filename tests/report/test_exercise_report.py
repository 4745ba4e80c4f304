"""The report of a year's projects: counts, sums, places, what is missing; of a project alone."""

from decimal import Decimal
from pathlib import Path

import pytest
from docx.document import Document as Paper
from report_examples import lines, opened, report_on, rows, words

from xlflow.config import create_workspace
from xlflow.demo import Played
from xlflow.demo.seeds import project_targets
from xlflow.errors import UsageError
from xlflow.files import read_bytes, write_bytes
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.pipeline import run


@pytest.fixture(scope="module")
def paper(played: Played) -> Paper:
    return opened(read_bytes(played.reports[1]))


def test_every_form_is_counted(paper: Paper) -> None:
    assert rows(paper, "报送情况") == [
        ["项目支出绩效运行监控表（1-6月）", "3", "3", "3", "0", "0"],
        ["项目支出绩效自评表", "4", "3", "3", "0", "1"],
        ["项目支出绩效目标表", "20", "20", "16", "4", "0"],
    ]
    assert "以上表涉及5个单位、20个项目。" in lines(paper)


def test_what_the_twenty_projects_ask_for_adds_up(paper: Paper) -> None:
    asked = {each["project"]: Decimal(each["amount_this_year"]) for each in project_targets()}
    assert rows(paper, "各单位项目申请金额")[-1] == [
        "合计", "20", f"{sum(asked.values()) / 10_000:,.2f}",
    ]  # fmt: skip
    projects = rows(paper, "项目一览")
    assert {row[1]: row[2] for row in projects} == {
        name: f"{amount / 10_000:,.2f}" for name, amount in asked.items()
    }
    assert ["郑州市城乡规划编制研究中心", "《规划郑州》杂志印刷制作费", "36.00", "通过", "黄灯",
            "98.08", "优"] in projects  # fmt: skip


def test_projects_without_a_self_evaluation_are_named(paper: Paper) -> None:
    (told,) = (each for each in lines(paper) if "没有收到自评表" in each)
    assert told.startswith("有绩效目标而没有收到自评表的项目17个：")
    assert "土地印花税" in told


def test_rates_are_worked_out_from_sums(paper: Paper) -> None:
    # 95 %, 98 % and 100 % would be 97.67 % on average.
    assert rows(paper, "按执行率由低到高") == [
        ["《规划郑州》杂志印刷制作费", "36.00", "36.00", "34.20", "95.00%"],
        ["建设工程正负零验线", "200.00", "200.00", "196.00", "98.00%"],
        ["中院地面下沉治理", "38.50", "38.50", "38.50", "100.00%"],
        ["合计", "274.50", "274.50", "268.70", "97.89%"],
    ]


def test_places_and_grades_also_those_nobody_has(paper: Paper) -> None:
    places = [(row[0], row[2], row[4], row[5]) for row in rows(paper, "测算得分排名")]
    assert places == [
        ("1", "建设工程正负零验线", "99.90", "优"),
        ("2", "中院地面下沉治理", "99.80", "优"),
        ("3", "《规划郑州》杂志印刷制作费", "98.08", "优"),
    ]
    assert "评价等级：“优”3份、“良”0份、“中”0份、“差”0份。" in words(paper)


def test_lost_points_stand_with_the_reason_the_unit_wrote(paper: Paper) -> None:
    found = rows(paper, "未得满分、有偏差或者不能测算的指标")
    assert found[0][:3] == [
        "《规划郑州》杂志印刷制作费：《规划郑州》双月刊设计印刷",
        "1.67",
        "-16.67%",
    ]
    assert "10×5÷6＝8.33分" in found[0][3]
    assert found[0][4].startswith("【示例数据】第6期审稿")


def test_undecided_points_are_said(paper: Paper) -> None:
    assert "建设工程正负零验线（15.00分）、《规划郑州》杂志印刷制作费（5.00分）" in words(paper)
    assert "按评分方案不能测算3项（分值20.00分，暂按自评得分计入）" in words(paper)


def test_a_place_in_a_problem_names_the_form_and_the_cell(paper: Paper) -> None:
    assert ["建设工程正负零验线", "提醒", "项目支出绩效自评表 E27"] in [
        row[:3] for row in rows(paper, "审核发现的问题")
    ]


def test_one_project_with_its_versions(played: Played) -> None:
    report = report_on(played.workspace, project="《规划郑州》杂志印刷制作费")
    assert report.title == "《规划郑州》杂志印刷制作费项目2020年度绩效自评报告"
    told = words(opened(report.content))
    assert "项目支出绩效目标表申请本年金额36.00万元。" in told
    assert "项目支出绩效自评表收到2个版本" in told
    assert "其中1个版本退回修改。本报告以第2个版本为准。" in told
    assert "黄灯1份" in told


def test_a_project_of_which_only_the_targets_came(played: Played) -> None:
    report = report_on(played.workspace, project="土地印花税")
    assert "尚未收到自评表，没有可分析的数据。" in words(opened(report.content))


def test_a_unit_without_a_form_of_its_own_reports_on_its_projects(played: Played) -> None:
    report = report_on(played.workspace, unit="039001", year=2020)
    assert report.title == "郑州市自然资源和规划局机关2020年度项目支出绩效自评工作报告"
    assert len(rows(opened(report.content), "项目一览")) == 13


def test_several_years_are_not_mixed(played: Played) -> None:
    with pytest.raises(UsageError, match="2020, 2022"):
        report_on(played.workspace)


def test_what_is_not_in_the_ledger(played: Played) -> None:
    with pytest.raises(UsageError, match="xlflow status"):
        report_on(played.workspace, unit="没有这个单位")


def test_a_project_that_two_units_have_is_told_apart(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "bureau")
    form = load_form("project_self_evaluation")
    for unit in ("教育局", "民政局"):
        data = {"unit": unit, "project": "办公设备", "year": "2024",
                "funds": {"total": {"full_year_budget": "10", "executed": "5"}}}  # fmt: skip
        write_bytes(workspace.inbox / f"{unit}.xlsx", fill(template_of(form), form, data))
    run(workspace)
    named = [row[0] for row in rows(opened(report_on(workspace).content), "按执行率由低到高")]
    assert sorted(named[:2]) == ["教育局办公设备", "民政局办公设备"]
    with pytest.raises(UsageError, match="教育局、民政局"):
        report_on(workspace, project="办公设备")
    alone = report_on(workspace, unit="民政局", project="办公设备")
    assert "教育局" not in words(opened(alone.content))


def test_units_of_one_name_are_told_apart_by_their_codes(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "bureau")
    form = load_form("project_self_evaluation")
    for code in ("001", "002", None):
        data = {"unit": "实验小学", "unit_code": code, "project": f"项目{code}", "year": "2024",
                "funds": {"total": {"full_year_budget": "10", "executed": "5"}}}  # fmt: skip
        write_bytes(workspace.inbox / f"{code}.xlsx", fill(template_of(form), form, data))
    run(workspace)
    with pytest.raises(UsageError, match="实验小学（001）、实验小学（002）"):
        report_on(workspace, unit="实验小学")
    assert "项目002" not in words(opened(report_on(workspace, unit="001").content))

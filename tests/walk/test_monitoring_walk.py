"""The monitoring form takes the whole walk: lights in the workbook, the ledger and the summary."""

import io
import json
from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from package_samples import canonical_parts

from xlflow.config import Workspace, create_workspace
from xlflow.forms import load_form
from xlflow.issuing import fill, finished_template, template_of
from xlflow.judging import Rules, judge_package
from xlflow.ooxml import Workbook
from xlflow.pipeline import check_form, hand_out, open_ledger, run
from xlflow.review import Outcome, Result
from xlflow.settling import Processed

FORM = load_form("project_monitoring")
SHEET = "项目支出绩效运行监控表"
ROOT = Path(__file__).parents[2]
FILLED: dict[str, Any] = json.loads(
    (ROOT / "tests" / "data" / "monitoring_1_6.json").read_text(encoding="utf-8")
)
RULES = Rules()
LIGHTS = ["yellow", "green", "yellow", "blue", "green", "green", "red", "yellow", None]


def returned(data: Mapping[str, Any] = FILLED) -> bytes:
    return fill(template_of(FORM), FORM, data)


def judged(data: Mapping[str, Any], rules: Rules = RULES) -> Result:
    return judge_package(returned(data), "监控.xlsx", rules, marking=False).results[0]


def changed(**fields: str) -> dict[str, Any]:
    """Return the form with other words in the first indicator, or in fields of the head."""
    data = deepcopy(FILLED)
    for key, words in fields.items():
        (data if key in data else data["indicators"][0])[key] = words
    return data


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Processed]:
    workspace = create_workspace(tmp_path_factory.mktemp("walk") / "监控")
    (workspace.inbox / "监控.xlsx").write_bytes(returned())
    (done,) = run(workspace)
    return workspace, done


# -- the template --------------------------------------------------------------------------------


def test_the_committed_template_is_the_one_the_schema_gives() -> None:
    built, committed = finished_template(FORM), template_of(FORM)
    assert canonical_parts(built) == canonical_parts(committed)


def test_template_and_schema_fit() -> None:
    assert list(check_form("project_monitoring", ROOT)) == []


def test_the_colour_follows_the_word() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template_of(FORM)))[SHEET]
    rules = {
        (str(area.sqref), rule.formula[0], rule.dxf.fill.bgColor.rgb)
        for area in sheet.conditional_formatting
        for rule in area.rules
        if rule.operator == "equal"
    }
    words = {word for _, word, _ in rules}
    assert words == {'"红灯"', '"黄灯"', '"绿灯"', '"蓝灯"'}
    assert {area for area, _, _ in rules} == {"N4", "M6", "M12:M56"}
    assert len({colour for _, _, colour in rules}) == 4


def test_it_is_handed_out_with_the_round(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "监控")
    roster = workspace.root / "roster.csv"
    roster.write_text("单位编码,单位名称,项目名称\n105001,示例局,示例项目\n", encoding="utf-8")
    (issued,) = hand_out(
        roster, FORM.name, year=2025, exercise_round="1-6月", folder=workspace.root
    )
    sheet = Workbook.open(issued.path).sheet(SHEET)
    assert [sheet[cell] for cell in ("C2", "I2", "K2", "F3")] == [
        "示例项目",
        Decimal(2025),
        "1-6月",
        "示例局",
    ]


# -- the walk ------------------------------------------------------------------------------------


def test_each_row_has_its_light(walked: tuple[Workspace, Processed]) -> None:
    workspace, done = walked
    assert done.outcome is Outcome.ACCEPTED
    with open_ledger(workspace) as ledger:
        (submission,) = ledger.submissions()
        (rows,) = ledger.scores_of([submission]).values()
    assert [row.light for row in rows] == LIGHTS
    assert [row.progress for row in rows][:3] == [Decimal("75"), Decimal("90"), Decimal("70")]
    assert (rows[1].cell, rows[1].actual, rows[1].computed) == ("F12", "5.4万件", None)
    assert (submission.light, submission.total, submission.grade) == ("red", None, None)
    assert (submission.round, submission.project_code) == ("1-6月", "P2025001")


def test_the_workbook_shows_lights_and_why(walked: tuple[Workspace, Processed]) -> None:
    workspace, done = walked
    book = Workbook.open(workspace.root / str(done.output))
    sheet = book.sheet(SHEET)
    assert [sheet[f"M{line}"] for line in range(12, 20)] == [
        "绿灯",
        "黄灯",
        "蓝灯",
        "绿灯",
        "绿灯",
        "红灯",
        "黄灯",
        None,
    ]
    assert (sheet["M6"], sheet["N6"]) == ("黄灯", Decimal("0.75"))
    assert sheet["O13"] == (
        "全年目标≥20期，1-6月应完成10.00期，实际7期，进度70.00%，黄灯（60%～80%）。"
    )
    assert (sheet["N4"], sheet["O4"]) == ("红灯", "红灯1项、黄灯3项、绿灯3项、蓝灯1项、未亮灯1项。")
    results = book.sheet("核对结果")
    assert "预警灯 红灯（红灯1项" in str(results["A2"])
    assert [results["B5"], results["C5"], results["D5"], results["B6"]] == [
        "提醒",
        "C45",
        "I17",
        None,
    ]


def test_a_light_that_is_decided_no_more_is_taken_back(
    walked: tuple[Workspace, Processed],
) -> None:
    workspace, done = walked
    again = Workbook.open(workspace.root / str(done.output))
    again.sheet(SHEET)["K2"] = "第三次"
    judgement = judge_package(again.to_bytes(), "again.xlsx", Rules())
    assert judgement.marked is not None
    sheet = Workbook.from_bytes(judgement.marked, "again.xlsx").sheet(SHEET)
    assert (sheet["M12"], sheet["N12"], sheet["M17"]) == (None, None, "红灯")
    assert "期次“第三次”读不出" in str(sheet["O12"])


def test_the_summary_has_a_column_for_the_light(walked: tuple[Workspace, Processed]) -> None:
    workspace, _ = walked
    book = openpyxl.load_workbook(workspace.outbox / "汇总.xlsx")
    for name, light in (("报送一览", "红灯"), ("指标明细", "黄灯")):
        sheet = book[name]
        heading = next(row for row in sheet.iter_rows() if row[0].value == "单位编码")
        captions: dict[str, Any] = {str(cell.value): cell for cell in heading}
        assert captions["预警灯"].offset(row=1).value == light
        hidden = {caption for caption, cell in captions.items() if _is_hidden(sheet, cell)}
        assert "预警灯" not in hidden
        assert {"自评得分", "测算得分"} <= hidden  # nothing here is scored


def _is_hidden(sheet: Any, cell: Any) -> bool:
    return any(
        each.hidden and each.min <= cell.column <= each.max
        for each in sheet.column_dimensions.values()
    )


# -- what is asked of the unit -------------------------------------------------------------------


def test_only_a_red_or_yellow_light_without_a_reason_is_asked_about() -> None:
    result = judged(FILLED)
    assert [(found.code, found.severity.value, found.field) for found in result.problems] == [
        ("C45", "warning", "/indicators/5/reason")
    ]
    assert result.problems[0].message.startswith(
        "“单件印制成本”测算为红灯，但没有填写原因。全年目标≤3元，实际3.4元"
    )


@pytest.mark.parametrize("written", ["7-12月", "第三次"])
def test_a_round_that_leaves_rows_without_a_light_is_asked_about(written: str) -> None:
    result = judged(changed(round=written))
    (asked,) = [found for found in result.problems if found.code == "C46"]
    assert (asked.severity.value, asked.cell) == ("warning", "K2")
    assert asked.message.startswith(f"期次“{written}”读不出从1月到哪个月")
    assert "C46" in {found.code for found in judged(changed(round="")).problems}


def test_the_round_of_the_exercise_stands_in_for_one_that_is_not_written() -> None:
    result = judged(changed(round=""), Rules(round="1-6月"))
    assert [found.code for found in result.problems] == ["C45"]
    assert [row.light for row in result.scores.rows] == LIGHTS


def test_the_possibility_is_one_of_three() -> None:
    result = judged(changed(possibility="差不多"))
    assert result.outcome is Outcome.RETURNED
    (error,) = [found for found in result.problems if found.severity.value == "error"]
    assert (error.code, error.cell) == ("S02", "J12")
    assert "确定能、有可能、完全不可能" in error.message


def test_a_blank_actual_is_asked_for_and_has_no_light() -> None:
    data = deepcopy(FILLED)
    del data["indicators"][0]["actual"]
    result = judged(data)
    assert ("C01", "F12") in {(found.code, found.cell) for found in result.problems}
    row = result.scores.rows[1]
    assert (row.light, row.explanation) == (None, "本期完成情况未填，未亮灯。")


def test_a_tenth_of_the_year_is_no_slip_of_the_unit() -> None:
    result = judged(changed(target="≤200万元", actual="20万元"))
    assert [found.code for found in result.problems] == ["C61", "C45"]


def test_what_is_left_over_is_not_compared_in_the_course_of_the_year() -> None:
    result = judged(changed(level3="结转结余率", target="≤10%", actual="0%"))
    assert [found.code for found in result.problems] == ["C61", "C45"]


@pytest.mark.parametrize(
    ("printed", "light"),
    [("1-3月", "green"), ("上半年", "green"), ("1—9月", "yellow"), ("年度", "red")],
)
def test_the_round_decides_what_is_due(printed: str, light: str) -> None:
    assert judged(changed(round=printed)).scores.rows[1].light == light


def test_the_exercise_s_round_stands_in_for_a_blank_one() -> None:
    data = deepcopy(FILLED)
    del data["round"]
    assert judged(data).scores.rows[1].light is None
    assert judged(data, Rules(round="1-6月")).scores.rows[1].light == "green"


# -- a workbook that is not ours -----------------------------------------------------------------

FOREIGN = (
    ("项目支出绩效目标执行监控表",),
    ("项目名称", "示例项目", None, "填报单位", "示例局", "年度", "2025", "监控期", "1-7月"),
    ("项目资金（万元）", None, None, "年初预算数", "全年预算数", "1-7月执行数", "执行率",
     "全年预计执行数"),
    (None, "年度资金总额", None, 120, 120, 70, "58.33%", 120),
    ("年度总体目标", "完成全年培训。"),
    ("一级指标", "二级指标", "三级指标", "年度指标值", "1—7月\n执行情况", "全年预计完成情况",
     "原因说明", "完成目标可能性", "备注"),
    ("产出指标", "数量指标", "培训人数", "≥1200人", "350人", "1200人", "暑期后集中开班", "有可能"),
    ("满意度指标", "满意度指标", "学员满意度", "≥90%", "93%", "93%", None, "确定能"),
)  # fmt: skip


def test_a_sheet_without_our_block_has_the_lights_beside_the_problems() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "监控"
    for row in FOREIGN:
        sheet.append(row)
    sheet.merge_cells("A1:J1")
    stream = io.BytesIO()
    book.save(stream)
    judgement = judge_package(stream.getvalue(), "foreign.xlsx", Rules())
    (result,) = judgement.results
    assert result.form == "project_monitoring"
    assert [found.code for found in result.problems if found.severity.value == "error"] == []
    assert [row.light for row in result.scores.rows] == ["green", "red", "green"]
    assert judgement.marked is not None
    marked = openpyxl.load_workbook(io.BytesIO(judgement.marked))["核对结果"]
    headings = [cell.value for cell in marked[4] if cell.value]
    assert headings[-7:] == [
        "位置", "指标", "年度指标值", "实际完成值", "测算灯号", "测算进度", "测算说明",
    ]  # fmt: skip
    shown = marked.cell(6, 12)
    assert (shown.value, shown.fill.fgColor.rgb) == ("红灯", "FFF5B7B1")


def test_only_a_form_with_lights_is_judged_by_them() -> None:
    forms = ("project_monitoring", "project_self_evaluation", "overall_self_evaluation")
    assert [load_form(name).monitors for name in forms] == [True, False, False]


def test_a_deadline_may_still_be_to_come_in_the_course_of_the_year() -> None:
    due = changed(target="2024年12月15日前", actual="尚未完工")
    assert "C51" not in [each.code for each in judged(due).problems]


def test_a_dash_for_what_is_not_yet_due_is_asked_about_and_returns_nothing() -> None:
    result = judged(changed(actual="—"))
    (found,) = [each for each in result.problems if each.code == "C01"]
    assert (found.severity.value, found.value) == ("warning", "—")
    assert result.outcome is Outcome.ACCEPTED
    (blank,) = [each for each in judged(changed(actual="")).problems if each.code == "C01"]
    assert blank.severity.value == "error"

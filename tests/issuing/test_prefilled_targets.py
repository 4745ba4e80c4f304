"""Accepted targets are handed out again, so that nobody types them twice."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from target_examples import ASKED, INDICATORS

from xlflow.config import Workspace, create_workspace
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules, judge_file
from xlflow.ooxml import Workbook
from xlflow.pipeline import hand_out, open_ledger, run
from xlflow.problems import Severity
from xlflow.waiving import Asked, waive

SELF_EVALUATION, MONITORING = "project_self_evaluation", "project_monitoring"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "ws")


def returned(workspace: Workspace, **changes: object) -> None:
    """Have a target form come in and be worked off."""
    form = load_form("project_target")
    data = ASKED | changes
    name = f"{data['unit']}{data['project']}{data['amount_total']}{data['year']}.xlsx"
    (workspace.inbox / name).write_bytes(fill(template_of(form), form, data))
    run(workspace)


def issued(workspace: Workspace, form: str = SELF_EVALUATION, line: str = "039001,示例局") -> Any:
    """Return the sheet that is handed out to a unit for its project."""
    roster = workspace.root / "roster.csv"
    roster.write_text(f"单位编码,单位名称,项目名称\n{line},培训专项\n", encoding="utf-8")
    (item,) = hand_out(
        roster, form, year=2025, exercise_round="1-6月" if form == MONITORING else None,
        folder=workspace.root,
    )  # fmt: skip
    return Workbook.open(item.path).sheet(load_form(form).title)


def rows(sheet: Any, first: int = 13) -> list[tuple[object, ...]]:
    return [
        tuple(sheet[f"{column}{row}"] for column in "BCDE")
        for row in range(first, first + len(INDICATORS))
    ]


@pytest.mark.parametrize("form", [SELF_EVALUATION, MONITORING])
def test_levels_names_and_targets_stand_in_the_form(workspace: Workspace, form: str) -> None:
    returned(workspace)
    first = 13 if form == SELF_EVALUATION else 12
    assert rows(issued(workspace, form), first) == [
        ("产出指标", "数量指标", "培训人数", "≥500人"),
        (None, "质量指标", "合格率", "≥95%"),
        ("满意度指标", "服务对象满意度", "学员满意度", "≥90%"),
    ]


def test_the_goal_and_the_amount_in_the_unit_of_the_form(workspace: Workspace) -> None:
    returned(workspace)
    sheet = issued(workspace)
    assert sheet["B11"] == "培训500人。"
    assert sheet["D6"] == Decimal("123.4567")  # 1234567 元 in 万元, exact


def test_the_last_accepted_version_counts(workspace: Workspace) -> None:
    returned(workspace)
    returned(workspace, amount_total="2000000", amount_this_year="2000000")
    assert issued(workspace)["D6"] == Decimal(200)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_total": "1000"},  # less than this year's: returned, not accepted
        {"year": "2024"},
        {"unit": "另一局", "unit_code": "039002"},
        {"project": "另一项目"},
    ],
)
def test_other_targets_are_not_taken(workspace: Workspace, changes: dict[str, object]) -> None:
    returned(workspace, **changes)
    sheet = issued(workspace)
    assert (sheet["D13"], sheet["D6"], sheet["B11"]) == (None, None, None)
    assert sheet["B13"] == "产出指标"  # the skeleton of the template stays


def test_a_unit_is_found_by_its_name_where_the_roster_has_no_code(workspace: Workspace) -> None:
    returned(workspace)
    assert issued(workspace, line=",示例局")["D13"] == "培训人数"


@pytest.mark.parametrize("form", [SELF_EVALUATION, MONITORING])
def test_of_several_versions_the_last_one_counts_if_it_was_accepted(
    workspace: Workspace, form: str
) -> None:
    target = "E13" if form == SELF_EVALUATION else "E12"
    returned(workspace)
    changed = [{**INDICATORS[0], "target": "≥600人"}, *INDICATORS[1:]]
    returned(workspace, indicators=changed, amount_total="2000000")
    assert issued(workspace, form)[target] == "≥600人"
    returned(workspace, amount_total="1000")  # less than this year's: sent back, nothing holds
    assert issued(workspace, form)[target] is None


def test_targets_that_were_let_pass_are_accepted_ones(workspace: Workspace) -> None:
    returned(workspace, amount_total="1000")
    assert issued(workspace)["D13"] is None
    with open_ledger(workspace) as ledger:
        (form,) = ledger.submissions()
        codes = {
            each.code
            for each in ledger.problems_of([form])[form.id]
            if each.severity is Severity.ERROR
        }
    for code in codes:
        waive(workspace, Asked("示例局", code, "已核实", "绩效科", form="project_target"))
    assert issued(workspace)["D13"] == "培训人数"


def test_what_the_roster_says_of_the_budget_goes_before_the_target_form(
    workspace: Workspace,
) -> None:
    returned(workspace)
    roster = workspace.root / "roster.csv"
    headings = "单位编码,单位名称,项目名称,预算金额（万元）"
    roster.write_text(f"{headings}\n039001,示例局,培训专项,99.5\n", encoding="utf-8")
    (item,) = hand_out(roster, SELF_EVALUATION, year=2025, folder=workspace.root)
    assert Workbook.open(item.path).sheet("项目支出绩效自评表")["D6"] == Decimal("99.5")
    (item,) = hand_out(roster, "project_target", year=2025, folder=workspace.root)
    document = judge_file(item.path, Rules(), marking=False).results[0].document
    assert document
    assert document.number("/amount_this_year") == Decimal(995000)


def test_a_department_is_not_told_that_its_form_lacks_the_targets_of_a_project(
    workspace: Workspace,
) -> None:
    roster = workspace.root / "roster.csv"
    roster.write_text("单位名称\n示例局\n", encoding="utf-8")
    for form, told in (("overall_self_evaluation", None), (SELF_EVALUATION, False)):
        (item,) = hand_out(roster, form, year=2025, folder=workspace.root)
        assert item.targets is told

"""The accepted targets stand in the forms that give account of them: its own, or none."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xlflow.config import Workspace, create_workspace
from xlflow.demo.seeds import project_targets
from xlflow.errors import UsageError
from xlflow.forms import Document, Placement, load_form, locate, read_form, recognise
from xlflow.grids import read_book
from xlflow.issuing import Issued, fill, template_of
from xlflow.issuing.prefill import Targets, prefilled
from xlflow.judging import Rules, judge_file
from xlflow.ooxml import Workbook
from xlflow.pipeline import hand_out, run

TARGETS = load_form("project_target")
OURS, THEIRS = "本区教育局的目标", "另一个区教育局的目标"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "工作区")


def accept(workspace: Workspace, code: str, goal: str, **more: Any) -> None:
    """Take in the targets of the project 信息化 of a unit 教育局."""
    who = {"unit": "教育局", "unit_code": code, "project": "信息化", "annual_goal": goal}
    data = {**project_targets()[0], **who, **more}
    (workspace.inbox / f"{code}.xlsx").write_bytes(fill(template_of(TARGETS), TARGETS, data))
    run(workspace)


def handed_out(workspace: Workspace, *lines: str) -> tuple[Issued, ...]:
    roster = workspace.root / "名册.csv"
    roster.write_text("\n".join(["单位编码,单位名称,项目名称", *lines]), encoding="utf-8")
    form = "project_self_evaluation"
    return hand_out(roster, form, year=2020, folder=workspace.root)


def goal_in(issued: Issued) -> str | None:
    document = judge_file(issued.path, Rules(), marking=False).results[0].document
    return document.text("/annual_objective/expected") if document else None


def placement_of(issued: Issued) -> Placement:
    book = read_book(Workbook.open(issued.path))
    return locate(load_form("project_self_evaluation"), book.grids[0], book.names)


def test_units_of_one_name_get_the_targets_of_their_own_code(workspace: Workspace) -> None:
    accept(workspace, "039001", OURS)
    accept(workspace, "049001", THEIRS)
    ours, theirs, third = handed_out(
        workspace, "039001,教育局,信息化", "049001,教育局,信息化", "059001,教育局,信息化"
    )
    assert [goal_in(each) for each in (ours, theirs, third)] == [OURS, THEIRS, None]
    assert [each.targets for each in (ours, theirs, third)] == [True, True, False]


def test_rows_that_no_target_needs_are_out_of_sight(workspace: Workspace) -> None:
    accept(workspace, "039001", OURS)
    ours, bare = handed_out(workspace, "039001,教育局,信息化", "059001,教育局,信息化")
    book = read_book(Workbook.open(ours.path))
    grid, form = book.grids[0], load_form("project_self_evaluation")
    table = locate(form, grid, book.names).tables["indicators"]
    count = sum("level3" in row for row in project_targets()[0]["indicators"])
    assert 0 < count < len(table.rows)
    assert grid.hidden_rows == set(table.rows[count:])
    assert read_book(Workbook.open(bare.path)).grids[0].hidden_rows == set()
    (result,) = judge_file(ours.path, Rules(), marking=False).results
    assert result.document
    assert len(result.document.data["indicators"]) == count


def test_what_is_filled_in_is_locked_and_what_is_asked_for_is_not(workspace: Workspace) -> None:
    accept(workspace, "039001", OURS)
    ours, bare = handed_out(workspace, "039001,教育局,信息化", ",第二局,信息化")
    placement = placement_of(ours)
    table = placement.tables["indicators"]
    count = sum("level3" in row for row in project_targets()[0]["indicators"])
    given = [
        *(placement.cells[path] for path in ("unit", "unit_code", "project", "year")),
        placement.cells["annual_objective.expected"],
        *(
            (row, table.columns[key].left)
            for row in table.rows[:count]
            for key in ("level1", "level2", "level3", "target")
        ),
    ]
    asked = [
        placement.cells["annual_objective.actual"],
        *(
            (row, table.columns[key].left)
            for row in table.rows[:count]
            for key in ("actual", "weight", "score", "reason")
        ),
        *((row, table.columns["level3"].left) for row in table.rows[count:]),
    ]
    sheet, other = (openpyxl.load_workbook(each.path).worksheets[0] for each in (ours, bare))
    assert sheet.protection.sheet
    assert all(sheet.cell(*place).protection.locked for place in given)
    assert not any(sheet.cell(*place).protection.locked for place in asked)
    painted = {sheet.cell(*place).fill.fgColor.rgb for place in asked}
    assert len(painted) == 1
    assert not painted & {sheet.cell(*place).fill.fgColor.rgb for place in given}
    # A code that the roster does not know is asked for, and so are the targets.
    assert not other.cell(*placement.cells["unit_code"]).protection.locked
    assert not any(other.cell(*place).protection.locked for place in given[5:])


def test_a_name_that_two_units_have_is_no_guess(workspace: Workspace) -> None:
    accept(workspace, "039001", OURS)
    (only,) = handed_out(workspace, ",教育局,信息化")
    assert goal_in(only) == OURS
    accept(workspace, "049001", THEIRS)
    (unsure,) = handed_out(workspace, ",教育局,信息化")
    assert (goal_in(unsure), unsure.targets) == (None, False)


@pytest.mark.parametrize(("unit", "budget"), [("千元", Decimal(5)), ("箱", None)])
def test_the_amount_is_converted_from_what_the_form_states_it_in(
    unit: str, budget: Decimal | None, tmp_path: Path
) -> None:
    amount = {"type": "number", "title": "本年度金额", "x-unit": unit}
    schema = {"title": "目标表", "type": "object", "properties": {"amount_this_year": amount}}
    path = tmp_path / "other.schema.json"
    path.write_text(json.dumps(schema), encoding="utf-8")
    document = Document(TARGETS.name, "", {"amount_this_year": Decimal(50)}, {})
    data = prefilled(load_form("project_self_evaluation"), Targets(read_form(path), document))
    assert data.get("funds", {}).get("total", {}).get("initial_budget") == budget


def test_the_officer_s_form_is_not_handed_out(workspace: Workspace) -> None:
    roster = workspace.root / "名册.csv"
    roster.write_text("单位名称\n教育局", encoding="utf-8")
    with pytest.raises(UsageError, match="处理单"):
        hand_out(roster, "officer_decisions", year=2020, folder=workspace.root)


@pytest.mark.parametrize("form", ["project_monitoring", "project_self_evaluation"])
def test_a_full_target_form_has_room_in_the_forms_that_report_on_it(form: str) -> None:
    full = rows_of_template("project_target")
    assert rows_of_template(form) >= full >= 41


def rows_of_template(name: str) -> int:
    """Return how many indicators the template of a form has room for."""
    form = load_form(name)
    book = read_book(Workbook.from_bytes(template_of(form), name))
    grid = recognise(book, [form])[0].grid
    return len(locate(form, grid, book.names).tables["indicators"].rows)

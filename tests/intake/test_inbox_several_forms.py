"""A workbook with a form a sheet: each sheet is a submission, the file is answered once."""

from pathlib import Path

import openpyxl
import pytest
from inbox_examples import drop, good, of_unit, workspace_in
from several_forms import TARGETS, UNIT, blank_form, target_form, together

import xlflow
from xlflow.config import Workspace
from xlflow.ooxml import Workbook
from xlflow.pipeline import open_ledger, run, standing
from xlflow.review import Outcome

TITLE = TARGETS.title
# The total of a project below what this year takes: returned.
WRONG = {"amount_total": "1", "amount_this_year": "5123000"}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path)


def two() -> bytes:
    return together({"甲": target_form("甲项目"), "乙": target_form("乙项目", **WRONG)})


@pytest.mark.parametrize("names", [True, False], ids=["by names", "by labels"])
def test_each_sheet_is_a_submission_of_its_own(workspace: Workspace, names: bool) -> None:
    forms = {"甲": target_form("甲项目"), "乙": target_form("乙项目", **WRONG)}
    drop(workspace, "两个项目.xlsx", together(forms, names=names))
    (done,) = run(workspace)
    assert done.outcome is Outcome.RETURNED
    assert [(each.sheet, each.project, each.outcome.value) for each in done.results] == [
        ("甲", "甲项目", "accepted"),
        ("乙", "乙项目", "returned"),
    ]
    assert done.output == f"outbox/退回/{UNIT}_甲项目等2份_{TITLE}_2020_v1.xlsx"
    assert done.problems == sum(len(each.problems) for each in done.results)
    with open_ledger(workspace) as ledger:
        submissions = ledger.submissions()
    assert [(each.sheet, each.version, each.current) for each in submissions] == [
        ("甲", 1, True),
        ("乙", 1, True),
    ]
    assert {each.output for each in submissions} == {done.output}
    assert len(standing(workspace)) == 2


def test_the_answer_is_one_workbook_whose_problems_name_their_sheet(workspace: Workspace) -> None:
    drop(workspace, "两个项目.xlsx", two())
    (done,) = run(workspace)
    answer = openpyxl.load_workbook(workspace.root / str(done.output))
    page = answer["核对结果"]
    assert "工作表“甲”　结论：通过" in str(page["A2"].value)
    assert "工作表“乙”　结论：退回修改" in str(page["A2"].value)
    links = {cell.value: cell.hyperlink for cell in page["D"] if cell.hyperlink}
    wrong = next(each for each in done.results[1].problems if each.code == "C16")
    assert wrong.sheet == "乙"
    assert links[f"乙!{wrong.cell}"].location == f"'乙'!{wrong.cell}"
    assert all(value.startswith(("甲!", "乙!")) for value in links)


def test_both_sheets_are_marked(workspace: Workspace) -> None:
    drop(
        workspace,
        "两个局.xlsx",
        together({"甲局": of_unit("甲局"), "乙局": of_unit("乙局", changed="81.9%")}),
    )
    (done,) = run(workspace)
    answer = Workbook.open(workspace.root / str(done.output))
    explained = [
        [str(answer.sheet(sheet)[f"P{row}"] or answer.sheet(sheet)[f"O{row}"]) for row in (5, 26)]
        for sheet in ("甲局", "乙局")
    ]
    assert all("分" in text for texts in explained for text in texts)
    assert explained[0] != explained[1]
    assert done.output == "outbox/退回/甲局_部门整体支出绩效自评表等2份_2022_v1.xlsx"


def test_an_overall_and_a_project_form(workspace: Workspace) -> None:
    drop(workspace, "全.xlsx", together({"整体": good(), "项目": target_form("甲项目")}))
    (done,) = run(workspace)
    assert [each.form for each in done.results] == ["overall_self_evaluation", "project_target"]
    assert Path(str(done.output)).name.endswith("_部门整体支出绩效自评表等2份_2022_v1.xlsx")


def test_one_form_is_answered_as_ever(workspace: Workspace) -> None:
    drop(workspace, "一.xlsx", together({"甲": target_form("甲项目")}))
    (done,) = run(workspace)
    assert done.output == f"outbox/通过/{UNIT}_甲项目_{TITLE}_2020_v1.xlsx"
    page = openpyxl.load_workbook(workspace.root / done.output)["核对结果"]
    assert "工作表" not in str(page["A2"].value)


def test_a_blank_form_beside_a_filled_one_is_none(workspace: Workspace) -> None:
    forms = {"甲": target_form("甲项目"), "乙": blank_form(), "丙": blank_form()}
    drop(workspace, "一个项目.xlsx", together(forms))
    (done,) = run(workspace)
    assert [each.sheet for each in done.results] == ["甲"]
    assert done.output == f"outbox/通过/{UNIT}_甲项目_{TITLE}_2020_v1.xlsx"


def test_a_form_that_names_its_project_alone_is_one(workspace: Workspace) -> None:
    begun = blank_form()
    book = Workbook.from_bytes(begun)
    named = next(name for name in book.names if name.name == "xlf.project")
    sheet, _, cell = named.text.partition("!")
    book.sheet(sheet.strip("'"))[cell.replace("$", "")] = "乙项目"
    drop(workspace, "a.xlsx", together({"甲": target_form("甲项目"), "乙": book.to_bytes()}))
    (done,) = run(workspace)
    assert [each.outcome.value for each in done.results] == ["accepted", "returned"]


def test_where_all_forms_are_blank_each_is_told_so(workspace: Workspace) -> None:
    drop(workspace, "空.xlsx", together({"甲": blank_form(), "乙": blank_form()}))
    (done,) = run(workspace)
    assert [each.outcome.value for each in done.results] == ["returned", "returned"]


def test_two_sheets_for_one_project_are_a_problem_and_not_a_guess(workspace: Workspace) -> None:
    forms = {
        "一稿": target_form("甲项目"),
        "二稿": target_form("甲 项目", amount_total="9"),
        "丙": target_form("丙项目"),
    }
    drop(workspace, "a.xlsx", together(forms))
    (done,) = run(workspace)
    told = [[each.code for each in result.problems][:1] for result in done.results]
    assert told[:2] == [["R06"], ["R06"]]
    assert "R06" not in told[2]
    assert [each.outcome.value for each in done.results] == ["returned", "returned", "accepted"]
    assert "“一稿”“二稿”" in done.results[0].problems[0].message


def test_one_project_sent_again_in_a_workbook_of_several(workspace: Workspace) -> None:
    drop(workspace, "a.xlsx", two(), at=1)
    drop(workspace, "b.xlsx", together({"乙": target_form("乙项目")}), at=2)
    run(workspace)
    with open_ledger(workspace) as ledger:
        found = [
            (each.project, each.version, each.current, each.outcome.value)
            for each in ledger.submissions()
        ]
    assert found == [
        ("甲项目", 1, True, "accepted"),
        ("乙项目", 1, False, "returned"),
        ("乙项目", 2, True, "accepted"),
    ]


def test_the_summary_leads_to_the_sheet_of_a_problem(workspace: Workspace) -> None:
    drop(workspace, "两个项目.xlsx", two())
    run(workspace)
    page = openpyxl.load_workbook(workspace.outbox / "汇总.xlsx")["问题清单"]
    links = {
        str(cell.hyperlink.location)
        for row in page
        if "错误" in {cell.value for cell in row}
        for cell in row
        if cell.hyperlink
    }
    assert links
    assert all(place.startswith("'乙'!") for place in links)


def test_the_marked_copy_of_several_forms_is_known_when_it_comes_back(workspace: Workspace) -> None:
    drop(workspace, "a.xlsx", two())
    (first,) = run(workspace)
    drop(workspace, "b.xlsx", (workspace.root / str(first.output)).read_bytes())
    (second,) = run(workspace)
    assert second.outcome is Outcome.DUPLICATE
    with open_ledger(workspace) as ledger:
        assert "这是 a.xlsx 的评分副本，没有作任何修改" in [
            (arrival.note or "").removesuffix("，不重复受理。") for arrival in ledger.arrivals()
        ]


def test_what_xlflow_wrote_is_no_news(tmp_path: Path) -> None:
    """A marked copy is judged as what was sent."""
    path, copy = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    path.write_bytes(two())
    xlflow.score(path, copy)
    first, second = xlflow.check(path), xlflow.check(copy)
    assert [each.problems for each in first] == [each.problems for each in second]


def test_from_python_score_gives_the_worst_and_check_gives_all(tmp_path: Path) -> None:
    path = tmp_path / "两个项目.xlsx"
    path.write_bytes(two())
    worst = xlflow.score(path)
    assert (worst.sheet, worst.outcome) == ("乙", Outcome.RETURNED)
    assert [each.sheet for each in xlflow.check(path)] == ["甲", "乙"]

"""Problems that an officer lets pass, over the real inbox with the real form."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from decision_examples import ERRORS, NOW, UNIT, bureau, changed, decisions, drop, good, waiver

from xlflow import files
from xlflow.config import Workspace
from xlflow.pipeline import open_ledger, run
from xlflow.problems import Severity
from xlflow.review import Outcome
from xlflow.settling import Processed

STEM = f"{UNIT}_部门整体支出绩效自评表_2022"
ALL_FOUR = [waiver(*error) for error in ERRORS]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A bureau to which the department has sent its form."""
    made = bureau(tmp_path)
    drop(made, "上街区.xlsx", good())
    (returned,) = work_off(made)
    assert returned.outcome is Outcome.RETURNED
    return made


def work_off(workspace: Workspace) -> tuple[Processed, ...]:
    return run(workspace, clock=lambda: NOW)


def decide(workspace: Workspace, package: bytes, name: str = "处理单.xlsx") -> Processed:
    drop(workspace, f"处理单/{name}", package)
    (done,) = work_off(workspace)
    return done


def answers(workspace: Workspace) -> list[str]:
    """Return what lies in the folders that go back to departments."""
    return sorted(
        path.relative_to(workspace.outbox).as_posix()
        for folder in ("通过", "退回")
        for path in (workspace.outbox / folder).glob("*")
    )


def told(done: Processed) -> list[tuple[str, str | None]]:
    return [(each.code, each.cell) for each in done.results[0].problems]


def test_all_problems_waived_and_the_form_is_accepted(workspace: Workspace) -> None:
    done = decide(workspace, decisions(waivers=ALL_FOUR))
    assert done.outcome is Outcome.ACCEPTED
    assert done.output == "outbox/处理单/处理单_绩效科 甲_2026-04-20.xlsx"
    assert [code for code, _ in told(done)] == ["D10"] * 4
    assert answers(workspace) == [f"通过/{STEM}_v1.xlsx"]
    with open_ledger(workspace) as ledger:
        (submission,) = ledger.submissions()
        (first, second) = ledger.arrivals()
        assert ledger.stale_outputs() == ()
    assert (submission.outcome, submission.errors, submission.version) == (Outcome.ACCEPTED, 0, 1)
    assert submission.output == f"outbox/通过/{STEM}_v1.xlsx"
    assert (first.outcome, second.outcome) == ("accepted", "accepted")
    assert second.note == "处理单：办理 4 项，未办理 0 项。"
    sheet = openpyxl.load_workbook(workspace.root / submission.output)["核对结果"]
    said = [str(row[5].value) for row in sheet.iter_rows(min_row=5) if row[3].value == "F26"]
    assert "（已放行：口径不同，已附说明，绩效科 甲，2026-04-20）" in said[0]
    assert "结论：通过" in str(sheet["A2"].value)


def test_nothing_is_lost_but_the_stale_answer(workspace: Workspace) -> None:
    decide(workspace, decisions(waivers=ALL_FOUR))
    with open_ledger(workspace) as ledger:
        kept = {arrival.sha256 for arrival in ledger.arrivals()}
    assert {path.name for path in workspace.originals.rglob("*") if path.is_file()} == kept


def test_three_of_four_waived_and_it_is_still_returned(workspace: Workspace) -> None:
    assert decide(workspace, decisions(waivers=ALL_FOUR[:3])).outcome is Outcome.ACCEPTED
    with open_ledger(workspace) as ledger:
        (submission,) = ledger.submissions()
        (problems,) = ledger.problems_of([submission]).values()
    assert (submission.outcome, submission.errors) == (Outcome.RETURNED, 1)
    errors = [each for each in problems if each.severity is Severity.ERROR]
    assert [(each.code, each.cell) for each in errors] == [("C37", "J5")]
    (answer,) = answers(workspace)
    assert answer.startswith("退回/")
    assert (workspace.root / str(submission.output)).is_file()
    # The rest of it, in a second 处理单.
    assert decide(workspace, decisions(waivers=ALL_FOUR[3:])).outcome is Outcome.ACCEPTED
    assert answers(workspace) == [f"通过/{STEM}_v1.xlsx"]


def test_without_a_cell_all_problems_of_a_code_are_waived(workspace: Workspace) -> None:
    done = decide(workspace, decisions(waivers=[waiver("c15"), waiver("C19"), waiver("C37")]))
    assert done.outcome is Outcome.ACCEPTED
    assert answers(workspace) == [f"通过/{STEM}_v1.xlsx"]


def test_an_unknown_unit_is_told_by_cell_and_the_other_lines_are_carried_out(
    workspace: Workspace,
) -> None:
    lines = [*ALL_FOUR, waiver("C15", "F26", unit="没有这个局")]
    done = decide(workspace, decisions(waivers=lines))
    assert done.outcome is Outcome.RETURNED
    assert told(done)[0] == ("D01", "A10")
    assert "没有这个局" in done.results[0].problems[0].message
    assert answers(workspace) == [f"通过/{STEM}_v1.xlsx"]
    sheet = openpyxl.load_workbook(workspace.root / str(done.output))["核对结果"]
    assert (sheet["C5"].value, sheet["D5"].value) == ("D01", "A10")
    with open_ledger(workspace) as ledger:
        *applied, last = ledger.decisions()
    assert [each.applied for each in applied] == [True] * 4
    assert (last.applied, last.at, last.unit) == (False, "A10", "没有这个局")
    assert "没有这个局" in str(last.why)


@pytest.mark.parametrize(
    ("line", "code", "cell"),
    [
        (waiver("C15", "F26") | {"reason": None}, "C01", "H6"),
        (waiver("C35"), "D03", "F6"),
        (waiver("R06"), "D13", "F6"),
        (waiver("C15", "F99"), "D03", "G6"),
        (waiver("C15", "F26", year="2021"), "D01", "A6"),
        (waiver("C15", "F26", form="另一张表"), "D01", "A6"),
        (waiver("C15", "F26", project="某项目"), "D01", "A6"),
    ],
)
def test_a_line_that_does_not_fit_changes_nothing(
    workspace: Workspace, line: dict[str, str], code: str, cell: str
) -> None:
    before = answers(workspace)
    done = decide(workspace, decisions(waivers=[line]))
    assert (done.outcome, told(done)) == (Outcome.RETURNED, [(code, cell)])
    assert answers(workspace) == before
    with open_ledger(workspace) as ledger:
        assert [each.applied for each in ledger.decisions()] == [False]


def test_nothing_is_decided_by_nobody(workspace: Workspace) -> None:
    done = decide(workspace, decisions(who=None, waivers=ALL_FOUR))
    assert (done.outcome, told(done)) == (Outcome.RETURNED, [("C01", "B2")])
    assert answers(workspace) == [f"退回/{STEM}_v1.xlsx"]


def test_a_blank_form_is_returned(workspace: Workspace) -> None:
    assert told(decide(workspace, decisions())) == [("D09", None)]


def test_the_day_it_came_is_its_date_where_none_is_written(workspace: Workspace) -> None:
    decide(workspace, decisions(on=None, waivers=ALL_FOUR[:1]))
    with open_ledger(workspace) as ledger:
        assert [each.decided_on for each in ledger.decisions()] == ["2026-04-18"]


def test_a_later_version_keeps_the_waivers(workspace: Workspace) -> None:
    decide(workspace, decisions(waivers=ALL_FOUR))
    drop(workspace, "二稿.xlsx", changed({"J27": "口径说明"}))
    (second,) = work_off(workspace)
    assert second.outcome is Outcome.ACCEPTED
    assert second.output == f"outbox/通过/{STEM}_v2.xlsx"


def test_another_value_at_the_cell_voids_the_waiver(workspace: Workspace) -> None:
    decide(workspace, decisions(waivers=ALL_FOUR))
    drop(workspace, "二稿.xlsx", changed({"F26": "99%"}))
    (second,) = work_off(workspace)
    assert second.outcome is Outcome.RETURNED
    errors = [each for each in second.results[0].problems if each.severity is Severity.ERROR]
    assert [(each.code, each.cell) for each in errors if each.code == "C15"] == [("C15", "F26")]


def test_other_figures_beside_the_same_value_void_the_waiver(workspace: Workspace) -> None:
    decide(workspace, decisions(waivers=ALL_FOUR))
    drop(workspace, "二稿.xlsx", changed({"F5": 6000}))  # much less was spent
    (second,) = work_off(workspace)
    errors = {
        (each.code, each.cell)
        for each in second.results[0].problems
        if each.severity is Severity.ERROR
    }
    assert second.outcome is Outcome.RETURNED
    assert ("C15", "F26") in errors  # 100% again, but it is 40.03% now
    assert ("C19", "E45") not in errors  # told as it was
    again = decide(workspace, decisions(waivers=ALL_FOUR[::-1]), "再次.xlsx")
    assert tuple(sorted({code for code, _ in told(again)})) == ("D10", "D14")


def test_form_and_decisions_in_one_run_take_effect_in_their_order(tmp_path: Path) -> None:
    workspace = bureau(tmp_path)
    drop(workspace, "a.xlsx", good(), at=1)
    drop(workspace, "处理单/处理单.xlsx", decisions(waivers=ALL_FOUR), at=2)
    drop(workspace, "b.xlsx", changed({"J27": "说明"}), at=3)
    done = work_off(workspace)
    assert [each.outcome.value for each in done] == ["returned", "accepted", "accepted"]
    assert answers(workspace) == [f"通过/{STEM}_v{version}.xlsx" for version in (1, 2)]


def test_the_same_bytes_again_are_a_duplicate(workspace: Workspace) -> None:
    package = decisions(waivers=ALL_FOUR[:1])
    decide(workspace, package)
    again = decide(workspace, package, "处理单2.xlsx")
    assert (again.outcome, again.output) == (Outcome.DUPLICATE, None)
    with open_ledger(workspace) as ledger:
        assert len(ledger.decisions()) == 1


@pytest.mark.parametrize("name", ["处理单.xlsx", "某局/处理单.xlsx", "某局/处理单/处理单.xlsx"])
def test_among_what_departments_send_it_is_not_obeyed(workspace: Workspace, name: str) -> None:
    package = decisions(waivers=ALL_FOUR)
    (workspace.inbox / name).parent.mkdir(parents=True, exist_ok=True)
    drop(workspace, name, package)
    (done,) = work_off(workspace)
    assert (done.outcome, told(done)) == (Outcome.QUARANTINED, [("F20", None)])
    assert answers(workspace) == [f"退回/{STEM}_v1.xlsx"]
    with open_ledger(workspace) as ledger:
        assert ledger.decisions() == ()
    # It was the officer's own: put into its place it counts.
    assert decide(workspace, package).outcome is Outcome.ACCEPTED


def test_in_both_places_at_once_it_is_obeyed_once(workspace: Workspace) -> None:
    package = decisions(waivers=ALL_FOUR)
    drop(workspace, "处理单.xlsx", package, at=1)
    drop(workspace, "处理单/处理单.xlsx", package, at=2)
    assert [each.outcome.value for each in work_off(workspace)] == ["quarantined", "accepted"]


def test_a_form_that_comes_with_decisions_in_it_is_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    both = openpyxl.load_workbook(tmp_path / "工作区" / "处理单.xlsx")
    form = openpyxl.load_workbook(
        tmp_path / "工作区/workbook_templates/overall_self_evaluation.xlsx"
    )
    sheet = both.create_sheet("自评")
    for row in form.worksheets[0].iter_rows():
        for cell in row:
            if cell.value is not None:
                sheet[cell.coordinate] = cell.value
    both.save(workspace.inbox / "处理单" / "两样.xlsx")
    (done,) = work_off(workspace)
    assert told(done) == [("F21", None)]


def test_an_original_that_is_gone_is_told(workspace: Workspace) -> None:
    with open_ledger(workspace) as ledger:
        (arrival,) = ledger.arrivals()
    next(workspace.originals.rglob(arrival.sha256)).unlink()
    done = decide(workspace, decisions(waivers=ALL_FOUR))
    assert (done.outcome, {code for code, _ in told(done)}) == (Outcome.RETURNED, {"D08"})
    assert answers(workspace) == [f"退回/{STEM}_v1.xlsx"]
    with open_ledger(workspace) as ledger:
        assert {each.applied for each in ledger.decisions()} == {False}


def test_a_stale_answer_that_is_open_on_a_desk_goes_later(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(step: str, path: Path) -> None:
        if step == "unlink" and path.parent.name == "退回":
            raise PermissionError(13, "held", str(path))

    monkeypatch.setattr(files, "before_step", held)
    decide(workspace, decisions(waivers=ALL_FOUR))
    assert answers(workspace) == [f"退回/{STEM}_v1.xlsx", f"通过/{STEM}_v1.xlsx"]
    monkeypatch.undo()
    work_off(workspace)
    assert answers(workspace) == [f"通过/{STEM}_v1.xlsx"]


def test_decisions_in_an_archive_from_outside_are_not_obeyed(workspace: Workspace) -> None:
    """What a department can send by mail: an archive with any path and name in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("处理单/处理单.xlsx", decisions(waivers=ALL_FOUR))
    drop(workspace, "处理单.zip", stream.getvalue())
    done = work_off(workspace)
    assert told(done[-1]) == [("F20", None)]
    assert answers(workspace) == [f"退回/{STEM}_v1.xlsx"]


def test_decisions_in_an_archive_are_not_obeyed_even_in_their_folder(workspace: Workspace) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        package.writestr("处理单.xlsx", decisions(waivers=ALL_FOUR))
    drop(workspace, "处理单/邮件附件.zip", stream.getvalue())
    archive, done = work_off(workspace)
    assert archive.outcome is Outcome.ATTACHMENT
    assert (done.outcome, told(done)) == (Outcome.QUARANTINED, [("F20", None)])

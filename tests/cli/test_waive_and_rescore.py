"""The commands over judgements that were made, as another program meets them."""

from pathlib import Path
from typing import Any

import pytest
from command_line import Ended, xlflow
from openpyxl import load_workbook

from xlflow.config import Workspace, create_workspace, open_workspace
from xlflow.demo import returned_workbook
from xlflow.intake import hold
from xlflow.ledger import Submission
from xlflow.pipeline import open_ledger, run
from xlflow.review import Outcome

UNIT = "郑州市上街区自然资源和规划局"
STEM = f"{UNIT}_部门整体支出绩效自评表_2022_v1"
WHY = ("--reason", "口径不同，已附说明", "--who", "绩效科 甲")
WAIVED = ["applied", "outcome", "output", "decided_in", "message", "message_en"]
CHANGE = [
    "unit_code", "unit", "project", "form", "year", "round", "version", "field", "name", "what",
    "before", "after",
]  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "工作区", {"profile": "henan-2022"})
    (made.inbox / "上街区.xlsx").write_bytes(returned_workbook())
    run(made)
    return made


def waive(workspace: Workspace, *arguments: str, unit: str = UNIT, lang: str = "zh") -> Ended:
    return xlflow(
        "waive", "--unit", unit, *WHY, *arguments, "--workspace", workspace.root, lang=lang
    )


def rescore(workspace: Workspace, *arguments: str) -> Ended:
    return xlflow("rescore", *arguments, "--workspace", workspace.root)


def state(workspace: Workspace) -> tuple[Submission, list[Any]]:
    """Return the one submission, and its errors by code and cell."""
    with open_ledger(workspace) as ledger:
        (submission,) = ledger.submissions()
        problems = ledger.problems_of([submission])[submission.id]
    return submission, [(p.code, p.cell) for p in problems if p.severity == "error"]


def record(workspace: Workspace) -> list[dict[Any, Any]]:
    """Return the rows of 处理记录 by heading."""
    rows = load_workbook(workspace.outbox / "汇总.xlsx")["处理记录"].iter_rows(values_only=True)
    head = next(rows)
    return [dict(zip(head, row, strict=True)) for row in rows]


def outbox(workspace: Workspace) -> list[str]:
    return sorted(
        path.relative_to(workspace.outbox).as_posix()
        for folder in ("通过", "退回")
        for path in (workspace.outbox / folder).glob("*")
    )


def full_execution(workspace: Workspace) -> None:
    path = workspace.root / "schemas" / "profiles" / "henan-2022.toml"
    written = path.read_text(encoding="utf-8")
    path.write_text(written.replace("full_at = 90", "full_at = 100"), encoding="utf-8")


# -- waive ---------------------------------------------------------------------------------------


def test_all_errors_let_pass_one_after_the_other_and_the_form_is_accepted(
    workspace: Workspace,
) -> None:
    _, errors = state(workspace)
    for code in dict.fromkeys(code for code, _ in errors):
        done = waive(workspace, "--code", code, "--json")
        assert (done.code, done.err) == (0, "")
        assert list(done.json) == WAIVED
        assert done.json["applied"] is True
    assert done.json["outcome"] == "accepted"
    assert done.json["output"] == f"outbox/通过/{STEM}.xlsx"
    assert outbox(workspace) == [f"通过/{STEM}.xlsx"]
    assert state(workspace)[0].outcome is Outcome.ACCEPTED
    assert list((workspace.inbox / "处理单").iterdir()) == []
    noted = record(workspace)
    assert {(each["事项"], each["办理情况"]) for each in noted} == {("说明后放行", "已办理")}
    assert {each["填写人"] for each in noted} == {"绩效科 甲"}
    assert set(errors) <= {(each["代码"], each["单元格"]) for each in noted}


def test_a_waiver_is_revoked_and_the_old_state_returns(workspace: Workspace) -> None:
    before = state(workspace)
    assert waive(workspace, "--code", "C15", "--cell", "F26").code == 0
    assert ("C15", "F26") not in state(workspace)[1]
    done = waive(workspace, "--code", "C15", "--cell", "F26", "--revoke")
    assert (done.code, done.err) == (0, "")
    assert f"撤销对{UNIT}的问题 C15 F26 的放行" in done.out
    assert state(workspace)[1] == before[1]
    assert [(each["事项"], each["办理情况"]) for each in record(workspace)] == [
        ("说明后放行", "已办理"),
        ("撤销放行", "已办理"),
    ]
    assert waive(workspace, "--code", "C15", "--cell", "F26", "--json").json["applied"] is True


def test_what_was_let_pass_before_is_no_error_and_changes_nothing(workspace: Workspace) -> None:
    waive(workspace, "--code", "C15")
    noted = record(workspace)
    again = waive(workspace, "--code", "c15", "--cell", "$F$26")
    assert again.code == 0
    assert "C15 已经放行（绩效科 甲" in again.out
    assert record(workspace) == noted


@pytest.mark.parametrize(
    ("arguments", "unit", "words"),
    [
        (["--code", "C15"], "没有这个局", "没有找到“没有这个局”的这份表"),
        (["--code", "C99"], UNIT, "没有问题 C99"),
        (["--code", "C15", "--cell", "A1"], UNIT, "没有问题 C15 A1"),
        (["--code", "C15", "--revoke"], UNIT, "没有可以撤销的"),
        (["--code", "F05"], UNIT, "文件本身无法读取，没有内容可以放行"),
        (["--code", "R06"], UNIT, "不能确定以哪一张工作表为准"),
        (["--code", "C15", "--project", "某项目"], UNIT, "没有找到"),
        (["--code", "C15" * 10], UNIT, "文字过长"),
    ],
)
def test_what_can_not_be_let_pass_is_told_and_leaves_no_trace(
    workspace: Workspace, arguments: list[str], unit: str, words: str
) -> None:
    done = waive(workspace, *arguments, unit=unit)
    assert (done.code, done.out) == (2, "")
    assert words in done.err
    with open_ledger(workspace) as ledger:
        assert ledger.decisions() == ()
        assert len(ledger.arrivals()) == 1


def test_while_another_instance_holds_the_workspace_nothing_is_waived(workspace: Workspace) -> None:
    with hold(workspace):
        assert waive(workspace, "--code", "C15").code == 5


def test_the_command_line_speaks_english(workspace: Workspace) -> None:
    done = waive(workspace, "--code", "C15", "--cell", "F26", lang="en")
    assert done.out.startswith(f"problem C15 F26 of {UNIT} may pass")


# -- rescore -------------------------------------------------------------------------------------


def test_after_the_profile_changed_the_differences_are_listed_and_the_old_score_is_kept(
    workspace: Workspace,
) -> None:
    full_execution(workspace)
    before, _ = state(workspace)
    tried = rescore(workspace, "--dry-run", "--json")
    assert state(workspace)[0] == before
    done = rescore(workspace, "--json")
    assert (done.code, done.err) == (0, "")
    assert done.json == tried.json
    assert all(list(each) == CHANGE for each in done.json)
    assert [(each["field"], each["what"], each["before"], each["after"]) for each in done.json] == [
        (None, "total", "99.10", "98.19"),
        ("/funds/total", "computed", "9.10", "8.19"),
    ]
    after, errors = state(workspace)
    assert (after.id, after.version, str(after.total)) == (before.id, 1, "98.19")
    assert ("C12", "I5") in errors
    assert after.profile_sha256 != before.profile_sha256
    with open_ledger(workspace) as ledger:
        ((old,),) = ledger.earlier_judgements([after]).values()
        assert (old.total, old.profile_sha256) == (before.total, before.profile_sha256)
        assert old.scores[0].computed != ledger.scores_of([after])[after.id][0].computed
        assert "full_at = 90" in str(ledger.profile_text(str(old.profile_sha256)))
        assert "full_at = 100" in str(ledger.profile_text(str(after.profile_sha256)))
    (answer,) = outbox(workspace)
    assert f"outbox/{answer}" == after.output
    row = load_workbook(workspace.outbox / "汇总.xlsx")["报送一览"]
    assert any(cell.value == 98.19 for line in row.iter_rows() for cell in line)


def test_a_second_time_nothing_is_other(workspace: Workspace) -> None:
    full_execution(workspace)
    rescore(workspace)
    answers = {path: path.stat().st_mtime_ns for path in workspace.outbox.rglob("*_v1*.xlsx")}
    again = rescore(workspace, "--jobs", "2")
    assert "重新测算 1 份，其中 0 份有变化" in again.out
    assert {path: path.stat().st_mtime_ns for path in answers} == answers
    with open_ledger(workspace) as ledger:
        submission = ledger.submissions()[0]
        assert len(ledger.earlier_judgements([submission])[submission.id]) == 1


def test_what_was_let_pass_holds(workspace: Workspace) -> None:
    waive(workspace, "--code", "C15")
    full_execution(workspace)
    rescore(workspace)
    _, errors = state(workspace)
    assert "C15" not in {code for code, _ in errors}
    assert "C12" in {code for code, _ in errors}


def test_another_profile_may_be_tried(workspace: Workspace) -> None:
    done = rescore(workspace, "--profile", "national-2020", "--dry-run", "--json")
    assert ("profile", "henan-2022", "national-2020") in [
        (each["what"], each["before"], each["after"]) for each in done.json
    ]
    assert rescore(workspace, "--profile", "nirgendwo").code == 2


def test_an_original_that_is_gone_is_told_and_its_score_stays(workspace: Workspace) -> None:
    before, _ = state(workspace)
    path = next(path for path in workspace.originals.rglob("*") if path.is_file())
    path.chmod(0o644)
    path.unlink()
    full_execution(workspace)
    done = rescore(workspace)
    assert done.code == 0
    assert "上街区.xlsx 没有重新测算" in done.err
    assert state(open_workspace(workspace.root))[0] == before

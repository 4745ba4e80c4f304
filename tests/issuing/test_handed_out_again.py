"""The same input gives the same files; other targets give a new version and overtake the old."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from target_examples import ASKED, INDICATORS

from xlflow.config import DECISIONS_FOLDER, Workspace, create_workspace
from xlflow.errors import UsageError
from xlflow.forms import load_form
from xlflow.issuing import Issued, fill, finished_template, template_of
from xlflow.pipeline import check, hand_out, open_ledger, run, standing
from xlflow.rescoring import rescore

FORMS = (
    "project_target",
    "project_monitoring",
    "project_self_evaluation",
    "overall_self_evaluation",
)
TARGETS, ACCOUNT = load_form("project_target"), load_form("project_self_evaluation")
ROSTER = """单位编码,单位名称,项目名称,截止日期
039001,示例局,培训专项,2026-04-30
039002,第二局,信息化,
"""
HAND_OUT = """
import sys
from pathlib import Path
from xlflow.config import create_workspace
from xlflow.pipeline import hand_out
root = Path(sys.argv[1])
create_workspace(root, {"round": "1-6月"})
for form in sys.argv[3:]:
    hand_out(Path(sys.argv[2]), form, year=2025, folder=root)
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "工作区")


def targets_accepted(workspace: Workspace, **changes: object) -> None:
    data = ASKED | changes
    digest = hashlib.sha256(repr(changes).encode()).hexdigest()[:8]
    blank = template_of(TARGETS)
    (workspace.inbox / f"目标{digest}.xlsx").write_bytes(fill(blank, TARGETS, data))
    run(workspace)


def with_another_target(target: str) -> list[dict[str, str]]:
    return [{**INDICATORS[0], "target": target}, *INDICATORS[1:]]


def handed_out(workspace: Workspace, written: str = ROSTER, year: int = 2025) -> tuple[Issued, ...]:
    roster = workspace.root / "roster.csv"
    roster.write_text(written, encoding="utf-8")
    return hand_out(roster, ACCOUNT.name, year=year, folder=workspace.root)


def account_of(issued: Issued) -> bytes:
    """Return the form of the training project, filled in without a fault."""
    rows = [
        {"actual": actual, "weight": weight, "score": weight}
        for actual, weight in (("500人", "40"), ("95%", "40"), ("90%", "10"))
    ]
    data = {
        "funds": {"total": {
            "full_year_budget": "123.4567", "executed": "123.4567",
            "weight": "10", "score": "10", "execution_rate": "100%",
        }},
        "annual_objective": {"actual": "全年培训学员五百人，按计划办完。"},
        "indicators": rows,
        "totals": {"weight": "100", "score": "100"},
    }  # fmt: skip
    return fill(issued.path.read_bytes(), ACCOUNT, data)


def returned(workspace: Workspace, issued: Issued, name: str = "自评.xlsx") -> None:
    (workspace.inbox / name).write_bytes(account_of(issued))
    run(workspace)


def states(workspace: Workspace) -> dict[str | None, str]:
    return {
        each.unit: each.state.value for each in standing(workspace) if each.form == ACCOUNT.name
    }


# -- the same again ------------------------------------------------------------------------------


def files_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_two_processes_hand_out_the_same_bytes(tmp_path: Path) -> None:
    roster = tmp_path / "名册.csv"
    roster.write_text(ROSTER, encoding="utf-8")
    made = []
    for seed, zone in (("1", "Asia/Shanghai"), ("2", "America/New_York")):
        root = tmp_path / seed
        subprocess.run(
            [sys.executable, "-c", HAND_OUT, str(root), str(roster), *FORMS],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone},
            check=True,
        )
        made.append(files_in(root / "handout"))
    assert len(made[0]) == 2 * len(FORMS)
    assert made[0] == made[1]


@pytest.mark.parametrize("name", [*FORMS, "officer_decisions", "roster"])
def test_every_template_is_built_to_the_same_bytes(name: str) -> None:
    build = (
        "import sys; from xlflow.forms import load_form; from xlflow.issuing import"
        " finished_template; sys.stdout.buffer.write(finished_template(load_form(sys.argv[1])))"
    )
    other = subprocess.run(
        [sys.executable, "-c", build, name],
        env={**os.environ, "PYTHONHASHSEED": "3", "TZ": "Asia/Tokyo"},
        check=True,
        capture_output=True,
    ).stdout
    assert finished_template(load_form(name)) == other


def test_the_same_roster_again_is_no_new_version(workspace: Workspace) -> None:
    targets_accepted(workspace)
    first = handed_out(workspace)
    before = files_in(workspace.handout)
    again = handed_out(workspace)
    assert files_in(workspace.handout) == before
    assert [(each.version, each.new) for each in (*first, *again)] == [
        (1, True), (1, True), (1, False), (1, False),
    ]  # fmt: skip
    with open_ledger(workspace) as ledger:
        assert len(ledger.roster()) == 2


def test_a_file_that_is_gone_is_written_again(workspace: Workspace) -> None:
    first, _ = handed_out(workspace)
    before = files_in(workspace.handout)
    first.path.unlink()
    handed_out(workspace)
    assert files_in(workspace.handout) == before


# -- something else ------------------------------------------------------------------------------


def test_other_targets_are_a_new_version_and_overtake_what_came(workspace: Workspace) -> None:
    targets_accepted(workspace)
    first, _ = handed_out(workspace)
    returned(workspace, first)
    assert states(workspace) == {"示例局": "accepted", "第二局": "missing"}
    targets_accepted(workspace, indicators=with_another_target("≥600人"))
    old = first.path.read_bytes()
    second, other = handed_out(workspace)
    assert second.path.name == f"{first.path.stem}_第2版.xlsx"
    assert (second.version, other.version, other.new) == (2, 1, False)
    assert first.path.read_bytes() == old
    assert [each.file for each in second.overtaken] == ["自评.xlsx"]
    assert other.overtaken == ()

    run(workspace)
    assert states(workspace)["示例局"] == "returned"
    (answer,) = (workspace.outbox / "退回").glob("*培训专项*")
    with open_ledger(workspace) as ledger:
        (judged,) = [each for each in ledger.submissions() if each.form == ACCOUNT.name]
        told = ledger.problems_of([judged])[judged.id]
        assert ledger.overtaken() == ()
    (found,) = [each for each in told if each.code == "C47"]
    assert "第 2 版" in found.message
    assert answer.is_file()


def test_the_new_version_filled_in_is_accepted(workspace: Workspace) -> None:
    targets_accepted(workspace)
    returned(workspace, handed_out(workspace)[0])
    targets_accepted(workspace, indicators=with_another_target("≥450人"))
    second, _ = handed_out(workspace)
    run(workspace)
    returned(workspace, second, "第2版.xlsx")
    assert states(workspace)["示例局"] == "accepted"


def test_another_deadline_is_a_new_version_that_overtakes_nothing(workspace: Workspace) -> None:
    targets_accepted(workspace)
    returned(workspace, handed_out(workspace)[0])
    second, other = handed_out(workspace, ROSTER.replace("2026-04-30", "2026-05-31"))
    assert (second.version, second.overtaken, other.version) == (2, (), 1)
    run(workspace)
    assert states(workspace)["示例局"] == "accepted"


def test_the_old_targets_again_overtake_nothing_any_more(workspace: Workspace) -> None:
    targets_accepted(workspace)
    returned(workspace, handed_out(workspace)[0])
    targets_accepted(workspace, indicators=with_another_target("≥600人"))
    handed_out(workspace)
    targets_accepted(workspace, annual_goal="培训500人。", remark="改回原目标")
    third, _ = handed_out(workspace)
    assert third.version == 3
    run(workspace)
    assert states(workspace)["示例局"] == "accepted"


def test_another_year_is_another_form(workspace: Workspace) -> None:
    handed_out(workspace)
    assert [each.version for each in handed_out(workspace, year=2026)] == [1, 1]


def extended(workspace: Workspace, deadline: str) -> None:
    """Have an officer extend the deadline of the training project."""
    form = load_form("officer_decisions")
    line = {"unit": "示例局", "deadline": deadline, "reason": "经批准"}
    data = {"filled_by": "绩效科", "extensions": [line]}
    folder = workspace.inbox / DECISIONS_FOLDER
    (folder / f"延期{deadline}.xlsx").write_bytes(fill(template_of(form), form, data))
    run(workspace)


def due(workspace: Workspace) -> str | None:
    return standing(workspace)[0].deadline


def test_an_extended_deadline_stays_until_the_roster_has_a_new_one(workspace: Workspace) -> None:
    handed_out(workspace)
    extended(workspace, "2026-05-15")
    extended(workspace, "2026-05-20")
    second, _ = handed_out(workspace)
    assert (due(workspace), second.line.deadline, second.version) == ("2026-05-20",) * 2 + (2,)
    assert not handed_out(workspace)[0].new
    handed_out(workspace, ROSTER.replace("2026-04-30", "2026-06-30"))
    assert due(workspace) == "2026-06-30"


# -- a profile and a password of one's own -------------------------------------------------------


def test_a_unit_is_judged_by_the_profile_of_its_line(workspace: Workspace) -> None:
    written = ROSTER.replace("截止日期", "评分方案").replace("2026-04-30", "tianjin")
    first, second = handed_out(workspace, written)
    for each in (first, second):
        (workspace.inbox / each.path.name).write_bytes(account_of(each))
    run(workspace)
    with open_ledger(workspace) as ledger:
        by_unit = {each.unit: each.profile for each in ledger.submissions()}
    assert by_unit == {"示例局": "tianjin", "第二局": "national-2020"}
    assert check(first.path)[0].profile == "national-2020"  # without the workspace nobody knows


def test_scoring_again_keeps_the_profile_of_a_line_unless_another_is_named(
    workspace: Workspace,
) -> None:
    own = ROSTER.replace("截止日期", "评分方案").replace("2026-04-30", "tianjin")
    first, _ = handed_out(workspace, own)
    returned(workspace, first)
    assert rescore(workspace).changes == ()
    changes = rescore(workspace, profile="henan-2022").changes
    assert [(each.before, each.after) for each in changes if each.what == "profile"] == [
        ("tianjin", "henan-2022")
    ]


def test_a_profile_that_is_gone_stops_the_run_before_anything_is_taken(
    workspace: Workspace,
) -> None:
    ours = workspace.root / "schemas" / "profiles" / "ours.toml"
    ours.write_text(
        'based_on = "national-2020"\ntitle = "本市"\nsource = "通知"\nwho_scores = "self"\n',
        encoding="utf-8",
    )
    own = ROSTER.replace("截止日期", "评分方案").replace("2026-04-30", "ours")
    first, _ = handed_out(workspace, own)
    ours.unlink()
    with pytest.raises(UsageError, match="没有名为 ours"):
        returned(workspace, first)
    assert (workspace.inbox / "自评.xlsx").is_file()


def test_a_password_of_a_line_opens_what_was_handed_out_and_comes_back(
    workspace: Workspace,
) -> None:
    written = ROSTER.replace("截止日期", "密码").replace("2026-04-30", "口令1")
    written = written.replace("信息化,", "信息化,口令2")
    first, second = handed_out(workspace, written)
    assert first.path.read_bytes().startswith(b"\xd0\xcf\x11\xe0")
    locked = files_in(workspace.handout)
    assert not any(each.new for each in handed_out(workspace, written))
    assert files_in(workspace.handout) == locked
    (workspace.inbox / first.path.name).write_bytes(first.path.read_bytes())
    (workspace.inbox / "不知谁的.xlsx").write_bytes(second.path.read_bytes())
    run(workspace)
    assert states(workspace) == {"示例局": "returned", "第二局": "returned"}
    with open_ledger(workspace) as ledger:
        assert "口令" not in repr(ledger.roster())
        problems = ledger.problems_of(ledger.submissions()).values()
    codes = [{each.code for each in found} for found in problems]
    assert all("F30" in found and "F33" not in found for found in codes)  # nothing left behind
    assert handed_out(workspace, written.replace("口令1", "口令3"))[0].version == 2

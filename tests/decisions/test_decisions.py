"""Checked scores, opinions, extensions and whose a form is, over the real inbox."""

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from decision_examples import ERRORS, NOW, TITLE, UNIT, bureau, changed, decisions, drop, waiver

from xlflow.config import DECISIONS_FILE, Workspace
from xlflow.forms import load_form
from xlflow.issuing import template_of
from xlflow.ledger import DecisionKind, Submission
from xlflow.pipeline import check_form, hand_out, open_ledger, run, standing
from xlflow.review import Outcome
from xlflow.settling import Processed

FORM = "overall_self_evaluation"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A bureau with a roster of two units."""
    made = bureau(tmp_path)
    roster = made.root / "名册.csv"
    lines = ["单位编码,单位名称,截止日期", f"039001,{UNIT},2026-04-30", "039002,教育局,2026-04-30"]
    roster.write_text("\n".join(lines), encoding="utf-8")
    hand_out(roster, FORM, year=2022, folder=made.root)
    return made


def work_off(workspace: Workspace) -> tuple[Processed, ...]:
    return run(workspace, clock=lambda: NOW)


def send(workspace: Workspace, name: str, unit: str | None, at: int, **cells: Any) -> Processed:
    drop(workspace, name, changed(cells, unit), at=at)
    (done,) = work_off(workspace)
    return done


def decide(workspace: Workspace, **tables: Any) -> Processed:
    drop(workspace, f"处理单/{len(list(workspace.outbox.rglob('*')))}.xlsx", decisions(**tables))
    (done,) = work_off(workspace)
    return done


def told(done: Processed) -> list[tuple[str, str | None]]:
    return [(each.code, each.cell) for each in done.results[0].problems]


def submissions(workspace: Workspace) -> list[Submission]:
    with open_ledger(workspace) as ledger:
        return list(ledger.submissions())


def summary(workspace: Workspace, sheet: str, heading: str) -> list[dict[str, Any]]:
    """Return the rows of a table of the summary book by heading."""
    book = openpyxl.load_workbook(workspace.outbox / "汇总.xlsx")
    rows = list(book[sheet].iter_rows(values_only=True))
    top = next(i for i, row in enumerate(rows) if row[0] == heading and row[1] is not None)
    head = [str(cell) for cell in rows[top]]
    filled = (row for row in rows[top + 1 :] if row[0] is not None or row[1] is not None)
    return [dict(zip(head, row, strict=True)) for row in filled]


def test_template_and_schema_fit_and_a_new_workspace_has_a_copy(workspace: Workspace) -> None:
    assert list(check_form("officer_decisions", workspace.root)) == []
    copy = workspace.root / DECISIONS_FILE
    assert copy.read_bytes() == template_of(load_form("officer_decisions"))
    assert (workspace.inbox / "处理单").is_dir()


def test_checked_score_and_opinion_stand_beside_the_unit_s_own(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", UNIT, 1)
    done = decide(
        workspace,
        checked_scores=[{"unit": "039001", "score": "92.5", "reason": "现场核查"}],
        opinions=[{"unit": UNIT, "opinion": "=同意，请补充佐证"}],
    )
    assert done.outcome is Outcome.ACCEPTED
    (row, *_) = summary(workspace, "报送一览", "单位编码")
    assert (row["核查得分"], row["审核意见"]) == (92.5, "=同意，请补充佐证")
    assert (row["自评得分"], row["测算得分"]) == (99.1, 99.1)
    assert "单位归属" not in row
    first, second = summary(workspace, "处理记录", "事项")
    assert (first["事项"], first["处理内容"], first["理由"]) == ("核查得分", "92.5", "现场核查")
    assert (second["填写人"], second["日期"]) == ("绩效科 甲", "2026-04-20")
    assert (first["办理情况"], first["处理单位置"], first["版本"]) == ("已办理", "A24", 1)


def test_without_decisions_the_summary_says_nothing_of_them(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", UNIT, 1)
    assert "核查得分" not in summary(workspace, "报送一览", "单位编码")[0]
    book = openpyxl.load_workbook(workspace.outbox / "汇总.xlsx")
    assert "处理记录" not in book.sheetnames


def test_the_last_checked_score_counts_and_the_first_stays_on_record(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", UNIT, 1)
    for score in ("92.5", "90"):
        line = {"unit": UNIT, "score": score, "reason": "核查"}
        decide(workspace, checked_scores=[line])
    assert summary(workspace, "报送一览", "单位编码")[0]["核查得分"] == 90
    contents = [row["处理内容"] for row in summary(workspace, "处理记录", "事项")]
    assert contents == ["92.5", "90"]


def test_what_has_not_come_yet_can_not_be_decided(workspace: Workspace) -> None:
    done = decide(
        workspace, waivers=[waiver(*ERRORS[0])], opinions=[{"unit": "教育局", "opinion": "好"}]
    )
    assert [code for code, _ in told(done)] == ["D04", "D04"]


def test_an_extension_replaces_the_deadline_and_keeps_the_old_one(workspace: Workspace) -> None:
    line = {"unit": "教育局", "deadline": "2026年5月15日", "reason": "机构改革"}
    assert decide(workspace, extensions=[line]).outcome is Outcome.ACCEPTED
    deadlines = {each.unit: each.deadline for each in standing(workspace)}
    assert deadlines == {UNIT: "2026-04-30", "教育局": "2026-05-15"}
    with open_ledger(workspace) as ledger:
        (decision,) = ledger.decisions()
    assert (decision.kind, decision.value) == (DecisionKind.EXTENSION, "2026-05-15")
    assert decision.replaced == "2026-04-30"
    (row,) = summary(workspace, "处理记录", "事项")
    assert row["处理内容"] == "2026-05-15（原 2026-04-30）"


@pytest.mark.parametrize("deadline", ["下周", "2026年5月", "5月15日"])
def test_a_deadline_that_names_no_day_is_told(workspace: Workspace, deadline: str) -> None:
    line = {"unit": "教育局", "deadline": deadline, "reason": "机构改革"}
    ((code, cell),) = told(decide(workspace, extensions=[line]))
    assert (code, str(cell)[0]) == ("D06", "F")
    assert {each.deadline for each in standing(workspace)} == {"2026-04-30"}


def test_who_is_on_no_roster_gets_no_extension(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", "别的局", 1)
    line = {"unit": "别的局", "deadline": "2026-05-15", "reason": "机构改革"}
    assert [code for code, _ in told(decide(workspace, extensions=[line]))] == ["D12"]


def test_a_round_may_be_written_another_way(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XLFLOW_ROUND", "1-6月")
    roster = workspace.root / "名册.csv"
    hand_out(roster, FORM, year=2022, folder=workspace.root)
    line = {"deadline": "2026-05-20", "reason": "汛情"}
    decide(workspace, extensions=[{"unit": "教育局", "round": "2022年上半年", **line}])
    deadlines = {(each.unit, each.round): each.deadline for each in standing(workspace)}
    assert deadlines["教育局", "1-6月"] == "2026-05-20"
    assert deadlines["教育局", None] == "2026-04-30"


def test_a_line_that_may_mean_two_years_is_not_guessed(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", UNIT, 1)
    send(workspace, "b.xlsx", UNIT, 2, J2=2023)
    line = {"unit": UNIT, "opinion": "同意"}
    done = decide(workspace, opinions=[line])
    assert [code for code, _ in told(done)] == ["D02"]
    assert "2022" in done.results[0].problems[0].message
    assert decide(workspace, opinions=[line | {"year": "2022"}]).outcome is Outcome.ACCEPTED


# -- whose a form is -----------------------------------------------------------------------------


def test_a_form_that_names_its_unit_wrongly_is_given_to_its_own(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", "上街区资规局", 1)
    line = {"written_unit": "上街区资规局", "assigned_unit": UNIT}
    assert decide(workspace, assignments=[line]).outcome is Outcome.ACCEPTED
    (submission,) = submissions(workspace)
    assert (submission.unit, submission.unit_code, submission.version) == (UNIT, "039001", 1)
    assert submission.assigned_from == "上街区资规局"
    assert submission.output == f"outbox/退回/{UNIT}_{TITLE}_2022_v1.xlsx"
    assert [path.name for path in (workspace.outbox / "退回").iterdir()] == [
        f"{UNIT}_{TITLE}_2022_v1.xlsx"
    ]
    assert [(each.unit, each.state.value) for each in standing(workspace)] == [
        (UNIT, "returned"),
        ("教育局", "missing"),
    ]
    (row, *_) = summary(workspace, "报送一览", "单位编码")
    assert (row["单位"], row["单位归属"]) == (UNIT, "处理单归属；表中写“上街区资规局”")
    # What comes later under the wrong name is the next version.
    later = send(workspace, "b.xlsx", "上街区资规局", 2, J27="说明")
    assert later.output == f"outbox/退回/{UNIT}_{TITLE}_2022_v2.xlsx"
    assert [each.assigned_from for each in submissions(workspace)] == ["上街区资规局"] * 2


def test_a_file_without_a_unit_is_given_to_one_and_another_of_that_name_is_not(
    workspace: Workspace,
) -> None:
    send(workspace, "自评表.xlsx", None, 1)
    line = {"file": "自评表.xlsx", "assigned_unit": "教育局", "assigned_code": "039002"}
    assert decide(workspace, assignments=[line]).outcome is Outcome.ACCEPTED
    (submission,) = submissions(workspace)
    assert (submission.unit, submission.unit_code) == ("教育局", "039002")
    (row, *_) = summary(workspace, "报送一览", "单位编码")
    assert row["单位归属"] == "处理单归属；表中没有写单位"
    send(workspace, "自评表.xlsx", UNIT, 2)
    assert submissions(workspace)[-1].unit == UNIT


def test_versions_are_counted_in_the_order_in_which_they_came(workspace: Workspace) -> None:
    """An older form of another name must not supersede a newer one of the right name."""
    send(workspace, "1.xlsx", UNIT, 1)
    send(workspace, "2.xlsx", "上街区资规局", 2, J27="二")
    send(workspace, "3.xlsx", UNIT, 3, J27="三")
    decide(workspace, assignments=[{"written_unit": "上街区资规局", "assigned_unit": UNIT}])
    found = submissions(workspace)
    assert [(each.file, each.version, each.current) for each in found] == [
        ("1.xlsx", 1, False),
        ("2.xlsx", 2, False),
        ("3.xlsx", 3, True),
    ]
    # The name _v2 was another one's until now, so the new _v2 is called a little longer.
    stems = [Path(str(each.output)).stem for each in found]
    assert [stem.rpartition(f"{UNIT}_{TITLE}_2022_")[2] for stem in stems] == ["v1", "v2", "v3"]
    answers = {path.stem for path in (workspace.outbox / "退回").iterdir()}
    assert answers == {Path(str(each.output)).stem for each in found}
    for each, written in zip(found[1:], ("二", "三"), strict=True):
        book = openpyxl.load_workbook(workspace.root / str(each.output))
        assert book[TITLE]["J27"].value == written


def test_one_form_assigns_and_waives(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", "上街区资规局", 1)
    lines = [waiver(*error) for error in ERRORS]
    assigned = [{"written_unit": "上街区资规局", "assigned_unit": UNIT}]
    assert decide(workspace, assignments=assigned, waivers=lines).outcome is Outcome.ACCEPTED
    (submission,) = submissions(workspace)
    assert submission.output == f"outbox/通过/{UNIT}_{TITLE}_2022_v1.xlsx"


def test_what_was_waived_under_the_wrong_name_goes_with_the_form(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", "上街区资规局", 1)
    decide(workspace, waivers=[waiver(*error, unit="上街区资规局") for error in ERRORS])
    decide(workspace, assignments=[{"written_unit": "上街区资规局", "assigned_unit": UNIT}])
    (submission,) = submissions(workspace)
    assert (submission.unit, submission.outcome) == (UNIT, Outcome.ACCEPTED)
    assert send(workspace, "b.xlsx", UNIT, 2, J27="说明").outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ({"assigned_unit": UNIT}, "D05", "A"),
        ({"written_unit": "无此单位", "assigned_unit": UNIT}, "D11", "C"),
        ({"file": "没有.xlsx", "assigned_unit": UNIT}, "D11", "A"),
        ({"file": "自评表.xlsx", "assigned_unit": UNIT}, "D02", "A"),
        ({"written_unit": "甲", "assigned_unit": UNIT, "assigned_code": "039002"}, "D07", "F"),
        ({"written_unit": "甲"}, "C01", "H"),
    ],
)
def test_an_assignment_that_is_not_certain_is_not_made(
    workspace: Workspace, line: dict[str, str], code: str, column: str
) -> None:
    for number, (name, unit) in enumerate({"一科": "甲", "二科": "乙"}.items()):
        (workspace.inbox / name).mkdir()
        send(workspace, f"{name}/自评表.xlsx", unit, number)
    before = submissions(workspace)
    ((found, cell),) = told(decide(workspace, assignments=[line]))
    assert (found, str(cell)[0]) == (code, column)
    assert submissions(workspace) == before

"""Lines of the roster that an officer withdraws: expected no longer, and nothing is deleted."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_line import xlflow
from decision_examples import (
    ERRORS,
    NOW,
    UNIT,
    WHO,
    bureau,
    changed,
    decisions,
    drop,
    waiver,
)

from xlflow.chasing import tally
from xlflow.config import Workspace
from xlflow.forms import load_form
from xlflow.issuing import Issued, fill, finished_template, template_of
from xlflow.ledger import DecisionKind
from xlflow.pipeline import hand_out, open_ledger, remind, run, standing
from xlflow.review import Outcome
from xlflow.settling import Processed

FORM = "overall_self_evaluation"
ROSTER = f"""单位编码,单位名称,截止日期
039001,{UNIT},2026-04-30
039002,教育局,2026-04-30
039003,文化局,2026-04-30
"""
MERGED = "单位已撤并"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A bureau with a roster of three units."""
    made = bureau(tmp_path)
    issued(made)
    return made


def issued(workspace: Workspace, roster: str = ROSTER, **exercise: Any) -> tuple[Issued, ...]:
    path = workspace.root / "名册.csv"
    path.write_text(roster, encoding="utf-8")
    return hand_out(path, FORM, folder=workspace.root, **{"year": 2022} | exercise)


def work_off(workspace: Workspace) -> Processed:
    (done,) = run(workspace, clock=lambda: NOW)
    return done


def send(workspace: Workspace, name: str, unit: str = UNIT, at: int = 1, **cells: Any) -> Processed:
    drop(workspace, name, changed(cells, unit), at=at)
    return work_off(workspace)


def decide(workspace: Workspace, package: bytes, name: str = "处理单.xlsx") -> Processed:
    drop(workspace, f"处理单/{name}", package)
    return work_off(workspace)


def withdraw(workspace: Workspace, unit: str, **more: Any) -> Processed:
    line = {"unit": unit, "reason": MERGED, **more}
    return decide(workspace, decisions(withdrawals=[line]))


def told(done: Processed) -> list[tuple[str, str | None]]:
    return [(each.code, each.cell) for each in done.results[0].problems]


def expected(workspace: Workspace) -> list[str | None]:
    return [each.unit for each in standing(workspace) if each.expected]


def words_of(workspace: Workspace, sheet: str) -> str:
    """Return all that a sheet of the summary book says, nothing where there is none."""
    book = openpyxl.load_workbook(workspace.outbox / "汇总.xlsx")
    if sheet not in book.sheetnames:
        return ""
    return "\n".join(
        str(value) for row in book[sheet].iter_rows(values_only=True) for value in row if value
    )


def test_who_was_withdrawn_is_neither_expected_nor_chased(workspace: Workspace) -> None:
    send(workspace, "a.xlsx")
    assert "教育局" in words_of(workspace, "跨表核对")  # C80
    remind(workspace)
    notice = workspace.outbox / "催报" / "催报_教育局.txt"
    page = workspace.outbox / "进度.html"
    assert notice.is_file()
    assert "教育局" in page.read_text(encoding="utf-8")
    done = withdraw(workspace, "039002")
    assert done.outcome is Outcome.ACCEPTED
    assert done.results[0].problems[0].message.startswith("已办理：教育局不再应报")
    assert expected(workspace) == [UNIT, "文化局"]
    counted = tally(standing(workspace), date(2026, 5, 1))
    assert (counted.expected, counted.missing, counted.unlisted) == (2, 1, 0)
    for sheet in ("总览", "报送一览", "退回与催报", "跨表核对"):
        assert "教育局" not in words_of(workspace, sheet)
    assert "应报 2 份" in words_of(workspace, "总览")
    assert "教育局" not in page.read_text(encoding="utf-8")
    remind(workspace)
    assert not notice.exists()
    assert "教育局" not in (workspace.outbox / "催报" / "群发文本.txt").read_text("utf-8-sig")


def test_it_stands_in_the_record_with_who_when_and_why(workspace: Workspace) -> None:
    send(workspace, "a.xlsx")
    withdraw(workspace, "教育局")
    with open_ledger(workspace) as ledger:
        (decision,) = ledger.decisions()
        (line,) = [each for each in ledger.roster() if each.withdrawn]
    assert (decision.kind, decision.who) == (DecisionKind.WITHDRAWAL, WHO)
    assert (decision.decided_on, decision.reason) == ("2026-04-20", MERGED)
    assert (decision.unit_code, line.unit_code) == ("039002", "039002")  # nothing is deleted
    record = words_of(workspace, "处理记录")
    assert all(word in record for word in ("撤销应报", "教育局", MERGED, WHO, "2026-04-20"))


def test_what_was_sent_stays_as_of_who_is_not_on_the_roster_and_is_not_asked_for(
    workspace: Workspace,
) -> None:
    assert send(workspace, "a.xlsx").outcome is Outcome.RETURNED
    withdraw(workspace, UNIT)
    *_, sent = standing(workspace)
    assert (sent.unit, sent.expected, sent.withdrawn) == (UNIT, False, True)
    assert (sent.state, sent.deadline) == ("returned", None)
    assert UNIT in words_of(workspace, "报送一览")
    assert UNIT not in words_of(workspace, "退回与催报")
    notices = remind(workspace).notices
    assert {each.unit for notice in notices for each in notice.about} == {"教育局", "文化局"}
    assert "名册外，已撤销应报" in (workspace.outbox / "进度.html").read_text(encoding="utf-8")
    last = xlflow("status", "--json", cwd=workspace.root).json[-1]
    assert (last["unit"], last["expected"], last["withdrawn"]) == (UNIT, False, True)


def test_what_comes_later_is_the_next_version_and_decisions_on_it_hold(
    workspace: Workspace,
) -> None:
    """The form names its unit without the code: which it is goes by the line as before."""
    send(workspace, "a.xlsx")
    withdraw(workspace, UNIT)
    decide(workspace, decisions(waivers=[waiver(*error) for error in ERRORS]), "放行.xlsx")
    later = send(workspace, "b.xlsx", at=2, J27="说明")
    assert later.outcome is Outcome.ACCEPTED
    with open_ledger(workspace) as ledger:
        assert [each.version for each in ledger.submissions() if each.version] == [1, 2]


def test_a_line_that_may_mean_two_forms_is_not_guessed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XLFLOW_ROUND", "1-6月")
    issued(workspace)
    assert told(withdraw(workspace, "教育局")) == [("D02", "A54")]
    assert len(expected(workspace)) == 6
    assert told(withdraw(workspace, "教育局", round="上半年")) == [("D10", "A54")]
    assert [each.round for each in standing(workspace) if each.unit == "教育局"] == [None]
    # What was withdrawn is not meant any more where something else can be.
    line = {"unit": "教育局", "deadline": "2026-05-20", "reason": "汛情"}
    assert told(decide(workspace, decisions(extensions=[line]), "延期.xlsx"))[0][0] == "D10"


def test_who_is_on_no_roster_or_was_withdrawn_before_can_not_be(workspace: Workspace) -> None:
    send(workspace, "a.xlsx", "别的局")
    assert told(withdraw(workspace, "别的局")) == [("D17", "A54")]
    assert told(withdraw(workspace, "没有的局")) == [("D01", "A54")]
    withdraw(workspace, "教育局", project=None)
    again = withdraw(workspace, "教育局", reason="再办一次")
    assert (again.outcome, told(again)) == (Outcome.ACCEPTED, [("D18", "A54")])
    line = {"unit": "教育局", "deadline": "2026-05-20", "reason": "汛情"}
    assert told(decide(workspace, decisions(extensions=[line]), "延期.xlsx"))[0][0] == "D12"


def test_without_a_reason_nobody_is_withdrawn(workspace: Workspace) -> None:
    assert told(withdraw(workspace, "教育局", reason=None)) == [("C01", "F54")]
    assert "教育局" in expected(workspace)


def test_a_form_extends_before_it_withdraws(workspace: Workspace) -> None:
    line = {"unit": "教育局", "deadline": "2026-05-20", "reason": "汛情"}
    withdrawn = {"unit": "教育局", "reason": MERGED}
    done = decide(workspace, decisions(extensions=[line], withdrawals=[withdrawn]))
    assert [code for code, _ in told(done)] == ["D10", "D10"]
    assert "教育局" not in expected(workspace)


def test_a_roster_that_lists_it_again_expects_it_again_and_says_so(workspace: Workspace) -> None:
    withdraw(workspace, "教育局")
    withdraw(workspace, "文化局")
    without = ROSTER.replace("039002,教育局,2026-04-30\n", "")
    assert [each.expected_again for each in issued(workspace, without)] == [False, True]
    assert expected(workspace) == [UNIT, "文化局"]
    issue = ("issue", "名册.csv", "--form", FORM, "--year", "2022")
    (workspace.root / "名册.csv").write_text(ROSTER, encoding="utf-8")
    said = xlflow(*issue, cwd=workspace.root).out
    assert "其中 1 份此前已撤销应报" in said
    assert "此前已撤销应报" not in xlflow(*issue, cwd=workspace.root).out
    assert expected(workspace) == [UNIT, "教育局", "文化局"]
    with open_ledger(workspace) as ledger:  # what was decided stays on record
        assert [each.applied for each in ledger.decisions()] == [True, True]


def without_withdrawals(folder: Path) -> Path:
    """Return a folder with the schema of the 处理单 as it was before this table."""
    schema = json.loads(load_form("officer_decisions").path.read_text(encoding="utf-8"))
    del schema["properties"]["withdrawals"]
    bands = schema["x-layout"]["bands"]
    at = next(place for place, band in enumerate(bands) if band.get("table") == "withdrawals")
    del bands[at - 1 : at + 1]
    path = folder / "schemas" / "officer_decisions.schema.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(schema), encoding="utf-8")
    return folder


def test_a_form_of_before_without_the_table_is_carried_out(
    workspace: Workspace, tmp_path: Path
) -> None:
    send(workspace, "a.xlsx")
    old = load_form("officer_decisions", without_withdrawals(tmp_path / "以前"))
    line = {"unit": "教育局", "deadline": "2026-05-20", "reason": "汛情"}
    data = {"filled_by": WHO, "waivers": [waiver(*ERRORS[0])], "extensions": [line]}
    done = decide(workspace, fill(finished_template(old), old, data))
    assert (done.outcome, told(done)) == (Outcome.ACCEPTED, [("D10", "A6"), ("D10", "A47")])
    assert len(expected(workspace)) == 3


@pytest.mark.parametrize("named", [True, False])
def test_with_the_heading_of_the_reasons_gone_no_line_of_that_table_is_carried_out(
    workspace: Workspace, tmp_path: Path, named: bool
) -> None:
    """Without names the tables are told apart by their headings alone."""
    old = load_form("officer_decisions", without_withdrawals(tmp_path / "以前"))
    form, template = old, finished_template(old)
    if named:
        form = load_form("officer_decisions")
        template = template_of(form)
    lines = [{"unit": "教育局", "deadline": "2026-05-20", "reason": "汛情"}]
    data = {"filled_by": WHO, "waivers": [waiver("C15", unit="教育局")], "extensions": lines}
    if named:
        data["withdrawals"] = [{"unit": "教育局", "reason": MERGED}]
    path = tmp_path / "处理单.xlsx"
    path.write_bytes(fill(template, form, data))
    book = openpyxl.load_workbook(path)
    if named:
        book["处理单"]["F53"] = None
    else:
        book.defined_names.clear()
        for sheet in book:
            sheet.defined_names.clear()
    book.save(path)
    done = decide(workspace, path.read_bytes())
    assert done.outcome is Outcome.RETURNED
    assert "R02" in [code for code, _ in told(done)]
    assert "教育局" in expected(workspace)


def test_the_same_line_twice_is_carried_out_once(workspace: Workspace) -> None:
    line = {"unit": "教育局", "reason": MERGED}
    done = decide(workspace, decisions(withdrawals=[line, line]))
    assert told(done) == [("D10", "A54"), ("D18", "A55")]


def test_an_extension_of_what_was_just_extended_says_from_when(workspace: Workspace) -> None:
    lines = [
        {"unit": "教育局", "deadline": day, "reason": "汛情"}
        for day in ("2026-05-20", "2026-06-01")
    ]
    decide(workspace, decisions(extensions=lines))
    with open_ledger(workspace) as ledger:
        assert [each.replaced for each in ledger.decisions()] == ["2026-04-30", "2026-05-20"]


def test_a_wrong_code_is_withdrawn_and_the_unit_listed_with_the_right_one(
    workspace: Workspace,
) -> None:
    """The form names its unit without the code, as the waivers do."""
    issued(workspace, ROSTER.replace("039001", "039011"))
    withdraw(workspace, "039001")
    send(workspace, "a.xlsx")
    done = decide(workspace, decisions(waivers=[waiver(*error) for error in ERRORS]), "放行.xlsx")
    assert {code for code, _ in told(done)} == {"D10"}
    (sent,) = (each for each in standing(workspace) if each.unit == UNIT)
    assert (sent.unit_code, sent.state) == ("039011", "accepted")


def test_units_of_one_name_are_told_apart_where_a_line_may_mean_either(
    workspace: Workspace,
) -> None:
    issued(workspace, ROSTER + "039012,教育局,2026-05-01\n")
    (found,) = withdraw(workspace, "教育局").results[0].problems
    assert found.code == "D02"
    assert all(code in found.message for code in ("039002", "039012"))

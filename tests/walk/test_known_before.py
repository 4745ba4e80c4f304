"""Forms against what came before them: the roster, accepted targets, last year."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from xlflow.config import Workspace, create_workspace
from xlflow.demo.seeds import examples, project_targets
from xlflow.forms import Document, load_form
from xlflow.issuing import fill, template_of
from xlflow.ledger import RosterLine
from xlflow.pipeline import check, open_ledger, run
from xlflow.problems import Problem, Severity
from xlflow.review import Case, Known, Outcome, Promise, contradictions
from xlflow.review.known import means_the_same
from xlflow.review.names import may_be_one
from xlflow.scoring import Scores, load_profile
from xlflow.settling import Processed

TARGET, ACCOUNT = "project_target", "project_self_evaluation"
SAID = examples()["self_evaluations"][0]
ASKED = next(each for each in project_targets() if each["project"] == SAID["project"])
NAMED = [row for row in ASKED["indicators"] if row.get("level3")]
ROWS = [plan | row for plan, row in zip(NAMED, SAID["indicators"], strict=True)]
CODES = ("C02", "C22", "C43", "C50")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "工作区", {"profile": "henan-2022"})


def send(workspace: Workspace, form_name: str, name: str = "表.xlsx", **data: Any) -> Processed:
    form = load_form(form_name)
    (workspace.inbox / name).write_bytes(fill(template_of(form), form, data))
    (done,) = run(workspace)
    return done


def targets(workspace: Workspace, **more: Any) -> Processed:
    return send(workspace, TARGET, **{**ASKED, "indicators": NAMED, **more})


def account(workspace: Workspace, rows: Sequence[Mapping[str, Any]], **more: Any) -> Processed:
    return send(workspace, ACCOUNT, **{**SAID, "indicators": rows, **more})


def noticed(done: Processed) -> list[tuple[str, str | None]]:
    (result,) = done.results
    return [(each.code, each.cell) for each in result.problems if each.code in CODES]


def found(done: Processed, code: str) -> Problem:
    return next(each for each in done.results[0].problems if each.code == code)


def changed(number: int, **values: str) -> list[dict[str, Any]]:
    return [row | values if at == number else dict(row) for at, row in enumerate(ROWS)]


# -- accepted targets ----------------------------------------------------------------------------


def test_an_account_of_the_accepted_targets_raises_nothing(workspace: Workspace) -> None:
    assert targets(workspace).outcome is Outcome.ACCEPTED
    assert noticed(account(workspace, ROWS)) == []


def test_a_target_that_was_lowered_is_found_with_what_it_was(workspace: Workspace) -> None:
    targets(workspace)
    done = account(workspace, changed(1, target="≥1%"))
    assert done.outcome is Outcome.RETURNED
    assert [code for code, _ in noticed(done)] == ["C50"]
    problem = found(done, "C50")
    assert f"原定为“{NAMED[1]['target']}”" in problem.message
    assert "《项目支出绩效目标表》" in problem.message
    assert problem.value == "≥1%"
    assert done.output is not None
    # It stands in the workbook that goes back, too.
    again = check(workspace.root / done.output)
    assert [each.code for each in again[0].problems if each.code in CODES] == []
    from openpyxl import load_workbook

    sheet = load_workbook(workspace.root / done.output)["核对结果"]
    assert any(row[2].value == "C50" for row in sheet.iter_rows(min_row=5))


def test_an_indicator_that_was_dropped_is_asked_for(workspace: Workspace) -> None:
    targets(workspace)
    done = account(workspace, [row for at, row in enumerate(ROWS) if at != 1])
    problem = found(done, "C50")
    assert problem.severity is Severity.WARNING
    assert NAMED[1]["level3"] in problem.message


def test_targets_that_were_returned_bind_nobody(workspace: Workspace) -> None:
    assert targets(workspace, amount_total="1").outcome is Outcome.RETURNED
    assert noticed(account(workspace, changed(1, target="≥1%"))) == []


def test_targets_that_come_later_do_not_bear_on_an_account_when_it_is_judged_again(
    workspace: Workspace,
) -> None:
    from xlflow.rescoring import rescore

    assert noticed(account(workspace, changed(1, target="≥1%"))) == []
    targets(workspace)
    assert rescore(workspace).changes == ()


def test_targets_of_another_unit_or_year_bind_nobody(workspace: Workspace) -> None:
    targets(workspace, unit="别的局", unit_code="999")
    targets(workspace, year="2019")
    assert noticed(account(workspace, changed(1, target="≥1%"))) == []


@pytest.mark.parametrize(
    ("written", "promised", "same"),
    [
        ("≥95%", "≥ 95％", True),
        ("95%", "≥95%", True),
        ("20万本", "200000本", True),
        ("≥90%", "≥95%", False),
        ("≤95%", "≥95%", False),
        ("20本", "20册", False),
        ("有效提升", "显著提升", False),
    ],
)
def test_what_counts_as_the_same_target(written: str, promised: str, same: bool) -> None:
    assert means_the_same(written, promised) is same


def test_weights_that_were_moved_are_listed() -> None:
    form, profile = load_form(ACCOUNT), load_profile("henan-2022")
    rows = [
        {"level3": "甲", "target": "1个", "weight": Decimal(30)},
        {"level3": "乙", "target": "2个", "weight": Decimal(60)},
    ]
    case = Case(form, Document(form.name, "表", {"indicators": rows}, {}), profile, Scores())
    approved = (Promise("甲", "1个", Decimal(50)), Promise("乙", "2个", Decimal(40)))
    (problem,) = contradictions(case, Known(promises=approved, promised_in="目标表"))
    assert (problem.code, problem.severity) == ("C43", Severity.WARNING)
    assert "甲 50→30、乙 40→60" in problem.message
    kept = (Promise("甲", "1个", Decimal(30)), Promise("乙", "2个"))
    assert list(contradictions(case, Known(promises=kept))) == []


# -- last year -----------------------------------------------------------------------------------


def test_last_year_s_figure_is_that_of_last_year_s_form(workspace: Workspace) -> None:
    assert targets(workspace, year="2019").outcome is Outcome.ACCEPTED
    total, amount = ASKED["amount_total"], ASKED["amount_this_year"].removesuffix(".00")
    said = targets(workspace, prior_total=total, prior_this_year="100")
    assert [code for code, _ in noticed(said)] == ["C22"]
    assert f"填 100，去年通过的表中是 {amount}" in found(said, "C22").message


# -- the roster ----------------------------------------------------------------------------------


@pytest.fixture
def listed(workspace: Workspace) -> Workspace:
    """A workspace that expects targets of three units."""
    units = (("郑州市上街区教育局", "039001"), ("财政局", "039002"), ("档案馆", None))
    lines = [RosterLine(TARGET, 2020, None, unit, code, "信息化") for unit, code in units]
    with open_ledger(workspace) as ledger:
        ledger.expect(lines)
    return workspace


@pytest.mark.parametrize(
    ("unit", "code", "severity", "words"),
    [
        ("郑州市上街区教育局", "039001", None, ""),
        ("（上街区）教育局", "039001", None, ""),
        ("档案馆", "", None, ""),
        ("档案馆", "039009", None, ""),
        ("财政局", "039001", Severity.ERROR, "单位编码 039001 在名册上是郑州市上街区教育局"),
        ("财政局", "039003", Severity.ERROR, "财政局在名册上的编码是 039002"),
        ("财政局", "", Severity.WARNING, "没有填单位编码；财政局在名册上的编码是 039002"),
        ("上街区教育局", "", Severity.WARNING, "是否为郑州市上街区教育局 039001"),
        ("体育局", "", Severity.WARNING, "名册上没有“体育局”"),
    ],
)
def test_code_and_name_are_those_of_one_unit_of_the_roster(
    listed: Workspace, unit: str, code: str, severity: Severity | None, words: str
) -> None:
    done = targets(listed, unit=unit, unit_code=code or None, project="信息化")
    about = [each for each in done.results[0].problems if each.code == "C02"]
    assert [each.severity for each in about] == ([severity] if severity else [])
    assert all(words in each.message for each in about)


def test_where_nobody_is_expected_nobody_is_a_stranger(workspace: Workspace) -> None:
    assert noticed(targets(workspace, unit="体育局")) == []


@pytest.mark.parametrize(
    ("one", "other", "may_be"),
    [
        ("郑州市自然资源和规划局", "自然资源和规划局", True),
        ("河南省财政厅（本级）", "财政厅", True),
        ("发改委", "发展和改革委员会", True),
        ("教育局", "体育局", False),
        ("城市管理局", "市场监督管理局", False),
        ("水利局", "农业农村局", False),
    ],
)
def test_ways_to_write_one_name(one: str, other: str, may_be: bool) -> None:
    assert may_be_one(one, other) is may_be_one(other, one) is may_be

"""The twenty target forms of 2020: handed out, filled in, returned, added up."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from xlflow import files
from xlflow.config import Workspace, create_workspace
from xlflow.demo.seeds import project_targets
from xlflow.forms import load_form
from xlflow.issuing import fill
from xlflow.judging import judge_package, rules_of
from xlflow.pipeline import hand_out, open_ledger, run
from xlflow.problems import Severity
from xlflow.review import Outcome
from xlflow.settling import Processed

SEED = Path(__file__).parents[3] / "shared" / "seeds" / "project-targets-2020.json"
INDICATOR = ("level1", "level2", "level3", "target")
TOTALS = (Decimal(180_267_500), Decimal(180_270_500), Decimal(56_570_000))


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return create_workspace(tmp_path_factory.mktemp("year") / "ws")


@pytest.fixture(scope="module")
def returned(workspace: Workspace) -> dict[str, bytes]:
    """Return the workbook of each project as its department returned it."""
    targets = project_targets()
    roster = workspace.root / "roster.csv"
    lines = [f"{form['unit_code']},{form['unit']},{form['project']}" for form in targets]
    roster.write_text("单位编码,单位名称,项目名称\n" + "\n".join(lines), encoding="utf-8")
    form = load_form("project_target")
    issued = hand_out(roster, form.name, year=2020, folder=workspace.root)
    return {
        data["project"]: fill(files.read_bytes(item.path), form, data)
        for data, item in zip(targets, issued, strict=True)
    }


@pytest.fixture(scope="module")
def done(workspace: Workspace, returned: dict[str, bytes]) -> tuple[Processed, ...]:
    for number, package in enumerate(returned.values(), 1):
        (workspace.inbox / f"{number:02d}.xlsx").write_bytes(package)
    return run(workspace)


def indicators_of(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the indicators that have a name, each with what is written for it."""
    return [
        {key: row[key] for key in INDICATOR if row.get(key)} for row in rows if row.get("level3")
    ]


def test_every_indicator_and_target_comes_back_exactly(
    workspace: Workspace, returned: dict[str, bytes]
) -> None:
    for data in project_targets():
        (result,) = judge_package(
            returned[data["project"]], "a.xlsx", rules_of(workspace), marking=False
        ).results
        assert result.document is not None
        assert indicators_of(result.document.data["indicators"]) == indicators_of(
            data["indicators"]
        )


def test_the_demo_has_what_was_printed() -> None:
    if not SEED.exists():
        pytest.skip("the printed forms are not beside this checkout")
    printed = json.loads(SEED.read_text(encoding="utf-8"))
    assert [form["project"] for form in project_targets()] == [
        form["project_name"] for form in printed
    ]
    for ours, theirs in zip(project_targets(), printed, strict=True):
        assert indicators_of(ours["indicators"]) == indicators_of(theirs["indicators"])
        assert ours["amount_this_year"] == theirs["amounts_printed"]["amount_this_year"]


def test_the_project_below_its_year_is_returned_at_its_cell(
    workspace: Workspace, done: tuple[Processed, ...]
) -> None:
    returned = {
        result.project: [
            (found.code, found.cell)
            for found in result.problems
            if found.severity is Severity.ERROR
        ]
        for each in done
        for result in each.results
        if result.outcome is Outcome.RETURNED
    }
    assert returned == {
        "不动产登记分中心运转经费": [("C16", "C8")],
        "地下管线系统运行数据动态更新及应用": [("C01", "F40"), ("C01", "F51")],
        "自然资源普法应急维护保障": [("C01", "F56")],
        "不动产信息系统运行维护经费": [("C05", "B26"), ("C01", "F27")],
    }
    with open_ledger(workspace) as ledger:
        assert {each.version for each in ledger.submissions()} == {1}


def test_the_summary_adds_up_by_unit_code_and_in_all(
    workspace: Workspace, done: tuple[Processed, ...]
) -> None:
    assert len(done) == 20
    book = load_workbook(workspace.outbox / "汇总.xlsx")
    assert "图表" not in book.sheetnames  # nothing is scored
    page = book["项目金额"]
    sums = {
        (row[0].value or row[1].value, row[2].value): tuple(
            None if cell.value is None else Decimal(str(cell.value)) for cell in row[6:9]
        )
        for row in page.iter_rows(min_row=4)
        if row[2].value in ("全部收到", "仅通过")
    }
    assert sums["全部单位", "全部收到"] == TOTALS
    expected: dict[str, list[Decimal]] = {}
    for form in project_targets():
        amounts = (form["amount_total"], form["amount_this_year"], form["prior_total"])
        so_far = expected.setdefault(form["unit_code"], [Decimal()] * 3)
        expected[form["unit_code"]] = [
            sum(pair, Decimal()) for pair in zip(so_far, map(Decimal, amounts), strict=True)
        ]
    assert {code: list(sums[code, "全部收到"]) for code in expected} == expected
    withheld = [Decimal("5120000"), Decimal("1500000"), Decimal("500000"), Decimal("3170000")]
    assert sums["全部单位", "仅通过"][0] == TOTALS[0] - sum(withheld)

"""What stands side by side and what supersedes what, told from workbooks in the inbox."""

import io
import json
import os
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from xlflow.config import Workspace, create_workspace
from xlflow.ledger import Submission
from xlflow.pipeline import hand_out, open_ledger, run, standing
from xlflow.settling import publish_again

FORM = "small_monitoring"
FIELDS = {
    "unit": "单位名称", "unit_code": "单位编码", "project": "项目名称", "project_code": "项目编码",
    "year": "年度", "round": "期次", "amount": "执行数",
}  # fmt: skip
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "运行监控表",
    "type": "object",
    "x-profile": "national-2020",
    "required": ["unit", "project", "amount"],
    "properties": {
        key: {"type": {"year": "integer", "amount": "number"}.get(key, "string"), "title": title}
        for key, title in FIELDS.items()
    },
}
FIRST: dict[str, str | int | None] = {
    "unit": "示例市教育局", "unit_code": "039001", "project": "校舍维修", "year": 2025,
    "round": "1-6月", "amount": 12,
}  # fmt: skip
minutes = count(1)


def drawn(values: dict[str, str | int | None]) -> bytes:
    """Return the form with what a unit wrote into it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "监控"
    for row, (key, title) in enumerate(FIELDS.items(), start=2):
        sheet[f"B{row}"] = title
        if (value := values.get(key)) is not None:
            sheet[f"C{row}"] = value
        sheet.defined_names[f"xlf.{key}"] = DefinedName(f"xlf.{key}", attr_text=f"监控!$C${row}")
    sheet.defined_names["xlf.form"] = DefinedName("xlf.form", attr_text=f'"{FORM}"')
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "局")
    schema = made.root / "schemas" / f"{FORM}.schema.json"
    schema.write_text(json.dumps(SCHEMA, ensure_ascii=False), encoding="utf-8")
    (made.root / "workbook_templates" / f"{FORM}.xlsx").write_bytes(drawn({}))
    return made


def send(workspace: Workspace, **changed: str | int | None) -> None:
    """Drop a form into the inbox, later than those before."""
    minute = next(minutes)
    path = workspace.inbox / f"{minute}.xlsx"
    path.write_bytes(drawn({**FIRST, **changed}))
    os.utime(path, (1_700_000_000 + minute, 1_700_000_000 + minute))


def submissions(workspace: Workspace) -> tuple[Submission, ...]:
    run(workspace)
    with open_ledger(workspace) as ledger:
        return ledger.submissions()


def versions(workspace: Workspace) -> list[tuple[int | None, bool]]:
    return [(each.version, each.current) for each in submissions(workspace)]


SIDE_BY_SIDE = [(1, True), (1, True)]
SUPERSEDED = [(1, False), (2, True)]


@pytest.mark.parametrize(
    "other",
    [
        {"project": "课桌更新"},
        {"project_code": "P2", "project": "课桌更新"},
        {"unit": "示例市卫生局", "unit_code": "039002"},
        {"unit_code": "039009"},
        {"round": "1-9月"},
        {"round": None},
        {"year": 2026},
    ],
    ids="+".join,
)
def test_these_stand_side_by_side(workspace: Workspace, other: dict[str, str | int | None]) -> None:
    send(workspace)
    send(workspace, **other)
    assert versions(workspace) == SIDE_BY_SIDE
    assert len(standing(workspace)) == 2


@pytest.mark.parametrize(
    "again",
    [
        {},
        {"unit_code": "０３９００１"},
        {"unit_code": " 039001 "},
        {"unit": "示例市 教育局"},
        {"unit": "教育局"},
        {"project": "校 舍 维 修"},
        {"project": "校舍维修\n"},
        {"round": "1—6月"},
        {"round": "１-６月"},
        {"round": " 1 - 6 月 "},
        {"round": "1~6月"},
        {"round": "1至6月"},
        {"round": "上半年"},
        {"round": "2025年1-6月"},
        {"round": "截至6月底"},
        {"year": "2025年"},
    ],
    ids=str,
)
def test_these_supersede_the_first(
    workspace: Workspace, again: dict[str, str | int | None]
) -> None:
    send(workspace)
    send(workspace, amount=13, **again)
    assert versions(workspace) == SUPERSEDED
    assert [line.version for line in standing(workspace)] == [2]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"unit_code": None, "unit": "（区）发改委"}, {"unit_code": None, "unit": "(区) 发改委"}),
        ({"project_code": "P-01"}, {"project_code": "p－01", "project": "校舍维修（二期）"}),
        ({"project": "校舍维修（二期）"}, {"project": "校舍维修(二期)"}),
        ({"round": None}, {"round": "年度"}),
        ({"round": "全年"}, {"round": "年度"}),
    ],
    ids=["name in width", "project code", "project in width", "no round", "whole year"],
)
def test_these_are_one(
    workspace: Workspace, first: dict[str, str | int | None], second: dict[str, str | int | None]
) -> None:
    send(workspace, **first)
    send(workspace, amount=13, **second)
    assert versions(workspace) == SUPERSEDED


def test_two_projects_and_two_rounds_are_four(workspace: Workspace) -> None:
    for project in ("校舍维修", "课桌更新"):
        for half in ("1-6月", "1-9月"):
            send(workspace, project=project, round=half)
    send(workspace, project="课桌更新", round="1-6月", amount=99)
    found = [
        (each.project, each.round, each.version, each.current) for each in submissions(workspace)
    ]
    assert found == [
        ("校舍维修", "1-6月", 1, True),
        ("校舍维修", "1-9月", 1, True),
        ("课桌更新", "1-6月", 1, False),
        ("课桌更新", "1-9月", 1, True),
        ("课桌更新", "1-6月", 2, True),
    ]
    assert len(standing(workspace)) == 4


def test_outputs_of_rounds_and_projects_do_not_meet(workspace: Workspace) -> None:
    for project in ("校舍维修", "课桌更新"):
        for half in ("1-6月", "1-9月"):
            send(workspace, project=project, round=half)
    assert sorted(Path(str(each.output)).name for each in submissions(workspace)) == [
        "示例市教育局_校舍维修_运行监控表_2025_1-6月_v1.xlsx",
        "示例市教育局_校舍维修_运行监控表_2025_1-9月_v1.xlsx",
        "示例市教育局_课桌更新_运行监控表_2025_1-6月_v1.xlsx",
        "示例市教育局_课桌更新_运行监控表_2025_1-9月_v1.xlsx",
    ]


def test_answers_to_units_of_one_name_are_told_apart_by_code_then_by_hash(
    workspace: Workspace,
) -> None:
    codes = "039001", "039002", None
    for unit_code in (*codes, "039/002"):
        send(workspace, unit_code=unit_code)
    found = submissions(workspace)
    end = "示例市教育局_校舍维修_运行监控表_2025_1-6月_v1"
    assert [Path(str(each.output)).stem for each in found] == [
        end,
        f"039002_{end}",
        f"{end}_{found[2].sha256[:8]}",  # who writes no code has none to be told by
        f"039_002_{end}",
    ]
    kept = {path: path.read_bytes() for path in workspace.outbox.rglob("*_v1*.xlsx")}
    with open_ledger(workspace) as ledger:
        for arrival in ledger.arrivals():
            assert publish_again(workspace, ledger, arrival, now=datetime.now(UTC))
        assert [each.output for each in ledger.submissions()] == [each.output for each in found]
    assert {path: path.read_bytes() for path in workspace.outbox.rglob("*_v1*.xlsx")} == kept


def test_the_older_version_stands_on_a_sheet_of_its_own(workspace: Workspace) -> None:
    send(workspace)
    send(workspace, amount=13)
    send(workspace, round="1-9月")
    run(workspace)
    book = openpyxl.load_workbook(workspace.outbox / "汇总.xlsx")
    rows = list(book["版本"].iter_rows(values_only=True))
    heading = next(row for row in rows if "版本" in row)
    older = [dict(zip(heading, row, strict=True)) for row in rows if "校舍维修" in row]
    assert [(row["版本"], row["期次"]) for row in older] == [(1, "1-6月")]


def test_a_form_without_the_code_belongs_to_the_line_of_the_roster_that_has_it(
    workspace: Workspace,
) -> None:
    roster = workspace.root / "名册.csv"
    roster.write_text(
        "单位编码,单位名称,项目名称\n039001,示例市教育局,校舍维修\n", encoding="utf-8"
    )
    hand_out(roster, FORM, year=2025, exercise_round="1-6月", folder=workspace.root)
    send(workspace)
    send(workspace, unit_code=None, unit="示例市 教育局", round="1–6月", amount=13)
    assert versions(workspace) == SUPERSEDED
    (line,) = standing(workspace)
    assert (line.unit_code, line.expected, line.version) == ("039001", True, 2)


def test_the_round_of_the_workspace_holds_where_the_form_says_none(workspace: Workspace) -> None:
    from xlflow.config import open_workspace

    (workspace.root / "xlflow.toml").write_text('round = "1-6月"', encoding="utf-8")
    again = open_workspace(workspace.root)
    send(again)
    send(again, round=None, amount=13)
    send(again, round="1-9月")
    assert versions(again) == [*SUPERSEDED, (1, True)]

"""A second form, from nothing but a schema file and a template drawn with openpyxl: no Python."""

import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName

from xlflow.config import Workspace, create_workspace
from xlflow.ooxml import Workbook
from xlflow.pipeline import check_form, hand_out, open_ledger, run, standing
from xlflow.review import Outcome

POINTS = {"type": "number", "minimum": 0}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "专项资金自评表",
    "type": "object",
    "x-version": "1",
    "x-profile": "national-2020",
    "required": ["unit", "project", "amount_this_year", "indicators", "totals"],
    "properties": {
        "unit": {"type": "string", "title": "填报单位"},
        "unit_code": {"type": "string", "title": "单位代码"},
        "project": {"type": "string", "title": "项目名称"},
        "year": {"type": "integer", "title": "预算年度"},
        "amount_total": {"type": "number", "title": "项目总金额", "x-unit": "元"},
        "amount_this_year": {"type": "number", "title": "本年度金额", "x-unit": "元"},
        "composition": {
            "type": "array",
            "title": "项目构成",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "title": "构成名称"},
                    "amount": {"type": "number", "title": "金额", "x-unit": "元"},
                },
            },
        },
        "indicators": {
            "type": "array",
            "title": "绩效指标",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["level3", "target", "actual", "weight", "score"],
                "properties": {
                    "level3": {"type": "string", "title": "指标名称"},
                    "actual": {"type": "string", "title": "完成值"},
                    "target": {"type": "string", "title": "目标值"},
                    "score": POINTS | {"title": "自评得分"},
                    "weight": POINTS | {"title": "满分"},
                    "reason": {"type": "string", "title": "说明"},
                    "computed_score": {"type": "number", "title": "测算得分", "readOnly": True},
                    "computed_explanation": {
                        "type": "string",
                        "title": "测算说明",
                        "readOnly": True,
                    },
                },
            },
        },
        "totals": {
            "type": "object",
            "title": "合计",
            "required": ["score"],
            "properties": {
                "score": POINTS | {"title": "自评得分", "x-find": "cross"},
                "weight": POINTS | {"title": "满分", "x-find": "cross"},
            },
        },
    },
}
DRAWN = {
    "B2": "专项资金自评表",
    "B3": "填报单位", "D3": "单位代码",
    "B4": "项目名称", "D4": "预算年度",
    "B5": "项目总金额", "D5": "本年度金额",
    "B7": "构成名称", "C7": "金额",
    "B11": "指标名称", "C11": "完成值", "D11": "目标值", "E11": "自评得分", "F11": "满分",
    "G11": "说明", "H11": "测算得分", "I11": "测算说明",
    "B16": "合计",
}  # fmt: skip
NAMES = {
    "unit": "C3", "unit_code": "E3", "project": "C4", "year": "E4", "amount_total": "C5",
    "amount_this_year": "E5", "composition": "B7:C10", "indicators": "B11:I16",
    "totals.score": "E16", "totals.weight": "F16",
}  # fmt: skip
FILLED: dict[str, int | str] = {
    "C5": 5120000, "E5": 5123000,
    "B8": "运转", "C8": 5000000, "B9": "维护", "C9": 123000,
    "B12": "培训人数", "C12": "450人", "D12": "≥500人", "E12": 45, "F12": 50, "G12": "下年补训",
    "B13": "单位成本", "C13": "0.9万元", "D13": "≤10000元", "E13": 40, "F13": 40,
    "B14": "满意度", "C14": "93%", "D14": "≥90%", "E14": 10, "F14": 10,
    "E16": 95, "F16": 100,
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace in which an officer has put a schema and drawn a template, nothing more."""
    made = create_workspace(tmp_path / "bureau")
    schema = made.root / "schemas" / "special_fund.schema.json"
    schema.write_text(json.dumps(SCHEMA, ensure_ascii=False), encoding="utf-8")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "自评"
    for cell, words in DRAWN.items():
        sheet[cell] = words
    for path, area in NAMES.items():
        first, _, last = area.partition(":")
        absolute = f"${first[0]}${first[1:]}" + (f":${last[0]}${last[1:]}" if last else "")
        book.defined_names[f"xlf.{path}"] = DefinedName(f"xlf.{path}", attr_text=f"自评!{absolute}")
    book.save(made.root / "workbook_templates" / "special_fund.xlsx")
    return made


def test_template_and_schema_fit(workspace: Workspace) -> None:
    assert [fault.zh for fault in check_form("special_fund", workspace.root)] == []


def test_it_takes_the_whole_walk(workspace: Workspace) -> None:
    roster = workspace.root / "roster.csv"
    roster.write_text("单位编码,单位名称,项目名称\n039001,示例局,培训专项\n", encoding="utf-8")
    (issued,) = hand_out(roster, "special_fund", year=2025, folder=workspace.root)
    returned = Workbook.open(issued.path)
    assert returned.sheet("自评")["C3"] == "示例局"
    for cell, value in FILLED.items():
        returned.sheet("自评")[cell] = value
    returned.save(workspace.inbox / "培训专项（终稿）.xlsx")

    (done,) = run(workspace)

    assert done.outcome is Outcome.RETURNED
    (result,) = done.results
    assert (result.form, result.unit, result.project, result.year) == (
        "special_fund",
        "示例局",
        "培训专项",
        2025,
    )
    with open_ledger(workspace) as ledger:
        (rows,) = ledger.scores_of(ledger.submissions()).values()
    assert [row.computed for row in rows] == [
        Decimal("45.00"),
        Decimal("40.00"),
        Decimal("10.00"),
    ]
    assert result.scores.total == Decimal("95.00")
    (error,) = [found for found in result.problems if found.severity == "error"]
    assert (error.code, error.cell) == ("C16", "C5")
    assert "3000" in error.message

    scored = Workbook.open(workspace.root / str(done.output))
    assert scored.sheet("自评")["H12"] == Decimal(45)
    assert "50×450人÷500人＝45.00分" in str(scored.sheet("自评")["I12"])
    assert scored.has_sheet("核对结果")
    assert (workspace.outbox / "汇总.xlsx").is_file()
    (line,) = standing(workspace)
    assert (line.unit_code, line.state.value, line.version) == ("039001", "returned", 1)


def test_without_names_its_labels_are_enough(workspace: Workspace, tmp_path: Path) -> None:
    template = workspace.root / "workbook_templates" / "special_fund.xlsx"
    book = openpyxl.load_workbook(template)
    book.defined_names.clear()
    sheet = book["自评"]
    for cell, value in {**FILLED, "C3": "示例局", "C4": "培训专项", "E4": 2025}.items():
        sheet[cell] = value
    book.save(workspace.inbox / "nameless.xlsx")
    (done,) = run(workspace)
    (result,) = done.results
    assert [found.code for found in result.problems if found.severity == "error"] == ["C16"]
    assert result.scores.total == Decimal("95.00")

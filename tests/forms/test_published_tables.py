"""Tables that public bodies have published, printed in several layouts and read back."""

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from layout_paper import Paper
from make_layouts import package

from xlflow.forms import Reading, all_forms, read_document, recognise
from xlflow.grids import read_book
from xlflow.ooxml import Workbook

TABLES = Path(__file__).parents[3] / "shared" / "published" / "tables.json"
pytestmark = pytest.mark.skipif(not TABLES.exists(), reason="the published tables are absent")

ORDERS = {
    "national": "level1 level2 level3 target actual weight score reason",
    "anhui, weight first": "level1 level2 level3 weight target actual score reason",
    "anhui, weight last": "level1 level2 level3 target score actual weight reason",
    "with other columns": "_no level1 level2 level3 target actual _rate weight _how score reason",
    "split": "level1 level2 level3 operator target measure actual weight score reason",
    "split, weight 1st": "level1 level2 level3 weight operator target measure actual score reason",
}
HEADS = {
    "_no": "序号", "_rate": "完成率", "_how": "得分计算方法", "level1": "一级指标",
    "level2": "二级指标", "level3": "三级指标", "operator": "计算符号", "target": "指标值",
    "measure": "计量单位", "actual": "实际完成值", "weight": "分值", "score": "得分",
    "reason": "偏差原因分析及改进措施",
}  # fmt: skip
LEVELS = ("level1", "level2")
PRINTED = ("level1", "level2", "level3", "target", "actual", "weight", "score")
SIGN = re.compile(r"([≥≤<>=≧═﹦])\s*(.+)")
LETTERS = "ABCDEFGHIJK"


@cache
def tables() -> tuple[dict[str, Any], ...]:
    """Return the published tables that are tables; others are prose."""
    if not TABLES.exists():
        return ()
    told = json.loads(TABLES.read_text(encoding="utf-8"), parse_float=Decimal)
    return tuple(table for table in told if table["layout"] == "table")


def drawn(table: dict[str, Any], order: Sequence[str], levels: str) -> bytes:
    """Return a workbook with the table, its columns in an order, levels merged or repeated."""
    paper = Paper("自评表", form="")
    last = LETTERS[len(order) - 1]
    paper.title(f"A1:{last}1", table["title"])
    paper.label("A2:B2", "项目名称" if table["kind"] == "project" else "部门名称")
    paper.put(f"C2:{last}2", table["department"] or "某单位")
    paper.label("A3:B3", "实施单位")
    paper.put(f"C3:{last}3", table["department"] or "某单位")
    funds(paper, table["funds"] or {})
    paper.label("A7:B8", "年度总体目标")
    paper.label("C7:D7", "预期目标")
    paper.label(f"E7:{last}7", "实际完成情况")
    paper.put("C8:D8", "完成年度任务。")
    paper.put(f"E8:{last}8", "已完成。")
    columns = " | ".join(f"{letter} {key}" for letter, key in zip(LETTERS, order, strict=False))
    heads = " | ".join(f"{letter} {HEADS[k]}" for letter, k in zip(LETTERS, order, strict=False))
    paper.headings(9, heads)
    below = paper.table(10, columns, list(rows_of(table, split="operator" in order)), levels=levels)
    paper.label(f"A{below}:C{below}", "总分")
    for key, value in (("weight", 100), ("score", table["total_score"])):
        paper.put(f"{LETTERS[order.index(key)]}{below}", number(value))
    return package(paper)


def funds(paper: Paper, amounts: dict[str, Any]) -> None:
    printed = amounts.get("printed") or {}
    paper.label("A4:B6", "项目资金（万元）")
    paper.headings(4, "C  | D 全年预算数 | E 全年执行数 | F 分值 | G 执行率 | H 得分")
    paper.label("C5", "年度资金总额")
    paper.put("D5", number(amounts.get("full_year_budget")))
    paper.put("E5", number(amounts.get("executed")))
    paper.put("F5", number(amounts.get("weight")))
    paper.put("G5", printed.get("execution_rate"))
    paper.put("H5", number(amounts.get("score")))


def number(value: Decimal | int | None) -> float | None:
    return None if value is None else float(value)


def rows_of(table: dict[str, Any], *, split: bool) -> Iterator[dict[str, Any]]:
    for index, row in enumerate(table["indicators"], 1):
        drawn_row = {**row, "_no": index, "_rate": "100%", "_how": "按比例计分"}
        for key in ("weight", "score"):
            drawn_row[key] = number(row[key])
        drawn_row["reason"] = row["explanation"]
        if split:
            drawn_row |= parts_of(row)
        yield drawn_row


def parts_of(row: dict[str, Any]) -> dict[str, str | None]:
    """Return a target in three cells: as it was printed, else its sign apart."""
    if parts := row.get("target_parts"):
        return {"operator": parts["operator"], "target": parts["value"], "measure": parts["unit"]}
    signed = SIGN.fullmatch(row["target"] or "")
    return {"operator": signed[1], "target": signed[2]} if signed else {"operator": None}


def reading_of(workbook: bytes) -> Reading:
    book = read_book(Workbook.from_bytes(workbook, "drawn.xlsx"))
    (sighting,) = recognise(book, all_forms())
    return read_document(sighting.form, sighting.grid, book.names)


def wanted(row: dict[str, Any], key: str, *, split: bool) -> Any:
    parts = row.get("target_parts")
    if key == "target" and split and parts and parts["operator"] == "定性":
        return parts["value"]
    return row[key]


@pytest.mark.parametrize("levels", ["merged", "once", "repeated"])
@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("table", tables(), ids=[table["id"] for table in tables()])
def test_every_printed_value_is_read_back(table: dict[str, Any], order: str, levels: str) -> None:
    keys = order.split()
    document = reading_of(drawn(table, keys, levels)).document
    found = document.data.get("indicators", [])
    assert len(found) == len(table["indicators"])
    for row, read in zip(table["indicators"], found, strict=True):
        for key in PRINTED:
            assert read.get(key) == wanted(row, key, split="operator" in keys), (row, key)
    money = table["funds"] or {}
    total = document.data.get("funds", {}).get("total", {})
    for key in ("full_year_budget", "executed", "weight", "score"):
        assert total.get(key) == money.get(key), key
    assert document.number("/totals/score") == table["total_score"]

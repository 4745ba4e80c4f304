"""Forms as other places print them are read by their labels; what is not certain is a problem."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from layout_paper import Paper
from make_layouts import (
    LAYOUTS,
    MEALS,
    VILLAGE,
    expected,
    funds,
    national_head,
    objective,
    package,
    total,
)

import xlflow
from xlflow.forms import Reading, all_forms, read_document, recognise
from xlflow.grids import read_book
from xlflow.ooxml import Workbook

FOLDER = Path(__file__).parents[1] / "data" / "layouts"
NATIONAL = "level1 level2 level3 target actual weight score reason"
HEADS = {
    "level1": "一级指标", "level2": "二级指标", "level3": "三级指标", "operator": "计算符号",
    "target": "年度指标值", "measure": "计量单位", "actual": "实际完成值", "weight": "分值",
    "score": "得分", "reason": "偏差原因分析及改进措施", "_other": "评分标准",
}  # fmt: skip


def reading_of(workbook: bytes) -> Reading:
    book = read_book(Workbook.from_bytes(workbook, "form.xlsx"))
    (sighting,) = recognise(book, all_forms())
    return read_document(sighting.form, sighting.grid, book.names)


@cache
def told(name: str) -> Any:
    """Return what stands beside a workbook: form, sheet, data, cells and problems."""
    text = (FOLDER / f"{name}.json").read_text(encoding="utf-8")
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def found(reading: Reading) -> list[tuple[str, str | None]]:
    return sorted((each.code, each.cell or "") for each in reading.problems)


# -- the workbooks -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_layout_is_read_exactly(name: str) -> None:
    reading, wanted = reading_of((FOLDER / f"{name}.xlsx").read_bytes()), told(name)
    document = reading.document
    assert (document.form, document.sheet) == (wanted["form"], wanted["sheet"])
    assert document.data == wanted["data"]
    cells = {at: source.cell for at, source in document.sources.items() if at in wanted["cells"]}
    assert cells == wanted["cells"]
    assert found(reading) == sorted(map(tuple, wanted["problems"]))


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_workbooks_are_those_of_the_script(name: str) -> None:
    paper = LAYOUTS[name]()
    drawn = json.loads(json.dumps(expected(paper), default=float), parse_float=Decimal)
    assert json.dumps(drawn, default=float) == json.dumps(told(name), default=float)
    committed = read_book(Workbook.open(FOLDER / f"{name}.xlsx"))
    assert committed == read_book(Workbook.from_bytes(package(paper), "drawn.xlsx"))


def test_data_is_of_the_right_kind() -> None:
    document = reading_of((FOLDER / "extra_columns.xlsx").read_bytes()).document
    assert document.get("/indicators/0/target") == "43.2"  # a number is a text in a text field
    assert document.get("/indicators/0/weight") == Decimal(10)


# -- scoring -------------------------------------------------------------------------------------

# Points by hand: 按比例 for what is a number on both sides, by the profile national-2020.
POINTS: Mapping[str, Mapping[str, str | None]] = {
    "split_columns": {
        "/funds/total": "10.00",
        "/indicators/0": "10.00",  # 735 of 735
        "/indicators/5": "9.80",  # 98 % of 100 %
        "/indicators/8": "10.00",
    },
    "split_under_one_heading": {"/indicators/1": "20.00", "/indicators/3": "20.00"},
    "anhui_weight_last": {"/indicators/2": "8.00", "/indicators/1": "15.00"},
    "cost_as_a_first_level": {
        "/funds/total": "9.70",
        "/indicators/0": "20.00",
        "/indicators/1": "19.47",  # 12166 of 12500: 20 × 0.97328
    },
    "execution_as_a_row": {"/funds/total": "9.50", "/indicators/0": "15.00"},
    "printed_again": {"/indicators/5": "14.90"},  # 15 × 1093 ÷ 1100
}


@pytest.mark.parametrize("name", POINTS)
def test_what_can_be_decided_is_scored(name: str) -> None:
    (result,) = xlflow.check(FOLDER / f"{name}.xlsx")
    computed = {row.field: row.computed for row in result.scores.rows}
    for field, points in POINTS[name].items():
        assert computed[field] == Decimal(str(points)), field


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name != "applied_for"])
def test_results_land_on_the_results_sheet(name: str, tmp_path: Path) -> None:
    source, scored = FOLDER / f"{name}.xlsx", tmp_path / "scored.xlsx"
    result = xlflow.score(source, scored)
    before, after = read_book(Workbook.open(source)), read_book(Workbook.open(scored))
    assert after.grids[: len(before.grids)] == before.grids
    (results,) = after.grids[len(before.grids) :]
    assert results.sheet == "核对结果"
    texts = {cell.raw for cell in results.cells.values()}
    assert {row.explanation for row in result.scores.rows} <= texts
    assert {each.message for each in result.problems} <= texts


# -- two readings are a problem, and no value ----------------------------------------------------


def national(rows: list[dict[str, Any]], columns: str = NATIONAL) -> Paper:
    """Return the national form with rows under headings in the order of `columns`."""
    paper = Paper("自评表", form="project_self_evaluation")
    national_head(paper, "K", "委托业务项目", "棠溪镇人民政府", "贵池区财政局")
    funds(paper, 5, (90, 90, 45), (10, 0.5, 5))
    objective(paper, 8, ("E", "F"), "K", "完成委托业务。", "完成委托业务。")
    letters = dict(zip(columns.split(), "BCDEFGHIJKL", strict=False))
    paper.headings(10, " | ".join(f"{at} {HEADS[key]}" for key, at in letters.items()))
    below = paper.table(11, " | ".join(f"{at} {key}" for key, at in letters.items()), rows)
    paper.label(f"A10:A{below - 1}", "绩\n效\n指\n标")
    total(paper, below, "A#", weight=(letters["weight"], 100), score=(letters["score"], 100))
    return paper


def changed(cells: Mapping[str, str | float | None]) -> Reading:
    """Return the reading of the national form with some cells typed over."""
    return typed_into(national(VILLAGE), cells)


def typed_into(paper: Paper, cells: Mapping[str, str | float | None]) -> Reading:
    for cell, words in cells.items():
        for area in list(paper.sheet.merged_cells.ranges):
            if cell in area and not str(area).startswith(f"{cell}:"):
                paper.sheet.unmerge_cells(str(area))
        paper.sheet[cell] = words
    return reading_of(package(paper))


def test_the_form_the_cases_change_is_in_order() -> None:
    assert found(changed({})) == []


@pytest.mark.parametrize(
    ("cells", "problem", "field"),
    [
        pytest.param({"J10": "得分"}, ("R01", "H10"), "/indicators/0/score", id="two columns"),
        pytest.param({"J5": "得分"}, ("R01", "I5"), "/funds/total/score", id="two in the funds"),
        pytest.param({"J2": "（2021年）"}, ("R01", "A2"), "/year", id="two years in the title"),
        pytest.param({"L1": "单位：元"}, ("R10", "F6"), "/funds/total/executed", id="two units"),
        pytest.param({"L1": "金额单位：亿元"}, ("R10", "D7"), "/funds/sources/0/initial_budget",
                     id="units of a source"),
        pytest.param({"D5": "年初预算数（元）"}, ("R10", "D6"), "/funds/total/initial_budget",
                     id="a unit at the heading"),
        pytest.param({"A3": "委托业务项目", "C3": "项目名称"}, ("R08", "C3"), "/project",
                     id="value before its label"),
        pytest.param({"C3": None, "C4": "主管部门", "E4": None, "F4": None, "A4": "某局"},
                     ("R08", "C4"), "/department", id="value before its label, and none after"),
        pytest.param({"A8": "总体目标", "A9": "总体目标"}, ("R01", "A8"),
                     "/annual_objective/actual", id="two blocks"),
        pytest.param({"E12": None, "D12": "≥100%"}, ("R07", "D12"), "/indicators/8",
                     id="a value where the name stands"),
        pytest.param({"B22": "产出指标", "D22": "新增", "E22": "1", "F22": "1", "G22": 1, "H22": 1},
                     None, "/indicators/9", id="a row below the total"),
    ],
)  # fmt: skip
def test_two_readings_are_a_problem_and_no_value(
    cells: dict[str, str | float | None], problem: tuple[str, str] | None, field: str
) -> None:
    reading = changed(cells)
    assert reading.document.get(field) is None
    assert field not in reading.document.sources
    assert problem in found(reading) if problem else found(reading) == []


NEW = ("产出指标", "数量指标", "新增指标", "1", "1", 5, 5)


def without_total(rows: list[dict[str, Any]]) -> tuple[Paper, int]:
    """Return the form without its total line, and the row below the last indicator."""
    paper, below = national(rows), 11 + len(rows)
    for cell in paper.sheet[below]:
        cell.value = None
    return paper, below


def line(row: int, words: Sequence[str | float]) -> dict[str, str | float | None]:
    return {f"{column}{row}": each for column, each in zip("BCDEFGH", words, strict=True)}


def test_a_row_set_apart_from_the_table_is_not_taken_for_one_of_it() -> None:
    paper, below = without_total(VILLAGE)
    paper.line(f"A{below}:I{below}", "注：以下为备用行。")
    reading = typed_into(paper, line(below + 2, NEW))
    assert len(reading.document.data["indicators"]) == len(VILLAGE)
    assert ("R12", f"B{below + 2}") in found(reading)


def test_headings_in_another_order_begin_another_table() -> None:
    paper, below = without_total(VILLAGE[:5])
    heads = ["一级指标", "二级指标", "三级指标", "分值", "得分", "年度指标值", "实际完成值"]
    reading = typed_into(paper, {**line(below, heads), **line(below + 1, NEW)})
    assert len(reading.document.data["indicators"]) == 5
    assert ("R12", f"B{below + 1}") in found(reading)


def test_two_values_under_one_wide_heading() -> None:
    paper = national(VILLAGE[:2], "level1 level2 level3 target _other actual weight score reason")
    paper.sheet.merge_cells("E10:F10")
    reading = typed_into(paper, {"F11": "≥60个", "F12": None})
    assert reading.document.get("/indicators/0/target") is None
    assert reading.document.get("/indicators/1/target") == VILLAGE[1]["target"]
    assert [each for each in found(reading) if each[0] == "R01"] == [("R01", "E11")]


def test_execution_in_two_rows_of_the_indicators() -> None:
    reading = reading_of(package(twice_executed()))
    assert reading.document.get("/funds/total/weight") is None
    assert found(reading) == [("R01", "A11")]


def twice_executed() -> Paper:
    paper = LAYOUTS["execution_as_a_row"]()
    for cell, words in {"A12": "预算执行率", "B12": "预算执行率", "C12": "预算执行率"}.items():
        for area in list(paper.sheet.merged_cells.ranges):
            if cell in area:
                paper.sheet.unmerge_cells(str(area))
        paper.sheet[cell] = words
    return paper


def test_a_value_alone_in_the_row_below_its_label_is_in_doubt() -> None:
    paper = LAYOUTS["applied_for"]()
    paper.sheet.unmerge_cells("B5:G5")
    paper.sheet.move_range("A5:G20", rows=1)
    reading = typed_into(paper, {"A5": "年度目标", "A6": None, "B6": "按时发放。", "B5": None})
    assert reading.document.get("/annual_goal") is None
    assert ("R08", "A5") in found(reading)


# -- one form, whatever the order of its columns -------------------------------------------------


def told_by(reading: Reading) -> tuple[Any, dict[str, str | None]]:
    """Return what a reading says: the data, and the raw text of each field."""
    sources = reading.document.sources
    raw = {at: source.raw for at, source in sources.items() if at != "/indicators"}
    return reading.document.data, raw


@settings(max_examples=30, deadline=None)
@given(st.permutations(NATIONAL.split()))
def test_columns_in_any_order(columns: list[str]) -> None:
    assert told_by(reading_of(package(national(VILLAGE, " ".join(columns))))) == told_by(
        changed({})
    )


@settings(max_examples=20, deadline=None)
@given(at=st.integers(0, 8), words=st.sampled_from(["评分标准", "完成率", "备注", "序号", ""]))
def test_a_column_of_others_changes_nothing(at: int, words: str) -> None:
    columns = NATIONAL.split()
    columns.insert(at, "_other")
    rows = [{**row, "_other": "按比例"} for row in VILLAGE]
    paper = national(rows, " ".join(columns))
    reading = typed_into(paper, {f"{'BCDEFGHIJ'[at]}10": words})
    assert told_by(reading) == told_by(changed({}))


SPLIT = "level1 level2 level3 operator target measure actual weight score reason"


@settings(max_examples=20, deadline=None)
@given(st.permutations(SPLIT.split()))
def test_split_columns_in_any_order(columns: list[str]) -> None:
    rows = [
        {**row, "operator": row.get("_operator"), "measure": row.get("_measure")} for row in MEALS
    ]
    document = reading_of(package(national(rows, " ".join(columns)))).document
    assert [row["target"] for row in document.data["indicators"]] == [
        "≧735人次", "≧100%", "≧100%", "═100%", "有效", "═100%", "≧100%", "≧95%", "≧95%",
    ]  # fmt: skip

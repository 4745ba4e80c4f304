"""The sheets of the book that rank and add up, over ledgers made for the purpose."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from summary_examples import FORM, RECEIVED, built, result, submit

from xlflow.forms import load_form
from xlflow.ledger import Decision, DecisionKind, Ledger
from xlflow.review.result import Outcome
from xlflow.scoring import load_profile
from xlflow.summary.captions import SHEETS, Caption
from xlflow.summary.meanings import MEANINGS


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def book_of(ledger: Ledger) -> Workbook:
    """Return the book with the values of its formulas."""
    data = built(ledger, judged_by={FORM: (load_form(FORM), load_profile("henan-2022"))})
    return load_workbook(BytesIO(data), data_only=True)


def rows_below(sheet: Worksheet, heading: str) -> list[dict[str, Any]]:
    """Return the filled rows below the heading row with this caption; the last such row."""
    lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    top = max(i for i, line in enumerate(lines) if heading in line)
    found = []
    for line in lines[top + 1 :]:
        named = dict(zip(map(str, lines[top]), line, strict=True))
        if named[heading] is None:
            break
        found.append(named)
    return found


def submit_totals(ledger: Ledger, totals: dict[str, str]) -> None:
    for number, (unit, total) in enumerate(totals.items()):
        submit(ledger, result(unit, f"{number:03}", total=total), f"{number:x}")


def test_equal_scores_share_a_place_and_the_next_one_is_left_out(ledger: Ledger) -> None:
    submit_totals(ledger, {"甲局": "88", "乙局": "95", "丙局": "88", "丁局": "60.5"})
    ranking = rows_below(book_of(ledger)["排名"], "名次")
    shown = [(row["名次"], row["单位"], row["测算得分"]) for row in ranking]
    assert shown == [(1, "乙局", 95), (2, "甲局", 88), (2, "丙局", 88), (4, "丁局", 60.5)]


def test_best_and_worst_stand_beside_each_other_and_nobody_in_both(ledger: Ledger) -> None:
    submit_totals(ledger, {f"单位{number}": str(60 + number) for number in range(8)})
    sheet = book_of(ledger)["总览"]
    (top,) = (cell.row for cell in sheet["A"] if str(cell.value).startswith("得分靠前"))
    best = [sheet.cell(row, 2).value for row in range(top + 2, top + 7)]
    worst = [sheet.cell(row, 8).value for row in range(top + 2, top + 7)]
    assert best == ["单位7", "单位6", "单位5", "单位4", "单位3"]
    assert worst == ["单位0", "单位1", "单位2", None, None]


def test_a_form_that_was_sent_back_is_marked_among_the_best(ledger: Ledger) -> None:
    submit(ledger, result("甲局", "1", total="99", outcome=Outcome.RETURNED), "a")
    submit(ledger, result("乙局", "2", total="98"), "b")
    best = rows_below(book_of(ledger)["总览"], "单位 · 项目")
    assert [row["单位 · 项目"] for row in best] == ["甲局（退回）", "乙局"]


def test_the_overview_draws_this_year_though_more_came_last_year(ledger: Ledger) -> None:
    for number, (unit, year) in enumerate((("甲局", 2022), ("乙局", 2022), ("甲局", 2023))):
        submit(ledger, replace(result(unit, unit), year=year), f"{number:x}")
    sheet = book_of(ledger)["总览"]
    assert "得分靠前 · 2023年度部门整体支出绩效自评表" in [cell.value for cell in sheet["A"]]
    assert sheet["K8"].value == "2023年度部门整体支出绩效自评表"


def test_execution_rates_are_counted_by_band_the_lower_mark_included(ledger: Ledger) -> None:
    executed = ("59.99", "60", "80", "90", "99.99", "100", "120")
    for number, amount in enumerate(executed):
        submit(ledger, result(f"单位{number}", f"{number:03}", amount, budget="100"), f"{number:x}")
    bands = rows_below(book_of(ledger)["总览"], "执行率区间")
    assert [(row["执行率区间"], row["份数"]) for row in bands] == [
        ("低于 60%", 1),
        ("60%–80%", 1),
        ("80%–90%", 1),
        ("90%–100%", 2),
        ("100% 及以上", 2),
    ]


def test_forms_without_a_rate_have_a_band_that_the_chart_draws(ledger: Ledger) -> None:
    for unit, executed, budget in (("a", "90", "100"), ("b", "80", "100"), ("c", "0", "0")):
        submit(ledger, result(unit, unit, executed, budget=budget), unit)
    sheet = book_of(ledger)["总览"]
    rates = [row for row in rows_below(sheet, "执行率区间") if row["份数"]]
    assert [(row["执行率区间"], row["份数"], row["占比"]) for row in rates] == [
        ("80%–90%", 1, 0.3333),
        ("90%–100%", 1, 0.3333),
        ("无法计算", 1, 0.3333),
    ]
    assert [row["全年预算数"] for row in rates] == [100, 100, None]
    (last,) = (cell.row for cell in sheet["G"] if cell.value == "无法计算")
    chart = vars(sheet)["_charts"][-1]  # openpyxl reads charts into a list it does not declare
    assert chart.series[0].cat.strRef.f == f"总览!$G${last - 5}:$G${last}"


def test_units_add_up_to_their_exercise_and_rates_are_of_sums(ledger: Ledger) -> None:
    submit(ledger, result("甲局", "1", "10.01", budget="20.02"), "a")
    other = result("甲局", "1", "90.10", budget="90.10")
    submit(ledger, replace(other, project="防汛"), "b")
    submit(ledger, result("乙局", "2", "0", budget="9.88"), "c")
    sheet = book_of(ledger)["单位汇总"]
    units = rows_below(sheet, "填报任务")
    assert [(row["单位"], row["份数"], row["预算执行率"]) for row in units] == [
        ("甲局", 2, 0.9091),  # 100.11 ÷ 110.12; the mean of 50 % and 100 % is 75 %
        ("乙局", 1, 0),
    ]
    names, sums = ([cell.value for cell in sheet[row]] for row in (3, 4))
    together = dict(zip(names, sums, strict=True))
    assert (together["全年预算数"], together["全年执行数"]) == (120, 100.11)
    assert together["预算执行率"] == 0.8343  # 100.11 ÷ 120 = 0.83425


def test_levels_add_up_to_the_totals(ledger: Ledger) -> None:
    submit(ledger, result("甲局", "1"), "a")
    levels = rows_below(book_of(ledger)["分类汇总"], "一级指标")
    assert [(row["一级指标"], row["分值"], row["计入得分"]) for row in levels] == [
        ("预算执行", 10, 8.19),
        ("投入管理", 90, 90),
        ("（未写）", 90, 0),  # undecided, and “9分” is no number that could count instead
    ]


def test_what_an_officer_found_stands_beside_the_claim(ledger: Ledger) -> None:
    submission = submit(ledger, result("甲局", "1"), "a")
    paper = ledger.arrive("f" * 64, "处理单.xlsx", 1, 1, RECEIVED)
    said = Decision(
        arrival_id=paper.id,
        kind=DecisionKind.CHECKED_SCORE,
        sheet="处理单",
        at="B4",
        who="审核员",
        decided_on="2026-05-06",
        form=FORM,
        year=2022,
        unit="甲局",
        value="95.6",
        key=submission.key,
        submission_id=submission.id,
    )
    opinion = replace(said, kind=DecisionKind.OPINION, at="B5", value="=佐证材料不足")
    ledger.decide([said, opinion])
    (row,) = rows_below(book_of(ledger)["审核意见"], "核查得分")
    assert (row["自评得分"], row["核查得分"], row["核查差异"]) == (99.1, 95.6, -3.5)
    assert row["审核意见"] == "=佐证材料不足"
    assert (row["填写人"], row["日期"]) == ("审核员", "2026-05-06")


def test_a_returned_form_of_another_scale_is_shown_in_ten_thousands(ledger: Ledger) -> None:
    submit(ledger, result("甲局", "1", "50", budget="100"), "a")
    form = load_form(FORM)
    yuan = replace(form, root=_in_yuan(form.root))
    data = built(ledger, judged_by={FORM: (yuan, load_profile("henan-2022"))})
    book = load_workbook(BytesIO(data), data_only=True)
    (row,) = rows_below(book["报送一览"], "单位编码")
    assert (row["全年预算数"], row["全年执行数"], row["预算执行率"]) == (0.01, 0.005, 0.5)


def _in_yuan(field: Any) -> Any:
    unit = "元" if field.unit == "万元" else field.unit
    return replace(field, unit=unit, children=tuple(map(_in_yuan, field.children)))


def test_each_caption_has_a_meaning_and_each_sheet_a_place_in_the_contents(ledger: Ledger) -> None:
    assert set(MEANINGS) == set(Caption)
    submit_totals(ledger, {"甲局": "88"})
    assert set(book_of(ledger).sheetnames) <= set(SHEETS)


def test_more_links_than_a_sheet_may_have_become_plain_figures(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlflow.summary.sheet.MOST_LINKS", 2)
    submit_totals(ledger, {f"单位{number}": "90" for number in range(4)})
    sheet = book_of(ledger)["排名"]
    links = [row[13].hyperlink is not None for row in sheet.iter_rows(min_row=2)]
    assert links == [True, True, False, False]
    assert [row[13].value for row in sheet.iter_rows(min_row=2)] == ["定位"] * 4


def test_half_a_cent_is_rounded_up_in_means(ledger: Ledger) -> None:
    submit_totals(ledger, {"甲局": "90.00", "乙局": "90.01"})
    row = rows_below(book_of(ledger)["总览"], "填报任务")[0]
    assert Decimal(str(row["平均测算得分"])) == Decimal("90.01")

"""Scoring a whole form: its rows, its total, its grade."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_documents import Cells, document, funds, indicator

from xlflow.scoring import Scores, load_profile, score_document

NATIONAL = load_profile("national-2020")
HENAN = load_profile("henan-2022")


def scored(*rows: Cells, total: str | None = None, of: Cells | None = None) -> Scores:
    return score_document(document(rows, of, total), NATIONAL)


def test_a_row_tells_where_it_stands_and_what_was_written() -> None:
    (row,) = scored(indicator("≥20件", "18件", score="9.0")).rows
    assert (row.field, row.sheet, row.cell) == ("/indicators/0", "自评表", "H20")
    assert (row.target, row.actual, row.claimed) == ("≥20件", "18件", "9.0")
    assert (row.computed, row.deviation, row.rule) == (Decimal("9.00"), Decimal("-10.00"), "Q1")


def test_the_execution_row_comes_first() -> None:
    execution, _ = scored(indicator("≥20件", "20件"), of=funds()).rows
    assert (execution.field, execution.name) == ("/funds/total", "预算执行率")
    assert (execution.target, execution.actual) == ("≥100%", "90%")
    assert execution.computed == Decimal("9.00")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (funds(budget=None), "未填或不是数字"),
        (funds(executed="1080万"), "未填或不是数字"),
        (funds(weight=None), "未填或不是数字"),
        (funds(weight="-10"), "分值-10是负数"),
        (funds(budget="0", executed="0"), "无法计算执行率"),
        (funds(budget="-5"), "无法计算执行率"),
    ],
)
def test_an_execution_row_that_can_not_be_computed_counts_as_claimed(
    cells: Cells, why: str
) -> None:
    scores = scored(of=cells)
    (row,) = scores.rows
    assert (row.computed, scores.total) == (None, Decimal("9.00"))
    assert why in row.explanation
    assert "未测算，暂按自评得分计入" in row.explanation


def test_spending_above_the_budget_earns_no_more_than_the_weight() -> None:
    (row,) = scored(of=funds(executed="1500")).rows
    assert row.computed == 10
    assert "执行率125.00%，达到目标" in row.explanation


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (indicator(None, "18件"), "年度指标值未填"),
        (indicator("≥20件", None), "实际完成值未填"),
        (indicator("≥20件", "18件", weight=None), "分值未填或不是正确的数字"),
        (indicator("≥20件", "18件", weight="10分"), "分值未填或不是正确的数字"),
        (indicator("≥20件", "18件", weight="-1"), "分值-1是负数"),
    ],
)
def test_a_row_with_a_gap_counts_as_claimed(cells: Cells, why: str) -> None:
    scores = scored(cells)
    assert (scores.rows[0].computed, scores.total) == (None, Decimal("10.00"))
    assert why in scores.rows[0].explanation


def test_a_score_that_is_no_number_counts_nothing() -> None:
    assert scored(indicator("健全", "100%", score="满分")).total == 0
    assert scored(indicator("健全", "100%", score=None)).total == 0


def test_the_total_says_how_many_points_are_undecided() -> None:
    scores = scored(
        indicator("≥20件", "18件", "10", "9"), indicator("健全", "100%", "5", "5"), total="14.0"
    )
    assert (scores.total, scores.claimed_total) == (Decimal("14.00"), Decimal("14.00"))
    assert scores.undecided_weight == 5


def test_without_a_printed_total_the_claimed_scores_are_added() -> None:
    assert scored(indicator("≥20件", "18件", score="8.5"), of=funds()).claimed_total == Decimal(
        "17.50"
    )


def test_a_form_without_weights_is_not_scored() -> None:
    assert scored() == Scores()
    row = {"level3": "办理件数", "target": "≥20件", "actual": "18件"}
    assert scored(row) == Scores()


def test_a_number_in_the_target_column_is_read_like_its_cell() -> None:
    """Another form may call target and actual numbers; then the cell's text is what counts."""
    made = document([indicator("95%", "90%")])
    made.data["indicators"][0].update(target=Decimal(95), actual=Decimal(90))
    (row,) = score_document(made, NATIONAL).rows
    assert (row.target, row.actual, row.computed) == ("95%", "90%", Decimal("9.47"))


@pytest.mark.parametrize(
    ("score", "national", "shijiazhuang"),
    [
        ("100", "优", "优秀"),
        ("90", "优", "优秀"),
        ("89.99", "良", "优秀"),
        ("87", "良", "优秀"),
        ("80", "良", "良好"),
        ("77", "中", "良好"),
        ("72", "中", "一般"),
        ("60", "中", "一般"),
        ("59.99", "差", "较差"),
        ("0", "差", "较差"),
    ],
)
def test_the_bound_belongs_to_the_better_grade(
    score: str, national: str, shijiazhuang: str
) -> None:
    made = document([indicator("健全", "达成", "100", score)])
    assert score_document(made, NATIONAL).grade == national
    assert score_document(made, load_profile("shijiazhuang-2022")).grade == shijiazhuang


@st.composite
def forms(draw: st.DrawFn) -> list[Cells]:
    target = st.sampled_from(["≥20件", "≤30%", "100%", "3-5个", "健全", "2022年底", "0起", "", "-"])
    actual = st.sampled_from(["18件", "36%", "100%", "6个", "达成", "2022年6月1日", "3起", "7"])
    number = st.sampled_from(["2", "3.5", "10", "二", "", "0"])
    cells = st.builds(indicator, target, actual, number, number)
    return draw(st.lists(cells, min_size=1, max_size=8))


@given(rows=forms(), data=st.data())
def test_the_order_of_the_rows_does_not_matter(rows: list[Cells], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(rows))
    one, other = (score_document(document(each), HENAN) for each in (rows, shuffled))
    assert (one.total, one.claimed_total, one.undecided_weight, one.grade) == (
        other.total,
        other.claimed_total,
        other.undecided_weight,
        other.grade,
    )
    assert sorted(row.explanation for row in one.rows) == sorted(
        row.explanation for row in other.rows
    )


@given(rows=forms())
def test_a_computed_score_lies_between_nothing_and_the_weight(rows: list[Cells]) -> None:
    for row in score_document(document(rows), HENAN).rows:
        assert row.explanation
        assert row.explanation_en
        assert row.computed is None or 0 <= row.computed <= (row.weight or 0)

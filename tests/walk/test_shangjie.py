"""The real form of the seeds, as its department returned it, takes the whole walk."""

from decimal import Decimal

import pytest

from xlflow.demo import returned_workbook
from xlflow.judging import Judged, Rules, judge_package
from xlflow.problems import Severity
from xlflow.review import Outcome, Result

HENAN, NATIONAL = "henan-2022", "national-2020"


@pytest.fixture(scope="module")
def package() -> bytes:
    return returned_workbook()


def judged(package: bytes, profile: str) -> Result:
    result: Judged = judge_package(package, "上街区.xlsx", Rules(profile=profile), marking=False)
    return result.results[0]


@pytest.fixture(scope="module")
def henan(package: bytes) -> Result:
    return judged(package, HENAN)


@pytest.fixture(scope="module")
def national(package: bytes) -> Result:
    return judged(package, NATIONAL)


def test_execution_claimed_9_1_is_9_10_where_90_percent_counts_in_full(henan: Result) -> None:
    execution = henan.scores.rows[0]
    assert (execution.field, execution.claimed, execution.computed, execution.rule) == (
        "/funds/total",
        "9.1",
        Decimal("9.10"),
        "X2",
    )
    assert "10×81.90%÷90%＝9.10分，扣0.90分" in execution.explanation
    assert execution.deviation == Decimal("-9.00")


def test_all_52_rows_are_computed_in_henan(henan: Result) -> None:
    indicators = henan.scores.rows[1:]
    assert len(indicators) == 52
    assert all(row.computed is not None for row in indicators)
    assert henan.scores.total == Decimal("99.10")
    assert henan.scores.claimed_total == Decimal("99.10")
    assert henan.scores.undecided_weight == 0
    assert henan.scores.grade == "优"


def test_the_national_rule_gives_8_19_and_leaves_25_rows_undecided(national: Result) -> None:
    assert national.scores.rows[0].computed == Decimal("8.19")
    undecided = [row for row in national.scores.rows[1:] if row.computed is None]
    decided = [row for row in national.scores.rows[1:] if row.computed is not None]
    assert (len(undecided), len(decided)) == (25, 27)
    assert sum(row.weight or 0 for row in undecided) == 50
    assert national.scores.undecided_weight == 50
    deadlines = [row for row in undecided if "时限" in row.explanation]
    assert sorted(row.target or "" for row in deadlines) == ["2022年底", "预计2022年6月30日完成"]
    assert all("未测算，暂按自评得分计入" in row.explanation for row in undecided)


def test_the_total_counts_undecided_rows_as_claimed(national: Result) -> None:
    assert national.scores.total == Decimal("98.19")
    assert national.scores.claimed_total == Decimal("99.10")


@pytest.mark.parametrize(
    ("code", "cell", "says"),
    [
        ("C15", "F26", ["预算执行率", "100%", "81.90%"]),
        ("C15", "F27", ["预算调整率", "20%", "895.51%"]),
        ("C19", "E45", ["15000元", "15万元", "10 倍"]),
        ("C37", "J5", ["9.1", "10", "没有填写原因"]),
    ],
)
def test_the_form_is_returned_for(henan: Result, code: str, cell: str, says: list[str]) -> None:
    assert henan.outcome is Outcome.RETURNED
    found = [each for each in henan.problems if (each.code, each.cell) == (code, cell)]
    assert len(found) == 1
    assert found[0].severity is Severity.ERROR
    assert all(words in found[0].message for words in says)
    assert found[0].message_en


def test_nothing_else_returns_it(henan: Result) -> None:
    errors = [found.code for found in henan.problems if found.severity is Severity.ERROR]
    assert sorted(errors) == ["C15", "C15", "C19", "C37"]


def test_the_carry_over_rate_differs_but_is_met_both_ways(henan: Result) -> None:
    (found,) = [each for each in henan.problems if each.cell == "F28"]
    assert (found.code, found.severity) == ("C15", Severity.WARNING)
    assert "18.10%" in found.message


def test_copied_accounts_are_asked_about(henan: Result) -> None:
    copied = [found for found in henan.problems if found.code == "C54"]
    assert len(copied) == 8  # the objective and all seven tasks
    assert {found.severity for found in copied} == {Severity.WARNING}


@pytest.mark.parametrize("code", ["C10", "C11", "C12", "C30", "C34", "C35", "C53", "C01"])
def test_sums_and_rates_that_are_right_raise_nothing(henan: Result, code: str) -> None:
    assert code not in {found.code for found in henan.problems}


def test_the_national_rule_contradicts_the_claimed_execution_score(national: Result) -> None:
    (found,) = [each for each in national.problems if each.code == "C12"]
    assert found.cell == "I5"
    assert "8.19" in found.message


def test_every_printed_value_is_read_with_its_cell(henan: Result) -> None:
    document = henan.document
    assert document is not None
    assert document.text("/unit") == "郑州市上街区自然资源和规划局"
    assert document.number("/funds/total/full_year_budget") == Decimal("14988.39")
    assert document.number("/funds/total/execution_rate") == Decimal("81.9")
    assert document.number("/funds/sources/1/full_year_budget") == Decimal("0.11")
    assert document.sources["/funds/total/score"].cell == "I5"
    assert document.sources["/funds/total/score"].raw == "9.1"
    assert len(document.get("/annual_tasks")) == 7
    row = "/indicators/51"
    assert document.text(f"{row}/level1") == "效益指标"  # written once, filled down
    assert document.text(f"{row}/level2") == "满意度"
    assert document.text(f"{row}/level3") == "群众满意度"
    assert document.text(f"{row}/target") == "≥90%"
    assert document.sources[f"{row}/target"].cell == "E72"

"""Sums over submissions; every expected number was added up by hand."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from summary_examples import FUNDS_SCORE, INDICATOR_SCORE

from xlflow.forms import load_form
from xlflow.ledger import Submission
from xlflow.review.result import Outcome
from xlflow.sums import (
    EXECUTION,
    Exercise,
    Money,
    Scale,
    added,
    by_exercise,
    by_level,
    by_source,
    by_unit,
    graded,
    money_by_id,
    ranked,
    scales_of,
)

SELF = "project_self_evaluation"
TARGET = "project_target"
YEAR = Exercise(SELF, 2022, "年度")


def submission(
    number: int, unit: str = "甲局", code: str | None = "001", **about: Any
) -> Submission:
    told: dict[str, Any] = {
        "id": number,
        "arrival_id": number,
        "file": f"{number}.xlsx",
        "sha256": f"{number:064}",
        "received_at": "2026-04-18T07:30:00Z",
        "recorded_at": "2026-04-18T07:30:00Z",
        "sheet": "自评表",
        "form": SELF,
        "profile": "henan-2022",
        "profile_sha256": None,
        "year": 2022,
        "round": "年度",
        "unit": unit,
        "unit_code": code,
        "assigned_from": None,
        "project": f"项目{number}",
        "project_code": None,
        "key": f"{number}",
        "version": 1,
        "current": True,
        "outcome": Outcome.ACCEPTED,
        "total": Decimal("90.00"),
        "claimed_total": Decimal("95.00"),
        "undecided_weight": Decimal(0),
        "grade": "优",
        "light": None,
        "errors": 0,
        "warnings": 0,
        "notes": 0,
        "output": None,
    }
    return Submission(**told | about)


def funds(
    initial: str | None, budget: str | None, executed: str | None, *sources: Mapping[str, Any]
) -> dict[str, Any]:
    return {"funds": {"total": row(None, initial, budget, executed), "sources": list(sources)}}


def row(
    name: str | None, initial: str | None, budget: str | None, executed: str | None
) -> dict[str, Any]:
    numbers = {"initial_budget": initial, "full_year_budget": budget, "executed": executed}
    return {"name": name} | {key: Decimal(text) for key, text in numbers.items() if text}


def test_the_rate_is_that_of_the_sums_and_not_the_mean_of_the_rates() -> None:
    forms = [submission(1), submission(2), submission(3)]
    data = {
        1: funds("10", "10", "10"),  # 100 %
        2: funds("80", "90", "45"),  # 50 %: the mean of the rates would be 75 %
        3: funds("7", "900", None),  # says nothing of what was spent: in no sum
    }
    (sums,) = by_exercise(forms, money_by_id(forms, data, {}))
    assert sums.money == Money(Decimal(90), Decimal(100), Decimal(55), asked=None, forms=2)
    assert (sums.count, sums.money.execution_rate) == (3, Decimal("0.5500"))


def test_forms_in_yuan_and_in_ten_thousands_are_added_on_one_scale() -> None:
    forms = [submission(1), submission(2, form="镇区自评表")]
    data = {1: funds("1", "36", "34.2"), 2: funds("10000", "360000.55", "342000.01")}
    scales = {"镇区自评表": Scale(funds=Decimal("0.0001"))}
    yuan = by_exercise(forms[1:], money_by_id(forms[1:], data, scales))[0].money
    assert (yuan.full_year_budget, yuan.executed) == (Decimal("36.000055"), Decimal("34.200001"))
    together = added([by_exercise(forms[:1], money_by_id(forms[:1], data, scales))[0].money, yuan])
    assert together.full_year_budget == Decimal("72.000055")
    assert together.execution_rate == Decimal("0.9500")


def test_the_unit_of_a_form_is_that_of_its_schema() -> None:
    scales = scales_of([load_form(SELF), load_form(TARGET)])
    assert scales[SELF].funds == 1  # 万元
    assert scales[TARGET].asked == Decimal("0.0001")  # 元
    targets = [submission(1, form=TARGET), submission(2, form=TARGET)]
    data = {1: {"amount_this_year": Decimal("360000")}, 2: {"amount_this_year": Decimal("0.55")}}
    (sums,) = by_exercise(targets, money_by_id(targets, data, scales))
    assert (sums.money.asked, sums.money.forms) == (Decimal("36.000055"), 0)
    assert sums.money.execution_rate is None


def test_exercises_are_never_added_up_with_each_other() -> None:
    forms = [submission(1), submission(2, round="上半年"), submission(3, round="1-6月", year=2021)]
    data = {number: funds("1", "2", "1") for number in (1, 2, 3)}
    assert [
        (each.exercise, each.money.full_year_budget)
        for each in by_exercise(forms, money_by_id(forms, data, {}))
    ] == [
        (Exercise(SELF, 2021, "1-6月"), Decimal(2)),
        (Exercise(SELF, 2022, "1-6月"), Decimal(2)),
        (YEAR, Decimal(2)),
    ]


def test_a_unit_is_known_by_its_code_and_without_one_by_its_name() -> None:
    forms = [
        submission(1, "甲局", "001", outcome=Outcome.RETURNED, total=Decimal("80.01")),
        submission(2, "甲 局（本级）", "００１", total=Decimal("90.00")),
        submission(3, "乙局", None, total=None),
        submission(4, "乙 局", None, total=None),
    ]
    data = {1: funds("1", "10.10", "5"), 2: funds("1", "10.10", "5.1"), 3: funds("1", "4", "4")}
    first, second = by_unit(forms, money_by_id(forms, data, {}))
    assert (first.count, first.outcomes[Outcome.ACCEPTED], first.outcomes[Outcome.RETURNED]) == (
        2,
        1,
        1,
    )
    assert (first.money.full_year_budget, first.money.executed) == (
        Decimal("20.20"),
        Decimal("10.1"),
    )
    assert first.average_computed == Decimal("85.01")  # 85.005, half up
    assert (second.count, second.average_computed) == (2, None)


def test_fund_sources_add_up_to_the_totals_of_the_same_forms() -> None:
    forms = [submission(1), submission(2), submission(3)]
    data = {
        1: funds(
            "36",
            "36",
            "34.2",
            row("其中：当年财政拨款", "30", "30", "30"),
            row("　　　上年结转资金", "6", "6", None),
        ),
        2: funds(
            "10",
            "20.01",
            "5",
            row("（1）当年财政拨款", "10", "20.01", "5"),
            row("其他资金", None, None, None),
        ),
        3: funds("9", "9", None, row("当年财政拨款", "9", "9", None)),  # has not said what it spent
    }
    found = {each.name: each.money for each in by_source(forms, data, {})}
    assert list(found) == ["当年财政拨款", "上年结转资金"]
    assert found["当年财政拨款"].full_year_budget == Decimal("50.01")
    assert found["当年财政拨款"].execution_rate == Decimal("0.6999")  # 35 ÷ 50.01
    assert found["上年结转资金"].full_year_budget == 6
    assert found["上年结转资金"].executed == 0  # blank where the form says what it spent in all


def test_levels_count_undecided_rows_as_claimed_like_the_total_does() -> None:
    scores = {
        1: (
            FUNDS_SCORE,  # 8.19 of 10, claimed 9.1
            replace(INDICATOR_SCORE, weight=Decimal(50), claimed="48", computed=Decimal("50.00")),
            replace(
                INDICATOR_SCORE,
                field="/indicators/1",
                weight=Decimal(30),
                claimed="30",
                computed=None,
            ),
        ),
        2: (
            replace(INDICATOR_SCORE, weight=Decimal(20), claimed="满分", computed=Decimal("12.50")),
        ),
    }
    data = {
        1: {"indicators": [{"level1": "产出指标（50分）"}, {"level1": "效益指标"}]},
        2: {"indicators": [{"level1": "产出"}]},
    }
    levels = by_level([submission(1), submission(2)], scores, data)
    assert [each.name for each in levels] == [EXECUTION, "产出", "效益"]
    execution, output, benefit = levels
    assert execution.weight == 10
    assert (execution.claimed, execution.points) == (Decimal("9.1"), Decimal("8.19"))
    assert (output.rows, output.full) == (2, 1)
    assert (output.weight, output.claimed) == (Decimal(70), Decimal(48))
    assert (output.points, output.share) == (Decimal("62.50"), Decimal("0.8929"))
    assert (benefit.points, benefit.undecided_weight) == (Decimal(30), Decimal(30))


def test_equal_totals_share_a_place_and_the_next_one_counts_them() -> None:
    totals = {1: "88.00", 2: "99.10", 3: "88.00", 4: "70.00"}
    forms = [submission(number, total=Decimal(total)) for number, total in totals.items()]
    without = submission(5, total=None)
    other = submission(6, round="1-6月", total=Decimal("60"))
    places = [
        (each.submission.id, each.place, each.of) for each in ranked([*forms, without, other])
    ]
    assert places == [(6, 1, 1), (2, 1, 4), (1, 2, 4), (3, 2, 4), (4, 4, 4)]


def test_grades_stand_best_first() -> None:
    graded_as = [("中", "77"), ("优", "91"), ("良", "85"), ("优", "99")]
    forms = [
        submission(number, grade=grade, total=Decimal(total))
        for number, (grade, total) in enumerate(graded_as)
    ]
    assert list(graded(forms).items()) == [("优", 2), ("良", 1), ("中", 1)]


@pytest.mark.parametrize("level", [None, "", "（指标）"])
def test_rows_without_a_level_are_not_lost(level: str | None) -> None:
    scores = {1: (replace(INDICATOR_SCORE, weight=Decimal(5), computed=Decimal("5.00")),)}
    (found,) = by_level([submission(1)], scores, {1: {"indicators": [{"level1": level}]}})
    assert found.points == 5

"""Schema problems, severities, who scores, and the order in which a clerk is told."""

from dataclasses import replace
from typing import Any

import pytest
from filled_forms import NATIONAL, SHEET, Changes, case, codes, filled, form, problems
from hypothesis import given
from hypothesis import strategies as st

from xlflow.forms.validator import DEMANDS, decimal_validator, demands_of
from xlflow.messages import problem_texts
from xlflow.problems import Place, Severity, problem
from xlflow.review import CHECKS, CODES, Outcome, outcome_of, review
from xlflow.review.sound import sound_by


@pytest.mark.parametrize(
    ("code", "changes", "cell", "says"),
    [
        ("C01", {"/unit": None}, "A3", "“部门（单位）名称”没有填写"),
        ("C01", {"/indicators/1/actual": None}, "L31", "“实际完成值”没有填写"),
        ("C01", {"/funds/total/weight": None}, "G5", "“分值”没有填写"),
        ("S01", {"/funds/total/executed": "1080万元"}, "F5", "应填数字，现在填的是“1080万元”"),
        ("S01", {"/indicators/1/weight": "二十"}, "G31", "“分值”应填数字"),
        ("S01", {"/year": "2022.5"}, "B3", "“年度”应填整数，现在填的是“2022.5”"),
        ("S03", {"/indicators/1/score": "-1"}, "I31", "“得分”填的是 -1，低于下限 0"),
        ("S04", {"/indicators/1/weight": "101"}, "G31", "“分值”填的是 101，高于上限 100"),
        ("S04", {"/year": "20222"}, "B3", "高于上限 2100"),
        ("S05", {"/indicators/1/level3": "造" * 301}, "N31", "最多 300 字"),
    ],
)
def test_what_the_schema_demands(code: str, changes: Changes, cell: str, says: str) -> None:
    found = [each for each in problems(changes) if each.code == code]
    assert [each.cell for each in found] == [cell]
    assert says in found[0].message
    assert found[0].severity is Severity.ERROR


def test_a_form_without_rows_is_told_so() -> None:
    document = filled(rows=[])
    empty = replace(document, data={**document.data, "indicators": []})
    assert "S07" in codes(review(case(empty)))


def test_every_demand_a_schema_may_make_has_a_problem() -> None:
    assert set(CODES) == DEMANDS
    assert set(CODES.values()) | set(CHECKS) <= set(problem_texts())


def test_a_blank_weight_is_one_problem_and_no_wrong_sum() -> None:
    assert codes(problems({"/funds/total/weight": None})) == ["C01"]


def test_a_cell_that_could_not_be_read_is_not_called_blank_as_well() -> None:
    place = Place("/indicators/1/actual", SHEET, "L31", "#DIV/0!")
    unreadable = problem("R04", place, label="实际完成值", error="#DIV/0!")
    found = review(case(filled({"/indicators/1/actual": None})), [unreadable])
    assert codes(found) == ["R04"]


# -- severities ----------------------------------------------------------------------------------


def weighed(changes: Changes, **severities: Severity) -> list[tuple[str, Severity]]:
    profile = replace(NATIONAL, severities=severities)
    return [(each.code, each.severity) for each in problems(changes, profile)]


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("C54", {"/annual_tasks/0/actual": "造林4000亩，补助资金200万元。"}),
        ("C37", {"/indicators/2/reason": None}),
        ("C01", {"/unit": None}),
        ("S01", {"/year": "二〇二二"}),
    ],
)
def test_the_profile_says_how_much_a_problem_weighs(
    code: str, changes: Changes, severity: Severity
) -> None:
    assert weighed(changes, **{code: severity}) == [(code, severity)]


@pytest.mark.parametrize(
    ("said", "weighs"),
    [
        (Severity.ERROR, Severity.WARNING),
        (Severity.WARNING, Severity.WARNING),
        (Severity.NOTE, Severity.NOTE),
    ],
)
def test_a_milder_case_never_weighs_more_than_the_profile_says(
    said: Severity, weighs: Severity
) -> None:
    assert ("C15", weighs) in weighed({"/indicators/0/actual": "88%"}, C15=said)


def test_problems_of_reading_are_weighed_as_well() -> None:
    hidden = problem("R05", Place("/indicators/1", SHEET, "B31"), row=31)
    profile = replace(NATIONAL, severities={"R05": Severity.ERROR})
    (found,) = review(case(filled(), profile), [hidden])
    assert found.severity is Severity.ERROR


def test_one_error_returns_the_form() -> None:
    assert outcome_of(problems()) is Outcome.ACCEPTED
    assert outcome_of(problems({"/indicators/0/actual": "88%"})) is Outcome.ACCEPTED
    assert outcome_of(problems({"/unit": None})) is Outcome.RETURNED


def test_errors_come_first_then_cells_in_reading_order() -> None:
    found = problems(
        {
            "/annual_tasks/0/actual": "造林4000亩，补助资金200万元。",
            "/indicators/2/reason": None,
            "/indicators/1/actual": None,
            "/unit": None,
        }
    )
    assert [each.cell for each in found] == ["A3", "L31", "J32", "L20"]


# -- where the system scores ---------------------------------------------------------------------

SYSTEM = replace(NATIONAL, system_scores=True)
NO_SCORES: Changes = {
    "/funds/total/score": None,
    "/totals/score": None,
    **{f"/indicators/{row}/score": None for row in range(6)},
}


def test_nobody_is_asked_for_a_score_that_the_system_writes() -> None:
    assert problems(NO_SCORES, SYSTEM) == ()
    assert len([each for each in problems(NO_SCORES) if each.code == "C01"]) == 8


def test_a_score_from_an_earlier_pass_is_nobodys_claim() -> None:
    assert problems({"/funds/total/score": "3", "/totals/score": "12"}, SYSTEM) == ()


def test_a_reason_is_due_where_the_system_takes_points_off() -> None:
    (found,) = problems({**NO_SCORES, "/indicators/2/reason": None}, SYSTEM)
    assert (found.code, found.cell) == ("C37", "J32")
    assert "得分 16 低于分值 20" in found.message


# -- the quick look ------------------------------------------------------------------------------

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.decimals(
    allow_nan=False, allow_infinity=False
)  # fmt: skip


@given(
    changes=st.dictionaries(st.sampled_from(sorted(filled().sources)), SCALARS, max_size=4),
    lost=st.sets(st.sampled_from(["unit", "year", "funds", "indicators", "totals"]), max_size=1),
)
def test_what_the_quick_look_calls_sound_the_library_calls_valid(
    changes: dict[str, Any], lost: set[str]
) -> None:
    demands = demands_of(form().schema)
    data: Any = filled().data
    for at, value in changes.items():
        *path, key = at.strip("/").split("/")
        node = data
        for step in path:
            node = node[int(step)] if step.isdigit() else node[step]
        node[key] = value
    for key in lost:
        del data[key]
    if sound_by(demands)(data):
        assert decimal_validator(demands).is_valid(data)


def test_a_form_in_order_takes_the_quick_way() -> None:
    assert sound_by(demands_of(form().schema))(filled().data)

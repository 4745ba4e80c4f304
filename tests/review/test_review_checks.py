"""The twelve cross-checks: forms that trip them, and forms in order that must not."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from filled_forms import HENAN, NATIONAL, Changes, case, codes, filled, problems, row
from hypothesis import given
from hypothesis import strategies as st

from xlflow.forms.document import Document, Source
from xlflow.problems import Problem, Severity
from xlflow.review import CHECKS, review
from xlflow.scoring import Profile, Scores

NO_BUDGET = {"/funds/total/full_year_budget": "0", "/funds/total/executed": "0"}


def test_these_are_the_checks() -> None:
    assert list(CHECKS) == sorted(CHECKS)
    assert " ".join(CHECKS) == (
        "C03 C05 C06 C07 C10 C11 C12 C13 C14 C15 C16 C17 C18 C19 C20 C21 C23 C24 "
        "C30 C31 C32 C33 C34 C35 C37 C38 C39 C40 C41 C42 C45 C46 "
        "C51 C52 C53 C54 C55 C56 C57 C58 C59 C60 C61 C62 C63 C65 C66 C67 C68 C69 C70"
    )


def test_a_form_filled_in_rightly_raises_nothing() -> None:
    assert problems() == ()


@pytest.mark.parametrize(
    ("code", "changes", "cell", "says"),
    [
        # C10: the sources add up to the total
        ("C10", {"/funds/sources/2/executed": "81", "/funds/sources/2/execution_rate": "81%"},
         "F5", "“全年执行数”各资金来源合计 1081，与总额 1080 相差 1"),
        ("C10", {"/funds/sources/0/initial_budget": "899.98"}, "D5", "相差 0.02"),
        # C11: the rate is executed ÷ budget
        ("C11", {"/funds/total/execution_rate": "100%"}, "H5",
         "填的是 100%，按 1080÷1200 计算应为 90.00%"),
        ("C11", {"/funds/total/execution_rate": "90.1%"}, "H5", "应为 90.00%"),
        ("C11", {"/funds/total/execution_rate": "0.91"}, "H5", "应为 90.00%"),
        ("C11", {"/funds/total/execution_rate": "1"}, "H5", "应为 90.00%"),
        ("C11", {"/funds/sources/0/execution_rate": "92.00%"}, "H6",
         "按 1000÷1100 计算应为 90.91%"),
        # C12: the execution score follows from the profile
        ("C12", {"/funds/total/score": "10", "/totals/score": "95.5"}, "I5",
         "自评 10 分，测算应为 9.00 分。全年预算数1200，全年执行数1080，执行率90.00%"),
        # C15: a rate of the fund table, repeated
        ("C15", {row(0, "actual"): "100%"}, "L30",
         "填 100%，按资金表 1080÷1200 计算为 90.00%"),
        ("C15", {row(0, "actual"): "0.95"}, "L30", "计算为 90.00%"),
        ("C15", {row(1, "level3"): "部门预算调整率", row(1, "target"): "≤30%",
                 row(1, "actual"): "-20%"}, "L31", "|1200-1000|÷1000 计算为 20.00%"),
        ("C15", {row(1, "level3"): "结转结余率（%）", row(1, "target"): "≤5%",
                 row(1, "actual"): "3%"}, "L31", "(1200-1080)÷1200 计算为 10.00%"),
        # C19: one amount on two scales
        ("C19", {row(3, "target"): "15000元", row(3, "actual"): "15000元"}, "O33",
         "“森林防火宣传费”的年度指标值写 15000元，M21 单元格写“15万元”，两处相差 10 倍"),
        ("C19", {row(3, "target"): "15元"}, "O33",
         "L33 单元格写“15万元”，两处相差 10000 倍"),
        ("C19", {"/funds/total/full_year_budget": "10000000"}, "E5",
         "全年预算数写 10000000，D5 单元格写“1000”，两处相差 10000 倍，疑为金额单位"),
        ("C19", {"/funds/total/initial_budget": "12345678"}, "E5", "两处相差 10288 倍"),
        # C30: the weights add up
        ("C30", {row(5, "weight"): "21"}, "G90", "各项分值合计 101 分，应为 100 分"),
        ("C30", {"/totals/weight": "99"}, "G90", "各项分值合计 100 分，应为 99 分"),
        # C34: a claimed score follows from the figures
        ("C34", {row(2, "score"): "20", "/totals/score": "98.5"}, "I32",
         "“抚育面积”自评 20 分，测算应为 16.00 分。目标≥1.5万亩，实际12000亩"),
        ("C34", {row(2, "score"): "16.1", "/totals/score": "94.6"}, "I32",
         "测算应为 16.00 分"),
        # C35: the total is the sum of the scores
        ("C35", {"/totals/score": "95"}, "I90", "总分填 95，各项得分合计为 94.5"),
        # C37: lost points have a reason
        ("C37", {"/funds/total/reason": None}, "J5", "“预算执行率”得分 9 低于分值 10"),
        ("C37", {row(2, "reason"): None}, "J32", "“抚育面积”得分 16 低于分值 20"),
        ("C37", {row(4, "reason"): None}, "J34", "“防火制度”得分 9.5 低于分值 10"),
        # C54: the account is not the plan
        ("C54", {"/annual_tasks/0/actual": "造林4000亩,补助资金 200万元。"}, "L20",
         "完成情况与 M20 单元格的计划文字相同（100%）"),
        ("C54", {"/annual_objective/actual": "完成造林和抚育任务,森林火灾受害率低于千分之一"},
         "L3", "K3 单元格"),
    ],
)  # fmt: skip
def test_a_form_that_trips_a_check(code: str, changes: Changes, cell: str, says: str) -> None:
    (found,) = [each for each in problems(changes) if each.code == code]
    assert (found.cell, found.sheet) == (cell, filled().sheet)
    assert says in found.message
    assert "None" not in found.message + found.message_en


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("C10", {"/funds/sources/0/initial_budget": "899.99"}),
        ("C10", {"/funds/sources/0/initial_budget": None, "/funds/sources/2/initial_budget": None}),
        ("C10", {"/funds/sources/0/initial_budget": "九百"}),  # S01 says so already
        ("C10", {"/funds/total/initial_budget": None}),
        ("C11", {"/funds/total/execution_rate": "0.9"}),
        ("C11", {"/funds/total/execution_rate": "90"}),
        ("C11", {"/funds/total/execution_rate": "９０．０％"}),
        ("C11", {"/funds/total/execution_rate": None}),
        ("C11", {"/funds/total/executed": "1200", "/funds/total/execution_rate": "1"}),
        ("C11", {"/funds/sources/0/execution_rate": "91%"}),
        ("C11", {"/funds/sources/0/execution_rate": "0.909090909090909"}),
        ("C11", {**NO_BUDGET, "/funds/total/execution_rate": None}),
        ("C11", {**NO_BUDGET, "/funds/total/execution_rate": "—"}),
        ("C11", {**NO_BUDGET, "/funds/total/execution_rate": "0%"}),
        ("C12", {"/funds/total/score": "9.00"}),
        ("C12", {"/funds/total/score": None}),
        ("C12", {"/funds/total/executed": "1085"}),  # 9.0417, written 9
        ("C15", {row(0, "actual"): "0.9"}),
        ("C15", {row(0, "actual"): "90.00%"}),
        ("C15", {row(0, "actual"): "≥85%"}),
        ("C15", {row(0, "actual"): None}),
        ("C15", {row(0, "level3"): "政府采购预算执行率", row(0, "actual"): "100%"}),
        ("C15", {row(0, "level3"): "“三公经费”预算执行率", row(0, "actual"): "70%"}),
        ("C15", {row(0, "level3"): "结转结余率变动情况", row(0, "actual"): "70%"}),
        ("C15", {"/funds/total/full_year_budget": "800", row(0, "level3"): "预算调整率",
                 row(0, "target"): "≥-30%", row(0, "actual"): "-20%"}),
        ("C15", {"/funds/total/full_year_budget": "800", row(0, "level3"): "预算调整率",
                 row(0, "target"): "≤30%", row(0, "actual"): "20%"}),
        ("C15", {"/funds/total/full_year_budget": "0", row(0, "actual"): "100%"}),
        ("C19", {row(3, "target"): "≤14万元"}),
        ("C19", {row(3, "target"): "≤1.5万元", row(3, "level3"): "苗木费",
                 row(3, "actual"): "1.5万元"}),
        ("C19", {"/annual_tasks/1/content": "经费15万元，其中印刷1.5万元、展板1500元。"}),
        ("C19", {row(3, "target"): "10-20万元"}),
        ("C19", {"/funds/total/initial_budget": "1.3"}),
        ("C19", {"/funds/total/initial_budget": "0"}),
        ("C30", {row(5, "weight"): "20.001"}),
        ("C30", {row(5, "weight"): "二十"}),  # S01
        ("C30", {"/totals/weight": "90"}),  # the indicators alone
        ("C30", {"/totals/weight": None}),
        ("C34", {row(2, "actual"): "12034亩"}),  # 16.045, written 16
        ("C34", {row(2, "score"): None}),
        ("C34", {row(4, "score"): "8"}),  # within a level a person decides
        ("C35", {"/totals/score": "94.51"}),
        ("C35", {"/totals/score": None}),
        ("C35", {"/totals/weight": "90", "/totals/score": "85.5"}),
        ("C35", {row(4, "score"): "九分半"}),  # S01
        ("C37", {row(4, "score"): "10", row(4, "reason"): None}),
        ("C37", {row(4, "score"): None, row(4, "reason"): None}),
        ("C54", {"/annual_tasks/0/actual": None}),
        ("C54", {"/annual_tasks/0/actual": "造林4000亩，成活率96%，补助200万元已拨付到户。"}),
    ],
)  # fmt: skip
def test_a_form_that_must_not_trip_it(code: str, changes: Changes) -> None:
    assert code not in codes(problems(changes))


def test_a_rate_of_no_budget_is_asked_about() -> None:
    """Its points count as claimed: nobody else would tell that 90 % of nothing earned 9 points."""
    (found,) = [each for each in problems(NO_BUDGET) if each.code == "C11"]
    assert (found.cell, found.severity) == ("H5", Severity.WARNING)
    assert found.message.startswith("全年预算数为 0，没有执行率可言，执行率填的却是 90%。请改正")
    unspent = {**NO_BUDGET, "/funds/total/executed": None, "/funds/total/execution_rate": "1"}
    assert "C11" in codes(problems(unspent))


def test_the_execution_score_is_full_at_90_percent_in_henan() -> None:
    assert "C12" in codes(problems(profile=HENAN))
    full = {"/funds/total/score": "10", "/totals/score": "95.5"}
    assert problems(full, HENAN) == ()


@pytest.mark.parametrize(
    ("target", "actual", "severity"),
    [
        ("≥85%", "88%", Severity.WARNING),  # met both ways
        ("≥95%", "92%", Severity.WARNING),  # missed both ways
        ("≥95%", "100%", Severity.ERROR),
        ("100%", "100%", Severity.ERROR),
        ("按计划", "100%", Severity.ERROR),  # nobody can say that it changes nothing
    ],
)
def test_a_rate_that_changes_no_verdict_is_a_warning(
    target: str, actual: str, severity: Severity
) -> None:
    changes = {row(0, "target"): target, row(0, "actual"): actual}
    (found,) = [each for each in problems(changes) if each.code == "C15"]
    assert found.severity is severity


@pytest.mark.parametrize(
    ("actual", "severity"),
    [("1.5万元", Severity.WARNING), ("1500元", Severity.WARNING), ("15元", Severity.ERROR)],
)
def test_a_tenth_of_the_target_may_be_true(actual: str, severity: Severity) -> None:
    (found,) = [each for each in problems({row(3, "actual"): actual}) if each.code == "C19"]
    assert found.severity is severity


@pytest.mark.parametrize(
    ("initial", "severity"), [("12000000", Severity.ERROR), ("1.1", Severity.WARNING)]
)
def test_a_budget_may_have_begun_with_next_to_nothing(initial: str, severity: Severity) -> None:
    changes = {"/funds/total/initial_budget": initial}
    (found,) = [each for each in problems(changes) if each.code == "C19"]
    assert found.severity is severity


def test_an_amount_that_stands_in_the_actual_alone_is_named_so() -> None:
    changes = {row(3, "target"): "按合同支付", row(3, "actual"): "15000元"}
    (found,) = [each for each in problems(changes) if each.code == "C19"]
    assert found.cell == "L33"
    assert "的实际完成值写 15000元" in found.message


def test_quotation_marks_within_a_name_become_single() -> None:
    changes = {row(3, "level3"): "“森林防火”宣传费", row(3, "score"): "9"}
    found = next(each for each in problems(changes) if each.code == "C34")
    assert found.message.startswith("“‘森林防火’宣传费”自评 9 分")


def indicators(count: int, copied: int) -> list[Changes]:
    """Return rows of which the first so many have their target as actual."""
    return [
        {
            "level3": f"指标{index}",
            "target": f"≥{index + 10}件",
            "actual": f"{index + 10 + (index >= copied)}件",
            "weight": str(Decimal(90) / count),
            "score": str(Decimal(90) / count),
        }
        for index in range(count)
    ]


@pytest.mark.parametrize(
    ("count", "copied", "flagged"),
    [(10, 10, True), (20, 19, True), (10, 9, False), (5, 5, True), (4, 4, False)],
)
def test_actuals_that_are_nearly_all_the_target(count: int, copied: int, *, flagged: bool) -> None:
    found = review(case(filled(rows=indicators(count, copied))))
    copies = [each for each in found if each.code == "C53"]
    assert bool(copies) is flagged
    if flagged:
        assert copies[0].severity is Severity.WARNING
        assert f"{count} 项指标中有 {copied} 项" in copies[0].message


# -- a project's amounts (C16) -------------------------------------------------------------------


def project(total: str | None, this_year: str | None, *parts: str | Decimal) -> list[Problem]:
    """Return the problems of a project's amounts, as of the form that carries them."""
    data: dict[str, object] = {"composition": [{"amount": part} for part in parts]}
    sources = {}
    for cell, key, amount in (("C5", "amount_total", total), ("E5", "amount_this_year", this_year)):
        sources[f"/{key}"] = Source("项目", cell, amount)
        if amount is not None:
            data[key] = Decimal(amount)
    document = Document("project", "项目", data, sources)
    made = replace(case(filled()), document=document, scores=Scores())
    return [each for each in review(made) if each.code == "C16"]


def test_a_project_total_below_the_amount_of_this_year() -> None:
    (found,) = project("5120000", "5123000", Decimal(5123000))
    assert found.cell == "C5"
    assert found.message.startswith("项目总金额 5120000 小于本年度金额 5123000，相差 3000。")
    assert "below this year's 5123000, a difference of 3000" in found.message_en


def test_a_composition_that_does_not_add_up() -> None:
    (found,) = project("3340000", "3340000", Decimal(3000000), Decimal(300000))
    assert found.cell == "E5"
    assert "项目构成合计 3300000 与本年度金额 3340000 不等，相差 40000" in found.message


@pytest.mark.parametrize(
    ("total", "this_year", "parts"),
    [
        ("5123000", "5123000.00", [Decimal("5123000")]),
        ("9000000", "290000", [Decimal("250000"), Decimal("40000")]),
        ("100", None, [Decimal(5)]),
        (None, "100", []),
        ("100", "100", ["五十", Decimal(50)]),
    ],
)
def test_amounts_of_a_project_that_agree(
    total: str | None, this_year: str | None, parts: Sequence[str | Decimal]
) -> None:
    assert project(total, this_year, *parts) == []


# -- properties ----------------------------------------------------------------------------------


@given(order=st.permutations(range(6)))
def test_the_order_of_the_rows_does_not_matter(order: list[int]) -> None:
    keys = ("level3", "target", "actual", "weight", "score", "reason")
    document = filled({row(2, "score"): "18", row(0, "actual"): "100%"})
    rows = [{key: document.sources[row(index, key)].raw for key in keys} for index in order]
    found = review(case(filled(rows=rows)))
    assert codes(found) == codes(review(case(document)))


CELLS = st.sampled_from(
    ["", "0", "-1", "100%", "9.1", "1E+3", "九分", "999999999999999999", "≥95%", "15万元", "0.819",
     "0.000000000000000001", "2022年6月30日", "健全", "达成", "无", "#DIV/0!", "1:10", "《{}》",
     "3-5个"]
)  # fmt: skip


@given(
    changes=st.dictionaries(
        st.sampled_from(sorted(filled().sources)), st.none() | CELLS, max_size=12
    ),
    profile=st.sampled_from([NATIONAL, HENAN, replace(NATIONAL, system_scores=True)]),
)
def test_whatever_is_typed_has_an_answer(changes: Changes, profile: Profile) -> None:
    for found in problems(changes, profile):
        assert found.message
        assert "None" not in found.message + found.message_en
        assert "Decimal" not in found.message_en

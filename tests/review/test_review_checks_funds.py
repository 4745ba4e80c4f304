"""The fund table, costs and amounts in prose: C13, C14, C17, C18, C20, C21, C23, C24."""

import pytest
from filled_forms import Changes, codes, problems, row
from target_forms import IN_ORDER, ROWS, target_problems

from xlflow.problems import Problem, Severity


def only(found: tuple[Problem, ...], code: str) -> Problem:
    (one,) = [each for each in found if each.code == code]
    return one


def test_a_target_form_filled_in_rightly_raises_nothing() -> None:
    assert target_problems(year=2020) == ()


# -- C13 and C14 ---------------------------------------------------------------------------------


def test_not_more_is_spent_than_the_budget() -> None:
    found = only(problems({"/funds/total/executed": "1200.02"}), "C13")
    assert (found.cell, found.severity) == ("F5", Severity.ERROR)
    assert "执行数 1200.02 超过预算数 1200（E5），多 0.02" in found.message
    assert "C13" not in codes(problems({"/funds/total/executed": "1200.01"}))
    assert "C13" not in codes(problems({"/funds/total/executed": None}))


def test_of_nothing_nothing_is_spent() -> None:
    nothing = {"/funds/total/full_year_budget": "0", "/funds/total/executed": "5"}
    assert only(problems(nothing), "C13").severity is Severity.ERROR
    source = {"/funds/sources/1/full_year_budget": "0", "/funds/sources/1/executed": "5"}
    assert only(problems(source), "C13").severity is Severity.WARNING
    blank = {"/funds/sources/1/full_year_budget": "0", "/funds/sources/1/executed": "0"}
    assert "C13" not in codes(problems(blank))


def test_a_budget_that_changed_much_has_a_reason() -> None:
    changed = {"/funds/total/initial_budget": "900", "/funds/total/reason": None}
    found = only(problems(changed), "C14")
    assert (found.cell, found.severity) == ("E5", Severity.WARNING)
    assert "相差 33.33%，超过 30%" in found.message


@pytest.mark.parametrize(
    "changes",
    [
        {"/funds/total/initial_budget": "900"},  # with its reason
        {"/funds/total/initial_budget": "923.08", "/funds/total/reason": None},  # 29.9996 %
        {"/funds/total/initial_budget": "0", "/funds/total/reason": None},
        {"/funds/total/initial_budget": None, "/funds/total/reason": None},
    ],
)
def test_a_budget_that_may_stand(changes: Changes) -> None:
    assert "C14" not in codes(problems(changes))


# -- C17 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ("1-6月支出40.1万元，完成60%，7-10月支出13.5万，完成80%，11-12支付13.3万元，完成100%。",
         "合计 66.9万元，与本年度金额 40万元（C4）不等，而与上年度金额相同"),
        ("4月份支付15.5万元，进度30%；10月份支付31万元，进度90%；12月份支付5.2万元，进度100%。",
         "（15.5万元、31万元、5.2万元）合计 51.7万元"),
        ("1. 截至6月底支出23万元，支出进度60%； 2. 截至12月底支出38.5万元，支出进度100%。",
         "合计 38.5万元，与本年度金额 40万元"),
        ("4月份支付12万元，进度40%；5月份支付16万元，进度70%；7月份支付12万元，进度100%。",
         "写累计进度 40%，按所写金额 12万元÷40万元 计算应为 30.00%"),
        ("6月支付10万元，12月支付20万元。", "合计 30万元"),
    ],
)  # fmt: skip
def test_a_plan_that_is_not_the_amount(plan: str, says: str) -> None:
    found = only(target_problems({"plan": plan}), "C17")
    assert found.severity is Severity.WARNING
    assert says in found.message


@pytest.mark.parametrize(
    "plan",
    [
        IN_ORDER["plan"],
        "4月支付12万元，进度31%；5月支付16万元，进度69%；7月支付12万元，进度100%。",  # 1 pp
        "4月支付12万元，30%；5月支付16万元，40%；7月支付12万元，30%。",  # each its own share
        "截至6月底支出24万元，支出进度60%；截至12月底支出40万元，支出进度100%。",
        "6月支付10万元，12月支付30万元。",
        "6月支付10万元，9月支付10万元，余款验收后付清。",
        "每月支付3万元，12月支付7万元。",
        "招标后首付10万元。",
        "2020年预计缴纳1500万元。",
        "完成设备更新。",
    ],
)
def test_a_plan_that_may_stand(plan: str) -> None:
    assert "C17" not in codes(target_problems({"plan": plan}))


# -- C18, C23, C24 -------------------------------------------------------------------------------


def test_listed_parts_are_the_amount() -> None:
    short = only(target_problems({"overview": "（1）苗木20万元；（2）人工15万元。"}), "C18")
    assert "（20万元、15万元）合计 35万元，与项目金额 40万元 不等，相差 5万元" in short.message
    for right in (
        "（1）苗木25万元；（2）人工15万元。",
        "合同35万元：（1）苗木20万元；（2）人工15万元。",
        "（1）苗木20万元；（2）人工。",
        "其中苗木20万元，人工15万元。",
    ):
        assert "C18" not in codes(target_problems({"overview": right}))


@pytest.mark.parametrize(
    ("goal", "severity"),
    [
        ("本年度金额为45万元。", Severity.ERROR),
        ("项目总金额4.00万元。", Severity.ERROR),
        ("工程总概算230014万元，分三年实施。", Severity.WARNING),
    ],
)
def test_a_text_that_gives_another_amount(goal: str, severity: Severity) -> None:
    found = only(target_problems({"annual_goal": goal}), "C23")
    assert found.severity is severity
    assert "400000" in found.message


@pytest.mark.parametrize(
    "goal",
    [
        "本年度金额40万元。",
        "本年度金额为400,000.00元。",
        "累计投入资金90万元。",
        "总投资40万元。",
        "其中A标段总投资20万元。",
    ],
)
def test_a_text_that_gives_the_same_amount_or_another_matter(goal: str) -> None:
    assert "C23" not in codes(target_problems({"annual_goal": goal}))


def test_the_amounts_of_a_department_in_ten_thousands() -> None:
    right = {"/annual_objective/actual": "全年预算数1200万元，全年执行数10800000.00元。"}
    assert "C23" not in codes(problems(right))
    wrong = {"/annual_objective/actual": "全年预算数1200元。"}
    assert "C23" in codes(problems(wrong))


def test_the_parts_of_an_investment() -> None:
    parts = "可研批复总投资13526.06万元，其中工程费11668.67万元、其他费{}万元、预备费644.10万元。"
    right, wrong = parts.format("1213.29"), parts.format("1213.92")
    amount = {"amount_total": "135260600"}
    assert target_problems({**amount, "overview": right}) == ()
    found = only(target_problems({**amount, "overview": wrong}), "C24")
    assert found.severity is Severity.NOTE
    assert "相差 0.63万元" in found.message


# -- C20 and C21 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "severity", "says"),
    [
        ("≥40万元", Severity.WARNING, "花得越多"),
        ("≤40.01万元", Severity.WARNING, "超过预算（40万元）"),
        ("40万元", Severity.NOTE, "没有写“≤”"),
    ],
)
def test_a_cost_without_a_ceiling(target: str, severity: Severity, says: str) -> None:
    rows = (ROWS[0], {**ROWS[1], "target": target}, *ROWS[2:])
    found = only(target_problems(rows=rows), "C20")
    assert (found.cell, found.severity) == ("E31", severity)
    assert says in found.message


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("项目总成本", "≤40万元"),
        ("项目总成本", "=40万元"),
        ("节约成本", "≥5万元"),
        ("成本控制率", "≥95%"),
        ("项目总成本", "不超预算"),
        ("木材销售收入", "≥100万元"),
    ],
)
def test_a_cost_that_may_stand(name: str, target: str) -> None:
    level2 = "成本" if "成本" in name else "数量"
    rows = (ROWS[0], {**ROWS[1], "level2": level2, "level3": name, "target": target}, *ROWS[2:])
    assert "C20" not in codes(target_problems(rows=rows))


def test_the_whole_cost_is_what_was_spent() -> None:
    cost = {row(3, "level3"): "项目总成本", row(3, "target"): "≤1200万元"}
    found = only(problems({**cost, row(3, "actual"): "1100万元"}), "C21")
    assert "填 1100万元，资金表的执行数是 1080（F5）" in found.message
    for right in ("1080万元", "1080", "1080.00万元", "10800000元"):
        assert "C21" not in codes(problems({**cost, row(3, "actual"): right}))
    part = {**cost, row(3, "level3"): "造林项目成本", row(3, "actual"): "430万元"}
    assert "C21" not in codes(problems(part))

"""Checks over all forms that count."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from xlflow.demo.seeds import project_targets
from xlflow.forms import load_form
from xlflow.problems import Severity
from xlflow.review import Expected, Filed, Noticed, look_across, looked_at
from xlflow.scoring import load_profile

TARGET, ACCOUNT = load_form("project_target"), load_form("project_self_evaluation")
WHOLE = load_form("overall_self_evaluation")
PROFILE = load_profile("henan-2022")
GOAL = (
    "完成中心城区地下管线普查与数据入库，建立动态更新机制，保证管线信息准确完整，"
    "为城市规划建设和应急抢险提供依据，用户满意度达到百分之九十以上。"
)


Form = tuple[Filed, Mapping[str, Any]]


def filed(number: int, data: Mapping[str, Any], **more: Any) -> Form:
    said: dict[str, Any] = {
        "form": TARGET,
        "unit": "教育局",
        "unit_code": "039001",
        "project": f"项目{number}",
        "score": None,
        **more,
    }
    looked = looked_at(data, of_project=said["project"] is not None)
    return Filed(number, profile=PROFILE, year=2020, round=None, looked=looked, **said), data


def look(forms: Sequence[Form], lines: Sequence[Expected] = ()) -> tuple[Noticed, ...]:
    said = {form.number: data for form, data in forms}
    return look_across([form for form, _ in forms], lines, said.__getitem__)


def expected(unit: str, project: str | None, *, came: bool, listed: bool = True) -> Expected:
    return Expected("project_target", 2020, None, unit, None, project, listed, came)


def codes(noticed: Any) -> list[str]:
    return [each.code for each in noticed if each.severity is not Severity.NOTE]


def test_of_the_seeds_one_pair_is_nearly_the_same() -> None:
    forms = [filed(n, data, project=data["project"]) for n, data in enumerate(project_targets())]
    (noticed,) = look(forms)
    assert (noticed.code, noticed.severity) == ("C64", Severity.WARNING)
    assert (noticed.project, forms[noticed.other or 0][0].project) == (
        "中院地面下沉治理",
        "办公区消防及污水管道系统改造",
    )
    assert "绩效指标 98%" in noticed.message


def test_a_goal_copied_with_a_word_changed_is_found_and_one_of_its_own_is_not() -> None:
    own = "维修教学楼屋面三处，更换门窗一百二十樘，改善办学条件，消除安全隐患，学生家长满意。"
    forms = [
        filed(1, {"annual_goal": GOAL}),
        filed(2, {"annual_goal": GOAL.replace("普查", "调查")}),
        filed(3, {"annual_goal": own}),
    ]
    (noticed,) = look(forms)
    assert (noticed.number, noticed.other) == (2, 1)
    assert "年度绩效目标 99%" in noticed.message


def test_one_project_may_say_the_same_wherever_it_is_carried_out() -> None:
    forms = [
        filed(1, {"annual_goal": GOAL}, project="管线普查"),
        filed(2, {"annual_goal": GOAL}, project="管线普查", unit="规划局", unit_code="1"),
    ]
    assert look(forms) == ()


def test_ten_thousand_copies_are_compared_with_few_and_listed_once_each() -> None:
    forms = [filed(n, {"annual_goal": f"{GOAL}（{n}）"}) for n in range(10_000)]
    said = {form.number: data for form, data in forms}
    read = list[int]()

    def reading(number: int) -> Mapping[str, Any]:
        read.append(number)
        return said[number]

    noticed = look_across([form for form, _ in forms], (), reading)
    assert len(noticed) == 9_999
    assert 0 < len(read) < 8 * len(forms)  # each with three at most, and not with all


def test_who_has_not_sent_is_named() -> None:
    lines = [expected("甲局", None, came=True), expected("乙局", None, came=False)]
    (noticed,) = look((), lines)
    assert noticed.code == "C80"
    assert "应报 2 份，还有 1 份没有收到：乙局" in noticed.message


def test_a_unit_with_a_project_too_many_is_told() -> None:
    lines = [
        expected("甲局", "一", came=True),
        expected("甲局", "二", came=True, listed=False),
        expected("乙局", "一", came=True),
    ]
    (noticed,) = look((), lines)
    assert (noticed.code, noticed.unit) == ("C81", "甲局")
    assert "名册上有 1 个项目，收到 2 份（名册上没有的：二）" in noticed.message


def whole(stated: str | None) -> Form:
    sources = [{"name": "项目支出", "full_year_budget": Decimal(stated)}] if stated else []
    return filed(9, {"funds": {"sources": sources}}, form=WHOLE, project=None)


def part(number: int, budget: str, score: str = "90") -> Form:
    data = {"funds": {"total": {"full_year_budget": Decimal(budget)}}}
    return filed(number, data, form=ACCOUNT, score=Decimal(score))


def test_budgets_of_projects_add_up_to_the_department_s() -> None:
    parts = [part(1, "10.5"), part(2, "20")]
    assert look([whole("30.50"), *parts]) == ()
    noticed = look([whole("40"), *parts])
    assert codes(noticed) == ["C82"]
    assert "合计 30.5，部门整体表中的项目支出是 40，相差 9.5" in noticed[0].message
    # What can not be looked at is said, once something is.
    assert [each.code for each in noticed[1:]] == ["C83", "C84"]


def test_a_department_that_does_not_state_its_projects_is_said_to_be_unchecked() -> None:
    parts = [part(number, "1", "99.5") for number in range(3)]
    noticed = look([whole(None), *parts])
    assert codes(noticed) == ["C85"]
    assert "1 份部门整体表没有写项目支出" in noticed[1].message


def test_scores_all_nearly_full_or_all_the_same_are_flagged() -> None:
    (noticed,) = look([part(1, "1", "99"), part(2, "1", "100"), part(3, "1", "99.5")])
    assert (noticed.code, noticed.number) == ("C85", None)
    assert "3 份自评得分全部不低于 99 分" in noticed.message
    (noticed,) = look([part(n, "1", "95") for n in range(3)])
    assert "全部是 95 分" in noticed.message
    assert look([part(1, "1", "95"), part(2, "1", "95")]) == ()
    assert look([part(1, "1", "95"), part(2, "1", "99"), part(3, "1", "99")]) == ()

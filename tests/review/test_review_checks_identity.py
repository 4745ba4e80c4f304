"""The year, the dimensions, placeholders and texts that break off: C03, C05, C06, C07, C31, C32."""

from dataclasses import replace
from decimal import Decimal

import pytest
from filled_forms import NATIONAL, Changes, case, codes, filled, problems, row
from target_forms import ROWS, target_problems

from xlflow.problems import Place, Problem, Severity, problem
from xlflow.review import review


def with_year(year: int | None, changes: Changes | None = None) -> list[Problem]:
    found = review(replace(case(filled(changes)), year=year))
    return [each for each in found if each.code == "C03"]


# -- C03 -----------------------------------------------------------------------------------------


def test_the_year_is_the_exercises() -> None:
    assert with_year(2022) == []
    (found,) = with_year(2023)
    assert (found.cell, found.severity) == ("B3", Severity.ERROR)
    assert "表上的年度是 2022，本次填报的是 2023 年度" in found.message


def test_a_year_that_is_not_printed_is_an_error_and_a_question_where_the_exercise_says_it() -> None:
    (unknown,) = with_year(None, {"/year": None})
    (known,) = with_year(2022, {"/year": None})
    assert (unknown.severity, known.severity) == (Severity.ERROR, Severity.WARNING)
    assert "没有写明是哪一年度" in unknown.message
    assert "暂按本次填报的 2022 年度" in known.message
    assert "C01" not in codes(problems({"/year": None}))


def test_a_year_that_was_not_found_is_told_once() -> None:
    document = filled({"/year": None})
    lost = replace(document, sources={k: v for k, v in document.sources.items() if k != "/year"})
    missing = problem("R02", Place("/year"), label="年度")
    assert codes(review(case(lost), [missing])) == ["C03"]


def test_what_stands_for_the_year_and_is_none_is_s01() -> None:
    assert codes(problems({"/year": "二零二二"})) == ["S01"]


def test_a_target_form_need_not_print_its_year() -> None:
    assert target_problems({"year": ""}) == ()


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("2019年支出计划说明，计划3月份组织招投标。", "2019年支出计划"),
        ("2020年度预计签订合同600亿元，2017年预算需缴纳印花税1500万元。", "2017年预算需"),
    ],
)
def test_a_plan_headed_by_a_year_gone_by(plan: str, words: str) -> None:
    (found,) = target_problems({"plan": plan})
    assert (found.code, found.severity) == ("C03", Severity.WARNING)
    assert words in found.message


@pytest.mark.parametrize(
    "plan",
    [
        "2020年支出计划说明，计划3月份组织招投标。",
        "完成2021年度国土变更调查；编制2018-2020年规划。",
        "按《关于做好2019年预算绩效工作的通知》（财预〔2019〕12号）执行。",
        "2014年7月创刊，较2019年预算安排增加5%。",
        "2019年支出计划已完成，2020年支出计划按季度执行。",
        "2021年预算安排另行申报。",
    ],
)
def test_other_years_are_legitimate(plan: str) -> None:
    assert target_problems({"plan": plan}) == ()


# -- C05 -----------------------------------------------------------------------------------------


def levels(*names: str) -> tuple[dict[str, str], ...]:
    return tuple({**ROWS[0], "level1": name, "level3": f"指标{name}"} for name in names)


@pytest.mark.parametrize(
    "tree",
    [
        ("投入", "过程", "产出", "效果", "满意度"),
        ("投入与目标管理", "产出目标", "效果目标", "影响力目标"),
        ("产出指标", "效益指标", "满意度指标"),
        ("产出与效果", "服务对象满意度"),
        ("成本指标", "产出指标", "效益指标", "满意度指标"),
        ("决策", "履职效能", "管理效率"),
        (),
    ],
)
def test_trees_with_all_dimensions_and_trees_of_their_own(tree: tuple[str, ...]) -> None:
    rows = levels(*tree) or ({"level3": "造林面积", "target": "≥4000亩"},)
    assert "C05" not in codes(target_problems(rows=rows))


@pytest.mark.parametrize(
    ("tree", "missing", "severity"),
    [
        (("投入与目标管理",), "产出、效益、满意度", Severity.ERROR),
        (("产出指标", "满意度指标"), "没有效益类", Severity.WARNING),
        (("效益指标", "满意度指标"), "没有产出类", Severity.ERROR),
        (("产出指标", "效益指标"), "没有满意度类", Severity.WARNING),
    ],
)
def test_a_dimension_is_missing(tree: tuple[str, ...], missing: str, severity: Severity) -> None:
    (found,) = [each for each in target_problems(rows=levels(*tree)) if each.code == "C05"]
    assert missing in found.message
    assert (found.cell, found.severity) == ("B30", severity)


def test_who_reports_on_targets_is_asked_only() -> None:
    changes = {row(index, "level1"): "产出指标" for index in range(5)}
    (found,) = [each for each in problems(changes) if each.code == "C05"]
    assert found.severity is Severity.WARNING


def test_cost_is_asked_where_every_set_of_weights_has_it() -> None:
    with_cost = {
        "成本": Decimal(20),
        "产出": Decimal(40),
        "效益": Decimal(20),
        "满意度": Decimal(10),
    }
    without = {"产出": Decimal(50), "效益": Decimal(30), "满意度": Decimal(10)}
    rows = levels("产出指标", "效益指标", "满意度指标")
    strict = replace(NATIONAL, level_weights=(with_cost,))
    either = replace(NATIONAL, level_weights=(with_cost, without))
    (found,) = target_problems(rows=rows, profile=strict)
    assert "没有成本类" in found.message
    assert target_problems(rows=rows, profile=either) == ()


# -- C06 and C07 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "cell", "words"),
    [
        ({"/annual_tasks/0/actual": "完成XXX工程"}, "L20", "XXX"),
        ({"/annual_objective/actual": "请填写实际完成情况"}, "L3", "请填写"),
        ({row(2, "reason"): "***"}, "J32", "***"),
        ({row(4, "reason"): "示例：因雨推迟"}, "J34", "示例："),
        ({row(1, "target"): "≥亩"}, "O31", "≥亩"),
        ({row(1, "level3"): "____面积"}, "N31", "____"),
    ],
)
def test_a_placeholder_is_left(changes: Changes, cell: str, words: str) -> None:
    (found,) = [each for each in problems(changes) if each.code == "C06"]
    assert (found.cell, found.severity) == (cell, Severity.ERROR)
    assert words in found.message


@pytest.mark.parametrize(
    "actual",
    ["采购XXL号工作服30套", "示例林场造林4000亩", "长×宽为3×4米", "建成示范点1个，例如城东林场"],
)
def test_no_placeholder(actual: str) -> None:
    assert "C06" not in codes(problems({"/annual_tasks/0/actual": actual}))


_LONG = "为了保证林场正常运转，全年组织巡护、抚育和宣传，" * 20


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        (_LONG[:299] + "数", True),
        (_LONG[:298] + "数", False),
        (_LONG[:299] + "。", False),
        (_LONG[:254] + "数", True),  # as long as a field of 255
        (_LONG[:99] + "的", True),
        (_LONG[:98] + "的", False),
        (_LONG[:310] + "\n资金性质：财政补助", False),
        ("\n".join(["完成造林四千亩并通过验收"] * 30), False),
        (_LONG[:300] + "满意度95%", False),
    ],
)
def test_a_text_that_breaks_off(text: str, cut: bool) -> None:
    assert ("C07" in codes(target_problems({"overview": text}))) is cut


# -- C31 and C32 ---------------------------------------------------------------------------------

SPLIT = {row(index, "level1"): "产出指标（70分）" for index in range(5)} | {
    row(5, "level1"): "满意度（20分）"
}


def test_parts_add_up_to_the_printed_weight_of_their_level() -> None:
    assert "C31" not in codes(problems(SPLIT))
    changes = {**SPLIT, **{row(index, "level1"): "产出指标（60分）" for index in range(5)}}
    (found,) = [each for each in problems(changes) if each.code == "C31"]
    assert "“产出指标（60分）”标明 60 分，下面各项指标分值合计 70 分" in found.message


def test_level_weights_are_one_of_the_permitted_sets() -> None:
    tree = {row(index, "level1"): "产出指标" for index in range(5)} | {row(5, "level1"): "满意度"}
    permitted = {"产出": Decimal(70), "效益": Decimal(0), "满意度": Decimal(20)}
    other = {"产出": Decimal(50), "效益": Decimal(30), "满意度": Decimal(10)}
    good = replace(NATIONAL, level_weights=(other, permitted))
    bad = replace(NATIONAL, level_weights=(other,))
    assert "C32" not in codes(problems(tree)) + codes(problems(tree, good))
    assert "C32" not in codes(problems({**tree, row(5, "level1"): "社会评价"}, bad))
    (found,) = [each for each in problems(tree, bad) if each.code == "C32"]
    assert "产出70、满意度20，规则要求的是：产出50、效益30、满意度10" in found.message

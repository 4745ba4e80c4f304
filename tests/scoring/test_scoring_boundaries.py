"""The edges of scoring, each decided on purpose, and said in the sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scored_documents import document, funds, indicator

from xlflow.scoring import Profile, Verdict, judge, load_profile, score_document
from xlflow.scoring.rules import Choice
from xlflow.scoring.verdict import judge_execution
from xlflow.values import parse_target

NATIONAL = load_profile("national-2020")
TEN = Decimal(10)


FLOOR = replace(NATIONAL, at_least=Choice("Q6", {"mark": Decimal(60)}))
ALL_OR_NOTHING = replace(NATIONAL, at_most=Choice("Q9"))
YUEYANG = load_profile("hunan-yueyang")


def row(target: str, actual: str, profile: Profile = NATIONAL, name: str = "") -> Verdict:
    return judge(parse_target(target), parse_target(actual), TEN, profile, name=name)


@pytest.mark.parametrize(
    ("target", "actual", "profile", "points", "says"),
    [
        # exactly on a mark
        ("≥100%", "60%", FLOOR, "0.00", "完成率60%及以下不得分"),
        ("≥100%", "60.01%", FLOOR, "0.00", "10×(60.01%÷100%-60%)÷(100%-60%)＝0.00分"),
        ("≥100%", "80%", FLOOR, "5.00", "10×(80%÷100%-60%)÷(100%-60%)＝5.00分"),
        ("≥100%", "90%", FLOOR, "7.50", "＝7.50分，扣2.50分"),
        ("≥100%", "100%", FLOOR, "10.00", "达到目标"),
        # T = 0
        ("≥0件", "0件", NATIONAL, "10.00", "达到目标，偏差度0.00%" ),
        ("≥0件", "5件", NATIONAL, "10.00", "达到目标"),
        ("=0起", "0起", NATIONAL, "10.00", "达到目标"),
        ("=0起", "1起", NATIONAL, "0.00", "高于目标1起，目标为0，不计算偏差度"),
        ("≤0起", "1起", NATIONAL, "0.00", "得0.00分，扣10.00分"),
        # A < 0
        ("≥10件", "-3件", NATIONAL, "0.00", "得0.00分，扣10.00分"),
        ("≤10件", "-3件", NATIONAL, "10.00", "达到目标"),
        # strict
        (">36项", "36项", NATIONAL, "10.00", "与目标值相等，未越过目标值"),
        ("<36项", "36项", NATIONAL, "10.00", "与目标值相等，未越过目标值"),
        ("<36项", "36项", ALL_OR_NOTHING, "0.00", "与目标值相等，未越过目标值"),
    ],
)  # fmt: skip
def test_rows(target: str, actual: str, profile: Profile, points: str, says: str) -> None:
    verdict = row(target, actual, profile)
    assert verdict.points is not None
    assert f"{verdict.points:.2f}" == points
    assert says in verdict.explanation.zh


@pytest.mark.parametrize(
    ("executed", "rule", "over", "points", "says"),
    [
        ("0", Choice("X1", {"full_at": Decimal(100)}), "capped", "0.00", "执行率0.00%"),
        ("-5", Choice("X1", {"full_at": Decimal(100)}), "capped", "0.00", "执行率-5.00%"),
        ("60", Choice("X4"), "capped", "5.00", "60.00%在60%（含）至80%（不含）之间，得5.00分"),
        ("59.99", Choice("X4"), "capped", "0.00", "59.99%在0%（含）至60%（不含）之间，得0.00分"),
        ("80", Choice("X4"), "capped", "7.00", "得7.00分，扣3.00分"),
        ("100", Choice("X4"), "capped", "10.00", "不低于100%，得满分10.00分"),
        ("59.999", Choice("X4"), "capped", "0.00", "执行率59.999%"),
        ("90", Choice("X2", {"full_at": Decimal(90)}), "capped", "10.00", "达到目标"),
        ("60", Choice("X5", {"zero_below": Decimal(60)}), "zero", "6.00", "60%以下不得分"),
        ("120", Choice("X1", {"full_at": Decimal(100)}), "capped", "10.00", "得满分10.00分"),
        ("120", Choice("X1", {"full_at": Decimal(100)}), "zero", "0.00", "执行数超过预算数"),
        ("120", Choice("X1", {"full_at": Decimal(100)}), "undecided", None, "没有规定如何计分"),
    ],
)
def test_execution(executed: str, rule: Choice, over: str, points: str | None, says: str) -> None:
    profile = replace(NATIONAL, execution=rule, over_budget=over)
    verdict = judge_execution(Decimal(100), Decimal(executed), TEN, profile)
    assert (None if verdict.points is None else f"{verdict.points:.2f}") == points
    assert says in verdict.explanation.zh


def test_execution_against_the_initial_budget() -> None:
    cells = {**funds("1200", "1080"), "initial_budget": "2160"}
    profile = replace(NATIONAL, execution=Choice("X8"))
    (score,) = score_document(document([], cells), profile).rows
    assert score.computed is None  # the example reads the initial budget as text
    assert "年初预算数未填" in score.explanation
    said = judge_execution(Decimal(2160), Decimal(1080), TEN, profile).explanation.zh
    assert said.startswith("年初预算数2160，全年执行数1080，执行率50.00%")


@pytest.mark.parametrize(
    ("cells", "total", "says"),
    [
        (indicator("≥20件", None), "10.00", "实际完成值未填，未测算，暂按自评得分计入。"),
        (indicator("≥20件", None, score="12"), "10.00", "自评得分12高于分值，按分值10分计入。"),
        (indicator("≥20件", None, score="-2"), "0.00", "自评得分-2是负数，按0分计入。"),
        (indicator("≥20件", "20件", score="12"), "10.00", "得满分10.00分。"),
        (
            indicator("≥20件", "10件", weight="0", score="0"),
            "0.00",
            "0×10件÷20件＝0.00分，扣0.00分",
        ),
        (indicator("≥20件", "20件", weight="0", score="0"), "0.00", "得满分0.00分"),
        (indicator("≥20件", "20件", weight="-5", score="4"), "4.00", "分值-5是负数"),
    ],
)
def test_weights_and_claims(cells: dict[str, str | None], total: str, says: str) -> None:
    scores = score_document(document([cells]), NATIONAL)
    assert f"{scores.total:.2f}" == total
    assert says in scores.rows[0].explanation


@pytest.mark.parametrize(
    ("name", "target", "actual", "weight", "points", "says"),
    [
        ("重点支出安排率", "≥90%", "84%", "5", "4.00", "84%在80%（含）至90%（不含）之间，得4.00分"),
        ("重点支出安排率（%）", "≥90%", "84", "5", "4.00", "得4.00分，扣1.00分"),
        ("重点支出安排率", "按比例", "90%", "5", "5.00", "90%不低于90%，得满分5.00分"),
        ("重点支出安排率", "≥90%", "0.84", "5", None, "没有写百分号"),
        ("重点支出安排率", "≥90%", "84%", "4", None, "分档表最高5分，与分值4不同"),
        ("预算调整率", "=0", "0%", "3", "3.00", "0%不高于0%，得满分3.00分"),
        ("预算调整率", "=0", "12%", "3", "1.00", "12%在10%（不含）至20%（含）之间"),
        ("预算调整率", "=0", "31%", "3", "0.00", "31%高于30%，得0.00分，扣3.00分"),
        ("预算调整率", "=0", "-5%", "3", None, "是负数"),
        ("“三公经费”控制率", "≤100%", "103%", "6", "3.00", "6-1×(103-100)＝3.00分，扣3.00分"),
        ("在职人员控制率", "≤100%", "103%", "5", "3.50", "5-0.5×(103-100)＝3.50分"),
        ("在职人员控制率", "≤100%", "103.5%", "5", None, "不足一个百分点如何扣分"),
        ("三公经费变动率", "≤0", "-20%", "8", "8.00", "得满分8.00分"),
    ],
)
def test_rules_of_yueyang(
    name: str, target: str, actual: str, weight: str, *, points: str | None, says: str
) -> None:
    pair = parse_target(target), parse_target(actual)
    verdict = judge(*pair, Decimal(weight), YUEYANG, name=name)
    assert (None if verdict.points is None else f"{verdict.points:.2f}") == points
    assert says in verdict.explanation.zh


def test_a_rule_that_does_not_fit_the_sign_gives_nothing() -> None:
    profile = replace(NATIONAL, by_name={"办结率": Choice("Q1")})
    assert "不适用于目标“≤90%”" in row("≤90%", "80%", profile, "办结率").explanation.zh


def test_the_rows_of_suining() -> None:
    rows = [
        {**indicator("≥10件", done), "level2": "数量指标", "level3": f"指标{n}"}
        for n, done in enumerate(["10件", "13件", "14件", "9件"])
    ]
    parent = {**indicator("按项数", None), "level2": "目标实现", "level3": "目标实现"}
    suining = load_profile("sichuan-suining")
    *_, score = score_document(document([*rows, parent]), suining).rows
    assert (score.computed, score.rule) == (Decimal("5.00"), "Q5")
    assert score.explanation == (
        "“数量指标”共4项，实际为指标值100%至130%的2项；"
        "按“实际为目标的100%至130%得满分，否则不得分”计分：10×2÷4＝5.00分，扣5.00分。"
    )
    rows[0]["actual"] = None
    *_, score = score_document(document([*rows, parent]), suining).rows
    assert "“指标0”不能确定是否实现" in score.explanation


def test_guangxi_takes_points_off_and_asks_for_a_description() -> None:
    guangxi = load_profile("guangxi")
    doc = document([indicator("≥20件", "18件")])
    doc.data["indicators"][0]["deduction"] = Decimal(2)
    (score,) = score_document(doc, guangxi).rows
    assert score.computed == Decimal("7.00")
    assert score.explanation.endswith("扣减2分，9.00-2＝7.00分，扣2.00分。")
    assert "没有写完成情况简要描述" in row("健全", "达成", guangxi).explanation.zh
    assert "8分（含）至10分（含）" in row("健全", "达成：印发制度3项", guangxi).explanation.zh
    assert "6分（含）至8分（不含）" in row("健全", "部分达成，缺1项", guangxi).explanation.zh


def test_tianjin_adds_up_by_goals() -> None:
    doc = document([indicator("=6期", "6期", "90"), indicator("=6期", "6期", "80")])
    for each, share in zip(doc.data["indicators"], (60, 40), strict=True):
        each["goal_share"] = Decimal(share)
    assert score_document(doc, load_profile("tianjin")).total == Decimal("86.00")


@pytest.mark.parametrize(
    ("done", "points", "says"),
    [
        ("2022年6月30日", "10.00", "按期完成"),
        ("2022年7月1日", "9.00", "逾期1个月（不足一个月的按一个月计），10-1×1＝9.00分"),
        ("2022年8月15日", "8.00", "10-1×2＝8.00分，扣2.00分"),
        ("2024年6月30日", "0.00", "得0.00分，扣10.00分"),
    ],
)
def test_late_by_the_month(done: str, points: str, says: str) -> None:
    late = Choice("D2", {"per": "month", "points": Decimal(1)})
    verdict = row("2022年6月30日前", done, replace(NATIONAL, late=late))
    assert f"{verdict.points:.2f}" == points
    assert says in verdict.explanation.zh


@given(order=st.permutations(range(6)))
def test_points_do_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    cells = [
        indicator("≥20件", "18件"), indicator("≤30天", "36天"), indicator("健全", "达成"),
        indicator("3-5个", "6个"), indicator("2022年6月底前", "2022年6月1日"), indicator(None, "1"),
    ]  # fmt: skip
    straight = score_document(document(cells), NATIONAL)
    mixed = score_document(document([cells[n] for n in order]), NATIONAL)
    assert [mixed.rows[order.index(n)].exact for n in range(6)] == [r.exact for r in straight.rows]
    assert (mixed.total, mixed.grade) == (straight.total, straight.grade)

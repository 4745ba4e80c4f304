"""What pairs of written target and actual are worth, and where none is certain."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from xlflow.scoring import Profile, Verdict, judge, load_profile
from xlflow.scoring.rules import Choice
from xlflow.values import parse_target

NATIONAL = load_profile("national-2020")
HENAN = load_profile("henan-2022")
STRICT = replace(NATIONAL, at_most=Choice("Q9"), equal=Choice("Q11"), late=Choice("D1"))


def row(target: str, actual: str, profile: Profile = NATIONAL, name: str = "") -> Verdict:
    """Return what a row of 10 points is worth, told as its cells read."""
    target_read, actual_read = parse_target(target, year=2022), parse_target(actual, year=2022)
    return judge(target_read, actual_read, Decimal(10), profile, name=name)


@pytest.mark.parametrize(
    ("target", "actual", "points", "deviation", "says"),
    [
        ("≥20件", "18件", "9.00", "-10.00", "低于目标2件，偏差度-10.00%；"),
        ("≥95%", "100%", "10.00", "0.00", "达到目标，偏差度0.00%；"),
        ("≤30天", "36天", "8.33", "20.00", "高于目标6天，偏差度20.00%；"),
        ("≥95%", "90%", "9.47", "-5.26", "低于目标5.00个百分点"),
        ("100%", "99.999%", "10.00", "0.00", "低于目标0.001个百分点"),
        ("3-5个", "6个", "8.33", "20.00", "10×5个÷6个＝8.33分"),
        ("3-5个", "2个", "6.67", "-33.33", "10×2个÷3个＝6.67分"),
        ("≥50个", "50", "10.00", "0.00", "目标≥50个，实际50，达到目标"),
        ("≥100百分比", "100", "10.00", "0.00", "达到目标"),
        ("0起", "0起", "10.00", "0.00", "达到目标"),
        ("0起", "3起", "0.00", None, "高于目标3起，目标为0，不计算偏差度；"),
        ("≤0起", "1起", "0.00", None, "得0.00分，扣10.00分"),
        ("≥10件", "-3件", "0.00", "-130.00", "得0.00分，扣10.00分"),
        # 36 is not more than 36; in proportion that is full marks, but it is not called met.
        (">36项", "36项", "10.00", "0.00", "与目标值相等，未越过目标值"),
        ("≥20万本", "200000本", "10.00", "0.00", "达到目标"),
        ("≤10‰", "1%", "10.00", "0.00", "达到目标"),
        ("4公顷", "50亩", "8.33", "-16.67", "实际50亩（按3.333333333公顷）"),
        ("每年2次", "1次", "5.00", "-50.00", "10×1次÷2次＝5.00分"),
        ("下降≥3%", "下降2%", "6.67", "-33.33", "离目标还差1.00个百分点"),
        ("下降≥3%", "增长2%", "0.00", "-166.67", "离目标还差5.00个百分点"),
        ("下降≥3%", "下降5%", "10.00", "0.00", "达到目标"),
        ("1:10", "1:12", "8.33", "-16.67", "10×0.0833333333÷0.1＝8.33分"),
    ],
)
def test_numbers(target: str, actual: str, points: str, deviation: str | None, says: str) -> None:
    verdict = row(target, actual)
    assert verdict.points is not None
    assert f"{verdict.points:.2f}" == points
    assert verdict.deviation == (None if deviation is None else Decimal(deviation))
    assert says in verdict.explanation.zh
    assert verdict.explanation.en


@pytest.mark.parametrize(
    ("target", "actual", "points"),
    [
        ("≤90万元", "90", "10.00"),
        ("≤90万元", "95", "9.47"),
        ("≥430万元", "430", "10.00"),
        ("≤90万元", "900000", "10.00"),
        ("≤90万元", "95万", "9.47"),
        ("十万元", "9", "9.00"),
        ("5-10万元", "7", "10.00"),
        ("≤90万元", "0", "10.00"),
        ("≥20万", "21", "10.00"),
    ],
)
def test_a_bare_actual_is_read_in_the_scale_of_its_target(
    target: str, actual: str, points: str
) -> None:
    assert f"{row(target, actual).points:.2f}" == points


@pytest.mark.parametrize(
    ("name", "target", "actual", "points"),
    [
        ("群众满意度", "≥80", "85%", "10.00"),
        ("群众满意度（%）", "≥80", "72%", "9.00"),
        ("办结率", "=100", "100%", "10.00"),
        ("办结率", "≥95%", "97", "10.00"),
        ("培训期数", "=6", "50%", None),
        ("道路长度", "≥5", "100%", None),
    ],
)
def test_a_missing_per_cent_sign_is_supplied_where_the_name_is_a_rate(
    name: str, target: str, actual: str, points: str | None
) -> None:
    verdict = row(target, actual, name=name)
    assert (verdict.points and f"{verdict.points:.2f}") == points


@pytest.mark.parametrize(
    ("target", "actual", "why"),
    [
        ("≥95%", "0.97", "“0.97”没有写百分号，不能确定是0.97%还是97%"),
        ("≥2个", "2件", "单位不同"),
        ("每年2次", "每季度1次", "单位不同"),
        ("每季度1次", "4次", "单位不同"),
        ("1:10", "8%", "单位不同"),
        ("1:10", "12", "单位不同"),
        ("≤90万元", "0.0005", "不能确定另一个的位数"),
        ("≥95%", "≥95%", "写成了范围"),
        ("≥20件", "3-5件", "写成了范围"),
        ("≥20件", "已完成", "不是数值"),
        ("≥20件", "2022年6月30日", "不是数值"),
        ("≥20件", "不适用", "读不出完成情况"),
        ("≥20件", "#DIV/0!", "读不出完成情况"),
        ("≥件", "20件", "读不出可比较的目标"),
        ("-30%", "-35%", "负数目标如何按比例计分没有规定"),
        ("±5%", "-7%", "负数目标如何按比例计分没有规定"),
        ("下降3%", "下降2%", "负数目标如何按比例计分没有规定"),
        ("下降≥3%", "3.5%", "不能确定是升是降"),
        ("≥1000人", "近1000人", "写成了范围"),
        ("≤100万", "99.5元", "不能确定另一个的位数"),
        ("健全", "健全", "没有说明达成档次"),
        ("健全", "95%", "没有规定百分比属于哪一档"),
        ("健全", "达成预期指标", "该档为8分（含）至10分（含）"),
        ("健全", "部分达成。", "该档为6分（含）至8分（不含）"),
        ("健全", "未 达 成", "该档为0分（含）至6分（不含）"),
        ("2022年底", "100%", "而不是完成日期"),
        ("2022年底", "已完成", "读不出日期"),
        ("2022年6月15日前", "2022年6月", "没有写到日"),
        ("2022年6月15日前", "2022年8月1日", "没有规定逾期如何扣分"),
    ],
)
def test_what_is_not_certain_has_no_points_and_says_why(target: str, actual: str, why: str) -> None:
    verdict = row(target, actual)
    assert (verdict.points, verdict.deviation, verdict.rule) == (None, None, None)
    assert why in verdict.explanation.zh
    assert verdict.explanation.zh.endswith("未测算，暂按自评得分计入。")
    assert verdict.explanation.en.endswith("undecided, counted as claimed.")


@pytest.mark.parametrize(
    ("name", "target", "actual", "points"),
    [
        ("能耗下降率", "≥3%", "下降3.5%", "10.00"),
        ("能耗下降率", "≥3%", "下降1.5%", "5.00"),
        ("能耗下降率", "下降≥3%", "3.5%", "10.00"),
        ("能耗下降率", "下降≥3%", "1.5%", "5.00"),
        ("能耗下降率", "下降≥3%", "增长1%", "0.00"),
        ("碳排放减少量", "≥500吨", "减少560吨", "10.00"),
        ("收入增长率", "≥5%", "下降2%", "0.00"),
        ("三公经费变动率", "≤0", "下降5%", "10.00"),
    ],
)
def test_the_name_says_which_way_a_change_counts(
    name: str, target: str, actual: str, points: str
) -> None:
    verdict = row(target, actual, name=name)
    assert verdict.points is not None
    assert f"{verdict.points:.2f}" == points


@pytest.mark.parametrize(
    ("name", "target", "actual"),
    [
        ("宣传费", "15万元", "14.2万元"),
        ("项目总成本", "430万元", "400万元"),
        ("工程工期", "180天", "170天"),
        ("平均办结时间", "5个工作日", "3个工作日"),
    ],
)
def test_less_than_a_cost_or_a_term_without_a_sign_is_not_called_missed(
    name: str, target: str, actual: str
) -> None:
    verdict = row(target, actual, name=name)
    assert verdict.points is None
    assert "没有写≥或≤" in verdict.explanation.zh
    assert row(f"={target}", actual, name=name).points is not None
    assert row(target, target, name=name).points == 10


def test_an_actual_in_another_scale_keeps_its_unit() -> None:
    verdict = row("100", "99.5万元")
    assert "实际99.5万元（按99.5万元），低于目标0.5万元" in verdict.explanation.zh


@pytest.mark.parametrize(
    ("target", "actual", "profile", "points", "rule"),
    [
        ("健全", "100%", HENAN, "10.00", "P1"),
        ("健全", "95%", HENAN, "9.50", "P1"),
        ("健全", "105%", HENAN, "10.00", "P1"),
        ("2022年底", "100%", HENAN, "10.00", "P1"),
        ("2022年6月15日前", "2022年6月15日", NATIONAL, "10.00", "D1"),
        ("2022年6月15日前", "2022年5月", NATIONAL, "10.00", "D1"),
        ("2022年6月15日前", "2022-06-16", STRICT, "0.00", "D1"),
        ("<0.418", "0.418", STRICT, "0.00", "Q9"),
        ("≤0.418", "0.418", STRICT, "10.00", "Q9"),
        ("20件", "23件", STRICT, "0.00", "Q11"),
        ("20件", "23件", replace(NATIONAL, equal=Choice("Q12")), "8.50", "Q12"),
        ("20件", "23件", NATIONAL, "10.00", "Q10"),
        ("20件", "15件", replace(NATIONAL, bare_reads_as="ge"), "7.50", "Q1"),
        ("0起", "3起", replace(NATIONAL, bare_reads_as="ge"), "0.00", "Q10"),
    ],
)
def test_the_profile_decides(
    target: str, actual: str, profile: Profile, points: str, rule: str
) -> None:
    verdict = row(target, actual, profile)
    assert verdict.points is not None
    assert (f"{verdict.points:.2f}", verdict.rule) == (points, rule)


def test_too_much_under_an_exact_target_deviates_upwards() -> None:
    verdict = row("20件", "23件", STRICT)
    assert verdict.deviation == 15
    assert "高于目标3件" in verdict.explanation.zh


def test_a_level_gives_its_top_where_the_profile_says_so() -> None:
    top = tuple(replace(band, takes_top=True) for band in NATIONAL.bands)
    verdict = row("健全", "达成", replace(NATIONAL, bands=top))
    assert (verdict.points, verdict.rule) == (Decimal(10), "L1")


@pytest.mark.parametrize(
    "actual", ["999999999999999999万亿元", "1E+29万亿元", "0.000000000000000001元", "-9E+29元"]
)
@pytest.mark.parametrize("target", ["≥0.000000000000000001元", "≤1E-29元", "=1E+29亿元"])
@pytest.mark.parametrize("deviation", ["V1", "V2", "V3", "V4", "V5"])
def test_monstrous_numbers_do_no_harm(target: str, actual: str, deviation: str) -> None:
    verdict = row(target, actual, replace(NATIONAL, deviation_rule=deviation))
    assert verdict.points is None or 0 <= verdict.points <= 10
    assert "E+" not in verdict.explanation.zh.split("；")[-1]


def test_words_stand_in_quotation_marks_on_one_line() -> None:
    verdict = row("标定地价三类用地、\n集体建设用地四类用地", "100%", HENAN)
    assert verdict.explanation.zh.startswith(
        "目标“标定地价三类用地、 集体建设用地四类用地”，实际“100%”，视为完成100%，"
    )


def test_rows_published_with_full_marks_are_not_contradicted() -> None:
    """Rows of self-evaluations that bureaus published; their scores were found to be right."""
    data = Path(__file__).parents[1] / "data" / "published_full_marks.json"
    computed = 0
    for each in json.loads(data.read_text(encoding="utf-8")):
        target = parse_target(each["target"], year=each["year"])
        actual = parse_target(each["actual"], year=each["year"])
        weight = Decimal(each["weight"])
        points = judge(target, actual, weight, NATIONAL, name=each["name"] or "").points
        assert points in (None, weight), each
        computed += points is not None
    assert computed == 32

"""The lights of one row: every rule, its edges, and the months of a round."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlflow.scoring import Light, Profile, load_profile
from xlflow.scoring.lights import LIGHT_RULE_NAMES, LIGHT_RULES, Marks, Pace, months_of, worst
from xlflow.scoring.monitoring import Round, Signal, execution_signal, indicator_signal
from xlflow.scoring.rules import Choice
from xlflow.values import parse_target

NATIONAL = load_profile("national-2020")
HENAN = load_profile("henan-2022")
MARKS = Marks(Decimal(60), Decimal(80), Decimal(120))
HALF = Round("1-6月", 6)
UNREAD = Round("第三次", None)
ORDER = [Light.RED, Light.YELLOW, Light.GREEN, Light.BLUE]

M2 = replace(NATIONAL, lights=replace(NATIONAL.lights, at_least_rule="M2"))
RATES_IN_FULL = replace(NATIONAL, lights=replace(NATIONAL.lights, rates_by_month=False))
LATE_IS_RED = replace(NATIONAL, late=Choice("D1"))


def row(
    target: str,
    actual: str,
    now: Round = HALF,
    profile: Profile = NATIONAL,
    name: str = "",
) -> Signal:
    both = parse_target(target, year=2025), parse_target(actual, year=2025)
    return indicator_signal(*both, now, profile, name=name)


def shown(signal: Signal) -> tuple[str | None, str | None]:
    progress = None if signal.progress is None else str(signal.progress)
    return signal.light, progress


# -- ≥ and ＞ -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "light", "progress"),
    [
        ("0件", "red", "0.00"),
        ("5.9件", "red", "59.00"),
        ("5.9999件", "red", "59.999"),  # 60.00 would tell another light
        ("6件", "yellow", "60.00"),
        ("7.9件", "yellow", "79.00"),
        ("8件", "green", "80.00"),
        ("12件", "green", "120.00"),
        ("23.9件", "green", "239.00"),
        ("24件", "blue", "240.00"),  # 120 % of the whole year's 20
        ("30件", "blue", "300.00"),
        ("-1件", "red", "-10.00"),
    ],
)
def test_a_count_by_the_middle_of_the_year(actual: str, light: str, progress: str) -> None:
    assert shown(row("≥20件", actual)) == (light, progress)


@pytest.mark.parametrize(
    ("months", "light"), [(3, "green"), (5, "green"), (6, "yellow"), (8, "red"), (12, "red")]
)
def test_the_months_decide(months: int, light: str) -> None:
    assert row("≥120人", "45人", Round(f"1-{months}月", months)).light == light


def test_the_earlier_version_is_blue_by_what_is_due() -> None:
    assert [row("≥20件", f"{done}件", profile=M2).light for done in ("8", "11.9", "12")] == [
        "green",
        "green",
        "blue",
    ]
    assert row("≥20件", "9件", profile=M2).explanation.zh.endswith("绿灯（80%～120%）。")


def test_scales_and_units_are_read_as_for_scores() -> None:
    signal = row("≥20万本", "90000本")
    assert shown(signal) == ("green", "90.00")
    assert shown(row("≥2公里", "800米")) == ("green", "80.00")
    assert "应完成100000.00本，实际90000本" in signal.explanation.zh
    assert "实际800米（按0.8公里）" in row("≥2公里", "800米").explanation.zh


def test_a_number_alone_is_a_count() -> None:
    assert shown(row("20件", "8件")) == ("green", "80.00")
    assert row("20件", "8件").rule == NATIONAL.lights.equal_rule


def test_a_rate_is_due_by_the_months_unless_the_profile_says_otherwise() -> None:
    assert shown(row("≥95%", "76%")) == ("green", "160.00")
    signal = row("≥95%", "75.05%", profile=RATES_IN_FULL)
    assert shown(signal) == ("yellow", "79.00")
    assert signal.explanation.zh.startswith("全年目标≥95%，不按月折算，实际75.05%")
    assert row("≥95%", "96%", UNREAD, RATES_IN_FULL).light == "green"


def test_twice_a_month_is_so_in_any_month() -> None:
    signal = row("每月2次", "每月2次", UNREAD)
    assert shown(signal) == ("green", "100.00")
    assert "不按月折算" in signal.explanation.zh


# -- ≤ and ＜, and nothing at all ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "light"),
    [
        ("≤30万元", "0万元", "green"),
        ("≤30万元", "30万元", "green"),
        ("≤30万元", "300001元", "red"),
        ("＜30天", "29天", "green"),
        ("＜30天", "30天", "red"),
        ("=0起", "0起", "green"),
        ("0起", "1起", "red"),
        ("≤0起", "0起", "green"),
        ("下降≥3%", "下降4%", "green"),
    ],
)
def test_a_limit_does_not_grow_with_the_months(target: str, actual: str, light: str) -> None:
    for now in (Round("1月", 1), Round("年度", 12), UNREAD):
        signal = row(target, actual, now)
        assert (signal.light, signal.rule, signal.progress) == (light, "M3", None)


def test_over_the_limit_says_by_how_much() -> None:
    assert row("≤30天", "36天").explanation.zh == "全年目标≤30天，实际36天，高于目标6天，红灯。"
    assert row("＜30天", "30天").explanation.zh == (
        "全年目标<30天，实际30天，与目标值相等，未越过目标值，红灯。"
    )


# -- words and dates -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "light"),
    [
        ("达成年度指标", "green"),
        ("达成。", "green"),
        ("部分达成年度指标并具有一定效果", "yellow"),
        ("部分达成", "yellow"),
        ("未达成年度指标且效果较差", "red"),
        ("未达成", "red"),
    ],
)
def test_the_level_of_achievement_is_the_light(actual: str, light: str) -> None:
    signal = row("健全", actual, UNREAD)
    assert (signal.light, signal.rule) == (light, "M5")


def test_a_percentage_under_words_counts_where_the_profile_reads_it() -> None:
    assert row("健全", "40%").light is None
    assert shown(row("健全", "40%", profile=HENAN)) == ("green", "80.00")
    assert "视为完成40%" in row("健全", "40%", profile=HENAN).explanation.zh


def test_a_deadline() -> None:
    assert row("2025年6月30日前", "2025年6月30日").light == "green"
    late = row("2025年6月30日前", "2025年7月1日", profile=LATE_IS_RED)
    assert (late.light, late.rule) == ("red", "M6")


# -- what is not decided -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "actual", "why"),
    [
        ("≥20件", "9人", "单位不同"),
        ("≥95%", "0.97", "没有写百分号"),
        ("≥20件", "≥9件", "写成了范围"),
        ("≥20件", "正常推进", "不是数值"),
        ("≥20件", "无", "读不出完成情况"),
        ("≥0件", "3件", "为零或负数，不能按月折算进度"),
        ("＞0件", "0件", "为零或负数，不能按月折算进度"),
        ("3-5个", "2个", "区间或比例"),
        ("≥1:10", "1:12", "区间或比例"),
        ("下降≥3%", "下降1%", "按月应降多少没有规定"),
        ("健全", "制度修订中", "没有说明达成档次"),
        ("健全", "100%", "没有规定百分比属于哪一档"),
        ("2025年6月30日前", "进行中", "读不出日期"),
        ("2025年6月30日前", "2025年7月", "没有写到日"),
        ("2025年6月30日前", "2025年7月1日", "没有规定逾期是什么灯"),
        ("2025年6月30日前", "100%", "不是完成日期"),
    ],
)
def test_no_light_without_a_reason(target: str, actual: str, why: str) -> None:
    signal = row(target, actual)
    assert (signal.light, signal.rule, signal.progress) == (None, None, None)
    assert why in signal.explanation.zh
    assert signal.explanation.zh.endswith("，未亮灯。")
    assert signal.explanation.en.endswith(": no light.")
    assert "自评得分" not in signal.explanation.zh


def test_without_a_round_nothing_is_due() -> None:
    assert row("≥20件", "9件", UNREAD).explanation.zh == (
        "期次“第三次”读不出从1月到哪个月，不能确定应完成多少，未亮灯。"
    )
    assert "期次未填" in row("≥20件", "9件", Round("", None)).explanation.zh
    assert "期次未填" in row("健全", "40%", Round("", None), HENAN).explanation.zh


# -- execution -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("executed", "light", "progress"),
    [
        ("0", "red", "0.00"),
        ("299.99", "red", "59.998"),
        ("300", "yellow", "60.00"),
        ("400", "green", "80.00"),
        ("1000", "green", "200.00"),
        ("1300", "green", "260.00"),  # money spent is never blue
    ],
)
def test_execution_against_half_of_the_year(executed: str, light: str, progress: str) -> None:
    signal = execution_signal(Decimal(1000), Decimal(executed), HALF, NATIONAL)
    assert shown(signal) == (light, progress)
    assert signal.rule == "M4"


@pytest.mark.parametrize(
    ("budget", "executed", "now", "why"),
    [
        (None, Decimal(1), HALF, "未填"),
        (Decimal(1), None, HALF, "未填"),
        (Decimal(0), Decimal(0), HALF, "无法计算执行率"),
        (Decimal(1), Decimal(1), UNREAD, "期次"),
    ],
)
def test_execution_undecided(
    budget: Decimal | None, executed: Decimal | None, now: Round, why: str
) -> None:
    signal = execution_signal(budget, executed, now, NATIONAL)
    assert signal.light is None
    assert why in signal.explanation.zh


# -- sentences -----------------------------------------------------------------------------------


def test_the_sentence_is_facts_and_arithmetic() -> None:
    assert row("≥20件", "9件").explanation == (
        "全年目标≥20件，1-6月应完成10.00件，实际9件，进度90.00%，绿灯（80%及以上）。",
        "Target of the year ≥20件, due by 1-6月 10.00件, actual 9件, progress 90.00%: "
        "green (from 80% on).",
    )
    assert row("≥20件", "25件").explanation.zh == (
        "全年目标≥20件，1-6月应完成10.00件，实际25件，进度250.00%，达到全年目标的125.00%，"
        "蓝灯（全年目标的120%及以上）。"
    )
    assert row("≥20件", "7件").explanation.zh.endswith("进度70.00%，黄灯（60%～80%）。")
    assert row("≥20件", "1件").explanation.zh.endswith("进度10.00%，红灯（低于60%）。")


# -- the registry --------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=10**9, places=2)
targets = st.decimals(min_value="0.01", max_value=10**9, places=2)
months = st.integers(min_value=1, max_value=12)


def rank(light: Light) -> int:
    return ORDER.index(light)


@pytest.mark.parametrize("rule", ["M1", "M2", "M4"])
@given(target=targets, one=amounts, other=amounts, month=months)
def test_more_is_never_a_worse_light(
    rule: str, target: Decimal, one: Decimal, other: Decimal, month: int
) -> None:
    less, more = sorted((one, other))
    lights = [LIGHT_RULES[rule](Pace(target, done, month), MARKS) for done in (less, more)]
    assert rank(lights[0]) <= rank(lights[1])


@given(target=targets, one=amounts, other=amounts)
def test_under_a_limit_less_is_never_a_worse_light(
    target: Decimal, one: Decimal, other: Decimal
) -> None:
    less, more = sorted((one, other))
    assert rank(LIGHT_RULES["M3"](Pace(target, less), MARKS)) >= rank(
        LIGHT_RULES["M3"](Pace(target, more), MARKS)
    )


@pytest.mark.parametrize("rule", ["M1", "M2", "M4"])
@given(target=targets, actual=amounts, early=months, late=months)
def test_the_same_is_never_better_later_in_the_year(
    rule: str, target: Decimal, actual: Decimal, early: int, late: int
) -> None:
    early, late = sorted((early, late))
    lights = [LIGHT_RULES[rule](Pace(target, actual, month), MARKS) for month in (early, late)]
    assert rank(lights[0]) >= rank(lights[1])


@given(target=targets, actual=amounts, month=months)
def test_the_progress_shown_is_on_the_side_of_the_marks_that_the_light_says(
    target: Decimal, actual: Decimal, month: int
) -> None:
    signal = row(f"≥{target}件", f"{actual}件", Round(f"1-{month}月", month))
    assert signal.progress is not None
    below = {"red": signal.progress < 60, "yellow": 60 <= signal.progress < 80}
    assert below.get(str(signal.light), signal.progress >= 80)


def test_each_rule_has_a_name_and_the_profiles_know_no_other() -> None:
    assert set(LIGHT_RULES) < set(LIGHT_RULE_NAMES)
    for profile in (NATIONAL, HENAN, load_profile("shijiazhuang-2022")):
        rules = profile.lights
        used = {rules.at_least_rule, rules.at_most_rule, rules.equal_rule, rules.execution_rule}
        assert used <= set(LIGHT_RULES)
        assert rules.marks == MARKS
        assert [band.light for band in profile.bands] == ["green", "yellow", "red"]


def test_the_worst_light_is_the_form_s() -> None:
    assert worst([Light.BLUE]) is Light.BLUE
    assert worst([Light.BLUE, Light.GREEN]) is Light.GREEN
    assert worst([Light.GREEN, Light.YELLOW, Light.BLUE]) is Light.YELLOW
    assert worst(ORDER) is Light.RED
    assert worst([]) is None


# -- rounds --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("1-6月", 6), ("1—7月", 7), ("1－７月", 7), ("1~9月", 9), ("1 至 9 月", 9),
        ("1月-6月", 6), ("一至六月", 6), ("1-12月", 12), ("1-6月份", 6), ("6月", 6),
        ("6月底", 6), ("截至6月底", 6), ("截至2025年6月", 6), ("2025年1-6月", 6), ("十月", 10),
        ("上半年", 6), ("2025年上半年", 6), ("半年", 6), ("一季度", 3), ("第一季度", 3),
        ("1季度", 3), ("前两季度", 6), ("前三季度", 9), ("前3个季度", 9), ("1-3季度", 9),
        ("全年", 12), ("年度", 12), ("2025年度", 12), ("2025年", 12),
    ],
)  # fmt: skip
def test_rounds_from_january_on(written: str, count: int) -> None:
    assert months_of(written) == count


@pytest.mark.parametrize(
    "written",
    [None, "", " ", "第三次", "4-6月", "7-12月", "下半年", "二季度", "三季度", "13月", "0月",
     "1-13月", "6月15日", "6", "度", "季度", "1-6", "1-6月和7月"],
)  # fmt: skip
def test_rounds_that_say_nothing_of_the_year_so_far(written: str | None) -> None:
    assert months_of(written) is None


@given(st.integers(1, 12))
def test_every_month_is_read(month: int) -> None:
    assert months_of(f"1-{month}月") == months_of(f"{month}月") == month

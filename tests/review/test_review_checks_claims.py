"""What a unit claims: C33, C34 below, C38 to C42."""

from dataclasses import replace
from decimal import Decimal

import pytest
from filled_forms import NATIONAL, Changes, codes, problems, row

from xlflow.problems import Problem, Severity
from xlflow.scoring import Profile


def only(code: str, changes: Changes, profile: Profile = NATIONAL) -> Problem:
    (found,) = [each for each in problems(changes, profile) if each.code == code]
    return found


def test_a_score_is_not_above_its_weight() -> None:
    above = {row(1, "score"): "21", "/totals/score": "95.5"}
    found = only("C33", above)
    assert (found.cell, found.severity) == ("I31", Severity.ERROR)
    assert "得分 21 超过分值 20" in found.message
    assert "C34" not in codes(problems(above))  # told once
    assert "C33" not in codes(problems({row(1, "score"): "20"}))


def test_a_row_without_weight_is_asked_about() -> None:
    none = {row(1, "weight"): "0", row(1, "score"): "0", row(5, "weight"): "40"}
    found = only("C33", none)
    assert (found.cell, found.severity) == ("G31", Severity.WARNING)


def test_a_unit_that_is_hard_on_itself_is_asked() -> None:
    low = only("C34", {row(2, "score"): "15"})
    high = only("C34", {row(2, "score"): "17"})
    assert (low.severity, high.severity) == (Severity.WARNING, Severity.ERROR)


# -- C38 -----------------------------------------------------------------------------------------

FROM_130 = replace(NATIONAL, reason_from=Decimal(130))


def test_far_above_the_target_has_a_reason() -> None:
    far = {row(1, "actual"): "5200亩"}
    found = only("C38", far, FROM_130)
    assert (found.cell, found.severity) == ("J31", Severity.ERROR)
    assert "为目标的 130.00%，达到 130% 以上" in found.message
    assert "C38" not in codes(problems(far))  # nationally no mark is set


@pytest.mark.parametrize(
    "changes",
    [
        {row(1, "actual"): "5199亩"},
        {row(1, "actual"): "5200亩", row(1, "reason"): "增加了义务植树。"},
        {row(1, "target"): "0起", row(1, "actual"): "3起"},
        {row(3, "target"): "≤1万元"},  # at most: above is no success
        {row(1, "actual"): "52公里"},
    ],
)
def test_no_reason_is_due(changes: Changes) -> None:
    assert "C38" not in codes(problems(changes, FROM_130))


# -- C39 and C40 ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actual", "score", "severity"),
    [
        ("达成", "10", None),
        ("达成", "8", None),
        ("达成", "7.99", Severity.WARNING),
        ("部分达成", "7.99", None),
        ("部分达成", "6", None),
        ("部分达成", "8", Severity.ERROR),
        ("部分达成", "5.5", Severity.WARNING),
        ("未达成", "0", None),
        ("未达成", "6", Severity.ERROR),
        ("效果很好", "10", None),
    ],
)
def test_a_qualitative_score_lies_in_its_band(
    actual: str, score: str, severity: Severity | None
) -> None:
    found = problems({row(4, "actual"): actual, row(4, "score"): score})
    assert [each.severity for each in found if each.code == "C39"] == [severity] * bool(severity)


@pytest.mark.parametrize(
    ("score", "reason", "told"),
    [
        ("20", "因连续降雨，部分地块未完成抚育。", True),
        ("20", "尚未验收", True),
        ("20", "无未完成情况", False),
        ("20", "未完成原因：无", False),
        ("20", "不存在未达到目标的情况", False),
        ("16", "已全部完成。", True),
        ("16", "已完成造林，抚育推迟到次年。", False),
        ("16", "秋季连续降雨，未完成。", False),
    ],
)
def test_points_and_reason_go_together(score: str, reason: str, told: bool) -> None:
    assert ("C40" in codes(problems({row(2, "score"): score, row(2, "reason"): reason}))) is told


@pytest.mark.parametrize(
    ("target", "actual", "score", "words"),
    [
        ("2022年11月底前", "2022年12月15日", "20", "“2022年12月15日（晚于 2022年11月底前）”"),
        ("≥4000亩", "未完成", "20", "实际完成值却写“未完成”"),
        ("2022年11月底前", "尚未验收", "20", "“尚未验收”"),
        ("及时", "不及时", "20", "“不及时”"),
        ("2022年11月底前", "2022年12月15日", "15", None),
        ("2022年11月底前", "2022年11月15日", "20", None),
        ("2022年11月底前", "2022年12月", "20", None),
        ("及时", "未达成", "20", None),  # C39
        ("健全", "未发生违规", "20", None),
    ],
)
def test_full_points_and_an_actual_that_says_otherwise(
    target: str, actual: str, score: str, words: str | None
) -> None:
    said = {row(1, "target"): target, row(1, "actual"): actual, row(1, "score"): score}
    found = [each for each in problems(said) if each.code == "C40"]
    assert len(found) == (words is not None)
    if words:
        assert (found[0].severity, found[0].field) == (Severity.WARNING, row(1, "actual"))
        assert words in found[0].message


# -- C41 and C42 ---------------------------------------------------------------------------------


def spent(executed: str, reason: str | None = None) -> Changes:
    return {"/funds/total/executed": executed, "/funds/total/reason": reason}


def test_points_far_ahead_of_the_money_spent() -> None:
    found = only("C41", spent("960"))  # 80 % spent, 95 % of the points
    assert (found.cell, found.severity) == ("F5", Severity.WARNING)
    assert "指标得分率 95.00%，预算执行率 80.00%，高出 15.00 个百分点" in found.message
    assert only("C41", spent("960", "两个项目跨年实施。")).severity is Severity.NOTE


def test_exactly_at_the_mark_nothing_is_asked() -> None:
    assert "C41" not in codes(problems(spent("1080")))  # 95 % against 90 %
    assert "C41" in codes(problems(spent("1079")))


def test_much_unspent_with_nearly_all_points() -> None:
    patient = replace(
        NATIONAL, thresholds=replace(NATIONAL.thresholds, ahead_of_execution=Decimal(30))
    )
    assert "C42" in codes(problems(spent("959"), patient))
    assert "C42" not in codes(problems(spent("960"), patient))  # 20 % is not more than 20 %
    fewer = {**spent("900"), row(2, "score"): "15"}
    assert "C42" not in codes(problems(fewer, patient))
    assert "C42" not in codes(problems(spent("900")))  # C41 asks already

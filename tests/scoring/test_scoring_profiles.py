"""Profiles: those that come with the product, and files that are wrong."""

from pathlib import Path

import pytest

from xlflow.errors import DefinitionError, UsageError
from xlflow.problems import Severity
from xlflow.scoring import Profile, load_profile, profile_names, read_profile
from xlflow.scoring.explain import profile_in_words

NATIONAL = load_profile("national-2020")


def changed(old: str, new: str) -> Profile:
    """Return the national profile with one passage written otherwise."""
    assert old in NATIONAL.written
    return read_profile("bureau", NATIONAL.written.replace(old, new, 1))


def test_the_three_profiles_that_come_with_the_product() -> None:
    assert {"national-2020", "henan-2022", "shijiazhuang-2022"} <= set(profile_names())


@pytest.mark.parametrize("name", profile_names())
def test_a_profile_explains_itself_in_both_languages(name: str) -> None:
    for topic, rule in profile_in_words(load_profile(name)):
        assert all((topic.zh, topic.en, rule.zh, rule.en))
        assert "{" not in topic.zh + topic.en + rule.zh + rule.en


def test_a_profile_says_all_it_decides() -> None:
    said = {topic.zh: rule.zh for topic, rule in profile_in_words(load_profile("henan-2022"))}
    assert said["分值合计"] == "100 分，其中预算执行率 10 分"
    assert said["预算执行率"] == "执行率达到90%得满分"
    assert said["完成时限填百分比"] == "视为完成程度，按比例得分"
    assert said["部分达成年度指标并具有一定效果、部分达成预期指标并具有一定效果、"
                "部分达成年度指标、部分达成预期指标、部分达成"] == (
        "分值的 60%（含）至 80%（不含），由评分人确定"
    )  # fmt: skip
    assert said["等级"] == "优≥90，良≥80，中≥60，差≥0"


def test_severities_may_be_said_otherwise() -> None:
    profile = read_profile("bureau", NATIONAL.written + '[severities]\nC54 = "error"\n')
    assert profile.severities == {"C54": Severity.ERROR}
    said = {topic.zh: rule.zh for topic, rule in profile_in_words(profile)}
    assert said["问题 C54"] == "退回修改"


def test_exactly_90_has_a_grade() -> None:
    assert [NATIONAL.grade_of(NATIONAL.grades[0].low).name] == ["优"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('who_scores = "self"', "", "缺少 who_scores"),
        ('who_scores = "self"', 'who_scores = "me"', "who_scores 不对：只能是 self, system"),
        ('who_scores = "self"', 'who_scores = "self"\nspeed = 1', "没有这一项：speed"),
        ("total = 100", 'total = "100"', "weights.total 不对：应为数字"),
        ("total = 100", "total = 0", "必须大于 0"),
        ("total = 100", "total = nan", "不是正确的 TOML"),
        ("total = 100", "total = inf", "不是正确的 TOML"),
        ("total = 100", "total = ", "不是正确的 TOML"),
        ('at_most = "Q7"', 'at_most = "Q99"', "quantitative.at_most 不对：只能是 Q7, Q8, Q9"),
        ('rule = "X1"', 'rule = "X2"\nfull_at = 101', "execution.full_at 不对：不能大于 100"),
        ('rule = "X1"', 'rule = "X1"\nfull_at = 90', "execution.full_at 不对：不能小于 100"),
        ("below_weight = true", 'below_weight = "yes"', "应为 true 或 false"),
        ("from = 90", "from = 80", "界限和名称不重复"),
        ("from = 90", "from = 70", "必须从高到低排列"),
        ("from = 0\n", "from = 10\n", "最后一级从 0 分起"),
        ('name = "良"', 'name = "优"', "界限和名称不重复"),
        ('name = "良"', 'name = ""', "不能为空"),
        ("from = 60, to = 80,", "from = 60, to = 85,", "一档到 85，另一档从 80 起"),
        ("from = 60, to = 80,", "from = 80, to = 60,", "上限应高于下限"),
        ('"部分达成"]', '"达 成"]', "同一个词只属于一个定性档次"),
        ("red_below = 60", "red_below = 80", "灯号界限必须从低到高"),
        ("blue_from = 120", "blue_from = 79.5", "灯号界限必须从低到高"),
        ("red_below = 60", "red_below = 0", "必须大于 0"),
        ('at_least = "M1"', 'at_least = "M3"', "只能是 M1, M2"),
        (', light = "red"', "", "缺少 light"),
        ('light = "red"', 'light = "black"', "只能是 red, yellow, green, blue"),
        ("[lights]", "[light]", "缺少 lights"),
        ("[[grades]]", '[severities]\nC99 = "note"\n[[grades]]', "没有这样的问题编码：C99"),
        ("[[grades]]", '[severities]\nF01 = "note"\n[[grades]]', "没有这样的问题编码：F01"),
        ("[[grades]]", '[severities]\nC10 = "off"\n[[grades]]', "只能是 error, warning, note"),
    ],
)
def test_a_wrong_profile_is_refused_in_plain_words(old: str, new: str, says: str) -> None:
    if old == "from = 0\n":
        old, new = 'name = "差"\nfrom = 0', 'name = "差"\nfrom = 10'
    with pytest.raises(DefinitionError) as refused:
        changed(old, new)
    assert says in refused.value.zh
    assert "bureau" in refused.value.en


def test_a_profile_in_another_encoding_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "profiles"
    folder.mkdir(parents=True)
    (folder / "old.toml").write_bytes(NATIONAL.written.encode("gb18030"))
    with pytest.raises(DefinitionError, match="UTF-8"):
        load_profile("old", tmp_path)


def test_a_profile_saved_by_notepad_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "profiles"
    folder.mkdir(parents=True)
    text = NATIONAL.written.replace("\n", "\r\n")
    (folder / "ours.toml").write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_profile("ours", tmp_path).title == NATIONAL.title


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UsageError) as unknown:
        load_profile("henan-2021")
    assert "henan-2022" in unknown.value.zh

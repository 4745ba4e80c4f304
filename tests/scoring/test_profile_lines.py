"""The line of each key in a TOML text, and the faults of a profile told with it."""

import tomllib
from pathlib import Path

import pytest

from xlflow.errors import DefinitionError, UsageError
from xlflow.scoring import load_profile, profile_faults, profile_names, read_profile
from xlflow.scoring.lines import line_of, lines_of, tables_of

NATIONAL = load_profile("national-2020")
TEXT = '''\
title = "x"            # "not = this"
long = """
[not.a.table]
a = 1 \\"""
"""
plain.dotted."quoted key" = 'it''s'

[table]
list = [
    1,   # one
    { a = 1, b = [
        "deep # no comment", 2] },
]
[[rows]]
a = 1
[[rows]]
a = 2
[rows.inner]
b = 3
'''.replace("'it''s'", "'its'")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("long",), 2),
        (("plain", "dotted", "quoted key"), 6),
        (("table",), 8),
        (("table", "list"), 9),
        (("table", "list", 0), 10),
        (("table", "list", 1, "b"), 11),
        (("table", "list", 1, "b", 1), 12),
        (("rows", 0, "a"), 15),
        (("rows", 1), 16),
        (("rows", 1, "a"), 17),
        (("rows", 1, "inner", "b"), 19),
        (("table", "list", 1, "no such key"), 11),
        ((), 1),
    ],
)
def test_each_key_has_its_line(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TEXT)
    assert line_of(lines_of(TEXT), path) == line


@pytest.mark.parametrize("name", profile_names())
def test_every_key_of_a_profile_is_found(name: str) -> None:
    written = load_profile(name).written
    lines, rows = lines_of(written), written.splitlines()

    def walk(node: object, path: tuple[str | int, ...]) -> None:
        steps = (
            node.items() if isinstance(node, dict)
            else enumerate(node) if isinstance(node, list) else ()
        )  # fmt: skip
        for step, below in steps:
            line = rows[lines[*path, step] - 1]
            assert not isinstance(step, str) or step in line
            walk(below, (*path, step))

    walk(tomllib.loads(written), ())


def test_tables_are_cut_where_they_begin() -> None:
    assert [name for name, _ in tables_of(TEXT)] == ["table", "rows", "rows", "rows"]
    assert "".join(part for _, part in tables_of(TEXT)) == TEXT[TEXT.index("[table]") :]


def line(passage: str) -> int:
    return NATIONAL.written[: NATIONAL.written.index(passage)].count("\n") + 1


GAP = ("from = 60, to = 80,", "from = 60, to = 75,")
NAMED = '[[indicators]]\nnames = ["办结率"]\nrule = {rule}\n[[grades]]'


def named(rule: str) -> tuple[str, str]:
    return "[[grades]]", NAMED.replace("{rule}", rule)


TABLE = '"Q15"\ntiers = [{ from = 90, points = 5 }, '


@pytest.mark.parametrize(
    ("change", "at", "says"),
    [
        (GAP, "words = [\"达成年度", "有空档：一档到 75，另一档从 80 起"),
        (("from = 80, to = 100", "from = 80, to = 99"), "bands = [", "从 0 到 100 全部覆盖"),
        (("from = 90", "from = 101"), "[[grades]]", "不高于总分"),
        (("total = 100", "total = 5"), "execution = 10", "分值 10 大于总分 5"),
        (('percentage = "und', 'rule = "L2"\npercentage = "und'), 'percentage = "und', "L2 的档次"),
        (('rule = "X1"', 'rule = "X2"'), 'rule = "X1"', "规则 X2 缺少参数：full_at"),
        (('rule = "X1"', 'rule = "X9"'), 'rule = "X1"', "只能是 X1, X2, X3, X4, X5, X6, X8"),
        (('range = "Q14"', 'range = "Q1"'), 'range = "Q14"', "quantitative.range 不对：只能是 Q14"),
        (('equal = "Q10"', "equal = 10"), 'equal = "Q10"', "应为规则名称"),
        (('equal = "Q10"', 'equal = { rule = "Q10", k = 1 }'), 'equal = "Q10"', "没有参数 k"),
        (('at_least = "Q1"', 'at_least = { rule = "Q6", mark = 100 }'), 'at_least = "Q1"',
         "不能大于 99"),
        (('at_least = "Q1"', 'at_least = { rule = "Q6", mark = "60" }'), 'at_least = "Q1"',
         "应为数字"),
        (('late = "undecided"', 'late = "points"\nper = "month"'), "[date]", "缺少 points"),
    ],
)  # fmt: skip
def test_a_fault_names_its_line(change: tuple[str, str], at: str, says: str) -> None:
    written = NATIONAL.written.replace(*change, 1)
    with pytest.raises(DefinitionError) as refused:
        read_profile("bureau", written)
    assert says in refused.value.zh
    assert f"第 {line(at)} 行" in refused.value.zh
    assert f"line {line(at)}" in refused.value.en


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ('"Q99"', "只能是 Q1, "),
        ('"Q15"', "规则 Q15 缺少参数：tiers"),
        ('"Q15"\ntiers = 3', "应为列表"),
        ('"Q15"\ntiers = [{ from = 90 }]', "points 两个数字"),
        (TABLE + "{ from = 95, points = 1 }, { from = 0, points = 0 }]", "不留空档、不重叠"),
        (TABLE + "{ from = 60, points = 1 }]", "最后一档从 0 起"),
        (TABLE + "{ from = 0, points = -1 }]", "不能小于 0"),
        ('"Q16"\ntiers = [{ to = 0, points = 3 }, { to = 10, points = 2 }]', "只有最后一档不写 to"),
        ('"Q4"\ntiers = [{ from = 90, points = 90 }]', "Q4 的各档在 100 以上"),
        ('"Q17"\nmark = 100\npoints = 1\npart_points = "half"', "只能是 exact, floor, ceil"),
        ('"Q19"\npoints = 1\nmark = 2', "规则 Q19 没有参数 mark，它的参数：points"),
        ('"Q20"\nrules = ["Q7"]', "项数至少为 2"),
        ('"Q20"\nrules = ["Q7", "Q20"]', "只能是"),
        ('"Q20"\nrules = ["Q7", 8]', "应为规则名称"),
        ('"Q1"\n[[indicators]]\nnames = ["办 结 率"]\nrule = "Q1"', "写了两次"),
    ],
)
def test_a_rule_of_an_indicator_is_checked(rule: str, says: str) -> None:
    written = NATIONAL.written.replace(*named(rule), 1)
    with pytest.raises(DefinitionError) as refused:
        read_profile("bureau", written)
    assert says in refused.value.zh


def test_levels_that_do_not_add_up() -> None:
    levels = 'levels = [\n  { "产出" = 50, "效益" = 40 },\n  { "产出" = 50, "效益" = 30 },\n]'
    written = NATIONAL.written.replace("execution = 10\n", f"execution = 10\n{levels}\n", 1)
    with pytest.raises(DefinitionError) as refused:
        read_profile("bureau", written)
    assert "合计为 90，应为 100" in refused.value.zh
    assert f"第 {line('execution = 10') + 3} 行" in refused.value.zh


# -- based on another ----------------------------------------------------------------------------


def shelf(folder: Path, **profiles: str) -> Path:
    shelf = folder / "schemas" / "profiles"
    shelf.mkdir(parents=True)
    for name, text in profiles.items():
        (shelf / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


OWN = 'based_on = "national-2020"\ntitle = "本市"\nsource = "本市"\nwho_scores = "system"\n'


def test_a_profile_takes_over_what_it_does_not_write(tmp_path: Path) -> None:
    own = OWN + '\n[execution]\nrule = "X2"\nfull_at = 90\n'
    profile = load_profile("ours", shelf(tmp_path, ours=own))
    assert (profile.title, profile.execution.rule, profile.at_least.rule) == ("本市", "X2", "Q1")
    assert profile.grades == NATIONAL.grades
    again = read_profile("ours", profile.written)
    assert again.sha256 == profile.sha256
    assert profile.written.splitlines()[1:8] == own.splitlines()[1:]


def test_the_hash_covers_the_base(tmp_path: Path) -> None:
    base = NATIONAL.written
    folder = shelf(tmp_path, base=base, ours=OWN.replace("national-2020", "base"))
    before = load_profile("ours", folder).sha256
    changed = base.replace('at_most = "Q7"', 'at_most = "Q8"')
    (folder / "schemas" / "profiles" / "base.toml").write_text(changed, encoding="utf-8")
    after = load_profile("ours", folder)
    assert after.sha256 != before
    assert after.at_most.rule == "Q8"


def test_a_base_that_is_not_there_or_leads_back(tmp_path: Path) -> None:
    ring = {"ours": OWN.replace("national-2020", "other"),
            "other": OWN.replace("national-2020", "ours"),
            "lost": OWN.replace("national-2020", "nowhere")}  # fmt: skip
    folder = shelf(tmp_path, **ring)
    with pytest.raises(DefinitionError, match="ours → other → ours"):
        load_profile("ours", folder)
    with pytest.raises(UsageError, match="nowhere"):
        load_profile("lost", folder)


def test_all_faults_are_told_in_the_order_of_lines(tmp_path: Path) -> None:
    own = (
        OWN
        + '\n[execution]\nrule = "X2"\n\n[deviation]\nrule = "V3"\n\n[severities]\nC99 = "note"\n'
    )
    faults = profile_faults("ours", shelf(tmp_path, ours=own))
    assert [fault.zh.split("：")[0] for fault in faults] == [
        "评分方案 ours 第 7 行",
        "评分方案 ours 第 13 行",
    ]
    assert profile_faults("national-2020") == []

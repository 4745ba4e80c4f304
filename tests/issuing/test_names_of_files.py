"""File names of what is handed out follow the bureau's pattern, and fit every disk."""

import pytest

from xlflow.errors import DefinitionError, UsageError
from xlflow.forms import load_form
from xlflow.issuing import Line
from xlflow.issuing.naming import file_stems

FORM = load_form("project_self_evaluation")
FIRST = Line("甲局", "039001", "一期", "P1", row=2)
SECOND = Line("乙局", "039002", None, None, row=3)


def stems(pattern: str, *lines: Line) -> list[str]:
    return file_stems(pattern, FORM, lines, year=2025, exercise_round=None, roster="名册")


@pytest.mark.parametrize(
    ("pattern", "first", "second"),
    [
        ("{unit_code}_{unit}_{project}", "039001_甲局_一期", "039002_乙局"),
        ("{form}_{unit}_{round}", "项目支出绩效自评表_甲局", "项目支出绩效自评表_乙局"),
        ("{year}年{unit}（{project_code}）", "2025年甲局（P1）", "2025年乙局（）"),
        ("自评_{unit}", "自评_甲局", "自评_乙局"),
        ("{unit}/{year}", "甲局_2025", "乙局_2025"),
        ("CON", None, None),
    ],
)  # fmt: skip
def test_patterns(pattern: str, first: str | None, second: str | None) -> None:
    if first is None:
        with pytest.raises(DefinitionError, match="handout_name"):
            stems(pattern, FIRST, SECOND)
    else:
        assert stems(pattern, FIRST, SECOND) == [first, second]


@pytest.mark.parametrize("pattern", ["{unit", "{nix}", "{unit!r}", "{unit:>9}", "", "{0}", "}"])
def test_a_pattern_that_means_nothing_is_told(pattern: str) -> None:
    with pytest.raises(DefinitionError, match="handout_name"):
        stems(pattern, FIRST)


def test_names_that_windows_takes_for_one_get_their_codes() -> None:
    assert stems("{unit}", Line("ABC局", "1"), Line("abc局", "2")) == ["1_ABC局", "2_abc局"]


def test_lines_that_give_one_name_are_told_by_their_rows() -> None:
    with pytest.raises(UsageError, match="第 3 行与第 2 行会生成同名文件 2025"):
        stems("{year}", FIRST, SECOND)
    with pytest.raises(UsageError, match="第 3 行与第 2 行会生成同名文件 甲_局"):
        stems("{unit}", Line("甲/局", row=2), Line("甲:局", row=3))


@pytest.mark.parametrize("unit", ["CON", "nul", "局.", "某" * 200, "../../etc", "a\tb"])
def test_every_name_fits_every_disk(unit: str) -> None:
    (stem,) = stems("{unit}", Line(unit))
    assert not set(stem) & set('<>:"/\\|?*\t')
    assert stem.strip(" .") == stem
    assert stem.lower() not in ("con", "nul")
    assert len(stem.encode()) <= 210

"""What the published forms themselves show, found; and what is right in them, left alone."""

import pytest

from xlflow.demo import returned_workbook
from xlflow.demo.seeds import project_targets
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules, judge_package
from xlflow.problems import Problem

# Of one form each: completeness, identity, money, weights, scores. Others have their own tables.
OURS = frozenset({
    "C03", "C05", "C06", "C07", "C13", "C14", "C17", "C18", "C20", "C21", "C23", "C24",
    "C31", "C32", "C33", "C38", "C39", "C40", "C41", "C42",
})  # fmt: skip
FOUND = {
    "2019年（第十四届）城市发展与规划大会专项经费": ["C03 C4"],
    "规划“一张图”系统数据实时更新": ["C07 C11"],
    "土地印花税": ["C03 C14"],
    "市中心城区地下综合管廊工程惠济花园口镇/金水科教园区/马寨新镇区PPP": ["C23 C10"],
    "自然资源普法应急维护保障": ["C07 C13"],
    "不动产登记分中心运转经费": ["C07 C10", "C07 C12", "C17 C14"],
    "不动产信息系统运行维护经费": ["C03 C14", "C05 B26", "C07 C10", "C17 C14"],
    "《规划郑州》杂志印刷制作费": ["C17 C14"],
}


def ours(problems: tuple[Problem, ...]) -> list[str]:
    return sorted(f"{each.code} {each.cell}" for each in problems if each.code in OURS)


@pytest.fixture(scope="module")
def targets() -> dict[str, list[str]]:
    form = load_form("project_target")
    blank = template_of(form)
    return {
        data["project"]: ours(
            judge_package(fill(blank, form, data), "表.xlsx", Rules(), marking=False)
            .results[0]
            .problems
        )
        for data in project_targets()
    }


def test_the_target_forms_show_just_these(targets: dict[str, list[str]]) -> None:
    assert {project: found for project, found in targets.items() if found} == FOUND


def test_the_department_form_shows_just_these() -> None:
    rules = Rules(profile="henan-2022", year=2022)
    result = judge_package(returned_workbook(), "上街区.xlsx", rules, marking=False).results[0]
    assert ours(result.problems) == ["C14 E5", "C20 E43", "C20 E45", "C41 F5"]
    (ahead,) = (each for each in result.problems if each.code == "C41")
    assert "高出 18.10 个百分点" in ahead.message
    (changed,) = (each for each in result.problems if each.code == "C14")
    assert "895.51%" in changed.message

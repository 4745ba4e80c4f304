"""What is inconsistent in the seeds: each entry with the code that finds it, or why none can.

A is the overall form of 2022 (Shangjie), B a report of 2022 in prose (Shijiazhuang), D the target
forms of 2020 (Zhengzhou), of which the demo has twenty of twenty-eight.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pytest

from xlflow.demo import returned_workbook
from xlflow.demo.seeds import project_targets, shangjie
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules, judge_package
from xlflow.problems import Problem, Severity
from xlflow.review.context import Context, Known, Listed

SHANGJIE = "上街区"
CONFERENCE = "2019年（第十四届）城市发展与规划大会专项经费"
AUTOMATION = "办公自动化运行维护"
PIPELINES = "地下管线系统运行数据动态更新及应用"
ONE_MAP = "规划“一张图”系统数据实时更新"
SURVEYING = "建设工程正负零验线"
LAND_SALES = "土地使用权出让专项业务费"
STAMP_DUTY = "土地印花税"
LAND_PRICE = "郑州市区基准地价编制"
TUNNEL = "市中心城区地下综合管廊工程惠济花园口镇/金水科教园区/马寨新镇区PPP"
LAW = "自然资源普法应急维护保障"
BRANCHES = "不动产登记分中心运转经费"
REGISTRY = "不动产信息系统运行维护经费"
NETWORK = "网络安全经费"
VILLAGE = "林山寨村委会安置补偿费"
LIQUIDATION = "郑州市建设开发公司清算费用"
MAGAZINE = "《规划郑州》杂志印刷制作费"

OF_A = (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 19)
OF_B = (1, 2, 3, 5, 6, 9, 10, 11, 14, 15, 17)
OF_D = (1, 2, 5, 6, 8, 9, 10, 11, 12, 14, 15, 16, 18, 20, 24, 26, 27, 29, 31)
ENTRIES = {
    f"{seed}{number}"
    for seed, all_of_it in zip("ABD", (OF_A, OF_B, OF_D), strict=True)
    for number in all_of_it
}


class Seen(NamedTuple):
    """Where an entry is found: the form, the code, the cell and some words of the message."""

    form: str
    code: str
    cell: str
    says: str


FOUND = [
    ("A1", Seen(SHANGJIE, "C12", "I5", "8.19")),
    ("A2", Seen(SHANGJIE, "C15", "F26", "81.90%")),
    ("A3", Seen(SHANGJIE, "C15", "F27", "895.51%")),
    ("A4", Seen(SHANGJIE, "C15", "F28", "18.10%")),
    ("A5", Seen(SHANGJIE, "C19", "E45", "10 倍")),
    ("A6", Seen(SHANGJIE, "C14", "E5", "895.51%")),
    ("A7", Seen(SHANGJIE, "C37", "J5", "没有填写原因")),
    ("A8", Seen(SHANGJIE, "C41", "F5", "18.10 个百分点")),
    ("A10", Seen(SHANGJIE, "C51", "F21", "25 项指标")),
    *(("A11", Seen(SHANGJIE, "C54", f"F{line}", "100%")) for line in (10, *range(12, 19))),
    ("A12", Seen(SHANGJIE, "C55", "F18", "“预计”、“以实际抽查项目合同金额为准”")),
    ("A13", Seen(SHANGJIE, "C70", "F15", "形成中期成果")),
    ("A15", Seen(SHANGJIE, "C59", "F26", "计了两次")),
    ("A16", Seen(SHANGJIE, "C57", "E70", "明显提高")),
    ("A17", Seen(SHANGJIE, "C20", "E43", "430万元")),
    ("A17", Seen(SHANGJIE, "C20", "E45", "15000元")),
    ("D1", Seen(BRANCHES, "C16", "C8", "5120000")),
    ("D2", Seen(BRANCHES, "C17", "C14", "与上年度金额相同")),
    ("D5", Seen(REGISTRY, "C17", "C14", "合计 517万元，与本年度金额 317万元")),
    ("D6", Seen(REGISTRY, "C05", "B26", "产出、效益、满意度")),
    ("D8", Seen(MAGAZINE, "C17", "C14", "38.5万元，与本年度金额 36万元")),
    ("D9", Seen(STAMP_DUTY, "C03", "C14", "2017年预算需")),
    ("D10", Seen(STAMP_DUTY, "C60", "D40", "单位投资利润")),
    ("D10", Seen(STAMP_DUTY, "C58", "F45", "=90%")),
    ("D11", Seen(TUNNEL, "C59", "D29", "12 项指标在表中出现两次")),
    ("D11", Seen(TUNNEL, "C23", "C10", "230014万元")),
    ("D11", Seen(TUNNEL, "C60", "D54", "区域调查覆盖率")),
    ("D12", Seen(LAW, "C60", "D47", "成果批示数")),
    ("D12", Seen(LAW, "C61", "C24", "知晓率达到80%")),
    ("D12", Seen(LAW, "C01", "F56", "没有填写")),
    ("D14", Seen(NETWORK, "C62", "F45", "社会效益满意度100%")),
    ("D14", Seen(NETWORK, "C61", "C24", "政策知晓度超过95%")),
    ("D15", Seen(PIPELINES, "C62", "F46", "≥90%")),
    ("D15", Seen(ONE_MAP, "C62", "F46", "≥90%")),
    ("D15", Seen(SURVEYING, "C62", "F44", "≥90%")),
    ("D16", Seen(AUTOMATION, "C61", "C24", "使用人满意度100%")),
    ("D18", Seen(LAND_SALES, "C58", "F37", "=100%")),
    ("D20", Seen(MAGAZINE, "C57", "F37", "4 项比率")),
    ("D24", Seen(VILLAGE, "C56", "C24", "2036年")),
    ("D26", Seen(CONFERENCE, "C03", "C4", "2019年")),
    ("D26", Seen(CONFERENCE, "C16", "F8", "项目构成没有填写")),
    ("D27", Seen(LAND_PRICE, "C58", "F37", "市区")),
    ("D27", Seen(LAND_PRICE, "C69", "C10", "自然资源厅")),
    ("D31", Seen(ONE_MAP, "C07", "C11", "没有写完")),
    ("D31", Seen(LAW, "C07", "C13", "没有写完")),
    ("D31", Seen(BRANCHES, "C07", "C10", "没有写完")),
    ("D31", Seen(REGISTRY, "C07", "C10", "没有写完")),
]

# As the forms were printed; handing them out has filled in what was lost.
LOST = {"A19": "C03", "D29": "C02"}

PROSE = "stands in a report in prose; there is no form it could be read from"
NOT_ON_A_FORM: Mapping[str, str] = {
    **dict.fromkeys(["B1", "B2", "B3", "B5", "B6", "B9", "B10", "B11", "B14", "B15"], PROSE),
    "B17": "no error: grades of its own, which the profile shijiazhuang-2022 has",
}

# Parts of entries found otherwise that no form of ours can show.
NOT_SHOWN = {
    "D15": "P17 is not among the twenty forms",
    "D20": "P5 is not among the twenty forms",
    "D24": "telephone numbers are no part of the data",
    "D31": "P8 and P28 are not among the twenty forms",
    "D27": "the tags were taken out when the forms were printed",
}


@cache
def problems_of(form: str, profile: str = "national-2020") -> tuple[Problem, ...]:
    """Return all problems of a form of the seeds."""
    if form == SHANGJIE:
        package = returned_workbook()
    else:
        target_form = load_form("project_target")
        (data,) = [each for each in project_targets() if each["project"] == form]
        package = fill(template_of(target_form), target_form, data)
    (result,) = judge_package(package, "表.xlsx", Rules(profile=profile), marking=False).results
    return result.problems


def found_in(form: str, code: str) -> list[Problem]:
    """Return the problems of a code; of the district's form under its own and the national rule."""
    profiles = ("henan-2022", "national-2020") if form == SHANGJIE else ("national-2020",)
    return [
        each for profile in profiles for each in problems_of(form, profile) if each.code == code
    ]


def test_the_table_has_every_entry() -> None:
    listed = {entry for entry, _ in FOUND} | set(LOST) | set(NOT_ON_A_FORM)
    assert listed == ENTRIES
    assert set(NOT_SHOWN) <= listed
    assert not {entry for entry, _ in FOUND} & set(NOT_ON_A_FORM)


@pytest.mark.parametrize(("entry", "seen"), FOUND)
def test_an_inconsistency_is_found_at_its_cell(entry: str, seen: Seen) -> None:
    messages = [each.message for each in found_in(seen.form, seen.code) if each.cell == seen.cell]
    assert any(seen.says in message for message in messages), entry


def test_a_form_without_its_year_is_returned() -> None:  # A19
    seed = shangjie()
    form = load_form(seed["form"])
    printed = {key: value for key, value in seed["data"].items() if key != "year"}
    package = fill(template_of(form), form, printed)
    (result,) = judge_package(package, "表.xlsx", Rules(), marking=False).results
    (found,) = [each for each in result.problems if each.code == LOST["A19"]]
    assert (found.severity.value, found.field) == ("error", "/year")


def test_a_lost_code_is_asked_for_where_the_roster_has_it() -> None:  # D29
    form = load_form("project_target")
    (data,) = [each for each in project_targets() if each["project"] == REGISTRY]
    printed = {key: value for key, value in data.items() if key != "unit_code"}
    package = fill(template_of(form), form, printed)
    known = Known(listed=(Listed(data["unit"], data["unit_code"]),))
    contexts = {form.title: Context(known=known)}
    judged = judge_package(package, "表.xlsx", Rules(), contexts=contexts, marking=False)
    (found,) = [each for each in judged.results[0].problems if each.code == LOST["D29"]]
    assert found.field == "/unit_code"
    assert data["unit_code"] in found.message


def test_all_25_percentages_are_named_by_their_cells() -> None:
    for profile in ("henan-2022", "national-2020"):
        (found,) = [each for each in problems_of(SHANGJIE, profile) if each.code == "C51"]
        for run in ("F21–F24", "F31–F35", "F46–F47", "F53", "F56–F58", "F60–F66", "F68–F70"):
            assert run in found.message


# -- what must not be flagged ----------------------------------------------------------------------


@pytest.mark.parametrize("code", ["C10", "C11", "C30", "C31", "C32", "C35", "C52", "C65"])
def test_what_adds_up_in_the_district_form_is_not_flagged(code: str) -> None:
    assert found_in(SHANGJIE, code) == []


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ("D42 E42 F42", "4季度 and 四个季度 are the same"),
        ("D55 E55 F55", "2个 are two draws of one project each"),
        ("D48 E48 F48", "the survey of 2021 is made in 2022"),
        ("D67 E67 F67", "the survey of 2021 is made in 2022"),
        ("D17", "the survey of 2021 is made in 2022"),
    ],
)
def test_a_cell_of_the_district_form_that_is_right(cells: str, why: str) -> None:
    for profile in ("henan-2022", "national-2020"):
        touched = [
            each.code for each in problems_of(SHANGJIE, profile) if each.cell in cells.split()
        ]
        assert touched == [], why


@pytest.mark.parametrize(
    ("form", "codes", "why"),
    [
        (NETWORK, "C16 C17 C18 C19 C22", "12+16+12 = 40, and 290+40 = 330 is last year's"),
        (VILLAGE, "C16 C18 C19 C22 C23", "108 = 106+2"),
        (LIQUIDATION, "C16 C19 C23", "29.7万 = 297000"),
        (MAGAZINE, "C16 C61 C62", "issues 34 to 39 are six, 33 until 2019"),
    ],
)
def test_sums_of_the_target_forms_that_are_right(form: str, codes: str, why: str) -> None:
    assert [each.code for code in codes.split() for each in found_in(form, code)] == [], why


def test_amounts_that_differ_in_their_writing_alone_are_equal() -> None:
    """2000000.00 is 2000000; one project alone has sums that are wrong."""
    wrong = [
        form["project"]
        for form in project_targets()
        for each in found_in(form["project"], "C16")
        if each.severity is Severity.ERROR
    ]
    assert wrong == [BRANCHES]

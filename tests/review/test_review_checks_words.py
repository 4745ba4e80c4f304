"""The checks of targets, actuals and texts: rows that trip them, and rows that must not."""

from decimal import Decimal

import pytest
from filled_forms import HENAN, NATIONAL, SHEET, Changes, case, codes, filled, problems, row

from xlflow.forms import load_form
from xlflow.forms.document import Document, Source
from xlflow.problems import Problem, Severity
from xlflow.review import Case, review
from xlflow.scoring import Scores

ACCOUNT = "/annual_tasks/0/actual"
REASON = "原因只写了“{}”"


@pytest.mark.parametrize(
    ("code", "changes", "cell", "says"),
    [
        # C51: the actual is of the kind of its target
        ("C51", {row(4, "actual"): "100%"}, "L34", "“防火制度”的指标值是“健全”，实际填“100%”"),
        ("C51", {row(1, "target"): "2022年6月底", row(1, "actual"): "100%"}, "L31", "实际填“100%”"),
        ("C51", {row(1, "target"): "2022年6月底", row(1, "actual"): "已完成"}, "L31", "填完成日期"),
        ("C51", {row(5, "actual"): "达成预期指标"}, "L35", "指标值是“≥90%”"),
        ("C51", {row(4, "actual"): "100%", row(5, "actual"): "达成"}, "L34", "2 项指标"),
        ("C51", {row(1, "actual"): "不涉及"}, "L31", "指标值是“≥4000亩”，实际填“不涉及”"),
        # C52: it can be set against the target
        ("C52", {row(1, "actual"): "4000株"}, "L31", "单位不同，无法比较"),
        ("C52", {row(5, "actual"): "0.965"}, "L35", "没有写百分号"),
        ("C52", {row(1, "actual"): "≥4000亩"}, "L31", "写成了范围"),
        # C55: the account speaks of what was done
        ("C55", {ACCOUNT: "预计造林4000亩，费用以实际合同金额为准。"}, "L20",
         "“预计”、“以实际合同金额为准”"),
        ("C55", {row(4, "actual"): "预计年底健全"}, "L34", "“预计”"),
        # C56: times
        ("C56", {row(1, "target"): "2023年3月底"}, "O31", "晚于 2022-12-31"),
        ("C56", {row(1, "target"): "2022年9月1日至2022年3月1日"}, "O31", "结束早于开始"),
        ("C56", {ACCOUNT: "2019年10月1日至2019年9月30日造林4000亩。"}, "L20", "结束早于开始"),
        ("C56", {"/annual_objective/expected": "保证2036年期间正常办公。"}, "K3", "“2036年”"),
        ("C56", {row(1, "target"): "2022年6月31日前"}, "O31", "没有“2022年6月31日前”这一天"),
        # C57: rates
        ("C57", {row(5, "actual"): "101%"}, "L35", "不可能超过 100%"),
        ("C57", {row(5, "target"): "满意"}, "O35", "没有写百分比"),
        ("C57", {row(5, "target"): "≥75%"}, "O35", "低于 80%"),
        ("C57", {row(5, "target"): "100%"}, "O35", "定为 100%"),
        ("C57", {row(4, "level3"): "成活率", row(4, "target"): "≥100%"}, "O34", "“≥100%”"),
        # C58: name and target fit
        ("C58", {row(4, "level3"): "制度健全性", row(4, "target"): "100%"}, "O34", "定性的名称"),
        ("C58", {row(4, "level3"): "覆盖企业数", row(4, "target"): "=100%"}, "O34", "是数量"),
        ("C58", {row(4, "level3"): "区域覆盖率", row(4, "target"): "市区"}, "O34", "是比率"),
        # C59: once
        ("C59", {row(2, "level3"): "造林 面积", row(2, "target"): "≥４０００亩"}, "N32",
         "1 项指标在表中出现两次"),
        # C61, C62: the goal
        ("C61", {"/annual_objective/expected": "培训护林员649人，政策知晓率达到80%。"}, "K3",
         "政策知晓率达到80%、649人"),
        ("C62", {"/annual_objective/expected": "完成造林，使用人满意度达到100%。"}, "O35",
         "写“使用人满意度达到100%”，指标“群众满意度”的指标值却是“≥90%”"),
        # C66: reasons
        ("C66", {row(2, "reason"): "无。"}, "J32", REASON.format("无。")),
        ("C66", {row(2, "reason"): "受疫情影响"}, "J32", REASON.format("受疫情影响")),
        ("C66", {"/funds/total/reason": "客观原因"}, "J5", "“预算执行率”有偏差"),
        # C67, C68, C69: notes
        ("C67", {row(4, "target"): "明显提升"}, "O34", "“防火制度”的“明显提升”"),
        ("C68", {row(1, "target"): "≥4000", row(1, "level3"): "造林"}, "O31", "没有单位"),
        ("C68", {row(5, "target"): "≥90"}, "O35", "没有单位"),
        ("C69", {ACCOUNT: "造林<p>，拨付，，到户。"}, "L20", "“<p>”（L20）、“，，”应为“，”"),
        ("C69", {row(4, "level3"): "森林防火覆盖森林防火覆盖率"}, "N34", "应为“森林防火覆盖”"),
        # C70: the account and the table
        ("C70", {"/annual_tasks/0/name": "国有林场抚育", row(3, "level3"): "国有林场抚育完成率",
                 row(3, "target"): "100%", row(3, "actual"): "100%",
                 ACCOUNT: "目前已形成中期成果。"}, "L20", "L33 单元格“国有林场抚育完成率”"),
    ],
)  # fmt: skip
def test_a_form_that_trips_a_check(code: str, changes: Changes, cell: str, says: str) -> None:
    (found,) = [each for each in problems(changes) if each.code == code]
    assert (found.cell, found.sheet) == (cell, filled().sheet)
    assert says in found.message
    assert "None" not in found.message + found.message_en


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("C51", {row(4, "actual"): "达成"}),
        ("C51", {row(4, "target"): "全覆盖", row(4, "actual"): "100%"}),
        ("C51", {row(4, "target"): "完成2次宣传和3次巡查", row(4, "actual"): "5次"}),
        ("C51", {row(4, "target"): "9月前", row(4, "actual"): "7月", "/year": None}),
        ("C51", {row(5, "actual"): "无"}),
        ("C51", {row(1, "actual"): "不涉及", row(1, "score"): "0"}),
        ("C52", {row(5, "actual"): "96.5"}),
        ("C52", {row(1, "actual"): "0.4万亩"}),
        ("C55", {ACCOUNT: "按计划完成造林，争取省级资金200万元，完成规划拟定。"}),
        ("C55", {ACCOUNT: "将补助发放到户，达成预期指标。"}),
        ("C56", {row(1, "target"): "2022年底"}),
        ("C56", {"/annual_objective/expected": "《规划（2022-2035年）》，管2020-2035年。"}),
        ("C57", {row(5, "level3"): "产值增长率", row(5, "target"): "≥100%"}),
        ("C57", {row(5, "level3"): "任务完成率", row(5, "actual"): "120%"}),
        ("C57", {row(5, "target"): "≥95%"}),
        ("C58", {row(4, "level3"): "公示及时性", row(4, "target"): "100%"}),
        ("C58", {row(4, "level3"): "发展指数", row(4, "target"): "≥95%"}),
        ("C58", {row(4, "level3"): "巡查覆盖率", row(4, "target"): "全覆盖"}),
        ("C59", {row(2, "level3"): "造林面积"}),  # another target
        ("C61", {"/annual_objective/expected": "造林4000亩，抚育15000亩，2022年6月验收。"}),
        ("C62", {"/annual_objective/expected": "群众满意度90%以上。"}),
        ("C66", {row(1, "reason"): "无"}),  # nothing was lost
        ("C66", {row(2, "reason"): "秋季连续降雨，次年完成"}),
        ("C67", {row(4, "target"): "健全有效"}),
        ("C68", {row(1, "target"): "≥4000"}),  # 面积 is no number of per cents
        ("C68", {row(4, "level3"): "火灾起数", row(4, "target"): "0"}),
        ("C69", {ACCOUNT: "按国家林业和草原局、自然资源部要求造林4000亩。"}),
        ("C70", {ACCOUNT: "造林4000亩，未发生火灾。"}),
        ("C70", {"/annual_objective/actual": "造林尚未完成。"}),  # nor do the indicators say so
    ],
)  # fmt: skip
def test_a_form_that_must_not_trip_it(code: str, changes: Changes) -> None:
    assert code not in codes(problems(changes))


def test_many_rows_of_one_kind_are_one_line_with_all_cells() -> None:
    changes = {row(at, "target"): "健全" for at in (1, 2, 4)}
    changes |= {row(at, "actual"): "100%" for at in (1, 2, 4)}
    (found,) = [each for each in problems(changes) if each.code == "C51"]
    assert "3 项指标" in found.message
    assert "（L31–L32、L34）" in found.message


def test_where_percentages_read_as_completion_they_are_a_note() -> None:
    changes = {row(4, "actual"): "100%", row(5, "actual"): "达成"}
    severities = {
        each.cell: each.severity for each in problems(changes, HENAN) if each.code == "C51"
    }
    assert severities == {"L34": Severity.NOTE, "L35": Severity.WARNING}


@pytest.mark.parametrize(
    ("profile", "written", "wrong"),
    [
        (HENAN, "0.00%", False),  # met: adverse only
        (HENAN, "7.22%", True),
        (NATIONAL, "7.22%", NATIONAL.deviation_rule != "V1"),
    ],
)
def test_the_deviation_is_that_of_the_profile(
    profile: object, written: str, *, wrong: bool
) -> None:
    document = filled()
    sources = {**document.sources, row(5, "deviation"): Source(SHEET, "K35", written)}
    given = HENAN if profile is HENAN else NATIONAL
    found = review(case(Document(document.form, SHEET, document.data, sources), given))
    assert ("C65" in codes(found)) is wrong


# -- a project's target form (C56, C60, C63) -----------------------------------------------------

SAID = "对中院地下消防水池及损毁消防管道进行更换修复，彻底解决漏水问题，消除地面下沉的隐患。" * 4


def project(*rows: tuple[str, str, str, str], **fields: str) -> list[Problem]:
    """Return the problems of a target form with these indicators, by level 1, 2, 3 and target."""
    table = [
        dict(zip(("level1", "level2", "level3", "target"), each, strict=True)) for each in rows
    ]
    data = {"year": Decimal(2020), "project": "中院地面下沉治理", "indicators": table, **fields}
    sources = {
        f"/{key}": Source("申报表", f"C{at}", str(fields[key])) for at, key in enumerate(fields, 5)
    }
    for at, each in enumerate(table, 30):
        for letter, key in zip("ABCD", each, strict=True):
            sources[f"/indicators/{at - 30}/{key}"] = Source("申报表", f"{letter}{at}", each[key])
    form = load_form("project_target")
    document = Document(form.name, "申报表", data, sources)
    return list(review(Case(form, document, NATIONAL, Scores())))


def test_an_indicator_that_shares_no_word_with_the_project_is_asked_about() -> None:
    rows = [
        ("投入", "管理", "三算一致性", "一致"),  # management is alike everywhere
        ("产出目标", "数量", "消防管道更换", "≥200米"),
        ("效果目标", "经济效益", "土地管理利用改善情况", "提升"),
        ("效果目标", "满意度", "业主满意度", "≥90%"),
        ("产出目标", "时效", "按时完成率", "100%"),
    ]
    (found,) = [each for each in project(*rows, overview=SAID) if each.code == "C60"]
    assert (found.cell, found.severity) == ("C32", Severity.WARNING)
    assert "“土地管理利用改善情况”（C32）" in found.message


def test_a_project_that_says_little_of_itself_is_not_asked() -> None:
    rows = [("产出目标", "数量", "课题研究数", "≥3项")]
    assert "C60" not in codes(project(*rows, overview="消防改造。"))


@pytest.mark.parametrize(
    ("level2", "name", "asked"),
    [
        ("质量", "计划完成项目及时率", True),
        ("数量指标", "验收合格率", True),
        ("数量指标", "群众满意度", True),
        ("时效", "项目完成及时性", False),
        ("质量指标", "验收合格率", False),
        ("社会效益", "成果公布及时性", False),
    ],
)
def test_an_indicator_in_another_class_is_a_note(level2: str, name: str, *, asked: bool) -> None:
    found = project(("产出目标", level2, name, "100%"))
    assert ("C63" in codes(found)) is asked


def test_a_project_that_ends_before_it_begins_is_returned() -> None:
    found = project(start_date="2020-12-31", end_date="2020-01-01")
    (ends,) = [each for each in found if each.code == "C56"]
    assert (ends.cell, ends.severity) == ("C6", Severity.ERROR)


def test_a_deadline_after_the_project_has_ended_is_returned() -> None:
    dates = {"start_date": "2020-01-01", "end_date": "2021-06-30"}
    late = project(("产出目标", "时效", "完工时间", "2021年12月底"), **dates)
    assert "C56" in codes(late)
    assert "C56" not in codes(project(("产出目标", "时效", "完工时间", "2021年6月底"), **dates))

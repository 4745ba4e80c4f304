"""The sheet 填报说明 tells from schema and profile how a form is filled in and judged."""

import io
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.forms import Document, load_form
from xlflow.issuing import GUIDE_NAME, Exercise, Line, issue
from xlflow.issuing.prefill import Targets
from xlflow.judging import Rules, judge_package

FORMS = (
    "project_target",
    "project_monitoring",
    "project_self_evaluation",
    "overall_self_evaluation",
)
UNIT = Line("示例局", "039001", deadline="2026-04-30")


def handed_out(folder: Path, name: str, profile: str = "henan-2022", line: Line = UNIT) -> bytes:
    exercise = Exercise(load_form(name), 2025, profile, send_to="绩效科")
    (issued,) = issue(exercise, [line], folder)
    return issued.path.read_bytes()


def guide_in(package: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(package))[GUIDE_NAME]


def told(package: bytes) -> dict[str, str]:
    """Return the last column of a guide by the second."""
    rows = guide_in(package).iter_rows(values_only=True)
    return {str(row[1]): str(row[4] or "") for row in rows if isinstance(row[0], int)}


@pytest.mark.parametrize("name", FORMS)
def test_when_and_where_to_send_stands_first(name: str, tmp_path: Path) -> None:
    package = handed_out(tmp_path, name)
    assert list(told(package).items())[:2] == [("截止日期", "2026-04-30"), ("报送到", "绩效科")]
    without = told(handed_out(tmp_path, name, line=Line("第二局")))
    assert without["截止日期"] == "以通知为准"


@pytest.mark.parametrize("name", FORMS)
def test_everything_a_unit_fills_in_is_explained(name: str, tmp_path: Path) -> None:
    explained = told(handed_out(tmp_path, name))
    wanted = [
        field
        for field in load_form(name).root.walk()
        if field.path and not (field.children or field.read_only or field.part)
    ]
    assert {f"“{field.title}”" for field in wanted} <= explained.keys()


def test_a_column_says_where_whether_and_how(tmp_path: Path) -> None:
    rows = guide_in(handed_out(tmp_path, "project_self_evaluation")).iter_rows(values_only=True)
    by_label = {row[1]: row[2:] for row in rows}
    assert by_label["“项目名称”"] == ("C2", "必填", "与批复的项目名称一致。")
    assert by_label["“分值”"][:2] == ("G6、G 列", "必填")
    assert by_label["“年度”"][2] == "自评所属的预算年度，四位数字。2000 到 2100 之间。"
    assert "可选：成本指标、产出指标" in str(by_label["“一级指标”"][2])


def test_the_bounds_of_the_profile_are_told_and_worked_out(tmp_path: Path) -> None:
    henan = told(handed_out(tmp_path, "project_self_evaluation"))
    assert henan["预算执行率"] == "执行率达到90%得满分"
    assert "10×85.00%÷90%＝9.44分" in henan["例：全年预算 100 万元，执行 85 万元，分值 10"]
    tianjin = told(handed_out(tmp_path, "project_self_evaluation", "tianjin"))
    assert "10×85.00%÷100%＝8.50分" in tianjin["例：全年预算 100 万元，执行 85 万元，分值 10"]
    assert "得0.00分" in tianjin["例：指标值 =10次，实际 8次，分值 10"]
    assert henan["等级"] == "优≥90，良≥80，中≥60，差≥0"


def test_a_monitoring_form_is_told_of_lights_alone(tmp_path: Path) -> None:
    lights = told(handed_out(tmp_path, "project_monitoring"))
    assert "低于 60% 红灯" in lights["运行监控：灯号界限"]
    assert lights["例：指标值 ≥100件，实际 25件，期次 1-6月"].endswith("红灯（低于60%）。")
    assert "等级" not in lights
    assert "怎样计分" not in str([row[0].value for row in guide_in(
        handed_out(tmp_path, "project_monitoring")).iter_rows()])  # fmt: skip


def test_a_target_form_is_not_scored(tmp_path: Path) -> None:
    assert not [topic for topic in told(handed_out(tmp_path, "project_target")) if "例" in topic]


def test_a_line_s_own_profile_is_the_one_explained(tmp_path: Path) -> None:
    line = Line("示例局", profile="tianjin")
    package = handed_out(tmp_path, "project_self_evaluation", "henan-2022", line)
    assert told(package)["预算执行率"] == "按执行率得分"


def handed_out_with(folder: Path, name: str, rows: list[dict[str, str]]) -> bytes:
    """Return a form that is handed out with accepted indicators."""
    targets = Targets(load_form("project_target"), Document("", "", {"indicators": rows}, {}))
    exercise = Exercise(load_form(name), 2025, "national-2020")
    (issued,) = issue(exercise, [UNIT], folder, targets={UNIT: targets})
    return issued.path.read_bytes()


@pytest.mark.parametrize("name", FORMS[1:])
def test_of_targets_that_are_locked_nothing_is_said_but_that(name: str, tmp_path: Path) -> None:
    whole = {"level1": "投入与目标管理", "level2": "数量指标", "level3": "培训", "target": "≥500人"}
    locked, bare = handed_out_with(tmp_path, name, [whole, whole]), handed_out(tmp_path, name)
    assert "已填好的内容" in told(locked)
    assert "已填好的内容" not in told(bare)
    lines = {row[1]: row[3:] for row in guide_in(locked).iter_rows(values_only=True)}
    for title in ("一级指标", "二级指标", "三级指标", "年度指标值"):
        assert lines[f"“{title}”"] == (None, "取自已通过的绩效目标表，已锁定。")
        assert "取自" not in told(bare)[f"“{title}”"]
    # A row inserted among locked targets would be locked as well.
    assert "指标表不增减行" in told(locked)["行数不够"]
    assert "指标表不增减行" not in told(bare)["行数不够"]
    assert "指标表不增减行" in hint_in(locked)
    assert "表格行数不够时，在表内任意一行上方插入行即可" in hint_in(bare)
    assert "指标表不增减行" not in hint_in(bare)


def hint_in(package: bytes) -> str:
    """Return the remark on a form that says what to fill in."""
    rows = openpyxl.load_workbook(io.BytesIO(package)).worksheets[0].iter_rows(values_only=True)
    (hint,) = (str(row[0]) for row in rows if str(row[0]).startswith("浅黄色单元格"))
    return hint


def test_what_the_targets_leave_open_is_explained_as_ever(tmp_path: Path) -> None:
    rows = [{"level3": "培训人数", "target": "≥500人"}]
    explained = told(handed_out_with(tmp_path, "project_self_evaluation", rows))
    assert "可选：成本指标、产出指标" in explained["“一级指标”"]
    assert explained["“三级指标”"] == "取自已通过的绩效目标表，已锁定。"


@pytest.mark.parametrize("name", FORMS)
def test_the_guide_is_not_taken_for_another_form(name: str, tmp_path: Path) -> None:
    package = handed_out(tmp_path, name)
    book = openpyxl.load_workbook(io.BytesIO(package))
    for sheet in book.worksheets:  # as another program may save it: by labels alone
        sheet.defined_names.clear()
    book.defined_names.clear()
    stream = io.BytesIO()
    book.save(stream)
    for each in (package, stream.getvalue()):
        (result,) = judge_package(each, "a.xlsx", Rules(), marking=False).results
        assert result.sheet == load_form(name).title


@pytest.mark.parametrize("name", FORMS)
def test_it_prints_on_a4_in_width(name: str, tmp_path: Path) -> None:
    sheet = guide_in(handed_out(tmp_path, name))
    assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
    properties = sheet.sheet_properties.pageSetUpPr
    assert properties
    assert properties.fitToPage
    low = [row for row, size in sheet.row_dimensions.items() if size.height and size.height < 15]
    assert low == []

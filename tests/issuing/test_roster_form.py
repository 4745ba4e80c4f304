"""The roster is a form of ours: filled in, read, and told cell by cell what is wrong in it."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from package_samples import canonical_parts

from xlflow.config import ROSTER_FILE, Workspace, create_workspace
from xlflow.errors import UsageError
from xlflow.forms import Form, all_forms, load_form
from xlflow.issuing import Line, finished_template, lines_for, read_roster, template_of
from xlflow.pipeline import hand_out, run, standing

ROSTER = load_form("roster")
HEADINGS = [
    "单位编码", "单位名称", "联系人", "项目编码", "项目名称", "预算金额（万元）", "截止日期",
    "评分方案", "密码", "备注",
]  # fmt: skip
PROJECTS = load_form("project_self_evaluation")
OVERALL = load_form("overall_self_evaluation")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "工作区")


def filled_in(workspace: Workspace, *lines: dict[str, str | float]) -> Path:
    """Type lines into the roster of a workspace, below the example."""
    path = workspace.root / ROSTER_FILE
    book = openpyxl.load_workbook(path)
    sheet = book["填报名册"]
    for row, line in enumerate(lines, start=5):
        for heading, value in line.items():
            sheet.cell(row, HEADINGS.index(heading) + 1).value = value
    book.save(path)
    return path


def faults_of(path: Path, workspace: Path | None = None) -> list[str]:
    with pytest.raises(UsageError) as refused:
        read_roster(path, workspace)
    return refused.value.zh.splitlines()


def csv_roster(folder: Path, *lines: str) -> Path:
    path = folder / "名册.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


# -- the form ------------------------------------------------------------------------------------


def test_the_template_is_the_one_that_is_built() -> None:
    assert finished_template(ROSTER) == finished_template(ROSTER)
    assert canonical_parts(template_of(ROSTER)) == canonical_parts(finished_template(ROSTER))


def test_headings_are_locked_and_lines_are_not() -> None:
    path = Path(__file__).parents[2] / "workbook_templates" / "roster.xlsx"
    sheet = openpyxl.load_workbook(path)["填报名册"]
    assert [cell.value for cell in sheet[3]] == HEADINGS
    assert sheet.protection.sheet
    assert all(cell.protection.locked for row in (1, 2, 3) for cell in sheet[row])
    assert not any(cell.protection.locked for row in (4, 5, 303) for cell in sheet[row])
    (amounts,) = (each for each in sheet.data_validations.dataValidation if each.type == "decimal")
    assert (str(amounts.sqref), amounts.operator) == ("F4:F303", "greaterThanOrEqual")


def test_it_is_no_form_that_comes_in(workspace: Workspace) -> None:
    assert "roster" not in [form.name for form in all_forms()]
    path = filled_in(workspace, {"单位名称": "甲局"})
    (workspace.inbox / "名册.xlsx").write_bytes(path.read_bytes())
    run(workspace)
    assert standing(workspace) == ()


def test_nobody_is_handed_a_roster(workspace: Workspace) -> None:
    path = filled_in(workspace, {"单位名称": "甲局"})
    with pytest.raises(UsageError, match="“填报名册”由本科室填写，不发给单位"):
        hand_out(path, "roster", year=2025, folder=workspace.root)


def test_all_columns_are_read_and_the_example_is_nobody(workspace: Workspace) -> None:
    path = filled_in(
        workspace,
        {
            "单位编码": "039001", "单位名称": "示例局", "联系人": "财务科",
            "项目编码": "039001-01", "项目名称": "培训专项", "预算金额（万元）": 120.5,
            "截止日期": "2026年4月30日", "评分方案": "henan-2022", "密码": "123456",
        },
        {"单位名称": "第二局"},
    )  # fmt: skip
    assert read_roster(path) == (
        Line(
            "示例局", "039001", "培训专项", "039001-01", "2026-04-30", "财务科",
            Decimal(1205000), "henan-2022", "123456",
        ),
        Line("第二局"),
    )  # fmt: skip
    assert "123456" not in repr(read_roster(path))


@pytest.mark.parametrize(
    ("heading", "written", "yuan"),
    [
        ("预算金额（元）", "1205000", 1205000),
        ("预算金额", "120.5", 1205000),
        ("预算数（千元）", "1205", 1205000),
        ("预算金额（元）", "120.5万元", 1205000),
        ("预算金额(万元)", "0", 0),
    ],
)
def test_amounts_are_read_in_the_unit_of_their_heading(
    heading: str, written: str, yuan: int, tmp_path: Path
) -> None:
    (line,) = read_roster(csv_roster(tmp_path, f"单位名称,{heading}", f"甲局,{written}"))
    assert line.budget == Decimal(yuan)


# -- what is wrong in it -------------------------------------------------------------------------


def test_every_fault_is_told_at_once_with_row_and_column(workspace: Workspace) -> None:
    path = filled_in(
        workspace,
        {"单位编码": "1", "单位名称": "甲局", "预算金额（万元）": "一些"},
        {"单位编码": "2", "联系人": "财务科"},
        {"单位编码": "4.1E+11", "单位名称": "丙局", "截止日期": "4月底"},
        {"单位编码": "4", "单位名称": "丁局", "评分方案": "nix"},
        {"单位编码": "5", "单位名称": "戊局"},
        {"单位编码": "5", "单位名称": "己局"},
        {"单位编码": "5", "单位名称": "戊局"},
        {"单位名称": "#REF!"},
    )
    head, *told = faults_of(path)
    assert head == "名册 名册.xlsx 有 8 处要改，还没有发放任何表："
    starts = [
        "第 5 行 F 列（预算金额（万元））“一些”不是金额",
        "第 6 行 B 列（单位名称）没有填写",
        "第 7 行 A 列（单位编码）“4.1E+11”不像编码",
        "第 7 行 G 列（截止日期）“4月底”不能确定是哪一天",
        "第 8 行 H 列（评分方案）不能用“nix”：没有名为 nix",
        "第 12 行 B 列（单位名称）有不能用的字符或错误值“#REF!”",
        "第 10 行与第 9 行的单位编码都是 5，单位名称却不同（戊局、己局）",
        "第 11 行与第 9 行重复，都是戊局",
    ]
    assert len(told) == len(starts)
    for sentence, start in zip(told, starts, strict=True):
        assert sentence.startswith(start)


@pytest.mark.parametrize("key", ["unit", "unit_code", "project", "project_code"])
@pytest.mark.parametrize("form", [PROJECTS, OVERALL, load_form("project_target")])
def test_what_the_roster_takes_the_forms_take(form: Form, key: str) -> None:
    lines = ROSTER.root.child("lines")
    assert lines is not None
    listed, printed = lines.child(key), form.root.child(key)
    assert listed is not None
    if printed is not None:
        assert listed.schema["maxLength"] <= printed.schema.get("maxLength", 1000)


def test_nothing_is_handed_out_by_a_roster_with_a_fault(workspace: Workspace) -> None:
    path = filled_in(workspace, {"单位名称": "甲局"}, {"单位名称": "乙局", "截止日期": "很快"})
    with pytest.raises(UsageError):
        hand_out(path, OVERALL.name, year=2025, folder=workspace.root)
    assert list(workspace.handout.iterdir()) == []
    assert standing(workspace) == ()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("单位编码", "03 9001", "不像编码"),
        ("单位编码", "a" * 41, "最多 40 个字"),
        ("项目名称", "项" * 201, "最多 200 个字"),
        ("项目编码", "1;2", "不像编码"),
        ("预算金额（万元）", "-1", "不是金额"),
        ("预算金额（万元）", "≥5", "不是金额"),
        ("预算金额（万元）", "3人", "不是金额"),
        ("截止日期", "2026-02-30", "不能确定"),
        ("截止日期", "46142", "不能确定"),
        ("截止日期", "2026年4月", "不能确定"),
        ("联系人", "财务\x0b科", "不能用的字符"),
    ],
)
def test_a_cell_that_can_not_be_used(column: str, value: str, says: str, tmp_path: Path) -> None:
    path = csv_roster(tmp_path, f"单位名称,{column}", f"甲局,{value}")
    _, told = faults_of(path)
    assert told.startswith(f"第 2 行 B 列（{column}）")
    assert says in told


def test_a_profile_of_the_workspace_is_known(workspace: Workspace) -> None:
    own = workspace.root / "schemas" / "profiles" / "ours.toml"
    own.write_text(
        'based_on = "national-2020"\ntitle = "本市"\nsource = "通知"\nwho_scores = "self"\n',
        encoding="utf-8",
    )
    path = csv_roster(workspace.root, "单位名称,评分方案", "甲局,ours")
    assert read_roster(path, workspace.root)[0].profile == "ours"
    assert "没有名为 ours" in faults_of(path)[1]


# -- one roster for all forms --------------------------------------------------------------------


def test_a_form_of_the_whole_unit_is_handed_out_once(tmp_path: Path) -> None:
    lines = read_roster(
        csv_roster(
            tmp_path,
            "单位编码,单位名称,项目名称,预算金额（元）",
            "1,甲局,一期,10",
            "1,甲局,二期,20",
            "2,乙局,一期,30",
        )
    )
    assert len(lines_for(PROJECTS, lines, "名册")) == 3
    first, second = lines_for(OVERALL, lines, "名册")
    assert (first.unit, first.project, first.budget) == ("甲局", None, None)
    assert (second.unit, second.budget) == ("乙局", Decimal(30))


def test_a_unit_that_is_asked_for_two_things_is_told(tmp_path: Path) -> None:
    lines = read_roster(
        csv_roster(
            tmp_path,
            "单位名称,项目名称,截止日期",
            "甲局,一期,2026-04-30",
            "甲局,二期,2026-05-30",
        )
    )
    with pytest.raises(UsageError, match="第 3 行与第 2 行都是甲局，截止日期"):
        lines_for(OVERALL, lines, "名册")

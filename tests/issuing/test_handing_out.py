from pathlib import Path

import pytest

from xlflow import files
from xlflow.config import Workspace, create_workspace, open_workspace
from xlflow.errors import DefinitionError, EnvironmentFailed, UsageError
from xlflow.forms import load_form
from xlflow.issuing import Exercise, Issued, issue
from xlflow.issuing.roster import Line
from xlflow.ooxml import Workbook
from xlflow.pipeline import check, doubtful_round, hand_out, run, standing

FORM = "overall_self_evaluation"
TITLE = "部门整体支出绩效自评表"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "工作区")


def roster(workspace: Workspace, *lines: str) -> Path:
    path = workspace.root / "roster.csv"
    path.write_text("\n".join(["单位编码,单位名称,项目编码,项目名称", *lines]), encoding="utf-8")
    return path


def handed_out(workspace: Workspace, *lines: str, year: int = 2022) -> tuple[Issued, ...]:
    return hand_out(roster(workspace, *lines), FORM, year=year, folder=workspace.root)


def named(issued: tuple[Issued, ...]) -> list[str]:
    return [item.path.name for item in issued]


def test_unit_code_and_year_stand_in_the_file(workspace: Workspace) -> None:
    (issued,) = handed_out(workspace, "039001,示例局,,")
    assert issued.path == workspace.handout / f"示例局_{TITLE}_2022.xlsx"
    (result,) = check(issued.path)
    assert (result.unit, result.unit_code, result.year) == ("示例局", "039001", 2022)


def test_a_unit_may_be_called_like_a_formula(workspace: Workspace) -> None:
    (issued,) = handed_out(workspace, "1,=cmd|' /C calc'!A0,,")
    sheet = Workbook.open(issued.path).sheet(TITLE)
    values = [sheet[f"{column}{row}"] for row in range(1, 6) for column in "ABCDEFGHIJ"]
    assert "=cmd|' /C calc'!A0" in values
    assert issued.path.parent == workspace.handout


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("甲/乙:局", "甲_乙_局"),
        ("../../etc", "_.._etc"),
        ("CON", "_CON"),
        ("局.", "局"),
        ("a\\b", "a_b"),
    ],
)
def test_names_of_units_are_made_safe(workspace: Workspace, unit: str, name: str) -> None:
    (issued,) = handed_out(workspace, f"1,{unit},,")
    assert issued.path == workspace.handout / f"{name}_{TITLE}_2022.xlsx"
    assert check(issued.path)[0].unit == unit


def test_units_of_one_name_are_kept_apart_by_their_codes(workspace: Workspace) -> None:
    issued = handed_out(workspace, "1,办公室,,", "2,办公室,,", "3,ABC局,,", "4,abc局,,", "5,丁局,,")
    assert named(issued) == [
        f"{stem}_{TITLE}_2022.xlsx"
        for stem in ("1_办公室", "2_办公室", "3_ABC局", "4_abc局", "丁局")
    ]


def test_very_long_names_fit_the_disk_and_stay_apart(workspace: Workspace) -> None:
    long = "某某" * 49
    path = roster(workspace, f"1,{long},,项目{long}一", f"1,{long},,项目{long}二")
    issued = hand_out(path, "project_self_evaluation", year=2022, folder=workspace.root)
    assert len(set(named(issued))) == 2
    assert all(len(name.encode()) <= 220 for name in named(issued))


@pytest.mark.parametrize("twice", ["1,甲局,,", "1,甲局 ,,", ",甲局,,"])
def test_a_line_that_stands_twice_is_refused_before_anything_is_written(
    workspace: Workspace, twice: str
) -> None:
    with pytest.raises(UsageError, match="第 4 行与第 3 行重复，都是甲局"):
        handed_out(workspace, "2,乙局,,", "1,甲局,,", twice)
    assert list(workspace.handout.iterdir()) == []
    assert standing(workspace) == ()


def test_a_form_that_does_not_exist_is_said(workspace: Workspace) -> None:
    known = rf"没有名为 nix 的表.*overall_self_evaluation \({TITLE}\)"
    with pytest.raises(UsageError, match=known):
        hand_out(roster(workspace, "1,甲局,,"), "nix", year=2022, folder=workspace.root)


def doubt(workspace: Workspace, form: str, exercise_round: str | None) -> str:
    told = doubtful_round(open_workspace(workspace.root), form, exercise_round)
    return told.zh if told else ""


def test_a_monitoring_form_is_handed_out_for_a_round(workspace: Workspace) -> None:
    monitoring = "project_monitoring"
    for blank in (None, "  "):
        assert "按期次报送，这次没有写期次" in doubt(workspace, monitoring, blank)
    assert doubt(workspace, monitoring, "1-6月") == ""
    (workspace.root / "xlflow.toml").write_text('round = "1-6月"\n', encoding="utf-8")
    assert doubt(workspace, monitoring, None) == ""
    listed = roster(workspace, "1,甲局,,某项目")
    hand_out(listed, monitoring, year=2025, folder=workspace.root)
    (expected,) = standing(workspace)
    assert expected.round == "1-6月"


def test_a_form_without_a_field_for_the_round_takes_it_from_the_settings(
    workspace: Workspace,
) -> None:
    """Its return would be of no round: on no roster, and the unit missing for ever."""
    assert 'xlflow.toml 中写 round = "1-6月"' in doubt(workspace, FORM, "1-6月")
    for same in (None, "年度"):
        assert doubt(workspace, FORM, same) == ""
    (workspace.root / "xlflow.toml").write_text('round = "1-6月"\n', encoding="utf-8")
    assert doubt(workspace, FORM, "上半年") == ""
    assert "没有期次一栏" in doubt(workspace, FORM, "年度")


def test_nobody_is_expected_to_return_a_form_of_year_25(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="年度 25 不对，应为 2000 到 2100 之间"):
        handed_out(workspace, "1,甲局,,", year=25)
    assert list(workspace.handout.iterdir()) == []
    assert standing(workspace) == ()


def test_a_deadline_in_the_settings_has_to_be_a_day(workspace: Workspace) -> None:
    settings = workspace.root / "xlflow.toml"
    settings.write_text('deadline = "四月底"', encoding="utf-8")
    with pytest.raises(DefinitionError, match="“四月底”，不能确定是哪一天"):
        handed_out(workspace, "039001,示例局,,")
    assert not list(workspace.handout.iterdir())
    settings.write_text('deadline = "2026年4月30日前"', encoding="utf-8")
    assert len(handed_out(workspace, "039001,示例局,,")) == 1


def test_outside_a_workspace_only_the_files_are_written(tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    path.write_text("单位名称\n甲局\n", encoding="utf-8")
    (issued,) = hand_out(path, FORM, year=2022, folder=tmp_path, out=tmp_path / "out")
    assert issued.path.is_file()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["out", "roster.csv"]


def test_who_is_missing_returned_and_when_it_is_due(workspace: Workspace) -> None:
    (workspace.root / "xlflow.toml").write_text('deadline = "2023-03-31"\n', encoding="utf-8")
    workspace = open_workspace(workspace.root)
    first, _ = handed_out(workspace, "1,甲局,,", "2,乙局,,")
    (workspace.inbox / "甲.xlsx").write_bytes(first.path.read_bytes())
    run(workspace)
    assert [(line.unit, line.state.value, line.deadline) for line in standing(workspace)] == [
        ("甲局", "returned", "2023-03-31"),
        ("乙局", "missing", "2023-03-31"),
    ]


def test_the_same_roster_again_expects_nobody_twice(workspace: Workspace) -> None:
    handed_out(workspace, "1,甲局,,")
    handed_out(workspace, "1,甲局,,")
    assert len(standing(workspace)) == 1


def test_a_workbook_that_is_open_is_said(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def in_use(step: str, path: Path) -> None:
        if step == "replace":
            raise PermissionError(13, "in use", str(path))

    monkeypatch.setattr(files, "before_step", in_use)
    with pytest.raises(EnvironmentFailed, match="请先关闭"):
        issue(Exercise(load_form(FORM), 2022, "national-2020"), [Line("甲局")], workspace.handout)
    assert list(workspace.handout.iterdir()) == []

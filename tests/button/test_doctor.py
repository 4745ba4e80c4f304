"""`xlflow doctor`: which way from the button works here, and why not the others."""

from pathlib import Path

import pytest
from command_line import xlflow

from xlflow.config import create_workspace
from xlflow.desk import install
from xlflow.doctor import Finding, examine

EXCEL = {"Excel.Application"}
WPS = {"KET.Application"}


def direct(
    programs: set[str], *, platform: str = "win32", xlwings: bool = True, forbidden: bool = False
) -> Finding:
    found = examine(
        environ={"LOCALAPPDATA": "nowhere"},
        platform=platform,
        registered=lambda program: program in programs,
        installed=lambda package: xlwings,
        children_forbidden=lambda: forbidden,
    )
    (route,) = (each for each in found if "Excel 直接启动" in each.what.zh)
    return route


@pytest.mark.parametrize(
    ("programs", "platform", "xlwings", "forbidden", "said"),
    [
        (EXCEL, "win32", True, False, None),
        (EXCEL, "win32", False, False, "没有安装 xlwings"),
        (EXCEL | WPS, "win32", True, True, "Defender"),
        (WPS, "win32", True, False, "只有 WPS"),
        (set(), "win32", True, False, "没有找到 Excel"),
        (set(), "linux", True, False, "不是 Windows"),
    ],
)
def test_the_way_through_excel(
    programs: set[str], platform: str, xlwings: bool, forbidden: bool, said: str | None
) -> None:
    route = direct(programs, platform=platform, xlwings=xlwings, forbidden=forbidden)
    assert route.works is (said is None)
    assert said is None or said in route.said.zh


def test_the_desk_is_ready_once_it_was_set_up(tmp_path: Path) -> None:
    environ = {"LOCALAPPDATA": str(tmp_path / "l"), "APPDATA": str(tmp_path / "r")}

    def ready() -> bool:
        return next(each.works for each in examine(environ=environ) if "助手" in each.what.zh)

    assert not ready()
    list(install("python", environ, windows=True))
    assert ready()


def test_a_workspace_is_looked_at(tmp_path: Path) -> None:
    create_workspace(tmp_path / "ws")
    fine = xlflow("doctor", "--workspace", tmp_path / "ws", "--json").json
    wrong = xlflow("doctor", "--workspace", tmp_path, "--json").json
    assert fine[-1]["works"]
    assert not wrong[-1]["works"]
    assert "xlflow.toml" in wrong[-1]["message_en"]
    assert set(fine[0]) == {"what", "what_en", "works", "message", "message_en"}


def test_the_table_for_a_person() -> None:
    said = xlflow("doctor", lang="zh")
    assert said.code == 0
    assert "在线评分页面" in said.out


def test_a_desk_that_can_not_be_looked_at_is_not_ready(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for local in (tmp_path / "file", Path("/proc/1/root"), tmp_path / ("局" * 300)):
        found = examine(environ={"LOCALAPPDATA": str(local)})
        (desk,) = (each for each in found if "本机评分助手" in each.what.zh)
        assert not desk.works

"""The scripts of a workspace: those for Linux are run, those for Windows are read."""

import configparser
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from xlflow.config import create_workspace
from xlflow.startup import start_scripts

WATCH, RUN, OPEN = "启动收件", "立即处理", "打开汇总"
on_linux = pytest.mark.skipif(os.name == "nt", reason="these are for Linux")
PLACES = ["a", "甲 局/自评 2025", 'it\'s "my" $HOME & `x` (1)']


@pytest.fixture(autouse=True)
def _in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLFLOW_LANG", "zh")


@pytest.fixture(params=PLACES)
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    name: str = request.param
    if os.name == "nt":
        name = name.replace('"', "")
    return create_workspace(tmp_path / name).root


def programs(tmp_path: Path, *names: str, **made: str) -> dict[str, str]:
    """Return an environment in which only these programs are found."""
    found = tmp_path / "bin"
    found.mkdir(exist_ok=True)
    for name in (*names, "sh", "dirname"):
        if (path := shutil.which(name)) and not (found / name).exists():
            (found / name).symlink_to(path)
    for name, script in made.items():
        (found / name.replace("_", "-")).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (found / name.replace("_", "-")).chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if "DISPLAY" not in key}
    return environment | {"PATH": str(found)}


def started(script: Path, environ: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script],
        cwd="/",
        env=environ,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=60,
        stdin=subprocess.DEVNULL,
    )


def test_each_task_has_a_script_for_each_system(folder: Path) -> None:
    wanted = {
        f"{task}{kind}" for task in (WATCH, RUN, OPEN) for kind in (".bat", ".sh", ".desktop")
    }
    assert wanted <= {path.name for path in folder.iterdir()}


@on_linux
def test_what_must_be_runnable_is(folder: Path) -> None:
    for path in folder.iterdir():
        if path.suffix in (".sh", ".desktop"):
            assert path.stat().st_mode & stat.S_IXUSR


@on_linux
def test_work_is_done_from_any_path(folder: Path, tmp_path: Path) -> None:
    done = started(folder / f"{RUN}.sh", programs(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert "收件夹里没有要处理的文件" in done.stdout
    assert (folder / "outbox" / "汇总.xlsx").is_file()


@on_linux
def test_the_watcher_works_until_it_is_stopped(folder: Path, tmp_path: Path) -> None:
    (folder / "inbox" / "说明.txt").write_text("x", encoding="utf-8")
    watching = subprocess.Popen(
        [folder / f"{WATCH}.sh"],
        cwd="/",
        env=programs(tmp_path) | {"XLFLOW_SETTLE_SECONDS": "1", "XLFLOW_SCAN_SECONDS": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        until = time.monotonic() + 30
        while not (folder / "outbox" / "附件" / "说明.txt").is_file():
            assert time.monotonic() < until
            assert watching.poll() is None
            time.sleep(0.1)
    finally:
        os.killpg(watching.pid, 2)
        assert watching.wait(timeout=30) == 0


@on_linux
def test_a_python_that_moved_away_is_made_up_for_by_another(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "w").root
    script = made / f"{RUN}.sh"
    text = script.read_text(encoding="utf-8").replace(shlex.quote(sys.executable), "/nowhere/py")
    assert "/nowhere/py" in text
    script.write_text(text, encoding="utf-8")
    done = started(script, programs(tmp_path, python3=f'exec {shlex.quote(sys.executable)} "$@"'))
    assert done.returncode == 0
    done = started(script, programs(tmp_path, python3="exit 1"))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "没有找到 xlflow。请先在这台电脑上安装 xlflow，再双击一次。\n"


@on_linux
def test_what_is_wrong_is_said_in_a_window_where_there_is_no_terminal(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "w").root
    shown = tmp_path / "shown"
    for program in ("zenity", "kdialog", "notify_send"):
        environ = programs(tmp_path, **{program: f'echo "$@" > {shown}'}) | {"DISPLAY": ":9"}
        done = started(made / f"{OPEN}.sh", environ)
        assert (done.returncode, done.stderr) == (1, "")
        assert "还没有汇总表" in shown.read_text(encoding="utf-8")
        shutil.rmtree(tmp_path / "bin")
        shown.unlink()


@on_linux
@pytest.mark.parametrize("program", ["xdg_open", "gio"])
def test_the_summary_is_opened_by_the_program_of_the_desktop(
    folder: Path, tmp_path: Path, program: str
) -> None:
    book = folder / "outbox" / "汇总.xlsx"
    book.write_bytes(b"book")
    opened = tmp_path / "opened"
    environ = programs(tmp_path, **{program: f'for last; do :; done; echo "$last" > {opened}'})
    assert started(folder / f"{OPEN}.sh", environ).returncode == 0
    assert opened.read_text(encoding="utf-8").strip() == str(book)


@on_linux
def test_without_a_program_to_open_it_that_is_said(tmp_path: Path) -> None:
    made = create_workspace(tmp_path / "w").root
    (made / "outbox" / "汇总.xlsx").write_bytes(b"book")
    done = started(made / f"{OPEN}.sh", programs(tmp_path))
    assert done.returncode == 1
    assert "WPS 或 Excel" in done.stderr


# -- .desktop --------------------------------------------------------------------------------------


def entry(path: Path) -> configparser.SectionProxy:
    parser = configparser.RawConfigParser()
    parser.read(path, encoding="utf-8")
    return parser["Desktop Entry"]


def command_of(path: Path) -> list[str]:
    """Return the command an entry starts, by the rules of the Desktop Entry Specification."""
    value = entry(path)["Exec"].replace("\\\\", "\\")
    words = [
        re.sub(r'\\(["`$\\])', r"\1", quoted) if quoted else plain
        for quoted, plain in re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', value)
    ]
    return [str(path) if word == "%k" else word for word in words]


@on_linux
def test_the_starter_of_a_desktop_finds_its_folder(folder: Path, tmp_path: Path) -> None:
    for task, terminal in ((WATCH, "true"), (RUN, "true"), (OPEN, "false")):
        made = entry(folder / f"{task}.desktop")
        assert (made["Type"], made["Name"], made["Terminal"]) == ("Application", task, terminal)
    done = subprocess.run(
        command_of(folder / f"{RUN}.desktop"),
        cwd="/",
        env=programs(tmp_path),
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    assert "收件夹里没有要处理的文件" in done.stdout


@on_linux
def test_the_starter_works_after_rights_were_lost_on_a_stick(folder: Path, tmp_path: Path) -> None:
    (folder / f"{RUN}.sh").chmod(0o644)
    command = command_of(folder / f"{RUN}.desktop")
    subprocess.run(command, cwd="/", env=programs(tmp_path), capture_output=True, check=True)


@pytest.mark.skipif(
    not shutil.which("desktop-file-validate"), reason="desktop-file-utils is absent"
)
def test_starters_are_valid(folder: Path) -> None:
    for path in folder.glob("*.desktop"):
        done = subprocess.run(["desktop-file-validate", path], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"")


@pytest.mark.skipif(not shutil.which("gio"), reason="gio is absent")
def test_glib_starts_them(folder: Path, tmp_path: Path) -> None:
    """What GNOME, UKUI and others use to start an entry."""
    book = folder / "outbox" / "汇总.xlsx"
    book.write_bytes(b"book")
    opened = tmp_path / "opened"
    environ = programs(
        tmp_path, "gio", xdg_open=f'echo "$1" > {opened}.new; mv {opened}.new {opened}'
    )
    environ["PATH"] += ":/bin"
    starter = folder / f"{OPEN}.desktop"
    subprocess.run(["gio", "launch", starter], cwd="/", env=environ, check=True, timeout=60)
    until = time.monotonic() + 20
    while not opened.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert opened.read_text(encoding="utf-8").strip() == str(book)


# -- Windows ---------------------------------------------------------------------------------------


def batches(
    python: str = sys.executable, *, windows: bool = True, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    return {
        script.name: script.content.decode("utf-8")
        for script in start_scripts(Path(), python, windows=windows, environ=environ)
        if script.name.endswith(".bat")
    }


def test_a_batch_has_the_line_ends_of_windows_and_chinese_on_its_last_line_alone() -> None:
    assert len(batches()) == 3
    for text in batches().values():
        assert text.count("\r\n") == text.count("\n")
        *lines, last, after = text.split("\r\n")
        assert after == ""
        assert "".join(lines).isascii()
        assert not last.isascii()
        assert lines[:2] == ["@echo off", "chcp 65001 >nul"]


def test_what_a_batch_says_has_no_sign_that_cmd_reads() -> None:
    for text in batches().values():
        said = re.findall(r"echo ([^a-z].*?) & pause", text.split("\r\n")[-2])
        assert len(said) == 1
        assert not set('&|<>^%!()"') & set(said[0])


def test_a_batch_finds_its_folder_and_xlflow() -> None:
    made = batches(python=r"C:\Program Files (x86)\Python 3.11\100%\python.exe", windows=True)
    for task, command in ((WATCH, "watch"), (RUN, "run")):
        text = made[f"{task}.bat"]
        assert 'pushd "%~dp0"' in text
        assert f'"%FOUND%" -m xlflow {command}' in text
        assert r'in ("C:\Program Files (x86)\Python 3.11\100%%\python.exe" "py.exe"' in text
    assert made[f"{OPEN}.bat"].count(r'"%~dp0outbox\汇总.xlsx"') == 2


@pytest.mark.parametrize(
    ("python", "named"),
    [
        (r"C:\Users\某某\AppData\Local\Python\python.exe", r'("%LOCALAPPDATA%\Python\python.exe" '),
        (r"C:\Users\某某\py\python.exe", r'("%USERPROFILE%\py\python.exe" '),
        (r"D:\财政\python.exe", '("py.exe" '),
        (r"C:\Users\某某\局\python.exe", '("py.exe" '),
    ],
)
def test_a_python_in_a_folder_with_a_chinese_name_is_named_in_ascii(
    python: str, named: str
) -> None:
    environ = {
        "USERPROFILE": r"C:\Users\某某",
        "LOCALAPPDATA": r"C:\Users\某某\AppData\Local",
        "APPDATA": r"C:\Users\某某\AppData\Roaming",
    }
    text = batches(python=python, windows=True, environ=environ)[f"{RUN}.bat"]
    assert f"for %%P in {named}" in text


def test_scripts_made_on_windows_look_for_python_on_linux() -> None:
    made = {
        each.name: each.content.decode()
        for each in start_scripts(Path(), r"C:\p.exe", windows=True)
    }
    assert "for python in python3 python; do" in made[f"{RUN}.sh"]


def test_english_scripts_have_english_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XLFLOW_LANG", "en")
    names = [each.name for each in start_scripts(Path())]
    assert "watch the inbox.bat" in names

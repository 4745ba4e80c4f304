"""The helper on a desk: copies a macro lays down are answered, and nothing else is touched."""

import errno
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import openpyxl
import pytest
from command_line import xlflow

from xlflow import files
from xlflow.button import WORKSPACE, judge_here
from xlflow.config import create_workspace
from xlflow.demo import returned_workbook
from xlflow.demo.seeds import shangjie
from xlflow.desk import Answered, answer, attend, desk_folder, install, waiting
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of, with_button
from xlflow.judging import Rules, judge_package
from xlflow.review import Outcome

FORM = "overall_self_evaluation"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path


def lay_down(folder: Path, name: str, data: bytes) -> None:
    """Do as the macro does: written under another name, then renamed."""
    unfinished = folder / "in" / f"{name}.part"
    unfinished.write_bytes(data)
    unfinished.rename(folder / "in" / name)


def lines(path: Path) -> list[str]:
    return path.read_bytes().decode("utf-8-sig").split("\r\n")


def test_a_copy_is_answered_and_taken_away(folder: Path) -> None:
    stop, done = threading.Event(), []

    def note(each: Answered) -> None:
        done.append(each)
        stop.set()

    lay_down(folder, "1_表.xlsx", returned_workbook())
    attend(folder, stop, {}, on_answer=note)
    assert [each.name for each in done] == ["1_表.xlsx"]
    assert waiting(folder) == []
    head, *_, last, end = lines(folder / "out" / "1_表.xlsx.txt")
    assert head.split("\t")[:2] == ["xlflow 1", done[0].outcome.value]
    assert head.endswith(done[0].sentence)
    assert (last, end) == ("end", "")
    assert "核对结果" in openpyxl.load_workbook(folder / "out" / "1_表.xlsx").sheetnames


def test_the_answer_is_that_of_score(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "表.xlsx"
    copy.write_bytes(returned_workbook())
    answer(copy, folder / "out", {})
    assert xlflow("score", copy, "--out", tmp_path / "scored.xlsx").code == 1
    assert (folder / "out" / "表.xlsx").read_bytes() == (tmp_path / "scored.xlsx").read_bytes()


def handed_out(profile: str) -> bytes:
    """Return a form with the button, handed out under a profile and filled in."""
    form = load_form(FORM)
    plain = with_button(template_of(form), form, profile=profile)
    return fill(plain, form, shangjie()["data"])


def test_without_a_workspace_the_profile_of_the_handing_out_holds() -> None:
    data = handed_out("henan-2022")
    bureau = judge_package(data, "表.xlsm", Rules(profile="henan-2022"))
    assert judge_here(data, "表.xlsm", {}).results == bureau.results
    assert bureau.results != judge_package(data, "表.xlsm", Rules()).results


@pytest.mark.parametrize("named", ["", "nowhere-2030", "../henan-2022", "=1+1"])
def test_a_profile_that_is_not_known_here_is_passed_over(named: str) -> None:
    data = handed_out(named)
    alone = judge_package(data, "表.xlsm", Rules())
    assert judge_here(data, "表.xlsm", {}).results == alone.results


def test_a_workspace_does_not_take_the_workbook_at_its_word(tmp_path: Path) -> None:
    data, workspace = handed_out("henan-2022"), create_workspace(tmp_path)
    here = judge_here(data, "表.xlsm", {WORKSPACE: str(workspace.root)})
    assert {each.name for each in here.profiles} == {"national-2020"}


def test_what_is_no_form_is_told_and_nothing_is_written_beside(folder: Path) -> None:
    lay_down(folder, "扫描.xlsx", b"%PDF-1.7")
    said = answer(folder / "in" / "扫描.xlsx", folder / "out", {})
    assert said.outcome is Outcome.QUARANTINED
    assert [each.name for each in (folder / "out").iterdir()] == ["扫描.xlsx.txt"]
    assert len(lines(folder / "out" / "扫描.xlsx.txt")) == 3


def test_what_is_not_finished_waits(folder: Path) -> None:
    (folder / "in" / "表.xlsx.part").write_bytes(b"PK")
    (folder / "in" / "~$表.xlsx").write_bytes(b"x")
    assert waiting(folder) == []


def answered(folder: Path, count: int, seconds: float = 20) -> tuple[list[str], list[str]]:
    """Attend until so many copies are answered; returns their names, and what trouble was told."""
    stop, names, trouble = threading.Event(), [], []

    def note(each: Answered) -> None:
        names.append(each.name)
        if len(names) == count:
            stop.set()

    late = threading.Timer(seconds, stop.set)
    late.start()
    attend(folder, stop, {}, on_answer=note, on_trouble=lambda error: trouble.append(error.zh))
    late.cancel()
    return names, trouble


def test_a_copy_that_can_not_be_answered_holds_up_no_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full_for_the_first(step: str, path: Path) -> None:
        if step == "write" and path.name.startswith("1_"):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "before_step", is_full_for_the_first)
    for name in ("1_表.xlsx", "2_表.xlsx", f"3_{'局' * 60}.xlsx"):
        lay_down(folder, name, returned_workbook())
    names, trouble = answered(folder, 2)
    assert names == ["2_表.xlsx", f"3_{'局' * 60}.xlsx"]
    assert len(trouble) == 1
    assert "磁盘空间不足" in trouble[0]
    monkeypatch.undo()
    assert answered(folder, 1) == (["1_表.xlsx"], [])


def test_a_folder_of_answers_that_was_deleted_is_made_anew(folder: Path) -> None:
    stop = threading.Event()
    helper = threading.Thread(target=attend, args=(folder, stop, {}))
    helper.start()
    try:
        for number in range(2):
            lay_down(folder, f"{number}_表.xlsx", returned_workbook())
            came = folder / "out" / f"{number}_表.xlsx.txt"
            for _ in range(200):
                if came.exists():
                    break
                time.sleep(0.05)
            assert lines(came)[-2:] == ["end", ""]
            shutil.rmtree(folder / "out")
    finally:
        stop.set()
        helper.join()


def test_a_copy_that_is_taken_back_meanwhile_is_passed_over(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_down(folder, "1_表.xlsx", b"PK")
    is_file = Path.is_file

    def looked_at(path: Path) -> bool:
        there = is_file(path)
        path.unlink()
        return there

    monkeypatch.setattr(Path, "is_file", looked_at)
    assert waiting(folder) == []


def test_a_fault_of_ours_is_told_and_ends_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("xlflow.button.judge_package", fails)
    lay_down(folder, "1_表.xlsx", returned_workbook())
    assert answered(folder, 1) == (["1_表.xlsx"], [])
    head = lines(folder / "out" / "1_表.xlsx.txt")[0]
    assert "quarantined" in head
    assert "ZeroDivisionError" in head


def test_a_real_helper_answers_while_a_macro_waits(folder: Path) -> None:
    command = [sys.executable, "-m", "xlflow", "desk", "--folder", str(folder)]
    helper = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        lay_down(folder, "2_表.xlsx", returned_workbook())
        came = folder / "out" / "2_表.xlsx.txt"
        for _ in range(600):
            if came.exists():
                break
            time.sleep(0.1)
        assert lines(came)[-2:] == ["end", ""]
    finally:
        helper.terminate()
        helper.communicate(timeout=20)


def test_the_command_for_one_copy(tmp_path: Path) -> None:
    copy = tmp_path / "表.xlsx"
    copy.write_bytes(returned_workbook())
    once = xlflow("desk", "--once", copy, "--out", tmp_path / "out", lang="zh")
    assert once.code == 1
    assert once.out.startswith("核对结论：退回修改")
    assert (tmp_path / "out" / "表.xlsx.txt").exists()


def test_set_up_on_windows_starts_at_login(tmp_path: Path) -> None:
    environ = {"LOCALAPPDATA": str(tmp_path / "local"), "APPDATA": str(tmp_path / "roaming")}
    *folders, script = install("C:\\Python\\python.exe", environ, windows=True)
    assert [each.name for each in folders] == ["in", "out"]
    assert folders[0].parent == desk_folder(environ)
    assert script.name == "xlflow-desk.bat"
    assert script.parent.name == "Startup"
    content = script.read_bytes()
    assert b'/min "C:\\Python\\python.exe" -m xlflow desk\r\n' in content


def test_set_up_on_a_linux_desktop_starts_at_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    *_, script = install(sys.executable, {}, windows=False, workspace=tmp_path / "自评 2025")
    assert script == tmp_path / ".config" / "autostart" / "xlflow-desk.desktop"
    checked = subprocess.run(
        ["desktop-file-validate", script], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "")
    assert list(install(sys.executable, {}, windows=False))[-1] == script


@pytest.mark.skipif(sys.platform == "win32", reason="Excel may be open")
def test_attaching_without_an_excel_says_what_to_do() -> None:
    attached = xlflow("desk", "--attach", lang="zh")
    assert attached.code == 4
    assert "没有找到在 Excel 中打开的工作簿" in attached.err

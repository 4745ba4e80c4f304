import os
from pathlib import Path

import pytest
from inbox_examples import drop, good, lying, workspace_in

from xlflow.errors import EnvironmentFailed, WorkspaceBusy
from xlflow.intake import hold, scan, settled
from xlflow.pipeline import run


def names(inbox: Path) -> dict[str, bool]:
    return {seen.name: seen.held for seen in scan(inbox)}


@pytest.mark.parametrize(
    "name",
    [
        "~$表.xlsx",
        ".~表.xlsx",
        ".~lock.表.xlsx#",
        "._表.xlsx",
        ".DS_Store",
        "Thumbs.db",
        "desktop.ini",
        "DESKTOP.INI",
        "a.tmp",
        "b.xlsx.part",
        "c.xlsx.crdownload",
        "d.xlsflow.xlflow-tmp",
    ],
)
def test_what_programs_leave_is_no_submission(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert names(tmp_path) == {}


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("表.xlsx", "~$表.xlsx"),
        ("budget 2022.docx", "~$dget 2022.docx"),
        ("表.et", ".~表.et"),
        ("表.xlsx", ".~lock.表.xlsx#"),
    ],
)
def test_an_open_file_waits(tmp_path: Path, name: str, owner: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / owner).write_bytes(b"x")
    assert names(tmp_path) == {name: True}


def test_a_held_file_is_taken_once_it_is_closed(tmp_path: Path) -> None:
    workspace = workspace_in(tmp_path)
    drop(workspace, "a.xlsx", good())
    owner = drop(workspace, "~$a.xlsx", b"owner")
    assert run(workspace) == ()
    assert lying(workspace.inbox) == ["a.xlsx", "~$a.xlsx"]
    owner.unlink()
    assert [done.file for done in run(workspace)] == ["a.xlsx"]


def test_only_what_rested_since_the_last_scan_is_settled(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"1")
    first = scan(tmp_path)
    assert settled(first, {}) == ()
    before = {seen.name: seen.state for seen in first}
    assert settled(scan(tmp_path), before) == first
    path.write_bytes(b"12")
    assert settled(scan(tmp_path), before) == ()


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.xlsx").write_bytes(b"x")
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "folder").symlink_to(tmp_path / "outside", target_is_directory=True)
    (inbox / "file.xlsx").symlink_to(tmp_path / "outside" / "a.xlsx")
    assert names(inbox) == {}


def test_a_folder_that_goes_away_meanwhile_does_not_stop_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.xlsx").write_bytes(b"x")
    look = os.scandir

    def failing(folder: Path) -> object:
        if Path(folder).name == "gone":
            raise FileNotFoundError(2, "gone", str(folder))
        if Path(folder).name == "closed":
            raise PermissionError(13, "closed", str(folder))
        return look(folder)

    monkeypatch.setattr(os, "scandir", failing)
    assert names(tmp_path) == {"a.xlsx": False}


def test_an_inbox_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed) as failed:
        scan(tmp_path / "nix")
    assert "路径不存在" in failed.value.zh
    assert "no such path" in failed.value.en


def test_one_instance_holds_a_workspace(tmp_path: Path) -> None:
    workspace = workspace_in(tmp_path)
    with hold(workspace), pytest.raises(WorkspaceBusy), hold(workspace):
        pass
    with hold(workspace):
        pass


def test_a_disk_without_locks_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object, **__: object) -> None:
        raise NotImplementedError("flock")

    workspace = workspace_in(tmp_path)
    monkeypatch.setattr("xlflow.intake.claim.FileLock.acquire", no_locks)
    with pytest.raises(EnvironmentFailed, match="文件锁"), hold(workspace):
        pass

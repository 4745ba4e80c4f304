import errno
import os
import stat
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlflow import files
from xlflow.errors import EnvironmentFailed

ODD = st.text(max_size=120)


@given(ODD)
def test_a_safe_name_is_safe(words: str) -> None:
    name = files.safe_name(words)
    assert name
    assert not set(name) & set('<>:"/\\|?*\x00\n\r\t')
    assert name == name.strip(" .")
    assert name.split(".")[0].upper() not in {"CON", "PRN", "AUX", "NUL", "COM1", "LPT9", "COM²"}
    assert files.safe_name(name) == name


@given(st.lists(ODD, min_size=1, max_size=5), st.lists(ODD, min_size=1, max_size=5))
def test_a_stem_fits_every_disk_and_long_ones_differ(one: list[str], other: list[str]) -> None:
    stems = [files.safe_stem(*(part * 9 for part in parts), "v1") for parts in (one, other)]
    for stem in stems:
        assert len(stem.encode("utf-8", "replace")) <= 210
        assert stem.endswith("v1")
    plain = [
        "_".join(files.safe_name(each * 9) for each in parts if each) for parts in (one, other)
    ]
    if plain[0] != plain[1]:
        assert stems[0] != stems[1]


def test_a_name_as_long_as_a_cell_may_be_is_cut_at_once() -> None:
    stems = {files.safe_stem("a" * 32_767 + end, "b" * 32_767, 2022, "v1") for end in ("", "c")}
    assert len(stems) == 2


def test_the_content_is_whole_or_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    for step in ("write", "fsync", "replace"):

        def full(name: str, _: Path, step: str = step) -> None:
            if name == step:
                raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr(files, "before_step", full)
        with pytest.raises(EnvironmentFailed, match="磁盘空间不足"):
            files.write_bytes(path, b"new")
        assert path.read_bytes() == b"old"
        assert [each.name for each in tmp_path.iterdir()] == ["a"]
    monkeypatch.undo()
    files.write_bytes(path, b"new")
    assert path.read_bytes() == b"new"


class Busy(PermissionError):
    """What Windows answers while another program holds the file."""

    winerror = 32


def test_a_busy_target_is_tried_again_and_then_said_to_be_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    monkeypatch.setattr("time.sleep", lambda _: None)

    def busy(step: str, path: Path) -> None:
        if step == "replace":
            tries.append(path.name)
            if len(tries) < wanted:
                raise Busy(errno.EACCES, "in use")

    monkeypatch.setattr(files, "before_step", busy)
    wanted = 4
    files.write_bytes(tmp_path / "a", b"x")
    assert len(tries) == 4
    wanted = 99
    with pytest.raises(files.TargetInUse, match="请先关闭"):
        files.write_bytes(tmp_path / "a", b"y")
    assert (tmp_path / "a").read_bytes() == b"x"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


@pytest.mark.skipif(sys.platform == "win32", reason="folders are not flushed there")
@pytest.mark.parametrize(
    ("number", "passes"), [(errno.EINVAL, True), (errno.ENOTSUP, True), (errno.EIO, False)]
)
def test_a_share_that_flushes_no_folder_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, passes: bool
) -> None:
    flush = os.fsync

    def picky(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", picky)
    if passes:
        files.write_bytes(tmp_path / "a", b"x")
        return
    with pytest.raises(EnvironmentFailed, match="磁盘或网络出错"):
        files.write_bytes(tmp_path / "a", b"x")


@pytest.mark.parametrize(
    ("number", "zh"),
    [
        (errno.ENOSPC, "磁盘空间不足"),
        (errno.EACCES, "没有权限"),
        (errno.EROFS, "没有权限"),
        (errno.ENAMETOOLONG, "过长"),
        (errno.EISDIR, "文件夹"),
        (errno.EBUSY, "其他程序"),
        (errno.ESTALE, "网络"),
        (errno.EDOM, os.strerror(errno.EDOM)),
    ],
)
def test_a_refusal_of_the_system_has_plain_words(number: int, zh: str) -> None:
    said = files.failure(
        EnvironmentFailed, "file.unreadable", OSError(number, os.strerror(number)), name="a"
    )
    assert zh in said.zh
    assert "[Errno" not in said.zh + said.en


def test_an_original_is_kept_once_read_only_and_by_its_content(tmp_path: Path) -> None:
    source, folder = tmp_path / "a", tmp_path / "kept"
    source.write_bytes(b"x" * 3_000_000)
    sha256, size = files.keep(source, folder)
    assert (sha256, size) == (files.sha256_of(source.read_bytes()), 3_000_000)
    kept = files.kept_path(folder, sha256)
    since = kept.stat().st_mtime_ns
    kept.chmod(0o644)  # as a crash before the last step leaves it
    assert files.keep(source, folder) == (sha256, size)
    assert kept.stat().st_mtime_ns == since
    assert kept.stat().st_mode & 0o222 == 0
    assert [path for path in folder.rglob("*") if path.is_file()] == [kept]


def test_what_is_not_there_or_no_file_is_unreadable(tmp_path: Path) -> None:
    for path in (tmp_path / "nix", tmp_path):
        with pytest.raises(files.Unreadable):
            files.read_bytes(path)
        with pytest.raises(files.Unreadable):
            files.keep(path, tmp_path / "kept")
        assert not files.holds(path, "")
    assert list((tmp_path / "kept").iterdir()) == []


def test_folders_are_flushed_once_when_a_batch_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[tuple[str, str]] = []
    monkeypatch.setattr(files, "before_step", lambda step, path: steps.append((step, path.name)))
    with files.flushing_folders_once():
        files.write_bytes(tmp_path / "a.txt", b"a")
        with files.flushing_folders_once():
            files.write_bytes(tmp_path / "b.txt", b"b")
        assert "fsync-folder" not in {step for step, _ in steps}
    assert [step for step, _ in steps].count("fsync-folder") == 1
    files.write_bytes(tmp_path / "c.txt", b"c")
    assert steps[-1] == ("fsync-folder", tmp_path.name)

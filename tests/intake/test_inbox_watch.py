import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from inbox_examples import drop, good, lying, of_unit, workspace_in

from xlflow import files
from xlflow.config import Workspace, open_workspace
from xlflow.errors import EnvironmentFailed, XlflowError
from xlflow.intake import Sighting, ready_files, scan, take
from xlflow.ledger import ArrivalState
from xlflow.pipeline import open_ledger, watch

QUICK = "settle_seconds = 1\nscan_seconds = 1\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = workspace_in(tmp_path)
    (made.root / "xlflow.toml").write_text(QUICK, encoding="utf-8")
    return open_workspace(made.root)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


@contextmanager
def watching(
    workspace: Workspace, troubles: list[XlflowError] | None = None
) -> Iterator[list[str]]:
    """Watch in a thread; yields the files that were done, in order."""
    stop, done = threading.Event(), list[str]()
    thread = threading.Thread(
        target=watch,
        args=(workspace, stop),
        kwargs={
            "on_progress": lambda each, *_: done.append(each.file),
            "on_trouble": (troubles if troubles is not None else []).append,
        },
    )
    thread.start()
    try:
        yield done
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


@contextmanager
def started(workspace: Workspace) -> Iterator[subprocess.Popen[str]]:
    """Start the watcher as a person does; it is killed in the end if it still runs."""
    environment = {**os.environ, "XLFLOW_LANG": "zh", "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-m", "xlflow", "watch", "--workspace", str(workspace.root)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            wait_for((workspace.outbox / "汇总.xlsx").exists)
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C can not be sent to one process there")
def test_a_slow_copy_is_taken_once_when_it_is_whole_and_ctrl_c_stops(workspace: Workspace) -> None:
    data = good()
    with started(workspace) as process:
        with (workspace.inbox / "慢.xlsx").open("wb") as stream:
            for start in range(0, len(data), 100):
                stream.write(data[start : start + 100])
                stream.flush()
                time.sleep(0.01)
        wait_for(lambda: not lying(workspace.inbox))
        wait_for(lambda: bool(lying(workspace.outbox / "退回")))
        beside = subprocess.run(
            [sys.executable, "-m", "xlflow", "run", "--workspace", str(workspace.root)],
            capture_output=True,
            check=False,
            env={**os.environ, "XLFLOW_LANG": "zh"},
        )
        assert beside.returncode == 5
        assert "正由另一个 xlflow 使用" in beside.stderr.decode()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert "已停止" in err
    assert "Traceback" not in err
    assert out.count("慢.xlsx") == 1
    with open_ledger(workspace) as ledger:
        (arrival,) = ledger.arrivals()
    assert (arrival.sha256, arrival.state) == (files.sha256_of(data), ArrivalState.DONE)


def test_an_inbox_that_vanishes_and_comes_back(workspace: Workspace) -> None:
    troubles: list[XlflowError] = []
    with watching(workspace, troubles) as done:
        drop(workspace, "a.xlsx", good())
        wait_for(lambda: done == ["a.xlsx"])
        shutil.rmtree(workspace.inbox)
        wait_for(lambda: bool(troubles))
        workspace.inbox.mkdir()
        drop(workspace, "b.xlsx", of_unit("乙局"))
        wait_for(lambda: done == ["a.xlsx", "b.xlsx"])
    assert [str(each).partition("（")[0][:3] for each in troubles] == ["收件夹"]


def test_a_full_disk_is_told_once_and_made_up_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    troubles: list[XlflowError] = []
    full = threading.Event()

    def step(name: str, path: Path) -> None:
        if full.is_set() and name == "write" and "outbox" in path.parts:
            raise OSError(28, "full", str(path))

    monkeypatch.setattr(files, "before_step", step)
    with watching(workspace, troubles) as done:
        wait_for((workspace.outbox / "进度.html").exists)  # it is written last
        full.set()
        drop(workspace, "a.xlsx", good())
        wait_for(lambda: bool(troubles))
        time.sleep(2.5)
        assert [type(each) for each in troubles] == [EnvironmentFailed]
        full.clear()
        wait_for(lambda: done == ["a.xlsx"])


def test_a_file_that_can_not_be_removed_is_not_tried_without_end(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []

    def step(name: str, path: Path) -> None:
        if name == "unlink":
            tries.append(path.name)
            if len(tries) < 3:
                raise PermissionError(13, "held", str(path))

    monkeypatch.setattr(files, "before_step", step)
    since = time.monotonic()
    with watching(workspace) as done:
        drop(workspace, "a.xlsx", good())
        wait_for(lambda: done == ["a.xlsx"])
    assert len(tries) == 3
    assert time.monotonic() - since > 2


def test_what_a_crash_left_is_done_at_the_start(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(workspace, "a.xlsx", good())
    with open_ledger(workspace) as ledger:
        take(workspace, ledger, scan(workspace.inbox), datetime.now(UTC))
    with watching(workspace) as done:
        wait_for(lambda: done == ["a.xlsx"])


def test_a_quiet_inbox_is_scanned_at_its_pace_and_the_bell_rings_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking into the folder is an event, too: it must not ring the bell."""
    scans: list[float] = []

    def counted(inbox: Path) -> tuple[Sighting, ...]:
        scans.append(time.monotonic())
        return scan(inbox)

    monkeypatch.setattr("xlflow.intake.doorbell.scan", counted)
    stop, found = threading.Event(), list[str]()

    def listen() -> None:
        for ready in ready_files(
            tmp_path, settle_seconds=0.1, scan_seconds=30, stop=stop, on_trouble=_never
        ):
            for each in ready:
                found.append(each.name)
                each.path.unlink()

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        time.sleep(1.0)
        quiet = len(scans)
        assert quiet <= 3
        (tmp_path / "a.xlsx").write_bytes(b"x")
        wait_for(lambda: found == ["a.xlsx"], seconds=5)
        time.sleep(1.0)
        assert len(scans) - quiet < 12
    finally:
        stop.set()
        thread.join(timeout=5)
    assert not thread.is_alive()


def test_where_the_system_rings_no_bell_the_scan_finds_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_watches(_: object) -> None:
        raise OSError(28, "inotify watch limit reached")

    monkeypatch.setattr("xlflow.intake.doorbell.Observer.start", no_watches)
    (tmp_path / "a.xlsx").write_bytes(b"x")
    stop = threading.Event()
    files_found = ready_files(
        tmp_path, settle_seconds=0.1, scan_seconds=0.2, stop=stop, on_trouble=_never
    )
    assert [each.name for each in next(files_found)] == ["a.xlsx"]
    stop.set()
    assert list(files_found) == []


def _never(error: EnvironmentFailed) -> None:
    raise AssertionError(error)

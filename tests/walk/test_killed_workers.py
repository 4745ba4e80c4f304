"""A file that kills or hangs the process that judges it: quarantined alone, the others go on."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from xlflow.config import Workspace, create_workspace
from xlflow.demo import returned_workbook
from xlflow.judging import Judged, Rules, judge_original, originals, workbook
from xlflow.ooxml import Workbook
from xlflow.pipeline import run

SHEET = "部门整体支出绩效自评表"
FILES = 12
BAD = "第5家.xlsx"

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="the fault is injected into processes that are copies of this"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = create_workspace(tmp_path / "工作区")
    for number in range(FILES):
        book = Workbook.from_bytes(returned_workbook())
        book.sheet(SHEET)["C2"] = f"第{number}家"
        (workspace.inbox / f"第{number}家.xlsx").write_bytes(book.to_bytes())
    return workspace


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Executor]]:
    """Yield what starts processes that know of the fault put into this one."""
    fork = get_context("fork")
    monkeypatch.setattr(originals, "_PROCESSES", fork)
    started: list[Executor] = []

    def start() -> Executor:
        started.append(ProcessPoolExecutor(2, mp_context=fork))
        return started[-1]

    yield start
    for each in started:
        each.shutdown(cancel_futures=True)


def with_fault(monkeypatch: pytest.MonkeyPatch, fault: Callable[[], object]) -> None:
    """Have something happen where one file is judged, in whatever process that is."""

    def judge(path: Path, name: str, rules: Rules) -> Judged:
        if name == BAD:
            fault()
        return judge_original(path, name, rules)

    monkeypatch.setattr(originals, "judge_original", judge)


def check_the_others_went_on(workspace: Workspace, pool: Callable[[], Executor]) -> None:
    done = {each.file: each for each in run(workspace, executor=pool())}
    assert len(done) == FILES
    bad = done.pop(BAD)
    assert bad.outcome == "quarantined"
    assert [found.code for found in bad.results[0].problems] == ["F35"]
    assert {each.outcome for each in done.values()} == {"returned"}
    assert (workspace.outbox / "无法读取" / BAD).exists()
    assert "另存为 .xlsx" in (workspace.outbox / "无法读取" / f"{BAD}.说明.txt").read_text(
        "utf-8-sig"
    )


def test_a_file_that_kills_its_process(
    workspace: Workspace, pool: Callable[[], Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_fault(monkeypatch, lambda: os.kill(os.getpid(), signal.SIGKILL))
    check_the_others_went_on(workspace, pool)


def test_a_file_that_takes_too_long(
    workspace: Workspace, pool: Callable[[], Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(originals, "_FILE_SECONDS", 4)
    with_fault(monkeypatch, lambda: time.sleep(60))
    started = time.monotonic()
    check_the_others_went_on(workspace, pool)
    assert time.monotonic() - started < 50


def test_a_file_that_eats_all_memory(
    workspace: Workspace, pool: Callable[[], Executor], monkeypatch: pytest.MonkeyPatch
) -> None:
    def eat() -> None:
        raise MemoryError

    monkeypatch.setattr(workbook, "judge_package", lambda *_args, **_more: eat())
    done = run(workspace, executor=pool())
    assert {each.results[0].problems[0].code for each in done} == {"F35"}


class _Dying(Executor):
    def submit(self, *_args: Any, **_more: Any) -> Future[Any]:
        from concurrent.futures import BrokenExecutor

        raise BrokenExecutor


def test_a_pool_that_is_gone_from_the_start(workspace: Workspace) -> None:
    done = run(workspace, executor=_Dying())
    assert [each.outcome for each in done] == ["returned"] * FILES

"""Judging what came over HTTP in processes of their own, with little memory and little time."""

import asyncio
import os
import threading
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

from xlflow.bounds import SECONDS, bound_memory, bounded_time
from xlflow.config import Workspace, open_workspace
from xlflow.errors import FileRefused
from xlflow.judging import faults_refused, refused
from xlflow.ooxml import suffix_of
from xlflow.pipeline import open_ledger
from xlflow.plain_answer import plain_answer, sentence
from xlflow.problems import refusal
from xlflow.review import Outcome, Result, worst_outcome
from xlflow.review.names import may_be_one, unit_key
from xlflow.server.tokens import Holder
from xlflow.settling import judge_in_workspace
from xlflow.shapes import result_shape

_PROCESSES = get_context("spawn")  # never a copy of a process in which threads are at work


@dataclass(frozen=True, slots=True)
class Served:
    """The answer to one upload: what was found, and the scored copy.

    `foreign` names the unit of the form where the token belongs to another.
    """

    outcome: Outcome
    sentence: str
    results: tuple[dict[str, Any], ...]
    plain: str
    workbook: bytes | None = None
    suffix: str = ".xlsx"
    foreign: str | None = None


def judge_upload(package: bytes, name: str, workspace: Path, holder: Holder | None) -> Served:
    """Return the answer to a workbook; `holder` is who may send it, None for anybody."""
    opened = open_workspace(workspace)
    with bounded_time(2 * SECONDS):
        try:
            with open_ledger(opened) as ledger, faults_refused(name):
                judged = judge_in_workspace(package, name, opened, ledger)
        except FileRefused as error:
            return told((refused(error, name),))
    foreign = next((each.unit for each in judged.results if not _may_send(holder, each)), None)
    if foreign is not None:
        return Served(Outcome.QUARANTINED, "", (), "", foreign=foreign)
    marked = judged.marked or b""
    return Served(
        worst_outcome(judged.results),
        sentence(judged.results),
        tuple(map(result_shape, judged.results)),
        plain_answer(judged.results, judged.profiles, marked),
        marked,
        suffix_of(marked),
    )


def killed(name: str) -> Served:
    """Return the answer to a file that ended the process it was judged in."""
    return told((refused(refusal("F35", name=name), name),))


def told(results: tuple[Result, ...]) -> Served:
    """Return the answer to a file that was refused."""
    shapes = tuple(map(result_shape, results))
    return Served(Outcome.QUARANTINED, sentence(results), shapes, plain_answer(results, (), None))


def _begin() -> None:
    """Start a process that judges: little memory, and no longer life than the server."""
    bound_memory()
    threading.Thread(target=_end_with_the_server, daemon=True).start()


def _end_with_the_server() -> None:
    """End this process when the server is gone, killed or ended by a signal."""
    if server := parent_process():
        server.join()
        os._exit(0)


def _may_send(holder: Holder | None, result: Result) -> bool:
    """Return whether a form may be the holder's: a name is written in several ways."""
    if holder is None or result.unit is None:
        return True
    if holder.unit_code and result.unit_code:
        return unit_key(holder.unit_code) == unit_key(result.unit_code)
    return may_be_one(holder.unit, result.unit)


class Judges:
    """So many processes that judge, started anew when a file has killed them."""

    def __init__(self, workspace: Workspace, jobs: int) -> None:
        self._workspace = workspace.root
        self._jobs = jobs
        self._pool = self._started(jobs)
        self._alone = asyncio.Lock()

    async def judge(self, package: bytes, name: str, holder: Holder | None) -> Served:
        """Return the answer to a workbook.

        A process that is killed takes the work of the others with it: each is then judged
        alone, and the one that kills its process again is the one.
        """
        work = partial(judge_upload, package, name, self._workspace, holder)
        pool = self._pool
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(pool, work)
        except BrokenExecutor:
            if self._pool is pool:
                self._pool = self._started(self._jobs)
        async with self._alone:
            alone = self._started(1)
            try:
                return await loop.run_in_executor(alone, work)
            except BrokenExecutor:
                return killed(name)
            finally:
                alone.shutdown(wait=False)

    def close(self) -> None:
        """End the processes."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    @staticmethod
    def _started(jobs: int) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(jobs, mp_context=_PROCESSES, initializer=_begin)

"""Judging kept originals, many at a time: here, in other processes, or one alone.

A file that kills its process, or takes too long, is refused; the others are judged all the same.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from xlflow.bounds import SECONDS, bound_memory, bounded_time
from xlflow.errors import FileRefused
from xlflow.judging.rules import Rules
from xlflow.judging.workbook import NO_CONTEXTS, Contexts, Judged, judge_at, refused
from xlflow.problems import refusal
from xlflow.review import Result

if TYPE_CHECKING:  # SQLAlchemy takes its time; to score one file there is no ledger
    from xlflow.ledger import Arrival, Entry

# Files that are judged in one go and settled in one transaction. One by one, two processes would
# wait for each other more than they work.
_SETTLED_TOGETHER = 4
_UNDER_WAY = 8  # such batches with the executor at a time
_FILE_SECONDS = 2 * SECONDS  # a parser of another file type may take the first half
_PROCESSES = get_context("spawn")
Original = tuple[Path, str]  # where it is kept, and the name it came with
Works = Sequence[Original | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back for one file and into the ledger; profiles by name with their exact text."""

    entries: tuple["Entry", ...]
    profile_texts: Mapping[str, str]
    marked: bytes | None
    decides: bool = False

    @property
    def results(self) -> tuple[Result, ...]:
        """The results, without their documents and scored rows."""
        return tuple(entry.result for entry in self.entries)


def judge_original(path: Path, name: str, rules: Rules, contexts: Contexts = NO_CONTEXTS) -> Judged:
    """Return what the walk makes of a kept original.

    A refused file is a quarantined result, or an attachment when it does not look like a form.
    """
    from xlflow.intake import is_attachment

    try:
        if not path.exists():  # a virus scanner takes such files away
            raise refusal("F10", name=name)
        return judge_at(path, name, rules, contexts=contexts)
    except FileRefused as error:
        return Judged(() if is_attachment(name, error) else (refused(error, name),))


def answer_to(judged: Judged) -> Answer:
    """Return what is recorded and published of a judgement."""
    from xlflow.ledger import entry_of

    return Answer(
        entries=tuple(map(entry_of, judged.results)),
        profile_texts={profile.name: profile.written for profile in judged.profiles},
        marked=judged.marked,
        decides=judged.decides,
    )


def answer_originals(originals: Works, rules: Rules) -> list[Answer | None]:
    """Return the answers to kept originals, given by path and name; None for None."""
    return [answer_to(judge_original(*each, rules)) if each else None for each in originals]


def answer_in_time(originals: Works, rules: Rules) -> list[Answer | None]:
    """Return the answers as `answer_originals` does; a file that takes too long ends the process.

    It is for a process that others can do without.
    """
    answers = []
    for each in originals:
        with bounded_time(_FILE_SECONDS):
            answers += answer_originals([each], rules)
    return answers


def judge_originals(
    originals_of: Iterable[tuple["Arrival", Original | None]],
    rules: Rules,
    executor: Executor | None,
) -> Iterator[list[tuple["Arrival", Answer | None]]]:
    """Yield arrivals with the answers to their originals, in order and some at a time."""
    waiting = iter(originals_of)
    under_way: deque[tuple[list[Arrival], Works, Future[list[Answer | None]] | None]] = deque()
    alone = _Alone(rules)
    with closing(alone):
        while pairs := list(islice(waiting, _SETTLED_TOGETHER)):
            batch = [arrival for arrival, _ in pairs]
            works: Works = [original for _, original in pairs]
            if executor is None:
                yield list(zip(batch, answer_originals(works, rules), strict=True))
                continue
            under_way.append((batch, works, _submitted(executor, works, rules)))
            if len(under_way) == _UNDER_WAY:  # what is judged and not yet settled takes memory
                done, works, future = under_way.popleft()
                yield list(zip(done, alone.if_broken(future, works), strict=True))
        for done, works, future in under_way:
            yield list(zip(done, alone.if_broken(future, works), strict=True))


def _submitted(
    executor: Executor, works: Works, rules: Rules
) -> Future[list[Answer | None]] | None:
    """Return the answers to come; None where a process was killed and no more are taken."""
    try:
        return executor.submit(answer_in_time, works, rules)
    except BrokenExecutor:
        return None


class _Alone:
    """Judges files one by one in a process of its own, once one has killed the others.

    The file that kills this process too is the one; the next gets a new process.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._process: Executor | None = None

    def if_broken(
        self, future: Future[list[Answer | None]] | None, works: Works
    ) -> list[Answer | None]:
        """Return the answers of others, or those made here where they did not live to give any."""
        try:
            if future is not None:
                return future.result()
        except BrokenExecutor:
            pass
        return [self._answer(*work) if work else None for work in works]

    def _answer(self, path: Path, name: str) -> Answer:
        if self._process is None:
            self._process = ProcessPoolExecutor(1, mp_context=_PROCESSES, initializer=bound_memory)
        try:
            (answer,) = self._process.submit(answer_in_time, [(path, name)], self._rules).result()
        except BrokenExecutor:
            self.close()
            answer = None
        return answer or answer_to(Judged((refused(refusal("F35", name=name), name),)))

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.shutdown()
        self._process = None

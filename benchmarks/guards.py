"""What the guards cost: their share of the time that it takes to read a workbook.

    python benchmarks/guards.py [FILE ...]

Without files, it reads a filled form, the kitchen sink of the corpus if that is there, and a
workbook of 10 MB made for the purpose. The time of every guard is taken where it is called: the
checks of the archive (entries, names, sizes, ratio), of each XML part (DOCTYPE, ENTITY, length of
attributes) and of depth in parts that are read as trees; in sheets the depth is counted on the way,
in the reader's own steps. The clock itself is counted to the guards.
"""

import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from unittest import mock

import xlsxwriter

from xlflow.demo import returned_workbook
from xlflow.grids import read_book
from xlflow.ooxml import Workbook, package, xmlguard
from xlflow.ooxml.container import Container

KITCHEN = Path(__file__).parents[2] / "shared" / "corpus" / "kitchen.xlsm"
GUARDS = (
    (Container, "_check_entries"),
    (Container, "_check_size"),
    (package, "checked_xml"),
    (xmlguard, "checked_xml"),
    (xmlguard, "_depth"),
)
ALLOWED = 0.1
_ROUNDS, _FEW_ROUNDS = 7, 3
_LARGE = 1_000_000  # bytes
_ROWS, _COLUMNS = 34_500, 40


class Clock:
    """The time spent in guards."""

    def __init__(self) -> None:
        self.spent = 0.0

    def timed(self, guard: Callable[..., Any]) -> Callable[..., Any]:
        """Return a guard whose time is counted."""

        def run(*args: Any, **more: Any) -> Any:
            start = time.perf_counter()
            try:
                return guard(*args, **more)
            finally:
                self.spent += time.perf_counter() - start

        return run

    def watch(self, stack: ExitStack) -> None:
        """Count the time of every guard until the stack is left."""
        for room, name in GUARDS:
            timed = self.timed(getattr(room, name))
            stack.enter_context(mock.patch.object(room, name, timed))


def large_workbook() -> bytes:
    """Return a workbook of about 10 MB."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True, "in_memory": True}) as made:
        sheet = made.add_worksheet("明细")
        for row in range(_ROWS):
            for column in range(_COLUMNS):
                number = (row * _COLUMNS + column) * 2654435761 % 1_000_003
                sheet.write(row, column, f"单位{number}" if column < 2 else number / 100)
    return stream.getvalue()


def measured(data: bytes) -> tuple[float, float]:
    """Return the seconds that reading takes at best, and the guards' share of that round."""
    rounds = []
    for _ in range(_FEW_ROUNDS if len(data) > _LARGE else _ROUNDS):
        clock = Clock()
        with ExitStack() as stack:
            clock.watch(stack)
            start = time.perf_counter()
            read_book(Workbook.from_bytes(data))
            rounds.append((time.perf_counter() - start, clock.spent))
    seconds, spent = min(rounds)
    return seconds, spent / seconds


def workbooks(paths: list[str]) -> Iterator[tuple[str, bytes]]:
    """Yield what is measured, by name."""
    if paths:
        yield from ((path, Path(path).read_bytes()) for path in paths)
        return
    yield "filled form", returned_workbook()
    if KITCHEN.exists():
        yield KITCHEN.name, KITCHEN.read_bytes()
    yield "large workbook", large_workbook()


if __name__ == "__main__":
    dear = False
    for name, data in workbooks(sys.argv[1:]):
        seconds, share = measured(data)
        dear |= share > ALLOWED
        size = f"{len(data) / 1e6:.2f} MB"
        print(f"{name} ({size}): read in {seconds * 1000:.2f} ms, guards {share:.1%}")
    sys.exit("guards take more than a tenth" if dear else 0)

"""Time the summary book of a large exercise beside openpyxl and pandas writing the same tables.

Run `python benchmarks/summary.py [--submissions 10000] [--indicators 50]`. The ledger is filled
through its own calls (`exercise.py`). Then, each in a process of its own:

- xlflow: the whole book from the ledger: overview, charts, checks over all forms, 指标明细 and
  问题清单 with links, filters, row heights;
- openpyxl (`write_only`) and pandas (`to_excel`, by XlsxWriter and by openpyxl): the cells of the
  two long tables alone, without looks or links, from the rows of the same ledger;
- one more submission: recorded, published and finished with a hundredth, a tenth and all of the
  submissions there, the median of many.

Prints seconds of the processor, seconds on the wall, and the memory each took beyond that of its
imports; of xlflow also by how much that grows from a tenth of the submissions. All write into a
file. A side that takes longer than `--limit` seconds of the processor is stopped, and that is said.
"""

import argparse
import json
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from shutil import copyfile
from statistics import median
from typing import Any, Literal

from exercise import PROFILE, RECEIVED, fill_ledger, submissions, submit

MORE = 30  # submissions that come one by one
MB = 1 << 20


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--submissions", type=int, default=10_000)
    parser.add_argument("--indicators", type=int, default=50)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--workspace", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help="keep xlflow's book of all submissions here")
    parser.add_argument("--limit", type=int, default=1800, help="seconds of processor for a book")
    parser.add_argument("--json", action="store_true", help="print the figures alone")
    options = parser.parse_args()
    if options.side:
        resource.setrlimit(resource.RLIMIT_CPU, (options.limit, options.limit + 1))
        print(json.dumps(measured(options.side, options.workspace, options.indicators)))
        return
    counts = sorted({max(options.submissions // part, 1) for part in (100, 10, 1)})
    say = partial(print, flush=True, file=sys.stderr if options.json else sys.stdout)
    say(f"{options.submissions} submissions, {options.indicators} indicators each")
    found: dict[str, dict[str, dict[str, float]]] = {"books": {}, "one_more": {}}
    with tempfile.TemporaryDirectory() as name:
        for count in counts:
            with open_ledger(Path(name) / str(count)) as ledger:
                fill_ledger(ledger, count, options.indicators)
        few, many = (Path(name) / str(count) for count in counts[-2:])
        tenth = in_a_process("xlflow", few, options.indicators)
        say(f"{'xlflow, a tenth':20} {line(tenth)}")
        for side in BOOKS:
            try:
                taken = in_a_process(side, many, options.indicators, options.limit)
            except Stopped:
                say(f"{side:20} stopped: not done after {options.limit} s of processor")
                continue
            found["books"][side] = taken
            say(f"{side:20} {line(taken)}")
        if whole := found["books"].get("xlflow"):
            grown = whole["memory"] - tenth["memory"]
            each = grown / (counts[-1] - counts[-2]) / 1000 if len(counts) > 1 else 0
            say(
                f"xlflow's memory grows by {grown / MB:.0f} MB from a tenth to all:"
                f" {each:.1f} KB a submission"
            )
        if options.out:
            copyfile(many / book_of("xlflow"), options.out)
        for count in counts:
            taken = in_a_process("one-more", Path(name) / str(count), options.indicators)
            found["one_more"][str(count)] = taken
            say(f"one more to {count:6}: recorded in {taken['recorded'] * 1000:.1f} ms")
    if options.json:
        print(json.dumps(found))


def book_of(side: str) -> str:
    return f"{side}.xlsx"


def line(taken: dict[str, float]) -> str:
    return (
        f"{taken['processor']:7.1f} s of processor {taken['wall']:7.1f} s on the wall "
        f"{taken['memory'] / MB:6.0f} MB   book of {taken['size'] / MB:.1f} MB"
    )


class Stopped(Exception):
    """A side took longer than it may."""


def in_a_process(
    side: str, workspace: Path, indicators: int, limit: int | None = None
) -> dict[str, float]:
    """Return what one side took, run in a process of its own; `limit` is in seconds."""
    command = [sys.executable, __file__, "--side", side, "--workspace", str(workspace)]
    command += ["--indicators", str(indicators)]
    command += ["--limit", str(limit)] if limit else []
    run = subprocess.run(command, check=False, capture_output=True, text=True)
    if run.returncode == -signal.SIGXCPU:
        raise Stopped
    run.check_returncode()
    taken: dict[str, float] = json.loads(run.stdout)
    return taken


def measured(side: str, workspace: Path, indicators: int) -> dict[str, float]:
    if side == "one-more":
        return {"recorded": recorded(workspace, indicators)}
    write = SIDES[side](workspace)
    before = most_memory()
    wall, processor = time.perf_counter(), time.process_time()
    write()
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    memory, size = most_memory() - before, (workspace / book_of(side)).stat().st_size
    return {"wall": wall, "processor": processor, "memory": memory, "size": size}


def most_memory() -> int:
    """Return the most memory this process has had, in bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def open_ledger(workspace: Path) -> Any:
    from xlflow.ledger import Ledger

    return Ledger.open(workspace / ".xlflow" / "ledger.sqlite")


# -- the books -----------------------------------------------------------------------------------


def by_xlflow(workspace: Path) -> Callable[[], None]:
    from xlflow.forms import all_forms
    from xlflow.scoring import load_profile
    from xlflow.summary import write_summary

    forms = all_forms(workspace)

    def write() -> None:
        with open_ledger(workspace) as ledger, (workspace / book_of("xlflow")).open("wb") as book:
            write_summary(
                ledger,
                book,
                title="汇总",
                at=RECEIVED,
                workspace=workspace,
                folder=workspace / "outbox",
                form_titles={form.name: form.title for form in forms},
                judged_by={form.name: (form, load_profile(PROFILE)) for form in forms},
            )

    return write


def tables(workspace: Path) -> dict[str, tuple[list[str], Iterator[list[Any]]]]:
    """Return headings and rows of the long tables, as whoever writes them would get them."""
    from xlflow.facts import read_facts
    from xlflow.summary.frames import detail_rows, problem_rows
    from xlflow.summary.links import Link, Links

    ledger = open_ledger(workspace)
    facts = read_facts(ledger)
    links = Links(workspace, workspace / "outbox")
    found: dict[str, tuple[list[str], Iterator[list[Any]]]] = {}
    for name, stream in (
        ("指标明细", detail_rows(facts, {})),
        ("问题清单", problem_rows(facts, links, {})),
    ):
        first = next(stream.begin())
        rows = (
            [value.text if isinstance(value, Link) else value for value in row.values()]
            for row in stream.begin()
        )
        found[name] = [str(caption) for caption in first], rows
    return found


def by_openpyxl(workspace: Path) -> Callable[[], None]:
    from openpyxl import Workbook

    def write() -> None:
        book = Workbook(write_only=True)
        for name, (captions, rows) in tables(workspace).items():
            sheet = book.create_sheet(name)
            for row in chain([captions], rows):
                sheet.append(row)
        book.save(workspace / book_of("openpyxl"))

    return write


def by_pandas(engine: Literal["openpyxl", "xlsxwriter"]) -> Callable[[Path], Callable[[], None]]:
    def prepared(workspace: Path) -> Callable[[], None]:
        import pandas as pd

        def write() -> None:
            out = workspace / book_of(f"pandas-{engine}")
            with pd.ExcelWriter(out, engine=engine) as writer:
                for name, (captions, rows) in tables(workspace).items():
                    frame = pd.DataFrame(rows, columns=captions, dtype=object)
                    frame.to_excel(writer, sheet_name=name, index=False)

        return write

    return prepared


def recorded(workspace: Path, indicators: int) -> float:
    """Return the seconds it takes to record one more submission."""
    model = next(submissions(1, indicators))
    seconds = []
    with open_ledger(workspace) as ledger:
        for number in range(MORE):
            unit = f"后来的第{number}单位"
            one = replace(model, file=f"{unit}.xlsx", unit=unit, unit_code=f"99{number}")
            begun = time.perf_counter()
            submit(ledger, one, 10**9 + number)
            seconds.append(time.perf_counter() - begun)
    return median(seconds)


BOOKS: dict[str, Callable[[Path], Callable[[], None]]] = {
    "xlflow": by_xlflow,
    "openpyxl": by_openpyxl,
    "pandas-xlsxwriter": by_pandas("xlsxwriter"),
    "pandas-openpyxl": by_pandas("openpyxl"),
}
SIDES = {**BOOKS, "one-more": by_xlflow}

if __name__ == "__main__":
    main()

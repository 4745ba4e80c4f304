"""Time writing back into a workbook beside openpyxl, and show what it must be at least.

Run `python benchmarks/writeback.py [KITCHEN.XLSM] [--rounds N]`. The form is the corpus's
`kitchen.xlsm` (a button, macros, notes, charts: 58 KB); the larger workbooks are made from it by
adding a long sheet. Written are 24 cells of the computed block and the marks of 20 problems, as
`xlflow.marking.mark` puts them, proof included, and the file is flushed to disk. openpyxl loads,
sets the same cells, adds the notes and saves. Each side runs in a process of its own and counts
the best of several times: what else the machine does is the fault of neither. Start of the
process and imports are not counted; the peak of memory is that of a process that did it once.

Exits 1 when a ratio does not hold.
"""

import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import NamedTuple

from xlflow.files import write_bytes
from xlflow.forms import Document
from xlflow.forms.document import Source
from xlflow.marking import mark
from xlflow.marking.computed import computed_cells
from xlflow.ooxml import Workbook, prove
from xlflow.problems import Problem, Severity
from xlflow.review import Outcome, Result
from xlflow.scoring import Score, Scores, load_profile

KITCHEN = Path(__file__).parents[2] / "shared" / "corpus" / "kitchen.xlsm"
FORM, LONG = "填报", "明细"
LONG_ROWS = {"medium": 11_000, "large": 213_000}
PROBLEMS, SCORED = 20, 12
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class Measured(NamedTuple):
    """The best time of one side in seconds, and the most memory its process took in bytes."""

    seconds: float
    memory: int


class Ratio(NamedTuple):
    """One thing that must hold: `better` and `worse` name side and workbook."""

    what: str
    better: tuple[str, str]
    worse: tuple[str, str]
    least: float


RATIOS = (
    Ratio("form", ("marks", "form"), ("openpyxl", "form"), 10),
    Ratio("500 KB, long sheet untouched", ("marks", "medium"), ("openpyxl", "medium"), 100),
    Ratio("10 MB, long sheet untouched", ("marks", "large"), ("openpyxl", "large"), 500),
    Ratio("500 KB, long sheet touched", ("long-marks", "medium"), ("long-openpyxl", "medium"), 20),
    Ratio("10 MB, long sheet touched", ("long-marks", "large"), ("long-openpyxl", "large"), 20),
    Ratio("form, values alone", ("values", "form"), ("copy", "form"), 1 / 4),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("kitchen", nargs="?", type=Path, default=KITCHEN)
    parser.add_argument("--rounds", type=int, default=9, help="counts of the fast sides")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(*measured_here(SIDES[options.side], options.kitchen, options.rounds))
        return
    with tempfile.TemporaryDirectory() as name:
        books = made_books(options.kitchen, Path(name))
        for size, path in books.items():
            print(f"{size:7} {path.stat().st_size / 1024:8,.0f} KB")
        wanted = sorted({each for ratio in RATIOS for each in (ratio.better, ratio.worse)})
        seen = {(side, size): measured(side, books[size], options.rounds) for side, size in wanted}
    for (side, size), each in seen.items():
        print(f"{side:11} {size:7} {each.seconds * 1000:10.2f} ms {each.memory / 2**20:6.0f} MB")
    kept = [report(ratio, seen) for ratio in RATIOS]
    memory = seen["marks", "large"].memory / seen["openpyxl", "large"].memory
    kept.append(memory < 1 / 10)
    print(f"memory of openpyxl, 10 MB: {memory:.1%}, at most 10%: {said(holds=kept[-1])}")
    sys.exit(0 if all(kept) else 1)


def report(ratio: Ratio, seen: dict[tuple[str, str], Measured]) -> bool:
    """Print one ratio; return whether it holds."""
    times = seen[ratio.worse].seconds / seen[ratio.better].seconds
    holds = times >= ratio.least
    print(
        f"{ratio.what}: {ratio.better[0]} {times:,.2f} times as fast as {ratio.worse[0]}, "
        f"at least {ratio.least:g}: {said(holds=holds)}"
    )
    return holds


def said(*, holds: bool) -> str:
    return "holds" if holds else "DOES NOT HOLD"


def measured(side: str, path: Path, rounds: int) -> Measured:
    """Return time and memory of one side on a workbook, in a process of its own."""
    slow = side.endswith("openpyxl") and path.stat().st_size > 1 << 20
    command = [sys.executable, __file__, str(path), "--side", side]
    command += ["--rounds", "2" if slow else str(rounds)]
    os.sync()  # what was written before must not be waited for by this one
    found = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Measured(float(found[0]), int(found[1]))


def measured_here(side: Callable[[Path, Path], None], path: Path, rounds: int) -> Measured:
    target = path.with_name("out.xlsm")
    seconds, peaks = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        side(path, target)
        seconds.append(time.perf_counter() - started)
        peaks.append(peak())
    return Measured(min(seconds), peaks[0])


def peak() -> int:
    """Return the most memory of this process in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what rusage says counts the parent's too
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


# -- the workbooks -------------------------------------------------------------------------------


def made_books(kitchen: Path, folder: Path) -> dict[str, Path]:
    """Return the workbooks by size: the form as it is, and with a sheet of many rows."""
    books = {"form": folder / "form.xlsm"}
    shutil.copyfile(kitchen, books["form"])
    for size, rows in LONG_ROWS.items():
        book = Workbook.open(kitchen)
        book.replace_sheet(LONG, long_sheet(rows))
        books[size] = folder / f"{size}.xlsm"
        books[size].write_bytes(book.to_bytes())
    return books


def long_sheet(rows: int) -> bytes:
    """Return a sheet as an accountant exports it: number, date, subjects, remark, amounts."""
    dice = random.Random(rows)  # the same workbook in every run
    lines = (
        f'<row r="{row}" spans="1:6" x14ac:dyDescent="0.25"><c r="A{row}"><v>{row}</v></c>'
        f'<c r="B{row}" s="2"><v>{44562 + row // 500}</v></c>'
        f'<c r="C{row}" s="3" t="s"><v>{dice.randrange(50)}</v></c>'
        f'<c r="D{row}" s="3" t="s"><v>{dice.randrange(50)}</v></c>'
        f'<c r="E{row}" s="4"><v>{dice.randrange(10**7) / 100}</v></c>'
        f'<c r="F{row}" s="4"><v>{dice.randrange(10**9) / 100}</v></c></row>'
        for row in range(1, rows + 1)
    )
    namespaces = (
        f'xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'mc:Ignorable="x14ac" '
        'xmlns:x14ac="http://schemas.microsoft.com/office/spreadsheetml/2009/9/ac"'
    )
    sheet_data = f"<sheetData>{''.join(lines)}</sheetData>"
    return f"<worksheet {namespaces}>{sheet_data}</worksheet>".encode()


# -- xlflow --------------------------------------------------------------------------------------


def judged(sheet: str) -> Result:
    """Return a judgement of a form with 24 cells of the computed block and 20 problems."""
    fields = [f"/indicators/{index}" for index in range(SCORED)]
    sources = {}
    for index, field in enumerate(fields):
        sources[f"{field}/computed_score"] = Source(sheet, f"E{4 + index}")
        sources[f"{field}/computed_explanation"] = Source(sheet, f"G{4 + index}")
    rows = tuple(
        Score(
            field=field, name="预算执行率", sheet=sheet, cell=None, target="100%", actual="96%",
            weight=Decimal(10), claimed="10", computed=Decimal("9.60"), deviation=None,
            rule="execution_rate", explanation="执行率96.00%，得分＝10×96.00%＝9.60分。",
            explanation_en="",
        )
        for field in fields
    )  # fmt: skip
    severities = list(Severity)
    problems = tuple(
        Problem(
            code="C01", severity=severities[index % 3], field=fields[index % SCORED], sheet=sheet,
            cell=f"{'ABC'[index % 3]}{4 + index}", value="9", message=f"第{index}项：请核对。",
            message_en="",
        )
        for index in range(PROBLEMS)
    )  # fmt: skip
    document = Document("overall_self_evaluation", sheet, {}, sources)
    return Result("form.xlsm", Outcome.RETURNED, problems, sheet, "overall_self_evaluation",
                  scores=Scores(rows), document=document)  # fmt: skip


def put_marks(path: Path, target: Path, sheet: str) -> None:
    write_bytes(target, mark(Workbook.open(path), [judged(sheet)], [PROFILE]))


def put_values(path: Path, target: Path) -> None:
    book = Workbook.open(path)
    sheet = book.sheet(FORM)
    written = {FORM: dict(computed_cells(judged(FORM), PROFILE))}
    for cell, value in written[FORM].items():
        sheet[cell] = value
    out = book.to_bytes()
    prove(book.source, out, written, refreshed=book.refreshed)
    write_bytes(target, out)


def copy(path: Path, target: Path) -> None:
    write_bytes(target, path.read_bytes())


# -- openpyxl ------------------------------------------------------------------------------------


def put_with_openpyxl(path: Path, target: Path, sheet: str) -> None:
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it loses
        book = openpyxl.load_workbook(path, keep_vba=True)
    found = judged(sheet)
    for cell, value in computed_cells(found, PROFILE):
        book[sheet][cell] = value
    results = book.create_sheet("核对结果")
    for problem in found.problems:
        marked = book[sheet][problem.cell or "A1"]
        marked.comment = Comment(problem.message, "xlflow")
        marked.fill = PatternFill("solid", fgColor="FADBD8")
        results.append([problem.code, str(problem.severity), problem.cell, problem.message])
    book.save(target)


PROFILE = load_profile("henan-2022")
SIDES: dict[str, Callable[[Path, Path], None]] = {
    "copy": copy,
    "values": put_values,
    "marks": partial(put_marks, sheet=FORM),
    "long-marks": partial(put_marks, sheet=LONG),
    "openpyxl": partial(put_with_openpyxl, sheet=FORM),
    "long-openpyxl": partial(put_with_openpyxl, sheet=LONG),
}

if __name__ == "__main__":
    main()

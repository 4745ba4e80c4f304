"""Time the hand-out of workbooks beside openpyxl's load-and-save of the same template.

Run `python benchmarks/issuing.py [--units N] [--rounds N]`. For each form N workbooks are made for
a roster: identity, budget, guide and, where the form reports on targets, forty indicators typed in;
each is flushed to disk. openpyxl loads the same template, sets one cell and saves it, once for each
unit, flushed likewise. Both count the best of several rounds in one process; imports are not
counted. Written as well: the ratio, and what a password adds.

Exits 1 when a workbook takes longer to hand out than openpyxl takes to load and save it.
"""

import argparse
import io
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl

from xlflow.files import write_bytes
from xlflow.forms import Document, Form, load_form
from xlflow.issuing import Exercise, Line, issue, reports_on_targets, template_of
from xlflow.issuing.prefill import Targets

FORMS = (
    "project_target",
    "project_monitoring",
    "project_self_evaluation",
    "overall_self_evaluation",
)
INDICATORS = [
    {"level1": "产出指标", "level2": "数量指标", "level3": f"指标{number}", "target": "≥100个"}
    for number in range(40)
]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--units", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'ms per workbook':32}{'xlflow':>9}{'openpyxl':>10}{'ratio':>8}")
    ratios = [
        measured(load_form(name), options.units, options.rounds, password=None) for name in FORMS
    ]
    measured(load_form(FORMS[0]), min(options.units, 5), 1, password=FORMS[0])
    sys.exit(1 if min(ratios) < 1 else 0)


def measured(form: Form, units: int, rounds: int, *, password: str | None) -> float:
    """Print and return how many times longer openpyxl takes."""
    lines = [
        Line(
            f"第{number}局", f"{number:06}", "培训专项", budget=Decimal(1205000), password=password
        )
        for number in range(units)
    ]
    stated = Document("project_target", "", {"indicators": INDICATORS}, {})
    known = Targets(load_form("project_target"), stated)
    targets = dict.fromkeys(lines, known) if reports_on_targets(form) else None
    exercise = Exercise(form, 2025, "national-2020", deadline="2026-04-30")
    template = template_of(form)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        ours = best(rounds, lambda: issue(exercise, lines, folder, targets=targets)) / units
        theirs = best(rounds, lambda: by_openpyxl(template, lines, folder)) / units
    what = f"{form.name}{', with a password' if password else ''}"
    print(f"{what:32}{ours * 1000:9.1f}{theirs * 1000:10.1f}{theirs / ours:8.1f}")
    return theirs / ours


def by_openpyxl(template: bytes, lines: list[Line], folder: Path) -> None:
    for line in lines:
        book = openpyxl.load_workbook(io.BytesIO(template))
        book.worksheets[0]["A1"] = line.unit
        stream = io.BytesIO()
        book.save(stream)
        write_bytes(folder / f"{line.unit}.openpyxl.xlsx", stream.getvalue())


def best(rounds: int, work: Callable[[], object]) -> float:
    times = []
    for _ in range(rounds):
        since = time.perf_counter()
        work()
        times.append(time.perf_counter() - since)
    return min(times)


if __name__ == "__main__":
    main()

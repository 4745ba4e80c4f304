"""Time the whole walk per workbook beside the script a user would write well.

Run `python benchmarks/walk.py [N] [--mixed]`. Both sides take the same N returned workbooks (an
officer has 200), in one run, each after some of every form that do not count:

- the script (`script.py`): one pandas `to_excel` at the end, once with a line for each workbook
  and once with a line for each indicator as the summary book has;
- xlflow: `run` over the inbox: originals kept, ledger, scored copies proved and flushed to disk,
  summary book with every indicator and problem; in one process, and with a process a processor
  as `xlflow run` starts them, their start included.

Prints milliseconds per workbook and the ratios, each side's the median of three runs in turn; and
what share of the walk in one process the judgement takes: cells to Document, scores, problems.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from script import WARM_UP, time_script

from xlflow.cli.workspace import executor_for
from xlflow.config import Workspace, create_workspace
from xlflow.demo.seeds import examples, project_targets, shangjie
from xlflow.forms import all_forms, load_form, read_document, recognise
from xlflow.grids import Book, read_book
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules
from xlflow.ooxml import Workbook
from xlflow.pipeline import run
from xlflow.review import Case, review
from xlflow.scoring import score_document

JUDGEMENT = "judgement"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=200)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--mixed", action="store_true", help="forms of projects among them")
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many counts")
    options = parser.parse_args()
    if options.side:
        returned = sorted((options.folder.parent / "returned").iterdir())
        print(SIDES[options.side](returned, options.folder / options.side))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        returned = list(
            returned_workbooks(folder / "returned", options.count + WARM_UP, mixed=options.mixed)
        )
        size = sum(path.stat().st_size for path in returned) / 1024 / len(returned)
        rounds = [
            {side: timed(side, folder / str(number)) for side in SIDES}
            for number in range(options.rounds)
        ]
        seconds = {side: median(each[side] for each in rounds) for side in SIDES}
    print(f"{options.count} workbooks, {size:.0f} KB each, {os.cpu_count()} processors")
    judgement = seconds.pop(JUDGEMENT)
    for side, each in seconds.items():
        ratios = [seconds[script] / each for script in ("script", "script-with-details")]
        print(
            f"{side:20} {each * 1000:7.2f} ms per workbook   ratio {ratios[0]:.2f} {ratios[1]:.2f}"
        )
    share = judgement / seconds["one-process"]
    print(f"{JUDGEMENT:20} {judgement * 1000:7.2f} ms per workbook   {share:.0%} of one process")


def timed(side: str, folder: Path) -> float:
    """Return the seconds per workbook of one side, run in a process of its own as users do."""
    if sys.platform != "win32":
        os.sync()  # what the side before left to be written must not be waited for by this one
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def returned_workbooks(folder: Path, count: int, *, mixed: bool = False) -> Iterator[Path]:
    """Yield the demo's returned workbooks as many units would fill them: no two say the same.

    Without `mixed` all are the overall form, the largest; with it every second is one of a
    project, its targets or its self-evaluation.
    """
    folder.mkdir(parents=True)
    filled = kinds(mixed=mixed)
    templates = {form: template_of(load_form(form)) for form, _ in filled}
    for number in range(count):
        form, data = filled[number % len(filled)]
        path = folder / f"{number:03d}-{form}.xlsx"
        path.write_bytes(fill(templates[form], load_form(form), varied(data, number)))
        yield path


def kinds(*, mixed: bool) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the forms of which workbooks are made, in turn, each with its data."""
    overall = (shangjie()["form"], shangjie()["data"])
    if not mixed:
        return [overall]
    targets = {data["project"]: data for data in project_targets()}
    made = []
    for said in examples()["self_evaluations"]:
        asked = targets[said["project"]]
        named = [row for row in asked["indicators"] if row.get("level3")]
        rows = [plan | row for plan, row in zip(named, said["indicators"], strict=True)]
        made += [
            overall,
            ("project_self_evaluation", {**said, "indicators": rows}),
            overall,
            ("project_target", {**asked, "indicators": named}),
        ]
    return made


def varied(data: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Return the form's data with other names, texts and quantities."""

    def other(text: str) -> str:
        return f"{text}（{number}）"

    def quantity(text: str) -> str:
        return re.sub(r"\d+(?=[亩次件元])", lambda found: str(int(found[0]) + number), text)

    prose = {
        key: other(data[key])
        for key in ("project", "overview", "basis", "necessity", "plan", "annual_goal")
        if key in data
    }
    objective = {key: other(text) for key, text in data.get("annual_objective", {}).items()}
    tasks = [
        {key: other(text) for key, text in task.items()} for task in data.get("annual_tasks", [])
    ]
    values = ("target", "actual")
    indicators = [
        {
            **row,
            "level3": other(row["level3"]),
            **{key: quantity(row[key]) for key in values if key in row},
        }
        for row in data["indicators"]
    ]
    return {
        **data,
        **prose,
        "unit": f"第{number}预算单位",
        "unit_code": f"{number:06d}",
        "annual_objective": objective,
        "annual_tasks": tasks,
        "indicators": indicators,
    }


# -- xlflow --------------------------------------------------------------------------------------


def time_walk(returned: list[Path], root: Path, jobs: int) -> float:
    workspace = create_workspace(root, {"profile": "henan-2022"})
    drop(returned[:WARM_UP], workspace)
    run(workspace)
    drop(returned[WARM_UP:], workspace)
    started = time.perf_counter()
    with executor_for(jobs) as executor:
        run(workspace, executor=executor)
    return (time.perf_counter() - started) / (len(returned) - WARM_UP)


def time_judgement(returned: list[Path], _root: Path) -> float:
    """Return the seconds a workbook from its cells to its problems: read, score, review."""
    rules = Rules(profile="henan-2022")
    books = [read_book(Workbook.open(path)) for path in returned]
    for book in books[:WARM_UP]:
        judge_book(book, rules)
    started = time.perf_counter()
    for book in books[WARM_UP:]:
        judge_book(book, rules)
    return (time.perf_counter() - started) / (len(books) - WARM_UP)


def judge_book(book: Book, rules: Rules) -> None:
    (sighting,) = recognise(book, all_forms())
    reading = read_document(sighting.form, sighting.grid, book.names)
    profile = rules.profile_for(sighting.form)
    scores = score_document(reading.document, profile)
    review(Case(sighting.form, reading.document, profile, scores), reading.problems)


def drop(returned: list[Path], workspace: Workspace) -> None:
    for path in returned:
        (workspace.inbox / path.name).write_bytes(path.read_bytes())


SIDES: dict[str, Callable[[list[Path], Path], float]] = {
    "script": partial(time_script, details=False),
    "script-with-details": partial(time_script, details=True),
    "one-process": partial(time_walk, jobs=1),
    "as-it-runs": partial(time_walk, jobs=os.cpu_count() or 1),
    JUDGEMENT: time_judgement,
}

if __name__ == "__main__":
    main()

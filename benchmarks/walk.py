"""Time the whole walk per workbook beside the script a user would write well.

Run `python benchmarks/walk.py [N]`. Both sides take the same N returned workbooks (an officer has
200), in one run, each after a first file that does not count:

- the script: openpyxl load and save once a file, the validator built once, scores, deviation and
  remarks written into the same columns, the problems with links on the sheet 核对结果, one pandas
  `to_excel` at the end, once with a line for each workbook and once with a line for each indicator
  as the summary book has; it keeps no originals and no ledger, and proves nothing;
- xlflow: `run` over the inbox: originals kept, ledger, scored copies proved and flushed to disk,
  summary book with every indicator and problem; in one process, and with a process a processor
  as `xlflow run` starts them, their start included.

Prints milliseconds per workbook and the ratios, each side's the median of three runs in turn.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import openpyxl
import pandas as pd
from jsonschema import Draft202012Validator
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.cli.workspace import executor_for
from xlflow.config import Workspace, create_workspace
from xlflow.demo.seeds import shangjie
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.pipeline import run

FIRST_INDICATOR_LABEL = "三级指标"
FONT = Font(name="宋体", size=10)
WRAP = Alignment(vertical="center", wrap_text=True)
GRID = Border(*(Side(style="thin", color="FFBFBFBF"),) * 4)
AMBER = PatternFill("solid", fgColor="FFFCF3CF")
NUMBER = re.compile(r"([≥≤]?)\s*([\d.]+)")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=200)
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--rounds", type=int, default=3, help="the median of so many counts")
    options = parser.parse_args()
    if options.side:
        returned = sorted((options.folder.parent / "returned").iterdir())
        print(SIDES[options.side](returned, options.folder / options.side))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        returned = list(returned_workbooks(folder / "returned", options.count + 1))
        size = returned[0].stat().st_size / 1024
        rounds = [
            {side: timed(side, folder / str(number)) for side in SIDES}
            for number in range(options.rounds)
        ]
        seconds = {side: median(each[side] for each in rounds) for side in SIDES}
    print(f"{options.count} workbooks, {size:.0f} KB each, {os.cpu_count()} processors")
    for side, each in seconds.items():
        ratios = [seconds[script] / each for script in ("script", "script-with-details")]
        print(
            f"{side:20} {each * 1000:7.2f} ms per workbook   ratio {ratios[0]:.2f} {ratios[1]:.2f}"
        )


def timed(side: str, folder: Path) -> float:
    """Return the seconds per workbook of one side, run in a process of its own as users do."""
    if sys.platform != "win32":
        os.sync()  # what the side before left to be written must not be waited for by this one
    command = [sys.executable, __file__, "--side", side, "--folder", str(folder)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def returned_workbooks(folder: Path, count: int) -> Iterator[Path]:
    """Yield the demo's returned workbook as many units would fill it: no two say the same."""
    seed = shangjie()
    form = load_form(seed["form"])
    template = template_of(form)
    folder.mkdir(parents=True)
    for number in range(count):
        data = varied(seed["data"], number)
        path = folder / f"{number:03d}.xlsx"
        path.write_bytes(fill(template, form, data))
        yield path


def varied(data: dict[str, Any], number: int) -> dict[str, Any]:
    """Return the form's data with other names, texts and quantities."""

    def other(text: str) -> str:
        return f"{text}（{number}）"

    def quantity(text: str) -> str:
        return re.sub(r"\d+(?=[亩次件元])", lambda found: str(int(found[0]) + number), text)

    objective = {key: other(text) for key, text in data["annual_objective"].items()}
    tasks = [{key: other(text) for key, text in task.items()} for task in data["annual_tasks"]]
    indicators = [
        {
            **row,
            "level3": other(row["level3"]),
            "target": quantity(row["target"]),
            "actual": quantity(row["actual"]),
        }
        for row in data["indicators"]
    ]
    return {
        **data,
        "unit": f"第{number}预算单位",
        "unit_code": f"{number:06d}",
        "annual_objective": objective,
        "annual_tasks": tasks,
        "indicators": indicators,
    }


# -- xlflow --------------------------------------------------------------------------------------


def time_walk(returned: list[Path], root: Path, jobs: int) -> float:
    workspace = create_workspace(root, {"profile": "henan-2022"})
    drop(returned[:1], workspace)
    run(workspace)
    drop(returned[1:], workspace)
    started = time.perf_counter()
    with executor_for(jobs) as executor:
        run(workspace, executor=executor)
    return (time.perf_counter() - started) / (len(returned) - 1)


def drop(returned: list[Path], workspace: Workspace) -> None:
    for path in returned:
        (workspace.inbox / path.name).write_bytes(path.read_bytes())


# -- the script ----------------------------------------------------------------------------------


def time_script(returned: list[Path], out: Path, *, details: bool) -> float:
    """Return seconds per workbook; with `details` the summary has a line for each indicator."""
    out.mkdir(parents=True)
    form = load_form(shangjie()["form"])
    validator = Draft202012Validator(json.loads(form.path.read_text(encoding="utf-8")))
    score_with_openpyxl(returned[0], out, validator)
    started = time.perf_counter()
    submissions, indicators = [], []
    for path in returned[1:]:
        submission, rows = score_with_openpyxl(path, out, validator)
        submissions.append(submission)
        indicators += rows
    frame = pd.DataFrame(indicators if details else submissions)
    frame.to_excel(out / "summary.xlsx", index=False)
    return (time.perf_counter() - started) / (len(returned) - 1)


def score_with_openpyxl(
    path: Path, out: Path, validator: Draft202012Validator
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    data = read(sheet)
    problems = [
        ("A1", str(list(error.path)), error.message) for error in validator.iter_errors(data)
    ]
    total = 0.0
    rows = []
    for row, values in zip(indicator_rows(sheet), data["indicators"], strict=True):
        points, remark = points_of(values)
        total += points
        sheet.cell(row, 12).value = round(points, 2)
        sheet.cell(row, 13).value = 0
        sheet.cell(row, 14).value = remark
        if points != values["score"]:
            problems.append((f"H{row}", str(values["score"]), remark))
        rows.append({"unit": data["unit"], **values, "computed": points, "remark": remark,
                     "file": path.name, "sheet": sheet.title, "cell": f"H{row}"})  # fmt: skip
    funds = data["funds"]["total"]
    rate = funds["executed"] / funds["full_year_budget"]
    execution = min(10.0, rate / 0.9 * 10)
    sheet["L5"], sheet["M5"] = round(execution, 2), round((rate - 0.9) / 0.9, 4)
    sheet["N5"] = f"execution rate {rate:.2%}: {execution:.2f} points"
    problems += copied_texts(sheet)
    mark(book["核对结果"], sheet.title, problems)
    book.save(out / path.name)
    submission = {
        "unit": data["unit"],
        "total": round(total + execution, 2),
        "problems": len(problems),
        **funds,
    }
    return submission, rows


def copied_texts(sheet: Worksheet) -> list[tuple[str, str, str]]:
    """Return the accounts that are the plan once more."""
    pairs = [("B10", "F10"), *((f"D{row}", f"F{row}") for row in range(12, 19))]
    return [
        (account, str(sheet[account].value), f"the same text as {plan}")
        for plan, account in pairs
        if sheet[plan].value and sheet[plan].value == sheet[account].value
    ]


def mark(results: Worksheet, form: str, problems: list[tuple[str, str, str]]) -> None:
    for number, (cell, value, message) in enumerate(problems, 1):
        row: tuple[int | str, ...] = (number, "提醒", "C00", cell, value[:60], message)
        for column, content in enumerate(row, 1):
            target = results.cell(4 + number, column, content)
            target.font, target.alignment, target.border = FONT, WRAP, GRID
        results.cell(4 + number, 2).fill = AMBER
        results.cell(4 + number, 4).hyperlink = Hyperlink(
            ref=f"D{4 + number}", location=f"'{form}'!{cell}"
        )


def indicator_rows(sheet: Worksheet) -> Iterator[int]:
    first = next(
        cell.row for cell in sheet["D"] if cell.value == FIRST_INDICATOR_LABEL and cell.row
    )
    row = first + 1
    while sheet.cell(row, 4).value:
        yield row
        row += 1


def read(sheet: Worksheet) -> dict[str, Any]:
    keys = ("level1", "level2", "level3", "target", "actual", "weight", "score", "deviation")
    indicators = []
    level1 = level2 = None
    for row in indicator_rows(sheet):
        values = [sheet.cell(row, col).value for col in range(2, 10)]
        level1, level2 = values[0] or level1, values[1] or level2
        indicators.append(dict(zip(keys, [level1, level2, *values[2:]], strict=True)))
    columns = (
        "initial_budget",
        "full_year_budget",
        "executed",
        "weight",
        "execution_rate",
        "score",
    )
    total = dict(zip(columns, [sheet.cell(5, col).value for col in range(4, 10)], strict=True))
    sources = [
        {"name": sheet.cell(row, 2).value, "full_year_budget": sheet.cell(row, 5).value}
        for row in (6, 7, 8)
    ]
    return {
        "unit": sheet["C2"].value,
        "year": sheet["J2"].value,
        "funds": {"total": total, "sources": sources},
        "annual_objective": {"expected": sheet["B10"].value, "actual": sheet["F10"].value},
        "indicators": indicators,
        "totals": {"weight": 100, "score": 99.1},
    }


def points_of(values: dict[str, Any]) -> tuple[float, str]:
    weight = float(values["weight"])
    target, actual = NUMBER.search(str(values["target"])), NUMBER.search(str(values["actual"]))
    if not target or not actual:
        return weight, "qualitative"
    wanted, got = float(target[2]), float(actual[2])
    share = min(1.0, wanted / got if target[1] == "≤" and got > wanted else got / wanted)
    share = 1.0 if target[1] == "≤" and got <= wanted else share
    return weight * share, f"target {values['target']}, actual {values['actual']}: {weight * share}"


SIDES: dict[str, Callable[[list[Path], Path], float]] = {
    "script": partial(time_script, details=False),
    "script-with-details": partial(time_script, details=True),
    "one-process": partial(time_walk, jobs=1),
    "as-it-runs": partial(time_walk, jobs=os.cpu_count() or 1),
}

if __name__ == "__main__":
    main()

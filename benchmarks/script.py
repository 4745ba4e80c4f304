"""The script a user would write well: openpyxl load and save once a file, one table at the end.

It knows each form by the places of its cells, scores into the columns of xlflow, writes the
problems with links on the sheet 核对结果; it keeps no originals and no ledger, and proves nothing.
"""

import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
from jsonschema import Draft202012Validator
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.forms import load_form

FONT = Font(name="宋体", size=10)
WRAP = Alignment(vertical="center", wrap_text=True)
GRID = Border(*(Side(style="thin", color="FFBFBFBF"),) * 4)
AMBER = PatternFill("solid", fgColor="FFFCF3CF")
NUMBER = re.compile(r"([≥≤=]?)\s*([\d.]+)")
WARM_UP = 4  # workbooks that do not count, each form among them
LEVEL3 = "三级指标"


@dataclass(frozen=True)
class Places:
    """Where things stand on a form: cells by key, columns of the indicators by key.

    `total` is the row of the funds, `amounts` its columns; `copied` are pairs of plan and account.
    """

    form: str
    cells: Mapping[str, str]
    columns: Mapping[str, int]
    total: int | None = None
    amounts: Mapping[str, str] | None = None
    copied: tuple[tuple[str, str], ...] = ()


AMOUNTS = {
    "initial_budget": "D", "full_year_budget": "E", "executed": "F",
    "weight": "G", "execution_rate": "H", "score": "I",
}  # fmt: skip
FORMS = {
    "部门整体支出绩效自评表": Places(
        "overall_self_evaluation",
        {"unit": "C2", "year": "J2"},
        {"level1": 2, "level2": 3, "level3": 4, "target": 5, "actual": 6, "weight": 7,
         "score": 8, "deviation": 9},
        5, AMOUNTS, (("B10", "F10"), *((f"D{row}", f"F{row}") for row in range(12, 19))),
    ),
    "项目支出绩效自评表": Places(
        "project_self_evaluation",
        {"project": "C2", "year": "J2", "department": "C3", "unit": "F3", "unit_code": "J3"},
        {"level1": 2, "level2": 3, "level3": 4, "target": 5, "actual": 6, "weight": 7,
         "score": 8, "reason": 9},
        6, AMOUNTS, (("B11", "F11"),),
    ),
    "项目支出绩效目标表": Places(
        "project_target",
        {"unit": "C3", "unit_code": "F3", "project": "C4", "year": "F5", "amount_total": "C8",
         "amount_this_year": "F8", "prior_total": "C9", "prior_this_year": "F9",
         "overview": "C10", "basis": "C11", "necessity": "C12", "plan": "C14",
         "overall_goal": "C23", "annual_goal": "C24"},
        {"level1": 2, "level2": 3, "level3": 4, "target": 6},
    ),
}  # fmt: skip


def time_script(returned: list[Path], out: Path, *, details: bool) -> float:
    """Return seconds per workbook; with `details` the summary has a line for each indicator."""
    out.mkdir(parents=True)
    validators = {title: validator_of(places.form) for title, places in FORMS.items()}
    for path in returned[:WARM_UP]:
        score_with_openpyxl(path, out, validators)
    started = time.perf_counter()
    submissions, indicators = [], []
    for path in returned[WARM_UP:]:
        submission, rows = score_with_openpyxl(path, out, validators)
        submissions.append(submission)
        indicators += rows
    frame = pd.DataFrame(indicators if details else submissions)
    frame.to_excel(out / "summary.xlsx", index=False)
    return (time.perf_counter() - started) / (len(returned) - WARM_UP)


def validator_of(form: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(load_form(form).path.read_text(encoding="utf-8")))


def score_with_openpyxl(
    path: Path, out: Path, validators: Mapping[str, Draft202012Validator]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the line of a workbook and those of its indicators; the scored copy is saved."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    places = FORMS[sheet.title]
    data = read(sheet, places)
    problems = [
        ("A1", str(list(error.path)), error.message)
        for error in validators[sheet.title].iter_errors(data)
    ]
    rows, total = [], 0.0
    for row, values in zip(indicator_rows(sheet), data["indicators"], strict=True):
        where: dict[str, Any] = {"file": path.name, "sheet": sheet.title, "cell": f"H{row}"}
        who: dict[str, Any] = {"unit": data["unit"], "project": data.get("project")}
        if places.amounts:
            points, remark = points_of(values)
            total += points
            sheet.cell(row, 12).value = round(points, 2)
            sheet.cell(row, 13).value = 0
            sheet.cell(row, 14).value = remark
            if points != values["score"]:
                problems.append((f"H{row}", str(values["score"]), remark))
            where |= {"computed": points, "remark": remark}
        rows.append(who | values | where)
    submission: dict[str, Any] = {
        "unit": data["unit"],
        "project": data.get("project"),
        "problems": len(problems),
    }
    if places.amounts:
        submission |= score_funds(sheet, data["funds"]["total"], total)
    else:
        submission |= {key: data[key] for key in ("amount_total", "amount_this_year")}
        if data["amount_total"] < data["amount_this_year"]:
            problems.append(("C8", str(data["amount_total"]), "less than this year's amount"))
    problems += copied_texts(sheet, places)
    mark(book["核对结果"], sheet.title, problems)
    book.save(out / path.name)
    return submission, rows


def score_funds(sheet: Worksheet, funds: dict[str, Any], indicators: float) -> dict[str, Any]:
    row = FORMS[sheet.title].total
    rate = funds["executed"] / funds["full_year_budget"]
    execution = min(10.0, rate / 0.9 * 10)
    sheet[f"L{row}"], sheet[f"M{row}"] = round(execution, 2), round((rate - 0.9) / 0.9, 4)
    sheet[f"N{row}"] = f"execution rate {rate:.2%}: {execution:.2f} points"
    return {"total": round(indicators + execution, 2), **funds}


def copied_texts(sheet: Worksheet, places: Places) -> list[tuple[str, str, str]]:
    """Return the accounts that are the plan once more."""
    return [
        (account, str(sheet[account].value), f"the same text as {plan}")
        for plan, account in places.copied
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
    first = next(cell.row for cell in sheet["D"] if cell.value == LEVEL3 and cell.row)
    row = first + 1
    while sheet.cell(row, 4).value:
        yield row
        row += 1


def read(sheet: Worksheet, places: Places) -> dict[str, Any]:
    data: dict[str, Any] = {key: sheet[cell].value for key, cell in places.cells.items()}
    indicators = []
    levels: dict[str, Any] = {"level1": None, "level2": None}
    for row in indicator_rows(sheet):
        values = {key: sheet.cell(row, column).value for key, column in places.columns.items()}
        levels = {key: values[key] or levels[key] for key in levels}
        indicators.append(values | levels)
    data["indicators"] = indicators
    if places.amounts and places.total:
        row = places.total
        data["funds"] = {
            "total": {key: sheet[f"{letter}{row}"].value for key, letter in places.amounts.items()},
            "sources": [
                {"name": sheet.cell(row + n, 2).value, "executed": sheet.cell(row + n, 6).value}
                for n in (1, 2, 3)
            ],
        }
        plan, account = places.copied[0]
        data["annual_objective"] = {"expected": sheet[plan].value, "actual": sheet[account].value}
        data["totals"] = {"weight": 100, "score": 99.1}
    return data


def points_of(values: dict[str, Any]) -> tuple[float, str]:
    weight = float(values["weight"])
    target, actual = NUMBER.search(str(values["target"])), NUMBER.search(str(values["actual"]))
    if not target or not actual:
        return weight, "qualitative"
    wanted, got = float(target[2]), float(actual[2])
    share = min(1.0, wanted / got if target[1] == "≤" and got > wanted else got / wanted)
    share = 1.0 if target[1] == "≤" and got <= wanted else share
    return weight * share, f"target {values['target']}, actual {values['actual']}: {weight * share}"

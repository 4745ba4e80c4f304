"""Filled forms by cell: a self-evaluation that is in order, and what a clerk may change in it."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from xlflow.forms import Field, Form, load_form
from xlflow.forms.document import Document, Source
from xlflow.problems import Problem
from xlflow.review import Case, review
from xlflow.scoring import Profile, load_profile, score_document
from xlflow.values import parse_number

SHEET = "部门整体支出绩效自评表"
NATIONAL = load_profile("national-2020")
HENAN = load_profile("henan-2022")

Changes = Mapping[str, str | None]

_IN_ORDER = Path(__file__).parents[1] / "data" / "self_evaluation_in_order.json"
_COLUMNS = (
    "unit", "year", "name", "initial_budget", "full_year_budget", "executed", "weight",
    "execution_rate", "score", "reason", "expected", "actual", "content", "level3", "target",
    "level1", "level2",
)  # fmt: skip


@cache
def form() -> Form:
    """Return the form all of these are filled into."""
    return load_form("overall_self_evaluation")


def filled(changes: Changes | None = None, *, rows: Sequence[Changes] | None = None) -> Document:
    """Return the form in order, with other text typed into some cells; None leaves one blank.

    Its budget is 1200, its executed amount 1080: 90 %, 9 points nationally, 10 in Henan.
    `rows` takes the place of the whole indicator table.
    """
    typed = _flat(json.loads(_IN_ORDER.read_text(encoding="utf-8")))
    if rows is not None:
        typed = {at: text for at, text in typed.items() if not at.startswith("/indicators/")}
        for index, row in enumerate(rows):
            typed.update({f"/indicators/{index}/{key}": text for key, text in row.items()})
    data: dict[str, Any] = {}
    sources: dict[str, Source] = {}
    for at, text in {**_blanks(typed), **typed, **(changes or {})}.items():
        sources[at] = Source(SHEET, _cell(at), text)
        if text is not None:
            _put(data, at, _read(at, text))
    return Document(form().name, SHEET, data, sources)


def case(document: Document, profile: Profile = NATIONAL) -> Case:
    """Return a form with its scores, as the checks see it."""
    return Case(form(), document, profile, score_document(document, profile))


def problems(changes: Changes | None = None, profile: Profile = NATIONAL) -> tuple[Problem, ...]:
    """Return all problems of the form in order with some cells changed."""
    return review(case(filled(changes), profile))


def row(index: int, key: str) -> str:
    """Return the pointer of a cell of the indicator table."""
    return f"/indicators/{index}/{key}"


def codes(found: Sequence[Problem]) -> list[str]:
    """Return the codes of problems, sorted."""
    return sorted(each.code for each in found)


def _flat(node: Any, at: str = "") -> dict[str, str | None]:
    if isinstance(node, dict):
        return {k: v for key, child in node.items() for k, v in _flat(child, f"{at}/{key}").items()}
    if isinstance(node, list):
        return {k: v for i, child in enumerate(node) for k, v in _flat(child, f"{at}/{i}").items()}
    return {at: node}


def _blanks(typed: Changes) -> dict[str, str | None]:
    """Return the cells of a row that nobody typed into: every row has a reason cell."""
    rows = {at.rsplit("/", 1)[0] for at in typed if at.startswith("/indicators/")}
    return {f"{row}/reason": None for row in sorted(rows)}


def _cell(at: str) -> str:
    """Return a cell for a field: the line says the table, the column the key."""
    table, key = at.split("/")[1], at.rsplit("/", 1)[1]
    row = next((int(step) for step in at.split("/") if step.isdigit()), 0)
    line = {"funds": 5, "annual_tasks": 20, "indicators": 30, "totals": 90}.get(table, 3)
    if "/sources/" in at:
        line = 6
    return f"{chr(ord('A') + _COLUMNS.index(key))}{line + row}"


def _read(at: str, text: str) -> Any:
    """Return what the reader makes of a cell: a number where the form wants one and it is one."""
    field: Field = form().root
    for step in at.strip("/").split("/"):
        if not step.isdigit():
            child = field.child(step)
            assert child, at
            field = child
    number = parse_number(text) if field.kind != "text" else None
    return text if number is None else number


def _put(data: dict[str, Any], at: str, value: Any) -> None:
    node: Any = data
    steps = at.strip("/").split("/")
    for step, following in zip(steps, [*steps[1:], ""], strict=True):
        if isinstance(node, list):
            index = int(step)
            while len(node) <= index:
                node.append({})
            node = node[index]
        elif following:
            node = node.setdefault(step, [] if following.isdigit() else {})
        else:
            node[step] = value

"""What a form is handed out with: the accepted targets of the same project, typed once only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from xlflow.forms import Document, Field, Form
from xlflow.issuing.roster import YUAN, Line
from xlflow.ledger import Ledger, Submission
from xlflow.ledger.identity import handles_of, same_place
from xlflow.review.result import Outcome
from xlflow.values import convert

_INDICATOR = ("level1", "level2", "level3", "target")
_INITIAL_BUDGET = ("funds", "total", "initial_budget")
_AMOUNT = ("amount_this_year",)


def states_targets(form: Form) -> bool:
    """Return whether a form is one on which targets are set: indicators without an account."""
    rows = form.root.child("indicators")
    return bool(rows and rows.child("target") and not rows.child("actual"))


def reports_on_targets(form: Form) -> bool:
    """Return whether a form is one that gives account of targets."""
    rows = form.root.child("indicators")
    return bool(rows and rows.child("target") and rows.child("actual"))


def takes_over(form: Form, forms: Iterable[Form]) -> bool:
    """Return whether a form gives account of targets that another of the forms sets.

    A department's form takes none over from those of its projects.
    """
    of_project = bool(form.root.child("project"))
    return reports_on_targets(form) and any(
        states_targets(each) and bool(each.root.child("project")) == of_project for each in forms
    )


class Targets(NamedTuple):
    """Accepted targets: the form they were set on, and what it says."""

    form: Form
    document: Document


def accepted_targets(
    ledger: Ledger, lines: Iterable[Line], year: int, forms: Iterable[Form]
) -> dict[Line, Targets]:
    """Return for each line of a roster the targets of its unit and project that were accepted.

    They are those of the year, in their last version. A line without any is left out, and so is
    one that may mean the targets of two: units of one name are told apart by their codes alone.
    """
    setting = {form.name: form for form in forms if states_targets(form)}
    accepted = [
        each
        for each in ledger.submissions(current_only=True)
        if each.form in setting and each.year == year and each.outcome is Outcome.ACCEPTED
    ]
    by_handle: defaultdict[str, list[Submission]] = defaultdict(list)
    for each in accepted:
        for handle in handles_of(each):
            by_handle[handle].append(each)
    found = {line: only for line in lines if (only := _only(by_handle, line))}
    documents = ledger.documents_of(list(found.values()))
    return {
        line: Targets(setting[each.form or ""], documents[each.id]) for line, each in found.items()
    }


def _only(by_handle: Mapping[str, Sequence[Submission]], line: Line) -> Submission | None:
    """Return the one submission that a line means by what it is known by best, else None."""
    for handle in handles_of(line):
        if fitting := [each for each in by_handle.get(handle, ()) if same_place(line, each)]:
            return fitting[0] if len(fitting) == 1 else None
    return None


def prefilled(form: Form, targets: Targets) -> dict[str, Any]:
    """Return what a form takes over from targets, in the shape of its own Document.

    Levels, names and targets of the indicators, the year's goal, and the year's amount as the
    initial budget in the unit of the form, where that can be said.
    """
    said = targets.document
    rows: list[Mapping[str, Any]] = said.get("/indicators") or []
    data: dict[str, Any] = {
        "indicators": [{key: row[key] for key in _INDICATOR if key in row} for row in rows]
    }
    goal = said.text("/annual_goal")
    if goal and _field(form.root, "annual_objective", "expected"):
        data["annual_objective"] = {"expected": goal}
    amount = said.number("/amount_this_year")
    if amount is not None and _field(form.root, *_INITIAL_BUDGET):
        stated = _field(targets.form.root, "amount_this_year")
        data |= budget_of(form, convert(amount, (stated and stated.unit) or YUAN, YUAN))
    return data


def fields_in(data: Mapping[str, Any], under: str = "") -> frozenset[str]:
    """Return the paths of the fields that data give; in a table those that every row gives.

    >>> sorted(fields_in({"goal": "通车", "rows": [{"name": "里程", "sum": 1}, {"name": "养护"}]}))
    ['goal', 'rows.name']
    """
    found: set[str] = set()
    for key, value in data.items():
        at = f"{under}{key}"
        if isinstance(value, Mapping):
            found |= fields_in(value, f"{at}.")
        elif isinstance(value, list):
            rows = [fields_in(row, f"{at}.") for row in value]
            found |= rows[0].intersection(*rows) if rows else set()
        else:
            found.add(at)
    return frozenset(found)


def budget_of(form: Form, budget: Decimal | None) -> dict[str, Any]:
    """Return the budget of a year, given in 元, where a form states it and in its unit.

    That is the initial budget, or on a target form the amount of the year.
    """
    for path in (_INITIAL_BUDGET, _AMOUNT):
        stated = _field(form.root, *path)
        if stated and budget is not None:
            amount: Any = convert(budget, YUAN, stated.unit or YUAN)
            for key in reversed(path):
                amount = {key: amount}
            return dict(amount)
    return {}


def _field(root: Field, *keys: str) -> Field | None:
    found: Field | None = root
    for key in keys:
        found = found.child(key) if found else None
    return found

"""What a form is handed out with: the accepted targets of the same project, typed once only."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from xlflow.forms import Document, Field, Form
from xlflow.issuing.roster import Line
from xlflow.ledger import Ledger, Submission
from xlflow.ledger.identity import handles_of
from xlflow.review.result import Outcome

_INDICATOR = ("level1", "level2", "level3", "target")
_INITIAL_BUDGET = ("funds", "total", "initial_budget")
_YUAN = {"元": Decimal(1), "万元": Decimal(10_000), None: Decimal(1)}


def states_targets(form: Form) -> bool:
    """Return whether a form is one on which targets are set: indicators without an account."""
    rows = form.root.child("indicators")
    return bool(rows and rows.child("target") and not rows.child("actual"))


def reports_on_targets(form: Form) -> bool:
    """Return whether a form is one that gives account of targets."""
    rows = form.root.child("indicators")
    return bool(rows and rows.child("target") and rows.child("actual"))


class Targets(NamedTuple):
    """Accepted targets: the form they were set on, and what it says."""

    form: Form
    document: Document


def accepted_targets(
    ledger: Ledger, lines: Iterable[Line], year: int, forms: Iterable[Form]
) -> dict[Line, Targets]:
    """Return for each line of a roster the targets of its unit and project that were accepted.

    They are those of the year, in their last version; a line without any is left out.
    """
    setting = {form.name: form for form in forms if states_targets(form)}
    accepted = [
        each
        for each in ledger.submissions(current_only=True)
        if each.form in setting and each.year == year and each.outcome is Outcome.ACCEPTED
    ]
    by_handle = {handle: each for each in accepted for handle in handles_of(each)}
    found = {line: each for line in lines if (each := _first(by_handle, line))}
    documents = ledger.documents_of(list(found.values()))
    return {
        line: Targets(setting[each.form or ""], documents[each.id]) for line, each in found.items()
    }


def _first(by_handle: Mapping[str, Submission], line: Line) -> Submission | None:
    return next((by_handle[handle] for handle in handles_of(line) if handle in by_handle), None)


def prefilled(form: Form, targets: Targets) -> dict[str, Any]:
    """Return what a form takes over from targets, in the shape of its own Document.

    Levels, names and targets of the indicators, the year's goal, and the year's amount as the
    initial budget in the unit of the form.
    """
    said = targets.document
    rows: list[Mapping[str, Any]] = said.get("/indicators") or []
    data: dict[str, Any] = {
        "indicators": [{key: row[key] for key in _INDICATOR if key in row} for row in rows]
    }
    goal = said.text("/annual_goal")
    if goal and _field(form.root, "annual_objective", "expected"):
        data["annual_objective"] = {"expected": goal}
    amount, budget = said.number("/amount_this_year"), _field(form.root, *_INITIAL_BUDGET)
    if amount is not None and budget:
        given_in = _field(targets.form.root, "amount_this_year")
        yuan = amount * _YUAN[given_in.unit if given_in else None]
        data["funds"] = {"total": {"initial_budget": yuan / _YUAN[budget.unit]}}
    return data


def _field(root: Field, *keys: str) -> Field | None:
    found: Field | None = root
    for key in keys:
        found = found.child(key) if found else None
    return found

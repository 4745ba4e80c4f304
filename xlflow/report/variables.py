"""What a bureau's template may name: texts, and lists of rows of texts."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from xlflow.ledger import StandingState, Submission
from xlflow.papers import clean
from xlflow.problems import Severity
from xlflow.report.blocks import BLANKS, blank
from xlflow.report.conclusion import OUTCOMES, bounds
from xlflow.report.execution import money
from xlflow.report.figures import amount, deviation, per_cent, points
from xlflow.report.findings import SEVERITIES
from xlflow.report.indicators import level_sums
from xlflow.report.material import Material, Row
from xlflow.report.outline import as_of, title_of
from xlflow.report.returns import in_days
from xlflow.sums import Money, added, by_source, graded, mean

Named = dict[str, str]


def variables(material: Material) -> dict[str, Any]:
    """Return what a template may name; every figure is a text as the report writes it.

    Exercises are never added up with each other: `budget`, `sources`, `score`, `levels` and
    `grades` are of the first, a department's own form where there is one.
    """
    first = material.of(material.exercises[0]) if material.exercises else ()
    rows = material.rows(*material.evaluated)
    named: dict[str, Any] = {
        "title": title_of(material).replace("\n", ""),
        "unit": material.filed[0].unit if material.asked.unit is not None else "",
        "project": material.filed[0].project if material.asked.project is not None else "",
        "year": str(material.year),
        "as_of": in_days(as_of(material.facts)),
        "budget": _amounts(added(money(material, each) for each in first)),
        "sources": [
            {"name": each.name, **_amounts(each.money)}
            for each in by_source(first, material.facts.data, material.scales)
        ],
        "score": _score(material, first),
        "levels": list(_levels(material, first)),
        "indicators": [_indicator(row) for row in rows],
        "lost": [_indicator(row) for row in rows if row.lost > 0],
        "problems": list(_problems(material)),
        "forms": [_form(material, each) for each in material.evaluated],
        "missing": list(_missing(material)),
        "counts": _counts(material),
        "grades": [{"name": name, "count": str(n)} for name, n in graded(first).items()],
        "blank": {key: blank(key) for key in BLANKS},
    }
    return {name: _cleaned(value) for name, value in named.items()}


def _amounts(of: Money) -> Named:
    return {
        "initial": amount(of.initial_budget),
        "full_year": amount(of.full_year_budget),
        "executed": amount(of.executed),
        "rate": per_cent(of.execution_rate),
    }


def _score(material: Material, first: Sequence[Submission]) -> Named:
    profile = material.profiles.get(first[0].id) if first else None
    undecided = sum((each.undecided_weight or Decimal(0) for each in first), Decimal(0))
    return {
        "total": points(mean(each.total for each in first)),
        "claimed": points(mean(each.claimed_total for each in first)),
        "undecided": points(undecided),
        "grade": (first[0].grade or "") if len(first) == 1 else "",
        "bounds": bounds(profile) if profile else "",
        "profile": profile.title if profile else "",
    }


def _levels(material: Material, first: Sequence[Submission]) -> Iterator[Named]:
    for each in level_sums(material, first):
        yield {
            "name": each.name,
            "rows": str(each.rows),
            "weight": points(each.weight),
            "points": points(each.points),
            "lost": points(each.weight - each.points),
            "rate": per_cent(each.share),
        }


def _indicator(row: Row) -> Named:
    score = row.score
    return {
        "unit": row.submission.unit or "",
        "project": row.submission.project or "",
        "level1": str(row.data.get("level1") or ""),
        "level2": str(row.data.get("level2") or ""),
        "name": score.name,
        "target": score.target or "",
        "actual": score.actual or "",
        "weight": "" if score.weight is None else points(score.weight),
        "points": points(score.computed),
        "lost": points(row.lost),
        "deviation": deviation(score.deviation),
        "explanation": score.explanation,
        "reason": row.reason,
    }


def _problems(material: Material) -> Iterator[Named]:
    for each in material.filed:
        for problem in material.facts.problems.get(each.id, ()):
            if problem.severity is not Severity.NOTE:
                yield {
                    "unit": each.unit or "",
                    "project": each.project or "",
                    "form": material.title_of(each.form),
                    "severity": SEVERITIES[problem.severity],
                    "cell": problem.cell or "",
                    "message": problem.message,
                }


def _form(material: Material, submission: Submission) -> Named:
    return {
        "unit": submission.unit or "",
        "project": submission.project or "",
        "form": material.title_of(submission.form),
        "total": points(submission.total),
        "claimed": points(submission.claimed_total),
        "grade": submission.grade or "",
        "outcome": OUTCOMES.get(submission.outcome, ""),
        **_amounts(money(material, submission)),
    }


def _missing(material: Material) -> Iterator[Named]:
    for each in material.standing:
        if each.state is StandingState.MISSING:
            yield {
                "unit": each.unit or "",
                "project": each.project or "",
                "form": material.title_of(each.form),
                "deadline": each.deadline or "",
            }


def _counts(material: Material) -> Named:
    states = [each.state for each in material.standing]
    return {
        "expected": str(sum(each.expected for each in material.standing)),
        "received": str(len(states) - states.count(StandingState.MISSING)),
        "accepted": str(states.count(StandingState.ACCEPTED)),
        "returned": str(states.count(StandingState.RETURNED)),
        "missing": str(states.count(StandingState.MISSING)),
    }


def _cleaned(value: Any) -> Any:
    """Return a value in which every text can stand in XML."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {key: _cleaned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    return value

"""The shapes of `--json`: fixed keys, `null` when unknown, decimals as strings."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlflow.problems import Problem
from xlflow.review import Result
from xlflow.scoring import Score, to_cents

if TYPE_CHECKING:
    from xlflow.ledger import Standing
    from xlflow.pipeline import Processed


def result_shape(result: Result) -> dict[str, Any]:
    """Return one form's result, the object of `check --json` and `score --json`."""
    scores = result.scores
    return {
        "file": result.file,
        "sheet": result.sheet,
        "form": result.form,
        "profile": result.profile,
        "year": result.year,
        "round": result.round,
        "unit": result.unit,
        "unit_code": result.unit_code,
        "project": result.project,
        "project_code": result.project_code,
        "outcome": result.outcome.value,
        "problems": [_problem(found) for found in result.problems],
        "scores": [_score(score) for score in scores.rows],
        "total": _cents(scores.total),
        "claimed_total": _cents(scores.claimed_total),
        "undecided_weight": _plain(scores.undecided_weight),
        "grade": scores.grade,
        "light": scores.light,
    }


def processed_shape(done: "Processed") -> dict[str, Any]:
    """Return what became of one arrival, an object of `run --json`."""
    return {
        "file": done.file,
        "sha256": done.sha256,
        "outcome": done.outcome.value,
        "output": done.output,
        "problems": done.problems,
    }


def standing_shape(standing: "Standing") -> dict[str, Any]:
    """Return where one unit stands, an object of `status --json`."""
    return {
        "unit_code": standing.unit_code,
        "unit": standing.unit,
        "project": standing.project,
        "form": standing.form,
        "year": standing.year,
        "round": standing.round,
        "state": standing.state.value,
        "version": standing.version,
        "total": _cents(standing.total),
        "grade": standing.grade,
        "problems": standing.problems,
        "deadline": standing.deadline,
    }


def _problem(found: Problem) -> dict[str, Any]:
    return {
        "code": found.code,
        "severity": found.severity.value,
        "field": found.field,
        "sheet": found.sheet,
        "cell": found.cell,
        "value": found.value,
        "message": found.message,
        "message_en": found.message_en,
    }


def _score(score: Score) -> dict[str, Any]:
    return {
        "field": score.field,
        "name": score.name,
        "sheet": score.sheet,
        "cell": score.cell,
        "target": score.target,
        "actual": score.actual,
        "weight": _plain(score.weight),
        "claimed": score.claimed,
        "computed": _cents(score.computed),
        "deviation": _cents(score.deviation),
        "rule": score.rule,
        "explanation": score.explanation,
        "light": score.light,
    }


def _cents(number: Decimal | None) -> str | None:
    return None if number is None else str(to_cents(number))


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:f}"

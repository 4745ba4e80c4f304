"""The shapes of `--json`: fixed keys, `null` when unknown, decimals as strings."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlflow.problems import Problem
from xlflow.review import Result
from xlflow.scoring import Score, to_cents

if TYPE_CHECKING:
    from xlflow.chasing import Notice
    from xlflow.issuing import Issued
    from xlflow.ledger import Standing
    from xlflow.settling import Processed


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


def issued_shape(issued: "Issued") -> dict[str, Any]:
    """Return a workbook that was handed out, an object of `issue --json`."""
    return {
        "unit": issued.line.unit,
        "unit_code": issued.line.unit_code,
        "project": issued.line.project,
        "file": issued.path.as_posix(),
        "targets": issued.targets,
        "version": issued.version,
        "new": issued.new,
        "expected_again": issued.expected_again,
        "overtaken": [
            {"file": each.file, "version": each.version, "outcome": each.outcome.value}
            for each in issued.overtaken
        ],
    }


def standing_shape(standing: "Standing", today: date) -> dict[str, Any]:
    """Return where one unit stands on a day, an object of `status --json`."""
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
        "days_left": standing.days_left(today),
        "late": standing.late,
        "expected": standing.expected,
        "withdrawn": standing.withdrawn,
        "received_at": standing.submission.received_at if standing.submission else None,
        "output": standing.submission.output if standing.submission else None,
    }


def notice_shape(notice: "Notice") -> dict[str, Any]:
    """Return one notice, an object of `remind --json`; `name` is without the suffix."""
    return {
        "kind": notice.kind.value,
        "unit_code": notice.about[0].unit_code,
        "unit": notice.about[0].unit,
        "forms": [
            {
                "form": each.form,
                "project": each.project,
                "year": each.year,
                "round": each.round,
                "version": each.version,
                "deadline": each.deadline,
            }
            for each in notice.about
        ],
        "name": notice.stem,
        "text": notice.short,
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

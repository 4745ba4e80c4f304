"""All problems of one form, and the outcome that follows from them."""

from collections.abc import Iterable, Iterator

from xlflow.ooxml.reference import parse_cell
from xlflow.problems import Problem, Severity, problem, severity_of
from xlflow.review.case import Case, Check
from xlflow.review.money import MONEY_CHECKS
from xlflow.review.points import POINT_CHECKS
from xlflow.review.result import Outcome
from xlflow.review.schema import schema_problems
from xlflow.review.wording import WORDING_CHECKS

# The register of cross-checks by code.
CHECKS: dict[str, Check] = {**MONEY_CHECKS, **POINT_CHECKS, **WORDING_CHECKS}

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def review(case: Case, found_reading: Iterable[Problem] = ()) -> tuple[Problem, ...]:
    """Return all problems of a form: from reading, from its schema, from the cross-checks.

    They stand in the order in which a clerk works: errors first, then by cell.
    """
    problems = [*found_reading, *schema_problems(case.form, case.document), *_cross_checks(case)]
    return tuple(sorted(problems, key=_position))


def outcome_of(problems: Iterable[Problem]) -> Outcome:
    """Return what becomes of a form with these problems: one error returns it."""
    if any(found.severity is Severity.ERROR for found in problems):
        return Outcome.RETURNED
    return Outcome.ACCEPTED


def _cross_checks(case: Case) -> Iterator[Problem]:
    for code, check in CHECKS.items():
        for finding in check(case):
            severity = finding.severity or severity_of(code, case.profile.severities)
            yield problem(code, finding.place, severity=severity, **finding.values)


def _position(found: Problem) -> tuple[int, str, int, int, str]:
    row, col = parse_cell(found.cell) if found.cell else (0, 0)
    return _ORDER[found.severity], found.sheet or "", row, col, found.code

"""All problems of one form, and the outcome that follows from them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from xlflow.ooxml.reference import parse_cell
from xlflow.problems import Problem, Severity, problem, severity_of
from xlflow.review.belonging import BELONGING_CHECKS
from xlflow.review.case import Case, Check, Finding
from xlflow.review.claims import CLAIM_CHECKS
from xlflow.review.context import ALONE, Context, Known
from xlflow.review.funds import FUND_CHECKS
from xlflow.review.goals import GOAL_CHECKS
from xlflow.review.identity import IDENTITY_CHECKS, YEAR
from xlflow.review.known import KNOWN_CHECKS
from xlflow.review.levels import LEVEL_CHECKS, LEVEL_WEIGHT_CHECKS
from xlflow.review.lights import LIGHT_CHECKS
from xlflow.review.money import MONEY_CHECKS
from xlflow.review.periods import PERIOD_CHECKS
from xlflow.review.points import POINT_CHECKS
from xlflow.review.prose import PROSE_CHECKS
from xlflow.review.result import Outcome
from xlflow.review.schema import schema_problems
from xlflow.review.targets import TARGET_CHECKS
from xlflow.review.waiver import after_waivers
from xlflow.review.wording import WORDING_CHECKS
from xlflow.scoring.engine import TOTALS

# The register of cross-checks by code.
_REGISTERED: dict[str, Check] = {
    **IDENTITY_CHECKS,
    **LEVEL_CHECKS,
    **MONEY_CHECKS,
    **FUND_CHECKS,
    **PROSE_CHECKS,
    **POINT_CHECKS,
    **LEVEL_WEIGHT_CHECKS,
    **CLAIM_CHECKS,
    **LIGHT_CHECKS,
    **WORDING_CHECKS,
    **TARGET_CHECKS,
    **PERIOD_CHECKS,
    **BELONGING_CHECKS,
    **GOAL_CHECKS,
}
CHECKS = dict(sorted(_REGISTERED.items()))
_OF_POINTS = {**POINT_CHECKS, **LEVEL_WEIGHT_CHECKS, **CLAIM_CHECKS}

_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


def review(
    case: Case, found_reading: Iterable[Problem] = (), context: Context = ALONE
) -> tuple[Problem, ...]:
    """Return all problems of a form: from reading, from its schema, from the cross-checks.

    `context` is what stands outside the form: what the ledger knows, and what may pass. What a
    profile says of the severity of a code holds for all of them, but for those let pass.
    """
    reading = tuple(found_reading)
    found = [
        *(_weighed(each, case) for each in reading),
        *(_weighed(each, case) for each in _schema_problems(case, reading)),
        *_cross_checks(case),
        *contradictions(case, context.known),
    ]
    owned = _system_fields(case)
    asked = (each for each in found if each.field not in owned and not _is_told_by_c03(each))
    return in_order(after_waivers(asked, context.waivers))


def contradictions(case: Case, known: Known) -> Iterator[Problem]:
    """Yield what in a form goes against what was known before it came."""
    if known and not case.form.decides:
        for code, check in KNOWN_CHECKS.items():
            yield from _as_problems(code, check(case, known), case)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return problems in the order in which somebody works them off: errors first, then by cell."""
    return tuple(sorted(problems, key=_position))


def outcome_of(problems: Iterable[Problem]) -> Outcome:
    """Return what becomes of a form with these problems: one error returns it."""
    if any(found.severity is Severity.ERROR for found in problems):
        return Outcome.RETURNED
    return Outcome.ACCEPTED


def _schema_problems(case: Case, reading: tuple[Problem, ...]) -> Iterator[Problem]:
    """Yield what the schema finds; a cell that could not be read is not called blank as well."""
    told = {each.field for each in reading}
    for found in schema_problems(case.form, case.document):
        if found.code != "C01" or found.field not in told:
            yield found


def _weighed(found: Problem, case: Case) -> Problem:
    severity = case.profile.severities.get(found.code, found.severity)
    return found if severity is found.severity else replace(found, severity=severity)


def _cross_checks(case: Case) -> Iterator[Problem]:
    if case.form.decides:  # no budgets, no points
        return
    # A form that is judged by lights has no points, and the other way round.
    others = _OF_POINTS if case.form.monitors else LIGHT_CHECKS
    for code, check in CHECKS.items():
        if code in others:
            continue
        yield from _as_problems(code, check(case), case)


def _as_problems(code: str, findings: Iterable[Finding], case: Case) -> Iterator[Problem]:
    for finding in findings:
        severity = severity_of(code, case.profile.severities)
        if finding.severity and _ORDER[finding.severity] > _ORDER[severity]:
            severity = finding.severity
        yield problem(code, finding.place, severity=severity, **finding.values)


def _is_told_by_c03(found: Problem) -> bool:
    """Return whether it says of the year that it is not there: C03 says what that means."""
    return found.field == YEAR and found.code in ("C01", "R02")


def _system_fields(case: Case) -> frozenset[str]:
    """Return the fields that are xlflow's where the system scores: nothing is asked of them."""
    if not case.profile.system_scores:
        return frozenset()
    rows = (row.field for row in case.scores.rows)
    owned = [f"{row}/{key}" for row in rows for key in ("score", "deviation")]
    return frozenset([f"{TOTALS}/score", *owned])


def _position(found: Problem) -> tuple[int, str, int, int, str]:
    row, col = parse_cell(found.cell) if found.cell else (0, 0)
    return _ORDER[found.severity], found.sheet or "", row, col, found.code

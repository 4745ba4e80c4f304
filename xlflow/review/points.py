"""Checks of weights and scores: do they add up, do they follow from the figures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from xlflow.problems import Severity
from xlflow.review.case import (
    TOLERANCE,
    Case,
    Check,
    Finding,
    decimals_written,
    in_quotes,
    rounds_to,
)
from xlflow.scoring.engine import FUNDS_TOTAL, TOTALS
from xlflow.scoring.rows import Row, number
from xlflow.scoring.rules import plain
from xlflow.scoring.score import Score


def weights_add_up(case: Case) -> Iterator[Finding]:
    """All weights together are the profile's total, or the total without the execution points.

    The total row may print the indicators alone (90 of 90 + 10).
    """
    rows = case.scored
    if not rows or any(isinstance(row.get("weight"), str) for _, row in rows):
        return
    execution = case.profile.execution_weight
    together = sum((score.weight or Decimal(0) for score, _ in rows), Decimal(0))
    wanted = case.profile.total_weight
    separate = all(score.field != FUNDS_TOTAL or score.weight is None for score, _ in rows)
    if not (_equal(together, wanted) or (separate and _equal(together, wanted - execution))):
        yield _wrong_sum(case, together, wanted)
        return
    printed = case.document.number(f"{TOTALS}/weight")
    right = (together, together + execution if separate else together - _of_execution(rows))
    if printed is not None and not any(_equal(printed, each) for each in right):
        yield _wrong_sum(case, together, printed)


def _wrong_sum(case: Case, together: Decimal, wanted: Decimal) -> Finding:
    values = {"sum": plain(together), "wanted": plain(wanted)}
    return Finding(case.place(f"{TOTALS}/weight"), values)


def _of_execution(rows: Sequence[tuple[Score, Row]]) -> Decimal:
    return sum((s.weight or Decimal(0) for s, _ in rows if s.field == FUNDS_TOTAL), Decimal(0))


def scores_follow(case: Case) -> Iterator[Finding]:
    """A claimed indicator score is the exact one, rounded to the decimals the unit wrote.

    One below it costs nobody anything: a unit that is hard on itself is asked, not sent back.
    """
    for score, row in case.scored:
        if score.field != FUNDS_TOTAL:
            claimed, exact = number(row.get("score")), score.exact
            low = claimed is not None and exact is not None and claimed < exact
            for found in score_finding(case, score, row):
                yield replace(found, severity=Severity.WARNING) if low else found


def score_finding(case: Case, score: Score, row: Row) -> Iterator[Finding]:
    """Yield the finding of a claimed score that is not the computed one.

    One above its weight is C33.
    """
    claimed = number(row.get("score"))
    if score.exact is None or claimed is None or case.profile.system_scores:
        return
    if score.weight is not None and claimed - score.weight > TOLERANCE:
        return
    at = f"{score.field}/score"
    if not rounds_to(score.exact, claimed, decimals_written(score.claimed or plain(claimed))):
        yield Finding(
            case.place(at),
            {
                "name": in_quotes(score.name),
                "claimed": plain(claimed),
                "computed": score.computed,
                "explanation": score.explanation,
                "explanation_en": score.explanation_en,
            },
        )


def total_adds_up(case: Case) -> Iterator[Finding]:
    """The printed total is the sum of the claimed scores; the fund sources carry none.

    Where the total row prints the weights of the indicators alone, so it does their scores.
    """
    total, printed_weight = (case.document.number(f"{TOTALS}/{key}") for key in ("score", "weight"))
    rows = case.scored
    cells = [(score, row.get("score")) for score, row in rows if row.get("score") is not None]
    if total is None or not cells or case.profile.system_scores:
        return
    if any(isinstance(cell, str) for _, cell in cells):
        return
    weights = sum((score.weight or Decimal(0) for score, _ in rows), Decimal(0))
    alone = printed_weight is not None and _equal(printed_weight, weights - _of_execution(rows))
    counted = [
        number(cell) or Decimal(0)
        for score, cell in cells
        if score.field != FUNDS_TOTAL or not alone
    ]
    together = sum(counted, Decimal(0))
    if not _equal(together, total):
        values = {"sum": plain(together), "total": plain(total)}
        yield Finding(case.place(f"{TOTALS}/score"), values)


def lost_points_have_a_reason(case: Case) -> Iterator[Finding]:
    """A score below the weight is explained in the reason column; a form without one asks none."""
    if not case.profile.reason_below_weight:
        return
    for score, row in case.scored:
        at = f"{score.field}/reason"
        given = score.computed if case.profile.system_scores else number(row.get("score"))
        if given is None or score.weight is None or given >= score.weight:
            continue
        if row.get("reason") is None and at in case.document.sources:
            yield Finding(
                case.place(at),
                {
                    "name": in_quotes(score.name),
                    "claimed": plain(given),
                    "weight": plain(score.weight),
                },
            )


def _equal(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= TOLERANCE


POINT_CHECKS: Mapping[str, Check] = {
    "C30": weights_add_up,
    "C34": scores_follow,
    "C35": total_adds_up,
    "C37": lost_points_have_a_reason,
}

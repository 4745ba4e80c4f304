"""Checks of weights and scores: do they add up, do they follow from the figures."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from xlflow.problems import Place
from xlflow.review.case import TOLERANCE, Case, Check, Finding, rounds_to
from xlflow.scoring.engine import FUNDS_TOTAL, TOTALS
from xlflow.scoring.rules import plain
from xlflow.scoring.score import Score


def weights_add_up(case: Case) -> Iterator[Finding]:
    """All weights together are the profile's total, or the total without the execution points."""
    if not case.scores.rows:
        return
    together = sum((row.weight or Decimal(0) for row in case.scores.rows), Decimal(0))
    wanted = case.profile.total_weight
    counts_execution = any(row.field == FUNDS_TOTAL for row in case.scores.rows)
    allowed = {wanted} if counts_execution else {wanted, wanted - case.profile.execution_weight}
    if together not in allowed:
        yield Finding(
            case.place(f"{TOTALS}/weight"), {"sum": plain(together), "wanted": plain(wanted)}
        )
    printed = case.document.number(f"{TOTALS}/weight")
    if printed is not None and printed != together and together in allowed:
        yield Finding(
            case.place(f"{TOTALS}/weight"), {"sum": plain(together), "wanted": plain(printed)}
        )


def scores_follow(case: Case) -> Iterator[Finding]:
    """A claimed indicator score is the exact one, rounded to the decimals the unit wrote."""
    for score in case.scores.rows:
        at = f"{score.field}/score"
        claimed = case.document.number(at)
        if score.field == FUNDS_TOTAL or score.exact is None or claimed is None:
            continue
        if not rounds_to(score.exact, claimed, case.decimals(at)):
            yield Finding(
                case.place(at),
                {
                    "name": score.name,
                    "claimed": plain(claimed),
                    "computed": score.computed,
                    "explanation": score.explanation,
                    "explanation_en": score.explanation_en,
                },
            )


def total_adds_up(case: Case) -> Iterator[Finding]:
    """The printed total is the sum of the claimed scores; the fund sources carry none."""
    total = case.document.number(f"{TOTALS}/score")
    claimed = [case.document.number(f"{row.field}/score") for row in case.scores.rows]
    known = [number for number in claimed if number is not None]
    if total is None or not known:
        return
    together = sum(known, Decimal(0))
    if abs(together - total) > TOLERANCE:
        yield Finding(
            case.place(f"{TOTALS}/score"), {"sum": plain(together), "total": plain(total)}
        )


def lost_points_have_a_reason(case: Case) -> Iterator[Finding]:
    """A score below the weight is explained in the reason column."""
    if not case.profile.reason_below_weight:
        return
    for score in case.scores.rows:
        claimed = case.document.number(f"{score.field}/score")
        if claimed is None or score.weight is None or claimed >= score.weight:
            continue
        if case.document.text(f"{score.field}/reason") is None:
            yield Finding(
                _reason_place(case, score),
                {"name": score.name, "claimed": plain(claimed), "weight": plain(score.weight)},
            )


def _reason_place(case: Case, score: Score) -> Place:
    reason = f"{score.field}/reason"
    known = reason in case.document.sources
    return case.place(reason if known else f"{score.field}/score")


POINT_CHECKS: Mapping[str, Check] = {
    "C30": weights_add_up,
    "C34": scores_follow,
    "C35": total_adds_up,
    "C37": lost_points_have_a_reason,
}

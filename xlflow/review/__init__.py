"""Schema problems and cross-checks, one small function a check, and the result they lead to."""

from xlflow.review.across import Expected, Filed, Noticed, look_across, looked_at
from xlflow.review.case import Case, Finding
from xlflow.review.context import ALONE, Context, Known, Listed, Promise
from xlflow.review.judge import CHECKS, contradictions, in_order, outcome_of, review
from xlflow.review.known import KNOWN_CHECKS, REPEATED, repeats_last_year
from xlflow.review.result import Outcome, Result, worst_outcome
from xlflow.review.schema import CODES, schema_problems
from xlflow.review.waiver import Waiver

__all__ = [
    "ALONE",
    "CHECKS",
    "CODES",
    "KNOWN_CHECKS",
    "REPEATED",
    "Case",
    "Context",
    "Expected",
    "Filed",
    "Finding",
    "Known",
    "Listed",
    "Noticed",
    "Outcome",
    "Promise",
    "Result",
    "Waiver",
    "contradictions",
    "in_order",
    "look_across",
    "looked_at",
    "outcome_of",
    "repeats_last_year",
    "review",
    "schema_problems",
    "worst_outcome",
]

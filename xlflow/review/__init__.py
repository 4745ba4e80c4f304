"""Schema problems and cross-checks, one small function a check, and the result they lead to."""

from xlflow.review.case import Case, Finding
from xlflow.review.judge import CHECKS, in_order, outcome_of, review
from xlflow.review.result import Outcome, Result, worst_outcome
from xlflow.review.schema import CODES, schema_problems
from xlflow.review.waiver import Waiver

__all__ = [
    "CHECKS",
    "CODES",
    "Case",
    "Finding",
    "Outcome",
    "Result",
    "Waiver",
    "in_order",
    "outcome_of",
    "review",
    "schema_problems",
    "worst_outcome",
]

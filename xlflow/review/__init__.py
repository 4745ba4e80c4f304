"""Schema problems and cross-checks, one small function a check, and the result they lead to."""

from xlflow.review.case import Case, Finding
from xlflow.review.judge import CHECKS, outcome_of, review
from xlflow.review.result import Outcome, Result
from xlflow.review.schema import CODES, schema_problems

__all__ = [
    "CHECKS",
    "CODES",
    "Case",
    "Finding",
    "Outcome",
    "Result",
    "outcome_of",
    "review",
    "schema_problems",
]

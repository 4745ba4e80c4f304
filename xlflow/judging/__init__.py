"""Judging workbooks: what the walk makes of them, apart from inbox, outbox and ledger."""

from xlflow.judging.originals import (
    Answer,
    Original,
    Works,
    answer_originals,
    answer_to,
    judge_original,
    judge_originals,
)
from xlflow.judging.rules import Rules, rules_of
from xlflow.judging.workbook import (
    NO_CONTEXTS,
    Contexts,
    Judged,
    faults_refused,
    judge_file,
    judge_package,
    refused,
)

__all__ = [
    "NO_CONTEXTS",
    "Answer",
    "Contexts",
    "Judged",
    "Original",
    "Rules",
    "Works",
    "answer_originals",
    "answer_to",
    "faults_refused",
    "judge_file",
    "judge_original",
    "judge_originals",
    "judge_package",
    "refused",
    "rules_of",
]

"""Results as the ledger keeps them, made where they were judged: text travels lighter."""

from dataclasses import dataclass, replace

from xlflow.ledger.documents import data_text, problems_text, scores_text, sources_text
from xlflow.review.result import Result


@dataclass(frozen=True, slots=True)
class Entry:
    """One result to be recorded; documents, scored rows and problems are JSON text.

    `result` has neither document nor scored rows.
    """

    result: Result
    document: str | None
    sources: str | None
    scores: str
    problems: str


def entry_of(result: Result) -> Entry:
    """Return a result as it is recorded."""
    document, scores = result.document, result.scores
    return Entry(
        result=replace(result, document=None, scores=replace(scores, rows=())),
        document=data_text(document) if document else None,
        sources=sources_text(document) if document else None,
        scores=scores_text(scores.rows),
        problems=problems_text(result.problems),
    )

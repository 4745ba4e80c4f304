"""Results as the ledger keeps them, made where they were judged: text travels lighter."""

from dataclasses import dataclass, replace
from typing import Any

from xlflow.forms.document import Document
from xlflow.ledger.documents import (
    data_from,
    data_text,
    document_from,
    problems_text,
    scores_from,
    scores_text,
    sources_text,
)
from xlflow.ledger.records import Assigned
from xlflow.review.result import Result
from xlflow.scoring.score import Score


@dataclass(frozen=True, slots=True)
class Entry:
    """One result to be recorded; documents, scored rows and problems are JSON text.

    `result` has neither document nor scored rows. `assigned_from` is the unit as the form names
    it where an officer said whose form it is.
    """

    result: Result
    document: str | None
    sources: str | None
    scores: str
    problems: str
    assigned_from: str | None = None

    def of_unit(self, assigned: Assigned) -> "Entry":
        """Return the entry as one of the unit that an officer said."""
        result = replace(self.result, unit=assigned.unit, unit_code=assigned.unit_code)
        return replace(self, result=result, assigned_from=self.result.unit or "")


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


def scores_of_entry(entry: Entry) -> tuple[Score, ...]:
    """Return the scored rows of an entry."""
    return scores_from(entry.scores)


def data_of_entry(entry: Entry) -> dict[str, Any]:
    """Return the data of what the workbook of an entry said, empty where it could not be read."""
    return data_from(entry.document) if entry.document else {}


def document_of(entry: Entry) -> Document | None:
    """Return what the workbook of an entry said, None where it could not be read."""
    result = entry.result
    if entry.document is None or entry.sources is None or not (result.form and result.sheet):
        return None
    return document_from(result.form, result.sheet, entry.document, entry.sources)

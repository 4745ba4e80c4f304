"""The rows of a Document's tables, and what stands in their cells."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from xlflow.forms.document import Document
from xlflow.messages import Text
from xlflow.scoring.rules import plain
from xlflow.scoring.score import Score

Row = Mapping[str, Any]


def rows_of(document: Document, table: str) -> Iterator[tuple[str, Row]]:
    """Yield the pointer and the values of each row of a table, in order."""
    return zip(document.rows(table), document.get(table) or (), strict=False)


def written(document: Document, at: str, value: object) -> str | None:
    """Return what a person reads in a cell, None when it is blank.

    A form may store as a number what another stores as text: a target of 95 with a per cent
    format is `95%` in both.
    """
    if isinstance(value, str):
        return value
    if not isinstance(value, Decimal):
        return None
    source = document.sources.get(at)
    return source.raw if source and source.raw else plain(value)


def number(value: object) -> Decimal | None:
    """Return a datum as a number, None when it is blank or no number.

    >>> number(Decimal("9.1")), number("九分")
    (Decimal('9.1'), None)
    """
    return value if isinstance(value, Decimal) else None


def score_at(document: Document, at: str, column: str, explanation: Text, **judged: Any) -> Score:
    """Return the score of a row; `column` is the cell it is judged at, `judged` what it earns."""
    source = document.sources.get(f"{at}/{column}")
    return Score(
        field=at,
        sheet=document.sheet,
        cell=source.cell if source else None,
        explanation=explanation.zh,
        explanation_en=explanation.en,
        **judged,
    )

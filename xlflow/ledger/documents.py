"""Documents, scores and problems as JSON text and back, with every number to its last digit."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from decimal import Decimal
from operator import attrgetter
from typing import Any

from xlflow.forms.document import Document, Source
from xlflow.problems import Problem, Severity
from xlflow.scoring.score import Score

# The json module writes floats only. Decimals travel through it as marked strings, and the
# marks come off afterwards; NUL cannot stand in a cell, so no text is mistaken for a number.
_decode = json.JSONDecoder().raw_decode
_SCORE = tuple(field.name for field in fields(Score))
_EXACT = tuple(
    _SCORE.index(name) for name in ("weight", "computed", "deviation", "exact", "progress")
)
_score_fields = attrgetter(*_SCORE)
_problem_fields = attrgetter(*(field.name for field in fields(Problem)))
_MARKED = re.compile(r'"\\u0000(-?\d+(?:\.\d+)?)\\u0000"')


def data_text(document: Document) -> str:
    """Return the data of a document as JSON text; decimals are JSON numbers."""
    return _MARKED.sub(r"\1", _dump(document.data))


def sources_text(document: Document) -> str:
    """Return where the values of a document stand, as JSON text: pointer to cell and raw text.

    The sheet is named only where it is not the document's own.
    """
    own = document.sheet
    places = {
        pointer: (cell, raw) if sheet == own else (cell, raw, sheet)
        for pointer, (sheet, cell, raw) in document.sources.items()
    }
    return _encoded(places, str)


def document_from(form: str, sheet: str, data: str, sources: str) -> Document:
    """Return the document that `data_text` and `sources_text` wrote."""
    places = json.loads(sources)
    return Document(
        form=form,
        sheet=sheet,
        data=data_from(data),
        sources={
            pointer: Source(elsewhere[0] if elsewhere else sheet, cell, raw)
            for pointer, (cell, raw, *elsewhere) in places.items()
        },
    )


def places_from(sheet: str, sources: str, pointers: Iterable[str]) -> dict[str, Source]:
    """Return where some of the values stand of which `sources_text` tells, the rest unread."""
    found: dict[str, Source] = {}
    for pointer in pointers:
        key = f'"{pointer}":'
        if (at := sources.find(key)) >= 0:
            (cell, raw, *elsewhere), _ = _decode(sources, at + len(key))
            found[pointer] = Source(elsewhere[0] if elsewhere else sheet, cell, raw)
    return found


def data_from(data: str) -> dict[str, Any]:
    """Return the data that `data_text` wrote."""
    read: dict[str, Any] = json.loads(data, parse_float=Decimal, parse_int=Decimal)
    return read


def scores_text(scores: Iterable[Score]) -> str:
    """Return scored rows as JSON text: a list of fields each, decimals as their digits."""
    return _rows(map(_score_fields, scores))


def scores_from(written: str) -> tuple[Score, ...]:
    """Return the scored rows that `scores_text` wrote."""
    return tuple(_score(row) for row in json.loads(written))


def problems_text(problems: Iterable[Problem]) -> str:
    """Return problems as JSON text: a list of fields each."""
    return _rows(map(_problem_fields, problems))


def problems_from(written: str) -> tuple[Problem, ...]:
    """Return the problems that `problems_text` wrote."""
    return tuple(
        Problem(code, Severity(severity), *rest) for code, severity, *rest in json.loads(written)
    )


def _score(row: list[Any]) -> Score:
    for position in _EXACT:
        if row[position] is not None:
            row[position] = Decimal(row[position])
    return Score(*row)


def _rows(rows: Iterable[tuple[Any, ...]]) -> str:
    listed = list(rows)
    written = _encoded(listed, str)
    if "\\u0000" not in written:
        return written
    # No database keeps NUL in a text.
    return _encoded([[_without_nul(value) for value in row] for row in listed], str)


def _without_nul(value: object) -> object:
    return value.replace("\0", "") if isinstance(value, str) else value


def _dump(value: Mapping[str, Any]) -> str:
    return _encoded(dict(value), _plain)


def _encoded(value: object, default: Callable[[Any], Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=default)


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return f"\0{value:f}\0"
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} does not belong into a document")

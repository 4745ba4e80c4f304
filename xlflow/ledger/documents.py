"""A Document as JSON text and back, with every number to its last digit."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from xlflow.forms.document import Document, Source

# The json module writes floats only. Decimals travel through it as marked strings, and the
# marks come off afterwards; NUL cannot stand in a cell, so no text is mistaken for a number.
_MARKED = re.compile(r'"\\u0000(-?\d+(?:\.\d+)?)\\u0000"')


def data_text(document: Document) -> str:
    """Return the data of a document as JSON text; decimals are JSON numbers."""
    return _MARKED.sub(r"\1", _dump(document.data))


def sources_text(document: Document) -> str:
    """Return where the values of a document stand, as JSON text: pointer to fields of Source."""
    return _dump(
        {
            pointer: [source.sheet, source.cell, source.raw, source.decimals, source.from_formula]
            for pointer, source in document.sources.items()
        }
    )


def document_from(form: str, sheet: str, data: str, sources: str) -> Document:
    """Return the document that `data_text` and `sources_text` wrote."""
    return Document(
        form=form,
        sheet=sheet,
        data=json.loads(data, parse_float=Decimal, parse_int=Decimal),
        sources={pointer: Source(*fields) for pointer, fields in json.loads(sources).items()},
    )


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, Decimal):
        return f"\0{value:f}\0"
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} does not belong into a document")

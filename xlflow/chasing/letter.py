"""Filling in a letter: a .docx in which `{{名称}}` stands where a text belongs.

Importing this module imports python-docx; callers import it late.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from io import BytesIO
from zipfile import BadZipFile

import docx
from docx.document import Document as Paper
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from xlflow.chasing.notices import Fields
from xlflow.errors import DefinitionError
from xlflow.messages import text
from xlflow.papers import one_line, to_bytes

_FIELD = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def fill_letter(template: bytes, name: str, fields: Fields) -> bytes:
    """Return a letter with its fields filled in; the same bytes each time.

    A paragraph with a field that is a list stands once for each of its texts. A paragraph of
    nothing but fields that are empty goes. Raises DefinitionError when the template (`name`) is no
    .docx or asks for a field there is not.
    """
    paper = _opened(template, name)
    for paragraph in list(paper.element.body.iter(qn("w:p"))):
        _fill(paragraph, name, fields)
    return to_bytes(paper)


def _opened(template: bytes, name: str) -> Paper:
    try:
        return docx.Document(BytesIO(template))
    except (BadZipFile, KeyError, ValueError, OpcError) as error:
        raise DefinitionError(*text("chase.no_letter", name=name)) from error


def _fill(paragraph: BaseOxmlElement, name: str, fields: Fields) -> None:
    written = "".join(part.text or "" for part in _texts(paragraph))
    asked = _FIELD.findall(written)
    if not asked:
        return
    if unknown := next((field for field in asked if field not in fields), None):
        known = "、".join(fields)
        raise DefinitionError(*text("chase.no_field", name=name, field=unknown, known=known))
    for filled in _copies(asked, fields):
        if _FIELD.sub("", written).strip() or any(filled.values()):
            one = deepcopy(paragraph)
            paragraph.addprevious(one)
            _put_in(one, filled)
    paragraph.getparent().remove(paragraph)


def _copies(asked: Sequence[str], fields: Fields) -> Iterator[dict[str, str]]:
    """Yield the fields of a paragraph, once for each text of the first list among them."""
    values = {field: fields[field] for field in asked}
    listed = next((field for field, value in values.items() if not isinstance(value, str)), None)
    for words in [""] if listed is None else values[listed]:
        yield {
            field: words
            if field == listed
            else value
            if isinstance(value, str)
            else "；".join(value)
            for field, value in values.items()
        }


def _put_in(paragraph: BaseOxmlElement, fields: Mapping[str, str]) -> None:
    """Write values into the fields of a paragraph, where Word may have cut one into pieces.

    The piece in which a field begins takes the value, so it keeps its look.
    """
    parts = _texts(paragraph)
    written = "".join(part.text or "" for part in parts)
    owner = [part for part in parts for _ in part.text or ""]
    left = {id(part): "" for part in parts}
    end = 0
    for found in _FIELD.finditer(written):
        for place in range(end, found.start()):
            left[id(owner[place])] += written[place]
        left[id(owner[found.start()])] += one_line(fields[found[1]])
        end = found.end()
    for place in range(end, len(written)):
        left[id(owner[place])] += written[place]
    for part in parts:
        part.text = left[id(part)]
        part.set(qn("xml:space"), "preserve")


def _texts(paragraph: BaseOxmlElement) -> list[BaseOxmlElement]:
    return list(paragraph.iter(qn("w:t")))

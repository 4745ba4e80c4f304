"""Problems the JSON Schema finds, told by cell and in plain words."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import cache
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from xlflow.forms.document import Document
from xlflow.forms.form import Field, Form
from xlflow.forms.validator import decimal_validator, demands_of
from xlflow.messages import text
from xlflow.problems import Place, Problem, Severity, problem
from xlflow.review.case import field_at
from xlflow.review.sound import Look, sound_by
from xlflow.scoring.rules import plain

# The house dialect: what a form's schema may demand, and the problem a breach becomes.
CODES = {
    "required": "C01",
    "type": "S01",
    "enum": "S02",
    "const": "S02",
    "minimum": "S03",
    "exclusiveMinimum": "S03",
    "maximum": "S04",
    "exclusiveMaximum": "S04",
    "maxLength": "S05",
    "pattern": "S06",
    "minItems": "S07",
    "maxItems": "S08",
    "minLength": "C01",
}


def schema_problems(form: Form, document: Document) -> Iterator[Problem]:
    """Yield what the form's JSON Schema finds wrong with a Document."""
    if _sound(form)(document.data):
        return
    told: set[str] = set()
    for error in _validator(form).iter_errors(document.data):
        at = _pointer(error.absolute_path)
        if error.validator != "required":
            yield _breach(form, document, error, at)
        elif at not in told:  # the library reports each missing key; one pass tells them all
            told.add(at)
            yield from _blanks(form, document, error, at)


@cache
def _sound(form: Form) -> Look:
    return sound_by(demands_of(form.schema))


@cache
def _validator(form: Form) -> Validator:
    return decimal_validator(demands_of(form.schema))


def _blanks(form: Form, document: Document, error: ValidationError, at: str) -> Iterator[Problem]:
    """Yield the required fields below `at` that were found but left blank.

    One that was not found on the sheet has been reported while reading (R02).
    """
    wanted: Any = error.validator_value
    given: Any = error.instance
    for key in wanted:
        field = field_at(form, f"{at}/{key}")
        if key not in given and field:
            yield from _blank(form, document, field, f"{at}/{key}")


def _blank(form: Form, document: Document, field: Field, at: str) -> Iterator[Problem]:
    """Yield that a required field is blank; in the course of a year a dash may say: not yet due."""
    if field.kind == "object":
        for child in field.children:
            if child.required and not child.read_only:
                yield from _blank(form, document, child, f"{at}/{child.key}")
    elif source := document.sources.get(at):
        asked = Severity.WARNING if form.monitors and source.raw else None
        place = Place(at, source.sheet, source.cell, source.raw)
        yield problem("C01", place, severity=asked, label=field.title)


def _breach(form: Form, document: Document, error: ValidationError, at: str) -> Problem:
    source = document.sources.get(at)
    place = Place(at, document.sheet)
    if source:
        place = Place(at, source.sheet, source.cell, source.raw)
    field = field_at(form, at)
    kind = text(f"review.kind_{field.kind if field else 'text'}")
    return problem(
        CODES[str(error.validator)],
        place,
        label=field.title if field else at,
        written=place.value or _shown(error.instance),
        limit=_shown(error.validator_value),
        kind=kind.zh,
        kind_en=kind.en,
    )


def _shown(limit: object) -> str:
    if isinstance(limit, Decimal):
        return plain(limit)
    if isinstance(limit, (list, tuple)):
        return "、".join(str(item) for item in limit)
    return str(limit)


def _pointer(path: Iterable[object]) -> str:
    return "".join(f"/{step}" for step in path)

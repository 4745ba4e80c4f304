"""What can be wrong with a submission: the problem catalogue and the record of one problem.

The texts stand in `messages/problems.toml`, by code: `C..` cross-checks (numbered as the
checks an officer makes), `S..` the JSON Schema, `R..` reading, `F..` the file itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from xlflow.errors import FileRefused
from xlflow.messages import Text, problem_texts


class Severity(StrEnum):
    """How much a problem weighs: an error returns the form, a warning asks, a note informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem shows: JSON Pointer into the Document, sheet, cell and raw text."""

    field: str | None = None
    sheet: str | None = None
    cell: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a submission, where it is and what to do about it."""

    code: str
    severity: Severity
    field: str | None
    sheet: str | None
    cell: str | None
    value: str | None
    message: str
    message_en: str


NOWHERE = Place()


def describe(code: str, **values: object) -> Text:
    """Return the sentence of a problem: what is wrong and what to do, in both languages."""
    entry = problem_texts()[code]
    return Text(
        f"{entry['zh']}{entry['do_zh']}".format_map(values),
        f"{entry['en']} {entry['do_en']}".format_map(values),
    )


def severity_of(code: str, overrides: Mapping[str, Severity] | None = None) -> Severity:
    """Return how much a problem of this code weighs; a profile may say otherwise."""
    if overrides and code in overrides:
        return overrides[code]
    return Severity(problem_texts()[code]["severity"])


def problem(
    code: str, place: Place = NOWHERE, *, severity: Severity | None = None, **values: object
) -> Problem:
    """Return a problem of the catalogue at a place; `values` fill the sentence."""
    sentence = describe(code, **values)
    return Problem(
        code=code,
        severity=severity or severity_of(code),
        field=place.field,
        sheet=place.sheet,
        cell=place.cell,
        value=place.value,
        message=sentence.zh,
        message_en=sentence.en,
    )


def refusal(code: str, **values: object) -> FileRefused:
    """Return the exception for a file that cannot be read, with the catalogue's sentence."""
    sentence = describe(code, **values)
    why = str(values.get("why", "")), str(values.get("why_en", ""))
    return FileRefused(sentence.zh, sentence.en, code, why)

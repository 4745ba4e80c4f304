"""What a check looks at and what it finds."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from xlflow.forms.document import Document
from xlflow.forms.form import Field, Form
from xlflow.problems import Place, Severity
from xlflow.review.indicators import Indicator, indicators_of
from xlflow.scoring import Profile, Score, Scores
from xlflow.scoring.engine import FUNDS_TOTAL, INDICATORS
from xlflow.scoring.rows import Row, rows_of
from xlflow.scoring.rules import rounded
from xlflow.values import convert, normalise

TOLERANCE = Decimal("0.01")
_SHORTEST_PROSE = 8
_HALF_A_CENT = Decimal("0.005")
_DECIMALS = re.compile(r"\.([0-9]+)")
_INNER_QUOTES = str.maketrans("“”", "‘’")


@dataclass(frozen=True)
class Case:
    """One filled form with its scores, and the profile it is judged by.

    `round` and `year` are the exercise's, for a form that names none.
    """

    form: Form
    document: Document
    profile: Profile
    scores: Scores
    round: str | None = None
    year: int | None = None

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """The named indicators with what their values mean; read once for all checks."""
        return indicators_of(self.document, self.scores)

    @cached_property
    def scored(self) -> tuple[tuple[Score, Row], ...]:
        """Each score with the row of the Document it stands in."""
        document = self.document
        rows = {FUNDS_TOTAL: document.get(FUNDS_TOTAL) or {}, **dict(rows_of(document, INDICATORS))}
        return tuple((score, rows[score.field]) for score in self.scores.rows)

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """All texts of the form, each with its pointer, in order."""
        found: list[tuple[str, str]] = []
        _gather_texts(self.document.data, "", found)
        return tuple(found)

    @cached_property
    def prose(self) -> tuple[tuple[str, str], ...]:
        """The running texts, each with its pointer: goals, plans, accounts, grounds."""
        return tuple(prose_of(self.document))

    def place(self, pointer: str) -> Place:
        """Return where a field stands; a field that was not found has its pointer alone."""
        source = self.document.sources.get(pointer)
        if source is None:
            return Place(pointer, self.document.sheet)
        return Place(pointer, source.sheet, source.cell, source.raw)

    def cell(self, pointer: str) -> str:
        """Return the cell of a field as an address, the pointer where it has none."""
        source = self.document.sources.get(pointer)
        return source.cell if source else pointer

    def raw(self, pointer: str) -> str:
        """Return what a person reads in the cell of a field, empty where nothing stands."""
        source = self.document.sources.get(pointer)
        return (source.raw or "") if source else ""

    def label(self, pointer: str) -> str:
        """Return the printed name of a field."""
        found = field_at(self.form, pointer)
        return found.title if found else pointer

    def in_yuan(self, pointer: str) -> Decimal | None:
        """Return an amount of the form in 元, whatever unit its field is in, or None."""
        amount, found = self.document.number(pointer), field_at(self.form, pointer)
        return None if amount is None or found is None else convert(amount, found.unit, "元")

    def score_of(self, pointer: str) -> Score | None:
        """Return the score of a row."""
        return next((score for score in self.scores.rows if score.field == pointer), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: where, and the values that fill the sentence of its code.

    `severity` says that this one weighs less than others of its code.
    """

    place: Place
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity | None = None


Check = Callable[[Case], Iterator[Finding]]


def field_at(form: Form, pointer: str) -> Field | None:
    """Return the field of a form that a pointer into a Document means."""
    node = form.root
    for step in pointer.strip("/").split("/"):
        if step.isdigit() and node.kind == "array":
            continue
        child = node.child(step)
        if child is None:
            return None
        node = child
    return node


def _gather_texts(node: Mapping[str, Any], at: str, into: list[tuple[str, str]]) -> None:
    for key, value in node.items():
        if isinstance(value, str):
            into.append((f"{at}/{key}", value))
        elif isinstance(value, dict):
            _gather_texts(value, f"{at}/{key}", into)
        elif isinstance(value, list):
            for index, row in enumerate(value):
                _gather_texts(row, f"{at}/{key}/{index}", into)


def prose_of(document: Document) -> Iterator[tuple[str, str]]:
    """Yield the running texts of a form with their pointers; names and short words are none."""
    data = document.data
    for group, fields in (("", data), ("/annual_objective", data.get("annual_objective") or {})):
        for key, value in fields.items():
            if isinstance(value, str) and len(value) >= _SHORTEST_PROSE:
                yield f"{group}/{key}", value
    for row in document.rows("/annual_tasks"):
        for key in ("content", "actual"):
            if value := document.text(f"{row}/{key}"):
                yield f"{row}/{key}", value


def decimals_written(raw: str) -> int:
    """Return how many decimals a person wrote.

    >>> decimals_written("81.90%"), decimals_written("1,505"), decimals_written("")
    (2, 0, 0)
    """
    found = _DECIMALS.search(normalise(raw))
    return len(found[1]) if found else 0


def rounds_to(exact: Decimal, written: Decimal, decimals: int) -> bool:
    """Return whether a written number is the exact one, rounded to the decimals written.

    More than two decimals are no demand: points and rates are computed to two.

    >>> rounds_to(Decimal("81.90059"), Decimal("81.9"), 1)
    True
    >>> rounds_to(Decimal("8.19"), Decimal("9.1"), 1)
    False
    >>> rounds_to(Decimal("9.1049"), Decimal("9.105"), 3)
    True
    """
    if decimals > 2:
        return abs(exact - written) <= _HALF_A_CENT
    return rounded(exact, decimals) == rounded(written, decimals)


def is_rate(exact: Decimal, written: Decimal, raw: str) -> bool:
    """Return whether a written rate is the exact one in per cent.

    Without a per cent sign it may be the fraction as well.

    >>> is_rate(Decimal("81.9"), Decimal("0.819"), "0.819")
    True
    >>> is_rate(Decimal("81.9"), Decimal("0.819"), "0.819%")
    False
    >>> is_rate(Decimal("81.9"), Decimal(1), "1")
    False
    """
    decimals = decimals_written(raw)
    if rounds_to(exact, written, decimals):
        return True
    if "%" in normalise(raw):
        return False
    if decimals == 0:
        return written == 1 and exact == 100
    return rounds_to(exact, written * 100, decimals - 2)


def in_quotes(words: str) -> str:
    """Return words as they stand between quotation marks: those inside become single.

    >>> in_quotes("“三公经费”控制率")
    '‘三公经费’控制率'
    """
    return words.translate(_INNER_QUOTES)

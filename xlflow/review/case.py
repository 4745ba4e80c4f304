"""What a check looks at and what it finds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from xlflow.forms.document import Document
from xlflow.forms.form import Form
from xlflow.problems import Place, Severity
from xlflow.scoring import Profile, Score, Scores

TOLERANCE = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Case:
    """One filled form with its scores, and the profile it is judged by."""

    form: Form
    document: Document
    profile: Profile
    scores: Scores

    def place(self, pointer: str) -> Place:
        """Return where a field stands; a field that was not found has its pointer alone."""
        source = self.document.sources.get(pointer)
        if source is None:
            return Place(pointer, self.document.sheet)
        return Place(pointer, source.sheet, source.cell, source.raw)

    def decimals(self, pointer: str) -> int:
        """Return how many decimals the unit wrote for a number; 0 where nothing was read."""
        source = self.document.sources.get(pointer)
        return (source.decimals or 0) if source else 0

    def score_of(self, pointer: str) -> Score | None:
        """Return the score of a row."""
        return next((score for score in self.scores.rows if score.field == pointer), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: where, and the values that fill the sentence of its code."""

    place: Place
    values: Mapping[str, object] = field(default_factory=dict)
    severity: Severity | None = None


Check = Callable[[Case], Iterator[Finding]]


def rounds_to(exact: Decimal, written: Decimal, decimals: int) -> bool:
    """Return whether a written number is the exact one, rounded to the decimals written.

    More than two decimals are no demand: points and rates are computed to two.

    >>> rounds_to(Decimal("81.90059"), Decimal("81.9"), 1)
    True
    >>> rounds_to(Decimal("8.19"), Decimal("9.1"), 1)
    False
    """
    places = Decimal(1).scaleb(-min(decimals, 2))
    return exact.quantize(places, ROUND_HALF_UP) == written.quantize(places, ROUND_HALF_UP)

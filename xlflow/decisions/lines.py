"""The lines of a 处理单, as they stand in its Document."""

from dataclasses import dataclass
from decimal import Decimal

from xlflow.forms.document import Document
from xlflow.ledger import DecisionKind
from xlflow.problems import Place

TABLES = {
    DecisionKind.ASSIGNMENT: "/assignments",
    DecisionKind.EXTENSION: "/extensions",
    DecisionKind.WITHDRAWAL: "/withdrawals",
    DecisionKind.REVOCATION: "/revocations",
    DecisionKind.WAIVER: "/waivers",
    DecisionKind.CHECKED_SCORE: "/checked_scores",
    DecisionKind.OPINION: "/opinions",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One decision as it is written; `pointer` is its row in the Document."""

    kind: DecisionKind
    document: Document
    pointer: str

    def text(self, key: str) -> str | None:
        """Return what is written in a column, None when it is blank."""
        words = self.document.text(f"{self.pointer}/{key}")
        return " ".join(words.split()) if words else None

    def number(self, key: str) -> Decimal | None:
        """Return the number in a column, None when it is blank or no number."""
        return self.document.number(f"{self.pointer}/{key}")

    @property
    def year(self) -> int | None:
        """The year the line is about, None when it says nothing of it."""
        year = self.number("year")
        return None if year is None else int(year)

    @property
    def about(self) -> Place:
        """Where it says whom it is about: the answer to the line is shown there."""
        return self.place("unit" if self.kind is not DecisionKind.ASSIGNMENT else "assigned_unit")

    def place(self, key: str) -> Place:
        """Return where a column of the line stands."""
        at = f"{self.pointer}/{key}"
        source = self.document.sources.get(at)
        if source is None:
            return Place(at, self.document.sheet)
        return Place(at, source.sheet, source.cell, source.raw)


def lines_of(document: Document, kind: DecisionKind) -> tuple[Line, ...]:
    """Return the lines of one kind, in the order of their table."""
    return tuple(Line(kind, document, pointer) for pointer in document.rows(TABLES[kind]))

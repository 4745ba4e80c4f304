"""A workbook of any file type as plain data: what a reader of another format finds in it.

It crosses the border between processes as JSON, so it is made of lists, texts and numbers only.
"""

from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

PlainType = Literal["n", "str", "b", "e", "d"]


class PlainCell(NamedTuple):
    """A cell as it is stored; `format` counts into the formats of the book.

    `text` is a number as digits (`n`), `1` or `0` (`b`), a day or moment after ISO 8601 (`d`), an
    error (`e`) or a text (`str`). It is empty for a formula without a result (`uncached`).
    """

    row: int
    col: int
    type: PlainType
    text: str
    format: int = 0
    uncached: bool = False


@dataclass(slots=True)
class PlainSheet:
    """One worksheet; merged areas are top, left, bottom, right, and all counts begin at 1."""

    name: str
    cells: list[PlainCell] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


@dataclass(slots=True)
class PlainBook:
    """The worksheets in order; names as name, text and sheet (None for the workbook)."""

    sheets: list[PlainSheet] = field(default_factory=list)
    names: list[tuple[str, str, str | None]] = field(default_factory=list)
    formats: list[str] = field(default_factory=lambda: ["General"])
    date1904: bool = False

    def format_index(self, code: str) -> int:
        """Return where a number format stands in `formats`; a new one is added."""
        if code not in self.formats:
            self.formats.append(code)
        return self.formats.index(code)

    def as_data(self) -> dict[str, Any]:
        """Return the book as what JSON can say."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> "PlainBook":
        """Return the book that `as_data` described."""
        sheets = [
            PlainSheet(**{**sheet, "cells": [PlainCell(*cell) for cell in sheet["cells"]]})
            for sheet in data["sheets"]
        ]
        names = [(name, text, scope) for name, text, scope in data["names"]]
        return cls(sheets, names, list(data["formats"]), bool(data["date1904"]))

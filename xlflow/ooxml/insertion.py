"""Inserted rows: where every row, area and formula of the workbook is found afterwards."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from xlflow.ooxml.formulas import renumbered
from xlflow.ooxml.reference import MAX_ROW

Place = tuple[int, int]
T = TypeVar("T")
_LAST_ROW = re.compile(r"(\$?[A-Za-z]*\$?)([0-9]+)$")


@dataclass(frozen=True, slots=True)
class Insertion:
    """`count` rows that come to stand below the row `below` of a sheet, in that row's look.

    What refers to rows moves as in Excel: an area that goes beyond the row `below` grows, one
    that ends with it does not.
    """

    sheet: str
    below: int
    count: int

    def row(self, number: int) -> int:
        """Return the number a row has afterwards.

        >>> insertion = Insertion("表1", 5, 2)
        >>> insertion.row(5), insertion.row(6)
        (5, 8)
        """
        return number if number <= self.below else min(number + self.count, MAX_ROW)

    def moved(self, cells: Mapping[Place, T]) -> dict[Place, T]:
        """Return what belongs to cells, by the places where they are found afterwards."""
        return {(self.row(row), column): each for (row, column), each in cells.items()}

    def cuts(self, top: int, bottom: int) -> bool:
        """Return whether the new rows come to stand inside an area."""
        return top <= self.below < bottom

    def concerns(self, sheet: str | None) -> bool:
        """Return whether a sheet, by its name in any case, is the one that gets the rows."""
        return sheet is not None and sheet.lower() == self.sheet.lower()

    def formula(self, text: str, home: str | None, *, fixed_only: bool = False) -> str:
        """Return how a formula of the sheet `home` reads afterwards.

        A reference over several sheets (`Jan:Dec!A5`) stays, as in Excel: the other sheets do
        not move. With `fixed_only` so does a row without a dollar sign.

        >>> Insertion("表1", 5, 2).formula("SUM(A5:A6)+表1!$A$9+二!A9", "表1")
        'SUM(A5:A8)+表1!$A$11+二!A9'
        """

        def concerned(sheet: str | None) -> bool:
            return self.concerns(home if sheet is None else sheet.removeprefix("[0]"))

        return renumbered(text, self.row, concerned, fixed_only=fixed_only)

    def reference(self, text: str) -> str:
        """Return how areas of the sheet itself, parted by blanks, are called afterwards."""
        return self.formula(text, self.sheet)

    def grown(self, text: str) -> str:
        """Return the same for areas that the new rows join: those that end with the row copied.

        >>> Insertion("表1", 5, 2).grown("C3:C5 B5 A6")
        'C3:C7 B5:B7 A8'
        """
        return " ".join(map(self._grown, text.split(" ")))

    def _grown(self, area: str) -> str:
        first, _, last = area.partition(":")
        end = _LAST_ROW.fullmatch(last or first)
        if end is None or int(end[2]) != self.below:
            return self.reference(area)
        return f"{first}:{end[1]}{self.below + self.count}"

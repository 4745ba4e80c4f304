"""A sheet as a small grid of cells, the same for every file type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from xlflow.ooxml.reference import Area, Merges, cell_name

Value = Decimal | str | bool | datetime | None
Kind = Literal["blank", "number", "text", "bool", "date", "error"]


class Cell(NamedTuple):
    """One cell: its value, and `raw`, the text a person sees (None when the cell is blank).

    `uncached` is true for a formula without a stored result; `value` is then None.
    """

    row: int
    col: int
    kind: Kind
    value: Value
    raw: str | None
    number_format: str = "General"
    formula: str | None = None
    uncached: bool = False

    @property
    def name(self) -> str:
        """The cell's address, `C5`."""
        return cell_name(self.row, self.col)


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one sheet; rows and columns count from 1.

    Only the anchor of a merged area has a cell; `at` answers with the anchor for every cell
    the area covers.
    """

    sheet: str
    cells: Mapping[tuple[int, int], Cell]
    merges: tuple[Area, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    _merges: Merges = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_merges", Merges(self.merges))

    def at(self, row: int, col: int) -> Cell:
        """Return the cell at a place; a covered cell gives its anchor, an absent one a blank."""
        cell = self.cells.get((row, col))
        if cell is not None:
            return cell
        area = self._merges.around(row, col)
        if area is None:
            return Cell(row, col, "blank", None, None)
        return self.cells.get(area[:2]) or Cell(area.top, area.left, "blank", None, None)

    def area_of(self, row: int, col: int) -> Area:
        """Return the merged area around a place, or the place alone."""
        return self._merges.around(row, col) or Area(row, col, row, col)

    def covers(self, row: int, col: int) -> bool:
        """Return whether a merged area hides a place: all of the area but its anchor."""
        area = self._merges.around(row, col)
        return area is not None and (row, col) != area[:2]

    @property
    def last_row(self) -> int:
        """The lowest row that holds a cell with a value; 0 for an empty sheet."""
        return max((row for row, _ in self.cells), default=0)


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name: its text as written, and the sheet and area if it names one.

    `scope` is the sheet it belongs to, None for the whole workbook. A name that became
    `#REF!` or holds a constant or formula has neither `sheet` nor `area`.
    """

    name: str
    text: str
    scope: str | None = None
    sheet: str | None = None
    area: Area | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """The visible content of a workbook: one grid a sheet, in order, and the defined names."""

    grids: tuple[Grid, ...]
    names: tuple[Name, ...] = ()

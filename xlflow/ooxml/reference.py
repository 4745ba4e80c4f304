"""Cell references: `C5`, `A1:J60`, `'表 1'!$C$5`."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import NamedTuple

MAX_ROW = 1_048_576
MAX_COLUMN = 16_384
_VAST = 2_000

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})")
_SHEET_AREA = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!([^!]+)")


class Area(NamedTuple):
    """A rectangle of cells, rows and columns counted from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def cells(self) -> Iterator[tuple[int, int]]:
        """Return an iterator over (row, column) of every cell, row by row."""
        return product(range(self.top, self.bottom + 1), range(self.left, self.right + 1))

    @property
    def size(self) -> int:
        """The number of cells."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def contains(self, row: int, col: int) -> bool:
        """Return whether a cell lies inside."""
        return self.top <= row <= self.bottom and self.left <= col <= self.right

    def meets(self, other: "Area") -> bool:
        """Return whether the two rectangles share a cell."""
        return (
            self.top <= other.bottom
            and other.top <= self.bottom
            and self.left <= other.right
            and other.left <= self.right
        )

    def __str__(self) -> str:
        first = cell_name(self.top, self.left)
        if (self.top, self.left) == (self.bottom, self.right):
            return first
        return f"{first}:{cell_name(self.bottom, self.right)}"


class Merges:
    """The merged areas of a sheet, asked by cell.

    >>> merges = Merges([Area(2, 1, 3, 2)])
    >>> merges.around(3, 2), merges.around(4, 1)
    (Area(top=2, left=1, bottom=3, right=2), None)
    """

    def __init__(self, areas: Iterable[Area]) -> None:
        self._covered: dict[tuple[int, int], Area] = {}
        self._vast: list[Area] = []  # an area over whole columns would fill the memory
        for area in areas:
            if area.size > _VAST:
                self._vast.append(area)
            else:
                self._covered.update(dict.fromkeys(area.cells(), area))

    def around(self, row: int, col: int) -> Area | None:
        """Return the merged area that covers a cell, None when there is none."""
        area = self._covered.get((row, col))
        if area is None and self._vast:
            return next((vast for vast in self._vast if vast.contains(row, col)), None)
        return area


@lru_cache(maxsize=512)
def column_letters(col: int) -> str:
    """Return the letters of a column.

    >>> column_letters(1), column_letters(27), column_letters(16384)
    ('A', 'AA', 'XFD')
    """
    letters = ""
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@lru_cache(maxsize=512)
def column_number(letters: str) -> int:
    """Return the number of a column.

    >>> column_number("A"), column_number("xfd")
    (1, 16384)
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


@lru_cache(maxsize=8192)
def cell_name(row: int, col: int) -> str:
    """Return the address of a cell.

    >>> cell_name(5, 3)
    'C5'
    """
    return f"{column_letters(col)}{row}"


@lru_cache(maxsize=8192)
def parse_cell(name: str) -> tuple[int, int]:
    """Return (row, column) of an address; raises ValueError when it is none.

    >>> parse_cell("$C$5")
    (5, 3)
    """
    match = _CELL.fullmatch(name)
    if not match:
        raise ValueError(name)
    row, col = int(match[2]), column_number(match[1])
    if row > MAX_ROW or col > MAX_COLUMN:
        raise ValueError(name)
    return row, col


def parse_area(text: str) -> Area:
    """Return the rectangle of `A1:J60` or `C5`; raises ValueError when it is none.

    >>> parse_area("$A$1:$J$60")
    Area(top=1, left=1, bottom=60, right=10)
    """
    first, _, last = text.partition(":")
    top, left = parse_cell(first)
    bottom, right = parse_cell(last) if last else (top, left)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def parse_sheet_area(text: str) -> tuple[str, Area] | None:
    """Return sheet and rectangle of a reference with a sheet, None when it is something else.

    >>> parse_sheet_area("'表 1'!$C$5:$D$6")
    ('表 1', Area(top=5, left=3, bottom=6, right=4))
    >>> parse_sheet_area("#REF!$A$1") is None
    True
    """
    match = _SHEET_AREA.fullmatch(text)
    if not match or text.startswith("#"):
        return None
    sheet = match[1].replace("''", "'") if match[1] else match[2]
    try:
        return sheet, parse_area(match[3])
    except ValueError:
        return None


def sheet_reference(sheet: str, area: Area) -> str:
    """Return an absolute reference with its sheet, quoted as Excel wants it.

    >>> sheet_reference("表 1", Area(5, 3, 5, 3))
    "'表 1'!$C$5"
    """
    quoted = sheet.replace("'", "''")
    first = f"${column_letters(area.left)}${area.top}"
    last = f"${column_letters(area.right)}${area.bottom}"
    return f"'{quoted}'!{first}" + ("" if first == last else f":{last}")


def sheet_rows(sheet: str, first: int, last: int) -> str:
    """Return an absolute reference to whole rows of a sheet.

    >>> sheet_rows("表 1", 4, 4)
    "'表 1'!$4:$4"
    """
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!${first}:${last}"

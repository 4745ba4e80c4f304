"""What a person sees in a cell."""

from decimal import Decimal

from xlflow.grids import Cell
from xlflow.values.cells import has_words, read_number

# What people put into a cell that stays empty: a dash printed by the form, a slash.
_EMPTY_MARKS = frozenset({"", "-", "—", "——", "–", "－", "/", "\\", "×", "*"})


def is_blank(cell: Cell) -> bool:
    """Return whether a cell says nothing: empty, spaces only, or a dash."""
    raw = cell.raw
    return raw is None or raw.strip() in _EMPTY_MARKS


def shown(cell: Cell) -> str:
    """Return the text of a cell with the words its number format adds; empty for a blank one.

    >>> shown(Cell(1, 1, "number", Decimal(735), "735", '"≥"0"人"'))
    '≥735人'
    """
    if isinstance(cell.value, Decimal) and has_words(cell.number_format):
        return read_number(cell.value, cell.number_format).text or str(cell.raw)
    return cell.raw or ""

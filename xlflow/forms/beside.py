"""Where the value of a single field stands from its label: beside it, below it, or in doubt."""

from collections.abc import Iterator
from dataclasses import dataclass

from xlflow.forms.form import Find
from xlflow.forms.labels import Labels, Spot
from xlflow.forms.seen import is_blank
from xlflow.ooxml.reference import Area


@dataclass(frozen=True, slots=True)
class Beside:
    """The cell of a value; None with the cells in `doubt` where more than one could be meant."""

    place: Spot | None
    doubt: tuple[Spot, ...] = ()


def beside(labels: Labels, label: Area, find: Find) -> Beside:
    """Return where the value of a label stands, `find` being where the form expects it.

    A cell that shows another label is no value. A value that stands before its label or in the
    next row could belong to its neighbour as well, and is in doubt.
    """
    grid = labels.grid
    right, below = (label.top, label.right + 1), (label.bottom + 1, label.left)
    if find == "below":
        return _first_of(labels, below, right)
    if _heads_a_column(labels, label):
        return _first_of(labels, below)
    if labels.names_a_field(grid.at(*right)):
        return Beside(None, (below,) if _says_something(labels, below) else ())
    if before := _value_before(labels, label):
        return Beside(None, (before, right))
    if is_blank(grid.at(*right)) and (after := _alone_in_next_row(labels, label)):
        return Beside(None, (right, after))
    return Beside(right)


def _first_of(labels: Labels, *places: Spot) -> Beside:
    """Return the first place that says something, else the first that shows no label."""
    told = [place for place in places if _says_something(labels, place)]
    open_ = [place for place in places if not labels.names_a_field(labels.grid.at(*place))]
    return Beside(next(iter([*told, *open_]), None))


def _says_something(labels: Labels, place: Spot) -> bool:
    cell = labels.grid.at(*place)
    return not is_blank(cell) and not labels.names_a_field(cell)


def _heads_a_column(labels: Labels, label: Area) -> bool:
    """Return whether a label stands in a row of labels that no value ends."""
    after = list(_neighbours(labels, label, 1))
    if not after and not any(_neighbours(labels, label, -1)):
        return False
    last = after[-1] if after else label
    return is_blank(labels.grid.at(label.top, last.right + 1))


def _neighbours(labels: Labels, label: Area, step: int) -> Iterator[Area]:
    """Yield the labels of the same height that follow one another from a label on."""
    grid, area = labels.grid, label
    while True:
        col = area.right + 1 if step > 0 else area.left - 1
        if col < 1 or not labels.names_a_field(grid.at(label.top, col)):
            return
        area = grid.area_of(label.top, col)
        if (area.top, area.bottom) != (label.top, label.bottom):
            return
        yield area


def _value_before(labels: Labels, label: Area) -> Spot | None:
    """Return the cell left of a label in a row that begins with a value and ends with a label."""
    grid = labels.grid
    row = [
        area
        for col in labels.rows.get(label.top, ())
        if (area := grid.area_of(label.top, col)).bottom == label.bottom
    ]
    told = [labels.names_a_field(grid.at(label.top, area.left)) for area in row]
    alternates = len(row) > 1 and told == [False, True] * (len(row) // 2)
    if not alternates or row[0].right + 1 != row[1].left:
        return None
    return label.top, row[row.index(label) - 1].left


def _alone_in_next_row(labels: Labels, label: Area) -> Spot | None:
    """Return the only cell of the next row that says something, if the label is alone in its."""
    if len(labels.rows.get(label.top, ())) > 1:
        return None
    row = label.bottom + 1
    cols = labels.rows.get(row, ())
    if len(cols) == 1 and cols[0] >= label.left and _says_something(labels, (row, cols[0])):
        return row, cols[0]
    return None

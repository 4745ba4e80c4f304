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
    grid = labels.grid
    after = [grid.at(area.top, area.left) for area in _run(labels, label, 1)]
    if not all(map(labels.names_a_field, after)):
        return False
    before = next(_run(labels, label, -1), None)
    return bool(after) or (
        before is not None and labels.names_a_field(grid.at(before.top, before.left))
    )


def _value_before(labels: Labels, label: Area) -> Spot | None:
    """Return the cell left of a label in a row that begins with a value and ends with a label."""
    before = list(_run(labels, label, -1))
    if len(before) % 2 == 0:  # a label begins the row, or nothing stands before this one
        return None
    row = [*reversed(before), label, *_run(labels, label, 1)]
    told = [labels.names_a_field(labels.grid.at(area.top, area.left)) for area in row]
    if told != [False, True] * (len(row) // 2):
        return None
    return before[0].top, before[0].left


def _run(labels: Labels, label: Area, step: int) -> Iterator[Area]:
    """Yield the filled cells of the same height that follow one another from a label on."""
    grid, area = labels.grid, label
    while True:
        col = area.right + 1 if step > 0 else area.left - 1
        if col < 1 or is_blank(grid.at(label.top, col)):
            return
        area = grid.area_of(label.top, col)
        if (area.top, area.bottom) != (label.top, label.bottom):
            return
        yield area


def _alone_in_next_row(labels: Labels, label: Area) -> Spot | None:
    """Return the only cell of the next row that says something, if the label is alone in its."""
    row = label.bottom + 1
    if labels.names_a_field(labels.grid.at(row, label.left)) or any(_run(labels, label, -1)):
        return None
    if len(labels.filled(label.top)) > 1:
        return None
    cols = labels.filled(row)
    if len(cols) == 1 and cols[0] >= label.left and _says_something(labels, (row, cols[0])):
        return row, cols[0]
    return None

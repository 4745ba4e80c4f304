"""The labels on a sheet: which short texts stand where, and which of them name fields of a form."""

from functools import cache, cached_property

from xlflow.forms.form import Field
from xlflow.forms.seen import is_blank
from xlflow.grids import Cell, Grid
from xlflow.ooxml.reference import Area
from xlflow.values import label_key

Spot = tuple[int, int]

_LONGEST_LABEL = 60


def label_index(grid: Grid) -> dict[str, list[Spot]]:
    """Return the comparison key of each short text on the sheet, with the cells it stands in."""
    index: dict[str, list[Spot]] = {}
    for place, cell in grid.cells.items():
        if cell.kind == "text" and cell.raw and len(cell.raw) <= _LONGEST_LABEL:
            index.setdefault(label_key(cell.raw), []).append(place)
    return index


@cache
def label_keys(root: Field) -> frozenset[str]:
    """Return the comparison keys of all labels of a form but its own title."""
    return frozenset(key for field in root.walk() if field is not root for key in field.labels)


class Labels:
    """The labels of one form on one sheet."""

    def __init__(self, root: Field, grid: Grid) -> None:
        self.grid = grid
        self._keys = label_keys(root)

    @cached_property
    def _index(self) -> dict[str, list[Spot]]:
        return label_index(self.grid)

    @cached_property
    def left_edge(self) -> int:
        """The first column in which a label of the form stands."""
        known = self._index.keys() & self._keys
        return min((col for key in known for _, col in self._index[key]), default=1)

    @cached_property
    def rows(self) -> dict[int, list[int]]:
        """The columns of the cells that say something, by row, from left to right."""
        rows: dict[int, list[int]] = {}
        for row, col in sorted(self.grid.cells):
            if not is_blank(self.grid.cells[row, col]):
                rows.setdefault(row, []).append(col)
        return rows

    def places(self, field: Field, region: Area) -> list[Spot]:
        """Return the cells of a region that show a label of the field, from the top down."""
        index = self._index
        found = {
            place
            for label in field.labels
            for place in index.get(label, ())
            if region.contains(*place)
        }
        return sorted(found)

    def names_a_field(self, cell: Cell) -> bool:
        """Return whether a cell shows a label of the form, so that it is no value."""
        raw = cell.raw
        if cell.kind != "text" or not raw or len(raw) > _LONGEST_LABEL:
            return False
        return label_key(raw) in self._keys

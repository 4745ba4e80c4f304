"""The labels on a sheet: which short texts stand where, and which of them name fields of a form."""

import re
from functools import cache, cached_property

from xlflow.forms.form import Field
from xlflow.forms.seen import is_blank
from xlflow.grids import Cell, Grid
from xlflow.ooxml.reference import Area
from xlflow.values import label_key

Spot = tuple[int, int]

_LONGEST_LABEL = 60
_LABELLED = re.compile(r"\s*([^:：]{2,20})[:：]\s*([^:：]{0,199}[^:：\s])\s*")


def label_index(grid: Grid) -> dict[str, list[Spot]]:
    """Return the comparison key of each short text on the sheet, with the cells it stands in."""
    index: dict[str, list[Spot]] = {}
    for place, cell in grid.cells.items():
        if cell.kind == "text" and cell.raw and len(cell.raw) <= _LONGEST_LABEL:
            index.setdefault(label_key(cell.raw), []).append(place)
    return index


@cache
def _fields_by_label(root: Field) -> dict[str, list[Field]]:
    """Return the fields of a form by the comparison keys of their labels; its title is none."""
    fields: dict[str, list[Field]] = {}
    for field in root.walk():
        for key in field.labels if field is not root else ():
            fields.setdefault(key, []).append(field)
    return fields


class Labels:
    """The labels of one form on one sheet."""

    def __init__(self, root: Field, grid: Grid) -> None:
        self.grid = grid
        self._fields = _fields_by_label(root)

    @cached_property
    def _places(self) -> dict[Field, list[Spot]]:
        """The cells that show a label of a field, by field, from the top down."""
        places: dict[Field, list[Spot]] = {}
        index = label_index(self.grid)
        for key in index.keys() & self._fields.keys():
            for field in self._fields[key]:
                places.setdefault(field, []).extend(index[key])
        for found in places.values():
            found.sort()
        return places

    @cached_property
    def left_edge(self) -> int:
        """The first column in which a label of the form stands."""
        return min((col for places in self._places.values() for _, col in places), default=1)

    @cached_property
    def labelled(self) -> dict[str, list[tuple[Spot, str]]]:
        """The texts of one label and its value (`单位：某局`), by the label: place and value."""
        labelled: dict[str, list[tuple[Spot, str]]] = {}
        for place, cell in self.grid.cells.items():
            if cell.kind == "text" and (told := _LABELLED.fullmatch(str(cell.raw))):
                labelled.setdefault(label_key(told[1]), []).append((place, told[2]))
        return labelled

    def filled(self, row: int) -> list[int]:
        """Return the columns of the cells of a row that say something."""
        return [
            col for (at, col), cell in self.grid.cells.items() if at == row and not is_blank(cell)
        ]

    def places(self, field: Field, region: Area) -> list[Spot]:
        """Return the cells of a region that show a label of the field, from the top down."""
        return [place for place in self._places.get(field, ()) if region.contains(*place)]

    def names_a_field(self, cell: Cell) -> bool:
        """Return whether a cell shows a label of the form, so that it is no value."""
        raw = cell.raw
        if cell.kind != "text" or not raw or len(raw) > _LONGEST_LABEL:
            return False
        return label_key(raw) in self._fields

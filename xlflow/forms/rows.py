"""The rows of a table: levels carried down, texts put together, rows that are out of place."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from xlflow.forms.form import Field
from xlflow.forms.join import joined
from xlflow.forms.placement import Table
from xlflow.forms.seen import is_blank, shown
from xlflow.grids import Cell, Grid
from xlflow.ooxml.reference import Area
from xlflow.values import normalise

_WIDEST = 100  # columns that are looked at under one heading
_TICKS = frozenset("√✓✔☑■●")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row: the problem's code, the field, its cell, and what the sentence says.

    A field with a fault has no cell in its row.
    """

    code: str
    field: Field
    cell: Cell
    values: Mapping[str, str | int]


@dataclass(slots=True)
class Row:
    """One row of a table that says something: its cells by key, and what is wrong in it.

    A row that is out of place has no cells.
    """

    number: int
    cells: dict[str, Cell]
    faults: list[Fault]

    @property
    def first(self) -> Cell:
        """The cell of the first column."""
        return next(iter(self.cells.values()))


class TableRows:
    """The rows of one table; `filled_before` gathers xlflow's own cells that hold something."""

    def __init__(self, table_field: Field, table: Table, grid: Grid) -> None:
        self._grid = grid
        self._table = table
        located = [child for child in table_field.children if child.key in table.columns]
        columns = [(child, table.columns[child.key]) for child in located]
        self._narrow = [(c.key, area.left) for c, area in columns if area.left == area.right]
        self._wide = [(c, area) for c, area in columns if area.left != area.right]
        self._own = [child.key for child in located if child.read_only]
        self._levels = [child.key for child in located if child.fill_down]
        self._said = [c for c in located if not (c.read_only or c.fill_down or c.part)]
        self._name = next((child for child in self._said if child.kind == "text"), None)
        self._guarded = [(c, c.schema["x-never"]) for c in located if "x-never" in c.schema]
        self._parted = [
            child
            for child in located
            if any(key in table.columns for key in child.join if key != child.key)
        ]
        self.filled_before: list[str] = []

    def __iter__(self) -> Iterator[Row]:
        carried: dict[str, Cell] = {}
        out_of_place = False
        there, at = self._grid.cells.get, self._grid.at
        for number in self._table.rows:
            cells = {key: there((number, col)) or at(number, col) for key, col in self._narrow}
            row = Row(number, cells, [])
            for child, area in self._wide:
                self._put_wide(row, child, area)
            for key in self._own:
                if key in cells and cells[key].raw is not None:
                    self.filled_before.append(cells[key].name)
            fault = self._out_of_place(row, after_such=out_of_place)
            out_of_place = fault is not None
            if fault:
                yield Row(number, {}, [fault])
                continue
            self._carry_down(cells, carried)  # also from a row without an indicator
            if all(is_blank(cells.get(child.key, _BLANK)) for child in self._said):
                continue
            for child in self._parted:
                self._join(row, child)
            yield row

    def _put_wide(self, row: Row, child: Field, area: Area) -> None:
        """Put the cell of a wide column: the one that says something."""
        cols = range(area.left, min(area.right, area.left + _WIDEST) + 1)
        cells = [self._grid.at(row.number, col) for col in cols]
        if cells[0][:2] == cells[-1][:2]:  # merged over all of them
            row.cells[child.key] = cells[0]
            return
        told = list({cell[:2]: cell for cell in cells if not is_blank(cell)}.values())
        if not told:
            row.cells[child.key] = cells[0]
        elif child.find == "left":
            row.cells[child.key] = told[-1]
        elif child.kind == "text" and child.key in self._table.parted:
            words = (self._words(cell, area.bottom + 1) for cell in told)
            row.cells[child.key] = _rewritten(told[0], "；".join(words))
        elif len(told) == 1:
            row.cells[child.key] = told[0]
        else:
            names = "、".join(cell.name for cell in told)
            row.faults.append(Fault("R01", child, told[0], {"cells": names}))

    def _words(self, cell: Cell, heading: int) -> str:
        """Return what a cell below a divided heading says; a tick says what its heading says."""
        said = shown(cell)
        return self._grid.at(heading, cell.col).raw or said if said.strip() in _TICKS else said

    def _out_of_place(self, row: Row, *, after_such: bool) -> Fault | None:
        """Return the fault of a row that is shifted: its cells are not those of their columns.

        A row without a name below such a one is shifted with it.
        """
        for child, never in self._guarded:
            cell = row.cells.get(child.key)
            if cell and cell.raw and is_foreign(cell.raw, never):
                return Fault("R07", child, cell, {"row": row.number, "written": cell.raw})
        if after_such and self._name and is_blank(row.cells.get(self._name.key, _BLANK)):
            for child in self._said:
                cell = row.cells.get(child.key, _BLANK)
                if not is_blank(cell):
                    values: dict[str, str | int] = {"row": row.number, "written": str(cell.raw)}
                    return Fault("R07", child, cell, values)
        return None

    def _carry_down(self, cells: dict[str, Cell], carried: dict[str, Cell]) -> None:
        """Fill blank level cells from the row above; a new level clears the levels right of it."""
        changed = False
        for key in self._levels:
            if key not in cells:
                continue
            cell = cells[key]
            if is_blank(cell):
                if changed:
                    carried.pop(key, None)
                elif key in carried:
                    cells[key] = carried[key]
            else:
                changed = changed or carried.get(key) != cell
                carried[key] = cell

    def _join(self, row: Row, child: Field) -> None:
        """Put the parts of a text together in the cell of its main part."""
        cell = row.cells.get(child.key)
        if cell is None or is_blank(cell):
            return
        before, after = self._parts(row, child, cell)
        whole = joined(before, shown(cell), after)
        if whole is None:
            del row.cells[child.key]
            parts = {"operator": before, "written": shown(cell), "measure": after}
            row.faults.append(Fault("R11", child, cell, parts))
        elif whole != cell.raw:
            row.cells[child.key] = _rewritten(cell, whole)

    def _parts(self, row: Row, child: Field, cell: Cell) -> tuple[str, str]:
        """Return what stands in the columns before and after the main part of a text.

        A cell merged over several parts is the main part alone.
        """
        middle = child.join.index(child.key)
        texts = []
        for keys in (child.join[:middle], child.join[middle + 1 :]):
            parts = (part for key in keys if (part := row.cells.get(key)) and part != cell)
            texts.append("".join(shown(part) for part in parts if not is_blank(part)))
        return texts[0], texts[1]


_BLANK = Cell(0, 0, "blank", None, None)


def _rewritten(cell: Cell, words: str) -> Cell:
    return cell._replace(kind="text", value=words, raw=words)


@lru_cache(maxsize=8192)
def is_foreign(raw: str, never: str) -> bool:
    """Return whether a text is what never stands in a column.

    >>> is_foreign("＝ 100%", "[=≥≤].*"), is_foreign("完成率", "[=≥≤].*")
    (True, False)
    """
    return re.fullmatch(never, normalise(raw)) is not None

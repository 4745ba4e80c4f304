"""From a sheet to a Document: every value with its cell and its raw text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from xlflow.forms.document import Document, Scalar, Source
from xlflow.forms.form import Field, Form
from xlflow.forms.locate import Placement, Table, locate, pointer
from xlflow.grids import Cell, Grid, Name
from xlflow.ooxml.reference import Area, cell_name
from xlflow.problems import Place, Problem, problem
from xlflow.values import parse_number

# What people put into a cell that stays empty: a dash printed by the form, a slash.
_EMPTY_MARKS = frozenset({"", "-", "—", "——", "–", "－", "/", "\\", "×", "*"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A Document and what was found wrong while reading it."""

    document: Document
    problems: tuple[Problem, ...]


def read_document(form: Form, grid: Grid, names: Iterable[Name] = ()) -> Reading:
    """Return what a sheet says, as a Document of the form."""
    placement = locate(form, grid, names)
    reader = _Reader(grid, placement)
    data = reader.mapping(form.root)
    document = Document(form.name, grid.sheet, data, reader.sources, tuple(reader.filled_before))
    return Reading(document, (*placement.problems, *reader.problems))


@dataclass(slots=True)
class _Reader:
    """Walks the tree of fields over a placement; sources and problems gather on the way."""

    grid: Grid
    placement: Placement
    sources: dict[str, Source] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    filled_before: list[str] = field(default_factory=list)

    def mapping(self, parent: Field) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for child in parent.children:
            if child.kind == "object":
                value: Any = self.mapping(child)
            elif child.kind == "array":
                value = self.table(child)
            else:
                place = self.placement.cells.get(child.path)
                if place and child.read_only and self.grid.at(*place).raw is not None:
                    self.filled_before.append(self.grid.at(*place).name)
                value = (
                    self.value(child, pointer(child.path), self.grid.at(*place)) if place else None
                )
            if value not in (None, {}):
                data[child.key] = value
        return data

    def table(self, table_field: Field) -> list[dict[str, Any]] | None:
        table = self.placement.tables.get(table_field.path)
        if table is None:
            return None
        base = pointer(table_field.path)
        self.sources[base] = Source(self.grid.sheet, table.heading)
        carried: dict[str, Cell] = {}
        rows: list[dict[str, Any]] = []
        for row in table.rows:
            cells = self.row_cells(table_field, table, row)
            self.note_filled(table_field, cells)
            self.carry_down(table_field, cells, carried)  # also from a row without an indicator
            if not self.is_filled(table_field, cells):
                continue
            at = f"{base}/{len(rows)}"
            values = {
                child.key: value
                for child in table_field.children
                if child.key in cells
                and (value := self.value(child, f"{at}/{child.key}", cells[child.key])) is not None
            }
            rows.append(values)
            if row in self.grid.hidden_rows:
                first = next(iter(cells.values()))
                self.problems.append(
                    problem("R05", Place(at, self.grid.sheet, cell_name(row, first.col)), row=row)
                )
        return rows

    def row_cells(self, table_field: Field, table: Table, row: int) -> dict[str, Cell]:
        return {
            child.key: self.cell_in(area, row, leftwards=child.find == "left")
            for child in table_field.children
            if (area := table.columns.get(child.key))
        }

    def cell_in(self, column: Area, row: int, *, leftwards: bool) -> Cell:
        """Return the row's cell in a column; in a wide column the first that holds something."""
        if column.left == column.right:
            return self.grid.at(row, column.left)
        places = range(column.left, column.right + 1)
        for col in reversed(places) if leftwards else places:
            cell = self.grid.at(row, col)
            if not is_blank(cell):
                return cell
        return self.grid.at(row, column.left)

    def note_filled(self, table_field: Field, cells: Mapping[str, Cell]) -> None:
        for child in table_field.children:
            if child.read_only and child.key in cells and cells[child.key].raw is not None:
                self.filled_before.append(cells[child.key].name)

    def is_filled(self, table_field: Field, cells: Mapping[str, Cell]) -> bool:
        """Return whether a row says anything beyond its inherited level labels."""
        return any(
            not is_blank(cells[child.key])
            for child in table_field.children
            if child.key in cells and not child.read_only and not child.fill_down
        )

    def carry_down(
        self, table_field: Field, cells: dict[str, Cell], carried: dict[str, Cell]
    ) -> None:
        """Fill blank level cells from the row above; a new level clears the levels right of it."""
        changed = False
        for child in table_field.children:
            if not child.fill_down or child.key not in cells:
                continue
            cell = cells[child.key]
            if is_blank(cell):
                if changed:
                    carried.pop(child.key, None)
                elif child.key in carried:
                    cells[child.key] = carried[child.key]
            else:
                changed = changed or carried.get(child.key) != cell
                carried[child.key] = cell

    def value(self, leaf: Field, at: str, cell: Cell) -> Scalar | None:
        """Return what a cell says for a field, and note where it stands."""
        raw = cell.raw
        number = _number_in(raw) if raw and leaf.kind != "text" else None
        self.sources[at] = Source(self.grid.sheet, cell.name, raw)
        if leaf.read_only or is_blank(cell):
            if cell.uncached and not leaf.read_only:
                self.report("R03", at, cell, label=leaf.title)
            return None
        if cell.kind == "error":
            self.report("R04", at, cell, label=leaf.title, error=cell.raw)
            return None
        if leaf.kind == "text":
            return str(raw)
        return number if number is not None else str(raw)

    def report(self, code: str, at: str, cell: Cell, **values: str | int | None) -> None:
        place = Place(at, self.grid.sheet, cell.name, cell.raw)
        self.problems.append(problem(code, place, severity=None, **values))


def is_blank(cell: Cell) -> bool:
    """Return whether a cell says nothing: empty, spaces only, or a dash."""
    raw = cell.raw
    return raw is None or raw.strip() in _EMPTY_MARKS


@lru_cache(maxsize=4096)
def _number_in(raw: str) -> Decimal | None:
    """Return the number a text is; the figures of a form recur in the next."""
    return parse_number(raw)

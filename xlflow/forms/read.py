"""From a sheet to a Document: every value with its cell and its raw text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any, NamedTuple

from xlflow.forms.amount_units import AMOUNT_UNITS, AmountUnits
from xlflow.forms.document import Document, Scalar, Source
from xlflow.forms.form import Field, Form
from xlflow.forms.locate import locate
from xlflow.forms.placement import Placement, pointer
from xlflow.forms.rows import Row, TableRows
from xlflow.forms.seen import is_blank, shown
from xlflow.grids import Cell, Grid, Name
from xlflow.ooxml.reference import cell_name, column_letters, parse_cell
from xlflow.problems import Place, Problem, problem
from xlflow.values import label_key, parse_number
from xlflow.values.numbers import trimmed


@dataclass(frozen=True, slots=True)
class Reading:
    """A Document and what was found wrong while reading it."""

    document: Document
    problems: tuple[Problem, ...]


class _Elsewhere(NamedTuple):
    """A block whose points may stand in a row of a table (`x-row`), and how that row is known."""

    block: Field
    labels: frozenset[str]
    fields: Mapping[str, str]


def read_document(form: Form, grid: Grid, names: Iterable[Name] = ()) -> Reading:
    """Return what a sheet says, as a Document of the form."""
    placement = locate(form, grid, names)
    reader = _Reader(grid, placement, _elsewhere(form.root))
    data = reader.mapping(form.root)
    reader.put_points(data)
    reader.note_hidden_columns()
    document = Document(form.name, grid.sheet, data, reader.sources, tuple(reader.filled_before))
    return Reading(document, (*placement.problems, *reader.problems))


@cache
def _elsewhere(root: Field) -> Mapping[str, _Elsewhere]:
    """Return the blocks whose points may stand in a row of a table, by the path of the table."""
    return {
        told["table"]: _Elsewhere(block, frozenset(map(label_key, told["labels"])), told["fields"])
        for block in root.walk()
        if (told := block.schema.get("x-row"))
    }


class _Reader:
    """Walks the tree of fields over a placement; sources and problems gather on the way."""

    def __init__(
        self, grid: Grid, placement: Placement, elsewhere: Mapping[str, _Elsewhere]
    ) -> None:
        self.grid = grid
        self.placement = placement
        self.elsewhere = elsewhere
        self.units = AmountUnits(grid, placement.labels)
        self.moved: dict[str, list[Row]] = {}  # rows that are no row of their table, by its path
        self.sources: dict[str, Source] = {}
        self.problems: list[Problem] = []
        self.filled_before: list[str] = []

    def mapping(self, parent: Field) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for child in parent.children:
            if child.kind == "object":
                value: Any = self.mapping(child)
            elif child.kind == "array":
                value = self.table(child)
            else:
                value = self.single(child)
            if value not in (None, {}):
                data[child.key] = value
        return data

    def single(self, child: Field) -> Scalar | None:
        place = self.placement.cells.get(child.path)
        if place is None:
            return None
        cell = self.grid.at(*place)
        if child.read_only and cell.raw is not None:
            self.filled_before.append(cell.name)
        words = self.placement.texts.get(child.path)
        if words:
            cell = cell._replace(raw=words, value=words)
        return self.value(child, pointer(child.path), cell)

    # -- tables ------------------------------------------------------------------------------

    def table(self, child: Field) -> list[dict[str, Any]] | None:
        table = self.placement.tables.get(child.path)
        if table is None:
            return None
        base = pointer(child.path)
        self.sources[base] = Source(self.grid.sheet, table.heading)
        away = self.missing_points(child.path)
        table_rows = TableRows(child, table, self.grid)
        rows: list[dict[str, Any]] = []
        for row in table_rows:
            if away and _is_row_of(away, child, row):
                self.moved.setdefault(child.path, []).append(row)
                continue
            at = f"{base}/{len(rows)}"
            self.report_faults(row, at if row.cells else base)
            if row.cells:
                rows.append(self.row(child, row, at))
        self.filled_before += table_rows.filled_before
        return rows

    def row(self, child: Field, row: Row, at: str) -> dict[str, Any]:
        if row.number in self.grid.hidden_rows:
            place = Place(at, self.grid.sheet, cell_name(row.number, row.first.col))
            self.problems.append(problem("R05", place, row=row.number))
        cells = row.cells
        return {
            column.key: value
            for column in child.children
            if column.key in cells
            and not column.part
            and (value := self.value(column, f"{at}/{column.key}", cells[column.key])) is not None
        }

    def report_faults(self, row: Row, at: str) -> None:
        for fault in row.faults:
            field_at = f"{at}/{fault.field.key}" if row.cells else at
            self.report(fault.code, field_at, fault.cell, label=fault.field.title, **fault.values)

    # -- points that stand in a row of a table -----------------------------------------------

    def missing_points(self, table: str) -> _Elsewhere | None:
        """Return the block whose points were not found and may stand in a row of this table."""
        away = self.elsewhere.get(table)
        if away is None or any(
            f"{away.block.path}.{key}" in self.placement.cells
            for key in away.fields
            if _required(away.block, key)
        ):
            return None
        return away

    def put_points(self, data: dict[str, Any]) -> None:
        """Put what a row of a table says of a block into the block's data."""
        for table in self.elsewhere:
            away, moved = self.missing_points(table), self.moved.get(table, ())
            if away and len(moved) == 1:
                self.points_of(away, moved[0], data)
            elif away:
                self.report_points(away, moved)

    def points_of(self, away: _Elsewhere, row: Row, data: dict[str, Any]) -> None:
        block, node = away.block, data
        for step in block.path.split("."):
            node = node.setdefault(step, {})
        for key, column in away.fields.items():
            child, cell = block.child(key), row.cells.get(column)
            if child and cell and child.path not in self.placement.cells:
                value = self.value(child, pointer(child.path), cell)
                if value is not None:
                    node[key] = value

    def report_points(self, away: _Elsewhere, moved: Sequence[Row]) -> None:
        """Report points that are nowhere, or in more rows than one."""
        block = away.block
        if moved:
            first, *_ = cells = [row.first for row in moved]
            names = "、".join(cell.name for cell in cells)
            self.report("R01", pointer(block.path), first, label=block.title, cells=names)
            return
        label = self.placement.labels.get(block.path)
        for child in map(block.child, away.fields):
            if child and child.required:
                place = Place(pointer(child.path), self.grid.sheet, label and cell_name(*label))
                self.problems.append(problem("R02", place, label=child.title))

    # -- cells -------------------------------------------------------------------------------

    def value(self, leaf: Field, at: str, cell: Cell) -> Scalar | None:
        """Return what a cell says for a field, and note where it stands."""
        raw, number = cell.raw, None
        if leaf.kind == "text":
            raw = shown(cell) if cell.kind == "number" else raw
        elif raw:
            number = _number_in(raw)
            if number is not None and leaf.unit in AMOUNT_UNITS:
                number = self.in_unit(leaf, at, cell, number)
                if number is None:
                    return None
        self.sources[at] = Source(self.grid.sheet, cell_name(cell.row, cell.col), raw)
        if raw is None or leaf.read_only or is_blank(cell):
            if cell.uncached and not leaf.read_only:
                self.report("R03", at, cell, label=leaf.title)
            return None
        if cell.kind == "error":
            self.report("R04", at, cell, label=leaf.title, error=cell.raw)
            return None
        if leaf.kind == "text":
            return str(raw)
        return number if number is not None else str(raw)

    def in_unit(self, leaf: Field, at: str, cell: Cell, number: Decimal) -> Decimal | None:
        """Return an amount in the unit of its field, None where two units are stated for it.

        A field that was found by its name has the unit of its template.
        """
        if leaf.path not in self.placement.labels:
            return number
        stated = self.units.stated(leaf.path, cell.row)
        if len(stated) > 1:
            cells = "、".join(cell_name(*place) for place in sorted(stated.values()))
            self.report("R10", at, cell, label=leaf.title, units="、".join(stated), cells=cells)
            return None
        for unit, place in stated.items():
            if unit != leaf.unit:
                head = self.grid.at(*place)
                at_head = Place(None, self.grid.sheet, head.name, head.raw)
                note = problem("R09", at_head, stated=unit, unit=leaf.unit)
                if note not in self.problems:
                    self.problems.append(note)
                return trimmed(number * AMOUNT_UNITS[unit] / AMOUNT_UNITS[str(leaf.unit)])
        return number

    def note_hidden_columns(self) -> None:
        """Note each hidden column from which something was read."""
        if not self.grid.hidden_columns:
            return
        places = {parse_cell(source.cell): source for source in self.sources.values() if source.raw}
        for col in sorted(self.grid.hidden_columns & {col for _, col in places}):
            first = min(place for place in places if place[1] == col)
            place = Place(None, self.grid.sheet, cell_name(*first))
            self.problems.append(problem("R13", place, column=column_letters(col)))

    def report(self, code: str, at: str, cell: Cell, **values: str | int | None) -> None:
        place = Place(at, self.grid.sheet, cell.name, cell.raw)
        self.problems.append(problem(code, place, severity=None, **values))


def _is_row_of(away: _Elsewhere, table: Field, row: Row) -> bool:
    """Return whether a row is about a block: it stands under its name, as a level of its own."""
    texts = [field for field in table.children if field.kind == "text" and field.key in row.cells]
    levels = [field.key for field in texts if field.fill_down]
    name = next((field.key for field in texts if not field.fill_down), None)
    keys = [label_key(row.cells[key].raw or "") for key in (*levels[:1], name) if key]
    return bool(keys) and all(key in away.labels for key in keys)


def _required(block: Field, key: str) -> bool:
    child = block.child(key)
    return child is not None and child.required


@lru_cache(maxsize=4096)
def _number_in(raw: str) -> Decimal | None:
    """Return the number a text is; the figures of a form recur in the next."""
    return parse_number(raw)

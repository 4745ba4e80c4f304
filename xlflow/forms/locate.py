"""Where the fields of a form stand on a sheet: names first, then labels inside their block."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from xlflow.forms.form import Field, Form
from xlflow.grids import Grid, Name
from xlflow.ooxml.reference import MAX_COLUMN, Area, cell_name
from xlflow.problems import Place, Problem, problem
from xlflow.values import label_key

NAME_PREFIX = "xlf."
_LONGEST_LABEL = 60


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands: its columns by key, and the rows of its body.

    A column is the area of its heading, so that a heading merged over two columns finds a value
    in either.
    """

    columns: Mapping[str, Area]
    rows: tuple[int, ...]

    @property
    def heading(self) -> str:
        """The cell of the first heading."""
        first = min(self.columns.values(), key=lambda area: area.left)
        return cell_name(first.top, first.left)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything was found: single fields and tables by dotted path, and what was not."""

    cells: Mapping[str, tuple[int, int]]
    tables: Mapping[str, Table]
    problems: tuple[Problem, ...]


def locate(form: Form, grid: Grid, names: Iterable[Name] = ()) -> Placement:
    """Return where the fields of a form stand on a sheet.

    Two places that could be meant are a problem (R01) and never a guess; a required field that
    is nowhere is a problem (R02).
    """
    return _Search(form.root, grid, _areas(grid, names)).run()


def label_index(grid: Grid) -> dict[str, list[tuple[int, int]]]:
    """Return the comparison key of each short text on the sheet, with the cells it stands in."""
    index: dict[str, list[tuple[int, int]]] = {}
    for place, cell in grid.cells.items():
        if cell.kind == "text" and cell.raw and len(cell.raw) <= _LONGEST_LABEL:
            index.setdefault(label_key(cell.raw), []).append(place)
    return index


def _areas(grid: Grid, names: Iterable[Name]) -> dict[str, Area]:
    return {
        name.name.removeprefix(NAME_PREFIX): name.area
        for name in names
        if name.sheet == grid.sheet and name.area and name.name.startswith(NAME_PREFIX)
    }


class _Search:
    """One search over one sheet; collects what it finds on the way down the tree of fields."""

    def __init__(self, root: Field, grid: Grid, areas: Mapping[str, Area]) -> None:
        self.root = root
        self.grid = grid
        self.areas = areas
        self.cells: dict[str, tuple[int, int]] = {}
        self.tables: dict[str, Table] = {}
        self.problems: list[Problem] = []

    @cached_property
    def index(self) -> dict[str, list[tuple[int, int]]]:
        return label_index(self.grid)

    def run(self) -> Placement:
        sheet = Area(1, 1, max(self.grid.last_row, 1), MAX_COLUMN)
        self.block(self.root, sheet, sheet)
        return Placement(self.cells, self.tables, tuple(self.problems))

    def block(self, parent: Field, region: Area, outer: Area) -> None:
        """Place the fields of an object that stands in `region`, inside the block `outer`."""
        inner = self.regions(parent, region)
        for child in parent.children:
            if child.kind == "object":
                self.inner_block(child, inner.get(child.path), region)
        for child in parent.children:
            if child.kind == "array":
                self.table(child, inner.get(child.path, region), region, parent)
            elif child.kind != "object":
                self.single(child, parent, region, outer, tuple(inner.values()))

    def inner_block(self, child: Field, found: Area | None, region: Area) -> None:
        if found is None and not self.is_named(child):
            if child.required:
                self.missing(child)
            return
        self.block(child, found or region, region)

    def is_named(self, field: Field) -> bool:
        return any(below.path in self.areas for below in field.walk())

    def regions(self, parent: Field, region: Area) -> dict[str, Area]:
        """Return the rows each labelled block below `parent` takes.

        A block reaches from its label to the next block, or to the next single field whose label
        stands at the left edge; an object that is one row of a table
        (a total) takes its own row and cuts no other block.
        """
        wanted = [
            child
            for child in parent.children
            if child.kind in ("object", "array") and not self.fully_named(child)
        ]
        starts = [
            (row, child.path)
            for child in wanted
            if not is_row(child) and (row := self.first_row(child, region))
        ]
        starts += [(row, "") for row in self.left_labels(parent, region)]
        starts.sort()
        ends = [row - 1 for row, _ in starts[1:]] + [region.bottom]
        blocks = {
            path: Area(row, region.left, max(row, end), region.right)
            for (row, path), end in zip(starts, ends, strict=False)
            if path
        }
        objects = [blocks[c.path] for c in wanted if c.kind == "object" and c.path in blocks]
        for child in filter(is_row, wanted):
            places = [
                place
                for place in self.places(child, region)
                if not any(block.contains(*place) for block in objects)
            ]
            if place := self.one_place(child, places):
                blocks[child.path] = Area(place[0], region.left, place[0], region.right)
        return blocks

    def left_labels(self, parent: Field, region: Area) -> list[int]:
        """Return the rows that begin with the label of a single field below `parent`."""
        singles = (child for child in parent.children if child.kind not in ("object", "array"))
        found = [self.places(child, region) for child in singles]
        return [
            places[0][0] for places in found if len(places) == 1 and places[0][1] == self.left_edge
        ]

    @cached_property
    def left_edge(self) -> int:
        """The first column in which any text stands."""
        return min((col for places in self.index.values() for _, col in places), default=1)

    def first_row(self, field: Field, region: Area) -> int | None:
        """Return the row a block begins in: that of its label, or of a table's heading."""
        if place := self.one_place(field, self.places(field, region)):
            return place[0]
        return self.heading_row(field, region)[0] if field.kind == "array" else None

    def one_place(self, field: Field, places: list[tuple[int, int]]) -> tuple[int, int] | None:
        """Return the only place of a block's label; two for an object are a problem."""
        if len(places) > 1 and field.kind == "object":
            self.ambiguous(field, places)
        return places[0] if len(places) == 1 else None

    def fully_named(self, field: Field) -> bool:
        if field.kind == "array":
            return field.path in self.areas
        return all(
            self.fully_named(child)
            if child.kind in ("object", "array")
            else child.path in self.areas
            for child in field.children
        )

    def places(self, field: Field, region: Area) -> list[tuple[int, int]]:
        found = {
            place
            for label in field.labels
            for place in self.index.get(label, ())
            if region.contains(*place)
        }
        return sorted(found)

    def single(
        self, field: Field, parent: Field, region: Area, outer: Area, taken: tuple[Area, ...]
    ) -> None:
        if area := self.areas.get(field.path):
            self.cells[field.path] = (area.top, area.left)
        elif field.find == "cross":
            self.cross(field, parent, region, outer)
        else:
            places = [
                place
                for place in self.places(field, region)
                if not any(area.contains(*place) for area in taken)
            ]
            self.beside(field, places)

    def beside(self, field: Field, places: list[tuple[int, int]]) -> None:
        if len(places) > 1:
            self.ambiguous(field, places)
        elif places:
            label = self.grid.area_of(*places[0])
            if field.find == "below":
                self.cells[field.path] = (label.bottom + 1, label.left)
            else:
                self.cells[field.path] = (label.top, label.right + 1)
        elif field.required and not field.read_only:
            self.missing(field)

    def cross(self, field: Field, parent: Field, region: Area, outer: Area) -> None:
        """Place a value in the row of its block's label, under the nearest heading above."""
        above = Area(outer.top, outer.left, region.top - 1, outer.right)
        heads = self.places(field, above)
        lowest = max((row for row, _ in heads), default=0)
        nearest = [place for place in heads if place[0] == lowest]
        if len(nearest) > 1:
            self.ambiguous(field, nearest)
        elif nearest:
            self.cells[field.path] = (region.top, nearest[0][1])
        elif field.required and not field.read_only:
            self.missing(field)

    def table(self, field: Field, region: Area, outer: Area, parent: Field) -> None:
        named = self.areas.get(field.path)
        header = self.heading(field, Area(named.top, 1, named.top, MAX_COLUMN)) if named else {}
        if named and header:
            body = Area(named.top + 1, 1, named.bottom - 1, MAX_COLUMN)
        else:
            header = self.heading(field, region) or self.heading(field, outer)
            top = max((area.bottom for area in header.values()), default=0)
            limit = region.bottom if region.contains(top, 1) else outer.bottom
            body = Area(top + 1, 1, self.end_of(field, parent, top, limit), MAX_COLUMN)
        if not header:
            if field.required:
                self.missing(field)
            return
        taken = {
            row for path, (row, _) in self.cells.items() if not path.startswith(f"{field.path}.")
        }
        rows = tuple(row for row in range(body.top, body.bottom + 1) if row not in taken)
        self.tables[field.path] = Table(self.with_left_columns(field, header), rows)

    def end_of(self, field: Field, parent: Field, top: int, limit: int) -> int:
        """Return the last row a table may reach: the row before what follows it.

        A total may stand directly under the heading, before the body; anywhere else the label
        of a sibling ends the table.
        """
        following = {
            row: sibling
            for sibling in parent.children
            if sibling is not field and sibling.kind in ("object", "array")
            for row, _ in self.places(sibling, Area(top + 1, 1, limit, MAX_COLUMN))
        }
        under_heading = top + 1
        while under_heading in following and is_row(following[under_heading]):
            under_heading += 1
        return min([limit, *(row - 1 for row in following if row >= under_heading)])

    def heading_row(self, field: Field, region: Area) -> tuple[int | None, dict[str, list[int]]]:
        """Return the row that names most columns of a table, and the columns it names.

        One heading alone proves no table: the same word may stand anywhere.
        """
        by_row: dict[int, dict[str, list[int]]] = {}
        for child in field.children:
            for row, col in self.places(child, region):
                by_row.setdefault(row, {}).setdefault(child.key, []).append(col)
        enough = min(2, len(field.children))
        rows = [(len(found), -row) for row, found in by_row.items() if len(found) >= enough]
        if not rows:
            return None, {}
        row = -max(rows)[1]
        return row, by_row[row]

    def heading(self, field: Field, region: Area) -> dict[str, Area]:
        """Return the columns of a table by key: the areas of their headings."""
        row, found = self.heading_row(field, region)
        if row is None:
            return {}
        columns: dict[str, Area] = {}
        for child in field.children:
            cols = found.get(child.key, [])
            if len(cols) > 1:
                self.ambiguous(child, [(row, col) for col in cols])
            elif cols:
                columns[child.key] = self.grid.area_of(row, cols[0])
            elif child.required and child.find != "left":
                self.missing(child, (row, min(min(cols) for cols in found.values())))
        return columns

    def with_left_columns(self, field: Field, columns: Mapping[str, Area]) -> dict[str, Area]:
        """Return the columns with those added that have no heading and stand left of the others."""
        first = min(area.left for area in columns.values())
        header = next(iter(columns.values()))
        left = {
            child.key: Area(header.top, 1, header.bottom, first - 1)
            for child in field.children
            if child.find == "left" and child.key not in columns and first > 1
        }
        return {**columns, **left}

    def ambiguous(self, field: Field, places: list[tuple[int, int]]) -> None:
        cells = "、".join(cell_name(*place) for place in places)
        self.problems.append(
            problem(
                "R01",
                Place(pointer(field.path), self.grid.sheet, cell_name(*places[0])),
                label=field.title,
                cells=cells,
            )
        )

    def missing(self, field: Field, near: tuple[int, int] | None = None) -> None:
        """Report a field that is nowhere; `near` is where it should stand, if that is known."""
        cell = cell_name(*near) if near else None
        place = Place(pointer(field.path), self.grid.sheet, cell)
        self.problems.append(problem("R02", place, label=field.title))


def is_row(field: Field) -> bool:
    """Return whether an object is one row of a table: its values stand under that heading."""
    return field.kind == "object" and all(child.find == "cross" for child in field.children)


def pointer(path: str) -> str:
    """Return the JSON Pointer of a dotted path.

    >>> pointer("funds.total.score")
    '/funds/total/score'
    """
    return "/" + path.replace(".", "/")

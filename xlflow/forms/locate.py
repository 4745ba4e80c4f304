"""Where the fields of a form stand on a sheet: names first, then labels inside their block."""

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from xlflow.forms.beside import beside
from xlflow.forms.body import body_of
from xlflow.forms.form import Field, Form
from xlflow.forms.headings import LINES_ABOVE, Headings, find_headings
from xlflow.forms.inside import values_inside
from xlflow.forms.labels import Labels, Spot
from xlflow.forms.placement import Placement, Table, pointer
from xlflow.forms.seen import is_blank
from xlflow.grids import Grid, Name
from xlflow.ooxml.reference import MAX_COLUMN, Area, cell_name
from xlflow.problems import Place, Problem, problem

NAME_PREFIX = "xlf."


class _Block(NamedTuple):
    """The rows an object takes, and those in which the headings over its values are looked for."""

    region: Area
    outer: Area


def locate(form: Form, grid: Grid, names: Iterable[Name] = ()) -> Placement:
    """Return where the fields of a form stand on a sheet.

    Two places that could be meant are a problem (R01, R08) and never a guess; a required field
    that is nowhere is a problem (R02).
    """
    return _Search(form.root, grid, _areas(grid, names)).run()


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
        self.labels = Labels(root, grid)
        self.cells: dict[str, Spot] = {}
        self.tables: dict[str, Table] = {}
        self.texts: dict[str, str] = {}
        self.label_of: dict[str, Spot] = {}
        self.problems: list[Problem] = []

    @cached_property
    def points_stand_elsewhere(self) -> frozenset[str]:
        """The paths of single fields that a row of a table may hold instead (`x-row`)."""
        return frozenset(
            f"{block.path}.{key}"
            for block in self.root.walk()
            for key in block.schema.get("x-row", {}).get("fields", ())
        )

    @cached_property
    def table_areas(self) -> tuple[Area, ...]:
        """The areas that are named for tables."""
        tables = (each.path for each in self.root.walk() if each.kind == "array")
        return tuple(self.areas[path] for path in tables if path in self.areas)

    def run(self) -> Placement:
        sheet = Area(1, 1, max(self.grid.last_row, 1), MAX_COLUMN)
        self.block(self.root, _Block(sheet, sheet))
        return Placement(self.cells, self.tables, tuple(self.problems), self.texts, self.label_of)

    # -- blocks ------------------------------------------------------------------------------

    def block(self, parent: Field, block: _Block) -> None:
        """Place the fields of an object."""
        region = block.region
        inner = self.regions(parent, region)
        for child in parent.children:
            if child.kind == "object":
                self.inner_block(child, inner, region)
        self.crossings(parent, block)
        taken = tuple(inner.values())
        for child in parent.children:
            if child.kind == "array":
                self.table(child, inner.get(child.path, region), region, parent)
            elif child.kind != "object" and child.path not in self.cells:
                self.single(child, parent, region, taken)

    def inner_block(self, child: Field, inner: Mapping[str, Area], region: Area) -> None:
        found = inner.get(child.path)
        if found is None and not any(below.path in self.areas for below in child.walk()):
            if child.required and not self.labels.places(child, region):
                self.missing(child)
            return
        around = [
            area
            for path, area in inner.items()
            if found and path != child.path and area.contains(found.top, found.left)
        ]
        self.block(child, _Block(found or region, around[0] if around else region))

    def regions(self, parent: Field, region: Area) -> dict[str, Area]:
        """Return the rows each block below `parent` takes.

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
                for place in self.labels.places(child, region)
                if not any(block.contains(*place) for block in objects)
            ]
            if place := self.one_place(child, places):
                blocks[child.path] = Area(place[0], region.left, place[0], region.right)
        return blocks

    def left_labels(self, parent: Field, region: Area) -> list[int]:
        """Return the rows that begin with the label of a single field below `parent`."""
        singles = (child for child in parent.children if child.kind not in ("object", "array"))
        found = [self.labels.places(child, region) for child in singles]
        return [
            places[0][0]
            for places in found
            if len(places) == 1 and places[0][1] == self.labels.left_edge
        ]

    def first_row(self, child: Field, region: Area) -> int | None:
        """Return the row a block begins in: that of its label, or of the labels inside it."""
        places = self.labels.places(child, region)
        if place := self.one_place(child, places):
            return place[0]
        if places and child.kind == "object":
            return None
        headings = self.headings(child, region)
        return headings.top if headings else None

    def headings(self, table_or_block: Field, region: Area) -> Headings | None:
        """Return the headings of a table, or of a block that shows no label of its own.

        One heading alone proves nothing: the same word may stand anywhere. Those in the area that
        is named for another table are its own: a workbook may be older than a table of the form.
        """
        fields = table_or_block.children
        if table_or_block.kind == "object":
            fields = tuple(f for f in table_or_block.walk() if f is not table_or_block)
        found = find_headings(self.labels, fields, region, enough=min(2, len(fields)))
        return None if found and self.are_of_another(table_or_block, found) else found

    def are_of_another(self, child: Field, headings: Headings) -> bool:
        """Return whether headings stand in the area named for another table than an unnamed one."""
        if child.kind != "array" or child.path in self.areas or not headings.columns:
            return False
        left = min(area.left for area in headings.columns.values())
        return any(  # the last row of an area is the one below its table
            area.contains(headings.top, left) and headings.top < area.bottom
            for area in self.table_areas
        )

    def one_place(self, child: Field, places: list[Spot]) -> Spot | None:
        """Return the only place of a block's label; two for an object are a problem."""
        if len(places) > 1 and child.kind == "object":
            self.ambiguous(child, places)
        if len(places) != 1:
            return None
        self.label_of[child.path] = places[0]
        return places[0]

    def fully_named(self, child: Field) -> bool:
        if child.kind == "array":
            return child.path in self.areas
        return all(
            self.fully_named(below)
            if below.kind in ("object", "array")
            else below.path in self.areas
            for below in child.children
        )

    # -- single fields -----------------------------------------------------------------------

    def single(self, child: Field, parent: Field, region: Area, taken: tuple[Area, ...]) -> None:
        if area := self.areas.get(child.path):
            self.cells[child.path] = (area.top, area.left)
            return
        if child.find == "cross":
            return
        places = [
            place
            for place in self.labels.places(child, region)
            if not any(area.contains(*place) for area in taken)
        ]
        if len(places) > 1:
            self.ambiguous(child, places)
        elif places:
            self.beside(child, places[0])
        else:
            self.inside(child, parent, region)

    def beside(self, child: Field, label: Spot) -> None:
        found = beside(self.labels, self.grid.area_of(*label), child.find)
        self.label_of[child.path] = label
        if found.place:
            self.cells[child.path] = found.place
        elif found.doubt:
            self.in_doubt(child, found.doubt)
        elif child.required and not child.read_only:
            self.missing(child, label)

    def inside(self, child: Field, parent: Field, region: Area) -> None:
        found = {} if child.read_only else values_inside(self.labels, child, self.root, region)
        if len(set(found.values())) > 1:
            self.ambiguous(child, sorted(found))
        elif found:
            place, words = next(iter(found.items()))
            self.cells[child.path], self.texts[child.path] = place, words
        elif child.required and not child.read_only:
            self.missing(child, self.label_of.get(parent.path))

    def crossings(self, parent: Field, block: _Block) -> None:
        """Place the values in the row of a block's label, under the nearest headings above."""
        crossing = [
            child
            for child in parent.children
            if child.find == "cross" and child.path not in self.areas
        ]
        if not crossing:
            return
        region, outer = block.region, block.outer
        above = Area(outer.top, outer.left, region.top - 1, outer.right)
        headings = find_headings(self.labels, crossing, above, lowest=True)
        columns = headings.columns if headings else {}
        for child in crossing:
            if area := columns.get(child.key):
                self.cells[child.path] = self.cell_under(area, region.top)
                self.label_of[child.path] = (area.top, area.left)
            elif headings and child.key in headings.doubled:
                self.ambiguous(child, headings.doubled[child.key])
            elif child.required and not child.read_only:
                self.missing(child, self.label_of.get(parent.path))

    def cell_under(self, heading: Area, row: int) -> Spot:
        """Return the first cell of a row under a heading that says something."""
        cols = range(heading.left, heading.right + 1)
        filled = (col for col in cols if not is_blank(self.grid.at(row, col)))
        return row, next(filled, heading.left)

    # -- tables ------------------------------------------------------------------------------

    def table(self, child: Field, region: Area, outer: Area, parent: Field) -> None:
        named = self.areas.get(child.path)
        if named:
            lowest = min(named.top + LINES_ABOVE, named.bottom - 1)
            headings = self.headings(child, Area(named.top, 1, lowest, MAX_COLUMN))
            if headings:
                others = self.rows_of_others(child)
                rows = range(headings.bottom + 1, named.bottom)
                self.put(child, headings, tuple(row for row in rows if row not in others))
                return
        headings = self.headings(child, region) or self.headings(child, outer)
        if headings is None:
            if child.required:
                self.missing(child, self.label_of.get(child.path))
            return
        limit = region.bottom if region.contains(headings.bottom, 1) else outer.bottom
        limit = self.end_of(child, parent, headings.bottom, limit)
        body = body_of(self.labels, child, headings, limit, self.rows_of_others(child))
        if body.stray:
            first = min(area.left for area in headings.columns.values())
            self.report("R12", child, (body.stray, first), row=body.stray)
        self.label_of |= {
            f"{child.path}.{key}": (area.top, area.left) for key, area in headings.columns.items()
        }
        self.put(child, headings, body.rows)

    def put(self, child: Field, headings: Headings, rows: tuple[int, ...]) -> None:
        """Note where a table stands, and the columns it lacks."""
        for column in child.children:
            if places := headings.doubled.get(column.key):
                self.ambiguous(column, places)
            elif column.required and column.find != "left" and column.key not in headings.columns:
                first = min(headings.columns.values(), key=lambda area: area.left, default=None)
                self.missing(column, (first.top, first.left) if first else None)
        if not headings.columns:
            return
        columns = self.with_left_columns(child, headings.columns)
        self.tables[child.path] = Table(columns, rows, headings.parted)

    def rows_of_others(self, child: Field) -> set[int]:
        """Return the rows in which single values stand, a total directly under the headings."""
        return {
            row for path, (row, _) in self.cells.items() if not path.startswith(f"{child.path}.")
        }

    def end_of(self, child: Field, parent: Field, top: int, limit: int) -> int:
        """Return the last row a table may reach: the row before what follows it.

        A total may stand directly under the heading, before the body; anywhere else the label
        of a sibling ends the table.
        """
        following = {
            row: sibling
            for sibling in parent.children
            if sibling is not child and sibling.kind in ("object", "array")
            for row, _ in self.labels.places(sibling, Area(top + 1, 1, limit, MAX_COLUMN))
        }
        under_heading = top + 1
        while under_heading in following and is_row(following[under_heading]):
            under_heading += 1
        return min([limit, *(row - 1 for row in following if row >= under_heading)])

    def with_left_columns(self, child: Field, columns: Mapping[str, Area]) -> dict[str, Area]:
        """Return the columns with those added that have no heading and stand left of the others."""
        first = min(area.left for area in columns.values())
        header = next(iter(columns.values()))
        left = {
            column.key: Area(header.top, 1, header.bottom, first - 1)
            for column in child.children
            if column.find == "left" and column.key not in columns and first > 1
        }
        return {**columns, **left}

    # -- what was not found ------------------------------------------------------------------

    def ambiguous(self, child: Field, places: list[Spot]) -> None:
        self.report("R01", child, places[0], cells=_cells(places))

    def in_doubt(self, child: Field, places: Iterable[Spot]) -> None:
        self.report("R08", child, self.label_of[child.path], cells=_cells(places))

    def missing(self, child: Field, near: Spot | None = None) -> None:
        """Report a field that is nowhere; `near` is where it should stand, if that is known."""
        if child.path not in self.points_stand_elsewhere:
            self.report("R02", child, near)

    def report(self, code: str, child: Field, near: Spot | None, **values: str | int) -> None:
        place = Place(pointer(child.path), self.grid.sheet, cell_name(*near) if near else None)
        self.problems.append(problem(code, place, severity=None, label=child.title, **values))


def _cells(places: Iterable[Spot]) -> str:
    return "、".join(cell_name(*place) for place in places)


def is_row(child: Field) -> bool:
    """Return whether an object is one row of a table: its values stand under that heading."""
    return child.kind == "object" and all(below.find == "cross" for below in child.children)

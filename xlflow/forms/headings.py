"""The headings of a table: one row, or two with merged cells, in whatever order of columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlflow.forms.form import Field
from xlflow.forms.labels import Labels, Spot
from xlflow.forms.seen import is_blank
from xlflow.grids import Grid
from xlflow.ooxml.reference import Area

LINES_ABOVE = 2  # so many rows of headings may stand above the lowest one

_Found = dict[str, list[Spot]]


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a table: where each column is, and the rows they take.

    `columns` are areas by key, as wide as their columns. `parted` are the keys whose heading
    stands over others that no field is called by. `doubled` are the keys that two headings claim.
    """

    columns: Mapping[str, Area]
    parted: frozenset[str]
    doubled: Mapping[str, list[Spot]]
    top: int
    bottom: int


def find_headings(
    labels: Labels, fields: Iterable[Field], region: Area, *, enough: int = 1, lowest: bool = False
) -> Headings | None:
    """Return the headings in a region that name most of the fields, None where too few are named.

    The first such row counts, or with `lowest` the lowest that names any field at all.
    """
    by_row: dict[int, _Found] = {}
    for field in fields:
        for row, col in labels.places(field, region):
            by_row.setdefault(row, {}).setdefault(field.key, []).append((row, col))
    if not by_row:
        return None
    if lowest:
        bottom = max(by_row)
        found = _band(labels.grid, by_row, bottom)
    else:
        bands = ((_band(labels.grid, by_row, row), row) for row in by_row)
        found, bottom = max(bands, key=lambda band: (len(band[0]), -band[1]))
    if len(found) < enough:
        return None
    return _headings(labels.grid, found, bottom)


def _band(grid: Grid, by_row: Mapping[int, _Found], bottom: int) -> _Found:
    """Return the headings of the row `bottom`, with those above that reach down to it."""
    found = {key: list(places) for key, places in by_row[bottom].items()}
    for row in range(bottom - LINES_ABOVE, bottom):
        for key, places in by_row.get(row, {}).items():
            for place in places:
                area = grid.area_of(*place)
                under = area.bottom + 1
                # Merged down to the row, over other headings, or over nothing.
                if (
                    under > bottom
                    or (area.left < area.right and (under == bottom or under in by_row))
                    or (under == bottom and is_blank(grid.at(under, area.left)))
                ):
                    found.setdefault(key, []).append(place)
    return found


def _headings(grid: Grid, found: _Found, bottom: int) -> Headings:
    areas: dict[str, Area] = {}
    doubled: dict[str, list[Spot]] = {}
    top = bottom
    for key, places in found.items():
        own = places
        if len(places) > 1:
            own = [place for place in places if not _stands_over(grid, place, places)]
        if len(own) > 1:
            doubled[key] = sorted(own)
        else:
            areas[key] = grid.area_of(*own[0])
        top = min(top, places[0][0], places[-1][0])
    wide = [key for key, area in areas.items() if area.left < area.right]
    bottom = _deepest(grid, areas, bottom, may_divide=0 < len(wide) < len(areas))
    columns, parted = areas.copy(), set()
    for key in wide:
        area = columns.pop(key)
        cols = _own_columns(area, areas.values())
        if cols and cols[-1] - cols[0] + 1 > len(cols):
            doubled[key] = [(area.top, col) for col in cols]
        elif cols:
            columns[key] = Area(area.top, cols[0], area.bottom, cols[-1])
            if len(cols) > 1 and area.bottom < bottom:
                parted.add(key)
    return Headings(columns, frozenset(parted), doubled, top, bottom)


def _deepest(grid: Grid, areas: Mapping[str, Area], bottom: int, *, may_divide: bool) -> int:
    """Return the last row of the headings: one more may divide wide ones, and say nothing else."""
    for area in areas.values():
        bottom = max(bottom, area.bottom)
    if not may_divide:
        return bottom
    below = [len(_filled(grid, bottom + 1, area)) for area in areas.values()]
    told = [cells for cells in below if cells]
    return bottom + 1 if told and min(told) > 1 else bottom


def _filled(grid: Grid, row: int, heading: Area) -> set[Spot]:
    """Return the cells of a row under a heading that say something."""
    cells = (grid.at(row, col) for col in range(heading.left, heading.right + 1))
    return {(cell.row, cell.col) for cell in cells if not is_blank(cell)}


def _own_columns(area: Area, others: Iterable[Area]) -> list[int]:
    """Return the columns of a heading without those of the headings below it."""
    taken = {
        col
        for other in others
        if other.top > area.bottom
        for col in range(other.left, other.right + 1)
    }
    return [col for col in range(area.left, area.right + 1) if col not in taken]


def _stands_over(grid: Grid, place: Spot, places: list[Spot]) -> bool:
    """Return whether another heading of the same field stands below, under this wide one."""
    area = grid.area_of(*place)
    return any(row > area.bottom and area.left <= col <= area.right for row, col in places)

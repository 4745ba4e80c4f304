"""Which formulas have a stored result that a write makes wrong."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xlflow.ooxml.bookpart import DefinedName
from xlflow.ooxml.formulas import Precedents, is_fixed, precedents, precedents_of_all
from xlflow.ooxml.reference import MAX_COLUMN, MAX_ROW, Area
from xlflow.ooxml.sheetread import SheetContent

Place = tuple[int, int]
Cell = tuple[str, Place]
EVERYTHING = Area(1, 1, MAX_ROW, MAX_COLUMN)


@dataclass(slots=True)
class _Graph:
    """The formulas by what they read: single cells by address, larger areas in a list a sheet.

    `always` are the formulas that may read anything.
    """

    single: dict[Cell, list[Cell]] = field(default_factory=dict)
    ranges: dict[str, list[tuple[Area, Cell]]] = field(default_factory=dict)
    always: list[Cell] = field(default_factory=list)


def stale_results(
    contents: Mapping[str, SheetContent],
    names: Iterable[DefinedName],
    touched: Mapping[str, Iterable[Area]],
) -> dict[str, set[Place]]:
    """Return the cells whose stored result depends on a touched area, by sheet.

    `contents` are the sheets that hold formulas. What a formula reads is followed over sheets,
    names and further formulas; one that can not be understood counts as dependent. With a
    formula go the cells its array fills. Sheets are compared without regard to case.
    """
    known = _Names(names)
    stale: dict[str, set[Place]] = {}
    waiting = [(sheet.lower(), area) for sheet, areas in touched.items() for area in areas]
    if not waiting or not any(_may_read(*each, known, waiting) for each in contents.items()):
        return stale
    graph = _graph(contents, known)
    spills = {
        sheet.lower(): {area[:2]: area for area in content.spills}
        for sheet, content in contents.items()
    }
    titles = {sheet.lower(): sheet for sheet in contents}
    found: set[Cell] = set()
    reached = graph.always
    while reached or waiting:
        for sheet, place in reached:
            if (sheet, place) in found:
                continue
            found.add((sheet, place))
            waiting.append((sheet, spills[sheet].get(place) or Area(*place, *place)))
        reached = _readers(graph, *waiting.pop(), found) if waiting else []
    for sheet, place in found:
        results = stale.setdefault(titles[sheet], set())
        results.add(place)
        if filled := spills[sheet].get(place):
            cells = contents[titles[sheet]].cells
            results.update(other for other in cells if filled.contains(*other))
    return stale


def _may_read(
    title: str, content: SheetContent, names: "_Names", touched: Iterable[tuple[str, Area]]
) -> bool:
    """Return whether any formula of a sheet reads a touched area, or can not be understood.

    Most forms have many formulas, and none of them reads what is written.
    """
    formulas = tuple(cell.formula for cell in content.cells.values() if cell.formula is not None)
    read = names.resolved(precedents_of_all(formulas), title.lower())
    if read.opaque:
        return True
    changed: dict[str, list[Area]] = {}
    for sheet, area in touched:
        changed.setdefault(sheet, []).append(area)
    around = {sheet: _around(areas) for sheet, areas in changed.items()}
    return any(
        sheet in around and area.meets(around[sheet]) and any(map(area.meets, changed[sheet]))
        for sheet, area in read.areas
    )


def _around(areas: list[Area]) -> Area:
    """Return the smallest area that holds all of some."""
    return Area(
        min(area.top for area in areas),
        min(area.left for area in areas),
        max(area.bottom for area in areas),
        max(area.right for area in areas),
    )


def _readers(graph: _Graph, sheet: str, area: Area, found: set[Cell]) -> list[Cell]:
    """Return the formulas that read an area; those found are taken out of the range list."""
    if area.top == area.bottom and area.left == area.right:
        readers = list(graph.single.pop((sheet, area[:2]), ()))
    else:
        readers = [
            cell
            for (title, place), cells in graph.single.items()
            if title == sheet and area.contains(*place)
            for cell in cells
        ]
    remaining = []
    for range_read, cell in graph.ranges.get(sheet, ()):
        if range_read.meets(area):
            readers.append(cell)
        elif cell not in found:
            remaining.append((range_read, cell))
    graph.ranges[sheet] = remaining
    return readers


def _graph(contents: Mapping[str, SheetContent], names: "_Names") -> _Graph:
    graph = _Graph()
    for title, content in contents.items():
        sheet = title.lower()
        for place, stored in content.cells.items():
            if stored.formula is not None:
                _add(graph, (sheet, place), names.resolved(precedents(stored.formula), sheet))
    return graph


def _add(graph: _Graph, cell: Cell, read: Precedents) -> None:
    if read.opaque:
        graph.always.append(cell)
        return
    for sheet, area in read.areas:
        title = sheet or cell[0]
        if area.top == area.bottom and area.left == area.right:
            graph.single.setdefault((title, area[:2]), []).append(cell)
        else:
            graph.ranges.setdefault(title, []).append((area, cell))


class _Names:
    """The defined names, and what they read."""

    def __init__(self, names: Iterable[DefinedName]) -> None:
        self._texts = {
            (name.scope.lower() if name.scope else None, name.name.lower()): name.text
            for name in names
        }

    def resolved(self, read: Precedents, sheet: str) -> Precedents:
        """Return what is read with every name followed and every sheet given in small letters."""
        areas = [((title or sheet).lower(), area) for title, area in read.areas]
        opaque = read.opaque
        waiting, seen = list(read.names), set()
        while waiting and not opaque:
            title, name = waiting.pop()
            scope = (title or sheet).lower()
            text = self._texts.get((scope, name.lower()), self._texts.get((None, name.lower())))
            if text is None:  # a table, a variable of LET, a name of another workbook
                opaque = True
            elif text not in seen:
                seen.add(text)
                inner = precedents(text)
                opaque = inner.opaque or not is_fixed(text)
                areas += [((title or scope).lower(), area) for title, area in inner.areas]
                waiting += inner.names
        return Precedents(tuple(areas), (), opaque)

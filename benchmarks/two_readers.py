"""Two readers side by side: every cell that xlflow's own reader and calamine see differently.

    python benchmarks/two_readers.py ../shared/corpus

Covered cells of merged areas are left out: what is left in them nobody sees. Each difference is
listed with what explains it, and the last line counts. calamine is not ours: it runs under a
limit of memory. Files of other types are read as in xlflow, where the same comparison decides.
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from xlflow.bounds import bound_memory
from xlflow.errors import FileRefused
from xlflow.grids import Grid, read_book, read_foreign
from xlflow.grids.plain import PlainBook, PlainCell, PlainSheet, PlainType
from xlflow.grids.second import Difference, differences
from xlflow.ooxml import Workbook

_OURS = frozenset({".xlsx", ".xlsm"})
_OTHERS = frozenset({".xls", ".et", ".xlsb", ".ods"})
_MEMORY = 4 << 30
_TYPES: dict[str, PlainType] = {
    "number": "n", "date": "d", "bool": "b", "error": "e", "text": "str", "blank": "str",
}  # fmt: skip


def compared(file: Path) -> tuple[int, list[Difference]]:
    """Return how many cells a file has, and those that the readers see differently.

    Raises FileRefused for a file that is not read.
    """
    package = file.read_bytes()
    workbook = Workbook.from_bytes(package, file.name)
    grids = read_book(workbook).grids
    by_name = {grid.sheet: grid for grid in grids}
    plain = PlainBook([_plain(grid) for grid in grids], date1904=workbook.date1904)
    found = differences(package, plain)
    seen = [each for each in found if not by_name[each.sheet].covers(*each.place)]
    return sum(len(grid.cells) for grid in grids), seen


def _plain(grid: Grid) -> PlainSheet:
    cells = [
        PlainCell(cell.row, cell.col, _TYPES[cell.kind], _stored(cell.value))
        for cell in grid.cells.values()
    ]
    return PlainSheet(grid.sheet, cells)


def _stored(value: object) -> str:
    if value is None or isinstance(value, bool):
        return str(int(value)) if value is not None else ""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def lines(folder: Path) -> Iterator[str]:
    """Yield what is to be said of the files in a folder."""
    files = cells = unexplained = 0
    for file in sorted(folder.iterdir()):
        if file.suffix not in _OURS | _OTHERS:
            continue
        try:
            count, found = compared(file) if file.suffix in _OURS else (_cells_of(file), [])
        except FileRefused as error:
            yield f"{file.name}: not read ({error.code})"
            continue
        files, cells = files + 1, cells + count
        for each in found:
            unexplained += not each.explained
            ours, why = each.ours.text if each.ours else "", each.explained or "NOT EXPLAINED"
            yield f"{file.name} {each}: {ours} | {each.theirs} ({why})"
    yield f"{files} files, {cells} cells, {unexplained} differences that nothing explains"


def _cells_of(file: Path) -> int:
    """Return how many cells a file of another type has; it is refused where readers differ."""
    package = file.read_bytes()
    try:
        grids = read_book(Workbook.from_bytes(package, file.name)).grids
    except FileRefused as refused:
        grids = read_foreign(package, file.name, refused).grids
    return sum(len(grid.cells) for grid in grids)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    bound_memory(_MEMORY)
    for line in lines(Path(sys.argv[1])):
        print(line)

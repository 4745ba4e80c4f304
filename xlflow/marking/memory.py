"""What stood in a workbook before it was marked, kept in hidden columns of 核对结果.

Blank cells are kept as one list a sheet, any other cell on a line of its own, so that the usual
form has one line. `mark` writes it, `strip` puts it back.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from xlflow.ooxml import NewCell, Sheet, Workbook
from xlflow.ooxml.reference import cell_name

FIRST_COLUMN, LAST_COLUMN = 27, 31
HEADING_ROW = 4
HEADING = "xlflow 还原信息"
ADDED, BLANK, RESULT = "added", "blank", "result"
_LISTED = 2000  # cells in one list, far from what a cell may hold

Row = tuple[NewCell | None, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """One thing as it was: the sheet, the cell or cells, the kind of value, and the value.

    `then` is what was put in its place, as text; for a stored result the formula it belongs to.
    """

    sheet: str
    cells: str
    kind: str
    value: str = ""
    then: str = ""


def remembered(sheet: Sheet, written: Iterable[tuple[str, object]]) -> Iterator[Before]:
    """Yield what stands in cells that are about to be written; each comes with its new value."""
    blank = []
    for cell, value in dict(written).items():
        kind, stored, _ = sheet.stored(cell)
        if kind == "blank":
            blank.append(cell)
        else:
            then = "" if value is None else str(value)
            yield Before(sheet.name, cell, kind, stored, then)
    for start in range(0, len(blank), _LISTED):
        yield Before(sheet.name, " ".join(blank[start : start + _LISTED]), BLANK)


def stale_remembered(workbook: Workbook) -> Iterator[Before]:
    """Yield the stored results of formulas that the cells set so far make wrong."""
    for name, places in workbook.stale_results().items():
        sheet = workbook.sheet(name)
        for place in sorted(places - sheet.writes.keys()):
            cell = cell_name(*place)
            kind, stored, formula = sheet.stored(cell)
            if kind != "blank":
                yield Before(name, cell, f"{RESULT} {kind}", stored, formula or "")


def with_memory(rows: Sequence[Row], before: Sequence[Before]) -> tuple[Row, ...]:
    """Return the rows of the results sheet with what is remembered in the hidden columns."""
    lines: list[tuple[str, ...]] = [(HEADING,)]
    lines += [(each.sheet, each.cells, each.kind, each.value, each.then) for each in before]
    kept, told = rows[: HEADING_ROW - 1], rows[HEADING_ROW - 1 :]
    return (
        *kept,
        *(
            (*row, *(None,) * (FIRST_COLUMN - 1 - len(row)), *(NewCell(word, 0) for word in line))
            if line
            else row
            for row, line in zip_longest(told, lines, fillvalue=())
        ),
    )


def recall(sheet: Sheet) -> list[Before]:
    """Return what a results sheet remembers; an empty one, or another sheet, has nothing."""
    if not remembers(sheet):
        return []
    found = []
    for row in sorted(row for row, column in sheet.content.cells if column == FIRST_COLUMN):
        words = [
            sheet.stored(cell_name(row, col))[1] for col in range(FIRST_COLUMN, LAST_COLUMN + 1)
        ]
        if row > HEADING_ROW and words[2]:
            found.append(Before(*words))
    return found


def remembers(sheet: Sheet) -> bool:
    """Return whether a sheet is a results sheet that tells how the workbook was before."""
    heading = cell_name(HEADING_ROW, FIRST_COLUMN)
    return heading.encode() in sheet.data and sheet.stored(heading)[1] == HEADING

"""All that marking puts into a workbook, as data: for a book that is open in another program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from xlflow.marking.at_cells import notes_and_fills
from xlflow.marking.computed import computed_cells
from xlflow.marking.memory import recall
from xlflow.marking.results_sheet import looks, results_sheet, results_title
from xlflow.ooxml import CellStyle, Workbook
from xlflow.ooxml.notes import FIRST_LINE, LAST_LINE
from xlflow.ooxml.reference import Area
from xlflow.review import Outcome, Result, worst_outcome
from xlflow.scoring import Profile

Put = tuple[str, str, str | Decimal | None]


@dataclass(frozen=True, slots=True)
class ResultsCell:
    """A cell of the sheet 核对结果: place, value, look (in full and in a word), where it leads.

    What is hidden has no look.
    """

    row: int
    column: int
    value: str | int | Decimal | None
    style: CellStyle
    look: str
    leads_to: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class Marks:
    """What `mark` writes: values, notes and fills by (sheet, cell), and the sheet 核对结果."""

    outcome: Outcome
    values: tuple[Put, ...]
    notes: tuple[tuple[str, str, str], ...]
    fills: tuple[tuple[str, str, str], ...]
    title: str
    results: tuple[ResultsCell, ...]
    widths: tuple[float, ...]
    heights: Mapping[int, float]
    merges: tuple[Area, ...]


def marks_of(results: Sequence[Result], profiles: Sequence[Profile], scored: bytes) -> Marks:
    """Return what stands in a scored copy of ours, beside what the person wrote.

    It comes from the same functions that wrote the copy, and what stood before from the copy:
    put into the open workbook, all is as in the copy, and can be taken away again.
    """
    copy = Workbook.from_bytes(scored)
    title = results_title(copy)
    before = recall(copy.sheet(title))
    values = tuple(
        (result.sheet, cell, value)
        for result, profile in zip(results, profiles, strict=True)
        if result.sheet is not None
        for cell, value in computed_cells(result, profile)
    )
    shown = tuple(notes_and_fills(results, title))
    styles = [CellStyle()]  # as in a workbook, index 0 is that of a cell without a style

    def index(style: CellStyle) -> int:
        if style not in styles:
            styles.append(style)
        return styles.index(style)

    words, sheet = looks(index), results_sheet(results, index, before)
    cells = tuple(
        ResultsCell(
            row,
            column,
            cell.value,
            styles[cell.style],
            words.get(cell.style, ""),
            (cell.link[0], str(cell.link[1])) if cell.link else None,
        )
        for row, line in enumerate(sheet.rows, 1)
        for column, cell in enumerate(line, 1)
        if cell
    )
    return Marks(
        worst_outcome(results),
        values,
        tuple((at, cell, f"{FIRST_LINE}\n{words}\n{LAST_LINE}") for at, cell, words, _ in shown),
        tuple((at, cell, fill) for at, cell, _, fill in shown),
        title,
        cells,
        sheet.widths,
        sheet.heights,
        sheet.merges,
    )

"""Writing results into a workbook: the computed block and the sheet 核对结果, nothing else."""

from collections.abc import Sequence

from xlflow.marking.computed import computed_cells
from xlflow.marking.results_sheet import SHEET_NAME, results_sheet
from xlflow.ooxml import Workbook, compose_sheet, prove
from xlflow.review import Result
from xlflow.scoring import Profile


def mark(workbook: Workbook, results: Sequence[Result], profiles: Sequence[Profile]) -> bytes:
    """Return the scored copy of a workbook; each result is one form in it.

    What is returned has been proved: outside the written cells and the sheet 核对结果 nothing
    differs from what came in. Raises FileRefused (F08) for a digitally signed workbook, Unproven
    when the proof fails.
    """
    written: dict[str, set[str]] = {}
    for result, profile in zip(results, profiles, strict=True):
        if result.sheet is None:
            continue
        sheet = workbook.sheet(result.sheet)
        for cell, value in computed_cells(result, profile):
            sheet[cell] = value
            written.setdefault(result.sheet, set()).add(cell)
    put_results_sheet(workbook, results)
    marked = workbook.to_bytes(recalculate=True)
    prove(
        workbook.original,
        marked,
        written=written,
        replaced=(SHEET_NAME,),
        refreshed=workbook.refreshed,
    )
    return marked


def put_results_sheet(workbook: Workbook, results: Sequence[Result] = ()) -> None:
    """Put the sheet 核对结果 into a workbook; without results the empty one of a template."""
    workbook.replace_sheet(SHEET_NAME, compose_sheet(results_sheet(results, workbook.style)))

"""Writing results into a workbook: the computed block and the sheet 核对结果, nothing else."""

from collections.abc import Sequence

from xlflow.marking.computed import computed_cells, has_block
from xlflow.marking.results_sheet import SHEET_NAME, results_sheet
from xlflow.ooxml import Workbook, compose_sheet, prove
from xlflow.review import Result
from xlflow.scoring import Profile


def mark(package: bytes, results: Sequence[Result], profiles: Sequence[Profile], name: str) -> bytes:
    """Return the scored copy of a workbook that holds one form a result.

    What is returned has been proved: outside the written cells and the sheet 核对结果 nothing
    differs from what came in. Raises FileRefused (F08) for a digitally signed workbook.
    """
    workbook = Workbook.from_bytes(package, name)
    written: dict[str, dict[str, object]] = {}
    for result, profile in zip(results, profiles, strict=True):
        if result.sheet is None:
            continue
        sheet = workbook.sheet(result.sheet)
        for cell, value in computed_cells(result, profile):
            sheet[cell] = value
            written.setdefault(result.sheet, {})[cell] = value
    put_results_sheet(workbook, results[0])
    marked = workbook.to_bytes()
    prove(package, marked, written={name: set(cells) for name, cells in written.items()},
          replaced=(SHEET_NAME,))
    return marked


def put_results_sheet(workbook: Workbook, result: Result | None) -> None:
    """Put the sheet 核对结果 into a workbook: filled for a result, empty for a template."""
    with_scores = bool(result and result.document and not has_block(result.document))
    sheet = results_sheet(result, workbook.style, with_scores=with_scores)
    workbook.replace_sheet(SHEET_NAME, compose_sheet(sheet))

"""Writing results into a workbook: the computed block, marks at cells, the sheet 核对结果."""

from collections.abc import Sequence

from xlflow.marking.at_cells import show_at_cells
from xlflow.marking.computed import computed_cells
from xlflow.marking.memory import ADDED, Before, overwritten, stale_remembered
from xlflow.marking.results_sheet import put_results_sheet, results_title
from xlflow.marking.strip import unmarked
from xlflow.ooxml import Workbook, prove
from xlflow.review import Result
from xlflow.scoring import Profile


def mark(workbook: Workbook, results: Sequence[Result], profiles: Sequence[Profile]) -> bytes:
    """Return the scored copy of a workbook; each result is one form in it.

    Marks of an earlier pass are taken away before. What is returned has been proved: outside
    the written cells, the notes and highlights of ours and the sheet 核对结果 nothing differs
    from what came in. Raises FileRefused (F08) for a digitally signed workbook, Unproven when
    the proof fails.
    """
    workbook = unmarked(workbook)
    written: dict[str, set[str]] = {}
    title = results_title(workbook)
    before = [] if workbook.has_sheet(title) else [Before(title, "", ADDED)]
    for result, profile in zip(results, profiles, strict=True):
        if result.sheet is None:
            continue
        sheet = workbook.sheet(result.sheet)
        values = dict(computed_cells(result, profile))
        before += overwritten(sheet, values)
        written.setdefault(result.sheet, set()).update(values)
    before += stale_remembered(workbook, title)
    shown = show_at_cells(workbook, results, title)
    put_results_sheet(workbook, results, before)
    marked = workbook.to_bytes(recalculate=True)
    prove(
        workbook.source,
        marked,
        written=written,
        replaced=(title,),
        shown=shown,
        refreshed=workbook.refreshed,
    )
    return marked

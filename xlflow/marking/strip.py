"""Taking xlflow's marks away: the workbook as it was sent."""

from decimal import Decimal

from xlflow.marking.memory import ADDED, BLANK, RESULT, Before, fingerprint, recall, remembers
from xlflow.marking.results_sheet import put_results_sheet, results_title
from xlflow.ooxml import Workbook
from xlflow.ooxml.numbers import parse_number

_TINY = Decimal("1e-9")


def strip(workbook: Workbook) -> bytes:
    """Return a workbook without marks: values, formulas, styles and notes as they were sent.

    Cells that xlflow wrote become what they were, unless a person has changed them since. One
    without marks comes back as it is. Raises FileRefused (F08) for a marked workbook that was
    signed.
    """
    if not is_marked(workbook):
        return workbook.original
    workbook.take_marks()
    title = results_title(workbook)
    if workbook.has_sheet(title) and remembers(workbook.sheet(title)):
        before = recall(workbook.sheet(title))
        for each in before:
            _put_back(workbook, each)
        if any(each.kind == ADDED for each in before):
            workbook.remove_sheet(title)
        else:
            put_results_sheet(workbook)
    return workbook.to_bytes()


def unmarked(workbook: Workbook) -> Workbook:
    """Return a workbook without marks, itself if it has none."""
    if not is_marked(workbook):
        return workbook
    return Workbook.from_bytes(strip(workbook), workbook.name, workbook.limits)


def is_marked(workbook: Workbook) -> bool:
    """Return whether a workbook carries marks of ours; a few look-ups tell it of a usual form."""
    title = results_title(workbook)
    known = workbook.has_sheet(title) and remembers(workbook.sheet(title))
    return known or workbook.noted


def _put_back(workbook: Workbook, before: Before) -> None:
    if not workbook.has_sheet(before.sheet):
        return
    sheet = workbook.sheet(before.sheet)
    if before.kind == BLANK:
        cells = before.cells.split()
        put = before.then.split() or [""] * len(cells)
        for (cell, (_, stored, formula)), then in zip(
            sheet.all_stored(cells).items(), put, strict=False
        ):
            if not then or (formula is None and fingerprint(stored) == then):
                sheet[cell] = None
        return
    if before.kind == ADDED:
        return
    _, stored, formula = sheet.stored(before.cells)
    if before.kind.startswith(RESULT):
        if formula == before.then:
            sheet.restore(before.cells, before.kind.removeprefix(RESULT).strip(), before.value)
    elif _alike(stored, before.then):
        sheet.restore(before.cells, before.kind, before.value)


def _alike(stored: str, then: str) -> bool:
    """Return whether a cell still holds what was put there; Excel writes 17 digits of a number."""
    if stored == then:
        return True
    now, put = parse_number(stored), parse_number(then)
    return now is not None and put is not None and abs(now - put) < _TINY

"""Problems shown at their cells: a note with the message, and a highlight by severity."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from xlflow.marking.results_sheet import HIGHLIGHTS, SEVERITIES
from xlflow.ooxml import Workbook
from xlflow.problems import Problem, Severity
from xlflow.review import Result

_LONGEST = 400  # characters of a message: a note is read at a glance, the whole is on 核对结果
_MOST = 6  # messages in one note
_WEIGHT = {severity: weight for weight, severity in enumerate(Severity)}

Place = tuple[str, str]


def show_at_cells(workbook: Workbook, results: Sequence[Result], whole: str) -> dict[str, set[str]]:
    """Note and highlight each problem that has a cell; returns the cells by sheet.

    `whole` is the sheet that tells all of them in full.
    """
    for name, cell, words, fill in notes_and_fills(results, whole):
        noting = workbook.sheet(name)
        noting.note(cell, words)
        noting.highlight(cell, fill)
    return {
        name: workbook.sheet(name).marked_cells
        for name in {each.sheet for each in _shown(results) if each.sheet}
    }


def notes_and_fills(results: Sequence[Result], whole: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield (sheet, cell, note, fill) for each cell with a problem, the fill as `AARRGGBB`."""
    for (sheet, cell), problems in _by_place(results):
        yield sheet, cell, note_text(problems, whole), HIGHLIGHTS[problems[0].severity]


def note_text(problems: Sequence[Problem], whole: str) -> str:
    """Return what a note says of the problems at a cell, a paragraph for each.

    `whole` is the sheet that tells what is cut or left out.

    >>> found = Problem("C54", Severity.WARNING, None, "表", "F10", "", "没有写。", "")
    >>> note_text([found], "核对结果")
    '【提醒 C54】没有写。'
    """
    lines = [_line(found, whole) for found in problems[:_MOST]]
    if len(problems) > _MOST:
        lines.append(f"另有 {len(problems) - _MOST} 项，见工作表“{whole}”。")
    return "\n".join(lines)


def _line(found: Problem, whole: str) -> str:
    message = found.message
    if len(message) > _LONGEST:
        message = f"{message[:_LONGEST]}…（全文见工作表“{whole}”）"
    return f"【{SEVERITIES[found.severity]} {found.code}】{message}"


def _by_place(results: Iterable[Result]) -> Iterator[tuple[Place, list[Problem]]]:
    """Yield the problems at each cell, the gravest first."""
    shown = sorted(
        _shown(results), key=lambda found: (found.sheet, found.cell, _WEIGHT[found.severity])
    )
    for _, problems in groupby(shown, attrgetter("sheet", "cell")):
        some = list(problems)
        yield (some[0].sheet or "", some[0].cell or ""), some


def _shown(results: Iterable[Result]) -> list[Problem]:
    return [found for each in results for found in each.problems if found.sheet and found.cell]

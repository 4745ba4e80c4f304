"""The sheet 报送一览: a row for each submission, and what does not count."""

from collections.abc import Sequence

import pandas as pd

from xlflow.summary import captions, look
from xlflow.summary.basis import Basis
from xlflow.summary.captions import Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book, Sheet, Span
from xlflow.summary.stream import Stream
from xlflow.summary.words import colour_lights, colour_outcomes, position_of

_COLUMNS = (
    Column(Caption.UNIT_CODE, Kind.TEXT, 10, 16),
    Column(Caption.UNIT, Kind.TEXT, 18, 36),
    Column(Caption.PROJECT, Kind.TEXT, 6, 26),
    Column(Caption.FORM, Kind.TEXT, 12, 28),
    Column(Caption.YEAR, Kind.COUNT, 6.5),
    Column(Caption.ROUND, Kind.MIDDLE, 7.5),
    Column(Caption.VERSION, Kind.COUNT, 6.5),
    Column(Caption.OUTCOME, Kind.MIDDLE, 7.5),
    Column(Caption.WEIGHT, Kind.POINTS, 9.5),
    Column(Caption.CLAIMED, Kind.POINTS, 9.5),
    Column(Caption.COMPUTED, Kind.POINTS, 9.5),
    Column(Caption.UNDECIDED, Kind.POINTS, 9.5),
    Column(Caption.GRADE, Kind.MIDDLE, 7.5),
    Column(Caption.LIGHT, Kind.MIDDLE, 7.5),
    Column(Caption.INITIAL_BUDGET, Kind.MONEY, 14),
    Column(Caption.FULL_YEAR_BUDGET, Kind.MONEY, 14),
    Column(Caption.EXECUTED, Kind.MONEY, 14),
    Column(Caption.EXECUTION_RATE, Kind.PERCENT, 11),
    Column(Caption.ERRORS, Kind.COUNT, 6.5),
    Column(Caption.WARNINGS, Kind.COUNT, 6.5),
    Column(Caption.CHECKED_SCORE, Kind.POINTS, 9.5),
    Column(Caption.OPINION, Kind.TEXT, 12, 40),
    Column(Caption.ASSIGNED, Kind.TEXT, 12, 30),
    Column(Caption.RECEIVED_AT, Kind.TIME, 16.5),
    Column(Caption.FILE, Kind.ONE_LINE, 14, 34, on_paper=False),
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
    Column(Caption.SHEET, Kind.ONE_LINE, 12, 18, on_paper=False),
    Column(Caption.SCORE_CELL, Kind.MIDDLE, 11, on_paper=False),
    Column(Caption.BUDGET_CELL, Kind.MIDDLE, 11, on_paper=False),
    Column(Caption.EXECUTED_CELL, Kind.MIDDLE, 11, on_paper=False),
    Column(Caption.SHA256, Kind.ONE_LINE, 16, on_paper=False),
    Column(Caption.PROFILE, Kind.ONE_LINE, 14, 22, on_paper=False),
)
# What an officer decided, where he decided anything of the kind.
_DECIDED = frozenset({Caption.CHECKED_SCORE, Caption.OPINION, Caption.ASSIGNED})


_NOT_COUNTED = (
    Span(Caption.FILE, Kind.TEXT, range(2)),
    Span(Caption.UNIT, Kind.TEXT, range(2, 4)),
    Span(Caption.OUTCOME, Kind.MIDDLE, range(4, 6)),
    Span(Caption.WHY, Kind.TEXT, range(6, 18)),
    Span(Caption.RECEIVED_AT, Kind.TIME, range(18, 21)),
    Span(Caption.OUTPUT, Kind.LINK, range(21, 22)),
)


def columns_of(submissions: Stream) -> tuple[Column, ...]:
    """Return the columns of the table of submissions; what nobody decided has none."""
    return tuple(
        column for column in _COLUMNS if column.caption not in _DECIDED & submissions.blank
    )


def write_register(
    book: Book, basis: Basis, submissions: Stream, not_counted: pd.DataFrame
) -> None:
    """Write the sheet; where nothing has come it says so."""
    sheet = book.sheet(captions.REGISTER)
    columns = columns_of(submissions)
    free = sheet.table(0, columns, submissions)
    if not submissions.count:
        sheet.text(free, 0, captions.NOTHING_YET, look.FAINT_TEXT)
        free += 1
    colour_outcomes(sheet, columns, range(1, free))
    colour_lights(sheet, columns, range(1, free))
    grades = basis.grade_looks.items()
    sheet.colour(range(1, free), position_of(columns, Caption.GRADE), grades)
    sheet.worksheet.freeze_panes(1, 2)
    sheet.worksheet.repeat_rows(0)
    free = _write_section(sheet, free + 1, captions.NOT_COUNTED, _NOT_COUNTED, not_counted)
    sheet.print_columns(columns, free)


def _write_section(
    sheet: Sheet, top: int, name: str, spans: Sequence[Span], frame: pd.DataFrame
) -> int:
    if frame.empty:
        return top - 1
    sheet.section(top, name)
    return sheet.spans(top + 1, spans, frame)

"""The sheet 总览: totals, a row for each submission, what does not count and who is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from xlflow.facts import Facts
from xlflow.ledger import StandingState
from xlflow.review.result import Outcome
from xlflow.summary import captions, look
from xlflow.summary.captions import Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book, Sheet, values_of

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
)
# What an officer decided, where he decided anything of the kind.
_DECIDED = frozenset({Caption.CHECKED_SCORE, Caption.OPINION, Caption.ASSIGNED})


@dataclass(frozen=True, slots=True)
class Span:
    """A column of a smaller table, laid over columns of the large one."""

    caption: Caption
    kind: Kind
    columns: range


_TOTALS = (
    Span(Caption.EXERCISE, Kind.TEXT, range(2)),
    Span(Caption.SCOPE, Kind.MIDDLE, range(2, 4)),
    Span(Caption.EXPECTED, Kind.COUNT, range(4, 6)),
    Span(Caption.COUNT, Kind.COUNT, range(6, 8)),
    Span(Caption.AVERAGE_CLAIMED, Kind.POINTS, range(8, 10)),
    Span(Caption.AVERAGE_COMPUTED, Kind.POINTS, range(10, 12)),
    Span(Caption.WITH_FUNDS, Kind.COUNT, range(12, 14)),
    Span(Caption.INITIAL_BUDGET, Kind.MONEY, range(14, 15)),
    Span(Caption.FULL_YEAR_BUDGET, Kind.MONEY, range(15, 16)),
    Span(Caption.EXECUTED, Kind.MONEY, range(16, 17)),
    Span(Caption.EXECUTION_RATE, Kind.PERCENT, range(17, 18)),
)
_NOT_COUNTED = (
    Span(Caption.FILE, Kind.TEXT, range(2)),
    Span(Caption.UNIT, Kind.TEXT, range(2, 4)),
    Span(Caption.OUTCOME, Kind.MIDDLE, range(4, 6)),
    Span(Caption.WHY, Kind.TEXT, range(6, 18)),
    Span(Caption.RECEIVED_AT, Kind.TIME, range(18, 21)),
    Span(Caption.OUTPUT, Kind.LINK, range(22, 23)),
)
_MISSING = (
    Span(Caption.UNIT_CODE, Kind.TEXT, range(1)),
    Span(Caption.UNIT, Kind.TEXT, range(1, 2)),
    Span(Caption.PROJECT, Kind.TEXT, range(2, 3)),
    Span(Caption.FORM, Kind.TEXT, range(3, 4)),
    Span(Caption.YEAR, Kind.COUNT, range(4, 5)),
    Span(Caption.ROUND, Kind.MIDDLE, range(5, 7)),
    Span(Caption.DEADLINE, Kind.MIDDLE, range(7, 10)),
)
_WHY_WIDTH = 106  # characters the columns of 原因 hold together
_TITLE_ROW, _LINE_ROW, _TOTALS_ROW = 0, 1, 3
# With more lines of totals than this, frozen headings would leave no room for the table.
_MOST_FROZEN_TOTALS = 4
_OUTCOMES = (
    (captions.OUTCOMES[Outcome.ACCEPTED], look.GOOD),
    (captions.OUTCOMES[Outcome.RETURNED], look.BAD),
)


@dataclass(frozen=True, slots=True)
class Frames:
    """The tables of the sheet."""

    totals: pd.DataFrame
    submissions: pd.DataFrame
    not_counted: pd.DataFrame
    missing: pd.DataFrame


def columns_of(submissions: pd.DataFrame) -> tuple[Column, ...]:
    """Return the columns of the table of submissions; what nobody decided has none."""
    return tuple(
        column
        for column in _COLUMNS
        if column.caption not in _DECIDED
        or any(value is not None for value in values_of(submissions, column.caption))
    )


def write_overview(book: Book, title: str, line: str, frames: Frames) -> tuple[Sheet, int]:
    """Write the sheet; returns it and the first row that is still free."""
    sheet = book.sheet(captions.OVERVIEW)
    sheet.worksheet.set_row(_TITLE_ROW, 34)
    sheet.text(_TITLE_ROW, 0, title, look.TITLE)
    sheet.text(_LINE_ROW, 0, line, look.FAINT_TEXT)
    sheet.worksheet.set_row(_LINE_ROW + 1, 6)
    heading = _write_totals(sheet, frames.totals) + 1
    sheet.worksheet.set_row(heading - 1, 20)
    sheet.text(heading - 1, 0, captions.MONEY_NOTE, look.FAINT_TEXT)
    columns = columns_of(frames.submissions)
    free = sheet.table(heading, columns, frames.submissions)
    if frames.submissions.empty:
        sheet.text(free, 0, captions.NOTHING_YET, look.FAINT_TEXT)
        free += 1
    colour_outcomes(sheet, columns, range(heading + 1, free))
    colour_lights(sheet, columns, range(heading + 1, free))
    frozen_rows = heading + 1 if len(frames.totals) <= _MOST_FROZEN_TOTALS else 0
    sheet.worksheet.freeze_panes(frozen_rows, 2)
    sheet.worksheet.repeat_rows(heading)
    free = _write_section(sheet, free + 1, captions.NOT_COUNTED, _NOT_COUNTED, frames.not_counted)
    free = _write_section(sheet, free + 1, captions.MISSING, _MISSING, frames.missing)
    return sheet, free + 1


def generation_line(facts: Facts, frames: Frames, at: datetime) -> str:
    """Return the sentence below the title: when it was made and of how many files."""
    outcomes = [each.outcome for each in facts.current]
    parts = [
        captions.GENERATED.format(time=at),
        captions.RECEIVED.format(
            files=len(facts.arrivals),
            counted=len(outcomes),
            accepted=outcomes.count(Outcome.ACCEPTED),
            returned=outcomes.count(Outcome.RETURNED),
        ),
    ]
    if len(frames.not_counted):
        parts.append(captions.UNCOUNTED.format(count=len(frames.not_counted)))
    expected = [each for each in facts.standing if each.expected]
    missing = [each for each in expected if each.state is StandingState.MISSING]
    if expected:
        parts.append(captions.EXPECTED.format(expected=len(expected), missing=len(missing)))
    return "  ·  ".join(parts)


def colour_outcomes(sheet: Sheet, columns: Sequence[Column], rows: range) -> None:
    """Colour the column 结论: green for 通过, red for 退回."""
    position = [column.caption for column in columns].index(Caption.OUTCOME)
    sheet.colour(rows, position, _OUTCOMES)


def colour_lights(sheet: Sheet, columns: Sequence[Column], rows: range) -> None:
    """Colour the column 预警灯 as its words say."""
    position = [column.caption for column in columns].index(Caption.LIGHT)
    sheet.colour(
        rows, position, ((captions.LIGHTS[name], look.LIGHTS[name]) for name in look.LIGHTS)
    )


def _write_totals(sheet: Sheet, totals: pd.DataFrame) -> int:
    if totals.empty:
        return _TOTALS_ROW
    return write_spans(sheet, _TOTALS_ROW, _TOTALS, totals, strong=True)


def _write_section(
    sheet: Sheet, top: int, name: str, spans: Sequence[Span], frame: pd.DataFrame
) -> int:
    if frame.empty:
        return top - 1
    sheet.worksheet.set_row(top, 24)
    sheet.text(top, 0, name, look.SECTION)
    return write_spans(sheet, top + 1, spans, frame)


def write_spans(
    sheet: Sheet, top: int, spans: Sequence[Span], frame: pd.DataFrame, *, strong: bool = False
) -> int:
    """Write a smaller table over the columns of a large one; returns the row after its last."""
    sheet.worksheet.set_row(top, 32 if strong else 22)
    for span in spans:
        sheet.merged(top, span.columns, span.caption, look.SUBHEADING)
        properties = look.cell_look(span.kind, strong=strong)
        for row, value in enumerate(values_of(frame, span.caption), start=top + 1):
            sheet.merged(row, span.columns, value, properties)
    why = values_of(frame, Caption.WHY) or [None] * len(frame)
    for row, reason in enumerate(why, start=top + 1):
        sheet.worksheet.set_row(row, look.row_height([(reason, _WHY_WIDTH)]))
    return top + 1 + len(frame)

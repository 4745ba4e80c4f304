"""The sheets 指标明细, 问题清单, 跨表核对, 版本 and 处理记录: one long table each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pandas as pd

from xlflow.summary import captions, look
from xlflow.summary.captions import Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import MOST_LINKS, MOST_ROWS, Book, Sheet
from xlflow.summary.stream import Stream
from xlflow.summary.words import (
    colour_lights,
    colour_outcomes,
    colour_severities,
    position_of,
)

_WHO = (
    Column(Caption.UNIT_CODE, Kind.TEXT, 10, 14),
    Column(Caption.UNIT, Kind.TEXT, 16, 32),
    Column(Caption.PROJECT, Kind.TEXT, 6, 22),
)
_EXERCISE = (
    Column(Caption.FORM, Kind.TEXT, 10, 28),
    Column(Caption.YEAR, Kind.COUNT, 6.5),
    Column(Caption.ROUND, Kind.MIDDLE, 7.5),
)
_ASIDE = tuple(replace(column, on_paper=False) for column in _EXERCISE)
_LINEAGE = (
    Column(Caption.SHA256, Kind.ONE_LINE, 16, on_paper=False),
    Column(Caption.PROFILE, Kind.ONE_LINE, 14, 22, on_paper=False),
)
_DETAILS = (
    *_WHO,
    Column(Caption.LEVEL1, Kind.TEXT, 10, 16),
    Column(Caption.LEVEL2, Kind.TEXT, 10, 20),
    Column(Caption.LEVEL3, Kind.TEXT, 14, 30),
    Column(Caption.TARGET, Kind.TEXT, 12, 22),
    Column(Caption.ACTUAL, Kind.TEXT, 12, 22),
    Column(Caption.WEIGHT, Kind.POINTS, 8.5),
    Column(Caption.CLAIMED, Kind.POINTS, 9.5),
    Column(Caption.COMPUTED, Kind.POINTS, 9.5),
    Column(Caption.DIFFERENCE, Kind.POINTS, 8.5),
    Column(Caption.DEVIATION, Kind.PERCENT, 10),
    Column(Caption.LIGHT, Kind.MIDDLE, 8),
    Column(Caption.PROGRESS, Kind.PERCENT, 10),
    Column(Caption.RULE, Kind.TEXT, 10, 16),
    Column(Caption.EXPLANATION, Kind.TEXT, 20, 56),
    Column(Caption.FILE, Kind.ONE_LINE, 12, 26),
    Column(Caption.SHEET, Kind.TEXT, 10, 16),
    Column(Caption.CELL, Kind.MIDDLE, 8),
    *_LINEAGE,
    *_ASIDE,
)
_PROBLEMS = (
    *_WHO,
    Column(Caption.SEVERITY, Kind.MIDDLE, 7.5),
    Column(Caption.CODE, Kind.MIDDLE, 7),
    Column(Caption.SHEET, Kind.TEXT, 10, 18),
    Column(Caption.CELL, Kind.MIDDLE, 8.5),
    Column(Caption.VALUE, Kind.TEXT, 12, 24),
    Column(Caption.MESSAGE, Kind.TEXT, 40, 72),
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
    Column(Caption.FILE, Kind.ONE_LINE, 12, 28, on_paper=False),
    *_LINEAGE,
    *_ASIDE,
)
_VERSIONS = (
    *_WHO,
    *_EXERCISE,
    Column(Caption.VERSION, Kind.COUNT, 6.5),
    Column(Caption.OUTCOME, Kind.MIDDLE, 7.5),
    Column(Caption.CLAIMED, Kind.POINTS, 9.5),
    Column(Caption.COMPUTED, Kind.POINTS, 9.5),
    Column(Caption.UNDECIDED, Kind.POINTS, 9.5),
    Column(Caption.GRADE, Kind.MIDDLE, 7),
    Column(Caption.LIGHT, Kind.MIDDLE, 7.5),
    Column(Caption.ERRORS, Kind.COUNT, 6.5),
    Column(Caption.WARNINGS, Kind.COUNT, 6.5),
    Column(Caption.RECEIVED_AT, Kind.TIME, 16.5),
    Column(Caption.FILE, Kind.TEXT, 14, 36),
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
)
_DECISIONS = (
    Column(Caption.DECISION, Kind.MIDDLE, 12),
    Column(Caption.STATE, Kind.MIDDLE, 9),
    *_WHO,
    Column(Caption.CODE, Kind.MIDDLE, 7),
    Column(Caption.CELL, Kind.MIDDLE, 8.5),
    Column(Caption.CONTENT, Kind.TEXT, 12, 36),
    Column(Caption.REASON, Kind.TEXT, 14, 36),
    Column(Caption.WHY_NOT, Kind.TEXT, 12, 40),
    Column(Caption.WHO, Kind.MIDDLE, 12),
    Column(Caption.WHEN, Kind.MIDDLE, 12),
    Column(Caption.VERSION, Kind.COUNT, 6.5),
    *_EXERCISE,
    Column(Caption.DECIDED_IN, Kind.ONE_LINE, 12, 28),
    Column(Caption.DECIDED_AT, Kind.MIDDLE, 8.5),
)
_ACROSS = (
    Column(Caption.SEVERITY, Kind.MIDDLE, 7.5),
    Column(Caption.CODE, Kind.MIDDLE, 7),
    *_WHO,
    Column(Caption.MESSAGE, Kind.TEXT, 40, 80),
    *_EXERCISE,
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
    Column(Caption.OTHER_OUTPUT, Kind.LINK, 9, on_paper=False),
)
_STATES = ((captions.APPLIED, look.GOOD), (captions.NOT_APPLIED, look.BAD))


def limits_met(details: Stream, problems: Stream) -> list[str]:
    """Return what a reader must know where a table is longer than Excel's sheets or links go."""
    said = [
        captions.GOES_ON.format(name=name, rows=stream.count)
        for name, stream in ((captions.DETAILS, details), (captions.PROBLEMS, problems))
        if stream.count > MOST_ROWS
    ]
    if problems.count > MOST_LINKS:
        said.append(captions.LINKS_END.format(name=captions.PROBLEMS, rows=MOST_LINKS))
    return said


def write_details(book: Book, stream: Stream) -> None:
    """Write the sheet 指标明细; a claimed score that differs from the computed one stands out."""
    for sheet, rows in _write_all(book, captions.DETAILS, _DETAILS, stream):
        if rows:
            position = position_of(_DETAILS, Caption.DIFFERENCE)
            rule = {
                "type": "cell",
                "criteria": "!=",
                "value": 0,
                "format": book.format(look.DOUBTFUL),
            }
            blank = {"type": "blanks", "stop_if_true": True}
            for each in (blank, rule):
                sheet.worksheet.conditional_format(rows[0], position, rows[-1], position, each)
            colour_lights(sheet, _DETAILS, rows)


def write_problems(book: Book, stream: Stream) -> None:
    """Write the sheet 问题清单, each line with a link to its cell in the result file."""
    for sheet, rows in _write_all(book, captions.PROBLEMS, _PROBLEMS, stream):
        colour_severities(sheet, _PROBLEMS, rows)


def write_across(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 跨表核对: what no form alone can show."""
    sheet = _write(book, captions.ACROSS, _ACROSS, frame)
    colour_severities(sheet, _ACROSS, range(1, len(frame) + 1))


def write_versions(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 版本: what was submitted earlier and does not count any more."""
    sheet = _write(book, captions.VERSIONS, _VERSIONS, frame)
    colour_outcomes(sheet, _VERSIONS, range(1, len(frame) + 1))
    colour_lights(sheet, _VERSIONS, range(1, len(frame) + 1))


def write_decisions(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 处理记录: what an officer decided, for whom, why, and what came of it."""
    sheet = _write(book, captions.DECISIONS, _DECISIONS, frame)
    sheet.colour(range(1, len(frame) + 1), position_of(_DECISIONS, Caption.STATE), _STATES)


def _write_all(
    book: Book, name: str, columns: Sequence[Column], stream: Stream
) -> Iterator[tuple[Sheet, range]]:
    """Yield the sheets of a table (指标明细, 指标明细2 and so on) with its rows on each."""
    for number, part in enumerate(stream.parts(MOST_ROWS), 1):
        sheet = _write(book, name if number == 1 else f"{name}{number}", columns, part)
        yield sheet, range(1, part.count + 1)


def _write(book: Book, name: str, columns: Sequence[Column], rows: pd.DataFrame | Stream) -> Sheet:
    sheet = book.sheet(name)
    free = sheet.table(0, columns, rows)
    sheet.print_columns(columns, free - 1)
    sheet.worksheet.freeze_panes(1, 2)
    sheet.worksheet.repeat_rows(0)
    return sheet

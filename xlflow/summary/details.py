"""The sheets 指标明细, 问题清单, 跨表核对, 版本 and 处理记录: one long table each."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from xlflow.problems import Severity
from xlflow.summary import captions, look
from xlflow.summary.captions import SEVERITIES, Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.overview import colour_lights, colour_outcomes
from xlflow.summary.sheet import Book, Sheet

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
    Column(Caption.FILE, Kind.ONE_LINE, 14, 36),
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
_SEVERITIES = (
    (SEVERITIES[Severity.ERROR], look.BAD),
    (SEVERITIES[Severity.WARNING], look.DOUBTFUL),
)


def write_details(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 指标明细; a claimed score that differs from the computed one stands out."""
    sheet = _write(book, captions.DETAILS, _DETAILS, frame)
    if len(frame):
        position = _position(_DETAILS, Caption.DIFFERENCE)
        rule = {
            "type": "cell",
            "criteria": "!=",
            "value": 0,
            "format": book.format(look.DOUBTFUL),
        }
        blank = {"type": "blanks", "stop_if_true": True}
        for each in (blank, rule):
            sheet.worksheet.conditional_format(1, position, len(frame), position, each)
        colour_lights(sheet, _DETAILS, range(1, len(frame) + 1))


def write_problems(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 问题清单, each line with a link to its cell in the result file."""
    sheet = _write(book, captions.PROBLEMS, _PROBLEMS, frame)
    rows = range(1, len(frame) + 1)
    sheet.colour(rows, _position(_PROBLEMS, Caption.SEVERITY), _SEVERITIES)


def write_across(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 跨表核对: what no form alone can show."""
    sheet = _write(book, captions.ACROSS, _ACROSS, frame)
    sheet.colour(range(1, len(frame) + 1), _position(_ACROSS, Caption.SEVERITY), _SEVERITIES)


def write_versions(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 版本: what was submitted earlier and does not count any more."""
    sheet = _write(book, captions.VERSIONS, _VERSIONS, frame)
    colour_outcomes(sheet, _VERSIONS, range(1, len(frame) + 1))
    colour_lights(sheet, _VERSIONS, range(1, len(frame) + 1))


def write_decisions(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet 处理记录: what an officer decided, for whom, why, and what came of it."""
    sheet = _write(book, captions.DECISIONS, _DECISIONS, frame)
    sheet.colour(range(1, len(frame) + 1), _position(_DECISIONS, Caption.STATE), _STATES)


def _write(book: Book, name: str, columns: Sequence[Column], frame: pd.DataFrame) -> Sheet:
    sheet = book.sheet(name)
    free = sheet.table(0, columns, frame)
    sheet.print_columns(columns, free - 1)
    sheet.worksheet.freeze_panes(1, 2)
    sheet.worksheet.repeat_rows(0)
    return sheet


def _position(columns: Sequence[Column], caption: Caption) -> int:
    return [column.caption for column in columns].index(caption)

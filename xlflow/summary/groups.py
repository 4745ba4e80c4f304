"""The sheets 单位汇总 and 分类汇总: sums by unit, by fund source and by level of indicators.

What adds up others is a formula, so that an auditor sees of which cells; its value
is the exact one.
"""

from collections.abc import Sequence
from decimal import Decimal

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from xlflow.review.result import Outcome
from xlflow.summary import captions, look
from xlflow.summary.basis import Basis
from xlflow.summary.captions import LIGHTS, Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book, Formula, Sheet, Span
from xlflow.summary.stream import Row, stream
from xlflow.summary.totals import amounts_of
from xlflow.summary.words import position_of
from xlflow.sums import LevelSums, SourceSums, Sums, by_level, by_source, by_unit, ratio

_UNITS = (
    Column(Caption.EXERCISE, Kind.TEXT, 24, 38),
    Column(Caption.UNIT_CODE, Kind.TEXT, 10, 16),
    Column(Caption.UNIT, Kind.TEXT, 22, 40),
    Column(Caption.COUNT, Kind.COUNT, 7),
    Column(Caption.ACCEPTED, Kind.COUNT, 7),
    Column(Caption.RETURNED, Kind.COUNT, 7),
    Column(Caption.AVERAGE_CLAIMED, Kind.POINTS, 9.5),
    Column(Caption.AVERAGE_COMPUTED, Kind.POINTS, 9.5),
    Column(Caption.ASKED, Kind.MONEY, 15),
    Column(Caption.INITIAL_BUDGET, Kind.MONEY, 15),
    Column(Caption.FULL_YEAR_BUDGET, Kind.MONEY, 15),
    Column(Caption.EXECUTED, Kind.MONEY, 15),
    Column(Caption.EXECUTION_RATE, Kind.PERCENT, 13),
    Column(Caption.WITH_FUNDS, Kind.COUNT, 9),
)
_ADDED = (
    Caption.COUNT,
    Caption.ACCEPTED,
    Caption.RETURNED,
    Caption.ASKED,
    Caption.INITIAL_BUDGET,
    Caption.FULL_YEAR_BUDGET,
    Caption.EXECUTED,
    Caption.WITH_FUNDS,
)
_UNIT_SPANS = tuple(
    Span(column.caption, column.kind, range(position, position + 1))
    for position, column in enumerate(_UNITS)
)
_SOURCES = (
    Span(Caption.EXERCISE, Kind.TEXT, range(1)),
    Span(Caption.SOURCE, Kind.TEXT, range(1, 2)),
    Span(Caption.WITH_FUNDS, Kind.COUNT, range(2, 3)),
    Span(Caption.INITIAL_BUDGET, Kind.MONEY, range(3, 5)),
    Span(Caption.FULL_YEAR_BUDGET, Kind.MONEY, range(5, 7)),
    Span(Caption.EXECUTED, Kind.MONEY, range(7, 9)),
    Span(Caption.EXECUTION_RATE, Kind.PERCENT, range(9, 10)),
    Span(Caption.SHARE, Kind.PERCENT, range(10, 11)),
)
_LEVELS = (
    Span(Caption.EXERCISE, Kind.TEXT, range(1)),
    Span(Caption.LEVEL1, Kind.TEXT, range(1, 2)),
    Span(Caption.ROWS, Kind.COUNT, range(2, 3)),
    Span(Caption.FULL, Kind.COUNT, range(3, 4)),
    Span(Caption.WEIGHT, Kind.POINTS, range(4, 5)),
    Span(Caption.CLAIMED, Kind.POINTS, range(5, 6)),
    Span(Caption.POINTS, Kind.POINTS, range(6, 7)),
    Span(Caption.UNDECIDED, Kind.POINTS, range(7, 8)),
    Span(Caption.SCORE_RATE, Kind.PERCENT, range(8, 9)),
    Span(Caption.LIGHTS, Kind.MIDDLE, range(9, 11)),
)
_GRID = (38, 22, *(10.5,) * 9)
_TOP = 2


def write_units(book: Book, basis: Basis) -> None:
    """Write 单位汇总: each exercise's sums, then a row for each unit in it."""
    units = by_unit(basis.current, basis.money)
    sheet = book.sheet(captions.UNITS)
    sheet.worksheet.set_row(0, 24)
    sheet.text(0, 0, captions.UNITS_NOTE, look.FAINT_TEXT)
    exercises = basis.sums(basis.current)
    heading = _TOP + len(exercises) + 2
    rows = range(heading + 1, heading + 1 + len(units))
    sums = [_added_up(basis, each, row, rows) for row, each in enumerate(exercises, start=_TOP + 1)]
    sheet.spans(_TOP, _UNIT_SPANS, pd.DataFrame(sums, dtype=object), strong=True)
    told = stream(lambda: (_unit_row(basis, each) for each in units))
    free = sheet.table(heading, _UNITS, told)
    sheet.bars(rows, position_of(_UNITS, Caption.EXECUTION_RATE), look.RATE_BAR, 1)
    sheet.worksheet.repeat_rows(heading)
    sheet.worksheet.freeze_panes(heading + 1 if heading < 10 else 0, 3)
    sheet.print_columns(_UNITS, free - 1)


def write_groups(book: Book, basis: Basis) -> None:
    """Write 分类汇总: sums by fund source, then by level of indicators."""
    facts = basis.facts
    sources = by_source(basis.current, facts.data, basis.scales)
    levels = by_level(basis.current, facts.scores, facts.data)
    sheet = book.sheet(captions.GROUPS)
    for position, width in enumerate(_GRID):
        sheet.worksheet.set_column(position, position, width)
    free = _write_sources(sheet, basis, sources)
    free = _write_levels(sheet, basis, levels, free + 1)
    sheet.worksheet.freeze_panes(1, 2)
    sheet.worksheet.print_area(0, 0, max(free - 1, 1), len(_GRID) - 1)


def _unit_row(basis: Basis, sums: Sums) -> Row:
    first = sums.submissions[0]
    return {
        Caption.EXERCISE: basis.name_of(sums.exercise),
        Caption.UNIT_CODE: first.unit_code,
        Caption.UNIT: first.unit,
        Caption.COUNT: sums.count,
        Caption.ACCEPTED: sums.outcomes[Outcome.ACCEPTED],
        Caption.RETURNED: sums.outcomes[Outcome.RETURNED],
        Caption.AVERAGE_CLAIMED: sums.average_claimed,
        Caption.AVERAGE_COMPUTED: sums.average_computed,
        Caption.ASKED: sums.money.asked,
        **amounts_of(sums.money),
        Caption.WITH_FUNDS: sums.money.forms or None,
    }


def _added_up(basis: Basis, sums: Sums, row: int, rows: range) -> Row:
    """Return the sums of an exercise over the rows of its units."""
    shown = _unit_row(basis, sums) | {
        Caption.UNIT_CODE: None,
        Caption.UNIT: captions.ALL_UNITS,
    }
    first, last = rows[0] + 1, rows[-1] + 1
    exercise = f"$A${first}:$A${last}"
    for caption in _ADDED:
        column, value = _letter(caption), shown[caption]
        if value is not None:
            added = f"=SUMIF({exercise},$A{row + 1},{column}${first}:{column}${last})"
            shown[caption] = Formula(added, Decimal(str(value)))
    if sums.money.execution_rate is not None:
        executed, budget = _letter(Caption.EXECUTED), _letter(Caption.FULL_YEAR_BUDGET)
        divided = f"=ROUND({executed}{row + 1}/{budget}{row + 1},4)"
        shown[Caption.EXECUTION_RATE] = Formula(divided, sums.money.execution_rate)
    return shown


def _letter(caption: Caption) -> str:
    return str(xl_col_to_name(position_of(_UNITS, caption)))


def _write_sources(sheet: Sheet, basis: Basis, sources: Sequence[SourceSums]) -> int:
    sheet.section(0, captions.BY_SOURCE)
    if not sources:
        sheet.text(1, 0, captions.NO_SOURCES, look.FAINT_TEXT)
        return 2
    budgets: dict[object, Decimal] = {}
    for each in sources:
        budget = each.money.full_year_budget or Decimal()
        budgets[each.exercise] = budgets.get(each.exercise, Decimal()) + budget
    rows = [
        {
            Caption.EXERCISE: basis.name_of(each.exercise),
            Caption.SOURCE: each.name,
            Caption.WITH_FUNDS: each.money.forms,
            **amounts_of(each.money),
            Caption.SHARE: ratio(each.money.full_year_budget, budgets[each.exercise]),
        }
        for each in sources
    ]
    free = sheet.spans(1, _SOURCES, pd.DataFrame(rows, dtype=object))
    sheet.bars(range(2, free), _SOURCES[-2].columns[0], look.RATE_BAR, 1)
    return free


def _write_levels(sheet: Sheet, basis: Basis, levels: Sequence[LevelSums], top: int) -> int:
    sheet.section(top, captions.BY_LEVEL)
    if not levels:
        sheet.text(top + 1, 0, captions.NO_LEVELS, look.FAINT_TEXT)
        return top + 2
    rows = [_level_row(basis, each) for each in levels]
    free = sheet.spans(top + 1, _LEVELS, pd.DataFrame(rows, dtype=object))
    sheet.bars(range(top + 2, free), _LEVELS[-2].columns[0], look.SCORE_BAR, 1)
    return free


def _level_row(basis: Basis, level: LevelSums) -> Row:
    scored = bool(level.weight)
    points = (
        (Caption.FULL, level.full),
        (Caption.WEIGHT, level.weight),
        (Caption.CLAIMED, level.claimed),
        (Caption.POINTS, level.points),
        (Caption.UNDECIDED, level.undecided_weight),
        (Caption.SCORE_RATE, level.share),
    )
    lights = "  ".join(
        f"{LIGHTS[name]} {level.lights[name]}" for name in look.LIGHTS if level.lights.get(name)
    )
    return {
        Caption.EXERCISE: basis.name_of(level.exercise),
        Caption.LEVEL1: level.name,
        Caption.ROWS: level.rows,
        **{caption: value if scored else None for caption, value in points},
        Caption.LIGHTS: lights or None,
    }

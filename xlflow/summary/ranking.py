"""The sheet 排名: the scored submissions of each exercise, best first, ties on one place."""

from collections.abc import Sequence

from xlflow.summary import captions, look
from xlflow.summary.basis import Basis
from xlflow.summary.captions import OUTCOMES, SHOW, Caption
from xlflow.summary.frames import SHORT_HASH, difference
from xlflow.summary.look import Column, Kind
from xlflow.summary.places import COMPUTED
from xlflow.summary.sheet import Book
from xlflow.summary.stream import Row, stream
from xlflow.summary.totals import amounts_of
from xlflow.summary.words import colour_outcomes, position_of
from xlflow.sums import Ranked, exercise_of

_COLUMNS = (
    Column(Caption.EXERCISE, Kind.TEXT, 18, 34),
    Column(Caption.PLACE, Kind.COUNT, 7),
    Column(Caption.UNIT_CODE, Kind.TEXT, 10, 16),
    Column(Caption.UNIT, Kind.TEXT, 18, 36),
    Column(Caption.PROJECT, Kind.TEXT, 6, 34),
    Column(Caption.CLAIMED, Kind.POINTS, 10),
    Column(Caption.COMPUTED, Kind.POINTS, 12),
    Column(Caption.DIFFERENCE, Kind.POINTS, 9),
    Column(Caption.GRADE, Kind.MIDDLE, 8),
    Column(Caption.FULL_YEAR_BUDGET, Kind.MONEY, 14),
    Column(Caption.EXECUTED, Kind.MONEY, 14),
    Column(Caption.EXECUTION_RATE, Kind.PERCENT, 12),
    Column(Caption.OUTCOME, Kind.MIDDLE, 8),
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
    Column(Caption.SHEET, Kind.ONE_LINE, 12, 18, on_paper=False),
    Column(Caption.SCORE_CELL, Kind.MIDDLE, 11, on_paper=False),
    Column(Caption.SHA256, Kind.ONE_LINE, 16, on_paper=False),
    Column(Caption.PROFILE, Kind.ONE_LINE, 14, 22, on_paper=False),
)


def write_ranking(book: Book, basis: Basis, places: Sequence[Ranked]) -> None:
    """Write the sheet; bars show totals and rates, colours the grades."""
    sheet = book.sheet(captions.RANKING)
    free = sheet.table(0, _COLUMNS, stream(lambda: (_row(basis, each) for each in places)))
    rows = range(1, free)
    sheet.bars(rows, position_of(_COLUMNS, Caption.COMPUTED), look.SCORE_BAR, 100)
    sheet.bars(rows, position_of(_COLUMNS, Caption.EXECUTION_RATE), look.RATE_BAR, 1)
    sheet.colour(rows, position_of(_COLUMNS, Caption.GRADE), basis.grade_looks.items())
    colour_outcomes(sheet, _COLUMNS, rows)
    sheet.worksheet.freeze_panes(1, 5)
    sheet.worksheet.repeat_rows(0)
    sheet.print_columns(_COLUMNS, free - 1)


def _row(basis: Basis, ranked: Ranked) -> Row:
    each = ranked.submission
    cell = basis.cell_of(each, COMPUTED)
    return {
        Caption.EXERCISE: basis.name_of(exercise_of(each)),
        Caption.PLACE: ranked.place,
        Caption.UNIT_CODE: each.unit_code,
        Caption.UNIT: each.unit,
        Caption.PROJECT: each.project,
        Caption.CLAIMED: each.claimed_total,
        Caption.COMPUTED: each.total,
        Caption.DIFFERENCE: difference(each.claimed_total, each.total),
        Caption.GRADE: each.grade,
        **amounts_of(basis.money[each.id]),
        Caption.OUTCOME: OUTCOMES[each.outcome],
        Caption.OUTPUT: basis.links.to(each.output, SHOW, each.sheet, cell),
        Caption.SHEET: each.sheet,
        Caption.SCORE_CELL: cell,
        Caption.SHA256: each.sha256[:SHORT_HASH],
        Caption.PROFILE: each.profile,
    }

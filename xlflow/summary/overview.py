"""The sheet 总览: what a leader asks first, on a page, with a way to everything else."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import pandas as pd

from xlflow.ledger import StandingState, Submission
from xlflow.review.result import Outcome
from xlflow.scoring import Profile
from xlflow.summary import captions, look
from xlflow.summary.basis import Basis
from xlflow.summary.captions import SHEETS, SHOW, Caption
from xlflow.summary.charts import columns_chart
from xlflow.summary.look import Kind
from xlflow.summary.places import COMPUTED
from xlflow.summary.sheet import Book, Sheet, Span
from xlflow.summary.totals import totals_frame
from xlflow.sums import Exercise, Ranked, Sums, exercise_of, ratio

Row = dict[Caption, object]

_COLUMNS, _WIDTH = 12, 12.3  # a grid that tables of any shape are laid over
_LEFT, _RIGHT = 0, 6
_TITLE_ROW, _LINE_ROW, _CONTENTS_ROW, _CARDS_ROW, _FREE = 0, 1, 2, 5, 9
_SHOWN_PLACES = 5
_GAP = 6  # points
_MOST_BEFORE_CHARTS = 12  # rows of totals and around them, for the charts to fit on the page
_CHART_ROWS, _CHART_HEIGHT, _COLUMN_PIXELS = 8, 158, 90
_TOTALS = (
    Span(Caption.EXERCISE, Kind.TEXT, range(3)),
    *(
        Span(caption, kind, range(column, column + 1))
        for column, (caption, kind) in enumerate(
            (
                (Caption.SCOPE, Kind.MIDDLE),
                (Caption.EXPECTED, Kind.COUNT),
                (Caption.COUNT, Kind.COUNT),
                (Caption.AVERAGE_CLAIMED, Kind.POINTS),
                (Caption.AVERAGE_COMPUTED, Kind.POINTS),
                (Caption.INITIAL_BUDGET, Kind.MONEY),
                (Caption.FULL_YEAR_BUDGET, Kind.MONEY),
                (Caption.EXECUTED, Kind.MONEY),
                (Caption.EXECUTION_RATE, Kind.PERCENT),
            ),
            start=3,
        )
    ),
)
_GRADES = (
    Span(Caption.GRADE, Kind.MIDDLE, range(1)),
    Span(Caption.RANGE, Kind.MIDDLE, range(1, 3)),
    Span(Caption.COUNT, Kind.COUNT, range(3, 4)),
    Span(Caption.SHARE, Kind.PERCENT, range(4, 5)),
)
_BANDS = (
    Span(Caption.RATE_BAND, Kind.MIDDLE, range(6, 8)),
    Span(Caption.COUNT, Kind.COUNT, range(8, 9)),
    Span(Caption.SHARE, Kind.PERCENT, range(9, 10)),
    Span(Caption.FULL_YEAR_BUDGET, Kind.MONEY, range(10, 12)),
)


@dataclass(frozen=True, slots=True)
class Lead:
    """The exercise that 总览 draws; its sums and places."""

    exercise: Exercise
    sums: Sums
    places: tuple[Ranked, ...]


def lead_of(sums: Sequence[Sums], places: Sequence[Ranked]) -> Lead | None:
    """Return the last exercise of the form with most scored ones, of several with most money.

    Last year's forms are all there when the first of this year come; a leader asks for this year.
    """
    if not sums:
        return None

    def scored(each: Sums) -> int:
        return sum(submission.total is not None for submission in each.submissions)

    def weight(each: Sums) -> tuple[int, Decimal, Exercise]:
        return scored(each), each.money.full_year_budget or Decimal(), each.exercise

    most = max(sums, key=weight)
    of_form = (each for each in sums if each.exercise.form == most.exercise.form and scored(each))
    last = max(of_form, key=lambda each: each.exercise, default=most)
    of_lead = tuple(each for each in places if exercise_of(each.submission) == last.exercise)
    return Lead(last.exercise, last, of_lead)


def write_overview(
    book: Book, sheet: Sheet, basis: Basis, places: Sequence[Ranked], head: tuple[str, str]
) -> None:
    """Write the sheet; `head` is its title and the line below that.

    The other sheets of the book are there, but for 数据字典.
    """
    lead = lead_of(basis.sums(basis.current), places)
    for column in range(_COLUMNS):
        sheet.worksheet.set_column(column, column, _WIDTH)
    sheet.worksheet.set_row(_TITLE_ROW, 36)
    title, line = head
    sheet.text(_TITLE_ROW, 0, title, look.TITLE)
    sheet.text(_LINE_ROW, 0, line, look.FAINT_TEXT)
    _write_contents(book, sheet)
    sheet.worksheet.set_row(_CARDS_ROW - 1, _GAP)
    _write_cards(sheet, basis, lead)
    free = _FREE
    if lead is None:
        sheet.text(free, 0, captions.NOTHING_YET, look.FAINT_TEXT)
        free += 2
    else:
        sheet.section(free, captions.BY_EXERCISE)
        free = sheet.spans(free + 1, _TOTALS, totals_frame(basis))
        sheet.bars(range(_FREE + 2, free), _COLUMNS - 1, look.RATE_BAR, 1)
        sheet.worksheet.set_row(free, 20)
        sheet.text(free, 0, captions.MONEY_NOTE, look.FAINT_TEXT)
        sheet.worksheet.set_row(free + 1, _GAP)
        top = free + 2
        free = _write_distributions(book, sheet, basis, lead, top)
        fits = top - _FREE <= _MOST_BEFORE_CHARTS
        sheet.worksheet.set_h_pagebreaks([free if fits else top])
        free = _write_ends(sheet, basis, lead, free)
    sheet.worksheet.freeze_panes(_CARDS_ROW - 1, 0)
    sheet.worksheet.print_area(0, 0, free, _COLUMNS - 1)


def generation_line(basis: Basis, not_counted: int) -> str:
    """Return the sentence below the title: when it was made and of how many files."""
    facts = basis.facts
    outcomes = [each.outcome for each in basis.current]
    parts = [
        captions.GENERATED.format(time=basis.made_at),
        captions.RECEIVED.format(
            files=len(facts.arrivals),
            counted=len(outcomes),
            accepted=outcomes.count(Outcome.ACCEPTED),
            returned=outcomes.count(Outcome.RETURNED),
        ),
    ]
    if not_counted:
        parts.append(captions.UNCOUNTED.format(count=not_counted))
    expected = [each for each in facts.standing if each.expected]
    missing = [each for each in expected if each.state is StandingState.MISSING]
    if expected:
        parts.append(captions.EXPECTED.format(expected=len(expected), missing=len(missing)))
    return "  ·  ".join(parts)


def _write_contents(book: Book, sheet: Sheet) -> None:
    """Write the names of the other sheets as links, in as few rows as they take."""
    there = book.columns.keys() | {captions.DICTIONARY}  # it tells of this sheet and comes last
    names = [name for name in SHEETS if name in there and name != captions.OVERVIEW]
    in_a_row = math.ceil(len(names) / math.ceil(len(names) / _COLUMNS))
    for row in range(_CONTENTS_ROW, _CARDS_ROW - 1):
        sheet.worksheet.set_row(row, _GAP)
    for position, name in enumerate(names):
        row, column = divmod(position, in_a_row)
        sheet.worksheet.set_row(_CONTENTS_ROW + row, 19)
        sheet.jump(_CONTENTS_ROW + row, column, name, SHEETS[name][1])


def _write_cards(sheet: Sheet, basis: Basis, lead: Lead | None) -> None:
    """Write six figures: what came, passed, was sent back, is missing; mean score and rate."""
    current, standing = basis.current, basis.facts.standing
    expected = [each for each in standing if each.expected]
    missing = sum(each.state is StandingState.MISSING for each in expected)
    returned = sum(each.outcome is Outcome.RETURNED for each in current)
    accepted = len(basis.accepted)
    errors, warnings = (sum(counts) for counts in _problem_counts(current))
    roster = captions.OF_EXPECTED.format(expected=len(expected)) if expected else captions.NO_ROSTER
    name = basis.name_of(lead.exercise) if lead else ""
    average = lead.sums.average_computed if lead else None
    rate = lead.sums.money.execution_rate if lead else None
    share = captions.OF_COUNTED.format(
        share=_percent(ratio(Decimal(accepted), Decimal(len(current))))
    )
    cards: tuple[tuple[str, object, str, str], ...] = (
        (captions.ALL_RECEIVED, len(current), "0", roster),
        (captions.OUTCOMES[Outcome.ACCEPTED], accepted, "0", share),
        (
            captions.OUTCOMES[Outcome.RETURNED],
            returned,
            "0",
            captions.WITH_PROBLEMS.format(errors=errors, warnings=warnings),
        ),
        (captions.MISSING_NAME, missing if expected else captions.NO_FIGURE, "0", roster),
        (Caption.AVERAGE_COMPUTED, _shown(average), "0.00", name),
        (Caption.EXECUTION_RATE, _shown(rate), "0.00%", name),
    )
    for row, height in enumerate((20, 34, 24), start=_CARDS_ROW):
        sheet.worksheet.set_row(row, height)
    for position, (label, figure, number_format, note) in enumerate(cards):
        columns = range(2 * position, 2 * position + 2)
        sheet.merged(_CARDS_ROW, columns, label, look.CARD_NAME)
        figure_look = look.CARD_FIGURE | {"num_format": number_format}
        sheet.merged(_CARDS_ROW + 1, columns, figure, figure_look)
        sheet.merged(_CARDS_ROW + 2, columns, note, look.CARD_NOTE)


def _write_distributions(book: Book, sheet: Sheet, basis: Basis, lead: Lead, top: int) -> int:
    """Write how many forms have each grade and each band of execution rates, and draw both."""
    grades = _grades_frame(basis, lead)
    bands = _bands_frame(basis, lead)
    drawn: list[tuple[int, int, Any]] = []
    free = top
    for column, name, spans, frame, colour in (
        (_LEFT, captions.GRADES_OF, _GRADES, grades, look.COMPUTED_COLOUR),
        (_RIGHT, captions.RATES_OF, _BANDS, bands, look.RATE_COLOUR),
    ):
        if frame.empty:
            continue
        sheet.worksheet.set_row(top, 24)
        sheet.text(top, column, name.format(exercise=basis.name_of(lead.exercise)), look.SECTION)
        bottom = sheet.spans(top + 1, spans, frame)
        free = max(free, bottom)
        columns = spans[0].columns[0], _count_column(spans)
        rows = range(top + 2, bottom)
        width = _COLUMN_PIXELS * (spans[-1].columns[-1] + 1 - column)
        drawn.append((column, width, columns_chart(book, captions.OVERVIEW, rows, columns, colour)))
    for column, width, chart in drawn:
        chart.set_size({"width": width, "height": _CHART_HEIGHT})
        sheet.worksheet.insert_chart(free, column, chart, {"x_offset": 2, "y_offset": 6})
    return free + _CHART_ROWS + 1 if drawn else top


def _write_ends(sheet: Sheet, basis: Basis, lead: Lead, top: int) -> int:
    """Write the first and the last places; one list where there are no more than five."""
    best = lead.places[:_SHOWN_PLACES]
    worst = lead.places[_SHOWN_PLACES:][-_SHOWN_PLACES:][::-1]
    name = basis.name_of(lead.exercise)
    for left, title, places in (
        (_LEFT, captions.BEST, best),
        (_RIGHT, captions.WORST, worst),
    ):
        if not places:
            continue
        sheet.worksheet.set_row(top, 24)
        sheet.text(top, left, title.format(exercise=name), look.SECTION)
        sheet.worksheet.set_row(top + 1, 22)
        for span in _ends(left):
            sheet.merged(top + 1, span.columns, span.caption, look.SUBHEADING)
        for row, each in enumerate(places, start=top + 2):
            _write_place(sheet, basis, each, row, left)
    for row, pair in enumerate(zip_longest(best, worst), start=top + 2):
        texts = [(_who(each.submission), 3 * _WIDTH) for each in pair if each]
        sheet.worksheet.set_row(row, look.row_height(texts))
    return top + len(best) + 3 if best else top


def _ends(left: int) -> tuple[Span, ...]:
    return (
        Span(Caption.PLACE, Kind.COUNT, range(left, left + 1)),
        Span(Caption.UNIT_AND_PROJECT, Kind.TEXT, range(left + 1, left + 4)),
        Span(Caption.COMPUTED, Kind.POINTS, range(left + 4, left + 5)),
        Span(Caption.GRADE, Kind.MIDDLE, range(left + 5, left + 6)),
    )


def _write_place(sheet: Sheet, basis: Basis, ranked: Ranked, row: int, left: int) -> None:
    each = ranked.submission
    cell = basis.cell_of(each, COMPUTED)
    values: tuple[object, ...] = (ranked.place, _who(each), each.total, each.grade)
    for span, value in zip(_ends(left), values, strict=True):
        properties = look.cell_look(span.kind)
        if span.caption is Caption.COMPUTED:
            link = basis.links.to(each.output, SHOW, each.sheet, cell)
            sheet.linked(row, span.columns[0], value, link, properties)
        else:
            shade = (
                basis.grade_looks.get(each.grade or "", {}) if span.caption is Caption.GRADE else {}
            )
            sheet.merged(row, span.columns, value, properties | dict(shade))


def _who(submission: Submission) -> str:
    who = " · ".join(filter(None, (submission.unit, submission.project)))
    return who + captions.STILL_RETURNED * (submission.outcome is Outcome.RETURNED)


def _grades_frame(basis: Basis, lead: Lead) -> pd.DataFrame:
    grades = lead.sums.grades
    if not grades:
        return pd.DataFrame(dtype=object)
    bounds = _bounds(_profile_of(basis, lead))
    names = list(dict.fromkeys([*bounds, *grades]))
    total = sum(grades.values())
    return pd.DataFrame(
        [
            {
                Caption.GRADE: name,
                Caption.RANGE: bounds.get(name),
                Caption.COUNT: grades.get(name, 0),
                Caption.SHARE: ratio(Decimal(grades.get(name, 0)), Decimal(total)),
            }
            for name in names
        ],
        dtype=object,
    )


def _bands_frame(basis: Basis, lead: Lead) -> pd.DataFrame:
    """Return a row for each band of execution rates, with the budget of the forms in it.

    Forms without a rate have a row where there are any, so that all of them are counted.
    """
    counts = [0] * len(captions.RATE_BANDS)
    budgets = [Decimal()] * len(captions.RATE_BANDS)
    for each in lead.sums.submissions:
        money = basis.money[each.id]
        if money.execution_rate is not None:
            band = _band_of(money.execution_rate)
            counts[band] += 1
            budgets[band] += money.full_year_budget or Decimal()
    if not any(counts):
        return pd.DataFrame(dtype=object)
    names = (name for name, _ in captions.RATE_BANDS)
    rows: list[tuple[str, int, Decimal | None]] = list(zip(names, counts, budgets, strict=True))
    if without := lead.sums.count - sum(counts):
        rows.append((captions.NO_RATE, without, None))
    return pd.DataFrame(
        [
            {
                Caption.RATE_BAND: name,
                Caption.COUNT: count,
                Caption.SHARE: ratio(Decimal(count), Decimal(lead.sums.count)),
                Caption.FULL_YEAR_BUDGET: budget,
            }
            for name, count, budget in rows
        ],
        dtype=object,
    )


def _band_of(rate: Decimal) -> int:
    return next(
        band
        for band, (_, below) in enumerate(captions.RATE_BANDS)
        if below is None or rate < Decimal(below)
    )


def _profile_of(basis: Basis, lead: Lead) -> Profile | None:
    last = lead.sums.submissions[-1].profile_sha256
    return basis.profiles.get(last or "")


def _bounds(profile: Profile | None) -> dict[str, str]:
    """Return the grades of a profile and from which points on they are given."""
    if profile is None:
        return {}
    bounds, above = {}, None
    for grade in profile.grades:
        told = captions.GRADE_FROM if above is None else captions.GRADE_TO
        bounds[grade.name] = told.format(low=f"{grade.low:f}", high=above)
        above = f"{grade.low:f}"
    return bounds


def _count_column(spans: Sequence[Span]) -> int:
    return next(span.columns[0] for span in spans if span.caption is Caption.COUNT)


def _problem_counts(current: Sequence[Submission]) -> tuple[list[int], list[int]]:
    return [each.errors for each in current], [each.warnings for each in current]


def _shown(value: Decimal | None) -> Any:
    return captions.NO_FIGURE if value is None else value


def _percent(share: Decimal | None) -> str:
    return captions.NO_FIGURE if share is None else f"{share * 100:.1f}%"

"""The sheet 项目金额: what the projects of each unit ask for, all received and accepted only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd

from xlflow.forms.document import Source, value_at
from xlflow.ledger import Submission
from xlflow.review.result import Outcome
from xlflow.summary import captions, look
from xlflow.summary.basis import Basis
from xlflow.summary.captions import ACCEPTED_ONLY, EVERYTHING, OPEN, OUTCOMES, Caption
from xlflow.summary.links import Links
from xlflow.summary.look import Column, Kind
from xlflow.summary.places import ASKED
from xlflow.summary.sheet import Book, Span
from xlflow.summary.stream import Row
from xlflow.summary.words import colour_outcomes
from xlflow.values import convert

_AMOUNTS = (
    (Caption.AMOUNT_TOTAL, "/amount_total"),
    (Caption.AMOUNT_THIS_YEAR, ASKED),
    (Caption.AMOUNT_PRIOR, "/prior_total"),
)
_COLUMNS = (
    Column(Caption.UNIT_CODE, Kind.TEXT, 10, 16),
    Column(Caption.UNIT, Kind.TEXT, 22, 36),
    Column(Caption.PROJECT, Kind.TEXT, 26, 44),
    Column(Caption.YEAR, Kind.COUNT, 8),
    Column(Caption.VERSION, Kind.COUNT, 8),
    Column(Caption.OUTCOME, Kind.MIDDLE, 9),
    Column(Caption.AMOUNT_TOTAL, Kind.MONEY, 18),
    Column(Caption.AMOUNT_THIS_YEAR, Kind.MONEY, 18),
    Column(Caption.AMOUNT_PRIOR, Kind.MONEY, 18),
    Column(Caption.CELL, Kind.MIDDLE, 10),
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
)
_SUMS = (
    Span(Caption.UNIT_CODE, Kind.TEXT, range(1)),
    Span(Caption.UNIT, Kind.TEXT, range(1, 2)),
    Span(Caption.SCOPE, Kind.MIDDLE, range(2, 3)),
    Span(Caption.YEAR, Kind.COUNT, range(3, 4)),
    Span(Caption.COUNT, Kind.COUNT, range(4, 6)),
    *(Span(caption, Kind.MONEY, range(6 + i, 7 + i)) for i, (caption, _) in enumerate(_AMOUNTS)),
)
_TITLE_ROW, _SUMS_ROW = 0, 2


class Asked(NamedTuple):
    """What one project asks for, in 元, and where this year's amount stands."""

    submission: Submission
    amounts: Mapping[Caption, Decimal | None]
    source: Source | None


def asked_amounts(basis: Basis, units: Mapping[str, str]) -> tuple[Asked, ...]:
    """Return the amounts of the submissions that count and state any.

    `units` gives the unit in which a form states its amounts; a form not named states none, and
    one that states them in no unit of money is left out.
    """
    yuan = {form: one for form, unit in units.items() if (one := convert(Decimal(1), unit, "元"))}
    data = basis.facts.data
    return tuple(
        Asked(
            each,
            _amounts(data[each.id], yuan[each.form or ""]),
            basis.places.get(each.id, {}).get(ASKED),
        )
        for each in basis.current
        if each.form in yuan and each.id in data
    )


def _amounts(data: Mapping[str, Any], yuan: Decimal) -> dict[Caption, Decimal | None]:
    found = {caption: value_at(data, pointer) for caption, pointer in _AMOUNTS}
    return {
        name: each * yuan if isinstance(each, Decimal) else None for name, each in found.items()
    }


def write_amounts(book: Book, asked: Sequence[Asked], links: Links) -> None:
    """Write the sheet: sums by unit code and in all, then a row for each project."""
    sheet = book.sheet(captions.AMOUNTS)
    sheet.worksheet.set_row(_TITLE_ROW, 24)
    sheet.text(_TITLE_ROW, 0, captions.AMOUNTS_NOTE, look.FAINT_TEXT)
    heading = sheet.spans(_SUMS_ROW, _SUMS, sums_frame(asked), strong=True) + 1
    rows = pd.DataFrame([_row(each, links) for each in asked], dtype=object)
    free = sheet.table(heading, _COLUMNS, rows)
    colour_outcomes(sheet, _COLUMNS, range(heading + 1, free))
    sheet.print_columns(_COLUMNS, free - 1)
    sheet.worksheet.repeat_rows(heading)


def sums_frame(asked: Sequence[Asked]) -> pd.DataFrame:
    """Return two rows, all received and accepted only, for each unit code and year, and in all."""
    groups: dict[tuple[int, str, str], list[Asked]] = {}
    for each in asked:
        who = each.submission
        key = (who.year or 0, who.unit_code or "", "" if who.unit_code else who.unit or "")
        groups.setdefault(key, []).append(each)
    rows: list[Row] = []
    for year in sorted({key[0] for key in groups}):
        of_year = [(key, group) for key, group in sorted(groups.items()) if key[0] == year]
        for _, group in of_year:
            who = group[0].submission
            rows += _both(group, {Caption.UNIT_CODE: who.unit_code, Caption.UNIT: who.unit})
        everyone = [each for _, group in of_year for each in group]
        rows += _both(everyone, {Caption.UNIT_CODE: None, Caption.UNIT: captions.ALL_UNITS})
    return pd.DataFrame(rows, dtype=object)


def _both(group: Sequence[Asked], who: Row) -> Iterator[Row]:
    accepted = [each for each in group if each.submission.outcome is Outcome.ACCEPTED]
    for scope, part in ((EVERYTHING, group), (ACCEPTED_ONLY, accepted)):
        sums: Row = {caption: _sum(part, caption) for caption, _ in _AMOUNTS}
        head: Row = {Caption.SCOPE: scope, Caption.YEAR: group[0].submission.year}
        yield who | head | {Caption.COUNT: len(part)} | sums


def _sum(part: Iterable[Asked], caption: Caption) -> Decimal:
    return sum((each.amounts[caption] or Decimal() for each in part), Decimal())


def _row(asked: Asked, links: Links) -> Row:
    submission, source = asked.submission, asked.source
    return {
        Caption.UNIT_CODE: submission.unit_code,
        Caption.UNIT: submission.unit,
        Caption.PROJECT: submission.project,
        Caption.YEAR: submission.year,
        Caption.VERSION: submission.version,
        Caption.OUTCOME: OUTCOMES[submission.outcome],
        **asked.amounts,
        Caption.CELL: source.cell if source else None,
        Caption.OUTPUT: links.to(
            submission.output, OPEN, source and source.sheet, source and source.cell
        ),
    }

"""The sheet 退回与催报: who has still to send or to correct something, the most urgent first."""

from collections.abc import Mapping
from datetime import date

from xlflow.facts import Facts
from xlflow.ledger import Standing, StandingState
from xlflow.ledger.clock import local_time
from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.summary import captions, look
from xlflow.summary.captions import Caption
from xlflow.summary.links import Links
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book
from xlflow.summary.stream import Row, Stream, stream

_FIRST = 3  # problems that are told
_COLUMNS = (
    Column(Caption.STANDING, Kind.MIDDLE, 10),
    Column(Caption.DAYS_LEFT, Kind.COUNT, 9),
    Column(Caption.DEADLINE, Kind.MIDDLE, 12),
    Column(Caption.EXTENDED_FROM, Kind.MIDDLE, 12),
    Column(Caption.UNIT_CODE, Kind.TEXT, 10, 14),
    Column(Caption.UNIT, Kind.TEXT, 16, 32),
    Column(Caption.PROJECT, Kind.TEXT, 6, 26),
    Column(Caption.FORM, Kind.TEXT, 10, 28),
    Column(Caption.YEAR, Kind.COUNT, 6.5),
    Column(Caption.ROUND, Kind.MIDDLE, 7.5),
    Column(Caption.VERSION, Kind.COUNT, 6.5),
    Column(Caption.LATE, Kind.MIDDLE, 7.5),
    Column(Caption.ERRORS, Kind.COUNT, 6.5),
    Column(Caption.WARNINGS, Kind.COUNT, 6.5),
    Column(Caption.FIRST_PROBLEMS, Kind.TEXT, 24, 64),
    Column(Caption.RECEIVED_AT, Kind.TIME, 16.5),
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
)
_STATES = {
    StandingState.MISSING: (text("state.missing").zh, look.BAD),
    StandingState.RETURNED: (text("state.returned").zh, look.DOUBTFUL),
}
_LATE = text("state.late").zh


def write_chase(
    book: Book, facts: Facts, links: Links, titles: Mapping[str, str], today: date
) -> None:
    """Write the sheet, unless nobody has anything to send or to correct; no column is empty."""
    rows = chase_rows(facts, links, titles, today)
    if not rows.count:
        return
    columns = [each for each in _COLUMNS if each.caption not in rows.blank]
    place = {each.caption: position for position, each in enumerate(columns)}
    sheet = book.sheet(captions.CHASING)
    last = sheet.table(0, columns, rows) - 1
    sheet.colour(range(1, last + 1), place[Caption.STANDING], _STATES.values())
    if (days := place.get(Caption.DAYS_LEFT)) is not None:
        overdue = {"type": "cell", "criteria": "<", "value": 0, "format": book.format(look.BAD)}
        sheet.worksheet.conditional_format(1, days, last, days, overdue)
    sheet.print_columns(columns, last)
    sheet.worksheet.freeze_panes(1, place.get(Caption.UNIT, 0) + 1)
    sheet.worksheet.repeat_rows(0)


def chase_rows(facts: Facts, links: Links, titles: Mapping[str, str], today: date) -> Stream:
    """Return a row for each form that is missing or was returned: the longest overdue first.

    Nobody is asked for what was withdrawn.
    """
    open_ones = [each for each in facts.standing if each.state in _STATES and not each.withdrawn]
    open_ones.sort(key=lambda each: _urgency(each, today))
    return stream(lambda: (_row(each, facts, links, titles, today) for each in open_ones))


def _urgency(standing: Standing, today: date) -> tuple[bool, int]:
    left = standing.days_left(today)
    return left is None, left or 0


def _row(
    standing: Standing, facts: Facts, links: Links, titles: Mapping[str, str], today: date
) -> Row:
    submission = standing.submission
    found = facts.problems.get(submission.id, ()) if submission else ()
    grave = sorted(found, key=lambda each: each.severity is not Severity.ERROR)[:_FIRST]
    told = [f"{each.cell}：{each.message}" if each.cell else each.message for each in grave]
    return {
        Caption.STANDING: _STATES[standing.state][0],
        Caption.DAYS_LEFT: standing.days_left(today),
        Caption.DEADLINE: standing.deadline,
        Caption.EXTENDED_FROM: standing.extended_from,
        Caption.UNIT_CODE: standing.unit_code,
        Caption.UNIT: standing.unit,
        Caption.PROJECT: standing.project,
        Caption.FORM: titles.get(standing.form or "", standing.form),
        Caption.YEAR: standing.year,
        Caption.ROUND: standing.round,
        Caption.VERSION: standing.version,
        Caption.LATE: _LATE if standing.late else None,
        Caption.ERRORS: submission.errors if submission else None,
        Caption.WARNINGS: submission.warnings if submission else None,
        Caption.FIRST_PROBLEMS: "\n".join(told) or None,
        Caption.RECEIVED_AT: local_time(submission.received_at) if submission else None,
        Caption.OUTPUT: links.to(submission.output, captions.OPEN) if submission else None,
    }

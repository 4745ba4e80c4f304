"""Checks of times: nothing ends before it begins, nothing is due after the project has ended."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.case import Case, Check, Finding, in_quotes
from xlflow.scoring.engine import year_of
from xlflow.scoring.explain import tidy
from xlflow.values import Op, parse_target
from xlflow.values.dates import NO_SUCH_DAY

_DAY = r"((?:19|20)[0-9]{2})年([0-9]{1,2})月([0-9]{1,2})日"
_INTERVAL = re.compile(rf"{_DAY}\s*(?:起)?\s*[至到~～—–-]+\s*{_DAY}")
_GOALS = ("/annual_goal", "/annual_objective/expected")
# The end of a range of years (2020-2035年) is a plan's name as often as a date.
_YEAR = re.compile(r"(?<![0-9〔（(《\[-])(?<![-—–~～至到])(20[0-9]{2})年(?!版)")
_TITLE = re.compile(r"《[^《》]*》")


def times_are_possible(case: Case) -> Iterator[Finding]:
    """A period begins before it ends, and targets are due while the project runs.

    Without an end of the project the end of the form's year counts; that, and what running text
    says, is asked only.
    """
    start, end = (_day(case, at) for at in ("/start_date", "/end_date"))
    if start and end and start > end:
        place = case.place("/end_date")
        yield _finding(case, "/end_date", None, "review.ends_first", start=start, written=end)
        if place.cell is None:
            return
    yield from _no_such_days(case)
    yield from _intervals(case)
    yield from _deadlines(case, end)
    yield from _years_to_come(case, end)


def _day(case: Case, at: str) -> date | None:
    written = case.document.text(at)
    return parse_target(written).date if written else None


def _no_such_days(case: Case) -> Iterator[Finding]:
    """Yield the days that are in no calendar (6月31日), of targets and actuals."""
    for row in case.indicators:
        for key, written in (("target", row.target), ("actual", row.actual)):
            if written.op is Op.ERROR and NO_SUCH_DAY in written.notes:
                raw = tidy(written.raw)
                asks = Severity.WARNING
                yield _finding(case, f"{row.at}/{key}", asks, "review.no_such_day", written=raw)


def _intervals(case: Case) -> Iterator[Finding]:
    """Yield the intervals that end before they begin, in targets, actuals and running text."""
    for row in case.indicators:
        for key, written in (("target", row.target), ("actual", row.actual)):
            if written.op is Op.ERROR and any("颠倒" in note for note in written.notes):
                raw = tidy(written.raw)
                yield _finding(case, f"{row.at}/{key}", None, "review.reversed", written=raw)
    for at, prose in case.prose:
        if "年" not in prose:
            continue
        for found in _INTERVAL.finditer(prose):
            first, last = (
                tuple(map(int, found.groups()[part])) for part in (slice(3), slice(3, 6))
            )
            if last < first:
                asks = Severity.WARNING
                yield _finding(case, at, asks, "review.reversed", written=found[0])


def _deadlines(case: Case, end: date | None) -> Iterator[Finding]:
    year = year_of(case.document)
    last = end or (date(year, 12, 31) if year and 1900 <= year <= 2100 else None)
    for row in case.indicators:
        due = row.target.date
        if due and last and due > last:
            yield _finding(
                case,
                f"{row.at}/target",
                None if end else Severity.WARNING,
                "review.due_too_late",
                name=in_quotes(row.name),
                written=tidy(row.target.raw),
                end=last,
            )


def _years_to_come(case: Case, end: date | None) -> Iterator[Finding]:
    """Yield the years of a goal that come after the project's last."""
    last = end.year if end else year_of(case.document)
    for at in _GOALS:
        goal = case.document.text(at)
        if not goal or not last or "年" not in goal:
            continue
        for found in _YEAR.finditer(_TITLE.sub("", goal)):
            if int(found[1]) > last:
                asks = Severity.WARNING
                yield _finding(case, at, asks, "review.year_to_come", written=found[0], end=last)


def _finding(
    case: Case, at: str, severity: Severity | None, sentence: str, **values: object
) -> Finding:
    what = text(sentence, **values)
    return Finding(case.place(at), {"what": what.zh, "what_en": what.en}, severity)


PERIOD_CHECKS: Mapping[str, Check] = {"C56": times_are_possible}

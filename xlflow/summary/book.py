"""The summary book as bytes: ledger in, finished workbook out."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import xlsxwriter

from xlflow.facts import read_facts
from xlflow.ledger import Ledger
from xlflow.ledger.clock import local_time
from xlflow.ooxml import Limits, Workbook
from xlflow.summary import frames
from xlflow.summary.across import NO_RULES, JudgedBy, noticed_across
from xlflow.summary.amounts import asked_amounts, write_amounts
from xlflow.summary.captions import BOOK_NAME
from xlflow.summary.charts import write_charts
from xlflow.summary.chase import write_chase
from xlflow.summary.details import (
    write_across,
    write_decisions,
    write_details,
    write_problems,
    write_versions,
)
from xlflow.summary.links import Links
from xlflow.summary.overview import Frames, columns_of, generation_line, write_overview
from xlflow.summary.sheet import Book, FurtherRows
from xlflow.summary.totals import totals_frame

# The guards are for files that come in; this book is as large as the exercise.
_OUR_OWN = Limits(file_size=1 << 32, expanded=1 << 34, part=1 << 34, ratio=1 << 20)
_NONE: Mapping[str, str] = MappingProxyType({})
# What people wrote is data: a text must not turn into a formula, a link or a number.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def build_summary(
    ledger: Ledger,
    *,
    title: str,
    at: str,
    workspace: Path,
    folder: Path,
    form_titles: Mapping[str, str] = _NONE,
    amount_units: Mapping[str, str] = _NONE,
    judged_by: JudgedBy = NO_RULES,
) -> bytes:
    """Return the summary book of everything in the ledger.

    `at` is the time it is made (ISO, UTC); `folder` is where it will stand, for the links to the
    result files, which the ledger names relative to `workspace`; `form_titles` gives the printed
    title of a form, `amount_units` the unit (元, 万元) of its project amounts, if it has any, and
    `judged_by` a form and its profile by name, for the checks over all forms.
    """
    facts = read_facts(ledger)
    links = Links(workspace, folder)
    made_at = local_time(at)
    submissions = frames.overview_frame(facts, links, form_titles)
    tables = Frames(
        totals=totals_frame(submissions, facts.standing, form_titles),
        submissions=submissions,
        not_counted=frames.not_counted_frame(facts, links),
        missing=frames.missing_frame(facts, form_titles),
    )
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as workbook:
        workbook.set_properties({"title": title, "author": "xlflow", "created": made_at})
        workbook.set_size(1920 * 15, 1080 * 15)
        book = Book(workbook)
        sheet, free = write_overview(book, title, generation_line(facts, tables, made_at), tables)
        if asked := asked_amounts(facts, ledger, amount_units):
            write_amounts(book, asked, links)
        write_details(book, frames.details_frame(facts, form_titles))
        write_problems(book, frames.problems_frame(facts, links, form_titles))
        write_chase(book, facts, links, form_titles, made_at.date())
        if noticed := noticed_across(facts, judged_by):
            write_across(book, frames.across_frame(facts, noticed, links, form_titles))
        last_row = write_charts(book, sheet, free, submissions)
        sheet.print_columns(columns_of(submissions), last_row)
        superseded = frames.versions_frame(facts, links, form_titles)
        if len(superseded):
            write_versions(book, superseded)
        if facts.decisions:
            write_decisions(book, frames.decisions_frame(facts, form_titles))
    return _with_further_rows(buffer.getvalue(), book.further_rows)


def _with_further_rows(package: bytes, further: Mapping[str, FurtherRows]) -> bytes:
    """Return the book with the rest of its long tables: most cells of a book stand there.

    XlsxWriter takes 4 µs for a cell; composing rows that look alike takes a quarter of that.
    """
    if not further:
        return package
    workbook = Workbook.from_bytes(package, BOOK_NAME, _OUR_OWN)
    for name, (columns, heights) in further.items():
        workbook.repeat_last_row(name, columns, heights)
    return workbook.to_bytes()

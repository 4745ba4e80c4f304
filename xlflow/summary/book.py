"""The summary book: ledger in, finished workbook out."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import IO

import xlsxwriter

from xlflow.facts import read_facts
from xlflow.ledger import Ledger
from xlflow.ledger.clock import local_time
from xlflow.ooxml import write_with_long_tables
from xlflow.summary import frames
from xlflow.summary.across import NO_RULES, JudgedBy, noticed_across
from xlflow.summary.amounts import asked_amounts, write_amounts
from xlflow.summary.basis import Basis, read_profiles
from xlflow.summary.captions import OVERVIEW
from xlflow.summary.charts import write_charts
from xlflow.summary.chase import write_chase
from xlflow.summary.details import (
    limits_met,
    write_across,
    write_decisions,
    write_details,
    write_problems,
    write_versions,
)
from xlflow.summary.dictionary import write_dictionary
from xlflow.summary.groups import write_groups, write_units
from xlflow.summary.links import Links
from xlflow.summary.opinions import opinions_frame, write_opinions
from xlflow.summary.overview import generation_line, write_overview
from xlflow.summary.places import read_places
from xlflow.summary.ranking import write_ranking
from xlflow.summary.register import write_register
from xlflow.summary.sheet import Book
from xlflow.sums import Scale, money_outlined, ranked, scales_of

_NONE: Mapping[str, str] = MappingProxyType({})
# What people wrote is data: a text must not turn into a formula, a link or a number.
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_summary(
    ledger: Ledger,
    into: IO[bytes],
    *,
    title: str,
    at: str,
    workspace: Path,
    folder: Path,
    form_titles: Mapping[str, str] = _NONE,
    amount_units: Mapping[str, str] = _NONE,
    judged_by: JudgedBy = NO_RULES,
) -> None:
    """Write the summary book of everything in the ledger into an open file.

    `at` is the time it is made (ISO, UTC); `folder` is where it will stand, for the links to the
    result files, which the ledger names relative to `workspace`; `form_titles` gives the printed
    title of a form, `amount_units` the unit (元, 万元) of its project amounts, if it has any, and
    `judged_by` a form and its profile by name, for the checks over all forms.
    """
    with ledger.at_one_moment():
        _write(
            ledger,
            into,
            title=title,
            made_at=local_time(at),
            links=Links(workspace, folder),
            form_titles=form_titles,
            amount_units=amount_units,
            judged_by=judged_by,
        )


def _write(
    ledger: Ledger,
    into: IO[bytes],
    *,
    title: str,
    made_at: datetime,
    links: Links,
    form_titles: Mapping[str, str],
    amount_units: Mapping[str, str],
    judged_by: JudgedBy,
) -> None:
    facts = read_facts(ledger)
    current = facts.current  # sorted each time it is asked for
    scales = scales_of(form for form, _ in judged_by.values())
    basis = Basis(
        facts=facts,
        current=current,
        links=links,
        titles=form_titles,
        scales=scales,
        money={
            each.id: money_outlined(facts.outlines[each.id], scales.get(each.form or "", Scale()))
            for each in current
        },
        places=read_places(ledger, current),
        profiles=read_profiles(current, ledger, (profile for _, profile in judged_by.values())),
        made_at=made_at,
    )
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as workbook:
        workbook.set_properties({"title": title, "author": "xlflow", "created": basis.made_at})
        workbook.set_size(1920 * 15, 1080 * 15)
        book = Book(workbook)
        overview = book.sheet(OVERVIEW)
        not_counted = frames.not_counted_frame(facts, basis.links)
        if ranks := ranked(current):
            write_ranking(book, basis, ranks)
        if current:
            write_units(book, basis)
            write_groups(book, basis)
        write_register(book, basis, frames.register_rows(basis), not_counted)
        if asked := asked_amounts(basis, amount_units):
            write_amounts(book, asked, basis.links)
        details = frames.detail_rows(facts, form_titles)
        problems = frames.problem_rows(facts, basis.links, form_titles)
        write_details(book, details)
        write_problems(book, problems)
        write_chase(book, facts, links, form_titles, made_at.date())
        if noticed := noticed_across(facts, judged_by):
            write_across(book, frames.across_frame(facts, noticed, basis.links, form_titles))
        if len(found := opinions_frame(basis)):
            write_opinions(book, found)
        if facts.decisions:
            write_decisions(book, frames.decisions_frame(facts, form_titles))
        superseded = frames.versions_frame(facts, basis.links, form_titles)
        if len(superseded):
            write_versions(book, superseded)
        write_charts(book, basis)
        line = [generation_line(basis, len(not_counted)), *limits_met(details, problems)]
        write_overview(book, overview, basis, ranks, (title, "  ·  ".join(line)))
        write_dictionary(book, basis)
    write_with_long_tables(buffer, book.long_tables, into)

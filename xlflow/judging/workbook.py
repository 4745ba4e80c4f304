"""Judging one workbook: open, recognise, read, score, review, mark."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType

from xlflow import files
from xlflow.errors import DefinitionError, EnvironmentFailed, FileRefused, UsageError
from xlflow.forms import Document, Form, all_forms, filled_in, read_document, recognise
from xlflow.forms.read import Reading
from xlflow.grids import Book, read_book, read_foreign
from xlflow.judging.rules import Rules
from xlflow.marking import mark, unmarked
from xlflow.messages import text
from xlflow.ooxml import Unproven, Workbook
from xlflow.ooxml.limits import DEFAULT
from xlflow.ooxml.refusals import unsafe
from xlflow.problems import Place, Problem, Severity, problem, refusal
from xlflow.review import ALONE, Case, Context, Outcome, Result, outcome_of, review
from xlflow.scoring import Profile, Scores, monitor_document, score_document

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
Contexts = Mapping[str, Context]  # by sheet
NO_CONTEXTS: Contexts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Judged:
    """What the walk makes of one file: the results, their profiles, and the scored copy.

    Without results it is an attachment. `decides` says that it holds the officer's decisions and
    no submission.
    """

    results: tuple[Result, ...]
    profiles: tuple[Profile, ...] = ()
    marked: bytes | None = None
    decides: bool = False


def judge_package(
    package: bytes,
    name: str,
    rules: Rules,
    *,
    marking: bool = True,
    contexts: Contexts = NO_CONTEXTS,
) -> Judged:
    """Return what the walk makes of a workbook's bytes.

    `contexts` are what is known of its forms and may pass in them, by sheet. Raises FileRefused
    when the file cannot be read, is refused by a guard, or holds no form.
    """
    anew = partial(_judge_anew, name=name, rules=rules, marking=marking, contexts=contexts)
    try:
        workbook = Workbook.from_bytes(package, name)
    except FileRefused as refused:
        book = read_foreign(package, name, refused, rules.passwords_for(name))
        zh, en = refused.why if any(refused.why) else text("ooxml.is_locked")
        return anew(book, problem("F30", name=name, what=zh, what_en=en))
    if workbook.signed:
        return anew(read_book(workbook), problem("F31", name=name))
    workbook = unmarked(workbook)
    book = read_book(workbook)
    try:
        forms = _readings(book, name, rules)
        return _judge_forms(workbook, forms, name, rules, marking=marking, contexts=contexts)
    except Unproven as error:
        return anew(book, problem("F32", name=name, why=error.zh, why_en=error.en))


def judge_file(path: Path, rules: Rules, *, marking: bool = True) -> Judged:
    """Return what the walk makes of a file; raises FileRefused when it is not to be read."""
    rules.verify()
    try:
        return judge_at(path, path.name, rules, marking=marking)
    except files.Unreadable as error:
        raise FileRefused(error.zh, error.en, "F10") from error


def refused(error: FileRefused, name: str) -> Result:
    """Return the result of a file that could not be read."""
    fault = Problem(error.code, Severity.ERROR, None, None, None, None, error.zh, error.en)
    return Result(file=name, outcome=Outcome.QUARANTINED, problems=(fault,))


@contextmanager
def faults_refused(name: str) -> Iterator[None]:
    """Make of a fault in processing, in the block, the refusal of the file it came up with."""
    try:
        yield
    except (FileRefused, EnvironmentFailed, DefinitionError):
        raise
    except MemoryError as error:
        raise refusal("F35", name=name) from error
    except Exception as error:
        raise refusal("F09", name=name, why=f"{type(error).__name__}: {error}") from error


def judge_at(
    path: Path,
    name: str,
    rules: Rules,
    *,
    marking: bool = True,
    contexts: Contexts = NO_CONTEXTS,
) -> Judged:
    """Return what the walk makes of a file under the name it goes by.

    Raises FileRefused also for a fault in processing: one file must never stop the others.
    """
    if path.is_file() and path.stat().st_size > DEFAULT.file_size:
        raise unsafe(name, "file_size", size=DEFAULT.file_size >> 20)
    package = files.read_bytes(path)
    with faults_refused(name):
        return judge_package(package, name, rules, marking=marking, contexts=contexts)


def _readings(book: Book, name: str, rules: Rules) -> list[tuple[Form, Reading]]:
    """Return the forms of a book and what they say; raises FileRefused when it holds none."""
    sightings = recognise(book, all_forms(rules.workspace))
    if not sightings:
        raise refusal("F07", name=name)
    if len({sighting.form.decides for sighting in sightings}) > 1:  # nobody does both at once
        raise refusal("F21", name=name)
    return [(each.form, read_document(each.form, each.grid, book.names)) for each in sightings]


def _judge_forms(
    workbook: Workbook,
    forms: list[tuple[Form, Reading]],
    name: str,
    rules: Rules,
    *,
    marking: bool,
    contexts: Contexts,
) -> Judged:
    """Return the judgement on the forms of a workbook, written into it if it is to be marked."""
    results, profiles = [], []
    for form, reading in filled_in(forms, rules.workspace):
        context = contexts.get(reading.document.sheet, ALONE)
        profile = rules.profile_for(form, context.profile)
        scores = _scores(form, reading.document, profile, rules)
        case = Case(form, reading.document, profile, scores, rules.round, rules.year)
        problems = review(case, reading.problems, context)
        results.append(_result(name, case, problems, rules))
        profiles.append(profile)
    results = _with_macros(workbook, _told_apart(results))
    marked = mark(workbook, results, profiles) if marking else None
    return Judged(tuple(results), tuple(profiles), marked, forms[0][0].decides)


def _judge_anew(
    book: Book, why: Problem, *, name: str, rules: Rules, marking: bool, contexts: Contexts
) -> Judged:
    """Return the judgement on a form that can not be written into, in a fresh workbook.

    Raises FileRefused (F34) when the template can not take what the form says.
    """
    from xlflow.issuing import fresh_copy, template_of

    forms = _readings(book, name, rules)
    if len(forms) > 1:
        several = text("fresh.several", count=len(forms))
        raise refusal("F34", name=name, why=several.zh, why_en=several.en)
    ((form, reading),) = forms
    template = template_of(form, rules.workspace)
    try:
        fresh = fresh_copy(form, reading, book, template, why)
    except UsageError as error:
        raise refusal("F34", name=name, why=error.zh, why_en=error.en) from error
    workbook, anew = fresh
    judged = [(form, anew)]
    return _judge_forms(workbook, judged, name, rules, marking=marking, contexts=contexts)


def _scores(form: Form, document: Document, profile: Profile, rules: Rules) -> Scores:
    if form.decides:
        return Scores()
    if form.monitors:
        return monitor_document(document, profile, rules.round)
    return score_document(document, profile)


def _told_apart(results: list[Result]) -> list[Result]:
    """Return the results of a workbook; two sheets for one submission are a problem of both."""
    if len(results) == 1:
        return results
    from xlflow.ledger.identity import key_of

    sheets: dict[str, list[str]] = {}
    for each in results:
        sheets.setdefault(key_of(each, fallback=f"?{each.sheet}"), []).append(each.sheet or "")
    return [
        _ambiguous(each, alike)
        if len(alike := sheets[key_of(each, fallback=f"?{each.sheet}")]) > 1
        else each
        for each in results
    ]


def _with_macros(workbook: Workbook, results: list[Result]) -> list[Result]:
    """Return the results of a workbook; macros that were not handed out are noted."""
    project = workbook.macro_project
    if project is None:
        return results
    from xlflow.issuing import MODULE, macro_source
    from xlflow.ooxml.macros import foreign_modules

    modules = foreign_modules(project, {MODULE: macro_source()})
    if modules == ():
        return results
    named = "、".join(modules) if modules else "?"
    return [
        replace(
            each, problems=(*each.problems, problem("F37", Place(sheet=each.sheet), modules=named))
        )
        for each in results
    ]


def _ambiguous(result: Result, sheets: list[str]) -> Result:
    named = "".join(f"“{sheet}”" for sheet in sheets)
    found = problem("R06", Place(sheet=result.sheet), sheets=named)
    return replace(result, problems=(found, *result.problems), outcome=Outcome.RETURNED)


def _result(name: str, case: Case, problems: tuple[Problem, ...], rules: Rules) -> Result:
    document = case.document
    return Result(
        file=name,
        outcome=outcome_of(problems),
        problems=problems,
        sheet=document.sheet,
        form=case.form.name,
        profile=case.profile.name,
        year=_year(document) or rules.year,
        round=document.text("/round") or rules.round,
        unit=_tidy(document.text("/unit")),
        unit_code=_tidy(document.text("/unit_code")),
        project=_tidy(document.text("/project")),
        project_code=_tidy(document.text("/project_code")),
        scores=case.scores,
        document=document,
    )


def _year(document: Document) -> int | None:
    """Return the year a form names, also where it is written as 2025年度."""
    year = document.number("/year")
    if year is not None:
        return int(year)
    written = _YEAR.search((source.raw if (source := document.sources.get("/year")) else "") or "")
    return int(written.group()) if written else None


def _tidy(words: str | None) -> str | None:
    return " ".join(words.split()) if words else None

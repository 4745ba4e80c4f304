"""The walk of a workbook, from the file that came in to the summary book.

One file: open, recognise, read, score, review, mark (`judge_package`: pure, may run in another
process). Many files: take out of the inbox, judge, record, publish, finish, sum up (`run`). Only
the steps named keep, record and publish touch the disk.
"""

import gc
import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from xlflow import files
from xlflow.background import Background
from xlflow.bounds import SECONDS, bound_memory, bounded_time
from xlflow.config import DECISIONS_FOLDER, SETTINGS_FILE, Workspace, open_workspace
from xlflow.errors import (
    DefinitionError,
    EnvironmentFailed,
    FileRefused,
    UsageError,
    XlflowError,
)
from xlflow.forms import (
    Document,
    Form,
    all_forms,
    filled_in,
    load_form,
    read_document,
    recognise,
)
from xlflow.forms.read import Reading
from xlflow.grids import Book, read_book, read_foreign
from xlflow.marking import mark, strip, unmarked
from xlflow.messages import Text, text
from xlflow.ooxml import Unproven, Workbook, suffix_of
from xlflow.ooxml.limits import DEFAULT
from xlflow.ooxml.refusals import unsafe
from xlflow.outbox import clear_stale, put_answer, put_attachment, put_decisions
from xlflow.pace import Pace
from xlflow.problems import Place, Problem, Severity, problem, refusal
from xlflow.review import (
    ALONE,
    Case,
    Context,
    Known,
    Outcome,
    Result,
    contradictions,
    outcome_of,
    review,
    worst_outcome,
)
from xlflow.scoring import Profile, Scores, load_profile, monitor_document, score_document

if TYPE_CHECKING:  # SQLAlchemy and pandas take their time; a check of one file needs neither
    from xlflow.chasing import Posted
    from xlflow.intake import Sighting
    from xlflow.issuing import Issued
    from xlflow.ledger import Arrival, Assigned, Entry, Ledger, Standing, Submission

# Files that are judged in one go and settled in one transaction. One by one, two processes would
# wait for each other more than they work.
_SETTLED_TOGETHER = 4
_UNDER_WAY = 8  # such batches with the executor at a time
_TAKEN_TOGETHER = 32
_FILE_SECONDS = 2 * SECONDS  # a parser of another file type may take the first half
_PROCESSES = get_context("spawn")
DEFAULT_PROFILE = "national-2020"
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
Contexts = Mapping[str, Context]  # by sheet
_ALONE: Contexts = MappingProxyType({})
Original = tuple[Path, str]  # where it is kept, and the name it came with
Works = Sequence[Original | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a walk judges by: where forms and profiles are looked up, and what stands fixed.

    `profile` overrides what a form asks for; `year` and `round` belong to the exercise and fill
    in what the form does not say. `passwords` are tried on workbooks that have one, and those
    that units were given by the roster (`unit_passwords`, unit and password).
    """

    workspace: Path | None = None
    profile: str = ""
    year: int | None = None
    round: str | None = None
    passwords: tuple[str, ...] = ()
    unit_passwords: tuple[tuple[str, str], ...] = ()

    def profile_for(self, form: Form, own: str = "") -> Profile:
        """Return the profile a form is judged by; `own` is the one its unit has."""
        return load_profile(own or self.profile_name(form), self.workspace)

    def profile_name(self, form: Form) -> str:
        """Return the name of the profile that units without one of their own are judged by."""
        return self.profile or form.profile or DEFAULT_PROFILE

    def passwords_for(self, name: str) -> tuple[str, ...]:
        """Return the passwords to try on a file, those first whose unit is in its name."""
        own = [password for unit, password in self.unit_passwords if unit in name]
        others = [password for _, password in self.unit_passwords]
        return tuple(dict.fromkeys((*own, *self.passwords, *others)))

    def verify(self) -> None:
        """Raise UsageError when a form or a profile that is asked for is wrong."""
        for form in all_forms(self.workspace):
            self.profile_for(form)


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


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back for one file and into the ledger; profiles by name with their exact text."""

    entries: tuple["Entry", ...]
    profile_texts: Mapping[str, str]
    marked: bytes | None
    decides: bool = False

    @property
    def results(self) -> tuple[Result, ...]:
        """The results, without their documents and scored rows."""
        return tuple(entry.result for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of one arrival.

    Its results come without their documents and scored rows: thousands of them in memory would
    slow everything down, and the ledger has them.
    """

    file: str
    sha256: str
    outcome: Outcome
    output: str | None
    problems: int
    results: tuple[Result, ...] = ()


# -- one file ------------------------------------------------------------------------------------


def judge_package(
    package: bytes,
    name: str,
    rules: Rules,
    *,
    marking: bool = True,
    contexts: Contexts = _ALONE,
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


def judge_file(path: Path, rules: Rules, *, marking: bool = True) -> Judged:
    """Return what the walk makes of a file; raises FileRefused when it is not to be read."""
    rules.verify()
    try:
        return _judge(path, path.name, rules, marking=marking)
    except files.Unreadable as error:
        raise FileRefused(error.zh, error.en, "F10") from error


def _judge(
    path: Path,
    name: str,
    rules: Rules,
    *,
    marking: bool = True,
    contexts: Contexts = _ALONE,
) -> Judged:
    """Return what the walk makes of a file under the name it goes by.

    Raises FileRefused also for a fault in processing: one file must never stop the others.
    """
    if path.is_file() and path.stat().st_size > DEFAULT.file_size:
        raise unsafe(name, "file_size", size=DEFAULT.file_size >> 20)
    package = files.read_bytes(path)
    with faults_refused(name):
        return judge_package(package, name, rules, marking=marking, contexts=contexts)


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


def check(path: str | Path, *, profile: str | None = None) -> list[Result]:
    """Return a result for each form in a workbook; writes nothing.

    Raises FileRefused when the file cannot be read or holds no form.
    """
    return list(judge_file(Path(path), Rules(profile=profile or ""), marking=False).results)


def score(path: str | Path, out: str | Path | None = None, *, profile: str | None = None) -> Result:
    """Return the result of the form in a workbook and write the scored copy.

    Of several forms in it all are scored and written, and the result is the first of the worst
    outcome; `check` returns them all. The copy goes to `out`, by default `<stem>.scored.xlsx`
    beside the file; the file itself is never written. Raises FileRefused when the file cannot be
    read or holds no form.
    """
    results, _ = score_file(Path(path), Path(out) if out else None, Rules(profile=profile or ""))
    worst = worst_outcome(results)
    return next(result for result in results if result.outcome is worst)


def score_file(path: Path, out: Path | None, rules: Rules) -> tuple[tuple[Result, ...], Path]:
    """Return the results of the forms in a workbook, and where the scored copy was written."""
    judged = judge_file(path, rules)
    suffix = suffix_of(judged.marked) if judged.marked else path.suffix
    target = out or path.with_name(f"{path.stem}.scored{suffix}")
    if target.resolve() == path.resolve():
        raise UsageError(*text("score.onto_input", name=path.name))
    if judged.marked is not None:
        files.write_bytes(target, judged.marked)
    return judged.results, target


def strip_file(path: Path, out: Path | None) -> Path:
    """Return where a workbook was written without the marks of xlflow, as it was sent.

    It goes to `out`, by default `<stem>.stripped.xlsx` beside the file, which is never written.
    """
    stripped = strip(Workbook.open(path))
    target = out or path.with_name(f"{path.stem}.stripped{suffix_of(stripped)}")
    if target.resolve() == path.resolve():
        raise UsageError(*text("score.onto_input", name=path.name))
    files.write_bytes(target, stripped)
    return target


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


def refused(error: FileRefused, name: str) -> Result:
    """Return the result of a file that could not be read."""
    fault = Problem(error.code, Severity.ERROR, None, None, None, None, error.zh, error.en)
    return Result(file=name, outcome=Outcome.QUARANTINED, problems=(fault,))


def judge_original(path: Path, name: str, rules: Rules, contexts: Contexts = _ALONE) -> Judged:
    """Return what the walk makes of a kept original.

    A refused file is a quarantined result, or an attachment when it does not look like a form.
    """
    from xlflow.intake import is_attachment

    try:
        if not path.exists():  # a virus scanner takes such files away
            raise refusal("F10", name=name)
        return _judge(path, name, rules, contexts=contexts)
    except FileRefused as error:
        return Judged(() if is_attachment(name, error) else (refused(error, name),))


def answer_originals(originals: Works, rules: Rules) -> list[Answer | None]:
    """Return the answers to kept originals, given by path and name; None for None."""
    return [answer_to(judge_original(*each, rules)) if each else None for each in originals]


def answer_in_time(originals: Works, rules: Rules) -> list[Answer | None]:
    """Return the answers as `answer_originals` does; a file that takes too long ends the process.

    It is for a process that others can do without.
    """
    answers = []
    for each in originals:
        with bounded_time(_FILE_SECONDS):
            answers += answer_originals([each], rules)
    return answers


def answer_to(judged: Judged) -> Answer:
    """Return what is recorded and published of a judgement."""
    from xlflow.ledger import entry_of

    return Answer(
        entries=tuple(map(entry_of, judged.results)),
        profile_texts={profile.name: profile.written for profile in judged.profiles},
        marked=judged.marked,
        decides=judged.decides,
    )


# -- many files ----------------------------------------------------------------------------------


def run(
    workspace: Workspace,
    *,
    executor: Executor | None = None,
    on_progress: Callable[[Processed, int, int], None] | None = None,
    on_trouble: Callable[[XlflowError], None] = lambda _: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> tuple[Processed, ...]:
    """Return what became of everything that lies in the inbox now; the summary is written last.

    `on_progress` is told of each file as it is done, with its number and how many there are,
    `on_trouble` why the bureau's own layout of the summary could not be filled.
    Raises WorkspaceBusy when another instance holds the workspace.
    """
    from xlflow.intake import hold, recover, scan

    calm_collector()
    with hold(workspace), open_ledger(workspace) as ledger:
        recover(workspace)
        ready = [sighting for sighting in scan(workspace.inbox) if not sighting.held]
        done = process(
            workspace,
            ledger,
            ready,
            executor=executor,
            on_progress=on_progress,
            clock=clock,
        )
        publish_book(workspace, ledger, clock(), on_trouble=on_trouble)
    return done


def calm_collector() -> None:
    """Let the collector of this process look seldom: a walk leaves hardly anything to it."""
    gc.freeze()  # what is imported by now stays
    gc.set_threshold(50_000, 20, 20)


def watch(
    workspace: Workspace,
    stop: threading.Event,
    *,
    on_progress: Callable[[Processed, int, int], None] | None = None,
    on_trouble: Callable[[XlflowError], None] = lambda _: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Do what `run` does as files arrive and settle, until `stop` is set.

    A full disk, a share that is away, a profile somebody is just editing: such trouble is told to
    `on_trouble` once, and what it kept from being done is tried again until it passes. The
    summary book follows at once, or, once writing it takes long, in a tenth of the time.
    """
    from xlflow.intake import hold, ready_files, recover

    settings = workspace.settings
    with hold(workspace), open_ledger(workspace) as ledger:
        recover(workspace)
        arriving = ready_files(
            workspace.inbox,
            settle_seconds=settings.settle_seconds,
            scan_seconds=settings.scan_seconds,
            stop=stop,
            on_trouble=on_trouble,
        )
        told: str | None = None
        undone = outdated = True  # what was left the last time, and the summary
        pace = Pace()
        # Once more at the end: the summary that was put off is written before we go.
        for ready in chain([()], arriving, [()]):
            if not ready and not undone and not outdated:
                continue
            try:
                if ready or (undone and not stop.is_set()):
                    process(workspace, ledger, ready, on_progress=on_progress, clock=clock)
                    undone, outdated = False, True
                if pace.is_due or stop.is_set():
                    with pace.working():
                        publish_book(workspace, ledger, clock(), on_trouble=on_trouble)
                    outdated = False
                told = None
            except XlflowError as error:
                if str(error) != told:
                    on_trouble(error)
                told, undone = str(error), True


def consolidate(
    workspace: Workspace,
    out: Path | None = None,
    *,
    on_trouble: Callable[[XlflowError], None] = lambda _: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Path:
    """Return where the summary book was written anew from the ledger."""
    with open_ledger(workspace) as ledger:
        return publish_book(workspace, ledger, clock(), out, on_trouble=on_trouble)


def write_page(
    workspace: Workspace,
    out: Path | None = None,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Path:
    """Return where the page was written that tells where everybody stands."""
    with open_ledger(workspace) as ledger:
        return publish_page(workspace, ledger, clock(), out)


def remind(
    workspace: Workspace,
    out: Path | None = None,
    units: Sequence[str] = (),
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> "Posted":
    """Return the notices written to those from whom something is to come, and to `units` alone.

    Without a folder of its own (`out`) they lie in the outbox, where those of earlier times that
    nobody needs any more go.
    """
    from xlflow.chasing import Sender, post_reminders
    from xlflow.ledger import local_day

    settings = workspace.settings
    titles = {form.name: form.title for form in all_forms(workspace.root)}
    sender = Sender(local_day(clock()), titles, settings.bureau, settings.contact)
    with open_ledger(workspace) as ledger:
        return post_reminders(ledger, sender, workspace, out, units)


def process(
    workspace: Workspace,
    ledger: "Ledger",
    ready: Iterable["Sighting"],
    *,
    executor: Executor | None = None,
    on_progress: Callable[[Processed, int, int], None] | None,
    clock: Callable[[], datetime],
) -> tuple[Processed, ...]:
    """Take files out of the inbox, and do all that is not done: these, and what a crash left.

    Forms whose targets were handed out anew since are judged again first. Raises UsageError before
    anything is taken when a form or a profile is wrong.
    """
    from xlflow.intake import let_go, take
    from xlflow.ledger import ArrivalState

    background = background_of(workspace, ledger)
    rules = rules_of(workspace, ledger)
    rules.verify()
    for name in background.profiles:
        load_profile(name, workspace.root)
    let_go(workspace, ledger)
    clear_stale(workspace, ledger)
    for arrival in ledger.overtaken():
        with ledger.together():
            _publish_again(workspace, ledger, arrival, now=clock())
            ledger.forget_overtaken(arrival)
    left = [a for a in ledger.unfinished() if a.state is ArrivalState.TAKEN]
    coming = list(ready)
    total = len(left) + len(coming)
    # Taken some at a time: while these are judged elsewhere, the next ones are kept.
    taken = (
        arrival
        for start in range(0, len(coming), _TAKEN_TOGETHER)
        for arrival in take(workspace, ledger, coming[start : start + _TAKEN_TOGETHER], clock())
    )
    done: list[Processed] = []

    def tell(each: Processed, members: int = 0) -> None:
        nonlocal total
        total += members
        done.append(each)
        if on_progress:
            on_progress(each, len(done), total)

    arrivals = _with_members(
        workspace, background, rules, chain(left, taken), tell=tell, clock=clock
    )
    for batch in _judge_all(workspace, ledger, arrivals, rules, executor):
        # The folders are flushed before the batch is committed: the ledger tells of no lost name.
        with ledger.together(), files.flushing_folders_once():
            settled = [_settle(workspace, background, rules, *pair, now=clock()) for pair in batch]
        for each in settled:
            tell(each)
    clear_stale(workspace, ledger)
    return tuple(done)


def hand_out(
    roster: Path,
    form_name: str,
    *,
    year: int,
    exercise_round: str | None = None,
    out: Path | None = None,
    folder: Path,
    button: bool = False,
    server: str = "",
) -> tuple["Issued", ...]:
    """Return the workbooks written for the lines of a roster; in a workspace they are expected.

    A form that reports on targets is handed out with those accepted for the unit and project.
    What was handed out before and would be the same again stays as it is; anything else is a new
    version. Outside a workspace (`folder` has no `xlflow.toml`) only the files are written.
    A form that reports on part of a year needs a round, here or in the settings: units state it,
    and would not be those who are expected.
    """
    from xlflow.issuing import (
        Exercise,
        accepted_targets,
        as_extended,
        issue,
        lines_for,
        read_roster,
        takes_over,
    )

    workspace = open_workspace(folder) if (folder / SETTINGS_FILE).is_file() else None
    target = out or (workspace.handout if workspace else folder / "handout")
    form = load_form(form_name, folder)
    if form.decides or form.lists_units:
        raise UsageError(*text("issue.decides", form=form.title))
    lines = lines_for(form, read_roster(roster, folder), roster.name)
    _refuse_other_years(form, year)
    if workspace and not exercise_round:
        exercise_round = workspace.settings.round or None
    if form.monitors and not exercise_round:
        raise UsageError(*text("issue.no_round", form=form.title))
    rules = rules_of(workspace) if workspace else Rules(folder)
    exercise = Exercise(
        form,
        year,
        rules.profile_name(form),
        exercise_round,
        workspace=folder,
        button=button,
        server=server,
    )
    if workspace is None:
        return issue(exercise, lines, target, roster=roster.name)
    settings = workspace.settings
    exercise = replace(
        exercise,
        deadline=settings.deadline or None,
        send_to=settings.send_to,
        names=settings.handout_name,
    )
    with open_ledger(workspace) as ledger:
        lines = as_extended(exercise, lines, ledger)
        known = None
        if takes_over(form, forms := all_forms(folder)):
            known = accepted_targets(ledger, lines, year, forms)
        return issue(
            exercise,
            lines,
            target,
            roster=roster.name,
            targets=known,
            ledger=ledger,
        )


def _refuse_other_years(form: Form, year: int) -> None:
    """Raise UsageError for a year that no such form may state: nobody could return it."""
    field = form.root.child("year")
    limits = field.schema if field else {}
    least, most = (limits.get(key, year) for key in ("minimum", "maximum"))
    if not least <= year <= most:
        raise UsageError(*text("issue.year", year=year, least=least, most=most))


def standing(workspace: Workspace) -> tuple["Standing", ...]:
    """Return where every unit stands: the roster against what came in."""
    with open_ledger(workspace) as ledger:
        return ledger.standing()


def check_form(name: str, folder: Path) -> Iterator[Text]:
    """Yield what does not fit between a form's template and its schema.

    A file instead of a form's name is a bureau's own layout of the summary.
    """
    from xlflow.forms.check import form_faults
    from xlflow.issuing import template_of

    if name.lower().endswith((".xlsx", ".xlsm")):
        from xlflow.summary import layout_faults

        yield from layout_faults(files.read_bytes(folder / name), Path(name).name)
        return
    form = load_form(name, folder)
    yield from form_faults(form, read_book(Workbook.from_bytes(template_of(form, folder), name)))


def rules_of(workspace: Workspace, ledger: "Ledger | None" = None) -> Rules:
    """Return the rules a workspace judges by, with the passwords in its ledger."""
    settings = workspace.settings
    return Rules(
        workspace.root,
        settings.profile,
        settings.year or None,
        settings.round or None,
        settings.passwords,
        ledger.passwords() if ledger else (),
    )


def open_ledger(workspace: Workspace) -> "Ledger":
    """Return the ledger of a workspace."""
    from xlflow.ledger import Ledger

    files.make_dir(workspace.state)
    return Ledger.open(workspace.ledger)


def publish_book(
    workspace: Workspace,
    ledger: "Ledger",
    now: datetime,
    out: Path | None = None,
    *,
    on_trouble: Callable[[XlflowError], None] = lambda _: None,
) -> Path:
    """Return where the summary book was written; beside its name when that is open on a desk.

    Unless it goes to a place of its own (`out`), the page 进度.html is written beside it and the
    bureau's own layout filled, if the settings name one; `on_trouble` is told why it could not be.
    """
    from xlflow.summary import publish_summary, write_summary

    forms = all_forms(workspace.root)
    about: dict[str, Any] = _about(workspace, forms, now) | {
        "amount_units": {form.name: unit for form in forms if (unit := _amount_unit(form))},
        "judged_by": {form.name: (form, rules_of(workspace).profile_for(form)) for form in forms},
    }
    if out is not None:
        with files.passing_file(out.name) as made:
            write_summary(ledger, made, folder=out.resolve().parent, **about)
            files.write_from(out, made)
        return out
    book = publish_summary(ledger, outbox=workspace.outbox, **about)
    with suppress(files.TargetInUse):  # the next run will write it
        publish_page(workspace, ledger, now)
    if workspace.settings.summary_layout:
        try:
            _publish_layout(workspace, ledger, about["at"], forms)
        except XlflowError as error:
            on_trouble(error)
    return book


def _publish_layout(workspace: Workspace, ledger: "Ledger", at: str, forms: Sequence[Form]) -> None:
    """Fill the bureau's own layout of the summary."""
    from xlflow.summary import Wanted, publish_layout

    settings = workspace.settings
    wanted = Wanted(settings.title, settings.year, settings.round, settings.deadline)
    layout = workspace.root / settings.summary_layout
    publish_layout(ledger, layout, wanted, at=at, outbox=workspace.outbox, forms=forms)


def publish_page(
    workspace: Workspace, ledger: "Ledger", now: datetime, out: Path | None = None
) -> Path:
    """Return where the page was written that tells where everybody stands."""
    from xlflow import chasing

    about = _about(workspace, all_forms(workspace.root), now)
    return chasing.publish_page(ledger, out or workspace.outbox / chasing.PAGE_NAME, **about)


def _about(workspace: Workspace, forms: Iterable[Form], now: datetime) -> dict[str, Any]:
    """Return what everything made from the ledger is told."""
    return {
        "title": workspace.settings.title,
        "at": now.isoformat(timespec="seconds"),
        "workspace": workspace.root,
        "form_titles": {form.name: form.title for form in forms},
    }


def _with_members(
    workspace: Workspace,
    background: Background,
    rules: Rules,
    arrivals: Iterable["Arrival"],
    *,
    tell: Callable[..., None],
    clock: Callable[[], datetime],
) -> Iterator["Arrival"]:
    """Yield what is to be judged: arrivals, and in the place of an archive the files in it.

    The archive itself is done then; `tell` is told of it, and of how many files that are more.
    """
    from xlflow.intake import is_archive, unpack

    ledger = background.ledger
    for arrival in arrivals:
        if not is_archive(workspace, arrival) or ledger.first_with(arrival.sha256, arrival):
            yield arrival
            continue
        try:
            members = unpack(workspace, ledger, arrival)
        except FileRefused as error:
            answer = answer_to(Judged((refused(error, arrival.name),)))
            tell(_settle(workspace, background, rules, arrival, answer, now=clock()))
            continue
        if members is None:
            yield arrival
            continue
        tell(Processed(arrival.name, arrival.sha256, Outcome.ATTACHMENT, None, 0), len(members))
        yield from members


def _amount_unit(form: Form) -> str | None:
    amount = form.root.child("amount_this_year")
    return amount.unit or "元" if amount else None


def _judge_all(
    workspace: Workspace,
    ledger: "Ledger",
    waiting: Iterable["Arrival"],
    rules: Rules,
    executor: Executor | None,
) -> Iterator[list[tuple["Arrival", Answer | None]]]:
    """Yield arrivals with their answers, in order and some at a time; None for one known."""
    from xlflow.intake import original_path

    originals = (
        (
            arrival,
            (original_path(workspace, arrival.sha256), arrival.name)
            if ledger.first_with(arrival.sha256, arrival) is None
            else None,
        )
        for arrival in waiting
    )
    yield from judge_originals(originals, rules, executor)


def judge_in_workspace(package: bytes, name: str, workspace: Workspace, ledger: "Ledger") -> Judged:
    """Return what `run` would make of a workbook in a workspace now; nothing is kept or recorded.

    Raises FileRefused as `judge_package` does, and for a 处理单 (F20), which nobody scores.
    """
    rules = rules_of(workspace)
    judged = judge_package(package, name, rules)
    if judged.decides:
        raise refusal("F20", name=name, folder=DECISIONS_FOLDER)
    answer = answer_to(judged)
    background = background_of(workspace, ledger)
    contexts = _contexts_of(background, answer, decided=ledger.has_decisions())
    matter = _that_matter(answer, contexts, rules)
    return judge_package(package, name, rules, contexts=matter) if matter else judged


def judge_originals(
    originals_of: Iterable[tuple["Arrival", Original | None]],
    rules: Rules,
    executor: Executor | None,
) -> Iterator[list[tuple["Arrival", Answer | None]]]:
    """Yield arrivals with the answers to their originals, in order and some at a time."""
    waiting = iter(originals_of)
    under_way: deque[tuple[list[Arrival], Works, Future[list[Answer | None]] | None]] = deque()
    alone = _Alone(rules)
    with closing(alone):
        while pairs := list(islice(waiting, _SETTLED_TOGETHER)):
            batch = [arrival for arrival, _ in pairs]
            works: Works = [original for _, original in pairs]
            if executor is None:
                yield list(zip(batch, answer_originals(works, rules), strict=True))
                continue
            under_way.append((batch, works, _submitted(executor, works, rules)))
            if len(under_way) == _UNDER_WAY:  # what is judged and not yet settled takes memory
                done, works, future = under_way.popleft()
                yield list(zip(done, alone.if_broken(future, works), strict=True))
        for done, works, future in under_way:
            yield list(zip(done, alone.if_broken(future, works), strict=True))


def _submitted(
    executor: Executor, works: Works, rules: Rules
) -> Future[list[Answer | None]] | None:
    """Return the answers to come; None where a process was killed and no more are taken."""
    try:
        return executor.submit(answer_in_time, works, rules)
    except BrokenExecutor:
        return None


class _Alone:
    """Judges files one by one in a process of its own, once one has killed the others.

    The file that kills this process too is the one; the next gets a new process.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._process: Executor | None = None

    def if_broken(
        self, future: Future[list[Answer | None]] | None, works: Works
    ) -> list[Answer | None]:
        """Return the answers of others, or those made here where they did not live to give any."""
        try:
            if future is not None:
                return future.result()
        except BrokenExecutor:
            pass
        return [self._answer(*work) if work else None for work in works]

    def _answer(self, path: Path, name: str) -> Answer:
        if self._process is None:
            self._process = ProcessPoolExecutor(1, mp_context=_PROCESSES, initializer=bound_memory)
        try:
            (answer,) = self._process.submit(answer_in_time, [(path, name)], self._rules).result()
        except BrokenExecutor:
            self.close()
            answer = None
        return answer or answer_to(Judged((refused(refusal("F35", name=name), name),)))

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.shutdown()
        self._process = None


def _settle(
    workspace: Workspace,
    background: Background,
    rules: Rules,
    arrival: "Arrival",
    answer: Answer | None,
    *,
    now: datetime,
) -> Processed:
    """Record an answer, publish what belongs in the outbox, and finish the arrival."""
    ledger = background.ledger
    if answer is None and (first := ledger.first_with(arrival.sha256, arrival)):
        key = "walk.duplicate" if first.sha256 == arrival.sha256 else "walk.own_copy"
        same_as = text(key, name=first.name).zh
        ledger.finish(arrival, Outcome.DUPLICATE, same_as)
        return Processed(arrival.name, arrival.sha256, Outcome.DUPLICATE, None, 0)
    if answer is None:  # the other one could not be read after all
        answer = _judged_again(workspace, arrival, _ALONE, rules)
    if answer.decides and _is_from_officer(arrival):
        return _settle_decisions(workspace, ledger, arrival, answer, now)
    answer = _as_decided(workspace, background, rules, arrival, answer)
    results = answer.results
    if not results:
        output = put_attachment(workspace, arrival)
        ledger.finish(arrival, Outcome.ATTACHMENT, text("walk.attachment").zh, output)
        return Processed(arrival.name, arrival.sha256, Outcome.ATTACHMENT, output, 0)
    outcome = worst_outcome(results)
    unreadable = outcome is Outcome.QUARANTINED
    note = results[0].problems[0].message if unreadable else None
    # One transaction: the file is published before it is committed that it was. A crash in
    # between leaves nothing recorded, and the next start publishes the same file once more.
    with ledger.together():
        submissions = ledger.record(
            arrival,
            answer.entries,
            recorded_at=now.isoformat(timespec="seconds"),
            profile_texts=answer.profile_texts,
        )
        output = put_answer(
            workspace, arrival, answer.results, answer.marked, submissions[0].version
        )
        _note_answer(ledger, arrival, answer)
        for submission in submissions:
            ledger.published(submission, output)
        ledger.finish(arrival, outcome, note)
    problems = sum(len(result.problems) for result in results)
    return Processed(arrival.name, arrival.sha256, outcome, output, problems, results)


def _note_answer(ledger: "Ledger", arrival: "Arrival", answer: Answer) -> None:
    if answer.marked is not None:  # should it come back unchanged, it is known
        ledger.answered(arrival, files.sha256_of(answer.marked))


def _is_from_officer(arrival: "Arrival") -> bool:
    """Return whether a file lay where officers alone put one, not among what departments send.

    What came in an archive did not lie there: whoever packed it chose its folder.
    """
    return arrival.archive_id is None and PurePosixPath(arrival.name).parts[:-1][:1] == (
        DECISIONS_FOLDER,
    )


def _as_decided(
    workspace: Workspace,
    background: Background,
    rules: Rules,
    arrival: "Arrival",
    answer: Answer,
) -> Answer:
    """Return an answer as what came before has it.

    Whose the forms are and what may pass was decided; the roster and accepted forms are known.
    """
    if answer.decides:
        error = refusal("F20", name=arrival.name, folder=DECISIONS_FOLDER)
        return answer_to(Judged((refused(error, arrival.name),)))
    ledger = background.ledger
    decided = ledger.has_decisions()
    units = [
        ledger.assigned(arrival.name, result.unit) if decided else None for result in answer.results
    ]
    answer = _with_units(answer, units)
    contexts = _contexts_of(background, answer, decided=decided)
    again = in_context(workspace, arrival, answer, contexts, rules)
    if again is answer or len(again.entries) != len(units):
        return again
    return _with_units(again, units)


def _contexts_of(background: Background, answer: Answer, *, decided: bool) -> dict[str, Context]:
    """Return what bears on the forms of an answer that is about to be recorded, by sheet."""
    ledger = background.ledger
    return {
        result.sheet: Context(
            ledger.waivers_for(ledger.place_key(result)) if decided else (),
            background.of(result, assigned=entry.assigned_from is not None),
            background.profile_of(result),
        )
        for entry in answer.entries
        if (result := entry.result).sheet
    }


def in_context(
    workspace: Workspace, arrival: "Arrival", answer: Answer, contexts: Contexts, rules: Rules
) -> Answer:
    """Return an answer as it is with what bears on its forms; judged again only where it matters.

    Units that an officer gave are lost where it is.
    """
    matter = _that_matter(answer, contexts, rules)
    return _judged_again(workspace, arrival, matter, rules) if matter else answer


def _that_matter(answer: Answer, contexts: Contexts, rules: Rules) -> Contexts:
    """Return the contexts that make another judgement of an answer's forms."""
    return {
        sheet: context
        for entry in answer.entries
        if (sheet := entry.result.sheet or "") in contexts
        and (
            (context := contexts[sheet]).waivers
            or context.profile not in ("", entry.result.profile)
            or _is_contradicted(entry, context.known, rules)
        )
    }


def _is_contradicted(entry: "Entry", known: Known, rules: Rules) -> bool:
    from xlflow.ledger import data_of_entry

    result = entry.result
    if not known or result.form is None:
        return False
    if known.promises or known.last_year:
        data = data_of_entry(entry)
    else:  # who it is from needs no reading of the whole form
        data = {"unit": result.unit, "unit_code": result.unit_code}
    form = load_form(result.form, rules.workspace)
    document = Document(form.name, result.sheet or "", data, {})
    case = Case(form, document, rules.profile_for(form), result.scores)
    return any(True for _ in contradictions(case, known))


def background_of(workspace: Workspace, ledger: "Ledger") -> Background:
    """Return where one looks up what was known of a form."""
    return Background(
        ledger, all_forms(workspace.root), ledger.exercises(), ledger.profiles_named()
    )


def _judged_again(
    workspace: Workspace, arrival: "Arrival", contexts: Contexts, rules: Rules
) -> Answer:
    from xlflow.intake import original_path

    path = original_path(workspace, arrival.sha256)
    return answer_to(judge_original(path, arrival.name, rules, contexts))


def _with_units(answer: Answer, units: Iterable["Assigned | None"]) -> Answer:
    """Return an answer with the units that an officer gave its forms."""
    pairs = zip(answer.entries, units, strict=True)
    return replace(
        answer, entries=tuple(entry.of_unit(unit) if unit else entry for entry, unit in pairs)
    )


def _settle_decisions(
    workspace: Workspace, ledger: "Ledger", arrival: "Arrival", answer: Answer, now: datetime
) -> Processed:
    """Carry out a 处理单, publish anew what it touched, and answer it line by line."""
    from xlflow.decisions import carry_out

    forms = {form.name: form for form in all_forms(workspace.root)}
    titles = {form.name: form.title for form in forms.values()}
    rules = rules_of(workspace, ledger)
    with ledger.together():
        again = partial(_publish_again, workspace, ledger, now=now)
        ruling = carry_out(ledger, arrival, answer.entries, titles, again)
        profiles = [rules.profile_for(forms[str(result.form)]) for result in ruling.results]
        workbook = Workbook.from_bytes(answer.marked or b"", arrival.name)
        marked = mark(workbook, ruling.results, profiles)
        outcome = worst_outcome(ruling.results)
        output = put_decisions(workspace, arrival, marked, ruling.stem)
        ledger.finish(arrival, outcome, ruling.note)
    problems = sum(len(result.problems) for result in ruling.results)
    return Processed(arrival.name, arrival.sha256, outcome, output, problems, ruling.results)


def _publish_again(
    workspace: Workspace, ledger: "Ledger", arrival: "Arrival", *, now: datetime
) -> bool:
    """Judge and publish an original anew as it was decided since; return whether that could be."""
    submissions = ledger.submissions_of(arrival)
    contexts = contexts_now(background_of(workspace, ledger), submissions)
    answer = _judged_again(workspace, arrival, contexts, rules_of(workspace, ledger))
    if not is_of(answer, submissions):
        return False
    put_again(workspace, ledger, arrival, as_assigned(answer, submissions), now)
    return True


def contexts_now(background: Background, submissions: "Iterable[Submission]") -> dict[str, Context]:
    """Return what bears on submissions as they stand in the ledger, by sheet."""
    return {
        each.sheet: Context(
            background.ledger.waivers_for(each.key, each.id),
            background.of(each, assigned=each.assigned_from is not None, before=each.id),
            background.profile_of(each),
        )
        for each in submissions
        if each.sheet
    }


def put_again(
    workspace: Workspace, ledger: "Ledger", arrival: "Arrival", answer: Answer, now: datetime
) -> None:
    """Put another judgement on an arrival in the place of the recorded one, with its answer."""
    submissions = ledger.submissions_of(arrival)
    ledger.rejudged(
        list(zip(submissions, answer.entries, strict=True)),
        at=now.isoformat(timespec="seconds"),
        profile_texts=answer.profile_texts,
    )
    output = put_answer(workspace, arrival, answer.results, answer.marked, submissions[0].version)
    _note_answer(ledger, arrival, answer)
    for submission in submissions:
        ledger.published(submission, output)
    ledger.finish(arrival, worst_outcome(answer.results))


def is_of(answer: Answer, submissions: "Sequence[Submission]") -> bool:
    """Return whether an answer is one to these submissions."""
    return [each.sheet for each in answer.results] == [each.sheet for each in submissions]


def as_assigned(answer: Answer, submissions: "Sequence[Submission]") -> Answer:
    """Return an answer with the units that an officer gave its submissions."""
    from xlflow.ledger import Assigned

    units = [
        None if each.assigned_from is None else Assigned(each.unit or "", each.unit_code)
        for each in submissions
    ]
    return _with_units(answer, units)

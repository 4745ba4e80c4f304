"""The walk of a workbook, from the file that came in to the summary book.

One file: open, recognise, read, score, review, mark (`judging.workbook`: pure, may run in another
process). Many files: take out of the inbox (`intake`), judge (`judging`), record, publish, finish
(`settling`), sum up (`publishing`). Only the steps named keep, record and publish touch the disk.
"""

import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from xlflow import files
from xlflow.background import Background
from xlflow.config import SETTINGS_FILE, Settings, Workspace, open_workspace
from xlflow.errors import (
    DefinitionError,
    EnvironmentFailed,
    FileRefused,
    UsageError,
    XlflowError,
)
from xlflow.forms import Form, all_forms, load_form
from xlflow.grids import read_book
from xlflow.judging import (
    Answer,
    Judged,
    Rules,
    answer_to,
    judge_file,
    judge_originals,
    refused,
    rules_of,
)
from xlflow.marking import strip
from xlflow.messages import Text, text
from xlflow.ooxml import Workbook, suffix_of
from xlflow.outbox import clear_stale
from xlflow.pace import Pace
from xlflow.publishing import Published, publish_book, publish_page
from xlflow.review import Outcome, Result, worst_outcome
from xlflow.scoring import load_profile
from xlflow.settling import Processed, background_of, publish_again, settle

if TYPE_CHECKING:  # SQLAlchemy and pandas take their time; a check of one file needs neither
    from xlflow.chasing import Posted
    from xlflow.intake import Sighting
    from xlflow.issuing import Issued
    from xlflow.ledger import Arrival, Ledger, Standing

_TAKEN_TOGETHER = 32


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
) -> Published:
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
            publish_again(workspace, ledger, arrival, now=clock())
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
            settled = [settle(workspace, background, rules, *pair, now=clock()) for pair in batch]
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
    Without a round it is that of the settings; `doubtful_round` tells one that will not fit.
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
    rules = rules_of(workspace) if workspace else Rules(folder)
    exercise = Exercise(
        form,
        year,
        rules.profile_name(form),
        _round_asked_for(workspace, exercise_round) or None,
        workspace=folder,
        button=button,
        server=server,
    )
    if workspace is None:
        return issue(exercise, lines, target, roster=roster.name)
    settings = workspace.settings
    exercise = replace(
        exercise,
        deadline=_deadline(settings),
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


def _deadline(settings: Settings) -> str | None:
    """Return the deadline of a workspace; raises DefinitionError where it names no day."""
    from xlflow.ledger.clock import day_of

    written = settings.deadline
    if written and day_of(written) is None:
        raise DefinitionError(*text("config.no_day", name=SETTINGS_FILE, written=written))
    return written or None


def _refuse_other_years(form: Form, year: int) -> None:
    """Raise UsageError for a year that no such form may state: nobody could return it."""
    field = form.root.child("year")
    limits = field.schema if field else {}
    least, most = (limits.get(key, year) for key in ("minimum", "maximum"))
    if not least <= year <= most:
        raise UsageError(*text("issue.year", year=year, least=least, most=most))


def doubtful_round(workspace: Workspace, form_name: str, exercise_round: str | None) -> Text | None:
    """Return why forms handed out for a round would come back as of another; None if they do not.

    Such a form is on no line of the roster, and its unit stays missing.
    """
    from xlflow.ledger.identity import period_of

    form, usual = load_form(form_name, workspace.root), _round_asked_for(workspace, None)
    wanted = _round_asked_for(workspace, exercise_round)
    if form.monitors and not wanted:
        return text("issue.no_round", form=form.title)
    if form.root.child("round") is None and period_of(wanted) != period_of(usual):
        said = {"form": form.title, "round": wanted, "name": SETTINGS_FILE}
        return text("issue.unstated_round", **said)
    return None


def _round_asked_for(workspace: Workspace | None, named: str | None) -> str:
    """Return the round to hand out for: the one that was named, else that of the settings."""
    return (named or "").strip() or (workspace.settings.round.strip() if workspace else "")


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


def open_ledger(workspace: Workspace) -> "Ledger":
    """Return the ledger of a workspace, made if nothing was ever kept there.

    Raises EnvironmentFailed where originals are kept and the file of the ledger is gone or empty.
    """
    from xlflow.ledger import Ledger

    place = workspace.ledger
    lost = isinstance(place, Path) and not (place.exists() and place.stat().st_size)
    if lost and any(workspace.originals.glob("*/*")):
        raise EnvironmentFailed(*text("ledger.lost", where=place))
    files.make_dir(workspace.state)
    return Ledger.open(place)


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
            tell(settle(workspace, background, rules, arrival, answer, now=clock()))
            continue
        if members is None:
            yield arrival
            continue
        tell(Processed(arrival.name, arrival.sha256, Outcome.ATTACHMENT, None, 0), len(members))
        yield from members


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

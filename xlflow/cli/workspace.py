"""Commands over a workspace: demo, init, issue, run, watch, consolidate, report."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.speech import Command, console, print_json, print_table, print_tree, say
from xlflow.errors import XlflowError
from xlflow.messages import Text, language

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from xlflow.config import Workspace
    from xlflow.settling import Processed

DIR = click.Path(readable=False, path_type=Path, file_okay=False)
FILE = click.Path(readable=False, path_type=Path, dir_okay=False)

workspace_option = click.option(
    "--workspace", "folder", type=DIR, default=".", help=say("cli.workspace_option")
)
json_option = click.option("--json", "as_json", is_flag=True, help=say("cli.json_option"))
_WORTH_A_PROCESS = 20  # so many files a process pays for its start
Progress = Callable[["Processed", int, int], None]


@click.command(cls=Command, help=say("cli.demo"))
@click.argument("folder", required=False, type=DIR)
@json_option
def demo(folder: Path | None, as_json: bool) -> None:
    """Build a workspace from the seed data and run everything in it."""
    from xlflow.demo import play
    from xlflow.shapes import processed_shape

    with _progress(quiet=as_json) as on_progress:
        played = play(folder, on_progress)
    if as_json:
        print_json([processed_shape(done) for done in played.processed])
        return
    _print_processed(played.processed)
    print_tree(played.workspace.outbox)
    click.echo(say("cli.summary_at", path=played.summary))
    for path in played.reports:
        click.echo(say("cli.report_at", path=path))
    if not played.reports:
        click.echo(say("cli.demo_no_reports"))


@click.command(cls=Command, help=say("cli.init"))
@click.argument("folder", type=DIR)
def init(folder: Path) -> None:
    """Make a new workspace."""
    from xlflow.config import DECISIONS_FILE, DECISIONS_FOLDER, ROSTER_FILE, create_workspace

    created = create_workspace(folder)
    click.echo(
        say(
            "cli.initialised",
            folder=created.root,
            roster=ROSTER_FILE,
            inbox=created.inbox,
            decisions=DECISIONS_FILE,
            folder_in=created.inbox / DECISIONS_FOLDER,
        )
    )


@click.command(cls=Command, help=say("cli.issue"))
@click.argument("roster", type=FILE)
@click.option("--form", "form_name", required=True, help=say("cli.issue_form"))
@click.option("--year", type=int, required=True, help=say("cli.issue_year"))
@click.option("--round", "exercise_round", help=say("cli.issue_round"))
@click.option("--out", type=DIR, help=say("cli.issue_out"))
@click.option("--button", is_flag=True, help=say("cli.issue_button"))
@click.option("--server", default="", help=say("cli.issue_server"))
@workspace_option
@json_option
def issue(
    *,
    roster: Path,
    form_name: str,
    year: int,
    exercise_round: str | None,
    out: Path | None,
    button: bool,
    server: str,
    folder: Path,
    as_json: bool,
) -> None:
    """Write a workbook for each line of the roster."""
    from xlflow.config import SETTINGS_FILE, open_workspace
    from xlflow.pipeline import doubtful_round, hand_out
    from xlflow.shapes import issued_shape

    issued = hand_out(
        roster,
        form_name,
        year=year,
        exercise_round=exercise_round,
        out=out,
        folder=folder,
        button=button or bool(server),
        server=server,
    )
    if not (folder / SETTINGS_FILE).is_file():
        click.echo(err=True, message=say("cli.issued_outside", folder=folder.absolute()))
    elif doubt := doubtful_round(open_workspace(folder), form_name, exercise_round):
        click.echo(err=True, message=doubt.in_language(language()))
    if as_json:
        print_json([issued_shape(each) for each in issued])
        return
    click.echo(say("cli.issued", count=len(issued), folder=issued[0].path.parent))
    if bare := [item.path.name for item in issued if item.targets is False]:
        click.echo(say("cli.issued_bare", count=len(bare), names="\n".join(bare)))
    if again := [item.path.name for item in issued if item.new and item.version > 1]:
        click.echo(say("cli.issued_again", count=len(again), names="\n".join(again)))
    if back := [item.path.name for item in issued if item.expected_again]:
        click.echo(say("cli.expected_again", count=len(back), names="\n".join(back)))
    if overtaken := [each.file for item in issued for each in item.overtaken]:
        click.echo(say("cli.overtaken", count=len(overtaken), names="\n".join(overtaken)))


@click.command(cls=Command, help=say("cli.run"))
@workspace_option
@click.option("--jobs", type=click.IntRange(1), help=say("cli.jobs_option"))
@json_option
def run(folder: Path, jobs: int | None, as_json: bool) -> None:
    """Work off everything that lies in the inbox."""
    from xlflow.config import open_workspace
    from xlflow.pipeline import run as run_all
    from xlflow.shapes import processed_shape

    workspace = open_workspace(folder)
    with (
        executor_for(jobs or _fitting_jobs(workspace)) as executor,
        _progress(quiet=as_json) as on_progress,
    ):
        done = run_all(
            workspace, executor=executor, on_progress=on_progress, on_trouble=_print_trouble
        )
    if as_json:
        print_json([processed_shape(each) for each in done])
    else:
        _print_processed(done)
    _print_left(workspace)


@click.command(cls=Command, help=say("cli.watch"))
@workspace_option
def watch(folder: Path) -> None:
    """Work off files as they arrive, until stopped."""
    from xlflow.config import open_workspace
    from xlflow.pipeline import watch as watch_inbox

    workspace = open_workspace(folder)
    click.echo(err=True, message=say("cli.watching", inbox=workspace.inbox))
    stop = threading.Event()
    try:
        watch_inbox(workspace, stop, on_progress=_print_one, on_trouble=_print_trouble)
    except KeyboardInterrupt:
        click.echo(err=True, message=say("cli.stopped"))


@click.command(cls=Command, help=say("cli.consolidate"))
@click.option("--out", type=FILE, help=say("cli.consolidate_out"))
@workspace_option
def consolidate(out: Path | None, folder: Path) -> None:
    """Write the summary book again from the ledger."""
    from xlflow.config import open_workspace
    from xlflow.pipeline import consolidate as write_book

    written = write_book(open_workspace(folder), out, on_trouble=_print_trouble)
    click.echo(say("cli.summary_at", path=written.book))
    if written.layout:
        click.echo(say("cli.layout_at", path=written.layout))


@click.command(cls=Command, help=say("cli.report"))
@click.option("--unit", help=say("cli.report_unit"))
@click.option("--project", help=say("cli.report_project"))
@click.option("--year", type=int, help=say("cli.report_year"))
@click.option("--template", type=FILE, help=say("cli.report_template"))
@click.option("--out", type=FILE, help=say("cli.report_out"))
@workspace_option
@json_option
def report(
    *,
    unit: str | None,
    project: str | None,
    year: int | None,
    template: Path | None,
    out: Path | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Write the narrative report of a unit, a project or everything of a year."""
    from xlflow.config import open_workspace
    from xlflow.reporting import write_report

    reported = write_report(
        open_workspace(folder), unit=unit, project=project, year=year, template=template, out=out
    )
    blanks = reported.report.blanks
    if as_json:
        print_json(
            {
                "file": reported.path.as_posix(),
                "title": reported.report.title,
                "blanks": [
                    {"section": each.section, "blank": each.words, "blank_en": each.words_en}
                    for each in blanks
                ],
                "charts": not reported.report.charts_left_out,
            }
        )
        return
    click.echo(say("cli.report_at", path=reported.path))
    if reported.report.charts_left_out:
        click.echo(say("cli.report_no_charts"), err=True)
    if blanks:
        click.echo(say("cli.report_blanks", count=len(blanks)))
    for each in blanks:
        words = Text(each.words, each.words_en).in_language(language())
        click.echo(f"  {each.section}: {words}" if each.section else f"  {words}")


def _fitting_jobs(workspace: "Workspace") -> int:
    """Return how many processes suit the inbox: one for a few files, else one a processor."""
    from xlflow.intake import scan

    return min(os.cpu_count() or 1, max(1, len(scan(workspace.inbox)) // _WORTH_A_PROCESS))


@contextmanager
def executor_for(jobs: int) -> "Iterator[Executor | None]":
    """Yield an executor of so many processes; none for one, the work is then done here."""
    if jobs == 1:
        yield None
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    # As copies of this process on Linux, anew elsewhere.
    context = get_context("fork" if sys.platform == "linux" else "spawn")
    executor = ProcessPoolExecutor(jobs, mp_context=context, initializer=_set_up_worker)
    try:
        # Started now, while no database is open and no other thread runs that they could inherit.
        executor.submit(int).result()
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)  # after Ctrl-C nobody waits for the rest


def _set_up_worker() -> None:
    """Leave Ctrl-C, which reaches every process of a terminal, to the one that started this."""
    from xlflow.pipeline import calm_collector

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    calm_collector()


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Progress | None]:
    """Show a bar on a terminal; stay silent for machines and pipes."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console(err=True), transient=True) as bar:
        task = bar.add_task(say("cli.working"), total=None)

        def show(done: "Processed", number: int, total: int) -> None:
            bar.update(task, completed=number, total=total, description=done.file)

        yield show


def _print_one(done: "Processed", number: int, total: int) -> None:
    del number, total
    outcome = say(f"outcome.{done.outcome.value}")
    click.echo(f"{outcome}  {done.file}  {done.output or ''}")


def _print_processed(processed: "tuple[Processed, ...]") -> None:
    if not processed:
        click.echo(say("cli.nothing"))
        return
    rows: list[dict[str, object]] = []
    for done in processed:
        name = done.file.rpartition("/")[2]
        for result in done.results or (None,):
            scores = result.scores if result else None
            several = len(done.results) > 1
            light = scores.light if scores else None
            outcome = result.outcome if result else done.outcome
            rows.append(
                {
                    "file": f"{name} [{result.sheet}]" if result and several else name,
                    "unit": result.unit if result else None,
                    "project": result.project if result else None,
                    "outcome": say(f"outcome.{outcome.value}"),
                    "total": scores.total if scores else None,
                    "claimed": scores.claimed_total if scores else None,
                    "grade": scores.grade if scores else None,
                    "light": say(f"lights.{light}") if light else None,
                    "problems": len(result.problems) if result else done.problems,
                }
            )
    used = [
        key for key in rows[0] if key not in ("light", "project") or any(row[key] for row in rows)
    ]
    print_table(
        [say(f"cli.run_{key}") for key in used],
        [[row[key] for key in used] for row in rows],
        cut=[say(f"cli.run_{key}") for key in ("file", "unit", "project")],
    )


def _print_trouble(error: XlflowError) -> None:
    click.echo(err=True, message=Text(error.zh, error.en).in_language(language()))


def _print_left(workspace: "Workspace") -> None:
    """Say what still lies in the inbox, and why."""
    from xlflow.intake import scan

    for sighting in scan(workspace.inbox):
        key = "cli.held" if sighting.held else "cli.left"
        click.echo(err=True, message=say(key, name=sighting.name))

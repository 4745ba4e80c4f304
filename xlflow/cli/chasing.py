"""Commands that tell who is where, and write to those who are asked: status, remind."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.speech import Command, Painted, console, print_json, print_table, say
from xlflow.cli.workspace import DIR, FILE, json_option, workspace_option
from xlflow.messages import language

if TYPE_CHECKING:
    from xlflow.ledger import Standing

# The words of xlflow.chasing.SELECTIONS, which takes its time to import.
SELECTIONS = ("missing", "returned", "accepted", "late", "overdue")
_COLOURS = {
    "missing": "red",
    "returned": "yellow",
    "accepted": "green",
    "late": "magenta",
    "overdue": "bold red",
}
# Names need room: a narrower terminal shows those, and leaves out what the others tell as well.
_WIDE = 150
_ASIDE = frozenset({"unit_code", "year", "round", "total", "grade", "deadline"})
unit_option = click.option("--unit", "units", multiple=True, help=say("cli.unit_option"))


@click.command(cls=Command, help=say("cli.status"))
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice(SELECTIONS),
    metavar="STATE",
    help=say("cli.status_only"),
)
@unit_option
@click.option("--html", "page", type=FILE, help=say("cli.status_html"))
@workspace_option
@json_option
def status(
    *,
    states: tuple[str, ...],
    units: tuple[str, ...],
    page: Path | None,
    folder: Path,
    as_json: bool,
) -> None:
    """Say where every unit stands."""
    from xlflow.chasing import is_of, selects
    from xlflow.config import open_workspace
    from xlflow.forms import all_forms
    from xlflow.ledger import local_day
    from xlflow.pipeline import standing, write_page
    from xlflow.shapes import standing_shape

    workspace = open_workspace(folder)
    now = datetime.now(UTC)
    today, everyone = local_day(now), standing(workspace)
    shown = [
        each
        for each in everyone
        if (not states or any(selects(state, each, today) for state in states))
        and (not units or any(is_of(unit, each) for unit in units))
    ]
    _tell_unknown(units, everyone)
    if as_json:
        print_json([standing_shape(each, today) for each in shown])
    else:
        click.echo(_counts(everyone, today))
        titles = {form.name: form.title for form in all_forms(workspace.root)}
        _print_standing(shown, today, titles)
    if page:
        write_page(workspace, page, clock=lambda: now)
        click.echo(err=True, message=say("cli.page_at", path=page))


@click.command(cls=Command, help=say("cli.remind"))
@click.option("--out", type=DIR, help=say("cli.remind_out"))
@unit_option
@workspace_option
@json_option
def remind(*, out: Path | None, units: tuple[str, ...], folder: Path, as_json: bool) -> None:
    """Write to those from whom something is to come."""
    from xlflow.chasing import letters_can_be_written
    from xlflow.config import open_workspace
    from xlflow.pipeline import remind as write_notices
    from xlflow.pipeline import standing
    from xlflow.shapes import notice_shape

    workspace = open_workspace(folder)
    posted = write_notices(workspace, out, units)
    if units:
        _tell_unknown(units, standing(workspace))
    if as_json:
        print_json([notice_shape(notice) for notice in posted.notices])
    else:
        for kind in ("missing", "returned"):
            count = sum(notice.kind == kind for notice in posted.notices)
            click.echo(say(f"cli.reminded_{kind}", count=count))
        click.echo(say("cli.reminded_in", folder=posted.folder))
    for key, names in (("cli.notices_removed", posted.removed), ("cli.notices_kept", posted.kept)):
        if names:
            click.echo(err=True, message=say(key, count=len(names), names="\n".join(names)))
    if posted.notices and not workspace.settings.bureau:
        click.echo(err=True, message=say("cli.no_bureau"))
    if posted.notices and not letters_can_be_written():
        click.echo(err=True, message=say("cli.no_letters"))


def _tell_unknown(units: "Sequence[str]", everyone: "Sequence[Standing]") -> None:
    from xlflow.chasing import is_of

    for unit in units:
        if not any(is_of(unit, each) for each in everyone):
            click.echo(err=True, message=say("cli.no_such_unit", unit=unit))


def _counts(everyone: "Sequence[Standing]", today: date) -> str:
    """Return how many stand where; what nobody is in goes without saying."""
    from xlflow.chasing import tally

    counted = tally(everyone, today)
    told = [say("cli.count_expected", count=counted.expected)]
    told += [
        f"{say(f'state.{word}')} {count}"
        for word in (*SELECTIONS, "unlisted")
        if (count := getattr(counted, word))
    ]
    return " · ".join(told)


def _print_standing(shown: "Sequence[Standing]", today: date, titles: dict[str, str]) -> None:
    """Print where some stand; a column that says nothing is left out."""
    from xlflow.chasing import days_told
    from xlflow.shapes import standing_shape

    rows = []
    for each in shown:
        told = days_told(each, today)
        rows.append(
            standing_shape(each, today)
            | {
                "form": titles.get(each.form or "", each.form),
                "state": _state(each, today),
                "days": told and told.in_language(language()),
            }
        )
    keys = (
        "unit_code", "unit", "project", "form", "year", "round", "state", "version", "total",
        "grade", "problems", "deadline", "days",
    )  # fmt: skip
    narrow = console().width < _WIDE
    used = [
        key
        for key in keys
        if any(row[key] is not None for row in rows) and not (narrow and key in _ASIDE)
    ]
    print_table(
        [say(f"cli.status_{key}") for key in used],
        [[row[key] for key in used] for row in rows],
        cut=[say(f"cli.status_{key}") for key in ("unit", "project", "form")],
    )


def _state(standing: "Standing", today: date) -> Painted:
    words = say(f"state.{standing.state}")
    if standing.late:
        words = say("cli.state_and", state=words, more=say("state.late"))
    if not standing.expected:
        more = say("state.withdrawn" if standing.withdrawn else "state.unlisted")
        words = say("cli.state_and", state=words, more=more)
    return Painted(words, _COLOURS["overdue" if standing.overdue(today) else standing.state])

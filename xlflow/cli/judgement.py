"""Commands over judgements that were made: waive, rescore."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.speech import Command, print_json, print_table, say
from xlflow.cli.workspace import executor_for, json_option, workspace_option
from xlflow.messages import language

if TYPE_CHECKING:
    from xlflow.rescoring import Change, Rescored


@click.command(cls=Command, help=say("cli.waive"))
@click.option("--unit", required=True, help=say("cli.waive_unit"))
@click.option("--code", required=True, help=say("cli.waive_code"))
@click.option("--cell", help=say("cli.waive_cell"))
@click.option("--reason", required=True, help=say("cli.waive_reason"))
@click.option("--who", required=True, help=say("cli.waive_who"))
@click.option("--project", help=say("cli.waive_project"))
@click.option("--form", help=say("cli.waive_form"))
@click.option("--year", type=int, help=say("cli.issue_year"))
@click.option("--round", "exercise_round", help=say("cli.issue_round"))
@click.option("--revoke", is_flag=True, help=say("cli.waive_revoke"))
@workspace_option
@json_option
def waive(
    *,
    unit: str,
    code: str,
    cell: str | None,
    reason: str,
    who: str,
    project: str | None,
    form: str | None,
    year: int | None,
    exercise_round: str | None,
    revoke: bool,
    folder: Path,
    as_json: bool,
) -> None:
    """Let a problem pass, with a reason and a name; or no longer."""
    from xlflow.config import open_workspace
    from xlflow.waiving import Asked
    from xlflow.waiving import waive as let_pass

    asked = Asked(unit, code, reason, who, cell, project, year, exercise_round, form, revoke)
    waived = let_pass(open_workspace(folder), asked)
    if as_json:
        print_json(
            {
                "applied": waived.applied,
                "outcome": waived.outcome.value if waived.outcome else None,
                "output": waived.output,
                "decided_in": waived.decided_in,
                "message": waived.said.zh,
                "message_en": waived.said.en,
            }
        )
        return
    said = waived.said.in_language(language())
    if not waived.outcome:
        click.echo(said)
        return
    outcome = say(f"outcome.{waived.outcome.value}")
    click.echo(say("cli.waived", what=said, outcome=outcome, output=waived.output))


@click.command(cls=Command, help=say("cli.rescore"))
@click.option("--profile", default="", help=say("cli.profile_option"))
@click.option("--dry-run", is_flag=True, help=say("cli.rescore_dry"))
@workspace_option
@click.option("--jobs", type=click.IntRange(1), default=1, help=say("cli.rescore_jobs"))
@json_option
def rescore(*, profile: str, dry_run: bool, folder: Path, jobs: int, as_json: bool) -> None:
    """Judge all submissions that count again, by today's profile and forms."""
    from xlflow.config import open_workspace
    from xlflow.rescoring import rescore as score_again

    workspace = open_workspace(folder)
    with executor_for(jobs) as executor:
        done = score_again(workspace, profile=profile, dry_run=dry_run, executor=executor)
    if as_json:
        print_json([_change_shape(change) for change in done.changes])
    else:
        _show_changes(done.changes)
        key = "cli.rescored_dry" if dry_run else "cli.rescored"
        click.echo(say(key, forms=done.forms, changed=_changed_forms(done)))
    for name in done.lost:
        click.echo(say("cli.rescore_lost", name=name), err=True)


def _changed_forms(done: "Rescored") -> int:
    return len({change.submission.id for change in done.changes})


def _change_shape(change: "Change") -> dict[str, object]:
    submission = change.submission
    return {
        "unit_code": submission.unit_code,
        "unit": submission.unit,
        "project": submission.project,
        "form": submission.form,
        "year": submission.year,
        "round": submission.round,
        "version": submission.version,
        "field": change.field,
        "name": change.name,
        "what": change.what,
        "before": change.before,
        "after": change.after,
    }


def _show_changes(changes: "tuple[Change, ...]") -> None:
    if not changes:
        return
    keys = ("unit", "project", "form", "name", "what", "before", "after")
    rows = [
        [
            shape["unit"] or shape["unit_code"],
            shape["project"],
            shape["form"],
            shape["name"],
            say(f"cli.change_{change.what}"),
            _in_words(change.what, change.before),
            _in_words(change.what, change.after),
        ]
        for change in changes
        for shape in (_change_shape(change),)
    ]
    headings = [say(f"cli.changes_{key}") for key in keys]
    print_table(headings, rows)


def _in_words(what: str, value: str | None) -> str | None:
    if value is None or what not in _WORDED:
        return value
    return say(f"{_WORDED[what]}.{value}")


_WORDED = {"outcome": "outcome", "light": "lights"}

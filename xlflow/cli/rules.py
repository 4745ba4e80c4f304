"""Commands over definitions: forms and profiles."""

from pathlib import Path

import click

from xlflow.cli.speech import Group, print_json, print_table, say
from xlflow.messages import language

_FILE = click.Path(readable=False, path_type=Path, dir_okay=False)
_DIR = click.Path(readable=False, path_type=Path, file_okay=False)
workspace_option = click.option(
    "--workspace", "folder", type=_DIR, default=".", help=say("cli.workspace_option")
)


@click.group(cls=Group, help=say("cli.form"))
def form() -> None:
    """Hold the commands over forms."""


@form.command(name="check", help=say("cli.form_check"))
@click.argument("name")
@workspace_option
@click.option("--json", "as_json", is_flag=True, help=say("cli.json_option"))
def form_check(name: str, folder: Path, as_json: bool) -> int:
    """Say whether a form's template and schema fit."""
    from xlflow.pipeline import check_form

    faults = list(check_form(name, folder))
    if as_json:
        print_json([{"message": fault.zh, "message_en": fault.en} for fault in faults])
    elif not faults:
        click.echo(say("cli.form_fits", name=name))
    else:
        for fault in faults:
            click.echo(fault.in_language(language()))
    return 1 if faults else 0


@form.command(name="build", help=say("cli.form_build"))
@click.argument("name")
@click.option("--out", type=_FILE, help=say("cli.form_out"))
@workspace_option
def form_build(name: str, out: Path | None, folder: Path) -> None:
    """Build a form's template from its schema."""
    from xlflow.files import write_bytes
    from xlflow.forms import load_form
    from xlflow.issuing import finished_template

    target = out or folder / "workbook_templates" / f"{name}.xlsx"
    write_bytes(target, finished_template(load_form(name, folder)))
    click.echo(say("cli.written", path=target))


@click.group(cls=Group, help=say("cli.profile"))
def profile() -> None:
    """Hold the commands over profiles."""


@profile.command(name="show", help=say("cli.profile_show"))
@click.argument("name")
@workspace_option
def profile_show(name: str, folder: Path) -> None:
    """Print a profile as it is written."""
    from xlflow.scoring import load_profile

    click.echo(load_profile(name, folder).written)


@profile.command(name="check", help=say("cli.profile_check"))
@click.argument("name")
@workspace_option
def profile_check(name: str, folder: Path) -> int:
    """Read a profile and say whether it is right."""
    from xlflow.scoring import load_profile, profile_faults

    faults = profile_faults(name, folder)
    for fault in faults:
        click.echo(fault.in_language(language()))
    if faults:
        return 2
    loaded = load_profile(name, folder)
    click.echo(say("cli.profile_fits", name=name, title=loaded.title))
    return 0


@profile.command(name="explain", help=say("cli.profile_explain"))
@click.argument("name")
@workspace_option
def profile_explain(name: str, folder: Path) -> None:
    """Say in words how a profile scores."""
    from xlflow.scoring import load_profile
    from xlflow.scoring.explain import profile_in_words

    loaded = load_profile(name, folder)
    click.echo(f"{loaded.name}  {loaded.title}\n{loaded.source}")
    rows = [
        (topic.in_language(language()), rule.in_language(language()))
        for topic, rule in profile_in_words(loaded)
    ]
    print_table([say("cli.topic"), say("cli.rule")], rows)

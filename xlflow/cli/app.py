"""The program `xlflow`: its commands, and what becomes of an error."""

import sys

import click

from xlflow import __version__
from xlflow.cli.files import check, score, target
from xlflow.cli.rules import form, profile
from xlflow.cli.speech import Group, say
from xlflow.cli.workspace import consolidate, demo, init, issue, run, status, watch
from xlflow.errors import XlflowError
from xlflow.messages import Text, language

_COMMANDS = (
    demo, init, issue, check, score, run, watch, consolidate, status, target, form, profile
)  # fmt: skip


@click.group(cls=Group, help=say("cli.program"), context_settings={"max_content_width": 100})
@click.version_option(__version__, prog_name="xlflow", help=say("cli.version"))
def program() -> None:
    """Hold the commands."""


for _command in _COMMANDS:
    program.add_command(_command)


def main() -> None:
    """Run the command line and end the process with the exit code of `docs/cli.md`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a consoles' old code page must not stop a sentence
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = program.main(standalone_mode=False)
    except XlflowError as error:
        click.echo(Text(error.zh, error.en).in_language(language()), err=True)
        code = error.exit_code
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code if isinstance(code, int) else 0)

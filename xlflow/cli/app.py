"""The program `xlflow`: its commands, and what becomes of an error."""

import errno
import os
import sys

import click

from xlflow import __version__
from xlflow.cli.chasing import remind, status
from xlflow.cli.doors import desk, doctor, serve
from xlflow.cli.files import check, score, strip, target
from xlflow.cli.judgement import rescore, waive
from xlflow.cli.rules import form, profile
from xlflow.cli.speech import Group, complaint, say
from xlflow.cli.workspace import consolidate, demo, init, issue, report, run, watch
from xlflow.errors import EnvironmentFailed, XlflowError
from xlflow.files import reason
from xlflow.messages import Text, language

_COMMANDS = (
    demo, init, issue, check, score, strip, run, watch, waive, rescore, consolidate, report, status,
    remind, target, form, profile, serve, desk, doctor
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
        if hasattr(stream, "reconfigure"):  # a console's old code page must not stop a sentence
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        code = program.main(standalone_mode=False)
        sys.stdout.flush()
    except XlflowError as error:
        code = _fail(Text(error.zh, error.en).in_language(language()), error.exit_code)
    except click.ClickException as error:
        code = _fail(complaint(error), error.exit_code)
    except OSError as error:
        code = _fail_in_system(error)
    except (click.Abort, KeyboardInterrupt):
        code = 130
    sys.exit(code if isinstance(code, int) else 0)


def _fail(sentence: str, code: int) -> int:
    click.echo(sentence, err=True)
    return code


def _fail_in_system(error: OSError) -> int:
    """Return the exit code when the system refused something that is not caught elsewhere."""
    if _is_closed_pipe(error):
        # What is left to write goes nowhere, or Python complains when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    why = reason(error).in_language(language())
    return _fail(say("cli.system", why=why), EnvironmentFailed.exit_code)


def _is_closed_pipe(error: OSError) -> bool:
    """Return whether the reader of the output has gone; Windows calls that an invalid argument."""
    if isinstance(error, BrokenPipeError):
        return True
    return sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None

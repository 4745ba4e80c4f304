"""Commands about the other doors to the walk: serve, desk, doctor."""

import csv
import io
import os
import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.files import EXIT_CODES
from xlflow.cli.speech import Command, print_json, print_table, say
from xlflow.errors import EnvironmentFailed, UsageError, XlflowError
from xlflow.messages import Text, language, text

if TYPE_CHECKING:
    from xlflow.desk import Answered

_FILE = click.Path(readable=False, path_type=Path, dir_okay=False)
_DIR = click.Path(readable=False, path_type=Path, file_okay=False)
_TOKENS_FILE = "口令.csv"
_WAITING = 2048  # connections that are not taken yet
_SECONDS_TO_END = 10  # what is being judged may finish; a line that says nothing is cut


@click.command(cls=Command, help=say("cli.serve"))
@click.option("--workspace", "folder", type=_DIR, default=".", help=say("cli.workspace_option"))
@click.option("--host", default="127.0.0.1", help=say("cli.serve_host"))
@click.option("--port", type=click.IntRange(1, 65535), default=8710,
              help=say("cli.serve_port"))  # fmt: skip
@click.option("--jobs", type=click.IntRange(1), help=say("cli.jobs_option"))
@click.option("--open", "open_to_all", is_flag=True, help=say("cli.serve_open"))
@click.option("--give-tokens", "roster", type=_FILE, help=say("cli.serve_give_tokens"))
def serve(
    *,
    folder: Path,
    host: str,
    port: int,
    jobs: int | None,
    open_to_all: bool,
    roster: Path | None,
) -> None:
    """Score workbooks over HTTP, or give tokens to the units of a roster."""
    from xlflow.config import open_workspace
    from xlflow.server.tokens import load_tokens

    workspace = open_workspace(folder)
    if roster is not None:
        _give_tokens(folder, roster)
        return
    if not open_to_all and not load_tokens(workspace).by_hash:
        raise UsageError(*text("server.no_tokens"))
    try:
        import uvicorn

        from xlflow.server.app import create_app
    except ImportError as error:
        raise EnvironmentFailed(*text("server.no_library")) from error
    app = create_app(workspace, jobs=jobs, open_to_all=open_to_all)
    with _listening(host, port) as place:
        click.echo(err=True, message=say("cli.serving", host=host, port=port))
        # One process takes requests; what judges has processes of its own.
        config = uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_SECONDS_TO_END,
        )
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[place])


@click.command(cls=Command, help=say("cli.desk"))
@click.argument("action", required=False, type=click.Choice(["install"]))
@click.option("--folder", type=_DIR, help=say("cli.desk_folder"))
@click.option("--workspace", type=_DIR, help=say("cli.desk_workspace"))
@click.option("--once", type=_FILE, help=say("cli.desk_once"))
@click.option("--out", type=_DIR, help=say("cli.desk_out"))
@click.option("--attach", is_flag=True, help=say("cli.desk_attach"))
def desk(
    *,
    action: str | None,
    folder: Path | None,
    workspace: Path | None,
    once: Path | None,
    out: Path | None,
    attach: bool,
) -> int:
    """Answer copies that a macro lays into a folder."""
    from xlflow.button import WORKSPACE, score_active
    from xlflow.config import open_workspace
    from xlflow.desk import answer, attend, desk_folder, install

    environ = dict(os.environ)
    if workspace is not None:
        environ[WORKSPACE] = str(open_workspace(workspace).root)
    if action:
        made = "\n".join(map(str, install(workspace=workspace)))
        click.echo(say("cli.installed", made=made))
        return 0
    if attach:
        score_active()
        return 0
    if once is not None:
        done = answer(once, out or once.parent, environ)
        click.echo(done.sentence)
        return EXIT_CODES.get(done.outcome, 0)
    place = folder or desk_folder()
    click.echo(err=True, message=say("cli.attending", folder=place))
    try:
        attend(
            place, threading.Event(), environ, on_answer=_print_answer, on_trouble=_print_trouble
        )
    except KeyboardInterrupt:
        click.echo(err=True, message=say("cli.stopped"))
    return 0


@click.command(cls=Command, help=say("cli.doctor"))
@click.option("--workspace", type=_DIR, help=say("cli.doctor_workspace"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json_option"))
def doctor(workspace: Path | None, as_json: bool) -> None:
    """Say what works on this machine."""
    from xlflow.doctor import examine

    found = examine(workspace)
    if as_json:
        keys = ("what", "what_en", "works", "message", "message_en")
        values = ((*each.what, each.works, *each.said) for each in found)
        print_json([dict(zip(keys, line, strict=True)) for line in values])
        return
    reader = language()
    rows = [
        [
            each.what.in_language(reader),
            say("cli.yes" if each.works else "cli.no"),
            each.said.in_language(reader),
        ]
        for each in found
    ]
    print_table([say(f"cli.doctor_{key}") for key in ("what", "works", "said")], rows)


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raises EnvironmentFailed where that is not possible."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_WAITING)
    except OSError as error:
        words = {"host": host, "port": port, "why": error.strerror or error}
        raise EnvironmentFailed(*text("server.no_address", **words)) from error


def _print_answer(done: "Answered") -> None:
    click.echo(f"{done.name}  {done.sentence}")


def _print_trouble(error: XlflowError) -> None:
    click.echo(err=True, message=Text(error.zh, error.en).in_language(language()))


def _give_tokens(folder: Path, roster: Path) -> None:
    from xlflow import files
    from xlflow.config import open_workspace
    from xlflow.issuing import read_roster
    from xlflow.server.tokens import Holder, give_tokens

    workspace = open_workspace(folder)
    holders = [Holder(line.unit, line.unit_code) for line in read_roster(roster)]
    given = give_tokens(workspace, holders)
    table = io.StringIO()
    writer = csv.writer(table)
    writer.writerow(["单位编码", "单位名称", "口令"])
    writer.writerows([holder.unit_code or "", holder.unit, token] for holder, token in given)
    path = workspace.root / _TOKENS_FILE
    files.write_bytes(path, table.getvalue().encode("utf-8-sig"))
    click.echo(say("cli.tokens_given", count=len(given), path=path))

"""Commands that open another door to the walk: serve."""

import csv
import io
from pathlib import Path

import click

from xlflow.cli.speech import Command, say
from xlflow.errors import EnvironmentFailed, UsageError
from xlflow.messages import text

_FILE = click.Path(readable=False, path_type=Path, dir_okay=False)
_DIR = click.Path(readable=False, path_type=Path, file_okay=False)
_TOKENS_FILE = "口令.csv"


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
    click.echo(err=True, message=say("cli.serving", host=host, port=port))
    # One process takes requests; what judges has processes of its own.
    uvicorn.run(app, host=host, port=port, log_level="warning", server_header=False)


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

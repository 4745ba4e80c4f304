"""The command line's own words: help in the reader's language, tables, JSON."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from xlflow.messages import language, text

_HEADINGS = {"Usage": "用法", "Options": "选项", "Commands": "命令", "Arguments": "参数"}


class _Formatter(click.HelpFormatter):
    """Headings of the help page in Chinese."""

    def write_heading(self, heading: str) -> None:
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or "用法: ")


class _Context(click.Context):
    formatter_class = _Formatter if language() == "zh" else click.HelpFormatter


class Command(click.Command):
    """A command whose help page speaks the reader's language."""

    context_class = _Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option --help, described in the reader's language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = say("cli.help")
        return option


class Group(click.Group, Command):
    """A group of commands whose help page speaks the reader's language."""

    command_class = Command


def say(key: str, /, **values: object) -> str:
    """Return a sentence of the catalogue in the reader's language."""
    return text(key, **values).in_language(language())


def print_json(data: object) -> None:
    """Print data as JSON, in UTF-8 on every platform."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def print_table(
    headings: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None
) -> None:
    """Print a table on the terminal."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    console().print(table)


def console(*, err: bool = False) -> Any:
    """Return the terminal, for tables (stdout) or progress (stderr)."""
    from rich.console import Console

    return Console(stderr=err, highlight=False, soft_wrap=not sys.stdout.isatty(), markup=False)

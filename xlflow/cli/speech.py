"""The command line's own words: help in the reader's language, tables, JSON."""

import difflib
import json
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import click

from xlflow.messages import language, text

# The words that click puts on a help page.
_CHINESE = {
    "Usage": "用法",
    "Options": "选项",
    "Commands": "命令",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 [参数]...",
    "INTEGER RANGE": "整数",
    "INTEGER": "整数",
    "TEXT": "文字",
    "DIRECTORY": "文件夹",
    "FOLDER": "文件夹",
    "FILES": "文件",
    "FILE": "文件",
    "PATH": "文件",
    "STATE": "状态",
    "ROSTER": "名册",
    "NAME": "名称",
    "[required]": "[必填]",
}
_CHINESE_ORDER = sorted(_CHINESE, key=len, reverse=True)
_WORDS = re.compile("|".join(rf"(?<![\w-]){re.escape(word)}(?!\w)" for word in _CHINESE_ORDER))


def _in_chinese(words: str) -> str:
    return _WORDS.sub(lambda found: _CHINESE[found.group()], words)


class _Formatter(click.HelpFormatter):
    """The help page in Chinese."""

    def write_heading(self, heading: str) -> None:
        super().write_heading(_in_chinese(heading))

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, _in_chinese(args), prefix or "用法: ")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        chinese = [(_in_chinese(term), _in_chinese(words)) for term, words in rows]
        super().write_dl(chinese, col_max, col_spacing)


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

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Return the arguments that are left; without any, show the help page."""
        if not args:
            click.echo(ctx.get_help())
            ctx.exit(2)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is meant; raises UsageError when there is none of that name."""
        if self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            key = "cli.no_command_near" if near else "cli.no_command"
            raise UnknownCommand(say(key, name=args[0], near="".join(near)), ctx)
        return super().resolve_command(ctx, args)


class UnknownCommand(click.UsageError):
    """Raised for a command that does not exist; its message is in the reader's language."""


def complaint(error: click.ClickException) -> str:
    """Return what is wrong with a command line, in one sentence of the reader's language."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    path = context.command_path if context else "xlflow"
    return f"{_fault(error)}{say('cli.see_help', command=path)}"


_WRONG_KINDS = {
    "integer": "cli.bad_integer",
    "file": "cli.bad_file",
    "directory": "cli.bad_directory",
}


def _fault(error: click.ClickException) -> str:
    match error:
        case UnknownCommand():
            return error.message
        case click.NoSuchOption(possibilities=near):
            key = "cli.no_option_near" if near else "cli.no_option"
            return say(key, name=error.option_name, near=" ".join(near or ()))
        case click.MissingParameter(param=click.Parameter() as missing):
            return say("cli.missing", name=_shown(missing))
        case click.BadParameter(param=click.Parameter() as wrong):
            return _wrong_value(wrong)
        case click.BadOptionUsage():
            return say("cli.no_value", name=error.option_name)
        case _:
            return say("cli.bad_usage")


def _wrong_value(param: click.Parameter) -> str:
    if isinstance(param.type, click.IntRange):
        return say("cli.bad_range", name=_shown(param), least=param.type.min)
    key = _WRONG_KINDS.get(param.type.name, "cli.bad_usage")
    return say(key, name=_shown(param))


def _shown(param: click.Parameter) -> str:
    if isinstance(param, click.Option):
        return param.opts[0]
    name = (param.name or "").upper()
    return _in_chinese(name) if language() == "zh" else name


def say(key: str, /, **values: object) -> str:
    """Return a sentence of the catalogue in the reader's language."""
    return text(key, **values).in_language(language())


def print_json(data: object) -> None:
    """Print data as JSON, in UTF-8 on every platform."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


class Painted(NamedTuple):
    """Words of a table in a colour, as `rich` names it."""

    words: str
    colour: str


def print_table(
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    title: str | None = None,
    *,
    cut: Collection[str] = (),
) -> None:
    """Print a table on the terminal; columns to be cut keep to one line and lose their ends."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        # Where some columns are cut the others keep their width.
        table.add_column(heading, overflow="fold", no_wrap=bool(cut) and heading not in cut)
    for row in rows:
        table.add_row(
            *(_cell(cell, Text, cut=name in cut) for name, cell in zip(headings, row, strict=True))
        )
    console().print(table)


def _cell(value: object, text_of: Any, *, cut: bool) -> Any:
    """Return a value as a table takes it; words are never read as markup."""
    words, colour = value if isinstance(value, Painted) else (value, "")
    shown = "" if words is None else str(words)
    if cut:
        return text_of(shown, style=colour, no_wrap=True, overflow="ellipsis")
    return text_of(shown, style=colour)


def print_tree(folder: Path) -> None:
    """Print what lies in a folder and in the folders inside it."""
    from rich.text import Text  # takes names as they are, where a plain text may hold markup
    from rich.tree import Tree

    def grow(branch: Tree, inside: Path) -> None:
        for path in sorted(inside.iterdir(), key=lambda each: (each.is_file(), each.name)):
            leaf = branch.add(Text(path.name))
            if path.is_dir():
                grow(leaf, path)

    tree = Tree(Text(folder.name))
    grow(tree, folder)
    console().print(tree)


def console(*, err: bool = False) -> Any:
    """Return the terminal, for tables (stdout) or progress (stderr); a pipe has no edge."""
    from rich.console import Console

    width = None if (sys.stderr if err else sys.stdout).isatty() else 10_000
    return Console(stderr=err, highlight=False, width=width, markup=False)

"""Commands over single files and values: check, score, target."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlflow.cli.speech import Command, print_json, print_table, say
from xlflow.errors import FileRefused
from xlflow.messages import language

if TYPE_CHECKING:
    from xlflow.review import Result

_FILE = click.Path(readable=False, path_type=Path)


@click.command(cls=Command, help=say("cli.check"))
@click.argument("files", nargs=-1, required=True, type=_FILE)
@click.option("--profile", default="", help=say("cli.profile_option"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json_option"))
def check(files: tuple[Path, ...], profile: str, as_json: bool) -> int:
    """Read, score and review files; write nothing."""
    from xlflow.judging import Rules, judge_file, refused
    from xlflow.review import Result
    from xlflow.shapes import result_shape

    results: list[Result] = []
    for path in files:
        try:
            results.extend(judge_file(path, Rules(profile=profile), marking=False).results)
        except FileRefused as error:
            results.append(refused(error, path.name))
    if as_json:
        print_json([result_shape(result) for result in results])
    else:
        _show_all(results)
    return max(EXIT_CODES.get(result.outcome, 0) for result in results)


@click.command(cls=Command, help=say("cli.score"))
@click.argument("file", type=_FILE)
@click.option("--out", type=_FILE, help=say("cli.score_out"))
@click.option("--profile", default="", help=say("cli.profile_option"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json_option"))
def score(file: Path, out: Path | None, profile: str, as_json: bool) -> int:
    """Read, score and review a file, and write the scored copy."""
    from xlflow.judging import Rules, refused
    from xlflow.pipeline import score_file
    from xlflow.review import worst_outcome
    from xlflow.shapes import result_shape

    written: Path | None = None
    try:
        results, written = score_file(file, out, Rules(profile=profile))
    except FileRefused as error:
        results = (refused(error, file.name),)
    if as_json:
        shapes = [result_shape(result) for result in results]
        print_json(shapes if len(shapes) > 1 else shapes[0])
    else:
        _show_all(results)
        if written:
            click.echo(say("cli.written", path=written))
    return EXIT_CODES.get(worst_outcome(results), 0)


@click.command(cls=Command, help=say("cli.strip"))
@click.argument("file", type=_FILE)
@click.option("--out", type=_FILE, help=say("cli.strip_out"))
def strip(file: Path, out: Path | None) -> None:
    """Write a workbook without the marks of xlflow, as it was sent."""
    from xlflow.pipeline import strip_file

    click.echo(say("cli.written", path=strip_file(file, out)))


@click.command(
    cls=Command, help=say("cli.target"), context_settings={"ignore_unknown_options": True}
)
@click.argument("texts", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--year", type=int, help=say("cli.target_year"))
@click.option("--number-format", help=say("cli.target_format"))
@click.option("--json", "as_json", is_flag=True, help=say("cli.json_option"))
def target(
    texts: tuple[str, ...], year: int | None, number_format: str | None, as_json: bool
) -> None:
    """Say what written values mean."""
    from xlflow.values import parse_target, target_as_json

    shapes = [
        target_as_json(parse_target(raw, year=year, number_format=number_format)) for raw in texts
    ]
    if as_json:
        print_json(shapes)
        return
    keys = ("raw", "op", "value", "value_high", "unit", "per", "date", "text")
    rows = [[*(shape[key] for key in keys), "；".join(_notes(shape))] for shape in shapes]
    print_table([*keys, "notes"], rows)


def _notes(shape: dict[str, object]) -> list[str]:
    notes = shape["notes"]
    return [str(note) for note in notes] if isinstance(notes, (list, tuple)) else []


def _show_all(results: "Sequence[Result]") -> None:
    """Print results for a person; where a file has several, with their sheets."""
    per_file = Counter(result.file for result in results)
    for result in results:
        _show(result, result.sheet if per_file[result.file] > 1 else None)


def _show(result: "Result", sheet: str | None) -> None:
    """Print a result for a person: the headline, then the problems by cell."""
    from xlflow.marking import shortened
    from xlflow.scoring import lights_in_words
    from xlflow.shapes import result_shape

    shape = result_shape(result)
    message = "message" if language() == "zh" else "message_en"
    if result.outcome.value == "quarantined":
        for found in shape["problems"]:
            click.echo(found[message], err=True)
        return
    click.echo(
        say(
            "cli.headline",
            file=_on_sheet(result.file, sheet),
            outcome=say(f"outcome.{result.outcome.value}"),
        )
    )
    if result.scores.total is not None:
        click.echo(say("cli.totals", **{key: shape[key] for key in _TOTAL_KEYS}))
    if result.scores.light is not None:
        click.echo(
            say(
                "cli.light",
                light=say(f"lights.{result.scores.light}"),
                count=lights_in_words(result.scores.rows).in_language(language()),
                profile=shape["profile"],
            )
        )
    rows = [
        (
            say(f"cli.severity_{found['severity']}"),
            found["code"],
            found["cell"],
            shortened(found["value"]),
            found[message],
        )
        for found in shape["problems"]
    ]
    if rows:
        print_table([say(f"cli.problem_{key}") for key in _PROBLEM_KEYS], rows)


def _on_sheet(file: str, sheet: str | None) -> str:
    return f"{file} [{sheet}]" if sheet else file


EXIT_CODES = {"quarantined": 3, "returned": 1}
_TOTAL_KEYS = ("total", "claimed_total", "undecided_weight", "grade", "profile")
_PROBLEM_KEYS = ("severity", "code", "cell", "value", "message")

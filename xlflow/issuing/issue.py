"""Handing out: the template of a form for each line of the roster, with what is known filled in."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlflow import files
from xlflow.config import find_resource
from xlflow.errors import UsageError
from xlflow.forms import NAME_PREFIX, Form
from xlflow.forms.template import build_template
from xlflow.issuing.button import check_server, with_button
from xlflow.issuing.fill import fill
from xlflow.issuing.prefill import Targets, prefilled
from xlflow.issuing.roster import Line
from xlflow.ledger import Ledger, RosterLine
from xlflow.marking import put_results_sheet
from xlflow.messages import text
from xlflow.ooxml import Workbook
from xlflow.ooxml.reference import cell_name, parse_sheet_area


@dataclass(frozen=True, slots=True)
class Issued:
    """A workbook that was handed out, and to whom.

    `targets` tells whether accepted ones stand in it; None for a form that takes over none.
    """

    line: Line
    path: Path
    targets: bool | None = None


def template_of(form: Form, workspace: Path | None = None) -> bytes:
    """Return the template file of a form; raises UsageError when there is none."""
    path = find_resource("workbook_templates", f"{form.name}.xlsx", workspace)
    if path is None:
        raise UsageError(*text("form.no_template", name=form.name))
    return files.read_bytes(path)


def finished_template(form: Form) -> bytes:
    """Return the template built from a form's schema, with its empty sheet 核对结果."""
    workbook = Workbook.from_bytes(build_template(form), form.name)
    put_results_sheet(workbook)
    return workbook.to_bytes()


def issue(
    form: Form,
    lines: Iterable[Line],
    out: Path,
    *,
    year: int,
    exercise_round: str | None = None,
    workspace: Path | None = None,
    targets: Mapping[Line, Targets] | None = None,
    button: bool = False,
    server: str = "",
) -> tuple[Issued, ...]:
    """Return the workbooks written into `out`, one for each line of the roster.

    `targets` are the accepted ones that a form which reports on targets is handed out with.
    With a `button` they are .xlsm, and `server` is where its macro sends a copy.
    Two lines that give one file name are refused before anything is written: the second file
    would silently take the first one's place. So are targets that can not be typed in.
    """
    if server:
        check_server(server)
    template = template_of(form, workspace)
    issued = tuple(
        Issued(line, out / _suffixed(name, button), None if targets is None else line in targets)
        for line, name in _named(form, tuple(lines), year, exercise_round)
    )
    workbooks = [
        _with_targets(
            filled(template, item.line, year, exercise_round), form, item.line, targets or {}
        )
        for item in issued
    ]
    if button:
        workbooks = [with_button(workbook, form, server) for workbook in workbooks]
    for item, workbook in zip(issued, workbooks, strict=True):
        files.write_bytes(item.path, workbook)
    return issued


def _suffixed(name: str, button: bool) -> str:
    return f"{name.removesuffix('.xlsx')}.xlsm" if button else name


def _with_targets(
    workbook: bytes, form: Form, line: Line, targets: Mapping[Line, Targets]
) -> bytes:
    """Return a workbook with the targets of its line; raises UsageError when they do not fit."""
    if line not in targets:
        return workbook
    try:
        return fill(workbook, form, prefilled(form, targets[line]))
    except UsageError as error:
        whose = text("issue.of_line", who=" ".join(filter(None, (line.unit, line.project))))
        raise UsageError(whose.zh + error.zh, whose.en + error.en) from error


def _named(
    form: Form, lines: Sequence[Line], year: int, exercise_round: str | None
) -> Iterator[tuple[Line, str]]:
    """Yield each line with its file name; codes keep units of one name apart."""
    names = [file_name(form, line, year, exercise_round) for line in lines]
    often = Counter(map(str.lower, names))  # Windows has no case in file names
    taken: set[str] = set()
    for line, plain in zip(lines, names, strict=True):
        with_codes = file_name(form, line, year, exercise_round, codes=True)
        name = plain if often[plain.lower()] == 1 else with_codes
        if name.lower() in taken:
            raise UsageError(*text("issue.twice", name=name))
        taken.add(name.lower())
        yield line, name


def filled(template: bytes, line: Line, year: int, exercise_round: str | None) -> bytes:
    """Return a template with unit, project, year and round written in."""
    workbook = Workbook.from_bytes(template, "template")
    values = {
        "unit": line.unit,
        "unit_code": line.unit_code,
        "project": line.project,
        "project_code": line.project_code,
        "year": year,
        "round": exercise_round,
    }
    for sheet, cell, field in _named_cells(workbook):
        if values.get(field) is not None:
            workbook.sheet(sheet)[cell] = values[field]
    return workbook.to_bytes()


def note_roster(
    ledger: Ledger,
    *,
    form: Form,
    year: int,
    exercise_round: str | None,
    issued: Iterable[Issued],
    deadline: str | None = None,
    root: Path,
) -> None:
    """Enter into the ledger who is expected to return which form.

    `deadline` holds for the lines that name none.
    """
    ledger.expect(
        RosterLine(
            form=form.name,
            year=year,
            round=exercise_round,
            unit=item.line.unit,
            unit_code=item.line.unit_code,
            project=item.line.project,
            project_code=item.line.project_code,
            deadline=item.line.deadline or deadline,
            issued=_relative(item.path, root),
        )
        for item in issued
    )


def file_name(
    form: Form, line: Line, year: int, exercise_round: str | None, *, codes: bool = False
) -> str:
    """Return the name of an issued workbook: unit, project, form, year and round."""
    unit = (line.unit_code if codes else None, line.unit)
    project = (line.project_code if codes else None, line.project)
    return files.safe_stem(*unit, *project, form.title, year, exercise_round) + ".xlsx"


def _named_cells(workbook: Workbook) -> Iterator[tuple[str, str, str]]:
    for name in workbook.names:
        place = parse_sheet_area(name.text)
        if place and name.name.startswith(NAME_PREFIX):
            sheet, area = place
            yield sheet, cell_name(area.top, area.left), name.name.removeprefix(NAME_PREFIX)


def _relative(path: Path, root: Path) -> str:
    try:
        return path.resolve().relative_to(root).as_posix()
    except ValueError:
        return path.name

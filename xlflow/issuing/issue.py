"""Handing out: the template of a form for each line of the roster, with what is known filled in."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlflow import files
from xlflow.config import find_resource
from xlflow.errors import UsageError
from xlflow.forms import Form
from xlflow.issuing.button import check_server, with_button
from xlflow.issuing.fill import Blank, blank_of, filled
from xlflow.issuing.guide import About, put_guide, put_hint_on_targets
from xlflow.issuing.lock import locked
from xlflow.issuing.naming import file_stems, versioned
from xlflow.issuing.prefill import Targets, budget_of, fields_in, prefilled
from xlflow.issuing.preview import with_preview
from xlflow.issuing.roster import Line
from xlflow.ledger import (
    Decision,
    DecisionKind,
    Handout,
    Ledger,
    RosterLine,
    Submission,
)
from xlflow.ledger.identity import key_of
from xlflow.marking import put_results_sheet
from xlflow.messages import text
from xlflow.ooxml import Workbook
from xlflow.scoring import load_profile


@dataclass(frozen=True, slots=True)
class Exercise:
    """What is handed out: a form for a year, and what holds for all who get it.

    `profile` and `deadline` hold for lines that name none; `names` is the pattern of the file
    names, `send_to` where the form is to be sent. `workspace` is where forms and profiles are
    looked up. With a `button` the workbooks are .xlsm; `server` is where its macro sends a copy.
    """

    form: Form
    year: int
    profile: str
    round: str | None = None
    deadline: str | None = None
    send_to: str = ""
    names: str = "{unit}_{project}_{form}_{year}_{round}"
    workspace: Path | None = None
    button: bool = False
    server: str = ""

    def line_on(self, line: Line, issued: str | None = None) -> RosterLine:
        """Return a line of a roster as the ledger keeps it."""
        return RosterLine(
            form=self.form.name,
            year=self.year,
            round=self.round,
            unit=line.unit,
            unit_code=line.unit_code,
            project=line.project,
            project_code=line.project_code,
            deadline=line.deadline or self.deadline,
            issued=issued,
            contact=line.contact,
            profile=line.profile,
            password=line.password,
        )


@dataclass(frozen=True, slots=True)
class Issued:
    """A workbook that was handed out, and to whom.

    `targets` tells whether accepted ones stand in it; None for a form that takes over none.
    `new` says that it is not what was handed out before, `expected_again` that its line had been
    withdrawn. `overtaken` are the returned forms that a change of targets leaves without ground.
    """

    line: Line
    path: Path
    targets: bool | None = None
    version: int = 1
    new: bool = True
    overtaken: tuple[Submission, ...] = ()
    expected_again: bool = False


@dataclass(frozen=True, slots=True)
class _Made:
    """A workbook for a line, not written yet; `promise` is the hash of the targets in it."""

    line: Line
    key: str
    content: bytes
    promise: str | None

    @property
    def sha256(self) -> str:
        """The hash by which it is told from another version, its password included."""
        return files.sha256_of(self.content + (self.line.password or "").encode())


def template_of(form: Form, workspace: Path | None = None) -> bytes:
    """Return the template file of a form; raises UsageError when there is none."""
    path = find_resource("workbook_templates", f"{form.name}.xlsx", workspace)
    if path is None:
        raise UsageError(*text("form.no_template", name=form.name))
    return files.read_bytes(path)


def finished_template(form: Form) -> bytes:
    """Return the template built from a form's schema; what comes back has a sheet 核对结果."""
    from xlflow.forms.template import build_template  # openpyxl takes its time

    workbook = Workbook.from_bytes(build_template(form), form.name)
    if not form.lists_units:
        put_results_sheet(workbook)
    return workbook.to_bytes()


def as_extended(exercise: Exercise, lines: Iterable[Line], ledger: Ledger) -> tuple[Line, ...]:
    """Return lines with the deadlines an officer extended, but where the roster has a new one."""
    extended: dict[str | None, list[Decision]] = {}
    for decision in ledger.decisions():
        if decision.kind is DecisionKind.EXTENSION and decision.applied:
            extended.setdefault(decision.key, []).append(decision)
    return tuple(_as_extended(exercise, line, extended) for line in lines)


def _as_extended(
    exercise: Exercise, line: Line, extended: Mapping[str | None, Sequence[Decision]]
) -> Line:
    listed = exercise.line_on(line)
    made = extended.get(key_of(listed), ())
    if any(each.replaced == listed.deadline for each in made):
        return replace(line, deadline=made[-1].value)
    return line


def issue(
    exercise: Exercise,
    lines: Sequence[Line],
    out: Path,
    *,
    roster: str = "",
    targets: Mapping[Line, Targets] | None = None,
    ledger: Ledger | None = None,
) -> tuple[Issued, ...]:
    """Return the workbooks written into `out`, one for each line of the roster.

    `targets` are the accepted ones that a form which reports on targets is handed out with.
    Everything is made before anything is written: two lines that give one file name, or targets
    that can not be typed in, leave nothing behind. `roster` is how it is called in what is said.

    With a ledger they are expected from then on, those that were withdrawn as well. What was
    handed out before and would be the same again is the same file and version; anything else is a
    new version under a name of its own.
    """
    if exercise.server:
        check_server(exercise.server)
    stems = file_stems(
        exercise.names,
        exercise.form,
        lines,
        year=exercise.year,
        exercise_round=exercise.round,
        roster=roster,
    )
    made = list(_made(exercise, lines, targets or {}))
    before = ledger.handed_out([each.key for each in made]) if ledger else {}
    issued = []
    for each, stem in zip(made, stems, strict=True):
        last = before.get(each.key)
        new = last is None or last.sha256 != each.sha256
        version = (last.version if last else 0) + new
        path = out / versioned(stem, version, ".xlsm" if exercise.button else ".xlsx")
        _put(path, each, new=new)
        known = None if targets is None else each.line in targets
        issued.append(Issued(each.line, path, known, version, new))
    return _noted(exercise, made, issued, ledger) if ledger else tuple(issued)


def _put(path: Path, made: _Made, *, new: bool) -> None:
    """Write a workbook, closed with the password of its line if it has one.

    One that is there and would only be closed again stays: no two locks are alike.
    """
    password = made.line.password
    if new or password is None or not path.is_file():
        files.write_bytes(path, locked(made.content, password))


def _noted(
    exercise: Exercise, made: Sequence[_Made], issued: Sequence[Issued], ledger: Ledger
) -> tuple[Issued, ...]:
    """Return what was issued with what it overtakes, now that the ledger has it."""
    places = [_relative(each.path, exercise.workspace) for each in issued]
    handouts = [
        Handout(item.key, each.version, place, item.sha256, item.promise)
        for item, each, place in zip(made, issued, places, strict=True)
        if each.new
    ]
    with ledger.together():
        again = ledger.expect(
            exercise.line_on(each.line, place) for each, place in zip(issued, places, strict=True)
        )
        overtaken = ledger.hand_out(handouts)
    return tuple(
        replace(each, overtaken=overtaken.get(item.key, ()), expected_again=item.key in again)
        for each, item in zip(issued, made, strict=True)
    )


def _made(
    exercise: Exercise, lines: Iterable[Line], targets: Mapping[Line, Targets]
) -> Iterator[_Made]:
    """Yield the workbook of each line; lines that are told the same are made from one blank."""
    template = blank_of(template_of(exercise.form, exercise.workspace), exercise.form)
    guided: dict[tuple[str, str | None, frozenset[str]], Blank] = {}
    for line in lines:
        told = prefilled(exercise.form, targets[line]) if line in targets else {}
        budget = budget_of(exercise.form, line.budget)
        alike = (
            line.profile or exercise.profile,
            line.deadline or exercise.deadline,
            fields_in(told) - fields_in(budget),
        )
        if alike not in guided:
            guided[alike] = _guided(exercise, template, *alike)
        data = told | budget | _identity(exercise, line)
        key = key_of(exercise.line_on(line))
        promise = files.sha256_of(_canonical(told)) if told else None
        typed = _typed(guided[alike], data, line, spare=not told)
        profile = load_profile(line.profile or exercise.profile, exercise.workspace)
        content = with_preview(typed, exercise.form, profile, year=exercise.year)
        if exercise.button:
            content = with_button(content, exercise.form, exercise.server, profile.name)
        yield _Made(line, key, content, promise)


def _guided(
    exercise: Exercise,
    template: Blank,
    profile: str,
    deadline: str | None,
    taken_over: frozenset[str],
) -> Blank:
    """Return the template with its guide for those who are judged, due and given targets alike."""
    judged_by = load_profile(profile, exercise.workspace)
    about = About(judged_by, deadline, exercise.send_to, taken_over)
    workbook = Workbook.from_bytes(template.package, exercise.form.name)
    put_guide(workbook, exercise.form, template.placement, about)
    if taken_over:
        put_hint_on_targets(workbook, exercise.form, template.grid)
    return template._replace(package=workbook.to_bytes())


def _identity(exercise: Exercise, line: Line) -> dict[str, Any]:
    """Return who a form is for, as far as the form asks for it."""
    said = {
        "unit": line.unit,
        "unit_code": line.unit_code,
        "project": line.project,
        "project_code": line.project_code,
        "year": Decimal(exercise.year),
        "round": exercise.round,
    }
    return {key: value for key, value in said.items() if exercise.form.root.child(key)}


def _typed(blank: Blank, data: Mapping[str, Any], line: Line, *, spare: bool) -> bytes:
    """Return a workbook for a line; raises UsageError when what is known does not fit."""
    try:
        return filled(blank, data, spare=spare, lock=True)
    except UsageError as error:
        whose = text("issue.of_line", who=" ".join(filter(None, (line.unit, line.project))))
        raise UsageError(whose.zh + error.zh, whose.en + error.en) from error


def _canonical(told: Mapping[str, Any]) -> bytes:
    """Return the targets of a form as bytes that are equal when the targets are."""
    promised = {key: told[key] for key in ("indicators", "annual_objective") if key in told}
    return json.dumps(promised, ensure_ascii=False, sort_keys=True, default=str).encode()


def _relative(path: Path, workspace: Path | None) -> str:
    try:
        return path.resolve().relative_to((workspace or Path()).resolve()).as_posix()
    except ValueError:
        return path.name

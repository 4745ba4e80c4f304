"""Reading the roster: who is handed a form, from an Excel sheet or a CSV file.

Its columns are those of the form `roster`, found by their headings in any sheet. Everything that
is wrong is told at once, with row and column.
"""

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from xlflow import files
from xlflow.errors import FileRefused, UsageError, XlflowError
from xlflow.forms import Field, Form, load_form
from xlflow.grids import read_book
from xlflow.ledger.identity import handles_of, normalised, same_place
from xlflow.marking import shortened
from xlflow.messages import Text, text
from xlflow.ooxml import Workbook
from xlflow.ooxml.reference import column_letters
from xlflow.scoring import load_profile
from xlflow.values import Op, convert, label_key, normalise, parse_target

ROSTER = "roster"
YUAN = "元"
_EXAMPLE = re.compile(r"[(（]示例[)）]")  # a line that shows how to fill in, for nobody
_SUMS = frozenset({"合计", "总计", "小计", "共计"})  # such a line is nobody's either
_WHO = ("unit_code", "unit", "project")
_NO_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_EIGHT_DIGITS = re.compile(r"20[0-9]{6}")  # a day, as programs write it
_NO_VALUE = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NULL!|NUM!)")
_IN_BRACKETS = re.compile(r"\((.*?)\)")
_OF_THE_UNIT = ("deadline", "profile", "password")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a roster: `deadline` in ISO format, `budget` in 元, `row` in the file."""

    unit: str
    unit_code: str | None = None
    project: str | None = None
    project_code: str | None = None
    deadline: str | None = None
    contact: str | None = None
    budget: Decimal | None = None
    profile: str | None = None
    password: str | None = field(default=None, repr=False)
    row: int = field(default=0, compare=False)


class Written(NamedTuple):
    """What stands in a cell of the roster, and where; `unit` is what its column counts in."""

    value: str
    row: int
    column: int
    field: Field
    unit: str | None

    @property
    def at(self) -> Text:
        """The place in words."""
        label, column = self.field.title, column_letters(self.column)
        return text("roster.at", row=self.row, column=column, label=label)


def read_roster(path: Path, workspace: Path | None = None) -> tuple[Line, ...]:
    """Return the lines of a roster: .xlsx, or .csv in UTF-8 or GB18030.

    Raises UsageError when there is no heading 单位名称, no line below it, or anything wrong in a
    line: the sentences name every fault. Raises FileRefused when the file can not be read.
    """
    listed = load_form(ROSTER, workspace).root.child("lines")
    fields = listed.children if listed else ()
    tables = [_csv_rows(path)] if path.suffix.lower() == ".csv" else _sheets(path)
    for rows in tables:
        for number, row in enumerate(rows, start=1):
            columns = _columns(row, fields)
            if "unit" in columns:
                return _checked(path.name, rows, number, columns, workspace)
    raise UsageError(*text("roster.no_heading", name=path.name))


def lines_for(form: Form, lines: Sequence[Line], name: str) -> tuple[Line, ...]:
    """Return the lines as a form has them: a form without a project has one for each unit.

    Raises UsageError when lines of one unit ask for different things.
    """
    if form.root.child("project"):
        return tuple(lines)
    of_unit: dict[str, Line] = {}
    faults = []
    for line in lines:
        alone = replace(line, project=None, project_code=None)
        first = of_unit.setdefault(handles_of(alone)[0], alone)
        if any(getattr(first, key) != getattr(line, key) for key in _OF_THE_UNIT):
            faults.append(text("roster.differs", row=line.row, other=first.row, unit=line.unit))
        if first.row != line.row:  # what its projects cost together is not said
            of_unit[handles_of(alone)[0]] = replace(first, budget=None)
    refuse(name, faults)
    return tuple(of_unit.values())


def refuse(name: str, faults: Iterable[Text]) -> None:
    """Raise UsageError with every fault of a roster, a line each; without any do nothing."""
    if told := list(faults):
        head = text("roster.faults", name=name, count=len(told))
        raise UsageError(
            "\n".join([head.zh, *(each.zh for each in told)]),
            "\n".join([head.en, *(each.en for each in told)]),
        )


# -- from cells to lines -------------------------------------------------------------------------


def _columns(row: Sequence[str], fields: Iterable[Field]) -> dict[str, tuple[int, Field, str]]:
    """Return column, field and heading by key, if this is the row of headings.

    Of several headings of one field the first among its labels is meant.
    """
    keys = [label_key(cell) for cell in row]
    found: dict[str, tuple[int, Field, str]] = {}
    for each in fields:
        labels = (each.title, *each.schema.get("x-labels", ()))
        at = next((keys.index(key) for label in labels if (key := label_key(label)) in keys), None)
        if at is not None:
            found[each.key] = (at, each, row[at])
    return found


def _checked(
    name: str,
    rows: Sequence[Sequence[str]],
    heading: int,
    columns: Mapping[str, tuple[int, Field, str]],
    workspace: Path | None,
) -> tuple[Line, ...]:
    lines: list[Line] = []
    faults: list[Text] = []
    for number, row in enumerate(rows[heading:], start=heading + 1):
        written = {
            key: Written(value, number, at + 1, field, _counted_in(title) or field.unit)
            for key, (at, field, title) in columns.items()
            if at < len(row) and (value := _said(row[at], field))
        }
        if not written or ("unit" in written and _EXAMPLE.match(written["unit"].value)):
            continue
        who = [written[key].value for key in _WHO if key in written]
        named = who if "unit" in written else row
        if any(label_key(cell) in _SUMS for cell in named):
            continue
        if "unit" not in written:
            at, field, _ = columns["unit"]
            faults.append(_fault("missing", Written("", number, at + 1, field, None)))
        wrong = [fault for each in written.values() for fault in _faults(each, workspace)]
        faults += wrong
        if "unit" in written and not wrong:
            lines.append(_line(written, number))
    faults += _doubles(lines)
    refuse(name, faults)
    if not lines:
        raise UsageError(*text("roster.empty", name=name))
    return tuple(lines)


def _said(cell: str, field: Field) -> str:
    """Return what a cell says; a code in one width, as full-width digits look like any others."""
    folded = unicodedata.normalize("NFKC", cell) if "pattern" in field.schema else cell
    return folded.strip()


def _line(written: Mapping[str, Written], row: int) -> Line:
    said = {key: each.value for key, each in written.items()}
    return Line(
        unit=said["unit"],
        unit_code=said.get("unit_code"),
        project=said.get("project"),
        project_code=said.get("project_code"),
        deadline=_day(written["deadline"].value) if "deadline" in said else None,
        contact=said.get("contact"),
        budget=_in_yuan(written["budget"]) if "budget" in said else None,
        profile=said.get("profile"),
        password=said.get("password"),
        row=row,
    )


def _counted_in(heading: str) -> str | None:
    """Return the unit of money that a heading names in brackets."""
    named = (each for each in _IN_BRACKETS.findall(normalise(heading)))
    return next((each for each in named if convert(Decimal(1), each, YUAN) is not None), None)


def _in_yuan(written: Written) -> Decimal | None:
    """Return an amount in 元, None where it is no amount."""
    read = parse_target(written.value)
    if read.op is not Op.BARE or read.value is None or read.value < 0:
        return None
    return convert(read.value, read.unit or written.unit or YUAN, YUAN)


def _day(written: str) -> str | None:
    """Return a day in ISO format, None where it is not said to the day.

    >>> _day("2026年4月30日"), _day("20260430"), _day("4月底")
    ('2026-04-30', '2026-04-30', None)
    """
    if _EIGHT_DIGITS.fullmatch(written):
        written = f"{written[:4]}-{written[4:6]}-{written[6:]}"
    read = parse_target(written)
    return read.date.isoformat() if read.date and not read.notes else None


# -- what is wrong -------------------------------------------------------------------------------


def _faults(written: Written, workspace: Path | None) -> Iterator[Text]:
    """Yield what is wrong with a cell, by what its field asks for."""
    schema, value = written.field.schema, written.value
    if _NO_CHARACTERS.search(value) or _NO_VALUE.fullmatch(value):
        yield _fault("characters", written)
    elif len(value) > schema.get("maxLength", len(value)):
        yield _fault("long", written, most=schema["maxLength"])
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield _fault("wrong_code", written)
    elif written.field.key == "budget" and _in_yuan(written) is None:
        yield _fault("wrong_budget", written)
    elif written.field.key == "deadline" and _day(value) is None:
        yield _fault("wrong_deadline", written)
    elif written.field.key == "profile" and (why := _wrong_profile(value, workspace)):
        yield _fault("wrong_profile", written, why)


def _fault(kind: str, written: Written, why: Text | None = None, **values: object) -> Text:
    """Return a sentence about a cell, in both languages."""
    printable = _NO_CHARACTERS.sub(" ", written.value)
    shown, at, why = shortened(" ".join(printable.split())), written.at, why or Text("", "")
    return Text(
        text(f"roster.{kind}", at=at.zh, value=shown, why=why.zh, **values).zh,
        text(f"roster.{kind}", at=at.en, value=shown, why=why.en, **values).en,
    )


def _wrong_profile(name: str, workspace: Path | None) -> Text | None:
    try:
        load_profile(name, workspace)
    except XlflowError as error:
        return Text(error.zh, error.en)
    return None


def _doubles(lines: Iterable[Line]) -> Iterator[Text]:
    """Yield which lines mean one unit and project, and which codes belong to two names."""
    by_handle: defaultdict[str, list[Line]] = defaultdict(list)
    by_code: dict[str, Line] = {}
    for line in lines:
        handles = handles_of(line)
        alike = (each for handle in handles for each in by_handle[handle] if same_place(line, each))
        same_code = by_code.setdefault(normalised(line.unit_code), line) if line.unit_code else line
        if normalised(same_code.unit) != normalised(line.unit):
            names = f"{same_code.unit}、{line.unit}"
            rows = {"row": line.row, "other": same_code.row}
            yield text("roster.two_names", code=line.unit_code, names=names, **rows)
        elif twin := next(alike, None):
            who = " ".join(filter(None, (line.unit, line.project)))
            yield text("roster.twice", row=line.row, other=twin.row, who=who)
        for handle in handles:
            by_handle[handle].append(line)


# -- from a file to rows -------------------------------------------------------------------------


def _csv_rows(path: Path) -> list[list[str]]:
    try:
        data = files.read_bytes(path)
    except files.Unreadable as error:
        raise FileRefused(error.zh, error.en, "F10") from error
    for encoding in ("utf-8-sig", "gb18030"):  # the second is what Excel saves on Chinese Windows
        try:
            return list(csv.reader(io.StringIO(data.decode(encoding), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise UsageError(*text("roster.not_text", name=path.name))


def _sheets(path: Path) -> Iterator[list[list[str]]]:
    try:
        workbook = Workbook.open(path)
    except files.Unreadable as error:
        raise FileRefused(error.zh, error.en, "F10") from error
    for grid in read_book(workbook).grids:
        width = max((col for _, col in grid.cells), default=0)
        yield [
            [grid.at(row, col).raw or "" for col in range(1, width + 1)]
            for row in range(1, grid.last_row + 1)
        ]

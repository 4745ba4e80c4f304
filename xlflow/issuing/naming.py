"""File names of what is handed out, made by a pattern such as `{unit}_{project}_{form}_{year}`."""

import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from xlflow import files
from xlflow.errors import DefinitionError
from xlflow.forms import Form
from xlflow.issuing.roster import Line, refuse
from xlflow.messages import Text, text

_FIELDS = ("unit_code", "unit", "project_code", "project", "form", "year", "round")
SUFFIX = ".xlsx"
_BETWEEN = "_"
_PARTING = re.compile(r"_(?![^{}]*\})")  # not the one in {unit_code}
Values = Mapping[str, str]


def file_stems(
    pattern: str,
    form: Form,
    lines: Sequence[Line],
    *,
    year: int,
    exercise_round: str | None,
    roster: str,
) -> list[str]:
    """Return the name of each line's workbook without its end; codes keep equal names apart.

    Names that only differ in case are equal, as they are on Windows. Raises DefinitionError for
    a pattern that means nothing, UsageError where two lines give one name all the same.
    """
    pieces = _pieces(pattern)
    values = [_values(form, line, year, exercise_round) for line in lines]
    plain = [_stem(pieces, each) for each in values]
    often = Counter(stem.casefold() for stem in plain)
    stems = [
        stem if often[stem.casefold()] == 1 else _stem(pieces, _with_codes(each))
        for stem, each in zip(plain, values, strict=True)
    ]
    refuse(roster, _taken_twice(stems, lines))
    return stems


def versioned(stem: str, version: int, suffix: str = SUFFIX) -> str:
    """Return the file name of a version of a workbook.

    >>> versioned("示例局_2025", 1), versioned("示例局_2025", 2)
    ('示例局_2025.xlsx', '示例局_2025_第2版.xlsx')
    """
    return (stem if version == 1 else f"{stem}{_BETWEEN}第{version}版") + suffix


def _pieces(pattern: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return the parts of a pattern, each with the fields in it."""
    try:
        pieces = [(piece, tuple(_fields_in(piece))) for piece in _PARTING.split(pattern)]
    except ValueError as error:  # a brace that is not closed
        raise _meaningless(pattern) from error
    if not any(fields for _, fields in pieces):
        raise _meaningless(pattern)
    return pieces


def _fields_in(piece: str) -> Iterator[str]:
    for _, name, how, conversion in string.Formatter().parse(piece):
        if name is None:
            continue
        if name not in _FIELDS or how or conversion:
            raise ValueError(name)
        yield name


def _meaningless(pattern: str) -> DefinitionError:
    known = " ".join(f"{{{name}}}" for name in _FIELDS)
    return DefinitionError(*text("issue.bad_pattern", pattern=pattern, known=known))


def _values(form: Form, line: Line, year: int, exercise_round: str | None) -> Values:
    return {
        "unit_code": line.unit_code or "",
        "unit": line.unit,
        "project_code": line.project_code or "",
        "project": line.project or "",
        "form": form.title,
        "year": str(year),
        "round": exercise_round or "",
    }


def _with_codes(values: Values) -> Values:
    """Return values in which codes stand before the names they belong to."""
    return {
        **values,
        **{
            name: _BETWEEN.join(filter(None, (values[f"{name}_code"], values[name])))
            for name in ("unit", "project")
        },
    }


def _stem(pieces: Sequence[tuple[str, tuple[str, ...]]], values: Values) -> str:
    """Return a name of all parts that say something; a part whose fields are blank is left out."""
    said = [
        piece.format_map(values)
        for piece, fields in pieces
        if not fields or any(values[name] for name in fields)
    ]
    return files.safe_stem(*said)


def _taken_twice(stems: Sequence[str], lines: Sequence[Line]) -> Iterator[Text]:
    taken: dict[str, Line] = {}
    for stem, line in zip(stems, lines, strict=True):
        other = taken.setdefault(stem.casefold(), line)
        if other is not line:
            name = versioned(stem, 1)
            yield text("roster.same_file", row=line.row, other=other.row, name=name)

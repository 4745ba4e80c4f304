"""What stood in a workbook before it was marked, kept in hidden columns of 核对结果.

It is JSON, as every program keeps a text when it saves; a long one goes on in the next cell. It
stands beside the title: a clerk deletes the row of a problem that is settled, never that one.
`mark` writes it, `strip` puts it back.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from zlib import crc32

from xlflow.ooxml import NewCell, Sheet, Workbook
from xlflow.ooxml.numbers import parse_number
from xlflow.ooxml.payload import Settable
from xlflow.ooxml.reference import cell_name

COLUMN = 27
_ROW = 1
ADDED, BLANK, RESULT = "added", "blank", "result"
_BEGINNING = "xlflow 还原信息 "
_PIECE = 16_000  # characters, half of what a cell holds

Row = tuple[NewCell | None, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """One thing as it was: the sheet, the cell or cells, the kind of value, and the value.

    `then` is what was put in its place, as text; for a stored result the formula it belongs to;
    for blank cells the fingerprints of what was put there.
    """

    sheet: str
    cells: str
    kind: str
    value: str = ""
    then: str = ""


def overwritten(sheet: Sheet, values: Mapping[str, Settable]) -> Iterator[Before]:
    """Set cells of a sheet; yield what stood in them."""
    blank = {}
    before = sheet.all_stored(values)
    for cell, value in values.items():
        sheet[cell] = value
        kind, stored, _ = before[cell]
        then = "" if value is None else str(value)
        if kind == "blank":
            blank[cell] = fingerprint(then)
        else:
            yield Before(sheet.name, cell, kind, stored, then)
    if blank:
        yield Before(sheet.name, " ".join(blank), BLANK, then=" ".join(blank.values()))


def fingerprint(stored: str) -> str:
    """Return a short word for a stored value; Excel writes 17 digits of a number.

    >>> fingerprint("-0.09") == fingerprint("-0.089999999999999997")
    True
    """
    number = parse_number(stored)
    told = stored if number is None else f"{number + 0:.9f}"
    return f"{crc32(told.encode()):x}"


def stale_remembered(workbook: Workbook, results_sheet: str) -> Iterator[Before]:
    """Yield the stored results that the cells set so far and the results sheet make wrong."""
    for name, places in workbook.stale_results(results_sheet).items():
        sheet = workbook.sheet(name)
        for place in sorted(places - sheet.writes.keys()):
            cell = cell_name(*place)
            kind, stored, formula = sheet.result_stored(place)
            if formula is not None or kind != "blank":  # it may get a result that it had not
                yield Before(name, cell, f"{RESULT} {kind}", stored, formula or "")


def told(before: Sequence[Before]) -> tuple[str, ...]:
    """Return what is remembered as texts that fit into cells."""
    things = [(it.sheet, it.cells, it.kind, it.value, it.then) for it in before]
    words = _BEGINNING + json.dumps(things, ensure_ascii=False)
    return tuple(words[start : start + _PIECE] for start in range(0, len(words), _PIECE))


def with_memory(rows: Sequence[Row], pieces: Sequence[str]) -> tuple[Row, ...]:
    """Return the rows of the results sheet with what is remembered in the hidden columns."""
    title = rows[_ROW - 1]
    blank = (None,) * (COLUMN - 1 - len(title))
    return (
        *rows[: _ROW - 1],
        (*title, *blank, *(NewCell(piece, 0) for piece in pieces)),
        *rows[_ROW:],
    )


def recall(sheet: Sheet) -> list[Before]:
    """Return what a results sheet remembers; one that a person damaged remembers nothing."""
    columns = sorted(column for row, column in sheet.content.cells if row == _ROW)
    pieces = [sheet.stored(cell_name(_ROW, col))[1] for col in columns if col >= COLUMN]
    with suppress(ValueError, TypeError):
        return [Before(*each) for each in json.loads("".join(pieces).removeprefix(_BEGINNING))]
    return []


def remembers(sheet: Sheet) -> bool:
    """Return whether a sheet is a results sheet that tells how the workbook was before."""
    place = cell_name(_ROW, COLUMN)
    return place.encode() in sheet.data and sheet.stored(place)[1].startswith(_BEGINNING.strip())

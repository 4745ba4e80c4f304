"""Formulas as text: which cells they read, and how a shared formula reads elsewhere."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from xlflow.ooxml.reference import MAX_COLUMN, MAX_ROW, Area, column_letters, column_number

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_AREA = (
    rf"(?:{_CELL}(?::{_CELL})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}"
    r"|\$?[1-9][0-9]{0,6}:\$?[1-9][0-9]{0,6})(?![\w.(!\[])"
)
# In `A6:Other!A9` the colon parts two cells: a sheet called A6 would be in quotes.
_SHEET = (
    r"(?:'(?P<quoted>(?:[^']|'')++)'"
    rf"|(?P<bare>(?:\[[^\]]*\])?(?!{_CELL}:)[^\W][\w.]*(?::[\w.]+)?))!"
)
# What a table holds: Sales[Amount], [[#This Row],[Q1]]. An apostrophe escapes the next character.
_COLUMNS = r"\[(?:[^\[\]']|'.|\[(?:[^\[\]']|'.)*+\])*+\]"
_TOKEN = re.compile(
    rf"""
      (?P<text>"(?:[^"]++|"")*+")
    | (?P<lost>\#REF!{_AREA})
    | (?:{_SHEET})?(?:(?P<area>{_AREA})|(?P<name>(?:[^\W\d]|\\)[\w.\\?]*+(?!\()|\#REF!))
    | (?P<foreign>{_COLUMNS}|'(?:[^']|'')*+')
    | (?P<function>[^\W\d][\w.]*\()
    | (?P<number>[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+)
    | (?P<error>\#(?:NULL!|DIV/0!|VALUE!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!))
    """,
    re.VERBOSE,
)
_PART = re.compile(r"(\$?)([A-Za-z]*)(\$?)([0-9]*)")
_CONSTANTS = frozenset({"TRUE", "FALSE"})
_LONGEST = 8_192  # characters a formula may have; a longer one is not looked into
# What these read is known only when they are calculated.
_COMPUTED = frozenset({"INDIRECT(", "OFFSET(", "CELL(", "EVALUATE(", "GETPIVOTDATA("})
# Left over after all tokens: a range with a computed end, a table or another workbook.
_NOT_UNDERSTOOD = re.compile(r"[:\[\]!']")


@dataclass(frozen=True, slots=True)
class Precedents:
    """What a formula reads; a sheet of None is the formula's own.

    `opaque` is true when it may read cells that can not be told from its text.
    """

    areas: tuple[tuple[str | None, Area], ...] = ()
    names: tuple[tuple[str | None, str], ...] = ()
    opaque: bool = False


@lru_cache(maxsize=4096)
def precedents(formula: str) -> Precedents:
    """Return what a formula reads.

    >>> [(sheet, str(area)) for sheet, area in precedents("SUM(A1:B2)*'表 1'!$C$5").areas]
    [(None, 'A1:B2'), ('表 1', 'C5')]
    >>> precedents("A1*Rate").names, precedents("OFFSET(A1,1,1)").opaque
    (((None, 'Rate'),), True)
    """
    if len(formula) > _LONGEST:
        return Precedents(opaque=True)
    areas: list[tuple[str | None, Area]] = []
    names: list[tuple[str | None, str]] = []
    opaque, end = False, 0
    for token in _TOKEN.finditer(formula):
        opaque = opaque or bool(token["foreign"])
        opaque = opaque or _not_understood(formula, end, token.start())
        end = token.end()
        sheet = _sheet_of(token)
        if sheet is not None and (":" in sheet or "[" in sheet):
            # [1] is another workbook, which no edit here changes; [0] and Jan:Dec are ours.
            opaque = opaque or not re.match(r"(?:.*[/\\])?\[[1-9][^\]]*\]", sheet)
        elif token["area"]:
            areas.append((sheet, _area_of(token["area"])))
        elif token["name"] and token["name"].upper() not in _CONSTANTS and token["name"] != "#REF!":
            names.append((sheet, token["name"]))
        elif token["function"]:
            opaque = opaque or token["function"].upper().removeprefix("_XLFN.") in _COMPUTED
    opaque = opaque or _not_understood(formula, end, len(formula))
    return Precedents(tuple(dict.fromkeys(areas)), tuple(dict.fromkeys(names)), opaque)


@lru_cache(maxsize=32)
def precedents_of_all(formulas: tuple[str, ...]) -> Precedents:
    """Return what any of some formulas reads; the forms of an exercise have the same ones.

    Areas that follow one another down a column are one.
    """
    read = [precedents(formula) for formula in formulas]
    return Precedents(
        tuple(_joined(area for each in read for area in each.areas)),
        tuple(dict.fromkeys(name for each in read for name in each.names)),
        any(each.opaque for each in read),
    )


def _joined(areas: Iterable[tuple[str | None, Area]]) -> Iterator[tuple[str | None, Area]]:
    """Yield areas that cover the same cells as many, those below one another in one piece."""
    columns: dict[tuple[str | None, int, int], list[Area]] = {}
    for sheet, area in set(areas):
        columns.setdefault((sheet, area.left, area.right), []).append(area)
    for (sheet, _, _), pieces in columns.items():
        top, *lower = sorted(pieces)
        for piece in lower:
            if piece.top > top.bottom + 1:
                yield sheet, top
                top = piece
            else:
                top = top._replace(bottom=max(top.bottom, piece.bottom))
        yield sheet, top


@lru_cache(maxsize=1024)  # workbooks of one template share their formulas
def shifted(formula: str, rows: int, columns: int) -> str:
    """Return a formula as it reads that many rows further down and columns further right.

    >>> shifted('A1+$A$1&"A1"', 2, 1)
    'B3+$A$1&"A1"'
    """
    pieces, rest = _at_areas(formula)
    moved = (
        f"{before}{':'.join(_moved(part, rows, columns) for part in area)}"
        for before, area in pieces
    )
    return "".join((*moved, rest))


@lru_cache(maxsize=256)
def _at_areas(formula: str) -> tuple[tuple[tuple[str, list[str]], ...], str]:
    """Return the areas of a formula, each by its ends with the text before it, and the rest.

    A shared formula is shifted once for each cell that shares it.
    """
    if len(formula) > _LONGEST:
        return (), formula
    pieces, end = [], 0
    for token in _TOKEN.finditer(formula):
        if token["area"]:
            pieces.append((formula[end : token.start("area")], token["area"].split(":")))
            end = token.end()
    return tuple(pieces), formula[end:]


def renumbered(
    formula: str,
    number: Callable[[int], int],
    concerns: Callable[[str | None], bool],
    *,
    fixed_only: bool = False,
) -> str:
    """Return a formula with the rows it names numbered anew, on the sheets that are concerned.

    `concerns` is asked with the sheet of a reference as it is written, None where there is none.
    With `fixed_only` rows without a dollar sign stay.

    >>> renumbered('SUM(A5:B$9)&LOG10(C7)&"A7"&T[A7]&二!A7', lambda row: row + 2, lambda s: not s)
    'SUM(A7:B$11)&LOG10(C9)&"A7"&T[A7]&二!A7'
    """

    def part_moved(part: str) -> str:
        column_fixed, letters, row_fixed, digits = _parts(part)
        if not digits or (fixed_only and not row_fixed):
            return part
        return f"{column_fixed}{letters}{row_fixed}{number(int(digits))}"

    def move(token: re.Match[str]) -> str:
        area = token["area"]
        if not area or not concerns(_sheet_of(token)):
            return token[0]
        moved = ":".join(map(part_moved, area.split(":")))
        return token[0][: len(token[0]) - len(area)] + moved

    return _TOKEN.sub(move, formula) if len(formula) <= _LONGEST else formula


def is_fixed(text: str) -> bool:
    """Return whether all areas in a defined name are absolute, so that it reads alike everywhere.

    >>> is_fixed("Sheet1!$A$1:$B$2"), is_fixed("Sheet1!A1")
    (True, False)
    """
    return shifted(text, 1, 1) == text


def _not_understood(formula: str, start: int, end: int) -> bool:
    return _NOT_UNDERSTOOD.search(formula, start, end) is not None


def _sheet_of(token: re.Match[str]) -> str | None:
    quoted: str | None = token["quoted"]
    if quoted is not None:
        return quoted.replace("''", "'")
    return token["bare"]


def _area_of(text: str) -> Area:
    first, _, last = text.partition(":")
    top, left = _place(first, 1, 1)
    bottom, right = _place(last or first, MAX_ROW, MAX_COLUMN)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _place(part: str, row: int, column: int) -> tuple[int, int]:
    """Return row and column of one end of an area; a whole column or row has the default."""
    match = _PART.fullmatch(part)
    if match is None:
        raise ValueError(part)
    return int(match[4] or row), column_number(match[2]) if match[2] else column


def _moved(part: str, rows: int, columns: int) -> str:
    column_fixed, letters, row_fixed, digits = _parts(part)
    if letters and not column_fixed:
        letters = column_letters((column_number(letters) - 1 + columns) % MAX_COLUMN + 1)
    if digits and not row_fixed:
        digits = str((int(digits) - 1 + rows) % MAX_ROW + 1)
    return f"{column_fixed}{letters}{row_fixed}{digits}"


def _parts(part: str) -> tuple[str, str, str, str]:
    """Return one end of an area taken apart: dollar sign, letters, dollar sign, digits."""
    match = _PART.fullmatch(part)
    if match is None:
        raise ValueError(part)
    column_fixed, letters, row_fixed, digits = match.groups()
    if not letters:  # a whole row: its dollar sign was taken for the column's
        row_fixed, column_fixed = column_fixed, ""
    return column_fixed, letters, row_fixed, digits

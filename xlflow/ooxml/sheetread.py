"""The content of one worksheet part, as it is stored."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from xlflow.errors import FileRefused
from xlflow.ooxml.expat import Stream
from xlflow.ooxml.formulas import shifted
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.reference import MAX_COLUMN, MAX_ROW, Area, column_number, parse_area
from xlflow.ooxml.refusals import damaged, unsafe
from xlflow.ooxml.splice import has_noise
from xlflow.ooxml.usualsheet import Stored, usual_rows

_DIGITS = "0123456789"
_BLANK_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: [a-z]{1,2}="[^"<>]*")*+ ?/>')
_TRUE = ("1", "true", "on")
_FORMULA = re.compile(rb"[<:]f[\s/>]")
_FORMULA_CELL = re.compile(rb"<c [^<>]*><f[\s/>](?:[^<]*+<(?!/c>))*+[^<]*+</c>")
_UTF16 = re.compile(rb"\xff\xfe|\xfe\xff|.{0,3}\x00", re.DOTALL)


@dataclass(frozen=True, slots=True)
class SheetContent:
    """The cells that hold a value or a formula, and what else a reader needs.

    `spills` are the areas that array formulas and data tables fill.
    """

    cells: dict[tuple[int, int], Stored]
    merges: tuple[Area, ...]
    spills: tuple[Area, ...]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


def read_sheet(data: bytes, name: str, part: str, limits: Limits) -> SheetContent:
    """Return the content of a worksheet part. The `dimension` it states is not believed.

    More cells than the limit refuse the file.
    """
    usual = usual_rows(data, limits.cells)
    around = _surroundings(usual.around, limits) if usual else None
    if usual is None or around is None:
        return _Reader(name, part, limits).read(_without_blanks(data))
    return replace(around, cells=usual.cells, hidden_rows=usual.hidden)


@lru_cache(maxsize=8)
def _surroundings(around: bytes, limits: Limits) -> SheetContent | None:
    """Return what a part holds besides its rows, None when that is not as usual either.

    The forms of an exercise come from one template and differ in their rows alone.
    """
    try:
        content = _Reader("", "", limits).read(around)
    except FileRefused:
        return None
    return content if content.cells.keys() == {(1, 1)} else None


def may_hold_formulas(pieces: Iterable[bytes]) -> bool:
    """Return whether there may be a formula in a worksheet part that comes piece by piece."""
    before = b""
    for number, piece in enumerate(filter(None, pieces)):
        if number == 0 and _UTF16.match(piece):
            return True
        # The letter is rare and found at once; the pattern takes ten times as long.
        looked_at = before + (piece if b"f" in piece else piece[:1])
        if b"f" in looked_at and _FORMULA.search(looked_at):
            return True
        before = piece[-2:] if piece[-1:] in b"<:f" else b""
    return False


def formula_cells(data: bytes) -> bytes:
    """Return the cells of a checked part that have a formula, as a part; all, where need be.

    What array formulas fill is left out too.
    """
    root, start = data.find(b"<worksheet "), data.find(b"<sheetData>")
    end = data.find(b"</sheetData>", start)
    if min(root, start, end) < 0 or has_noise(data) or _unnamed_cells(data):
        return data
    cells = _FORMULA_CELL.findall(data, start, end)
    if len(cells) != data.count(b"<f", start, end):
        return data
    opened = data[root : data.find(b">", root) + 1]
    return b"%s<sheetData><row>%s</row></sheetData></worksheet>" % (opened, b"".join(cells))


def rows_alone(data: bytes, numbers: Iterable[int]) -> bytes:
    """Return the rows of a checked part that have a number, as a part; all, where need be."""
    root, start = data.find(b"<worksheet "), data.find(b"<sheetData>")
    end = data.find(b"</sheetData>", start)
    if min(root, start, end) < 0 or has_noise(data):
        return data
    rows, place, missing = [], start, False
    for number in sorted(set(numbers)):
        begin = data.find(b'<row r="%d"' % number, place, end)
        if begin < 0:
            missing = True
            continue
        close = data.find(b">", begin, end) + 1
        if data[close - 2 : close] != b"/>":
            close = data.find(b"</row>", close, end) + len(b"</row>")
        rows.append(data[begin:close])
        place = close
    opened, found = data[root : data.find(b">", root) + 1], b"".join(rows)
    named = not missing or data.count(b"<row", start, end) == data.count(b'<row r="', start, end)
    if _unnamed_cells(found) or not named:
        return data
    return b"%s<sheetData>%s</sheetData></worksheet>" % (opened, found)


def _unnamed_cells(data: bytes) -> bool:
    return data.count(b'<c r="') != data.count(b"<c ") + data.count(b"<c>") + data.count(b"<c/>")


def _without_blanks(data: bytes) -> bytes:
    """Return the part without its cells that have a style alone, as a form has them by hundreds.

    A cell without a reference stands right of the one before it, so nothing is left out then.
    """
    return data if _unnamed_cells(data) else _BLANK_CELL.sub(b"", data)


class _Reader:
    def __init__(self, name: str, part: str, limits: Limits) -> None:
        self._name, self._part, self._limits = name, part, limits
        self._stream = Stream(name, part, limits)
        self._cells: dict[tuple[int, int], Stored] = {}
        self._merges: list[Area] = []
        self._spills: list[Area] = []
        self._hidden_rows: set[int] = set()
        self._hidden_columns: set[int] = set()
        self._shared: dict[str, tuple[int, int, str]] = {}
        self._row = self._column = 0
        self._attributes: dict[str, str] = {}
        self._formula_attributes: dict[str, str] | None = None
        self._formula: str | None = None
        self._text: str | None = None
        self._phonetic = False

    def read(self, data: bytes) -> SheetContent:
        clear = self._clear
        starts = {
            "row": self._start_row, "c": self._start_cell, "f": self._start_formula,
            "v": clear, "t": clear, "rPh": self._start_phonetic,
            "mergeCell": self._merge, "col": self._columns,
        }  # fmt: skip
        ends = {
            "c": self._end_cell, "f": self._end_formula, "v": self._end_value,
            "t": self._end_text, "rPh": self._end_phonetic,
        }  # fmt: skip
        try:
            self._stream.run(data, starts, ends)
        except (ValueError, KeyError, OverflowError) as error:
            raise damaged(self._name, "bad_xml", part=self._part) from error
        return SheetContent(
            self._cells,
            tuple(self._merges),
            tuple(self._spills),
            frozenset(self._hidden_rows),
            frozenset(self._hidden_columns),
        )

    def _clear(self, _: dict[str, str]) -> None:
        self._stream.chunks.clear()

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = int(number) if number else self._row + 1
        self._column = 0
        if attributes.get("hidden") in _TRUE and self._row <= self._limits.rows:
            self._hidden_rows.add(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._attributes = attributes
        self._formula = self._text = self._formula_attributes = None
        reference = attributes.get("r")
        if not reference:
            self._column += 1
            return
        letters = reference.rstrip(_DIGITS)
        self._column = column_number(letters)
        self._row = int(reference[len(letters) :])
        if not (1 <= self._column <= MAX_COLUMN and 1 <= self._row <= MAX_ROW):
            raise ValueError(reference)

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._formula_attributes = attributes
        self._stream.chunks.clear()

    def _end_formula(self) -> None:
        text = self._stream.text()
        attributes = self._formula_attributes or {}
        kind = attributes.get("t", "")
        if kind == "shared":
            text = self._shared_formula(attributes.get("si", ""), text)
        elif kind in ("array", "dataTable") and "ref" in attributes:
            self._spills.append(parse_area(attributes["ref"]))
        if kind == "dataTable":  # its inputs stand in attributes
            inputs = (attributes.get("r1"), attributes.get("r2"))
            text = f"TABLE({','.join(cell for cell in inputs if cell)})"
        self._formula = text

    def _shared_formula(self, index: str, text: str) -> str:
        if text:
            self._shared[index] = (self._row, self._column, text)
            return text
        if index not in self._shared:
            return text
        row, column, master = self._shared[index]
        return shifted(master, self._row - row, self._column - column)

    def _end_value(self) -> None:
        self._text = self._stream.text()

    def _start_phonetic(self, _: dict[str, str]) -> None:
        self._phonetic = True

    def _end_phonetic(self) -> None:
        self._phonetic = False

    def _end_text(self) -> None:
        if not self._phonetic:
            self._text = (self._text or "") + self._stream.text()

    def _end_cell(self) -> None:
        if self._text is None and self._formula is None:
            return
        attributes = self._attributes
        self._cells[self._row, self._column] = Stored(
            attributes.get("t", "n"), self._text, int(attributes.get("s", "0")), self._formula
        )
        if len(self._cells) > self._limits.cells:
            raise unsafe(self._name, "cells", count=self._limits.cells)

    def _merge(self, attributes: dict[str, str]) -> None:
        area = parse_area(attributes["ref"])
        if area.top != area.bottom or area.left != area.right:
            self._merges.append(area)

    def _columns(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in _TRUE:
            last = min(int(attributes["max"]), self._limits.columns)
            self._hidden_columns.update(range(int(attributes["min"]), last + 1))

"""Workbooks of other file types: .xls and .et, .xlsb, .ods, and those behind a password.

They are read in a process of its own (`xlflow.grids.worker`), whose end is a sentence here.
"""

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from xlflow.bounds import SECONDS
from xlflow.errors import FileRefused
from xlflow.grids.grid import Book, Cell, Grid
from xlflow.grids.plain import PlainBook, PlainCell, PlainSheet
from xlflow.grids.read import Shown, name_of, read_book, shown, usable
from xlflow.ooxml import DefinedName, Workbook
from xlflow.ooxml.limits import DEFAULT
from xlflow.ooxml.reference import Area
from xlflow.ooxml.values import number
from xlflow.problems import refusal

_READABLE = frozenset({"F03", "F04"})
_LARGEST_ANSWER = 256 << 20  # bytes
_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from xlflow.grids.worker import main; main()"
)


def read_foreign(
    package: bytes, name: str, refused: FileRefused, passwords: Iterable[str] = ()
) -> Book:
    """Return the cells of a workbook that our own reader `refused`: what a person sees in them.

    Raises FileRefused: that refusal where nothing else can be said, another one when the process
    that read the file came to grief (F35), and when two readers do not agree about it (F36).
    """
    if refused.code not in _READABLE:
        raise refused
    answer, opened = _in_worker(package, name, list(passwords))
    if "refused" in answer:
        zh, en, code, why = answer["refused"]
        raise FileRefused(zh, en, code, (why[0], why[1]))
    if "book" in answer:
        return _book(PlainBook.from_data(answer["book"]))
    if not opened:
        raise refused
    try:
        return read_book(Workbook.from_bytes(opened, name))
    except FileRefused as inside:
        return read_foreign(opened, name, inside)


# -- the other process ---------------------------------------------------------------------------


def _in_worker(package: bytes, name: str, passwords: list[str]) -> tuple[dict[str, Any], bytes]:
    """Return what the other process answered, and the package it opened, if any."""
    command = [sys.executable, "-c", _START, json.dumps(sys.path)]
    request = json.dumps({"name": name, "passwords": passwords}).encode()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        clock = threading.Timer(SECONDS, process.kill)
        clock.start()
        try:
            said = _exchange(process, request + b"\n" + package)
        finally:
            clock.cancel()
            process.kill()
    head, _, opened = said.partition(b"\n")
    try:
        answer = json.loads(head)
    except ValueError as error:  # nothing, or half of it
        raise refusal("F35", name=name) from error
    return answer, opened


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    if process.stdin is None or process.stdout is None:
        return b""
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(request)
        process.stdin.close()
    return process.stdout.read(_LARGEST_ANSWER)


# -- from plain data to cells --------------------------------------------------------------------


def _book(plain: PlainBook) -> Book:
    grids = tuple(_grid(sheet, plain) for sheet in plain.sheets)
    return Book(grids, tuple(name_of(DefinedName(*name)) for name in plain.names))


def _grid(sheet: PlainSheet, plain: PlainBook) -> Grid:
    cells: dict[tuple[int, int], Cell] = {}
    areas = usable(tuple(Area(*edges) for edges in sheet.merges))
    hidden = frozenset(sheet.hidden_rows), frozenset(sheet.hidden_columns)
    grid = Grid(sheet.name, cells, areas, *hidden)
    for stored in sheet.cells:
        row, column = stored.row, stored.col
        beyond = row > DEFAULT.rows or column > DEFAULT.columns
        if beyond or (areas and grid.covers(row, column)):
            continue
        code = plain.formats[stored.format]
        kind, value, raw = _shown(stored, code, plain)
        if kind != "blank" or stored.uncached:
            cells[row, column] = Cell(row, column, kind, value, raw, code, uncached=stored.uncached)
    return grid


def _shown(stored: PlainCell, code: str, plain: PlainBook) -> Shown:
    """Return kind, value and the text a person sees."""
    text = stored.text
    if not text:
        return "blank", None, None
    match stored.type:
        case "n":
            return shown(number(text, code, date1904=plain.date1904), code)
        case "b":
            return shown(("bool", text == "1"), code)
        case "d":
            return shown(("date", datetime.fromisoformat(text).replace(tzinfo=None)), code)
        case "e":
            return shown(("error", text), code)
    return shown(("text", text), code)

"""Real files: rows are inserted at random, and every cell is found at its new place."""

import hashlib
import json
import os
import subprocess
import warnings
from collections import Counter
from pathlib import Path

import pytest
from libreoffice import as_pdf
from package_samples import corpus_files, loaded, standing_cells
from test_ooxml_corpus import CHARTS_ONLY, OPENPYXL_CANNOT, REFUSED

from xlflow.errors import UsageError
from xlflow.grids import read_book
from xlflow.grids.grid import Book
from xlflow.ooxml import Insertion, Workbook, prove

FILES = [file for file in corpus_files() if file.id not in {*REFUSED, *CHARTS_ONLY}]
PARTED = {"jmcnamara-array_formula02.xlsx"}  # nothing but an array formula
# What LibreOffice and the Open XML SDK are asked about, by what the files hold.
SAMPLE = {
    "kitchen.xlsm", "apache-dataValidationTableRange.xlsx", "phpoffice-namespacenonstd.xlsx",
    "dotnet-Complex01.xlsx", "closedxml-CFDataBars.xlsx", "mathnya-issue_189.xlsx",
    "phpoffice-issue.1767.xlsx", "sheetjs-fn.xlsx", "alibaba-t04.xlsx",
    "phpoffice-32readwriteRadarChart4.xlsx", "phpoffice-PivotTableSimple.xlsx",
}  # fmt: skip


def insert_somewhere(book: Workbook, grids: Book, seed: str) -> list[Insertion]:
    """Insert rows in three places, mostly amid what stands there."""
    done = []
    for number in range(3):
        dice = hashlib.sha256(f"{seed} {number}".encode()).digest()
        grid = grids.grids[dice[0] % len(grids.grids)]
        rows = sorted({row for row, _ in grid.cells}) or [1]
        insertion = Insertion(grid.sheet, rows[dice[1] % len(rows)], 1 + dice[2] % 4)
        try:
            book.insert_rows(insertion.sheet, insertion.below, insertion.count)
        except UsageError:
            continue  # it would part an array
        done.append(insertion)
    return done


def with_rows(file: Path) -> tuple[bytes, list[Insertion]]:
    book = Workbook.open(file)
    done = insert_somewhere(book, read_book(book), file.name)
    return book.to_bytes(), done


def moved(sheet: str, row: int, insertions: list[Insertion]) -> int:
    for insertion in insertions:
        row = insertion.row(row) if insertion.sheet == sheet else row
    return row


@pytest.mark.parametrize("file", FILES)
def test_every_cell_is_found_at_its_new_place(file: Path) -> None:
    out, insertions = with_rows(file)
    assert insertions or file.name in PARTED
    data = file.read_bytes()
    prove(data, out, {}, inserted=insertions)
    before, after = read_book(Workbook.from_bytes(data)), read_book(Workbook.from_bytes(out))
    for old, new in zip(before.grids, after.grids, strict=True):
        cells = dict(new.cells)
        for (row, column), cell in old.cells.items():
            other = cells.pop((moved(old.sheet, row, insertions), column), None)
            if other is None or other.value is None:  # a stored result was dropped
                assert cell.formula is not None or other is None
                continue
            assert (other.value, other.kind) == (cell.value, cell.kind)
            assert other.number_format == cell.number_format
            assert (other.formula is None) == (cell.formula is None)
        assert all(cell.formula is not None for cell in cells.values())  # filled down
    if file.name not in OPENPYXL_CANNOT and len(data) < 60_000:
        check_with_openpyxl(data, out, insertions)


def check_with_openpyxl(data: bytes, out: bytes, insertions: list[Insertion]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on saving
        old, new = loaded(data), loaded(out)
    for sheet in old.worksheets:
        before, after = standing_cells(sheet), standing_cells(new[sheet.title])
        own = [insertion for insertion in insertions if insertion.sheet == sheet.title]
        back = {(row_before(row, own), column): cell for (row, column), cell in after.items()}
        for place in before.keys() | {place for place in back if place[0]}:
            cell, other = before.get(place), back.get(place)
            assert (other.style_id if other else 0) == (cell.style_id if cell else 0)
            value = other.value if other else None
            if value is not None and not (cell and cell.data_type in ("f", "e")):
                assert value == (cell.value if cell else None)


def row_before(row: int, insertions: list[Insertion]) -> int:
    """Return where a row stood before the insertions, 0 for one that was inserted."""
    for each in reversed(insertions):
        if each.below < row <= each.below + each.count:
            return 0
        row -= each.count if row > each.below else 0
    return row


@pytest.mark.npm
@pytest.mark.parametrize("file", [file for file in FILES if file.id in SAMPLE])
def test_the_open_xml_sdk_finds_no_new_error(file: Path, tmp_path: Path) -> None:
    def errors(path: Path) -> Counter[str]:
        command = [os.environ["XLFLOW_OOXML_VALIDATOR"], str(path)]
        found = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
        return Counter(str(error.get("id")) for error in found["errors"])

    out = tmp_path / file.name
    out.write_bytes(with_rows(file)[0])
    if found := errors(out):
        assert not found - errors(file)


@pytest.mark.libreoffice
@pytest.mark.parametrize("file", [file for file in FILES if file.id in SAMPLE])
def test_libreoffice_opens_it(file: Path, tmp_path: Path) -> None:
    out = tmp_path / file.name
    out.write_bytes(with_rows(file)[0])
    assert as_pdf(out, tmp_path).stat().st_size > 1_000

"""Real files read by our reader and by openpyxl: every difference is one of those named here."""

import warnings
from datetime import datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from xlflow.grids import Cell, read_book
from xlflow.ooxml import Workbook

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
OPENPYXL_FAILS = {
    "apache-49609.xlsx",  # backslashes in part names
    "sheetjs-wtf_path.xlsx",
    "sheetjs-xlsx-stream-d-date-cell.xlsx",  # no cell styles at all
}
STRICT = {  # openpyxl does not know the namespaces and finds no sheets
    "dotnet-3DRotation-O12-XL-OartTextEffects.xlsx",
    "dotnet-ActiveXControls-O12-XL-Controls.xlsx",
    "dotnet-OLE-O12-XL-OLE.xlsx",
    "phpoffice-issue.3843a.template.xlsx",
}
REFUSED = {  # see test_ooxml_corpus
    "apache-duplicate-filename-case-insensitive.xlsx",
    "apache-duplicate-filename.xlsx",
    "apache-invalid.xlsx",
    "apache-poc-shared-strings.xlsx",
    "nolze-example_password.xlsx",
}
SLOW = 100_000  # bytes; openpyxl takes seconds for more


def _files() -> list[Any]:
    if not CORPUS.is_dir():
        reason = "the corpus of real files (shared/corpus beside the checkout) is not here"
        return [pytest.param(CORPUS, marks=pytest.mark.skip(reason=reason), id="no-corpus")]
    files = [file for file in sorted(CORPUS.iterdir()) if file.suffix in (".xlsx", ".xlsm")]
    usable = [file for file in files if file.name not in OPENPYXL_FAILS | STRICT | REFUSED]
    return [pytest.param(file, id=file.name) for file in usable if file.stat().st_size < SLOW]


def _same(cell: Cell | None, theirs: object) -> bool:
    mine = cell.value if cell else None
    if theirs in (None, "") or isinstance(theirs, bool):
        return mine == (theirs or None) or mine is theirs
    if isinstance(theirs, (int, float)):
        close = Decimal(repr(theirs))
        return isinstance(mine, Decimal) and abs(close - mine) <= abs(close) * Decimal("1E-14")
    if isinstance(theirs, datetime):
        return _same_moment(mine, theirs)
    if isinstance(theirs, (time, timedelta)):  # the fraction of a day that is stored
        return isinstance(mine, Decimal)
    # openpyxl leaves the escapes of control characters as they are, in some places.
    return mine == theirs or (isinstance(mine, str) and "_x00" in str(theirs))


def _same_moment(mine: object, theirs: datetime) -> bool:
    if isinstance(mine, datetime):
        return abs(mine - theirs) < timedelta(milliseconds=2)
    # Outside the calendar, or a time format over a number of days: a number to us.
    return isinstance(mine, Decimal)


@pytest.mark.parametrize("file", _files())
def test_every_cell_reads_as_openpyxl_reads_it(file: Path) -> None:
    workbook = Workbook.open(file)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not know
        values = openpyxl.load_workbook(file, data_only=True)
    assert workbook.sheet_names == tuple(sheet.title for sheet in values.worksheets)
    for grid in read_book(workbook).grids:
        sheet = values[grid.sheet]
        merges = {str(area) for area in grid.merges}
        assert merges == {str(area) for area in sheet.merged_cells.ranges}
        theirs = {
            (cell.row, cell.column): cell.value
            for row in sheet.iter_rows(max_col=200)
            for cell in row
            if cell.value not in (None, "")
        }
        for place in theirs.keys() | {place for place in grid.cells if place[1] <= 200}:
            assert _same(grid.cells.get(place), theirs.get(place)), (grid.sheet, place)

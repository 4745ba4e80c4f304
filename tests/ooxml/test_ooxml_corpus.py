"""Real files: a handful of random cells is written, and nothing else may differ."""

import hashlib
import warnings
from decimal import Decimal
from pathlib import Path

import pytest
from package_samples import corpus_files, loaded, members, standing_cells

from xlflow.errors import FileRefused
from xlflow.grids import read_book
from xlflow.grids.grid import Book, Cell, Value
from xlflow.ooxml import CellStyle, NewCell, NewSheet, Workbook, compose_sheet, prove
from xlflow.ooxml.reference import cell_name

Place = tuple[str, int, int]
FILES = corpus_files()

REFUSED = {
    "apache-duplicate-filename-case-insensitive.xlsx": "F05",
    "apache-duplicate-filename.xlsx": "F05",
    "apache-hello-world-signed.xlsx": "F08",
    "apache-invalid.xlsx": "F11",  # an archive without members
    "apache-poc-shared-strings.xlsx": "F05",  # cells in a row 0
    "nolze-example_password.xlsx": "F03",
}
CHARTS_ONLY = {"dotnet-xl8galry.xlsx"}
# Where openpyxl finds no sheets (ISO strict) or fails.
OPENPYXL_CANNOT = {
    "apache-49609.xlsx",
    "dotnet-3DRotation-O12-XL-OartTextEffects.xlsx",
    "dotnet-ActiveXControls-O12-XL-Controls.xlsx",
    "dotnet-OLE-O12-XL-OLE.xlsx",
    "phpoffice-issue.3843a.template.xlsx",
    "sheetjs-wtf_path.xlsx",
    "sheetjs-xlsx-stream-d-date-cell.xlsx",
}
MAY_CHANGE = ("workbook.xml", "styles.xml", "[content_types].xml")
VALUES = (Decimal("81.25"), "完成 <&> _x000D_\n第二行", True, Decimal("-0.000001"))


def cells_of(book: Book) -> dict[Place, Cell]:
    return {(grid.sheet, *place): cell for grid in book.grids for place, cell in grid.cells.items()}


def edit(book: Workbook, grids: Book, seed: str) -> dict[Place, Value]:
    """Set ten random cells, half of them where something stands; returns what was set where."""
    written: dict[Place, Value] = {}
    for number in range(10):
        dice = hashlib.sha256(f"{seed} {number}".encode()).digest()
        grid = grids.grids[dice[0] % len(grids.grids)]
        row, col = 1 + dice[1] % 60, 1 + dice[2] % 12
        if grid.cells and dice[3] % 2:
            row, col = list(grid.cells)[int.from_bytes(dice[4:8]) % len(grid.cells)]
        value = VALUES[dice[8] % len(VALUES)]
        book.sheet(grid.sheet)[cell_name(row, col)] = value
        assert book.sheet(grid.sheet)[cell_name(row, col)] == value
        area = grid.area_of(row, col)
        written[grid.sheet, area.top, area.left] = value
    return written


def check_cells(before: Book, after: Book, written: dict[Place, Value]) -> None:
    old, new = cells_of(before), cells_of(after)
    for place in old.keys() | new.keys():
        was, now = old.get(place), new.get(place)
        if place in written:
            assert now is not None
            assert now.kind == "date" or now.value == written[place]
            assert now.formula == (was.formula if was else None)
        elif was != now:  # a stored result was dropped, of a formula or of what an array fills
            assert was is not None
            assert now is None or (now.uncached and now.formula == was.formula)


def check_members(before: bytes, after: bytes, sheets: set[str]) -> None:
    old, new = members(before), members(after)
    assert list(new)[: len(old)] == list(old)
    for name, part in old.items():
        plain = name.replace("\\", "/")
        may_change = plain in sheets or plain.lower().endswith(MAY_CHANGE)
        assert part == new[name] or may_change


def check_with_openpyxl(data: bytes, out: bytes, written: dict[Place, Value]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on saving
        old, new = loaded(data), loaded(out)
    assert old.sheetnames == new.sheetnames
    for sheet in old.worksheets:
        before, after = standing_cells(sheet), standing_cells(new[sheet.title])
        for place in before.keys() | after.keys():
            if (sheet.title, *place) not in written:
                cell, other = before.get(place), after.get(place)
                was, now = (each.value if each else None for each in (cell, other))
                dropped = now is None  # the result of an array, see check_cells
                assert dropped or "formula" in repr(was) or now == was
                assert (other.style_id if other else 0) == (cell.style_id if cell else 0)


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.id not in {*REFUSED, *CHARTS_ONLY}]
)
def test_a_handful_of_cells(file: Path) -> None:
    data = file.read_bytes()
    book = Workbook.open(file)
    before = read_book(book)
    written = edit(book, before, file.name)
    out = book.to_bytes()
    by_sheet: dict[str, list[str]] = {}
    for sheet, row, col in written:
        by_sheet.setdefault(sheet, []).append(cell_name(row, col))
    prove(data, out, by_sheet)
    check_cells(before, read_book(Workbook.from_bytes(out)), written)
    check_members(data, out, {book.sheet(name).part for name in book.sheet_names})
    if file.name not in OPENPYXL_CANNOT and len(data) < 60_000:
        check_with_openpyxl(data, out, written)


@pytest.mark.parametrize(
    "file", [file for file in FILES if file.id not in {*REFUSED, *CHARTS_ONLY}]
)
def test_a_sheet_and_a_style_are_added(file: Path) -> None:
    data = file.read_bytes()
    book = Workbook.from_bytes(data)
    index = book.style(CellStyle(bold=True, fill="EDF1F7", number_format="0.0000"))
    sheet = NewSheet(rows=((NewCell("核对", index), NewCell(Decimal("1.5"), index)),), widths=(9,))
    book.replace_sheet("核对结果", compose_sheet(sheet))
    out = book.to_bytes()
    prove(data, out, {}, ["核对结果"])
    after = Workbook.from_bytes(out)
    assert after.sheet_names == (*Workbook.from_bytes(data).sheet_names, "核对结果")
    grid = read_book(after, ["核对结果"]).grids[0]
    assert (grid.at(1, 1).value, grid.at(1, 2).number_format) == ("核对", "0.0000")
    if file.name not in OPENPYXL_CANNOT and len(data) < 60_000:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cell = loaded(out, read_only=True)["核对结果"]["B1"]
        assert (cell.value, cell.font.b, cell.number_format) == (1.5, True, "0.0000")


@pytest.mark.parametrize("file", [file for file in FILES if file.id in REFUSED])
def test_what_is_refused_and_why(file: Path) -> None:
    def use() -> None:
        book = Workbook.open(file)
        read_book(book)
        book.sheet(book.sheet_names[0])["A1"] = 1

    with pytest.raises(FileRefused) as refused:
        use()
    assert refused.value.code == REFUSED[file.name]


@pytest.mark.parametrize("file", corpus_files((".xls", ".et", ".ods", ".xlsb")))
def test_other_formats_are_named(file: Path) -> None:
    with pytest.raises(FileRefused) as refused:
        Workbook.open(file)
    assert refused.value.code == "F04"

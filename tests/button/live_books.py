"""A live book without Excel: xlwings' remote engine, and a desk that records."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment
from openpyxl.utils import get_column_letter
from package_samples import loaded_fast

from xlflow.button import without_ours

os.environ["XLWINGS_LICENSE_KEY"] = "noncommercial"


def live_book(book: openpyxl.Workbook, name: str) -> Any:
    """Return a book of the remote engine that holds the values of a workbook."""
    import xlwings

    sheets = [
        {
            "name": sheet.title,
            "values": [[_sent(cell) for cell in row] for row in sheet.iter_rows(values_only=True)],
            "pictures": [],
            "tables": [],
        }
        for sheet in book.worksheets
    ]
    head = {"name": name, "active_sheet_index": 0, "selection": "A1"}
    return xlwings.Book(
        json={
            "client": "Office.js",
            "version": xlwings.__version__,
            "book": head,
            "names": [],
            "sheets": sheets,
        }
    )


def _sent(value: object) -> object:
    return value if value is None or isinstance(value, (int, float, str, bool)) else str(value)


class RecordedDesk:
    """What the remote engine has no word for, done to a workbook held by openpyxl."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.book = loaded_fast(data)
        self.told: list[str] = []
        self.highlights: dict[tuple[str, str], str] = {}

    def save_copy(self, path: Path) -> None:
        path.write_bytes(self.data)

    def open_for_writing(self, sheet: str) -> None:
        assert sheet

    def take_marks(self) -> None:
        self.highlights.clear()
        for sheet in self.book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.comment:
                        left = without_ours(cell.comment.text)
                        cell.comment = Comment(left, "x") if left else None

    def note(self, sheet: str, cell: str, words: str) -> None:
        there = self.book[sheet][cell]
        old = f"{there.comment.text}\n" if there.comment else ""
        there.comment = Comment(old + words, "xlflow")

    def highlight(self, sheet: str, cell: str, colour: str) -> None:
        self.highlights[sheet, cell] = colour

    def tell(self, words: str) -> None:
        self.told.append(words)


def carry_out(actions: list[dict[str, Any]], book: openpyxl.Workbook) -> None:
    """Do to a workbook what the remote engine asks a program to do."""
    for action in actions:
        name = action["func"]
        if name == "addSheet":
            index, title = action["args"]
            book.create_sheet(title, index)
            continue
        sheet = book.worksheets[action["sheet_position"]]
        if name == "setValues":
            for row, values in enumerate(action["values"], action["start_row"] + 1):
                for column, value in enumerate(values, action["start_column"] + 1):
                    sheet.cell(row, column).value = as_excel_reads(value)
        elif name == "addHyperlink":
            target, words, _ = action["args"]
            cell = sheet.cell(action["start_row"] + 1, action["start_column"] + 1)
            cell.hyperlink = target
            cell.value = as_excel_reads(words) if cell.value is None else cell.value
        elif name == "sheetClear":
            for merged in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merged))
            sheet.delete_rows(1, sheet.max_row)
        elif name == "rangeMerge":
            first = get_column_letter(action["start_column"] + 1)
            last = get_column_letter(action["start_column"] + action["column_count"])
            top, bottom = action["start_row"] + 1, action["start_row"] + action["row_count"]
            sheet.merge_cells(f"{first}{top}:{last}{bottom}")
        else:
            assert name in LOOKS, name


LOOKS = {
    "setColumnWidth", "setRowHeight", "setRangeColor", "setFontProperty", "setNumberFormat",
    "setWrapText",
}  # fmt: skip


def as_excel_reads(value: object) -> object:
    """Return what Excel stores for a value it is given: it parses a text that looks otherwise."""
    if not isinstance(value, str) or value == "":
        return None if value == "" else value
    if value.startswith("'"):
        return value[1:]
    assert not value.startswith(("=", "+", "-", "@")), value
    try:
        return float(value)
    except ValueError:
        return value


def values_of(book: openpyxl.Workbook, title: str) -> Iterator[tuple[str, object]]:
    for row in book[title].iter_rows():
        for cell in row:
            if cell.value not in (None, ""):
                yield cell.coordinate, cell.value

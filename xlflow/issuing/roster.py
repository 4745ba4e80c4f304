"""Reading the roster: who is handed a form, from an Excel sheet or a CSV file."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlflow import files
from xlflow.errors import FileRefused, UsageError
from xlflow.grids import read_book
from xlflow.messages import text
from xlflow.ooxml import Workbook
from xlflow.values import label_key

# Of several headings in one roster the first named here is meant.
_HEADINGS = {
    "unit_code": ("单位编码", "预算单位编码", "单位代码", "部门编码"),
    "unit": ("单位名称", "预算单位名称", "部门名称", "单位"),
    "project_code": ("项目编码", "项目代码"),
    "project": ("项目名称", "项目"),
    "deadline": ("截止日期", "截止时间", "报送期限"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a roster."""

    unit: str
    unit_code: str | None = None
    project: str | None = None
    project_code: str | None = None
    deadline: str | None = None


def read_roster(path: Path) -> tuple[Line, ...]:
    """Return the lines of a roster: .xlsx, or .csv in UTF-8 or GB18030.

    Raises UsageError when there is no heading 单位名称, no line below it, or a line without a
    unit; FileRefused when the file can not be read.
    """
    tables = [_csv_rows(path)] if path.suffix.lower() == ".csv" else _sheets(path)
    for rows in tables:
        for number, row in enumerate(rows, start=1):
            columns = _columns(row)
            if "unit" in columns:
                lines = tuple(_lines(path.name, rows[number:], number + 1, columns))
                if not lines:
                    raise UsageError(*text("roster.empty", name=path.name))
                return lines
    raise UsageError(*text("roster.no_heading", name=path.name))


def _columns(row: list[str]) -> dict[str, int]:
    """Return in which column each field stands, if this is the row of headings."""
    keys = [label_key(cell) for cell in row]
    found = {
        field: [keys.index(key) for word in words if (key := label_key(word)) in keys]
        for field, words in _HEADINGS.items()
    }
    return {field: columns[0] for field, columns in found.items() if columns}


def _lines(
    name: str, rows: list[list[str]], first: int, columns: Mapping[str, int]
) -> Iterator[Line]:
    for number, row in enumerate(rows, start=first):
        values = {field: row[index].strip() for field, index in columns.items() if index < len(row)}
        if not any(values.values()):
            continue
        unit = values.pop("unit", "")
        if not unit:
            raise UsageError(*text("roster.no_unit", name=name, row=number))
        yield Line(unit, **{field: value or None for field, value in values.items()})


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

"""Reading the roster: who is handed a form, from an Excel sheet or a CSV file."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlflow import files
from xlflow.errors import UsageError
from xlflow.grids import read_book
from xlflow.messages import text
from xlflow.ooxml import Workbook
from xlflow.values import label_key

_HEADINGS = {
    "unit_code": ("单位编码", "预算单位编码", "部门编码"),
    "unit": ("单位名称", "部门名称", "单位"),
    "project_code": ("项目编码",),
    "project": ("项目名称", "项目"),
    "deadline": ("截止日期", "截止时间", "报送期限"),
}
_KEYS = {label_key(word): field for field, words in _HEADINGS.items() for word in words}


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

    Raises UsageError when there is no heading 单位名称 or no line below it.
    """
    rows = list(_csv_rows(path) if path.suffix.lower() == ".csv" else _sheet_rows(path))
    for number, row in enumerate(rows):
        columns = {
            _KEYS[key]: index for index, cell in enumerate(row) if (key := label_key(cell)) in _KEYS
        }
        if "unit" in columns:
            lines = tuple(_lines(rows[number + 1 :], columns))
            if not lines:
                raise UsageError(*text("roster.empty", name=path.name))
            return lines
    raise UsageError(*text("roster.no_heading", name=path.name))


def _lines(rows: list[list[str]], columns: Mapping[str, int]) -> Iterator[Line]:
    for row in rows:
        values = {field: row[index].strip() for field, index in columns.items() if index < len(row)}
        if values.get("unit"):
            yield Line(
                unit=values["unit"],
                unit_code=values.get("unit_code") or None,
                project=values.get("project") or None,
                project_code=values.get("project_code") or None,
                deadline=values.get("deadline") or None,
            )


def _csv_rows(path: Path) -> Iterator[list[str]]:
    data = files.read_bytes(path)
    try:
        written = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        written = data.decode("gb18030", errors="replace")  # what Excel saves on Chinese Windows
    yield from csv.reader(io.StringIO(written))


def _sheet_rows(path: Path) -> Iterator[list[str]]:
    grid = read_book(Workbook.open(path)).grids[0]
    width = max((col for _, col in grid.cells), default=0)
    for row in range(1, grid.last_row + 1):
        yield [grid.at(row, col).raw or "" for col in range(1, width + 1)]

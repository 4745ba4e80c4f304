"""A sheet drawn as a bureau prints its form, with a note of what was written where."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

_LINE = Side(style="thin", color="FF000000")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_LABEL = PatternFill("solid", fgColor="FFF2F2F2")
_MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)
_LEFT = Alignment(horizontal="left", vertical="center", wrap_text=True)
LEVELS = ("level1", "level2")
TEXTS = frozenset({"level3", "target", "actual", "reason"})

Written = str | int | float | None


class Paper:
    """One sheet of a workbook; `data`, `cells` and `problems` are what a reader must find."""

    def __init__(self, title: str, *, form: str, first: str | None = None) -> None:
        self.book = openpyxl.Workbook()
        self.sheet: Worksheet = self.book.worksheets[0]
        if first:  # another sheet stands before the form
            self.sheet.title = first
            self.sheet["A1"] = "填表说明：请先填报第二张表，本表不用填。"
            self.sheet = self.book.create_sheet(title)
        self.sheet.title = title
        self.sheet.sheet_format.defaultColWidth = 15
        self.sheet.page_setup.orientation = "landscape"
        self.sheet.page_setup.fitToHeight = 0
        self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        self.form = form
        self.data: dict[str, Any] = {}
        self.cells: dict[str, str] = {}
        self.problems: list[tuple[str, str | None]] = []

    def label(self, area: str, words: str) -> None:
        """Write a heading or a label."""
        self._write(area, words, Font(name="宋体", size=10, bold=True), _MIDDLE, _LABEL)

    def title(self, area: str, words: str) -> None:
        self._write(area, words, Font(name="黑体", size=16), _MIDDLE, None)

    def line(self, area: str, words: str) -> None:
        """Write a remark, a line with the unit, a signature: what belongs to no table."""
        self._write(area, words, Font(name="宋体", size=9), _LEFT, None)

    def put(
        self,
        area: str,
        words: Written,
        at: str | None = None,
        *,
        says: str | Decimal | None = None,
        number_format: str | None = None,
    ) -> None:
        """Write a value; it is the datum at the pointer `at`, which may read otherwise: `says`."""
        self._write(area, words, Font(name="宋体", size=10), _MIDDLE, None)
        cell = area.partition(":")[0]
        if number_format:
            self.sheet[cell].number_format = number_format
        if at and (words is not None or says is not None):
            self.note(at, _read(words) if says is None else says, cell)

    def note(self, at: str, value: str | Decimal, cell: str) -> None:
        """Note that a datum stands in a cell."""
        node: Any = self.data
        steps = at.strip("/").split("/")
        for step, following in zip(steps, [*steps[1:], ""], strict=True):
            if isinstance(node, list):
                if int(step) == len(node):
                    node.append({})
                node = node[int(step)]
            elif following:
                node = node.setdefault(step, [] if following.isdigit() else {})
            else:
                node[step] = value
        self.cells[at] = cell

    def headings(self, row: int, columns: str) -> None:
        """Write headings into a row: `A 一级指标 | B:C 二级指标`."""
        for column, words in _by_column(columns):
            first, _, last = column.partition(":")
            self.label(f"{first}{row}:{last or first}{row}", words)

    def table(
        self,
        top: int,
        columns: str,
        rows: Sequence[Mapping[str, Any]],
        *,
        base: str = "/indicators",
        levels: str = "merged",
        start: int = 0,
    ) -> int:
        """Write rows from `top` down and return the row below; `columns` gives keys as `headings`
        gives words.

        `levels` says how 一级指标 and 二级指标 are written: merged over their rows, once, or
        repeated. A row's `says` tells what a value reads as, `area` a cell that is wider.
        """
        for index, row in enumerate(rows):
            for column, key in _by_column(columns):
                first, _, last = column.partition(":")
                if key in LEVELS and levels != "repeated":
                    begins, ends = _span(rows, index, key)
                    if begins == index:
                        bottom = top + (ends if levels == "merged" else index)
                        self.put(f"{column}{top + index}:{column}{bottom}", row.get(key))
                    if row.get(key) is not None:
                        at = f"{base}/{start + index}/{key}"
                        self.note(at, str(row[key]), f"{column}{top + begins}")
                    continue
                area = row.get("area", {}).get(key, f"{first}#:{last or first}#")
                words = row.get(key)
                says = row.get("says", {}).get(key)
                if says is None and key in TEXTS and words is not None:
                    says = str(words)
                if area:
                    self.put(
                        area.replace("#", str(top + index)),
                        words,
                        None if key.startswith("_") else f"{base}/{start + index}/{key}",
                        says=says,
                        number_format=row.get("format", {}).get(key),
                    )
        return top + len(rows)

    def no_rows(self, block: str, table: str) -> None:
        """Note that a table is there and holds no row."""
        self.data[block][table] = []

    def problem(self, code: str, cell: str | None) -> None:
        """Note a problem that reading must find."""
        self.problems.append((code, cell))

    def _write(
        self, area: str, words: Written, font: Font, alignment: Alignment, fill: PatternFill | None
    ) -> None:
        first, _, last = area.partition(":")
        boxes: Iterable[Any] = self.sheet[f"{first}:{last or first}"]
        for line in boxes:
            for cell in line:
                cell.font, cell.alignment = font, alignment
                if alignment is _MIDDLE:
                    cell.border = _GRID
                if fill:
                    cell.fill = fill
        if last and last != first:
            self.sheet.merge_cells(area)
        self.sheet[first] = words
        if isinstance(words, str) and words[:1] == "=" and words[1:2].isdigit():
            self.sheet[first].data_type = "s"  # =100% is what a clerk writes, no formula


def _span(rows: Sequence[Mapping[str, Any]], index: int, key: str) -> tuple[int, int]:
    """Return the first and the last of the rows around one that are of the same level."""
    keys = LEVELS[: LEVELS.index(key) + 1]
    same = [[row.get(each) for each in keys] == [rows[index].get(each) for each in keys]
            for row in rows]  # fmt: skip
    begins, ends = index, index
    while begins and same[begins - 1]:
        begins -= 1
    while ends + 1 < len(rows) and same[ends + 1]:
        ends += 1
    return begins, ends


def _by_column(spec: str) -> Iterator[tuple[str, str]]:
    for each in spec.split(" | "):
        column, _, words = each.partition(" ")
        yield column, words


def _read(words: Written) -> str | Decimal:
    return words if isinstance(words, str) else Decimal(str(words))

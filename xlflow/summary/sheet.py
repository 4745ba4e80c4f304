"""Writing cells and tables so that text stays text and numbers stay numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_range

from xlflow.ooxml import FileLink, LongTable, Rows
from xlflow.summary import captions, look
from xlflow.summary.captions import CUT, PAGE, Caption
from xlflow.summary.links import Link
from xlflow.summary.look import Column, Kind
from xlflow.summary.stream import Records, Stream, stream_of

MOST_ROWS = 1_000_000  # a sheet has 1,048,576
MOST_LINKS = 65_530  # Excel refuses to open a sheet with more
_LONGEST_TEXT = 32_000  # a cell holds 32,767 characters
_A4 = 9
_HEADING_HEIGHT, _SUBHEADING_HEIGHT = 32, 22
_WHY_WIDTH = 106  # characters the columns of 原因 hold together
_LONG = 200  # rows from which a table is worth writing apart
_WIDTH_SAMPLE = 2000  # rows looked at for the width of a column
# Forms of whole departments name no project, scored ones show no light, monitoring ones carry no
# points: an empty column would only take room.
_SOMETIMES = frozenset(
    {
        Caption.PROJECT, Caption.LIGHT, Caption.PROGRESS, Caption.WEIGHT, Caption.CLAIMED,
        Caption.COMPUTED, Caption.UNDECIDED, Caption.GRADE, Caption.DIFFERENCE, Caption.DEVIATION,
    }
)  # fmt: skip
_IN_A_ROW = frozenset({str, Decimal, int, type(None)})
_DAY_ZERO, _SECOND = date(1899, 12, 30).toordinal(), Decimal("1e-10")


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that adds up others, and what it adds up to."""

    text: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Span:
    """A column of a smaller table, laid over columns of the large one."""

    caption: Caption
    kind: Kind
    columns: range


Wrapping = tuple[int, look.Lines]  # the place of a column, and how many lines its texts take


class Book:
    """A workbook in the making, and the formats it has so far.

    `columns` are, by sheet, those of its tables: where each stands and how it is shown.
    `long_tables` are, by part, those of which only a pattern is written: a row whose place their
    rows take.
    """

    def __init__(self, workbook: xlsxwriter.Workbook) -> None:
        self.workbook = workbook
        self.columns: dict[str, dict[Caption, tuple[int, Kind]]] = {}
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.long_tables: dict[str, LongTable] = {}

    def format(self, properties: Mapping[str, Any]) -> Any:
        """Return the format with these properties, the same one each time."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(dict(properties))
        return self._formats[key]

    def sheet(self, name: str) -> "Sheet":
        """Return a new sheet, set up for the screen and for A4 across."""
        worksheet = self.workbook.add_worksheet(name)
        self.columns[name] = {}
        worksheet.set_tab_color(look.TABS[captions.kind_of(name)])
        worksheet.hide_gridlines(2)
        worksheet.set_landscape()
        worksheet.set_paper(_A4)
        worksheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer(f"&L&9&A&C&9{PAGE}")
        return Sheet(self, worksheet)


class Sheet:
    """One sheet of the book."""

    def __init__(self, book: Book, worksheet: Any) -> None:
        self.book = book
        self.worksheet = worksheet
        self._links = 0

    def text(self, row: int, column: int, text: str, properties: Mapping[str, Any]) -> None:
        """Write a text that stands outside of tables."""
        self.worksheet.write_string(row, column, text, self.book.format(properties))

    def cell(self, row: int, column: int, value: object, properties: Mapping[str, Any]) -> None:
        """Write a value as what it is: text never becomes a formula, a link or a number."""
        self._put(row, column, value, self.book.format(properties))

    def _put(self, row: int, column: int, value: object, look_of_it: Any) -> None:
        sheet = self.worksheet
        if isinstance(value, str):
            sheet.write_string(row, column, _fitting(value), look_of_it)
        elif value is None:
            sheet.write_blank(row, column, None, look_of_it)
        elif isinstance(value, (Decimal, int)):
            # The file format knows binary numbers only; nothing is computed with this one.
            sheet.write_number(row, column, float(value), look_of_it)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value, look_of_it)
        elif isinstance(value, Link):
            self._link(row, column, value, look_of_it)
        elif isinstance(value, Formula):
            result = "" if value.value is None else float(value.value)
            sheet.write_formula(row, column, value.text, look_of_it, result)
        else:
            raise TypeError(f"no cell for a {type(value).__name__}")

    def merged(
        self, row: int, columns: range, value: object, properties: Mapping[str, Any]
    ) -> None:
        """Write a value over several columns of one row."""
        self._over(row, columns, value, self.book.format(properties))

    def _over(self, row: int, columns: range, value: object, look_of_it: Any) -> None:
        if len(columns) > 1:
            self.worksheet.merge_range(row, columns[0], row, columns[-1], "", look_of_it)
        self._put(row, columns[0], value, look_of_it)

    def spans(
        self, top: int, spans: Sequence[Span], frame: pd.DataFrame, *, strong: bool = False
    ) -> int:
        """Write a smaller table over columns of a large one; returns the row after its last."""
        self.worksheet.set_row(top, _HEADING_HEIGHT if strong else _SUBHEADING_HEIGHT)
        for span in spans:
            self.merged(top, span.columns, span.caption, look.SUBHEADING)
            self.tell(span.caption, span.columns[0], span.kind)
            look_of_it = self.book.format(look.cell_look(span.kind, strong=strong))
            for row, value in enumerate(values_of(frame, span.caption), start=top + 1):
                self._over(row, span.columns, value, look_of_it)
        why = values_of(frame, Caption.WHY) or [None] * len(frame)
        for row, reason in enumerate(why, start=top + 1):
            self.worksheet.set_row(row, look.row_height([(reason, _WHY_WIDTH)]))
        return top + 1 + len(frame)

    def table(self, top: int, columns: Sequence[Column], rows: pd.DataFrame | Stream) -> int:
        """Write a table with a filter on its headings; returns the row after its last one.

        Of a long table a pattern is written; its rows are left in `book.long_tables`.
        """
        for position, column in enumerate(columns):
            self.tell(column.caption, position, column.kind)
        stream = stream_of(rows) if isinstance(rows, pd.DataFrame) else rows
        named = [column.caption for column in columns]
        sample = stream.first(_WIDTH_SAMPLE, named)
        widths = [look.width_of(*pair) for pair in zip(columns, sample, strict=True)]
        self.worksheet.set_row(top, _HEADING_HEIGHT)
        for position, column in enumerate(columns):
            hidden = {"hidden": column.caption in _SOMETIMES & stream.blank}
            self.worksheet.set_column(position, position, widths[position], None, hidden)
            self.text(top, position, column.caption, look.HEADING)
        formats = [self.book.format(look.cell_look(column.kind)) for column in columns]
        wrapping = [
            (i, look.Lines(widths[i]))
            for i, column in enumerate(columns)
            if look.wraps(column.kind)
        ]
        if stream.count > _LONG:
            for position, look_of_it in enumerate(formats):
                self.worksheet.write_blank(top + 1, position, None, look_of_it)
            part = f"xl/worksheets/sheet{self.worksheet.index + 1}.xml"
            pieces = self._repeated(stream.pieces(named), wrapping)
            self.book.long_tables[part] = LongTable(top + 2, stream.count, pieces)
        else:
            self._put_rows(top + 1, stream.pieces(named), formats, wrapping)
        bottom = top + stream.count
        if stream.count:
            self.worksheet.autofilter(top, 0, bottom, len(columns) - 1)
            # A code is text and stays text; Excel need not point that out in every cell.
            everywhere = xl_range(top, 0, bottom, len(columns) - 1)
            self.worksheet.ignore_errors({"number_stored_as_text": everywhere})
        return bottom + 1

    def _put_rows(
        self,
        top: int,
        pieces: Iterable[Records],
        formats: Sequence[Any],
        wrapping: Sequence[Wrapping],
    ) -> None:
        row = top
        for columns in pieces:
            heights = _heights(columns, wrapping)
            for height, record in zip(heights, zip(*columns, strict=True), strict=True):
                self.worksheet.set_row(row, height)
                for position, value in enumerate(record):
                    self._put(row, position, value, formats[position])
                row += 1

    def _repeated(self, pieces: Iterable[Records], wrapping: Sequence[Wrapping]) -> Iterator[Rows]:
        """Yield rows as they are written apart."""
        for columns in pieces:
            values: list[Sequence[Any]] = [
                column if set(map(type, column)) <= _IN_A_ROW else list(map(self._plain, column))
                for column in columns
            ]
            yield Rows(values, _heights(columns, wrapping))

    def print_columns(self, columns: Sequence[Column], last_row: int) -> None:
        """Leave to the screen what does not serve on paper: the columns after the last useful."""
        last = max(position for position, column in enumerate(columns) if column.on_paper)
        self.worksheet.print_area(0, 0, last_row, last)

    def colour(
        self, rows: range, column: int, looks: Iterable[tuple[str, Mapping[str, Any]]]
    ) -> None:
        """Colour the cells of a column by the word they hold; the colour follows a sort."""
        if not rows:
            return
        for word, properties in looks:
            rule = {
                "type": "cell",
                "criteria": "==",
                "value": f'"{word}"',
                "format": self.book.format(properties),
            }
            self.worksheet.conditional_format(rows[0], column, rows[-1], column, rule)

    def bars(self, rows: range, column: int, colour: str, full: float) -> None:
        """Draw a bar behind the numbers of a column; `full` fills the cell."""
        if rows:
            # Only what every version of Excel knows: further options stand in an extension that
            # other programs drop.
            rule = {
                "type": "data_bar",
                "bar_color": colour,
                "min_type": "num",
                "max_type": "num",
                "min_value": 0,
                "max_value": full,
            }
            self.worksheet.conditional_format(rows[0], column, rows[-1], column, rule)

    def tell(self, caption: Caption, column: int, kind: Kind) -> None:
        """Note a column for the dictionary of the book."""
        self.book.columns[self.worksheet.get_name()].setdefault(caption, (column, kind))

    def linked(
        self,
        row: int,
        column: int,
        value: object,
        link: Link | None,
        properties: Mapping[str, Any],
    ) -> None:
        """Write a value that leads to where it comes from."""
        if link is None:
            self.cell(row, column, value, properties)
            return
        look_of_it = dict(properties) | look.LINKED
        self.cell(row, column, link, look_of_it)
        self.cell(row, column, value, look_of_it)

    def jump(self, row: int, column: int, name: str, tip: str) -> None:
        """Write the name of another sheet that leads there, and a tip what it is."""
        self._links += 1
        look_of_it = self.book.format(look.JUMP)
        self.worksheet.write_url(row, column, f"internal:'{name}'!A1", look_of_it, name, tip)

    def section(self, row: int, name: str) -> None:
        """Write the name of a part of the sheet."""
        self.worksheet.set_row(row, 24)
        self.text(row, 0, name, look.SECTION)

    def _plain(self, value: object) -> Any:
        """Return a value as it stands in a row that is written apart."""
        if isinstance(value, datetime):
            return _serial(value)
        if not isinstance(value, Link):
            return value
        self._links += 1
        if self._links > MOST_LINKS:
            return value.text
        return FileLink(value.text, value.target, value.place)

    def _link(self, row: int, column: int, link: Link, look_of_it: Any) -> None:
        if self._links >= MOST_LINKS:
            self.worksheet.write_string(row, column, link.text, look_of_it)
            return
        self._links += 1
        self.worksheet.write_url(row, column, link.url, look_of_it, link.text)


def values_of(frame: pd.DataFrame, caption: Caption) -> list[object]:
    """Return the values of a column, none for a table without rows."""
    return list(frame[caption]) if caption in frame else []


def _heights(columns: Records, wrapping: Sequence[Wrapping]) -> list[float]:
    """Return how high rows are; `wrapping` are the columns that make them higher."""
    texts = [(lines, columns[position]) for position, lines in wrapping]
    return look.row_heights(texts, len(columns[0]))


def _serial(time: datetime) -> Decimal:
    """Return a time as a workbook keeps it: the days since its first one, and seconds as a part."""
    seconds = time.hour * 3600 + time.minute * 60 + time.second
    return time.toordinal() - _DAY_ZERO + (Decimal(seconds) / 86_400).quantize(_SECOND)


def _fitting(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + CUT

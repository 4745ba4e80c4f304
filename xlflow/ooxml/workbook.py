"""A workbook opened under guards: its cells are read and set, everything else stays as it is."""

import re
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from xml.sax.saxutils import escape

from xlflow.errors import EnvironmentFailed, UsageError
from xlflow.files import read_bytes, write_bytes
from xlflow.messages import text
from xlflow.ooxml import bookedit
from xlflow.ooxml.bookpart import DefinedName, read_book_part
from xlflow.ooxml.cells import Misordered, Place, merged_areas, write_cells
from xlflow.ooxml.container import Container
from xlflow.ooxml.dependents import EVERYTHING, stale_results
from xlflow.ooxml.formats import is_date
from xlflow.ooxml.limits import DEFAULT, Limits
from xlflow.ooxml.package import CONTENT_TYPES, Package
from xlflow.ooxml.payload import Payload, Settable, payload
from xlflow.ooxml.reference import Area, parse_cell
from xlflow.ooxml.refusals import damaged, unsafe
from xlflow.ooxml.sheetread import SheetContent, Stored, read_sheet
from xlflow.ooxml.strings import read_strings
from xlflow.ooxml.styles import EMPTY, CellStyle, StyleTable, read_number_formats
from xlflow.ooxml.values import Meanings, Value
from xlflow.ooxml.xmlguard import checked_xml, local_name, parse_tree
from xlflow.problems import refusal

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_SHEET_NAME = re.compile(r"(?!')[^\[\]:*?/\\\x00-\x1f]{1,31}(?<!')")
_DATE_FORMAT = "yyyy/m/d"


class Workbook:
    """An .xlsx or .xlsm file in memory. Edits are collected and applied by `to_bytes`."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self._data, self._name, self._limits = data, name, limits
        self._package = Package(Container(data, name, limits))
        self._book = read_book_part(self._package)
        self._sheets = {
            tab.name: Sheet(self, tab.name, tab.part) for tab in self._book.tabs if tab.part
        }
        self._replaced: dict[str, bytes] = {}
        self._styles: StyleTable | None = None

    @classmethod
    def open(cls, path: str | Path, limits: Limits = DEFAULT) -> "Workbook":
        """Return the workbook of a file; raises FileRefused when it is none or breaks a limit."""
        file = Path(path)
        try:
            too_large = file.stat().st_size > limits.file_size
        except OSError as error:
            raise EnvironmentFailed(*text("file.gone", name=file.name)) from error
        if too_large:
            raise unsafe(file.name, "file_size", size=limits.file_size >> 20)
        return cls.from_bytes(read_bytes(file), file.name, limits)

    @classmethod
    def from_bytes(
        cls, data: bytes, name: str = "workbook.xlsx", limits: Limits = DEFAULT
    ) -> "Workbook":
        """Return the workbook that some bytes hold; `name` stands in messages."""
        return cls(data, name, limits)

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """The worksheets in order, hidden ones too; charts and dialogues are left out."""
        return tuple(self._sheets)

    @property
    def names(self) -> tuple[DefinedName, ...]:
        """The defined names in the order of the file."""
        return self._book.names

    def has_sheet(self, name: str) -> bool:
        """Return whether there is a worksheet of that name; case does not matter."""
        return self._actual_name(name) is not None

    def sheet(self, name: str) -> "Sheet":
        """Return a worksheet by its name; raises UsageError when there is none."""
        actual = self._actual_name(name)
        if actual is None:
            raise UsageError(*text("ooxml.no_sheet", sheet=name))
        return self._sheets[actual]

    def replace_sheet(self, name: str, worksheet: bytes) -> None:
        """Put a whole worksheet part in place of a sheet; one that is not there comes last.

        Cells set in the sheet before are forgotten. Raises UsageError when the name can not be
        that of a sheet or the XML is no worksheet.
        """
        self._check_editable()
        actual = self._actual_name(name)
        if actual is None:
            self._check_new_name(name)
        root = parse_tree(worksheet, self._name, name, self._limits)
        if local_name(root.tag) != "worksheet":
            raise UsageError(*text("ooxml.bad_worksheet_xml", sheet=name))
        key = actual or name
        part = self._sheets[key].part if actual else self._new_part("xl/worksheets/sheet{}.xml")
        self._sheets[key] = Sheet(self, key, part)
        self._replaced[key] = worksheet

    def style(self, style: CellStyle) -> int:
        """Return the index of a cell style, which is added to the workbook if it is new."""
        self._check_editable()
        return self._style_table.index(style)

    def to_bytes(self) -> bytes:
        """Return the file with the edits in it; without any it is the file as it came."""
        touched = self._touched()
        styles = self._styles
        if not touched and (styles is None or styles.data == self._styles_data):
            return self._data
        changed: dict[str, bytes] = {}
        stale = self._stale(touched)
        for name in {*touched, *stale}:
            sheet = self._sheets[name]
            changed[sheet.part] = sheet.spliced(stale.get(name, set()))
        if styles is not None and styles.data != self._styles_data:
            changed[self._styles_part or "xl/styles.xml"] = styles.data
        self._join_parts(changed, recalculate=bool(stale))
        container = self._package.container
        old = {part: content for part, content in changed.items() if part in container}
        new = {part: content for part, content in changed.items() if part not in container}
        return container.rewrite(old, new)

    def save(self, out: str | Path) -> None:
        """Write the file with the edits in it: the whole of it, or nothing."""
        write_bytes(Path(out), self.to_bytes())

    @cached_property
    def meanings(self) -> Meanings:
        """What stored cells refer to: shared strings, number formats, the calendar."""
        part = self._related("sharedStrings")
        strings: tuple[str, ...] = ()
        if part:
            strings = read_strings(self._package.xml(part), self._name, part, self._limits)
        styles = self._styles_part
        formats = read_number_formats(self._package.tree(styles)) if styles else ()
        return Meanings(strings, formats, self._book.date1904)

    def part_bytes(self, sheet: "Sheet") -> bytes:
        """Return the part of a sheet as checked UTF-8, before cells are written into it."""
        if sheet.name in self._replaced:
            return self._replaced[sheet.name]
        return self._package.xml(sheet.part)

    def part_is_utf8(self, sheet: "Sheet") -> bool:
        """Return whether a part can be spliced in place: it is not when it had to be recoded."""
        return sheet.name in self._replaced or (
            self._package.read(sheet.part) == self._package.xml(sheet.part)
        )

    def payload(self, value: Settable, stored: Stored | None, style: int) -> Payload:
        """Return a value ready for a cell; a date gets a style that shows it as one."""
        self._check_editable()
        content = payload(value, date1904=self._book.date1904)
        if not isinstance(value, date):
            return content
        current = stored or Stored("n", None, style)
        if is_date(self.meanings.number_format(current)):
            return content
        index = self._style_table.with_format(current.style, _DATE_FORMAT)
        return Payload(content.kind, content.value, content.stored, index)

    def read_content(self, sheet: "Sheet") -> SheetContent:
        """Return the parsed content of a sheet, before cells are written into it."""
        return read_sheet(self.part_bytes(sheet), self._name, sheet.part, self._limits)

    def misordered(self, sheet: str) -> Exception:
        """Return the refusal of a sheet whose rows and cells can not be told apart safely."""
        return damaged(self._name, "bad_sheet", sheet=sheet)

"""A workbook opened under guards: its cells are read and set, everything else stays as it is."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from xml.parsers.expat import ExpatError

from xlflow.errors import FileRefused, UsageError
from xlflow.files import read_bytes, write_bytes
from xlflow.messages import text
from xlflow.ooxml.bookedit import free_name
from xlflow.ooxml.bookpart import DefinedName, read_book_part
from xlflow.ooxml.cells import Place, merged_areas, write_cells
from xlflow.ooxml.container import Container
from xlflow.ooxml.dependents import EVERYTHING, stale_results
from xlflow.ooxml.escapes import decode
from xlflow.ooxml.formats import is_date
from xlflow.ooxml.hidden_rows import with_hidden_rows
from xlflow.ooxml.highlights import has_highlights, with_highlights, without_highlights
from xlflow.ooxml.insertion import Insertion
from xlflow.ooxml.limits import DEFAULT, Limits
from xlflow.ooxml.locked_cells import with_locked_cells
from xlflow.ooxml.moved_parts import moved_parts
from xlflow.ooxml.moved_sheet import moved_sheet
from xlflow.ooxml.new_sheet import NewSheet, compose_sheet
from xlflow.ooxml.package import Package
from xlflow.ooxml.partedits import PartEdits
from xlflow.ooxml.payload import Payload, Settable, payload, stored_again
from xlflow.ooxml.recalculate import recalculated
from xlflow.ooxml.reference import (
    MAX_COLUMN,
    MAX_ROW,
    Area,
    Merges,
    cell_name,
    parse_cell,
    sheet_rows,
)
from xlflow.ooxml.refusals import damaged, unsafe
from xlflow.ooxml.sheetnotes import noted, put_notes, take_notes
from xlflow.ooxml.sheetread import (
    SheetContent,
    formula_cells,
    may_hold_formulas,
    read_sheet,
    rows_alone,
)
from xlflow.ooxml.splice import Missing
from xlflow.ooxml.strings import read_strings
from xlflow.ooxml.styles import (
    EMPTY,
    CellStyle,
    StyleTable,
    known_number_formats,
    read_number_formats,
    style_table,
)
from xlflow.ooxml.usualsheet import Stored
from xlflow.ooxml.values import Meanings, Value
from xlflow.ooxml.xmlguard import local_name, parse_tree, well_formed
from xlflow.problems import refusal

_ROW_NUMBER = re.compile(r"\bROW\(", re.IGNORECASE)
_SHEET_NAME = re.compile(r"(?!')[^\[\]:*?/\\\x00-\x1f]{1,31}(?<!')")
_LARGE = 1 << 20
_AT_ONCE = 1 << 18
_PRINT_TITLES = "_xlnm.Print_Titles"
_DATE_FORMAT = "yyyy/m/d"


class Sheet:
    """One worksheet: `sheet["C5"]` reads a cell, `sheet["C5"] = value` sets it.

    A cell that a merged area covers stands for the area's first cell. What was set reads back
    at once; a formula keeps standing in its cell, and only its stored result is set.
    """

    def __init__(self, book: "Workbook", name: str, part: str, data: bytes | None = None) -> None:
        self.name = name
        self.part = part
        self.writes: dict[Place, Payload] = {}
        self.notes: dict[Place, str] = {}
        self.highlights: dict[Place, str] = {}
        self.hidden_rows: set[int] = set()
        self.locked: set[Place] = set()
        self.unmarked = False
        self.replaced = data is not None
        self.new_rows: list[Area] = []
        self._book = book
        self._data = data

    def __getitem__(self, cell: str) -> Value:
        place = self._place(cell)
        if place in self.writes:
            return self.writes[place].value
        stored = self.content.cells.get(place)
        return self._book.meanings.of(stored)[1] if stored else None

    def __setitem__(self, cell: str, value: Settable) -> None:
        self._book.check_editable()
        place = self._place(cell)
        self.writes[place] = payload(value, date1904=self._book.date1904)

    def note(self, cell: str, words: str) -> None:
        """Note something at a cell, below the note that may be there."""
        self._book.check_editable()
        self.notes[self._place(cell)] = words

    def highlight(self, cell: str, fill: str) -> None:
        """Paint a cell in a colour (`AARRGGBB`); its own format stays as it is."""
        self._book.check_editable()
        self.highlights[self._place(cell)] = fill

    def hide_rows(self, rows: Iterable[int]) -> None:
        """Put rows that stand in the sheet out of sight; what is in them stays."""
        self._book.check_editable()
        self.hidden_rows.update(rows)

    def lock(self, cell: str) -> None:
        """Let nobody type into a cell while the sheet is protected; the colour of inputs goes."""
        self._book.check_editable()
        self.locked.add(self._place(cell))

    def restore(self, cell: str, kind: str, stored: str) -> None:
        """Set a cell to what once was stored there: a number, text, bool, error or blank."""
        self._book.check_editable()
        self.writes[self._place(cell)] = stored_again(kind, stored)

    def stored(self, cell: str) -> tuple[str, str, str | None]:
        """Return kind, stored text and formula of a cell as it came, as `restore` takes them."""
        return self._as_stored(self.content.cells.get(self._place(cell)))

    def all_stored(self, cells: Iterable[str]) -> dict[str, tuple[str, str, str | None]]:
        """Return what `stored` does for some cells of a sheet of which no more need be read.

        A formula that others share is told of its first cell alone.
        """
        places = {cell: self._place(cell) for cell in cells}
        if "content" in self.__dict__:
            known = self.content.cells
        else:
            rows = rows_alone(self.data, (row for row, _ in places.values()))
            known = read_sheet(rows, self._book.name, self.part, self._book.limits).cells
        return {cell: self._as_stored(known.get(place)) for cell, place in places.items()}

    def result_stored(self, place: Place) -> tuple[str, str, str | None]:
        """Return what `stored` does for a cell that a formula fills."""
        return self._as_stored(self.formulas.cells.get(place))

    def _as_stored(self, stored: Stored | None) -> tuple[str, str, str | None]:
        if stored is None:
            return "blank", "", None
        kind = {"n": "number", "b": "bool", "e": "error"}.get(stored.type, "text")
        if stored.text is None or (kind == "number" and not stored.text.strip()):
            return "blank", "", stored.formula
        if kind != "text":
            return kind, stored.text, stored.formula
        if stored.type in ("str", "inlineStr"):  # no need to read the shared strings
            return kind, decode(stored.text), stored.formula
        return kind, str(self._book.meanings.of(stored)[1] or ""), stored.formula

    @property
    def edited(self) -> bool:
        """Whether anything about it changes, whether in its cells or at them."""
        changed = self.writes or self.hidden_rows or self.locked
        return self.replaced or bool(changed) or self.marked or self.unmarked

    @property
    def marked(self) -> bool:
        """Whether anything is to be shown at a cell of it."""
        return bool(self.notes or self.highlights)

    @property
    def loaded(self) -> bytes:
        """The worksheet part if it was looked at, else nothing."""
        return self._data or b""

    @property
    def data(self) -> bytes:
        """The worksheet part as checked UTF-8, without the cells that were set."""
        if self._data is None:
            self._data = self._book.part_data(self.part)
        return self._data

    @cached_property
    def content(self) -> SheetContent:
        """The stored cells, without those that were set."""
        return read_sheet(self.data, self._book.name, self.part, self._book.limits)

    @cached_property
    def has_formulas(self) -> bool:
        """Whether there may be a formula; told without parsing or holding the part."""
        if (data := self._data) is not None:
            starts = range(0, len(data), _AT_ONCE)
            return may_hold_formulas(data[start : start + _AT_ONCE] for start in starts)
        return may_hold_formulas(self._book.part_pieces(self.part))

    @cached_property
    def formulas(self) -> SheetContent:
        """The stored cells with a formula; all of them when an array formula fills others."""
        if "content" in self.__dict__:
            return self.content
        cells = formula_cells(self.data)
        content = read_sheet(cells, self._book.name, self.part, self._book.limits)
        filling = any(area.size > 1 for area in content.spills)
        return self.content if filling else content

    @cached_property
    def _merges(self) -> Merges:
        try:
            return Merges(merged_areas(self.data))
        except ValueError as error:
            raise self._misordered() from error

    def touched(self) -> list[Area]:
        """Return the areas in which values change."""
        if self.replaced:
            return [EVERYTHING]
        return [*self.new_rows, *(Area(row, col, row, col) for row, col in self.writes)]

    def after(self, insertion: Insertion) -> None:
        """Take over what rows inserted here or elsewhere mean for what is kept of the part."""
        for kept in ("content", "formulas", "has_formulas", "_merges"):
            self.__dict__.pop(kept, None)
        self._data = moved_sheet(self.data, self.name, insertion) if self.replaced else None
        if not insertion.concerns(self.name):
            return
        self.writes = insertion.moved(self.writes)
        self.notes = insertion.moved(self.notes)
        self.highlights = insertion.moved(self.highlights)
        self.hidden_rows = set(map(insertion.row, self.hidden_rows))
        self.locked = {(insertion.row(row), column) for row, column in self.locked}
        first, last = insertion.below + 1, insertion.below + insertion.count
        self.new_rows = [
            *(
                area._replace(top=insertion.row(area.top), bottom=insertion.row(area.bottom))
                for area in self.new_rows
            ),
            Area(first, 1, last, MAX_COLUMN),
        ]

    def spliced(self, stale: Mapping[Place, Payload | None]) -> bytes:
        """Return the part with the cells set and the stale results replaced or dropped."""
        if not self.writes and not stale:
            return self.data
        try:
            content = write_cells(self.data, self.writes, stale, self._book.date_style)
            # A large part is not parsed once more: the proof does so with the rows that changed.
            if len(content) <= _LARGE:
                well_formed(content)
        except (ValueError, ExpatError) as error:  # Misordered is one, a column "x" another
            raise self._misordered() from error
        return content

    @property
    def marked_cells(self) -> set[str]:
        """The cells at which something is to be shown, the first ones of merged areas."""
        return {cell_name(*place) for place in self.notes.keys() | self.highlights.keys()}

    def around(self, place: Place) -> Area:
        """Return the merged area at a place, or the cell alone."""
        return self._merges.around(*place) or Area(*place, *place)

    def _place(self, cell: str) -> Place:
        try:
            place = parse_cell(cell)
        except ValueError as error:
            raise UsageError(*text("ooxml.no_cell", cell=cell)) from error
        area = self._merges.around(*place)
        return (area.top, area.left) if area else place

    def _misordered(self) -> FileRefused:
        return damaged(self._book.name, "bad_sheet", sheet=self.name)


class Workbook:
    """An .xlsx or .xlsm file in memory. Edits are collected and applied by `to_bytes`.

    `name` stands in messages, `original` is the file as it came. Macros, links and formulas in
    it are data: nothing is run.
    """

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self.original = data
        self._package = Package(Container(data, name, limits))
        self._book = read_book_part(self._package)
        self._sheets = {
            tab.name: Sheet(self, tab.name, tab.part) for tab in self._book.tabs if tab.part
        }
        self.refreshed: Mapping[str, frozenset[str]] = {}
        self._removed: list[Sheet] = []
        self._titles: dict[str, str] = {}
        self._stale_by: tuple[Mapping[str, list[Area]], dict[str, set[Place]]] = {}, {}

    @classmethod
    def open(cls, path: str | Path, limits: Limits = DEFAULT) -> "Workbook":
        """Return the workbook of a file; raises FileRefused when it is none or breaks a limit."""
        file = Path(path)
        if file.is_file() and file.stat().st_size > limits.file_size:
            raise unsafe(file.name, "file_size", size=limits.file_size >> 20)
        return cls.from_bytes(read_bytes(file), file.name, limits)

    @classmethod
    def from_bytes(
        cls, data: bytes, name: str = "workbook.xlsx", limits: Limits = DEFAULT
    ) -> "Workbook":
        """Return the workbook that some bytes hold; raises FileRefused as `open` does."""
        return cls(data, name, limits)

    @property
    def source(self) -> Package:
        """The package as it came, without any edit."""
        return Package(self._package.container) if self._package.changed else self._package

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """The worksheets in order, hidden ones too; charts and dialogues are left out."""
        return tuple(self._sheets)

    @property
    def names(self) -> tuple[DefinedName, ...]:
        """The defined names in the order of the file."""
        return self._book.names

    @property
    def date1904(self) -> bool:
        """Whether the days are counted from 1904."""
        return self._book.date1904

    @property
    def signed(self) -> bool:
        """Whether a digital signature is on it, which an edit would void."""
        return self._package.signed

    def has_sheet(self, name: str) -> bool:
        """Return whether there is a worksheet of that name; case does not matter."""
        return self._title(name) is not None

    def sheet(self, name: str) -> Sheet:
        """Return a worksheet by its name; raises UsageError when there is none."""
        title = self._title(name)
        if title is None:
            raise UsageError(*text("ooxml.no_sheet", sheet=name))
        return self._sheets[title]

    def replace_sheet(self, name: str, worksheet: bytes) -> None:
        """Put a whole worksheet part in place of a sheet; one that is not there comes last.

        Cells set in the sheet before are forgotten. Raises UsageError when the name can not be
        that of a worksheet, or the XML is none.
        """
        self.check_editable()
        root = parse_tree(worksheet, self.name, name, self.limits)
        if local_name(root.tag) != "worksheet":
            raise UsageError(*text("ooxml.bad_worksheet_xml", sheet=name))
        self._put_whole(name, worksheet)

    def compose_sheet(self, name: str, sheet: NewSheet) -> None:
        """Put a sheet of ours in place of another, as `replace_sheet` does."""
        self.check_editable()
        self._put_whole(name, compose_sheet(sheet))

    def _put_whole(self, name: str, worksheet: bytes) -> None:
        title = self._title(name)
        if title is None:
            self._check_new_name(name)
            taken = [*self._package.part_names, *(sheet.part for sheet in self._sheets.values())]
            part = free_name("xl/worksheets/sheet{}.xml", taken)
        else:
            part = self._sheets[title].part
        self._sheets[title or name] = Sheet(self, title or name, part, worksheet)

    def remove_sheet(self, name: str) -> None:
        """Take a worksheet away. Raises UsageError when there is none, or no other is left."""
        self.check_editable()
        sheet = self.sheet(name)
        if len(self._book.tabs) == 1:
            raise UsageError(*text("ooxml.no_sheet", sheet=name))
        self._removed.append(self._sheets.pop(sheet.name))

    def repeat_on_paper(self, name: str, row: int) -> None:
        """Print a row of a sheet on each of its pages, unless the sheet says what to repeat."""
        title = self.sheet(name).name
        known = {(each.scope, each.name.lower()) for each in self._book.names}
        if (title, _PRINT_TITLES.lower()) not in known:
            self._titles[title] = sheet_rows(title, row, row)

    @property
    def noted(self) -> bool:
        """Whether there is a note of ours, or a highlight on a sheet that was looked at."""
        edits = PartEdits(self._package, self._book.part)
        return any(
            noted(edits, sheet.part) or has_highlights(sheet.loaded)
            for sheet in self._sheets.values()
            if sheet.part in self._package.container
        )

    def take_marks(self) -> None:
        """Take every note and highlight of ours away."""
        self.check_editable()
        for sheet in self._sheets.values():
            sheet.unmarked = True

    def differential(self, fill: str) -> int:
        """Return the index of what paints in a colour, added to the workbook if it is new."""
        self.check_editable()
        index, self._styles = self._styles.with_differential(fill)
        return index

    def insert_rows(self, name: str, below: int, count: int) -> None:
        """Insert rows below one of a sheet, each in its look, and move all that refers to rows.

        It is done at once: addresses of cells are those afterwards from here on, and what was
        set before moves along. Formulas of the row are filled down, its values are not. Raises
        UsageError where the new rows would part an array formula or a pivot table.
        """
        self.check_editable()
        sheet = self.sheet(name)
        if not (1 <= below < below + count <= MAX_ROW):
            raise UsageError(*text("ooxml.no_rows", below=below, count=count))
        insertion = Insertion(sheet.name, below, count)
        try:
            self._package.changed |= moved_parts(self._package, self._book, insertion)
            for each in self._sheets.values():
                each.after(insertion)
        except ValueError as error:  # rows out of order, an address that is none
            raise damaged(self.name, "bad_sheet", sheet=name) from error
        self._book = read_book_part(self._package)

    def style(self, style: CellStyle) -> int:
        """Return the index of a cell style, which is added to the workbook if it is new."""
        self.check_editable()
        index, self._styles = self._styles.with_style(style)
        return index

    def to_bytes(self, *, recalculate: bool = False) -> bytes:
        """Return the file with the edits in it; without any it is the file as it came.

        The stored results of formulas that depend on an edit are dropped, and the workbook
        asks to be calculated when it is opened. With `recalculate`, and where the extra `recalc`
        is installed, they are worked out anew, and `refreshed` names them by sheet.
        """
        stale = self.stale_results()
        results = self._recalculated(stale) if stale and recalculate else {}
        self.refreshed = {
            name: frozenset(cell_name(*place) for place in known) for name, known in results.items()
        }
        return self._edited(stale, results)

    def _recalculated(
        self, stale: Mapping[str, set[Place]]
    ) -> Mapping[str, Mapping[Place, Payload]]:
        """Return the stale results worked out anew, none where more than cells has changed."""
        changed = [name for name, sheet in self._sheets.items() if sheet.replaced]
        if self._package.changed or self._removed or not all(map(self._is_apart, changed)):
            return {}
        writes = {name: sheet.writes for name, sheet in self._sheets.items() if sheet.writes}
        return recalculated(self.original, writes, self._owed(stale))

    def _owed(self, stale: Mapping[str, set[Place]]) -> dict[str, set[Place]]:
        """Return the stale results that are not set by hand, of formulas of their own."""
        return {
            name: {place for place in places - sheet.writes.keys() if place in formulas}
            for name, places in stale.items()
            if (sheet := self._sheets[name])
            and (formulas := {p for p, cell in sheet.formulas.cells.items() if cell.formula})
        }

    def _edited(
        self,
        stale: Mapping[str, set[Place]],
        results: Mapping[str, Mapping[Place, Payload]],
    ) -> bytes:
        edits = PartEdits(self._package, self._book.part)
        try:
            for name, sheet in self._sheets.items():
                if sheet.edited or stale.get(name):
                    known = results.get(name, {})
                    self._put_sheet(edits, sheet, {p: known.get(p) for p in stale.get(name, ())})
            for sheet in self._removed:
                edits.remove_sheet(sheet.name, sheet.part)
            for name, rows in self._titles.items():
                edits.name_locally(name, _PRINT_TITLES, rows)
            if stale or any(sheet.new_rows for sheet in self._sheets.values()):
                edits.recalculate()
            self._put_styles(edits)
        except Missing as error:
            raise damaged(self.name, "bad_xml", part=self._book.part) from error
        return edits.to_bytes() if edits.parts else self.original

    def save(self, out: str | Path) -> None:
        """Write the file with the edits in it: the whole of it, or nothing."""
        write_bytes(Path(out), self.to_bytes())

    @cached_property
    def meanings(self) -> Meanings:
        """What stored cells refer to: shared strings, number formats, the calendar."""
        strings: tuple[str, ...] = ()
        if part := self._related("sharedStrings"):
            strings = read_strings(self._package.xml(part), self.name, part, self.limits)
        return Meanings(strings, self._number_formats(), self._book.date1904)

    def _number_formats(self) -> tuple[str, ...]:
        part = self._related("styles")
        if part is None:
            return ()
        known = known_number_formats(self._styles_data, self.limits)
        # What can not be parsed is parsed once more, so that the refusal names file and part.
        return read_number_formats(self._package.tree(part)) if known is None else known

    @property
    def macro_project(self) -> bytes | None:
        """The macros of the workbook as they are stored, None when it has none."""
        part = self._related("vbaProject")
        return self._package.read(part) if part else None

    def part_data(self, part: str) -> bytes:
        """Return a part of the file as checked UTF-8."""
        return self._package.xml(part)

    def part_pieces(self, part: str) -> Iterator[bytes]:
        """Return the pieces of a part of the file as it is stored, to look through it."""
        return self._package.pieces(part)

    def date_style(self, index: int) -> int:
        """Return the style in which a date shows as a date: the same, or one made from it."""
        formats = self.meanings.number_formats
        if index < len(formats) and is_date(formats[index]):
            return index
        dated, self._styles = self._styles.with_format(index, _DATE_FORMAT)
        return dated

    def _locked(self, index: int) -> int:
        locked, self._styles = self._styles.with_locked(index)
        return locked

    def check_editable(self) -> None:
        """Raise FileRefused (F08) when an edit would void a digital signature."""
        if self._package.signed:
            raise refusal("F08", name=self.name)

    def _title(self, name: str) -> str | None:
        if name in self._sheets:
            return name
        return next((title for title in self._sheets if title.lower() == name.lower()), None)

    def _check_new_name(self, name: str) -> None:
        if not _SHEET_NAME.fullmatch(name):
            raise UsageError(*text("ooxml.bad_sheet_name", sheet=name))
        if any(tab.name.lower() == name.lower() for tab in self._book.tabs):
            raise UsageError(*text("ooxml.not_worksheet", sheet=name))

    def _related(self, kind: str) -> str | None:
        lines = self._package.relationships(self._book.part)
        return next((line.part for line in lines if line.kind == kind), None)

    @cached_property
    def _styles(self) -> StyleTable:
        return style_table(self._styles_data, self.name, self.limits)

    @cached_property
    def _styles_data(self) -> bytes:
        part = self._related("styles")
        return self._package.xml(part) if part else EMPTY

    def stale_results(self, replacing: str = "") -> dict[str, set[Place]]:
        """Return the cells whose stored result an edit makes wrong, by sheet.

        `replacing` names a sheet that is going to be put in.
        """
        touched = {
            name: areas
            for name, sheet in self._sheets.items()
            if (areas := sheet.touched()) and not (sheet.replaced and self._is_apart(name))
        }
        if replacing and not self._is_apart(replacing):
            touched[replacing] = [EVERYTHING]
        if not touched:
            return {}
        moved = any(sheet.new_rows for sheet in self._sheets.values())
        if touched == self._stale_by[0] and not moved:
            return self._stale_by[1]
        contents = {
            name: sheet.formulas for name, sheet in self._sheets.items() if sheet.has_formulas
        }
        stale: dict[str, set[Place]] = {}
        if moved:
            stale = _numbering(contents)
            touched = {
                name: [
                    *touched.get(name, ()),
                    *(Area(*cell, *cell) for cell in stale.get(name, ())),
                ]
                for name in touched.keys() | stale.keys()
            }
        for name, cells in stale_results(contents, self._book.names, touched).items():
            stale.setdefault(name, set()).update(cells)
        self._stale_by = touched, stale
        return stale

    def _is_apart(self, name: str) -> bool:
        """Return whether no formula names a sheet: then none can depend on what stands there."""
        written = name.replace("'", "''").lower()
        texts = [known.text for known in self._book.names if known.scope != name]
        for title, sheet in self._sheets.items():
            if title != name and sheet.has_formulas:
                texts += [cell.formula or "" for cell in sheet.formulas.cells.values()]
        return not any("!" in each and written in each.lower() for each in texts)

    def _put_sheet(
        self, edits: PartEdits, sheet: Sheet, stale: Mapping[Place, Payload | None]
    ) -> None:
        cells = sheet.formulas.cells if stale else {}
        with_result = {
            place: result
            for place, result in stale.items()
            if place in cells and (cells[place].text is not None or result)
        }
        content = with_hidden_rows(sheet.spliced(with_result), sheet.hidden_rows)
        content = with_locked_cells(content, list(map(sheet.around, sheet.locked)), self._locked)
        if sheet.replaced and sheet.part not in self._package.container:
            edits.add_sheet(sheet.name, sheet.part, content)
            return
        if sheet.unmarked:
            content = take_notes(edits, sheet.part, without_highlights(content))
        if sheet.marked:
            content = self._with_marks(edits, sheet, content)
        if sheet.unmarked and content == sheet.data and not sheet.replaced:
            return
        edits.put(sheet.part, content)

    def _with_marks(self, edits: PartEdits, sheet: Sheet, content: bytes) -> bytes:
        painted: dict[int, list[Area]] = {}
        for place, fill in sorted(sheet.highlights.items()):
            painted.setdefault(self.differential(fill), []).append(sheet.around(place))
        if painted:
            content = with_highlights(content, painted)
        if not sheet.notes:
            return content
        notes = [(sheet.around(place), words) for place, words in sorted(sheet.notes.items())]
        return put_notes(edits, sheet.part, content, notes)

    def _put_styles(self, edits: PartEdits) -> None:
        if "_styles" not in self.__dict__ or not self._styles.changed:
            return
        if part := self._related("styles"):
            edits.put(part, self._styles.data)
        else:
            edits.add("xl/styles.xml", self._styles.data, "styles")


def _numbering(contents: Mapping[str, SheetContent]) -> dict[str, set[Place]]:
    """Return the formulas whose result is the number of a row."""
    found = {
        name: {
            place for place, cell in content.cells.items() if _ROW_NUMBER.search(cell.formula or "")
        }
        for name, content in contents.items()
    }
    return {name: cells for name, cells in found.items() if cells}

"""A bureau's own layout of the summary: which cells and tables its `xlf.*` names lead to."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, product

from xlflow.messages import Text, text
from xlflow.ooxml import DefinedName, Insertion, Sheet, Workbook
from xlflow.ooxml.formulas import precedents
from xlflow.ooxml.reference import Area, cell_name, parse_cell, parse_sheet_area
from xlflow.summary.captions import Caption
from xlflow.summary.layoutnames import FIGURES, FREE, OTHER_WORDS, TABLES
from xlflow.values import label_key

PREFIX = "xlf."
FORM = "form"
_PRINT_TITLES = "_xlnm.print_titles"
_UNITS = "亿元|万元|千元|元"
_IN_BRACKETS = re.compile(rf"[(（\[]\s*(?:单位[:：]?)?\s*({_UNITS}|[%％])\s*[)）\]]")
_ON_A_LINE = re.compile(rf"单位\s*[:：]\s*(?:人民币)?\s*({_UNITS})(?!\w)")
_SUMMING = re.compile(r"\b(?:SUM\w*|AVERAGE\w*|COUNT\w*|MAX|MIN|SUBTOTAL)\(", re.IGNORECASE)
_WIDE = {"％": "%"}


@dataclass(frozen=True, slots=True)
class FigurePlace:
    """Where a single value belongs; `unit` is the one that is printed beside it, if any."""

    name: str
    sheet: str
    cell: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class ColumnPlace:
    """A column of a table, and the unit its heading or the line above names, if any."""

    caption: Caption
    column: int
    unit: str | None


@dataclass(frozen=True, slots=True)
class TablePlace:
    """Where a table belongs: the rows below its heading, and the columns that are filled."""

    name: str
    sheet: str
    area: Area
    columns: tuple[ColumnPlace, ...]

    @property
    def rows(self) -> range:
        """The rows below the heading as they were drawn."""
        return range(self.area.top + 1, self.area.bottom + 1)

    def insertion(self, count: int) -> Insertion:
        """Return what makes room for further rows.

        They come to stand inside the table, so that what adds it up or draws it takes them in.
        """
        return Insertion(self.sheet, max(self.area.top + 1, self.area.bottom - 1), count)


@dataclass(frozen=True, slots=True)
class Layout:
    """What a layout asks for: `form` is what it says it sums up, by title or name."""

    figures: tuple[FigurePlace, ...]
    tables: tuple[TablePlace, ...]
    form: str | None


def read_layout(workbook: Workbook, drawn: Iterable[str] = ()) -> tuple[Layout, tuple[Text, ...]]:
    """Return where everything belongs, and what is wrong: nothing may be filled in then.

    `drawn` are the formulas of its charts.
    """
    reader = _Reader(workbook)
    layout = reader.layout()
    reader.look_at_references(layout, drawn)
    if not layout.figures and not layout.tables and not reader.faults:
        reader.faults.append(text("layout.empty", names=_known_names()))
    return layout, tuple(dict.fromkeys(reader.faults))


@dataclass(frozen=True, slots=True)
class _Reference:
    """A formula of a cell, a name or a chart; `sums` where it adds up what it reads."""

    where: str
    formula: str
    sums: bool
    sheet: str = ""
    place: tuple[int, int] = (0, 0)

    def would_miss_rows_of(self, table: TablePlace) -> bool:
        """Return whether it reads rows of a table and would not read those inserted.

        A row of a table that is drawn with several is meant as that row alone, unless it is added
        up. What the table itself computes is filled down.
        """
        if self.sheet == table.sheet and table.area.contains(*self.place):
            return False
        insertion = table.insertion(1)
        body = table.area._replace(top=table.area.top + 1)
        return any(
            (sheet or self.sheet).lower() == table.sheet.lower()
            and area.meets(body)
            and not insertion.cuts(area.top, area.bottom)
            and (area.bottom > area.top or len(table.rows) == 1 or self.sums)
            for sheet, area in precedents(self.formula).areas
        )


class _Reader:
    def __init__(self, workbook: Workbook) -> None:
        self.faults: list[Text] = []
        self._workbook = workbook
        self._lines: dict[str, list[tuple[int, str]]] = {}

    def layout(self) -> Layout:
        figures: dict[tuple[str, str], FigurePlace] = {}
        tables: list[TablePlace] = []
        form = None
        for name in self._names():
            key = name.name[len(PREFIX) :].lower()
            if key == FORM and name.text.startswith('"'):
                form = name.text.strip('"')
            elif place := self._place(name):
                sheet, area = place
                if key in TABLES:
                    if table := self._table(key, name.name, sheet, area):
                        tables.append(table)
                elif figure := self._figure(key, name.name, sheet, area):
                    taken = figures.setdefault((sheet.name, figure.cell), figure)
                    if taken.name != key:
                        self._fault("same_cell", name=name.name, other=PREFIX + taken.name)
                    elif key == FORM:
                        form = _words(sheet[figure.cell]) or form
        self._look_at_overlaps(tables, figures.values())
        return Layout(tuple(figures.values()), tuple(tables), form)

    def _names(self) -> Iterator[DefinedName]:
        for name in self._workbook.names:
            if name.name.lower().startswith(PREFIX):
                if name.name[len(PREFIX) :].lower() in FIGURES.keys() | TABLES.keys():
                    yield name
                else:
                    self._fault("unknown_name", name=name.name, names=_known_names())

    def _place(self, name: DefinedName) -> tuple[Sheet, Area] | None:
        found = parse_sheet_area(name.text)
        if found is None or not self._workbook.has_sheet(found[0]):
            self._fault("nowhere", name=name.name, text=name.text)
            return None
        return self._workbook.sheet(found[0]), found[1]

    def _figure(self, key: str, name: str, sheet: Sheet, area: Area) -> FigurePlace | None:
        place = area[:2]
        if area.size > 1 and area != sheet.around(place):
            self._fault("not_one_cell", name=name, area=area)
            return None
        cell = cell_name(*place)
        if _has_formula(sheet, place):
            self._fault("formula_there", name=name, cell=cell)
            return None
        beside = _words_at(sheet, place[0], place[1] - 1)
        unit = _unit_in(beside) or self._unit_line(sheet, place[0])
        return FigurePlace(key, sheet.name, cell, unit)

    def _table(self, key: str, name: str, sheet: Sheet, area: Area) -> TablePlace | None:
        if area.bottom == area.top:
            self._fault("no_model_row", name=name, area=area)
            return None
        before = len(self.faults)
        merged = self._merged_over_rows(sheet, area)
        if merged:
            self._fault("merged_rows", name=name, area=merged)
            return None
        columns = tuple(self._columns(key, name, sheet, area))
        if not columns and len(self.faults) == before:
            self._fault("no_heading", name=name, known=_known_headings(key))
        return TablePlace(key, sheet.name, area, columns)

    @staticmethod
    def _merged_over_rows(sheet: Sheet, area: Area) -> Area | None:
        """Return what is merged over rows of a table, or over its edge."""
        for place in area._replace(top=area.top + 1).cells():
            merged = sheet.around(place)
            over_edge = merged.left < area.left or merged.right > area.right
            if merged.top != merged.bottom or over_edge:
                return merged
        return None

    def _columns(self, key: str, name: str, sheet: Sheet, area: Area) -> Iterator[ColumnPlace]:
        found: dict[Caption, str] = {}
        headings = _captions(key)
        column = area.left
        while column <= area.right:
            heading = sheet.around((area.top, column))
            model = sheet.around((area.top + 1, column))
            first, column = column, heading.right + 1
            words = _words_at(sheet, *heading[:2])
            if (model.left, model.right) != (first, heading.right):
                self._fault("merged_otherwise", name=name, heading=words, area=model)
                continue
            named = label_key(words)
            if not named or named in FREE or _any_formula(sheet, area, first):
                continue
            caption = headings.get(named)
            here = cell_name(area.top, first)
            if caption is None:
                self._fault(
                    "unknown_heading",
                    name=name,
                    heading=words,
                    cell=here,
                    known=_known_headings(key),
                )
            elif caption in found:
                self._fault("twice", name=name, heading=words, cell=here, other=found[caption])
            else:
                found[caption] = here
                above = _words_at(sheet, area.top - 1, first)
                unit = _unit_in(words) or _unit_in(above) or self._unit_line(sheet, area.top)
                yield ColumnPlace(caption, first, unit)

    def _look_at_overlaps(
        self, tables: Sequence[TablePlace], figures: Iterable[FigurePlace]
    ) -> None:
        for one, other in combinations(tables, 2):
            rows = one.area.top <= other.area.bottom and other.area.top <= one.area.bottom
            if one.sheet == other.sheet and rows:
                self._fault("side_by_side", name=PREFIX + one.name, other=PREFIX + other.name)
        for table, figure in product(tables, figures):
            if figure.sheet == table.sheet and table.area.contains(*parse_cell(figure.cell)):
                self._fault("in_table", name=PREFIX + figure.name, table=PREFIX + table.name)

    def look_at_references(self, layout: Layout, drawn: Iterable[str]) -> None:
        """Say which formulas, names and charts would not take further rows of a table in."""
        if not layout.tables:
            return
        for table, reference in product(layout.tables, self._references(drawn)):
            if reference.would_miss_rows_of(table):
                where, formula = reference.where, reference.formula
                self._fault("stays_behind", where=where, formula=formula, table=PREFIX + table.name)

    def _references(self, drawn: Iterable[str]) -> Iterator[_Reference]:
        for title in self._workbook.sheet_names:
            sheet = self._workbook.sheet(title)
            cells = sheet.content.cells if sheet.has_formulas else {}
            for place, stored in cells.items():
                if formula := stored.formula:
                    where, sums = f"{title}!{cell_name(*place)}", bool(_SUMMING.search(formula))
                    yield _Reference(where, formula, sums, title, place)
        for name in self._workbook.names:
            if not name.name.lower().startswith((PREFIX, _PRINT_TITLES)):
                yield _Reference(name.name, name.text, sums=False)
        for formula in drawn:
            yield _Reference(text("layout.chart").zh, formula, sums=True)

    def _unit_line(self, sheet: Sheet, row: int) -> str | None:
        """Return the unit that the nearest line above a row gives, or else the first one below."""
        if sheet.name not in self._lines:
            self._lines[sheet.name] = sorted(
                (place[0], told[1])
                for place in sheet.content.cells
                if (told := _ON_A_LINE.search(_words(sheet[cell_name(*place)])))
            )
        lines = self._lines[sheet.name]
        above = [unit for line, unit in lines if line <= row]
        return next(chain(reversed(above), (unit for _, unit in lines)), None)

    def _fault(self, key: str, **told: object) -> None:
        self.faults.append(text(f"layout.{key}", **told))


def _captions(key: str) -> Mapping[str, Caption]:
    """Return the captions of a table by what their headings are compared by."""
    columns = (Caption.NUMBER, *TABLES[key].columns)
    return {
        label_key(words): caption
        for caption in columns
        for words in (caption, *OTHER_WORDS.get(caption, ()))
    }


def _known_headings(key: str) -> str:
    return "、".join((Caption.NUMBER, *TABLES[key].columns))


def _known_names() -> str:
    return "、".join(PREFIX + name for name in (*FIGURES, *TABLES))


def _unit_in(words: str) -> str | None:
    found = _IN_BRACKETS.search(words)
    return _WIDE.get(found[1], found[1]) if found else None


def _words(value: object) -> str:
    return value if isinstance(value, str) else ""


def _words_at(sheet: Sheet, row: int, column: int) -> str:
    """Return the text of a cell or of what is merged over it; none beside the sheet."""
    return _words(sheet[cell_name(row, column)]) if row and column else ""


def _has_formula(sheet: Sheet, place: tuple[int, int]) -> bool:
    stored = sheet.content.cells.get(place)
    return stored is not None and stored.formula is not None


def _any_formula(sheet: Sheet, area: Area, column: int) -> bool:
    return any(_has_formula(sheet, (row, column)) for row in range(area.top + 1, area.bottom + 1))

"""The 评分 button: the book that is open in Excel is scored, and the results stand in it at once.

A copy of the live book takes the ordinary walk, so the figures are those of the watcher. What comes
of it is put back through xlwings. What xlwings has no word for on every engine (a copy, notes,
conditional formats, a message) stands behind `Desk`; `ExcelDesk` does it through Excel itself.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from xlflow import files
from xlflow.config import open_workspace
from xlflow.errors import EnvironmentFailed, FileRefused, UsageError
from xlflow.issuing import named_profile
from xlflow.judging import Judged, Rules, faults_refused, judge_package, refused
from xlflow.marking import Marks, marks_of
from xlflow.marking.told import ResultsCell
from xlflow.messages import text
from xlflow.ooxml.highlights import FORMULA
from xlflow.ooxml.notes import FIRST_LINE, LAST_LINE
from xlflow.ooxml.reference import Area, parse_cell
from xlflow.pipeline import open_ledger
from xlflow.plain_answer import sentence
from xlflow.scoring import profile_names
from xlflow.settling import judge_in_workspace

WORKSPACE = "XLFLOW_WORKSPACE"
Shown = str | float | None
Place = tuple[int, int]
_HIDDEN_FROM = 27
_EXPRESSION = 2  # xlExpression
# What people may do on a protected sheet, by the names of Excel's Protection and Protect.
_ALLOWED = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows",
    "AllowInsertingColumns", "AllowInsertingRows", "AllowInsertingHyperlinks",
    "AllowDeletingColumns", "AllowDeletingRows",
    "AllowSorting", "AllowFiltering", "AllowUsingPivotTables",
)  # fmt: skip


class Desk(Protocol):
    """What a live book needs beside values and looks."""

    def save_copy(self, path: Path) -> None:
        """Save a copy of the book as it stands; the book stays open and unsaved."""

    def open_for_writing(self, sheet: str) -> None:
        """Let the cells of a sheet be written that are locked for people."""

    def take_marks(self) -> None:
        """Take away notes and highlights of ours, on every sheet."""

    def note(self, sheet: str, cell: str, words: str) -> None:
        """Put a note at a cell, below what a person noted there."""

    def highlight(self, sheet: str, cell: str, colour: str) -> None:
        """Paint a cell in `RRGGBB`, its own format untouched."""

    def tell(self, words: str) -> None:
        """Show a message."""


class Block(NamedTuple):
    """Cells that are written at once: the area, and its values row by row."""

    area: Area
    values: tuple[tuple[Shown, ...], ...]


def score() -> str:
    """Score the book from which the macro calls; returns the message that is shown."""
    import xlwings

    book = xlwings.Book.caller()
    return score_book(book, ExcelDesk(book))


def score_active() -> str:
    """Score the active book of a running Excel, without any macro; returns the message shown.

    Raises EnvironmentFailed where there is no Excel with an open book, or no xlwings.
    """
    try:
        import xlwings
    except ImportError as error:
        raise EnvironmentFailed(*text("doctor.no_xlwings")) from error
    try:
        book = xlwings.books.active
    except xlwings.XlwingsError as error:
        raise EnvironmentFailed(*text("button.no_book")) from error
    return score_book(book, ExcelDesk(book))


def score_book(book: Any, desk: Desk) -> str:
    """Score a live book (xlwings) and put the results into it; returns the message shown.

    A book that can not be read or holds no form stays as it is, and the message says why.
    """
    with files.passing_folder() as folder:
        copy = folder / (Path(str(book.name)).stem + _suffix(str(book.name)))
        desk.save_copy(copy)
        package = files.read_bytes(copy)
    try:
        judged = judge_here(package, str(book.name))
    except FileRefused as error:
        words = sentence((refused(error, str(book.name)),))
    else:
        words = sentence(judged.results)
        if judged.marked is not None:
            put(book, desk, marks_of(judged.results, judged.profiles, judged.marked))
    desk.tell(words)
    return words


def judge_here(package: bytes, name: str, environ: Mapping[str, str] = os.environ) -> Judged:
    """Return the judgement on a workbook on this desk; raises FileRefused where there is none.

    It is that of the workspace which the environment names (`XLFLOW_WORKSPACE`), where one can be
    reached from here. Without one the workbook is taken at its word under which profile it was
    handed out, if that one is known here; else it is as by `xlflow score`.
    """
    named = environ.get(WORKSPACE)
    if not named:
        profile = named_profile(package)
        rules = Rules(profile=profile) if profile and profile in profile_names() else Rules()
        with faults_refused(name):
            return judge_package(package, name, rules)
    workspace = open_workspace(Path(named))
    with open_ledger(workspace) as ledger, faults_refused(name):
        return judge_in_workspace(package, name, workspace, ledger)


def put(book: Any, desk: Desk, marks: Marks) -> None:
    """Put the results into a live book, in the place of those of an earlier click."""
    desk.take_marks()
    sheets = {sheet for sheet, *_ in (*marks.values, *marks.notes)}
    for name in sorted(sheets):
        desk.open_for_writing(name)
    for name, cells in groupby(marks.values, lambda each: each[0]):
        values = {parse_cell(cell): shown(value) for _, cell, value in cells}
        for block in blocks(values):
            _range(book.sheets[name], block.area).value = block.values
    for name, cell, words in marks.notes:
        desk.note(name, cell, words)
    for name, cell, fill in marks.fills:
        desk.highlight(name, cell, fill[-6:])
    _put_results(book, desk, marks)


def blocks(values: Mapping[Place, Shown]) -> Iterator[Block]:
    """Yield as few blocks as whole rows of neighbours make: Excel is asked once for each.

    >>> values = {(1, 1): 1, (1, 2): 2, (2, 1): 3, (2, 2): 4, (9, 5): 5}
    >>> [str(block.area) for block in blocks(values)]
    ['A1:B2', 'E9']
    """
    waiting: Area | None = None
    for run in _runs(values):
        if (
            waiting
            and (run.left, run.right) == (waiting.left, waiting.right)
            and (run.top == waiting.bottom + 1)
        ):
            waiting = waiting._replace(bottom=run.bottom)
            continue
        if waiting:
            yield _block(waiting, values)
        waiting = run
    if waiting:
        yield _block(waiting, values)


def shown(value: str | int | Decimal | None) -> Shown:
    """Return a value as Excel is to take it: a number stays one, and a text stays a text.

    Excel reads what it is given: without the apostrophe "15" would be a number, and so would
    "１５"; "=1+1" a formula, "上午9:00" a time.

    >>> shown(Decimal("9.10")), shown("15万元"), shown(None)
    (9.1, "'15万元", None)
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return f"'{value}"
    return float(value)


def _runs(values: Iterable[Place]) -> Iterator[Area]:
    """Yield the neighbours of each row, those of one column beneath each other."""
    runs = []
    for row, places in groupby(sorted(values), lambda place: place[0]):
        columns = [column for _, column in places]
        start = 0
        for index in range(1, len(columns) + 1):
            if index == len(columns) or columns[index] != columns[index - 1] + 1:
                runs.append(Area(row, columns[start], row, columns[index - 1]))
                start = index
    yield from sorted(runs, key=lambda run: (run.left, run.right, run.top))


def _block(area: Area, values: Mapping[Place, Shown]) -> Block:
    rows = range(area.top, area.bottom + 1)
    columns = range(area.left, area.right + 1)
    return Block(area, tuple(tuple(values[row, col] for col in columns) for row in rows))


def _range(sheet: Any, area: Area) -> Any:
    return sheet.range((area.top, area.left), (area.bottom, area.right))


def _put_results(book: Any, desk: Desk, marks: Marks) -> None:
    """Put the sheet 核对结果 in, which is ours alone."""
    if marks.title in [sheet.name for sheet in book.sheets]:
        desk.open_for_writing(marks.title)
        sheet = book.sheets[marks.title]
        sheet.clear()
    else:
        sheet = book.sheets.add(marks.title, after=book.sheets[-1])
    for block in blocks({(each.row, each.column): shown(each.value) for each in marks.results}):
        _range(sheet, block.area).value = block.values
    for number, width in enumerate(marks.widths, 1):
        sheet.range((1, number)).column_width = 0 if number >= _HIDDEN_FROM else width
    for number, height in marks.heights.items():
        sheet.range((number, 1)).row_height = height
    for area in marks.merges:
        _range(sheet, area).merge()
    for style, cells in _by_style(marks.results):
        for area in cells:
            _dress(_range(sheet, area), style)
    for each in marks.results:
        if each.leads_to and each.value is not None:
            name, cell = each.leads_to
            quoted = name.replace("'", "''")
            sheet.range((each.row, each.column)).add_hyperlink(
                f"#'{quoted}'!{cell}", str(each.value)
            )


def _by_style(cells: Sequence[ResultsCell]) -> Iterator[tuple[ResultsCell, list[Area]]]:
    """Yield a cell of each style with the areas that look like it."""
    ordered = sorted(cells, key=lambda each: each.look)
    for _, some in groupby(ordered, lambda each: each.look):
        alike = list(some)
        places = {(each.row, each.column): None for each in alike if each.column < _HIDDEN_FROM}
        yield alike[0], [block.area for block in blocks(places)]


def _dress(cells: Any, like: ResultsCell) -> None:
    style = like.style
    cells.font.name = style.font
    cells.font.size = float(style.size)
    cells.font.bold = style.bold
    if style.color:
        cells.font.color = f"#{style.color[-6:]}"
    if style.fill:
        cells.color = f"#{style.fill[-6:]}"
    if style.wrap:
        cells.wrap_text = True
    if style.number_format != "General":
        cells.number_format = style.number_format


def _suffix(name: str) -> str:
    """Return the suffix a copy gets: Excel saves it in the kind the book has."""
    return Path(name).suffix or ".xlsx"


class ExcelDesk:
    """A book in Excel for Windows: what xlwings leaves to Excel's own objects."""

    def __init__(self, book: Any) -> None:
        if not hasattr(book.api, "SaveCopyAs"):
            raise UsageError(*text("button.not_excel"))
        self._book = book

    def save_copy(self, path: Path) -> None:
        """Save a copy of the book as it stands."""
        self._book.api.SaveCopyAs(str(path))

    def open_for_writing(self, sheet: str) -> None:
        """Let macros write on a protected sheet, and people do there what they could do before.

        Our sheets have no password.
        """
        api = self._book.sheets[sheet].api
        if api.ProtectContents:
            allowed = {each: bool(getattr(api.Protection, each)) for each in _ALLOWED}
            api.Protect(UserInterfaceOnly=True, DrawingObjects=False, **allowed)

    def take_marks(self) -> None:
        """Take away notes and highlights of ours, on every sheet."""
        for sheet in self._book.sheets:
            self.open_for_writing(sheet.name)
            for comment in list(sheet.api.Comments):
                left = without_ours(comment.Text())
                if left is None:
                    comment.Delete()
                elif left != comment.Text():
                    comment.Text(left)
            formats = sheet.api.Cells.FormatConditions
            for number in range(formats.Count, 0, -1):
                found = formats.Item(number)
                if found.Type == _EXPRESSION and FORMULA.decode() in str(found.Formula1):
                    found.Delete()

    def note(self, sheet: str, cell: str, words: str) -> None:
        """Put a note at a cell, below what a person noted there."""
        there = self._book.sheets[sheet].range(cell).api
        if there.Comment is None:
            there.AddComment(words)
        else:
            there.Comment.Text(f"{there.Comment.Text()}\n{words}")

    def highlight(self, sheet: str, cell: str, colour: str) -> None:
        """Paint a cell by a conditional format of ours."""
        there = self._book.sheets[sheet].range(cell).api.MergeArea
        painted = there.FormatConditions.Add(_EXPRESSION, Formula1=f"={FORMULA.decode()}")
        red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
        painted.Interior.Color = red + (green << 8) + (blue << 16)

    def tell(self, words: str) -> None:
        """Show a message in Excel."""
        self._book.app.alert(words, title="xlflow")


def without_ours(note: str) -> str | None:
    r"""Return a note without what is ours; None when nothing is left.

    >>> without_ours(f"请核实\n{FIRST_LINE}\n【错误 C12】…\n{LAST_LINE}")
    '请核实'
    """
    start = note.find(FIRST_LINE)
    if start < 0:
        return note
    end = note.find(LAST_LINE, start)
    rest = note[end + len(LAST_LINE) :] if end >= 0 else ""
    left = (note[:start].rstrip("\r\n") + rest).strip("\r\n")
    return left or None

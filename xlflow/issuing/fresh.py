"""A fresh workbook from the standard template, with everything a form says carried over.

It is the answer where the workbook that came can not be written into: another file type, a
password, a digital signature, an edit that could not be proved harmless.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from xlflow.errors import UsageError
from xlflow.forms import Document, Field, Form, read_document, recognise
from xlflow.forms.preview_cells import TITLES, preview_columns
from xlflow.forms.read import Reading
from xlflow.grids import Book, Grid, read_book
from xlflow.issuing.fill import fill
from xlflow.issuing.guide import GUIDE_NAME
from xlflow.marking import SHEET_NAME
from xlflow.messages import text
from xlflow.ooxml import Workbook
from xlflow.problems import Place, Problem, problem
from xlflow.values import label_key

_MOST_NAMED = 8


class Fresh(NamedTuple):
    """A fresh workbook and what is read in it; the problems of the first reading are kept."""

    workbook: Workbook
    reading: Reading


def fresh_copy(form: Form, reading: Reading, book: Book, template: bytes, why: Problem) -> Fresh:
    """Return a workbook made from a template that says what `reading` of a book says.

    `why` there is one, and what was left behind, are problems of the new reading; those of the
    first one point to where the same field stands now. Raises UsageError when the template has
    no room, or when what is read in the fresh workbook is not what was read before.
    """
    said = reading.document
    package = fill(template, form, _typed(form.root, said, said.data, ""))
    workbook = Workbook.from_bytes(package, form.name)
    fresh_book = read_book(workbook)
    grid = recognise(fresh_book, [form])[0].grid
    again = read_document(form, grid, fresh_book.names)
    blank_book = read_book(Workbook.from_bytes(template, form.name))
    blank = recognise(blank_book, [form])[0].grid
    printed = read_document(form, blank, blank_book.names).document
    if lost := list(_lost(said.data, again.document.data, printed.data)):
        cells = [source.cell for at in lost if (source := said.sources.get(at))]
        raise UsageError(*text("fresh.lost", cells="、".join(cells[:_MOST_NAMED])))
    notes = [why, *_left_behind(said, book, (blank, grid), preview_columns(form))]
    moved = [_moved(each, again.document) for each in reading.problems]
    return Fresh(workbook, Reading(again.document, (*notes, *moved)))


def _typed(parent: Field, said: Document, data: Mapping[str, Any], at: str) -> dict[str, Any]:
    """Return data as a person would type them: a percentage with its sign."""
    typed: dict[str, Any] = {}
    for child in parent.children:
        value, place = data.get(child.key), f"{at}/{child.key}"
        if value is None:
            continue
        if child.kind == "object":
            value = _typed(child, said, value, place)
        elif child.kind == "array":
            value = [_typed(child, said, row, f"{place}/{n}") for n, row in enumerate(value)]
        elif isinstance(value, Decimal) and child.unit == "%":
            value = f"{value}%"
        typed[child.key] = value
    return typed


def _lost(said: Any, again: Any, printed: Any, at: str = "") -> Iterator[str]:
    """Yield the pointers at which a fresh workbook does not say what was said.

    What was not said may stand there as far as the blank template has it printed.
    """
    if isinstance(said, list) or isinstance(again, list):
        said, again, printed = (dict(enumerate(each or ())) for each in (said, again, printed))
    if not isinstance(said, Mapping):
        if said != again and not (said is None and again == printed):
            yield at
        return
    again, printed = again or {}, printed or {}
    for key in sorted({*said, *again}, key=str):
        yield from _lost(said.get(key), again.get(key), printed.get(key), f"{at}/{key}")


def _moved(found: Problem, document: Document) -> Problem:
    """Return a problem of the first reading at the place of its field in the fresh workbook."""
    source = document.sources.get(found.field or "")
    return replace(found, sheet=document.sheet, cell=source.cell if source else None)


def _left_behind(
    said: Document, book: Book, ours: tuple[Grid, Grid], preview: Set[int]
) -> Iterator[Problem]:
    """Yield a note on other sheets that hold something, and on cells that are no field's.

    What our own form previewed is worked out anew.
    """
    sheets = [
        f"工作表“{grid.sheet}”"
        for grid in book.grids
        if grid.cells and grid.sheet not in (said.sheet, SHEET_NAME, GUIDE_NAME)
    ]
    printed = {label_key(cell.raw or "") for grid in ours for cell in grid.cells.values()}
    read = {source.cell for source in said.sources.values()} | set(said.filled_before)
    (grid,) = (grid for grid in book.grids if grid.sheet == said.sheet)
    previews = any(cell.raw == TITLES["score"] for cell in grid.cells.values())
    cells = [
        cell.name
        for place, cell in grid.cells.items()
        if cell.name not in read
        and label_key(cell.raw or "") not in printed
        and not (previews and place[1] in preview)
    ]
    more = f" 等 {len(cells)} 个单元格" if len(cells) > _MOST_NAMED else ""
    if what := "、".join([*sheets, *cells[:_MOST_NAMED]]) + more:
        yield problem("F33", Place(sheet=ours[1].sheet), what=what)

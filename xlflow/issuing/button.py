"""The button 评分 in an issued workbook, which becomes an .xlsm."""

import re

from xlflow.errors import FileRefused, UsageError
from xlflow.forms import Form, Placement, locate, recognise
from xlflow.grids import Grid, read_book
from xlflow.issuing.button_macro import MACRO, macro_project
from xlflow.messages import text
from xlflow.ooxml import Workbook
from xlflow.ooxml.formbutton import Button, with_macro_button
from xlflow.ooxml.reference import parse_sheet_area

SERVER_NAME = "xlf.server"
PROFILE_NAME = "xlf.profile"
_CAPTION = "评 分"
_PRINT_AREA = "_xlnm.Print_Area"
_ADDRESS = re.compile(r"""https?://[^\s"'<>\\/?#@]+(/[^\s"'<>\\?#]*)?""")
_ROWS_SEARCHED = 20
_COLUMNS_TAKEN = 2


def check_server(address: str) -> None:
    """Raise UsageError when an address can not be that of a server."""
    if not _ADDRESS.fullmatch(address):
        raise UsageError(*text("issue.bad_server", address=address))


def with_button(package: bytes, form: Form, server: str = "", profile: str = "") -> bytes:
    """Return an issued workbook with the button and its macro.

    The button stands above the computed block, on a form without one right of what is printed.
    `server` is the address the macro sends a copy to, `profile` the name of the one it is handed
    out under, for a desk that has no workspace.
    """
    workbook = Workbook.from_bytes(package, form.name)
    if workbook.macro_project is not None:
        raise UsageError(*text("issue.has_macros", form=form.title))
    book = read_book(workbook)
    grid = recognise(book, [form])[0].grid
    row, column = _place(workbook, grid, locate(form, grid, book.names))
    button = Button(grid.sheet, row, column, _CAPTION, MACRO)
    texts = [each for each in ((SERVER_NAME, server), (PROFILE_NAME, profile)) if each[1]]
    return with_macro_button(package, button, macro_project(), texts)


def named_profile(package: bytes) -> str | None:
    """Return the profile under which a workbook says it was handed out.

    None for one that says nothing or can not be read. Anybody can change what a workbook says.
    """
    try:
        names = Workbook.from_bytes(package).names
    except FileRefused:
        return None
    said = (name.text.strip('"') for name in names if name.name.lower() == PROFILE_NAME)
    return next(said, None)


def _place(workbook: Workbook, grid: Grid, placement: Placement) -> tuple[int, int]:
    """Return the first cell from above at which nothing stands in the way."""
    column = _first_computed(placement) or _last_printed(workbook, grid) + 1
    free = (
        row
        for row in range(1, _ROWS_SEARCHED)
        if not any(
            grid.at(row + below, column + right).raw
            for below in range(2)
            for right in range(_COLUMNS_TAKEN)
        )
    )
    return next(free, 1), column


def _first_computed(placement: Placement) -> int | None:
    """Return the first column of the computed block, None where a form has none."""
    columns = [
        area.left
        for table in placement.tables.values()
        for key, area in table.columns.items()
        if key.startswith("computed_")
    ]
    return min(columns, default=None)


def _last_printed(workbook: Workbook, grid: Grid) -> int:
    areas = [
        place[1].right
        for name in workbook.names
        if name.name == _PRINT_AREA and (place := parse_sheet_area(name.text))
        if place[0] == grid.sheet
    ]
    return max(areas, default=max((column for _, column in grid.cells), default=1))

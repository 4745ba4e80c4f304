"""One LibreOffice that opens, edits and saves file after file; run by the system's Python.

Reads a JSON list SOURCE, TARGET, STEPS from each line of standard input and answers with a line
once the file is saved: null, or what went wrong, after which it ends. The suffix of TARGET says
what it is saved as. A step is ["insert_rows", sheet, row, count], ["move", sheet, area, to],
["rename", sheet, name], ["type", sheet, cell, text], ["value", sheet, cell, number],
["delete_names"] or ["recalculate"].
"""

import json
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
    ".pdf": "calc_pdf_Export",
}
TEXT = "com.sun.star.text.TextDocument"


def main() -> None:
    with desktop() as office:
        for line in sys.stdin:
            try:
                save_as(office, *json.loads(line))
            except Exception:
                answer(traceback.format_exc())
                return
            answer(None)


def answer(trouble: str | None) -> None:
    sys.stdout.write(f"{json.dumps(trouble)}\n")
    sys.stdout.flush()


def save_as(office: Any, source: str, target: str, steps: list[list[Any]]) -> None:
    book = office.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (hidden(),))
    if book is None:
        raise ValueError(f"{source} does not open")
    try:
        for step in steps:
            STEPS[step[0]](book, *step[1:])
        kind = "writer_pdf_Export" if book.supportsService(TEXT) else FILTERS[Path(target).suffix]
        book.storeToURL(Path(target).as_uri(), (filtered(kind),))
    finally:
        book.close(True)


@contextmanager
def desktop() -> Iterator[Any]:
    """Yield the desktop of a LibreOffice that was started, and end it; it says nothing itself."""
    with tempfile.TemporaryDirectory() as profile:
        pipe = f"xlflow{Path(profile).name}"
        office = subprocess.Popen(
            [
                "soffice",
                f"-env:UserInstallation={Path(profile).as_uri()}",
                "--headless",
                "--norestore",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            found = connect(pipe)
            yield found
            found.terminate()
            office.wait(30)
        finally:
            office.kill()


def connect(pipe: str) -> Any:
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(120):
        try:
            context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
        else:
            return context.ServiceManager.createInstanceWithContext(
                "com.sun.star.frame.Desktop", context
            )
    raise TimeoutError("LibreOffice does not answer")


def hidden() -> Any:
    return PropertyValue("Hidden", 0, True, 0)


def filtered(kind: str) -> Any:
    return PropertyValue("FilterName", 0, kind, 0)


def sheet_of(book: Any, name: str) -> Any:
    sheet = book.Sheets.getByName(name)
    if sheet.isProtected():
        sheet.unprotect("")
    return sheet


def insert_rows(book: Any, sheet: str, row: int, count: int) -> None:
    sheet_of(book, sheet).Rows.insertByIndex(row - 1, count)


def move(book: Any, sheet: str, area: str, to: str) -> None:
    page = sheet_of(book, sheet)
    source = page.getCellRangeByName(area).RangeAddress
    page.moveRange(page.getCellRangeByName(to).CellAddress, source)


def rename(book: Any, sheet: str, name: str) -> None:
    book.Sheets.getByName(sheet).Name = name


def type_text(book: Any, sheet: str, cell: str, text: str) -> None:
    sheet_of(book, sheet).getCellRangeByName(cell).String = text


def type_number(book: Any, sheet: str, cell: str, number: float) -> None:
    sheet_of(book, sheet).getCellRangeByName(cell).Value = number


def delete_names(book: Any) -> None:
    for holder in (book, *(book.Sheets.getByIndex(i) for i in range(book.Sheets.Count))):
        for name in holder.NamedRanges.ElementNames:
            holder.NamedRanges.removeByName(name)


def recalculate(book: Any) -> None:
    book.calculateAll()


STEPS: dict[str, Callable[..., None]] = {
    "insert_rows": insert_rows,
    "move": move,
    "rename": rename,
    "type": type_text,
    "value": type_number,
    "delete_names": delete_names,
    "recalculate": recalculate,
}

if __name__ == "__main__":
    main()

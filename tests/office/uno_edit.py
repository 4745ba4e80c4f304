"""Edit a workbook in LibreOffice the way a person does; run by the system's Python with `uno`.

Usage: uno_edit.py SOURCE TARGET STEPS, STEPS being a JSON list of
["insert_rows", sheet, row, count], ["move", sheet, area, to], ["rename", sheet, name],
["type", sheet, cell, text], ["value", sheet, cell, number], ["delete_names"].
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException


def main(source: str, target: str, steps: str) -> None:
    with desktop() as office:
        book = office.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, (hidden(),))
        for step in json.loads(steps):
            STEPS[step[0]](book, *step[1:])
        book.storeToURL(Path(target).as_uri(), (xlsx(),))
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


def xlsx() -> Any:
    return PropertyValue("FilterName", 0, "Calc MS Excel 2007 XML", 0)


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


STEPS: dict[str, Callable[..., None]] = {
    "insert_rows": insert_rows,
    "move": move,
    "rename": rename,
    "type": type_text,
    "value": type_number,
    "delete_names": delete_names,
}

if __name__ == "__main__":
    main(*sys.argv[1:])

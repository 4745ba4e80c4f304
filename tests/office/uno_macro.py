"""Open a workbook with macros in LibreOffice, look at its button and run parts of its module.

Run by the system's Python with `uno`. Usage: uno_macro.py SOURCE TARGET, and on standard input a
JSON list of ["call", name, text], ["bytes", name, hexadecimal]. Prints JSON: what is there, and
what each step returned; an error is its description with "error: " before.
"""

import json
import sys
from pathlib import Path
from typing import Any

from uno_edit import FILTERS, desktop, filtered, hidden

MODULE = "xlflowButton"
CAREFUL = """Option VBASupport 1
Public Function Carefully(Given)
    On Error Goto Failed
    Carefully = {name}(Given)
    Exit Function
Failed:
    Carefully = "error: " & Err.Description
End Function
"""


def main(source: str, target: str) -> None:
    with desktop() as office:
        opened = (hidden(), run_all())
        book = office.loadComponentFromURL(Path(source).as_uri(), "_blank", 0, opened)
        library = book.BasicLibraries.getByName("VBAProject")
        seen = {
            "modules": {name: library.getByName(name) for name in library.ElementNames},
            "buttons": [button for sheet in sheets(book) for button in buttons(sheet)],
            "returned": [step(book, library, *each) for each in json.load(sys.stdin)],
        }
        book.storeToURL(Path(target).as_uri(), (filtered(FILTERS[".xlsx"]),))
        book.close(True)
    sys.stdout.write(json.dumps(seen))


def run_all() -> Any:
    mode = hidden()
    mode.Name, mode.Value = "MacroExecutionMode", 4  # always, without a question
    return mode


def sheets(book: Any) -> Any:
    return (book.Sheets.getByIndex(number) for number in range(book.Sheets.Count))


def buttons(sheet: Any) -> Any:
    page = sheet.DrawPage
    for number in range(page.Count):
        shape = page.getByIndex(number)
        form = page.Forms.getByIndex(0)
        yield {
            "sheet": sheet.Name,
            "label": shape.Control.Label,
            "visible": shape.Visible,
            "printed": shape.Control.Printable,
            "left": shape.Position.X,
            "macro": form.getScriptEvents(number)[0].ScriptCode,
        }


def step(book: Any, library: Any, kind: str, name: str, given: str) -> Any:
    library.insertByName("Careful", CAREFUL.format(name=name))
    address = "vnd.sun.star.script:VBAProject.Careful.Carefully?language=Basic&location=document"
    argument = tuple(bytes.fromhex(given)) if kind == "bytes" else given
    try:
        return book.getScriptProvider().getScript(address).invoke((argument,), (), ())[0]
    finally:
        library.removeByName("Careful")


if __name__ == "__main__":
    main(*sys.argv[1:])

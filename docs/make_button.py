"""Make the macro project of the button from its source: `python docs/make_button.py`.

Needs pyOpenVBA (the extra `dev`), and no Excel. The source is UTF-8 here, as git shows it, and code
page 936 in the project, as Excel on a Chinese Windows reads it. What is made is committed beside
the source: who issues workbooks needs neither this nor the library.
"""

import re
import tempfile
import zipfile
from pathlib import Path

from pyopenvba.cfb import CFB
from pyopenvba.excel import ExcelFile

from xlflow.issuing.button_macro import MODULE, PROJECT, SOURCE

CODE_PAGE = 936
# As the specification of VBA projects has it where nothing is compiled (MS-OVBA 2.3.4.1).
NOTHING_COMPILED = bytes.fromhex("cc61ffff000000")
_CODE_PAGE_RECORD = re.compile(rb"\x03\x00\x02\x00\x00\x00..", re.DOTALL)
_OFFICE_REFERENCE = b"\x16\x00\x06\x00\x00\x00Office"  # the last one; the macro needs none


def project(source: str) -> bytes:
    """Return a macro project with a module, and those of a workbook and its first sheet, empty."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "button.xlsm"
        book = ExcelFile.create_new(path)
        made = book.vba_project()
        made.delete_module("Module1")
        made.dir_modules_offset = made.dir_raw.index(_OFFICE_REFERENCE)
        head = made.dir_raw[: made.dir_modules_offset]
        record = b"\x03\x00\x02\x00\x00\x00" + CODE_PAGE.to_bytes(2, "little")
        made.dir_raw = _CODE_PAGE_RECORD.sub(lambda _: record, head, count=1)
        made.code_page = CODE_PAGE
        made.add_module(MODULE, source.replace("\n", "\r\n"))
        for module in made.modules:
            module.dirty = True  # written anew, without what was compiled
        book.save()
        with zipfile.ZipFile(path) as saved:
            streams = CFB.from_bytes(saved.read("xl/vbaProject.bin"))
    streams.write_stream_in_storage("VBA", "_VBA_PROJECT", NOTHING_COMPILED)
    return streams.to_bytes()


if __name__ == "__main__":
    PROJECT.write_bytes(project(SOURCE.read_text("utf-8")))

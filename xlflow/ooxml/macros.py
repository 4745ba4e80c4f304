"""What macros a workbook carries. They are data: read, compared, never run.

Excel writes the macro project anew on every save, so only the source of its modules can be
compared, which oletools reads (the extra `macros`).
"""

import logging
import re
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

Modules = Mapping[str, str]
_ATTRIBUTE = "Attribute "
_DECLARES_ALL = "Option Explicit"  # what Excel may write into a new module of a sheet
_TEXT_OR_NOT = re.compile(r'("[^"\n]*")')
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def foreign_modules(project: bytes, handed_out: Modules) -> tuple[str, ...] | None:
    """Return the modules of a macro project that are not those handed out, by name.

    `handed_out` is source by module name. None says that the source can not be read.
    """
    found = modules_of(project)
    if found is None:
        return None
    return tuple(
        name
        for name, source in found.items()
        if name not in handed_out or _meant(source) != _meant(_plain(handed_out[name]))
    )


def _meant(source: str) -> str:
    """Return source without what the editor of macros changes by itself: case, and blanks.

    What stands in quotes stays as it is.
    """
    pieces = _TEXT_OR_NOT.split(source)
    pieces[::2] = [re.sub(r"[^\S\n]+", "", piece).lower() for piece in pieces[::2]]
    return "".join(pieces)


def modules_of(project: bytes) -> Modules | None:
    """Return the source of each module of a macro project that has any, by its name.

    Lines end alike and without blanks, and attributes, which Excel writes, are left out. None
    says that the source can not be read: the project is broken, or oletools is not installed.
    """
    library = _library()
    if library is None or not project.startswith(_OLE):
        return None  # what is no project would be taken for the text of a module
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            parser = library.VBA_Parser("vbaProject.bin", data=project)
            found = {name: _plain(source) for _, _, name, source in parser.extract_macros()}
        except Exception:
            return None  # whatever a broken project does to the library, it is no macro we know
    if not found:  # an empty project has a module for each sheet
        return None
    return {
        name.rpartition(".")[0] or name: source
        for name, source in found.items()
        if source and source != _DECLARES_ALL
    }


def _plain(source: str | bytes) -> str:
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(_ATTRIBUTE))


@cache
def _library() -> Any:
    """Return olevba, None where the extra is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own libraries mean to change
        try:
            from oletools import olevba
        except ImportError:
            return None
    logging.getLogger("olevba").setLevel(logging.CRITICAL)
    return olevba

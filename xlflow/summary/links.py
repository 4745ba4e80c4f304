"""Links from the summary book to the result files beside it."""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

# What a file name may hold and a link would read as something else.
_ESCAPES = {ord(sign): f"%{ord(sign):02x}" for sign in '%# "<>[]^`{}'}
_DRIVE = re.compile("[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that opens a file, at a place in it; `path` is escaped, with forward slashes."""

    path: str
    text: str
    place: str = ""

    @property
    def url(self) -> str:
        """The link as XlsxWriter takes it."""
        return f"external:{self.path}" + (f"#{self.place}" if self.place else "")

    @property
    def target(self) -> str:
        r"""The file as a workbook names it, which is Excel's way on Windows.

        >>> Link("通过/甲局.xlsx", "打开").target
        '通过\\甲局.xlsx'
        """
        named = self.path.replace("/", "\\")
        full = named.startswith("\\\\") or _DRIVE.match(named)
        return f"file:///{named}" if full else named


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links that still work after the outbox was copied to another place.

    `folder` is where the book stands; the ledger names result files relative to `workspace`.
    """

    workspace: Path
    folder: Path

    def to(
        self, output: str | None, text: str, sheet: str | None = None, cell: str | None = None
    ) -> Link | None:
        """Return the link to a result file, None where there is none yet.

        >>> links = Links(Path("/w"), Path("/w/outbox"))
        >>> links.to("outbox/通过/甲局.xlsx", "定位", "自评表", "C5")
        Link(path='通过/甲局.xlsx', text='定位', place="'自评表'!C5")
        """
        if output is None:
            return None
        place = ""
        if sheet and cell:
            name = sheet.replace("'", "''")
            place = f"'{name}'!{cell}"
        return Link(_path(self.workspace, self.folder, output), text, place)


@lru_cache(maxsize=1024)  # each problem of a form links to the same file
def _path(workspace: Path, folder: Path, output: str) -> str:
    target = workspace / output
    try:
        path = Path(os.path.relpath(target, folder))
    except ValueError:  # another drive on Windows
        path = target
    return path.as_posix().translate(_ESCAPES)

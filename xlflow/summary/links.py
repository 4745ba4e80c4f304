"""Links from the summary book to the result files beside it."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that opens a file, at a place in it."""

    url: str
    text: str


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
        Link(url="external:通过/甲局.xlsx#'自评表'!C5", text='定位')
        """
        if output is None:
            return None
        anchor = ""
        if sheet and cell:
            name = sheet.replace("'", "''")
            anchor = f"#'{name}'!{cell}"
        return Link(f"external:{self._path(output)}{anchor}", text)

    def _path(self, output: str) -> str:
        target = self.workspace / output
        try:
            path = Path(os.path.relpath(target, self.folder))
        except ValueError:  # another drive on Windows
            path = target
        # What a file name may hold and a link would read as something else.
        return path.as_posix().replace("%", "%25").replace("#", "%23").replace(" ", "%20")

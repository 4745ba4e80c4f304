"""What stands behind the rows of a worksheet part, and where the schema wants more of it."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from xlflow.ooxml import splice

_ORDER = (
    b"sheetCalcPr", b"sheetProtection", b"protectedRanges", b"scenarios", b"autoFilter",
    b"sortState", b"dataConsolidate", b"customSheetViews", b"mergeCells", b"phoneticPr",
    b"conditionalFormatting", b"dataValidations", b"hyperlinks", b"printOptions", b"pageMargins",
    b"pageSetup", b"headerFooter", b"rowBreaks", b"colBreaks", b"customProperties",
    b"cellWatches", b"ignoredErrors", b"smartTags", b"drawing", b"legacyDrawing",
    b"legacyDrawingHF", b"drawingHF", b"picture", b"oleObjects", b"controls", b"webPublishItems",
    b"tableParts", b"extLst",
)  # fmt: skip
_RANKS = {name: rank for rank, name in enumerate(_ORDER)}
_TAG = re.compile(rb"""<(/?)(?:[\w.-]+:)?([\w.-]+)((?:[^>"']++|"[^"]*"|'[^']*')*+)>""")


class Child(NamedTuple):
    """An element directly below the root; `start` and `end` count from where the tail begins.

    Alternatives go by the name of what they choose between.
    """

    name: bytes
    start: int
    end: int


def tail_start(data: bytes) -> int:
    """Return where the rows of a worksheet part end; raises Missing when it has none.

    >>> tail_start(b"<worksheet><sheetData><row/></sheetData><x/></worksheet>")
    40
    """
    tag = splice.root_prefix(data) + b"sheetData"
    place = data.rfind(b"</" + tag)
    if place >= 0:
        return data.index(b">", place) + 1
    empty = splice.find(splice.masked(data), tag)
    if empty is None:
        raise splice.Missing(tag)
    return empty.end


@lru_cache(maxsize=8)
def children_of(tail: bytes) -> tuple[Child, ...]:
    """Return the elements behind the rows. The forms of an exercise share them, byte for byte."""
    return tuple(_children(splice.masked(tail)))


def with_child(data: bytes, name: bytes, fragment: bytes) -> bytes:
    """Return a worksheet part with an element put where the schema wants it, behind its like."""
    start = tail_start(data)
    rank = _RANKS[name]
    before = [
        child.end for child in children_of(data[start:]) if _RANKS.get(child.name, rank + 1) <= rank
    ]
    place = start + max(before, default=0)
    whole = memoryview(data)
    return b"".join((whole[:place], fragment, whole[place:]))


def child_tag(data: bytes, name: bytes) -> bytes | None:
    """Return an element behind the rows as it is written, None when there is none."""
    start = tail_start(data)
    found = next((child for child in children_of(data[start:]) if child.name == name), None)
    return data[start + found.start : start + found.end] if found else None


def _children(view: bytes) -> Iterator[Child]:
    depth, name, start = 0, b"", 0
    for match in _TAG.finditer(view):
        closing, tag, attributes = match.groups()
        if closing:
            depth -= 1
        else:
            if depth == 0:
                name, start = tag, match.start()
            elif name == b"AlternateContent" and tag in _RANKS:
                name = tag
            if not attributes.endswith(b"/"):
                depth += 1
                continue
        if depth == 0:
            yield Child(name, start, match.end())
        if depth < 0:
            return

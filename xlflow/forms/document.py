"""What a returned workbook says: plain data, and for each value the cell it came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

Scalar = str | Decimal | bool


class Source(NamedTuple):
    """Where a value stands: sheet, cell and the raw text a person sees there."""

    sheet: str
    cell: str
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One filled form: `data` is what the schema validates, `sources` tells where it stands.

    The keys of `sources` are JSON Pointers into `data` (`/indicators/5/target`). A field that
    was found but left blank has a source and no datum; so have the fields xlflow fills
    (`readOnly` in the schema). A blank field is absent from `data`. `filled_before` are the cells
    of xlflow's own that an earlier pass has filled, in rows that are blank now too.
    """

    form: str
    sheet: str
    data: Mapping[str, Any]
    sources: Mapping[str, Source]
    filled_before: tuple[str, ...] = ()

    def get(self, pointer: str) -> Any:
        """Return the datum at a JSON Pointer, None where there is none."""
        return value_at(self.data, pointer)

    def text(self, pointer: str) -> str | None:
        """Return the datum at a pointer as text, None when it is blank or no text."""
        value = self.get(pointer)
        return value if isinstance(value, str) else None

    def number(self, pointer: str) -> Decimal | None:
        """Return the datum at a pointer as a number, None when it is blank or no number."""
        value = self.get(pointer)
        return value if isinstance(value, Decimal) else None

    def rows(self, pointer: str) -> tuple[str, ...]:
        """Return the pointers of the rows of a table in order (`/indicators/0`, …)."""
        table = self.get(pointer)
        return _pointers(pointer, len(table)) if isinstance(table, (list, tuple)) else ()


@lru_cache(maxsize=1024)  # each check goes through the same rows again
def _pointers(table: str, rows: int) -> tuple[str, ...]:
    return tuple(f"{table}/{index}" for index in range(rows))


def value_at(data: Mapping[str, Any], pointer: str) -> Any:
    """Return the datum at a JSON Pointer into some data, None where there is none.

    >>> value_at({"indicators": [{"target": "≥95%"}]}, "/indicators/0/target")
    '≥95%'
    """
    node: Any = data
    for step in pointer.strip("/").split("/"):
        if isinstance(node, (dict, Mapping)):  # a dict is told at once
            node = node.get(step)
        elif isinstance(node, (list, tuple)) and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            return None
    return node

"""Stored results worked out anew, by a calculation library where one is installed.

The library (the extra `recalc`) sees the file as it came and is told what was set; what it says
is written by us, and what it can not say is left to Excel.
"""

import contextlib
from collections.abc import Mapping, Set
from decimal import Decimal
from functools import cache
from typing import Any

from xlflow.errors import UsageError
from xlflow.ooxml.payload import Payload, payload
from xlflow.ooxml.reference import cell_name, parse_cell

Place = tuple[int, int]
_LARGEST = 256 << 10  # bytes of a file beyond which it takes too long, and formulas
_MOST = 1_000


def recalculated(
    data: bytes,
    writes: Mapping[str, Mapping[Place, Payload]],
    wanted: Mapping[str, Set[Place]],
) -> dict[str, dict[Place, Payload]]:
    """Return the results of the wanted formulas of a workbook, by sheet, as far as they are known.

    They are what the formulas give once the cells of `writes` are set.

    A formula whose result is an error or blank, that asks for the clock or for chance, or that
    the library does not understand is left out; without the library all are.
    """
    library = _library()
    if library is None or len(data) > _LARGEST or sum(map(len, wanted.values())) > _MOST:
        return {}
    targets = [
        {"sheet": sheet, "start": cell_name(*place)}
        for sheet, places in wanted.items()
        for place in sorted(places)
    ]
    results: dict[str, dict[Place, Payload]] = {}
    with contextlib.suppress(library.CellRuneError):
        book = library.Workbook.from_bytes(data)
        for sheet, cells in writes.items():
            for place, content in cells.items():
                _set(book, sheet, cell_name(*place), content)
        for each in book.calculate_targets(targets)["cells"]:
            known = _result(each["result"])
            if known is not None:
                place = parse_cell(each["cell"]["address"])
                results.setdefault(each["cell"]["sheet_name"], {})[place] = known
    return results


def _set(book: Any, sheet: str, cell: str, content: Payload) -> None:
    match content.kind:
        case "blank":
            book.set_blank(sheet, cell)
        case "number" | "date":
            book.set_number(sheet, cell, float(content.stored))  # as every program reads it
        case "bool":
            book.set_logical(sheet, cell, content.stored == "1")
        case "error":
            book.set_error(sheet, cell, content.stored)
        case "text":
            book.set_text(sheet, cell, content.value)


def _result(result: Mapping[str, Any]) -> Payload | None:
    value = result.get("value", {})
    match result["kind"], value.get("kind"):
        case "value", "number":
            with contextlib.suppress(UsageError):
                return payload(Decimal(repr(value["value"])), date1904=False)
        case "value", "text" | "logical":
            return payload(value["value"], date1904=False)
    return None


@cache
def _library() -> Any:
    """Return the calculation library, None where the extra is not installed."""
    try:
        import cellrune
    except ImportError:
        return None
    return cellrune

"""Where the scored rows of a template were drawn."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from openpyxl.worksheet.worksheet import Worksheet

from xlflow.forms.locate import NAME_PREFIX
from xlflow.ooxml.reference import Area, parse_sheet_area

Layout = Mapping[str, Any]


class Row(NamedTuple):
    """A row of the form: its columns as the layout gives them, and its number."""

    columns: Mapping[str, str]
    row: int

    def cell(self, key: str) -> str:
        """Return the address of the cell of a field."""
        return f"{self.columns[key].partition(':')[0]}{self.row}"


class Drawn(NamedTuple):
    """The scored rows; `table` is the area of the indicators from heading to the row below."""

    funds: Row
    indicators: tuple[Row, ...]
    totals: Row
    table: Area


def drawn_rows(sheet: Worksheet, layout: Layout) -> Drawn:
    """Return the scored rows of a drawn template."""
    bands = {band.get("table") or band.get("object"): band for band in _bands(layout["bands"])}
    columns = bands["indicators"]["columns"]
    table = named_area(sheet, "indicators")
    rows = tuple(Row(columns, row) for row in range(table.top + 1, table.bottom))
    funds, totals = (_single(sheet, path, bands[path]) for path in ("funds.total", "totals"))
    return Drawn(funds, rows, totals, table)


def named_area(sheet: Worksheet, path: str) -> Area:
    """Return the cells of the field or table that the template names."""
    place = parse_sheet_area(sheet.defined_names[f"{NAME_PREFIX}{path}"].attr_text)
    if place is None:
        raise KeyError(path)
    return place[1]


def _single(sheet: Worksheet, path: str, band: Layout) -> Row:
    return Row(band["columns"], named_area(sheet, f"{path}.score").top)


def _bands(bands: Sequence[Layout]) -> Iterator[Layout]:
    for band in bands:
        if "group" in band:
            yield from _bands(band["bands"])
        else:
            yield band

"""The old binary workbook, .xls of Excel and .et of WPS, read by xlrd."""

import io
import re
from typing import Any

import xlrd

from xlflow.grids.plain import PlainBook, PlainCell, PlainSheet, PlainType
from xlflow.ooxml.formats import builtin_format

_TYPES: dict[int, PlainType] = {
    xlrd.XL_CELL_TEXT: "str",
    xlrd.XL_CELL_NUMBER: "n",
    xlrd.XL_CELL_DATE: "n",
    xlrd.XL_CELL_BOOLEAN: "b",
    xlrd.XL_CELL_ERROR: "e",
}
_ESCAPE = "\\"
_ESCAPED = re.compile(r"(?:\\[^\x00-\x24\x26-\x7f])+")  # 0\人 is what Excel writes as 0"人"


def read_xls(package: bytes) -> PlainBook:
    """Return what an .xls holds, number formats, merged areas and names included."""
    book = xlrd.open_workbook(
        file_contents=package, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
    )
    plain = PlainBook(date1904=book.datemode == 1)
    formats = [plain.format_index(_format_of(book, style)) for style in book.xf_list]
    plain.sheets = [_sheet(sheet, formats) for sheet in book.sheets()]
    plain.names = [
        (name.name, name.result.text, _scope(book, name.scope))
        for name in book.name_obj_list
        if name.result is not None and name.result.text
    ]
    return plain


def _format_of(book: Any, style: Any) -> str:
    defined = book.format_map.get(style.format_key)
    code = str((defined and defined.format_str) or builtin_format(style.format_key))
    return _ESCAPED.sub(lambda words: f'"{words[0].replace(_ESCAPE, "")}"', code)


def _scope(book: Any, scope: int) -> str | None:
    names = book.sheet_names()
    return names[scope] if 0 <= scope < len(names) else None


def _sheet(sheet: Any, formats: list[int]) -> PlainSheet:
    plain = PlainSheet(
        sheet.name,
        merges=[(top + 1, left + 1, end, right) for top, end, left, right in sheet.merged_cells],
        hidden_rows=[row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden],
        hidden_columns=[col + 1 for col, info in sheet.colinfo_map.items() if info.hidden],
    )
    for row in range(sheet.nrows):
        types, values = sheet.row_types(row), sheet.row_values(row)
        for col, (kind, value) in enumerate(zip(types, values, strict=True)):
            plain_type = _TYPES.get(kind)
            if plain_type is None or value == "":
                continue
            style = formats[sheet.cell_xf_index(row, col)]
            plain.cells.append(
                PlainCell(row + 1, col + 1, plain_type, _text(plain_type, value), style)
            )
    return plain


def _text(kind: PlainType, value: Any) -> str:
    if kind == "e":
        return str(xlrd.error_text_from_code.get(value, "#N/A"))
    if kind == "b":
        return "1" if value else "0"
    return value if kind == "str" else repr(float(value))

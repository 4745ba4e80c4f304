"""Filled forms, and .xlsb files of them, which are written here."""

import io
import json
import struct
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from xlflow.demo import returned_workbook
from xlflow.demo.seeds import examples, project_targets
from xlflow.forms import Form, all_forms, load_form, read_document, recognise
from xlflow.forms.read import Reading
from xlflow.grids import Book, Grid, read_book
from xlflow.issuing import fill, template_of
from xlflow.ooxml import Workbook
from xlflow.ooxml.numbers import serial_of

DATA = Path(__file__).parent
FORMS = [form.name for form in all_forms()]
_WAIVER = {"unit": "示例局", "code": "C15", "cell": "F26", "reason": "口径不同，已附说明"}


@cache
def filled(form_name: str) -> bytes:
    """Return a form as somebody filled it in, as an .xlsx."""
    form = load_form(form_name)
    if form_name == "overall_self_evaluation":
        return returned_workbook()
    return fill(template_of(form), form, _data(form))


def _data(form: Form) -> Mapping[str, Any]:
    match form.name:
        case "project_monitoring":
            text = (DATA / "monitoring_1_6.json").read_text(encoding="utf-8")
            return dict(json.loads(text))
        case "project_target":
            return project_targets()[0]
        case "project_self_evaluation":
            return examples()["self_evaluations"][0]
    return {"filled_by": "绩效科 甲", "filled_on": "2026-04-20", "waivers": [_WAIVER]}


def reading_of(book: Book) -> Reading:
    """Return what the one form in a book says."""
    (sighting,) = recognise(book, all_forms())
    return read_document(sighting.form, sighting.grid, book.names)


# -- .xlsb ---------------------------------------------------------------------------------------

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BIN = "application/vnd.ms-excel"
_TYPES = {"number": 5, "date": 5, "text": 6, "bool": 4, "error": 3}
_ERRORS = {"#DIV/0!": 7, "#N/A": 42}


def as_xlsb(package: bytes) -> bytes:
    """Return the cells of an .xlsx as an .xlsb, formats, merged areas and hidden rows included."""
    return written_xlsb(read_book(Workbook.from_bytes(package)))


def written_xlsb(book: Book) -> bytes:
    """Return a book of cells as an .xlsb; it has no defined names."""
    formats: dict[str, int] = {}
    sheets = {
        f"xl/worksheets/sheet{number}.bin": _sheet(grid, formats)
        for number, grid in enumerate(book.grids, start=1)
    }
    bundle = b"".join(
        _record(156, struct.pack("<2L", 0, number) + _wide(f"rId{number}") + _wide(grid.sheet))
        for number, grid in enumerate(book.grids, start=1)
    )
    workbook = _record(131) + _record(153, bytes(12)) + _record(143) + bundle + _record(144)
    targets = [("worksheet", part.removeprefix("xl/")) for part in sheets]
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(sheets),
        "_rels/.rels": _rels([("officeDocument", "xl/workbook.bin")]),
        "xl/workbook.bin": workbook + _record(132),
        "xl/_rels/workbook.bin.rels": _rels([*targets, ("styles", "styles.bin")]),
        "xl/styles.bin": _styles(formats),
        **sheets,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def _sheet(grid: Grid, formats: dict[str, int]) -> bytes:
    rows: dict[int, bytes] = dict.fromkeys(grid.hidden_rows, b"")
    for (row, _), cell in sorted(grid.cells.items()):
        if cell.kind == "blank":
            continue
        style = formats.setdefault(cell.number_format, len(formats) + 1)
        match cell.value:
            case bool(truth):
                value = bytes([truth])
            case str(words):
                value = bytes([_ERRORS[words]]) if cell.kind == "error" else _wide(words)
            case datetime() as moment:
                value = struct.pack("<d", serial_of(moment, date1904=False))
            case number:
                value = struct.pack("<d", number)
        head = struct.pack("<2L", cell.col - 1, style)
        rows[row] = rows.get(row, b"") + _record(_TYPES[cell.kind], head + value)
    merges = b"".join(
        _record(176, struct.pack("<4L", *(edge - 1 for edge in (a.top, a.bottom, a.left, a.right))))
        for a in grid.merges
    )
    body = b"".join(
        _record(0, struct.pack("<2LH", row - 1, 0, 300) + bytes([0, hidden, 0]) + bytes(4)) + cells
        for row, cells in sorted(rows.items())
        for hidden in [0x10 if row in grid.hidden_rows else 0]
    )
    last = max((col for _, col in grid.cells), default=1)
    size = _record(148, struct.pack("<4L", 0, max(rows, default=1) - 1, 0, last - 1))
    columns = b"".join(
        _record(60, struct.pack("<4LH", column - 1, column - 1, 2048, 0, 1))
        for column in sorted(grid.hidden_columns)
    )
    columns = _record(390) + columns + _record(391)
    body = _record(145) + body + _record(146)
    return _record(129) + size + columns + body + merges + _record(130)


def _styles(formats: Mapping[str, int]) -> bytes:
    own = b"".join(
        _record(44, struct.pack("<H", 163 + index) + _wide(code)) for code, index in formats.items()
    )
    styles = b"".join(
        _record(47, struct.pack("<2H", 0, 163 + index if index else 0) + bytes(12))
        for index in range(len(formats) + 1)
    )
    counts = struct.pack("<L", len(formats)), struct.pack("<L", len(formats) + 1)
    own = _record(615, counts[0]) + own + _record(616)
    return _record(278) + own + _record(617, counts[1]) + styles + _record(618) + _record(279)


def _record(kind: int, content: bytes = b"") -> bytes:
    return _seven_bits(kind) + _seven_bits(len(content)) + content


def _seven_bits(number: int) -> bytes:
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + _seven_bits(high) if high else bytes([low])


def _wide(words: str) -> bytes:
    encoded = words.encode("utf-16-le")
    return struct.pack("<L", len(encoded) // 2) + encoded


def _content_types(sheets: Iterable[str]) -> str:
    kinds = {"xl/workbook.bin": "sheet.binary.macroEnabled.main", "xl/styles.bin": "styles"}
    kinds |= dict.fromkeys(sheets, "worksheet")
    lines = "".join(
        f'<Override PartName="/{part}" ContentType="{_BIN}.{kind}"/>'
        for part, kind in kinds.items()
    )
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>{lines}</Types>'
    )


def _rels(targets: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{namespace}">{lines}</Relationships>'

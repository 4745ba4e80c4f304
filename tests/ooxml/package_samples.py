"""Small packages for the tests, built part by part, and the files of the corpus."""

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch
from xml.etree.ElementTree import canonicalize

import openpyxl
import pytest
from openpyxl.worksheet.merge import MergedCellRange
from openpyxl.worksheet.worksheet import Worksheet

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def zipped(parts: Mapping[str, bytes | str], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10)), content, compression)
    return stream.getvalue()


def canonical_parts(data: bytes) -> dict[str, str]:
    """Return the XML parts of a package in canonical form.

    openpyxl writes the same XML in other bytes where lxml is installed.
    """
    return {name: canonicalize(part) for name, part in members(data).items()}


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def worksheet(rows: str, *, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def parts_of(
    sheets: Mapping[str, str], *, names: str = "", styles: str | None = None, strings: str = ""
) -> dict[str, bytes | str]:
    """Return the parts of a minimal workbook; each sheet is given as its whole part."""
    tabs = relations = overrides = ""
    parts: dict[str, bytes | str] = {}
    for number, (name, part) in enumerate(sheets.items(), 1):
        tabs += f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"/>'
        path = f"worksheets/sheet{number}.xml"
        relations += (
            f'<Relationship Id="rId{number}" Type="{RELATIONS}/worksheet" Target="{path}"/>'
        )
        overrides += f'<Override PartName="/xl/{path}" ContentType="{_TYPE}.worksheet+xml"/>'
        parts[f"xl/{path}"] = part
    for kind, text in (("styles", styles), ("sharedStrings", strings)):
        if text:
            relations += (
                f'<Relationship Id="{kind}" Type="{RELATIONS}/{kind}" Target="{kind}.xml"/>'
            )
            parts[f"xl/{kind}.xml"] = text
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f"{overrides}</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><workbookPr/>'
        f"<sheets>{tabs}</sheets>{names}</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{relations}</Relationships>",
        **parts,
    }


def stylesheet(xfs: str, fonts: str = "", formats: str = "") -> str:
    """Return a complete styles part with these cell styles (and one plain font before others)."""
    return (
        f'<styleSheet xmlns="{MAIN}">{formats}<fonts><font><sz val="9"/></font>{fonts}</fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill '
        'patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/>'
        '<bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        f'<cellXfs count="2">{xfs}</cellXfs></styleSheet>'
    )


def package(rows: str = "", *, before: str = "", after: str = "", **more: Any) -> bytes:
    """Return a workbook with one sheet `表1` with these rows."""
    return zipped(parts_of({"表1": worksheet(rows, before=before, after=after)}, **more))


def sheet_xml(data: bytes, number: int = 1) -> str:
    return members(data)[f"xl/worksheets/sheet{number}.xml"].decode()


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def loaded(data: bytes, **options: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), **options)


def loaded_fast(data: bytes) -> openpyxl.Workbook:
    """Return a workbook without the borders of merged cells, which take openpyxl most time."""
    with patch.object(MergedCellRange, "format"):
        return loaded(data)


def standing_cells(sheet: Worksheet) -> dict[tuple[int, int], Any]:
    """Return the cells that a sheet holds as openpyxl sees them, by row and column."""
    return dict(sheet._cells)


def corpus_files(suffixes: Iterable[str] = (".xlsx", ".xlsm")) -> list[Any]:
    """Return the corpus as pytest parameters, or one that says why there is none."""
    if not CORPUS.is_dir():
        reason = "the corpus of real files (shared/corpus beside the checkout) is not here"
        return [pytest.param(CORPUS, marks=pytest.mark.skip(reason=reason), id="no-corpus")]
    files = [file for file in sorted(CORPUS.iterdir()) if file.suffix in set(suffixes)]
    return [pytest.param(file, id=file.name) for file in files]

"""Parts that no usual program writes so: edited all the same, or refused with a sentence."""

import io
import re
import struct
import zipfile
from decimal import Decimal

import pytest
from package_samples import MAIN, loaded, members, package, parts_of, sheet_xml, worksheet, zipped

from xlflow.errors import FileRefused
from xlflow.ooxml import Workbook, prove

CELLS: dict[str, Decimal | str | bool] = {"B2": Decimal("81.25"), "A1": "新", "D9": True}
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def edited(data: bytes) -> bytes:
    """Return a workbook with three cells set, proved."""
    book = Workbook.from_bytes(data)
    for cell, value in CELLS.items():
        book.sheet("表1")[cell] = value
    out = book.to_bytes()
    prove(data, out, {"表1": list(CELLS)})
    after = Workbook.from_bytes(out).sheet("表1")
    assert {cell: after[cell] for cell in CELLS} == CELLS
    return out


def with_sheet(sheet: str | bytes) -> bytes:
    return zipped({**parts_of({"表1": ""}), "xl/worksheets/sheet1.xml": sheet})


def refused(data: bytes) -> str:
    with pytest.raises(FileRefused) as error:
        edited(data)
    return f"{error.value.code} {error.value.en}"


def test_cells_without_a_reference_are_counted() -> None:
    rows = (
        "<row><c><v>1</v></c><c/><c><v>3</v></c></row><row><c/><c><v>5</v></c><c><v>6</v></c></row>"
    )
    out = edited(package(rows))
    written = sheet_xml(out)
    assert '<row><c r="A1" t="inlineStr">' in written
    assert "<c/><c><v>3</v></c></row>" in written
    assert '<c r="B2"><v>81.25</v></c><c><v>6</v></c>' in written
    sheet = loaded(out)["表1"]
    assert [sheet[name].value for name in ("A1", "C1", "B2", "C2", "D9")] == [
        "新",
        3,
        81.25,
        6,
        True,
    ]


def test_a_formula_without_a_reference_keeps_standing() -> None:
    out = edited(package("<row/><row><c/><c><f>1+1</f><v>2</v></c></row>"))
    assert "<f>1+1</f><v>81.25</v>" in sheet_xml(out)


def test_a_prefix_of_its_own() -> None:
    out = edited(
        with_sheet(
            f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="2"><x:c r="B2">'
            "<x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>"
        )
    )
    assert '<x:c r="B2"><x:v>81.25</x:v></x:c>' in sheet_xml(out)
    assert loaded(out)["表1"]["D9"].value is True


def test_strict_namespaces_stay() -> None:
    parts = parts_of({"表1": worksheet('<row r="2"><c r="B2"><v>1</v></c></row>')})
    strict = {
        name: str(part).replace(MAIN, STRICT).replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, part in parts.items()
    }  # fmt: skip
    assert STRICT in sheet_xml(edited(zipped(strict)))


@pytest.mark.parametrize(
    "noise",
    ["<!-- <row r='1'> -->", "<?mso-x <c r='B2'> ?>", "<!-- </sheetData> -->"],
)
def test_comments_and_instructions_between_rows_stay(noise: str) -> None:
    rows = f'{noise}<row r="2"><c r="A2"/>{noise}<c r="B2"><v>1</v></c></row>{noise}'
    assert sheet_xml(edited(package(rows, before=noise, after=noise))).count(noise) == 5


def test_cdata_in_a_cell_nobody_writes_stays() -> None:
    cell = '<c r="C2" t="inlineStr"><is><t><![CDATA[<c r="B2"> & </row>]]></t></is></c>'
    assert cell in sheet_xml(edited(package(f'<row r="2">{cell}</row>')))


def test_declarations_ignorable_namespaces_and_unknown_extensions_stay() -> None:
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n<?mso-application x?>\r\n'
        f'<worksheet xmlns="{MAIN}" xmlns:mc="http://schemas.openxmlformats.org/markup-'
        'compatibility/2006" mc:Ignorable="x14ac y" xmlns:y="urn:y" xmlns:x14ac="urn:x14ac" '
        'y:uid="{1}">'
    )
    tail = '<extLst><ext uri="{unknown}" xmlns:z="urn:z"><z:a b="1"/></ext></extLst></worksheet>'
    row = '<row r="2" x14ac:dyDescent="0.25" y:q="1"><c r="B2" y:w="2"><v>1</v></c></row>'
    written = sheet_xml(edited(with_sheet(f"{head}<sheetData>{row}</sheetData>{tail}")))
    assert written.startswith(f"{head}<sheetData>")
    assert written.endswith(tail)
    assert '<c r="B2" y:w="2"><v>81.25</v></c>' in written


def test_utf_16_is_written_as_utf_8() -> None:
    sheet = worksheet('<row r="2"><c r="B2" t="inlineStr"><is><t>旧</t></is></c></row>')
    declared = f'<?xml version="1.0" encoding="UTF-16"?>{sheet}'
    out = edited(with_sheet(declared.encode("utf-16")))
    assert loaded(out)["表1"]["A1"].value == "新"


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="5"><c r="A5"><v>1</v></c></row><row r="2"><c r="B2"><v>1</v></c></row>',
        '<row r="2"><c r="B2"><v>1</v></c></row><row r="2"/>',
        '<row r="2"><c r="C2"><v>1</v></c><c r="A2"/></row>',
        '<row r="2"><c r="C7"><v>1</v></c></row>',
    ],
)
def test_rows_and_cells_out_of_order_are_refused(rows: str) -> None:
    assert refused(package(rows)).startswith("F05")


def test_a_zip64_archive_is_refused_with_a_sentence() -> None:
    data = package('<row r="2"/>')
    position = data.rfind(b"PK\x05\x06")
    size, directory = struct.unpack_from("<LL", data, position + 12)
    count = struct.unpack_from("<H", data, position + 10)[0]
    end64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, directory
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, position, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    zip64 = data[:position] + end64 + locator + end
    assert zipfile.ZipFile(io.BytesIO(zip64)).testzip() is None
    assert "F05" in refused(zip64)


def test_a_member_with_zip64_sizes_in_small_is_edited() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts_of({"表1": worksheet("")}).items():
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(part if isinstance(part, bytes) else part.encode())
    out = edited(stream.getvalue())
    assert loaded(out)["表1"]["A1"].value == "新"
    assert re.search('<row r="9">', sheet_xml(out))
    assert len(members(out)) == len(members(stream.getvalue()))

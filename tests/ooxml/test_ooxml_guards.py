"""Each guard has a file that trips it, and a neighbour that does not."""

import contextlib
import io
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from package_samples import MAIN, package, parts_of, worksheet, zipped

from xlflow.errors import EnvironmentFailed, FileRefused, UsageError
from xlflow.grids import read_book
from xlflow.ooxml import Workbook
from xlflow.ooxml.limits import DEFAULT, Limits

ROW = '<row r="1"><c r="A1"><v>1</v></c></row>'
PARTS = parts_of({"表1": worksheet(ROW)})
ODS = "application/vnd.oasis.opendocument.spreadsheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
BILLION = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


def refusal_of(data: bytes, limits: Limits = DEFAULT) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read_book(Workbook.from_bytes(data, "报表.xlsx", limits))
    assert "报表.xlsx" in refused.value.zh
    assert "报表.xlsx" in refused.value.en
    return refused.value


def with_sheet(xml: str | bytes) -> bytes:
    return zipped({**PARTS, "xl/worksheets/sheet1.xml": xml})


def test_the_neighbour_of_all_these_files_opens() -> None:
    assert read_book(Workbook.from_bytes(zipped(PARTS))).grids[0].cells


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", "F01", "0 bytes"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "F03", "password"),
        (OLE + "Workbook".encode("utf-16-le"), "F04", ".xls"),
        (OLE + "WordDocument Workbook".encode("utf-16-le"), "F02", "a Word document"),
        (OLE + "PowerPoint Document".encode("utf-16-le"), "F02", "PowerPoint"),
        (OLE, "F02", "unknown"),
        (OLE + "Workbook".encode("utf-16-le") + b"PK\x05\x06" + b"\0" * 18, "F04", ".xls"),
        (b"%PDF-1.7\n...", "F02", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "F02", "an image"),
        (b"\xff\xd8\xff\xe0..JFIF", "F02", "an image"),
        (b"Rar!\x1a\x07", "F11", "an archive"),
        (b"  <html><body><table>", "F02", "a web page"),
        ("<table><tr><td>得分</td>".encode("gb18030"), "F02", "a web page"),
        (b'<?xml version="1.0"?><Workbook/>', "F02", "XML text"),
        ("指标,得分\n数量,10\n".encode(), "F02", "plain text or CSV"),
        ("指标,得分\n".encode("gb18030"), "F02", "plain text or CSV"),
        ("指标\t得分".encode("utf-16"), "F02", "plain text or CSV"),
        (b"\x00\x01\x02\x03", "F02", "unknown"),
        (zipped({"readme.txt": "x"}), "F11", "an archive"),
        (zipped({"word/document.xml": "<w/>"}), "F02", "a Word document"),
        (zipped({"ppt/presentation.xml": "<p/>"}), "F02", "PowerPoint"),
        (zipped({"mimetype": ODS, "content.xml": "<o/>"}), "F04", "OpenDocument spreadsheet"),
        (zipped({"mimetype": "text", "content.xml": "<o/>"}), "F02", "an OpenDocument file"),
        (zipped({"OFD.xml": "<o/>"}), "F02", "an OFD document"),
        (zipped({"xl/workbook.bin": b"\x83\x01"}), "F04", ".xlsb"),
        (zipped(PARTS)[:-30], "F05", "incomplete"),
        (zipped(PARTS)[:300], "F05", "incomplete"),
        (zipped(PARTS).replace(b"PK\x01\x02", b"PK\x01\x03", 1), "F05", "incomplete"),
        (zipped(PARTS) + b"trailing garbage" * 5000, "F05", "incomplete"),
    ],
)
def test_content_tells_what_a_file_is(data: bytes, code: str, words: str) -> None:
    refused = refusal_of(data)
    assert refused.code == code
    assert words in refused.en


def test_only_an_archive_without_members_is_left() -> None:
    assert refusal_of(b"PK\x05\x06" + b"\0" * 18).code == "F11"


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (replace(DEFAULT, file_size=500), "larger than"),
        (replace(DEFAULT, entries=3), "more than 3 parts"),
        (replace(DEFAULT, expanded=1000), "expands to more"),
        (replace(DEFAULT, part=300), "expands to more"),
        (replace(DEFAULT, depth=3), "nested too deeply"),
        (replace(DEFAULT, cells=0), "more than 0 cells"),
    ],
)
def test_limits_on_a_file(limits: Limits, words: str) -> None:
    refused = refusal_of(zipped(PARTS), limits)
    assert refused.code == "F06"
    assert words in refused.en


def test_too_many_or_too_long_shared_strings() -> None:
    strings = f'<sst xmlns="{MAIN}">' + "<si><t>x</t></si>" * 5 + "</sst>"
    data = package('<row r="1"><c r="A1" t="s"><v>4</v></c></row>', strings=strings)
    assert read_book(Workbook.from_bytes(data)).grids[0].at(1, 1).value == "x"
    for limits in (replace(DEFAULT, strings=4), replace(DEFAULT, strings_size=50)):
        assert refusal_of(data, limits).code == "F06"


def test_out_of_proportion_above_the_grace_only() -> None:
    bomb = zipped({**PARTS, "xl/media/zeros.bmp": b"\0" * 1_500_000})
    assert refusal_of(bomb).code == "F06"
    Workbook.from_bytes(zipped({**PARTS, "xl/media/zeros.bmp": b"\0" * 900_000}))
    Workbook.from_bytes(bomb, limits=replace(DEFAULT, ratio=5000))


def test_sizes_are_counted_while_inflating_and_not_believed() -> None:
    part = "xl/worksheets/sheet1.xml"
    data = zipped({**PARTS, part: worksheet("<!-- " + " " * 3_000_000 + "-->")})
    size = len(worksheet("<!-- " + " " * 3_000_000 + "-->"))
    lying = data.replace(struct.pack("<L", size), struct.pack("<L", 900))
    assert refusal_of(lying).code == "F06"
    short = zipped(PARTS)
    size = len(worksheet(ROW).encode())
    assert refusal_of(short.replace(struct.pack("<L", size), struct.pack("<L", 900))).code == "F05"


def test_the_total_is_counted_while_inflating_and_not_believed() -> None:
    noise = "".join(f"<!-- {number * 2654435761 % 1_000_003} -->" for number in range(2000))
    content = worksheet(ROW, after=noise).encode()
    data = zipped({**PARTS, "xl/worksheets/sheet1.xml": content})
    lying = data.replace(struct.pack("<L", len(content)), struct.pack("<L", 900))
    limits = replace(DEFAULT, expanded=len(content) - 1)
    refused = refusal_of(lying, limits)
    assert refused.code == "F06"
    assert "expands to more" in refused.en


@pytest.mark.parametrize(
    "name",
    [
        "xl/\0evil",
        "../evil.xml",
        "/etc/passwd",
        "xl/../../evil.xml",
        "C:/evil",
        "..\\evil",
        "a\\..\\b",
    ],
)
def test_names_that_lead_outside(name: str) -> None:
    data = zipped({**PARTS, "x" * len(name): "<x/>"}).replace(b"x" * len(name), name.encode())
    assert refusal_of(data).code == "F06"


def test_duplicate_members_whatever_their_case() -> None:
    data = zipped({**PARTS, "xl/Workbookk.xml": "<x/>"})
    twice = data.replace(b"xl/Workbookk.xml", b"xl/Worksheet.xml")
    Workbook.from_bytes(twice)
    data = zipped({**PARTS, "XL/workbooK.xml": "<x/>"})
    assert refusal_of(data).code == "F05"


@pytest.mark.parametrize(
    ("offset", "value"), [(10, b"\xff\xff"), (16, b"\xff\xff\xff\xff")], ids=["count", "place"]
)
def test_zip64_is_refused(offset: int, value: bytes) -> None:
    data = bytearray(zipped(PARTS))
    end = data.rfind(b"PK\x05\x06")
    data[end + offset : end + offset + len(value)] = value
    refused = refusal_of(bytes(data))
    assert refused.code == "F05"
    assert "ZIP64" in refused.en


def test_a_password_on_the_archive_itself() -> None:
    data = bytearray(zipped(PARTS))
    position = data.find(b"PK\x01\x02")
    data[position + 8] |= 1
    assert refusal_of(bytes(data)).code == "F03"


def test_an_unknown_compression_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_LZMA) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
    assert refusal_of(stream.getvalue()).code == "F05"


def test_members_that_overlap_are_refused() -> None:
    data = zipped(PARTS)
    central = data.find(b"PK\x01\x02")
    second = data.find(b"PK\x01\x02", central + 4)
    assert data[second + 42 : second + 46] != b"\0\0\0\0"
    overlapping = bytearray(data)
    overlapping[central + 20 : central + 24] = struct.pack("<L", 10_000)
    assert refusal_of(bytes(overlapping)).code == "F05"


@pytest.mark.parametrize("part", ["xl/workbook.xml", "_rels/.rels", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("declaration", [BILLION, "<!ENTITY a 'x'>"])
def test_doctype_and_entities_are_refused(part: str, declaration: str) -> None:
    refused = refusal_of(zipped({**PARTS, part: declaration + str(PARTS[part])}))
    assert refused.code == "F06"
    assert part in refused.en


def test_a_doctype_does_not_hide_behind_an_encoding() -> None:
    hidden = BILLION + worksheet(ROW)
    utf16 = ('<?xml version="1.0" encoding="UTF-16"?>' + hidden).encode("utf-16")
    assert refusal_of(with_sheet(utf16)).code == "F06"
    assert refusal_of(with_sheet(hidden.encode("utf-16-le"))).code == "F06"
    ebcdic = b'<?xml version="1.0" encoding="cp037"?>' + hidden.encode("cp037", "replace")
    assert refusal_of(with_sheet(ebcdic)).code == "F05"


def test_utf16_without_a_doctype_is_read() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?>' + worksheet(ROW)
    assert read_book(Workbook.from_bytes(with_sheet(text.encode("utf-16")))).grids[0].cells


@pytest.mark.parametrize(
    "xml",
    [
        "<worksheet>",
        "not xml at all",
        worksheet('<row r="1"><c r="A0"><v>1</v></c></row>'),
        worksheet('<row r="x"/>'),
        worksheet('<row r="1"><c r="A1" s="?"><v>1</v></c></row>'),
        worksheet("", after='<mergeCells><mergeCell ref="A"/></mergeCells>'),
    ],
)
def test_broken_sheets_are_refused(xml: str) -> None:
    assert refusal_of(with_sheet(xml)).code == "F05"


def test_a_sheet_that_is_not_there_is_refused() -> None:
    parts = {name: part for name, part in PARTS.items() if "sheet1" not in name}
    assert refusal_of(zipped(parts)).code == "F05"


def test_deep_and_wide_xml_is_refused() -> None:
    deep = worksheet("", after="<extLst>" + "<x>" * 300 + "</x>" * 300 + "</extLst>")
    assert refusal_of(with_sheet(deep)).code == "F06"
    wide = worksheet("", after=f'<extLst a="{"x" * 1_100_000}"/>')
    data = zipped({**PARTS, "xl/worksheets/sheet1.xml": wide}, zipfile.ZIP_STORED)
    assert refusal_of(data).code == "F06"


def test_huge_merged_areas_do_not_fill_the_memory() -> None:
    merges = '<mergeCell ref="A1:XFD1048576"/>' * 20 + '<mergeCell ref="B2:C3"/>'
    data = package(ROW, after=f"<mergeCells>{merges}</mergeCells>")
    grid = read_book(Workbook.from_bytes(data)).grids[0]
    assert str(grid.merges[-1]) == "B2:C3"
    assert grid.at(9, 9).value == 1
    many = '<mergeCell ref="A1:XFD1048576"/>' * 20_000
    data = package(ROW, after=f"<mergeCells>{many}</mergeCells>")
    assert len(read_book(Workbook.from_bytes(data)).grids[0].merges) == 200


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = tmp_path / "大.xlsx"
    with file.open("wb") as stream:
        stream.truncate(51 * 1024 * 1024)
    with pytest.raises(FileRefused) as refused:
        Workbook.open(file)
    assert refused.value.code == "F06"


def test_a_file_that_is_not_there_is_no_refusal(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed):
        Workbook.open(tmp_path / "none.xlsx")


def test_an_unknown_sheet_or_cell_is_wrong_usage() -> None:
    book = Workbook.from_bytes(package(ROW))
    with pytest.raises(UsageError, match="表2"):
        book.sheet("表2")
    with pytest.raises(UsageError, match="A0"):
        _ = book.sheet("表1")["A0"]


@pytest.mark.parametrize("cut", range(0, 1200, 37))
def test_every_truncation_is_refused(cut: int) -> None:
    data = zipped(PARTS)
    assert refusal_of(data[: len(data) * cut // 1200]).exit_code == 3


@pytest.mark.parametrize("seed", range(150))
def test_flipped_bytes_are_refused_or_read_but_nothing_else(seed: int) -> None:
    data = bytearray(zipped(PARTS))
    for step in range(3):
        place = (seed * 2654435761 + step * 40503) % len(data)
        data[place] ^= 1 << (seed % 8)
    with contextlib.suppress(FileRefused):
        book = Workbook.from_bytes(bytes(data))
        read_book(book)
        for sheet in book.sheet_names:
            book.sheet(sheet)["B7"] = "x"
        book.to_bytes()

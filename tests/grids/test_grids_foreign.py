"""Other file types: what is read of them is what the same form says as an .xlsx."""

import io
import sys
import zipfile
from collections.abc import Set as AbstractSet
from datetime import datetime
from pathlib import Path
from typing import Any

import msoffcrypto.format.ooxml
import pytest
import xlsxwriter
from foreign_files import DATA, FORMS, as_xlsb, filled, reading_of, written_xlsb
from libreoffice import edited

from xlflow.errors import FileRefused
from xlflow.grids import Book, Cell, Grid, foreign, read_book, read_foreign
from xlflow.ooxml import Workbook

# LibreOffice makes formulas of booleans, 1 and 0; and a text that it has not calculated it writes
# into an .xls as 0, with the demand to calculate it.
CONVERTED = {".xls": {(5, 3)}, ".ods": {(1, 3), (2, 3)}}
SHARED = Path(__file__).parents[3] / "shared" / "corpus"
# Number formats as clerks meet them, with a number that shows them.
FORMATS = {
    "0%": 0.95, "0.00%": 0.81899999999999995, "General": 0.95, '0"人"': 735, '"≥"0.0"%"': 98.5,
    "#,##0.00": 1234567.891, "0.00;[Red]-0.00": -12.5, "@": 10, '0"万元"': 4300000, "0.0%": -0.125,
    "0.00E+00": 12345.678, "h:mm": 0.5,
}  # fmt: skip
DATES = {
    "yyyy-mm-dd": "2022-06-30",
    'yyyy"年"m"月"d"日"': "2022-06-30",
    "yyyy/m/d h:mm": "2022-06-30 12:00:00",
}


def foreign_book(package: bytes, name: str, passwords: tuple[str, ...] = ()) -> Book:
    """Return what is read of a file that is no plain .xlsx."""
    with pytest.raises(FileRefused) as refused:
        Workbook.from_bytes(package, name)
    return read_foreign(package, name, refused.value, passwords)


def refusal_of(package: bytes, name: str, *passwords: str) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        foreign_book(package, name, passwords)
    assert name in refused.value.zh
    return refused.value


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with every form, and a sheet of formats, as .xlsx, .xls and .ods."""
    folder = tmp_path_factory.mktemp("other")
    for form in FORMS:
        (folder / f"{form}.xlsx").write_bytes(filled(form))
    (folder / "格式.xlsx").write_bytes(of_all_kinds())
    for path in list(folder.glob("*.xlsx")):
        for suffix in (".xls", ".ods"):
            edited(path, path.with_suffix(suffix))
    return folder


def of_all_kinds() -> bytes:
    """Return a workbook with every kind of cell and format."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        sheet = made.add_worksheet("表 1")
        for row, (code, number) in enumerate(FORMATS.items()):
            sheet.write_number(row, 0, number, made.add_format({"num_format": code}))
        for row, (code, day) in enumerate(DATES.items()):
            moment = datetime.fromisoformat(day)
            sheet.write_datetime(row, 1, moment, made.add_format({"num_format": code}))
        sheet.write_boolean("C1", True)
        sheet.write_boolean("C2", False)
        sheet.write_formula("C3", "=1/0", None, "#DIV/0!")
        sheet.write_string("C4", "两行\n  第二行 &<>")
        sheet.write_formula("C5", '="甲"&"乙"', None, "甲乙")
        sheet.write_formula("C6", "=1+1", made.add_format({"num_format": "0%"}), 2)
        bold = made.add_format({"bold": True})
        sheet.write_rich_string("C7", "全年", bold, "预算数", "（A）")
        sheet.merge_range("E1:F3", "合并")
        sheet.set_row(8, None, None, {"hidden": True})
        sheet.set_column("H:I", None, None, {"hidden": True})
        sheet.write("H9", "藏")
        made.add_worksheet("空")
        made.define_name("预算", "='表 1'!$A$1:$A$2")
    return stream.getvalue()


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", [".xls", ".ods"])
@pytest.mark.parametrize("form", FORMS)
def test_a_form_says_the_same_as_another_file_type(folder: Path, form: str, suffix: str) -> None:
    file = folder / f"{form}{suffix}"
    reading = reading_of(foreign_book(file.read_bytes(), file.name))
    assert reading == reading_of(read_book(Workbook.from_bytes(filled(form))))
    assert reading.document.data


@pytest.mark.parametrize("form", FORMS)
def test_a_form_says_the_same_as_xlsb_by_its_labels(form: str) -> None:
    book = foreign_book(as_xlsb(filled(form)), "表.xlsb")
    assert not book.names
    sent = read_book(Workbook.from_bytes(filled(form)))
    said, again = reading_of(sent).document, reading_of(book).document
    assert again.data == said.data


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_a_kept_file_of_each_type_says_the_same(suffix: str) -> None:
    """Without LibreOffice on the machine this is what is left."""
    package = (DATA / "foreign" / f"project_monitoring{suffix}").read_bytes()
    sent = read_book(Workbook.from_bytes(filled("project_monitoring")))
    assert reading_of(foreign_book(package, f"表{suffix}")) == reading_of(sent)


def seen(grid: Grid) -> dict[tuple[int, int], tuple[str, object, str | None]]:
    return {place: (cell.kind, cell.value, cell.raw) for place, cell in grid.cells.items()}


def check_all_kinds(book: Book, but: AbstractSet[tuple[int, int]] = frozenset()) -> None:
    """Check that a book says what the .xlsx says, but for some cells of the first sheet."""
    ours = read_book(Workbook.from_bytes(of_all_kinds()))
    mine, theirs = ours.grids[0], book.grids[0]
    assert [grid.sheet for grid in book.grids] == ["表 1", "空"]
    expected, found = seen(mine), seen(theirs)
    assert {place for place in expected | found if expected.get(place) != found.get(place)} == but
    assert theirs.merges == mine.merges
    assert theirs.hidden_rows == mine.hidden_rows
    assert mine.hidden_columns <= theirs.hidden_columns
    words = {
        place: cell.number_format for place, cell in mine.cells.items() if '"' in cell.number_format
    }
    for place, code in words.items():
        if mine.cells[place].kind == "number":
            assert theirs.cells[place].number_format.split(";")[0] == code


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_every_kind_of_cell_and_format(folder: Path, suffix: str) -> None:
    file = folder / f"格式{suffix}"
    book = foreign_book(file.read_bytes(), file.name)
    check_all_kinds(book, CONVERTED[suffix])
    names = {name.name: (name.sheet, str(name.area)) for name in book.names}
    assert names["预算"] == ("表 1", "A1:A2")


def test_every_kind_of_cell_and_format_in_xlsb() -> None:
    check_all_kinds(foreign_book(as_xlsb(of_all_kinds()), "格式.xlsb"))


# -- passwords -----------------------------------------------------------------------------------


def locked(package: bytes, password: str) -> bytes:
    padded, stream = io.BytesIO(package), io.BytesIO()
    with zipfile.ZipFile(padded, "a") as archive:
        archive.comment = bytes(8192 + -len(package) % 16)  # so long msoffcrypto locks well
    msoffcrypto.format.ooxml.OOXMLFile(padded).encrypt(password, stream)
    return stream.getvalue()


@pytest.mark.parametrize("password", ["VelvetSweatshop", "财政2025"])
def test_a_password_of_the_list_opens_a_workbook(password: str) -> None:
    package = filled("project_monitoring")
    book = foreign_book(locked(package, password), "加密.xlsx", ("别的", "财政2025"))
    assert book == read_book(Workbook.from_bytes(package))


def test_another_password_is_said() -> None:
    refused = refusal_of(locked(filled("project_monitoring"), "谁也不知道"), "加密.xlsx", "别的")
    assert refused.code == "F03"
    assert "取消" in refused.zh


def test_a_password_on_an_xlsb() -> None:
    package = locked(as_xlsb(filled("project_monitoring")), "财政2025")
    book = foreign_book(package, "加密.xlsb", ("财政2025",))
    sent = read_book(Workbook.from_bytes(filled("project_monitoring")))
    assert reading_of(book).document.data == reading_of(sent).document.data


# -- what ends badly -----------------------------------------------------------------------------


def ends(monkeypatch: pytest.MonkeyPatch, fault: str) -> FileRefused:
    """Return the refusal of a good file when something happens to the process that reads it."""
    monkeypatch.setattr(foreign, "_START", f"import sys; {fault}")
    return refusal_of(as_xlsb(filled("project_monitoring")), "表.xlsb")


@pytest.mark.parametrize(
    "fault",
    [
        "import os; os.abort()",
        "sys.exit(3)",
        "sys.stdin.buffer.read(); print('{\"book\": ')",
        "from xlflow.bounds import bound_memory; bound_memory(); bytearray(2 << 30)",
        "from xlflow.bounds import bound_processor; bound_processor(1)\nwhile True: pass",
    ],
    ids=["killed", "gone", "half an answer", "memory", "processor"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="such limits are those of POSIX")
def test_the_end_of_the_other_process_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    assert ends(monkeypatch, fault).code == "F35"


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "SECONDS", 0.5)
    assert ends(monkeypatch, "import time; time.sleep(60)").code == "F35"


def test_readers_that_do_not_agree_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    fault = (
        "import json; sys.path[:] = json.loads(sys.argv[1]); from xlflow.grids import worker; "
        "from xlflow.grids.second import Difference; "
        "worker.differences = lambda *_: iter([Difference('表', (5, 3), None, 1.0)]); worker.main()"
    )
    refused = ends(monkeypatch, fault)
    assert refused.code == "F36"
    assert "表!C5" in refused.zh


def compound(*streams: str) -> bytes:
    """Return what looks like a compound file with these streams, and leads nowhere."""
    names = "".join(f"{stream}\0" for stream in streams).encode("utf-16-le")
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + b"\x3e\0\x03\0\xfe\xff\x09\0"
        + bytes(480)
        + names
        + bytes(512)
    )


@pytest.mark.parametrize(
    ("package", "code"),
    [
        (compound("Workbook"), "F04"),
        (compound("EncryptedPackage"), "F03"),
        (as_xlsb(filled("project_monitoring"))[:-9], "F05"),
        (written_xlsb(Book((Grid("表", {(1, 1): Cell(1, 1, "text", "x", "x")}),)))[:200], "F05"),
    ],
)
def test_a_damaged_file_is_said(package: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        foreign_book(package, "表.xls")
    assert refused.value.code == code


def hostile() -> list[Any]:
    files = sorted((SHARED / "hostile").glob("*.xls")) if SHARED.is_dir() else []
    if not files:
        reason = "the corpus of hostile files (shared/corpus/hostile beside the checkout) is absent"
        return [pytest.param(Path(), marks=pytest.mark.skip(reason=reason), id="no-corpus")]
    return [pytest.param(file, id=file.name) for file in files]


@pytest.mark.skipif(sys.platform == "win32", reason="nothing bounds the memory there")
@pytest.mark.parametrize("file", hostile())
def test_a_hostile_file_is_survived(file: Path) -> None:
    """Its content gives it away already; here it is read as if it had not."""
    refused = FileRefused("旧版", "old", "F04")
    with pytest.raises(FileRefused) as ended:
        read_foreign(file.read_bytes(), file.name, refused)
    assert ended.value.code in ("F04", "F35", "F36")


def test_no_answer_is_believed_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreign, "_LARGEST_ANSWER", 1000)
    assert ends(monkeypatch, "print('\"' + 'x' * 5000 + '\"')").code == "F35"

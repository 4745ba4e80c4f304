"""Taking every mark away gives back what was sent: real files, our forms, and by other programs."""

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from libreoffice import edited
from marked_files import (
    CORPUS,
    around_rows,
    differing,
    found,
    parts,
    result,
    twenty_problems,
    workbook_says,
)

from xlflow.demo.seeds import shangjie
from xlflow.errors import FileRefused
from xlflow.forms import load_form
from xlflow.grids import read_book
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules, judge_package
from xlflow.marking import mark, strip
from xlflow.ooxml import Workbook
from xlflow.scoring import load_profile

FORM = "部门整体支出绩效自评表"
PROFILE = load_profile("henan-2022")
# Refused on opening or for its signature; one has charts alone.
NOT_MARKED = {
    "apache-duplicate-filename-case-insensitive.xlsx", "apache-duplicate-filename.xlsx",
    "apache-hello-world-signed.xlsx", "apache-invalid.xlsx", "apache-poc-shared-strings.xlsx",
    "nolze-example_password.xlsx", "dotnet-xl8galry.xlsx",
}  # fmt: skip
FILES = [
    pytest.param(path, id=path.name)
    for path in (sorted(CORPUS.iterdir()) if CORPUS.is_dir() else [])
    if path.suffix in (".xlsx", ".xlsm", ".xltx") and path.name not in NOT_MARKED
] or [pytest.param(CORPUS, marks=pytest.mark.skip(reason="the corpus of real files is not here"))]


def sent() -> bytes:
    form = load_form("overall_self_evaluation")
    return fill(template_of(form), form, shangjie()["data"])


def scored(data: bytes, profile: str = "henan-2022") -> bytes:
    marked = judge_package(data, "a.xlsx", Rules(profile=profile)).marked
    assert marked is not None
    return marked


def one_sheet() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "表1"
    return book


def stripped(data: bytes) -> bytes:
    return strip(Workbook.from_bytes(data))


def cells(data: bytes) -> dict[tuple[str, int, int], object]:
    """Return all cells with value, text, number format and formula, and their style."""
    book = Workbook.from_bytes(data)
    return {
        (grid.sheet, *place): (cell, book.sheet(grid.sheet).content.cells[place].style)
        for grid in read_book(book).grids
        for place, cell in grid.cells.items()
    }


@pytest.mark.parametrize("path", FILES)
def test_strip_gives_back_a_real_file(path: Path) -> None:
    data = path.read_bytes()
    problems = twenty_problems(data, path.name)
    marked = mark(Workbook.from_bytes(data), [problems], [PROFILE])
    assert marked != data
    back = stripped(marked)
    assert cells(back) == cells(data)
    old, new = parts(data), parts(back)
    for name in differing(data, back):
        folder = name.rpartition("/")[0].lower()
        if folder.endswith("worksheets"):
            assert around_rows(old[name]) == around_rows(new[name])
        elif name.lower().endswith("workbook.xml"):
            assert workbook_says(old[name]) == workbook_says(new[name])
        elif name == "[Content_Types].xml":  # what is missing there is put right
            assert b'Extension="rels"' not in old[name]
        else:
            assert name.lower().endswith("styles.xml")  # looks stay, behind those that were there
            assert_styles_kept(old.get(name), new[name])
    again = mark(Workbook.from_bytes(back), [problems], [PROFILE])
    types = next(name for name in old if name.lower() == "[content_types].xml")
    reordered = set() if b'Extension="rels"' in old[types] else {types}
    assert differing(marked, again) <= reordered
    assert mark(Workbook.from_bytes(marked), [problems], [PROFILE]) == again


def assert_styles_kept(before: bytes | None, after: bytes) -> None:
    new = {child.tag.rpartition("}")[2]: list(child) for child in ET.fromstring(after)}
    for child in ET.fromstring(before or b"<styleSheet/>"):
        kept = new[child.tag.rpartition("}")[2]][: len(child)]
        assert [ET.tostring(each).strip() for each in kept] == [
            ET.tostring(each).strip() for each in child
        ]


def test_a_scored_form_comes_back_as_it_was_sent() -> None:
    data = sent()
    back = stripped(scored(data))
    assert cells(back) == cells(data)
    assert differing(data, back) == {"xl/worksheets/sheet1.xml"}  # `t="n"` of blank cells
    assert scored(back) == scored(scored(data))


def test_a_workbook_without_marks_stays_as_it_is() -> None:
    data = sent()
    assert stripped(data) is data


def test_the_unit_s_scores_come_back_where_the_system_scores(tmp_path: Path) -> None:
    text = PROFILE.written.replace('who_scores = "self"', 'who_scores = "system"')
    assert text != PROFILE.written
    profiles = tmp_path / "schemas" / "profiles"
    profiles.mkdir(parents=True)
    (profiles / "system.toml").write_text(text, encoding="utf-8")
    claimed = Workbook.from_bytes(sent())
    claimed.sheet(FORM)["H26"] = Decimal("0.7")
    data = claimed.to_bytes()
    marked = judge_package(data, "a.xlsx", Rules(tmp_path, "system")).marked
    assert marked is not None
    assert Workbook.from_bytes(marked).sheet(FORM)["H26"] == Decimal(1)
    assert cells(stripped(marked)) == cells(data)
    # What a person wrote over it since is his.
    book = Workbook.from_bytes(marked)
    book.sheet(FORM)["H26"] = Decimal("0.5")
    assert Workbook.from_bytes(stripped(book.to_bytes())).sheet(FORM)["H26"] == Decimal("0.5")


def test_results_that_marking_drops_come_back() -> None:
    book = one_sheet()
    book["表1"]["A1"] = "=INDIRECT(\"'核对结果'!A1\")"
    stream = io.BytesIO()
    book.save(stream)
    workbook = Workbook.from_bytes(stream.getvalue())
    workbook.sheet("表1").restore("A1", "text", "旧")
    data = workbook.to_bytes()
    marked = mark(Workbook.from_bytes(data), [result(found("A1"))], [PROFILE])
    assert Workbook.from_bytes(marked).sheet("表1")["A1"] is None
    assert Workbook.from_bytes(stripped(marked)).sheet("表1")["A1"] == "旧"


def test_results_that_marking_works_out_go_again() -> None:
    pytest.importorskip("cellrune")
    book = openpyxl.load_workbook(io.BytesIO(sent()))
    book[FORM]["Z60"] = "=O5*2"
    stream = io.BytesIO()
    book.save(stream)
    marked = Workbook.from_bytes(scored(stream.getvalue()))
    assert isinstance(score := marked.sheet(FORM)["O5"], Decimal)
    assert marked.sheet(FORM)["Z60"] == 2 * score
    assert Workbook.from_bytes(strip(marked)).sheet(FORM)["Z60"] is None


def test_a_sheet_that_was_not_there_goes_again_and_the_rest_moves_up() -> None:
    book = one_sheet()
    stream = io.BytesIO()
    book.save(stream)
    data = stream.getvalue()
    marked = mark(Workbook.from_bytes(data), [result(found("C3"))], [PROFILE])
    later = openpyxl.load_workbook(io.BytesIO(marked))
    later.create_sheet("后来加的").print_title_rows = "1:2"
    later.active = 1
    stream = io.BytesIO()
    later.save(stream)
    back = openpyxl.load_workbook(io.BytesIO(stripped(stream.getvalue())))
    assert back.sheetnames == ["表1", "后来加的"]
    assert back["后来加的"].print_title_rows == "$1:$2"
    assert back.active == back["表1"]
    assert back["表1"]["C3"].comment is None


@pytest.mark.libreoffice
def test_after_libreoffice_has_saved_it_no_mark_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(scored(sent()))
    saved = edited(path, tmp_path / "b.xlsx", ("type", FORM, "E26", "≥96%")).read_bytes()
    assert "xlflow 核对" in openpyxl.load_workbook(io.BytesIO(saved))[FORM]["F26"].comment.text
    back = openpyxl.load_workbook(io.BytesIO(stripped(saved)))
    assert [cell.comment for row in back[FORM] for cell in row if cell.comment] == []
    assert not any(
        "xlflow" in str(rule.formula)
        for rules in back[FORM].conditional_formatting
        for rule in rules.rules
    )
    assert [cell.value for row in back["核对结果"]["A5:F40"] for cell in row if cell.value] == []
    assert back[FORM]["N5"].value is None
    assert back[FORM]["E26"].value == "≥96%"


def test_a_signed_workbook_is_not_marked() -> None:
    path = CORPUS / "apache-hello-world-signed.xlsx"
    if not path.exists():
        pytest.skip("the corpus of real files is not here")
    with pytest.raises(FileRefused):
        mark(Workbook.open(path), [result()], [PROFILE])


def edited_by_hand(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_sheet_of_the_unit_that_has_our_name_stays() -> None:
    def own_sheet(book: openpyxl.Workbook) -> None:
        del book["核对结果"]
        book.create_sheet("核对结果")["B7"] = "本单位核对情况"

    data = edited_by_hand(sent(), own_sheet)
    marked = scored(data)
    book = Workbook.from_bytes(marked)
    assert book.sheet_names == (FORM, "核对结果", "核对结果2")
    assert book.sheet("核对结果")["B7"] == "本单位核对情况"
    assert book.sheet("核对结果2")["A1"] == "填报核对结果"
    assert scored(marked) == scored(stripped(marked))
    assert cells(stripped(marked)) == cells(data)


def test_our_sheet_is_found_by_what_it_says_when_it_was_renamed() -> None:
    def rename(book: openpyxl.Workbook) -> None:
        book["核对结果"].title = "核对结果 (1)"

    again = Workbook.from_bytes(scored(edited_by_hand(scored(sent()), rename)))
    assert again.sheet_names == (FORM, "核对结果 (1)")


def test_what_a_unit_wrote_into_a_cell_of_ours_is_not_taken_away() -> None:
    def write(book: openpyxl.Workbook) -> None:
        book[FORM]["N21"] = "我方认为应得满分"

    sheet = Workbook.from_bytes(stripped(edited_by_hand(scored(sent()), write))).sheet(FORM)
    assert sheet["N21"] == "我方认为应得满分"
    assert sheet["N22"] is None
    assert sheet["P21"] is None


def test_deleting_the_rows_of_settled_problems_loses_nothing_of_what_stood_before() -> None:
    book = openpyxl.load_workbook(io.BytesIO(scored(sent())))
    book["核对结果"].delete_rows(5, 4)
    out = io.BytesIO()
    book.save(out)
    given_back = openpyxl.load_workbook(io.BytesIO(strip(Workbook.from_bytes(out.getvalue()))))
    original = openpyxl.load_workbook(io.BytesIO(sent()))
    for row in original[FORM].iter_rows():
        for cell in row:
            assert given_back[FORM][cell.coordinate].value == cell.value, cell.coordinate

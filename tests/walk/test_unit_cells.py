"""What the unit typed is the unit's: after the walk every cell of it is as it was."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import MergedCell

from xlflow.demo import returned_workbook
from xlflow.forms import load_form
from xlflow.issuing import template_of
from xlflow.judging import Rules, judge_package
from xlflow.ooxml import Workbook

SHEET = "部门整体支出绩效自评表"
COMPUTED_COLUMNS = {"N", "O", "P"}


def open_cells(package: Path) -> list[str]:
    """Return every cell a clerk may type into: the ones that are not locked."""
    sheet = openpyxl.load_workbook(package)[SHEET]
    return [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked and not isinstance(cell, MergedCell)
    ]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    path.write_bytes(template_of(load_form("overall_self_evaluation")))
    return path


def test_every_cell_typed_into_is_the_same_after_the_walk(template: Path, tmp_path: Path) -> None:
    cells = open_cells(template)
    assert len(cells) > 54 * 9  # the indicator table alone has that many
    book = Workbook.open(template)
    typed: dict[str, str | Decimal] = {}
    for number, cell in enumerate(cells):
        values: list[str | Decimal] = [
            f"填写 {number}", Decimal(number) / 4, f"≥{number}%", "<b>&\n'引号'"
        ]  # fmt: skip
        value = values[number % 4]
        book.sheet(SHEET)[cell] = value
        typed[cell] = value
    marked = judge_package(book.to_bytes(), "a.xlsx", Rules()).marked
    assert marked is not None
    after = Workbook.from_bytes(marked).sheet(SHEET)
    assert {cell: after[cell] for cell in cells} == typed
    # The same through another reader, over all cells that are not xlflow's, styles included.
    sent, came = tmp_path / "sent.xlsx", tmp_path / "came.xlsx"
    book.save(sent)
    came.write_bytes(marked)
    assert picture(came) == picture(sent)


def picture(path: Path) -> dict[str, tuple[object, ...]]:
    """Return all cells outside the computed block: value, format, font, fill, lock."""
    sheet = openpyxl.load_workbook(path)[SHEET]
    return {
        cell.coordinate: (
            cell.value,
            cell.number_format,
            cell.font.name,
            cell.fill.fgColor.rgb,
            cell.border.left and cell.border.left.style,
            cell.protection.locked,
        )
        for row in sheet.iter_rows()
        for cell in row
        if not isinstance(cell, MergedCell) and cell.column_letter not in COMPUTED_COLUMNS
    }


def test_only_the_sheet_and_the_results_differ_in_the_package() -> None:
    import io
    import zipfile

    sent = returned_workbook()
    marked = judge_package(sent, "a.xlsx", Rules(profile="henan-2022")).marked
    assert marked is not None
    with zipfile.ZipFile(io.BytesIO(sent)) as old, zipfile.ZipFile(io.BytesIO(marked)) as new:
        assert new.namelist() == [
            *old.namelist(),
            "xl/worksheets/_rels/sheet1.xml.rels",
            "xl/comments1.xml",
            "xl/drawings/vmlDrawing1.vml",
        ]
        changed = {name for name in old.namelist() if old.read(name) != new.read(name)}
    sheets = {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"}
    assert changed == {*sheets, "[Content_Types].xml"}


def test_scores_deviation_and_explanation_stand_beside_their_rows() -> None:
    marked = judge_package(returned_workbook(), "a.xlsx", Rules(profile="henan-2022")).marked
    assert marked is not None
    sheet = Workbook.from_bytes(marked).sheet(SHEET)
    assert sheet["N5"] == Decimal("9.10")
    assert sheet["O5"] == Decimal("-0.09")
    assert "10×81.90%÷90%＝9.10分" in str(sheet["P5"])
    assert sheet["N75"] == Decimal("99.10")
    assert "等级：优" in str(sheet["P75"])
    assert all(sheet[f"N{row}"] is not None for row in range(21, 73))


def test_a_second_walk_leaves_nothing_of_the_first() -> None:
    """A scored copy that comes back is scored anew, and the block shows the new figures."""
    first = judge_package(returned_workbook(), "a.xlsx", Rules(profile="henan-2022")).marked
    assert first is not None
    book = Workbook.from_bytes(first)
    book.sheet(SHEET)["F26"] = "81.9%"
    book.sheet(SHEET)["D72"] = None
    for column in "BCEFGHIJ":
        book.sheet(SHEET)[f"{column}72"] = None
    second = judge_package(book.to_bytes(), "a.xlsx", Rules(profile="henan-2022"))
    assert second.marked is not None
    sheet = Workbook.from_bytes(second.marked).sheet(SHEET)
    assert sheet["N26"] == Decimal("0.91")
    assert sheet["N72"] is None


def test_links_on_the_results_sheet_lead_to_the_cells() -> None:
    import io

    marked = judge_package(returned_workbook(), "a.xlsx", Rules(profile="henan-2022"))
    assert marked.marked is not None
    sheet = openpyxl.load_workbook(io.BytesIO(marked.marked))["核对结果"]
    links = {
        cell.value: cell.hyperlink.location
        for row in sheet.iter_rows(min_row=5, max_row=17)
        for cell in row
        if cell.hyperlink
    }
    assert links["F26"] == f"'{SHEET}'!F26"
    problems = marked.results[0].problems
    shown = [row[2].value for row in sheet.iter_rows(min_row=5, max_row=4 + len(problems))]
    assert shown == [found.code for found in problems]
    assert sheet.auto_filter.ref == f"A4:F{4 + len(problems)}"
    assert isinstance(sheet["A1"].value, str)
    assert not isinstance(sheet["A2"].value, datetime)

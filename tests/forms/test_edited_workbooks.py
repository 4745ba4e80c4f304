"""A returned workbook reads the same after what people do to it in a spreadsheet program."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from libreoffice import Step, edited

from xlflow.demo import returned_workbook
from xlflow.forms import Reading, load_form, read_document, recognise
from xlflow.grids import read_book
from xlflow.ooxml import Workbook

SHEET = "部门整体支出绩效自评表"
HEADER, FIRST, MIDDLE, TOTAL = 20, 21, 47, 75

pytestmark = pytest.mark.libreoffice


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("returned") / "returned.xlsx"
    path.write_bytes(returned_workbook())
    return path


@pytest.fixture
def reread(original: Path, tmp_path: Path) -> Callable[..., Reading]:
    def read_after(*steps: Step) -> Reading:
        return reading_of(edited(original, tmp_path / "edited.xlsx", *steps))

    return read_after


def reading_of(path: Path) -> Reading:
    book = read_book(Workbook.open(path))
    (sighting,) = recognise(book, [load_form("overall_self_evaluation")])
    return read_document(sighting.form, sighting.grid, book.names)


def said(reading: Reading) -> dict[str, Any]:
    assert [found.code for found in reading.problems] == []
    data: dict[str, Any] = json.loads(json.dumps(reading.document.data, default=str))
    return data


def test_the_layout_is_the_one_the_tests_speak_of(original: Path) -> None:
    sources = reading_of(original).document.sources
    assert sources["/indicators"].cell == f"B{HEADER}"
    assert sources["/indicators/0/level3"].cell == f"D{FIRST}"
    assert sources["/totals/score"].cell == f"H{TOTAL}"


@pytest.mark.parametrize("row", [FIRST, MIDDLE, TOTAL], ids=["first", "middle", "before the total"])
def test_rows_inserted_in_the_indicator_table(
    original: Path, reread: Callable[..., Reading], row: int
) -> None:
    assert said(reread(("insert_rows", SHEET, row, 2))) == said(reading_of(original))


@pytest.mark.parametrize("row", [FIRST, MIDDLE, TOTAL], ids=["first", "middle", "before the total"])
def test_what_is_typed_into_an_inserted_row_is_read(
    original: Path, reread: Callable[..., Reading], row: int
) -> None:
    typed = {"D": "新增指标", "E": "≥3次", "F": "3次", "G": "1", "H": "1"}
    steps = [("type", SHEET, f"{column}{row}", text) for column, text in typed.items()]
    names = [
        each["level3"]
        for each in said(reread(("insert_rows", SHEET, row, 1), *steps))["indicators"]
    ]
    assert names.count("新增指标") == 1
    names.remove("新增指标")
    assert names == [each["level3"] for each in said(reading_of(original))["indicators"]]


def test_rows_inserted_among_the_tasks_and_above_everything(
    original: Path, reread: Callable[..., Reading]
) -> None:
    steps = (("insert_rows", SHEET, 14, 1), ("insert_rows", SHEET, 1, 3))
    assert said(reread(*steps)) == said(reading_of(original))


def test_a_moved_block(original: Path, reread: Callable[..., Reading]) -> None:
    lower_half = ("move", SHEET, f"A{HEADER}:Y{TOTAL + 1}", f"A{HEADER + 6}")
    assert said(reread(lower_half)) == said(reading_of(original))


def test_a_renamed_sheet(original: Path, reread: Callable[..., Reading]) -> None:
    renamed = reread(("rename", SHEET, "表1'终稿 (2)"))
    assert said(renamed) == said(reading_of(original))
    assert renamed.document.sheet == "表1'终稿 (2)"


def test_deleted_names(original: Path, reread: Callable[..., Reading]) -> None:
    assert said(reread(("delete_names",))) == said(reading_of(original))


def test_deleted_names_and_inserted_rows(original: Path, reread: Callable[..., Reading]) -> None:
    steps = (
        ("delete_names",),
        ("insert_rows", SHEET, TOTAL, 1),
        ("insert_rows", SHEET, MIDDLE, 1),
        ("insert_rows", SHEET, FIRST, 1),
        ("insert_rows", SHEET, 1, 2),
    )
    assert said(reread(*steps)) == said(reading_of(original))

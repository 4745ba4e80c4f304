"""No book we write shows an error value, and what it stores is what a calculation gives."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest
import xlsxwriter
from libreoffice import recalculated
from raw_cells import Place, RawCell, raw_cells

from xlflow.config import Workspace
from xlflow.demo import play
from xlflow.waiving import Asked, waive

pytestmark = pytest.mark.libreoffice

ERROR = re.compile(r"#(?:REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!|SPILL!|CALC!)|Err:\d+")
# Originals, and copies of what could not be read, are as they came.
NOT_OURS = frozenset({".xlflow", "无法读取"})
UNIT = "郑州市上街区自然资源和规划局"


class Scanned(NamedTuple):
    """What is in a book: cells, formulas, those with a stored result, and what is wrong."""

    cells: int
    formulas: int
    stored: int
    wrong: tuple[str, ...]


def values(cells: Mapping[Place, RawCell]) -> dict[Place, object]:
    """Return the values and stored results among cells."""
    return {place: cell.value for place, cell in cells.items() if cell.value is not None}


def scanned(path: Path, calculated: Path) -> Scanned:
    """Return what is in a book, and what LibreOffice finds wrong with it."""
    before = raw_cells(path)
    stored, found = values(before), values(raw_cells(calculated))
    computed = {place for place, cell in before.items() if cell.formula}
    errors = [
        f"{place}: {value}"
        for seen in (stored, found)
        for place, value in seen.items()
        if isinstance(value, str) and ERROR.fullmatch(value)
    ]
    with_result = [place for place in computed if place in stored]
    differences = [
        f"{place}: {stored[place]!r} is stored, {found.get(place)!r} comes out"
        for place in with_result
        if not same(stored[place], found.get(place))
    ]
    return Scanned(len(found), len(computed), len(with_result), (*errors, *differences))


def same(one: object, other: object) -> bool:
    """Return whether two results are equal, numbers to the ninth decimal; "" is as good as none."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return round(one, 9) == round(other, 9)
    return (one or None) == (other or None)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return the demo, with a problem that was let pass afterwards."""
    played = play(tmp_path_factory.mktemp("demo") / "ws").workspace
    waive(played, Asked(UNIT, "C37", "年中追加预算", "绩效科", cell="J5"))
    return played


@pytest.fixture(scope="module")
def books(workspace: Workspace) -> list[Path]:
    """Return every workbook that xlflow wrote into the workspace."""
    found = [
        path
        for path in sorted(workspace.root.rglob("*.xls[xm]"))
        if NOT_OURS.isdisjoint(path.relative_to(workspace.root).parts)
    ]
    folders = {path.parent.name for path in found}
    assert {"handout", "outbox", "通过", "退回", "处理单", "workbook_templates"} <= folders
    assert workspace.outbox / "项目支出绩效自评汇总表.xlsx" in found
    return found


def test_no_book_shows_an_error_value_after_a_calculation(
    books: list[Path], workspace: Workspace, tmp_path: Path
) -> None:
    calculated = recalculated(books, tmp_path)
    assert calculated.keys() == set(books)
    found = {path.relative_to(workspace.root): scanned(path, calculated[path]) for path in books}
    for path, book in found.items():
        counts = f"{book.cells:6} cells {book.formulas:5} formulas {book.stored:5} stored"
        sys.stdout.write(f"{counts}  {path}\n")
    total = [sum(counts) for counts in zip(*(book[:3] for book in found.values()), strict=True)]
    sys.stdout.write(f"{len(found)} books: cells, formulas, stored results {total}\n")
    assert {str(path): book.wrong for path, book in found.items() if book.wrong} == {}


def test_the_scan_finds_an_error_value_and_a_stored_result_that_is_another(tmp_path: Path) -> None:
    path = tmp_path / "planted.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("表")
        sheet.write_formula("A1", "=1/0", None, 5)
        sheet.write_formula("A2", "=1+1", None, 3)
        sheet.write_formula("A3", "=1+1", None, 2)
        sheet.write_formula("A4", "=NOSUCH(1)", None, "")
        sheet.write_string("A5", "=1/0")
    folder = tmp_path / "office"
    wrong = scanned(path, recalculated([path], folder)[path]).wrong
    assert {each.partition(":")[0] for each in wrong} == {
        "('表', 'A1')", "('表', 'A2')", "('表', 'A4')",
    }  # fmt: skip

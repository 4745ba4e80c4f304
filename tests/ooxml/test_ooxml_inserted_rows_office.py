"""LibreOffice as the judge: it inserts the same rows, and all that refers to rows is compared.

Its book and ours are both saved by it, so that they differ in what was inserted alone.
"""

import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from libreoffice import edited
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from package_samples import corpus_files

from xlflow.ooxml import Insertion, Workbook

pytestmark = pytest.mark.libreoffice
FILES = {
    "apache-DataValidations-49244.xlsx", "apache-bug66675.xlsx", "dotnet-Complex01.xlsx",
    "apache-conditional_formatting_with_formula_on_second_sheet.xlsx",
    "apache-dataValidationTableRange.xlsx", "closedxml-WorkbookWithExternalLink.xlsx",
    "mathnya-issue_296.xlsx", "phpoffice-CellMatcher.xlsx", "phpoffice-issue.1767.xlsx",
    "phpoffice-issue.3613.xlsx", "sheetjs-formula_stress_test.xlsx", "sheetjs-issue2717.xlsx",
    "tafia-issue_553.xlsx",
}  # fmt: skip


def references(path: Path, insertion: Insertion) -> dict[Any, Any]:
    """Return everything in a workbook that refers to rows, the new rows left out."""
    new = range(insertion.below + 1, insertion.below + insertion.count + 1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl would lose on saving
        book = openpyxl.load_workbook(path)
    found: dict[Any, Any] = {"names": {n: each.attr_text for n, each in book.defined_names.items()}}
    for sheet in book.worksheets:
        own = sheet.title == insertion.sheet
        cells = [cell for row in sheet.iter_rows() for cell in row]
        for cell in cells:
            if not (own and cell.row in new) and cell.value is not None:
                value = getattr(cell.value, "text", cell.value)
                found[sheet.title, cell.coordinate] = value, getattr(cell.value, "ref", None)
        conditional = sheet.conditional_formatting
        found[sheet.title] = {
            "merges": sorted(
                str(area)
                for area in sheet.merged_cells.ranges
                if not (own and area.min_row == area.max_row and area.min_row in new)
            ),
            "validations": sorted(
                (str(each.sqref), each.formula1, each.formula2)
                for each in sheet.data_validations.dataValidation
            ),
            "formats": sorted(
                (str(each.sqref), [rule.formula for rule in each.rules]) for each in conditional
            ),
            "names": {name: each.attr_text for name, each in sheet.defined_names.items()},
            "print": (sheet.print_area, sheet.print_title_rows),
        }
    return found


def compare(source: Path, insertion: Insertion, folder: Path) -> dict[Any, Any]:
    book = Workbook.open(source)
    book.insert_rows(insertion.sheet, insertion.below, insertion.count)
    ours = folder / "ours.xlsx"
    book.save(ours)
    step = ("insert_rows", insertion.sheet, insertion.below + 1, insertion.count)
    theirs = references(edited(source, folder / "theirs.xlsx", step), insertion)
    assert references(edited(ours, folder / "ours saved.xlsx"), insertion) == theirs
    return theirs


@pytest.mark.parametrize("file", [file for file in corpus_files() if file.id in FILES])
def test_libreoffice_moves_the_same(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Pillow stumbles over an EMF picture of one of the files; pictures are not looked at here.
    monkeypatch.setattr("openpyxl.reader.drawings.PILImage", None)
    book = Workbook.open(file)
    sheet = max(book.sheet_names, key=lambda name: len(book.sheet(name).content.cells))
    rows = sorted({row for row, _ in book.sheet(sheet).content.cells})
    compare(file, Insertion(sheet, rows[len(rows) // 2], 2), tmp_path)


@pytest.mark.parametrize("below", [3, 6, 9])
def test_libreoffice_moves_a_sheet_with_everything_the_same(below: int, tmp_path: Path) -> None:
    source = tmp_path / "source.xlsx"
    everything().save(source)
    found = compare(source, Insertion("表 1", below, 3), tmp_path)
    assert found["二", "A1"][0] == f"=SUM('表 1'!$A$2:$A${13 if below < 10 else 10})"


def everything() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet, other = book.active, book.create_sheet("二")
    assert sheet is not None
    sheet.title = "表 1"
    for row in range(1, 13):
        sheet.cell(row, 1, row)
        sheet.cell(row, 2, f"=A{row}*$A$7+SUM($A$1:A{row})")
        sheet.cell(row, 3, f'=IF(二!A{row}>"A9",LOG10(A{max(1, row - 1)}),SUM(A2:B6,A7:A10))')
    other["A1"] = "=SUM('表 1'!$A$2:$A$10)"
    other["A2"] = "='表 1'!B7+'表 1'!A12-A7"
    other["A3"] = "=SUM('表 1'!5:8)+COUNT('表 1'!A:A)+顶+SUM(块)"
    for area in ("D1:E2", "D4:E5", "D6:F8", "D10:E12"):
        sheet.merge_cells(area)
    for name, text in {"顶": "'表 1'!$A$7", "块": "'表 1'!$A$4:$B$9", "外": "二!$A$9"}.items():
        book.defined_names[name] = DefinedName(name, attr_text=text)
    sheet.print_area = "A1:F12"
    sheet.print_title_rows = "1:2"
    listed = DataValidation("list", formula1="='表 1'!$A$5:$A$8", sqref="G2:G11")
    sheet.add_data_validation(listed)
    other.add_data_validation(DataValidation("custom", formula1="='表 1'!$A$9>0", sqref="B2:B11"))
    red = PatternFill("solid", bgColor="FFFF0000")
    sheet.conditional_formatting.add(
        "A2:B11", Rule("expression", dxf=DifferentialStyle(fill=red), formula=["$A2>$A$8"])
    )
    return book

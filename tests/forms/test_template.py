"""The template of our own form: built from its schema, and fit to be handed out."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
from libreoffice import as_pdf
from openpyxl.worksheet.worksheet import Worksheet
from package_samples import canonical_parts

from xlflow.forms import load_form
from xlflow.issuing import finished_template, template_of
from xlflow.pipeline import check_form

FORM = "overall_self_evaluation"
FORMS = (FORM, "officer_decisions")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sheet() -> Worksheet:
    book = openpyxl.load_workbook(io.BytesIO(template_of(load_form(FORM))))
    return book.worksheets[0]


@pytest.mark.parametrize("form", FORMS)
def test_the_committed_template_is_the_one_the_schema_gives(form: str) -> None:
    built, committed = finished_template(load_form(form)), template_of(load_form(form))
    new, old = canonical_parts(built), canonical_parts(committed)
    assert list(new) == list(old)
    for name, part in new.items():
        assert part == old[name], f"{name}: run xlflow form build {form}"


def test_building_it_twice_gives_the_same_bytes() -> None:
    assert finished_template(load_form(FORM)) == finished_template(load_form(FORM))


@pytest.mark.parametrize("form", FORMS)
def test_template_and_schema_fit(form: str) -> None:
    assert list(check_form(form, ROOT)) == []


def test_the_results_sheet_is_there_from_the_start_and_empty() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_of(load_form(FORM))))
    assert book.sheetnames == ["部门整体支出绩效自评表", "核对结果"]
    assert "尚未核对" in str(book["核对结果"]["A2"].value)
    assert book["核对结果"].max_row == 4


def test_a_clerk_may_type_into_inputs_alone_and_insert_rows(sheet: Worksheet) -> None:
    protection = sheet.protection
    assert protection.sheet
    assert not protection.insertRows  # not covered by the lock
    assert protection.password is None
    assert not sheet["D21"].protection.locked
    assert not sheet["C2"].protection.locked
    for locked in ("A1", "A2", "D20", "L21", "N75", "B6"):
        assert sheet[locked].protection.locked, locked


def test_inputs_are_visibly_open(sheet: Worksheet) -> None:
    assert sheet["D21"].fill.fgColor.rgb == "FFFFFBEA"
    assert sheet["D20"].fill.fgColor.rgb != "FFFFFBEA"


def test_what_is_written_stays_as_it_is_written(sheet: Worksheet) -> None:
    """Excel would make a date of 3-5 and a time of 1:10 in a cell that is not text."""
    assert sheet["E21"].number_format == "@"
    assert sheet["F21"].number_format == "@"
    assert sheet["G2"].number_format == "@"  # a code keeps its leading zeros


def test_prompts_limits_and_lists_guide_the_clerk(sheet: Worksheet) -> None:
    guides = {
        str(area): rule
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }
    weights, levels, targets = guides["G21:G74"], guides["B21:B74"], guides["E21:E74"]
    assert (weights.type, weights.operator, weights.formula1, weights.formula2) == (
        "decimal",
        "between",
        "0",
        "100",
    )
    assert levels.type == "list"
    assert "产出指标" in levels.formula1
    assert not levels.showErrorMessage  # other words are allowed
    assert "≥95%" in targets.prompt
    assert all(len(rule.formula1 or "") <= 255 for rule in guides.values())


def test_it_prints_on_a4_with_its_headings(sheet: Worksheet) -> None:
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$20:$20"
    assert re.search(r"\$A\$1:\$J\$76", str(sheet.print_area))
    assert sheet.freeze_panes == "A4"


def test_every_field_has_its_name(sheet: Worksheet) -> None:
    names = set(sheet.defined_names)
    single = {
        field.path
        for field in load_form(FORM).root.walk()
        if field.path and field.kind not in ("object", "array")
    }
    tables = {"funds.sources", "annual_tasks", "indicators"}
    columns = {path for path in single if path.rpartition(".")[0] in tables}
    assert {f"xlf.{path}" for path in (single - columns) | tables} <= names
    assert {"xlf.form", "xlf.version"} <= names


@pytest.mark.libreoffice
def test_the_printed_pages_are_a4_across(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template_of(load_form(FORM)))
    pdf = as_pdf(path, tmp_path).read_bytes()
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    assert boxes
    for width, height in boxes:
        assert (round(float(width)), round(float(height))) == (842, 595)

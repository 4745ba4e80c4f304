"""Workbooks with a form a sheet, put together with openpyxl from filled-in workbooks."""

import io
from collections.abc import Mapping
from typing import Any

import openpyxl
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.demo.seeds import project_targets
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of

TARGETS = load_form("project_target")
UNIT = "郑州市某某局"


def target_form(project: str, *, unit: str = UNIT, code: str = "039001", **other: Any) -> bytes:
    """Return the target form of a project, filled in as one of the seed's was."""
    first: Mapping[str, Any] = project_targets()[0]
    given = {**first, "unit": unit, "unit_code": code, "project": project, **other}
    return fill(template_of(TARGETS), TARGETS, given)


def blank_form(form: str = "project_target") -> bytes:
    """Return a form that nobody filled in."""
    return template_of(load_form(form))


def together(forms: Mapping[str, bytes], *, names: bool = True) -> bytes:
    """Return one workbook with the form of each of several, by the names of its sheets.

    Each sheet keeps its names as its own, as when a sheet is copied into another workbook.
    """
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, package in forms.items():
        source = openpyxl.load_workbook(io.BytesIO(package)).worksheets[0]
        sheet = book.create_sheet(title)
        for row in source.iter_rows():
            for cell in row:
                if cell.value is not None:
                    copied = sheet[cell.coordinate]
                    copied.value = cell.value
                    copied.data_type = cell.data_type  # a text "=10" is no formula
        for area in source.merged_cells.ranges:
            sheet.merge_cells(area.coord)
        if names:
            _copy_names(source, sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _copy_names(source: Worksheet, sheet: Worksheet) -> None:
    for name, defined in source.defined_names.items():
        text = str(defined.attr_text).replace(f"'{source.title}'!", f"'{sheet.title}'!")
        sheet.defined_names[name] = DefinedName(name, attr_text=text)

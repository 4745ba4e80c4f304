"""Colours for what is missing in a form: empty required cells, and reasons that are due."""

from collections.abc import Iterator, Mapping
from typing import Any

from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.forms.drawn import drawn_rows, named_area
from xlflow.forms.form import Field, Form
from xlflow.forms.look import MISSING

# Behind every mark of xlflow, whose priorities begin at 1.
_PRIORITY = 100


def show_missing(sheet: Worksheet, form: Form, layout: Mapping[str, Any], waived: str) -> None:
    """Colour what is missing in a drawn template.

    `waived` is the cell that holds `no` where a lost point needs no reason.
    """
    for path in _required(form.root):
        area = named_area(sheet, path)
        cell = f"${get_column_letter(area.left)}${area.top}"
        _colour(sheet, cell.replace("$", ""), f'{cell}=""')
    drawn = drawn_rows(sheet, layout)
    first, last = drawn.indicators[0], drawn.indicators[-1]
    name = first.cell("level3")
    for child in (form.root.child("indicators") or form.root).children:
        if child.required and child.key != "level3":
            top, bottom = first.cell(child.key), last.cell(child.key)
            _colour(sheet, f"{top}:{bottom}", f'(${name}<>"")*(${top}="")')
    for begin, end in ((drawn.funds, drawn.funds), (first, last)):
        reason, score, weight = (f"${begin.cell(key)}" for key in ("reason", "score", "weight"))
        lost = f'({score}<>"")*({score}<{weight})*({reason}="")*({waived}<>"no")'
        _colour(sheet, f"{begin.cell('reason')}:{end.cell('reason')}", lost)


def _required(parent: Field) -> Iterator[str]:
    """Yield the paths of the single fields that must not be left empty."""
    for child in parent.children:
        if child.kind == "object" and child.required:
            yield from _required(child)
        elif child.kind != "array" and child.required and not child.read_only:
            yield child.path


def _colour(sheet: Worksheet, cells: str, formula: str) -> None:
    rule = Rule(type="expression", dxf=MISSING, formula=[formula], priority=_PRIORITY)
    sheet.conditional_formatting.add(cells, rule)

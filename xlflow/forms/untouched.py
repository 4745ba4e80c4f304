"""Forms that nobody filled in: blank sheets beside the ones that count."""

from collections.abc import Sequence
from pathlib import Path

from xlflow import files
from xlflow.config import find_resource
from xlflow.forms.form import Form
from xlflow.forms.read import Reading, read_document
from xlflow.forms.recognise import recognise
from xlflow.grids import read_book
from xlflow.ooxml import Workbook

FormRead = tuple[Form, Reading]
# What an office fills in for a unit before it hands a form out.
_HANDED_OUT = frozenset({"unit", "unit_code", "year", "round"})


def filled_in(forms: Sequence[FormRead], workspace: Path | None = None) -> Sequence[FormRead]:
    """Return the forms of a workbook that somebody filled in; all of them where nobody did.

    A workbook handed out with ten sheets for projects comes back with three of them filled in.
    """
    if len(forms) == 1:
        return forms
    return [each for each in forms if not _is_untouched(*each, workspace)] or forms


def _is_untouched(form: Form, reading: Reading, workspace: Path | None) -> bool:
    """Return whether a form says what its template says, the unit and the exercise aside."""
    template = find_resource("workbook_templates", f"{form.name}.xlsx", workspace)
    if template is None:
        return False
    book = read_book(Workbook.from_bytes(files.read_bytes(template), template.name))
    blank = (read_document(form, each.grid, book.names) for each in recognise(book, [form]))
    return any(_said(each) == _said(reading) for each in blank)


def _said(reading: Reading) -> dict[str, object]:
    data = reading.document.data
    return {key: value for key, value in data.items() if key not in _HANDED_OUT}

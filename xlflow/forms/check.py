"""Do a form's template and schema fit each other? What `xlflow form check` reports."""

from collections.abc import Iterator, Mapping
from typing import Any

from xlflow.forms.form import Field, Form
from xlflow.forms.locate import NAME_PREFIX, locate
from xlflow.forms.placement import Placement
from xlflow.forms.recognise import FORM_NAME, PREVIEW_NAME, VERSION_NAME, recognise
from xlflow.forms.validator import DEMANDS
from xlflow.grids import Book, Grid
from xlflow.messages import Text, text
from xlflow.ooxml.reference import cell_name

_STRUCTURE = frozenset(
    {"$schema", "$id", "$ref", "$defs", "$comment", "title", "description", "examples", "default",
     "readOnly", "properties", "items"}
)  # fmt: skip


def form_faults(form: Form, template: Book) -> Iterator[Text]:
    """Yield what does not fit between a form's schema and its template; nothing when all does."""
    yield from _unknown_keywords(form.schema, form.name)
    sightings = recognise(template, [form])
    if not sightings:
        yield text("form_check.not_recognised", name=form.name)
        return
    grid = sightings[0].grid
    by_name = locate(form, grid, template.names)
    by_label = locate(form, grid)
    yield from _missing(form, by_name)
    yield from _differences(form, grid, by_name, by_label)
    yield from _strangers(form, template)


def _unknown_keywords(node: Mapping[str, Any], where: str) -> Iterator[Text]:
    for key, value in node.items():
        if key.startswith("x-"):
            continue
        if key not in DEMANDS and key not in _STRUCTURE:
            yield text("form_check.keyword", where=where, keyword=key)
        elif key in ("properties", "$defs"):
            for name, child in value.items():
                yield from _unknown_keywords(child, f"{where}.{name}")
        elif key == "items":
            yield from _unknown_keywords(value, f"{where}[]")


def _missing(form: Form, placement: Placement) -> Iterator[Text]:
    for field in _leaves(form.root):
        if field.path not in placement.cells:
            yield text("form_check.missing", path=field.path, label=field.title)
    for field in form.root.walk():
        if field.kind != "array":
            continue
        table = placement.tables.get(field.path)
        if table is None or not table.rows:
            yield text("form_check.missing", path=field.path, label=field.title)
            continue
        for child in field.children:
            if child.key not in table.columns and not child.part:
                yield text("form_check.missing", path=child.path, label=child.title)


def _differences(form: Form, grid: Grid, by_name: Placement, by_label: Placement) -> Iterator[Text]:
    """Yield the fields that the labels alone do not lead to: a copy without names is lost."""
    for fault in by_label.problems:
        yield Text(fault.message, fault.message_en)
    for path, place in by_name.cells.items():
        other = by_label.cells.get(path)
        if other is not None and grid.area_of(*other) != grid.area_of(*place):
            yield text(
                "form_check.differs", path=path, named=cell_name(*place), found=cell_name(*other)
            )
    for path, table in by_name.tables.items():
        found = by_label.tables.get(path)
        if found is not None and (found.rows[:1], found.columns) != (table.rows[:1], table.columns):
            yield text("form_check.differs", path=path, named=table.heading, found=found.heading)


def _strangers(form: Form, template: Book) -> Iterator[Text]:
    known = {field.path for field in form.root.walk()}
    for name in template.names:
        path = name.name.removeprefix(NAME_PREFIX)
        if (
            name.name.startswith(NAME_PREFIX)
            and name.name not in (FORM_NAME, VERSION_NAME, PREVIEW_NAME)
            and path not in known
        ):
            yield text("form_check.stranger", name=name.name)


def _leaves(field: Field) -> Iterator[Field]:
    """Yield the single fields of a form; the columns of tables are not among them."""
    for child in field.children:
        if child.kind == "object":
            yield from _leaves(child)
        elif child.kind != "array":
            yield child

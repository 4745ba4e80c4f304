"""Building a form's template from its schema: the printed look, names, guidance, protection.

`x-layout` in the schema lists the bands of the sheet from top to bottom; labels, prompts, drop-
downs and number formats come from the properties themselves. What a band may be is described in
`docs/forms.md`.
"""

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from xml.etree import ElementTree

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from xlflow.errors import DefinitionError
from xlflow.forms.form import Field, Form
from xlflow.forms.look import BEGINNING_OF_LEVEL, COLOURED, paint, style_of
from xlflow.forms.preview import add_preview
from xlflow.forms.recognise import FORM_NAME, VERSION_NAME
from xlflow.messages import text
from xlflow.ooxml.reference import Area, sheet_reference

# A zip member must carry some date; a fixed one makes equal templates equal byte for byte.
_FIXED_DATE = (2020, 1, 1, 0, 0, 0)
_MARGIN = 0.4  # inches
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz",
    "color", "name", "family", "charset", "scheme",
)  # fmt: skip

Layout = Mapping[str, Any]


class Span(NamedTuple):
    """The columns from `left` to `right`."""

    left: int
    right: int


def build_template(form: Form) -> bytes:
    """Return the template of a form as an .xlsx file, the same bytes for the same schema.

    Raises DefinitionError when the schema has no `x-layout` or the layout names no such field.
    """
    layout = form.schema.get("x-layout")
    if layout is None:
        raise DefinitionError(*text("form.no_layout", name=form.name))
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):  # a new workbook always has one; the type says it may not
        raise DefinitionError(*text("form.no_layout", name=form.name))
    _Drawing(form, layout, sheet).draw()
    book.properties.creator = "xlflow"
    book.properties.title = form.title
    book.properties.created = datetime.fromisoformat("2020-01-01T00:00:00")
    stream = io.BytesIO()
    book.save(stream)
    return _settled(stream.getvalue())


def _settled(package: bytes) -> bytes:
    """Return the package with one date on all members and its fonts in the standard's order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            data = _SETTLERS.get(name, _without_blank_results)(old.read(name))
            member = zipfile.ZipInfo(name, _FIXED_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, data)
    return stream.getvalue()


def _ordered_fonts(styles: bytes) -> bytes:
    """Return the style part with the children of each font in the order of ISO 29500.

    openpyxl writes them in another order, which strict readers refuse.
    """
    ElementTree.register_namespace("", _MAIN)
    root = ElementTree.fromstring(styles)
    for font in root.iter(f"{{{_MAIN}}}font"):
        font[:] = sorted(font, key=lambda child: _FONT_ORDER.index(child.tag.rpartition("}")[2]))
    return bytes(ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _dated(properties: bytes) -> bytes:
    """Return the document properties with the fixed date; openpyxl writes the time of saving."""
    return re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2020-01-01T00:00:00Z", properties)


def _without_blank_results(part: bytes) -> bytes:
    """Return a part with no result for a formula; openpyxl stores a blank, which is no number."""
    return re.sub(rb"(</f>|<f [^<>]*/>)(?:<v ?/>|<v></v>)", rb"\1", part)


_SETTLERS: Mapping[str, Callable[[bytes], bytes]] = {
    "xl/styles.xml": _ordered_fonts,
    "docProps/core.xml": _dated,
}


@dataclass(slots=True)
class _Drawing:
    """One template being drawn, band by band, from the top down."""

    form: Form
    layout: Layout
    sheet: Worksheet
    row: int = 1
    validations: dict[str, DataValidation] = field(default_factory=dict)

    def draw(self) -> None:
        self.sheet.title = self.layout["sheet"]
        for letter, width in self.layout["columns"].items():
            self.sheet.column_dimensions[letter].width = width
        for band in self.layout["bands"]:
            self.band(band)
        if "preview" in self.layout:
            add_preview(self.sheet, self.form, self.layout)
        self.set_up_page()
        self.protect()
        self.name(FORM_NAME, f'"{self.form.name}"', hidden=True)
        self.name(VERSION_NAME, f'"{self.form.version}"', hidden=True)

    def band(self, band: Layout) -> None:
        if "group" in band:
            self.group(band)
        elif "header" in band:
            self.header(band)
        elif "object" in band:
            self.object_row(band)
        elif "table" in band:
            self.table(band)
        else:
            self.cells(band)

    # -- bands -------------------------------------------------------------------------------

    def group(self, band: Layout) -> None:
        """Draw bands with the label of their block merged down the left side."""
        first = self.row
        for inner in band["bands"]:
            self.band(inner)
        column = column_index_from_string(band["at"])
        label = self.field(band["group"]).title
        # One character a line: rotated text is drawn differently by every program.
        self.put(Span(column, column), "\n".join(label), "side", first, self.row - 1)

    def cells(self, band: Layout) -> None:
        for item in band["cells"]:
            span = _span(item["at"])
            if "input" in item:
                target = self.field(item["input"])
                self.put(span, None, style_of(target))
                self.guide(target, span.left, self.row, self.row)
                self.name_cell(target.path, span.left)
            elif "label" in item:
                title = self.field(item["label"]).title if item["label"] else self.form.title
                self.put(span, title, item.get("style", "label"))
            else:
                self.put(span, item.get("text"), item.get("style", "label"))
        self.end_row(band)

    def header(self, band: Layout) -> None:
        if corner := band.get("corner"):
            self.put(_span(corner["at"]), corner["text"], "label")
        for key, at in band["columns"].items():
            child = self.field(f"{band['header']}.{key}")
            self.put(_span(at), child.title, "computed_label" if child.read_only else "label")
        self.end_row(band)

    def object_row(self, band: Layout) -> None:
        path = band["object"]
        self.put(_span(band["label"]), self.field(path).title, "label")
        for letter, words in band.get("fixed", {}).items():
            self.put(_span(letter), words, "label")
        for key, at in band["columns"].items():
            child = self.field(f"{path}.{key}")
            span = _span(at)
            self.put(span, None, style_of(child))
            self.guide(child, span.left, self.row, self.row)
            self.name_cell(child.path, span.left)
        self.end_row(band)

    def table(self, band: Layout) -> None:
        """Draw a table's heading and empty body, and name it from heading to the row below."""
        path, columns = band["table"], band["columns"]
        above = band.get("header_above", 0)
        head = self.row - above
        if not above:
            for key, at in columns.items():
                child = self.field(f"{path}.{key}")
                self.put(_span(at), child.title, "computed_label" if child.read_only else "label")
            self.end_row({"height": band.get("header_height", 24)})
        first, last = self.row, self.row + band["rows"] - 1
        for index in range(band["rows"]):
            self.table_row(path, columns, band, index)
            self.end_row(band)
        for key, at in columns.items():
            if key not in band.get("fixed", {}):
                self.guide(self.field(f"{path}.{key}"), _span(at).left, first, last)
        self.mark_levels(path, columns, first, last)
        if band.get("repeat_header"):
            self.sheet.print_title_rows = f"{head}:{head}"
        everything = [_span(at) for at in columns.values()]
        area = Area(
            head, min(s.left for s in everything), self.row, max(s.right for s in everything)
        )
        self.name(f"xlf.{path}", sheet_reference(self.sheet.title, area))

    def mark_levels(self, path: str, columns: Layout, first: int, last: int) -> None:
        """Draw a line over each cell in which a level begins."""
        for key, at in columns.items():
            if self.field(f"{path}.{key}").fill_down:
                letter = get_column_letter(_span(at).left)
                begins = Rule(
                    type="expression", dxf=BEGINNING_OF_LEVEL, formula=[f'{letter}{first}<>""']
                )
                self.sheet.conditional_formatting.add(f"{letter}{first}:{letter}{last}", begins)

    def table_row(self, path: str, columns: Layout, band: Layout, index: int) -> None:
        fixed, given = band.get("fixed", {}), band.get("given", {})
        for key, words in fixed.items():
            self.put(
                _span(columns.get(key, key)),
                words[index],
                "label_left" if key in columns else "label",
            )
        for key, at in columns.items():
            if key not in fixed:
                words = given.get(key, [])
                begun = words[index] if index < len(words) else None
                self.put(_span(at), begun or None, style_of(self.field(f"{path}.{key}")))

    # -- cells -------------------------------------------------------------------------------

    def field(self, path: str) -> Field:
        found = self.form.root
        for key in path.split("."):
            child = found.child(key)
            if child is None:
                raise DefinitionError(*text("form.layout_field", name=self.form.name, path=path))
            found = child
        return found

    def put(
        self,
        span: Span,
        value: str | None,
        style: str,
        top: int | None = None,
        bottom: int | None = None,
    ) -> None:
        """Write and style the cells of a span, merged when it is wider than one."""
        top, bottom = top or self.row, bottom or self.row
        for row in range(top, bottom + 1):
            for col in range(span.left, span.right + 1):
                paint(self.sheet.cell(row, col), style)
        if (top, span.left) != (bottom, span.right):
            self.sheet.merge_cells(
                start_row=top, end_row=bottom, start_column=span.left, end_column=span.right
            )
        self.sheet.cell(top, span.left).value = value

    def end_row(self, band: Layout) -> None:
        self.sheet.row_dimensions[self.row].height = band.get("height")
        self.row += 1

    def guide(self, target: Field, col: int, top: int, bottom: int) -> None:
        """Attach the prompt, the drop-down, the limits and the colours of a field to its cells."""
        cells = f"{get_column_letter(col)}{top}:{get_column_letter(col)}{bottom}"
        for word, colour in target.schema.get("x-colours", {}).items():
            rule = Rule(
                type="cellIs", operator="equal", dxf=COLOURED[colour], formula=[f'"{word}"']
            )
            self.sheet.conditional_formatting.add(cells, rule)
        if target.read_only:
            return
        key = f"{target.key} {target.schema.get('description')}"
        if key not in self.validations:
            self.validations[key] = _validation(target)
            self.sheet.add_data_validation(self.validations[key])
        letter = get_column_letter(col)
        self.validations[key].add(
            f"{letter}{top}:{letter}{bottom}" if bottom > top else f"{letter}{top}"
        )

    # -- names, protection, page -------------------------------------------------------------

    def name_cell(self, path: str, col: int) -> None:
        area = Area(self.row, col, self.row, col)
        self.name(f"xlf.{path}", sheet_reference(self.sheet.title, area))

    def name(self, name: str, value: str, *, hidden: bool = False) -> None:
        self.sheet.defined_names[name] = DefinedName(name, attr_text=value, hidden=hidden)

    def protect(self) -> None:
        """Lock all but the input cells, without a password; rows may be inserted and sized."""
        protection = self.sheet.protection
        protection.sheet = True
        protection.insertRows = False  # False: the lock does not cover it
        protection.formatRows = False
        protection.formatColumns = False
        protection.formatCells = False

    def set_up_page(self) -> None:
        sheet = self.sheet
        sheet.sheet_view.showGridLines = False
        sheet.sheet_view.zoomScale = 90
        sheet.freeze_panes = f"A{self.layout['frozen_rows'] + 1}"
        left, _, right = self.layout["print"].partition(":")
        sheet.print_area = f"{left}1:{right}{self.row - 1}"
        sheet.page_setup.orientation = self.layout.get("orientation", "landscape")
        sheet.page_setup.paperSize = 9  # A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.print_options.horizontalCentered = True
        margins = sheet.page_margins
        margins.left = margins.right = _MARGIN
        margins.top = margins.bottom = _MARGIN * 1.5
        margins.header = margins.footer = _MARGIN * 0.6
        sheet.HeaderFooter.oddFooter = HeaderFooterItem(
            center=_HeaderFooterPart("第 &P 页，共 &N 页", size=9)
        )


def _span(at: str) -> Span:
    first, _, last = at.partition(":")
    left = column_index_from_string(first)
    return Span(left, column_index_from_string(last) if last else left)


def _validation(target: Field) -> DataValidation:
    validation = _limits(target)
    validation.allow_blank = True
    validation.promptTitle = validation.errorTitle = target.title[:32]
    validation.prompt = str(target.schema.get("description", ""))[:255] or None
    validation.showInputMessage = bool(validation.prompt)
    return validation


def _limits(target: Field) -> DataValidation:
    """Return what Excel checks while the clerk types: a list, a number in bounds, or nothing."""
    options = target.schema.get("enum") or target.schema.get("examples")
    if options:
        strict = "enum" in target.schema
        listed = ",".join(str(option) for option in options)
        validation = DataValidation(type="list", formula1=f'"{listed}"', showErrorMessage=strict)
        validation.error = "请从下拉列表中选择。" if strict else None
        return validation
    low, high = target.schema.get("minimum"), target.schema.get("maximum")
    if target.kind not in ("number", "integer") or low is None:
        return DataValidation(type=None, showErrorMessage=False)
    return DataValidation(
        type="whole" if target.kind == "integer" else "decimal",
        operator="greaterThanOrEqual" if high is None else "between",
        formula1=str(low),
        formula2=None if high is None else str(high),
        showErrorMessage=True,
        error=_bounds_message(low, high),
    )


def _bounds_message(low: object, high: object) -> str:
    bounds = f"不小于 {low}" if high is None else f"{low} 到 {high} 之间"
    return f"请填写{bounds}的数字，不带单位和文字。"

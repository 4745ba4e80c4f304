"""The workbook part: which sheets there are, in what order, and the defined names."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from xlflow.ooxml.package import Package
from xlflow.ooxml.refusals import damaged, not_a_workbook
from xlflow.ooxml.xmlguard import attribute, children, local_name

_FOREIGN = (("word/", "is_word"), ("ppt/", "is_slides"))


@dataclass(frozen=True, slots=True)
class DefinedName:
    """A defined name with its text as written; `scope` is its sheet, None for the workbook."""

    name: str
    text: str
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab of the book; `part` is None for what is no worksheet: a chart, a dialogue."""

    name: str
    part: str | None


@dataclass(frozen=True, slots=True)
class BookPart:
    """What the workbook part says."""

    part: str
    tabs: tuple[Tab, ...]
    names: tuple[DefinedName, ...]
    date1904: bool


def read_book_part(package: Package) -> BookPart:
    """Return what the workbook part says; raises FileRefused when the package has none."""
    part = _find_workbook(package)
    root = package.tree(part)
    if local_name(root.tag) != "workbook":
        raise not_a_workbook(package.name, "is_unknown")
    tabs = _tabs(package, part, root)
    properties = children(root, "workbookPr")
    date1904 = bool(properties) and properties[0].get("date1904") in ("1", "true", "on")
    return BookPart(part, tabs, _names(root, tabs), date1904)


def _find_workbook(package: Package) -> str:
    kinds = {rel.kind: rel.part for rel in package.relationships("")}
    part = kinds.get("officeDocument") or package.find("xl/workbook.xml")
    if part is None or part.lower().startswith(("word/", "ppt/")):
        raise not_a_workbook(package.name, _what_instead(package))
    if part.lower().endswith(".bin"):
        raise not_a_workbook(package.name, "is_xlsb")
    return part


def _what_instead(package: Package) -> str:
    names = [name.lower() for name in package.part_names]
    for folder, what in _FOREIGN:
        if any(name.startswith(folder) for name in names):
            return what
    if "xl/workbook.bin" in names:
        return "is_xlsb"
    if "mimetype" in names and "content.xml" in names:
        kind = package.read(package.find("mimetype") or "mimetype")
        return "is_ods" if b"spreadsheet" in kind else "is_opendocument"
    return "is_ofd" if "ofd.xml" in names else "is_archive"


def _tabs(package: Package, part: str, root: ET.Element) -> tuple[Tab, ...]:
    targets = {rel.id: rel for rel in package.relationships(part)}
    tabs = []
    for number, sheet in enumerate(children(root, "sheets", "sheet"), start=1):
        target = targets.get(attribute(sheet, "id") or "")
        if target is None:  # no usable relationship: the customary place, if something is there
            sheet_part = package.find(f"xl/worksheets/sheet{number}.xml")
        else:
            sheet_part = target.part if target.kind == "worksheet" else None
            if target.kind == "worksheet" and sheet_part is None:
                raise damaged(package.name, "missing_part", part=f"sheet{number}.xml")
        tabs.append(Tab(sheet.get("name", ""), sheet_part))
    return tuple(tabs)


def _names(root: ET.Element, tabs: tuple[Tab, ...]) -> tuple[DefinedName, ...]:
    names = []
    for element in children(root, "definedNames", "definedName"):
        local = element.get("localSheetId", "")
        scope = tabs[int(local)].name if local.isdigit() and int(local) < len(tabs) else None
        names.append(DefinedName(element.get("name", ""), "".join(element.itertext()), scope))
    return tuple(names)

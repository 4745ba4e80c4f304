"""The workbook part: which sheets there are, in what order, and the defined names."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import NamedTuple

from xlflow.errors import FileRefused
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.package import Package
from xlflow.ooxml.refusals import damaged, not_a_workbook
from xlflow.ooxml.remembered import remembered
from xlflow.ooxml.xmlguard import attribute, children, local_name, parse_tree

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
    written = _known(package.read(part), package.container.limits)
    if written is None:  # parsed once more, so that the refusal names file and part
        written = _written(package.tree(part))
    if written.tag != "workbook":
        raise not_a_workbook(package.name, "is_unknown")
    tabs = _tabs(package, part, written.sheets)
    return BookPart(part, tabs, _names(written.names, tabs), written.date1904)


class _Written(NamedTuple):
    """The workbook part as it is written: sheets with their ids, names with where they belong."""

    tag: str
    sheets: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str, str], ...]
    date1904: bool


def _written(root: ET.Element) -> _Written:
    properties = children(root, "workbookPr")
    return _Written(
        local_name(root.tag),
        tuple(
            (sheet.get("name", ""), attribute(sheet, "id") or "")
            for sheet in children(root, "sheets", "sheet")
        ),
        tuple(
            (name.get("name", ""), "".join(name.itertext()), name.get("localSheetId", ""))
            for name in children(root, "definedNames", "definedName")
        ),
        bool(properties) and properties[0].get("date1904") in ("1", "true", "on"),
    )


@remembered(32)
def _known(data: bytes, limits: Limits) -> _Written | None:
    """Return what a workbook part says, None when it can not be parsed."""
    try:
        return _written(parse_tree(data, "", "", limits))
    except FileRefused:
        return None


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


def _tabs(package: Package, part: str, sheets: tuple[tuple[str, str], ...]) -> tuple[Tab, ...]:
    targets = {rel.id: rel for rel in package.relationships(part)}
    tabs = []
    for number, (name, identity) in enumerate(sheets, start=1):
        target = targets.get(identity)
        if target is None:  # no usable relationship: the customary place, if something is there
            sheet_part = package.find(f"xl/worksheets/sheet{number}.xml")
        else:
            sheet_part = target.part if target.kind == "worksheet" else None
            if target.kind == "worksheet" and sheet_part is None:
                raise damaged(package.name, "missing_part", part=f"sheet{number}.xml")
        tabs.append(Tab(name, sheet_part))
    return tuple(tabs)


def _names(
    written: tuple[tuple[str, str, str], ...], tabs: tuple[Tab, ...]
) -> tuple[DefinedName, ...]:
    return tuple(
        DefinedName(
            name,
            text,
            tabs[int(local)].name if local.isdigit() and int(local) < len(tabs) else None,
        )
        for name, text, local in written
    )

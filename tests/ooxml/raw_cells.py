"""The cells of a workbook as its XML has them, read in one pass and by nothing of ours."""

import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import NamedTuple

from package_samples import MAIN, RELATIONS

Place = tuple[str, str]


class RawCell(NamedTuple):
    """What a cell stores: its value (a number, a truth, a text, an error's text), and a formula."""

    value: float | bool | str | None
    formula: bool


def raw_cells(path: Path) -> dict[Place, RawCell]:
    """Return the cells of a workbook that hold something, by sheet and address."""
    with zipfile.ZipFile(path) as archive:
        links = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        parts = {link.get("Id"): link.get("Target", "") for link in links}
        strings: list[str] = []
        if "xl/sharedStrings.xml" in archive.namelist():
            items = ET.fromstring(archive.read("xl/sharedStrings.xml"))
            strings = [_text(item) for item in items]
        found = {}
        for sheet in ET.fromstring(archive.read("xl/workbook.xml")).iter(f"{{{MAIN}}}sheet"):
            target = parts[sheet.get(f"{{{RELATIONS}}}id")]
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            for cell in ET.fromstring(archive.read(part)).iter(f"{{{MAIN}}}c"):
                value, formula = _value(cell, strings), cell.find(f"{{{MAIN}}}f") is not None
                if formula or value is not None:
                    found[sheet.get("name", ""), cell.get("r", "")] = RawCell(value, formula)
    return found


def _value(cell: ET.Element, strings: list[str]) -> float | bool | str | None:
    kind, stored = cell.get("t", "n"), cell.findtext(f"{{{MAIN}}}v")
    if kind == "inlineStr":
        return "".join(_text(item) for item in cell)
    if not stored:
        return None
    match kind:
        case "s":
            return strings[int(stored)]
        case "b":
            return stored == "1"
        case "n":
            return float(stored)
    return stored


def _text(item: ET.Element) -> str:
    """Return a text with all its runs, without the readings of its signs."""
    texts = (*item.iterfind(f"{{{MAIN}}}t"), *item.iterfind(f"{{{MAIN}}}r/{{{MAIN}}}t"))
    return "".join(each.text or "" for each in texts)

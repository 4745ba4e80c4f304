"""The styles part: what number format a cell has, and styles of our own beside the others."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Literal
from xml.sax.saxutils import quoteattr

from xlflow.errors import FileRefused
from xlflow.ooxml import splice
from xlflow.ooxml.formats import GENERAL, builtin_format, builtin_id
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.remembered import remembered
from xlflow.ooxml.xmlguard import children, local_name, parse_tree

Horizontal = Literal["general", "left", "center", "right", "justify"]
Vertical = Literal["top", "center", "bottom"]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
EMPTY = (
    f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<styleSheet xmlns="{_MAIN}">'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>"
).encode()
# What the first places of each section mean to every reader, whatever stands there.
_DEFAULTS = {
    b"fonts": ('<font><sz val="11"/><name val="Calibri"/></font>',),
    b"fills": (
        '<fill><patternFill patternType="none"/></fill>',
        '<fill><patternFill patternType="gray125"/></fill>',
    ),
    b"borders": ("<border><left/><right/><top/><bottom/><diagonal/></border>",),
    b"cellStyleXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>',),
    b"cellXfs": ('<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>',),
}
_ORDER = (
    b"numFmts", b"fonts", b"fills", b"borders", b"cellStyleXfs", b"cellXfs", b"cellStyles", b"dxfs"
)  # fmt: skip
_FIRST_OWN_FORMAT = 164
_HINTS = frozenset({"family", "charset", "scheme"})  # how to replace a font that is missing
# Attributes that say what holds without them.
_IMPLIED = frozenset({("val", "1"), ("val", "true"), ("val", "single"), ("patternType", "none")})
_SIDES = ("left", "right", "top", "bottom")
_RGB = 6
_LARGEST_KNOWN = 1 << 18

Signature = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a cell of ours looks. Colours are `RRGGBB` or `AARRGGBB`; a border is thin all round."""

    font: str = "宋体"
    size: int | Decimal = 11
    bold: bool = False
    color: str | None = None
    underline: bool = False
    fill: str | None = None
    border: str | None = None
    horizontal: Horizontal | None = None
    vertical: Vertical | None = None
    wrap: bool = False
    number_format: str = GENERAL
    locked: bool = True


def read_number_formats(root: ET.Element) -> tuple[str, ...]:
    """Return the number format of each cell style, in the order of their indices."""
    own = _own_formats(root)
    ids = [_whole(xf.get("numFmtId")) for xf in children(root, "cellXfs", "xf")]
    return tuple(own.get(number) or builtin_format(number) for number in ids)


@remembered(16, _LARGEST_KNOWN)
def known_number_formats(data: bytes, limits: Limits) -> tuple[str, ...] | None:
    """Return the number formats of a checked part, None when it can not be parsed."""
    try:
        return read_number_formats(parse_tree(data, "", "", limits))
    except FileRefused:
        return None


class StyleTable:
    """The cell styles of a part as they are now; asking for one that is not there adds it.

    A table never changes: one that has more is another table, and known for the next workbook
    that asks for the same.
    """

    def __init__(self, data: bytes, root: ET.Element) -> None:
        self._original = data
        self._filled_up = _filled_up(data, root)
        if self._filled_up is not data:
            root = ET.fromstring(self._filled_up)
        self._root = root
        self._formats = {code: number for number, code in _own_formats(root).items()}
        self._fonts, self._fills, self._borders, self._xfs, self._looks = (
            [*known] for known in _signatures(root)
        )
        self._added: list[tuple[bytes, str]] = []
        self._steps: dict[object, tuple[int, StyleTable | None]] = {}

    @property
    def changed(self) -> bool:
        """Whether a style was added."""
        return bool(self._added) or self._filled_up is not self._original

    @cached_property
    def data(self) -> bytes:
        """The part with the styles added."""
        data = self._filled_up
        for section, xml in self._added:
            data = _appended(data, section, xml)
        return data

    def with_style(self, style: CellStyle) -> tuple[int, "StyleTable"]:
        """Return the index of a style among the cell styles, and the table that has it."""
        return self._step(style, lambda table: table._index(style))

    def with_differential(self, fill: str) -> tuple[int, "StyleTable"]:
        """Return the index of what a conditional format paints in a colour, and its table."""
        return self._step(fill, lambda table: table._place(table._looks, b"dxfs", _look_xml(fill)))

    def with_format(self, index: int, code: str) -> tuple[int, "StyleTable"]:
        """Return the index of the style that differs in its number format alone, and its table."""
        later = self._copy()
        return later._formatted(index, code), later

    def with_locked(self, index: int) -> tuple[int, "StyleTable"]:
        """Return the index of the style that differs in being locked, unpainted, and its table."""
        changes = {"fillId": "0", "applyFill": "0", "applyProtection": "1"}
        return self._step(
            ("locked", index), lambda table: table._changed(index, changes, ("alignment",))
        )

    def _step(self, what: object, added: Callable[["StyleTable"], int]) -> tuple[int, "StyleTable"]:
        if what not in self._steps:
            later = self._copy()
            index = added(later)
            self._steps[what] = index, later if len(later._added) > len(self._added) else None
        index, more = self._steps[what]
        return index, more or self

    def _copy(self) -> "StyleTable":
        later = copy(self)
        later.__dict__.pop("data", None)
        later._formats, later._added, later._steps = {**self._formats}, [*self._added], {}
        later._fonts, later._fills = [*self._fonts], [*self._fills]
        later._borders, later._xfs, later._looks = [*self._borders], [*self._xfs], [*self._looks]
        return later

    def _index(self, style: CellStyle) -> int:
        font = self._place(self._fonts, b"fonts", _font_xml(style), _HINTS)
        fill = self._place(self._fills, b"fills", _fill_xml(style))
        border = self._place(self._borders, b"borders", _border_xml(style))
        number_format = self._number_format(style.number_format)
        return self._place_xf(_xf_xml(style, number_format, font, fill, border))

    def _formatted(self, index: int, code: str) -> int:
        changes = {"numFmtId": str(self._number_format(code)), "applyNumberFormat": "1"}
        return self._changed(index, changes, ("alignment", "protection"))

    def _changed(self, index: int, changes: Mapping[str, str], kept: Collection[str]) -> int:
        """Return the index of a style with other attributes, and only the children to be kept."""
        xfs = children(self._root, "cellXfs", "xf")
        base = xfs[index] if 0 <= index < len(xfs) else ET.Element("xf")
        attributes = {local_name(key): value for key, value in base.attrib.items()} | dict(changes)
        inner = "".join(_leaf(child) for child in base if local_name(child.tag) in kept)
        written = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        return self._place_xf(_tag("xf", written, inner))

    def _number_format(self, code: str) -> int:
        builtin = builtin_id(code)
        if builtin is not None:
            return builtin
        if code not in self._formats:
            number = max([_FIRST_OWN_FORMAT - 1, *self._formats.values()]) + 1
            self._append(b"numFmts", f'<numFmt numFmtId="{number}" formatCode={quoteattr(code)}/>')
            self._formats[code] = number
        return self._formats[code]

    def _place(
        self,
        known: list[Signature],
        section: bytes,
        xml: str,
        ignored: frozenset[str] = frozenset(),
    ) -> int:
        signature = _signature_of(xml, ignored)
        if signature not in known:
            self._append(section, xml)
            known.append(signature)
        return known.index(signature)

    def _place_xf(self, xml: str) -> int:
        signature = _xf_signature_of(xml)
        if signature not in self._xfs:
            self._append(b"cellXfs", xml)
            self._xfs.append(signature)
        return self._xfs.index(signature)

    def _append(self, section: bytes, xml: str) -> None:
        self._added.append((section, xml))


def style_table(data: bytes, name: str, limits: Limits) -> StyleTable:
    """Return the table of a checked part; raises FileRefused when it can not be parsed."""
    table = _known_table(data, limits)
    # What can not be parsed is parsed once more, so that the refusal names the file.
    return table or StyleTable(data, parse_tree(data, name, "styles.xml", limits))


@remembered(8, _LARGEST_KNOWN)
def _known_table(data: bytes, limits: Limits) -> StyleTable | None:
    try:
        return StyleTable(data, parse_tree(data, "", "", limits))
    except FileRefused:
        return None


def _filled_up(data: bytes, root: ET.Element) -> bytes:
    """Return the part with the defaults in sections that lack them: no style of ours is one."""
    for section, defaults in _DEFAULTS.items():
        present = sum(len(found) for found in children(root, section.decode()))
        for xml in defaults[present:]:
            data = _appended(data, section, xml)
    return data


def _appended(data: bytes, section: bytes, xml: str) -> bytes:
    """Return the part with an element at the end of a section, and counted there."""
    view = splice.masked(data)
    prefix = splice.root_prefix(view)
    fragment = re.sub(rb"<(/?)", rb"<\g<1>" + prefix, xml.encode())
    tag = prefix + section
    found = splice.find(view, tag)
    if found is None:
        whole = b'<%s count="1">%s</%s>' % (tag, fragment, tag)
        return splice.insert_ordered(data, _ORDER, section, whole)
    count = _whole((splice.attribute(found.attributes, b"count") or b"").decode())
    attributes = splice.with_attribute(found.attributes, b"count", b"%d" % (count + 1))
    longer = splice.appended(data, tag, found, fragment)
    start = found.start + 1 + len(tag)
    return longer[:start] + attributes + longer[start + len(found.attributes) :]


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() else 0


def _own_formats(root: ET.Element) -> dict[int, str]:
    return {
        _whole(element.get("numFmtId")): element.get("formatCode", GENERAL)
        for element in children(root, "numFmts", "numFmt")
    }


def _signatures(root: ET.Element) -> tuple[tuple[Signature, ...], ...]:
    """Return what fonts, fills, borders, cell styles and differential formats look like."""
    return (
        tuple(_signature(font, _HINTS) for font in children(root, "fonts", "font")),
        tuple(_signature(fill) for fill in children(root, "fills", "fill")),
        tuple(_signature(border) for border in children(root, "borders", "border")),
        tuple(_xf_signature(xf) for xf in children(root, "cellXfs", "xf")),
        tuple(_signature(look) for look in children(root, "dxfs", "dxf")),
    )


@lru_cache(maxsize=256)
def _signature_of(xml: str, ignored: frozenset[str] = frozenset()) -> Signature:
    return _signature(ET.fromstring(xml), ignored)


@lru_cache(maxsize=256)
def _xf_signature_of(xml: str) -> Signature:
    return _xf_signature(ET.fromstring(xml))


def _signature(element: ET.Element, ignored: frozenset[str] = frozenset()) -> Signature:
    """Return what makes two elements equal: names, attributes and children, in any order."""
    inner = frozenset(
        _signature(child) for child in element if local_name(child.tag) not in ignored
    )
    attributes = frozenset(
        (local_name(key), value)
        for key, value in element.attrib.items()
        if (local_name(key), value) not in _IMPLIED
    )
    return local_name(element.tag), attributes, inner


def _xf_signature(xf: ET.Element) -> Signature:
    """Return what a cell style looks like; whether a property is marked as applied is not seen."""
    attributes = {
        key: value
        for key, value in xf.attrib.items()
        if not key.startswith("apply")
        and not (key in ("pivotButton", "quotePrefix") and value in ("0", "false"))
    }
    for key in ("numFmtId", "fontId", "fillId", "borderId", "xfId"):
        attributes.setdefault(key, "0")
    inner = frozenset(
        _signature(child)
        for child in xf
        if (local_name(child.tag), child.get("locked")) != ("protection", "1")
    )
    return frozenset(attributes.items()), inner


def _leaf(element: ET.Element) -> str:
    written = "".join(f" {key}={quoteattr(value)}" for key, value in element.attrib.items())
    return f"<{local_name(element.tag)}{written}/>"


def _argb(color: str) -> str:
    return quoteattr(("FF" + color if len(color) == _RGB else color).upper())


def _font_xml(style: CellStyle) -> str:
    return (
        "<font>"
        + ("<b/>" if style.bold else "")
        + ("<u/>" if style.underline else "")
        + f'<sz val="{style.size}"/>'
        + (f"<color rgb={_argb(style.color)}/>" if style.color else "")
        + f"<name val={quoteattr(style.font)}/></font>"
    )


def _fill_xml(style: CellStyle) -> str:
    if style.fill is None:
        return '<fill><patternFill patternType="none"/></fill>'
    return (
        f'<fill><patternFill patternType="solid"><fgColor rgb={_argb(style.fill)}/>'
        '<bgColor indexed="64"/></patternFill></fill>'
    )


def _look_xml(fill: str) -> str:
    return f"<dxf><fill><patternFill><bgColor rgb={_argb(fill)}/></patternFill></fill></dxf>"


def _border_xml(style: CellStyle) -> str:
    if style.border is None:
        sides = "".join(f"<{side}/>" for side in _SIDES)
    else:
        color = f"<color rgb={_argb(style.border)}/>"
        sides = "".join(f'<{side} style="thin">{color}</{side}>' for side in _SIDES)
    return f"<border>{sides}<diagonal/></border>"


def _xf_xml(style: CellStyle, number_format: int, font: int, fill: int, border: int) -> str:
    alignment = "".join(
        f" {key}={quoteattr(value)}"
        for key, value in (("horizontal", style.horizontal), ("vertical", style.vertical))
        if value
    ) + (' wrapText="1"' if style.wrap else "")
    inner = (f"<alignment{alignment}/>" if alignment else "") + (
        "" if style.locked else '<protection locked="0"/>'
    )
    written = (
        f' numFmtId="{number_format}" fontId="{font}" fillId="{fill}" borderId="{border}"'
        ' xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1"'
        ' applyAlignment="1" applyProtection="1"'
    )
    return _tag("xf", written, inner)


def _tag(name: str, attributes: str, inner: str) -> str:
    return f"<{name}{attributes}>{inner}</{name}>" if inner else f"<{name}{attributes}/>"

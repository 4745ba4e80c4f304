"""Changes to the parts that hold the package together: a new sheet, a wish to recalculate."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from xml.sax.saxutils import escape, quoteattr, unescape

from xlflow.ooxml import splice
from xlflow.ooxml.remembered import remembered

_MAIN_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_QUOTES = {"&quot;": '"', "&apos;": "'"}
_OTHER_TYPES = {
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
    "drawing": "application/vnd.openxmlformats-officedocument.drawing+xml",
    "ctrlProp": "application/vnd.ms-excel.controlproperties+xml",
    "vbaProject": "application/vnd.ms-office.vbaProject",
}
_OTHER_RELS = {"vbaProject": "http://schemas.microsoft.com/office/2006/relationships"}
_RELATIONSHIPS = b'Default Extension="rels" ContentType="%s"/>' % (
    b"application/vnd.openxmlformats-package.relationships+xml"
)
_PACKAGE_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
EMPTY_RELATIONSHIPS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<Relationships xmlns="{_PACKAGE_RELS}"/>'
).encode()
# What stands before calcPr in a workbook part.
_BEFORE_CALC = (
    b"fileVersion", b"fileSharing", b"workbookPr", b"workbookProtection", b"bookViews",
    b"sheets", b"functionGroups", b"externalReferences", b"definedNames", b"calcPr",
)  # fmt: skip


@remembered(16)
def recalculating(workbook: bytes) -> bytes:
    """Return the workbook part with the wish that all formulas are calculated on opening."""
    view = splice.masked(workbook)
    prefix = splice.root_prefix(view)
    found = splice.find(view, prefix + b"calcPr")
    if found is None:
        fragment = b"<" + prefix + b'calcPr fullCalcOnLoad="1"/>'
        return splice.insert_ordered(workbook, _BEFORE_CALC, b"calcPr", fragment)
    attributes = splice.with_attribute(found.attributes, b"fullCalcOnLoad", b"1")
    slash = b"/" if found.empty else b""
    tag = b"<" + prefix + b"calcPr" + attributes + slash + b">"
    return workbook[: found.start] + tag + workbook[found.inside :]


@remembered(16)
def with_sheet(workbook: bytes, name: str, relationship: str) -> bytes:
    """Return the workbook part with one more sheet, the last."""
    view = splice.masked(workbook)
    prefix = splice.root_prefix(view)
    sheets = splice.find(view, prefix + b"sheets")
    if sheets is None:
        raise splice.Missing(name)
    ids = re.findall(rb"""\ssheetId\s*=\s*["'](\d+)["']""", view[sheets.inside : sheets.close])
    number = max(map(int, ids), default=0) + 1
    namespace = _STRICT_RELS if is_strict(workbook) else _MAIN_RELS
    # The prefix is declared on the tag itself: the root may know it under any name, or not.
    tag = (
        f'<{prefix.decode()}sheet name={quoteattr(name)} sheetId="{number}"'
        f' xmlns:r="{namespace}" r:id={quoteattr(relationship)}/>'
    ).encode()
    return splice.appended(workbook, prefix + b"sheets", sheets, tag)


def with_text_name(workbook: bytes, name: str, value: str) -> bytes:
    """Return the workbook part with one more name of the whole workbook, hidden, for a text."""
    quoted = escape(value.replace('"', '""'))
    return _with_name(workbook, f'name="{name}" hidden="1"', f'"{quoted}"')


@remembered(16)
def with_local_name(workbook: bytes, sheet: str, name: str, text: str) -> bytes:
    """Return the workbook part with one more defined name that belongs to a sheet."""
    view = splice.masked(workbook)
    prefix = splice.root_prefix(view)
    index = _sheet_names(view, prefix).index(sheet)
    return _with_name(workbook, f'name="{name}" localSheetId="{index}"', escape(text))


def _with_name(workbook: bytes, attributes: str, content: str) -> bytes:
    view = splice.masked(workbook)
    prefix = splice.root_prefix(view)
    p = prefix.decode()
    line = f"<{p}definedName {attributes}>{content}</{p}definedName>".encode()
    found = splice.find(view, prefix + b"definedNames")
    if found:
        return splice.appended(workbook, prefix + b"definedNames", found, line)
    whole = b"<%sdefinedNames>%s</%sdefinedNames>" % (prefix, line, prefix)
    return splice.insert_ordered(workbook, _BEFORE_CALC, b"definedNames", whole)


@remembered(16)
def with_relationship(rels: bytes, identity: str, kind: str, target: str, *, strict: bool) -> bytes:
    """Return the relationships part with one more line."""
    base = _OTHER_RELS.get(kind) or (_STRICT_RELS if strict else _MAIN_RELS)
    line = (
        f'Relationship Id="{identity}" Type="{base}/{kind}" Target={quoteattr(target)}/>'
    ).encode()
    return _appended(rels, b"Relationships", line)


def with_file_links(rels: bytes, targets: Mapping[str, str], *, strict: bool) -> bytes:
    """Return the relationships part with links to files outside, each under the id given."""
    base = _STRICT_RELS if strict else _MAIN_RELS
    prefix = splice.root_prefix(splice.masked(rels)).decode()
    lines = f"<{prefix}".join(
        f'Relationship Id="{identity}" Type="{base}/hyperlink" Target={quoteattr(target)}'
        ' TargetMode="External"/>'
        for target, identity in targets.items()
    )
    return _appended(rels, b"Relationships", lines.encode())


@remembered(16)
def with_content_type(types: bytes, part: str, kind: str) -> bytes:
    """Return the content types with an override for one more part."""
    meant = _OTHER_TYPES.get(kind, f"{_TYPES}.{kind}+xml")
    line = f'Override PartName="/{escape(part)}" ContentType="{meant}"/>'.encode()
    return _appended(types, b"Types", line)


def without_relationships(rels: bytes, identities: Iterable[str]) -> bytes:
    """Return the relationships part without some of its lines."""
    for identity in identities:
        rels = _without_line(rels, b"Relationship", b"Id", identity)
    return rels


def has_relationships(rels: bytes) -> bool:
    """Return whether a relationships part has a line."""
    return b"Relationship " in splice.masked(rels)


def without_content_type(types: bytes, part: str) -> bytes:
    """Return the content types without the override for a part."""
    return _without_line(types, b"Override", b"PartName", f"/{escape(part)}")


def without_sheet(workbook: bytes, name: str) -> bytes:
    """Return the workbook part without a sheet, its names, and with the others in view.

    What counts the sheets, local names and the tab shown, counts one less behind it.
    """
    view = splice.masked(workbook)
    prefix = splice.root_prefix(view)
    index = _sheet_names(view, prefix).index(name)
    sheet = list(splice.whole_element(prefix + b"sheet").finditer(view))[index]
    rest = workbook[: sheet.start()] + workbook[sheet.end() :]
    names = splice.whole_element(prefix + b"definedName")
    rest = names.sub(lambda match: _moved_name(match, index), rest)
    rest = re.sub(rb"<%sdefinedNames>\s*</%sdefinedNames>" % (prefix, prefix), b"", rest)
    return splice.start_tag(prefix + b"workbookView").sub(
        lambda match: _moved_number(match[0], (b"activeTab", b"firstSheet"), index), rest
    )


def _sheet_names(view: bytes, prefix: bytes) -> list[str]:
    return [
        unescape((splice.attribute(match[1], b"name") or b"").decode(), _QUOTES)
        for match in splice.whole_element(prefix + b"sheet").finditer(view)
    ]


def _moved_name(match: re.Match[bytes], gone: int) -> bytes:
    if splice.attribute(match[1], b"localSheetId") == b"%d" % gone:
        return b""
    return _moved_number(match[0], (b"localSheetId",), gone)


def _moved_number(tag: bytes, attributes: Iterable[bytes], gone: int) -> bytes:
    for name in attributes:
        number = splice.attribute(tag, name)
        if number and number.isdigit() and 0 < gone <= int(number):
            old = re.compile(rb"""(\s%s\s*=\s*["'])%s""" % (name, number))
            tag = old.sub(rb"\g<1>%d" % (int(number) - 1), tag, count=1)
    return tag


def _without_line(data: bytes, tag: bytes, attribute: bytes, value: str) -> bytes:
    view = splice.masked(data)
    lines = splice.whole_element(splice.root_prefix(view) + tag).finditer(view)
    for match in reversed(list(lines)):
        written = unescape((splice.attribute(match[1], attribute) or b"").decode())
        if written.lower() == value.lower():
            data = data[: match.start()] + data[match.end() :]
    return data


def knowing_relationships(types: bytes) -> bytes:
    """Return the content types, which ought to say what every relationships part is."""
    if re.search(rb"""Extension\s*=\s*["']rels["']""", types, re.IGNORECASE):
        return types
    return _appended(types, b"Types", _RELATIONSHIPS)


def is_strict(workbook: bytes) -> bool:
    """Return whether a workbook part uses the namespaces of ISO strict."""
    return b"http://purl.oclc.org/ooxml/spreadsheetml/main" in workbook[:2048]


@lru_cache(maxsize=64)
def relative_target(workbook: str, part: str) -> str:
    """Return how the workbook part names another part.

    >>> relative_target("xl/workbook.xml", "xl/worksheets/sheet4.xml")
    'worksheets/sheet4.xml'
    """
    return posixpath.relpath(part, posixpath.dirname(workbook) or ".")


def free_name(pattern: str, taken: Iterable[str]) -> str:
    """Return the first name of a numbered kind that is not taken, whatever its case.

    >>> free_name("rId{}", ["rId1", "RID2"])
    'rId3'
    """
    used = {name.lower() for name in taken}
    number = 1
    while pattern.format(number).lower() in used:
        number += 1
    return pattern.format(number)


def _appended(data: bytes, root: bytes, line: bytes) -> bytes:
    """Return a part with a line (without its `<`) at the end of its root."""
    view = splice.masked(data)
    prefix = splice.root_prefix(view)
    found = splice.find(view, prefix + root)
    if found is None:
        raise splice.Missing(root)
    return splice.appended(data, prefix + root, found, b"<" + prefix + line)

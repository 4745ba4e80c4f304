"""Changes to the parts that hold the package together: a new sheet, a wish to recalculate."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

from xlflow.ooxml import splice

_MAIN_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
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


def with_relationship(rels: bytes, identity: str, kind: str, target: str, *, strict: bool) -> bytes:
    """Return the relationships part with one more line."""
    base = _STRICT_RELS if strict else _MAIN_RELS
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


def with_content_type(types: bytes, part: str, kind: str) -> bytes:
    """Return the content types with an override for one more part."""
    line = f'Override PartName="/{escape(part)}" ContentType="{_TYPES}.{kind}+xml"/>'.encode()
    return _appended(types, b"Types", line)


def is_strict(workbook: bytes) -> bool:
    """Return whether a workbook part uses the namespaces of ISO strict."""
    return b"http://purl.oclc.org/ooxml/spreadsheetml/main" in workbook[:2048]


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

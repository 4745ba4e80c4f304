"""Notes on a worksheet: their part, their boxes, and what ties both to the sheet."""

import re
from collections.abc import Sequence

from xlflow.ooxml import splice
from xlflow.ooxml.notes import has_notes, new_notes, with_notes, without_notes
from xlflow.ooxml.noteshapes import has_shapes, new_shapes, read_sizes, with_boxes, without_boxes
from xlflow.ooxml.partedits import PartEdits
from xlflow.ooxml.reference import Area, cell_name, parse_cell
from xlflow.ooxml.sheetparts import child_tag, with_child

_IDENTITY = re.compile(rb"""\s[\w.-]+:id\s*=\s*["']([^"']*)["']""")
_RELATIONSHIPS = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://purl.oclc.org/ooxml/officeDocument/relationships",
)


def put_notes(
    edits: PartEdits, part: str, content: bytes, notes: Sequence[tuple[Area, str]]
) -> bytes:
    """Return a worksheet part to which notes were tied, each at a cell or a merged area.

    Nothing is noted where boxes of others are drawn in a way that can not be added to.
    """
    comments, shapes = edits.related(part, "comments"), shapes_part(edits, part, content)
    if shapes is None:
        return content
    texts = {cell_name(area.top, area.left): text for area, text in notes}
    told = edits.read(comments) if comments else new_notes(strict=edits.strict)
    try:
        told, fresh = with_notes(told, texts)
    except splice.Missing:
        return content
    anew = set(fresh)
    boxes = [each for each in notes if cell_name(each[0].top, each[0].left) in anew]
    drawn = edits.raw(shapes) if shapes else new_shapes(map(edits.raw, edits.named(".vml")))
    drawn_now = with_boxes(drawn, boxes, read_sizes(content)) if boxes else drawn
    if drawn_now is None:
        return content
    if comments:
        edits.put(comments, told)
    else:
        edits.attach(part, edits.free("xl/comments{}.xml"), told, "comments")
    if shapes:
        if boxes:
            edits.put(shapes, drawn_now)
        return content
    free = edits.free("xl/drawings/vmlDrawing{}.vml")
    identity = edits.attach(part, free, drawn_now, "vmlDrawing")
    return with_child(content, b"legacyDrawing", _reference(content, identity, strict=edits.strict))


def noted(edits: PartEdits, part: str) -> bool:
    """Return whether a worksheet has notes of ours."""
    comments = edits.related(part, "comments")
    return comments is not None and has_notes(edits.read(comments))


def take_notes(edits: PartEdits, part: str, content: bytes) -> bytes:
    """Return a worksheet part after what is ours in its notes was taken away."""
    comments, shapes = edits.related(part, "comments"), shapes_part(edits, part, content)
    if comments is None or not has_notes(edits.read(comments)):
        return content
    told, gone, left = without_notes(edits.read(comments))
    if left:
        edits.put(comments, told)
    else:
        edits.detach(part, comments)
    if not shapes:
        return content
    drawn = without_boxes(edits.raw(shapes), {parse_cell(cell) for cell in gone})
    if left or has_shapes(drawn):
        edits.put(shapes, drawn)
        return content
    edits.detach(part, shapes)
    return content.replace(child_tag(content, b"legacyDrawing") or b"", b"", 1)


def shapes_part(edits: PartEdits, part: str, content: bytes) -> str | None:
    """Return the part with the boxes of a sheet: "" when it has none, None for a broken tie."""
    tag = child_tag(content, b"legacyDrawing")
    if tag is None:
        return ""
    match = _IDENTITY.search(tag)
    return edits.target(part, match[1].decode()) if match else None


def _reference(content: bytes, identity: str, *, strict: bool) -> bytes:
    """Return the element that ties a sheet to its boxes; it declares the prefix itself."""
    prefix = splice.root_prefix(content)
    return b'<%slegacyDrawing xmlns:r="%s" r:id="%s"/>' % (
        prefix, _RELATIONSHIPS[strict], identity.encode()
    )  # fmt: skip

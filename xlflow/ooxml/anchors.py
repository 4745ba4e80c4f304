"""What floats over the cells of a sheet: drawings, controls, notes, and the rows they stand at."""

import re
from xml.sax.saxutils import escape

from xlflow.ooxml.insertion import Insertion
from xlflow.ooxml.retag import Rule, Rules, Tag, plain, retagged

_TRUE = ("1", "true")
_SHAPE = re.compile(rb"<x:ClientData\b.*?</x:ClientData>", re.DOTALL)
_ANCHOR = re.compile(rb"(<x:Anchor>)([^<]*)(</x:Anchor>)")
_NOTE_ROW = re.compile(rb"(<x:Row>\s*)([0-9]+)(\s*</x:Row>)")
_FORMULA = re.compile(rb"(<x:(Fmla(?:Link|Range|Group|Pict|Txbx))>)([^<]*)(</x:\2>)")
_NUMBER = re.compile(rb"[0-9]+")
_ROWS_OF_ANCHOR = (2, 6)  # column, offset, row, offset; the same for the other corner


def anchor_rules(insertion: Insertion) -> Rules:
    """Return what becomes of the rows of anchors; rows are counted from 0 in them.

    What does not size with its cells keeps its number of rows, what does not move stays.
    """
    moved_by = 0

    def from_row(value: str, tag: Tag) -> str:
        nonlocal moved_by
        row = int(value)
        moved_by = _moved(row, insertion) - row if _moves(tag) else 0
        return str(row + moved_by)

    def to_row(value: str, tag: Tag) -> str:
        row = int(value)
        return str(_moved(row, insertion) if _sizes(tag) else row + moved_by)

    rules: dict[str, Rule] = {"from/row": from_row, "to/row": to_row}
    return Rules(rules, {})


def _anchor_of(row: Tag) -> Tag:
    corner = row.parent or row
    return corner.parent or corner


def _moves(row: Tag) -> bool:
    anchor = _anchor_of(row)
    if anchor.name == "anchor":
        return anchor.get("moveWithCells") in _TRUE
    return anchor.get("editAs") != "absolute"


def _sizes(row: Tag) -> bool:
    anchor = _anchor_of(row)
    if anchor.name == "anchor":
        return _moves(row) and anchor.get("sizeWithCells") in _TRUE
    return anchor.get("editAs") in (None, "twoCell")


def moved_drawing(data: bytes, title: str | None, insertion: Insertion) -> bytes:
    """Return a drawing part after an insertion; `title` is the sheet over which it floats."""

    def formula(value: str, _: Tag) -> str:
        return insertion.formula(value, title)

    own = anchor_rules(insertion).texts if insertion.concerns(title) else {}
    attributes = {
        name: {"textlink": formula, "cellRange": formula} for name in ("sp", "cameraTool")
    }
    return retagged(data, Rules(own, attributes))


def moved_vml(data: bytes, title: str | None, insertion: Insertion) -> bytes:
    """Return a VML part after an insertion: notes go with their cells, controls as they say.

    VML is often no well-formed XML, so single numbers are replaced in it.
    """

    def shape(match: re.Match[bytes]) -> bytes:
        return _moved_shape(match[0], title, insertion)

    return _SHAPE.sub(shape, data)


def _moved_shape(client: bytes, title: str | None, insertion: Insertion) -> bytes:
    def formula(match: re.Match[bytes]) -> bytes:
        before = plain(match[3])
        after = insertion.formula(before, title)
        return match[0] if after == before else match[1] + escape(after).encode() + match[4]

    client = _FORMULA.sub(formula, client)
    anchor = _ANCHOR.search(client)
    if not insertion.concerns(title):
        return client
    note = _NOTE_ROW.search(client)
    if note:
        row = int(note[2])
        moved_by = _moved(row, insertion) - row
        client = _NOTE_ROW.sub(rb"\g<1>%d\g<3>" % (row + moved_by), client, count=1)
    if anchor is None:
        return client
    numbers = [int(number) for number in _NUMBER.findall(anchor[2])]
    if len(numbers) <= max(_ROWS_OF_ANCHOR):
        return client
    top, bottom = (numbers[place] for place in _ROWS_OF_ANCHOR)
    if note:
        after = top + moved_by, bottom + moved_by
    else:
        after = _moved_control(client, top, bottom, insertion)
    return _ANCHOR.sub(lambda match: match[1] + _with_rows(match[2], after) + match[3], client)


def _moved_control(client: bytes, top: int, bottom: int, insertion: Insertion) -> tuple[int, int]:
    # Office writes MoveWithCells for what does *not* move with its cells, and likewise for size.
    if b"<x:MoveWithCells/>" in client:
        return top, bottom
    after = _moved(top, insertion)
    if b"<x:SizeWithCells/>" in client:
        return after, bottom + after - top
    return after, _moved(bottom, insertion)


def _with_rows(anchor: bytes, rows: tuple[int, int]) -> bytes:
    after = dict(zip(_ROWS_OF_ANCHOR, rows, strict=True))
    numbers = enumerate(_NUMBER.finditer(anchor))
    pieces: list[bytes] = []
    position = 0
    for place, match in numbers:
        if place in after:
            pieces += anchor[position : match.start()], b"%d" % after[place]
            position = match.end()
    return b"".join((*pieces, anchor[position:]))


def _moved(row: int, insertion: Insertion) -> int:
    """Return where a row counted from 0 is afterwards."""
    return insertion.row(row + 1) - 1

"""The part of the proof that is about marks: what may come beside a person's notes and shapes.

It shares no code with what writes them.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from xml.parsers.expat import ExpatError

from xlflow.ooxml.xmlguard import children, local_name, well_formed

Place = tuple[int, int]
_MARK = re.compile(
    rb"<((?:[\w.-]+:)?)conditionalFormatting sqref=\"([A-Z0-9: ]+)\">"
    rb'<\1cfRule type="expression" dxfId="[0-9]+" priority="[0-9]+">'
    rb'<\1formula>ISTEXT\("xlflow"\)</\1formula></\1cfRule></\1conditionalFormatting>'
)
_TIE = re.compile(rb'<(?:[\w.-]+:)?legacyDrawing xmlns:r="[^"<>]+" r:id="rId[0-9]+"/>')
_TIED = re.compile(rb"<(?:[\w.-]+:)?legacyDrawing[\s/]")
_BOX = re.compile(
    rb"(?:<v:shapetype[^>]* id=\"_x0000_t202\"[^>]*>(?:<v:[^>]*/>)*</v:shapetype>)?"
    rb"((?:<v:shape [^>]*>[^<]*+(?:<(?!/?v:shape[ >])[^<]*+)*+</v:shape>)*+)"
)
_PLACE = re.compile(
    rb'<x:ClientData ObjectType="Note">[^<]*+(?:<(?!x:Row>)[^<]*+)*+'
    rb"<x:Row>([0-9]+)</x:Row><x:Column>([0-9]+)</x:Column></x:ClientData></v:shape>"
)
_LINES = re.compile(rb"(?:<(?:[\w.-]+:)?(?:Default|Override|Relationship) [^<>]*/>)*")
_SHAPE = re.compile(rb"<v:shape ")
_OPENING = re.compile(
    rb'<xml(?: xmlns:[vox]="[^"<>]+"){3}><o:shapelayout v:ext="edit">'
    rb'<o:idmap v:ext="edit" data="[0-9]+"/></o:shapelayout>'
)
_WRAPPED = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:'
    b'office" xmlns:x="urn:schemas-microsoft-com:office:excel">%s</xml>'
)
_FIRST, _LAST = "──── xlflow 核对 ────", "──── 以上由 xlflow 填写 ────"
_AUTHOR = "xlflow 核对"
_TIES = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationships"
_NAME = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")


def without_marks(before: bytes, after: bytes, cells: Iterable[str]) -> bytes:
    """Return an edited worksheet part without the highlights of ours, and the new tie to boxes.

    A highlight that begins at another cell than those given stays, and so is found.
    """

    def kept(match: re.Match[bytes]) -> bytes:
        begins = {area.partition(":")[0] for area in match[2].decode().split()}
        return b"" if begins <= anchors else match[0]

    anchors = set(cells)
    start = after.rfind(b"sheetData")
    tail = _MARK.sub(kept, after[start:])
    if not _TIED.search(before, max(0, before.rfind(b"sheetData"))):
        tail = _TIE.sub(b"", tail, count=1)
    return b"".join((memoryview(after)[:start], tail))


def gained_lines(before: bytes, after: bytes) -> bool:
    """Return whether content types or relationships gained lines at their end, byte for byte.

    False says nothing yet of one that is written in another way.
    """
    place = before.rfind(b"</")
    end = len(after) - (len(before) - place)
    return (
        place > 0
        and after.startswith(before[:place])
        and after.endswith(before[place:])
        and _LINES.fullmatch(after, place, end) is not None
    )


def same_ties(before: ET.Element, after: ET.Element) -> bool:
    """Return whether the relationships of a sheet gained notes and their boxes alone."""
    old, new = list(before), list(after)
    added = new[len(old) :]
    if after.tag != _TIES or before.tag not in ("", _TIES):
        return False
    return [each.attrib for each in old] == [each.attrib for each in new[: len(old)]] and all(
        each.get("Type", "").rpartition("/")[2] in ("comments", "vmlDrawing")
        and each.get("TargetMode") is None
        for each in added
    )


def same_notes(before: ET.Element, after: ET.Element, cells: Iterable[str]) -> bool:
    """Return whether each note stayed, as it was or with ours below, and new ones are ours."""
    old_names = [name.text for name in children(before, "authors", "author")]
    names = [name.text for name in children(after, "authors", "author")]
    if names not in (old_names, [*old_names, _AUTHOR]):
        return False
    old = children(before, "commentList", "comment")
    new = children(after, "commentList", "comment")
    allowed = set(cells)
    kept = len(old) <= len(new) and all(
        _same_note(one, other) for one, other in zip(old, new, strict=False)
    )
    return kept and all(
        note.get("ref") in allowed
        and names[int(note.get("authorId", "0"))] == _AUTHOR
        and _is_ours("".join(note.itertext()))
        for note in new[len(old) :]
    )


def gained_boxes(before: bytes, after: bytes, cells: Iterable[str]) -> bool:
    """Return whether a part gained boxes of notes at its end, and lost or changed no byte."""
    if before:
        place = before.rfind(b"</xml>")
        end = len(after) - (len(before) - place)
        if place < 0 or after[:place] != before[:place] or after[end:] != before[place:]:
            return after == before
    else:
        opening = _OPENING.match(after)
        if opening is None or not after.endswith(b"</xml>"):
            return False
        place, end = opening.end(), len(after) - len(b"</xml>")
    match = _BOX.fullmatch(after, place, end)
    if match is None or not _is_whole(match[0]):
        return False
    places = {(int(row) + 1, int(column) + 1) for row, column in _PLACE.findall(match[1])}
    return len(_SHAPE.findall(match[1])) == len(_PLACE.findall(match[1])) and places <= {
        _place(cell) for cell in cells
    }


def _is_whole(shapes: bytes) -> bool:
    """Return whether what was added is well formed by itself."""
    try:
        well_formed(_WRAPPED % shapes)
    except ExpatError:
        return False
    return True


def _place(cell: str) -> Place:
    match = _NAME.fullmatch(cell)
    if match is None:
        return 0, 0
    number = 0
    for letter in match[1]:
        number = number * 26 + ord(letter) - 64
    return int(match[2]), number


def _same_note(before: ET.Element, after: ET.Element) -> bool:
    if before.attrib != after.attrib or len(before) != len(after):
        return False
    old, new = _texts(before), _texts(after)
    ours = new[len(old) :]
    same = old == new[: len(old)] and (not ours or (len(ours) == 1 and _is_ours(ours[0][1])))
    others = [child for child in before if local_name(child.tag) != "text"]
    changed = [child for child in after if local_name(child.tag) != "text"]
    return same and [*map(_content, others)] == [*map(_content, changed)]


def _content(element: ET.Element) -> tuple[object, ...]:
    """Return all that an element says, for a comparison."""
    return (
        element.tag,
        element.attrib,
        element.text or "",
        element.tail or "",
        *map(_content, element),
    )


def _texts(note: ET.Element) -> list[tuple[list[tuple[object, ...]], str]]:
    """Return the runs of a note, each with its look; a text without runs is a run without one."""
    runs = []
    for text in children(note, "text"):
        for run in text:
            plain = local_name(run.tag) == "t"
            words = run.text if plain else "".join(each.text or "" for each in children(run, "t"))
            look = [] if plain else [*map(_content, children(run, "rPr"))]
            if local_name(run.tag) in ("t", "r"):
                runs.append((look, words or ""))
    return runs


def _is_ours(words: str) -> bool:
    return words.lstrip("\n").startswith(_FIRST) and words.endswith(_LAST)

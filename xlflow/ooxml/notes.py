"""The part with the notes of a sheet: ours beside the others, and out again.

What xlflow says stands between two lines of its own, in a new note or below what a person
wrote. Taking it out takes those lines and what is between them; whatever else is in the note
stays, also what a person typed below.
"""

import re
from collections.abc import Mapping

from xlflow.ooxml import splice
from xlflow.ooxml.escapes import encode

AUTHOR = "xlflow 核对"
FIRST_LINE = "──── xlflow 核对 ────"
LAST_LINE = "──── 以上由 xlflow 填写 ────"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_LOOK = (
    '<{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="宋体"/>'
    '<{p}charset val="134"/></{p}rPr>'
)
_OURS = re.compile(
    rb"(?:(?:_x000[dD]_|\r|&#13;)?(?:\n|&#10;))?%s(?:.*?%s|.*)"
    % (FIRST_LINE.encode(), LAST_LINE.encode()),
    re.DOTALL,
)
_TOLD_BY = b"xlflow"
_THREADED = b"tc="  # the note that stands in for a thread of comments


def new_notes(*, strict: bool) -> bytes:
    """Return a part without notes."""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<comments xmlns="{_STRICT if strict else _MAIN}">'
        f"<authors/><commentList/></comments>"
    ).encode()


def has_notes(data: bytes) -> bool:
    """Return whether something in the notes is ours."""
    if _TOLD_BY not in data:
        return False
    prefix = splice.root_prefix(splice.masked(data))
    return any(
        _OURS.search(b"".join(data[start:end] for start, end in _spans(data, prefix, *note.span())))
        for note in _comment(prefix).finditer(data)
    )


def with_notes(data: bytes, texts: Mapping[str, str]) -> tuple[bytes, list[str]]:
    """Return the part with a text at each of some cells, and which of them have a note anew.

    A text is put below a note that is there; a cell with a thread of comments keeps that alone.
    Raises Missing when the part is no list of notes.
    """
    view = splice.masked(data)
    prefix = splice.root_prefix(view)
    authors = _authors(view, prefix)
    waiting = dict(texts)
    pieces, position = [], 0
    for match in _comment(prefix).finditer(view):
        text = waiting.pop(_cell(match[1]), None)
        author = splice.attribute(match[1], b"authorId") or b"0"
        threaded = any(
            b"%d" % number == author and name.startswith(_THREADED)
            for number, name in enumerate(authors)
        )
        if text is None or threaded:
            continue
        old = data[match.start() : match.end()]
        pieces += [data[position : match.start()], _joined(old, prefix, text)]
        position = match.end()
    data = b"".join([*pieces, data[position:]])
    if waiting:
        data, number = _with_author(data, prefix, authors)
        added = "".join(_note(cell, number, text, prefix) for cell, text in waiting.items())
        data = _inserted(data, prefix + b"commentList", added.encode())
    return data, list(waiting)


def without_notes(data: bytes) -> tuple[bytes, list[str], bool]:
    """Return the part without ours, which cells lost their note, and if any note is left."""
    view = splice.masked(data)
    prefix = splice.root_prefix(view)
    gone: list[str] = []
    pieces, position, left = [], 0, 0
    for match in _comment(prefix).finditer(view):
        old = data[match.start() : match.end()]
        kept = _parted(old, prefix) if _TOLD_BY in old else old
        if kept is None:
            gone.append(_cell(match[1]))
            kept = b""
        else:
            left += 1
        pieces += [data[position : match.start()], kept]
        position = match.end()
    return _without_author(b"".join([*pieces, data[position:]]), prefix), gone, left > 0


def _comment(prefix: bytes) -> re.Pattern[bytes]:
    return splice.whole_element(prefix + b"comment")


def _cell(attributes: bytes) -> str:
    return (splice.attribute(attributes, b"ref") or b"").decode().replace("$", "").upper()


def _authors(view: bytes, prefix: bytes) -> list[bytes]:
    return [match[4] or b"" for match in splice.whole_element(prefix + b"author").finditer(view)]


def _with_author(data: bytes, prefix: bytes, authors: list[bytes]) -> tuple[bytes, int]:
    if AUTHOR.encode() in authors:
        return data, authors.index(AUTHOR.encode())
    line = f"<{prefix.decode()}author>{AUTHOR}</{prefix.decode()}author>".encode()
    return _inserted(data, prefix + b"authors", line), len(authors)


def _without_author(data: bytes, prefix: bytes) -> bytes:
    """Return the part without our name, where it is the last and no note is by us."""
    view = splice.masked(data)
    authors = _authors(view, prefix)
    number = b"%d" % (len(authors) - 1)
    used = {splice.attribute(match[1], b"authorId") for match in _comment(prefix).finditer(view)}
    if not authors or authors[-1] != AUTHOR.encode() or number in used:
        return data
    *_, last = splice.whole_element(prefix + b"author").finditer(view)
    return data[: last.start()] + data[last.end() :]


def _inserted(data: bytes, tag: bytes, fragment: bytes) -> bytes:
    found = splice.find(splice.masked(data), tag)
    if found is None:
        raise splice.Missing(tag)
    return splice.appended(data, tag, found, fragment)


def _run(text: str, prefix: bytes) -> str:
    p = prefix.decode()
    words = encode(f"{FIRST_LINE}\n{text}\n{LAST_LINE}")
    return f'<{p}r>{_LOOK.format(p=p)}<{p}t xml:space="preserve">{words}</{p}t></{p}r>'


def _note(cell: str, author: int, text: str, prefix: bytes) -> str:
    p = prefix.decode()
    return (
        f'<{p}comment ref="{cell}" authorId="{author}"><{p}text>{_run(text, prefix)}</{p}text>'
        f"</{p}comment>"
    )


def _joined(note: bytes, prefix: bytes, text: str) -> bytes:
    """Return a person's note with ours below it; a text without runs becomes a run."""
    found = splice.find(note, prefix + b"text")
    if found is None:
        return note
    if found.empty:
        return splice.appended(note, prefix + b"text", found, _run(text, prefix).encode())
    inner = note[found.inside : found.close]
    plain = splice.find(inner, prefix + b"t")
    first_run = splice.find(inner, prefix + b"r")
    if plain and (first_run is None or plain.start < first_run.start):
        run = b"<%sr>%s</%sr>" % (prefix, inner[plain.start : plain.end], prefix)
        inner = inner[: plain.start] + run + inner[plain.end :]
    reading = [splice.find(inner, prefix + tag) for tag in (b"rPh", b"phoneticPr")]
    place = min((each.start for each in reading if each), default=len(inner))
    ours = _run(text, prefix).replace(FIRST_LINE, f"\n{FIRST_LINE}", 1).encode()
    return note[: found.inside] + inner[:place] + ours + inner[place:] + note[found.close :]


def _parted(note: bytes, prefix: bytes) -> bytes | None:
    """Return a note without what is ours, None when nothing is left of it."""
    found = splice.find(note, prefix + b"text")
    if found is None:
        return note
    spans = _spans(note, prefix, found.inside, found.close)
    ours = _OURS.search(b"".join(note[start:end] for start, end in spans))
    if ours is None:
        return note
    for start, end, offset in reversed(_with_offsets(spans)):
        low = max(ours.start() - offset, 0)
        high = min(ours.end() - offset, end - start)
        if low < high:
            note = note[: start + low] + note[start + high :]
    return _tidied(note, prefix)


def _spans(data: bytes, prefix: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Return where the words of a note stand; a program may split them into runs by script."""
    texts = splice.whole_element(prefix + b"t").finditer(data, start, end)
    return [match.span(4) for match in texts if match[4] is not None]


def _with_offsets(spans: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    placed, offset = [], 0
    for start, end in spans:
        placed.append((start, end, offset))
        offset += end - start
    return placed


def _tidied(note: bytes, prefix: bytes) -> bytes | None:
    """Return a note without runs that have become empty; a single plain run is a plain text."""
    runs = list(splice.whole_element(prefix + b"r").finditer(note))
    kept = [run for run in runs if _words(run[0], prefix)]
    if not kept:
        return None
    for run in reversed(runs):
        if run not in kept:
            note = note[: run.start()] + note[run.end() :]
    runs = list(splice.whole_element(prefix + b"r").finditer(note))
    if len(runs) == 1 and b"rPr" not in runs[0][0]:
        note = note[: runs[0].start()] + (runs[0][4] or b"") + note[runs[0].end() :]
    return note


def _words(run: bytes, prefix: bytes) -> bytes:
    return b"".join(
        match[4] or b"" for match in splice.whole_element(prefix + b"t").finditer(run)
    ).strip()

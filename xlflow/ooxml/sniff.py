"""What a file is that is no zip archive: told from its content, never from its name."""

import codecs
import contextlib

from xlflow.errors import FileRefused
from xlflow.ooxml.refusals import damaged, not_a_workbook
from xlflow.problems import refusal

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# The names of streams in a compound file, as they stand in its directory.
_STREAMS = (
    ("EncryptedPackage", "F03"),
    ("WordDocument", "is_word"),  # before the sheets, which are often embedded in it
    ("PowerPoint Document", "is_slides"),
    ("Workbook", "is_xls"),
    ("Book\0", "is_xls"),
)
_MAGIC = (
    (b"%PDF", "is_pdf"),
    (b"\x89PNG", "is_image"),
    (b"\xff\xd8\xff", "is_image"),
    (b"GIF8", "is_image"),
    (b"BM", "is_image"),
    (b"Rar!", "is_archive"),
    (b"7z\xbc\xaf\x27\x1c", "is_archive"),
    (b"\x1f\x8b", "is_archive"),
)
_HEAD = 4096


def foreign_content(data: bytes, name: str) -> FileRefused:
    """Return the refusal that says what the content of a file is that is no zip archive."""
    if data.startswith(_OLE_MAGIC):
        return _compound(data, name)
    if data.startswith(ZIP_MAGIC):
        return damaged(name, "truncated")
    for magic, what in _MAGIC:
        if data.startswith(magic):
            return not_a_workbook(name, what)
    return not_a_workbook(name, _kind_of_text(data[:_HEAD]))


def _compound(data: bytes, name: str) -> FileRefused:
    held = (what for stream, what in _STREAMS if stream.encode("utf-16-le") in data)
    what = next(held, "is_unknown")
    return refusal("F03", name=name) if what == "F03" else not_a_workbook(name, what)


def _kind_of_text(head: bytes) -> str:
    text = _as_text(head)
    if text is None:
        return "is_unknown"
    start = text.lstrip("\ufeff \t\r\n").lower()
    if "<html" in start or start.startswith(("<!doctype html", "<table", "<head", "<meta")):
        return "is_html"
    if start.startswith("<"):
        return "is_xml"
    return "is_text"


def _as_text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head[: len(head) // 2 * 2].decode("utf-16", "replace")
    if b"\x00" in head:
        return None
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        with contextlib.suppress(UnicodeDecodeError):
            return decoder.decode(head)  # the head may end within a character
    return None

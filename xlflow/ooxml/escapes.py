"""The `_xHHHH_` escapes by which a workbook holds characters that XML can not."""

import re
from xml.sax.saxutils import escape

MAX_TEXT = 32_767  # what a cell holds, in UTF-16 units
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_OUTSIDE_XML = "\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff"
# What XML can not hold, and an underscore that would read as the start of an escape.
_TO_ESCAPE = re.compile(f"[{_OUTSIDE_XML}]|_(?=x[0-9A-Fa-f]{{4}}[_{_OUTSIDE_XML}])")
_SPECIAL = re.compile(f"[{_OUTSIDE_XML}&<>]|_x")
_ELLIPSIS = "…"


def decode(text: str) -> str:
    r"""Return the text that a stored string means.

    >>> decode("a_x000D_b"), decode("_x005F_x000D_")
    ('a\rb', '_x000D_')
    """
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    # Two escapes may be the halves of one character.
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def encode(text: str) -> str:
    r"""Return a text as XML content that means exactly this text.

    >>> encode("a<b\x01"), encode("_x000D_")
    ('a&lt;b_x0001_', '_x005F_x000D_')
    """
    if _SPECIAL.search(text) is None:  # as nearly all are
        return text
    return escape(_TO_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text))


def fitting(text: str) -> str:
    """Return the text cut to what a cell holds, an ellipsis marking the cut.

    >>> len(fitting("x" * 40_000)), fitting("short")
    (32767, 'short')
    """
    if 2 * len(text) <= MAX_TEXT or _units(text) <= MAX_TEXT:
        return text
    kept = text[: MAX_TEXT - 1]
    while _units(kept) > MAX_TEXT - 1:
        kept = kept[: len(kept) - max(1, (_units(kept) - MAX_TEXT + 1) // 2)]
    return kept + _ELLIPSIS


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2

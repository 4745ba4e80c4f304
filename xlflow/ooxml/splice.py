"""Finding and changing single tags in the bytes of an XML part, all else left as it is.

Everything here looks at a `masked` copy, in which comments, CDATA and processing instructions
are blanked out in place, so that an offset in the copy is the same offset in the part.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

_NOISE = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
_ROOT = re.compile(rb"<(?P<prefix>[\w.-]+:)?[\w.-]+(?=[\s/>])")
_ATTRIBUTES = rb"""((?:[^>"']++|"[^"]*"|'[^']*')*+)"""


class Missing(ValueError):
    """Raised when a part lacks the element in which something is to be put."""


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element lies: its start tag from `start` to `inside`, its content to `close`.

    An element without content (`<c/>`) has `inside == close == end`.
    """

    start: int
    inside: int
    close: int
    end: int
    attributes: bytes

    @property
    def empty(self) -> bool:
        """Whether the element is a single tag."""
        return self.inside == self.end


def masked(data: bytes) -> bytes:
    """Return the same length of bytes with everything blank that only looks like tags.

    >>> masked(b"<a><!-- <b> --></a>")
    b'<a>            </a>'
    """
    if not has_noise(data):
        return data
    return _NOISE.sub(lambda match: b" " * len(match[0]), data)


def has_noise(data: bytes) -> bool:
    """Return whether there is anything to mask, in which tags may only seem to be.

    >>> has_noise(b'<?xml version="1.0"?><a/>'), has_noise(b"<a><!-- <b> --></a>")
    (False, True)
    """
    declared = data.find(b"?>", 0, 200) + 2 if data.startswith(b"<?xml") else 0
    # One byte is found ten times as fast as two.
    return (b"!" in data and b"<!" in data) or (
        data.find(b"?", declared) >= 0 and data.find(b"<?", declared) >= 0
    )


def root_prefix(view: bytes) -> bytes:
    """Return the namespace prefix of the root with its colon, empty for the usual file.

    >>> root_prefix(b'<x:worksheet xmlns:x="u"/>'), root_prefix(b"<worksheet/>")
    (b'x:', b'')
    """
    match = _ROOT.search(view)
    return (match["prefix"] or b"") if match else b""


@cache
def start_tag(tag: bytes) -> re.Pattern[bytes]:
    """Return the pattern of a start tag; group 1 is its attributes and the slash, if any."""
    return re.compile(rb"<" + re.escape(tag) + rb"(?=[\s/>])" + _ATTRIBUTES + rb">")


@cache
def whole_element(tag: bytes) -> re.Pattern[bytes]:
    """Return the pattern of an element that is not nested in itself.

    Group 1 is its attributes, groups 2 and 3 the letters and digits of a leading `r="C5"`, as
    all usual writers put it, group 4 its content.
    """
    name = re.escape(tag)
    reference = rb''' r="([A-Z]{1,3})([1-9][0-9]{0,6})"'''
    attributes = rb"((?:" + reference + rb""")?+(?:[^>"'/]++|"[^"]*"|'[^']*'|/(?!>))*+)"""
    content = rb"([^<]*+(?:<(?!/" + name + rb"[\s>])[^<]*+)*+)"
    end = rb"(?:/>|>" + content + rb"</" + name + rb"\s*>)"
    return re.compile(rb"<" + name + rb"(?=[\s/>])" + attributes + end)


@cache
def end_tag(tag: bytes) -> re.Pattern[bytes]:
    """Return the pattern of an end tag."""
    return re.compile(rb"</" + re.escape(tag) + rb"\s*>")


def find(view: bytes, tag: bytes, start: int = 0, end: int | None = None) -> Element | None:
    """Return the first element of a name that is not nested in itself, None if there is none."""
    limit = len(view) if end is None else end
    match = start_tag(tag).search(view, start, limit)
    return element_of(view, tag, match, limit) if match else None


def element_of(
    view: bytes, tag: bytes, match: re.Match[bytes], limit: int, near: int = 0
) -> Element | None:
    """Return the element whose start tag was matched, None when it does not end before `limit`.

    Its end is not looked for before the place `near`.
    """
    if match[1].endswith(b"/"):
        return Element(match.start(), match.end(), match.end(), match.end(), match[1][:-1])
    # The pattern is slow to search with, so it is put to work where its beginning stands.
    place = view.find(b"</" + tag, max(match.end(), near), limit)
    close = end_tag(tag).search(view, place, limit) if place >= 0 else None
    if not close:
        return None
    return Element(match.start(), match.end(), close.start(), close.end(), match[1])


def attribute(attributes: bytes, name: bytes) -> bytes | None:
    """Return the value of an attribute as written, None when it is not there.

    >>> attribute(b' r="A1" s = "3"', b"s"), attribute(b' spans="1:2"', b"s")
    (b'3', None)
    """
    match = _attribute(name).search(attributes)
    if not match:
        return None
    return match[1][1:-1]


def with_attribute(attributes: bytes, name: bytes, value: bytes) -> bytes:
    """Return the attributes with one set; a new one comes last.

    >>> with_attribute(b' count="3"/', b"count", b"4"), with_attribute(b"/", b"t", b"b")
    (b' count="4"/', b' t="b"/')
    """
    match = _attribute(name).search(attributes)
    if match:
        return attributes[: match.start(1)] + b'"' + value + b'"' + attributes[match.end(1) :]
    body = attributes.removesuffix(b"/")
    return body.rstrip() + b" " + name + b'="' + value + b'"' + attributes[len(body) :]


def without_attribute(attributes: bytes, name: bytes) -> bytes:
    """Return the attributes without one of them.

    >>> without_attribute(b' r="A1" t="s"', b"t")
    b' r="A1"'
    """
    return _attribute(name).sub(b"", attributes)


def appended(data: bytes, tag: bytes, element: Element, fragment: bytes) -> bytes:
    """Return the part with a fragment at the end of an element, which may have been empty.

    >>> appended(b'<a><b x="1"/></a>', b"b", Element(3, 13, 13, 13, b' x="1"'), b"<c/>")
    b'<a><b x="1"><c/></b></a>'
    """
    if not element.empty:
        return data[: element.close] + fragment + data[element.close :]
    whole = b"<" + tag + element.attributes + b">" + fragment + b"</" + tag + b">"
    return data[: element.start] + whole + data[element.end :]


def insert_ordered(data: bytes, order: Sequence[bytes], tag: bytes, fragment: bytes) -> bytes:
    """Return the part with a fragment put where the schema wants it below the root.

    `order` names the elements that come before it. Raises Missing when there is no root.
    """
    view = masked(data)
    prefix = root_prefix(view)
    before = [find(view, prefix + name) for name in order[: order.index(tag)]]
    place = max((element.end for element in before if element), default=0)
    if place:
        return data[:place] + fragment + data[place:]
    match = _ROOT.search(view)
    root = find(view, match[0][1:]) if match else None
    if match is None or root is None:
        raise Missing(tag)
    if root.empty:
        return appended(data, match[0][1:], root, fragment)
    return data[: root.inside] + fragment + data[root.inside :]


@cache
def _attribute(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb"\s" + re.escape(name) + rb"""\s*=\s*("[^"]*"|'[^']*')""")

"""Rewriting attributes and texts of some elements of a part, all other bytes left as they are."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from xlflow.ooxml import splice

_TAG = re.compile(
    rb"<(?P<end>/?)(?:[\w.-]+:)?(?P<name>[\w.-]+)"
    rb"""(?P<attributes>(?:[^<>"']++|"[^"]*"|'[^']*')*+)>(?P<text>[^<]*)"""
)
_ATTRIBUTE = re.compile(rb"""\s(?:[\w.-]+:)?([\w.-]+)\s*=\s*("[^"]*"|'[^']*')""")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_NOISE = re.compile(r"<!--.*?-->|<\?.*?\?>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag by its local name, with the tag around it."""

    name: str
    attributes: bytes
    parent: "Tag | None" = None

    def get(self, attribute: str) -> str | None:
        """Return an attribute as it is meant."""
        value = splice.attribute(self.attributes, attribute.encode())
        return None if value is None else plain(value)


Rule = Callable[[str, Tag], str]


@dataclass(frozen=True, slots=True)
class Rules:
    """What becomes of texts by element, and of attributes by element and name.

    An element is named by its local name, or by its parent's and its own: `rowBreaks/brk`.
    """

    texts: Mapping[str, Rule]
    attributes: Mapping[str, Mapping[str, Rule]]


def retagged(data: bytes, rules: Rules) -> bytes:
    """Return a part, or a piece of one, in which some attributes and texts are rewritten."""
    pieces: list[bytes] = []
    position = 0
    around: Tag | None = None
    for match in _TAG.finditer(splice.masked(data)):
        name = match["name"].decode()
        if match["end"]:
            around = around.parent if around else None
            continue
        empty = match["attributes"].endswith(b"/")
        tag = Tag(name, match["attributes"], around)
        key = f"{around.name}/{name}" if around else name
        if by_name := rules.attributes.get(key) or rules.attributes.get(name):
            start, end = match.span("attributes")
            pieces += data[position:start], _with_attributes(data[start:end], tag, by_name)
            position = end
        rule = rules.texts.get(key) or rules.texts.get(name)
        if rule and not empty:
            start, end = match.span("text")
            pieces += data[position:start], _with_text(data[start:end], rule, tag)
            position = end
        around = around if empty else tag
    return b"".join((*pieces, data[position:]))


def plain(content: bytes) -> str:
    """Return the text that some XML content without elements means.

    >>> plain(b"A1&gt;2"), plain(b"<![CDATA[A1>2]]>")
    ('A1>2', 'A1>2')
    """
    text = content.decode()
    if "<" not in text:
        return html.unescape(text)
    pieces = _CDATA.split(_NOISE.sub("", text))
    return "".join(
        piece if number % 2 else html.unescape(piece) for number, piece in enumerate(pieces)
    )


def _with_text(content: bytes, rule: Rule, tag: Tag) -> bytes:
    before = plain(content)
    after = rule(before, tag)
    return content if after == before else escape(after).encode()


def _with_attributes(attributes: bytes, tag: Tag, rules: Mapping[str, Rule]) -> bytes:
    def change(match: re.Match[bytes]) -> bytes:
        rule = rules.get(match[1].decode())
        if rule is None:
            return match[0]
        before = plain(match[2][1:-1])
        after = rule(before, tag)
        kept = match[0][: match.start(2) - match.start()]
        return match[0] if after == before else kept + quoteattr(after).encode()

    return _ATTRIBUTE.sub(change, attributes)

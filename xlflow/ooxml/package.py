"""The parts of an Office package: how one part names another, and where it really lies."""

import posixpath
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple
from urllib.parse import unquote

from xlflow.errors import FileRefused
from xlflow.ooxml.container import Container
from xlflow.ooxml.limits import DEFAULT, Limits
from xlflow.ooxml.remembered import remembered
from xlflow.ooxml.xmlguard import checked_xml, children, parse_tree

CONTENT_TYPES = "[Content_Types].xml"
_SIGNATURES = "_xmlsignatures/"


@dataclass(frozen=True, slots=True)
class Relationship:
    """One line of a .rels part: `kind` is the last word of its type, `part` where it leads.

    `part` is None for an external target and for one that is not there.
    """

    id: str
    kind: str
    part: str | None


def suffix_of(data: bytes) -> str:
    """Return the suffix a workbook must have to be opened: .xlsm where it may hold macros."""
    package = Package(Container(data, "workbook", DEFAULT))
    types = package.find(CONTENT_TYPES)
    return ".xlsm" if types and b"macroEnabled" in package.read(types) else ".xlsx"


class Package:
    """The parts of an archive, looked up as tolerantly as Excel and WPS do.

    `earlier` is the archive before an edit: relationships that are the same bytes are not parsed
    once more.
    """

    def __init__(self, container: Container, earlier: "Package | None" = None) -> None:
        self.container = container
        self.name = container.name
        self._names = {entry.name.lower(): entry.name for entry in container.entries}
        self._relationships: dict[str, tuple[Relationship, ...]] = {}
        self.changed: dict[str, bytes] = {}
        self._earlier = earlier

    @property
    def part_names(self) -> tuple[str, ...]:
        """The names of all members, with forward slashes."""
        return tuple(self._names.values())

    @cached_property
    def signed(self) -> bool:
        """Whether the package carries a digital signature that an edit would void."""
        return any(name.startswith(_SIGNATURES) for name in self._names)

    def find(self, path: str) -> str | None:
        """Return the member a path means, whatever its case, slashes or leading slash."""
        plain = path.replace("\\", "/").lstrip("/").lower()
        return self._names.get(plain) or self._names.get(unquote(plain))

    def read(self, part: str) -> bytes:
        """Return the content of a part, with the changes that were put into it."""
        return self.changed[part] if part in self.changed else self.container.read(part)

    def pieces(self, part: str) -> Iterator[bytes]:
        """Return the content of a part piece by piece, as `read` does."""
        changed = self.changed.get(part)
        return self.container.pieces(part) if changed is None else iter((changed,))

    def xml(self, part: str) -> bytes:
        """Return the content of an XML part as checked UTF-8."""
        return checked_xml(self.read(part), self.name, part, self.container.limits)

    def tree(self, part: str) -> ET.Element:
        """Return the parsed tree of a small XML part."""
        return parse_tree(self.read(part), self.name, part, self.container.limits)

    def check(self, part: str) -> None:
        """Raise FileRefused when a part can not be parsed."""
        if not _can_be_parsed(self.read(part), self.container.limits):
            self.tree(part)  # parsed once more, so that the refusal names file and part

    def relationships_part(self, part: str) -> str:
        """Return where the relationships of a part belong; "" is the package itself."""
        folder, _, base = part.rpartition("/")
        path = f"{folder}/_rels/{base}.rels".lstrip("/")
        return self.find(path) or path

    def relationships(self, part: str) -> tuple[Relationship, ...]:
        """Return the relationships of a part; "" is the package itself."""
        if part not in self._relationships:
            self._relationships[part] = self._read_relationships(part)
        return self._relationships[part]

    def _read_relationships(self, part: str) -> tuple[Relationship, ...]:
        rels = self.relationships_part(part)
        if rels not in self.container:
            return ()
        if known := self._known_relationships(part, rels):
            return known
        data = self.read(rels)
        written = _known_lines(data, self.container.limits)
        if written is None:  # parsed once more, so that the refusal names file and part
            written = _lines(self.tree(rels))
        folder = part.rpartition("/")[0]
        return tuple(
            Relationship(line.id, line.kind, self._target(folder, line.target)) for line in written
        )

    def _known_relationships(self, part: str, rels: str) -> tuple[Relationship, ...]:
        """Return what the same bytes said before, if each line led to a part."""
        earlier = self._earlier
        if earlier is None or rels not in earlier.container:
            return ()
        if not earlier.container.same_packed(rels, self.container):
            return ()
        lines = earlier.relationships(part)
        return lines if all(line.part for line in lines) else ()

    def _target(self, folder: str, written: str | None) -> str | None:
        if written is None:
            return None
        if plain := self._names.get(f"{folder}/{written}".lower()):  # as nearly all are written
            return plain
        target = re.sub(r"[?#].*", "", written.replace("\\", "/"))
        relative = posixpath.normpath(posixpath.join("/", folder, target))
        if found := self.find(relative):
            return found
        # Some writers leave out the folder of the part, or take the package root for it.
        return self.find(target) or self.find(posixpath.join(folder, target.lstrip("/")))


class _Line(NamedTuple):
    """A relationship as it is written; `target` is None for an external one."""

    id: str
    kind: str
    target: str | None


def _lines(root: ET.Element) -> tuple[_Line, ...]:
    return tuple(
        _Line(
            element.get("Id", ""),
            element.get("Type", "").rpartition("/")[2],
            None if element.get("TargetMode") == "External" else element.get("Target", ""),
        )
        for element in children(root, "Relationship")
    )


@remembered(64)
def _known_lines(rels: bytes, limits: Limits) -> tuple[_Line, ...] | None:
    """Return what a relationships part says, None when it can not be parsed."""
    try:
        return _lines(parse_tree(rels, "", "", limits))
    except FileRefused:
        return None


@remembered(16)
def _can_be_parsed(data: bytes, limits: Limits) -> bool:
    try:
        parse_tree(data, "", "", limits)
    except FileRefused:
        return False
    return True

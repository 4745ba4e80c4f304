"""Parts that change or come new, collected on top of a package and written in one go."""

from collections.abc import Iterable, Mapping
from itertools import count

from xlflow.ooxml import bookedit
from xlflow.ooxml.package import CONTENT_TYPES, Package


class Targets:
    """The files a part comes to link to, each under the id of a new relationship."""

    def __init__(self, known: Iterable[str]) -> None:
        self.identities: dict[str, str] = {}
        taken = {identity.lower() for identity in known}
        self._free = (f"rId{number}" for number in count(1) if f"rid{number}" not in taken)

    def identity_of(self, target: str) -> str:
        """Return the id of the relationship to a file."""
        if target not in self.identities:
            self.identities[target] = next(self._free)
        return self.identities[target]


class PartEdits:
    """The changed `parts` of a package; what was put before is what is read next."""

    def __init__(self, package: Package, workbook: str) -> None:
        self._package = package
        self._workbook = workbook
        self.parts: dict[str, bytes] = dict(package.changed)
        self._ids = [line.id for line in package.relationships(workbook)]

    def put(self, part: str, content: bytes) -> None:
        """Put new content into a part that is there."""
        self.parts[part] = content

    def add(self, part: str, content: bytes, kind: str) -> str:
        """Add a part that the workbook refers to; returns the id of the relationship."""
        identity = bookedit.free_name("rId{}", self._ids)
        self._ids.append(identity)
        rels = self._package.relationships_part(self._workbook)
        self.parts[rels] = bookedit.with_relationship(
            self._read(rels),
            identity,
            kind,
            bookedit.relative_target(self._workbook, part),
            strict=bookedit.is_strict(self._read(self._workbook)),
        )
        types = self._package.find(CONTENT_TYPES) or CONTENT_TYPES
        if types not in self.parts:
            self._package.tree(types)  # read for the first time here, so checked here
        self.parts[types] = bookedit.with_content_type(self._read(types), part, kind)
        self.parts[part] = content
        return identity

    def add_sheet(self, name: str, part: str, content: bytes) -> None:
        """Add a worksheet behind the last one."""
        identity = self.add(part, content, "worksheet")
        book = self._read(self._workbook)
        self.parts[self._workbook] = bookedit.with_sheet(book, name, identity)

    def link(self, part: str, targets: Mapping[str, str]) -> None:
        """Let a part link to files outside, each under the id given."""
        if targets:
            rels = self._package.relationships_part(part)
            self.parts[rels] = bookedit.with_file_links(
                self._read(rels), targets, strict=bookedit.is_strict(self._read(self._workbook))
            )

    def recalculate(self) -> None:
        """Have all formulas calculated when the workbook is opened."""
        book = self._read(self._workbook)
        self.parts[self._workbook] = bookedit.recalculating(book)

    def to_bytes(self) -> bytes:
        """Return the archive with the changes in it."""
        container = self._package.container
        changed = {part: data for part, data in self.parts.items() if part in container}
        added = {part: data for part, data in self.parts.items() if part not in container}
        return container.rewrite(changed, added)

    def _read(self, part: str) -> bytes:
        if part in self.parts:
            return self.parts[part]
        if part in self._package.container:
            return self._package.xml(part)
        return bookedit.EMPTY_RELATIONSHIPS

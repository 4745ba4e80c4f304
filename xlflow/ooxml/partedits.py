"""Parts that change or come new, collected on top of a package and written in one go."""

from xlflow.ooxml import bookedit
from xlflow.ooxml.package import CONTENT_TYPES, Package


class PartEdits:
    """The changed `parts` of a package; what was put before is what is read next."""

    def __init__(self, package: Package, workbook: str) -> None:
        self._package = package
        self._workbook = workbook
        self.parts: dict[str, bytes] = dict(package.changed)
        self._ids = {workbook: [line.id for line in package.relationships(workbook)]}
        self._gone: set[str] = set()

    def put(self, part: str, content: bytes) -> None:
        """Put new content into a part that is there."""
        self.parts[part] = content

    @property
    def strict(self) -> bool:
        """Whether the workbook uses the namespaces of ISO strict."""
        return bookedit.is_strict(self.read(self._workbook))

    def add(self, part: str, content: bytes, kind: str) -> str:
        """Add a part that the workbook refers to; returns the id of the relationship."""
        return self.attach(self._workbook, part, content, kind)

    def attach(self, owner: str, part: str, content: bytes, kind: str) -> str:
        """Add a part that another refers to; returns the id of the relationship."""
        known = [line.id for line in self._package.relationships(owner)]
        ids = self._ids.setdefault(owner, known)
        identity = bookedit.free_name("rId{}", ids)
        ids.append(identity)
        rels = self._package.relationships_part(owner)
        self.parts[rels] = bookedit.with_relationship(
            self.read(rels),
            identity,
            kind,
            bookedit.relative_target(owner, part),
            strict=self.strict,
        )
        types = self._types()
        content_types = bookedit.with_content_type(self.read(types), part, kind)
        self.parts[types] = bookedit.knowing_relationships(content_types)
        self.parts[part] = content
        return identity

    def detach(self, owner: str, part: str) -> None:
        """Take a part away that another refers to, and what says that it does."""
        ids = [line.id for line in self._package.relationships(owner) if line.part == part]
        rels = self._package.relationships_part(owner)
        left = bookedit.without_relationships(self.read(rels), ids)
        if bookedit.has_relationships(left) or owner == self._workbook:
            self.parts[rels] = left
        else:
            self._gone.add(rels)
        types = self._types()
        self.parts[types] = bookedit.without_content_type(self.read(types), part)
        self.parts.pop(part, None)
        self._gone.add(part)

    def related(self, owner: str, kind: str) -> str | None:
        """Return the part of a kind that another refers to, None when there is none."""
        lines = self._package.relationships(owner)
        return next((line.part for line in lines if line.kind == kind and line.part), None)

    def target(self, owner: str, identity: str) -> str | None:
        """Return the part behind a relationship, None when there is none."""
        lines = self._package.relationships(owner)
        return next((line.part for line in lines if line.id == identity), None)

    def named(self, suffix: str) -> list[str]:
        """Return the parts that end in a suffix, those added among them."""
        names = dict.fromkeys([*self._package.part_names, *self.parts])
        return [name for name in names if name.lower().endswith(suffix)]

    def free(self, pattern: str) -> str:
        """Return the first name of a numbered kind that no part has."""
        return bookedit.free_name(pattern, [*self._package.part_names, *self.parts])

    def add_sheet(self, name: str, part: str, content: bytes) -> None:
        """Add a worksheet behind the last one."""
        identity = self.add(part, content, "worksheet")
        book = self.read(self._workbook)
        self.parts[self._workbook] = bookedit.with_sheet(book, name, identity)

    def name_locally(self, sheet: str, name: str, text: str) -> None:
        """Define a name that belongs to a sheet."""
        book = self.read(self._workbook)
        self.parts[self._workbook] = bookedit.with_local_name(book, sheet, name, text)

    def remove_sheet(self, name: str, part: str) -> None:
        """Take a worksheet away; the sheets behind it move up."""
        book = self.read(self._workbook)
        self.parts[self._workbook] = bookedit.without_sheet(book, name)
        self.detach(self._workbook, part)
        rels = self._package.relationships_part(part)
        if rels in self._package.container:
            self._gone.add(rels)

    def recalculate(self) -> None:
        """Have all formulas calculated when the workbook is opened."""
        book = self.read(self._workbook)
        self.parts[self._workbook] = bookedit.recalculating(book)

    def to_bytes(self) -> bytes:
        """Return the archive with the changes in it."""
        container = self._package.container
        changed = {part: data for part, data in self.parts.items() if part in container}
        added = {part: data for part, data in self.parts.items() if part not in container}
        return container.rewrite(changed, added, self._gone)

    def read(self, part: str) -> bytes:
        """Return what stands in a part by now, as checked UTF-8."""
        if part in self.parts:
            return self.parts[part]
        if part in self._package.container:
            return self._package.xml(part)
        return bookedit.EMPTY_RELATIONSHIPS

    def raw(self, part: str) -> bytes:
        """Return what stands in a part by now, as it is."""
        return self.parts[part] if part in self.parts else self._package.read(part)

    def _types(self) -> str:
        """Return where the content types are."""
        types = self._package.find(CONTENT_TYPES) or CONTENT_TYPES
        if types not in self.parts:
            self._package.check(types)  # read for the first time here, so checked here
        return types

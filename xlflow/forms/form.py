"""What a form is: its JSON Schema read into a tree of fields."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from xlflow.config import find_resource, resource_dirs
from xlflow.errors import DefinitionError, UsageError
from xlflow.messages import text
from xlflow.values import label_key

Kind = Literal["object", "array", "number", "integer", "text"]
Find = Literal["right", "below", "cross", "column", "left"]

SCHEMA_SUFFIX = ".schema.json"


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One property of a form: where it is called what, and what it holds.

    `path` is dotted (`funds.total.score`); the fields of a table's rows carry the table's path
    (`indicators.target`). `labels` are the comparison keys of its printed names. `join` are the
    keys of the columns its text may be spread over, in order; each but its own is a `part`, which
    has no datum of its own.
    """

    path: str
    key: str
    kind: Kind
    title: str
    labels: frozenset[str]
    find: Find
    required: bool = False
    read_only: bool = False
    fill_down: bool = False
    unit: str | None = None
    join: tuple[str, ...] = ()
    part: bool = False
    schema: Mapping[str, Any] = field(default_factory=dict, repr=False)
    children: tuple["Field", ...] = ()

    def child(self, key: str) -> "Field | None":
        """Return the child of that key, None when there is none."""
        return next((child for child in self.children if child.key == key), None)

    def walk(self) -> Iterator["Field"]:
        """Yield this field and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A form: its schema and the tree of fields in it. `name` is the file name's stem."""

    name: str
    schema: Mapping[str, Any]
    root: Field
    path: Path

    @property
    def title(self) -> str:
        """The printed title."""
        return self.root.title

    @property
    def version(self) -> str:
        """The version of the form's layout."""
        return str(self.schema.get("x-version", "1"))

    @property
    def decides(self) -> bool:
        """Whether it carries the officer's decisions and is no unit's submission."""
        return self.schema.get("x-kind") == "decisions"

    @property
    def lists_units(self) -> bool:
        """Whether it is the roster, which never comes back."""
        return self.schema.get("x-kind") == "roster"

    @property
    def profile(self) -> str | None:
        """The profile a bureau gets that names none."""
        return self.schema.get("x-profile")

    @property
    def monitors(self) -> bool:
        """Whether the form is judged by lights instead of points."""
        rows = self.root.child("indicators")
        return rows is not None and rows.child("computed_light") is not None


def load_form(name: str, workspace: Path | None = None) -> Form:
    """Return the form of that name; raises UsageError when there is none."""
    path = find_resource("schemas", f"{name}{SCHEMA_SUFFIX}", workspace)
    if path is None:
        known = ", ".join(f"{form.name} ({form.title})" for form in all_forms(workspace))
        raise UsageError(*text("form.unknown", name=name, known=known))
    return read_form(path)


def all_forms(workspace: Path | None = None) -> tuple[Form, ...]:
    """Return every form that may come in, the nearest of each name."""
    paths: dict[str, Path] = {}
    for folder in resource_dirs("schemas", workspace):
        for path in sorted(folder.glob(f"*{SCHEMA_SUFFIX}")):
            paths.setdefault(path.name, path)
    found = (read_form(path) for path in paths.values())
    return tuple(form for form in found if not form.lists_units)


def read_form(path: Path) -> Form:
    """Return the form a schema file describes; raises DefinitionError when it is wrong."""
    return _read_form(path, path.stat().st_mtime_ns)


@cache
def _read_form(path: Path, _changed: int) -> Form:
    try:
        schema = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DefinitionError(*text("form.not_json", name=path.name, why=error)) from error
    try:
        root = _field(schema, schema)
    except (KeyError, TypeError, AttributeError) as error:
        raise DefinitionError(*text("form.bad_schema", name=path.name, why=error)) from error
    return Form(path.name.removesuffix(SCHEMA_SUFFIX), schema, root, path)


def resolved(schema: Mapping[str, Any], node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a property with its `$ref` into the same file followed."""
    reference = node.get("$ref")
    if reference is None:
        return node
    target: Any = schema
    for step in reference.removeprefix("#/").split("/"):
        target = target[step]
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _field(
    schema: Mapping[str, Any],
    node: Mapping[str, Any],
    path: str = "",
    key: str = "",
    *,
    required: bool = True,
    find: Find = "right",
    part: bool = False,
) -> Field:
    node = resolved(schema, node)
    kind = _kind(node)
    inner = resolved(schema, node["items"]) if kind == "array" else node
    wanted = frozenset(inner.get("required", ()))
    properties = inner.get("properties", {})
    parts = {
        key for name, child in properties.items() for key in child.get("x-join", ()) if key != name
    }
    children = tuple(
        _field(
            schema,
            child,
            f"{path}.{name}" if path else name,
            name,
            required=name in wanted,
            find="column" if kind == "array" else "right",
            part=name in parts,
        )
        for name, child in properties.items()
    )
    title = str(node.get("title", key))
    return Field(
        path=path,
        key=key,
        kind=kind,
        title=title,
        labels=frozenset(label_key(label) for label in (title, *node.get("x-labels", ()))),
        find=node.get("x-find", find),
        required=required,
        read_only=bool(node.get("readOnly")),
        fill_down=node.get("x-fill") == "down",
        unit=node.get("x-unit"),
        join=tuple(node.get("x-join", ())),
        part=part,
        schema=node,
        children=children,
    )


def _kind(node: Mapping[str, Any]) -> Kind:
    kinds: Any = node.get("type", "string")
    kind: Any = kinds if isinstance(kinds, str) else kinds[0]
    return "text" if kind == "string" else cast("Kind", kind)

"""The seed data: forms as they were published, and made-up accounts that say so."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files as package_files
from typing import Any

Filled = Mapping[str, Any]  # what stands in a form, in the shape of a Document, values as text


@cache
def shangjie() -> dict[str, Any]:
    """Return a district department's overall self-evaluation for 2022, as printed."""
    seed: dict[str, Any] = _read("shangjie-2022.json")
    return seed


@cache
def project_targets() -> tuple[Filled, ...]:
    """Return the target forms of twenty projects for 2020, as printed."""
    return tuple(_read("zhengzhou-targets-2020.json")["forms"])


@cache
def examples() -> dict[str, list[Filled]]:
    """Return accounts of three of the projects that are made up, by what they are for.

    `monitoring`, `self_evaluations` and, for the first of these, `resubmission`.
    """
    found: dict[str, list[Filled]] = _read("examples-2020.json")["forms"]
    return found


def scan() -> bytes:
    """Return a stamped scan as a PDF; it says that it is an example."""
    return package_files("xlflow.demo").joinpath("data/scan.pdf").read_bytes()


def _read(name: str) -> Any:
    path = package_files("xlflow.demo").joinpath("data", name)
    return json.loads(path.read_text(encoding="utf-8"))

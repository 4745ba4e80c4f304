"""The demo exercise: hand out, fill in as the department did, drop, run."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

from xlflow import files
from xlflow.config import Workspace, create_workspace
from xlflow.errors import UsageError
from xlflow.forms import Form, load_form
from xlflow.issuing import fill, template_of
from xlflow.messages import text
from xlflow.pipeline import Processed, hand_out, run

_DEFAULT_FOLDER = "xlflow-demo"
_SUMMARY = "汇总.xlsx"


@dataclass(frozen=True, slots=True)
class Played:
    """What the demo did: the workspace, what became of each file, and the summary book."""

    workspace: Workspace
    processed: tuple[Processed, ...]
    summary: Path


def play(
    folder: Path | None = None,
    on_progress: Callable[[Processed, int, int], None] | None = None,
) -> Played:
    """Return the demo exercise, played in a new workspace.

    Without a folder a new one is made in the current folder. Raises UsageError when the folder
    named is not empty: nothing in it is touched.
    """
    seed = shangjie()
    root = _fresh(folder)
    settings: dict[str, str | int] = {
        "title": text("demo.title").zh,
        "profile": seed["profile"],
        "year": int(seed["data"]["year"]),
    }
    workspace = create_workspace(root, settings)
    roster = root / "roster.csv"
    files.write_bytes(
        roster, f"单位编码,单位名称\r\n,{seed['data']['unit']}\r\n".encode("utf-8-sig")
    )
    form = load_form(seed["form"], root)
    for issued in hand_out(roster, form.name, year=int(seed["data"]["year"]), folder=root):
        filled_in = fill(files.read_bytes(issued.path), form, seed["data"])
        files.write_bytes(workspace.inbox / issued.path.name, filled_in)
    processed = run(workspace, on_progress=on_progress)
    return Played(workspace, processed, workspace.outbox / _SUMMARY)


def returned_workbook(form: Form | None = None) -> bytes:
    """Return the workbook of the seed as the department returned it, every printed value typed."""
    seed = shangjie()
    form = form or load_form(seed["form"])
    return fill(template_of(form), form, seed["data"])


@cache
def shangjie() -> dict[str, Any]:
    """Return the seed: a district department's overall self-evaluation for 2022, as printed."""
    path = package_files("xlflow.demo").joinpath("data/shangjie-2022.json")
    seed: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return seed


@cache
def project_targets() -> tuple[dict[str, Any], ...]:
    """Return the seed: the target forms of twenty projects for 2020, as printed."""
    path = package_files("xlflow.demo").joinpath("data/zhengzhou-targets-2020.json")
    return tuple(json.loads(path.read_text(encoding="utf-8"))["forms"])


def _fresh(folder: Path | None) -> Path:
    if folder is not None:
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(*text("demo.not_empty", folder=folder))
        return folder
    number = 1
    candidate = Path(_DEFAULT_FOLDER)
    while candidate.exists():
        number += 1
        candidate = Path(f"{_DEFAULT_FOLDER}-{number}")
    return candidate

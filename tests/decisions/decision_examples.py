"""处理单 as an officer fills them in, and the forms they are about."""

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from xlflow.config import Workspace, create_workspace
from xlflow.demo import returned_workbook
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.ooxml import Workbook

UNIT = "郑州市上街区自然资源和规划局"
TITLE = "部门整体支出绩效自评表"
NOW = datetime(2026, 4, 18, 7, 30, tzinfo=UTC)
WHO = "绩效科 甲"
ERRORS = (("C15", "F26"), ("C15", "F27"), ("C19", "E45"), ("C37", "J5"))


@cache
def good() -> bytes:
    """Return the seed's workbook; it is returned for the errors above."""
    return returned_workbook()


def changed(cells: Mapping[str, Any], unit: str | None = UNIT) -> bytes:
    """Return the form with other values in some cells, or of another unit."""
    book = Workbook.from_bytes(good())
    sheet = book.sheet(TITLE)
    for cell, value in {"C2": unit, **cells}.items():
        sheet[cell] = value
    return book.to_bytes()


def decisions(who: str | None = WHO, on: str | None = "2026-04-20", **tables: Any) -> bytes:
    """Return a 处理单 with lines in its tables."""
    form = load_form("officer_decisions")
    return fill(template_of(form), form, {"filled_by": who, "filled_on": on, **tables})


def waiver(code: str, cell: str | None = None, unit: str = UNIT, **more: Any) -> dict[str, Any]:
    """Return the line that lets a problem pass."""
    return {"unit": unit, "code": code, "cell": cell, "reason": "口径不同，已附说明", **more}


def bureau(folder: Path) -> Workspace:
    """Return a new workspace of a bureau in Henan."""
    return create_workspace(folder / "工作区", {"profile": "henan-2022"})


def drop(workspace: Workspace, name: str, data: bytes, at: int = 1_700_000_000) -> None:
    """Put a file into the inbox, last changed at a time."""
    path = workspace.inbox / name
    path.write_bytes(data)
    os.utime(path, (at, at))

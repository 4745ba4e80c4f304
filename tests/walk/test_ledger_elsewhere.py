"""Where the ledger stands makes no difference to what comes out."""

from datetime import UTC, datetime
from pathlib import Path

from openpyxl import load_workbook

from xlflow.config import Workspace, create_workspace
from xlflow.demo import returned_workbook
from xlflow.ooxml import Workbook
from xlflow.pipeline import run, standing

NOW = datetime(2026, 4, 18, 7, 30, tzinfo=UTC)


def worked_off(root: Path, **settings: str) -> Workspace:
    """Return a workspace after a form came, and a newer one."""
    workspace = create_workspace(root, {"profile": "henan-2022", **settings})
    newer = Workbook.from_bytes(returned_workbook())
    newer.sheet(newer.sheet_names[0])["F26"] = "81.9%"
    for data in (returned_workbook(), newer.to_bytes()):
        (workspace.inbox / "自评表.xlsx").write_bytes(data)
        run(workspace, clock=lambda: NOW)
    return workspace


def cells(workspace: Workspace) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(workspace.outbox / "汇总.xlsx")
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


def test_the_book_is_the_same_wherever_the_ledger_stands(place: str | Path, tmp_path: Path) -> None:
    usual = worked_off(tmp_path / "here")
    other = worked_off(tmp_path / "there", ledger=str(place))
    assert not (other.state / "ledger.sqlite").exists()
    assert cells(other) == cells(usual)
    (form,) = standing(other)
    assert (form.version, form.unit) == (2, "郑州市上街区自然资源和规划局")

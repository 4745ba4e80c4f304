"""Writing the report of a unit, a project or a whole exercise into a workspace."""

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from xlflow import files
from xlflow.config import Workspace
from xlflow.errors import EnvironmentFailed
from xlflow.forms import all_forms
from xlflow.messages import text
from xlflow.pipeline import open_ledger

if TYPE_CHECKING:  # python-docx, docxtpl and Pillow take their time
    from xlflow.report import Report

FOLDER: Final = "报告"


class NotInstalled(EnvironmentFailed):
    """Raised when what reports are written with is not installed."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A report and where it was written."""

    path: Path
    report: "Report"


def write_report(
    workspace: Workspace,
    *,
    unit: str | None = None,
    project: str | None = None,
    year: int | None = None,
    template: Path | None = None,
    out: Path | None = None,
) -> Reported:
    """Return the report that was written: to `out`, or by its title into `outbox/报告`.

    Another one of that title stays as it is, for a person may have written into it; the new one
    is a further version, `…_第2版.docx`. Without a unit or project it is about everything of the
    year. Raises NotInstalled when the extra `report` is not installed, otherwise as
    `build_report` does.
    """
    try:
        from xlflow.report import Asked, build_report
    except ImportError as error:
        raise NotInstalled(*text("report.not_installed", name=error.name)) from error
    forms = {form.name: form for form in all_forms(workspace.root)}
    with open_ledger(workspace) as ledger:
        report = build_report(ledger, Asked(unit, project, year), forms=forms, template=template)
    path = out or _place_of(report, workspace.outbox / FOLDER)
    if not files.holds(path, files.sha256_of(report.content)):  # it may be open on a desk
        files.write_bytes(path, report.content)
    return Reported(path, report)


def _place_of(report: "Report", folder: Path) -> Path:
    """Return where a report goes: the first name by its title at which no other one lies."""
    ours = files.sha256_of(report.content)
    versions = (None if number == 1 else f"第{number}版" for number in count(1))
    paths = (folder / f"{files.safe_stem(report.title, version)}.docx" for version in versions)
    return next(path for path in paths if not path.exists() or files.holds(path, ours))

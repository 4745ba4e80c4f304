"""What goes back to people: scored copies, answers and attachments, put into the outbox."""

from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from xlflow import files
from xlflow.config import DECISIONS_FOLDER, Workspace
from xlflow.errors import EnvironmentFailed
from xlflow.forms import load_form
from xlflow.ooxml import suffix_of
from xlflow.review import Outcome, Result, worst_outcome

if TYPE_CHECKING:  # SQLAlchemy takes its time; to score one file there is no ledger
    from xlflow.ledger import Arrival, Ledger

_FOLDERS = {
    Outcome.ACCEPTED: "通过",
    Outcome.RETURNED: "退回",
    Outcome.QUARANTINED: "无法读取",
    Outcome.ATTACHMENT: "附件",
}


def put_answer(
    workspace: Workspace,
    arrival: "Arrival",
    results: Sequence[Result],
    marked: bytes | None,
    version: int | None,
) -> str:
    """Return where the answer to an arrival was put, relative to the workspace.

    It is the scored copy; without one (`marked` is None) the file as it came, with the reason
    beside it. `version` is that of the first result.
    """
    folder, first = workspace.outbox / _FOLDERS[worst_outcome(results)], results[0]
    if marked is None:
        target = _put_unread(workspace, arrival, folder, first.problems[0].message)
    else:
        title = load_form(first.form, workspace.root).title if first.form else None
        stems = (
            output_stem(first, title, version, forms=len(results), coded=coded)
            for coded in (False, True)
        )
        target = _put_copy(arrival, folder, stems, marked)
    return _relative(workspace, target)


def put_decisions(workspace: Workspace, arrival: "Arrival", marked: bytes, stem: str) -> str:
    """Return where the answer to a 处理单 was put: apart from what goes back to departments."""
    target = _put_copy(arrival, workspace.outbox / DECISIONS_FOLDER, (stem,), marked)
    return _relative(workspace, target)


def put_attachment(workspace: Workspace, arrival: "Arrival") -> str:
    """Return where a copy of an attachment was put: by the folder it came in."""
    name = PurePosixPath(arrival.name)
    folder = workspace.outbox / _FOLDERS[Outcome.ATTACHMENT]
    if name.parent.parts:
        folder /= files.safe_stem(*name.parent.parts)
    return _relative(workspace, _copy_original(workspace, arrival, folder))


def clear_stale(workspace: Workspace, ledger: "Ledger") -> None:
    """Take answers away that others took the place of; one that is open on a desk waits."""
    for path in ledger.stale_outputs():
        try:
            files.remove(workspace.root / path)
        except EnvironmentFailed:
            continue
        ledger.forget_stale(path)


def output_stem(
    result: Result, title: str | None, version: int | None, *, forms: int = 1, coded: bool = False
) -> str:
    """Return the file name, without suffix, of a scored copy: unit, project, form, year, version.

    A copy with several forms goes by the first of them, and says how many there are. `coded` puts
    the code of the unit before its name: units may share one.

    >>> from xlflow.review import Outcome, Result
    >>> unit = {"unit": "上街区：局", "unit_code": "101"}
    >>> result = Result("a.xlsx", Outcome.ACCEPTED, form="f", year=2022, **unit)
    >>> output_stem(result, "自评表", 1)
    '上街区：局_自评表_2022_v1'
    >>> output_stem(result, "自评表", 1, forms=3)
    '上街区：局_自评表等3份_2022_v1'
    >>> output_stem(result, "自评表", 1, coded=True)
    '101_上街区：局_自评表_2022_v1'
    """
    unit, project = result.unit or result.unit_code, result.project
    code = result.unit_code if coded and result.unit else None
    if forms > 1:
        more = f"等{forms}份"
        project, title = (f"{project}{more}", title) if project else (None, f"{title}{more}")
    parts = (code, unit, project, title, result.year, result.round, f"v{version or 1}")
    return files.safe_stem(*parts)


def _put_copy(arrival: "Arrival", folder: Path, stems: Iterable[str], marked: bytes) -> Path:
    sha256 = files.sha256_of(marked)
    target = _free(folder, stems, suffix_of(marked), sha256, arrival)
    if not files.holds(target, sha256):
        files.write_bytes(target, marked)
    return target


def _put_unread(workspace: Workspace, arrival: "Arrival", folder: Path, why: str) -> Path:
    """Return where a copy of a file that could not be read was put, the sentence beside it."""
    target = _copy_original(workspace, arrival, folder)
    note = target.with_name(f"{target.name}.说明.txt")
    files.write_bytes(note, f"{why}\r\n".encode("utf-8-sig"))
    return target


def _copy_original(workspace: Workspace, arrival: "Arrival", folder: Path) -> Path:
    """Return where a copy of an original was put, under the name it came with."""
    from xlflow.intake import original_path

    name = PurePosixPath(arrival.name)
    suffix = name.suffix if name.suffix == files.safe_name(name.suffix) else ""
    stem = files.safe_stem(name.stem if suffix else name.name)
    target = _free(folder, (stem,), suffix, arrival.sha256, arrival)
    original = original_path(workspace, arrival.sha256)
    if original.exists() and not files.holds(target, arrival.sha256):
        files.copy(original, target)
    return target


def _free(folder: Path, stems: Iterable[str], suffix: str, sha256: str, arrival: "Arrival") -> Path:
    """Return the first path that is free or holds this very content already, as after a crash.

    Where all names are taken by others, it is the last of them with the hash of the original.
    """
    for stem in stems:
        target = folder / f"{stem}{suffix}"
        if not target.exists() or files.holds(target, sha256):
            return target
    return folder / f"{stem}_{arrival.sha256[:8]}{suffix}"


def _relative(workspace: Workspace, target: Path) -> str:
    return target.relative_to(workspace.root).as_posix()

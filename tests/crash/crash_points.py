"""Run xlflow over a small inbox and stop it at the n-th step of `xlflow.files`, for every n.

A program of its own, so that each stop costs a fork and not a start: `crash_points.py SCENE FOLDER
SWEEP…` prints a report as JSON. SCENE is what lies in the inbox: `forms`, or the officer's
`decisions` on forms that were returned before; in the scenes `waived` and `rescored` the step is
one of `waive` or `rescore` over forms that were worked off before.

A SWEEP is KIND:STRIDE:OFFSET. KIND is `exit` (the process is killed), `twice` (the next one, too,
at another step), `full` (the disk is full from then on) or `right` (once, there is no right); every
STRIDE-th step is tried, beginning with OFFSET. STRIDE `all` tries every step. Without it nothing is
killed before a flush: the disk is then as it is before the step after it.
"""

import errno
import io
import json
import os
import shutil
import sys
import traceback
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy.exc import OperationalError

from xlflow import files
from xlflow.config import Workspace, create_workspace, open_workspace
from xlflow.demo import returned_workbook
from xlflow.errors import XlflowError
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.ledger import RosterLine
from xlflow.ooxml import Workbook
from xlflow.pipeline import open_ledger, run
from xlflow.rescoring import rescore
from xlflow.waiving import Asked, waive

NOW = datetime(2026, 4, 18, 7, 30, tzinfo=UTC)
KILLED, REFUSED, FAULT = 70, 71, 72
UNIT = "郑州市上街区自然资源和规划局"
ERRORS = {"full": errno.ENOSPC, "right": errno.EACCES}


def main() -> None:
    scene, place, *sweeps = sys.argv[1:]
    folder = Path(place)
    fresh = folder / "fresh"
    SCENES[scene](create_workspace(fresh, {"profile": "henan-2022"}))
    undisturbed = folder / "undisturbed"
    shutil.copytree(fresh, undisturbed)
    steps: list[str] = []
    files.before_step = lambda step, path: steps.append(f"{step} {path.name}")
    act = ACTIONS.get(scene, work_off)
    act(undisturbed)
    files.before_step = nothing
    report: dict[str, Any] = {"steps": steps, "wanted": state(undisturbed), "sweeps": {}}
    for sweep in sweeps:
        kind, stride, offset = sweep.split(":")
        tried = numbers(steps, kind, stride, int(offset))
        report["sweeps"][kind] = {n: stopped_at(n, len(steps), act, kind, folder) for n in tried}
    sys.stdout.write(json.dumps(report, ensure_ascii=True))


def numbers(steps: list[str], kind: str, stride: str, offset: int) -> list[int]:
    """Return the steps to stop at, from 1."""
    if stride == "all":
        return list(range(1, len(steps) + 1))
    killed = kind in ("exit", "twice")
    told_apart = [
        number
        for number, step in enumerate(steps, 1)
        if not (killed and step.startswith("fsync") and number < len(steps))
    ]
    return told_apart[offset - 1 :: int(stride)]


def stopped_at(
    number: int, steps: int, act: Callable[[Path], None], kind: str, folder: Path
) -> dict[str, Any]:
    """Return how it ended, at once and when it was started again, and what there is then."""
    root = folder / f"{kind}-{number}"
    shutil.copytree(folder / "fresh", root)
    ended = apart(partial(stopped, act, root, kind, number))
    if kind == "twice":
        apart(partial(stopped, act, root, kind, 1 + number * 7 % steps))
    again = apart(partial(act, root))
    found = {"ended": ended, "again": again, "state": state(root)}
    shutil.rmtree(root)
    return found


def fill_inbox(workspace: Workspace) -> None:
    """Drop a good form, the same in a folder, a text file, a scan, and an archive.

    In the archive are a newer version, the scan again and another archive.
    """
    good = returned_workbook()
    scan = b"%PDF-1.4 scan"
    packed = {
        "改/a 自评表.xlsx": newer(good, "81.9%"),
        "改/扫描件.pdf": scan,
        "再.zip": archive({"x.txt": b"x"}),
    }
    dropped = {
        "a 自评表.xlsx": good,
        "二科/b.xlsx": good,
        "c.xlsx": "说明".encode(),
        "二科/扫描件.pdf": scan,
        "包.zip": archive(packed),
        "d.xlsx": newer(good, "82%"),
    }
    drop(workspace, dropped)


def fill_inbox_with_decisions(workspace: Workspace) -> None:
    """Drop a 处理单 that lets a form pass, gives one to its true unit, withdraws another."""
    form = load_form("overall_self_evaluation")
    good, other = returned_workbook(), Workbook.from_bytes(returned_workbook())
    other.sheet(form.title)["C2"] = "资规局"
    drop(workspace, {"a.xlsx": good, "b.xlsx": other.to_bytes()})
    run(workspace, clock=lambda: NOW)
    with open_ledger(workspace) as ledger:
        ledger.expect([RosterLine(form.name, 2022, None, "撤并的局", "039009")])
    decided = load_form("officer_decisions")
    lines = {
        "filled_by": "绩效科",
        "assignments": [{"written_unit": "资规局", "assigned_unit": "资源规划局"}],
        "waivers": [
            {"unit": UNIT, "code": code, "reason": "已说明"} for code in ("C15", "C19", "C37")
        ],
        "withdrawals": [{"unit": "撤并的局", "reason": "已撤并"}],
    }
    drop(workspace, {"处理单/处理单.xlsx": fill(template_of(decided), decided, lines)})


def drop(workspace: Workspace, dropped: dict[str, bytes]) -> None:
    """Put files into the inbox, one a second."""
    for second, (name, data) in enumerate(dropped.items()):
        path = workspace.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        os.utime(path, (1_700_000_000 + second, 1_700_000_000 + second))


def newer(form: bytes, actual: str) -> bytes:
    """Return a form with another account of one indicator."""
    book = Workbook.from_bytes(form)
    book.sheet(book.sheet_names[0])["F26"] = actual
    return book.to_bytes()


def archive(files_in_it: dict[str, bytes]) -> bytes:
    """Return a .zip of files by name."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name, data in files_in_it.items():
            written.writestr(zipfile.ZipInfo(name, (2023, 3, 1, 8, 0, 0)), data)
    return stream.getvalue()


def work_off_forms(workspace: Workspace) -> None:
    """Work off a form of each of two units, returned for several errors."""
    other = Workbook.from_bytes(returned_workbook())
    other.sheet(other.sheet_names[0])["C2"] = "另一个局"
    drop(workspace, {"a.xlsx": returned_workbook(), "b.xlsx": other.to_bytes()})
    run(workspace, clock=lambda: NOW)


def change_the_profile(workspace: Workspace) -> None:
    """Work off forms, then let the bureau ask for full execution."""
    work_off_forms(workspace)
    profile = workspace.root / "schemas" / "profiles" / "henan-2022.toml"
    written = profile.read_text(encoding="utf-8")
    profile.write_text(written.replace("full_at = 90", "full_at = 100"), encoding="utf-8")


def work_off(root: Path) -> None:
    run(open_workspace(root), clock=lambda: NOW)


def let_pass(root: Path) -> None:
    asked = Asked(UNIT, "C15", "口径不同", "绩效科")
    waive(open_workspace(root), asked, clock=lambda: NOW)


def score_again(root: Path) -> None:
    rescore(open_workspace(root), clock=lambda: NOW)


SCENES = {
    "forms": fill_inbox,
    "decisions": fill_inbox_with_decisions,
    "waived": work_off_forms,
    "rescored": change_the_profile,
}
ACTIONS = {"waived": let_pass, "rescored": score_again}


def stopped(act: Callable[[Path], None], root: Path, kind: str, number: int) -> None:
    """Act, and meet trouble at the n-th step; a full disk stays full."""
    left = number

    def trouble(step: str, path: Path) -> None:
        nonlocal left
        left -= 1
        if left > 0 or (left < 0 and kind == "right"):
            return
        if kind in ("exit", "twice"):
            os._exit(KILLED)
        error = OSError(ERRORS[kind], os.strerror(ERRORS[kind]), str(path))
        raise OperationalError("COMMIT", {}, error) if step == "commit" else error

    files.before_step = trouble
    try:
        act(root)
    except XlflowError:
        os._exit(REFUSED)


def apart(work: Callable[[], object]) -> int:
    """Return how a piece of work ended in a process of its own: 0 when it was done."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc()
            os._exit(FAULT)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def state(root: Path) -> dict[str, Any]:
    """Return all that must not depend on where a run was stopped."""
    workspace = open_workspace(root)
    with open_ledger(workspace) as ledger:
        submissions = ledger.submissions()
        scores, problems = ledger.scores_of(submissions), ledger.problems_of(submissions)
        return {
            "inbox": sorted(path.name for path in workspace.inbox.rglob("*") if path.is_file()),
            "outbox": contents(workspace.outbox),
            "originals": contents(workspace.originals),
            "rights": rights(workspace.originals),
            "temporary": [str(path) for path in root.rglob(f"*{files.TEMPORARY_SUFFIX}")],
            "arrivals": sorted(
                [each.name, each.sha256, each.state, each.outcome or "", each.note or ""]
                for each in ledger.arrivals()
            ),
            "submissions": sorted(
                [
                    each.file,
                    each.unit or "",
                    each.version or 0,
                    each.current,
                    each.outcome,
                    each.output,
                    str(each.total),
                    len(scores[each.id]),
                    len(problems[each.id]),
                ]
                for each in submissions
            ),
            "copies": ledger.book_copies(),
            "decisions": [[each.kind, each.cell, each.applied] for each in ledger.decisions()],
            "withdrawn": [each.unit for each in ledger.roster() if each.withdrawn],
            "stale": ledger.stale_outputs(),
            "earlier": [
                [number, [[each.outcome, str(each.total), each.profile_sha256] for each in found]]
                for number, found in ledger.earlier_judgements(submissions).items()
            ],
        }


def contents(folder: Path) -> dict[str, str]:
    """Return the files below a folder with the hash of their bytes."""
    return {
        path.relative_to(folder).as_posix(): files.sha256_of(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def rights(folder: Path) -> dict[str, str]:
    """Return the files below a folder with who may do what with them."""
    return {
        path.relative_to(folder).as_posix(): f"{path.stat().st_mode & 0o777:o}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def nothing(step: str, path: Path) -> None:
    """Let a step pass."""


if __name__ == "__main__":
    main()

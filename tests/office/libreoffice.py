"""LibreOffice as a tool of the tests: editing a workbook as a person would, and rendering it.

It is started once and works off all files of a process of tests; after a trouble another starts.
"""

import atexit
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from select import select
from tempfile import TemporaryDirectory
from typing import Any

_SCRIPT = Path(__file__).with_name("uno_edit.py")
_SYSTEM_PYTHON = "/usr/bin/python3"  # the one that has LibreOffice's `uno`
_SECONDS = 180  # a file may take so long

Step = tuple[object, ...]


class OfficeTrouble(Exception):
    """LibreOffice did not open, edit or save a file."""


def edited(source: Path, target: Path, *steps: Step) -> Path:
    """Return a file that LibreOffice opened, edited step by step, and saved as the suffix says."""
    with TemporaryDirectory() as folder:  # LibreOffice lays a lock beside what it opens
        copy = shutil.copy(source, folder)
        answer = _answer(json.dumps([str(copy), str(target), steps]))
    if answer != "null\n":
        _end_office()
        raise OfficeTrouble(f"{source.name}: {json.loads(answer or 'null') or 'no answer'}")
    assert target.stat().st_size
    return target


def run_macros(source: Path, target: Path, *steps: Step) -> dict[str, Any]:
    """Return what LibreOffice sees of a workbook's macros, and what some of them return.

    What they made of the workbook is saved as .xlsx.
    """
    done = subprocess.run(
        [_SYSTEM_PYTHON, str(_SCRIPT.with_name("uno_macro.py")), str(source), str(target)],
        input=json.dumps(steps).encode(),
        check=True,
        capture_output=True,
        timeout=180,
    )
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def as_pdf(source: Path, folder: Path) -> Path:
    """Return the PDF LibreOffice makes of a workbook or a text."""
    return edited(source, folder / f"{source.stem}.pdf")


def resaved(sources: Iterable[Path], folder: Path, kind: str = "xlsx") -> list[Path]:
    """Return workbooks saved anew by LibreOffice, which works out what has no result."""
    out = folder / "resaved"
    out.mkdir(exist_ok=True)
    return [edited(source, out / f"{source.stem}.{kind}") for source in sources]


def recalculated(sources: Sequence[Path], folder: Path) -> dict[Path, Path]:
    """Return each workbook as LibreOffice saves it after it has calculated all formulas anew.

    One it can not open is not among them.
    """
    outcomes = {}
    for number, path in enumerate(sources):  # two may have one name
        with suppress(OfficeTrouble):
            outcomes[path] = edited(path, folder / f"recalculated-{number}.xlsx", ("recalculate",))
    return outcomes


@cache
def _office() -> subprocess.Popen[str]:
    """Return what tells a LibreOffice what to do, both just started."""
    return subprocess.Popen(
        [_SYSTEM_PYTHON, str(_SCRIPT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def _answer(job: str) -> str:
    """Return the line that answers a job, empty where none comes."""
    office = _office()
    assert office.stdin is not None
    assert office.stdout is not None
    office.stdin.write(f"{job}\n")
    office.stdin.flush()
    return office.stdout.readline() if select([office.stdout], [], [], _SECONDS)[0] else ""


@atexit.register
def _end_office() -> None:
    """End the LibreOffice that was started, if there is one; the next file starts another."""
    if not _office.cache_info().currsize:
        return
    office = _office()
    _office.cache_clear()
    try:
        office.communicate(timeout=60)  # it ends with its input
    except subprocess.TimeoutExpired:
        os.killpg(office.pid, signal.SIGKILL)
        office.communicate()

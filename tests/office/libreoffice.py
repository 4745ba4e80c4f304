"""LibreOffice as a tool of the tests: editing a workbook as a person would, and rendering it."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("uno_edit.py")
_SYSTEM_PYTHON = "/usr/bin/python3"  # the one that has LibreOffice's `uno`

_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode"
 oor:op="fuse"><value>0</value></prop></item></oor:items>
"""

Step = tuple[object, ...]


def edited(source: Path, target: Path, *steps: Step) -> Path:
    """Return a workbook that LibreOffice opened, edited step by step, and saved as .xlsx."""
    subprocess.run(
        [_SYSTEM_PYTHON, str(_SCRIPT), str(source), str(target), json.dumps(steps)],
        check=True,
        capture_output=True,
        timeout=180,
    )
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
    """Return the PDF LibreOffice makes of a workbook."""
    profile = (folder / "profile").as_uri()
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), str(source)],
        check=True,
        capture_output=True,
        timeout=180,
    )  # fmt: skip
    return folder / f"{source.stem}.pdf"


def resaved(sources: Sequence[Path], folder: Path, kind: str = "xlsx") -> list[Path]:
    """Return workbooks saved anew by LibreOffice, which works out what has no result."""
    profile, out = (folder / "profile").as_uri(), folder / "recalculated"
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", kind,
         "--outdir", str(out), *map(str, sources)],
        check=True,
        capture_output=True,
        timeout=300,
    )  # fmt: skip
    return [out / f"{source.stem}.{kind}" for source in sources]


def recalculated(sources: Iterable[Path], folder: Path) -> dict[Path, Path]:
    """Return each workbook as LibreOffice saves it after it has calculated all formulas anew.

    One start of LibreOffice does them all; one it can not open is not among them.
    """
    profile, taken, made = (folder / name for name in ("profile", "taken", "made"))
    for path in (profile / "user", taken, made):
        path.mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE)
    copies = {path: taken / f"{number:04}{path.suffix}" for number, path in enumerate(sources)}
    for path, copy in copies.items():  # two may have one name
        shutil.copyfile(path, copy)
    subprocess.run(
        ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(made), *map(str, copies.values())],
        check=True,
        capture_output=True,
        timeout=600,
    )  # fmt: skip
    outcomes = {path: made / f"{copy.stem}.xlsx" for path, copy in copies.items()}
    return {path: outcome for path, outcome in outcomes.items() if outcome.exists()}

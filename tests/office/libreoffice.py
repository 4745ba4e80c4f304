"""LibreOffice as a tool of the tests: editing a workbook as a person would, and rendering it."""

import json
import subprocess
from pathlib import Path
from typing import Any

_SCRIPT = Path(__file__).with_name("uno_edit.py")
_SYSTEM_PYTHON = "/usr/bin/python3"  # the one that has LibreOffice's `uno`

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

"""LibreOffice as a tool of the tests: editing a workbook as a person would, and rendering it."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

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


def recalculated(sources: Sequence[Path], folder: Path, kind: str = "xlsx") -> list[Path]:
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

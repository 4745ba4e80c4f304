"""Problems at cells of any workbook, and what a workbook looks like from outside, to compare."""

import hashlib
import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

from xlflow.grids import read_book
from xlflow.ooxml import Workbook
from xlflow.ooxml.reference import cell_name
from xlflow.problems import Problem, Severity
from xlflow.review import Outcome, Result

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def found(cell: str, *, sheet: str = "表1", severity: Severity = Severity.ERROR) -> Problem:
    return Problem("C12", severity, None, sheet, cell, "9.1", f"{cell} 不对。请改正。", "")


def result(*problems: Problem) -> Result:
    return Result(file="a.xlsx", outcome=Outcome.RETURNED, problems=problems)


def twenty_problems(data: bytes, seed: str) -> Result:
    """Return problems at twenty cells of random sheets, every second where something stands."""
    grids = read_book(Workbook.from_bytes(data)).grids
    problems = []
    for number in range(20):
        dice = hashlib.sha256(f"{seed} {number}".encode()).digest()
        grid = grids[dice[0] % len(grids)]
        place = 1 + dice[1] % 60, 1 + dice[2] % 12
        if grid.cells and number % 2:
            place = list(grid.cells)[int.from_bytes(dice[4:8]) % len(grid.cells)]
        severity = list(Severity)[dice[3] % 3]
        problems.append(found(cell_name(*place), sheet=grid.sheet, severity=severity))
    return result(*problems)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def differing(before: bytes, after: bytes) -> set[str]:
    """Return the parts that are not the same, byte for byte; one that is missing differs."""
    old, new = parts(before), parts(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def around_rows(part: bytes) -> tuple[bytes, bytes]:
    """Return what stands before the rows of a worksheet part (but its size), and behind them."""
    head, _, rest = part.partition(b"sheetData")
    root = ET.fromstring(part)
    size = next((child.get("ref", "") for child in root if child.tag.endswith("}dimension")), "")
    return head.replace(size.encode(), b""), rest.rpartition(b"sheetData")[2]


def workbook_says(part: bytes) -> list[bytes]:
    """Return what a workbook part says, without the wish to be calculated and empty lists."""
    root = ET.fromstring(part)
    for child in root:
        child.attrib.pop("fullCalcOnLoad", None)
        child.tail = None
    return [ET.tostring(child) for child in root if len(child) or child.attrib]

"""Make the pictures of the READMEs from the demo: `python docs/make_pictures.py [NAME...]`.

Needs LibreOffice (`soffice`, Calc and Writer) and `pdftoppm` for books and papers, and `chromium`
for the HTML page. What is missing is said, and its picture stays as it was. The books are rendered
as printed; of the scored form the computed block, which is not printed, is taken in.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl

from xlflow.config import Workspace
from xlflow.demo import play

PICTURES = Path(__file__).parent / "pictures"
SCALE = 110  # dots per inch
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGE = "进度.html"
REPORTS, REPORT = "报告", "郑州市上街区*.docx"


class Missing(Exception):
    """What a picture is made with or of is not there."""


def main(wanted: list[str]) -> int:
    """Play the demo and make the pictures, all or those named; returns how many are missing."""
    PICTURES.mkdir(exist_ok=True)
    missing = 0
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        workspace = play(work / "demo").workspace
        for name in wanted or MAKERS:
            try:
                MAKERS[name](workspace, work)
                sys.stdout.write(f"{name}.png\n")
            except Missing as error:
                sys.stdout.write(f"{name}.png is not made: {error}\n")
                missing += 1
    return missing


# -- one function a picture ------------------------------------------------------------------------


def scored_form(workspace: Workspace, work: Path) -> None:
    """The scored form with the computed block."""
    scored = found(workspace.outbox / "退回", "*部门整体支出绩效自评表*.xlsx")
    printed(with_block(scored, work / "form.xlsx"), "scored-form", page=2, rows=(50, 830))


def results_sheet(workspace: Workspace, work: Path) -> None:
    """The sheet 核对结果 of the same form."""
    scored = found(workspace.outbox / "退回", "*部门整体支出绩效自评表*.xlsx")
    printed(only(scored, "核对结果", work / "results.xlsx"), "results-sheet", rows=(60, 790))


def summary(workspace: Workspace, work: Path) -> None:
    """The first sheet of the summary book."""
    book = shutil.copy(found(workspace.outbox, "汇总.xlsx"), work / "summary.xlsx")
    printed(Path(book), "summary", rows=(60, 790))


def summary_layout(workspace: Workspace, work: Path) -> None:
    """A layout of the bureau's own, filled."""
    filled = found(workspace.outbox, "*汇总表.xlsx")
    printed(Path(shutil.copy(filled, work / "layout.xlsx")), "summary-layout", rows=(60, 520))


def progress_page(workspace: Workspace, work: Path) -> None:
    """The HTML page that shows who is missing, as a browser does."""
    page = shutil.copy(found(workspace.outbox, PAGE), work / "progress.html")
    browser = program(*BROWSERS)
    target = PICTURES / "progress-page.png"
    run(
        browser, "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu",
        f"--user-data-dir={work / 'browser'}", "--window-size=1287,830",
        f"--screenshot={target}", Path(page).as_uri(),
    )  # fmt: skip


def report(workspace: Workspace, work: Path) -> None:
    """The first page of the narrative report of a department."""
    paper = shutil.copy(found(workspace.outbox / REPORTS, REPORT), work / "report.docx")
    printed(Path(paper), "report", rows=(0, 1287), width=910)


MAKERS: Mapping[str, Callable[[Workspace, Path], None]] = {
    "scored-form": scored_form,
    "results-sheet": results_sheet,
    "summary": summary,
    "summary-layout": summary_layout,
    "progress-page": progress_page,
    "report": report,
}


# -- how ------------------------------------------------------------------------------------------


def found(folder: Path, pattern: str) -> Path:
    """Return the first file of a pattern in a folder and those below."""
    path = next(iter(sorted(folder.rglob(pattern))), None)
    if path is None:
        raise Missing(f"the demo wrote no {pattern}")
    return path


def program(*names: str) -> str:
    """Return the path of the first of some programs that is on the machine."""
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise Missing(f"{' or '.join(names)} is not on this machine")
    return path


def run(*command: object) -> None:
    """Run a program."""
    subprocess.run([str(each) for each in command], check=True, capture_output=True, timeout=300)


def with_block(scored: Path, copy: Path) -> Path:
    """Return a copy of the scored form that prints the computed block too."""
    book = openpyxl.load_workbook(scored)
    sheet = book.worksheets[0]
    sheet.print_area = f"A20:N{sheet.max_row}"
    sheet.print_title_rows = None
    sheet.row_breaks.brk = []
    book.save(copy)
    return copy


def only(source: Path, name: str, copy: Path) -> Path:
    """Return a copy of a book that holds one of its sheets."""
    book = openpyxl.load_workbook(source)
    for sheet in book.worksheets:
        if sheet.title != name:
            book.remove(sheet)
    book.save(copy)
    return copy


def printed(
    paper: Path, name: str, *, rows: tuple[int, int], page: int = 1, width: int = 1287
) -> None:
    """Render one page of a book or paper into the pictures folder: so many rows of pixels."""
    top, height = rows
    office, painter = program("soffice"), program("pdftoppm")
    profile = (paper.parent / "office").as_uri()
    run(
        office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
        "--outdir", paper.parent, paper,
    )  # fmt: skip
    run(
        painter, "-r", SCALE, "-f", page, "-l", page, "-singlefile", "-x", 0, "-y", top,
        "-W", width, "-H", height, "-png", paper.with_suffix(".pdf"), PICTURES / name,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

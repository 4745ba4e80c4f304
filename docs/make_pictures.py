"""Make the pictures of the READMEs from the demo: `python docs/make_pictures.py [NAME...]`.

Needs LibreOffice (`soffice`, Calc and Writer) and `pdftoppm` for books and papers, and `chromium`
for the HTML pages, through Playwright where one is clicked. What is missing is said, and its
picture stays as it was. The books are rendered as printed; the computed block and the button, which
are not printed, are taken in.
"""

import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl

from xlflow.config import Workspace
from xlflow.demo import play, returned_workbook
from xlflow.forms import load_form
from xlflow.issuing import with_button
from xlflow.server.tokens import Holder, give_tokens

PICTURES = Path(__file__).parent / "pictures"
SCALE = 110  # dots per inch
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PORT = 8719
UNIT = "郑州市上街区自然资源和规划局"
PAGE = "进度.html"
REPORTS, REPORT = "报告", "郑州市上街区*.docx"


class Missing(Exception):
    """What a picture is made with or of is not there."""


def main(wanted: list[str]) -> int:
    """Play the demo and make the pictures, all or those named; returns how many are missing."""
    if unknown := sorted(set(wanted) - MAKERS.keys()):
        sys.exit(f"no picture is called {', '.join(unknown)}; there are {', '.join(MAKERS)}")
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
    photographed(Path(page), work, "progress-page", (1287, 830))


def report(workspace: Workspace, work: Path) -> None:
    """The first page of the narrative report of a department."""
    paper = shutil.copy(found(workspace.outbox / REPORTS, REPORT), work / "report.docx")
    printed(Path(paper), "report", rows=(0, 1287), width=910)


def button(workspace: Workspace, work: Path) -> None:
    """The button on a form that was handed out with it, drawn by LibreOffice."""
    form = load_form("overall_self_evaluation", workspace.root)
    book = work / "button.xlsm"
    book.write_bytes(with_printed_button(with_button(returned_workbook(form), form)))
    printed(book, "button", rows=(50, 480))


def serve_page(workspace: Workspace, work: Path) -> None:
    """The page of `xlflow serve` before a file is dropped."""
    with served(workspace, work) as page:
        page.screenshot(path=PICTURES / "serve-page.png")


def serve_answer(workspace: Workspace, work: Path) -> None:
    """The page with an answer."""
    book = work / "部门整体支出绩效自评表.xlsx"
    book.write_bytes(returned_workbook())
    with served(workspace, work) as page:
        ((_, token),) = give_tokens(workspace, [Holder(UNIT)])
        page.fill("#token", token)
        page.set_input_files("#file", book)
        page.wait_for_selector("#download:visible")
        page.fill("#token", "")
        page.screenshot(path=PICTURES / "serve-answer.png")


def doctor(workspace: Workspace, work: Path) -> None:
    """What `xlflow doctor` says on the machine that makes the pictures, as a page of text."""
    del workspace
    home = {"HOME": str(work), "XLFLOW_LANG": "zh", "COLUMNS": "120"}
    command = [sys.executable, "-m", "xlflow", "doctor"]
    said = subprocess.run(
        command, env=os.environ | home, check=True, capture_output=True, text=True
    )
    page = work / "doctor.html"
    style = "font:15px/1.5 'Noto Sans Mono CJK SC',monospace;background:#1e1e1e;color:#eee"
    page.write_text(
        f'<meta charset="utf-8"><body style="{style}"><pre style="font:inherit">'
        f"$ xlflow doctor\n{html.escape(said.stdout)}</pre>",
        encoding="utf-8",
    )
    photographed(page, work, "doctor", (1090, 300))


MAKERS: Mapping[str, Callable[[Workspace, Path], None]] = {
    "scored-form": scored_form,
    "results-sheet": results_sheet,
    "summary": summary,
    "summary-layout": summary_layout,
    "progress-page": progress_page,
    "report": report,
    "button": button,
    "serve-page": serve_page,
    "serve-answer": serve_answer,
    "doctor": doctor,
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


def photographed(page: Path, work: Path, name: str, size: tuple[int, int]) -> None:
    """Take a picture of an HTML file, so many pixels wide and high."""
    run(
        program(*BROWSERS), "--headless", "--no-sandbox", "--hide-scrollbars", "--disable-gpu",
        f"--user-data-dir={work / 'browser'}", "--window-size={},{}".format(*size),
        f"--screenshot={PICTURES / name}.png", page.as_uri(),
    )  # fmt: skip


@contextmanager
def served(workspace: Workspace, work: Path) -> Iterator[Any]:
    """Yield the page of a real server over the demo in a browser; needs Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise Missing("Playwright is not on this machine") from error
    give_tokens(workspace, [Holder(UNIT)])  # without any it does not start
    command = [sys.executable, "-m", "xlflow", "serve", "--port", str(PORT)]
    process = subprocess.Popen(
        [*command, "--jobs", "1", "--workspace", workspace.root],
        env=os.environ | {"XLFLOW_LANG": "zh"},
        stderr=subprocess.DEVNULL,
    )
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(
                executable_path=program(*BROWSERS), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1100, "height": 640})
            waited = time.monotonic() + 30
            while True:
                try:
                    page.goto(f"http://127.0.0.1:{PORT}/")
                    break
                except Exception as error:
                    if process.poll() is not None or time.monotonic() > waited:
                        raise Missing("the server does not start") from error
                    time.sleep(0.2)
            yield page
            browser.close()
    finally:
        process.terminate()
        process.wait(20)


def with_printed_button(book: bytes) -> bytes:
    """Return a copy of an issued form that prints its button, and the columns it stands over."""
    turned = {
        b"<x:PrintObject>False<": b"<x:PrintObject>True<",
        b' print="0"': b"",
    }
    copy = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(copy, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            for before, after in turned.items():
                part = part.replace(before, after)
            if name == "xl/workbook.xml":
                part = re.sub(rb"(Print_Area[^>]*>[^<]*!\$A\$1:)[^<]*<", rb"\1$P$20<", part)
            target.writestr(name, part)
    return copy.getvalue()


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

"""Make the pictures of the READMEs from the demo: `python docs/make_pictures.py`.

Needs LibreOffice (`soffice`), `pdftoppm` and Chromium. The books are rendered as printed; of the
scored form the computed block, which is not printed, is taken in for the picture.
"""

import subprocess
import tempfile
from pathlib import Path

import openpyxl

from xlflow.demo import play

PICTURES = Path(__file__).parent / "pictures"
SCALE = 110  # dots per inch


def main() -> None:
    """Play the demo and render its books."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        played = play(work / "demo")
        (scored,) = (played.workspace.outbox / "退回").glob("*部门整体支出绩效自评表*.xlsx")
        picture(with_block(scored, work / "form.xlsx"), "scored-form", page=2, rows=(50, 830))
        picture(only(scored, "核对结果", work / "results.xlsx"), "results-sheet", rows=(60, 790))
        picture(only(played.summary, "总览", work / "summary.xlsx"), "summary", rows=(60, 480))
        screen(played.workspace.outbox / "进度.html", "progress", width=1280, height=900)


def screen(page: Path, name: str, *, width: int, height: int) -> None:
    """Take a picture of a page as a browser shows it."""
    subprocess.run(
        [
            "chromium", "--headless", "--no-sandbox", "--hide-scrollbars",
            f"--user-data-dir={page.parent / '.browser'}", f"--window-size={width},{height}",
            f"--screenshot={PICTURES / name}.png", page.as_uri(),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip


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
    """Return a copy of a book in which one sheet alone is printed."""
    data = source.read_bytes()
    copy.write_bytes(data)
    if name == "总览":  # the first sheet anyway; openpyxl would lose its charts
        return copy
    book = openpyxl.load_workbook(copy)
    for sheet in list(book.worksheets):
        if sheet.title != name:
            book.remove(sheet)
    book.save(copy)
    return copy


def picture(book: Path, name: str, *, rows: tuple[int, int], page: int = 1) -> None:
    """Render one page of a book into the pictures folder: so many pixel rows from the first."""
    top, height = rows
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(book.parent), str(book)],
        check=True,
        capture_output=True,
    )
    pdf = book.with_suffix(".pdf")
    subprocess.run(
        ["pdftoppm", "-r", str(SCALE), "-f", str(page), "-l", str(page), "-singlefile",
         "-x", "0", "-y", str(top), "-W", "1287", "-H", str(height),
         "-png", str(pdf), str(PICTURES / name)],
        check=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()

"""Every book xlflow writes opens without complaint: in validator, LibreOffice and openpyxl."""

import json
import os
import subprocess
from pathlib import Path

import openpyxl
import pytest
from libreoffice import as_pdf
from package_lint import findings

from xlflow.config import DECISIONS_FILE, ROSTER_FILE
from xlflow.demo import Played
from xlflow.forms import load_form
from xlflow.issuing import template_of

FORMS = (
    "project_target",
    "project_monitoring",
    "project_self_evaluation",
    "overall_self_evaluation",
)
PREVIEW = ("L", "M", "Q", "R", "S", "X", "Y")
KINDS = [
    *(f"{form} {kind}" for form in FORMS for kind in ("template", "handed out", "scored")),
    "summary",
    "decisions",
    "roster",
]
WITH_FORMULAS = ["layout", "layout filled"]  # a bureau's own, drawn with formulas


@pytest.fixture(scope="module")
def books(played: Played, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("books")
    root = played.workspace.root
    made = {
        "summary": played.summary,
        "decisions": root / DECISIONS_FILE,
        "roster": root / ROSTER_FILE,
        "layout": root / played.workspace.settings.summary_layout,
        "layout filled": root / "outbox" / "项目支出绩效自评汇总表.xlsx",
    }
    for name in FORMS:
        form = load_form(name)
        template = folder / f"{name}.xlsx"
        template.write_bytes(template_of(form))
        made[f"{name} template"] = template
        made[f"{name} handed out"] = next((root / "handout").glob(f"*{form.title}*.xlsx"))
        made[f"{name} scored"] = next((root / "outbox").rglob(f"*{form.title}*.xlsx"))
    return made


@pytest.mark.npm
@pytest.mark.parametrize("kind", [*KINDS, *WITH_FORMULAS])
def test_the_open_xml_sdk_finds_no_error(books: dict[str, Path], kind: str) -> None:
    command = [os.environ["XLFLOW_OOXML_VALIDATOR"], str(books[kind])]
    verdict = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    assert verdict["errors"] == []
    assert verdict["ok"]


@pytest.mark.parametrize("kind", [*KINDS, *WITH_FORMULAS])
def test_the_lint_finds_nothing(books: dict[str, Path], kind: str) -> None:
    assert findings(books[kind].read_bytes()) == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", [*KINDS, *WITH_FORMULAS])
def test_libreoffice_opens_and_prints_it(books: dict[str, Path], kind: str, tmp_path: Path) -> None:
    assert as_pdf(books[kind], tmp_path).stat().st_size > 10_000


@pytest.mark.parametrize("kind", KINDS)
def test_no_cell_is_a_formula_or_an_error_but_the_preview(
    books: dict[str, Path], kind: str
) -> None:
    preview = PREVIEW if "self_evaluation" in kind else ()
    summed = {"单位汇总"} if kind == "summary" else set()  # what is added up an auditor can follow
    book = openpyxl.load_workbook(books[kind])
    odd = [
        (sheet.title, cell.coordinate, cell.value)
        for sheet in book.worksheets
        if sheet.title not in summed
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "e" or (cell.data_type == "f" and cell.coordinate[0] not in preview)
    ]
    assert odd == []

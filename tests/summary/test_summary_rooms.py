import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
import xlsxwriter

from xlflow.summary.links import Link, Links
from xlflow.summary.sheet import Book


def test_the_package_is_imported_without_the_heavy_libraries() -> None:
    code = (
        "import sys, xlflow.problems, xlflow.files, xlflow.messages;"
        "print(sorted({'pandas', 'xlsxwriter', 'sqlalchemy'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("output", "path"),
    [
        ("outbox/通过/甲 局#1%.xlsx", "通过/甲%20局%231%25.xlsx"),
        ("elsewhere/a.xlsx", "../elsewhere/a.xlsx"),
    ],
)
def test_a_link_is_relative_to_the_book(output: str, path: str) -> None:
    links = Links(Path("/w"), Path("/w/outbox"))
    assert links.to(output, "打开") == Link(path, "打开")
    assert links.to(None, "打开") is None


def test_a_sheet_name_with_an_apostrophe_is_quoted() -> None:
    links = Links(Path("/w"), Path("/w"))
    link = links.to("a.xlsx", "定位", "甲's", "B2")
    assert link is not None
    assert link.url == "external:a.xlsx#'甲''s'!B2"


def test_a_result_file_on_another_drive_is_named_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    def other_drive(target: Path, start: Path) -> str:
        raise ValueError(target, start)

    monkeypatch.setattr("os.path.relpath", other_drive)
    link = Links(Path("/share"), Path("/desk")).to("a.xlsx", "打开")
    assert link == Link("/share/a.xlsx", "打开")


def test_a_cell_takes_no_binary_number() -> None:
    with xlsxwriter.Workbook(BytesIO()) as workbook:
        sheet = Book(workbook).sheet("总览")
        with pytest.raises(TypeError, match="float"):
            sheet.cell(0, 0, 0.1, {})

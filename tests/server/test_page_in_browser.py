"""The page, used as a clerk does: a file is dropped, problems are read, the copy is downloaded."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect, sync_playwright
from served import Server, serving

from xlflow.config import create_workspace
from xlflow.demo import returned_workbook
from xlflow.ooxml import Workbook

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    workspace = create_workspace(tmp_path_factory.mktemp("page"))
    with serving(workspace.root, "--open") as started:
        yield started


@pytest.fixture
def page(server: Server) -> Iterator[Page]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        opened = browser.new_page(viewport={"width": 1100, "height": 900})
        complaints: list[str] = []
        opened.on("console", lambda told: complaints.append(told.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.goto(server.url)
        yield opened
        browser.close()
    assert [each for each in complaints if "422" not in each] == []


def filled_in(folder: Path, unit: str | None = None) -> Path:
    path = folder / "自评表 2022.xlsx"
    book = Workbook.from_bytes(returned_workbook())
    if unit:
        book.sheet("部门整体支出绩效自评表")["C2"] = unit
    path.write_bytes(book.to_bytes())
    return path


def test_a_clerk_sees_score_and_problems_and_downloads_the_copy(page: Page, tmp_path: Path) -> None:
    page.set_input_files("#file", filled_in(tmp_path))
    expect(page.locator("#headline")).to_contain_text("核对结论", timeout=30_000)
    expect(page.locator("#figures")).to_contain_text("测算总分")
    assert page.locator("#forms td.place").first.inner_text() != ""
    assert page.locator("#forms td.warning, #forms td.error").count() > 0
    assert not page.locator("#for-token").is_visible()
    with page.expect_download() as coming:
        page.click("#download")
    saved = tmp_path / "saved.xlsx"
    coming.value.save_as(saved)
    assert coming.value.suggested_filename == "自评表 2022.scored.xlsx"
    assert "核对结果" in openpyxl.load_workbook(saved).sheetnames


def test_what_is_no_workbook_is_told_and_the_next_file_goes(page: Page, tmp_path: Path) -> None:
    wrong = tmp_path / "扫描件.pdf"
    wrong.write_bytes(b"%PDF-1.7 scan")
    page.set_input_files("#file", wrong)
    expect(page.locator("#headline")).to_contain_text("扫描件.pdf", timeout=30_000)
    assert not page.locator("#download").is_visible()
    page.set_input_files("#file", filled_in(tmp_path))
    expect(page.locator("#headline")).to_contain_text("核对结论", timeout=30_000)


def test_what_stands_in_a_form_is_text_on_the_page(page: Page, tmp_path: Path) -> None:
    page.set_input_files("#file", filled_in(tmp_path, "<img src=x onerror=alert(1)>教育局"))
    expect(page.locator("#headline")).to_contain_text("核对结论", timeout=30_000)
    assert page.locator("#forms img").count() == 0
    assert "<img src=x" in page.locator("#forms").inner_text()

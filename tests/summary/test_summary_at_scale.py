"""Thousands of submissions: what Excel can hold, and what is held in memory."""

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from package_lint import findings
from summary_examples import (
    FORM,
    FUNDS_SCORE,
    INDICATOR_SCORE,
    RECEIVED,
    SHEET,
    built,
    problem,
    result,
    submit,
)

from xlflow import facts
from xlflow.facts import InPieces
from xlflow.forms import load_form
from xlflow.forms.document import Document, Source
from xlflow.ledger import Ledger, RosterLine, Submission, entry_of
from xlflow.ooxml import long_tables
from xlflow.scoring import load_profile
from xlflow.scoring.score import Scores
from xlflow.summary import details, look, sheet, stream, write_summary

UNITS, INDICATORS = 130, 3
FEW, MANY, INDICATORS_OF_EACH = 210, 450, 8
MOST_HELD = 8_000  # bytes a submission
BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "summary.py"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        rows = [replace(INDICATOR_SCORE, cell=f"H{20 + number}") for number in range(INDICATORS)]
        for number in range(UNITS):
            told = tuple(problem(f"{number}.{each}") for each in range(2))
            judged = result(f"第{number:03d}单位", f"{number:06d}", problems=told)
            judged = replace(judged, scores=Scores(rows=(FUNDS_SCORE, *rows)))
            submit(opened, judged, f"{number:064x}")
        yield opened


def column(page: Worksheet, caption: str) -> list[object]:
    """Return the values below a heading."""
    columns: list[list[object]] = [[cell.value for cell in cells] for cells in page.iter_cols()]
    return next(values for heading, *values in columns if heading == caption)


def test_a_table_longer_than_a_sheet_goes_on_on_another_one(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = load_workbook(BytesIO(built(ledger)))["指标明细"]
    monkeypatch.setattr(details, "MOST_ROWS", 210)
    package = built(ledger)
    book = load_workbook(BytesIO(package))
    pages = [book[name] for name in ("指标明细", "指标明细2", "指标明细3")]
    assert [page.max_row - 1 for page in pages] == [210, 210, 100]
    for caption in ("单位", "三级指标", "单元格"):
        parted = [value for page in pages for value in column(page, caption)]
        assert parted == column(whole, caption)
    for page in pages:
        assert page.auto_filter.ref == page.dimensions
        assert page.freeze_panes == "C2"
        assert page.print_title_rows == "$1:$1"
    assert "指标明细共520行，接在“指标明细2”等表中" in str(book["总览"]["A2"].value)
    assert findings(package) == []


def test_a_table_that_just_fits_takes_one_sheet(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(details, "MOST_ROWS", UNITS * (1 + INDICATORS))
    names = load_workbook(BytesIO(built(ledger))).sheetnames
    assert "指标明细" in names
    assert "指标明细2" not in names


def test_no_sheet_has_more_links_than_excel_opens(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in (sheet, details):
        monkeypatch.setattr(room, "MOST_LINKS", 100)
    package = built(ledger)
    page = load_workbook(BytesIO(package))["问题清单"]
    linked = [cell for row in page.iter_rows() for cell in row if cell.hyperlink]
    assert len(linked) == 100
    assert "问题清单只有前100行有链接" in str(load_workbook(BytesIO(package))["总览"]["A2"].value)
    assert page.max_row == 1 + 2 * UNITS
    assert findings(package) == []


def test_a_long_text_is_cut_to_what_a_cell_holds(ledger: Ledger) -> None:
    wordy = replace(
        result("话多的单位", "999999"),
        scores=Scores(rows=(replace(FUNDS_SCORE, actual="长" * 40_000),)),
    )
    arrival = ledger.arrive("f" * 64, wordy.file, 1, 1, RECEIVED)
    ledger.record(ledger.taken(arrival), [entry_of(wordy)], recorded_at=RECEIVED)
    package = built(ledger)
    page = load_workbook(BytesIO(package))["指标明细"]
    assert max(len(str(value)) for value in column(page, "实际完成值")) <= 32_767
    assert findings(package) == []


def test_who_goes_through_all_submissions_reads_each_once_and_holds_few(ledger: Ledger) -> None:
    asked: list[int] = []

    def read(some: Sequence[Submission]) -> dict[int, str]:
        asked.extend(each.id for each in some)
        return {each.id: str(each.id) for each in some}

    (one, *_) = ledger.submissions()
    everyone = [replace(one, id=number) for number in range(1000)]
    pieces = InPieces(everyone, read)
    for each in everyone:
        assert pieces[each.id] == str(each.id)
    assert asked == [each.id for each in everyone]
    asked.clear()
    for each in reversed(everyone[:300]):
        assert pieces[each.id] == str(each.id)
    assert len(asked) == 300
    with pytest.raises(KeyError):
        pieces[5000]


def exercise(place: Path, count: int) -> Ledger:
    """Return the ledger of so many projects, each with words and indicators of its own."""
    ledger = Ledger.open(place / "ledger.sqlite")
    said = "完成年度建设任务，保障项目按期建成并投入使用，群众满意度不低于百分之九十。"
    names = [f"第{number:05d}单位" for number in range(count)]
    with ledger.together():
        ledger.expect(RosterLine(FORM, 2022, "年度", name, name[1:6]) for name in names)
        for number, name in enumerate(names):
            judged = result(name, name[1:6], total=f"{60 + number % 40}.{number % 100:02d}")
            own = [f"{name}的第{row}项指标" for row in range(INDICATORS_OF_EACH)]
            rows = [
                replace(INDICATOR_SCORE, field=f"/indicators/{row}", explanation=f"{said}{each}")
                for row, each in enumerate(own)
            ]
            data = {
                **(judged.document.data if judged.document else {}),
                "annual_objective": {"expected": f"{name}：{said * 5}", "actual": f"{said}{name}"},
                "indicators": [{"level1": "产出", "level3": each, "target": said} for each in own],
            }
            judged = replace(
                judged,
                project=f"项目{number}",
                problems=(problem(f"{number}"),),
                scores=replace(judged.scores, rows=(FUNDS_SCORE, *rows)),
                document=Document(
                    FORM, SHEET, data, {"/funds/total/executed": Source(SHEET, "C9")}
                ),
            )
            submit(ledger, judged, f"{number:064x}")
    return ledger


def held(place: Path, count: int) -> int:
    """Return the most memory that writing a book takes, in bytes."""
    place.mkdir()
    form = load_form(FORM)
    with exercise(place, count) as ledger:
        tracemalloc.start()
        try:
            with (place / "汇总.xlsx").open("wb") as book:
                write_summary(
                    ledger,
                    book,
                    title="汇总",
                    at=RECEIVED,
                    workspace=place,
                    folder=place,
                    judged_by={FORM: (form, load_profile("henan-2022"))},
                )
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_memory_grows_by_little_for_each_submission(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What does not grow with the number of submissions is kept small, to see what does.
    for room in (long_tables, look):
        monkeypatch.setattr(room, "_REMEMBERED", 50)
    monkeypatch.setattr(facts, "_SMALL", 100)
    monkeypatch.setattr(stream, "_TOGETHER", 50)
    monkeypatch.setattr(sheet, "_WIDTH_SAMPLE", 50)
    held(tmp_path / "first", 20)  # what is imported and remembered once
    few, many = held(tmp_path / "few", FEW), held(tmp_path / "many", MANY)
    assert (many - few) / (MANY - FEW) < MOST_HELD


def test_the_benchmark_runs_and_compares_all_books() -> None:
    command = [sys.executable, str(BENCHMARK), "--submissions", "20", "--indicators", "4", "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(run.stdout)
    assert set(told["books"]) == {"xlflow", "openpyxl", "pandas-xlsxwriter", "pandas-openpyxl"}
    assert all(each["size"] > 0 for each in told["books"].values())
    assert set(told["one_more"]) == {"1", "2", "20"}

"""A long table is the same whichever way its rows are written."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from summary_examples import (
    FUNDS_SCORE,
    INDICATOR_SCORE,
    RECEIVED,
    UNDECIDED_SCORE,
    built,
    result,
)

from xlflow.ledger import Ledger, entry_of
from xlflow.ooxml import Workbook
from xlflow.scoring.score import Scores
from xlflow.summary import sheet

UNITS = 90
DETAILS = "指标明细"
HOSTILE = ["=cmd|'/c calc'!A1", "@SUM(A1)", '<b>&"引号"</b>', "两\n行", "_x000D_", " 前后空格 "]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        for number in range(UNITS):
            odd = replace(UNDECIDED_SCORE, target=HOSTILE[number % len(HOSTILE)], weight=None)
            scores = Scores(rows=(FUNDS_SCORE, INDICATOR_SCORE, odd))
            judged = replace(result(f"第{number}单位", f"{number:06d}"), scores=scores)
            arrival = opened.arrive(f"{number:064x}", judged.file, 1, 1, RECEIVED)
            opened.record(opened.taken(arrival), [entry_of(judged)], recorded_at=RECEIVED)
            opened.finish(arrival, judged.outcome.value)
        yield opened


def picture(package: bytes) -> tuple[Any, ...]:
    """Return all of the sheet that a reader sees: cells, looks, heights, filter, print set-up."""
    page = load_workbook(BytesIO(package))[DETAILS]
    # openpyxl leaves the escape of `_x000D_` as it is in one kind of text and not in the other.
    values = Workbook.from_bytes(package).sheet(DETAILS)
    cells = {
        cell.coordinate: (
            values[cell.coordinate],
            cell.data_type,
            cell.number_format,
            cell.alignment.horizontal,
            cell.border.left.style if cell.border.left else None,
        )
        for row in page.iter_rows()
        for cell in row
    }
    heights = {number: page.row_dimensions[number].height for number in range(1, page.max_row + 1)}
    return cells, heights, page.dimensions, page.auto_filter.ref, page.print_title_rows


def test_rows_repeated_below_the_first_are_those_the_library_would_write(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    repeated = picture(built(ledger))
    monkeypatch.setattr(sheet, "_LONG", 10**9)
    written = picture(built(ledger))
    assert len(written[1]) == UNITS * 3 + 1
    assert repeated == written


def test_what_people_wrote_stays_text_in_every_row(ledger: Ledger) -> None:
    package = built(ledger)
    page = load_workbook(BytesIO(package))[DETAILS]
    letter = next(cell.column_letter for cell in page[1] if cell.value == "年度指标值")
    values = Workbook.from_bytes(package).sheet(DETAILS)
    assert {values[f"{letter}{row}"] for row in range(2, page.max_row + 1)} >= set(HOSTILE)
    types = {cell.data_type for row in page.iter_rows() for cell in row}
    assert "f" not in types


@pytest.mark.npm
def test_the_open_xml_sdk_finds_no_error(ledger: Ledger, tmp_path: Path) -> None:
    book = tmp_path / "long.xlsx"
    book.write_bytes(built(ledger))
    command = [os.environ["XLFLOW_OOXML_VALIDATOR"], str(book)]
    verdict = json.loads(subprocess.run(command, capture_output=True, check=False).stdout)
    assert verdict["errors"] == []

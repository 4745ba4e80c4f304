"""A long table is the same whichever way its rows are written."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from summary_examples import (
    FORM,
    FUNDS_SCORE,
    INDICATOR_SCORE,
    RECEIVED,
    UNDECIDED_SCORE,
    built,
    result,
    submit,
)

from xlflow.ledger import Ledger, RosterLine
from xlflow.ooxml import Workbook
from xlflow.review.result import Outcome
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
            scores = Scores(rows=(FUNDS_SCORE, INDICATOR_SCORE, odd), total=Decimal(number))
            judged = replace(result(f"第{number}单位", f"{number:06d}"), scores=scores)
            submit(opened, judged, f"{number:064x}")
        lost = opened.arrive("f" * 64, "说明.txt", 1, 1, RECEIVED)
        opened.finish(opened.taken(lost), Outcome.ATTACHMENT, "附件")
        opened.expect(RosterLine(FORM, 2022, "年度", f"没来的{n}", f"9{n}") for n in range(20))
        yield opened


def picture(package: bytes, name: str) -> tuple[Any, ...]:
    """Return all of the sheet that a reader sees: cells, looks, heights, filter, print set-up."""
    page = load_workbook(BytesIO(package))[name]
    # openpyxl leaves the escape of `_x000D_` as it is in one kind of text and not in the other.
    values = Workbook.from_bytes(package).sheet(name)
    cells = {
        cell.coordinate: (
            cell.value if isinstance(cell.value, datetime) else values[cell.coordinate],
            cell.hyperlink.target if cell.hyperlink else None,
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
    monkeypatch.setattr(sheet, "_LONG", 10)
    repeated = built(ledger)
    monkeypatch.setattr(sheet, "_LONG", 10**9)
    written = built(ledger)
    assert len(picture(written, DETAILS)[1]) == UNITS * 3 + 1
    names = load_workbook(BytesIO(repeated)).sheetnames
    assert {"排名", "单位汇总", "报送一览", "退回与催报"} < set(names)
    for name in names:
        assert picture(repeated, name) == picture(written, name)
    assert len(repeated) != len(written)


def test_what_stands_below_a_long_table_stays_there(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet, "_LONG", 10)
    page = load_workbook(BytesIO(built(ledger)))["报送一览"]
    below = [[cell.value for cell in row if cell.value] for row in page.iter_rows(UNITS + 1)]
    assert below[0][0] == f"{UNITS - 1:06d}"
    assert below[2] == ["未计入（重复、无法读取、附件、处理单）"]
    assert below[4][0] == "说明.txt"


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

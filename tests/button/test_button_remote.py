"""The button on a real xlwings book of the remote engine: the same as the watcher's copy."""

import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from live_books import RecordedDesk, carry_out, live_book, values_of
from package_samples import loaded_fast

from xlflow.button import WORKSPACE, blocks, score_book, shown
from xlflow.demo import returned_workbook
from xlflow.demo.play import Played
from xlflow.ooxml import Workbook
from xlflow.pipeline import open_ledger
from xlflow.review import Outcome
from xlflow.settling import judge_in_workspace

pytestmark = pytest.mark.remote
FORM = "部门整体支出绩效自评表"


def clicked(
    data: bytes, workspace: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> tuple[openpyxl.Workbook, RecordedDesk, list[dict[str, Any]]]:
    """Return a book after a click: what the engine asked for is done to it."""
    monkeypatch.setenv(WORKSPACE, str(workspace))
    desk = RecordedDesk(data)
    book = live_book(desk.book, name)
    score_book(book, desk)
    actions = book.json()["actions"]
    carry_out(actions, desk.book)
    return desk.book, desk, actions


def sent(played: Played) -> Iterator[tuple[str, bytes, Path]]:
    for done in played.processed:
        read = done.outcome in (Outcome.ACCEPTED, Outcome.RETURNED)
        if read and done.output and "处理单" not in done.output:
            original = next(played.workspace.originals.rglob(f"{done.sha256}*"))
            data = original.read_bytes()
            if data.startswith(b"PK"):
                yield Path(done.file).name, data, played.workspace.root / done.output


def test_every_workbook_of_the_demo_is_as_the_watcher_wrote_it(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0
    for name, data, output in sent(played):
        live, desk, _ = clicked(data, played.workspace.root, monkeypatch, name)
        copy = loaded_fast(output.read_bytes())
        assert live.sheetnames == copy.sheetnames, name
        for title in copy.sheetnames:
            assert dict(values_of(live, title)) == dict(values_of(copy, title)), (name, title)
            assert noted(live, title) == noted(copy, title), (name, title)
        assert linked(live) == linked(copy), name
        assert len(desk.told) == 1
        compared += 1
    assert compared >= 20


def noted(book: openpyxl.Workbook, title: str) -> dict[str, str]:
    cells = (cell for row in book[title].iter_rows() for cell in row)
    return {cell.coordinate: cell.comment.text for cell in cells if cell.comment}


def linked(book: openpyxl.Workbook) -> dict[str, str]:
    links = {
        cell.coordinate: cell.hyperlink
        for row in book["核对结果"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    return {
        cell: (link.location or link.target or "").removeprefix("#").replace("'", "")
        for cell, link in links.items()
    }


def test_a_second_click_gives_the_same(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    name, data, output = next(each for each in sent(played) if "自评表" in each[0])
    first, desk, _ = clicked(data, played.workspace.root, monkeypatch, name)
    # What Excel would save as the copy of the second click: the scored copy, byte for byte.
    again, second, _ = clicked(output.read_bytes(), played.workspace.root, monkeypatch, name)
    for title in first.sheetnames:
        assert dict(values_of(again, title)) == dict(values_of(first, title))
        assert noted(again, title) == noted(first, title)
    assert second.told == desk.told
    assert second.highlights == desk.highlights


def test_what_stands_in_the_unit_s_cells_is_not_written(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, data, output = next(each for each in sent(played) if "自评表" in each[0])
    _, _, actions = clicked(data, played.workspace.root, monkeypatch, name)
    before, after = Workbook.from_bytes(data), Workbook.open(output)
    written = {
        (action["sheet_position"], action["start_row"] + row, action["start_column"] + column)
        for action in actions
        if action["func"] == "setValues"
        for row in range(action["row_count"])
        for column in range(action["column_count"])
    }
    sheets = before.sheet_names
    for position, row, column in written:
        if position < len(sheets) and sheets[position] != "核对结果":
            cell = f"{openpyxl.utils.get_column_letter(column + 1)}{row + 1}"
            changed = before.sheet(sheets[position])[cell] != after.sheet(sheets[position])[cell]
            assert changed or before.sheet(sheets[position])[cell] is None, cell


def test_a_book_that_holds_no_form_stays_as_it_is(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    book["Sheet"]["A1"] = "购物清单"
    stream = io.BytesIO()
    book.save(stream)
    _, desk, actions = clicked(stream.getvalue(), played.workspace.root, monkeypatch, "清单.xlsx")
    assert actions == []
    assert "清单.xlsx" in desk.told[0]


def test_values_are_written_in_few_blocks() -> None:
    column = {(row, 12): 1.0 for row in range(5, 60)}
    block = {(row, col): 2.0 for row in range(5, 60) for col in (12, 13, 14)}
    assert len(list(blocks(column))) == 1
    (whole,) = blocks(block)
    assert str(whole.area) == "L5:N59"
    assert len(whole.values) == 55


@pytest.mark.parametrize(
    "words",
    ["=1+1", "-5", "15", "@SUM(A1)", "1/2", "TRUE", " 空格", "'引号", "１５", "＝1+1", "上午9:00"],
)
def test_a_text_stays_a_text(words: str) -> None:
    assert shown(words) == f"'{words}"


def test_a_small_number_and_a_long_one_stay_what_they_are() -> None:
    assert shown(Decimal("1E-7")) == 1e-7
    assert shown(Decimal("99.10")) == 99.1
    assert shown(Decimal("-0.00")) == 0
    assert isinstance(shown(10), float)


def with_reason(data: bytes) -> bytes:
    """Return the department's form with the reason it had left out."""
    workbook = Workbook.from_bytes(data)
    workbook.sheet(FORM)["J5"] = "年中追加预算，部分款项按合同约定跨年支付。"
    return workbook.to_bytes()


def saved(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def seen(book: openpyxl.Workbook, title: str) -> dict[str, object]:
    """Return the values of a sheet, but not those in hidden columns of ours."""
    return {cell: value for cell, value in values_of(book, title) if not cell.startswith("AA")}


def test_a_click_after_a_value_was_changed_leaves_nothing_of_the_first(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, name = played.workspace.root, f"{FORM}.xlsx"
    first, _, _ = clicked(returned_workbook(), root, monkeypatch, name)
    assert "J5" in noted(first, FORM)
    # The copy Excel would save holds the marks of the first click.
    second, desk, _ = clicked(with_reason(saved(first)), root, monkeypatch, name)
    fresh, other, _ = clicked(with_reason(returned_workbook()), root, monkeypatch, name)
    assert "J5" not in noted(second, FORM)
    assert desk.told == other.told
    assert desk.highlights == other.highlights
    for title in fresh.sheetnames:
        assert seen(second, title) == seen(fresh, title)
        assert noted(second, title) == noted(fresh, title)


def test_two_forms_in_a_book_without_a_results_sheet(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(returned_workbook()))
    del book["核对结果"]
    twin = book.copy_worksheet(book[FORM])
    twin.title, twin["C2"] = "另一份", "郑州市上街区教育局"
    data = saved(book)
    live, desk, _ = clicked(data, played.workspace.root, monkeypatch, "两份.xlsx")
    with open_ledger(played.workspace) as ledger:
        judged = judge_in_workspace(data, "两份.xlsx", played.workspace, ledger)
    assert len(judged.results) == 2
    assert judged.marked
    copy = openpyxl.load_workbook(io.BytesIO(judged.marked))
    assert live.sheetnames == copy.sheetnames
    for title in copy.sheetnames:
        assert dict(values_of(live, title)) == dict(values_of(copy, title)), title
        assert noted(live, title) == noted(copy, title)
    assert len(desk.told) == 1

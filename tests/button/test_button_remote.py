"""The button on a real xlwings book of the remote engine: the same as the watcher's copy."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from live_books import RecordedDesk, carry_out, live_book, values_of

from xlflow.button import WORKSPACE, blocks, score_book, shown
from xlflow.demo import play
from xlflow.demo.play import Played
from xlflow.ooxml import Workbook
from xlflow.review import Outcome

pytestmark = pytest.mark.remote


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("button") / "demo")


def clicked(
    data: bytes, workspace: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> tuple[openpyxl.Workbook, RecordedDesk, list[dict[str, Any]]]:
    """Return a book after a click: what the engine asked for is done to it."""
    monkeypatch.setenv(WORKSPACE, str(workspace))
    book, desk = live_book(data, name), RecordedDesk(data)
    score_book(book, desk)
    actions = book.json()["actions"]
    carry_out(actions, desk.book)
    return desk.book, desk, actions


def sent(demo: Played) -> Iterator[tuple[str, bytes, Path]]:
    for done in demo.processed:
        read = done.outcome in (Outcome.ACCEPTED, Outcome.RETURNED)
        if read and done.output and "处理单" not in done.output:
            original = next(demo.workspace.originals.rglob(f"{done.sha256}*"))
            data = original.read_bytes()
            if data.startswith(b"PK"):
                yield Path(done.file).name, data, demo.workspace.root / done.output


def test_every_workbook_of_the_demo_is_as_the_watcher_wrote_it(
    demo: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = 0
    for name, data, output in sent(demo):
        live, desk, _ = clicked(data, demo.workspace.root, monkeypatch, name)
        copy = openpyxl.load_workbook(output)
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


def test_a_second_click_gives_the_same(demo: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    name, data, output = next(each for each in sent(demo) if "自评表" in each[0])
    first, desk, _ = clicked(data, demo.workspace.root, monkeypatch, name)
    # What Excel would save as the copy of the second click: the scored copy, byte for byte.
    again, second, _ = clicked(output.read_bytes(), demo.workspace.root, monkeypatch, name)
    for title in first.sheetnames:
        assert dict(values_of(again, title)) == dict(values_of(first, title))
        assert noted(again, title) == noted(first, title)
    assert second.told == desk.told
    assert second.highlights == desk.highlights


def test_what_stands_in_the_unit_s_cells_is_not_written(
    demo: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, data, output = next(each for each in sent(demo) if "自评表" in each[0])
    _, _, actions = clicked(data, demo.workspace.root, monkeypatch, name)
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
    demo: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    book["Sheet"]["A1"] = "购物清单"
    stream = io.BytesIO()
    book.save(stream)
    _, desk, actions = clicked(stream.getvalue(), demo.workspace.root, monkeypatch, "清单.xlsx")
    assert actions == []
    assert "清单.xlsx" in desk.told[0]


def test_values_are_written_in_few_blocks() -> None:
    column = {(row, 12): 1.0 for row in range(5, 60)}
    block = {(row, col): 2.0 for row in range(5, 60) for col in (12, 13, 14)}
    assert len(list(blocks(column))) == 1
    (whole,) = blocks(block)
    assert str(whole.area) == "L5:N59"
    assert len(whole.values) == 55


@pytest.mark.parametrize("words", ["=1+1", "-5", "15", "@SUM(A1)", "1/2", "TRUE", " 空格"])
def test_a_text_stays_a_text(words: str) -> None:
    assert shown(words) == f"'{words}"

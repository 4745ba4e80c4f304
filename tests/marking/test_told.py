"""The marks as data hold all that marking writes: the scored copy can be made from them."""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from package_samples import loaded_fast

from xlflow.demo.play import Played
from xlflow.marking import Marks, marks_of, strip
from xlflow.ooxml import Workbook
from xlflow.pipeline import open_ledger
from xlflow.review import Outcome
from xlflow.settling import judge_in_workspace

HIDDEN_FROM = 27
OURS = 'ISTEXT("xlflow")'


class Judged(NamedTuple):
    """A form: its name, the scored copy, that copy as openpyxl sees it, and the marks."""

    name: str
    scored: bytes
    copy: openpyxl.Workbook
    marks: Marks


@pytest.fixture(scope="module")
def judged(played: Played) -> list[Judged]:
    """Return each form of the demo that was judged."""
    found = []
    with open_ledger(played.workspace) as ledger:
        for done in played.processed:
            if done.outcome not in (Outcome.ACCEPTED, Outcome.RETURNED) or not done.output:
                continue
            data = next(played.workspace.originals.rglob(f"{done.sha256}*")).read_bytes()
            if not data.startswith(b"PK") or "处理单" in done.output:
                continue
            answer = judge_in_workspace(data, done.file, played.workspace, ledger)
            assert answer.marked
            marks = marks_of(answer.results, answer.profiles, answer.marked)
            found.append(Judged(done.file, answer.marked, loaded_fast(answer.marked), marks))
    assert len(found) >= 20
    return found


def values(book: openpyxl.Workbook) -> dict[tuple[str, str], object]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def notes(book: openpyxl.Workbook) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def highlights(book: openpyxl.Workbook) -> Iterator[tuple[str, str, str]]:
    for sheet in book.worksheets:
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                if OURS in "".join(rule.formula):
                    for each in area.sqref.ranges:
                        colour = rule.dxf.fill.bgColor.rgb
                        yield sheet.title, each.coord.partition(":")[0], colour


def put(marks: Marks, book: openpyxl.Workbook) -> None:
    """Write the marks into a workbook that has none."""
    for name, cell, value in marks.values:
        book[name][cell].value = float(value) if isinstance(value, Decimal) else value
    sheet = book[marks.title] if marks.title in book.sheetnames else None
    if sheet is None:
        sheet = book.create_sheet(marks.title)
    for area in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(area))
    sheet.delete_rows(1, sheet.max_row)
    for each in marks.results:
        exact = each.value
        place = sheet.cell(each.row, each.column)
        place.value = float(exact) if isinstance(exact, Decimal) else exact


def test_values_and_notes_on_the_stripped_copy_give_the_scored_one(judged: list[Judged]) -> None:
    for name, scored, copy, marks in judged:
        workbook = Workbook.from_bytes(scored)
        strip(workbook)
        live = loaded_fast(workbook.to_bytes())
        before = notes(live)
        put(marks, live)
        after, wanted = values(live), values(copy)
        for place in after.keys() | wanted.keys():
            assert after.get(place) == wanted.get(place), (name, place)
        told = dict(before)
        for sheet, cell, words in marks.notes:
            old = told.get((sheet, cell))
            told[sheet, cell] = f"{old}\n{words}" if old else words
        assert told == notes(copy), name


def test_highlights_are_those_of_the_scored_copy(judged: list[Judged]) -> None:
    some = 0
    for name, _, copy, marks in judged:
        assert sorted(marks.fills) == sorted(highlights(copy)), name
        some += len(marks.fills)
    assert some > 20


def test_the_results_sheet_looks_as_in_the_scored_copy(judged: list[Judged]) -> None:
    for name, _, copy, marks in judged:
        sheet = copy[marks.title]
        merged = {str(each) for each in sheet.merged_cells.ranges}
        assert {str(area) for area in marks.merges} == merged, name
        for number, width in enumerate(marks.widths, 1):
            letter = get_column_letter(number)
            if number < HIDDEN_FROM:
                assert sheet.column_dimensions[letter].width == pytest.approx(width, abs=1)
        for each in marks.results:
            cell = sheet.cell(each.row, each.column)
            if type(cell).__name__ == "MergedCell":
                continue
            style = each.style
            assert (each.look == "") == (each.column >= HIDDEN_FROM)
            if not each.look:
                continue
            assert cell.font.name == style.font, (name, cell.coordinate)
            assert cell.font.sz == float(style.size)
            assert bool(cell.font.b) == style.bold
            assert cell.number_format == style.number_format
            if style.fill:
                assert cell.fill.fgColor.rgb == style.fill
            if each.leads_to:
                where, place = each.leads_to
                assert cell.hyperlink
                assert str(cell.hyperlink.location).replace("'", "") == f"{where}!{place}"


def test_what_is_hidden_in_the_scored_copy_is_hidden_in_the_book(judged: list[Judged]) -> None:
    for name, _, copy, marks in judged:
        sheet = copy[marks.title]
        memory = [each for each in marks.results if each.column >= HIDDEN_FROM]
        assert memory, name
        assert all(each.row == 1 for each in memory)
        hidden = [(each.min, each.max) for each in sheet.column_dimensions.values() if each.hidden]
        for each in memory:
            assert any(each.column in columns for columns in hidden), (name, each.column)
            assert each.column <= len(marks.widths), name

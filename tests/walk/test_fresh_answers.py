"""What can not be written into is answered with a fresh workbook that says the same."""

import io
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from foreign_files import FORMS, as_xlsb, filled, reading_of, written_xlsb

from xlflow.config import Workspace, create_workspace, open_workspace
from xlflow.errors import FileRefused
from xlflow.forms import Form, load_form
from xlflow.grids import Book, Cell, Grid, read_book
from xlflow.issuing import fill
from xlflow.judging import Judged, Rules, judge_package, rules_of
from xlflow.marking import mark
from xlflow.ooxml import Unproven, Workbook, suffix_of
from xlflow.pipeline import run, score
from xlflow.review import Outcome, Result

OVERALL = "overall_self_evaluation"
TITLE = "部门整体支出绩效自评表"
RULES = Rules()


def judged(package: bytes, name: str = "表.xlsb", rules: Rules = RULES) -> Judged:
    return judge_package(package, name, rules)


def codes(result: Result) -> list[str]:
    return sorted(found.code for found in result.problems)


def signed(package: bytes) -> bytes:
    """Return a workbook with a part where signatures are kept."""
    stream = io.BytesIO(package)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("_xmlsignatures/origin.sigs", "")
    return stream.getvalue()


def with_cells(form: str, *cells: Cell, sheets: tuple[Grid, ...] = ()) -> bytes:
    """Return a filled form as an .xlsb, with other cells in it and other sheets behind."""
    first, *rest = read_book(Workbook.from_bytes(filled(form))).grids
    more = {(cell.row, cell.col): cell for cell in cells}
    grid = Grid(first.sheet, {**first.cells, **more}, first.merges)
    return written_xlsb(Book((grid, *rest, *sheets)))


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_judged_as_if_it_had_come_as_xlsx(form: str) -> None:
    sent = judged(filled(form), "表.xlsx").results[0]
    answer = judged(as_xlsb(filled(form)))
    (result,) = answer.results
    assert result.outcome is sent.outcome
    assert result.scores == sent.scores
    assert sorted([*codes(sent), "F30"]) == codes(result)
    marked = read_book(Workbook.from_bytes(answer.marked or b""))
    reading = reading_of(marked)
    assert result.document is not None
    assert sent.document is not None
    assert reading.document.data == sent.document.data


def test_problems_point_into_the_fresh_workbook() -> None:
    result = judged(as_xlsb(filled(OVERALL))).results[0]
    sheet = Workbook.from_bytes(judged(as_xlsb(filled(OVERALL))).marked or b"").sheet(TITLE)
    for found in result.problems:
        assert found.cell is None or sheet[found.cell] is not None or found.value is None
    (note,) = (found for found in result.problems if found.code == "F30")
    assert ".xlsb" in note.message
    assert "以后请直接报送 .xlsx" in note.message


def test_what_was_left_behind_is_said() -> None:
    attached = Grid("附表", {(1, 1): Cell(1, 1, "text", "明细", "明细")})
    beside = Cell(3, 26, "text", "此处另有说明", "此处另有说明")
    result = judged(with_cells(OVERALL, beside, sheets=(attached,))).results[0]
    (note,) = (found for found in result.problems if found.code == "F33")
    assert "“附表”" in note.message
    assert "Z3" in note.message


def test_words_in_a_field_for_numbers_are_carried_over_as_they_are() -> None:
    form = load_form("project_monitoring")
    package = filled("project_monitoring")
    document = reading_of(read_book(Workbook.from_bytes(package))).document
    cell = document.sources["/funds/total/executed"].cell
    book = Workbook.from_bytes(package)
    book.sheet(form.title)[cell] = "约一百万"
    answer = judged(as_xlsb(book.to_bytes()))
    assert "S01" in codes(answer.results[0])
    assert Workbook.from_bytes(answer.marked or b"").sheet(form.title)[cell] == "约一百万"


def test_a_percentage_stays_one() -> None:
    answer = judged(as_xlsb(filled("project_monitoring")))
    document = answer.results[0].document
    assert document is not None
    source = document.sources["/funds/total/execution_rate"]
    assert source.raw == "37.5%"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.marked or b""))[document.sheet]
    assert Decimal(str(sheet[source.cell].value)) == Decimal("0.375")
    assert sheet[source.cell].number_format == "0.00%"


# -- the other reasons ---------------------------------------------------------------------------


def test_a_signed_workbook_is_scored_in_a_fresh_one() -> None:
    sent = judged(filled(OVERALL), "表.xlsx").results[0]
    answer = judged(signed(filled(OVERALL)), "表.xlsx")
    assert codes(answer.results[0]) == sorted([*codes(sent), "F31"])
    assert answer.results[0].scores == sent.scores
    assert not Workbook.from_bytes(answer.marked or b"").signed


def test_what_can_not_be_proved_is_scored_in_a_fresh_one(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def failing_once(workbook: Workbook, *rest: Any) -> bytes:
        asked.append(workbook)
        if len(asked) == 1:
            raise Unproven("甲部件变了", "part a changed")
        return mark(workbook, *rest)

    monkeypatch.setattr("xlflow.judging.workbook.mark", failing_once)
    answer = judged(filled(OVERALL), "表.xlsx")
    assert "F32" in codes(answer.results[0])
    (note,) = (found for found in answer.results[0].problems if found.code == "F32")
    assert "甲部件变了" in note.message
    assert answer.marked is not None
    assert Workbook.from_bytes(answer.marked).sheet_names


def test_several_forms_in_a_file_that_can_not_be_written_into() -> None:
    several = Book(
        tuple(
            grid
            for form in (OVERALL, "project_monitoring")
            for grid in read_book(Workbook.from_bytes(filled(form))).grids[:1]
        )
    )
    with pytest.raises(FileRefused) as refused:
        judged(written_xlsb(several))
    assert refused.value.code == "F34"
    assert "2 张填报表" in refused.value.zh


def test_what_is_not_carried_over_is_never_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(template: bytes, form: Form, data: dict[str, Any]) -> bytes:
        return fill(template, form, {**data, "unit": "另一个局"})

    monkeypatch.setattr("xlflow.issuing.fresh.fill", forgetful)
    with pytest.raises(FileRefused) as refused:
        judged(as_xlsb(filled(OVERALL)))
    assert refused.value.code == "F34"
    assert "C2" in refused.value.zh


# -- commands ------------------------------------------------------------------------------------


def test_score_writes_an_xlsx_beside_a_file_of_another_type(tmp_path: Path) -> None:
    file = tmp_path / "自评.xlsb"
    package = as_xlsb(filled(OVERALL))
    file.write_bytes(package)
    score(file)
    assert (tmp_path / "自评.scored.xlsx").exists()
    assert file.read_bytes() == package


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "工作区")


def test_a_run_over_many_types(workspace: Workspace) -> None:
    package = filled(OVERALL)
    inbox = {
        "甲.xls": with_unit(package, "甲局"),
        "乙.xlsb": as_xlsb(package),
        "丙.xlsm": signed(package),
    }
    for name, data in inbox.items():
        (workspace.inbox / name).write_bytes(data)
    done = {each.file: each for each in run(workspace)}
    assert {each.outcome for each in done.values()} == {Outcome.RETURNED}
    for each in done.values():
        answer = workspace.root / str(each.output)
        assert answer.suffix == suffix_of(answer.read_bytes()) == ".xlsx"
    assert codes(done["甲.xls"].results[0]) == codes(judged(package, "甲.xlsx").results[0])


def with_unit(package: bytes, unit: str) -> bytes:
    book = Workbook.from_bytes(package)
    book.sheet(TITLE)["C2"] = unit
    return book.to_bytes()


def test_passwords_stand_in_the_settings(workspace: Workspace) -> None:
    settings = workspace.root / "xlflow.toml"
    settings.write_text('passwords = ["甲", "乙"]\n', encoding="utf-8")
    opened = open_workspace(workspace.root, {})
    assert rules_of(opened).passwords == ("甲", "乙")
    from_outside = open_workspace(workspace.root, {"XLFLOW_PASSWORDS": "丙\n丁 戊"})
    assert from_outside.settings.passwords == ("丙", "丁 戊")

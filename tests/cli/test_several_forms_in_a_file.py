"""check, score and run of a workbook with a form a sheet."""

import io
from pathlib import Path

import openpyxl
import pytest
from command_line import xlflow
from openpyxl.workbook.defined_name import DefinedName

from xlflow.config import create_workspace
from xlflow.demo import returned_workbook

SHEET = "部门整体支出绩效自评表"


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A workbook in which the sheet of one unit was copied for another."""
    book = openpyxl.load_workbook(io.BytesIO(returned_workbook()))
    form = book[SHEET]
    copied = book.copy_worksheet(form)
    copied.title = "乙局"
    copied["C2"] = "乙局"
    for name, defined in form.defined_names.items():
        text = str(defined.attr_text).replace(SHEET, "乙局")
        copied.defined_names[name] = DefinedName(name, attr_text=text)
    path = tmp_path / "两个局.xlsx"
    book.save(path)
    return path


def test_check_prints_an_object_a_form(two: Path) -> None:
    assert [each["sheet"] for each in xlflow("check", two, "--json").json] == [SHEET, "乙局"]


def test_score_prints_an_array_where_there_are_several_forms(two: Path) -> None:
    ended = xlflow("score", two, "--json")
    assert ended.code == 1
    assert [each["sheet"] for each in ended.json] == [SHEET, "乙局"]
    assert len({each["total"] for each in ended.json}) == 1
    assert two.with_name("两个局.scored.xlsx").is_file()


def test_a_person_reads_which_sheet_is_meant(two: Path, tmp_path: Path) -> None:
    said = xlflow("check", two).out
    assert f"两个局.xlsx [{SHEET}]" in said
    assert "两个局.xlsx [乙局]" in said
    workspace = create_workspace(tmp_path / "w")
    (workspace.inbox / "两个局.xlsx").write_bytes(two.read_bytes())
    table = xlflow("run", "--workspace", workspace.root).out
    assert f"两个局.xlsx [{SHEET}]" in table
    assert "两个局.xlsx [乙局]" in table

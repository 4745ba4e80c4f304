"""The button on an issued form: what is handed out, and that it survives the walk."""

import importlib.util
import io
import os
import re
import subprocess
import zipfile
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from libreoffice import run_macros
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from package_lint import findings

from xlflow.config import create_workspace
from xlflow.demo.seeds import shangjie
from xlflow.errors import UsageError
from xlflow.forms import all_forms, load_form
from xlflow.issuing import (
    MODULE,
    Exercise,
    fill,
    issue,
    macro_project,
    macro_source,
    template_of,
    with_button,
)
from xlflow.issuing.button_macro import PROJECT
from xlflow.issuing.roster import Line
from xlflow.judging import Rules, judge_package
from xlflow.marking import strip
from xlflow.ooxml import Workbook
from xlflow.ooxml.formbutton import Button, with_macro_button
from xlflow.ooxml.macros import foreign_modules, modules_of
from xlflow.ooxml.notes import FIRST_LINE, LAST_LINE
from xlflow.pipeline import run
from xlflow.plain_answer import plain_answer, sentence

FORM = "overall_self_evaluation"
TITLE = "部门整体支出绩效自评表"
OTHERS = Path(__file__).parents[3] / "shared" / "corpus" / "mathnya-issue_189.xlsx"
SERVER = "http://10.1.2.3:8000"
OFFICE_FORMS = [form.name for form in all_forms() if not form.decides]
OURS = ("vbaProject.bin", "ctrlProp1.xml", "drawing1.xml")
# Words that no variable of a macro may have; a compiler that knows them is not here.
RESERVED = """
    Call Case Close Const Declare Dim Do Each Else ElseIf End Enum Erase Event Exit False For Friend
    Function Get Global GoSub GoTo If Implements In Input Is Let Like Lock Loop LSet Me Mod New Next
    Not Nothing Null On Open Option Or Preserve Print Private Property Public Put RaiseEvent ReDim
    Rem Resume Return RSet Seek Select Set Shared Static Step Stop String Sub Tab Then To True Type
    Unlock Until Wend While With Write Xor Date Debug Int Len LBound UBound Array Circle Scale
    Boolean Byte Long Integer Double Single Variant Any And As ByRef ByVal Empty Abs Fix Sgn
"""


def issued(folder: Path, form: str = FORM, server: str = "") -> Path:
    exercise = Exercise(load_form(form), 2022, "henan-2022", button=True, server=server)
    (one,) = issue(exercise, [Line("示例局", "039001", "示例项目", "p1")], folder)
    return one.path


def filled_in(path: Path) -> bytes:
    data = shangjie()["data"]
    return fill(path.read_bytes(), load_form(FORM), data)


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("form", OFFICE_FORMS)
def test_an_issued_form_with_a_button_is_the_plain_one_and_more(tmp_path: Path, form: str) -> None:
    path = issued(tmp_path, form)
    assert path.suffix == ".xlsm"
    exercise = Exercise(load_form(form), 2022, "henan-2022")
    (plain,) = issue(exercise, [Line("示例局", "039001", "示例项目", "p1")], tmp_path)
    was, now = parts(plain.path.read_bytes()), parts(path.read_bytes())
    changed = {name for name in was if was[name] != now[name]}
    assert changed <= {
        "[Content_Types].xml",
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/_rels/sheet1.xml.rels",
    }
    assert b"macroEnabled" in now["[Content_Types].xml"]
    assert now["xl/vbaProject.bin"] == macro_project()
    assert findings(path.read_bytes()) == []


def test_issued_twice_it_is_the_same_file(tmp_path: Path) -> None:
    assert issued(tmp_path / "a").read_bytes() == issued(tmp_path / "b").read_bytes()


def test_the_button_stands_above_the_computed_block_and_is_not_printed(tmp_path: Path) -> None:
    shapes = parts(issued(tmp_path).read_bytes())["xl/drawings/vmlDrawing1.vml"].decode()
    assert "<x:FmlaMacro>[0]!XlflowScore</x:FmlaMacro>" in shapes
    assert "<x:PrintObject>False</x:PrintObject>" in shapes
    anchor = re.search(r"<x:Anchor>(\d+), \d+, (\d+), ", shapes)
    assert anchor
    assert anchor.groups() == ("13", "1")  # N2, below the heading of the block


def test_a_form_without_a_block_has_the_button_right_of_what_is_printed(tmp_path: Path) -> None:
    shapes = parts(issued(tmp_path, "project_target").read_bytes())["xl/drawings/vmlDrawing1.vml"]
    assert b"<x:Anchor>7, 4, 0, 4, " in shapes  # H1


def test_the_button_joins_notes_and_drawings_that_are_there() -> None:
    """A bureau's own template has a note and a chart; both stay as they are."""
    book = openpyxl.load_workbook(io.BytesIO(template_of(load_form(FORM))))
    sheet = book.worksheets[0]
    sheet["C2"].comment = Comment("请写全称", "科室")
    sheet.add_chart(BarChart(), "B80")
    stream = io.BytesIO()
    book.save(stream)
    was = parts(stream.getvalue())
    data = with_button(stream.getvalue(), load_form(FORM))
    now = parts(data)
    shapes = next(name for name in was if name.endswith(".vml"))
    assert now[shapes].startswith(was[shapes].rpartition(b"</xml>")[0])
    assert b'ObjectType="Button"' in now[shapes]
    drawing = "xl/drawings/drawing1.xml"
    assert now[drawing].startswith(was[drawing].rpartition(b"</")[0])
    assert findings(data) == findings(stream.getvalue())


def test_a_sheet_that_had_the_code_name_gives_it_to_the_form() -> None:
    """A guide somebody put before the form was the first sheet when Excel named them."""
    book = openpyxl.load_workbook(io.BytesIO(template_of(load_form(FORM))))
    guide = book.create_sheet("填报说明", 0)
    guide.sheet_properties.codeName = "Sheet1"
    stream = io.BytesIO()
    book.save(stream)
    data = with_button(stream.getvalue(), load_form(FORM))
    named = openpyxl.load_workbook(io.BytesIO(data))
    assert [sheet.sheet_properties.codeName for sheet in named] == [None, "Sheet1", None]
    assert named.code_name == "ThisWorkbook"
    assert findings(data) == findings(stream.getvalue())


def test_the_button_stands_beside_those_of_others() -> None:
    if not OTHERS.is_file():
        pytest.skip("the corpus of real files (shared/corpus beside the checkout) is not here")
    workbook = Workbook.open(OTHERS)
    (name,) = (each for each in workbook.sheet_names if b"<controls>" in workbook.sheet(each).data)
    data = with_macro_button(
        OTHERS.read_bytes(), Button(name, 3, 9, "评 分", "XlflowScore"), macro_project()
    )
    was, now = workbook.sheet(name).data, Workbook.from_bytes(data).sheet(name).data
    assert now.count(b"<controls>") == was.count(b"<controls>") == 1
    assert now.count(b"<control ") == was.count(b"<control ") + 1
    assert set(findings(data)) <= set(findings(OTHERS.read_bytes()))


def test_the_address_of_a_server_is_a_hidden_name(tmp_path: Path) -> None:
    book = parts(issued(tmp_path, server=SERVER).read_bytes())["xl/workbook.xml"].decode()
    assert f'<definedName name="xlf.server" hidden="1">"{SERVER}"</definedName>' in book


@pytest.mark.parametrize("address", ["10.1.2.3:8000", "ftp://a", 'http://a"b', "http://a?x=1"])
def test_what_can_be_no_server_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError):
        issued(tmp_path, server=address)
    assert not list(tmp_path.iterdir())


def test_a_template_with_macros_gets_no_second_project(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        with_button(issued(tmp_path).read_bytes(), load_form(FORM))


def test_a_form_with_the_button_walks_and_keeps_it_byte_for_byte(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "w")
    sent = filled_in(issued(tmp_path, server=SERVER))
    (workspace.inbox / "示例局.xlsm").write_bytes(sent)
    (done,) = run(workspace)
    assert done.output
    answer = workspace.root / done.output
    assert answer.suffix == ".xlsm"
    was, now = parts(sent), parts(answer.read_bytes())
    for name in OURS:
        (part,) = (each for each in was if each.endswith(name))
        assert now[part] == was[part]
    shapes = "xl/drawings/vmlDrawing1.vml"
    assert now[shapes].startswith(was[shapes].removesuffix(b"</xml>"))
    assert b'ObjectType="Note"' in now[shapes]
    back = parts(strip(Workbook.from_bytes(answer.read_bytes())))
    assert {name: back[name] for name in was if "drawing" in name or "ctrl" in name} == {
        name: was[name] for name in was if "drawing" in name or "ctrl" in name
    }
    assert findings(answer.read_bytes()) == []
    assert [each for each in done.results[0].problems if each.code == "F37"] == []


# -- the macro -----------------------------------------------------------------------------------


def builder() -> ModuleType:
    """Return the script that makes the macro project."""
    pytest.importorskip("pyopenvba", reason="pyOpenVBA (the extra test) is not installed")
    path = Path(__file__).parents[2] / "docs" / "make_button.py"
    spec = importlib.util.spec_from_file_location("make_button", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def with_source(source: str) -> bytes:
    project = builder().project(source)
    assert isinstance(project, bytes)
    return project


def test_the_project_holds_the_source_beside_it_and_nothing_else() -> None:
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed")
    parser = olevba.VBA_Parser(PROJECT.name, data=macro_project())
    modules = {name: text for _, _, name, text in parser.extract_macros()}
    assert set(modules) == {"ThisWorkbook.cls", "Sheet1.cls", f"{MODULE}.bas"}
    assert modules[f"{MODULE}.bas"].splitlines() == macro_source().splitlines()
    for empty in ("ThisWorkbook.cls", "Sheet1.cls"):
        assert all(line.startswith("Attribute ") for line in modules[empty].splitlines())
    assert list(modules_of(macro_project()) or ()) == [MODULE]


def test_the_project_is_what_the_script_makes() -> None:
    assert with_source(macro_source()) == PROJECT.read_bytes()


def test_the_macro_handed_out_is_not_noted_however_the_editor_spaces_it() -> None:
    handed_out = {MODULE: macro_source()}
    assert foreign_modules(macro_project(), handed_out) == ()
    respaced = macro_source().replace("Dim At As Long", "dim  at  as long")
    assert foreign_modules(with_source(respaced), handed_out) == ()


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("Const SECONDS_TO_WAIT As Long = 60", "Const SECONDS_TO_WAIT As Long = 61"),
        ('"/api/score"', '"/API/score"'),
        ("Public Sub XlflowScore()", "Public Sub XlflowScore()\nShell Setting(OURS)"),
    ],
)
def test_a_changed_line_makes_it_another_macro(line: str, other: str) -> None:
    changed = macro_source().replace(line, other)
    assert changed != macro_source()
    assert foreign_modules(with_source(changed), {MODULE: macro_source()}) == (MODULE,)


def test_the_source_runs_nothing_by_itself_and_fits_the_code_page() -> None:
    source = macro_source()
    assert not re.search(r"(?im)auto_?open|workbook_open|^[^'\n]*\bdeclare\b|#if", source)
    source.encode("cp936")
    assert max(map(len, source.splitlines())) <= 120
    assert "Option Explicit" in source


def test_no_variable_of_the_macro_is_a_word_of_the_language() -> None:
    named = re.findall(r"(?:ByVal|ByRef|Dim|New|,) +(\w+)(?:\(\w[^)]*\)|\(\))? As ", macro_source())
    assert len(named) > 80
    assert {name.lower() for name in named} & set(RESERVED.lower().split()) == set()


# -- in programs ---------------------------------------------------------------------------------


@pytest.mark.npm
@pytest.mark.parametrize("form", OFFICE_FORMS)
def test_the_validator_finds_nothing(tmp_path: Path, form: str) -> None:
    path = issued(tmp_path, form, SERVER)
    done = subprocess.run(
        [os.environ["XLFLOW_OOXML_VALIDATOR"], str(path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert '"ok": true' in done.stdout, done.stdout


def shown(data: bytes) -> dict[tuple[str, str], object]:
    """Return values and notes of a workbook by sheet and cell; numbers to nine digits."""
    told: dict[tuple[str, str], object] = {}
    for sheet in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                value = cell.value
                if isinstance(value, (int, float)):
                    value = round(float(value), 9)
                if value not in (None, ""):
                    told[sheet.title, cell.coordinate] = value
                if cell.comment:
                    told[sheet.title, f"note {cell.coordinate}"] = cell.comment.text.strip()
    return told


@pytest.mark.libreoffice
def test_libreoffice_has_the_button_and_its_macro_writes_what_the_walk_writes(
    tmp_path: Path,
) -> None:
    """All of the module that needs no Excel runs there: LibreOffice knows VBA.

    Colours and links it does not have for VBA; those are looked at in Excel (docs/not-verified.md).
    """
    path = tmp_path / "live.xlsm"
    path.write_bytes(filled_in(issued(tmp_path, server=SERVER)))
    judged = judge_package(path.read_bytes(), path.name, Rules())
    assert judged.marked
    answer = plain_answer(judged.results, judged.profiles, judged.marked).removeprefix("\ufeff")
    seen = run_macros(
        path,
        tmp_path / "after.xlsx",
        ("call", "XlflowPut", answer.partition("\r\nR")[0]),  # broken off: nothing is written
        ("call", "XlflowPut", answer.replace("xlflow 1", "xlflow 2", 1)),
        ("call", "XlflowPut", answer),
        ("call", "XlflowPut", answer),
        ("call", "Plain", "a\\\\n\\nb\\tc"),
        ("call", "PercentEncoded", "部 a😀"),
        ("call", "WithoutOurs", f"甲\n{FIRST_LINE}\n错\n{LAST_LINE}\n乙"),
        ("bytes", "TextOf", "\ufeff部门 ü😀".encode().hex()),
        ("call", "XlflowPut", "xlflow 1\tquarantined\t\t\t1\t0\t读不了。\r\nend\r\n"),
    )
    (button,) = seen["buttons"]
    assert (button["sheet"], button["label"], button["visible"]) == (TITLE, "评 分", True)
    assert not button["printed"]
    assert "xlflowButton.XlflowScore" in button["macro"]
    assert macro_source().partition("\n")[2].strip() in seen["modules"][MODULE]
    assert "不完整" in seen["returned"][0]
    assert "版本不同" in seen["returned"][1]
    assert seen["returned"][2:] == [
        sentence(judged.results),
        sentence(judged.results),
        "a\\n\nb\tc",
        "%E9%83%A8%20%61%F0%9F%98%80",
        "甲\n乙",
        "部门 ü😀",
        "读不了。",
    ]
    after = shown((tmp_path / "after.xlsx").read_bytes())
    assert after == shown(judged.marked)
    assert openpyxl.load_workbook(tmp_path / "after.xlsx")[TITLE].protection.sheet

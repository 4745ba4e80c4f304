"""Macros that were not handed out are noted, and come back byte for byte."""

import io
import sys
import zipfile
from pathlib import Path

import pytest

from xlflow.demo.seeds import shangjie
from xlflow.forms import load_form
from xlflow.issuing import fill, template_of
from xlflow.judging import Rules, judge_package
from xlflow.ooxml import Workbook
from xlflow.ooxml.macros import decompressed, foreign_modules, modules_of
from xlflow.problems import Severity

KITCHEN = Path(__file__).parents[3] / "shared" / "corpus" / "kitchen.xlsm"
PROJECT = "xl/vbaProject.bin"


@pytest.fixture
def project() -> bytes:
    """Return a macro project as Excel wrote it: xlwings's own modules and a button's."""
    if not KITCHEN.is_file():
        pytest.skip("the corpus of real files (shared/corpus beside the checkout) is not here")
    found = Workbook.open(KITCHEN).macro_project
    assert found
    return found


def with_macros(project: bytes) -> bytes:
    """Return a filled form into which somebody put macros."""
    seed = shangjie()
    form = load_form(seed["form"])
    stream = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(fill(template_of(form), form, seed["data"])))
    with source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name).decode() if name.endswith((".xml", ".rels")) else ""
            if name == "[Content_Types].xml":
                part = part.replace("sheet.main+xml", "sheet.macroEnabled.main+xml").replace(
                    "</Types>",
                    '<Override PartName="/xl/vbaProject.bin" '
                    'ContentType="application/vnd.ms-office.vbaProject"/></Types>',
                )
            elif name == "xl/_rels/workbook.xml.rels":
                part = part.replace(
                    "</Relationships>",
                    '<Relationship Id="rIdVba" Target="vbaProject.bin" Type="http://schemas.'
                    'microsoft.com/office/2006/relationships/vbaProject"/></Relationships>',
                )
            target.writestr(name, part or source.read(name))
        target.writestr(PROJECT, project)
    return stream.getvalue()


def notes(data: bytes) -> list[str]:
    (result,) = judge_package(data, "form.xlsm", Rules(), marking=False).results
    return [f"{each.severity} {each.message}" for each in result.problems if each.code == "F37"]


def test_macros_are_noted_with_their_modules_and_kept(project: bytes) -> None:
    data = with_macros(project)
    (note,) = notes(data)
    assert note.startswith(Severity.NOTE)
    assert "Module1、xlwings、Dictionary" in note
    marked = judge_package(data, "form.xlsm", Rules()).marked
    assert marked is not None
    with zipfile.ZipFile(io.BytesIO(marked)) as archive:
        assert archive.read(PROJECT) == project


def test_macros_handed_out_are_no_foreign_ones(project: bytes) -> None:
    handed_out = modules_of(project)
    assert handed_out
    assert foreign_modules(project, handed_out) == ()
    assert foreign_modules(project, {**handed_out, "Module1": "Sub Other()"}) == ("Module1",)


def test_a_broken_project_is_noted_without_modules() -> None:
    assert foreign_modules(b"no macro project at all", {}) is None
    assert foreign_modules(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, {}) is None


def test_modules_are_read_as_oletools_reads_them(project: bytes) -> None:
    olevba = pytest.importorskip("oletools.olevba", reason="oletools is not installed")
    parser = olevba.VBA_Parser("vbaProject.bin", data=project)
    second = {name.rpartition(".")[0]: text for _, _, name, text in parser.extract_macros()}
    ours = modules_of(project)
    assert ours
    assert len(ours["xlwings"]) > 10_000
    for name, source in ours.items():
        lines = (line.rstrip() for line in second[name].splitlines())
        assert source == "\n".join(x for x in lines if x and not x.startswith("Attribute "))


def test_a_stream_that_swells_or_points_nowhere_is_not_read() -> None:
    swelling = b"\x01" + bytes.fromhex("03b0026145ff") * 3000
    for stream in (swelling, b"\x02abc", bytes.fromhex("0103b0016145ff")):
        with pytest.raises(ValueError, match=r"\w"):
            decompressed(stream)


def test_a_form_without_macros_does_not_load_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlflow.ooxml.macros", None)
    seed = shangjie()
    form = load_form(seed["form"])
    assert notes(fill(template_of(form), form, seed["data"])) == []

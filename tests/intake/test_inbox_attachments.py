"""What lies beside a form in a unit's folder: kept, handed on, and named with its unit."""

import io
from pathlib import Path

import openpyxl
import pytest
from inbox_examples import (
    OLE,
    UNIT,
    archive,
    drop,
    good,
    lying,
    of_unit,
    word_document,
    workspace_in,
)

from xlflow import files
from xlflow.config import Workspace
from xlflow.intake import original_path
from xlflow.ooxml.limits import Limits
from xlflow.pipeline import run, standing
from xlflow.review import Outcome

SCAN = b"%PDF-1.7 stamped"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path)


def stream(name: str) -> bytes:
    return OLE + name.encode("utf-16-le") + bytes(512)


BESIDE = {
    "盖章扫描件.pdf": SCAN,
    "照片.JPG": b"\xff\xd8\xff\xe0..JFIF",
    "截图.png": b"\x89PNG\r\n\x1a\n",
    "自评报告.docx": word_document(),
    "自评报告.doc": stream("WordDocument"),
    "说明.txt": "说明".encode("gb18030"),
    "批复.ofd": archive({"OFD.xml": b"<o/>"}),
    "报告.odt": archive({"mimetype": b"application/text", "content.xml": b"<o/>"}),
    "邮件.eml": b"Subject: x",
    "没有后缀": b"\x00\x01\x02",
}


@pytest.mark.parametrize("name", BESIDE)
def test_what_is_no_spreadsheet_is_an_attachment(workspace: Workspace, name: str) -> None:
    drop(workspace, f"教育局/{name}", BESIDE[name])
    (done,) = run(workspace)
    assert (done.outcome, done.output) == (Outcome.ATTACHMENT, f"outbox/附件/教育局/{name}")
    assert done.problems == 0
    assert (workspace.root / str(done.output)).read_bytes() == BESIDE[name]
    assert original_path(workspace, done.sha256).read_bytes() == BESIDE[name]
    assert lying(workspace.inbox) == []
    assert standing(workspace) == ()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("文本.xlsx", b"text", "F02"),
        ("表.csv", "单位,得分".encode(), "F02"),
        ("加密.xlsx", stream("EncryptedPackage"), "F03"),
        ("加密.docx", stream("EncryptedPackage"), "F03"),
        ("旧表.doc", stream("Workbook"), "F04"),
        ("没有后缀", stream("Workbook"), "F04"),
        ("二进制.pdf", archive({"xl/workbook.bin": b"\x83"}), "F05"),
        ("空.pdf", b"", "F01"),
        ("半截.docx", word_document()[:-30], "F05"),
        ("表.rar", b"Rar!\x1a\x07", "F11"),
        ("名.ods", b"text", "F02"),
    ],
)
def test_what_looks_like_a_form_by_name_or_content_is_not_filed_away(
    workspace: Workspace, name: str, data: bytes, code: str
) -> None:
    drop(workspace, name, data)
    (done,) = run(workspace)
    assert done.outcome is Outcome.QUARANTINED
    assert [found.code for found in done.results[0].problems] == [code]


def test_a_form_under_the_name_of_a_text_is_judged(workspace: Workspace) -> None:
    drop(workspace, "自评表.txt", good())
    (done,) = run(workspace)
    assert done.outcome is Outcome.RETURNED


def test_a_large_scan_is_handed_on(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xlflow.judging.workbook.DEFAULT", Limits(file_size=1 << 20))
    drop(workspace, "大.pdf", SCAN + bytes(1 << 20))
    (done,) = run(workspace)
    assert (done.outcome, done.output) == (Outcome.ATTACHMENT, "outbox/附件/大.pdf")


def test_scans_of_one_name_are_all_kept(workspace: Workspace) -> None:
    drop(workspace, "一/科/扫描件.pdf", b"%PDF one")
    drop(workspace, "一_科/扫描件.pdf", b"%PDF two")
    drop(workspace, "一/科.zip", archive({"扫描件.pdf": b"%PDF three"}))
    done = [each for each in run(workspace) if each.output]
    assert {(workspace.root / str(each.output)).read_bytes() for each in done} == {
        b"%PDF one",
        b"%PDF two",
        b"%PDF three",
    }


def test_a_deep_folder_with_long_names_ends_in_a_name_that_fits(workspace: Workspace) -> None:
    name = "/".join(["很长的文件夹名" * 10] * 3) + "/扫描件.pdf"
    drop(workspace, name, SCAN)
    (done,) = run(workspace)
    assert done.output is not None
    folder = (workspace.root / done.output).parent
    assert folder.parent == workspace.outbox / "附件"
    assert len(folder.name.encode()) <= 210


def listed(workspace: Workspace) -> dict[str, tuple[object, ...]]:
    """Return what stands under 未计入 in the summary: file to unit, outcome and link."""
    data = io.BytesIO(files.read_bytes(workspace.outbox / "汇总.xlsx"))
    sheet = openpyxl.load_workbook(data)["报送一览"]
    top = next(cell.row for cell in sheet["A"] if str(cell.value).startswith("未计入")) + 1
    places = {cell.value: cell.column for cell in sheet[top] if cell.value}
    rows: dict[str, tuple[object, ...]] = {}
    for number in range(top + 1, sheet.max_row + 1):
        name = sheet.cell(number, 1).value
        if not name:
            break
        link = sheet.cell(number, places["结果文件"]).hyperlink
        rows[str(name)] = (
            sheet.cell(number, places["单位"]).value,
            sheet.cell(number, places["结论"]).value,
            link.target if link else None,
        )
    return rows


def test_the_summary_names_the_unit_whose_form_lies_in_the_folder(workspace: Workspace) -> None:
    drop(workspace, "资规局/扫描件.pdf", SCAN, at=1)
    drop(workspace, "资规局/自评表.xlsx", good(), at=2)
    drop(workspace, "两个局/扫描件.pdf", b"%PDF two", at=3)
    drop(workspace, "两个局/甲.xlsx", of_unit("甲局"), at=4)
    drop(workspace, "两个局/乙.xlsx", of_unit("乙局"), at=5)
    drop(workspace, "空的/扫描件.pdf", b"%PDF three", at=6)
    drop(workspace, "扫描件.pdf", b"%PDF four", at=7)
    drop(workspace, "丙.xlsx", of_unit("丙局"), at=8)
    drop(
        workspace, "包.zip", archive({"丁/自评表.xlsx": of_unit("丁局"), "丁/照片.png": b"x"}), at=9
    )
    run(workspace)
    assert listed(workspace) == {
        "资规局/扫描件.pdf": (UNIT, "附件", "附件/资规局/扫描件.pdf"),
        "两个局/扫描件.pdf": (None, "附件", "附件/两个局/扫描件.pdf"),
        "空的/扫描件.pdf": (None, "附件", "附件/空的/扫描件.pdf"),
        "扫描件.pdf": (None, "附件", "附件/扫描件.pdf"),
        "包.zip": (None, "附件", None),
        "包.zip/丁/照片.png": ("丁局", "附件", "附件/包.zip_丁/照片.png"),
    }


def test_the_unit_is_known_also_when_its_form_comes_later(workspace: Workspace) -> None:
    drop(workspace, "资规局/扫描件.pdf", SCAN)
    run(workspace)
    assert listed(workspace)["资规局/扫描件.pdf"][0] is None
    drop(workspace, "资规局/自评表.xlsx", good())
    run(workspace)
    assert listed(workspace)["资规局/扫描件.pdf"][0] == UNIT


def test_two_versions_of_one_unit_are_one_unit(workspace: Workspace) -> None:
    drop(workspace, "资规局/一稿.xlsx", good(), at=1)
    drop(workspace, "资规局/二稿.xlsx", of_unit(UNIT, changed="81%"), at=2)
    drop(workspace, "资规局/扫描件.pdf", SCAN, at=3)
    run(workspace)
    assert listed(workspace)["资规局/扫描件.pdf"][0] == UNIT

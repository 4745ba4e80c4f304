"""The command `report`: where it writes, what it lists, what it says when it can not."""

import shutil
from pathlib import Path

import docx
import pytest
from command_line import xlflow

from xlflow.demo import Played
from xlflow.files import read_bytes

UNIT = "郑州市上街区自然资源和规划局"


def test_it_writes_into_the_outbox_and_lists_what_is_left(played: Played) -> None:
    before, written = read_bytes(played.reports[0]), played.reports[0].stat().st_mtime_ns
    ended = xlflow("report", "--unit", UNIT, cwd=played.workspace.root)
    assert ended.code == 0
    assert played.reports[0].name in ended.out
    assert "还有 14 处要人填写" in ended.out
    assert "部门职能: 部门主要职能" in ended.out
    assert read_bytes(played.reports[0]) == before  # the same bytes again, and not written twice
    assert played.reports[0].stat().st_mtime_ns == written


def test_what_a_person_wrote_into_a_report_stays(tmp_path: Path, played: Played) -> None:
    workspace = tmp_path / "bureau"
    shutil.copytree(played.workspace.root, workspace)
    reports = workspace / "outbox" / "报告"
    path = reports / played.reports[0].name
    paper = docx.Document(str(path))
    paper.add_paragraph("手写的内容")
    paper.save(str(path))
    written_into = read_bytes(path)
    for _ in range(2):
        ended = xlflow("report", "--unit", UNIT, cwd=workspace)
        assert ended.code == 0
        assert f"{path.stem}_第2版.docx" in ended.out
        assert read_bytes(path) == written_into
        assert read_bytes(reports / f"{path.stem}_第2版.docx") == read_bytes(played.reports[0])
    assert not list(reports.glob("*第3版*"))


def test_in_english_the_list_is_in_english(played: Played) -> None:
    ended = xlflow("report", "--unit", UNIT, lang="en", cwd=played.workspace.root)
    assert "14 places are left for a person to write" in ended.out
    assert "what the department is there for" in ended.out


def test_json_has_the_blanks_as_an_array(played: Played, tmp_path: Path) -> None:
    out = tmp_path / "报告.docx"
    ended = xlflow("report", "--year", "2020", "--out", out, "--json", cwd=played.workspace.root)
    assert ended.json["file"] == out.as_posix()
    assert ended.json["title"] == "2020年度项目支出绩效自评工作报告"
    assert ended.json["blanks"][0] == {
        "section": "",
        "blank": "评价依据的通知和文号",
        "blank_en": "the notice the evaluation follows, and its number",
    }
    assert docx.Document(str(out)).paragraphs[0].text == ended.json["title"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "请用 --year 指定年度"),
        (("--unit", "无此单位"), "台账里没有符合条件的表"),
        (("--unit", UNIT, "--template", "无.docx"), "文件不存在"),
    ],
)
def test_what_can_not_be_done_is_said(
    played: Played, arguments: tuple[str, ...], said: str
) -> None:
    ended = xlflow("report", *arguments, cwd=played.workspace.root)
    assert ended.code in (2, 4)
    assert said in ended.err


def test_without_the_extra_it_says_what_to_install(played: Played, tmp_path: Path) -> None:
    (tmp_path / "docx").mkdir()
    (tmp_path / "docx" / "__init__.py").write_text("raise ImportError(name='docx')")
    ended = xlflow(
        "report", "--unit", UNIT, cwd=played.workspace.root, environ={"PYTHONPATH": str(tmp_path)}
    )
    assert ended.code == 4
    assert 'pip install "xlflow[report]"' in ended.err

"""What other programs rely on: keys, exit codes, where things are written."""

import os
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from command_line import FORM, Ended, xlflow

from xlflow.config import find_resource, open_workspace
from xlflow.demo import returned_workbook
from xlflow.intake import hold
from xlflow.ooxml import Workbook
from xlflow.pipeline import check

RESULT = [
    "file", "sheet", "form", "profile", "year", "round", "unit", "unit_code", "project",
    "project_code", "outcome", "problems", "scores", "total", "claimed_total",
    "undecided_weight", "grade", "light",
]  # fmt: skip
PROBLEM = [
    "code", "severity", "field", "sheet", "cell", "value", "message", "message_en",
]  # fmt: skip
SCORE = [
    "field", "name", "sheet", "cell", "target", "actual", "weight", "claimed", "computed",
    "deviation", "rule", "explanation", "light",
]  # fmt: skip
RUN = [
    "file", "sha256", "outcome", "output", "problems",
]  # fmt: skip
ISSUED = [
    "unit", "unit_code", "project", "file", "targets", "version", "new",
    "expected_again", "overtaken",
]  # fmt: skip
STATUS = [
    "unit_code", "unit", "project", "form", "year", "round", "state", "version", "total",
    "grade", "problems", "deadline", "days_left", "late", "expected", "withdrawn",
    "received_at", "output",
]  # fmt: skip
TARGET = [
    "raw", "op", "value", "value_high", "low_open", "high_open", "unit", "per", "date", "text",
    "notes",
]  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    folder = tmp_path_factory.mktemp("demo") / "演示 工作区"
    return folder, xlflow("demo", folder, "--json")


@pytest.fixture
def form(tmp_path: Path) -> Path:
    path = tmp_path / "自评表.xlsx"
    path.write_bytes(returned_workbook())
    return path


def keys(record: Any) -> list[str]:
    return list(record)


def no_floats(data: Any) -> bool:
    if isinstance(data, dict):
        return all(map(no_floats, data.values()))
    if isinstance(data, list):
        return all(map(no_floats, data))
    return not isinstance(data, float)


def test_demo(demo: tuple[Path, Ended]) -> None:
    folder, ended = demo
    assert (ended.code, ended.err) == (0, "")
    assert all(keys(done) == RUN for done in ended.json)
    (done,) = (each for each in ended.json if "部门整体支出绩效自评表" in each["file"])
    assert (done["outcome"], done["problems"]) == ("returned", 25)
    assert (folder / done["output"]).is_file()
    assert (folder / "outbox" / "汇总.xlsx").is_file()


def test_demo_says_where_the_summary_is_and_leaves_a_full_folder_alone(tmp_path: Path) -> None:
    ended = xlflow("demo", cwd=tmp_path)
    assert ended.code == 0
    assert str(Path("xlflow-demo") / "outbox" / "汇总.xlsx") in ended.out
    again = xlflow("demo", "xlflow-demo", cwd=tmp_path)
    assert (again.code, again.out) == (2, "")
    assert "不是空文件夹" in again.err


def test_check(form: Path) -> None:
    ended = xlflow("check", form, "--profile", "henan-2022", "--json")
    assert (ended.code, ended.err) == (1, "")
    (result,) = ended.json
    assert keys(result) == RESULT
    assert all(keys(found) == PROBLEM for found in result["problems"])
    assert all(keys(row) == SCORE for row in result["scores"])
    assert no_floats(result)
    assert (result["file"], result["form"], result["profile"]) == (form.name, FORM, "henan-2022")
    assert (result["year"], result["round"], result["project"]) == (2022, None, None)
    assert (result["total"], result["claimed_total"]) == ("99.10", "99.10")
    assert (result["undecided_weight"], result["grade"]) == ("0", "优")
    first = result["scores"][0]
    assert (first["field"], first["claimed"], first["computed"]) == ("/funds/total", "9.1", "9.10")
    assert (first["deviation"], first["weight"]) == ("-9.00", "10")
    assert [path.name for path in form.parent.iterdir()] == [form.name]


def test_the_worst_of_many_files_decides(form: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.xlsx"
    text.write_text("text", encoding="utf-8")
    ended = xlflow("check", form, text, tmp_path / "nix.xlsx", "--json")
    assert ended.code == 3
    assert [result["outcome"] for result in ended.json] == ["returned", *["quarantined"] * 2]
    assert [result["problems"][0]["code"] for result in ended.json[1:]] == ["F02", "F10"]
    for result in ended.json[1:]:
        assert keys(result) == RESULT
        assert (result["form"], result["total"], result["scores"]) == (None, None, [])


def test_a_form_that_is_fine_ends_with_0(tmp_path: Path) -> None:
    good = accepted_form(tmp_path)
    ended = xlflow("check", good, "--profile", "henan-2022", "--json")
    assert [found for found in ended.json[0]["problems"] if found["severity"] == "error"] == []
    assert (ended.code, ended.json[0]["outcome"]) == (0, "accepted")
    assert xlflow("score", good, "--profile", "henan-2022").code == 0


def accepted_form(folder: Path) -> Path:
    """Return the seed's form after its clerk mended what was returned."""
    path = folder / "改后.xlsx"
    path.write_bytes(returned_workbook())
    mended = {"F26": "81.9%", "F27": "895.51%", "E45": "15万元"}
    for _ in range(4):  # a score that is put right asks for its reason and for another total
        mended |= still_wanted(path, mended)
    return path


def still_wanted(path: Path, mended: dict[str, str]) -> dict[str, str]:
    """Return, by cell, what is still wanted after some cells were mended."""
    book = Workbook.from_bytes(returned_workbook())
    for cell, value in mended.items():
        book.sheet("部门整体支出绩效自评表")[cell] = value
    book.save(path)
    (result,) = check(path, profile="henan-2022")
    computed = {row.cell: str(row.computed) for row in result.scores.rows}
    claimed = sum(Decimal(row.claimed or 0) for row in result.scores.rows)
    wanted = {"C37": "按进度支付，余款结转下年", "C35": str(claimed)}
    return {
        str(found.cell): wanted.get(found.code) or computed[found.cell]
        for found in result.problems
        if found.severity == "error"
    }


def test_score_writes_a_copy_beside_the_file_and_never_the_file(form: Path) -> None:
    before = form.read_bytes()
    ended = xlflow("score", form, "--json")
    assert ended.code == 1
    assert keys(ended.json) == RESULT
    copy = form.with_name("自评表.scored.xlsx")
    assert "核对结果" in openpyxl.load_workbook(copy).sheetnames
    assert form.read_bytes() == before
    assert sorted(path.name for path in form.parent.iterdir()) == [copy.name, form.name]


def test_score_takes_a_name_for_the_copy_but_not_the_file_s_own(form: Path, tmp_path: Path) -> None:
    before = form.read_bytes()
    named = tmp_path / "neu" / "b.xlsx"
    assert xlflow("score", form, "--out", named).code == 1
    assert named.is_file()
    link = tmp_path / "link.xlsx"
    link.symlink_to(form)
    for own in (form, link, form.parent / "x" / ".." / form.name):
        ended = xlflow("score", form, "--out", own)
        assert (ended.code, ended.out) == (2, "")
        assert "不能把结果写回原文件" in ended.err
    assert form.read_bytes() == before


def test_score_of_what_is_no_form(tmp_path: Path) -> None:
    ended = xlflow("score", tmp_path / "nix.xlsx", "--json")
    assert ended.code == 3
    assert keys(ended.json) == RESULT
    assert (ended.json["outcome"], ended.json["problems"][0]["code"]) == ("quarantined", "F10")
    assert list(tmp_path.iterdir()) == []


def test_run_status_and_consolidate(demo: tuple[Path, Ended], tmp_path: Path) -> None:
    folder = tmp_path / "w"
    shutil.copytree(demo[0], folder)
    (folder / "inbox" / "一.xlsx").write_bytes(returned_workbook() + b"\0")
    (folder / "inbox" / "二.xlsx").write_text("text", encoding="utf-8")
    ended = xlflow("run", "--workspace", folder, "--json")
    assert ended.code == 0
    assert all(keys(done) == RUN for done in ended.json)
    assert {done["file"]: done["outcome"] for done in ended.json}["二.xlsx"] == "quarantined"
    assert xlflow("run", "--json", cwd=folder).json == []

    ended = xlflow("status", "--workspace", folder, "--json")
    assert (ended.code, ended.err) == (0, "")
    assert all(keys(line) == STATUS for line in ended.json)
    (line,) = (each for each in ended.json if each["form"] == FORM)
    assert (line["state"], line["form"], line["year"]) == ("returned", FORM, 2022)
    assert line["total"] == "99.10"
    assert no_floats(line)

    (folder / "outbox" / "汇总.xlsx").unlink()
    assert str(folder / "outbox" / "汇总.xlsx") in xlflow("consolidate", "--workspace", folder).out
    assert (folder / "outbox" / "汇总.xlsx").is_file()
    other = tmp_path / "neu" / "b.xlsx"
    assert xlflow("consolidate", "--out", other, "--workspace", folder).code == 0
    assert other.is_file()


def test_many_files_over_processes_come_out_the_same(
    demo: tuple[Path, Ended], tmp_path: Path
) -> None:
    folder = tmp_path / "w"
    assert xlflow("init", folder).code == 0
    (folder / "inbox" / "一.xlsx").write_bytes(returned_workbook())
    for number in range(4):
        (folder / "inbox" / f"{number}.xlsx").write_text(f"text {number}", encoding="utf-8")
    ended = xlflow("run", "--workspace", folder, "--jobs", "2", "--json")
    assert ended.code == 0
    assert sorted(done["outcome"] for done in ended.json) == ["quarantined"] * 4 + ["returned"]


def test_a_held_workspace_ends_with_5(tmp_path: Path) -> None:
    assert xlflow("init", tmp_path / "w").code == 0
    with hold(open_workspace(tmp_path / "w")):
        for command in ("run", "watch"):
            ended = xlflow(command, "--workspace", tmp_path / "w")
            assert ended.code == 5
            assert "正由另一个 xlflow 使用" in ended.err
            assert "Traceback" not in ended.err
        assert xlflow("status", "--workspace", tmp_path / "w").code == 0
    assert xlflow("run", "--workspace", tmp_path / "w").code == 0


def test_outside_a_workspace_issue_says_that_nobody_is_expected(tmp_path: Path) -> None:
    (tmp_path / "名册.csv").write_text("单位名称\n甲局\n", encoding="utf-8")
    ended = xlflow("issue", "名册.csv", "--form", FORM, "--year", "2022", cwd=tmp_path)
    assert ended.code == 0
    assert "不是工作区：只生成了文件，没有登记名册" in ended.err


def test_issue_and_who_is_missing(tmp_path: Path) -> None:
    assert xlflow("init", "w", cwd=tmp_path).code == 0
    roster = tmp_path / "名册.csv"
    roster.write_text(
        "单位名称,单位编码,截止日期\n甲局,1,2023-03-31\n乙局,2,\n", encoding="gb18030"
    )
    workspace = ("--workspace", tmp_path / "w")
    arguments = ("issue", roster, "--form", FORM, "--year", "2022", *workspace)
    doubtful = xlflow(*arguments, "--round", "1-6月", "--out", tmp_path / "x")
    assert (doubtful.code, "没有期次一栏" in doubtful.err) == (0, True)
    with (tmp_path / "w" / "xlflow.toml").open("a", encoding="utf-8") as settings:
        settings.write('round = "上半年"\n')
    ended = xlflow(*arguments, "--round", "1-6月", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert [keys(issued) for issued in ended.json] == [ISSUED] * 2
    assert all(Path(issued["file"]).is_file() for issued in ended.json)
    standing = xlflow("status", "--workspace", tmp_path / "w", "--json").json
    assert [keys(line) for line in standing] == [STATUS] * 2
    assert [(line["unit"], line["state"], line["round"]) for line in standing] == [
        ("甲局", "missing", "1-6月"),
        ("乙局", "missing", "1-6月"),
    ]
    assert [line["deadline"] for line in standing] == ["2023-03-31", None]
    assert [(line["days_left"] or 0) < 0 for line in standing] == [True, False]
    nobody = xlflow("status", *workspace, "--unit", "没有这个", "--json")
    assert (nobody.code, nobody.json) == (0, [])
    assert "没有单位叫“没有这个”" in nobody.err
    overdue = xlflow("status", *workspace, "--state", "overdue", "--unit", "局", "--json").json
    assert [line["unit"] for line in overdue] == ["甲局"]
    told = xlflow("status", *workspace, "--html", tmp_path / "进度.html")
    assert told.out.splitlines()[0] == "应报 2 · 未报 2 · 已逾期 1"
    assert "乙局" in (tmp_path / "进度.html").read_text("utf-8")
    ended = xlflow("remind", *workspace, "--json")
    assert [(each["kind"], each["unit"]) for each in ended.json] == [
        ("missing", "甲局"),
        ("missing", "乙局"),
    ]
    assert "bureau" in ended.err
    assert (tmp_path / "w" / "outbox" / "催报" / "催报_甲局.txt").is_file()
    ended = xlflow(
        *arguments, "--out", tmp_path / "b", "--server", "http://10.1.2.3:8000", "--json"
    )
    assert [Path(issued["file"]).suffix for issued in ended.json] == [".xlsm"] * 2
    refused = xlflow(*arguments, "--out", tmp_path / "c", "--server", "10.1.2.3")
    assert refused.code == 2
    assert "http://10.1.2.3:8000" in refused.err
    ended = xlflow(*arguments, "--out", tmp_path / "out")
    assert "2 份表" in ended.out
    assert len(list((tmp_path / "out").iterdir())) == 2


def test_target_takes_a_negative_value() -> None:
    ended = xlflow("target", "-30%", "-5", "≥95%", "20万本", "--json")
    assert (ended.code, ended.err) == (0, "")
    assert [keys(target) for target in ended.json] == [TARGET] * 4
    assert [target["raw"] for target in ended.json] == ["-30%", "-5", "≥95%", "20万本"]
    assert [target["value"] for target in ended.json] == ["-30", "-5", "95", "200000"]
    assert [target["op"] for target in ended.json] == ["bare", "bare", "ge", "bare"]
    dated = xlflow("target", "6月30日前", "--year", "2022", "--json").json
    assert dated[0]["date"] == "2022-06-30"
    assert xlflow("target", "0.95", "--number-format", "0%", "--json").json[0]["value"] == "95"


def test_form_and_profile(tmp_path: Path) -> None:
    assert xlflow("form", "check", FORM, "--json").json == []
    assert xlflow("form", "check", FORM).code == 0
    assert xlflow("init", "w", cwd=tmp_path).code == 0
    template = tmp_path / "w" / "workbook_templates" / f"{FORM}.xlsx"
    template.unlink()
    assert xlflow("form", "build", FORM, "--workspace", tmp_path / "w", cwd=tmp_path).code == 0
    assert template.is_file()
    book = openpyxl.load_workbook(template)
    book.defined_names.clear()
    assert book.active is not None
    for row in book.active.iter_rows(max_row=8):
        for cell in row:
            if cell.value and "单位" in str(cell.value):
                cell.value = "x"
    book.save(template)
    ended = xlflow("form", "check", FORM, "--workspace", tmp_path / "w", "--json")
    assert ended.code == 1
    assert all(keys(fault) == ["message", "message_en"] for fault in ended.json)
    assert "[execution]" in xlflow("profile", "show", "henan-2022").out
    assert xlflow("profile", "check", "henan-2022").code == 0
    for lang, words in (("zh", "等级"), ("en", "grades")):
        assert words in xlflow("profile", "explain", "henan-2022", lang=lang).out


def test_a_summary_layout_is_checked_by_its_file(tmp_path: Path) -> None:
    layout = tmp_path / "汇总表模板.xlsx"
    shutil.copyfile(find_resource("workbook_templates", "summary_layout.xlsx") or "", layout)
    assert xlflow("form", "check", layout.name, cwd=tmp_path).code == 0
    book = openpyxl.load_workbook(layout)
    book["汇总表"]["D6"] = "预算金额合计"
    book.save(layout)
    ended = xlflow("form", "check", layout, "--json", cwd=tmp_path)
    assert ended.code == 1
    assert "“预算金额合计”（D6）不认识" in ended.json[0]["message"]
    assert "Unknown heading" in ended.json[0]["message_en"]
    gone = xlflow("form", "check", "没有.xlsx", cwd=tmp_path)
    assert gone.code == 4


@pytest.mark.parametrize(
    ("arguments", "code", "lang", "says"),
    [
        (["check", "nix.xlsx"], 3, "zh", "nix.xlsx：文件不存在。"),
        (["check", "."], 3, "en", "it is a folder, not a file"),
        (["score", "nix.xlsx"], 3, "en", "nix.xlsx: no such file."),
        (["check", "a.xlsx", "--profile", "nix"], 2, "zh", "没有名为 nix 的评分方案"),
        (["run"], 2, "zh", "不是工作区"),
        (["watch", "--workspace", "nix"], 2, "en", "nix is no workspace"),
        (["status"], 2, "en", "is no workspace"),
        (["consolidate"], 2, "zh", "不是工作区"),
        (["issue", "nix.csv", "--form", FORM, "--year", "1"], 3, "zh", "文件不存在"),
        (["issue", "nix.xlsx", "--form", FORM, "--year", "1"], 3, "en", "no such file"),
        (["issue", "b.xlsx", "--form", FORM, "--year", "1"], 3, "zh", "不是 Excel 工作簿"),
        (["issue", "b.xlsx", "--form", "nix", "--year", "1"], 2, "zh", "没有名为 nix 的表"),
        (["form", "check", "nix"], 2, "en", "no form nix"),
        (["profile", "show", "nix"], 2, "zh", "没有名为 nix 的评分方案"),
        (["profile", "explain", "nix"], 2, "en", "no profile nix"),
        (["init", "b.xlsx/w"], 4, "zh", "b.xlsx：无法写入（已有同名文件）"),
        (["demo", "b.xlsx/w"], 4, "en", "(a file of that name is there)"),
    ],
)
def test_what_is_missing_is_one_plain_sentence(
    tmp_path: Path, arguments: list[str], code: int, lang: str, says: str
) -> None:
    (tmp_path / "a.xlsx").write_bytes(returned_workbook())
    (tmp_path / "b.xlsx").write_text("text", encoding="utf-8")
    ended = xlflow(*arguments, lang=lang, cwd=tmp_path)
    assert (ended.code, ended.out) == (code, "")
    assert says in ended.err
    assert len(ended.err.splitlines()) == 1
    assert "[Errno" not in ended.err


def test_an_inbox_that_is_gone_ends_with_4(tmp_path: Path) -> None:
    assert xlflow("init", "w", cwd=tmp_path).code == 0
    shutil.rmtree(tmp_path / "w" / "inbox")
    ended = xlflow("run", cwd=tmp_path / "w")
    assert (ended.code, ended.out) == (4, "")
    assert "收件夹" in ended.err


def test_a_ledger_that_is_no_database_ends_with_4(tmp_path: Path) -> None:
    assert xlflow("init", "w", cwd=tmp_path).code == 0
    (tmp_path / "w" / ".xlflow").mkdir()
    (tmp_path / "w" / ".xlflow" / "ledger.sqlite").write_bytes(b"nothing of the kind" * 99)
    for command in ("run", "status", "consolidate"):
        ended = xlflow(command, cwd=tmp_path / "w")
        assert (ended.code, ended.out) == (4, "")
        assert "台账" in ended.err
        assert "备份" in ended.err
        assert "Traceback" not in ended.err


def test_a_ledger_that_is_gone_is_not_made_anew_beside_kept_originals(
    tmp_path: Path, form: Path
) -> None:
    """Versions would begin at 1 again, and an empty book would take the place of the summary."""
    root = tmp_path / "w"
    assert xlflow("init", "w", cwd=tmp_path).code == 0
    shutil.copy(form, root / "inbox")
    assert xlflow("run", cwd=root).code == 0
    ledger, book = root / ".xlflow" / "ledger.sqlite", root / "outbox" / "汇总.xlsx"
    aside, before = ledger.rename(tmp_path / "backup"), book.read_bytes()
    shutil.copy(form, root / "inbox")
    for command in (["run"], ["status"], ["consolidate"], ["doctor", "--workspace", "."]):
        ended = xlflow(*command, cwd=root)
        said = ended.out if command[0] == "doctor" else ended.err
        assert ended.code == (0 if command[0] == "doctor" else 4)
        assert "不见了" in said
    assert str(ledger) in xlflow("status", cwd=root).err
    assert (ledger.exists(), book.read_bytes()) == (False, before)
    ledger.touch()  # as a full disk or a folder kept elsewhere may leave it
    assert xlflow("consolidate", cwd=root).code == 4
    assert (ledger.stat().st_size, book.read_bytes()) == (0, before)
    aside.replace(ledger)
    assert [done["outcome"] for done in xlflow("run", "--json", cwd=root).json] == ["duplicate"]


def test_what_waits_in_the_inbox_is_said(tmp_path: Path) -> None:
    assert xlflow("init", "w", cwd=tmp_path).code == 0
    inbox = tmp_path / "w" / "inbox"
    (inbox / "a.xlsx").write_bytes(b"x")
    (inbox / "~$a.xlsx").write_bytes(b"x")
    ended = xlflow("run", cwd=tmp_path / "w")
    assert (ended.code, ended.err) == (0, "a.xlsx 正在 Excel 或 WPS 中打开，关闭后再处理。\n")
    assert "没有要处理的文件" in ended.out
    as_json = xlflow("run", "--json", cwd=tmp_path / "w")
    assert (as_json.json, as_json.err) == ([], ended.err)


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONUTF8": "0", "LC_ALL": "POSIX", "TERM": "dumb", "NO_COLOR": "1"},
        {"COLUMNS": "20"},
    ],
)
def test_an_ascii_console_takes_every_sentence(form: Path, environment: dict[str, str]) -> None:
    for arguments in (["check", form], ["target", "≥95%"], ["check", "不存在.xlsx"], ["--help"]):
        ended = xlflow(*arguments, environ=environment)
        assert "Traceback" not in ended.err
        assert "\ufffd" not in ended.out
    assert "郑州市" in xlflow("check", form, "--json", environ=environment).out


def test_a_table_in_a_pipe_is_not_folded(demo: tuple[Path, Ended]) -> None:
    out = xlflow("status", "--workspace", demo[0]).out
    assert any(
        "郑州市上街区自然资源和规划局" in line and "99.10" in line for line in out.splitlines()
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a pipe closes otherwise there")
def test_a_reader_that_goes_away_is_no_fault(form: Path) -> None:
    command = [sys.executable, "-m", "xlflow", "check", *[str(form)] * 30, "--json"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        said = process.stderr.read().decode()
    assert said == ""

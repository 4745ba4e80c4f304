"""Where the notices lie: what is written, what goes, and what a person made of them stays."""

import runpy
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from chasing_examples import AT, LATE, exercise, send

from xlflow import files
from xlflow.chasing import Posted
from xlflow.config import Workspace, create_workspace
from xlflow.errors import EnvironmentFailed, UsageError
from xlflow.pipeline import consolidate, open_ledger, remind

NOW = datetime.fromisoformat(AT)
LATER = datetime(2026, 4, 23, 1, tzinfo=UTC)
MISSING, RETURNED = "催报_丁局", "退回修改_丙局_部门整体支出绩效自评表_2025_v1"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "w", {"bureau": "示范市财政局"})
    made.state.mkdir()
    exercise(made.state).close()
    return made


def at(workspace: Workspace, now: datetime = NOW, **more: Any) -> Posted:
    return remind(workspace, clock=lambda: now, **more)


def lying(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def files_of(*stems: str) -> list[str]:
    return sorted([f"{stem}{suffix}" for stem in stems for suffix in (".docx", ".txt")])


def send_both(workspace: Workspace) -> None:
    """The returned form comes again, in order."""
    with open_ledger(workspace) as ledger:
        send(ledger, "丙局", "003", LATE)


def test_a_letter_and_a_text_each_and_one_text_for_all(workspace: Workspace) -> None:
    posted = at(workspace)
    assert posted.folder == workspace.outbox / "催报"
    assert lying(posted.folder) == sorted(
        ["群发文本.txt", *files_of(MISSING, "催报_戊局", RETURNED)]
    )
    assert (posted.removed, posted.kept) == ((), ())


def test_a_text_opens_in_notepad(workspace: Workspace) -> None:
    data = (at(workspace).folder / f"{MISSING}.txt").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.endswith("。——示范市财政局\r\n".encode())
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_the_same_day_gives_the_same_files(workspace: Workspace) -> None:
    folder = at(workspace).folder
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}
    at(workspace)
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}


def test_who_has_sent_is_not_reminded_any_more(workspace: Workspace) -> None:
    folder = at(workspace).folder
    send_both(workspace)
    posted = at(workspace, LATER)
    assert list(posted.removed) == files_of(RETURNED)
    assert lying(folder) == sorted(["群发文本.txt", *files_of(MISSING, "催报_戊局")])
    assert "已逾期3天" in (folder / f"{MISSING}.txt").read_text("utf-8-sig")


def test_what_a_person_changed_is_left_alone_and_named(workspace: Workspace) -> None:
    folder = at(workspace).folder
    mine, own = folder / f"{RETURNED}.docx", folder / f"{MISSING}.txt"
    mine.write_bytes(b"my words")
    own.write_bytes(b"my words")
    (folder / "笔记.txt").write_bytes(b"mine")
    send_both(workspace)
    posted = at(workspace, LATER)
    assert list(posted.kept) == [own.name, mine.name]
    assert {path.read_bytes() for path in (mine, own)} == {b"my words"}
    assert (folder / "笔记.txt").is_file()
    assert list(at(workspace, LATER).kept) == [own.name]


def test_a_notice_that_is_open_waits(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = at(workspace).folder
    send_both(workspace)

    def held(real: Callable[..., None], error: type[EnvironmentFailed]) -> Callable[..., None]:
        def call(path: Path, *data: bytes) -> None:
            if path.suffix == ".docx":
                raise error("占用", "in use")
            real(path, *data)

        return call

    with monkeypatch.context() as open_on_a_desk:
        open_on_a_desk.setattr(files, "write_bytes", held(files.write_bytes, files.TargetInUse))
        open_on_a_desk.setattr(files, "remove", held(files.remove, EnvironmentFailed))
        posted = at(workspace, LATER)
    assert list(posted.kept) == [f"{MISSING}.docx", "催报_戊局.docx"]
    assert list(posted.removed) == [f"{RETURNED}.txt"]
    assert (folder / f"{RETURNED}.docx").is_file()
    posted = at(workspace, LATER)
    assert (list(posted.kept), list(posted.removed)) == ([], [f"{RETURNED}.docx"])


def test_a_run_that_was_killed_leaves_nothing_that_is_nobodys(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = at(workspace).folder

    class Killed(BaseException):
        pass

    def kill(step: str, path: Path) -> None:
        if step == "replace" and path.name == "群发文本.txt":
            raise Killed

    with monkeypatch.context() as power_cut:
        power_cut.setattr(files, "before_step", kill)
        with pytest.raises(Killed):
            at(workspace, LATER)
    posted = at(workspace, datetime(2026, 4, 24, 1, tzinfo=UTC))
    assert posted.kept == ()
    assert "2026年4月24日" in (folder / "群发文本.txt").read_text("utf-8-sig")


def test_for_one_unit_only_its_own_are_written(workspace: Workspace, tmp_path: Path) -> None:
    posted = at(workspace, units=["004"], out=tmp_path / "给丁局")
    assert lying(tmp_path / "给丁局") == files_of(MISSING)
    assert [each.stem for each in posted.notices] == [MISSING]
    at(workspace)
    at(workspace, LATER, units=["丙"])
    assert "4月22日" in (workspace.outbox / "催报" / f"{MISSING}.txt").read_text("utf-8-sig")


def test_the_letters_are_drawn_by_the_workspace(workspace: Workspace) -> None:
    template = workspace.root / "workbook_templates" / "missing_notice.docx"
    assert template.is_file()
    template.write_bytes(b"spoiled")
    with pytest.raises(UsageError, match=r"missing_notice\.docx"):
        at(workspace)


def test_without_python_docx_there_are_texts_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlflow.chasing.post.find_spec", lambda _: None)
    assert all(name.endswith(".txt") for name in lying(at(workspace).folder))


def test_the_summary_has_the_most_urgent_first(workspace: Workspace) -> None:
    book = openpyxl.load_workbook(consolidate(workspace, clock=lambda: NOW).book)
    rows = list(book["退回与催报"].iter_rows(values_only=True))
    heads = [str(head) for head in rows[0]]
    assert "迟报" not in heads  # a column that says nothing
    told = [dict(zip(heads, row, strict=True)) for row in rows[1:]]
    assert [(row["单位"], row["状态"], row["剩余天数"]) for row in told] == [
        ("丙局", "退回待改", -2),
        ("丁局", "未报", -2),
        ("戊局", "未报", 3),
        ("丁局", "未报", 8),
    ]
    first = told[0]
    assert (first["版本"], first["错误"], first["提醒"], first["结果文件"]) == (1, 1, 1, "打开")
    assert str(first["主要问题"]).startswith("H7：得分填写为 9.1")
    assert told[2]["原截止日期"] == "2026-04-20"


def test_the_summary_says_nothing_where_nobody_is_asked(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "w")
    book = openpyxl.load_workbook(consolidate(workspace, clock=lambda: NOW).book)
    assert "退回与催报" not in book.sheetnames
    assert at(workspace).notices == ()
    assert lying(workspace.outbox / "催报") == ["群发文本.txt"]


def test_the_templates_are_those_that_the_script_draws() -> None:
    root = Path(__file__).parents[2]
    made = runpy.run_path(str(root / "docs" / "make_letters.py"))
    for name, words in made["LETTERS"].items():
        assert made["letter"](*words) == (root / "workbook_templates" / name).read_bytes()

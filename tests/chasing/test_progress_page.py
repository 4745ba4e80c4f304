"""The page 进度.html: one file, everything on it, nothing from outside, all text escaped."""

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest
from chasing_examples import ASK, AT, HOSTILE, MUST, NOTE, TITLES, exercise, line, send

from xlflow import files
from xlflow.chasing import publish_page
from xlflow.config import create_workspace
from xlflow.pipeline import run, write_page
from xlflow.problems import Problem


class Read(HTMLParser):
    """What a browser finds: the tags with their attributes, the rows of the table and all text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "input", "br", "col"):
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "script" in self.open or "style" in self.open:
            return
        self.text += data
        if "td" in self.open:
            self.rows[-1][-1] += data

    def row(self, unit: str) -> list[str]:
        return next(row for row in self.rows if row and row[0].startswith(unit))


def page_of(workspace: Path, out: Path) -> str:
    with exercise(workspace) as ledger:
        ledger.expect([line(HOSTILE, '006"', "<b>")])
        bad = Problem("C03", MUST.severity, None, "<i>", '"><img src=x>', "<script>", HOSTILE, "")
        send(ledger, HOSTILE, '006"', problems=(bad, NOTE))
        publish_page(
            ledger, out, title="自评 <2025>", at=AT, workspace=workspace, form_titles=TITLES
        )
    return out.read_text("utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    workspace = tmp_path_factory.mktemp("page")
    return page_of(workspace, workspace / "outbox" / "进度.html")


def test_a_browser_finds_every_unit_where_it_stands(page: str) -> None:
    read = Read(page)
    assert read.open == []
    assert read.row("甲局")[3:8] == ["已通过", "1", "2026-04-20", "", "98.19"]
    assert read.row("乙局")[3] == "已通过 迟报"
    assert read.row("丙局")[3:7] == ["退回待改", "1", "2026-04-20", "已逾期2天"]
    assert read.row("丁局")[1:7] == ["修路", TITLES_ROW, "未报", "", "2026-04-20", "已逾期2天"]
    assert read.row("戊局")[5:7] == ["2026-04-25原 2026-04-20", "还剩3天"]
    assert "2026-04-22 10:00（北京时间）" in read.text


TITLES_ROW = f"{TITLES['overall_self_evaluation']}2025"


def test_the_counts_stand_on_top(page: str) -> None:
    boxes = dict(re.findall(r'<li class="(\w+)"><div><b>(\d+)</b>', page))
    assert boxes == {
        "expected": "7",
        "accepted": "2",
        "returned": "2",
        "missing": "3",
        "overdue": "2",
        "late": "1",
        "unlisted": "0",
    }


def test_each_problem_is_told_with_its_place_and_notes_are_not(page: str) -> None:
    read = Read(page)
    rows = [row for row in read.rows if row and row[0].isdigit()]
    assert ["1", "必须修改", "部门整体自评表 H7", "9.1", MUST.message] in rows
    assert ["2", "请核对", "部门整体自评表 C3", "", ASK.message] in rows
    assert ["1", "请核对", "部门整体自评表 C3", "", ASK.message] in rows
    assert NOTE.message not in read.text


def test_what_a_unit_wrote_stays_text(page: str) -> None:
    read = Read(page)
    assert Counter(tag for tag, _ in read.tags)["script"] == 1
    assert not {"img", "b>", "i>"} & {tag for tag, _ in read.tags}
    assert HOSTILE in read.text
    assert all(not name.startswith("on") for _, attrs in read.tags for name in attrs)


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    read = Read(page)
    assert "http" not in re.sub(r"http-equiv", "", page)
    assert not {"link", "iframe", "object", "img"} & {tag for tag, _ in read.tags}
    assert all("src" not in attrs for _, attrs in read.tags)
    assert any("default-src 'none'" in (attrs.get("content") or "") for _, attrs in read.tags)


def test_links_lead_from_where_the_page_lies(tmp_path: Path) -> None:
    for out in (tmp_path / "outbox" / "进度.html", tmp_path / "别处" / "x.html"):
        (folder := tmp_path / out.parent.name / "w").mkdir(parents=True)
        read = Read(page_of(folder, out))
        links = [attrs["href"] or "" for tag, attrs in read.tags if tag == "a"]
        files = {(out.parent / unquote(link)).resolve() for link in links if link[0] != "#"}
        assert folder / "outbox" / "退回" / "3号 100%.xlsx" in files
        anchors = {link[1:] for link in links if link.startswith("#")}
        assert anchors == {attrs["id"] for _, attrs in read.tags if attrs.get("class") == "form"}


def test_run_writes_it_beside_the_summary(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path / "w")
    run(workspace)
    assert "没有收到填报表" in (workspace.outbox / "进度.html").read_text("utf-8")
    assert write_page(workspace, tmp_path / "x.html").is_file()


def test_a_page_that_is_held_waits_for_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = create_workspace(tmp_path / "w")
    real = files.write_bytes

    def held(path: Path, data: bytes) -> None:
        if path.suffix == ".html":
            raise files.TargetInUse("占用", "in use")
        real(path, data)

    with monkeypatch.context() as in_use:
        in_use.setattr(files, "write_bytes", held)
        assert run(workspace) == ()
    assert not (workspace.outbox / "进度.html").exists()
    run(workspace)
    assert (workspace.outbox / "进度.html").is_file()

"""`xlflow serve`: what comes over HTTP is judged as the watcher would, and nothing is kept."""

import asyncio
import base64
import io
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, unquote

import httpx
import openpyxl
import pytest
from command_line import xlflow
from served import XLSX, Server, serving

from xlflow.config import Workspace, create_workspace
from xlflow.demo import play, returned_workbook
from xlflow.demo.play import Played
from xlflow.review import Outcome

UNIT = "郑州市上街区教育局"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("served") / "demo")


@pytest.fixture(scope="module")
def server(demo: Played) -> Iterator[Server]:
    with serving(demo.workspace.root, "--open") as started:
        yield started


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Workspace]]:
    workspace = create_workspace(tmp_path_factory.mktemp("guarded"))
    roster = workspace.root / "名册.csv"
    roster.write_text(f"单位编码,单位名称\n001,{shangjie_unit()}\n002,体育局\n", encoding="utf-8")
    given = xlflow("serve", "--workspace", workspace.root, "--give-tokens", roster)
    assert given.code == 0
    with serving(workspace.root) as started:
        yield started, workspace


def shangjie_unit() -> str:
    book = openpyxl.load_workbook(io.BytesIO(returned_workbook()))
    return str(book["部门整体支出绩效自评表"]["C2"].value)


def scored(
    server: Server, data: bytes, name: str = "表.xlsx", accept: str = "", token: str = ""
) -> httpx.Response:
    headers = {"X-Xlflow-Name": quote(name), "Accept": accept or "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return httpx.post(f"{server.url}/api/score", content=data, headers=headers, timeout=60)


def tokens(workspace: Workspace) -> dict[str, str]:
    lines = (workspace.root / "口令.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    return {unit: token for _, unit, token in (line.split(",") for line in lines)}


def test_every_workbook_of_the_demo_gets_the_copy_the_watcher_made(
    demo: Played, server: Server
) -> None:
    compared = 0
    for done in demo.processed:
        if not done.output or not done.output.endswith((".xlsx", ".xlsm")):
            continue
        if "处理单" in done.output or done.outcome is Outcome.ATTACHMENT:
            continue
        original = next((demo.workspace.originals).rglob(f"{done.sha256}*"))
        answer = scored(server, original.read_bytes(), Path(done.file).name, XLSX)
        put = demo.workspace.root / done.output
        if done.outcome is Outcome.QUARANTINED:
            assert answer.status_code == 422, done.file
            continue
        assert answer.status_code == 200, done.file
        assert answer.headers["x-xlflow-outcome"] == done.outcome.value, done.file
        assert answer.content == put.read_bytes(), done.file
        compared += 1
    assert compared >= 20


def test_the_answer_says_what_check_says(server: Server, demo: Played, tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    path.write_bytes(returned_workbook())
    profile = demo.workspace.settings.profile
    checked = xlflow("check", path, "--profile", profile, "--json").json
    (told,) = scored(server, path.read_bytes()).json()["results"]
    for key in ("unit", "total", "claimed_total", "grade", "scores"):
        assert told[key] == checked[0][key]


def test_the_scored_copy_comes_with_the_answer(server: Server) -> None:
    told = scored(server, returned_workbook(), "填好的表.xlsx").json()
    assert told["file"] == "填好的表.scored.xlsx"
    book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(told["workbook"])))
    assert "核对结果" in book.sheetnames
    assert told["message"].startswith("核对结论：")


def test_lines_for_a_macro_hold_all_that_the_scored_copy_has(server: Server) -> None:
    data = returned_workbook()
    lines = scored(server, data, accept="text/plain").content.decode("utf-8-sig").split("\r\n")
    copy = scored(server, data, accept=XLSX).content
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert lines[0].split("\t")[0] == "xlflow 1"
    assert lines[-2:] == ["end", ""]
    kinds = {line.split("\t")[0] for line in lines[1:-2]}
    assert kinds == {"V", "N", "H", "R"}
    unescaped = [
        [field.replace("\\n", "\n").replace("\\\\", "\\") for field in line.split("\t")]
        for line in lines[1:-2]
    ]
    for kind, *rest in unescaped:
        if kind == "V":
            sheet, cell, form, value = rest
            stands = book[sheet][cell].value
            if form == "n":
                assert float(value) == pytest.approx(stands)
            else:
                assert (stands or "") == value
        if kind == "N":
            assert rest[2] in book[rest[0]][rest[1]].comment.text
        if kind == "R":
            row, column, form, value, _ = rest
            stands = book["核对结果"].cell(int(row), int(column)).value
            assert str("" if stands is None else stands) == value or form == "n"


def test_the_page_needs_nothing_from_elsewhere(server: Server) -> None:
    for path in ("/", "/page.css", "/page.js"):
        page = httpx.get(server.url + path)
        assert page.status_code == 200
        assert "http://" not in page.text
        assert "https://" not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]
    assert httpx.get(server.url + "/docs").status_code == 404
    assert httpx.get(server.url + "/openapi.json").status_code == 404


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"not a workbook at all", "F"),
        (b"PK\x03\x04 damaged", "F"),
        (b"%PDF-1.7 a scan", "F"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "F"),
    ],
)
def test_what_is_no_workbook_is_told_in_a_sentence(server: Server, data: bytes, code: str) -> None:
    answer = scored(server, data)
    assert answer.status_code == 422
    told = answer.json()
    assert told["outcome"] == "quarantined"
    assert told["results"][0]["problems"][0]["code"].startswith(code)
    assert told["message"].endswith("。")
    assert told["workbook"] is None


def test_the_officers_own_form_is_not_scored(server: Server, demo: Played) -> None:
    answer = scored(server, (demo.workspace.root / "处理单.xlsx").read_bytes())
    assert answer.status_code == 422
    assert answer.json()["results"][0]["problems"][0]["code"] in ("F20", "F07")


def test_nothing_is_400_and_a_wrong_address_404(server: Server) -> None:
    assert scored(server, b"").status_code == 400
    lost = httpx.get(server.url + "/nowhere")
    assert (lost.status_code, lost.json()["message"]) == (404, "没有这个页面。在线评分的首页是 /。")
    assert httpx.get(server.url + "/api/score").status_code == 405


def test_a_gigabyte_is_refused_before_it_is_sent(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), 10) as line:
        head = "POST /api/score HTTP/1.1\r\nHost: x\r\nContent-Length: 1073741824\r\n\r\n"
        line.sendall(head.encode())
        said = line.recv(65536).decode()
    assert " 413 " in said.splitlines()[0]


def test_one_that_does_not_say_how_large_it_is_is_stopped(server: Server) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(200):
            yield bytes(1 << 20)

    try:
        status = httpx.post(f"{server.url}/api/score", content=endless(), timeout=60).status_code
    except httpx.WriteError:  # the server has closed the line
        status = 413
    assert status == 413


def test_a_zip_bomb_costs_nothing(server: Server) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/workbook.xml", "w", force_zip64=True) as part:
            for _ in range(600):
                part.write(bytes(1 << 20))
    answer = scored(server, stream.getvalue())
    assert answer.status_code == 422
    status = Path(f"/proc/{server.process.pid}/status")
    if status.exists():
        (peak,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        assert int(peak.split()[1]) < 400_000  # KB


def test_fifty_at_once_are_all_served(server: Server) -> None:
    data = returned_workbook()

    async def all_of_them() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(timeout=120, limits=limits) as client:
            headers = {"Accept": XLSX}
            posts = [
                client.post(f"{server.url}/api/score", content=data, headers=headers)
                for _ in range(50)
            ]
            return await asyncio.gather(*posts)

    answers = asyncio.run(all_of_them())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_nothing_is_kept(server: Server, demo: Played) -> None:
    def files() -> dict[str, int]:
        root = demo.workspace.root
        return {
            path.relative_to(root).as_posix(): path.stat().st_size
            for path in root.rglob("*")
            if path.is_file() and "ledger.sqlite-" not in path.name
        }

    before = files()
    assert scored(server, returned_workbook(), "../../旁边.xlsx").status_code == 200
    assert files() == before


def test_a_token_is_needed_and_belongs_to_one_unit(
    guarded: tuple[Server, Workspace],
) -> None:
    server, workspace = guarded
    data, given = returned_workbook(), tokens(workspace)
    assert scored(server, data).status_code == 401
    assert scored(server, data, token=given["体育局"][::-1]).status_code == 401
    assert scored(server, data, token=given[shangjie_unit()]).status_code == 200
    other = scored(server, data, token=given["体育局"])
    assert other.status_code == 403
    assert "体育局" in other.json()["message"]
    kept = (workspace.state / "tokens.json").read_text(encoding="utf-8")
    assert not any(token in kept for token in given.values())


def test_without_tokens_it_does_not_start(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path)
    refused = xlflow("serve", "--workspace", workspace.root)
    assert refused.code == 2
    assert "--give-tokens" in refused.err


def half_sent(server: Server, size: int = 52_428_800) -> socket.socket:
    """Return a line on which an upload has begun and does not go on."""
    line = socket.create_connection(("127.0.0.1", server.port), 10)
    head = f"POST /api/score HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\nPK"
    line.sendall(head.encode())
    return line


def test_uploads_that_break_off_leave_no_trace_and_no_room_taken(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path)
    with serving(workspace.root, "--open") as server:
        for line in [half_sent(server) for _ in range(10)]:  # all the room there is
            line.close()
        padded = returned_workbook() + bytes(30 << 20)  # larger than what would be left
        for _ in range(50):
            if scored(server, padded).status_code != 503:
                break
            time.sleep(0.1)
        assert scored(server, returned_workbook()).status_code == 200
        server.process.terminate()
        _, told = server.process.communicate(timeout=20)
        assert b"Traceback" not in told


def test_ctrl_c_ends_it_though_an_upload_hangs(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path)
    with serving(workspace.root, "--open") as server, half_sent(server):
        server.process.send_signal(signal.SIGINT)
        assert server.process.wait(20) is not None


def test_a_name_leads_nowhere_and_breaks_no_header(server: Server) -> None:
    for name in ("..%2F..%2Fetc%2Fpasswd", "a%0D%0ASet-Cookie:x=1.xlsx", "%ED%A0%80", "%22%3B%00"):
        headers = {"X-Xlflow-Name": name, "Accept": XLSX}
        answer = httpx.post(f"{server.url}/api/score", content=returned_workbook(), headers=headers)
        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers
        put = answer.headers["content-disposition"].partition("''")[2]
        assert not set("/\\\r\n\0") & set(unquote(put))


def test_a_scored_copy_sent_again_comes_back_as_it_is(server: Server) -> None:
    once = scored(server, returned_workbook(), accept=XLSX).content
    assert scored(server, once, accept=XLSX).content == once


def test_many_wrong_tokens_at_once_do_not_keep_the_right_one_out(
    guarded: tuple[Server, Workspace],
) -> None:
    server, workspace = guarded
    right = tokens(workspace)[shangjie_unit()]

    def sent(number: int) -> int:
        token = right if number == 30 else f"{right[:-1]}{number:02}"  # longer, so never the same
        return scored(server, returned_workbook(), token=token).status_code

    with ThreadPoolExecutor(30) as clients:
        statuses = list(clients.map(sent, range(60)))
    assert statuses.pop(30) == 200
    assert set(statuses) == {401}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_no_process_outlives_the_server(tmp_path: Path, number: signal.Signals) -> None:
    workspace = create_workspace(tmp_path)
    with serving(workspace.root, "--open") as server:
        assert scored(server, returned_workbook()).status_code == 200
        server.process.send_signal(number)
        # Whoever lives holds the line open, and it would not come to its end.
        server.process.communicate(timeout=20)


def test_damaged_tokens_are_told_in_a_sentence(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path)
    given = workspace.state / "tokens.json"
    given.parent.mkdir(exist_ok=True)
    given.write_text('[["0000", ["教育局", null]]]', encoding="utf-8")
    with serving(workspace.root) as server:
        given.write_text("{", encoding="utf-8")
        answer = scored(server, returned_workbook(), token=UNIT.encode().hex())
        assert answer.status_code == 503
        assert "口令文件 tokens.json 已损坏" in answer.json()["message"]


def test_a_ledger_that_can_not_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path)
    with serving(workspace.root, "--open") as server:
        assert scored(server, returned_workbook()).status_code == 200
        (workspace.state / "ledger.sqlite").write_bytes(b"no ledger" * 1000)
        answer = scored(server, returned_workbook())
        assert answer.status_code == 503
        assert answer.json()["message"].endswith("。")


def test_a_port_that_is_taken_is_told_in_a_sentence(server: Server, demo: Played) -> None:
    place = "--port", str(server.port)
    twice = xlflow("serve", "--workspace", demo.workspace.root, "--open", *place, lang="zh")
    assert twice.code == 4
    assert "--port" in twice.err
    assert "已启动：" not in twice.err


def test_without_the_extra_it_says_what_to_install(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path)
    program = (
        "import sys; sys.modules['fastapi'] = None; from xlflow.cli import main; "
        f"sys.argv = ['xlflow', 'serve', '--workspace', {str(workspace.root)!r}, '--open']; main()"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert ended.returncode == 4
    assert b"xlflow[serve]" in ended.stderr
    assert b"Traceback" not in ended.stderr

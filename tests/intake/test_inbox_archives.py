"""A .zip from mail or chat: kept whole, unpacked under guards, each file in it an arrival."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from inbox_examples import UNIT, archive, drop, good, locked, lying, of_unit, workspace_in

from xlflow import files
from xlflow.config import Workspace
from xlflow.intake import original_path, unpack
from xlflow.intake.archives import ARCHIVE_LIMITS
from xlflow.ledger import Arrival
from xlflow.ooxml.limits import Limits
from xlflow.pipeline import open_ledger, run, standing
from xlflow.review import Outcome
from xlflow.settling import Processed

STEM = f"{UNIT}_部门整体支出绩效自评表_2022"
SCAN = b"%PDF-1.7 stamped"


def _spoilt(packed: bytes) -> bytes:
    """Return an archive with one byte of its first file changed."""
    changed = bytearray(packed)
    changed[60] ^= 255
    return bytes(changed)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path)


def outcomes(done: tuple[Processed, ...]) -> dict[str, str]:
    return {each.file: each.outcome.value for each in done}


def arrivals(workspace: Workspace) -> dict[str, Arrival]:
    with open_ledger(workspace) as ledger:
        return {each.name: each for each in ledger.arrivals()}


def test_each_file_in_an_archive_is_an_arrival_with_its_own_original(workspace: Workspace) -> None:
    packed = archive({"教育局/": b"", "教育局/自评表.xlsx": good(), "教育局/扫描件.pdf": SCAN})
    drop(workspace, "包.zip", packed)
    done = run(workspace)
    assert outcomes(done) == {
        "包.zip": "attachment",
        "包.zip/教育局/扫描件.pdf": "attachment",
        "包.zip/教育局/自评表.xlsx": "returned",
    }
    assert lying(workspace.inbox) == []
    for data in (packed, good(), SCAN):
        kept = original_path(workspace, files.sha256_of(data))
        assert kept.read_bytes() == data
        assert kept.stat().st_mode & 0o222 == 0
    note = arrivals(workspace)["包.zip"].note
    assert note == "压缩包，已解压，内含 2 个文件：教育局/扫描件.pdf、教育局/自评表.xlsx。"
    assert lying(workspace.outbox / "退回") == [f"{STEM}_v1.xlsx"]


def test_what_systems_leave_in_an_archive_is_no_arrival(workspace: Workspace) -> None:
    drop(
        workspace,
        "包.zip",
        archive(
            {
                "局/自评表.xlsx": good(),
                "局/~$自评表.xlsx": b"owner",
                "局/.DS_Store": b"x",
                "局/Thumbs.db": b"x",
                "__MACOSX/局/._自评表.xlsx": b"x",
                "__MACOSX/局/自评表.xlsx": b"x",
            }
        ),
    )
    assert outcomes(run(workspace)) == {
        "包.zip": "attachment",
        "包.zip/局/自评表.xlsx": "returned",
    }


@pytest.mark.parametrize(
    "name",
    [
        "教育局/2022年自评表（终稿）.xlsx",
        "模.xlsx",
        "乗.xlsx",
        "教育局\\自评表.xlsx",
        "摹模/表.xlsx",
    ],
)
@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_names_without_the_utf8_flag(workspace: Workspace, name: str, encoding: str) -> None:
    """A Chinese Windows writes GBK, in which 乗 ends with a backslash; macOS writes UTF-8."""
    drop(workspace, "包.zip", archive({name.encode(encoding): good()}))
    done = run(workspace)
    assert [each.file for each in done] == ["包.zip", f"包.zip/{name.replace(chr(92), '/')}"]


@pytest.mark.parametrize(
    ("told_of", "read"), [(b"\x8e\xa9\x95\x5d.xlsx", "自評.xlsx"), (b"other", "帺昡.xlsx")]
)
def test_a_name_beside_the_old_one_goes_before_it(
    workspace: Workspace, told_of: bytes, read: str
) -> None:
    """7-Zip and WinRAR repeat the name in UTF-8, with the checksum of the name it is for."""
    told = struct.pack("<BL", 1, zlib.crc32(told_of)) + "自評.xlsx".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        info = zipfile.ZipInfo("____.xlsx")
        info.extra = struct.pack("<2H", 0x7075, len(told)) + told
        package.writestr(info, good())
    drop(workspace, "包.zip", stream.getvalue().replace(b"____.xlsx", b"\x8e\xa9\x95\x5d.xlsx"))
    assert [each.file for each in run(workspace)] == ["包.zip", f"包.zip/{read}"]


def test_a_file_seen_before_is_a_duplicate_wherever_it_comes_from(workspace: Workspace) -> None:
    drop(workspace, "a.xlsx", good(), at=1)
    drop(workspace, "包.zip", archive({"b.xlsx": good(), "c.xlsx": of_unit("甲局")}), at=2)
    drop(workspace, "c.xlsx", of_unit("甲局"), at=3)
    assert outcomes(run(workspace)) == {
        "a.xlsx": "returned",
        "包.zip": "attachment",
        "包.zip/b.xlsx": "duplicate",
        "包.zip/c.xlsx": "returned",
        "c.xlsx": "duplicate",
    }


def test_an_archive_sent_twice_is_a_duplicate(workspace: Workspace) -> None:
    drop(workspace, "一.zip", archive({"a.xlsx": good()}))
    run(workspace)
    drop(workspace, "二.zip", archive({"a.xlsx": good()}))
    assert outcomes(run(workspace)) == {"二.zip": "duplicate"}
    note = arrivals(workspace)["二.zip"].note
    assert note is not None
    assert "一.zip" in note


def test_an_archive_with_an_unread_file_may_be_sent_again(workspace: Workspace) -> None:
    packed = archive({"a.xlsx": good(), "b.xlsx": b"text"})
    drop(workspace, "一.zip", packed)
    run(workspace)
    drop(workspace, "一.zip", packed)
    assert outcomes(run(workspace)) == {
        "一.zip": "attachment",
        "一.zip/a.xlsx": "duplicate",
        "一.zip/b.xlsx": "quarantined",
    }


def test_what_is_in_an_archive_counts_where_the_archive_stands(workspace: Workspace) -> None:
    older = archive({"表.xlsx": of_unit(UNIT, changed="81%")})
    drop(workspace, "z.xlsx", good(), at=100)
    drop(workspace, "a.zip", older, at=200)
    drop(workspace, "b.xlsx", of_unit(UNIT, changed="82%"), at=300)
    run(workspace)
    with open_ledger(workspace) as ledger:
        versions = [(each.file, each.version) for each in ledger.submissions()]
    assert versions == [("z.xlsx", 1), ("a.zip/表.xlsx", 2), ("b.xlsx", 3)]


def test_of_two_versions_in_one_archive_the_younger_counts(workspace: Workspace) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, minute, data in (
            ("a.xlsx", 9, of_unit(UNIT, changed="82%")),
            ("b.xlsx", 8, good()),
        ):
            package.writestr(zipfile.ZipInfo(name, (2023, 3, 1, 8, minute, 0)), data)
    drop(workspace, "包.zip", stream.getvalue())
    run(workspace)
    with open_ledger(workspace) as ledger:
        (current,) = ledger.submissions(current_only=True)
    assert (current.file, current.version) == ("包.zip/a.xlsx", 2)


def test_a_workbook_is_a_workbook_whatever_its_suffix(workspace: Workspace) -> None:
    drop(workspace, "自评表.zip", good())
    (done,) = run(workspace)
    assert (done.outcome, done.output) == (Outcome.RETURNED, f"outbox/退回/{STEM}_v1.xlsx")


def test_an_archive_that_calls_itself_a_workbook_is_refused(workspace: Workspace) -> None:
    drop(workspace, "自评表.xlsx", archive({"a.xlsx": good()}))
    (done,) = run(workspace)
    assert done.outcome is Outcome.QUARANTINED
    assert [found.code for found in done.results[0].problems] == ["F11"]


def test_an_archive_without_its_suffix_is_told(workspace: Workspace) -> None:
    """Named like the folder of the officer's decisions, its files would be taken for those."""
    (workspace.inbox / "处理单").rmdir()
    drop(workspace, "处理单", archive({"处理单.xlsx": good()}))
    (done,) = run(workspace)
    assert done.outcome is Outcome.QUARANTINED
    assert [found.code for found in done.results[0].problems] == ["F11"]


def test_an_archive_in_an_archive_is_told_and_not_opened(workspace: Workspace) -> None:
    inner = archive({"a.xlsx": good()})
    drop(workspace, "包.zip", archive({"乡镇/内.zip": inner}))
    outer, nested = run(workspace)
    assert (outer.outcome, nested.outcome) == (Outcome.ATTACHMENT, Outcome.QUARANTINED)
    (found,) = nested.results[0].problems
    assert (found.code, nested.file) == ("F11", "包.zip/乡镇/内.zip")
    assert nested.file in found.message
    drop(workspace, "内.zip", inner)
    assert outcomes(run(workspace)) == {"内.zip": "attachment", "内.zip/a.xlsx": "returned"}


@pytest.mark.parametrize(
    ("data", "code", "word"),
    [
        (locked(archive({"a.xlsx": good()})), "F12", "解压密码"),
        (archive({"a.xlsx": good()})[:-40], "F13", "文件不完整"),
        (archive({"../a.xlsx": good()}), "F13", "路径越界"),
        (archive({"/etc/a.xlsx": good()}), "F13", "路径越界"),
        (archive({"C:/a.xlsx": good()}), "F13", "路径越界"),
        (archive({"a.xlsx": b"1" * 2_000_000}), "F13", "压缩比异常"),
        (_spoilt(archive({"a.xlsx": good()})), "F13", "a.xlsx"),
        (b"Rar!\x1a\x07\x00", "F11", "压缩包"),
        (b"no archive at all", "F02", "纯文本"),
        (b"", "F01", "空文件"),
    ],
    ids=["locked", "half", "up", "root", "drive", "bomb", "damaged", "rar", "text", "empty"],
)
def test_an_archive_that_can_not_be_read_ends_in_one_sentence(
    workspace: Workspace, data: bytes, code: str, word: str
) -> None:
    drop(workspace, "甲局.zip", data)
    drop(workspace, "好.xlsx", good(), at=1_800_000_000)
    done = run(workspace)
    assert outcomes(done) == {"甲局.zip": "quarantined", "好.xlsx": "returned"}
    (found,) = done[0].results[0].problems
    assert found.code == code
    assert "甲局.zip" in found.message
    assert word in found.message
    assert (workspace.root / str(done[0].output)).read_bytes() == data
    note = (workspace.outbox / "无法读取" / "甲局.zip.说明.txt").read_text(encoding="utf-8-sig")
    assert note == found.message + "\n"
    assert not any(path.suffix == ".xlsx" for path in workspace.root.parent.iterdir())


@pytest.mark.parametrize(
    ("limits", "word"),
    [
        (Limits(file_size=1000), "文件大于"),
        (Limits(entries=1), "多于 1 个"),
        (Limits(part=1000), "a.xlsx"),
        (Limits(expanded=1000), "解压后大于"),
    ],
)
def test_limits_of_an_archive(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, limits: Limits, word: str
) -> None:
    monkeypatch.setattr("xlflow.intake.archives.ARCHIVE_LIMITS", limits)
    drop(workspace, "甲局.zip", archive({"a.xlsx": good(), "b.xlsx": of_unit("甲局")}))
    (done,) = run(workspace)
    (found,) = done.results[0].problems
    assert (done.outcome, found.code) == (Outcome.QUARANTINED, "F13")
    assert word in found.message


def test_sizes_in_an_archive_are_counted_while_inflating(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each member says it is small; what comes out of it is believed and not what it says."""
    monkeypatch.setattr("xlflow.intake.archives.ARCHIVE_LIMITS", Limits(expanded=100_000))
    content = bytes(range(256)) * 300
    packed = archive({"a.bin": content, "b.bin": content[::-1]})
    drop(workspace, "甲局.zip", packed.replace(struct.pack("<L", len(content)), b"\1\0\0\0"))
    (done,) = run(workspace)
    assert done.outcome is Outcome.QUARANTINED
    assert lying(workspace.originals) == [
        f"{done.sha256[:2]}/{done.sha256}"
    ]  # nothing was let out before it was counted


def test_a_large_archive_may_hold_more_than_a_workbook() -> None:
    assert ARCHIVE_LIMITS.file_size > Limits().file_size
    assert ARCHIVE_LIMITS.entries > Limits().entries


def test_an_empty_archive_is_told_as_such(workspace: Workspace) -> None:
    drop(workspace, "空.zip", archive({}))
    assert outcomes(run(workspace)) == {"空.zip": "attachment"}
    assert arrivals(workspace)["空.zip"].note == "压缩包，里面没有文件。"


def test_progress_counts_what_is_in_archives(workspace: Workspace) -> None:
    drop(workspace, "包.zip", archive({"a.xlsx": good(), "b.pdf": SCAN}))
    told: list[tuple[str, int, int]] = []
    run(workspace, on_progress=lambda each, *numbers: told.append((each.file, *numbers)))
    assert told == [("包.zip", 1, 3), ("包.zip/a.xlsx", 2, 3), ("包.zip/b.pdf", 3, 3)]


def test_a_crash_after_unpacking_leaves_the_files_before_what_came_later(
    workspace: Workspace,
) -> None:
    from datetime import UTC, datetime

    from xlflow.intake import scan, take

    drop(workspace, "a.zip", archive({"表.xlsx": of_unit(UNIT, changed="81%")}), at=1)
    drop(workspace, "b.xlsx", of_unit(UNIT, changed="82%"), at=2)
    with open_ledger(workspace) as ledger:
        first, _ = take(workspace, ledger, scan(workspace.inbox), datetime.now(UTC))
        unpack(workspace, ledger, first)
        assert [each.name for each in ledger.unfinished()] == ["a.zip/表.xlsx", "b.xlsx"]
    run(workspace)
    with open_ledger(workspace) as ledger:
        assert [each.file for each in ledger.submissions()] == ["a.zip/表.xlsx", "b.xlsx"]
    assert [line.version for line in standing(workspace)] == [2]

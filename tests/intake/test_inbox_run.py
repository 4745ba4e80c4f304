from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from inbox_examples import UNIT, drop, good, lying, of_unit, unreadable, workspace_in

from xlflow import files
from xlflow.config import Workspace
from xlflow.errors import UsageError
from xlflow.intake import original_path, recover, take
from xlflow.ooxml.limits import Limits
from xlflow.pipeline import open_ledger, run, standing
from xlflow.review import Outcome
from xlflow.settling import Processed

STEM = f"{UNIT}_部门整体支出绩效自评表_2022"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_in(tmp_path)


def outcomes(done: tuple[Processed, ...]) -> dict[str, str]:
    return {each.file: each.outcome.value for each in done}


def test_a_good_form_is_answered(workspace: Workspace) -> None:
    drop(workspace, "上街区.xlsx", good())
    (done,) = run(workspace)
    assert done.output == f"outbox/退回/{STEM}_v1.xlsx"
    assert done.sha256 == files.sha256_of(good())
    assert (workspace.root / done.output).is_file()
    assert lying(workspace.inbox) == []
    assert original_path(workspace, done.sha256).read_bytes() == good()


def test_the_same_bytes_twice_are_one_submission_and_one_duplicate(workspace: Workspace) -> None:
    drop(workspace, "a.xlsx", good(), at=1_700_000_000)
    drop(workspace, "b.xlsx", good(), at=1_700_000_001)
    assert outcomes(run(workspace)) == {"a.xlsx": "returned", "b.xlsx": "duplicate"}
    drop(workspace, "a.xlsx", good(), at=1_700_000_002)
    (again,) = run(workspace)
    assert (again.outcome, again.output) == (Outcome.DUPLICATE, None)
    assert [line.version for line in standing(workspace)] == [1]
    assert lying(workspace.outbox / "退回") == [f"{STEM}_v1.xlsx"]


def test_nothing_that_is_no_form_stops_the_others(workspace: Workspace) -> None:
    for name, (data, _) in unreadable().items():
        drop(workspace, name, data)
    drop(workspace, "好.xlsx", good())
    done = run(workspace)
    assert outcomes(done) == dict.fromkeys(unreadable(), "quarantined") | {"好.xlsx": "returned"}
    assert lying(workspace.inbox) == []
    refused = workspace.outbox / "无法读取"
    for each in done:
        assert original_path(workspace, each.sha256).stat().st_mode & 0o222 == 0
        if each.file in unreadable():
            data, word = unreadable()[each.file]
            assert (workspace.root / str(each.output)).read_bytes() == data
            note = (refused / f"{each.file}.说明.txt").read_text(encoding="utf-8-sig")
            assert word in note
            assert each.file in note
            assert len(note.splitlines()) == 1
    assert len(lying(refused)) == 2 * len(unreadable())


def test_two_unreadable_files_of_one_name_are_both_kept(workspace: Workspace) -> None:
    drop(workspace, "一科/表.xlsx", b"one")
    drop(workspace, "二科/表.xlsx", b"two")
    done = run(workspace)
    copies = {(workspace.root / str(each.output)).read_bytes() for each in done}
    assert copies == {b"one", b"two"}
    assert lying(workspace.inbox) == []


@pytest.mark.parametrize(
    "name",
    [
        "a b #%&'@！（终稿）[2].xlsx",
        f"{'长' * 82}.xlsx",
        "双.后缀.xlsx.xlsx",
        "no suffix",
        "CON.xlsx",
        "x.a|b?c",
        "e\u0301\u202egnp.xlsx",
        "=cmd.xlsx",
        "子文件夹/再一层/表.XLSX",
    ],
)
@pytest.mark.parametrize("readable", [True, False])
def test_odd_names(workspace: Workspace, name: str, readable: bool) -> None:
    drop(workspace, name, good() if readable else b"nothing")
    (done,) = run(workspace)
    assert done.file == name
    looks_like_a_form = name.lower().endswith(".xlsx")
    unread = Outcome.QUARANTINED if looks_like_a_form else Outcome.ATTACHMENT
    assert done.outcome is (Outcome.RETURNED if readable else unread)
    output = workspace.root / str(done.output)
    assert output.is_file()
    assert all(each.name == files.safe_name(each.name) for each in output.parent.iterdir())
    assert lying(workspace.inbox) == []


def test_a_name_in_bytes_that_are_no_utf8(workspace: Workspace) -> None:
    name = "自评.xlsx".encode("gb18030").decode("utf-8", "surrogateescape")
    try:
        drop(workspace, name, b"nothing")
    except (OSError, UnicodeEncodeError):
        pytest.skip("this disk takes no such name")
    (done,) = run(workspace)
    assert (done.file, done.output) == ("自评.xlsx", "outbox/无法读取/自评.xlsx")


def test_a_unit_with_a_very_long_name_gets_its_answer(workspace: Workspace) -> None:
    drop(workspace, "a.xlsx", of_unit("某某局" * 60))
    drop(workspace, "b.xlsx", of_unit("某某局" * 60 + "二"))
    first, second = run(workspace)
    assert {first.outcome, second.outcome} == {Outcome.RETURNED}
    assert first.output != second.output
    for each in (first, second):
        name = Path(str(each.output)).name
        assert len(name.encode()) < 255
        assert name.endswith("_部门整体支出绩效自评表_2022_v1.xlsx")


def test_units_whose_names_differ_by_signs_alone_do_not_overwrite_each_other(
    workspace: Workspace,
) -> None:
    drop(workspace, "a.xlsx", of_unit("甲/乙局"))
    drop(workspace, "b.xlsx", of_unit("甲:乙局"))
    outputs = {each.output for each in run(workspace)}
    assert len(outputs) == 2
    assert f"outbox/退回/{STEM.replace(UNIT, '甲_乙局')}_v1.xlsx" in outputs


def test_a_second_version_supersedes_the_first(workspace: Workspace) -> None:
    drop(workspace, "一稿.xlsx", good())
    run(workspace)
    drop(workspace, "二稿.xlsx", of_unit(UNIT, changed="81.9%"))
    (second,) = run(workspace)
    assert second.output == f"outbox/退回/{STEM}_v2.xlsx"
    assert lying(workspace.outbox / "退回") == [f"{STEM}_v1.xlsx", f"{STEM}_v2.xlsx"]
    (line,) = standing(workspace)
    assert line.version == 2
    with open_ledger(workspace) as ledger:
        assert [each.current for each in ledger.submissions()] == [False, True]


def test_of_two_versions_dropped_together_the_younger_file_counts(workspace: Workspace) -> None:
    drop(workspace, "a-neu.xlsx", of_unit(UNIT, changed="81.9%"), at=1_700_000_100)
    drop(workspace, "b-alt.xlsx", good(), at=1_700_000_000)
    run(workspace)
    with open_ledger(workspace) as ledger:
        (current,) = ledger.submissions(current_only=True)
    assert (current.file, current.version) == ("a-neu.xlsx", 2)


def test_the_answer_to_a_workbook_under_a_wrong_suffix_is_an_xlsx(workspace: Workspace) -> None:
    drop(workspace, "表.xls", good())
    (done,) = run(workspace)
    assert done.output == f"outbox/退回/{STEM}_v1.xlsx"


def test_a_renamed_sheet_does_not_name_the_answer(workspace: Workspace) -> None:
    from io import BytesIO

    import openpyxl

    book = openpyxl.load_workbook(BytesIO(good()))
    book["部门整体支出绩效自评表"].title = "Sheet1"
    stream = BytesIO()
    book.save(stream)
    drop(workspace, "a.xlsx", stream.getvalue())
    (done,) = run(workspace)
    assert done.output == f"outbox/退回/{STEM}_v1.xlsx"


def test_a_file_larger_than_the_limit_is_kept_and_never_loaded(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlflow.judging.workbook.DEFAULT", Limits(file_size=1 << 20))
    data = b"PK\x03\x04" + bytes((1 << 20) + 7)
    drop(workspace, "录像.xlsx", data)
    read = files.read_bytes

    def small(path: Path) -> bytes:
        found = read(path)
        assert len(found) <= 1 << 20
        return found

    monkeypatch.setattr(files, "read_bytes", small)
    (done,) = run(workspace)
    assert done.outcome is Outcome.QUARANTINED
    assert "1 MiB" in done.results[0].problems[0].message
    assert (workspace.root / str(done.output)).stat().st_size == len(data)


def test_an_original_that_was_taken_away_does_not_stop_the_others(workspace: Workspace) -> None:
    drop(workspace, "a.xlsx", b"virus", at=1)
    drop(workspace, "b.xlsx", good(), at=2)
    with open_ledger(workspace) as ledger:
        from xlflow.intake import scan

        take(workspace, ledger, scan(workspace.inbox), datetime.now(UTC))
    original_path(workspace, files.sha256_of(b"virus")).unlink()
    assert outcomes(run(workspace)) == {"a.xlsx": "quarantined", "b.xlsx": "returned"}


def test_a_fault_of_the_program_in_one_file_does_not_stop_the_others(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from xlflow.judging import workbook

    judge = workbook.judge_package

    def stumbling(package: bytes, name: str, *rest: Any, **more: Any) -> Any:
        if name == "a.xlsx":
            raise AttributeError("nothing")
        return judge(package, name, *rest, **more)

    monkeypatch.setattr(workbook, "judge_package", stumbling)
    drop(workspace, "a.xlsx", of_unit("甲局"), at=1)
    drop(workspace, "b.xlsx", good(), at=2)
    done = run(workspace)
    assert outcomes(done) == {"a.xlsx": "quarantined", "b.xlsx": "returned"}
    assert [found.code for found in done[0].results[0].problems] == ["F09"]


def test_a_wrong_profile_is_said_before_anything_is_taken(workspace: Workspace) -> None:
    settings = workspace.root / "xlflow.toml"
    settings.write_text('profile = "nix"\n', encoding="utf-8")
    from xlflow.config import open_workspace

    drop(workspace, "a.xlsx", good())
    with pytest.raises(UsageError, match="nix"):
        run(open_workspace(workspace.root))
    assert lying(workspace.inbox) == ["a.xlsx"]
    settings.write_text("", encoding="utf-8")
    assert outcomes(run(open_workspace(workspace.root))) == {"a.xlsx": "returned"}


def test_a_file_that_can_not_be_removed_waits(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(workspace, "a.xlsx", good())

    def held(step: str, path: Path) -> None:
        if step == "unlink":
            raise PermissionError(13, "held", str(path))

    monkeypatch.setattr(files, "before_step", held)
    assert run(workspace) == ()
    assert run(workspace) == ()
    monkeypatch.undo()
    assert outcomes(run(workspace)) == {"a.xlsx": "returned"}
    with open_ledger(workspace) as ledger:
        assert len(ledger.arrivals()) == 1


def test_a_newer_file_put_in_the_place_of_one_that_was_kept_stays_the_last_version(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between keeping and removing, and the clerk sends a better one meanwhile."""
    drop(workspace, "a.xlsx", good(), at=1)
    with monkeypatch.context() as patch:
        patch.setattr(files, "before_step", _refuse_unlink)
        run(workspace)
    drop(workspace, "a.xlsx", of_unit(UNIT, changed="81.9%"), at=2)
    assert len(run(workspace)) == 2
    with open_ledger(workspace) as ledger:
        (current,) = ledger.submissions(current_only=True)
        assert (current.version, current.sha256) != (1, files.sha256_of(good()))
    monkeypatch.undo()


def _refuse_unlink(step: str, path: Path) -> None:
    if step == "unlink":
        raise PermissionError(13, "held", str(path))


def test_a_file_that_grows_while_it_is_taken_waits(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drop(workspace, "a.xlsx", good()[:1000])

    def grow(step: str, _: Path) -> None:
        if step == "replace" and path.exists() and path.stat().st_size == 1000:
            path.write_bytes(good())

    monkeypatch.setattr(files, "before_step", grow)
    assert run(workspace) == ()
    assert path.read_bytes() == good()
    assert outcomes(run(workspace)) == {"a.xlsx": "returned"}


def test_half_written_files_are_swept_up(workspace: Workspace) -> None:
    for folder in (workspace.inbox, workspace.outbox / "退回", workspace.state):
        folder.mkdir(exist_ok=True)
        (folder / f"tmp1{files.TEMPORARY_SUFFIX}").write_bytes(b"half")
    recover(workspace)
    assert not list(workspace.root.rglob(f"*{files.TEMPORARY_SUFFIX}"))


def test_while_the_summary_is_open_a_dated_copy_is_written_and_the_name_taken_later(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2026, 4, 18, 7, 30, tzinfo=UTC)
    run(workspace, clock=lambda: now)
    old = (workspace.outbox / "汇总.xlsx").read_bytes()
    drop(workspace, "a.xlsx", good())
    replace = Path.replace

    def in_use(path: Path, target: Path) -> Path:
        if Path(target).name == "汇总.xlsx":
            raise PermissionError(13, "in use", str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", in_use)
    assert len(run(workspace, clock=lambda: now)) == 1
    assert lying(workspace.outbox)[:2] == ["汇总.xlsx", "汇总_20260418-1530.xlsx"]
    assert (workspace.outbox / "汇总.xlsx").read_bytes() == old
    monkeypatch.undo()
    run(workspace, clock=lambda: now)
    assert [name for name in lying(workspace.outbox) if "汇总" in name] == ["汇总.xlsx"]
    assert (workspace.outbox / "汇总.xlsx").read_bytes() != old

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from summary_examples import FORM_TITLES, TITLE, filled_ledger

from xlflow import files
from xlflow.errors import EnvironmentFailed
from xlflow.ledger import Ledger
from xlflow.summary import publish_summary

HALF_PAST_THREE = "2026-04-18T07:30:00Z"
FOUR = "2026-04-18T08:00:00Z"
FIVE = "2026-04-18T09:00:00Z"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with filled_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def hold_open(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let these names be neither replaced nor deleted, as on a desk where Excel has them open."""
    unlink = Path.unlink

    def hold(*names: str) -> None:
        def refuse(step: str, path: Path) -> None:
            if step == "replace" and path.name in names:
                raise PermissionError(13, "in use", str(path))

        def unlink_unless_open(path: Path, missing_ok: bool = False) -> None:
            refuse("replace", path)
            unlink(path, missing_ok=missing_ok)

        monkeypatch.setattr(files, "before_step", refuse)
        monkeypatch.setattr(Path, "unlink", unlink_unless_open)

    return hold


def publish(ledger: Ledger, workspace: Path, at: str) -> str:
    path = publish_summary(
        ledger,
        title=TITLE,
        at=at,
        workspace=workspace,
        outbox=workspace / "outbox",
        form_titles=FORM_TITLES,
    )
    assert path.read_bytes().startswith(b"PK")
    return path.name


def in_outbox(workspace: Path) -> list[str]:
    return sorted(path.name for path in (workspace / "outbox").iterdir())


def test_the_book_is_written_to_the_outbox(ledger: Ledger, tmp_path: Path) -> None:
    assert publish(ledger, tmp_path, FOUR) == "汇总.xlsx"
    assert publish(ledger, tmp_path, FIVE) == "汇总.xlsx"
    assert in_outbox(tmp_path) == ["汇总.xlsx"]


def test_while_the_book_is_open_a_dated_copy_stands_beside_it(
    ledger: Ledger, tmp_path: Path, hold_open: Callable[..., None]
) -> None:
    publish(ledger, tmp_path, HALF_PAST_THREE)
    hold_open("汇总.xlsx")
    assert publish(ledger, tmp_path, HALF_PAST_THREE) == "汇总_20260418-1530.xlsx"
    assert publish(ledger, tmp_path, FOUR) == "汇总_20260418-1600.xlsx"
    assert in_outbox(tmp_path) == ["汇总.xlsx", "汇总_20260418-1600.xlsx"]
    hold_open()
    assert publish(ledger, tmp_path, FIVE) == "汇总.xlsx"
    assert in_outbox(tmp_path) == ["汇总.xlsx"]
    assert ledger.book_copies() == {}


def test_a_copy_somebody_changed_or_made_is_never_removed(
    ledger: Ledger, tmp_path: Path, hold_open: Callable[..., None]
) -> None:
    hold_open("汇总.xlsx")
    copy = tmp_path / "outbox" / publish(ledger, tmp_path, FOUR)
    copy.write_bytes(copy.read_bytes() + b"a remark")
    own = copy.with_name("汇总_20260101-0000.xlsx")
    own.write_bytes(b"PK")
    hold_open()
    publish(ledger, tmp_path, FIVE)
    assert in_outbox(tmp_path) == ["汇总.xlsx", own.name, copy.name]


def test_a_copy_that_is_open_itself_stays_until_it_is_closed(
    ledger: Ledger, tmp_path: Path, hold_open: Callable[..., None]
) -> None:
    hold_open("汇总.xlsx")
    copy = publish(ledger, tmp_path, FOUR)
    hold_open(copy)
    assert publish(ledger, tmp_path, FIVE) == "汇总.xlsx"
    assert copy in in_outbox(tmp_path)
    hold_open()
    publish(ledger, tmp_path, FIVE)
    assert in_outbox(tmp_path) == ["汇总.xlsx"]


def test_a_second_copy_of_the_same_minute_gets_a_number(
    ledger: Ledger, tmp_path: Path, hold_open: Callable[..., None]
) -> None:
    hold_open("汇总.xlsx", "汇总_20260418-1600.xlsx")
    assert publish(ledger, tmp_path, FOUR) == "汇总_20260418-1600-2.xlsx"


def test_when_nothing_can_be_written_the_sentence_says_so(
    ledger: Ledger, tmp_path: Path, hold_open: Callable[..., None]
) -> None:
    copies = [f"汇总_20260418-1600{again}.xlsx" for again in ("", "-2", "-3")]
    hold_open("汇总.xlsx", *copies)
    with pytest.raises(EnvironmentFailed, match="请先关闭"):
        publish(ledger, tmp_path, FOUR)
    assert in_outbox(tmp_path) == []
    assert ledger.submissions()

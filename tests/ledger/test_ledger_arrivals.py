import sqlite3
from pathlib import Path

import pytest
from ledger_examples import NOW, arrive

from xlflow import files
from xlflow.errors import EnvironmentFailed
from xlflow.ledger import ArrivalState, Ledger


def test_a_file_sighted_again_before_it_was_taken_is_the_same_arrival(ledger: Ledger) -> None:
    first = arrive(ledger)
    assert arrive(ledger) == first
    assert ledger.arrivals() == (first,)
    assert first.state is ArrivalState.KEPT


def test_another_name_time_or_content_is_another_arrival(ledger: Ledger) -> None:
    same_but = [
        arrive(ledger),
        arrive(ledger, name="自评表(1).xlsx"),
        arrive(ledger, mtime=2),
        arrive(ledger, content="b"),
    ]
    assert len({arrival.id for arrival in same_but}) == 4


def test_the_same_file_dropped_again_after_it_was_taken_is_new(ledger: Ledger) -> None:
    first = ledger.taken(arrive(ledger))
    again = arrive(ledger)
    assert again.id != first.id
    assert ledger.first_with(again.sha256, before=again) == first
    assert ledger.first_with(first.sha256, before=first) is None


def test_states_say_what_is_left_to_do(ledger: Ledger) -> None:
    one, two, three = (arrive(ledger, name) for name in ("一.xlsx", "二.xlsx", "三.xlsx"))
    two = ledger.taken(two)
    ledger.finish(ledger.taken(three), "attachment", "佐证材料")
    assert ledger.untaken() == (one,)
    assert ledger.unfinished() == (one, two)
    done = ledger.arrivals()[2]
    assert (done.state, done.outcome, done.note) == (ArrivalState.DONE, "attachment", "佐证材料")


def test_everything_is_there_after_opening_again(place: str | Path) -> None:
    with Ledger.open(place) as ledger:
        first = arrive(ledger)
    with Ledger.open(place) as ledger:
        assert arrive(ledger) == first


def test_a_name_in_gbk_bytes_becomes_text(ledger: Ledger) -> None:
    on_disk = "自评表.xlsx".encode("gbk").decode("utf-8", "surrogateescape")
    assert arrive(ledger, on_disk).name == "自评表.xlsx"
    assert len({arrive(ledger, on_disk).id, arrive(ledger, on_disk).id}) == 1
    half_a_pair = arrive(ledger, "表\ud83d.xlsx")
    assert half_a_pair.name == "表?.xlsx"
    assert arrive(ledger, "表\ud83d.xlsx") == half_a_pair


def test_a_reader_sees_the_ledger_while_it_is_open_elsewhere(place: str | Path) -> None:
    with Ledger.open(place) as writer, Ledger.open(place) as reader:
        first = arrive(writer)
        assert reader.arrivals() == (first,)


def test_what_is_read_at_one_moment_does_not_change_meanwhile(place: str | Path) -> None:
    with Ledger.open(place) as writer, Ledger.open(place) as reader:
        first = arrive(writer)
        with reader.at_one_moment():
            assert reader.arrivals() == (first,)
            second = arrive(writer, content="b")
            assert reader.arrivals() == (first,)
        assert reader.arrivals() == (first, second)


def test_a_step_that_fails_leaves_nothing_behind(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def power_cut(step: str, path: Path) -> None:
        del path
        if step == "commit":
            raise InterruptedError

    with monkeypatch.context() as patch:
        patch.setattr(files, "before_step", power_cut)
        with pytest.raises(InterruptedError):
            arrive(ledger)
    assert ledger.arrivals() == ()
    assert arrive(ledger).received_at == NOW


@pytest.mark.parametrize(
    "where",
    [
        "postgresql+nosuchdriver://clerk:secret@db.example/xlflow",
        "nosuchdatabase://clerk:secret@db.example/xlflow",
        "://clerk:secret@db.example",
    ],
)
def test_a_url_that_does_not_open_is_named_without_its_password(where: str) -> None:
    with pytest.raises(EnvironmentFailed, match="台账") as caught:
        Ledger.open(where)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes("这不是数据库".encode() * 100)
    with pytest.raises(EnvironmentFailed, match=r"ledger\.sqlite"):
        Ledger.open(path)
    with pytest.raises(EnvironmentFailed, match="台账"):
        Ledger.open(tmp_path)


def test_a_database_that_fails_later_is_told_too(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger.open(path) as ledger:
        other = sqlite3.connect(path)
        other.execute("DROP TABLE arrivals")
        other.close()
        with pytest.raises(EnvironmentFailed, match="no such table"):
            ledger.arrivals()
        with pytest.raises(EnvironmentFailed, match="no such table"):
            arrive(ledger)

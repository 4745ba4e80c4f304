"""Where everybody stands on a day: in time, late, overdue, extended."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from chasing_examples import (
    BEFORE,
    DEADLINE,
    FORM,
    IN_TIME,
    LATE,
    MUST,
    TODAY,
    exercise,
    extend,
    line,
    send,
)
from hypothesis import given
from hypothesis import strategies as st

from xlflow.chasing import SELECTIONS, days_told, is_of, selects, tally
from xlflow.cli import chasing as commands
from xlflow.ledger import Ledger, Standing, StandingState
from xlflow.ledger.clock import day_of, local_time
from xlflow.ledger.identity import key_of

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
deadlines = st.one_of(
    st.none(),
    days.map(date.isoformat),
    days.map(lambda day: f"{day.year}年{day.month}月{day.day}日"),
    st.sampled_from(["4月30日", "2026年4月", "尽快", "2026-02-30", ""]),
)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    state = draw(st.sampled_from(StandingState))
    missing = state is StandingState.MISSING
    received = None if missing else f"{draw(days).isoformat()}T{draw(st.integers(0, 23)):02}:30:00Z"
    return Standing(
        form=FORM,
        year=2025,
        round=None,
        unit="甲局",
        unit_code=None,
        project=None,
        project_code=None,
        deadline=draw(deadlines),
        expected=missing or draw(st.booleans()),
        state=state,
        version=None if missing else draw(st.integers(1, 9)),
        total=None,
        grade=None,
        problems=None,
        first_received_at=received,
    )


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with exercise(tmp_path) as opened:
        yield opened


def of(ledger: Ledger, unit: str) -> Standing:
    return next(each for each in ledger.standing() if each.unit == unit)


@given(st.lists(standings()), days)
def test_the_states_of_the_expected_add_up(everyone: list[Standing], today: date) -> None:
    counted = tally(everyone, today)
    assert counted.accepted + counted.returned + counted.missing == counted.expected
    assert counted.expected + counted.unlisted == len(everyone)
    assert counted.late <= counted.accepted + counted.returned
    assert counted.overdue <= counted.returned + counted.missing


@given(standings(), days, st.integers(1, 400))
def test_days_run_down_one_a_day_and_never_for_the_accepted(
    standing: Standing, today: date, later: int
) -> None:
    left = standing.days_left(today)
    due = day_of(standing.deadline)
    assert (left is None) == (standing.state is StandingState.ACCEPTED or due is None)
    assert (days_told(standing, today) is None) == (left is None)
    if left is not None and due is not None:
        assert today + timedelta(days=left) == due
        assert standing.days_left(today + timedelta(days=later)) == left - later
        assert standing.overdue(today) == (today > due)


@given(standings())
def test_late_is_told_only_where_something_came_and_a_day_is_known(standing: Standing) -> None:
    due, received = day_of(standing.deadline), standing.first_received_at
    if due is None or received is None:
        assert standing.late is None
    else:
        assert standing.late == (local_time(received).date() > due)


def test_the_day_ends_at_midnight_in_beijing(ledger: Ledger) -> None:
    assert of(ledger, "甲局").first_received_at == IN_TIME
    assert (of(ledger, "甲局").late, of(ledger, "乙局").late) == (False, True)
    assert (of(ledger, "丁局").late, of(ledger, "丁局").overdue(TODAY)) == (None, True)


def test_a_correction_after_the_deadline_makes_nobody_late(ledger: Ledger) -> None:
    send(ledger, "丙局", "003", LATE)
    mended = of(ledger, "丙局")
    assert (mended.state, mended.version, mended.late) == ("accepted", 2, False)
    assert mended.submission
    assert (mended.submission.received_at, mended.first_received_at) == (LATE, BEFORE)


def test_who_was_late_stays_so_with_the_next_version(ledger: Ledger) -> None:
    send(ledger, "乙局", "002", LATE, (MUST,))
    assert (of(ledger, "乙局").state, of(ledger, "乙局").late) == ("returned", True)


def test_an_extension_counts_and_the_deadline_before_is_told(ledger: Ledger) -> None:
    extended = of(ledger, "戊局")
    assert (extended.deadline, extended.extended_from) == ("2026-04-25", DEADLINE)
    assert (extended.days_left(TODAY), extended.overdue(TODAY)) == (3, False)
    late = line("乙局", "002")
    extend(ledger, late, "2026-04-21", key_of(late))
    assert of(ledger, "乙局").late is False


def test_an_extension_is_over_when_the_roster_names_another_day(ledger: Ledger) -> None:
    ledger.expect([line("戊局", "005", "2026-05-10")])
    assert (of(ledger, "戊局").deadline, of(ledger, "戊局").extended_from) == ("2026-05-10", None)


def test_the_exercise_is_counted(ledger: Ledger) -> None:
    send(ledger, "己局", "006", LATE)
    counted = tally(ledger.standing(), TODAY)
    assert (counted.expected, counted.accepted, counted.returned, counted.missing) == (6, 2, 1, 3)
    assert (counted.late, counted.overdue, counted.unlisted) == (1, 2, 1)


def test_a_unit_is_meant_by_its_code_or_a_part_of_its_name(ledger: Ledger) -> None:
    third = of(ledger, "丙局")
    assert is_of("003", third)
    assert is_of("丙", third)
    assert not is_of("00", third)
    assert not is_of("丁", third)


def test_the_words_one_may_ask_for_are_those_of_the_command_line(ledger: Ledger) -> None:
    assert commands.SELECTIONS == SELECTIONS
    third = of(ledger, "丙局")
    assert [word for word in SELECTIONS if selects(word, third, TODAY)] == ["returned", "overdue"]

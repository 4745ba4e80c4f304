import pytest

from xlflow.pace import Pace


class Hours:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


def worked(pace: Pace, clock: Hours, seconds: float) -> None:
    with pace.working():
        clock.time += seconds


def failed(pace: Pace, clock: Hours) -> None:
    with pace.working():
        clock.time += 20
        raise OSError("full")


def test_the_first_time_and_after_quick_work_it_is_due_at_once() -> None:
    clock = Hours()
    pace = Pace(clock)
    assert pace.is_due
    worked(pace, clock, 0.5)
    assert pace.is_due


def test_long_work_has_a_tenth_of_the_time() -> None:
    clock = Hours()
    pace = Pace(clock)
    worked(pace, clock, 20)
    clock.time += 179
    assert not pace.is_due
    clock.time += 1
    assert pace.is_due


def test_work_that_failed_was_work() -> None:
    clock = Hours()
    pace = Pace(clock)
    with pytest.raises(OSError, match="full"):
        failed(pace, clock)
    assert not pace.is_due

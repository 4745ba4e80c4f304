"""The time of the ledger, UTC, as the people who read of it have it on the wall."""

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

from xlflow.values import parse_target

# The whole country keeps one time; its readers do too, wherever something was recorded.
BEIJING = timezone(timedelta(hours=8))


def local_time(iso: str) -> datetime:
    """Return a time of the ledger as a clock on the wall shows it.

    >>> local_time("2026-04-18T07:30:00Z")
    datetime.datetime(2026, 4, 18, 15, 30)
    """
    return datetime.fromisoformat(iso).astimezone(BEIJING).replace(tzinfo=None)


def local_day(moment: datetime) -> date:
    """Return the day it is at a moment, as a calendar on the wall shows it.

    >>> local_day(datetime.fromisoformat("2026-04-18T16:30:00Z"))
    datetime.date(2026, 4, 19)
    """
    return moment.astimezone(BEIJING).date()


@lru_cache(maxsize=1024)  # a roster has one deadline for nearly everybody
def day_of(deadline: str | None) -> date | None:
    """Return the day a written deadline names, None when it names none for certain.

    >>> day_of("2026年4月30日前"), day_of("2026-04-30 17:00:00") == day_of("2026-04-30")
    (datetime.date(2026, 4, 30), True)
    >>> day_of("4月30日"), day_of("2026年4月"), day_of(None)
    (None, None, None)
    """
    read = parse_target(deadline)
    return None if read.notes else read.date

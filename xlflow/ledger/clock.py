"""The time of the ledger, UTC, as the people who read of it have it on the wall."""

from datetime import datetime, timedelta, timezone

# The whole country keeps one time; its readers do too, wherever something was recorded.
BEIJING = timezone(timedelta(hours=8))


def local_time(iso: str) -> datetime:
    """Return a time of the ledger as a clock on the wall shows it.

    >>> local_time("2026-04-18T07:30:00Z")
    datetime.datetime(2026, 4, 18, 15, 30)
    """
    return datetime.fromisoformat(iso).astimezone(BEIJING).replace(tzinfo=None)

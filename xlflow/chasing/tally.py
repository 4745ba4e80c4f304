"""How many stand where, and who of them is meant by a word."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xlflow.ledger import Standing, StandingState
from xlflow.ledger.identity import normalised
from xlflow.messages import Text, text

# What one may ask for: the states, and what may be said of a state besides.
SELECTIONS = (*(state.value for state in StandingState), "late", "overdue")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many forms are expected and where they stand.

    `accepted`, `returned` and `missing` add up to `expected`; `late` and `overdue` are some of
    them. `unlisted` came without being on the roster and are counted nowhere else.
    """

    expected: int
    accepted: int
    returned: int
    missing: int
    late: int
    overdue: int
    unlisted: int


def tally(standing: Iterable[Standing], today: date) -> Tally:
    """Return how many stand where on a day."""
    lines = tuple(standing)
    listed = [each for each in lines if each.expected]
    counts = {word: sum(selects(word, each, today) for each in listed) for word in SELECTIONS}
    return Tally(expected=len(listed), unlisted=len(lines) - len(listed), **counts)


def selects(word: str, standing: Standing, today: date) -> bool:
    """Return whether a word of `SELECTIONS` holds for somebody on a day."""
    if word == "late":
        return bool(standing.late)
    if word == "overdue":
        return standing.overdue(today)
    return standing.state.value == word


def is_of(unit: str, standing: Standing) -> bool:
    """Return whether somebody is the unit that is meant: by its code, or by a part of its name."""
    wanted = normalised(unit)
    return wanted == normalised(standing.unit_code) or wanted in normalised(standing.unit)


def days_told(standing: Standing, today: date) -> Text | None:
    """Return in words how long there is until the deadline, None where that says nothing."""
    left = standing.days_left(today)
    if left is None:
        return None
    if left == 0:
        return text("chase.due_today")
    return text("chase.days_left" if left > 0 else "chase.days_over", days=abs(left))

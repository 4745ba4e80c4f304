"""Problems that an officer lets pass, with a reason, a name and a date."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xlflow.messages import text
from xlflow.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Waiver:
    """A problem that is let pass, at a cell and for the value that stands there.

    It holds for no other value: what was explained is what was written.
    """

    code: str
    cell: str | None
    value: str | None
    reason: str
    who: str
    when: str


def after_waivers(problems: Iterable[Problem], waivers: Iterable[Waiver]) -> tuple[Problem, ...]:
    """Return problems after those that were let pass have become notes that say why."""
    let_pass = {(each.code, each.cell, each.value): each for each in waivers}
    return tuple(
        _noted(found, waiver)
        if (waiver := let_pass.get((found.code, found.cell, found.value)))
        else found
        for found in problems
    )


def _noted(found: Problem, waiver: Waiver) -> Problem:
    why = text("review.waived", reason=waiver.reason, who=waiver.who, when=waiver.when)
    return replace(
        found,
        severity=Severity.NOTE,
        message=f"{found.message}{why.zh}",
        message_en=f"{found.message_en} {why.en}",
    )

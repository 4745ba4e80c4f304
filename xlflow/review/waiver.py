"""Problems that an officer lets pass, with a reason, a name and a date."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from xlflow.messages import text
from xlflow.problems import Problem, Severity


@dataclass(frozen=True, slots=True)
class Waiver:
    """A problem that is let pass: at a cell, for the value there, as the sentence told it.

    In a later version it holds only where the same is said again, for other cells have their part
    in it: the score 45 may stand beside another actual. In the version it was given for (`own`)
    it holds whatever a changed profile makes of the sentence.
    """

    code: str
    cell: str | None
    value: str | None
    sentence: str
    reason: str
    who: str
    when: str
    own: bool = False

    def lets_pass(self, found: Problem) -> bool:
        """Return whether a problem is the one that is let pass, or was when it became a note."""
        upon = (self.code, self.cell, self.value) == (found.code, found.cell, found.value)
        return upon and (self.own or found.message.startswith(self.sentence))


def after_waivers(problems: Iterable[Problem], waivers: Iterable[Waiver]) -> tuple[Problem, ...]:
    """Return problems after those that were let pass have become notes that say why."""
    given = tuple(waivers)
    return tuple(
        _noted(found, waiver)
        if (waiver := next((each for each in given if each.lets_pass(found)), None))
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

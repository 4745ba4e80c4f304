"""What xlflow says of one submitted form."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from xlflow.forms.document import Document
from xlflow.problems import Problem, Severity
from xlflow.scoring.score import Scores


class Outcome(StrEnum):
    """What becomes of a submission or arrival; exactly one each."""

    ACCEPTED = "accepted"
    RETURNED = "returned"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Result:
    """The judgement on one form: its identity, scores, problems and outcome.

    `document` is None when the file could not be read; `problems` then says why.
    """

    file: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    sheet: str | None = None
    form: str | None = None
    profile: str | None = None
    year: int | None = None
    round: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    project: str | None = None
    project_code: str | None = None
    scores: Scores = field(default_factory=Scores)
    document: Document | None = None

    @property
    def errors(self) -> int:
        """The number of problems that return the form."""
        return sum(problem.severity is Severity.ERROR for problem in self.problems)


def worst_outcome(results: Iterable[Result]) -> Outcome:
    """Return what becomes of a file with these results: what becomes of the worst of them."""
    order = (Outcome.QUARANTINED, Outcome.RETURNED, Outcome.ACCEPTED)
    return min((result.outcome for result in results), key=order.index)

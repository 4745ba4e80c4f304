"""What the summary needs from the ledger, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xlflow.ledger import Arrival, Decision, DecisionKind, Ledger, Standing, Submission
from xlflow.problems import Problem
from xlflow.scoring.score import Score


@dataclass(frozen=True, slots=True)
class Facts:
    """The ledger as the summary sees it; scores, problems and data by submission `id`."""

    arrivals: tuple[Arrival, ...]
    submissions: tuple[Submission, ...]
    scores: Mapping[int, tuple[Score, ...]]
    problems: Mapping[int, tuple[Problem, ...]]
    data: Mapping[int, Mapping[str, Any]]
    standing: tuple[Standing, ...]
    decisions: tuple[Decision, ...] = ()

    @property
    def current(self) -> tuple[Submission, ...]:
        """The submissions that count, by unit: the last version of each."""
        return tuple(sorted((each for each in self.submissions if each.current), key=_by_unit))

    @property
    def superseded(self) -> tuple[Submission, ...]:
        """The submissions that a later version replaced, by unit."""
        older = (each for each in self.submissions if each.version and not each.current)
        return tuple(sorted(older, key=_by_unit))

    @property
    def unread(self) -> tuple[Submission, ...]:
        """What was recorded of files that could not be read, and of duplicates."""
        return tuple(each for each in self.submissions if each.version is None)

    def last_decided(self, kind: DecisionKind) -> dict[str | None, str | None]:
        """Return what was last decided of a kind, by the key of the submissions it is upon."""
        return {
            each.key: each.value for each in self.decisions if each.kind is kind and each.applied
        }


def read_facts(ledger: Ledger) -> Facts:
    """Return everything the summary shows, in a fixed number of queries."""
    submissions = ledger.submissions()
    shown = [each for each in submissions if each.current or each.version is None]
    return Facts(
        arrivals=ledger.arrivals(),
        submissions=submissions,
        scores=ledger.scores_of(shown),
        problems=ledger.problems_of(shown),
        data=ledger.data_of(shown),
        standing=ledger.standing(),
        decisions=ledger.decisions(),
    )


def _by_unit(submission: Submission) -> tuple[str, str, str, str, int, str, int]:
    return (
        submission.unit_code or "￿",  # units without a code stand last
        submission.unit or "",
        submission.project_code or submission.project or "",
        submission.form or "",
        submission.year or 0,
        submission.round or "",
        submission.id,
    )

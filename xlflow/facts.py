"""What summary, report and notices need from the ledger, read once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from xlflow.ledger import Arrival, Decision, DecisionKind, Ledger, Standing, Submission
from xlflow.ledger.identity import same_unit
from xlflow.problems import Problem
from xlflow.scoring.score import Score


@dataclass(frozen=True, slots=True)
class Facts:
    """The ledger as what is made from it sees it; scores, problems, data by submission `id`."""

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

    def units_by_folder(self) -> dict[str, str]:
        """Return for each folder of the inbox the unit from which all forms in it are.

        A folder with forms of several units belongs to none of them, and the inbox itself to
        nobody.
        """
        senders: dict[str, list[Submission]] = {}
        for each in self.submissions:
            if each.version and (folder := folder_of(each.file)):
                senders.setdefault(folder, []).append(each)
        return {
            folder: each[0].unit
            for folder, each in senders.items()
            if each[0].unit and all(same_unit(each[0], other) for other in each)
        }


def folder_of(name: str) -> str:
    """Return the folder in which a file lay in the inbox; "" is the inbox itself.

    >>> folder_of("包.zip/教育局/扫描件.pdf"), folder_of("扫描件.pdf")
    ('包.zip/教育局', '')
    """
    return name.rpartition("/")[0]


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

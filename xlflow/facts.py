"""What summary, report and notices need from the ledger, read once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar

from xlflow.ledger import Arrival, Decision, DecisionKind, Ledger, Standing, Submission
from xlflow.ledger.identity import same_unit
from xlflow.problems import Problem
from xlflow.scoring.score import Score

_T = TypeVar("_T")
_TOGETHER = 100  # submissions; reading them one by one costs more than their texts do
_HELD = 4  # pieces of so many
_FUNDS = "funds"
_SAID = ("weight", "claimed", "computed", "deviation", "light", "progress")


class InPieces(Mapping[int, _T]):
    """What the ledger keeps of submissions, by their `id`, read some at a time and let go again.

    Some hundred submissions are held. Of more, who goes through them in their order reads
    everything once, and who asks for them in another order reads them one by one.
    """

    def __init__(
        self,
        submissions: Sequence[Submission],
        read: Callable[[Sequence[Submission]], Mapping[int, _T]],
    ) -> None:
        self._submissions = submissions
        self._read = read
        self._places = {each.id: place for place, each in enumerate(submissions)}
        self._pieces: dict[int, Mapping[int, _T]] = {}
        self._last = -1

    def __getitem__(self, number: int) -> _T:
        place = self._places[number]
        ahead, self._last = place - self._last, place
        piece = place // _TOGETHER
        if piece not in self._pieces:
            if not 0 < ahead <= _TOGETHER:
                return self._read([self._submissions[place]])[number]
            if len(self._pieces) == _HELD:
                self._pieces.pop(next(iter(self._pieces)))
            start = piece * _TOGETHER
            self._pieces[piece] = self._read(self._submissions[start : start + _TOGETHER])
        return self._pieces[piece][number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is held of each submission that counts, of thousands: its money, and how far it goes.

    `money` is the part of its data that is money: `funds` and the amounts of the form itself.
    `weight` is the sum of the points of its scored rows, `rows` their number, and `said` the
    fields of `Score` that any of them fills.
    """

    money: Mapping[str, Any]
    weight: Decimal | None
    rows: int
    said: frozenset[str]


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
    outlines: Mapping[int, Outline] = field(default_factory=dict)

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
    """Return everything the summary shows; the ledger must stay open while it is looked at."""
    submissions = ledger.submissions()
    current = sorted((each for each in submissions if each.current), key=_by_unit)
    shown = [*current, *(each for each in submissions if each.version is None)]
    scores, data = InPieces(shown, ledger.scores_of), InPieces(current, ledger.data_of)
    return Facts(
        arrivals=ledger.arrivals(),
        submissions=submissions,
        scores=scores,
        problems=InPieces(shown, ledger.problems_of),
        data=data,
        standing=ledger.standing(),
        decisions=ledger.decisions(),
        outlines={each.id: _outline(data.get(each.id, {}), scores[each.id]) for each in current},
    )


def _outline(data: Mapping[str, Any], scores: Sequence[Score]) -> Outline:
    weights = [each.weight for each in scores if each.weight is not None]
    return Outline(
        money={
            key: value for key, value in data.items() if key == _FUNDS or isinstance(value, Decimal)
        },
        weight=sum(weights, Decimal()) if weights else None,
        rows=len(scores),
        said=frozenset(
            name for name in _SAID if any(getattr(each, name) is not None for each in scores)
        ),
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

"""What summary, report and notices need from the ledger, read once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from xlflow.forms.document import value_at
from xlflow.ledger import Arrival, Decision, DecisionKind, Ledger, Standing, Submission
from xlflow.ledger.identity import same_unit
from xlflow.problems import Problem
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.scoring.score import Score

_T = TypeVar("_T")
_TOGETHER = 50  # submissions; reading them one by one costs more than their texts do
_HELD, _SMALL = 2, 400  # pieces of so many; what a small exercise says is all held
_SAID = ("weight", "claimed", "computed", "deviation", "light", "progress")


class InPieces(Mapping[int, _T]):
    """What the ledger keeps of submissions, by their `id`, read some at a time and let go again.

    Of some hundred submissions all is held, of more a hundred: who goes through them in their
    order reads everything once, though others are asked for in between, and who asks for them in
    another order reads them one by one.
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
        self._most = _HELD if len(submissions) > _SMALL else _SMALL // _TOGETHER
        self._last = self._walked = -1

    def __getitem__(self, number: int) -> _T:
        place = self._places[number]
        ahead = any(0 < place - past <= _TOGETHER for past in (self._last, self._walked))
        self._last = place
        piece = place // _TOGETHER
        if piece not in self._pieces:
            if not ahead:
                return self._read([self._submissions[place]])[number]
            if len(self._pieces) == self._most:
                self._pieces.pop(next(iter(self._pieces)))
            start = piece * _TOGETHER
            self._pieces[piece] = self._read(self._submissions[start : start + _TOGETHER])
        if ahead:
            self._walked = place
        return self._pieces[piece][number]

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


@dataclass(frozen=True, slots=True)
class Outline:
    """What is held of each submission that counts, of thousands: its money, and how far it goes.

    The amounts are those of the total of its fund table and what it asks for this year, as the
    form states them. `weight` is the sum of the points of its scored rows, `rows` their number,
    and `said` the fields of `Score` that any of them fills.
    """

    initial_budget: Decimal | None
    full_year_budget: Decimal | None
    executed: Decimal | None
    asked: Decimal | None
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
    counting = [each for each in submissions if each.current]
    current = sorted(counting, key=_by_unit)
    shown = [*current, *(each for each in submissions if each.version is None)]
    scores, data = InPieces(shown, ledger.scores_of), InPieces(current, ledger.data_of)
    return Facts(
        arrivals=ledger.arrivals(),
        submissions=submissions,
        scores=scores,
        problems=InPieces(shown, ledger.problems_of),
        data=data,
        standing=ledger.standing(counting),
        decisions=ledger.decisions(),
        outlines={each.id: _outline(data.get(each.id, {}), scores[each.id]) for each in current},
    )


def _outline(data: Mapping[str, Any], scores: Sequence[Score]) -> Outline:
    total = value_at(data, FUNDS_TOTAL) or {}
    weights = [each.weight for each in scores if each.weight is not None]
    said = (name for name in _SAID if any(getattr(each, name) is not None for each in scores))
    return Outline(
        initial_budget=_amount(total.get("initial_budget")),
        full_year_budget=_amount(total.get("full_year_budget")),
        executed=_amount(total.get("executed")),
        asked=_amount(data.get("amount_this_year")),
        weight=_shared(sum(weights, Decimal())) if weights else None,
        rows=len(scores),
        said=_shared(frozenset(said)),
    )


def _amount(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


@lru_cache(maxsize=1024)
def _shared(value: _T) -> _T:
    """Return a value as it is held once: of thousands of forms many say the same."""
    return value


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

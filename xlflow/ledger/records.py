"""The records the ledger hands out; times are ISO text in UTC, as the caller gave them."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from xlflow.ledger.clock import day_of, local_time
from xlflow.review.result import Outcome
from xlflow.scoring.score import Score


class ArrivalState(StrEnum):
    """How far an arrival has come: original kept, taken from the inbox, everything done."""

    KEPT = "kept"
    TAKEN = "taken"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One file that came in; `outcome` and `note` are None until it is finished.

    `output` is where a copy was put for what is no submission, relative to the workspace;
    `archive_id` is the arrival of the archive it came in.
    """

    id: int
    sha256: str
    name: str
    size: int
    mtime_ns: int
    received_at: str
    state: ArrivalState
    outcome: str | None
    note: str | None
    output: str | None = None
    archive_id: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One file in an archive, whose content is kept; `name` begins with that of the archive."""

    sha256: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Submission:
    """One form found in an arrival, as it was judged.

    `version` counts the submissions of one unit (and project) for one exercise; it is None for
    a file that could not be read or is a duplicate: such a one never counts. `current` says that
    no later version exists. `output` is relative to the workspace, None until published.
    `assigned_from` is the unit as the form names it (empty where it names none) when an officer
    said whose form it is, else None; `unit` and `unit_code` are then what the officer said.
    """

    id: int
    arrival_id: int
    file: str
    sha256: str
    received_at: str
    recorded_at: str
    sheet: str | None
    form: str | None
    profile: str | None
    profile_sha256: str | None
    year: int | None
    round: str | None
    unit: str | None
    unit_code: str | None
    assigned_from: str | None
    project: str | None
    project_code: str | None
    key: str | None
    version: int | None
    current: bool
    outcome: Outcome
    total: Decimal | None
    claimed_total: Decimal | None
    undecided_weight: Decimal | None
    grade: str | None
    light: str | None
    errors: int
    warnings: int
    notes: int
    output: str | None

    @property
    def problems(self) -> int:
        """The number of problems of any severity."""
        return self.errors + self.warnings + self.notes

    @property
    def written_unit(self) -> str:
        """The unit as the form names it, empty where it names none."""
        return (self.unit or "") if self.assigned_from is None else self.assigned_from


@dataclass(frozen=True, slots=True)
class EarlierJudgement:
    """How a submission was judged before: the profile by name and hash, and what came of it.

    `scores` are the scored rows; `replaced_at` is when another judgement took its place.
    """

    submission_id: int
    replaced_at: str
    profile: str | None
    profile_sha256: str | None
    outcome: Outcome
    total: Decimal | None
    claimed_total: Decimal | None
    undecided_weight: Decimal | None
    grade: str | None
    light: str | None
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One unit (and project) that is expected to submit; `issued` is the file it was handed.

    `profile` is the one it is judged by where that is not the workspace's; `password` the one its
    workbook opens with. `withdrawn` says that an officer took it from those that are expected.
    """

    form: str
    year: int | None
    round: str | None
    unit: str | None
    unit_code: str | None
    project: str | None = None
    project_code: str | None = None
    deadline: str | None = None
    issued: str | None = None
    contact: str | None = None
    profile: str | None = None
    password: str | None = field(default=None, repr=False)
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Handout:
    """A version of the workbook that a line of the roster was handed.

    `key` is that of its submissions. `sha256` is of the workbook before its password closes it,
    and of the password, `promise` of the accepted targets in it (None without any). `file` is
    relative to the workspace.
    """

    key: str
    version: int
    file: str
    sha256: str
    promise: str | None


class StandingState(StrEnum):
    """Where a unit stands: nothing came, or what became of its last version."""

    MISSING = "missing"
    RETURNED = "returned"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one unit (and project) stands in one exercise.

    `expected` is False for a unit that submitted without being on the roster; `withdrawn` says that
    it was there until an officer withdrew it. `deadline` is the one that holds today; where an
    officer extended it, `extended_from` is the one before.
    `submission` is the version that counts; `first_received_at` is when the first one came in,
    which is what being late goes by.
    """

    form: str | None
    year: int | None
    round: str | None
    unit: str | None
    unit_code: str | None
    project: str | None
    project_code: str | None
    deadline: str | None
    expected: bool
    state: StandingState
    version: int | None
    total: Decimal | None
    grade: str | None
    problems: int | None
    extended_from: str | None = None
    submission: Submission | None = None
    first_received_at: str | None = None
    withdrawn: bool = False

    @property
    def late(self) -> bool | None:
        """Whether the first version came after the day of the deadline.

        None while nothing came or no day is known.
        """
        due = day_of(self.deadline)
        if due is None or self.first_received_at is None:
            return None
        return local_time(self.first_received_at).date() > due

    def days_left(self, today: date) -> int | None:
        """Return the days until the deadline, 0 on its day, less when it has passed.

        None for what was accepted, and where no day is known.
        """
        due = day_of(self.deadline)
        if due is None or self.state is StandingState.ACCEPTED:
            return None
        return (due - today).days

    def overdue(self, today: date) -> bool:
        """Return whether something is still to come though its deadline has passed."""
        left = self.days_left(today)
        return left is not None and left < 0


class Assigned(NamedTuple):
    """Whose a form is, as an officer said."""

    unit: str
    unit_code: str | None


class DecisionKind(StrEnum):
    """What an officer decides, in the order in which the lines of one form take effect."""

    ASSIGNMENT = "assignment"
    EXTENSION = "extension"
    WITHDRAWAL = "withdrawal"
    REVOCATION = "revocation"
    WAIVER = "waiver"
    CHECKED_SCORE = "checked_score"
    OPINION = "opinion"


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing an officer decided, and whether it took effect; `why` says why not.

    It stands in cell `at` of `sheet` in the arrival's file. `key` and `submission_id` are what
    it was decided on, None when nothing was found. `value` is the value a problem was waived
    for (or is not any more), the checked score, the opinion or the new deadline; `sentence` how
    the problem was told; `replaced` the old deadline.
    """

    arrival_id: int
    kind: DecisionKind
    sheet: str
    at: str
    who: str | None
    decided_on: str
    applied: bool = True
    why: str | None = None
    form: str | None = None
    year: int | None = None
    round: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    project: str | None = None
    file: str | None = None
    written_unit: str | None = None
    code: str | None = None
    cell: str | None = None
    value: str | None = None
    sentence: str | None = None
    replaced: str | None = None
    reason: str | None = None
    key: str | None = None
    submission_id: int | None = None

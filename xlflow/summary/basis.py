"""What the sheets of the book are made from, read once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xlflow.facts import Facts
from xlflow.ledger import Ledger, Submission
from xlflow.review.result import Outcome
from xlflow.scoring import Profile, read_profile
from xlflow.summary import look
from xlflow.summary.captions import NO_FORM
from xlflow.summary.links import Links
from xlflow.summary.places import Places
from xlflow.sums import Exercise, Money, Scale, Sums, by_exercise


@dataclass(frozen=True, slots=True)
class Basis:
    """Facts of the ledger, and what turns them into cells.

    `current` are the submissions that count. `titles` gives the printed title of a form, `scales`
    the units of its amounts; `money` holds those of each submission that counts, by `id`; `places`
    are the cells of figures, `profiles` those the submissions were judged by, by hash.
    """

    facts: Facts
    current: tuple[Submission, ...]
    links: Links
    titles: Mapping[str, str]
    scales: Mapping[str, Scale]
    money: Mapping[int, Money]
    places: Places
    profiles: Mapping[str, Profile]
    made_at: datetime

    @property
    def accepted(self) -> tuple[Submission, ...]:
        """The submissions that count and were accepted."""
        return tuple(each for each in self.current if each.outcome is Outcome.ACCEPTED)

    def sums(self, submissions: Iterable[Submission]) -> tuple[Sums, ...]:
        """Return what submissions add up to, by exercise."""
        return by_exercise(submissions, self.money)

    def name_of(self, exercise: Exercise) -> str:
        """Return how an exercise is called."""
        form = self.titles.get(exercise.form, exercise.form) or NO_FORM
        return exercise_name(form, exercise.year, exercise.period)

    @property
    def grade_looks(self) -> dict[str, Mapping[str, Any]]:
        """How the grades of all profiles look: the best green, the last red, before it amber."""
        looks: dict[str, Mapping[str, Any]] = {}
        for profile in self.profiles.values():
            *better, lowest = profile.grades
            for position, grade in enumerate(better):
                shade = (
                    look.DOUBTFUL if position and position == len(better) - 1 else look.EXCEPTIONAL
                )
                looks.setdefault(grade.name, shade if position else look.GOOD)
            looks.setdefault(lowest.name, look.BAD)
        return looks

    def cell_of(self, submission: Submission, pointer: str) -> str | None:
        """Return the cell of a figure in its workbook, None where the form has none."""
        source = self.places.get(submission.id, {}).get(pointer)
        return source.cell if source else None


def exercise_name(form: str, year: int | None, period: str) -> str:
    """Return how the exercise of a form is called.

    >>> exercise_name("自评表", 2022, "年度"), exercise_name("监控表", 2022, "1-6月")
    ('2022年度自评表', '2022年1-6月监控表')
    """
    return f"{year}年{period.removeprefix('年')}{form}" if year else f"{period}{form}"


def read_profiles(
    judged: Iterable[Submission], ledger: Ledger, known: Iterable[Profile]
) -> dict[str, Profile]:
    """Return the profiles that submissions were judged by, by hash.

    `known` are those of today; another is read as the ledger keeps it.
    """
    found = {profile.sha256: profile for profile in known}
    used = {each.profile_sha256: each.profile for each in judged if each.profile_sha256}
    for sha256, name in used.items():
        if sha256 and sha256 not in found and (written := ledger.profile_text(sha256)):
            found[sha256] = read_profile(name or "", written)
    return {sha256: found[sha256] for sha256 in used if sha256 in found}

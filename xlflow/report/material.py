"""What a report is written from: the forms it is about, and everything known of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from xlflow.errors import UsageError
from xlflow.facts import Facts
from xlflow.forms import Form
from xlflow.forms.document import value_at
from xlflow.ledger import Standing, Submission
from xlflow.ledger.identity import normalised
from xlflow.messages import text
from xlflow.scoring import Profile, Score
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.sums import Exercise, Scale, exercise_of, unit_of


class Asked(NamedTuple):
    """What a report is asked for: a unit, a project, a year; None is any."""

    unit: str | None = None
    project: str | None = None
    year: int | None = None


class Row(NamedTuple):
    """A scored row with the submission it is of, and what stands beside it in the form."""

    submission: Submission
    score: Score
    data: Mapping[str, Any]

    @property
    def lost(self) -> Decimal:
        """The points that are lost; nothing for a row that is not decided."""
        if self.score.weight is None or self.score.computed is None:
            return Decimal(0)
        return self.score.weight - self.score.computed

    @property
    def reason(self) -> str:
        """The reason as the unit wrote it, empty where it wrote none."""
        written = self.data.get("reason")
        return written.strip() if isinstance(written, str) else ""


@dataclass(frozen=True)
class Material:
    """The submissions a report is about, by what they are; and what is known of all."""

    asked: Asked
    facts: Facts
    forms: Mapping[str, Form]
    scales: Mapping[str, Scale]
    profiles: Mapping[int, Profile]
    year: int
    filed: tuple[Submission, ...]
    standing: tuple[Standing, ...]

    @cached_property
    def evaluated(self) -> tuple[Submission, ...]:
        """The forms with scores, a department's own first."""
        scored = (each for each in self.filed if each.total is not None)
        return tuple(sorted(scored, key=lambda each: each.project is not None))

    @cached_property
    def monitored(self) -> tuple[Submission, ...]:
        """The forms that are judged by lights."""
        return tuple(each for each in self.filed if each.light)

    @cached_property
    def planned(self) -> tuple[Submission, ...]:
        """The forms that state targets: neither scores nor lights."""
        known = {each.id for each in (*self.evaluated, *self.monitored)}
        return tuple(each for each in self.filed if each.id not in known and each.project)

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        """The exercises of the forms with scores, a department's own first."""
        return tuple(dict.fromkeys(exercise_of(each) for each in self.evaluated))

    def of(self, exercise: Exercise) -> tuple[Submission, ...]:
        """Return the scored forms of one exercise."""
        return tuple(each for each in self.evaluated if exercise_of(each) == exercise)

    def rows(self, *submissions: Submission) -> tuple[Row, ...]:
        """Return the scored rows of submissions, with what stands in them."""
        return tuple(
            Row(each, score, value_at(self.facts.data.get(each.id, {}), score.field) or {})
            for each in submissions
            for score in self.facts.scores.get(each.id, ())
        )

    def indicators(self, *submissions: Submission) -> tuple[Row, ...]:
        """Return the rows of submissions that are indicators: all but budget execution."""
        return tuple(row for row in self.rows(*submissions) if row.score.field != FUNDS_TOTAL)

    def datum(self, submission: Submission, pointer: str) -> str:
        """Return a text of a form, empty where there is none."""
        found = value_at(self.facts.data.get(submission.id, {}), pointer)
        return found.strip() if isinstance(found, str) else ""

    def name_of(self, submission: Submission) -> str:
        """Return what a form is about: its project, with the unit where several have it; its unit.

        Two units may each have a project 办公设备购置.
        """
        project, unit = submission.project, submission.unit
        if project and unit and len(self._units_with[normalised(project)]) > 1:
            return f"{unit}{project}"
        return project or unit or submission.file

    @cached_property
    def _units_with(self) -> Mapping[str, set[tuple[bool, str]]]:
        """The units that filed a form about a project, by its name."""
        units: defaultdict[str, set[tuple[bool, str]]] = defaultdict(set)
        for each in self.filed:
            units[normalised(each.project)].add(unit_of(each))
        return units

    def title_of(self, form: str | None) -> str:
        """Return the printed title of a form."""
        known = self.forms.get(form or "")
        return known.title if known else form or ""


def chosen(
    facts: Facts,
    asked: Asked,
    *,
    forms: Mapping[str, Form],
    scales: Mapping[str, Scale],
    profiles: Mapping[int, Profile],
) -> Material:
    """Return the material for a report.

    Raises UsageError when nothing fits what is asked, and when several years do, or several
    units have the project, and none is named; also when several units bear the name.
    """
    filed = [each for each in facts.current if _fits(each, asked)]
    years = sorted({each.year for each in filed if each.year})
    if asked.year is not None:
        years = [year for year in years if year == asked.year]
    if not years:
        raise UsageError(*text("report.nothing"))
    if len(years) > 1:
        known = ", ".join(map(str, years))
        raise UsageError(*text("report.which_year", years=known))
    year = years[0]
    filed = [each for each in filed if each.year == year]
    units = {unit_of(each): _named_with_code(each) for each in filed}
    with_code = [name for (without, _), name in units.items() if not without]
    several = len(with_code) > 1 if asked.unit else asked.project is not None and len(units) > 1
    if several:
        raise UsageError(*text("report.which_unit", units="、".join(units.values())))
    return Material(
        asked=asked,
        facts=_only(facts, filed),
        forms=forms,
        scales=scales,
        profiles=profiles,
        year=year,
        filed=tuple(filed),
        standing=tuple(each for each in facts.standing if each.year == year and _fits(each, asked)),
    )


def _named_with_code(submission: Submission) -> str:
    """Return the name of a unit with its code in brackets: two units may share a name."""
    name, code = submission.unit, submission.unit_code
    return f"{name}（{code}）" if name and code else name or code or ""


def _only(facts: Facts, filed: Sequence[Submission]) -> Facts:
    """Return the facts with what is in these forms alone, read once: a report comes back to it."""
    return replace(
        facts,
        scores={each.id: facts.scores[each.id] for each in filed},
        problems={each.id: facts.problems[each.id] for each in filed},
        data={each.id: facts.data.get(each.id, {}) for each in filed},
    )


def _fits(item: Submission | Standing, asked: Asked) -> bool:
    unit = asked.unit is None or normalised(asked.unit) in (
        normalised(item.unit),
        normalised(item.unit_code),
    )
    project = asked.project is None or normalised(asked.project) in (
        normalised(item.project),
        normalised(item.project_code),
    )
    return unit and project

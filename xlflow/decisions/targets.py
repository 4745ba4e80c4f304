"""What a line may mean: everything that came in or stands on the roster, by unit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xlflow.decisions.lines import Line
from xlflow.ledger import Ledger, RosterLine, Submission
from xlflow.ledger.identity import key_of, normalised, period_of


@dataclass(slots=True)
class Target:
    """One unit (and project) in one exercise: its line of the roster and its last version.

    `who` is whichever of the two was found first; `units` and `projects` are the names and codes
    it goes by, as they are compared.
    """

    key: str
    who: RosterLine | Submission
    line: RosterLine | None = None
    submission: Submission | None = None
    units: set[str] = field(default_factory=set)
    projects: set[str] = field(default_factory=set)

    @property
    def unit(self) -> str:
        """How the unit is called."""
        return self.who.unit or self.who.unit_code or ""

    @property
    def expected(self) -> RosterLine | None:
        """Its line of the roster, None where it has none or that was withdrawn."""
        return None if self.line is None or self.line.withdrawn else self.line


class Known:
    """What is in the ledger, looked up by what an officer writes."""

    def __init__(self, ledger: Ledger, titles: Mapping[str, str]) -> None:
        self.ledger = ledger
        self.submissions = ledger.submissions()
        self.roster = ledger.roster()
        self._titles = titles
        self._by_unit = _by_unit(_targets(self.roster, self.submissions).values())

    def meant(self, line: Line) -> list[Target]:
        """Return what a line may mean; what it does not say may be anything.

        What was withdrawn before anything came is meant only where nothing else can be.
        """
        here = self._by_unit.get(normalised(line.text("unit")), ())
        fitting = [each for each in here if self._fits(each, line)]
        return [each for each in fitting if each.expected or each.submission] or fitting

    def title(self, form: str | None) -> str:
        """Return how a form is called."""
        return self._titles.get(form or "", form or "")

    def _fits(self, target: Target, line: Line) -> bool:
        project, form, period = (line.text(key) for key in ("project", "form", "round"))
        who = target.who
        return (
            (not project or normalised(project) in target.projects)
            and (line.year is None or line.year == who.year)
            and (not period or period_of(period) == period_of(who.round))
            and (not form or normalised(form) in map(normalised, (who.form, self.title(who.form))))
        )


def _targets(
    roster: tuple[RosterLine, ...], submissions: tuple[Submission, ...]
) -> dict[str, Target]:
    targets: dict[str, Target] = {}
    for line in roster:
        key = key_of(line)
        target = targets.setdefault(key, Target(key, line))
        target.line = line
        _name(target, line)
    for each in submissions:
        if each.current and each.key:
            target = targets.setdefault(each.key, Target(each.key, each))
            target.submission = each
            _name(target, each)
    return targets


def _name(target: Target, item: RosterLine | Submission) -> None:
    target.units |= {normalised(item.unit), normalised(item.unit_code)} - {""}
    target.projects |= {normalised(item.project), normalised(item.project_code)} - {""}


def _by_unit(targets: Iterable[Target]) -> Mapping[str, list[Target]]:
    index: defaultdict[str, list[Target]] = defaultdict(list)
    for target in targets:
        for unit in target.units:
            index[unit].append(target)
    return index

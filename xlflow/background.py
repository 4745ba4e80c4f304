"""What the ledger knows of a form before it is judged: the roster, accepted targets, last year."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from xlflow.forms import Form
from xlflow.review import REPEATED, Known, Listed, Promise, Result, repeats_last_year

if TYPE_CHECKING:  # SQLAlchemy takes its time; to score one file there is no ledger
    from xlflow.ledger import Ledger, Submission


@dataclass(frozen=True, slots=True)
class Background:
    """Looks up what was known of a form; each thing is asked for only where a form can say it.

    `forms` are those of the workspace; `exercises` and `profiles` those that the roster names,
    found once.
    """

    ledger: "Ledger"
    forms: tuple[Form, ...]
    exercises: frozenset[str]
    profiles: frozenset[str] = frozenset()

    def of(
        self, item: "Result | Submission", *, assigned: bool = False, before: int | None = None
    ) -> Known:
        """Return what was known of a form's unit and project.

        `before` is the number of its own submission, when it has been recorded: later ones do
        not bear on it. `assigned` tells that an officer said whose it is: that is not asked again.
        """
        form = next((each for each in self.forms if each.name == item.form), None)
        if form is None or form.decides or item.year is None:
            return Known()
        return replace(
            self._promises(form, item, before),
            listed=None if assigned else self._listed(item),
            last_year=self._last_year(form, item, before),
            reissued=None if before is None else self.ledger.reissued(before),
        )

    def profile_of(self, item: "Result | Submission") -> str:
        """Return the profile that the roster gives a form's unit, empty where it gives none."""
        if not self.profiles or item.form is None:
            return ""
        line = self.ledger.line_for(item)
        return (line and line.profile) or ""

    def _listed(self, item: "Result | Submission") -> tuple[Listed, ...] | None:
        """Return the units among which a form's should be; None where there is nothing to ask."""
        from xlflow.ledger.identity import exercise_key

        if exercise_key(item) not in self.exercises:
            return None
        listed = self.ledger.units_listed(item)
        return None if (item.unit, item.unit_code) in listed else listed

    def _promises(self, form: Form, item: "Result | Submission", before: int | None) -> Known:
        from xlflow.issuing import reports_on_targets, states_targets

        if not reports_on_targets(form):
            return Known()
        of_projects = form.root.child("project") is not None
        stating = [
            each
            for each in self.forms
            if states_targets(each) and (each.root.child("project") is not None) == of_projects
        ]
        if not stating:
            return Known()
        keys = [key for each in stating for key in self._keys(item, each, item.year)]
        found = self.ledger.accepted_before(keys, before)
        if found is None:
            return Known()
        title = next(each.title for each in stating if each.name == found[0])
        return Known(promises=tuple(_promises_in(found[1])), promised_in=title)

    def _last_year(
        self, form: Form, item: "Result | Submission", before: int | None
    ) -> Mapping[str, Decimal]:
        if not repeats_last_year(form) or item.year is None:
            return {}
        found = self.ledger.accepted_before(list(self._keys(item, form, item.year - 1)), before)
        data = found[1] if found else {}
        return {
            key: amount
            for key, of_year in REPEATED.items()
            if isinstance(amount := data.get(of_year), Decimal)
        }

    def _keys(self, item: "Result | Submission", form: Form, year: int | None) -> Iterator[str]:
        """Yield the keys under which a form of the same unit and project may stand, best first."""
        from xlflow.ledger.identity import handles_of, place_of

        for handle in handles_of(item):
            yield f"{place_of(form.name, year)} {handle}"


def _promises_in(data: Mapping[str, Any]) -> Iterable[Promise]:
    for row in data.get("indicators") or ():
        name, target, weight = (row.get(key) for key in ("level3", "target", "weight"))
        if name and target is not None:
            points = weight if isinstance(weight, Decimal) else None
            yield Promise(str(name), str(target), points)

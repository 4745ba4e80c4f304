"""The checks over all forms, over what the ledger holds."""

from collections.abc import Mapping
from types import MappingProxyType

from xlflow.facts import Facts
from xlflow.forms import Form
from xlflow.ledger import StandingState
from xlflow.review import Expected, Filed, Noticed, look_across, looked_at
from xlflow.scoring import Profile

JudgedBy = Mapping[str, tuple[Form, Profile]]
NO_RULES: JudgedBy = MappingProxyType({})


def noticed_across(facts: Facts, judged_by: JudgedBy) -> tuple[Noticed, ...]:
    """Return what is noticed over all forms that count; forms without a profile are left out."""
    filed = [
        Filed(
            number=each.id,
            form=judged_by[each.form or ""][0],
            profile=judged_by[each.form or ""][1],
            year=each.year,
            round=each.round,
            unit=each.unit,
            unit_code=each.unit_code,
            project=each.project,
            score=each.claimed_total if each.claimed_total is not None else each.total,
            looked=looked_at(facts.data.get(each.id, {}), of_project=each.project is not None),
        )
        for each in facts.current
        if each.form in judged_by
    ]
    expected = [
        Expected(
            form=each.form,
            year=each.year,
            round=each.round,
            unit=each.unit,
            unit_code=each.unit_code,
            project=each.project,
            listed=each.expected,
            came=each.state is not StandingState.MISSING,
        )
        for each in facts.standing
        if not each.withdrawn  # neither too many nor missing
    ]
    return look_across(filed, expected, lambda number: facts.data.get(number, {}))

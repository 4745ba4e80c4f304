"""What the submissions of each exercise add up to; sums and averages are exact."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from xlflow.summary.basis import Basis
from xlflow.summary.captions import ACCEPTED_ONLY, EVERYTHING, Caption
from xlflow.sums import Exercise, Money, Sums, exercise_of


def totals_frame(basis: Basis) -> pd.DataFrame:
    """Return two rows for each exercise: everything that was received, and what was accepted."""
    expected = Counter(exercise_of(each) for each in basis.facts.standing if each.expected)
    accepted = {sums.exercise: sums for sums in basis.sums(basis.accepted)}
    rows: list[Mapping[Caption, object]] = []
    for sums in basis.sums(basis.current):
        nothing = Sums(sums.exercise, (), Money())
        for scope, part in (
            (EVERYTHING, sums),
            (ACCEPTED_ONLY, accepted.get(sums.exercise, nothing)),
        ):
            rows.append(_row(basis, part, scope, expected))
    return pd.DataFrame(rows, dtype=object)


def amounts_of(money: Money) -> dict[Caption, Decimal | None]:
    """Return the amounts of a fund table and their rate as cells."""
    return {
        Caption.INITIAL_BUDGET: money.initial_budget,
        Caption.FULL_YEAR_BUDGET: money.full_year_budget,
        Caption.EXECUTED: money.executed,
        Caption.EXECUTION_RATE: money.execution_rate,
    }


def _row(
    basis: Basis, sums: Sums, scope: str, expected: Mapping[Exercise, int]
) -> dict[Caption, object]:
    return {
        Caption.EXERCISE: basis.name_of(sums.exercise),
        Caption.SCOPE: scope,
        Caption.EXPECTED: expected.get(sums.exercise),
        Caption.COUNT: sums.count,
        Caption.AVERAGE_CLAIMED: sums.average_claimed,
        Caption.AVERAGE_COMPUTED: sums.average_computed,
        Caption.WITH_FUNDS: sums.money.forms or None,
        **amounts_of(sums.money),
    }

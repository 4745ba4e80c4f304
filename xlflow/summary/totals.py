"""What the submissions of an exercise add up to; sums and averages are exact."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from xlflow.ledger import Standing
from xlflow.ledger.identity import period_of
from xlflow.review.result import Outcome
from xlflow.summary.captions import ACCEPTED_ONLY, EVERYTHING, OUTCOMES, Caption
from xlflow.summary.frames import execution_rate

_MONEY = (Caption.INITIAL_BUDGET, Caption.FULL_YEAR_BUDGET, Caption.EXECUTED)
_EXERCISE = [Caption.FORM, Caption.YEAR, Caption.ROUND]
_CENT = Decimal("0.01")


def totals_frame(
    overview: pd.DataFrame, standing: tuple[Standing, ...], titles: Mapping[str, str]
) -> pd.DataFrame:
    """Return two rows for each exercise: everything that was received, and what was accepted.

    Exercises are never added up with each other: a department's budget holds its projects'.
    """
    if overview.empty:
        return pd.DataFrame()
    expected = Counter(_name_of(each, titles) for each in standing if each.expected)
    rows: list[dict[Caption, object]] = []
    names = overview[_EXERCISE].apply(lambda row: _name(*row), axis=1)
    for name, group in overview.groupby(names):
        accepted = group[group[Caption.OUTCOME] == OUTCOMES[Outcome.ACCEPTED]]
        for scope, part in ((EVERYTHING, group), (ACCEPTED_ONLY, accepted)):
            head: dict[Caption, object] = {
                Caption.EXERCISE: str(name),
                Caption.SCOPE: scope,
                Caption.EXPECTED: expected.get(str(name)),
            }
            rows.append(head | _sums(part))
    return pd.DataFrame(rows, dtype=object)


def _sums(part: pd.DataFrame) -> dict[Caption, object]:
    # A rate is true only of forms that give both of its numbers; the sums beside it are of
    # the same forms, so that a reader who divides them gets the rate.
    funded = part[part[Caption.FULL_YEAR_BUDGET].notna() & part[Caption.EXECUTED].notna()]
    money = {caption: _sum(funded[caption]) if len(funded) else None for caption in _MONEY}
    rate = execution_rate(money[Caption.EXECUTED], money[Caption.FULL_YEAR_BUDGET])
    return {
        Caption.COUNT: len(part),
        Caption.AVERAGE_CLAIMED: _average(part[Caption.CLAIMED]),
        Caption.AVERAGE_COMPUTED: _average(part[Caption.COMPUTED]),
        Caption.WITH_FUNDS: len(funded),
        **money,
        Caption.EXECUTION_RATE: rate,
    }


def _sum(values: Iterable[object]) -> Decimal:
    return sum(_known(values), Decimal())


def _average(values: Iterable[object]) -> Decimal | None:
    known = _known(values)
    return (_sum(known) / len(known)).quantize(_CENT, ROUND_HALF_UP) if known else None


def _known(values: Iterable[object]) -> list[Decimal]:
    return [value for value in values if isinstance(value, Decimal)]


def _name_of(standing: Standing, titles: Mapping[str, str]) -> str:
    form = titles.get(standing.form or "", standing.form or "")
    return _name(form, standing.year, standing.round)


def _name(form: object, year: int | None, period: str | None) -> str:
    """Return how an exercise is called.

    >>> _name("自评表", 2022, None), _name("监控表", 2022, "2022年上半年")
    ('2022年度自评表', '2022年1-6月监控表')
    """
    when = period_of(period)
    return f"{year}年{when.removeprefix('年')}{form}" if year else f"{when}{form}"

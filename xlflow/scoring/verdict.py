"""What an actual is worth under its target: points, deviation, rule and the sentence why."""

import re
from dataclasses import dataclass
from decimal import Decimal

from xlflow.messages import Text, text
from xlflow.scoring import explain
from xlflow.scoring.comparison import actual_beside, unit_of
from xlflow.scoring.profile import Band, Profile, to_cents
from xlflow.scoring.rules import DEVIATIONS, RULES, Figures, plain, rounded, shown
from xlflow.values import Op, Target, normalise

HUNDRED = Decimal(100)
AT_MOST = frozenset({Op.LE, Op.LT})
_STRICT = frozenset({Op.GT, Op.LT})
_NAMES_DAY = re.compile(r"[0-9](?:日|号)|[0-9]([-./])[0-9]{1,2}\1[0-9]{1,2}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row is worth: points, deviation and rule; or none of them and the reason why."""

    explanation: Text
    points: Decimal | None = None
    deviation: Decimal | None = None
    rule: str | None = None


def undecided(reason: Text) -> Verdict:
    """Return the verdict on a row that is not decided: the sentence why, and what then counts."""
    tail = "scoring.undecided"
    return Verdict(Text(text(tail, reason=reason.zh).zh, text(tail, reason=reason.en).en))


def judge(
    target: Target, actual: Target, weight: Decimal, profile: Profile, *, name: str = ""
) -> Verdict:
    """Return what an actual is worth under a target; undecided where the profile does not say.

    `name` is the indicator's: it tells a rate from a count where a unit is missing.

    >>> from xlflow.scoring import load_profile
    >>> from xlflow.values import parse_target
    >>> verdict = judge(
    ...     parse_target("≥90%"), parse_target("81%"), Decimal(10), load_profile("national-2020")
    ... )
    >>> verdict.points, verdict.deviation, verdict.rule
    (Decimal('9'), Decimal('-10.00'), 'Q1')
    """
    if actual.op in (Op.NONE, Op.ERROR):
        return undecided(text("scoring.unreadable_actual", actual=explain.tidy(actual.raw)))
    if target.op is Op.QUAL:
        return _qualitative(target, actual, weight, profile)
    if target.op is Op.DATE:
        return _deadline(target, actual, weight, profile)
    if target.value is None:
        return undecided(text("scoring.unreadable_target", target=explain.tidy(target.raw)))
    return _quantitative(target, actual, weight, profile, name)


def judge_execution(
    budget: Decimal, executed: Decimal, weight: Decimal, profile: Profile
) -> Verdict:
    """Return what the executed share of the full-year budget is worth."""
    full, rule = profile.execution_full_at, profile.execution_rule
    rate = executed / budget * HUNDRED
    points = RULES[rule](Figures(full, rate, weight, "", "")).value
    read = _readable_rate(rate, points, weight, profile)
    figures = Figures(full, read, weight, f"{plain(full)}%", f"{read}%")
    deviation = _deviation(profile, full, rate, lower_is_better=False)
    head = text("scoring.execution", budget=plain(budget), executed=plain(executed), rate=read)
    sentence = explain.joined(
        head,
        explain.gap(full, read, "%", explain.BELOW if rate < full else explain.MET),
        explain.deviation(deviation),
        explain.points(RULES[rule](figures), weight, rule, full),
    )
    return Verdict(sentence, points, deviation, rule)


def _readable_rate(rate: Decimal, points: Decimal, weight: Decimal, profile: Profile) -> Decimal:
    """Return the rate with two decimals, or as many as it takes to get the points from it."""
    full = profile.execution_full_at
    for places in range(2, 10):
        read = rounded(rate, places)
        again = RULES[profile.execution_rule](Figures(full, read, weight, "", "")).value
        if to_cents(again) == to_cents(points) and (read < full) == (rate < full):
            return read
    return rate


# -- numbers -------------------------------------------------------------------------------------


def _quantitative(
    target: Target, actual: Target, weight: Decimal, profile: Profile, name: str
) -> Verdict:
    value = actual_beside(target, actual, name)
    if isinstance(value, Text):
        return undecided(value)
    low, high, unit = target.value or Decimal(0), target.value_high, unit_of(target, actual)
    head = _pair(target, actual, value, unit)
    op = read_as(target, profile)
    falls_short = op in AT_MOST and low < 0 and value > low
    if falls_short:  # 下降≥3% is at most -3 %: of a fall, too, the share that was reached counts
        op, low, value = Op.GE, -low, -value
    figures = Figures(
        target=low,
        actual=value,
        weight=weight,
        target_shown=f"{shown(low)}{unit}",
        actual_shown=f"{shown(value)}{unit}",
        high=high,
        high_shown="" if high is None else f"{shown(high)}{unit}",
        strict=op in _STRICT,
    )
    rule = _rule_for(op, profile)
    points = RULES[rule](figures)
    stands = _standing(op, figures, points.value)
    bound = high if stands == explain.ABOVE and high is not None else low
    if stands in (explain.ABOVE, explain.BELOW) and bound < 0:
        return _undecided("scoring.negative_target", target, actual)
    lower_is_better = stands == explain.ABOVE or op in AT_MOST
    deviation = _deviation(profile, bound, value, lower_is_better=lower_is_better)
    sentence = explain.joined(
        head,
        explain.gap(bound, value, unit, explain.SHORT if falls_short else stands),
        explain.deviation(deviation),
        explain.points(points, weight, rule),
    )
    return Verdict(sentence, points.value, deviation, rule)


def _standing(op: Op, figures: Figures, points: Decimal) -> str:
    """Return how an actual stands to its target; above an exact one only where that costs."""
    top = figures.target if figures.high is None else figures.high
    if figures.actual > top and (op in AT_MOST or op is Op.RANGE or points < figures.weight):
        return explain.ABOVE
    if figures.actual < figures.target and op not in AT_MOST:
        return explain.BELOW
    just = figures.strict and figures.actual == figures.target
    return explain.JUST_NOT if just else explain.MET


def _pair(target: Target, actual: Target, value: Decimal, unit: str) -> Text:
    """Return both as written; and how the actual was read where it stands in another unit."""
    pair = {"target": normalise(target.raw), "actual": normalise(actual.raw)}
    if value == actual.value:
        return text("scoring.pair", **pair)
    return text("scoring.pair_read", read=shown(value), unit=unit, **pair)


def read_as(target: Target, profile: Profile) -> Op:
    """Return the comparison a target stands for; one without an operator is read by the profile.

    None at all (0起) is never met by some, whatever the profile says of numbers.
    """
    if target.op not in (Op.BARE, Op.RATIO):
        return target.op
    return Op.EQ if target.value == 0 else Op(profile.bare_reads_as)


def _rule_for(op: Op, profile: Profile) -> str:
    if op in AT_MOST:
        return profile.at_most_rule
    if op is Op.EQ:
        return profile.equal_rule
    return profile.range_rule if op is Op.RANGE else profile.at_least_rule


def _deviation(
    profile: Profile, target: Decimal, actual: Decimal, *, lower_is_better: bool
) -> Decimal | None:
    formula = DEVIATIONS[profile.deviation_rule]
    deviation = formula(target, actual, lower_is_better=lower_is_better)
    return None if deviation is None else to_cents(deviation)


# -- words and dates -----------------------------------------------------------------------------


def _qualitative(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if is_percentage(actual):
        if profile.percentage_is_completion:
            return _completion(target, actual, weight)
        return _undecided("scoring.percentage_undecided", target, actual)
    band = profile.band_of(actual.raw)
    if band is None:
        return _undecided("scoring.no_level", target, actual)
    return _banded(band, target, actual, weight)


def is_percentage(actual: Target) -> bool:
    """Return whether an actual is a plain percentage."""
    return actual.unit == "%" and actual.value is not None and actual.op in (Op.BARE, Op.EQ)


def _completion(target: Target, actual: Target, weight: Decimal) -> Verdict:
    done = actual.value if actual.value is not None else Decimal(0)
    figures = Figures(HUNDRED, done, weight, "100%", f"{plain(done)}%")
    points = RULES["P1"](figures)
    deviation = DEVIATIONS["V3"](HUNDRED, done, lower_is_better=False)
    rounded = None if deviation is None else to_cents(deviation)
    sentence = explain.joined(
        text(
            "scoring.completion",
            target=explain.tidy(target.raw),
            actual=explain.tidy(actual.raw),
            done=plain(done),
        ),
        explain.deviation(rounded),
        explain.points(points, weight, "P1"),
    )
    return Verdict(sentence, points.value, rounded, "P1")


def _banded(band: Band, target: Target, actual: Target, weight: Decimal) -> Verdict:
    low, high = (to_cents(weight * share / HUNDRED) for share in (band.low, band.high))
    pair = {"target": explain.tidy(target.raw), "actual": explain.tidy(actual.raw)}
    if band.takes_top:
        points = weight * band.high / HUNDRED
        return Verdict(text("scoring.band_top", points=high, **pair), points, None, "L1")
    key = "scoring.band_to_full" if band.high == HUNDRED else "scoring.band_below"
    return undecided(text(key, low=plain(low), high=plain(high), **pair))


def _deadline(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if is_percentage(actual):
        if profile.date_percentage_is_completion:
            return _completion(target, actual, weight)
        return _undecided("scoring.date_percentage", target, actual)
    if actual.date is None or target.date is None:
        return _undecided("scoring.no_date", target, actual)
    if actual.date <= target.date:
        sentence = text("scoring.on_time", points=to_cents(weight), **_days(target, actual))
        return Verdict(sentence, weight, None, "D1")
    return _late(target, actual, weight, profile)


def _late(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if not names_day(actual):
        return _undecided("scoring.no_day", target, actual)
    days = _days(target, actual)
    if not profile.late_is_zero:
        return undecided(text("scoring.late_undecided", **days))
    none = Decimal(0)
    sentence = text("scoring.late", points=to_cents(none), lost=to_cents(weight), **days)
    return Verdict(sentence, none, None, "D1")


def names_day(actual: Target) -> bool:
    """Return whether an actual says on which day it was done, not the month alone."""
    return _NAMES_DAY.search(normalise(actual.raw)) is not None


def _days(target: Target, actual: Target) -> dict[str, object]:
    return {"target": target.date, "actual": actual.date}


def _undecided(key: str, target: Target, actual: Target) -> Verdict:
    return undecided(text(key, target=explain.tidy(target.raw), actual=explain.tidy(actual.raw)))

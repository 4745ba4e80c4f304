"""What an actual is worth under its target: points, deviation, rule and the sentence why."""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from xlflow.messages import Text, text
from xlflow.scoring import explain
from xlflow.scoring.comparison import actual_beside, unit_of
from xlflow.scoring.profile import Band, Parent, Profile
from xlflow.scoring.rules import (
    AT_LEAST,
    DEVIATIONS,
    OWN_SCALE,
    Choice,
    Distance,
    Figures,
    Points,
    Undecided,
    band_points,
    deducted,
    late_by_time,
    plain,
    points_by,
    rounded,
    share_achieved,
    shown,
    to_cents,
)
from xlflow.scoring.rules import AT_MOST as LIMIT_RULES
from xlflow.values import Op, Target, label_key, normalise, parse_target

HUNDRED = Decimal(100)
AT_MOST = frozenset({Op.LE, Op.LT})
_STRICT = frozenset({Op.GT, Op.LT})
_NAMES_DAY = re.compile(r"[0-9](?:日|号)|[0-9]([-./])[0-9]{1,2}\1[0-9]{1,2}")
_MAY_BE_A_LIMIT = re.compile(
    r"成本|造价|单价|经费|(?<!收)费用?(?:控制)?(?:数|额|金额|标准)?$"
    r"|工期|周期|时限|期限|(?:响应|办理|办结|处理|审批|等待|完成)时间"
)
_COMPLETION = Choice("P1")
# What a rule with a scale of its own compares with: it says the unit alone.
_SCALES = {unit: parse_target(f"0{unit}") for unit in OWN_SCALE.values()}
_NO_POINTS = Points(Decimal(0))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row is worth: points, deviation and rule; or none of them and the reason why."""

    explanation: Text
    points: Decimal | None = None
    deviation: Decimal | None = None
    rule: str | None = None


def undecided(reason: Text) -> Verdict:
    """Return the verdict on a row that is not decided: the sentence why, and what then counts."""
    return Verdict(explain.said("scoring.undecided", reason=reason))


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
    chosen = profile.by_name.get(label_key(name)) if profile.by_name else None
    if chosen is not None and (unit := _own_scale(chosen)) is not None:
        return _on_own_scale(target, actual, weight, profile, choice=chosen, unit=unit)
    if target.op is Op.QUAL:
        return _qualitative(target, actual, weight, profile)
    if target.op is Op.DATE:
        return _deadline(target, actual, weight, profile)
    if target.value is None:
        return undecided(text("scoring.unreadable_target", target=explain.tidy(target.raw)))
    return _quantitative(target, actual, weight, profile, name=name, chosen=chosen)


def less(verdict: Verdict, deduction: Decimal) -> Verdict:
    """Return a verdict from which a person takes points off (Q21)."""
    if verdict.points is None or deduction <= 0:
        return verdict
    left = deducted(Points(verdict.points), deduction)
    told = explain.points(left, to_cents(verdict.points), Choice("Q21"))
    return replace(
        verdict, explanation=explain.joined(verdict.explanation, told), points=left.value
    )


# -- budget execution ----------------------------------------------------------------------------


def judge_execution(
    budget: Decimal, executed: Decimal, weight: Decimal, profile: Profile
) -> Verdict:
    """Return what the executed share of the budget is worth.

    `budget` is the one the profile's rule divides by: of the full year, for X8 the initial one.
    """
    choice, full = profile.execution, profile.execution_full_at
    rate = executed / budget * HUNDRED
    of_initial = choice.rule == "X8"
    if rate > HUNDRED and profile.over_budget != "capped" and not of_initial:
        choice = Choice("X7", {"over_budget": profile.over_budget})
    given = points_by(choice, _rate_figures(rate, weight))
    if isinstance(given, Undecided):
        return undecided(given.reason)
    distance = Distance(full, rate, lower_is_better=False, weight=weight, points=given.value)
    deviation = _deviation(profile, distance)
    read, again = _readable_rate(distance, given, choice, profile)
    places = max(2, len(plain(read).partition(".")[2]))
    key = "scoring.execution_initial" if of_initial else "scoring.execution"
    sentence = explain.joined(
        text(key, budget=plain(budget), executed=plain(executed), rate=f"{read:f}"),
        explain.gap(full, read, "%", explain.BELOW if rate < full else explain.MET, places),
        explain.deviation(deviation, full),
        explain.points(again, weight, choice),
    )
    return Verdict(sentence, given.value, deviation, choice.rule)


def _rate_figures(rate: Decimal, weight: Decimal) -> Figures:
    return Figures(HUNDRED, rate, weight, "100%", f"{rate:f}%")


def _readable_rate(
    distance: Distance, given: Points, choice: Choice, profile: Profile
) -> tuple[Decimal, Points]:
    """Return the rate with two decimals, or as many as it takes to reckon with it, and the points.

    Points and deviation follow from the rate that is printed.
    """
    full, rate = distance.target, distance.actual
    for places in range(2, 10):
        read = rounded(rate, places)
        again = points_by(choice, _rate_figures(read, distance.weight))
        if not isinstance(again, Points) or (read < full) != (rate < full):
            continue
        same = to_cents(again.value) == to_cents(given.value)
        if same and _deviation(profile, distance._replace(actual=read)) == _deviation(
            profile, distance
        ):
            return read, again
    return rate, given


# -- numbers -------------------------------------------------------------------------------------


def _quantitative(
    target: Target,
    actual: Target,
    weight: Decimal,
    profile: Profile,
    *,
    name: str,
    chosen: Choice | None,
) -> Verdict:
    value = actual_beside(target, actual, name)
    if isinstance(value, Text):
        return undecided(value)
    low, high, unit = target.value or Decimal(0), target.value_high, unit_of(target, actual, value)
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
        at_most=op in AT_MOST,
    )
    choice = chosen or _choice_for(op, profile)
    if chosen is not None and not _fits(chosen, op):
        rule = explain.rule_name(chosen)
        reason = explain.said("scoring.rule_does_not_fit", rule=rule, target=_one_line(target))
        return undecided(reason)
    points = points_by(choice, figures)
    if isinstance(points, Undecided):
        return undecided(points.reason)
    if target.op is Op.BARE and value < low and points.value < weight and _may_be_a_limit(name):
        return _undecided("scoring.bare_limit", target, actual)
    stands = _standing(op, figures, points.value)
    bound = high if stands == explain.ABOVE and high is not None else low
    # Of a fall of 3 % one of 2 % is more, and not better.
    passed_over = target.op in (Op.BARE, Op.EQ) and value != low
    if bound < 0 and (stands in (explain.ABOVE, explain.BELOW) or passed_over):
        return _undecided("scoring.negative_target", target, actual)
    deviation = _deviation(
        profile,
        Distance(
            bound,
            value,
            lower_is_better=stands == explain.ABOVE or op in AT_MOST,
            weight=weight,
            points=points.value,
        ),
    )
    sentence = explain.joined(
        head,
        explain.gap(bound, value, unit, explain.SHORT if falls_short else stands),
        explain.deviation(deviation, bound),
        explain.points(points, weight, choice),
    )
    return Verdict(sentence, points.value, deviation, choice.rule)


def _may_be_a_limit(name: str) -> bool:
    """Return whether less than a target without a sign may well be better: a cost, a term."""
    return _MAY_BE_A_LIMIT.search(label_key(name)) is not None


def _fits(chosen: Choice, op: Op) -> bool:
    """Return whether a rule chosen by the indicator's name goes with the sign of its target."""
    if chosen.rule == "Q20":
        return all(_fits(each, op) for each in chosen.params["rules"])
    if op in AT_MOST:
        return chosen.rule in (*LIMIT_RULES, "Q13")
    if op in (Op.GE, Op.GT):
        return chosen.rule in (*AT_LEAST, "Q13")
    if op is Op.RANGE:
        return chosen.rule == "Q14"
    return True


def _standing(op: Op, figures: Figures, points: Decimal) -> str:
    """Return how an actual stands to its target; above an exact one only where that costs."""
    top = figures.target if figures.high is None else figures.high
    if figures.actual > top and (op in AT_MOST or op is Op.RANGE or _costs(op, figures, points)):
        return explain.ABOVE
    if figures.actual < figures.target and op not in AT_MOST:
        return explain.BELOW
    just = figures.strict and figures.actual == figures.target
    return explain.JUST_NOT if just else explain.MET


def _costs(op: Op, figures: Figures, points: Decimal) -> bool:
    return points < figures.weight and op not in (Op.GE, Op.GT)


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


def _choice_for(op: Op, profile: Profile) -> Choice:
    if op in AT_MOST:
        return profile.at_most
    if op is Op.EQ:
        return profile.equal
    return profile.range if op is Op.RANGE else profile.at_least


def _deviation(profile: Profile, distance: Distance) -> Decimal | None:
    deviation = DEVIATIONS[profile.deviation_rule](distance)
    return None if deviation is None else to_cents(deviation)


# -- rules with a scale of their own -------------------------------------------------------------


def _own_scale(choice: Choice) -> str | None:
    """Return the unit of a rule that looks at the actual alone; None for any other rule."""
    if choice.rule == "Q20":
        units = {_own_scale(each) for each in choice.params["rules"]}
        return units.pop() if len(units) == 1 else None
    unit: str | None = choice.params.get("unit", OWN_SCALE.get(choice.rule))
    return unit


def _on_own_scale(
    target: Target, actual: Target, weight: Decimal, profile: Profile, *, choice: Choice, unit: str
) -> Verdict:
    """Return what the table or the mark of the profile gives, whatever the form promises."""
    value = actual_beside(_SCALES.get(unit) or parse_target(f"0{unit}"), actual)
    if isinstance(value, Text):
        return undecided(value)
    figures = Figures(Decimal(0), value, weight, "", f"{shown(value)}{unit}")
    points = points_by(choice, figures)
    if isinstance(points, Undecided):
        return undecided(points.reason)
    head = _pair(target, actual, value, unit)
    told = explain.points(points, weight, choice)
    if profile.deviation_rule == "V4":
        distance = Distance(
            Decimal(0), value, lower_is_better=True, weight=weight, points=points.value
        )
        deviation = _deviation(profile, distance)
        sentence = explain.joined(head, explain.deviation(deviation, HUNDRED), told)
        return Verdict(sentence, points.value, deviation, choice.rule)
    sentence = explain.joined(head, text("scoring.then"), told)
    return Verdict(sentence, points.value, None, choice.rule)


# -- a row reckoned from others ------------------------------------------------------------------


def judge_parent(
    rows: Iterable[tuple[str, Target, Target]], weight: Decimal, parent: Parent, profile: Profile
) -> Verdict:
    """Return what a row is worth whose points are the share of achieved rows (Q5).

    `rows` are those under the parent's level 2: name, target and actual.
    """
    window = Choice("Q5", {"over": parent.over})
    achieved = []
    for name, target, actual in rows:
        value = None if target.value is None else actual_beside(target, actual, name)
        ruled = read_as(target, profile) in (Op.GE, Op.GT, Op.EQ)
        if value is None or isinstance(value, Text) or not ruled:
            names = {"level": parent.level2, "name": name}
            return undecided(text("scoring.child_undecided", **names))
        one = Figures(target.value or Decimal(0), value, Decimal(1), "", "")
        given = points_by(window, one)
        achieved.append(isinstance(given, Points) and given.value == 1)
    points = share_achieved(weight, achieved)
    if isinstance(points, Undecided):
        return undecided(points.reason)
    head = text(
        "scoring.achieved",
        level=parent.level2,
        count=len(achieved),
        over=plain(parent.over),
        met=sum(achieved),
    )
    return Verdict(
        explain.joined(head, explain.points(points, weight, window)), points.value, None, "Q5"
    )


# -- words and dates -----------------------------------------------------------------------------


def _qualitative(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if is_percentage(actual):
        if profile.percentage_is_completion:
            return _completion(target, actual, weight, profile)
        return _undecided("scoring.percentage_undecided", target, actual)
    band = profile.band_of(actual.raw)
    if band is None:
        return _undecided("scoring.no_level", target, actual)
    if profile.is_bare_level(actual.raw):
        return _undecided("scoring.no_description", target, actual)
    return _banded(band, target, actual, weight, profile)


def is_percentage(actual: Target) -> bool:
    """Return whether an actual is a plain percentage."""
    return actual.unit == "%" and actual.value is not None and actual.op in (Op.BARE, Op.EQ)


def _completion(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    done = actual.value if actual.value is not None else Decimal(0)
    figures = Figures(HUNDRED, done, weight, "100%", f"{plain(done)}%")
    given = points_by(_COMPLETION, figures)
    points = given if isinstance(given, Points) else _NO_POINTS
    distance = Distance(HUNDRED, done, lower_is_better=False, weight=weight, points=points.value)
    # More than all of a thing is not done: a completion never deviates upwards.
    over = done > HUNDRED and profile.deviation_rule in ("V1", "V2")
    deviation = Decimal("0.00") if over else _deviation(profile, distance)
    sentence = explain.joined(
        text("scoring.completion", done=plain(done), **_lines(target, actual)),
        explain.deviation(deviation, HUNDRED),
        explain.points(points, weight, _COMPLETION),
    )
    return Verdict(sentence, points.value, deviation, "P1")


def _banded(
    band: Band, target: Target, actual: Target, weight: Decimal, profile: Profile
) -> Verdict:
    low, high = band_points(weight, band.low, band.high)
    pair = _lines(target, actual)
    if band.takes_top:
        points = weight * band.high / HUNDRED
        return Verdict(
            text("scoring.band_top", points=high, **pair), points, None, profile.band_rule
        )
    key = "scoring.band_to_full" if band.high == HUNDRED else "scoring.band_below"
    return undecided(text(key, low=plain(low), high=plain(high), **pair))


def _deadline(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if is_percentage(actual):
        if profile.date_percentage_is_completion:
            return _completion(target, actual, weight, profile)
        return _undecided("scoring.date_percentage", target, actual)
    if actual.date is None or target.date is None:
        return _undecided("scoring.no_date", target, actual)
    days = {"target": target.date, "actual": actual.date}
    if actual.date <= target.date:
        sentence = text("scoring.on_time", points=to_cents(weight), **days)
        return Verdict(sentence, weight, None, profile.late.rule if profile.late else "D1")
    if not names_day(actual):
        return _undecided("scoring.no_day", target, actual)
    return _late(target.date, actual.date, weight, profile)


def _late(
    deadline: datetime.date, done: datetime.date, weight: Decimal, profile: Profile
) -> Verdict:
    days = {"target": deadline, "actual": done}
    if profile.late is None:
        return undecided(text("scoring.late_undecided", **days))
    if profile.late.rule == "D1":
        lost = to_cents(weight)
        sentence = text("scoring.late", points=to_cents(Decimal(0)), lost=lost, **days)
        return Verdict(sentence, Decimal(0), None, "D1")
    points = late_by_time(deadline, done, weight, **profile.late.params)
    told = explain.points(points, weight, profile.late)
    sentence = explain.joined(text("scoring.late_points", **days), told)
    return Verdict(sentence, points.value, None, "D2")


def names_day(actual: Target) -> bool:
    """Return whether an actual says on which day it was done, not the month alone."""
    return _NAMES_DAY.search(normalise(actual.raw)) is not None


def _undecided(key: str, target: Target, actual: Target) -> Verdict:
    return undecided(text(key, **_lines(target, actual)))


def _lines(target: Target, actual: Target) -> dict[str, str]:
    """Return both as written, each on one line."""
    return {"target": _one_line(target), "actual": _one_line(actual)}


def _one_line(written: Target) -> str:
    return explain.tidy(written.raw)

"""Judging a monitoring form by lights: each row's light, progress and the sentence why.

The rows are found by the field's vocabulary: `/funds/total` with `full_year_budget` and
`executed`, and the rows of `/indicators` with `target` and `actual`. What the rules do not decide
has no light and says why.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from xlflow.forms.document import Document
from xlflow.messages import Text, text
from xlflow.scoring import explain
from xlflow.scoring.comparison import actual_beside, is_proportion, unit_of
from xlflow.scoring.engine import FUNDS_TOTAL, INDICATORS, year_of
from xlflow.scoring.lights import (
    HUNDRED,
    LIGHT_RULES,
    YEAR,
    Light,
    Marks,
    Pace,
    months_of,
    worst,
)
from xlflow.scoring.profile import Profile
from xlflow.scoring.rows import Row, number, rows_of, score_at, written
from xlflow.scoring.rules import plain, rounded, shown, to_cents
from xlflow.scoring.score import Score, Scores
from xlflow.scoring.verdict import AT_MOST, is_percentage, names_day, read_as
from xlflow.values import Op, Target, normalise, parse_target

ZERO = Decimal(0)


class Round(NamedTuple):
    """A round as the form writes it, and how many months of the year it covers, if it says so."""

    written: str
    months: int | None


@dataclass(frozen=True, slots=True)
class Signal:
    """What a row shows: a light and its rule, or none and the reason why; progress in per cent."""

    explanation: Text
    light: Light | None = None
    rule: str | None = None
    progress: Decimal | None = None


def monitor_document(document: Document, profile: Profile, round_: str | None = None) -> Scores:
    """Return the lights of a monitoring form; `round_` stands in where the form names none."""
    named = document.text("/round") or round_ or ""
    now = Round(explain.tidy(named), months_of(named))
    rows = []
    if f"{FUNDS_TOTAL}/executed" in document.sources:
        rows.append(_execution_row(document, now, profile))
    rows.extend(
        _indicator_row(document, at, row, now, profile) for at, row in rows_of(document, INDICATORS)
    )
    light = worst(Light(row.light) for row in rows if row.light)
    return Scores(rows=tuple(rows), light=light.value if light else None)


def lights_in_words(rows: Iterable[Score]) -> Text:
    """Return how many rows show which light, the worst first: 红灯1项、绿灯7项、未亮灯2项."""
    counted = Counter(row.light for row in rows)
    told = [
        explain.said("lights.count", light=text(f"lights.{light}"), count=counted[light])
        for light in Light
        if counted[light]
    ]
    if counted[None]:
        told.append(text("lights.none", count=counted[None]))
    return Text("、".join(each.zh for each in told), ", ".join(each.en for each in told))


def _execution_row(document: Document, now: Round, profile: Profile) -> Score:
    row = document.get(FUNDS_TOTAL) or {}
    budget, executed = number(row.get("full_year_budget")), number(row.get("executed"))
    return _score(
        document,
        FUNDS_TOTAL,
        "executed",
        execution_signal(budget, executed, now, profile),
        text("lights.execution_name").zh,
        written(document, f"{FUNDS_TOTAL}/full_year_budget", row.get("full_year_budget")),
        written(document, f"{FUNDS_TOTAL}/executed", row.get("executed")),
    )


def _indicator_row(document: Document, at: str, row: Row, now: Round, profile: Profile) -> Score:
    name = written(document, f"{at}/level3", row.get("level3")) or ""
    target = written(document, f"{at}/target", row.get("target"))
    actual = written(document, f"{at}/actual", row.get("actual"))
    if target is None:
        signal = _none(text("lights.no_target"))
    elif actual is None:
        signal = _none(text("lights.no_actual"))
    else:
        year = year_of(document)
        parsed = parse_target(target, year=year), parse_target(actual, year=year)
        signal = indicator_signal(*parsed, now, profile, name=name)
    return _score(document, at, "actual", signal, name, target, actual)


def _score(document: Document, at: str, column: str, signal: Signal, *names: str | None) -> Score:
    """Return the score of a row with its light; `names` are its name, target and actual."""
    name, target, actual = names
    return score_at(
        document,
        at,
        column,
        signal.explanation,
        name=name or "",
        target=target,
        actual=actual,
        rule=signal.rule,
        progress=signal.progress,
        light=signal.light.value if signal.light else None,
    )


# -- one row -------------------------------------------------------------------------------------


def execution_signal(
    budget: Decimal | None, executed: Decimal | None, now: Round, profile: Profile
) -> Signal:
    """Return the light of the executed share of the budget.

    >>> from xlflow.scoring import load_profile
    >>> national = load_profile("national-2020")
    >>> execution_signal(Decimal(1200), Decimal(500), Round("1-6月", 6), national).explanation.zh
    '全年预算数1200，1-6月执行数500，执行率41.67%，应达到50.00%，进度83.33%，绿灯（80%及以上）。'
    """
    if budget is None or executed is None:
        return _none(text("lights.no_funds"))
    if budget <= 0:
        return _none(text("lights.no_budget", budget=plain(budget)))
    if now.months is None:
        return _roundless(now)
    pace = Pace(budget, executed, now.months)
    head = text(
        "lights.execution",
        budget=plain(budget),
        round=now.written,
        executed=plain(executed),
        rate=to_cents(executed / budget * HUNDRED),
        due=to_cents(HUNDRED * now.months / YEAR),
    )
    return _by_pace(head, pace, profile.lights.execution_rule, profile.lights.marks)


def indicator_signal(
    target: Target, actual: Target, now: Round, profile: Profile, *, name: str = ""
) -> Signal:
    """Return the light of an actual under the target of the year; `name` is the indicator's.

    >>> from xlflow.scoring import load_profile
    >>> both = parse_target("≥20件"), parse_target("9件")
    >>> signal = indicator_signal(*both, Round("1-6月", 6), load_profile("national-2020"))
    >>> signal.explanation.zh
    '全年目标≥20件，1-6月应完成10.00件，实际9件，进度90.00%，绿灯（80%及以上）。'
    """
    if actual.op in (Op.NONE, Op.ERROR):
        return _none(text("scoring.unreadable_actual", actual=explain.tidy(actual.raw)))
    if target.op is Op.QUAL:
        return _qualitative(target, actual, now, profile)
    if target.op is Op.DATE:
        return _deadline(target, actual, now, profile)
    if target.value is None:
        return _none(text("scoring.unreadable_target", target=explain.tidy(target.raw)))
    value = actual_beside(target, actual, name)
    return _none(value) if isinstance(value, Text) else _number(target, actual, value, now, profile)


def _number(target: Target, actual: Target, value: Decimal, now: Round, profile: Profile) -> Signal:
    """Return the light of a number under a number, both in the target's unit."""
    if target.op is Op.RANGE or is_proportion(target):
        return _none(text("lights.not_ruled", **_pair(target, actual)))
    op = read_as(target, profile)
    if op in AT_MOST or (op is Op.EQ and target.value == 0):
        return _limited(target, actual, value, profile)
    return _counted(target, actual, value, now, profile)


def _counted(
    target: Target, actual: Target, value: Decimal, now: Round, profile: Profile
) -> Signal:
    """Return the light of what adds up over the year: so much of it is due by now."""
    rules, is_exact = profile.lights, read_as(target, profile) is Op.EQ
    rule = rules.equal_rule if is_exact else rules.at_least_rule
    year_target, unit = target.value or ZERO, unit_of(target, actual, value)
    if year_target <= 0:
        return _none(text("lights.no_pace", **_pair(target, actual)))
    pair = {"target": normalise(target.raw), "actual": _read(actual, value, unit)}
    if not _due_by_months(target, profile):
        head = explain.said("lights.whole", **pair)
        return _by_pace(head, Pace(year_target, value), rule, rules.marks)
    if now.months is None:
        return _roundless(now)
    pace = Pace(year_target, value, now.months)
    due = to_cents(pace.due) or shown(pace.due)
    head = explain.said("lights.due", round=now.written, due=due, unit=unit, **pair)
    return _by_pace(head, pace, rule, rules.marks)


def _due_by_months(target: Target, profile: Profile) -> bool:
    """Return whether a part of the target is due by now: twice a month is so in any month."""
    if target.per not in (None, "年"):
        return False
    return profile.lights.rates_by_month or target.unit not in ("%", "‰")


def _limited(target: Target, actual: Target, value: Decimal, profile: Profile) -> Signal:
    limit, unit = target.value or ZERO, unit_of(target, actual, value)
    rule = profile.lights.at_most_rule
    pace = Pace(limit, value, strict=target.op is Op.LT)
    light = LIGHT_RULES[rule](pace, profile.lights.marks)
    if light is Light.RED and limit < 0:
        return _none(text("lights.negative_limit", **_pair(target, actual)))
    over = explain.JUST_NOT if value == limit else explain.ABOVE
    kept = light is Light.GREEN
    pair = {"target": normalise(target.raw), "actual": _read(actual, value, unit)}
    sentence = explain.joined(
        explain.said("lights.limit", **pair),
        text("lights.kept") if kept else explain.gap(limit, value, unit, over),
        _shows(light),
    )
    return Signal(sentence, light, rule)


def _qualitative(target: Target, actual: Target, now: Round, profile: Profile) -> Signal:
    pair = _pair(target, actual)
    if is_percentage(actual):
        if profile.percentage_is_completion:
            return _completion(target, actual, now, profile)
        return _none(text("scoring.percentage_undecided", **pair))
    band = profile.band_of(actual.raw)
    if band is None:
        return _none(text("scoring.no_level", **pair))
    return Signal(
        explain.joined(text("lights.level", **pair), _shows(band.light)), band.light, "M5"
    )


def _completion(target: Target, actual: Target, now: Round, profile: Profile) -> Signal:
    if now.months is None:
        return _roundless(now)
    done = actual.value or ZERO
    pace = Pace(HUNDRED, done, now.months)
    head = text(
        "lights.completion",
        round=now.written,
        due=to_cents(pace.due),
        done=plain(done),
        **_pair(target, actual),
    )
    return _by_pace(head, pace, profile.lights.at_least_rule, profile.lights.marks)


def _deadline(target: Target, actual: Target, now: Round, profile: Profile) -> Signal:
    if is_percentage(actual):
        if profile.date_percentage_is_completion:
            return _completion(target, actual, now, profile)
        return _none(text("scoring.date_percentage", **_pair(target, actual)))
    if actual.date is None or target.date is None:
        return _none(text("scoring.no_date", **_pair(target, actual)))
    if actual.date <= target.date:
        on_time = text("lights.on_time", target=target.date, actual=actual.date)
        sentence = explain.joined(on_time, _shows(Light.GREEN))
        return Signal(sentence, Light.GREEN, "M6")
    return _late(target, actual, profile)


def _late(target: Target, actual: Target, profile: Profile) -> Signal:
    if not names_day(actual):
        return _none(text("scoring.no_day", **_pair(target, actual)))
    days = {"target": target.date, "actual": actual.date}
    if profile.late is None or profile.late.rule != "D1":
        return _none(text("lights.late_undecided", **days))
    return Signal(explain.joined(text("lights.late", **days), _shows(Light.RED)), Light.RED, "M6")


# -- sentences -----------------------------------------------------------------------------------


def _by_pace(head: Text, pace: Pace, rule: str, marks: Marks) -> Signal:
    """Return the light a rule gives, with progress and the span of progress that has this light."""
    light = LIGHT_RULES[rule](pace, marks)
    progress = _told_apart(pace.progress, marks)
    sentence = explain.joined(head, text("lights.progress", progress=progress))
    if rule == "M1" and light is Light.BLUE:
        share = _told_apart(pace.actual / pace.target * HUNDRED, marks)
        sentence = explain.joined(sentence, text("lights.share", share=share))
    sentence = explain.joined(sentence, _shows(light, _band(rule, light, marks)))
    return Signal(sentence, light, rule, progress)


def _told_apart(per_cent: Decimal, marks: Marks) -> Decimal:
    """Return a share with two decimals, or as many as show on which side of a mark it is."""
    sides = (marks.red_below, marks.yellow_below, marks.blue_from)
    for places in range(2, 10):
        read = rounded(per_cent, places)
        if all((read < side) == (per_cent < side) for side in sides):
            return read
    return per_cent


def _band(rule: str, light: Light, marks: Marks) -> Text:
    red, yellow, blue = map(plain, (marks.red_below, marks.yellow_below, marks.blue_from))
    if light is Light.RED:
        return text("lights.below", high=red)
    if light is Light.YELLOW:
        return text("lights.between", low=red, high=yellow)
    if light is Light.BLUE:
        return text("lights.from_of_year" if rule == "M1" else "lights.from", low=blue)
    if rule == "M2":
        return text("lights.between", low=yellow, high=blue)
    return text("lights.from", low=yellow)


def _shows(light: Light, band: Text | None = None) -> Text:
    if band is None:
        return explain.said("lights.plainly", light=text(f"lights.{light}"))
    return explain.said("lights.shows", light=text(f"lights.{light}"), band=band)


def _read(actual: Target, value: Decimal, unit: str) -> Text:
    """Return an actual as written, and how it was read where it stands in another unit."""
    said = normalise(actual.raw)
    if value == actual.value:
        return Text(said, said)
    return text("lights.read_as", actual=said, read=shown(value), unit=unit)


def _pair(target: Target, actual: Target) -> dict[str, str]:
    return {"target": explain.tidy(target.raw), "actual": explain.tidy(actual.raw)}


def _roundless(now: Round) -> Signal:
    key = "lights.unreadable_round" if now.written else "lights.no_round"
    return _none(text(key, round=now.written))


def _none(reason: Text) -> Signal:
    return Signal(explain.said("lights.undecided", reason=reason))

"""Explanations of scores: one sentence a row, with the arithmetic and its numbers."""

from collections.abc import Iterator
from decimal import Decimal

from xlflow.messages import Text, text
from xlflow.scoring.profile import Profile, to_cents
from xlflow.scoring.rules import RULE_NAMES, Figures, Points, plain

_PERCENT_UNITS = frozenset({"%"})


def quantitative(
    figures: Figures,
    points: Points,
    deviation: Decimal | None,
    rule: str,
    unit: str,
    *,
    bound: Decimal | None = None,
    lower_is_better: bool = False,
) -> Text:
    """Return the second half of an explanation: gap, deviation, rule, arithmetic and points."""
    against = figures.target if bound is None else bound
    return joined(
        _gap(
            figures.actual,
            against,
            unit,
            lower_is_better=lower_is_better,
            points=points,
            w=figures.weight,
        ),
        _deviation(deviation),
        _points(figures, points, rule),
    )


def joined(*parts: Text) -> Text:
    """Return sentences one behind the other."""
    return Text("".join(part.zh for part in parts), "".join(part.en for part in parts))


def rule_name(rule: str, full: Decimal) -> Text:
    """Return how a rule is called, with the mark from which it gives full points.

    >>> rule_name("X2", Decimal(90)).zh
    '执行率达到90%得满分'
    """
    name = RULE_NAMES[rule]
    shown = plain(full)
    return Text(name.zh.format(full=shown), name.en.format(full=shown))


def profile_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    """Yield what a profile says, topic by topic, in words."""
    full = profile.execution_full_at
    yield text("words.execution"), rule_name(profile.execution_rule, full)
    yield text("words.at_least"), rule_name(profile.at_least_rule, full)
    yield text("words.at_most"), rule_name(profile.at_most_rule, full)
    yield text("words.equal"), rule_name(profile.equal_rule, full)
    yield text("words.range"), rule_name(profile.range_rule, full)
    yield text("words.bare"), text(f"words.bare_{profile.bare_reads_as}")
    known = "completion" if profile.percentage_is_completion else "undecided"
    yield text("words.percentage"), text(f"words.percentage_{known}")
    for band in profile.bands:
        shown = "、".join(sorted(band.words, key=len)[:3])
        span = f"{plain(band.high)}%–{plain(band.low)}%"
        yield Text(shown, shown), Text(span, span)
    late = "zero" if profile.late_is_zero else "undecided"
    yield text("words.late"), text(f"words.late_{late}")
    yield text("words.deviation"), text(f"words.deviation_{profile.deviation_rule}")
    due = "due" if profile.reason_below_weight else "free"
    yield text("words.reason"), text(f"words.reason_{due}")
    who = "system" if profile.system_scores else "self"
    yield text("words.who"), text(f"words.who_{who}")
    grades = "，".join(f"{grade.name}≥{plain(grade.low)}" for grade in profile.grades)
    yield text("words.grades"), Text(grades, grades)


def _gap(
    actual: Decimal,
    target: Decimal,
    unit: str,
    *,
    lower_is_better: bool,
    points: Points,
    w: Decimal,
) -> Text:
    difference = abs(actual - target)
    percent = unit in _PERCENT_UNITS
    shown = str(to_cents(difference)) if percent else plain(difference)
    words = Text("个百分点", " percentage points") if percent else Text(unit, unit)
    missed = actual > target if lower_is_better else actual < target
    if not missed:
        return text("scoring.met") if points.value == w else text("scoring.not_full")
    key = "scoring.above" if lower_is_better else "scoring.below"
    sentence = text(key, difference=shown, unit="{unit}")
    return Text(sentence.zh.format(unit=words.zh), sentence.en.format(unit=words.en))


def _deviation(deviation: Decimal | None) -> Text:
    if deviation is None:
        return text("scoring.no_deviation")
    return text("scoring.deviation", deviation=deviation)


def _points(figures: Figures, points: Points, rule: str) -> Text:
    name = rule_name(rule, figures.target)
    given = to_cents(points.value)
    lost = to_cents(figures.weight) - given
    key = (
        "scoring.full"
        if not lost
        else "scoring.by_rule"
        if points.arithmetic
        else "scoring.nothing"
    )
    values = {
        "arithmetic": points.arithmetic,
        "points": given,
        "lost": lost,
    }
    zh = text(key, rule=name.zh, **values).zh
    return Text(zh, text(key, rule=name.en, **values).en)

"""Explanations of scores: one sentence a row, with the arithmetic and its numbers."""

from decimal import Decimal

from xlflow.messages import Text, text
from xlflow.scoring.profile import to_cents
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
        _gap(figures.actual, against, unit, lower_is_better=lower_is_better, points=points, w=figures.weight),
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


def _gap(
    actual: Decimal, target: Decimal, unit: str, *, lower_is_better: bool, points: Points, w: Decimal
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
    key = "scoring.full" if not lost else "scoring.by_rule" if points.arithmetic else "scoring.nothing"
    values = {
        "arithmetic": points.arithmetic,
        "points": given,
        "lost": lost,
    }
    zh = text(key, rule=name.zh, **values).zh
    return Text(zh, text(key, rule=name.en, **values).en)

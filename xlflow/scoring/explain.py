"""Explanations of scores: one sentence a row, with the arithmetic and its numbers."""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from xlflow.messages import Text, text
from xlflow.scoring.lights import LIGHT_RULE_NAMES
from xlflow.scoring.profile import Profile, to_cents
from xlflow.scoring.rules import RULE_NAMES, Points, plain, shown

# How an actual stands to its target: keys of the catalogue.
MET = "scoring.met"
JUST_NOT = "scoring.just_not"
BELOW = "scoring.below"
ABOVE = "scoring.above"
SHORT = "scoring.short"


def joined(*parts: Text) -> Text:
    """Return sentences one behind the other."""
    return Text("".join([part.zh for part in parts]), "".join([part.en for part in parts]))


def tidy(raw: str) -> str:
    """Return a written text on one line.

    >>> tidy(" 标定地价三类用地、  集体建设用地四类用地 ")
    '标定地价三类用地、 集体建设用地四类用地'
    """
    return " ".join(raw.split())


def gap(target: Decimal, actual: Decimal, unit: str, stands: str) -> Text:
    """Return how an actual stands to its target, with the difference where it is missed.

    >>> gap(Decimal(90), Decimal("81.90"), "%", BELOW).zh
    '，低于目标8.10个百分点'
    """
    if stands in (MET, JUST_NOT):
        return text(stands)
    difference = abs(actual - target)
    if unit == "%":
        cents = to_cents(difference)
        return text(f"{stands}_points", difference=cents if cents else plain(difference))
    return text(stands, difference=shown(difference), unit=unit)


def deviation(per_cent: Decimal | None) -> Text:
    """Return the deviation in words; there is none for a target of 0."""
    if per_cent is None:
        return text("scoring.no_deviation")
    return text("scoring.deviation", deviation=per_cent)


def points(given: Points, weight: Decimal, rule: str, full: Decimal | None = None) -> Text:
    """Return the rule by its name, its arithmetic, the points and what is lost of the weight."""
    cents = to_cents(given.value)
    if given.arithmetic is None and given.value == weight:
        return joined(rule_words(rule, full), text("scoring.full", points=cents))
    lost = to_cents(weight) - cents
    if given.arithmetic is None:
        return joined(rule_words(rule, full), text("scoring.nothing", points=cents, lost=lost))
    return joined(
        rule_words(rule, full),
        text("scoring.by_rule", arithmetic=given.arithmetic, points=cents, lost=lost),
    )


def rule_name(rule: str, full: Decimal | None = None) -> Text:
    """Return how a rule is called, with the mark from which it gives full points.

    >>> rule_name("X2", Decimal(90)).zh
    '执行率达到90%得满分'
    """
    name, mark = RULE_NAMES[rule], "" if full is None else plain(full)
    return Text(name.zh.format(full=mark), name.en.format(full=mark))


@cache
def rule_words(rule: str, full: Decimal | None) -> Text:
    """Return the words that introduce what a rule gives."""
    name = rule_name(rule, full)
    return Text(text("scoring.rule", rule=name.zh).zh, text("scoring.rule", rule=name.en).en)


def profile_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    """Yield what a profile says, topic by topic, in words."""
    full = profile.execution_full_at
    yield (
        text("words.weights"),
        text(
            "words.weights_are",
            total=plain(profile.total_weight),
            execution=plain(profile.execution_weight),
        ),
    )
    yield text("words.execution"), rule_name(profile.execution_rule, full)
    yield text("words.at_least"), rule_name(profile.at_least_rule)
    yield text("words.at_most"), rule_name(profile.at_most_rule)
    yield text("words.equal"), rule_name(profile.equal_rule)
    yield text("words.range"), rule_name(profile.range_rule)
    yield text("words.bare"), text(f"words.bare_{profile.bare_reads_as}")
    known = "completion" if profile.percentage_is_completion else "undecided"
    yield text("words.percentage"), text(f"words.percentage_{known}")
    for band in profile.bands:
        edge = "top" if band.takes_top else "to_full" if band.high == 100 else "below"
        shares = {"low": plain(band.low), "high": plain(band.high)}
        yield _same("、".join(band.words)), text(f"words.band_{edge}", **shares)
    known = "completion" if profile.date_percentage_is_completion else "undecided"
    yield text("words.date_percentage"), text(f"words.date_percentage_{known}")
    late = "zero" if profile.late_is_zero else "undecided"
    yield text("words.late"), text(f"words.late_{late}")
    yield text("words.deviation"), text(f"words.deviation_{profile.deviation_rule}")
    due = "due" if profile.reason_below_weight else "free"
    yield text("words.reason"), text(f"words.reason_{due}")
    yield from _lights_in_words(profile)
    who = "system" if profile.system_scores else "self"
    yield text("words.who"), text(f"words.who_{who}")
    yield text("words.grades"), _same("，".join(f"{g.name}≥{plain(g.low)}" for g in profile.grades))
    for code, severity in sorted(profile.severities.items()):
        yield text("words.severity", code=code), text(f"words.severity_{severity.value}")


def _lights_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    rules, marks = profile.lights, profile.lights.marks
    for kind, rule in (
        ("at_least", rules.at_least_rule),
        ("at_most", rules.at_most_rule),
        ("equal", rules.equal_rule),
        ("execution", rules.execution_rule),
    ):
        name, blue = LIGHT_RULE_NAMES[rule], plain(marks.blue_from)
        yield (
            text(f"words.lights_{kind}"),
            Text(name.zh.format(blue=blue), name.en.format(blue=blue)),
        )
    rates = "by_month" if rules.rates_by_month else "full_year"
    yield text("words.lights_rates"), text(f"words.lights_rates_{rates}")
    lights = [text(f"lights.{band.light}") for band in profile.bands]
    levels = [(band.words[0], light) for band, light in zip(profile.bands, lights, strict=True)]
    yield (
        text("words.lights_levels"),
        Text(
            "，".join(f"{word}{light.zh}" for word, light in levels),
            ", ".join(f"{word} {light.en}" for word, light in levels),
        ),
    )
    yield (
        text("words.lights_marks"),
        text(
            "words.lights_marks_are",
            red=plain(marks.red_below),
            yellow=plain(marks.yellow_below),
            blue=plain(marks.blue_from),
        ),
    )


def _same(words: str) -> Text:
    return Text(words, words)

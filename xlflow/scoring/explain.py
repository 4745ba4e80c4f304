"""Explanations of scores: one sentence a row, with the arithmetic and its numbers."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache

from xlflow.messages import Text, text
from xlflow.scoring.lights import LIGHT_RULE_NAMES
from xlflow.scoring.profile import Profile
from xlflow.scoring.rules import Choice, Points, plain, rounded, shown, to_cents

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


def gap(target: Decimal, actual: Decimal, unit: str, stands: str, places: int = 2) -> Text:
    """Return how an actual stands to its target, with the difference where it is missed.

    `places` is how many decimals a difference in percentage points has.

    >>> gap(Decimal(90), Decimal("81.90"), "%", BELOW).zh
    '，低于目标8.10个百分点'
    """
    if stands in (MET, JUST_NOT):
        return _standing(stands)
    difference = abs(actual - target)
    if unit == "%":
        short = rounded(difference, places)
        return text(f"{stands}_points", difference=f"{short or difference:f}")
    return text(stands, difference=shown(difference), unit=unit)


@cache
def _standing(stands: str) -> Text:
    return text(stands)


def deviation(per_cent: Decimal | None, target: Decimal | None = None) -> Text:
    """Return the deviation in words; there is none for a target of 0."""
    if per_cent is None:
        return text("scoring.no_deviation_here" if target else "scoring.no_deviation")
    return text("scoring.deviation", deviation=per_cent)


def points(given: Points, weight: Decimal, choice: Choice) -> Text:
    """Return the rule by its name, its arithmetic, the points and what is lost of the weight."""
    cents = to_cents(given.value)
    head = rule_words(choice)
    if given.remark is not None:
        head = joined(head, given.remark)
    if given.arithmetic is None and given.value == weight:
        return joined(head, text("scoring.full", points=cents))
    lost = to_cents(weight) - cents
    if given.arithmetic is None:
        return joined(head, text("scoring.nothing", points=cents, lost=lost))
    return joined(
        head,
        text("scoring.by_rule", arithmetic=given.arithmetic, points=cents, lost=lost),
    )


# -- rules in words ------------------------------------------------------------------------------


def rule_name(choice: Choice) -> Text:
    """Return how a rule is called, with its parameters.

    >>> rule_name(Choice("X2", {"full_at": Decimal(90)})).zh
    '执行率达到90%得满分'
    """
    values = {key: _in_words(choice, key, value) for key, value in choice.params.items()}
    zh, en = _by_language(values)
    return Text(text(f"rules.{choice.rule}", **zh).zh, text(f"rules.{choice.rule}", **en).en)


def _in_words(choice: Choice, key: str, value: object) -> object:
    """Return a parameter as it stands in the name of its rule."""
    if isinstance(value, Decimal):
        return plain(value)
    if key == "tiers":
        return _tiers_in_words(choice)
    if key == "rules":
        names = [rule_name(each) for each in choice.params["rules"]]
        return Text("；".join(n.zh for n in names), "; ".join(n.en for n in names))
    if key == "part_points":
        return text(f"rules.part_{value}")
    if key == "per":
        return text(f"rules.per_{value}")
    return value


def _tiers_in_words(choice: Choice) -> Text:
    """Return a table of tiers in one line; the shares of Q4 are per cent of the weight."""
    of_target = choice.rule == "Q4"
    unit = choice.params.get("unit", "%")
    told = []
    for tier in choice.params["tiers"]:
        earned = plain(tier.points) + ("%" if of_target else "")
        if tier.bound is None:
            told.append(text("rules.tier_rest", points=earned))
        else:
            key = "rules.tier_to" if choice.rule == "Q16" else "rules.tier_from"
            told.append(text(key, bound=plain(tier.bound), unit=unit, points=earned))
    return Text("，".join(each.zh for each in told), ", ".join(each.en for each in told))


@cache
def rule_words(choice: Choice) -> Text:
    """Return the words that introduce what a rule gives."""
    return said("scoring.rule", rule=rule_name(choice))


def said(key: str, **values: object) -> Text:
    """Return a sentence in which some words are sentences themselves, each in its language."""
    zh, en = _by_language(values)
    return Text(text(key, **zh).zh, text(key, **en).en)


def _by_language(values: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
    """Return the values of a sentence in Chinese and in English."""
    zh = {name: value.zh if isinstance(value, Text) else value for name, value in values.items()}
    en = {name: value.en if isinstance(value, Text) else value for name, value in values.items()}
    return zh, en


# -- a profile in words --------------------------------------------------------------------------


def profile_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    """Yield what a profile says, topic by topic, in words."""
    yield from _weights_in_words(profile)
    yield text("words.execution"), rule_name(profile.execution)
    yield text("words.over_budget"), text(f"words.over_budget_{profile.over_budget}")
    yield text("words.at_least"), rule_name(profile.at_least)
    yield text("words.at_most"), rule_name(profile.at_most)
    yield text("words.equal"), rule_name(profile.equal)
    yield text("words.range"), rule_name(profile.range)
    yield text("words.bare"), text(f"words.bare_{profile.bare_reads_as}")
    yield from _named_in_words(profile)
    yield from _levels_in_words(profile)
    known = "completion" if profile.date_percentage_is_completion else "undecided"
    yield text("words.date_percentage"), text(f"words.date_percentage_{known}")
    yield text("words.late"), _late_in_words(profile)
    yield text("words.deviation"), text(f"words.deviation_{profile.deviation_rule}")
    due = "due" if profile.reason_below_weight else "free"
    yield text("words.reason"), text(f"words.reason_{due}")
    if profile.reason_from is not None:
        yield (
            text("words.reason_from"),
            text("words.reason_from_is", mark=plain(profile.reason_from)),
        )
    yield from light_rules_in_words(profile)
    who = "system" if profile.system_scores else "self"
    yield text("words.who"), text(f"words.who_{who}")
    yield text("words.grades"), _same("，".join(f"{g.name}≥{plain(g.low)}" for g in profile.grades))
    for code, severity in sorted(profile.severities.items()):
        yield text("words.severity", code=code), text(f"words.severity_{severity.value}")


def _weights_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    total, execution = plain(profile.total_weight), plain(profile.execution_weight)
    yield text("words.weights"), text("words.weights_are", total=total, execution=execution)
    for levels in profile.level_weights:
        told = "，".join(f"{level} {plain(points)}" for level, points in levels.items())
        yield text("words.levels"), _same(told)
    if profile.deducts:
        yield text("words.deduction"), rule_name(Choice("Q21"))
    if profile.by_goals:
        yield text("words.goals"), rule_name(Choice("Q22"))


def _named_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    """Yield the rules of single indicators; names with the same rule stand together."""
    names: dict[Choice, list[str]] = {}
    for name, choice in profile.by_name.items():
        names.setdefault(choice, []).append(name)
    for choice, named in names.items():
        yield text("words.by_name", names="、".join(named)), rule_name(choice)
    for name, parent in profile.parents.items():
        yield (
            text("words.by_name", names=name),
            text("words.parent", level=parent.level2, over=plain(parent.over)),
        )


def _levels_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    yield text("words.qualitative"), rule_name(Choice(profile.band_rule))
    known = "completion" if profile.percentage_is_completion else "undecided"
    yield text("words.percentage"), text(f"words.percentage_{known}")
    for band in profile.bands:
        edge = "top" if band.takes_top else "to_full" if band.high == 100 else "below"
        shares = {"low": plain(band.low), "high": plain(band.high)}
        yield _same("、".join(band.words)), text(f"words.band_{edge}", **shares)


def _late_in_words(profile: Profile) -> Text:
    if profile.late is None:
        return text("words.late_undecided")
    return text("words.late_zero") if profile.late.rule == "D1" else rule_name(profile.late)


def light_rules_in_words(profile: Profile) -> Iterator[tuple[Text, Text]]:
    """Yield what a profile says of monitoring forms, topic by topic, in words."""
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

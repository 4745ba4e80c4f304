"""What is wrong with a profile: each fault with the line it stands on."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from xlflow.config import find_resource
from xlflow.errors import DefinitionError
from xlflow.forms.validator import decimal_validator
from xlflow.messages import Text, problem_texts, text
from xlflow.scoring.lines import Path, line_of, lines_of
from xlflow.scoring.rules import (
    AT_LEAST,
    AT_MOST,
    BAND_RULES,
    BY_NAME,
    EQUAL,
    EXECUTION,
    PARAMETERS,
    RANGE,
    Kind,
    Parameter,
    Tier,
    tiers_fault,
)
from xlflow.values import label_key, normalise

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fault:
    """Where in a profile something is wrong, and the sentence."""

    at: Path
    says: Text


def faults_of(name: str, written: str, data: Mapping[str, Any]) -> Iterator[Text]:
    """Yield all that is wrong with a profile, in the order of its lines.

    What the data mean is looked at only when their shape is right.
    """
    found = [_in_plain_words(fault) for fault in _validator().iter_errors(data)]
    found = found or [*_weights(data), *_rules(data), *_tables(data)]
    if not found:
        return
    lines = lines_of(written)
    for line, fault in sorted(
        ((line_of(lines, fault.at), fault) for fault in found), key=lambda each: each[0]
    ):
        values = {"name": name, "line": line}
        yield Text(
            text("profile.at_line", fault=fault.says.zh, **values).zh,
            text("profile.at_line", fault=fault.says.en, **values).en,
        )


def status_key(status: str) -> str:
    """Return the key under which the words of levels are compared."""
    return normalise(status).rstrip("。.;,")


# -- the shape -----------------------------------------------------------------------------------


@cache
def _validator() -> Validator:
    path = find_resource("schemas/profiles", "profile.schema.json")
    if path is None:
        raise DefinitionError(*text("profile.unknown", name="profile.schema.json", known=""))
    return decimal_validator(json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))


def _in_plain_words(fault: ValidationError) -> Fault:
    """Return what the schema refuses."""
    given: Any = fault.instance
    schema: Any = fault.schema
    limit: Any = fault.validator_value
    at: Path = tuple(fault.path)
    match fault.validator:
        case "required":
            limit = [key for key in limit if key not in given]
        case "additionalProperties":
            limit = [key for key in given if key not in schema["properties"]]
            return _wrong(at, "additionalProperties", limit, line=(*at, limit[0]))
        case "type" if isinstance(limit, str):
            limit = text(f"profile.kind_{limit}")
        case "type":
            limit = text("profile.kind_rule")
    return _wrong(at, str(fault.validator), limit)


def _wrong(at: Path, kind: str, limit: object, line: Path | None = None) -> Fault:
    """Return a fault of a key: what its place asks for."""
    why = text(f"profile.fault_{kind}")
    zh, en = limit if isinstance(limit, Text) else (_listed(limit),) * 2
    where = ".".join(str(step + 1 if isinstance(step, int) else step) for step in at)
    if not where:
        where = "profile"
    return Fault(
        at if line is None else line,
        Text(
            text("profile.wrong", where=where, why=why.zh, limit=zh).zh,
            text("profile.wrong", where=where, why=why.en, limit=en).en,
        ),
    )


def _listed(limit: object) -> str:
    if isinstance(limit, (list, tuple)):
        return ", ".join(map(str, limit))
    return str(limit)


# -- weights, grades, levels, lights -------------------------------------------------------------


def _weights(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Levels and execution together are the total."""
    weights = data["weights"]
    total, execution = Decimal(weights["total"]), Decimal(weights["execution"])
    if execution > total:
        says = text("profile.execution_weight", execution=execution, total=total)
        yield Fault(("weights", "execution"), says)
    for index, levels in enumerate(weights.get("levels", ())):
        together = sum(map(Decimal, levels.values()), execution)
        if together != total:
            says = text("profile.levels", sum=together, execution=execution, total=total)
            yield Fault(("weights", "levels", index), says)


def _tables(data: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _grades(data["grades"], Decimal(data["weights"]["total"]))
    yield from _bands(data["qualitative"])
    lights = data["lights"]
    if not lights["red_below"] < lights["yellow_below"] < lights["blue_from"]:
        yield Fault(("lights", "red_below"), text("profile.lights"))
    known = {code for code in problem_texts() if not code.startswith("F")}
    for code in data.get("severities", {}):
        if code not in known:  # a slip of the pen would change nothing
            yield Fault(("severities", code), text("profile.severities", codes=code))


def _grades(grades: Sequence[Mapping[str, Any]], total: Decimal) -> Iterator[Fault]:
    """Each total has one grade: bounds fall, the last is 0, and the first can be reached."""
    bounds = [Decimal(grade["from"]) for grade in grades]
    names: set[str] = set()
    for index, grade in enumerate(grades):
        above = total + 1 if index == 0 else bounds[index - 1]
        if bounds[index] >= above or bounds[index] > total or grade["name"] in names:
            yield Fault(("grades", index), text("profile.grades"))
        names.add(grade["name"])
    if bounds[-1] != 0:
        yield Fault(("grades", len(grades) - 1, "from"), text("profile.grades"))


def _bands(qualitative: Mapping[str, Any]) -> Iterator[Fault]:
    """Levels cover 0 to 100 without gap or overlap, and a word belongs to one of them.

    Yes and no (L4) are the two ends alone.
    """
    bands = qualitative["bands"]
    spans = [(Decimal(band["from"]), Decimal(band["to"])) for band in bands]
    rule = qualitative.get("rule")
    if rule is not None and frozenset(spans) != BAND_RULES[rule]:
        wanted = "、".join(f"{low}–{high}" for low, high in sorted(BAND_RULES[rule], reverse=True))
        yield Fault(("qualitative", "rule"), text("profile.band_rule", rule=rule, spans=wanted))
    seen: set[str] = set()
    for index, band in enumerate(bands):
        words = [status_key(word) for word in band["words"]]
        if seen.intersection(words) or len(set(words)) != len(words):
            yield Fault(("qualitative", "bands", index, "words"), text("profile.words"))
        seen.update(words)
    if not bands or frozenset(spans) == BAND_RULES["L4"]:
        return
    order = sorted(range(len(bands)), key=lambda index: spans[index])
    ends = [(index, *spans[index]) for index in order]
    for index, low, high in ends:
        if low >= high:
            yield Fault(("qualitative", "bands", index), text("profile.band_upside_down"))
            return
    for (_, _, high), (index, low, _) in pairwise(ends):
        if high != low:
            key = "profile.band_overlap" if high > low else "profile.band_gap"
            values = {"one": high, "other": low}
            yield Fault(("qualitative", "bands", index, "from"), text(key, **values))
    if ends[0][1] != 0 or ends[-1][2] != HUNDRED:
        yield Fault(("qualitative", "bands"), text("profile.band_ends"))


# -- rules and their parameters ------------------------------------------------------------------


def _rules(data: Mapping[str, Any]) -> Iterator[Fault]:
    """Each rule is known in its place and has its parameters, and no others."""
    for key, known in (
        ("at_least", AT_LEAST), ("at_most", AT_MOST), ("equal", EQUAL), ("range", RANGE)
    ):  # fmt: skip
        yield from _choice(data["quantitative"][key], ("quantitative", key), known)
    beside = ("over_budget",)
    yield from _choice(data["execution"], ("execution",), EXECUTION, beside)
    yield from _names(data)
    for index, each in enumerate(data.get("indicators", ())):
        yield from _choice(each, ("indicators", index), BY_NAME, ("names",))


def _names(data: Mapping[str, Any]) -> Iterator[Fault]:
    """An indicator's name stands once: two rules for it would hide each other."""
    seen: set[str] = set()
    for table in ("indicators", "parents"):
        for index, each in enumerate(data.get(table, ())):
            for name in each["names"]:
                if (key := label_key(name)) in seen:
                    yield Fault((table, index, "names"), text("profile.name_twice", name=name))
                seen.add(key)


def _choice(
    chosen: str | Mapping[str, Any], at: Path, known: Iterable[str], beside: Sequence[str] = ()
) -> Iterator[Fault]:
    """Check a rule that is named, alone or in a table with its parameters."""
    written: Mapping[str, Any] = {"rule": chosen} if isinstance(chosen, str) else chosen
    rule, names = written.get("rule"), tuple(known)
    here = at if isinstance(chosen, str) else (*at, "rule")
    if rule not in names:
        yield _wrong(here, "enum", names)
        return
    wanted = PARAMETERS.get(rule, {})
    for key, value in written.items():
        if key in wanted:
            yield from _parameter(rule, wanted[key], value, (*at, key))
        elif key != "rule" and key not in beside:
            says = text("profile.foreign", rule=rule, key=key, known=_listed(list(wanted)) or "—")
            yield Fault((*at, key), says)
    missing = [
        key
        for key, each in wanted.items()
        if key not in written and each.default is None and not each.optional
    ]
    if missing:
        yield Fault(here, text("profile.lacks", rule=rule, keys=_listed(missing)))


def _parameter(rule: str, wanted: Parameter, value: Any, at: Path) -> Iterator[Fault]:
    match wanted.kind:
        case Kind.AMOUNT:
            yield from _amount(wanted, value, at)
        case Kind.WORD:
            if value not in wanted.words:
                yield _wrong(at, "enum", wanted.words)
        case Kind.TEXT:
            if not isinstance(value, str):
                yield _wrong(at, "type", text("profile.kind_string"))
        case Kind.TIERS:
            yield from _tier_table(rule, value, at)
        case Kind.RULES:
            yield from _several(value, at)


def _several(value: Any, at: Path) -> Iterator[Fault]:
    """Check the rules of Q20: two at least, none of them Q20 itself."""
    if not isinstance(value, list) or len(value) < 2:
        yield _wrong(at, "minItems", 2)
        return
    allowed = [rule for rule in BY_NAME if rule != "Q20"]
    for index, each in enumerate(value):
        if isinstance(each, (str, dict)):
            yield from _choice(each, (*at, index), allowed)
        else:
            yield _wrong((*at, index), "type", text("profile.kind_rule"))


def _amount(wanted: Parameter, value: Any, at: Path) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        yield _wrong(at, "type", text("profile.kind_number"))
    elif value < wanted.low:
        yield _wrong(at, "minimum", wanted.low)
    elif wanted.high is not None and value > wanted.high:
        yield _wrong(at, "maximum", wanted.high)


def _tier_table(rule: str, value: Any, at: Path) -> Iterator[Fault]:
    bound = "to" if rule == "Q16" else "from"
    if not isinstance(value, list) or not value:
        yield _wrong(at, "type", text("profile.kind_array"))
        return
    for index, tier in enumerate(value):
        if not isinstance(tier, dict) or not set(tier) <= {bound, "points"}:
            yield Fault((*at, index), text("profile.tier", bound=bound))
            return
        for amount in ("points", *(set(tier) & {bound})):
            if isinstance(tier.get(amount), bool) or not isinstance(
                tier.get(amount), (int, Decimal)
            ):
                yield Fault((*at, index), text("profile.tier", bound=bound))
                return
    tiers = [Tier(tier.get(bound), tier["points"]) for tier in value]
    if tiers_fault(rule, tiers):
        yield Fault(at, text(f"profile.tiers_{bound}"))
    if any(tier.points < 0 for tier in tiers):
        yield _wrong(at, "minimum", 0)

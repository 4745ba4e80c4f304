"""How a bureau scores in a year: the profile, read from TOML and checked on loading."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xlflow.config import find_resource, resource_dirs
from xlflow.errors import DefinitionError, UsageError
from xlflow.messages import Text, text
from xlflow.problems import Severity
from xlflow.scoring.faults import faults_of, status_key
from xlflow.scoring.lights import Light, Marks
from xlflow.scoring.lines import lines_of, tables_of
from xlflow.scoring.rules import PARAMETERS, Choice, Kind, Tier, band_rule_of
from xlflow.values import label_key

_NONE: Mapping[str, Any] = MappingProxyType({})
_AROUND = " :：，,、;；-"


@dataclass(frozen=True, slots=True)
class Band:
    """A level of qualitative achievement: its words, and its share of the weight in per cent.

    The share begins at `low` and ends below `high`; only 100 itself belongs to its band. `light`
    is what a form that is monitored shows for it.
    """

    words: tuple[str, ...]
    low: Decimal
    high: Decimal
    takes_top: bool
    light: Light

    def names(self, status: str) -> bool:
        """Return whether a written status is one of the words; width, spaces, full stop aside."""
        return status_key(status) in {status_key(word) for word in self.words}


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade and the lowest total that earns it."""

    name: str
    low: Decimal


@dataclass(frozen=True, slots=True)
class LightRules:
    """How the lights of a monitoring form are found: a rule for each kind, and the thresholds."""

    at_least_rule: str
    at_most_rule: str
    equal_rule: str
    execution_rule: str
    rates_by_month: bool
    marks: Marks


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From where on a reviewer looks twice; all in per cent or per cent points.

    `budget_change`: 全年 against 年初预算; `ahead_of_execution`: the indicators' share of points
    above the execution rate; `unspent`: of the full-year budget; `much_alike`: two texts.
    """

    budget_change: Decimal = Decimal(30)
    ahead_of_execution: Decimal = Decimal(5)
    unspent: Decimal = Decimal(20)
    much_alike: Decimal = Decimal(90)


@dataclass(frozen=True, slots=True)
class Parent:
    """A row that is worth the share of achieved rows under a level 2 (Q5); `over` in per cent."""

    level2: str
    over: Decimal


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The rules of one bureau for one year.

    `written` is the whole it is judged by: its own text, and after it the tables it takes over
    from the profile it is based on. `sha256` is the hash of that.
    """

    name: str
    title: str
    source: str
    sha256: str
    written: str
    system_scores: bool
    total_weight: Decimal
    execution_weight: Decimal
    level_weights: tuple[Mapping[str, Decimal], ...]
    execution: Choice
    over_budget: str
    at_least: Choice
    at_most: Choice
    equal: Choice
    range: Choice
    bare_reads_as: str
    by_name: Mapping[str, Choice]
    parents: Mapping[str, Parent]
    percentage_is_completion: bool
    band_rule: str
    bands: tuple[Band, ...]
    date_percentage_is_completion: bool
    late: Choice | None
    deducts: bool
    by_goals: bool
    deviation_rule: str
    reason_below_weight: bool
    reason_from: Decimal | None
    thresholds: Thresholds
    lights: LightRules
    grades: tuple[Grade, ...]
    severities: Mapping[str, Severity]

    @property
    def execution_full_at(self) -> Decimal:
        """The execution rate from which on points are full, in per cent."""
        full: Decimal = self.execution.params.get("full_at", Decimal(100))
        return full

    def grade_of(self, total: Decimal) -> Grade:
        """Return the grade of a total: the first whose lower bound is reached (bound included)."""
        return next((grade for grade in self.grades if total >= grade.low), self.grades[-1])

    def band_of(self, status: str) -> Band | None:
        """Return the qualitative level a written status names, None when it names none.

        Where a short text stands beside the level (L3) the level comes first.
        """
        found = next((band for band in self.bands if band.names(status)), None)
        if found or self.band_rule != "L3":
            return found
        key = status_key(status)
        starts = (
            (len(start), band)
            for band in self.bands
            for word in band.words
            if key.startswith(start := status_key(word)) and key[len(start)] in _AROUND
        )
        return max(starts, default=(0, None), key=lambda each: each[0])[1]

    def is_bare_level(self, status: str) -> bool:
        """Return whether a status is a level alone, without the text that L3 asks for."""
        return self.band_rule == "L3" and any(band.names(status) for band in self.bands)


def load_profile(name: str, workspace: Path | None = None) -> Profile:
    """Return the profile of that name.

    Raises UsageError when there is none, DefinitionError when the file is wrong.
    """
    return read_profile(name, profile_text(name, workspace))


def profile_text(name: str, workspace: Path | None = None, leading: tuple[str, ...] = ()) -> str:
    """Return the whole text of a profile: its own, and the tables of the one it is based on.

    `leading` are the profiles that lead to this one; a ring of them is a DefinitionError.
    """
    path = find_resource("schemas/profiles", f"{name}.toml", workspace)
    if path is None:
        known = ", ".join(profile_names(workspace))
        raise UsageError(*text("profile.unknown", name=name, known=known))
    try:
        written = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(*text("profile.not_utf8", name=name)) from error
    base = _base_of(name, written)
    if base is None:
        return written
    if base in (name, *leading):
        ring = " → ".join((*leading, name, base))
        raise DefinitionError(*text("profile.ring", name=name, ring=ring))
    return _whole(base, written, profile_text(base, workspace, (*leading, name)))


def profile_names(workspace: Path | None = None) -> tuple[str, ...]:
    """Return the names of all profiles that can be found, sorted."""
    folders = resource_dirs("schemas/profiles", workspace)
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.toml")}))


@cache
def read_profile(name: str, written: str) -> Profile:
    """Return the profile that a whole text describes; raises DefinitionError when it is wrong."""
    data = _data(name, written)
    for fault in faults_of(name, written, data):
        raise DefinitionError(*fault)
    return _profile(name, written, data)


def profile_faults(name: str, workspace: Path | None = None) -> list[Text]:
    """Return all that is wrong with a profile, each with its line; none when it is right."""
    written = profile_text(name, workspace)
    return list(faults_of(name, written, _data(name, written)))


@cache
def _data(name: str, written: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(written, parse_float=_finite)
    except ValueError as error:
        raise DefinitionError(*text("profile.not_toml", name=name, why=error)) from error


def _finite(written: str) -> Decimal:
    number = Decimal(written)
    if not number.is_finite():
        raise ValueError(written)
    return number


# -- one profile based on another ----------------------------------------------------------------


def _base_of(name: str, written: str) -> str | None:
    base = _data(name, written).get("based_on")
    return base if isinstance(base, str) else None


@cache
def _whole(base: str, written: str, base_written: str) -> str:
    """Return a profile's own text and the tables of its base that it does not write itself.

    The lines of its own text stay where they are: a fault is told with the line of the file.
    """
    own = {table for table, _ in tables_of(written)}
    rest = "".join(part for table, part in tables_of(base_written) if table not in own)
    lines = written.splitlines()
    at = lines_of(written)["based_on",] - 1
    lines[at] = f"# {lines[at]}"
    return "\n".join([*lines, "", f"# {base}:", rest])


# -- from data to the record ---------------------------------------------------------------------


def _profile(name: str, written: str, data: Mapping[str, Any]) -> Profile:
    qualitative, quantitative, date = data["qualitative"], data["quantitative"], data["date"]
    spans = frozenset((Decimal(band["from"]), Decimal(band["to"])) for band in qualitative["bands"])
    return Profile(
        name=name,
        title=data["title"],
        source=data["source"],
        sha256=hashlib.sha256(written.encode()).hexdigest(),
        written=written,
        system_scores=data["who_scores"] == "system",
        total_weight=Decimal(data["weights"]["total"]),
        execution_weight=Decimal(data["weights"]["execution"]),
        level_weights=tuple(
            {level: Decimal(points) for level, points in each.items()}
            for each in data["weights"].get("levels", ())
        ),
        execution=_choice(data["execution"]),
        over_budget=data["execution"].get("over_budget", "capped"),
        at_least=_choice(quantitative["at_least"]),
        at_most=_choice(quantitative["at_most"]),
        equal=_choice(quantitative["equal"]),
        range=_choice(quantitative["range"]),
        bare_reads_as=quantitative["bare"],
        by_name={
            label_key(indicator): choice
            for each in data.get("indicators", ())
            for choice in [_choice(each)]
            for indicator in each["names"]
        },
        parents={
            label_key(row): Parent(label_key(each["level2"]), Decimal(each.get("over", 130)))
            for each in data.get("parents", ())
            for row in each["names"]
        },
        percentage_is_completion=qualitative["percentage"] == "completion",
        band_rule=qualitative.get("rule") or band_rule_of(spans),
        bands=tuple(_band(band) for band in qualitative["bands"]),
        date_percentage_is_completion=date["percentage"] == "completion",
        late=_late(date),
        deducts="deduction" in data,
        by_goals="goals" in data,
        deviation_rule=data["deviation"]["rule"],
        reason_below_weight=data["reason"]["below_weight"],
        reason_from=_amount(data["reason"].get("from")),
        thresholds=Thresholds(**{k: Decimal(v) for k, v in data.get("review", {}).items()}),
        lights=_light_rules(data["lights"]),
        grades=tuple(Grade(grade["name"], Decimal(grade["from"])) for grade in data["grades"]),
        severities={code: Severity(word) for code, word in data.get("severities", {}).items()},
    )


def _choice(chosen: str | Mapping[str, Any]) -> Choice:
    """Return the rule that is named, with the parameters given and the defaults of the others."""
    written: Mapping[str, Any] = {"rule": chosen} if isinstance(chosen, str) else chosen
    rule = str(written["rule"])
    params: dict[str, Any] = {}
    for key, wanted in PARAMETERS.get(rule, _NONE).items():
        value = written.get(key)
        if value is None:
            if wanted.default is not None:
                params[key] = wanted.default
        elif wanted.kind is Kind.AMOUNT:
            params[key] = Decimal(value)
        elif wanted.kind is Kind.TIERS:
            params[key] = tuple(
                Tier(_amount(tier.get("to" if rule == "Q16" else "from")), Decimal(tier["points"]))
                for tier in value
            )
        elif wanted.kind is Kind.RULES:
            params[key] = tuple(_choice(each) for each in value)
        else:
            params[key] = value
    return Choice(rule, params)


def _late(date: Mapping[str, Any]) -> Choice | None:
    if date["late"] == "points":
        return Choice("D2", {"per": date["per"], "points": Decimal(date["points"])})
    return Choice("D1") if date["late"] == "zero" else None


def _band(band: Mapping[str, Any]) -> Band:
    low, high = Decimal(band["from"]), Decimal(band["to"])
    takes_top = low == high or band.get("points") == "top"
    return Band(tuple(band["words"]), low, high, takes_top, Light(band["light"]))


def _amount(number: Any) -> Decimal | None:
    return None if number is None else Decimal(number)


def _light_rules(lights: Mapping[str, Any]) -> LightRules:
    return LightRules(
        at_least_rule=lights["at_least"],
        at_most_rule=lights["at_most"],
        equal_rule=lights["equal"],
        execution_rule=lights["execution"],
        rates_by_month=lights["rates"] == "by_month",
        marks=Marks(*(Decimal(lights[key]) for key in ("red_below", "yellow_below", "blue_from"))),
    )

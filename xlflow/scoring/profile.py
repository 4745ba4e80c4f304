"""How a bureau scores in a year: the profile, read from TOML and checked on loading."""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from xlflow.config import find_resource, resource_dirs
from xlflow.errors import DefinitionError, UsageError
from xlflow.forms.validator import decimal_validator
from xlflow.messages import Text, problem_texts, text
from xlflow.problems import Severity
from xlflow.scoring.lights import Light, Marks
from xlflow.scoring.rules import rounded
from xlflow.values import normalise


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
        return _status_key(status) in {_status_key(word) for word in self.words}


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


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The rules of one bureau for one year; `sha256` is the hash of the text it was read from."""

    name: str
    title: str
    source: str
    sha256: str
    written: str
    system_scores: bool
    total_weight: Decimal
    execution_weight: Decimal
    level_weights: tuple[Mapping[str, Decimal], ...]
    execution_rule: str
    execution_full_at: Decimal
    at_least_rule: str
    at_most_rule: str
    equal_rule: str
    range_rule: str
    bare_reads_as: str
    percentage_is_completion: bool
    bands: tuple[Band, ...]
    date_percentage_is_completion: bool
    late_is_zero: bool
    deviation_rule: str
    reason_below_weight: bool
    reason_from: Decimal | None
    thresholds: Thresholds
    lights: LightRules
    grades: tuple[Grade, ...]
    severities: Mapping[str, Severity]

    def grade_of(self, total: Decimal) -> Grade:
        """Return the grade of a total: the first whose lower bound is reached (bound included)."""
        return next((grade for grade in self.grades if total >= grade.low), self.grades[-1])

    def band_of(self, status: str) -> Band | None:
        """Return the qualitative level a written status names, None when it names none."""
        return next((band for band in self.bands if band.names(status)), None)


def to_cents(points: Decimal) -> Decimal:
    """Return points rounded half up to two decimals.

    >>> to_cents(Decimal("8.185")), to_cents(Decimal("9.1"))
    (Decimal('8.19'), Decimal('9.10'))
    """
    return rounded(points, 2)


def load_profile(name: str, workspace: Path | None = None) -> Profile:
    """Return the profile of that name.

    Raises UsageError when there is none, DefinitionError when the file is wrong.
    """
    path = find_resource("schemas/profiles", f"{name}.toml", workspace)
    if path is None:
        known = ", ".join(profile_names(workspace))
        raise UsageError(*text("profile.unknown", name=name, known=known))
    try:
        written = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DefinitionError(*text("profile.not_utf8", name=path.stem)) from error
    return read_profile(path.stem, written)


def profile_names(workspace: Path | None = None) -> tuple[str, ...]:
    """Return the names of all profiles that can be found, sorted."""
    folders = resource_dirs("schemas/profiles", workspace)
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.toml")}))


@cache
def read_profile(name: str, written: str) -> Profile:
    """Return the profile that a TOML text describes; raises DefinitionError when it is wrong."""
    try:
        data = tomllib.loads(written, parse_float=_finite)
    except ValueError as error:
        raise DefinitionError(*text("profile.not_toml", name=name, why=error)) from error
    faults = sorted(_validator().iter_errors(data), key=lambda fault: list(map(str, fault.path)))
    for fault in faults:
        raise _wrong(name, fault)
    _check_grades(name, data["grades"])
    _check_bands(name, data["qualitative"]["bands"])
    _check_marks(name, data["lights"])
    _check_severities(name, data.get("severities", {}))
    return _profile(name, written, data)


def _finite(written: str) -> Decimal:
    number = Decimal(written)
    if not number.is_finite():
        raise ValueError(written)
    return number


def _wrong(name: str, fault: ValidationError) -> DefinitionError:
    """Return the exception for a profile that its schema refuses, in plain words."""
    given: Any = fault.instance
    schema: Any = fault.schema
    limit: Any = fault.validator_value
    match fault.validator:
        case "required":
            limit = [key for key in limit if key not in given]
        case "additionalProperties":
            limit = [key for key in given if key not in schema["properties"]]
        case "type":
            limit = text(f"profile.kind_{limit}")
    why = text(f"profile.fault_{fault.validator}")
    zh, en = limit if isinstance(limit, Text) else (_listed(limit),) * 2
    where = ".".join(str(step) for step in fault.path) or name
    return DefinitionError(
        text("profile.wrong", name=name, where=where, why=why.zh, limit=zh).zh,
        text("profile.wrong", name=name, where=where, why=why.en, limit=en).en,
    )


def _listed(limit: object) -> str:
    return ", ".join(map(str, limit)) if isinstance(limit, list) else str(limit)


def _check_grades(name: str, grades: list[Mapping[str, Any]]) -> None:
    """Refuse grades that leave a gap at the bottom, stand out of order or share a name."""
    bounds = [Decimal(grade["from"]) for grade in grades]
    names = {grade["name"] for grade in grades}
    if bounds[-1] != 0 or bounds != sorted(set(bounds), reverse=True) or len(names) != len(grades):
        raise DefinitionError(*text("profile.grades", name=name))


def _check_bands(name: str, bands: list[Mapping[str, Any]]) -> None:
    """Refuse levels that are upside down, overlap, or share a word."""
    spans = sorted((Decimal(band["from"]), Decimal(band["to"])) for band in bands)
    words = [_status_key(word) for band in bands for word in band["words"]]
    if (
        any(low >= high for low, high in spans)
        or any(one[1] > other[0] for one, other in pairwise(spans))
        or len(set(words)) != len(words)
    ):
        raise DefinitionError(*text("profile.bands", name=name))


def _check_marks(name: str, lights: Mapping[str, Any]) -> None:
    """Refuse thresholds that are out of order: one of the lights could never be seen."""
    if not lights["red_below"] < lights["yellow_below"] < lights["blue_from"]:
        raise DefinitionError(*text("profile.lights", name=name))


def _check_severities(name: str, codes: Iterable[str]) -> None:
    """Refuse a code that no check of a form has: a slip of the pen would change nothing."""
    known = {code for code in problem_texts() if not code.startswith("F")}
    if unknown := sorted(set(codes) - known):
        raise DefinitionError(*text("profile.severities", name=name, codes="、".join(unknown)))


def _status_key(status: str) -> str:
    return normalise(status).rstrip("。.;,")


@cache
def _validator() -> Validator:
    path = find_resource("schemas/profiles", "profile.schema.json")
    if path is None:
        raise DefinitionError(*text("profile.unknown", name="profile.schema.json", known=""))
    return decimal_validator(json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal))


def _profile(name: str, written: str, data: Mapping[str, Any]) -> Profile:
    qualitative, quantitative = data["qualitative"], data["quantitative"]
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
        execution_rule=data["execution"]["rule"],
        execution_full_at=Decimal(data["execution"]["full_at"]),
        at_least_rule=quantitative["at_least"],
        at_most_rule=quantitative["at_most"],
        equal_rule=quantitative["equal"],
        range_rule=quantitative["range"],
        bare_reads_as=quantitative["bare"],
        percentage_is_completion=qualitative["percentage"] == "completion",
        bands=tuple(
            Band(
                tuple(band["words"]),
                Decimal(band["from"]),
                Decimal(band["to"]),
                band.get("points") == "top",
                Light(band["light"]),
            )
            for band in qualitative["bands"]
        ),
        date_percentage_is_completion=data["date"]["percentage"] == "completion",
        late_is_zero=data["date"]["late"] == "zero",
        deviation_rule=data["deviation"]["rule"],
        reason_below_weight=data["reason"]["below_weight"],
        reason_from=_amount(data["reason"].get("from")),
        thresholds=Thresholds(**{k: Decimal(v) for k, v in data.get("review", {}).items()}),
        lights=_light_rules(data["lights"]),
        grades=tuple(Grade(grade["name"], Decimal(grade["from"])) for grade in data["grades"]),
        severities={code: Severity(word) for code, word in data.get("severities", {}).items()},
    )


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

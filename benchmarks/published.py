"""Score the self-evaluation tables that public bodies published, and say which rows agree.

Run `python benchmarks/published.py [TABLES.json [RULES.json]]`. Each table is scored by one
profile, chosen by its region and year before any score of it is looked at. A row is

- reproduced: the computed score, rounded to the decimals that were printed, is the printed one;
- a printed error: it is not, and a rule that the region itself printed (RULES.json) was followed;
- discretionary: it is not, and no printed rule of that region says how such a row is scored;
- unknown: nothing is computed, and the sentence says why; a level's band is checked instead.

Rows with full marks and rows with lost points are counted apart, for full marks are easy. Exits 1
when a computed number is contradicted by the printed rule of its own region.
"""

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from xlflow.review.case import decimals_written, rounds_to
from xlflow.scoring import Profile, judge, load_profile
from xlflow.scoring.verdict import Verdict, judge_execution
from xlflow.values import Op, parse_target

PUBLISHED = Path(__file__).parents[2] / "shared" / "published"
HUNDRED = Decimal(100)

# The profile of a region, the longest name first; elsewhere the national rules of the year.
REGIONS = {
    "湖南省岳阳市": "hunan-yueyang",
    "四川省遂宁市": "sichuan-suining",
    "广西": "guangxi",
    "天津": "tianjin",
    "湖北省": "hubei",
    "湖北省黄石市": "hubei-huangshi",
    "山东省济南市历城区": "jinan-licheng",
}
COST_RULES_FROM = 2022
# A printed rule that says how a row is scored states an arithmetic, not a limit or a word.
_ARITHMETIC = re.compile(r"[A-Z]/[A-Z]|[*÷×]")
KINDS = ("reproduced", "printed error", "discretionary", "unknown")


@dataclass(frozen=True, slots=True)
class Printed:
    """A row as it was published; `topic` is the kind of rule it falls under."""

    table: str
    region: str
    name: str
    topic: str
    weight: Decimal
    score: Decimal
    raw_score: str
    target: str = ""
    actual: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A published row beside what is computed for it."""

    row: Printed
    profile: str
    verdict: Verdict
    kind: str
    band: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tables", nargs="?", type=Path, default=PUBLISHED / "tables.json")
    parser.add_argument("rules", nargs="?", type=Path, default=PUBLISHED / "rules.json")
    options = parser.parse_args()
    tables, rules = read_json(options.tables), read_json(options.rules)
    compared = list(compare(tables, rules))
    print("\n".join(report(compared, tables)))
    return 1 if contradicted(compared) else 0


def read_json(path: Path) -> list[dict[str, Any]]:
    """Return the records of a JSON file, its numbers as decimals."""
    records: list[dict[str, Any]] = json.loads(
        path.read_text(encoding="utf-8"), parse_float=Decimal, parse_int=Decimal
    )
    return records


def compare(
    tables: Iterable[Mapping[str, Any]], rules: Sequence[Mapping[str, Any]]
) -> Iterator[Compared]:
    """Yield each published row that prints a weight and a score, beside what is computed."""
    for table in tables:
        profile = load_profile(profile_for(table))
        year = int(table["year"]) if table["year"] else None
        funds = table["funds"] or {}
        if has_points(funds) and funds["full_year_budget"] and funds["executed"] is not None:
            row = printed(table, funds, "fund", "预算执行率")
            verdict = judge_execution(
                funds["full_year_budget"], funds["executed"], row.weight, profile
            )
            yield compared_with(row, profile, verdict, rules)
        for each in table["indicators"]:
            if has_points(each):
                yield indicator(table, each, year, profile, rules)


def profile_for(table: Mapping[str, Any]) -> str:
    """Return the profile of a table's region and year; no score is looked at."""
    region = table["region"] or ""
    named = (REGIONS[name] for name in sorted(REGIONS, key=len, reverse=True) if name in region)
    late = table["year"] and table["year"] >= COST_RULES_FROM
    return next(named, "national-2021-cost" if late else "national-2020")


def has_points(row: Mapping[str, Any]) -> bool:
    """Return whether a row prints both a weight and a score."""
    return row.get("weight") is not None and row.get("score") is not None


def indicator(
    table: Mapping[str, Any],
    each: Mapping[str, Any],
    year: int | None,
    profile: Profile,
    rules: Sequence[Mapping[str, Any]],
) -> Compared:
    target = parse_target(each["target"] or "", year=year)
    actual = parse_target(each["actual"] or "", year=year)
    topic = "qualitative" if target.op in (Op.QUAL, Op.DATE) else "quantitative"
    row = printed(table, each, topic, each["level3"] or "")
    verdict = judge(target, actual, row.weight, profile, name=row.name)
    return compared_with(row, profile, verdict, rules)


def printed(table: Mapping[str, Any], cells: Mapping[str, Any], topic: str, name: str) -> Printed:
    return Printed(
        table=table["id"],
        region=table["region"] or "",
        name=name,
        topic=topic,
        weight=Decimal(cells["weight"]),
        score=Decimal(cells["score"]),
        raw_score=f"{Decimal(cells['score']).normalize():f}",
        target=str(cells.get("target") or ""),
        actual=str(cells.get("actual") or ""),
    )


def compared_with(
    row: Printed, profile: Profile, verdict: Verdict, rules: Sequence[Mapping[str, Any]]
) -> Compared:
    return Compared(row, profile.name, verdict, kind_of(row, verdict, rules), band(row, profile))


def kind_of(row: Printed, verdict: Verdict, rules: Sequence[Mapping[str, Any]]) -> str:
    if verdict.points is None:
        return "unknown"
    if rounds_to(verdict.points, row.score, decimals_written(row.raw_score)):
        return "reproduced"
    own = any(rule["topic"] == row.topic and governs(rule, row) for rule in rules)
    return "printed error" if own else "discretionary"


def governs(rule: Mapping[str, Any], row: Printed) -> bool:
    """Return whether a printed rule says how a row of this region, or a part of it, is scored."""
    states_how = _ARITHMETIC.search(rule["rule_text"]) is not None
    return bool(rule["region"]) and row.region.startswith(rule["region"]) and states_how


def band(row: Printed, profile: Profile) -> str:
    """Return whether a printed score lies in the band of the level that was written."""
    level = profile.band_of(row.actual) if row.topic == "qualitative" and row.weight else None
    if level is None:
        return ""
    share = row.score / row.weight * HUNDRED
    inside = level.low <= share and (share < level.high or share == level.high == HUNDRED)
    return "inside its band" if inside else "outside its band"


def contradicted(compared: Iterable[Compared]) -> list[Compared]:
    """Return the rows where a number is computed that the region's own printed rule refuses.

    A printed error is one of ours when the profile does not follow the printed rule: the rule's
    arithmetic, A÷T or T÷A or E÷B times the weight, capped at the weight, is done here again.
    """
    return [
        each
        for each in compared
        if each.kind == "printed error" and not any(follows(each, way) for way in by_hand(each))
    ]


def follows(each: Compared, points: Decimal) -> bool:
    return each.verdict.points is not None and abs(each.verdict.points - points) < Decimal("0.005")


def by_hand(each: Compared) -> Iterator[Decimal]:
    target, actual = parse_target(each.row.target), parse_target(each.row.actual)
    for above, below in ((actual.value, target.value), (target.value, actual.value)):
        if above is not None and below:
            yield min(each.row.weight, max(Decimal(0), each.row.weight * above / below))


def report(compared: Sequence[Compared], tables: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of the report: counts, then each row that is not reproduced."""
    yield f"{len(tables)} tables, {len(compared)} rows that print a weight and a score"
    yield ""
    yield f"{'':18}" + "".join(f"{kind:>15}" for kind in KINDS)
    full = [each for each in compared if each.row.score == each.row.weight]
    lost = [each for each in compared if each.row.score != each.row.weight]
    for title, group in (("full marks", full), ("lost points", lost)):
        counts = Counter(each.kind for each in group)
        yield f"{title:18}" + "".join(f"{counts[kind]:>15}" for kind in KINDS)
    yield ""
    for kind in KINDS[1:]:
        yield f"# {kind}"
        yield from (line(each) for each in compared if each.kind == kind)
        yield ""
    wrong = contradicted(compared)
    yield f"Computed numbers that a region's own printed rule contradicts: {len(wrong)}"
    yield from (line(each) for each in wrong)


def line(each: Compared) -> str:
    row = each.row
    points = each.verdict.points
    computed = "-" if points is None else f"{points:.2f}"
    said = f"{row.target} | {row.actual}" if row.topic != "fund" else "E÷B"
    band = f" ({each.band})" if each.band else ""
    return (
        f"{row.table} {row.region} [{each.profile}] {row.name}: {said}; weight {row.weight:f}, "
        f"printed {row.raw_score}, computed {computed}{band}. {each.verdict.explanation.zh}"
    )


if __name__ == "__main__":
    raise SystemExit(main())

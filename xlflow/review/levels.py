"""Checks of the tree of indicators: are its levels there, and do their weights agree."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from xlflow.problems import Severity
from xlflow.review.case import TOLERANCE, Case, Check, Finding, in_quotes
from xlflow.scoring.engine import INDICATORS
from xlflow.scoring.rows import Row, number, rows_of
from xlflow.scoring.rules import plain
from xlflow.values import label_key

# Local trees call the same things otherwise: 效果目标, 影响力目标, 项目完成, 产出与效果.
_OUTPUT = re.compile("产出|完成|数量|质量|时效|绩效")
_BENEFIT = re.compile("效益|效果|成效|影响|绩效")
_SATISFIED = re.compile("满意|影响力")
_COST = re.compile("成本")
# By these a tree is known as one that the national levels can be asked of.
_KNOWN_TREE = re.compile("^(?:产出|效益|效果|满意|成本|投入|影响)")
_PRINTED = re.compile(r"[(（]\s*(?:共|满分|权重)?\s*([0-9]{1,3}(?:\.[0-9]+)?)\s*分?\s*[)）]")
_LEVELS = ("level1", "level2")


def levels_are_there(case: Case) -> Iterator[Finding]:
    """产出 and 效益 are among the level-1 dimensions, by whatever name; 满意度 somewhere.

    成本 where every set of weights the profile permits has it. Targets without any 产出 are an
    error; all else is asked, for a project may be without, and who reports on targets can not
    change them. A tree of which no level is known is a local one: nothing is asked of it, nor of
    blank levels.
    """
    if case.form.monitors:  # its tree is the target form's
        return
    rows = [row for _, row in rows_of(case.document, INDICATORS) if row.get("level3")]
    firsts = {level for row in rows if isinstance(level := row.get("level1"), str)}
    if not any(_KNOWN_TREE.match(label_key(level)) for level in firsts):
        return
    levels = _names(rows, *_LEVELS)
    everything = f"{levels} {_names(rows, 'level3')}"
    permitted = case.profile.level_weights
    with_cost = bool(permitted) and all(each.get("成本") for each in permitted)
    there = {
        "产出": _OUTPUT.search(levels),
        "效益": _BENEFIT.search(levels),
        "满意度": _SATISFIED.search(everything),
        "成本": not with_cost or _COST.search(levels),
    }
    if missing := [name for name, found in there.items() if not found]:
        sets_targets = case.form.root.child("totals") is None
        grave = sets_targets and "产出" in missing
        yield Finding(
            case.place(f"{INDICATORS}/0/level1"),
            {"name": "、".join(missing)},
            None if grave else Severity.WARNING,
        )


def _names(rows: Iterable[Row], *keys: str) -> str:
    return " ".join({str(row[key]) for row in rows for key in keys if row.get(key)})


def parts_add_up_to_printed_weights(case: Case) -> Iterator[Finding]:
    """Where a level prints its own weight, 产出指标（50分）, its indicators add up to it."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    first: dict[tuple[str, str], str] = {}
    for at, row in rows_of(case.document, INDICATORS):
        weight = number(row.get("weight")) or Decimal(0)
        for key in _LEVELS:
            name = row.get(key)
            if isinstance(name, str) and _PRINTED.search(name):
                group = (str(row.get("level1")), name) if key == "level2" else (name, "")
                sums[group] += weight
                first.setdefault(group, f"{at}/{key}")
    for group, together in sums.items():
        name = group[1] or group[0]
        printed = _PRINTED.search(name)
        if printed and together and abs(together - Decimal(printed[1])) > TOLERANCE:
            yield Finding(
                case.place(first[group]),
                {"name": in_quotes(name), "wanted": printed[1], "sum": plain(together)},
            )


def level_weights_are_permitted(case: Case) -> Iterator[Finding]:
    """The weights by level 1 are one of the sets that the profile permits; without any none."""
    permitted = case.profile.level_weights
    rows = [(row, row.get("weight")) for _, row in rows_of(case.document, INDICATORS)]
    if not permitted or any(not isinstance(weight, Decimal) for _, weight in rows):
        return
    stems = {stem for weights in permitted for stem in weights}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row, weight in rows:
        level = label_key(str(row.get("level1") or ""))
        stem = next((each for each in stems if level.startswith(each)), None)
        if stem is None:  # a tree of its own: the profile says nothing of it
            return
        sums[stem] += weight or Decimal(0)
    if sums and not any(_same(sums, weights) for weights in permitted):
        yield Finding(
            case.place(f"{INDICATORS}/0/weight"),
            {"found": _listed(sums), "permitted": "；".join(map(_listed, permitted))},
        )


def _same(sums: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> bool:
    levels = sums.keys() | weights.keys()
    none = Decimal(0)
    return all(abs(sums.get(each, none) - weights.get(each, none)) <= TOLERANCE for each in levels)


def _listed(weights: Mapping[str, Decimal]) -> str:
    return "、".join(f"{level}{plain(weight)}" for level, weight in weights.items())


LEVEL_CHECKS: Mapping[str, Check] = {"C05": levels_are_there}
LEVEL_WEIGHT_CHECKS: Mapping[str, Check] = {
    "C31": parts_add_up_to_printed_weights,
    "C32": level_weights_are_permitted,
}

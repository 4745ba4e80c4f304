"""Every explanation, read as a person reads it: what it prints is reckoned again with a pencil."""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from xlflow.demo import Played
from xlflow.pipeline import open_ledger
from xlflow.scoring import Profile, Verdict, judge, load_profile
from xlflow.scoring.rules import PARAMETERS, Choice, Tier, plain, rounded
from xlflow.scoring.score import Score
from xlflow.scoring.verdict import judge_execution
from xlflow.values import Op, parse_target

NATIONAL = load_profile("national-2020")
UNDECIDED = ("未测算，暂按自评得分计入。", "，未亮灯。")
CAUSE = re.compile(r"因为|由于|原因|导致|所以")
PART = re.compile(r"[0-9]+(?:\.[0-9]+)?%?|max|[×÷+\-(),|]")
EXECUTION = re.compile(r"预算数(-?[0-9.]+)，.*?执行数(-?[0-9.]+)，执行率(-?[0-9.]+)%")
PAIR = re.compile(
    r"^目标(?P<target>[^“].*?)，实际(?P<actual>.+?)(?:（按(?P<read>-?[0-9.]+).*?）)?[，；]"
)
DIFFERENCE = re.compile(r"(?:低于目标|高于目标|离目标还差)(?P<by>[0-9.]+)")
DEVIATION = re.compile(r"偏差度(-?[0-9.]+)%")
OUTCOME = re.compile(
    r"(?:(?P<sum>[^：，；]*)＝|得满分|得)(?P<points>[0-9.]+)分(?:，扣(?P<lost>[0-9.]+)分)?。"
)
TIER = re.compile(
    r"(?P<it>-?[0-9.]+)%?(?:不低于(?P<ge>[0-9.]+)|不高于(?P<le>[0-9.]+)|高于(?P<gt>[0-9.]+)"
    r"|在(?P<low>[0-9.]+)%?（(?P<edge>不?含)）至(?P<high>[0-9.]+))"
)


def half_up(exact: Fraction, places: int = 2) -> Decimal:
    """Round half away from zero, by whole numbers alone."""
    scaled = abs(exact) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


class Pencil:
    """Reckons a printed arithmetic; units between the numbers mean nothing to it."""

    def __init__(self, written: str) -> None:
        self.left = PART.findall(written.replace("max(", "max ("))

    def reckon(self) -> Fraction:
        value = self._sum()
        assert not self.left
        return value

    def _sum(self) -> Fraction:
        value = self._product()
        while self.left and self.left[0] in "+-":
            value += self._product() if self.left.pop(0) == "+" else -self._product()
        return value

    def _product(self) -> Fraction:
        value = self._one()
        while self.left and self.left[0] in "×÷":
            value = value * self._one() if self.left.pop(0) == "×" else value / self._one()
        return value

    def _one(self) -> Fraction:
        part = self.left.pop(0)
        if part == "-":
            return -self._one()
        if part == "max":
            return self._best()
        if part in "(|":
            value = self._sum()
            assert self.left.pop(0) == (")" if part == "(" else part)
            return value if part == "(" else abs(value)
        return Fraction(part.rstrip("%")) / (100 if part.endswith("%") else 1)

    def _best(self) -> Fraction:
        self.left.pop(0)
        values = [self._sum()]
        while self.left.pop(0) == ",":
            values.append(self._sum())
        return max(values)


def points_follow(sentence: str, weight: Decimal, points: Decimal) -> None:
    """Reckon points and lost points again; a deduction starts from the points before it."""
    start, of = 0, weight
    outcomes = list(OUTCOME.finditer(sentence))
    assert outcomes, sentence
    for found in outcomes:
        printed = Decimal(found["points"])
        if found["sum"]:
            exact = Pencil(found["sum"]).reckon()
            assert half_up(exact) == printed, sentence
        elif "得满分" in found[0]:
            assert printed == rounded(of, 2), sentence
        if found["lost"] is not None:
            assert Decimal(found["lost"]) == rounded(of, 2) - printed, sentence
        else:
            assert printed == rounded(of, 2), sentence
        start, of = found.end(), printed
    assert start == len(sentence), sentence
    assert of == rounded(points, 2), sentence


def tier_holds(sentence: str) -> None:
    for found in TIER.finditer(sentence.rpartition("计分：")[2]):
        bounds = {key: Decimal(value) for key, value in found.groupdict().items()
                  if value and key != "edge"}  # fmt: skip
        it = bounds["it"]
        assert it >= bounds.get("ge", it)
        assert it <= bounds.get("le", it)
        assert "gt" not in bounds or it > bounds["gt"]
        if found["edge"] == "含":
            assert bounds["low"] <= it < bounds["high"]
        elif found["edge"]:
            assert bounds["low"] < it <= bounds["high"]


def both_numbers(sentence: str) -> tuple[Fraction, Fraction, bool] | None:
    """Return the target that counts and the actual as printed, and whether less is better."""
    if found := EXECUTION.search(sentence):
        budget, executed = Fraction(found[1]), Fraction(found[2])
        exact = executed / budget * 100
        places = len(found[3].partition(".")[2])
        assert half_up(exact, places) == Decimal(found[3]), sentence
        full = re.search(r"执行率达到([0-9.]+)%得满分", sentence)
        return Fraction(full[1]) if full else Fraction(100), Fraction(found[3]), False
    found = PAIR.match(sentence)
    if found is None:
        return None
    target, actual = parse_target(found["target"]), parse_target(found["actual"])
    value = Decimal(found["read"]) if found["read"] else actual.value
    if target.value is None or value is None:
        return None
    above = target.op in (Op.LE, Op.LT) or "高于目标" in sentence
    bound = target.value_high if above and target.value_high is not None else target.value
    return Fraction(bound), Fraction(value), above


def deviation_of(rule: str, numbers: tuple[Fraction, Fraction, bool], met: bool) -> Fraction | None:
    target, actual, lower_is_better = numbers
    if rule == "V3" and met:
        return Fraction(0)
    if not target:
        return None
    if rule == "V5":
        done = min(Fraction(1), actual / target)
        return None if lower_is_better or target < 0 else (1 - done) * 100
    share = (actual - target) / target * 100
    return abs(share) if rule == "V2" else share


def recomputed(
    sentence: str, weight: Decimal, points: Decimal, deviation: Decimal | None, rule: str = "V3"
) -> None:
    """Reckon a decided row again from nothing but its sentence."""
    assert not CAUSE.search(sentence)
    points_follow(sentence.rpartition("；")[2] if "；" in sentence else sentence, weight, points)
    tier_holds(sentence)
    printed = DEVIATION.search(sentence)
    assert (Decimal(printed[1]) if printed else None) == deviation, sentence
    numbers = both_numbers(sentence)
    if numbers is None:
        return
    target, actual, _ = numbers
    if found := DIFFERENCE.search(sentence):
        places = len(found["by"].partition(".")[2])
        assert half_up(abs(actual - target), places) == Decimal(found["by"]), sentence
    if printed and rule != "V4":
        met = "达到目标，" in sentence
        exact = deviation_of(rule, numbers, met)
        assert exact is not None
        assert half_up(exact) == deviation, sentence


# -- the demo ------------------------------------------------------------------------------------


def rows_of_the_demo(played: Played) -> Iterator[Score]:
    with open_ledger(played.workspace) as ledger:
        for rows in ledger.scores_of(ledger.submissions()).values():
            yield from rows


def test_every_explanation_of_the_demo_is_recomputed(played: Played) -> None:
    decided = undecided = lights = 0
    for row in rows_of_the_demo(played):
        assert not CAUSE.search(row.explanation)
        if row.explanation.endswith(UNDECIDED):
            assert (row.computed, row.light) == (None, None)
            undecided += 1
        elif row.weight is None:
            light_follows(row)
            lights += 1
        else:
            assert row.computed is not None
            recomputed(row.explanation, row.weight, row.computed, row.deviation)
            decided += 1
    assert (decided > 60, undecided > 0, lights > 10) == (True, True, True)


def light_follows(row: Score) -> None:
    """Reckon the progress of a monitoring row again from its sentence."""
    sentence = row.explanation
    printed = re.search(r"进度(-?[0-9.]+)%", sentence)
    assert (Decimal(printed[1]) if printed else None) == row.progress
    if printed is None:
        return
    if found := re.search(r"执行率(-?[0-9.]+)%，应达到([0-9.]+)%", sentence):
        rate, due = map(Fraction, found.groups())
        assert abs(rate / due * 100 - Fraction(printed[1])) <= Fraction(2, 100)
        return
    found = re.search(r"应完成([0-9.]+).*?，实际([0-9.]+).*?(?:（按([0-9.]+))?", sentence)
    assert found, sentence
    done = Fraction(found[3] or found[2])
    assert half_up(done / Fraction(found[1]) * 100) == Decimal(printed[1]), sentence


# -- all rules -----------------------------------------------------------------------------------

TIERS = tuple(Tier(Decimal(b), Decimal(p)) for b, p in ((90, 10), (80, 8), (60, 5), (0, 0)))
UP = (
    *(Tier(Decimal(b), Decimal(p)) for b, p in ((0, 10), (10, 8), (30, 5))),
    Tier(None, Decimal(0)),
)
CUTS = (Tier(Decimal(200), Decimal(50)), Tier(Decimal(130), Decimal(90)))
TEN = Decimal(10)
RULES: dict[str, list[Choice]] = {
    "≥": [
        Choice("Q1"), Choice("Q2", {"over": Decimal(120)}),
        Choice("Q3", {"over": Decimal(130), "slope": Decimal(1)}),
        Choice("Q3", {"over": Decimal(110), "slope": Decimal("0.5")}),
        Choice("Q4", {"tiers": CUTS}), Choice("Q5", {"over": Decimal(130)}),
        Choice("Q6", {"mark": Decimal(60)}), Choice("Q13"),
        Choice("Q20", {"rules": (Choice("Q1"), Choice("Q6", {"mark": Decimal(60)}))}),
    ],
    "≤": [
        Choice("Q7"), Choice("Q8"), Choice("Q9"), Choice("D3"), Choice("Q13"),
        Choice("Q20", {"rules": (Choice("Q7"), Choice("Q8"))}),
    ],
    "=": [Choice("Q10"), Choice("Q11"), Choice("Q12")],
}  # fmt: skip
OWN = [
    Choice("Q15", {"tiers": TIERS, "of": TEN, "unit": "%"}),
    Choice("Q16", {"tiers": UP, "of": TEN, "unit": "%"}),
    *(Choice("Q17", {"mark": TEN, "points": Decimal("0.3"), "part_points": part})
      for part in ("exact", "floor", "ceil", "undecided")),
    Choice("Q18", {"factor": TEN, "limit": TEN}), Choice("Q23"),
]  # fmt: skip
EXECUTIONS = [
    Choice("X1", {"full_at": Decimal(100)}), Choice("X2", {"full_at": Decimal(90)}),
    Choice("X3", {"full_at": Decimal(95)}), Choice("X4"),
    Choice("X5", {"zero_below": Decimal(60)}), Choice("X6", {"tiers": TIERS, "of": TEN}),
    Choice("X8"),
]  # fmt: skip
WEIGHTS = st.sampled_from(["0", "0.5", "1", "2", "3", "4.5", "8", "10", "12.5"]).map(Decimal)
AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=99_999, places=2).map(plain)
COUNTS = st.integers(min_value=0, max_value=300).map(str)
SHARES = st.decimals(min_value=0, max_value=140, places=2).map(plain)
DEVIATIONS = st.sampled_from(["V1", "V2", "V3", "V4", "V5"])


def assert_recomputed(verdict: Verdict, weight: Decimal, profile: Profile) -> None:
    if verdict.points is None:
        assert verdict.explanation.zh.endswith(UNDECIDED)
        return
    assert 0 <= verdict.points <= weight
    recomputed(
        verdict.explanation.zh, weight, verdict.points, verdict.deviation, profile.deviation_rule
    )


@given(data=st.data(), weight=WEIGHTS, deviation=DEVIATIONS, sign=st.sampled_from(["≥", "≤", "="]))
def test_each_rule_for_numbers(
    data: st.DataObject, weight: Decimal, deviation: str, sign: str
) -> None:
    numbers, unit = data.draw(
        st.sampled_from([(SHARES, "%"), (COUNTS, "件"), (AMOUNTS, "万元"), (AMOUNTS, "")])
    )
    choice = data.draw(st.sampled_from(RULES[sign]))
    profile = replace(NATIONAL, by_name={"指标": choice}, deviation_rule=deviation)
    pair = (
        parse_target(f"{sign}{data.draw(numbers)}{unit}"),
        parse_target(f"{data.draw(numbers)}{unit}"),
    )
    verdict = judge(*pair, weight, profile, name="指标")
    assert verdict.rule in (None, choice.rule)
    assert_recomputed(verdict, weight, profile)


@given(
    choice=st.sampled_from(OWN),
    actual=SHARES,
    weight=WEIGHTS,
    deviation=DEVIATIONS,
    target=st.sampled_from(["≥90%", "≤10%", "按标准"]),
)
def test_each_rule_with_its_own_scale(
    choice: Choice, actual: str, weight: Decimal, deviation: str, target: str
) -> None:
    profile = replace(NATIONAL, by_name={"指标": choice}, deviation_rule=deviation)
    pair = parse_target(target), parse_target(f"{actual}%")
    assert_recomputed(judge(*pair, weight, profile, name="指标"), weight, profile)


@given(count=COUNTS, weight=WEIGHTS)
def test_points_off_for_events(count: str, weight: Decimal) -> None:
    profile = replace(NATIONAL, by_name={"指标": Choice("Q19", {"points": Decimal("0.5")})})
    pair = parse_target("0次"), parse_target(f"{count}次")
    assert_recomputed(judge(*pair, weight, profile, name="指标"), weight, profile)


@given(
    choice=st.sampled_from(EXECUTIONS),
    budget=st.decimals(min_value=1, max_value=10**7, places=2),
    share=st.decimals(min_value=0, max_value=Decimal("1.3"), places=9),
    weight=WEIGHTS,
    over=st.sampled_from(["capped", "zero", "undecided"]),
)
def test_each_rule_for_execution(
    choice: Choice, budget: Decimal, share: Decimal, weight: Decimal, over: str
) -> None:
    profile = replace(NATIONAL, execution=choice, over_budget=over)
    verdict = judge_execution(budget, rounded(budget * share, 2), weight, profile)
    assert_recomputed(verdict, weight, profile)


def test_every_rule_with_parameters_is_tried() -> None:
    tried = {choice.rule for rules in (*RULES.values(), OWN, EXECUTIONS) for choice in rules}
    assert set(PARAMETERS) <= tried | {"Q19"}

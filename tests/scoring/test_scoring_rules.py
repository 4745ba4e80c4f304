"""The named rules: what they give, what they never give, and what their sentence prints."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlflow.scoring import Profile, Verdict, judge, load_profile
from xlflow.scoring.explain import rule_name
from xlflow.scoring.rules import (
    DEVIATIONS,
    PARAMETERS,
    RULES,
    Choice,
    Distance,
    Figures,
    Points,
    Tier,
    plain,
    points_by,
    rounded,
    shown,
)
from xlflow.scoring.verdict import judge_execution
from xlflow.values import parse_target

NATIONAL = load_profile("national-2020")
HENAN = load_profile("henan-2022")


def tiers(*pairs: tuple[int | None, str]) -> tuple[Tier, ...]:
    return tuple(Tier(None if low is None else Decimal(low), Decimal(p)) for low, p in pairs)


FALLING = tiers((90, "5"), (80, "4"), (70, "3"), (60, "2"), (0, "0"))
RISING = tiers((0, "3"), (10, "2"), (20, "1"), (30, "0.5"), (None, "0"))
TEN = Decimal(10)
GIVEN: dict[str, dict[str, object]] = {
    "Q4": {"tiers": tiers((200, "50"), (130, "90"))},
    "Q15": {"tiers": FALLING, "of": Decimal(5), "unit": "%"},
    "Q16": {"tiers": RISING, "of": Decimal(3), "unit": "%"},
    "Q17": {"mark": Decimal(100), "points": Decimal(1), "part_points": "exact"},
    "Q19": {"points": Decimal("0.5")},
    "Q20": {"rules": (Choice("Q7"), Choice("Q8"))},
    "X2": {"full_at": Decimal(90)},
    "X6": {"tiers": FALLING, "of": Decimal(5)},
    "X7": {"over_budget": "zero"},
}


def choice(rule: str) -> Choice:
    """Return a rule with its defaults, and figures of the catalogue for what has none."""
    defaults = {key: each.default for key, each in PARAMETERS.get(rule, {}).items() if each.default}
    return Choice(rule, {**defaults, **GIVEN.get(rule, {})})


def worth(rule: str, figures: Figures) -> Decimal | None:
    given_points = points_by(choice(rule), figures)
    return given_points.value if isinstance(given_points, Points) else None


def row(target: str, actual: str, weight: str = "10", profile: Profile = NATIONAL) -> Verdict:
    """Return what a row of a form is worth, told as its cells read."""
    return judge(parse_target(target), parse_target(actual), Decimal(weight), profile)


@pytest.mark.parametrize(
    ("rule", "target", "actual", "weight", "points"),
    [
        ("Q1", "20", "18", "10", "9.00"),
        ("Q1", "20", "25", "10", "10.00"),
        ("Q1", "0", "0", "10", "10.00"),
        ("Q1", "20", "-1", "10", "0.00"),
        ("Q7", "30", "36", "10", "8.33"),
        ("Q7", "30", "20", "10", "10.00"),
        ("Q7", "0", "1", "10", "0.00"),
        ("Q8", "30", "36", "10", "8.00"),
        ("Q8", "30", "60", "10", "0.00"),
        ("Q9", "30", "36", "10", "0.00"),
        ("Q10", "40", "36", "10", "9.00"),
        ("Q10", "40", "44", "10", "10.00"),
        ("Q10", "0", "1", "10", "0.00"),
        ("Q10", "0", "0", "10", "10.00"),
        ("Q11", "6", "5", "10", "0.00"),
        ("Q11", "6", "6", "10", "10.00"),
        ("Q12", "20", "23", "10", "8.50"),
        ("Q12", "20", "45", "10", "0.00"),
        ("X1", "100", "81.9", "10", "8.19"),
        ("X2", "90", "81.9", "10", "9.10"),
        ("X2", "90", "120", "10", "10.00"),
        ("P1", "100", "95", "2", "1.90"),
        ("Q2", "10", "12", "10", "10.00"),
        ("Q3", "10", "15", "10", "8.00"),
        ("Q3", "10", "13", "10", "10.00"),
        ("Q3", "10", "30", "10", "0.00"),
        ("Q4", "10", "21", "10", "5.00"),
        ("Q4", "10", "13", "10", "9.00"),
        ("Q4", "10", "12.9", "10", "10.00"),
        ("Q5", "10", "13", "10", "10.00"),
        ("Q5", "10", "13.1", "10", "0.00"),
        ("Q5", "10", "9.9", "10", "0.00"),
        ("Q6", "100", "90", "10", "7.50"),
        ("Q6", "100", "55", "10", "0.00"),
        ("Q6", "100", "60", "10", "0.00"),
        ("Q6", "100", "100", "10", "10.00"),
        ("Q13", "0.1", "0.0833333333", "5", "4.17"),
        ("Q15", "0", "84", "5", "4.00"),
        ("Q15", "0", "90", "5", "5.00"),
        ("Q15", "0", "80", "5", "4.00"),
        ("Q15", "0", "79.99", "5", "3.00"),
        ("Q15", "0", "60", "5", "2.00"),
        ("Q15", "0", "59.9", "5", "0.00"),
        ("Q15", "0", "-1", "5", "0.00"),
        ("Q16", "0", "0", "3", "3.00"),
        ("Q16", "0", "0.01", "3", "2.00"),
        ("Q16", "0", "12", "3", "1.00"),
        ("Q16", "0", "30", "3", "0.50"),
        ("Q16", "0", "30.1", "3", "0.00"),
        ("Q17", "0", "103", "6", "3.00"),
        ("Q17", "0", "100", "6", "6.00"),
        ("Q17", "0", "110", "6", "0.00"),
        ("Q18", "0", "5", "10", "5.00"),
        ("Q18", "0", "10", "10", "0.00"),
        ("Q18", "0", "10.1", "10", "0.00"),
        ("Q19", "0", "2", "3", "2.00"),
        ("Q19", "0", "7", "3", "0.00"),
        ("Q23", "0", "85", "10", "8.00"),
        ("Q23", "0", "90", "10", "10.00"),
        ("Q23", "0", "80", "10", "8.00"),
        ("Q23", "0", "60", "10", "5.00"),
        ("Q23", "0", "59.9", "10", "0.00"),
        ("D3", "180", "200", "5", "4.50"),
        ("X3", "100", "81.9", "10", "8.62"),
        ("X4", "100", "81.9", "10", "7.00"),
        ("X4", "100", "100", "10", "10.00"),
        ("X4", "100", "80", "10", "7.00"),
        ("X4", "100", "60", "10", "5.00"),
        ("X4", "100", "59.9", "10", "0.00"),
        ("X5", "100", "81.9", "10", "8.19"),
        ("X5", "100", "60", "10", "6.00"),
        ("X5", "100", "59.9", "10", "0.00"),
        ("X7", "100", "120", "10", "0.00"),
        ("X8", "100", "815.32", "10", "10.00"),
    ],
)
def test_worked_examples(rule: str, target: str, actual: str, weight: str, points: str) -> None:
    figures = Figures(Decimal(target), Decimal(actual), Decimal(weight), target, actual)
    assert rounded(worth(rule, figures) or Decimal(0), 2) == Decimal(points)


@pytest.mark.parametrize(("actual", "points"), [("6", "8.33"), ("2", "6.67"), ("4", "10.00")])
def test_worked_examples_of_an_interval(actual: str, points: str) -> None:
    three_to_five = Figures(Decimal(3), Decimal(actual), Decimal(10), "", "", Decimal(5))
    assert rounded(worth("Q14", three_to_five) or Decimal(0), 2) == Decimal(points)


def test_every_rule_has_a_name() -> None:
    for rule in RULES:
        if rule != "X7":  # it stands in the profile as what a profile says of E > B
            name = rule_name(choice(rule))
            assert name.zh
            assert "{" not in name.zh + name.en


@pytest.mark.parametrize(
    ("target", "actual", "lower_is_better", "signed", "adverse"),
    [
        ("90", "100", False, "11.11", "0.00"),
        ("20", "18", False, "-10.00", "-10.00"),
        ("30", "36", True, "20.00", "20.00"),
        ("30", "24", True, "-20.00", "0.00"),
    ],
)
def test_worked_examples_of_the_deviation(
    target: str, actual: str, *, lower_is_better: bool, signed: str, adverse: str
) -> None:
    def by(name: str) -> Decimal:
        found = DEVIATIONS[name](Distance(Decimal(target), Decimal(actual), lower_is_better))
        return rounded(found or Decimal(0), 2)

    assert (by("V1"), by("V3")) == (Decimal(signed), Decimal(adverse))


@pytest.mark.parametrize("number", ["0E+2", "1E+3", "9.10", "100", "0.000001", "-0.5", "1E-7"])
def test_numbers_are_shown_as_a_person_writes_them(number: str) -> None:
    for text in (plain(Decimal(number)), shown(Decimal(number))):
        assert Decimal(text) == Decimal(number)
        assert "E" not in text
        assert not text.endswith(".")
        assert "." not in text or text[-1] != "0"


# -- properties ----------------------------------------------------------------------------------

NUMBERS = st.decimals(min_value=-1000, max_value=10**12, places=3, allow_nan=False)
HUGE = st.decimals(min_value=Decimal("-1E40"), max_value=Decimal("1E40"), allow_nan=False)
WEIGHTS = st.decimals(min_value=0, max_value=100, places=2, allow_nan=False)


@given(
    rule=st.sampled_from(sorted(RULES)),
    low=NUMBERS | HUGE,
    span=st.decimals(min_value=0, max_value=1000, places=2),
    actual=NUMBERS | HUGE,
    weight=WEIGHTS,
    strict=st.booleans(),
)
def test_points_lie_between_nothing_and_the_weight(
    rule: str, low: Decimal, span: Decimal, actual: Decimal, weight: Decimal, *, strict: bool
) -> None:
    given_points = worth(rule, Figures(low, actual, weight, "", "", low + span, "", strict))
    assert given_points is None or 0 <= given_points <= weight


@pytest.mark.parametrize("rule", ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "X1", "X2", "X5"])
@given(low=NUMBERS, one=NUMBERS, other=NUMBERS, weight=WEIGHTS)
def test_points_never_fall_when_an_actual_under_at_least_grows_up_to_the_over_mark(
    rule: str, low: Decimal, one: Decimal, other: Decimal, weight: Decimal
) -> None:
    top = max(low * 130 / 100, low) if rule in ("Q3", "Q5") else None
    if rule == "Q4":
        top = max(low * 129 / 100, low)
    grown = (actual if top is None else min(actual, top) for actual in sorted((one, other)))
    less, more = (worth(rule, Figures(low, actual, weight, "", "")) for actual in grown)
    assert less is not None
    assert more is not None
    assert less <= more


@given(high=NUMBERS, one=NUMBERS, other=NUMBERS, weight=WEIGHTS)
@pytest.mark.parametrize("rule", ["Q7", "Q8", "Q9"])
def test_points_never_rise_when_an_actual_under_at_most_grows(
    rule: str, high: Decimal, one: Decimal, other: Decimal, weight: Decimal
) -> None:
    less, more = (
        worth(rule, Figures(high, actual, weight, "", "")) for actual in sorted((one, other))
    )
    assert less is not None
    assert more is not None
    assert less >= more


# -- the sentence and its arithmetic -------------------------------------------------------------

_N = r"\|?([0-9.]+)[^0-9.×÷()|＝-]*\|?"
_SENTENCE = re.compile(
    r"：(?:(?P<sum>[0-9][^：]*)＝|得满分|得)(?P<points>[0-9.]+)分(?:，扣(?P<lost>[0-9.]+)分)?。$"
)
_SHAPES: list[tuple[re.Pattern[str], Callable[..., Fraction]]] = [
    (re.compile(rf"{_N}×{_N}÷{_N}"), lambda w, a, b: w * a / b),
    (re.compile(rf"{_N}×\(1-\({_N}-{_N}\)÷{_N}\)"), lambda w, a, t, b: w * (1 - (a - t) / b)),
    (re.compile(rf"{_N}×\(1-\|{_N}-{_N}\|÷{_N}\)"), lambda w, a, t, b: w * (1 - abs(a - t) / b)),
]  # fmt: skip


def to_the_cent(exact: Fraction) -> Decimal:
    """Return the value rounded half up to two decimals, by whole numbers alone."""
    cents = (exact * 200 + 1) // 2
    return Decimal(int(cents)).scaleb(-2)


def assert_the_sentence_computes(verdict: Verdict, weight: Decimal) -> None:
    """Parse what a person reads and reckon it again with a pencil."""
    found = _SENTENCE.search(verdict.explanation.zh)
    assert found, verdict.explanation.zh
    assert verdict.points is not None
    assert Decimal(found["points"]) == rounded(verdict.points, 2)
    if found["lost"] is not None:
        lost = rounded(weight, 2) - Decimal(found["points"])
        assert Decimal(found["lost"]) == lost
    if found["sum"]:
        for shape, reckon in _SHAPES:
            if sum_found := shape.fullmatch(found["sum"]):
                exact = reckon(*map(Fraction, sum_found.groups()))
                assert to_the_cent(exact) == Decimal(found["points"]), verdict.explanation.zh
                return
        pytest.fail(f"an arithmetic of unknown shape: {found['sum']}")


AMOUNTS = st.decimals(min_value=Decimal("0.01"), max_value=999_999, places=2).map(plain)
COUNTS = st.integers(min_value=1, max_value=2000).map(str)
SHARES = st.decimals(min_value=Decimal("0.01"), max_value=120, places=2).map(plain)
ROW_WEIGHTS = st.sampled_from(["0.5", "1", "2", "3", "4.5", "8", "10", "12.5", "20", "30"])


@st.composite
def written_rows(draw: st.DrawFn) -> tuple[str, str]:
    """A target and an actual as departments write them: rates, counts, money, ranges."""
    numbers, unit = draw(
        st.sampled_from(
            [(SHARES, "%"), (COUNTS, "件"), (AMOUNTS, "万元"), (AMOUNTS, "元"), (AMOUNTS, "")]
        )
    )
    if draw(st.booleans()) and unit != "%":
        low, high = sorted((draw(numbers), draw(numbers)), key=Decimal)
        target = f"{low}~{high}{unit}"
    else:
        sign = draw(st.sampled_from(["≥", "≤", ">", "<", "=", ""]))
        target = f"{sign}{draw(numbers)}{unit}"
    return target, f"{draw(numbers)}{draw(st.sampled_from([unit, unit, '']))}"


@given(
    cells=written_rows(),
    weight=ROW_WEIGHTS,
    at_most=st.sampled_from(["Q7", "Q8", "Q9"]),
    equal=st.sampled_from(["Q10", "Q11", "Q12"]),
)
def test_the_printed_arithmetic_gives_the_printed_points(
    cells: tuple[str, str], weight: str, at_most: str, equal: str
) -> None:
    profile = replace(NATIONAL, at_most=Choice(at_most), equal=Choice(equal))
    verdict = row(*cells, weight, profile)
    if verdict.points is None:
        assert "未测算" in verdict.explanation.zh
        return
    assert_the_sentence_computes(verdict, Decimal(weight))


@given(
    budget=st.decimals(min_value=1, max_value=10**7, places=2),
    share=st.decimals(min_value=0, max_value=Decimal("1.3"), places=9),
    weight=ROW_WEIGHTS,
    profile=st.sampled_from([NATIONAL, HENAN]),
)
def test_the_printed_execution_rate_gives_the_printed_points(
    budget: Decimal, share: Decimal, weight: str, profile: Profile
) -> None:
    executed = rounded(budget * share, 2)
    verdict = judge_execution(budget, executed, Decimal(weight), profile)
    assert_the_sentence_computes(verdict, Decimal(weight))


def test_the_execution_row_of_the_field() -> None:
    verdict = judge_execution(Decimal("14988.39"), Decimal("12275.49"), Decimal(10), HENAN)
    assert verdict.explanation.zh == (
        "全年预算数14988.39，全年执行数12275.49，执行率81.90%，低于目标8.10个百分点，"
        "偏差度-9.00%；按“执行率达到90%得满分”计分：10×81.90%÷90%＝9.10分，扣0.90分。"
    )


def test_a_rate_shows_more_decimals_where_two_would_not_give_the_points() -> None:
    verdict = judge_execution(Decimal(100000), Decimal("80048.5"), Decimal(10), NATIONAL)
    assert "执行率80.05%" not in verdict.explanation.zh
    assert "10×80.049%÷100%＝8.00分" in verdict.explanation.zh


def test_a_rate_just_below_the_mark_is_not_shown_as_the_mark() -> None:
    verdict = judge_execution(Decimal(100000), Decimal("89999.9"), Decimal(10), HENAN)
    assert "执行率89.9999%，低于目标0.0001个百分点" in verdict.explanation.zh
    assert "＝10.00分，扣0.00分" in verdict.explanation.zh

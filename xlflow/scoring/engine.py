"""Scoring a Document by a profile: each row's points and deviation, the total and the grade.

The scored rows are found by the field's vocabulary: `/funds/total` with its weight, and the rows
of `/indicators` with `target`, `actual`, `weight` and `score`.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from xlflow.forms.document import Document
from xlflow.messages import Text, text
from xlflow.scoring import explain
from xlflow.scoring.profile import Band, Profile, to_cents
from xlflow.scoring.rules import DEVIATIONS, RULES, Figures, plain
from xlflow.scoring.score import Score, Scores
from xlflow.values import Op, Target, convert, normalise, parse_number, parse_target

FUNDS_TOTAL = "/funds/total"
INDICATORS = "/indicators"
TOTALS = "/totals"
_HUNDRED = Decimal(100)
_NUMERIC = frozenset({Op.GE, Op.GT, Op.LE, Op.LT, Op.EQ, Op.BARE, Op.RATIO, Op.APPROX})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a row is worth: points, deviation and rule; or none of them and the reason why."""

    explanation: Text
    points: Decimal | None = None
    deviation: Decimal | None = None
    rule: str | None = None


def score_document(document: Document, profile: Profile) -> Scores:
    """Return the scores of a form; an empty record for a form that carries no weights."""
    rows = tuple(_scored_rows(document, profile))
    if not rows:
        return Scores()
    total = sum((_counted(row) for row in rows), Decimal(0))
    claimed = _claimed_total(document, rows)
    undecided = sum((row.weight or Decimal(0) for row in rows if row.computed is None), Decimal(0))
    return Scores(
        rows=rows,
        total=to_cents(total),
        claimed_total=None if claimed is None else to_cents(claimed),
        undecided_weight=undecided,
        grade=profile.grade_of(to_cents(total)).name,
    )


def _scored_rows(document: Document, profile: Profile) -> list[Score]:
    rows = []
    if document.get(f"{FUNDS_TOTAL}/weight") is not None:
        rows.append(_execution_row(document, profile))
    rows.extend(
        _indicator_row(document, row, profile)
        for row in document.rows(INDICATORS)
        if f"{row}/weight" in document.sources
    )
    return rows


def _counted(row: Score) -> Decimal:
    """Return what a row adds to the total: an undecided one counts as the unit claims it."""
    if row.computed is not None:
        return row.computed
    return parse_number(row.claimed or "") or Decimal(0)


def _claimed_total(document: Document, rows: tuple[Score, ...]) -> Decimal | None:
    printed = document.number(f"{TOTALS}/score")
    if printed is not None:
        return printed
    claimed = [number for row in rows if (number := parse_number(row.claimed or "")) is not None]
    return sum(claimed, Decimal(0)) if claimed else None


# -- the execution row ---------------------------------------------------------------------------


def _execution_row(document: Document, profile: Profile) -> Score:
    budget = document.number(f"{FUNDS_TOTAL}/full_year_budget")
    executed = document.number(f"{FUNDS_TOTAL}/executed")
    weight = document.number(f"{FUNDS_TOTAL}/weight")
    if budget is None or executed is None or weight is None:
        verdict = Verdict(text("scoring.no_funds"))
    elif budget <= 0:
        verdict = Verdict(text("scoring.no_budget", budget=plain(budget), executed=plain(executed)))
    else:
        verdict = _execution(budget, executed, weight, profile)
    return _row(
        document,
        FUNDS_TOTAL,
        name=text("scoring.execution_name").zh,
        target=f"≥{plain(profile.execution_full_at)}%",
        actual=_raw(document, f"{FUNDS_TOTAL}/execution_rate"),
        verdict=verdict,
    )


def _execution(budget: Decimal, executed: Decimal, weight: Decimal, profile: Profile) -> Verdict:
    rate = executed / budget * _HUNDRED
    full = profile.execution_full_at
    figures = Figures(full, rate, weight, f"{plain(full)}%", f"{to_cents(rate)}%")
    points = RULES[profile.execution_rule](figures)
    deviation = _deviation(profile, full, rate, lower_is_better=False)
    head = text(
        "scoring.execution",
        budget=plain(budget),
        executed=plain(executed),
        rate=to_cents(rate),
    )
    body = explain.quantitative(figures, points, deviation, profile.execution_rule, "%")
    return Verdict(explain.joined(head, body), points.value, deviation, profile.execution_rule)


# -- indicator rows ------------------------------------------------------------------------------


def _indicator_row(document: Document, row: str, profile: Profile) -> Score:
    written_target = document.text(f"{row}/target")
    written_actual = document.text(f"{row}/actual")
    weight = document.number(f"{row}/weight")
    if weight is None:
        verdict = Verdict(text("scoring.no_weight"))
    elif written_target is None:
        verdict = Verdict(text("scoring.no_target"))
    elif written_actual is None:
        verdict = Verdict(text("scoring.no_actual"))
    else:
        year = document.number("/year")
        span = int(year) if year is not None else None
        target = parse_target(written_target, year=span)
        actual = parse_target(written_actual, year=span)
        verdict = judge(target, actual, weight, profile)
    return _row(
        document,
        row,
        name=document.text(f"{row}/level3") or "",
        target=written_target,
        actual=written_actual,
        verdict=verdict,
    )


def judge(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    """Return what an actual is worth under a target; undecided where the profile does not say.

    >>> from xlflow.scoring import load_profile
    >>> verdict = judge(
    ...     parse_target("≥90%"), parse_target("81%"), Decimal(10), load_profile("national-2020")
    ... )
    >>> verdict.points, verdict.deviation, verdict.rule
    (Decimal('9'), Decimal('-10.0'), 'Q1')
    """
    if actual.op in (Op.NONE, Op.ERROR):
        return Verdict(text("scoring.unreadable_actual", actual=actual.raw))
    if target.op is Op.QUAL:
        return _qualitative(target, actual, weight, profile)
    if target.op is Op.DATE:
        return _deadline(target, actual, weight, profile)
    if target.value is None:
        return Verdict(text("scoring.unreadable_target", target=target.raw))
    return _quantitative(target, actual, weight, profile)


def _quantitative(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if actual.op in (Op.QUAL, Op.DATE) or actual.value is None:
        return Verdict(text("scoring.no_number", target=target.raw, actual=actual.raw))
    if actual.op not in (Op.BARE, Op.EQ, Op.RATIO, Op.APPROX):
        return Verdict(text("scoring.actual_is_bound", actual=actual.raw))
    value = convert(actual.value, actual.unit or target.unit, target.unit or actual.unit)
    if value is None or target.value is None:
        return Verdict(text("scoring.units_differ", target=target.raw, actual=actual.raw))
    unit = target.unit or actual.unit or ""
    figures = Figures(
        target=target.value,
        actual=value,
        weight=weight,
        target_shown=f"{plain(target.value)}{unit}",
        actual_shown=f"{plain(value)}{unit}",
        high=target.value_high,
        high_shown="" if target.value_high is None else f"{plain(target.value_high)}{unit}",
    )
    rule = _rule_for(target.op, profile)
    points = RULES[rule](figures)
    missed_above = target.value_high is not None and value > target.value_high
    lower_is_better = target.op in (Op.LE, Op.LT) or missed_above
    bound = target.value_high if missed_above and target.value_high is not None else target.value
    deviation = _deviation(profile, bound, value, lower_is_better=lower_is_better)
    head = text("scoring.pair", target=normalise(target.raw), actual=normalise(actual.raw))
    body = explain.quantitative(
        figures, points, deviation, rule, unit, bound=bound, lower_is_better=lower_is_better
    )
    return Verdict(explain.joined(head, body), points.value, deviation, rule)


def _rule_for(op: Op, profile: Profile) -> str:
    if op is Op.BARE:
        op = Op(profile.bare_reads_as)
    by_op = {
        Op.GE: profile.at_least_rule,
        Op.GT: profile.at_least_rule,
        Op.RATIO: profile.at_least_rule,
        Op.APPROX: profile.at_least_rule,
        Op.LE: profile.at_most_rule,
        Op.LT: profile.at_most_rule,
        Op.EQ: profile.equal_rule,
        Op.RANGE: profile.range_rule,
    }
    return by_op[op]


def _qualitative(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if actual.unit == "%" and actual.value is not None and actual.op in (Op.BARE, Op.EQ):
        if profile.percentage_is_completion:
            return _completion(target, actual, weight)
        return Verdict(text("scoring.percentage_undecided", target=target.raw, actual=actual.raw))
    band = profile.band_of(normalise(actual.raw))
    if band is None:
        return Verdict(text("scoring.no_level", target=target.raw, actual=actual.raw))
    return _banded(band, target, actual, weight)


def _completion(target: Target, actual: Target, weight: Decimal) -> Verdict:
    done = actual.value if actual.value is not None else Decimal(0)
    figures = Figures(_HUNDRED, done, weight, "100%", f"{plain(done)}%")
    points = RULES["P1"](figures)
    deviation = _rounded(DEVIATIONS["V3"](_HUNDRED, done, lower_is_better=False))
    head = text("scoring.pair", target=normalise(target.raw), actual=normalise(actual.raw))
    body = explain.quantitative(figures, points, deviation, "P1", "%")
    return Verdict(explain.joined(head, body), points.value, deviation, "P1")


def _banded(band: Band, target: Target, actual: Target, weight: Decimal) -> Verdict:
    low, high = weight * band.low / _HUNDRED, weight * band.high / _HUNDRED
    if not band.takes_top:
        return Verdict(
            text(
                "scoring.band_undecided",
                target=target.raw,
                actual=actual.raw,
                low=plain(to_cents(low)),
                high=plain(to_cents(high)),
            )
        )
    return Verdict(
        text(
            "scoring.band_top", target=target.raw, actual=actual.raw, points=plain(to_cents(high))
        ),
        high,
        None,
        "L1",
    )


def _deadline(target: Target, actual: Target, weight: Decimal, profile: Profile) -> Verdict:
    if actual.unit == "%" and actual.value is not None:
        if profile.date_percentage_is_completion:
            return _completion(target, actual, weight)
        return Verdict(text("scoring.date_percentage", target=target.raw, actual=actual.raw))
    if actual.date is None or target.date is None:
        return Verdict(text("scoring.no_date", target=target.raw, actual=actual.raw))
    on_time = actual.date <= target.date
    if not on_time and not profile.late_is_zero:
        return Verdict(text("scoring.late_undecided", target=target.date, actual=actual.date))
    points = weight if on_time else Decimal(0)
    key = "scoring.on_time" if on_time else "scoring.late"
    sentence = text(key, target=target.date, actual=actual.date, points=plain(points))
    return Verdict(sentence, points, None, "D1")


# -- shared --------------------------------------------------------------------------------------


def _deviation(
    profile: Profile, target: Decimal, actual: Decimal, *, lower_is_better: bool
) -> Decimal | None:
    formula = DEVIATIONS[profile.deviation_rule]
    return _rounded(formula(target, actual, lower_is_better=lower_is_better))


def _rounded(deviation: Decimal | None) -> Decimal | None:
    return None if deviation is None else deviation.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _raw(document: Document, pointer: str) -> str | None:
    source = document.sources.get(pointer)
    return source.raw if source else None


def _row(
    document: Document,
    row: str,
    *,
    name: str,
    target: str | None,
    actual: str | None,
    verdict: Verdict,
) -> Score:
    source = document.sources.get(f"{row}/score")
    weight = document.number(f"{row}/weight")
    computed = None if verdict.points is None else to_cents(verdict.points)
    return Score(
        field=row,
        name=name,
        sheet=document.sheet,
        cell=source.cell if source else None,
        target=target,
        actual=actual,
        weight=weight,
        claimed=source.raw if source else None,
        computed=computed,
        deviation=verdict.deviation,
        rule=verdict.rule,
        explanation=verdict.explanation.zh,
        explanation_en=verdict.explanation.en,
        exact=verdict.points,
    )

"""Checks of what a unit claims: points within bounds, levels within bands, too good to be true."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from xlflow.messages import Text, text
from xlflow.problems import Severity
from xlflow.review.case import Case, Check, Finding, in_quotes
from xlflow.scoring import to_cents
from xlflow.scoring.comparison import actual_beside
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.scoring.explain import tidy
from xlflow.scoring.rows import Row, number
from xlflow.scoring.rules import plain
from xlflow.scoring.score import Score
from xlflow.scoring.verdict import AT_MOST, names_day
from xlflow.values import Op, normalise, parse_target

_HUNDRED = Decimal(100)
_NEARLY_FULL = Decimal(95)
_DIGIT = re.compile("[0-9]")
_LONGEST_ADMISSION = 12
_NOT_DONE = re.compile(
    r"(?<![无没不])(?:未(?:能)?(?:按时|全部|全面|如期|按期)?(?:完成|达到|达成|达标|开展|实施|启动)"
    r"|尚未|没有(?:完成|达到|开展)|还没|未能)(?!(?:的?(?:原因|情况|事项|指标|目标)|[:：]))"
)
_DONE = re.compile(
    r"(?:本?(?:指标|项目|目标|任务)|均)?(?:已|均|都|全部|按时|按期|如期|圆满|足额|超额|[,，])*"
    r"(?:完成|达标|达成|达到(?:预期)?目标)(?:目标|任务|指标)?(?:100%|[,，]?无偏差)?[。.]?"
)


def points_within_weight(case: Case) -> Iterator[Finding]:
    """A weight is more than 0 and a score no more than its weight.

    A row without weight may be one that does not apply: it is asked about.
    """
    for score, row in case.scored:
        claimed, weight = number(row.get("score")), score.weight
        if weight is None or (weight > 0 and (claimed is None or claimed <= weight)):
            continue
        name = in_quotes(score.name)
        if claimed is not None and claimed > weight:
            values = {"claimed": plain(claimed), "weight": plain(weight)}
            why = text("review.above_weight", name=name, **values)
            yield Finding(case.place(f"{score.field}/score"), {"why": why.zh, "why_en": why.en})
        else:
            why = text("review.no_weight", name=name)
            yield Finding(
                case.place(f"{score.field}/weight"),
                {"why": why.zh, "why_en": why.en},
                Severity.WARNING,
            )


def far_above_has_a_reason(case: Case) -> Iterator[Finding]:
    """An actual from the profile's mark on, in per cent of its target, is explained.

    Only where a greater actual is the better one; a target of 0 is no measure.
    """
    mark = case.profile.reason_from
    if mark is None:
        return
    for score, row in case.scored:
        at = f"{score.field}/reason"
        if score.field == FUNDS_TOTAL or row.get("reason") or at not in case.document.sources:
            continue
        target, actual = parse_target(score.target), parse_target(score.actual)
        wanted = target.value_high if target.value_high is not None else target.value
        if target.op in AT_MOST or not wanted or wanted <= 0:
            continue
        reached = actual_beside(target, actual, score.name)
        if isinstance(reached, Decimal) and (share := reached / wanted * _HUNDRED) >= mark:
            values = {"name": in_quotes(score.name), "target": target.raw, "actual": actual.raw}
            marks = {"share": to_cents(share), "mark": plain(mark)}
            yield Finding(case.place(at), {**values, **marks})


def levels_are_in_their_bands(case: Case) -> Iterator[Finding]:
    """The score of a qualitative indicator lies in the band its actual names: low ≤ s < high.

    The top of the highest band belongs to it. Bounds are rounded to cents; a score below its
    band costs nobody anything and is asked about.
    """
    for score, row in case.scored:
        # What can be computed is C34; only what is left to a person has a band.
        if score.exact is not None or not (score.weight and score.actual):
            continue
        claimed = number(row.get("score"))
        band = case.profile.band_of(score.actual)
        if claimed is None or claimed > score.weight or band is None:
            continue
        if parse_target(score.target).op is not Op.QUAL:
            continue
        low, high = (to_cents(score.weight * share / _HUNDRED) for share in (band.low, band.high))
        if low <= claimed < high or (claimed == high and band.high == _HUNDRED):
            continue
        yield Finding(
            case.place(f"{score.field}/score"),
            {
                "name": in_quotes(score.name),
                "actual": score.actual,
                "claimed": plain(claimed),
                "low": plain(low),
                "high": plain(high),
            },
            Severity.WARNING if claimed < low else None,
        )


def reasons_agree_with_points(case: Case) -> Iterator[Finding]:
    """Full points have no reason that says 未完成; lost points none that says only 已完成.

    Nor have they, where the points are a person's decision, an actual that says so: 未完成, the
    target with 不 before it, a day after the deadline.
    """
    for score, row in case.scored:
        claimed = number(row.get("score"))
        if claimed is None or not score.weight:
            continue
        full = claimed >= score.weight
        reason = row.get("reason")
        told = _told(reason, full=full) if isinstance(reason, str) else None
        if told:
            yield _disagrees(case, score, claimed, "reason", Text(told, told))
        elif full and score.exact is None and (said := _missed(case, score)):
            yield _disagrees(case, score, claimed, "actual", said)


def _told(reason: str, *, full: bool) -> str | None:
    found = _NOT_DONE.search(reason) if full else _DONE.fullmatch(reason.strip())
    return found[0] if found else None


def _missed(case: Case, score: Score) -> Text | None:
    """Return the words of an actual that says of itself that its target was missed.

    One that names a level is C39.
    """
    if case.profile.band_of(score.actual or "") is not None:
        return None
    target, actual = parse_target(score.target), parse_target(score.actual)
    if target.date and actual.date and actual.date > target.date and names_day(actual):
        return text("review.later_than", actual=tidy(actual.raw), target=tidy(target.raw))
    said = normalise(actual.raw)
    if actual.op is not Op.QUAL or len(said) > _LONGEST_ADMISSION or _DIGIT.search(said):
        return None
    if _NOT_DONE.match(said) or said in {f"{no}{normalise(target.raw)}" for no in "不未"}:
        return Text(said, said)
    return None


def _disagrees(case: Case, score: Score, claimed: Decimal, key: str, words: Text) -> Finding:
    where = text(f"review.in_{key}")
    return Finding(
        case.place(f"{score.field}/{key}"),
        {
            "name": in_quotes(score.name),
            "claimed": plain(claimed),
            "weight": plain(score.weight or Decimal(0)),
            "where": where.zh,
            "where_en": where.en,
            "words": in_quotes(words.zh),
            "words_en": in_quotes(words.en),
        },
    )


# -- too good to be true -------------------------------------------------------------------------


def points_keep_pace_with_spending(case: Case) -> Iterator[Finding]:
    """The indicators' share of their points is not far above the execution rate.

    A note where the execution row gives the reason already.
    """
    rate, points = _spent(case), None
    mark = case.profile.thresholds.ahead_of_execution
    if rate is not None and rate + mark < _HUNDRED:
        points = _earned(case)
    if rate is not None and points is not None and points - rate > mark:
        yield _too_good(case, points, rate)


def unspent_costs_points(case: Case) -> Iterator[Finding]:
    """Where much is left unspent the indicators do not have nearly all points.

    Silent where the distance between both is asked about already.
    """
    rate, points = _spent(case), None
    thresholds = case.profile.thresholds
    if rate is not None and _HUNDRED - rate > thresholds.unspent:
        points = _earned(case)
    if rate is None or points is None or points < _NEARLY_FULL:
        return
    if points - rate <= thresholds.ahead_of_execution:
        yield _too_good(case, points, rate)


def _spent(case: Case) -> Decimal | None:
    """Return the share of the full-year budget that was spent, in per cent, at most 100."""
    budget = case.document.number(f"{FUNDS_TOTAL}/full_year_budget")
    executed = case.document.number(f"{FUNDS_TOTAL}/executed")
    if not budget or budget <= 0 or executed is None:
        return None
    return min(executed / budget * _HUNDRED, _HUNDRED)


def _earned(case: Case) -> Decimal | None:
    """Return the indicators' share of their points, in per cent; None where one has none."""
    rows = [(score, row) for score, row in case.scored if score.field != FUNDS_TOTAL]
    points = [each for score, row in rows if (each := _points(case, score, row)) is not None]
    weights = [score.weight for score, _ in rows if score.weight is not None]
    if not len(rows) == len(points) == len(weights) or sum(weights) <= 0:
        return None
    return sum(points) / sum(weights, Decimal(0)) * _HUNDRED


def _points(case: Case, score: Score, row: Row) -> Decimal | None:
    return score.computed if case.profile.system_scores else number(row.get("score"))


def _too_good(case: Case, points: Decimal, rate: Decimal) -> Finding:
    explained = bool(case.document.text(f"{FUNDS_TOTAL}/reason"))
    return Finding(
        case.place(f"{FUNDS_TOTAL}/executed"),
        {"points": to_cents(points), "rate": to_cents(rate), "gap": to_cents(points - rate)},
        Severity.NOTE if explained else None,
    )


CLAIM_CHECKS: Mapping[str, Check] = {
    "C33": points_within_weight,
    "C38": far_above_has_a_reason,
    "C39": levels_are_in_their_bands,
    "C40": reasons_agree_with_points,
    "C41": points_keep_pace_with_spending,
    "C42": unspent_costs_points,
}

"""Scoring a Document by a profile: each row's points and deviation, the total and the grade.

The scored rows are found by the field's vocabulary: `/funds/total` with its weight, and the rows
of `/indicators` with `target`, `actual`, `weight` and `score`.
"""

from collections.abc import Iterator
from decimal import Decimal

from xlflow.forms.document import Document
from xlflow.messages import Text, text
from xlflow.scoring.explain import joined
from xlflow.scoring.profile import Parent, Profile
from xlflow.scoring.rows import Row, number, rows_of, score_at, written
from xlflow.scoring.rules import by_goals, plain, to_cents
from xlflow.scoring.score import Score, Scores
from xlflow.scoring.verdict import Verdict, judge, judge_execution, judge_parent, less, undecided
from xlflow.values import Target, label_key, parse_number, parse_target

FUNDS_TOTAL = "/funds/total"
INDICATORS = "/indicators"
TOTALS = "/totals"


def score_document(document: Document, profile: Profile) -> Scores:
    """Return the scores of a form; an empty record for a form that carries no weights."""
    rows = tuple(_scored_rows(document, profile))
    if not rows:
        return Scores()
    total = _total(document, rows, profile)
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
    if f"{FUNDS_TOTAL}/weight" in document.sources:
        rows.append(_execution_row(document, profile))
    year = year_of(document)
    rows.extend(
        _indicator_row(document, at, row, year, profile)
        for at, row in rows_of(document, INDICATORS)
        if f"{at}/weight" in document.sources
    )
    return rows


def _total(document: Document, rows: tuple[Score, ...], profile: Profile) -> Decimal:
    """Return the sum of the rows; of rows that belong to goals, by the goals' shares (Q22)."""
    if not profile.by_goals:
        return sum((counted_points(row) for row in rows), Decimal(0))
    return by_goals(
        (document.number(f"{row.field}/goal_share"), counted_points(row)) for row in rows
    )


def year_of(document: Document) -> int | None:
    """Return the year a form is for, None when it names none."""
    year = document.number("/year")
    return int(year) if year is not None else None


def counted_points(row: Score) -> Decimal:
    """Return what a row adds to the total.

    An undecided one counts as the unit claims it, but never less than 0 or more than its weight
    (where that is known).
    """
    if row.computed is not None:
        return row.computed
    claimed = max(Decimal(0), parse_number(row.claimed or "") or Decimal(0))
    return claimed if row.weight is None or row.weight < 0 else min(claimed, row.weight)


def _claimed_total(document: Document, rows: tuple[Score, ...]) -> Decimal | None:
    printed = document.number(f"{TOTALS}/score")
    if printed is not None:
        return printed
    claimed = [amount for row in rows if (amount := parse_number(row.claimed or "")) is not None]
    return sum(claimed, Decimal(0)) if claimed else None


def _execution_row(document: Document, profile: Profile) -> Score:
    row = document.get(FUNDS_TOTAL) or {}
    weight = number(row.get("weight"))
    rate = document.sources.get(f"{FUNDS_TOTAL}/execution_rate")
    return _score(
        document,
        FUNDS_TOTAL,
        weight,
        _execution_verdict(row, weight, profile),
        text("scoring.execution_name").zh,
        f"≥{plain(profile.execution_full_at)}%",
        rate.raw if rate else None,
    )


def _execution_verdict(row: Row, weight: Decimal | None, profile: Profile) -> Verdict:
    of_initial = profile.execution.rule == "X8"
    budget = number(row.get("initial_budget" if of_initial else "full_year_budget"))
    executed = number(row.get("executed"))
    if of_initial and (budget is None or budget <= 0):
        return undecided(text("scoring.no_initial"))
    if weight is not None and weight < 0:
        return undecided(text("scoring.negative_weight", weight=plain(weight)))
    if budget is None or executed is None or weight is None:
        return undecided(text("scoring.no_funds"))
    if budget <= 0:
        values = {"budget": plain(budget), "executed": plain(executed)}
        return undecided(text("scoring.no_budget", **values))
    return judge_execution(budget, executed, weight, profile)


def _indicator_row(
    document: Document, at: str, row: Row, year: int | None, profile: Profile
) -> Score:
    name = written(document, f"{at}/level3", row.get("level3")) or ""
    target = written(document, f"{at}/target", row.get("target"))
    actual = written(document, f"{at}/actual", row.get("actual"))
    weight = number(row.get("weight"))
    parent = profile.parents.get(label_key(name)) if profile.parents else None
    if weight is None:
        verdict = undecided(text("scoring.no_weight"))
    elif weight < 0:
        verdict = undecided(text("scoring.negative_weight", weight=plain(weight)))
    elif parent is not None:
        verdict = judge_parent(_children(document, at, parent, year), weight, parent, profile)
    elif target is None:
        verdict = undecided(text("scoring.no_target"))
    elif actual is None:
        verdict = undecided(text("scoring.no_actual"))
    else:
        pair = parse_target(target, year=year), parse_target(actual, year=year)
        verdict = judge(*pair, weight, profile, name=name)
    if profile.deducts:
        verdict = less(verdict, number(row.get("deduction")) or Decimal(0))
    return _score(document, at, weight, verdict, name, target, actual)


def _children(
    document: Document, parent_at: str, parent: Parent, year: int | None
) -> Iterator[tuple[str, Target, Target]]:
    """Yield name, target and actual of the rows that a parent row is reckoned from."""
    for at, row in rows_of(document, INDICATORS):
        if at != parent_at and label_key(str(row.get("level2") or "")) == parent.level2:
            target = written(document, f"{at}/target", row.get("target")) or ""
            actual = written(document, f"{at}/actual", row.get("actual")) or ""
            name = written(document, f"{at}/level3", row.get("level3")) or ""
            yield name, parse_target(target, year=year), parse_target(actual, year=year)


def _score(
    document: Document, at: str, weight: Decimal | None, verdict: Verdict, *names: str | None
) -> Score:
    """Return the score of a row; `names` are its name, target and actual as written."""
    name, target, actual = names
    source = document.sources.get(f"{at}/score")
    claimed = source.raw if source else None
    explanation = verdict.explanation
    if verdict.points is None and claimed:
        explanation = _with_limits(explanation, claimed, weight)
    return score_at(
        document,
        at,
        "score",
        explanation,
        name=name or "",
        target=target,
        actual=actual,
        rule=verdict.rule,
        weight=weight,
        claimed=claimed,
        computed=None if verdict.points is None else to_cents(verdict.points),
        deviation=verdict.deviation,
        exact=verdict.points,
    )


def _with_limits(explanation: Text, claimed: str, weight: Decimal | None) -> Text:
    """Return the explanation of an undecided row, with what a claim out of bounds counts as."""
    amount = parse_number(claimed)
    if amount is None or (amount >= 0 and (weight is None or weight < 0 or amount <= weight)):
        return explanation
    if amount < 0:
        return joined(explanation, text("scoring.claimed_below", claimed=plain(amount)))
    values = {"claimed": plain(amount), "weight": plain(weight or Decimal(0))}
    return joined(explanation, text("scoring.claimed_above", **values))

"""Scoring a Document by a profile: each row's points and deviation, the total and the grade.

The scored rows are found by the field's vocabulary: `/funds/total` with its weight, and the rows
of `/indicators` with `target`, `actual`, `weight` and `score`.
"""

from decimal import Decimal

from xlflow.forms.document import Document
from xlflow.messages import text
from xlflow.scoring.profile import Profile, to_cents
from xlflow.scoring.rows import Row, number, rows_of, written
from xlflow.scoring.rules import plain
from xlflow.scoring.score import Score, Scores
from xlflow.scoring.verdict import Verdict, judge, judge_execution, undecided
from xlflow.values import parse_number, parse_target

FUNDS_TOTAL = "/funds/total"
INDICATORS = "/indicators"
TOTALS = "/totals"


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
    if f"{FUNDS_TOTAL}/weight" in document.sources:
        rows.append(_execution_row(document, profile))
    year = year_of(document)
    rows.extend(
        _indicator_row(document, at, row, year, profile)
        for at, row in rows_of(document, INDICATORS)
        if f"{at}/weight" in document.sources
    )
    return rows


def year_of(document: Document) -> int | None:
    """Return the year a form is for, None when it names none."""
    year = document.number("/year")
    return int(year) if year is not None else None


def _counted(row: Score) -> Decimal:
    """Return what a row adds to the total: an undecided one counts as the unit claims it."""
    if row.computed is not None:
        return row.computed
    return parse_number(row.claimed or "") or Decimal(0)


def _claimed_total(document: Document, rows: tuple[Score, ...]) -> Decimal | None:
    printed = document.number(f"{TOTALS}/score")
    if printed is not None:
        return printed
    claimed = [amount for row in rows if (amount := parse_number(row.claimed or "")) is not None]
    return sum(claimed, Decimal(0)) if claimed else None


def _execution_row(document: Document, profile: Profile) -> Score:
    row = document.get(FUNDS_TOTAL) or {}
    budget, executed = number(row.get("full_year_budget")), number(row.get("executed"))
    weight = number(row.get("weight"))
    if budget is None or executed is None or not _is_weight(weight):
        verdict = undecided(text("scoring.no_funds"))
    elif budget <= 0:
        verdict = undecided(
            text("scoring.no_budget", budget=plain(budget), executed=plain(executed))
        )
    else:
        verdict = judge_execution(budget, executed, weight or Decimal(0), profile)
    rate = document.sources.get(f"{FUNDS_TOTAL}/execution_rate")
    return _score(
        document,
        FUNDS_TOTAL,
        name=text("scoring.execution_name").zh,
        target=f"≥{plain(profile.execution_full_at)}%",
        actual=rate.raw if rate else None,
        weight=weight,
        verdict=verdict,
    )


def _indicator_row(
    document: Document, at: str, row: Row, year: int | None, profile: Profile
) -> Score:
    name = written(document, f"{at}/level3", row.get("level3")) or ""
    target = written(document, f"{at}/target", row.get("target"))
    actual = written(document, f"{at}/actual", row.get("actual"))
    weight = number(row.get("weight"))
    if weight is None or not _is_weight(weight):
        verdict = undecided(text("scoring.no_weight"))
    elif target is None:
        verdict = undecided(text("scoring.no_target"))
    elif actual is None:
        verdict = undecided(text("scoring.no_actual"))
    else:
        verdict = judge(
            parse_target(target, year=year),
            parse_target(actual, year=year),
            weight,
            profile,
            name=name,
        )
    return _score(
        document, at, name=name, target=target, actual=actual, weight=weight, verdict=verdict
    )


def _is_weight(weight: Decimal | None) -> bool:
    return weight is not None and weight >= 0


def _score(
    document: Document,
    at: str,
    *,
    name: str,
    target: str | None,
    actual: str | None,
    weight: Decimal | None,
    verdict: Verdict,
) -> Score:
    source = document.sources.get(f"{at}/score")
    return Score(
        field=at,
        name=name,
        sheet=document.sheet,
        cell=source.cell if source else None,
        target=target,
        actual=actual,
        weight=weight,
        claimed=source.raw if source else None,
        computed=None if verdict.points is None else to_cents(verdict.points),
        deviation=verdict.deviation,
        rule=verdict.rule,
        explanation=verdict.explanation.zh,
        explanation_en=verdict.explanation.en,
        exact=verdict.points,
    )

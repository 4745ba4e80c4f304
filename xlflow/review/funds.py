"""Checks of the fund table against itself and against the cost indicators."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.case import (
    TOLERANCE,
    Case,
    Check,
    Finding,
    decimals_written,
    in_quotes,
    rounds_to,
)
from xlflow.review.money import SOURCES
from xlflow.scoring import to_cents
from xlflow.scoring.engine import FUNDS_TOTAL, INDICATORS
from xlflow.scoring.rows import number, rows_of, written
from xlflow.scoring.rules import plain
from xlflow.values import Op, label_key, parse_target

_HUNDRED = Decimal(100)
_BUDGETS = (f"{FUNDS_TOTAL}/full_year_budget", "/amount_total", "/amount_this_year")
_COST_LEVEL = re.compile("成本")
_COST_NAME = re.compile(r"(?:成本|费用|经费|(?<!收)费)(?:控制)?(?:数|额|金额|标准)?$")
# What is saved or earned wants to be much.
_NOT_SPENT = re.compile("节约|节省|降低|减少|下降|收入|收益|增收|产值|利润|效益|筹集|征收|收缴")
_WHOLE_COST = re.compile(r"(?:本|该)?(?:项目|年度)?(?:实施)?(?:总成本|成本总额|总费用|总支出|成本)")


def spending_within_budget(case: Case) -> Iterator[Finding]:
    """Not more is spent than the full-year budget has, of nothing nothing: 0 ≤ E ≤ B.

    In a single source it is a question: money may have come from another.
    """
    rows = rows_of(case.document, SOURCES)
    for at, row in ((FUNDS_TOTAL, case.document.get(FUNDS_TOTAL) or {}), *rows):
        budget, executed = number(row.get("full_year_budget")), number(row.get("executed"))
        if budget is None or executed is None or executed - budget <= TOLERANCE:
            continue
        yield Finding(
            case.place(f"{at}/executed"),
            {
                "executed": plain(executed),
                "budget": plain(budget),
                "difference": plain(executed - budget),
                "where": case.place(f"{at}/full_year_budget").cell or "",
            },
            None if at == FUNDS_TOTAL else Severity.WARNING,
        )


def budget_change_has_a_reason(case: Case) -> Iterator[Finding]:
    """A full-year budget far from the initial one is explained: |B−B0|/B0 above the threshold."""
    document = case.document
    initial = document.number(f"{FUNDS_TOTAL}/initial_budget")
    budget = document.number(f"{FUNDS_TOTAL}/full_year_budget")
    if initial is None or budget is None or initial <= 0:
        return
    change = abs(budget - initial) / initial * _HUNDRED
    reason = document.text(f"{FUNDS_TOTAL}/reason")
    if change > case.profile.thresholds.budget_change and not reason:
        yield Finding(
            case.place(f"{FUNDS_TOTAL}/full_year_budget"),
            {
                "initial": plain(initial),
                "budget": plain(budget),
                "change": to_cents(change),
                "threshold": plain(case.profile.thresholds.budget_change),
                "where": case.place(f"{FUNDS_TOTAL}/initial_budget").cell or "",
            },
        )


# -- cost indicators -----------------------------------------------------------------------------


def costs_have_a_ceiling(case: Case) -> Iterator[Finding]:
    """A cost target in money says ≤, and is no more than the budget.

    A bare amount may well be meant as a ceiling: a note.
    """
    ceiling = _budget(case)
    for at, row in rows_of(case.document, INDICATORS):
        place = f"{at}/target"
        said = written(case.document, place, row.get("target")) or ""
        if "元" not in said or not _is_cost(row):
            continue
        target = parse_target(said)
        if target.unit != "元" or target.value is None:
            continue
        highest = target.value if target.value_high is None else target.value_high
        name = in_quotes(str(row.get("level3") or ""))
        if ceiling is not None and highest > ceiling:
            why = text(
                "review.cost_above_budget", name=name, written=said, budget=plain(ceiling / 10_000)
            )
        elif target.op in (Op.GE, Op.GT):
            why = text("review.cost_at_least", name=name, written=said)
        elif target.op is Op.BARE:
            why = text("review.cost_without_sign", name=name, written=said)
        else:
            continue
        mild = Severity.NOTE if target.op is Op.BARE and highest <= (ceiling or highest) else None
        yield Finding(case.place(place), {"why": why.zh, "why_en": why.en}, mild)


def cost_agrees_with_spending(case: Case) -> Iterator[Finding]:
    """The actual cost of the whole project is the executed amount, to the decimals written."""
    executed_at = f"{FUNDS_TOTAL}/executed"
    executed = case.in_yuan(executed_at)
    if not executed:
        return
    for at, row in rows_of(case.document, INDICATORS):
        name = str(row.get("level3") or "")
        if not _WHOLE_COST.fullmatch(label_key(name)):
            continue
        said = written(case.document, f"{at}/actual", row.get("actual"))
        target = parse_target(written(case.document, f"{at}/target", row.get("target")))
        actual = parse_target(said)
        unit = actual.unit or target.unit
        if said is None or actual.value is None or unit != "元":
            continue
        scale = Decimal(10_000) if "万" in said or not actual.unit else Decimal(1)
        cost = actual.value if actual.unit else actual.value * scale
        if not rounds_to(executed / scale, cost / scale, decimals_written(said)):
            place = case.place(executed_at)
            values = {"name": in_quotes(name), "written": said, "executed": place.value or ""}
            yield Finding(case.place(f"{at}/actual"), {**values, "where": place.cell or ""})


def _is_cost(row: Mapping[str, object]) -> bool:
    name = label_key(str(row.get("level3") or ""))
    if _NOT_SPENT.search(name):
        return False
    levels = f"{row.get('level1') or ''}{row.get('level2') or ''}"
    return bool(_COST_LEVEL.search(levels) or _COST_NAME.search(name))


def _budget(case: Case) -> Decimal | None:
    """Return the largest amount a form has for the work, in 元."""
    amounts = [amount for at in _BUDGETS if (amount := case.in_yuan(at))]
    return max(amounts, default=None)


FUND_CHECKS: Mapping[str, Check] = {
    "C13": spending_within_budget,
    "C14": budget_change_has_a_reason,
    "C20": costs_have_a_ceiling,
    "C21": cost_agrees_with_spending,
}

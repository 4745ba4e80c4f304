"""Checks of amounts: do they add up, do rates and scores follow from them, is the scale right."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from difflib import SequenceMatcher

from xlflow.problems import Severity
from xlflow.review.case import TOLERANCE, Case, Check, Finding, rounds_to
from xlflow.scoring import to_cents
from xlflow.scoring.engine import FUNDS_TOTAL, INDICATORS
from xlflow.scoring.rules import plain
from xlflow.values import Amount, Op, amounts_in, label_key, parse_target

SOURCES = "/funds/sources"
COMPOSITION = "/composition"
_COLUMNS = ("initial_budget", "full_year_budget", "executed")
_SCALES = (Decimal(10), Decimal(100), Decimal(1000), Decimal(10000))
_HUNDRED = Decimal(100)
_SAME_MATTER = 0.6


def sources_add_up(case: Case) -> Iterator[Finding]:
    """Each of 年初/全年/执行: the sources add up to the total, within 0.01."""
    document = case.document
    for column in _COLUMNS:
        at = f"{FUNDS_TOTAL}/{column}"
        total = document.number(at)
        parts = [document.number(f"{row}/{column}") for row in document.rows(SOURCES)]
        known = [part for part in parts if part is not None]
        if total is None or not known:
            continue
        difference = sum(known) - total
        if abs(difference) > TOLERANCE:
            yield Finding(
                case.place(at),
                {
                    "label": _title(case, at),
                    "sum": plain(sum(known, Decimal(0))),
                    "total": plain(total),
                    "difference": plain(abs(difference)),
                },
            )


def execution_rate_follows(case: Case) -> Iterator[Finding]:
    """A written 执行率 is executed ÷ full-year budget, to the decimals written."""
    document = case.document
    for row in (FUNDS_TOTAL, *document.rows(SOURCES)):
        rate = document.number(f"{row}/execution_rate")
        budget = document.number(f"{row}/full_year_budget")
        executed = document.number(f"{row}/executed")
        if rate is None or budget is None or executed is None:
            continue
        exact = executed / budget * _HUNDRED if budget else Decimal(0)
        if not _is_rate(case, f"{row}/execution_rate", rate, exact):
            yield Finding(
                case.place(f"{row}/execution_rate"),
                {
                    "written": document.sources[f"{row}/execution_rate"].raw,
                    "exact": to_cents(exact),
                    "executed": plain(executed),
                    "budget": plain(budget),
                },
            )


def _is_rate(case: Case, at: str, rate: Decimal, exact: Decimal) -> bool:
    """Return whether a rate is written right: in per cent, or as a fraction without a sign."""
    decimals = case.decimals(at)
    if rounds_to(exact, rate, decimals):
        return True
    raw = case.document.sources[at].raw or ""
    return (
        "%" not in raw
        and "％" not in raw
        and rounds_to(exact / _HUNDRED, rate, min(decimals, 2))
        and decimals > 0
    )


def execution_score_follows(case: Case) -> Iterator[Finding]:
    """The claimed score of the execution row is the one the profile's rule gives."""
    score = case.score_of(FUNDS_TOTAL)
    claimed = case.document.number(f"{FUNDS_TOTAL}/score")
    if score is None or score.exact is None or claimed is None:
        return
    if not rounds_to(score.exact, claimed, case.decimals(f"{FUNDS_TOTAL}/score")):
        yield Finding(
            case.place(f"{FUNDS_TOTAL}/score"),
            {
                "claimed": plain(claimed),
                "computed": score.computed,
                "explanation": score.explanation,
                "explanation_en": score.explanation_en,
            },
        )


def rate_agrees_with_funds(case: Case) -> Iterator[Finding]:
    """An indicator that repeats a rate of the fund table says the same as the table.

    预算执行率 = E/B, 预算调整率 = |B−B0|/B0, 结转结余率 = (B−E)/B. A difference that does not
    change whether the target is met is a warning.
    """
    document = case.document
    rates = _rates(case)
    for row in document.rows(INDICATORS):
        name = label_key(document.text(f"{row}/level3") or "")
        rate = next((rates[key] for key in rates if key in name), None)
        written = parse_target(document.text(f"{row}/actual"))
        if rate is None or written.value is None or written.unit not in ("%", None):
            continue
        exact, arithmetic = rate
        if rounds_to(exact, written.value, _decimals(written.value)):
            continue
        target = parse_target(document.text(f"{row}/target"))
        same = _meets(target.op, target.value, exact) == _meets(
            target.op, target.value, written.value
        )
        yield Finding(
            case.place(f"{row}/actual"),
            {
                "name": document.text(f"{row}/level3"),
                "written": document.text(f"{row}/actual"),
                "exact": to_cents(exact),
                "arithmetic": arithmetic,
            },
            Severity.WARNING if same else None,
        )


def _rates(case: Case) -> dict[str, tuple[Decimal, str]]:
    """Return what the fund table gives for the rates an indicator may repeat."""
    initial, budget, executed = (
        case.document.number(f"{FUNDS_TOTAL}/{column}") for column in _COLUMNS
    )
    rates: dict[str, tuple[Decimal, str]] = {}
    if budget and executed is not None:
        e, b = plain(executed), plain(budget)
        rates["预算执行率"] = (executed / budget * _HUNDRED, f"{e}÷{b}")
        rates["结转结余率"] = ((budget - executed) / budget * _HUNDRED, f"({b}-{e})÷{b}")
    if budget is not None and initial:
        b, b0 = plain(budget), plain(initial)
        rates["预算调整率"] = (abs(budget - initial) / initial * _HUNDRED, f"|{b}-{b0}|÷{b0}")
    return rates


def _meets(op: Op, target: Decimal | None, actual: Decimal) -> bool | None:
    if target is None:
        return None
    if op in (Op.LE, Op.LT):
        return actual <= target
    if op in (Op.GE, Op.GT):
        return actual >= target
    return actual == target


def _decimals(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def project_amounts_agree(case: Case) -> Iterator[Finding]:
    """项目总金额 is not below 本年度金额, and the composition adds up to 本年度金额."""
    document = case.document
    total, this_year = document.number("/amount_total"), document.number("/amount_this_year")
    if this_year is None:
        return
    if total is not None and total < this_year:
        yield Finding(
            case.place("/amount_total"),
            {
                "what": f"项目总金额 {plain(total)} 小于本年度金额 {plain(this_year)}",
                "what_en": f"the total {plain(total)} is below this year's {plain(this_year)}",
                "difference": plain(this_year - total),
            },
        )
    parts = [document.number(f"{row}/amount") for row in document.rows(COMPOSITION)]
    known = [part for part in parts if part is not None]
    if known and abs(sum(known) - this_year) > TOLERANCE:
        together = sum(known, Decimal(0))
        yield Finding(
            case.place("/amount_this_year"),
            {
                "what": f"项目构成合计 {plain(together)} 与本年度金额 {plain(this_year)} 不等",
                "what_en": f"the composition adds up to {plain(together)}, "
                f"this year's amount is {plain(this_year)}",
                "difference": plain(abs(together - this_year)),
            },
        )


def amounts_on_one_scale(case: Case) -> Iterator[Finding]:
    """The same amount in two places does not differ by 10, 100, 1,000 or 10,000 times.

    Compared are the amount of an indicator with the amounts in prose about the same matter (a
    task whose name or text names the indicator), and target with actual of one indicator.
    """
    for row in case.document.rows(INDICATORS):
        own = _amount(case, f"{row}/target") or _amount(case, f"{row}/actual")
        if own is None:
            continue
        for other, at in (*_actual_amount(case, row), *_amounts_about(case, row)):
            if times := _scale(own, other.value):
                yield Finding(
                    case.place(f"{row}/target"),
                    {
                        "name": case.document.text(f"{row}/level3"),
                        "own": case.document.text(f"{row}/target"),
                        "other": other.raw,
                        "where": case.place(at).cell or at,
                        "times": plain(times),
                    },
                )
                break


def _amount(case: Case, at: str) -> Decimal | None:
    parsed = parse_target(case.document.text(at))
    return parsed.value if parsed.unit == "元" and parsed.value else None


def _actual_amount(case: Case, row: str) -> Iterator[tuple[Amount, str]]:
    for amount in amounts_in(case.document.text(f"{row}/actual") or ""):
        yield amount, f"{row}/actual"


def _amounts_about(case: Case, row: str) -> Iterator[tuple[Amount, str]]:
    """Yield the amounts that stand in prose about the matter of an indicator."""
    name = label_key(case.document.text(f"{row}/level3") or "")
    for task in case.document.rows("/annual_tasks"):
        if not _same_matter(name, label_key(case.document.text(f"{task}/name") or "")):
            continue
        for column in ("content", "actual"):
            for amount in amounts_in(case.document.text(f"{task}/{column}") or ""):
                yield amount, f"{task}/{column}"


def _same_matter(name: str, other: str) -> bool:
    if not name or not other:
        return False
    if name in other or other in name:
        return True
    matcher = SequenceMatcher(None, name, other, autojunk=False)
    return matcher.quick_ratio() >= _SAME_MATTER and matcher.ratio() >= _SAME_MATTER


def _scale(one: Decimal, other: Decimal) -> Decimal | None:
    if not one or not other:
        return None
    times = max(one, other) / min(one, other)
    return times if times in _SCALES else None


def _title(case: Case, at: str) -> str:
    node = case.form.root
    for key in at.strip("/").split("/"):
        child = node.child(key)
        if child is None:
            return at
        node = child
    return node.title


MONEY_CHECKS: Mapping[str, Check] = {
    "C10": sources_add_up,
    "C11": execution_rate_follows,
    "C12": execution_score_follows,
    "C15": rate_agrees_with_funds,
    "C16": project_amounts_agree,
    "C19": amounts_on_one_scale,
}

"""Checks of amounts: do they add up, do rates and scores follow from them, is the scale right."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from difflib import SequenceMatcher
from typing import NamedTuple

from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.case import TOLERANCE, Case, Check, Finding, in_quotes, is_rate
from xlflow.review.indicators import Indicator
from xlflow.review.points import score_finding
from xlflow.scoring import judge, to_cents
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.scoring.rows import number, rows_of, written
from xlflow.scoring.rules import plain
from xlflow.values import Amount, Op, amounts_in, label_key

SOURCES = "/funds/sources"
COMPOSITION = "/composition"
TASKS = "/annual_tasks"
_COLUMNS = ("initial_budget", "full_year_budget", "executed")
_SCALES = (Decimal(10), Decimal(100), Decimal(1000), Decimal(10000))
# An actual may well be a tenth or ten times of its target; a thousand times is a unit.
_ANOTHER_UNIT = Decimal(1000)
_ASKED_ONLY = (Decimal(10), Decimal(100))
_HUNDRED = Decimal(100)
_SAME_MATTER = 0.6
_LONGEST_NAME = 300
# Of the whole department: 政府采购预算执行率 is another rate than that of the fund table.
_TABLE_RATE = re.compile(
    r"(?:[0-9]{4}年度?|部门|单位|整体|总体|全年|年度|本年度?|支出|资金)*"
    r"(预算(?:资金)?执行率|预算调整率|结转结余率)"
)
_FIGURES = frozenset({Op.BARE, Op.EQ, Op.APPROX})


class TableRate(NamedTuple):
    """A rate of the fund table: in per cent, how it may be written, and how it is computed."""

    exact: Decimal
    may_be: tuple[Decimal, ...]
    arithmetic: str


def sources_add_up(case: Case) -> Iterator[Finding]:
    """Each of 年初/全年/执行: the sources add up to the total, within 0.01."""
    rows = [row for _, row in rows_of(case.document, SOURCES)]
    for column in _COLUMNS:
        at = f"{FUNDS_TOTAL}/{column}"
        total, together = case.document.number(at), _sum(row.get(column) for row in rows)
        if total is None or together is None or abs(together - total) <= TOLERANCE:
            continue
        yield Finding(
            case.place(at),
            {
                "label": case.label(at),
                "sum": plain(together),
                "total": plain(total),
                "difference": plain(abs(together - total)),
            },
        )


def _sum(cells: Iterable[object]) -> Decimal | None:
    """Return the sum of a column; None where nothing stands in it, or something else than numbers.

    A blank cell is nothing; a text that should be a number is a problem of its own.
    """
    filled = [cell for cell in cells if cell is not None]
    numbers = [cell for cell in filled if isinstance(cell, Decimal)]
    return sum(numbers, Decimal(0)) if numbers and len(numbers) == len(filled) else None


def execution_rate_follows(case: Case) -> Iterator[Finding]:
    """A written 执行率 is executed ÷ full-year budget, to the decimals written.

    Of no budget there is no rate: any but 0 is asked about.
    """
    document = case.document
    rows = [(FUNDS_TOTAL, document.get(FUNDS_TOTAL) or {}), *rows_of(document, SOURCES)]
    for at, row in rows:
        rate, budget = number(row.get("execution_rate")), number(row.get("full_year_budget"))
        executed = number(row.get("executed"))
        if rate is None or budget is None or budget < 0:
            continue
        place = case.place(f"{at}/execution_rate")
        raw = place.value or plain(rate)
        if budget == 0:
            if rate != 0:
                what = text("review.rate_of_nothing", written=raw)
                yield Finding(place, {"what": what.zh, "what_en": what.en}, Severity.WARNING)
        elif executed is not None and not is_rate(exact := executed / budget * _HUNDRED, rate, raw):
            what = text(
                "review.another_rate",
                written=raw,
                executed=plain(executed),
                budget=plain(budget),
                exact=to_cents(exact),
            )
            yield Finding(place, {"what": what.zh, "what_en": what.en})


def execution_score_follows(case: Case) -> Iterator[Finding]:
    """The claimed score of the execution row is the one the profile's rule gives."""
    score = case.score_of(FUNDS_TOTAL)
    if score:
        yield from score_finding(case, score, case.document.get(FUNDS_TOTAL) or {})


def rate_agrees_with_funds(case: Case) -> Iterator[Finding]:
    """An indicator that repeats a rate of the fund table says the same as the table.

    预算执行率 = E/B, 预算调整率 = |B−B0|/B0, 结转结余率 = (B−E)/B. A difference that does not
    change whether the target is met is a warning.
    """
    rates = _rates(case)
    for row in case.indicators:
        named = _TABLE_RATE.fullmatch(row.key) if row.key.endswith("率") else None
        rate = rates.get(named[1].replace("资金", "")) if named else None
        actual, said = row.actual, row.actual.raw
        if rate is None:
            continue
        if actual.value is None or actual.op not in _FIGURES or actual.unit not in ("%", None):
            continue
        if any(is_rate(exact, actual.value, said) for exact in rate.may_be):
            continue
        yield Finding(
            case.place(f"{row.at}/actual"),
            {
                "name": in_quotes(row.name),
                "written": said,
                "exact": to_cents(rate.exact),
                "arithmetic": rate.arithmetic,
            },
            Severity.WARNING if _same_verdict(case, row, rate.exact) else None,
        )


def _rates(case: Case) -> dict[str, TableRate]:
    """Return what the fund table gives for the rates an indicator may repeat."""
    initial, budget, executed = (
        case.document.number(f"{FUNDS_TOTAL}/{column}") for column in _COLUMNS
    )
    rates: dict[str, TableRate] = {}
    if budget is None or budget <= 0:
        return rates
    b = plain(budget)
    if executed is not None:
        e = plain(executed)
        spent, left = executed / budget * _HUNDRED, (budget - executed) / budget * _HUNDRED
        rates["预算执行率"] = TableRate(spent, (spent,), f"{e}÷{b}")
        if not case.form.monitors:  # in the course of the year nothing is left over yet
            rates["结转结余率"] = TableRate(left, (left,), f"({b}-{e})÷{b}")
    if initial is not None and initial > 0:
        b0 = plain(initial)
        change = (budget - initial) / initial * _HUNDRED
        rates["预算调整率"] = TableRate(abs(change), (abs(change), change), f"|{b}-{b0}|÷{b0}")
    return rates


def _same_verdict(case: Case, row: Indicator, exact: Decimal) -> bool:
    """Return whether the target is met by both, or missed by both, the written and the exact."""
    by_table = replace(row.actual, op=Op.BARE, value=exact, unit="%")
    one = judge(row.target, row.actual, Decimal(1), case.profile, name=row.name).points
    other = judge(row.target, by_table, Decimal(1), case.profile, name=row.name).points
    return one is not None and other is not None and (one == 1) == (other == 1)


def project_amounts_agree(case: Case) -> Iterator[Finding]:
    """项目总金额 is not below 本年度金额, and the composition adds up to 本年度金额.

    An amount whose composition was left blank is asked about.
    """
    document = case.document
    total, this_year = document.number("/amount_total"), document.number("/amount_this_year")
    if this_year is None:
        return
    if total is not None and total < this_year:
        yield _unequal(case, "/amount_total", "review.total_below_year", total, this_year)
    parts = [row.get("amount") for _, row in rows_of(document, COMPOSITION)]
    together = _sum(parts)
    if together is not None and abs(together - this_year) > TOLERANCE:
        yield _unequal(case, "/amount_this_year", "review.composition", together, this_year)
    elif this_year > 0 and COMPOSITION in document.sources and not any(parts):
        blank = _wrong_amounts(case, "/amount_this_year", "review.no_composition", this_year)
        yield replace(blank, severity=Severity.WARNING)


def _unequal(case: Case, at: str, key: str, one: Decimal, other: Decimal) -> Finding:
    return _wrong_amounts(case, at, key, one, other, abs(one - other))


def _wrong_amounts(case: Case, at: str, key: str, *amounts: Decimal) -> Finding:
    named = zip(("one", "other", "difference"), map(plain, amounts), strict=False)
    what = text(key, **dict(named))
    return Finding(case.place(at), {"what": what.zh, "what_en": what.en})


# -- scale ---------------------------------------------------------------------------------------


class _Prose(NamedTuple):
    """The amounts that a task mentions, and where: the task's name as a comparison key."""

    name: str
    amounts: tuple[tuple[str, Amount], ...]


def amounts_on_one_scale(case: Case) -> Iterator[Finding]:
    """The same amount in two places does not differ by 10, 100, 1,000 or 10,000 times.

    Compared are the two budgets of the fund table; the amount of an indicator with the amounts in
    prose about the same matter (a task whose name names the indicator); and target with actual of
    one indicator; there 10 and 100 times are a warning.
    """
    yield from _budgets_on_one_scale(case)
    tasks: list[_Prose] | None = None
    for row in case.indicators:
        own_at, own = _own_amount(row)
        if own is None:
            continue
        if tasks is None:
            tasks = list(_prose(case))
        found = list(_scale_findings(case, row, own_at=own_at, own=own, tasks=tasks))
        yield from sorted(found, key=lambda finding: finding.severity is not None)[:1]


def _budgets_on_one_scale(case: Case) -> Iterator[Finding]:
    """Yield a full-year budget a thousand times the initial one or more, or less than a thousandth.

    One of them probably counts in 元 what the other counts in 万元. Times that are no power of ten
    are a warning: a budget may begin with next to nothing.
    """
    initial_at, own_at = (f"{FUNDS_TOTAL}/{column}" for column in _COLUMNS[:2])
    initial, own = case.document.number(initial_at), case.document.number(own_at)
    if not initial or not own or initial < 0 or own < 0:
        return
    times = max(initial, own) / min(initial, own)
    if times >= _ANOTHER_UNIT:
        yield Finding(
            case.place(own_at),
            {
                "name": case.label(FUNDS_TOTAL),
                "label": case.label(own_at),
                "own": case.raw(own_at),
                "other": case.raw(initial_at),
                "where": case.place(initial_at).cell or initial_at,
                "times": plain(times.to_integral_value(ROUND_HALF_UP)),
            },
            None if times in _SCALES else Severity.WARNING,
        )


def _scale_findings(
    case: Case, row: Indicator, *, own_at: str, own: Decimal, tasks: list[_Prose]
) -> Iterator[Finding]:
    """Yield where an indicator's amount stands on another scale, nearest place first."""
    in_actual = amounts_in(row.actual.raw)
    beside = _Prose("", tuple((f"{row.at}/actual", found) for found in in_actual))
    about = [task for task in tasks if _same_matter(row.key, task.name)]
    for prose in (beside, *about):
        for other_at, other, times in _off_scale(own, prose):
            mild = prose is beside and times in _ASKED_ONLY
            if mild and case.form.monitors:  # a tenth of the year's target may well be all so far
                continue
            yield Finding(
                case.place(own_at),
                {
                    "name": in_quotes(row.name),
                    "label": case.label(own_at),
                    "own": case.raw(own_at),
                    "other": other.raw,
                    "where": case.place(other_at).cell or other_at,
                    "times": plain(times),
                },
                Severity.WARNING if mild else None,
            )


def _own_amount(row: Indicator) -> tuple[str, Decimal | None]:
    """Return the amount of money an indicator is about, from its target or else its actual."""
    for column, parsed in (("target", row.target), ("actual", row.actual)):
        if parsed.unit == "元" and parsed.value and parsed.value_high is None:
            return f"{row.at}/{column}", parsed.value
    return row.at, None


def _prose(case: Case) -> Iterator[_Prose]:
    for at, row in rows_of(case.document, TASKS):
        amounts = tuple(
            (f"{at}/{column}", found)
            for column in ("content", "actual")
            for found in amounts_in(written(case.document, f"{at}/{column}", row.get(column)) or "")
        )
        if amounts:
            yield _Prose(label_key(row.get("name") or ""), amounts)


def _off_scale(own: Decimal, prose: _Prose) -> Iterator[tuple[str, Amount, Decimal]]:
    """Yield the first amount that is the own one on another scale; none where the own stands."""
    if any(found.value == own for _, found in prose.amounts):
        return
    for at, found in prose.amounts:
        if found.value and (times := max(own, found.value) / min(own, found.value)) in _SCALES:
            yield at, found, times
            return


def _same_matter(name: str, other: str) -> bool:
    name, other = name[:_LONGEST_NAME], other[:_LONGEST_NAME]
    if not name or not other:
        return False
    if name in other or other in name:
        return True
    matcher = SequenceMatcher(None, name, other, autojunk=False)
    return matcher.quick_ratio() >= _SAME_MATTER and matcher.ratio() >= _SAME_MATTER


MONEY_CHECKS: Mapping[str, Check] = {
    "C10": sources_add_up,
    "C11": execution_rate_follows,
    "C12": execution_score_follows,
    "C15": rate_agrees_with_funds,
    "C16": project_amounts_agree,
    "C19": amounts_on_one_scale,
}

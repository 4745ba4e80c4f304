"""Checks of the amounts in running text: payment plans, parts of a whole, amounts of the form."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import NamedTuple

from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.case import Case, Check, Finding, decimals_written, in_quotes
from xlflow.scoring import to_cents
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.scoring.rules import plain
from xlflow.values import Amount, amounts_in, normalise

_PLAN = "/plan"
_PROSE = (
    "/overview",
    "/necessity",
    _PLAN,
    "/remark",
    "/overall_goal",
    "/annual_goal",
    "/annual_objective/expected",
    "/annual_objective/actual",
)
_HUNDRED = Decimal(100)
_POINT = Decimal(1)

# In a plan 支出135万 is money, the 元 left out.
_YUAN_LEFT_OUT = re.compile(r"(?<=[0-9]万)(?=[,;。、]|$)")
_PAYMENT = re.compile(
    r"(?:支出|支付|拨付|付款|付)(?:资金|金额|经费|款项|款|合同款|进度款|为|约|共|计|:)*"
    r"(?P<amount>[0-9][0-9,]*(?:\.[0-9]+)?(?:亿|万|千)?元)"
)
_SHARE = re.compile(r"([0-9]+(?:\.[0-9]+)?)%")
_SO_FAR = re.compile("截至|截止|累计")
_WHEN = re.compile("[0-9]月|季度|年底|年末|半年")
_NOT_ALL = re.compile("其余|剩余|余款|尾款|质保金|每月|每季|每年|每次|据实")

_ITEM = re.compile(r"[(](?P<in>[0-9]{1,2})[)]|(?<![0-9.])(?P<at>[0-9]{1,2})[.、](?![0-9])")
_FROM_CLAUSE = r"(?:^|(?<=[。;,:]))(?:本|该|我局|我单位|本单位|本部门|部门|单位)?"
_TO_AMOUNT = r"(?:总额|金额|资金|合计|共计|共|为|是|:)*(?=[0-9])"
_LABELLED = {
    f"{FUNDS_TOTAL}/initial_budget": "年初预算数?",
    f"{FUNDS_TOTAL}/full_year_budget": "(?:全年|调整后)预算数?",
    f"{FUNDS_TOTAL}/executed": "全年(?:预算)?(?:执行|实际支出)数",
    "/amount_this_year": "本年度(?:项目|预算)?金额",
    "/amount_total": "项目(?:总金额|资金总额)",
}
_WHOLE = re.compile(
    rf"{_FROM_CLAUSE}(?:项目|工程)*(?:可研)?(?:批复|估算|计划|核定)*"
    rf"(?:总概算|概算总|总投资|投资总额|投资概算){_TO_AMOUNT}"
)
_STATED = (
    *((at, re.compile(f"{_FROM_CLAUSE}{label}{_TO_AMOUNT}")) for at, label in _LABELLED.items()),
    ("/amount_total", _WHOLE),
)
_OF_WHICH = re.compile("其中|包括|包含|:")


class Payment(NamedTuple):
    """One payment of a plan: its amount in 元, the per cent reached, both as far as written."""

    amount: Amount
    share: Decimal | None
    so_far: bool
    dated: bool


def payments_are_the_amount(case: Case) -> Iterator[Finding]:
    """The payments of a plan add up to this year's amount, and the per cents follow from them.

    Read are plans of at least two payments that say 100 % at the end, or when each is due; to
    one per cent point. 截至6月底支出23万元 is what is paid by then. A plan that leaves payments
    open (余款, 每月, 据实) is not added up.
    """
    plan = normalise(case.document.text(_PLAN) or "")
    payments = list(_payments(plan)) if "万" in plan or "元" in plan else []
    if len(payments) < 2 or _NOT_ALL.search(plan):
        return
    shares = [each.share for each in payments if each.share is not None]
    if shares and (len(shares) < len(payments) or _HUNDRED not in (shares[-1], sum(shares))):
        return
    if not shares and not all(each.dated for each in payments):
        return
    reached = _reached(payments)
    whole, slack = reached[-1], sum((_half_unit(each.amount.raw) for each in payments), Decimal(0))
    amounts = [a for at in ("/amount_this_year", "/amount_total") if (a := case.in_yuan(at))]
    if amounts and not any(abs(whole - each) <= slack for each in amounts):
        yield _wrong_whole(case, payments, whole, amounts[0])
    elif shares and shares[-1] == _HUNDRED:
        yield from _wrong_share(case, payments, reached)


def _payments(plan: str) -> Iterator[Payment]:
    plan = _YUAN_LEFT_OUT.sub("元", plan)
    found = list(_PAYMENT.finditer(plan))
    ends = [0, *(match.end() for match in found)]
    starts = [*(match.start() for match in found[1:]), len(plan)]
    for before, match, after in zip(ends, found, starts, strict=False):
        amounts = amounts_in(match["amount"])
        share = _SHARE.search(plan[match.end() : after])
        lead = plan[before : match.start()]
        if amounts:
            yield Payment(
                amounts[0],
                Decimal(share[1]) if share else None,
                _SO_FAR.search(lead) is not None,
                _WHEN.search(lead) is not None,
            )


def _reached(payments: Sequence[Payment]) -> list[Decimal]:
    """Return what is paid after each payment."""
    amounts = [each.amount.value for each in payments]
    so_far = all(each.so_far for each in payments) and all(a < b for a, b in pairwise(amounts))
    return amounts if so_far else list(accumulate(amounts))


def _half_unit(raw: str) -> Decimal:
    """Return half of the last digit written, in 元."""
    scale = Decimal(100_000_000 if "亿" in raw else 10_000 if "万" in raw else 1)
    return scale.scaleb(-decimals_written(raw)) / 2


def _wrong_whole(
    case: Case, payments: Sequence[Payment], whole: Decimal, amount: Decimal
) -> Finding:
    prior = [case.document.number(at) for at in ("/prior_total", "/prior_this_year")]
    key = "review.plan_of_last_year" if whole in prior else "review.plan_whole"
    why = text(
        key,
        whole=_in_wan(whole),
        amount=_in_wan(amount),
        parts="、".join(each.amount.raw for each in payments),
        where=case.place("/amount_this_year").cell or "",
    )
    return Finding(case.place(_PLAN), {"why": why.zh, "why_en": why.en})


def _wrong_share(
    case: Case, payments: Sequence[Payment], reached: Sequence[Decimal]
) -> Iterator[Finding]:
    for payment, so_far in zip(payments, reached, strict=True):
        exact = so_far / reached[-1] * _HUNDRED
        if payment.share is not None and abs(exact - payment.share) > _POINT:
            why = text(
                "review.plan_share",
                written=plain(payment.share),
                exact=to_cents(exact),
                so_far=_in_wan(so_far),
                whole=_in_wan(reached[-1]),
            )
            yield Finding(case.place(_PLAN), {"why": why.zh, "why_en": why.en})
            return


# -- parts of a whole ----------------------------------------------------------------------------


def listed_parts_add_up(case: Case) -> Iterator[Finding]:
    """A list (1) … 10万元 (2) … 5万元, one amount an item, adds up to an amount of the project."""
    amounts = [a for at in ("/amount_this_year", "/amount_total") if (a := case.in_yuan(at))]
    for at in (each for each in _PROSE if amounts and each != _PLAN):  # the plan is C17
        said = _with_amounts(case, at)
        items = list(_ITEM.finditer(said))
        if [int(item["in"] or item["at"]) for item in items] != list(range(1, len(items) + 1)):
            continue
        bounds = [*(item.start() for item in items), len(said)]
        parts = [amounts_in(said[start:end]) for start, end in pairwise(bounds)]
        if len(parts) < 2 or any(len(part) != 1 for part in parts):
            continue
        together = sum((part[0].value for part in parts), Decimal(0))
        wholes = [*amounts, *(each.value for each in amounts_in(said[: bounds[0]]))]
        if together not in wholes:
            listed = "、".join(part[0].raw for part in parts)
            yield _unequal_parts(case, at, listed, together, amounts[0])


def investment_is_its_parts(case: Case) -> Iterator[Finding]:
    """可研批复总投资 a, 其中 b, c, d: the parts add up to the whole, in one sentence."""
    for at in _PROSE:
        for found in _WHOLE.finditer(said := _with_amounts(case, at)):
            sentence = re.split("[。;]", said[found.end() :], maxsplit=1)[0]
            whole, *parts = amounts_in(sentence) or (None,)
            if whole is None or len(parts) < 2 or not _OF_WHICH.search(sentence):
                continue
            together = sum((part.value for part in parts), Decimal(0))
            if abs(together - whole.value) > _half_unit(whole.raw):
                listed = "、".join(part.raw for part in parts)
                yield _unequal_parts(case, at, listed, together, whole.value)


def _unequal_parts(case: Case, at: str, listed: str, together: Decimal, whole: Decimal) -> Finding:
    return Finding(
        case.place(at),
        {
            "label": case.label(at),
            "parts": listed,
            "sum": _in_wan(together),
            "whole": _in_wan(whole),
            "difference": _in_wan(abs(together - whole)),
        },
    )


# -- amounts of the form, told again -------------------------------------------------------------


def text_repeats_the_amounts(case: Case) -> Iterator[Finding]:
    """An amount that a text calls by its name is the form's, in 元 as in 万元.

    A total investment that is not the project's total is a question: it may have other sources.
    Whatever is cumulative has other words and is not compared.
    """
    for at in _PROSE:
        said = _with_amounts(case, at)
        if not said:
            continue
        for field, label in _STATED:
            if found := label.search(said):
                yield from _told_otherwise(case, at, found, field)


def _told_otherwise(case: Case, at: str, label: re.Match[str], field: str) -> Iterator[Finding]:
    rest = label.string[label.end() :]
    stated, amount = next(iter(amounts_in(rest)), None), case.in_yuan(field)
    if stated is None or amount is None or not rest.startswith(stated.raw):
        return
    if abs(stated.value - amount) > _half_unit(stated.raw):
        place = case.place(field)
        values = {
            "label": case.label(at),
            "words": in_quotes(f"{label[0]}{stated.raw}"),
            "name": case.label(field),
            "where": place.cell or "",
            "amount": place.value or plain(amount),
        }
        yield Finding(case.place(at), values, Severity.WARNING if label.re is _WHOLE else None)


def _with_amounts(case: Case, at: str) -> str:
    """Return a text in its plain form, empty where it speaks of no money."""
    said = case.document.text(at) or ""
    return normalise(said) if "元" in said else ""


def _in_wan(amount: Decimal) -> str:
    return f"{plain(amount / 10_000)}万元"


PROSE_CHECKS: Mapping[str, Check] = {
    "C17": payments_are_the_amount,
    "C18": listed_parts_add_up,
    "C23": text_repeats_the_amounts,
    "C24": investment_is_its_parts,
}

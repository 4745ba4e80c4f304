"""Budget execution: what was planned, changed and spent, by form and by fund source."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from xlflow.ledger import Submission
from xlflow.papers import Column, Style
from xlflow.report.blocks import Bar, Bars, Block, Grid, Words, blank
from xlflow.report.figures import NOT_GIVEN, amount, in_wan, per_cent, points
from xlflow.report.material import Material
from xlflow.scoring.engine import FUNDS_TOTAL
from xlflow.sums import Money, Scale, added, by_source, money_of, ratio

MOST_BARS: Final = 20
_FULL_RATE = Decimal(1)
_MONEY_COLUMNS = (
    Column("年初预算", 3, Style.CELL_NUMBER),
    Column("全年预算", 3, Style.CELL_NUMBER),
    Column("全年执行", 3, Style.CELL_NUMBER),
    Column("执行率", 2, Style.CELL_NUMBER),
)


def money(material: Material, submission: Submission) -> Money:
    """Return the amounts of a form in 万元."""
    scale = material.scales.get(submission.form or "", Scale())
    return money_of(material.facts.data.get(submission.id, {}), scale)


def budget_blocks(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield the amounts in words and by fund source."""
    total = added(money(material, each) for each in submissions)
    if total.full_year_budget is None:
        yield Words(f"预算数和执行数{NOT_GIVEN}。")
        return
    yield Words(_in_words(total))
    sources = by_source(submissions, material.facts.data, material.scales)
    rows = [(each.name, *_cells(each.money)) for each in sources]
    if not rows:
        return
    whole = added(each.money for each in sources)
    yield Grid(
        "预算执行情况（按资金来源，单位：万元）",
        (Column("资金来源", 5), *_MONEY_COLUMNS),
        (*rows, ("合计", *_cells(total))),
    )
    pairs = (
        ("全年预算数", whole.full_year_budget, total.full_year_budget),
        ("全年执行数", whole.executed, total.executed),
    )
    for what, parts, stated in pairs:
        if parts != stated and parts is not None and stated is not None:
            apart = in_wan(abs(parts - stated))
            yield Words(
                f"各资金来源的{what}合计{in_wan(parts)}，与填报的总额{in_wan(stated)}相差{apart}。"
            )


def execution_blocks(material: Material, submission: Submission) -> Iterator[Block]:
    """Yield how one form scores its execution, and the reason the unit wrote."""
    for row in material.rows(submission):
        if row.score.field != FUNDS_TOTAL:
            continue
        total, score = money(material, submission), row.score
        yield Words(
            f"全年预算数{in_wan(total.full_year_budget)}，全年执行数{in_wan(total.executed)}，"
            f"执行率{per_cent(total.execution_rate)}；该项分值{points(score.weight)}分，"
            f"测算得分{points(score.computed)}分。"
        )
        yield Words(f"计分过程（金额单位与自评表相同）：{score.explanation}")
        if row.reason:
            yield Words(f"单位填报的原因：“{row.reason}”")
        elif row.lost > 0:
            yield Words(f"单位没有填报未得满分的原因：{blank('reason')}")


def by_form_blocks(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield a table and a chart of the execution of several forms, lowest rate first."""
    amounts = [(each, money(material, each)) for each in submissions]
    amounts.sort(key=_lowest_first)
    rows = tuple((material.name_of(each), *_cells(of_form)) for each, of_form in amounts)
    total = added(of_form for _, of_form in amounts)
    yield Grid(
        "预算执行情况（按执行率由低到高，单位：万元）",
        (Column("名称", 6), *_MONEY_COLUMNS),
        (*rows, ("合计", *_cells(total))),
    )
    if total.forms < len(amounts):
        yield Words(
            f"{len(amounts)}份表中有{total.forms}份同时填报了全年预算数和全年执行数，"
            "合计数和执行率按这些表计算。"
        )
    bars = tuple(
        Bar(material.name_of(each), rate, per_cent(rate))
        for each, of_form in amounts
        if (rate := of_form.execution_rate) is not None
    )
    shown = bars[:MOST_BARS]
    some = f"（最低的{MOST_BARS}个）" if len(bars) > MOST_BARS else ""
    yield Bars(
        "execution", f"预算执行率{some}", shown, max([_FULL_RATE, *(bar.value for bar in shown)])
    )


def _in_words(total: Money) -> str:
    told = f"年初预算数{in_wan(total.initial_budget)}，全年预算数{in_wan(total.full_year_budget)}"
    if total.initial_budget is not None and total.full_year_budget is not None:
        change = total.full_year_budget - total.initial_budget
        share = ratio(abs(change), total.initial_budget)
        if change:
            way = ("增加", "增长") if change > 0 else ("减少", "下降")
            told += f"，比年初预算数{way[0]}{in_wan(abs(change))}"
            told += f"，{way[1]}{per_cent(share)}" if share is not None else ""
        else:
            told += "，与年初预算数一致"
    told += f"；全年执行数{in_wan(total.executed)}，执行率{per_cent(total.execution_rate)}"
    if total.executed is not None and total.full_year_budget is not None:
        left = total.full_year_budget - total.executed
        told += f"，未执行{in_wan(left)}" if left > 0 else ""
        told += f"，超出全年预算数{in_wan(-left)}" if left < 0 else ""
    return f"{told}。"


def _cells(of: Money) -> tuple[str, str, str, str]:
    return (
        amount(of.initial_budget),
        amount(of.full_year_budget),
        amount(of.executed),
        per_cent(of.execution_rate),
    )


def _lowest_first(pair: tuple[Submission, Money]) -> tuple[bool, Decimal]:
    rate = pair[1].execution_rate
    return rate is None, rate or Decimal(0)

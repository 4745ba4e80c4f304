"""What a bureau's own layout can ask for: the names, the headings, and the values behind them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xlflow.errors import DefinitionError
from xlflow.facts import Facts
from xlflow.forms import Form
from xlflow.ledger import DecisionKind, Standing, StandingState, Submission
from xlflow.ledger.clock import local_time
from xlflow.ledger.identity import normalised, period_of
from xlflow.messages import text
from xlflow.ooxml.payload import Settable
from xlflow.review.result import Outcome
from xlflow.summary import frames
from xlflow.summary.captions import LIGHTS, OUTCOMES, STANDINGS, Caption
from xlflow.summary.links import Link, Links
from xlflow.sums import (
    Exercise,
    LevelSums,
    Money,
    Scale,
    Sums,
    by_exercise,
    by_level,
    by_source,
    by_unit,
    graded,
    money_by_id,
    money_of,
    ranked,
    ratio,
    scales_of,
    unit_of,
)

_AFTER_ALL_MONTHS = 99
_WHO = (Caption.UNIT_CODE, Caption.UNIT, Caption.PROJECT)
_EXERCISE = (Caption.FORM, Caption.YEAR, Caption.ROUND)
_MONEY = (
    Caption.INITIAL_BUDGET,
    Caption.FULL_YEAR_BUDGET,
    Caption.EXECUTED,
    Caption.EXECUTION_RATE,
    Caption.AMOUNT_THIS_YEAR,
)
_SUBMISSION = (
    *_WHO,
    *_EXERCISE,
    Caption.VERSION,
    Caption.OUTCOME,
    Caption.WEIGHT,
    Caption.CLAIMED,
    Caption.COMPUTED,
    Caption.UNDECIDED,
    Caption.GRADE,
    Caption.LIGHT,
    *_MONEY,
    Caption.ERRORS,
    Caption.WARNINGS,
    Caption.CHECKED_SCORE,
    Caption.OPINION,
    Caption.RECEIVED_AT,
    Caption.FILE,
)
_STANDING = (
    *_WHO,
    *_EXERCISE,
    Caption.STANDING,
    Caption.VERSION,
    Caption.COMPUTED,
    Caption.GRADE,
    Caption.PROBLEMS,
    Caption.DEADLINE,
)


ACCEPTED_ONLY = "_accepted"

Values = dict[Caption, Settable]


@dataclass(frozen=True, slots=True)
class TableKind:
    """A table that a layout can hold: what it lists, and the captions its headings may have."""

    about: str
    columns: tuple[Caption, ...]


_SUM_NAMES = {
    "with_funds": "预算数和执行数都填了的份数，三项合计和执行率只含这些",
    "initial_budget": "年初预算数合计",
    "budget": "全年预算数合计",
    "executed": "全年执行数合计",
    "execution_rate": "执行数合计 ÷ 全年预算数合计",
    "asked": "目标申报表的本年度金额合计",
    "average_claimed": "平均自评得分",
    "average_computed": "平均测算得分",
}
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "title": "标题（设置 title）",
        "form": "表的名称；单元格里已写的名称决定汇总哪一种表",
        "year": "年度",
        "round": "期次",
        "made_at": "生成时间（北京时间）",
        "deadline": "截止日期（设置 deadline）",
        "expected": "应报份数（名册）",
        "received": "已报份数（各取最新一版）",
        "accepted": "其中通过",
        "returned": "其中退回",
        "missing": "未报份数",
        "units": "已报单位数",
        "errors": "错误条数",
        "warnings": "提醒条数",
        **{
            name + scope: about + told
            for scope, told in (("", ""), (ACCEPTED_ONLY, "，仅通过的"))
            for name, about in _SUM_NAMES.items()
        },
    }
)
TABLES: Mapping[str, TableKind] = MappingProxyType(
    {
        "submissions": TableKind("每份填报表一行", _SUBMISSION),
        "ranking": TableKind("有测算得分的，从高到低", (Caption.RANK, *_SUBMISSION)),
        "units_table": TableKind(
            "每个单位一行",
            (
                Caption.UNIT_CODE,
                Caption.UNIT,
                Caption.COUNT,
                Caption.ACCEPTED,
                Caption.RETURNED,
                Caption.AVERAGE_CLAIMED,
                Caption.AVERAGE_COMPUTED,
                Caption.WITH_FUNDS,
                *_MONEY,
                Caption.ERRORS,
                Caption.WARNINGS,
            ),
        ),
        "grades": TableKind("每个等级一行", (Caption.GRADE, Caption.COUNT, Caption.SHARE)),
        "fund_sources": TableKind(
            "每种资金来源一行", (Caption.SOURCE, Caption.WITH_FUNDS, *_MONEY)
        ),
        "levels": TableKind(
            "每个一级指标一行，预算执行另成一行",
            (
                Caption.LEVEL1,
                Caption.INDICATORS,
                Caption.WEIGHT,
                Caption.CLAIMED,
                Caption.COMPUTED,
                Caption.LEVEL_SHARE,
                Caption.UNDECIDED,
                Caption.FULL_MARKS,
            ),
        ),
        "indicators": TableKind(
            "每条指标一行",
            (
                *_WHO,
                *_EXERCISE,
                Caption.LEVEL1,
                Caption.LEVEL2,
                Caption.LEVEL3,
                Caption.TARGET,
                Caption.ACTUAL,
                Caption.WEIGHT,
                Caption.CLAIMED,
                Caption.COMPUTED,
                Caption.DIFFERENCE,
                Caption.DEVIATION,
                Caption.LIGHT,
                Caption.PROGRESS,
                Caption.RULE,
                Caption.EXPLANATION,
                Caption.FILE,
                Caption.SHEET,
                Caption.CELL,
                Caption.SHA256,
            ),
        ),
        "problems": TableKind(
            "每个问题一行",
            (
                *_WHO,
                *_EXERCISE,
                Caption.SEVERITY,
                Caption.CODE,
                Caption.SHEET,
                Caption.CELL,
                Caption.VALUE,
                Caption.MESSAGE,
                Caption.FILE,
            ),
        ),
        "standing": TableKind("名册上每行一行，再加名册外已报的", _STANDING),
        "missing_units": TableKind("名册上还没有报送的", _STANDING),
    }
)
# A column with such a heading is there for people to write into.
FREE = frozenset({"备注", "签字", "签名", "签收", "核对人"})
OTHER_WORDS: Mapping[Caption, tuple[str, ...]] = MappingProxyType(
    {
        Caption.UNIT_CODE: ("单位代码", "预算单位编码", "预算单位代码"),
        Caption.UNIT: ("单位名称", "预算单位", "填报单位", "部门", "部门名称"),
        Caption.PROJECT: ("项目名称",),
        Caption.FORM: ("表名", "填报表"),
        Caption.YEAR: ("年份", "预算年度"),
        Caption.OUTCOME: ("审核结论", "审核结果"),
        Caption.CLAIMED: ("自评分", "自评分数", "自评总分"),
        Caption.COMPUTED: ("测算分", "测算分数", "系统测算得分"),
        Caption.GRADE: ("评价等级", "绩效等级", "评价等次", "等次"),
        Caption.LIGHT: ("灯号",),
        Caption.INITIAL_BUDGET: ("年初预算", "年初预算金额"),
        Caption.FULL_YEAR_BUDGET: ("全年预算", "全年预算金额", "预算数"),
        Caption.EXECUTED: ("全年执行", "全年执行金额", "执行数"),
        Caption.EXECUTION_RATE: ("执行率",),
        Caption.ERRORS: ("错误数", "错误条数"),
        Caption.WARNINGS: ("提醒数", "提醒条数"),
        Caption.RECEIVED_AT: ("报送时间",),
        Caption.FILE: ("文件名",),
        Caption.LEVEL3: ("指标名称",),
        Caption.TARGET: ("指标值", "目标值"),
        Caption.ACTUAL: ("完成值", "实际值"),
        Caption.MESSAGE: ("问题", "存在问题"),
        Caption.COUNT: ("已报份数", "填报份数"),
        Caption.AVERAGE_CLAIMED: ("平均自评分",),
        Caption.AVERAGE_COMPUTED: ("平均测算分",),
        Caption.ACCEPTED: ("通过份数",),
        Caption.RETURNED: ("退回份数",),
        Caption.SHARE: ("比例",),
        Caption.STANDING: ("报送状态", "填报状态"),
        Caption.PROBLEMS: ("问题条数",),
        Caption.RANK: ("排名", "排序"),
    }
)
MONEY = frozenset(_MONEY) - {Caption.EXECUTION_RATE}
RATES = frozenset(
    {
        Caption.EXECUTION_RATE,
        Caption.DEVIATION,
        Caption.PROGRESS,
        Caption.SHARE,
        Caption.LEVEL_SHARE,
    }
)
_AMOUNT_NAMES = ("initial_budget", "budget", "executed", "asked")
FIGURES_IN_MONEY = frozenset(
    name + scope for name in _AMOUNT_NAMES for scope in ("", ACCEPTED_ONLY)
)
FIGURES_AS_RATES = frozenset({"execution_rate", f"execution_rate{ACCEPTED_ONLY}"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the settings say: title, year, round and deadline; empty what they leave open."""

    title: str
    year: int = 0
    round: str = ""
    deadline: str = ""


def chosen_exercise(
    facts: Facts, form: str | None, wanted: Wanted, forms: Sequence[Form]
) -> Exercise | None:
    """Return the exercise to fill a layout with, None while nobody has sent or is expected.

    `form` is what the layout says, by title or name. Year and round are those of the settings, or
    the last ones where nobody is expected in these. Raises DefinitionError when it can not be told
    which form is meant.
    """
    titles = {each.name: each.title for each in forms}
    known = sorted({each.form for each in facts.standing if each.form})
    named = [
        name for name, title in titles.items() if normalised(form) in (name, normalised(title))
    ]
    if form and not named:
        listed = "、".join(titles.values())
        raise DefinitionError(*text("layout.unknown_form", form=form, known=listed))
    if not named and len(known) > 1:
        listed = "、".join(titles.get(each, each) for each in known)
        raise DefinitionError(*text("layout.which_form", known=listed))
    if not (chosen := [*named, *known][:1]):
        return None
    here = [each for each in facts.standing if each.form == chosen[0]]
    years = {each.year or 0 for each in here}
    year = wanted.year if wanted.year in years else max(years, default=wanted.year)
    periods = {period_of(each.round) for each in here if (each.year or 0) == year}
    asked = period_of(wanted.round)
    period = asked if asked in periods else max(periods, key=_end_of_period, default=asked)
    return Exercise(chosen[0], year, period)


def _end_of_period(period: str) -> tuple[int, str]:
    """Return by what rounds are put in order: the month they end with; the whole year is last.

    >>> sorted(["年度", "1-12月", "1-9月", "1-10月"], key=_end_of_period)
    ['1-9月', '1-10月', '1-12月', '年度']
    """
    months = re.findall("[0-9]+", period)
    return (int(months[-1]) if months else _AFTER_ALL_MONTHS, period)


class Content:
    """The values of one exercise, by the names a layout has for them; worked out when asked for.

    `at` is the time they are told for (ISO, UTC).
    """

    def __init__(
        self,
        facts: Facts,
        exercise: Exercise | None,
        wanted: Wanted,
        forms: Sequence[Form],
        at: str,
    ) -> None:
        def of_exercise(item: Submission | Standing) -> bool:
            return (item.form, item.year or 0, period_of(item.round)) == exercise

        self._exercise, self._wanted, self._at = exercise, wanted, at
        self._titles = {form.name: form.title for form in forms}
        self._scales = scales_of(forms)
        self._current = tuple(filter(of_exercise, facts.current))
        self._standing = tuple(filter(of_exercise, facts.standing))
        self._facts = facts

    def figure(self, name: str) -> Settable:
        """Return a single value; None where there is none."""
        return self._figures[name]

    def rows(self, name: str) -> list[Values]:
        """Return the rows of a table, by caption; each has its number."""
        rows = self._MAKERS[name](self)
        return [{Caption.NUMBER: number, **row} for number, row in enumerate(rows, start=1)]

    @cached_property
    def _figures(self) -> Mapping[str, Settable]:
        exercise = self._exercise
        accepted = [each for each in self._current if each.outcome is Outcome.ACCEPTED]
        return {
            "title": self._wanted.title,
            "form": self._titles.get(exercise.form, exercise.form) if exercise else None,
            "year": exercise.year or None if exercise else None,
            "round": exercise.period if exercise else None,
            "made_at": local_time(self._at),
            "deadline": _day(self._wanted.deadline),
            "expected": sum(each.expected for each in self._standing),
            "received": len(self._current),
            "accepted": len(accepted),
            "returned": len(self._current) - len(accepted),
            "missing": len(self._missing),
            "units": len({unit_of(each) for each in self._current}),
            "errors": sum(each.errors for each in self._current),
            "warnings": sum(each.warnings for each in self._current),
            **self._summed(self._current, ""),
            **self._summed(accepted, ACCEPTED_ONLY),
        }

    def _summed(self, part: Sequence[Submission], scope: str) -> dict[str, Settable]:
        money = money_by_id(part, self._facts.data, self._scales)
        all_of_it = by_exercise(part, money)
        if not all_of_it:
            return dict.fromkeys(name + scope for name in _SUM_NAMES)
        (sums,) = all_of_it
        values: dict[str, Settable] = {
            "with_funds": sums.money.forms,
            "initial_budget": sums.money.initial_budget,
            "budget": sums.money.full_year_budget,
            "executed": sums.money.executed,
            "execution_rate": sums.money.execution_rate,
            "asked": sums.money.asked,
            "average_claimed": sums.average_claimed,
            "average_computed": sums.average_computed,
        }
        return {name + scope: value for name, value in values.items()}

    @property
    def _missing(self) -> list[Standing]:
        return [each for each in self._standing if each.state is StandingState.MISSING]

    @cached_property
    def _decided(self) -> Mapping[Caption, Mapping[str | None, str | None]]:
        return {
            Caption.CHECKED_SCORE: self._facts.last_decided(DecisionKind.CHECKED_SCORE),
            Caption.OPINION: self._facts.last_decided(DecisionKind.OPINION),
        }

    def _submission(self, each: Submission) -> Values:
        money = money_of(
            self._facts.data.get(each.id, {}), self._scales.get(each.form or "", Scale())
        )
        weights = [row.weight for row in self._facts.scores[each.id] if row.weight is not None]
        checked = self._decided[Caption.CHECKED_SCORE].get(each.key)
        return self._who(each) | {
            Caption.VERSION: each.version,
            Caption.OUTCOME: OUTCOMES[each.outcome],
            Caption.WEIGHT: sum(weights, Decimal()) if weights else None,
            Caption.CLAIMED: each.claimed_total,
            Caption.COMPUTED: each.total,
            Caption.UNDECIDED: each.undecided_weight,
            Caption.GRADE: each.grade,
            Caption.LIGHT: LIGHTS.get(each.light or ""),
            **_amounts(money),
            Caption.ERRORS: each.errors,
            Caption.WARNINGS: each.warnings,
            Caption.CHECKED_SCORE: frames.number_or_text(checked),
            Caption.OPINION: self._decided[Caption.OPINION].get(each.key),
            Caption.RECEIVED_AT: local_time(each.received_at),
            Caption.FILE: each.file,
        }

    def _who(self, each: Submission | Standing) -> Values:
        return {
            Caption.UNIT_CODE: each.unit_code,
            Caption.UNIT: each.unit,
            Caption.PROJECT: each.project,
            Caption.FORM: self._titles.get(each.form or "", each.form),
            Caption.YEAR: each.year,
            Caption.ROUND: each.round,
        }

    def _submissions(self) -> list[Values]:
        return list(map(self._submission, self._current))

    def _ranking(self) -> list[Values]:
        return [
            {Caption.RANK: each.place, **self._submission(each.submission)}
            for each in ranked(self._current)
        ]

    def _units(self) -> list[Values]:
        money = money_by_id(self._current, self._facts.data, self._scales)
        return list(map(_unit, by_unit(self._current, money)))

    def _grades(self) -> list[Values]:
        grades = graded(self._current)
        everyone = Decimal(sum(grades.values()))
        return [
            {
                Caption.GRADE: grade,
                Caption.COUNT: count,
                Caption.SHARE: ratio(Decimal(count), everyone),
            }
            for grade, count in grades.items()
        ]

    def _fund_sources(self) -> list[Values]:
        return [
            {
                Caption.SOURCE: each.name,
                Caption.WITH_FUNDS: each.money.forms,
                **_amounts(each.money),
            }
            for each in by_source(self._current, self._facts.data, self._scales)
        ]

    def _levels(self) -> list[Values]:
        return list(map(_level, by_level(self._current, self._facts.scores, self._facts.data)))

    def _indicators(self) -> list[Values]:
        return [
            _plain(row)
            for each in self._current
            for row in frames.details_of(self._facts, each, self._titles)
        ]

    def _problems(self) -> list[Values]:
        nowhere = Links(Path(), Path())  # no column of a layout is a link
        return [
            _plain(row)
            for each in self._current
            for row in frames.problems_of(self._facts, each, nowhere, self._titles)
        ]

    def _standings(self) -> list[Values]:
        return list(map(self._standing_row, self._standing))

    def _missing_units(self) -> list[Values]:
        return list(map(self._standing_row, self._missing))

    def _standing_row(self, each: Standing) -> Values:
        return self._who(each) | {
            Caption.STANDING: STANDINGS[each.state],
            Caption.VERSION: each.version,
            Caption.COMPUTED: each.total,
            Caption.GRADE: each.grade,
            Caption.PROBLEMS: each.problems,
            Caption.DEADLINE: _day(each.deadline),
        }

    _MAKERS: Mapping[str, Callable[["Content"], list[Values]]] = MappingProxyType(
        {
            "submissions": _submissions,
            "ranking": _ranking,
            "units_table": _units,
            "grades": _grades,
            "fund_sources": _fund_sources,
            "levels": _levels,
            "indicators": _indicators,
            "problems": _problems,
            "standing": _standings,
            "missing_units": _missing_units,
        }
    )


def _amounts(money: Money) -> Values:
    return {
        Caption.INITIAL_BUDGET: money.initial_budget,
        Caption.FULL_YEAR_BUDGET: money.full_year_budget,
        Caption.EXECUTED: money.executed,
        Caption.EXECUTION_RATE: money.execution_rate,
        Caption.AMOUNT_THIS_YEAR: money.asked,
    }


def _unit(sums: Sums) -> Values:
    first = sums.submissions[0]
    return {
        Caption.UNIT_CODE: first.unit_code,
        Caption.UNIT: first.unit,
        Caption.COUNT: sums.count,
        Caption.ACCEPTED: sums.outcomes[Outcome.ACCEPTED],
        Caption.RETURNED: sums.outcomes[Outcome.RETURNED],
        Caption.AVERAGE_CLAIMED: sums.average_claimed,
        Caption.AVERAGE_COMPUTED: sums.average_computed,
        Caption.WITH_FUNDS: sums.money.forms,
        **_amounts(sums.money),
        Caption.ERRORS: sum(each.errors for each in sums.submissions),
        Caption.WARNINGS: sum(each.warnings for each in sums.submissions),
    }


def _level(sums: LevelSums) -> Values:
    return {
        Caption.LEVEL1: sums.name,
        Caption.INDICATORS: sums.rows,
        Caption.WEIGHT: sums.weight,
        Caption.CLAIMED: sums.claimed,
        Caption.COMPUTED: sums.points,
        Caption.LEVEL_SHARE: sums.share,
        Caption.UNDECIDED: sums.undecided_weight,
        Caption.FULL_MARKS: sums.full,
    }


def _day(written: str | None) -> Settable:
    """Return a deadline as a date where it is written as one, else as it stands."""
    try:
        return date.fromisoformat(written or "")
    except ValueError:
        return written


def _plain(row: Mapping[Caption, Any]) -> Values:
    """Return a row of the summary book without its links."""
    return {caption: value for caption, value in row.items() if not isinstance(value, Link)}

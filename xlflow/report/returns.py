"""What was handed in: how many of each form, when, and what is missing."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from xlflow.facts import Facts
from xlflow.ledger import Standing, StandingState, Submission
from xlflow.ledger.clock import local_time
from xlflow.ledger.identity import normalised, period_of
from xlflow.messages import text
from xlflow.papers import Column, Style
from xlflow.report.blocks import Block, Grid, Words
from xlflow.report.material import Material
from xlflow.review.result import Outcome
from xlflow.scoring import Light
from xlflow.sums import Exercise, unit_of

LIGHTS = {light.value: text(f"lights.{light}").zh for light in Light}
_COUNT_COLUMNS = (
    Column("表", 6),
    Column("应报", 2, Style.CELL_NUMBER),
    Column("已报", 2, Style.CELL_NUMBER),
    Column("通过", 2, Style.CELL_NUMBER),
    Column("退回修改", 2, Style.CELL_NUMBER),
    Column("未报", 2, Style.CELL_NUMBER),
)
_MISSING_COLUMNS = (
    Column("单位", 5),
    Column("项目", 6),
    Column("表", 5),
    Column("截止日期", 3, Style.CELL_MIDDLE),
)
_LIGHT_COLUMNS = (
    Column("单位", 5),
    Column("项目", 6),
    Column("监控期间", 3, Style.CELL_MIDDLE),
    Column("结果", 2, Style.CELL_MIDDLE),
)
_DAY = "{0.year}年{0.month}月{0.day}日"


def in_days(moment: datetime) -> str:
    """Return the day of a time in words.

    >>> in_days(datetime(2026, 4, 18, 15, 30))
    '2026年4月18日'
    """
    return _DAY.format(moment)


def count_blocks(material: Material) -> Iterator[Block]:
    """Yield how many of each form were expected, came, passed and are missing."""
    groups: dict[Exercise, list[Standing]] = {}
    for each in material.standing:
        exercise = Exercise(each.form or "", each.year or 0, period_of(each.round))
        groups.setdefault(exercise, []).append(each)
    rows = tuple(_count_row(material, key, groups[key]) for key in sorted(groups))
    yield Grid("报送情况（单位：份）", _COUNT_COLUMNS, rows)
    units = {unit_of(each) for each in material.filed}
    projects = {(unit_of(each), normalised(each.project)) for each in material.filed}
    named = sum(bool(project) for _, project in projects)
    of_projects = f"、{named}个项目" if named else ""
    yield Words(f"以上表涉及{len(units)}个单位{of_projects}。")


def missing_blocks(material: Material) -> Iterator[Block]:
    """Yield who was expected and sent nothing."""
    if not any(each.expected for each in material.standing):
        yield Words("没有报送名册，不能判断是否有单位未报。")
        return
    missing = [each for each in material.standing if each.state is StandingState.MISSING]
    if not missing:
        yield Words("名册上的表均已报送。")
        return
    yield Words(f"名册上有{len(missing)}份表尚未报送，本报告不含这些表。")
    yield Grid(
        "未报的表",
        _MISSING_COLUMNS,
        tuple(
            (
                each.unit or "",
                each.project or "",
                material.title_of(each.form),
                each.deadline or "",
            )
            for each in missing
        ),
    )


def light_blocks(material: Material) -> Iterator[Block]:
    """Yield what monitoring said during the year."""
    lights = Counter(each.light for each in material.monitored)
    told = "、".join(f"{LIGHTS[light]}{lights[light]}份" for light in LIGHTS if lights[light])
    yield Words(f"年内共报送绩效运行监控表{len(material.monitored)}份，监控结果：{told}。")
    yield Grid(
        "绩效运行监控结果",
        _LIGHT_COLUMNS,
        tuple(
            (
                each.unit or "",
                each.project or "",
                each.round or "",
                LIGHTS.get(each.light or "", ""),
            )
            for each in material.monitored
        ),
    )


def log_in_words(facts: Facts, submission: Submission) -> str:
    """Return how often a form was sent in, and when."""
    versions = [each for each in facts.submissions if each.version and each.key == submission.key]
    days = sorted(local_time(each.received_at) for each in versions)
    returned = sum(each.outcome is Outcome.RETURNED for each in versions)
    told = f"收到{len(versions)}个版本，首次报送时间为{in_days(days[0])}"
    if len(versions) > 1:
        told += f"，最近一次为{in_days(days[-1])}"
    return f"{told}；其中{returned}个版本退回修改。本报告以第{submission.version}个版本为准。"


def all_in_words(material: Material) -> str:
    """Return how many versions of all forms came, and when."""
    keys = {each.key for each in material.filed}
    versions = [each for each in material.facts.submissions if each.version and each.key in keys]
    days = sorted(local_time(each.received_at) for each in versions)
    returned = sum(each.outcome is Outcome.RETURNED for each in versions)
    return (
        f"各单位共报送{len(keys)}份表、{len(versions)}个版本，首次报送时间为{in_days(days[0])}，"
        f"最近一次为{in_days(days[-1])}；审核后退回修改{returned}个版本。"
    )


def _count_row(material: Material, exercise: Exercise, standing: list[Standing]) -> tuple[str, ...]:
    states = Counter(each.state for each in standing)
    expected = sum(each.expected for each in standing)
    period = "" if exercise.period == "年度" else f"（{exercise.period}）"
    came = len(standing) - states[StandingState.MISSING]
    counts = (
        expected or "—", came, states[StandingState.ACCEPTED], states[StandingState.RETURNED],
        states[StandingState.MISSING],
    )  # fmt: skip
    return f"{material.title_of(exercise.form)}{period}", *map(str, counts)

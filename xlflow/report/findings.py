"""Problems found by the review, by cell, and where points were lost."""

from collections.abc import Iterator, Sequence
from typing import Final

from xlflow.ledger import Submission
from xlflow.papers import Column, Style
from xlflow.problems import Problem, Severity
from xlflow.report.blocks import Block, Grid, Words
from xlflow.report.execution import money
from xlflow.report.figures import listed, per_cent, points
from xlflow.report.material import Material

MOST_ROWS: Final = 200
SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "提醒"}
_COLUMNS = (
    Column("名称", 4),
    Column("类别", 2, Style.CELL_MIDDLE),
    Column("位置", 4, Style.CELL_MIDDLE),
    Column("问题", 12),
)


def problem_blocks(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield the errors and warnings of forms, errors first, each with its cell."""
    found = [
        (each, problem)
        for severity in SEVERITIES
        for each in submissions
        for problem in material.facts.problems.get(each.id, ())
        if problem.severity is severity
    ]
    if not found:
        yield Words("审核没有发现错误和提醒。")
        return
    errors = sum(problem.severity is Severity.ERROR for _, problem in found)
    yield Words(
        f"审核共发现错误{errors}处、提醒{len(found) - errors}处。"
        "错误须改正后重新报送，提醒须核实说明。"
    )
    several = len(submissions) > 1
    columns = _COLUMNS if several else _COLUMNS[1:]
    rows = tuple(
        (material.name_of(each), *_row(problem))[not several :]
        for each, problem in found[:MOST_ROWS]
    )
    yield Grid("审核发现的问题", columns, rows)
    if len(found) > MOST_ROWS:
        yield Words(f"上表列出前{MOST_ROWS}处，其余见汇总表的问题清单。")


def low_execution_in_words(material: Material, submissions: Sequence[Submission]) -> str:
    """Return which forms spent less than their profile gives full points for; empty if none."""
    low = []
    for each in submissions:
        rate, profile = money(material, each).execution_rate, material.profiles.get(each.id)
        if rate is not None and profile and rate * 100 < profile.execution_full_at:
            low.append(f"{material.name_of(each)}（{per_cent(rate)}）")
    return f"预算执行率未达到得满分标准的有：{listed(low)}。" if low else ""


def most_lost_in_words(material: Material, submissions: Sequence[Submission]) -> str:
    """Return where most points were lost, at most ten rows; empty if none were."""
    rows = sorted(
        (row for row in material.rows(*submissions) if row.lost > 0), key=lambda row: -row.lost
    )
    if not rows:
        return ""
    several = len(submissions) > 1
    told = (
        f"{material.name_of(row.submission) + '的' if several else ''}“{row.score.name}”"
        f"扣{points(row.lost)}分"
        for row in rows[:10]
    )
    return f"扣分的有{len(rows)}项：{'、'.join(told)}{'等' if len(rows) > 10 else ''}。"


def place_of(problem: Problem) -> str:
    """Return sheet and cell of a problem; a problem of the whole form has neither."""
    return " ".join(filter(None, (problem.sheet, problem.cell)))


def _row(problem: Problem) -> tuple[str, ...]:
    return (
        SEVERITIES[problem.severity],
        place_of(problem),
        problem.message,
    )

"""Indicators: what each level earned, and each row that lost points, deviates or is undecided."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from xlflow.ledger import Submission
from xlflow.papers import Column, Style
from xlflow.report.blocks import Bar, Bars, Block, Grid, Heading, Words, blank
from xlflow.report.figures import deviation, per_cent, points
from xlflow.report.material import Material, Row
from xlflow.sums import LevelSums, by_level, level_name
from xlflow.values import Op, parse_target

MOST_ROWS: Final = 200
_NO_NUMBER = (Op.QUAL, Op.NONE, Op.ERROR)
_ROW_COLUMNS = (
    Column("三级指标", 6),
    Column("指标值", 4),
    Column("实际完成值", 4),
    Column("分值", 2, Style.CELL_NUMBER),
    Column("得分", 2, Style.CELL_NUMBER),
    Column("偏差度", 3, Style.CELL_NUMBER),
)
_LEVEL_COLUMNS = (
    Column("一级指标", 4),
    Column("项数", 2, Style.CELL_NUMBER),
    Column("分值", 3, Style.CELL_NUMBER),
    Column("得分", 3, Style.CELL_NUMBER),
    Column("扣分", 3, Style.CELL_NUMBER),
    Column("得分率", 3, Style.CELL_NUMBER),
    Column("未测算分值", 3, Style.CELL_NUMBER),
)
_SHORT_COLUMNS = (
    Column("指标", 4),
    Column("扣分", 2, Style.CELL_NUMBER),
    Column("偏差度", 3, Style.CELL_NUMBER),
    Column("测算说明", 9),
    Column("单位填报的原因", 5),
)


def count_in_words(rows: Sequence[Row], head: str = "共设置") -> str:
    """Return how many indicators there are, of what kind, and what became of them."""
    weight = sum((row.score.weight or Decimal(0) for row in rows), Decimal(0))
    words = [row for row in rows if parse_target(row.score.target or "").op in _NO_NUMBER]
    short = [row for row in rows if row.lost > 0]
    open_rows = [row for row in rows if row.score.computed is None]
    told = (
        f"{head}三级指标{len(rows)}项，分值{points(weight)}分，"
        f"其中定量（含时限）指标{len(rows) - len(words)}项、定性指标{len(words)}项。"
    )
    told += f"得满分{len(rows) - len(short) - len(open_rows)}项，未得满分{len(short)}项"
    if short:
        told += f"（共扣{points(sum((row.lost for row in short), Decimal(0)))}分）"
    if open_rows:
        undecided = sum((row.score.weight or Decimal(0) for row in open_rows), Decimal(0))
        told += (
            f"，按评分方案不能测算{len(open_rows)}项（分值{points(undecided)}分，暂按自评得分计入）"
        )
    return f"{told}。"


def level_sums(material: Material, submissions: Sequence[Submission]) -> tuple[LevelSums, ...]:
    """Return the sums of each level 1, budget execution with them."""
    return by_level(submissions, material.facts.scores, material.facts.data)


def level_blocks(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield a table and a chart of what each level 1 earned."""
    levels = level_sums(material, submissions)
    rows = tuple(_level_row(each) for each in levels)
    weight = sum((each.weight for each in levels), Decimal(0))
    earned = sum((each.points for each in levels), Decimal(0))
    undecided = sum((each.undecided_weight for each in levels), Decimal(0))
    count = sum(each.rows for each in levels)
    share = earned / weight if weight else None
    total = (
        "合计", str(count), points(weight), points(earned), points(weight - earned),
        per_cent(share), points(undecided),
    )  # fmt: skip
    yield Grid("各级指标得分情况（单位：分）", _LEVEL_COLUMNS, (*rows, total))
    yield Bars(
        "levels",
        "各级指标得分率",
        tuple(
            Bar(each.name, each.share, per_cent(each.share))
            for each in levels
            if each.share is not None
        ),
        Decimal(1),
    )


def row_blocks(material: Material, submission: Submission, level: int) -> Iterator[Block]:
    """Yield the indicators of one form under a heading for each level 1."""
    levels: dict[str, list[Row]] = {}
    for row in material.indicators(submission):
        levels.setdefault(level_name(row.data.get("level1")), []).append(row)
    for name, of_level in levels.items():
        yield Heading(f"{name}指标", level)
        yield Words(count_in_words(of_level, "本类"))
        yield Grid(
            f"{name}指标完成情况", _ROW_COLUMNS, tuple(_indicator_row(row) for row in of_level)
        )


def shortfall_blocks(material: Material, submissions: Sequence[Submission]) -> Iterator[Block]:
    """Yield the rows that lost points, deviate or are not decided; most points lost first."""
    rows = [row for row in material.indicators(*submissions) if _is_remarkable(row)]
    if not rows:
        yield Words("所有三级指标均得满分，且没有偏差。")
        return
    rows.sort(key=lambda row: (-row.lost, row.score.computed is None))
    several = len(submissions) > 1
    yield Words(
        "未得满分、有偏差或者不能测算的指标如下，测算说明由系统按评分方案给出，原因照录单位所填。"
    )
    yield Grid(
        "未得满分、有偏差或者不能测算的指标",
        _SHORT_COLUMNS,
        tuple(
            _short_row(row, material.name_of(row.submission) if several else "")
            for row in rows[:MOST_ROWS]
        ),
    )
    if len(rows) > MOST_ROWS:
        yield Words(f"上表列出扣分最多的{MOST_ROWS}项，其余见汇总表的指标明细。")


def _is_remarkable(row: Row) -> bool:
    return row.lost > 0 or bool(row.score.deviation) or row.score.computed is None


def _level_row(level: LevelSums) -> tuple[str, ...]:
    return (
        level.name,
        str(level.rows),
        points(level.weight),
        points(level.points),
        points(level.weight - level.points),
        per_cent(level.share),
        points(level.undecided_weight),
    )


def _indicator_row(row: Row) -> tuple[str, ...]:
    score = row.score
    return (
        score.name,
        score.target or "",
        score.actual or "",
        points(score.weight) if score.weight is not None else "",
        points(score.computed),
        deviation(score.deviation),
    )


def _short_row(row: Row, about: str) -> tuple[str, ...]:
    score = row.score
    name = f"{about}：{score.name}" if about else score.name
    reason = row.reason or (blank("reason") if row.lost > 0 else "")
    lost = points(row.lost) if score.computed is not None else points(None)
    return name, lost, deviation(score.deviation), score.explanation, reason

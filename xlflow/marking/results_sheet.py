"""The sheet 核对结果: what was found, where, and what to do; with links to the cells."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, count

from xlflow.forms.colours import COLOURS
from xlflow.marking.computed import has_block, light_word
from xlflow.marking.memory import COLUMN, Before, remembers, told, with_memory
from xlflow.ooxml import CellStyle, Sheet, Workbook
from xlflow.ooxml.new_sheet import NewCell, NewSheet
from xlflow.ooxml.reference import Area, parse_cell
from xlflow.problems import Problem, Severity
from xlflow.review import Outcome, Result
from xlflow.scoring import Score, lights_in_words

SHEET_NAME = "核对结果"

SEVERITIES = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "说明"}
FILLS = {Severity.ERROR: "FFFADBD8", Severity.WARNING: "FFFCF3CF", Severity.NOTE: "FFEAECEE"}
# Stronger than on the sheet, where nothing else is coloured: input cells are light yellow.
HIGHLIGHTS = {
    Severity.ERROR: "FFF5B7B1",
    Severity.WARNING: "FFFFE082",
    Severity.NOTE: "FFD5D8DC",
}
_TITLE = "填报核对结果"
_HEADING_ROW = 4
_OUTCOMES = {Outcome.ACCEPTED: "通过", Outcome.RETURNED: "退回修改"}
_PROBLEM_HEADINGS = ("序号", "级别", "编码", "位置", "填写内容", "问题和处理办法")
_PROBLEM_WIDTHS = (6.0, 8.0, 8.0, 12.0, 34.0, 96.0)
_ROOM_FOR_SHEET = 16.0

_NOT_YET = "尚未核对。报送后由 xlflow 填写，单位不需要填这张表。"
_LONGEST_VALUE = 61
_LINE = 15.0
_PER_LINE = 46  # Chinese characters that fit on one line of the widest problem column

StyleIndex = Callable[[CellStyle], int]


@dataclass(frozen=True, slots=True)
class _Styles:
    """The style indices of this sheet in the workbook at hand."""

    title: int
    line: int
    heading: int
    text: int
    centre: int
    link: int
    points: int
    percent: int
    severity: dict[Severity, int]
    light: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Column:
    """A column of the table of scored rows: heading, width, and its cell of a row."""

    heading: str
    width: float
    cell: Callable[[Score], NewCell]


def results_sheet(
    results: Sequence[Result], style: StyleIndex, before: Sequence[Before] = ()
) -> NewSheet:
    """Return the sheet for the forms of a workbook; without results the empty one of a template.

    `style` gives the index of a cell style in the workbook, `before` is what stood in the cells
    that were written: it is kept in a hidden column. The computed columns are added for
    a form that has no computed block of its own.
    """
    problems = [found for result in results for found in result.problems]
    scores = [score for result in results if _lacks_block(result) for score in result.scores.rows]
    several = len(results) > 1
    styles = _styles(style, {score.light for score in scores if score.light})
    columns = _columns(scores, styles, several)
    headings = _PROBLEM_HEADINGS + (("", *(each.heading for each in columns)) if scores else ())
    left = [_problem_row(n, found, styles, several) for n, found in enumerate(problems, 1)]
    right: list[tuple[NewCell | None, ...]] = [
        tuple(column.cell(score) for column in columns) for score in scores
    ]
    if results and not left:
        left = [_no_problem(styles)]
    body = [_side_by_side(left, right, index) for index in range(max(len(left), len(right)))]
    last = _HEADING_ROW + max(len(left), 1)
    widths = _widths([each.width for each in columns] if scores else [], several)
    rows = (
        (NewCell(_TITLE, styles.title),),
        (
            NewCell(
                "\n".join(_summary(result, several) for result in results) or _NOT_YET,
                styles.line,
            ),
        ),
        (NewCell(_guidance(results), styles.line),),
        tuple(NewCell(word, styles.heading) if word else None for word in headings),
        *body,
    )
    pieces = told(before) if results else ()
    unseen = range(COLUMN, COLUMN + len(pieces))
    return NewSheet(
        rows=with_memory(rows, pieces) if pieces else rows,
        widths=(*widths, *(9.0 for _ in range(len(widths), unseen.stop - 1))) if pieces else widths,
        hidden=frozenset(unseen),
        heights=_heights(problems, scores) | {2: 22.0 * max(1, len(results))},
        merges=tuple(Area(row, 1, row, len(_PROBLEM_HEADINGS)) for row in (1, 2, 3)),
        frozen_rows=_HEADING_ROW,
        filtered=Area(_HEADING_ROW, 1, last, len(_PROBLEM_HEADINGS)),
        footer="&C第 &P 页，共 &N 页",
    )


def looks(style: StyleIndex) -> dict[int, str]:
    """Return a word for each style of the sheet, by its index: heading, link, error."""
    styles = _styles(style, COLOURS)
    plain = ("title", "line", "heading", "text", "centre", "link", "points", "percent")
    return (
        {getattr(styles, name): name for name in plain}
        | {index: severity.value for severity, index in styles.severity.items()}
        | {index: light for light, index in styles.light.items()}
    )


def results_title(workbook: Workbook) -> str:
    """Return the name of our sheet in a workbook, or the one it gets where a person has ours."""
    alike = [name for name in workbook.sheet_names if name.startswith(SHEET_NAME)]
    for name in alike:
        if _is_ours(workbook.sheet(name)):
            return name
    numbered = (f"{SHEET_NAME}{number}" for number in count(2))
    return next(name for name in chain([SHEET_NAME], numbered) if name not in alike)


def put_results_sheet(
    workbook: Workbook, results: Sequence[Result] = (), before: Sequence[Before] = ()
) -> None:
    """Put the sheet 核对结果 into a workbook; without results the empty one of a template."""
    title = results_title(workbook)
    workbook.compose_sheet(title, results_sheet(results, workbook.style, before))
    workbook.repeat_on_paper(title, _HEADING_ROW)
    for fill in HIGHLIGHTS.values():
        workbook.differential(fill)


def _is_ours(sheet: Sheet) -> bool:
    """Return whether nothing of a person stands on a sheet: a blank one is as good as ours."""
    return sheet.stored("A1")[1] == _TITLE or not len(sheet.content.cells) or remembers(sheet)


def _widths(of_scores: Sequence[float], several: bool) -> tuple[float, ...]:
    """Return the widths of the columns; a place takes more room with its sheet."""
    place = _PROBLEM_WIDTHS[3] + (_ROOM_FOR_SHEET if several else 0.0)
    problems = (*_PROBLEM_WIDTHS[:3], place, *_PROBLEM_WIDTHS[4:])
    return (*problems, 2.0, *of_scores) if of_scores else problems


def _styles(style: StyleIndex, lights: Collection[str]) -> _Styles:
    body = CellStyle(font="宋体", size=10, border="FFBFBFBF", vertical="center", wrap=True)
    inks = {Severity.ERROR: "FF922B21", Severity.WARNING: "FF7D6608", Severity.NOTE: "FF424949"}
    return _Styles(
        title=style(CellStyle(font="黑体", size=16, horizontal="center", vertical="center")),
        line=style(CellStyle(font="宋体", size=10, vertical="center", wrap=True)),
        heading=style(replace(body, font="黑体", fill="FFEDF1F7", horizontal="center")),
        text=style(body),
        centre=style(replace(body, horizontal="center")),
        link=style(replace(body, horizontal="center", color="FF0563C1", underline=True)),
        points=style(replace(body, horizontal="center", number_format="0.00")),
        percent=style(replace(body, horizontal="center", number_format="0.00%")),
        severity={
            severity: style(
                replace(body, horizontal="center", fill=FILLS[severity], color=inks[severity])
            )
            for severity in Severity
        },
        light={
            light: style(replace(body, font="黑体", horizontal="center", fill=paper, color=ink))
            for light, (ink, paper) in COLOURS.items()
            if light in lights  # a style nobody needs is none of the workbook's
        },
    )


def _lacks_block(result: Result) -> bool:
    return result.document is not None and not has_block(result.document)


def _summary(result: Result, several: bool) -> str:
    scores = result.scores
    parts = [f"工作表“{result.sheet}”"] if several else []
    parts += [f"结论：{_OUTCOMES[result.outcome]}", f"错误 {result.errors} 项"]
    warnings = sum(found.severity is Severity.WARNING for found in result.problems)
    parts.append(f"提醒 {warnings} 项")
    if scores.total is not None:
        parts += [
            f"测算总分 {scores.total}",
            f"自评总分 {scores.claimed_total}",
            f"等级 {scores.grade}",
        ]
    if scores.light is not None:
        parts.append(f"预警灯 {light_word(scores.light)}（{lights_in_words(scores.rows).zh}）")
    if scores.undecided_weight:
        parts.append(f"其中 {scores.undecided_weight:f} 分无法测算，按自评得分计入")
    if scores.rows:
        parts.append(f"评分方案 {result.profile}")
    return "　".join(parts)


def _guidance(results: Sequence[Result]) -> str:
    if all(result.outcome is Outcome.ACCEPTED for result in results):
        return "点击“位置”可跳到对应单元格。"
    return "点击“位置”可跳到对应单元格。“错误”须改正后重新报送，“提醒”请核对，属实的可不改。"


def _problem_row(
    number: int, found: Problem, styles: _Styles, several: bool
) -> tuple[NewCell | None, ...]:
    return (
        NewCell(number, styles.centre),
        NewCell(SEVERITIES[found.severity], styles.severity[found.severity]),
        NewCell(found.code, styles.centre),
        _link(found.sheet, found.cell, styles, several),
        NewCell(shortened(found.value), styles.text),
        NewCell(found.message, styles.text),
    )


def _no_problem(styles: _Styles) -> tuple[NewCell | None, ...]:
    blank = NewCell(None, styles.text)
    return (blank, blank, blank, blank, blank, NewCell("没有发现问题。", styles.text))


def _columns(scores: Sequence[Score], styles: _Styles, several: bool) -> tuple[_Column, ...]:
    """Return the columns that say something of these rows: points, lights, or both."""

    def text(value: str | None) -> NewCell:
        return NewCell(value, styles.text)

    def centre(value: str | Decimal | None) -> NewCell:
        return NewCell(value, styles.centre)

    def percent(value: Decimal | None) -> NewCell:
        return NewCell(None if value is None else value / 100, styles.percent)

    points = (
        _Column("分值", 8.0, lambda score: centre(score.weight)),
        _Column("自评得分", 10.0, lambda score: centre(score.claimed)),
        _Column("测算得分", 10.0, lambda score: NewCell(score.computed, styles.points)),
        _Column("测算偏差度", 11.0, lambda score: percent(score.deviation)),
    )
    place = 10.0 + (_ROOM_FOR_SHEET if several else 0.0)
    lights = (
        _Column("测算灯号", 10.0, lambda score: _light(score.light, styles)),
        _Column("测算进度", 11.0, lambda score: percent(score.progress)),
    )
    return (
        _Column("位置", place, lambda score: _link(score.sheet, score.cell, styles, several)),
        _Column("指标", 34.0, lambda score: text(score.name)),
        _Column("年度指标值", 16.0, lambda score: text(score.target)),
        _Column("实际完成值", 16.0, lambda score: text(score.actual)),
        *(points if any(score.weight is not None for score in scores) else ()),
        *(lights if any(score.light for score in scores) else ()),
        _Column("测算说明", 70.0, lambda score: text(score.explanation)),
    )


def _light(light: str | None, styles: _Styles) -> NewCell:
    return NewCell(light_word(light), styles.light[light] if light else styles.centre)


def _link(sheet: str | None, cell: str | None, styles: _Styles, several: bool) -> NewCell:
    """Return the link to a cell; it names the sheet where the workbook has several forms."""
    if sheet is None or cell is None:
        return NewCell(sheet, styles.centre)
    row, col = parse_cell(cell)
    shown = f"{sheet}!{cell}" if several else cell
    return NewCell(shown, styles.link, (sheet, Area(row, col, row, col)))


def _side_by_side(
    left: list[tuple[NewCell | None, ...]], right: list[tuple[NewCell | None, ...]], index: int
) -> tuple[NewCell | None, ...]:
    problem = left[index] if index < len(left) else (None,) * len(_PROBLEM_HEADINGS)
    return (*problem, None, *right[index]) if index < len(right) else problem


def _heights(problems: Sequence[Problem], scores: Sequence[Score]) -> dict[int, float]:
    """Return row heights: a wrapped text needs room that no program works out on opening."""
    heights = {1: 30.0, 3: 20.0, _HEADING_ROW: 22.0}
    lines = [
        max(_lines(found.message, _PER_LINE), _lines(shortened(found.value), 16))
        for found in problems
    ]
    for index, score in enumerate(scores):
        needed = max(_lines(score.explanation, 33), _lines(score.name, 16))
        if index < len(lines):
            lines[index] = max(lines[index], needed)
        else:
            lines.append(needed)
    heights |= {_HEADING_ROW + 1 + i: min(_LINE * n + 5, 400) for i, n in enumerate(lines)}
    return heights


def shortened(words: str | None) -> str:
    """Return the beginning of what was written; a page of prose would hide the problem itself.

    >>> shortened("全年" * 40)[-5:]
    '全年全年…'
    """
    written = words or ""
    return written if len(written) <= _LONGEST_VALUE else f"{written[: _LONGEST_VALUE - 1]}…"


def _lines(words: str, per_line: int) -> int:
    # A Chinese character takes three bytes and a place, another one byte and about half a place.
    wide = len(words.encode(errors="replace")) - len(words)
    return (55 * len(words) + 45 * wide // 2) // (100 * per_line) + 1

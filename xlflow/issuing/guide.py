"""The sheet 填报说明: how a form is filled in and judged, told from its schema and its profile."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, NamedTuple

from xlflow.forms import Document, Field, Form, Placement
from xlflow.forms.document import Source
from xlflow.ooxml import CellStyle, Workbook
from xlflow.ooxml.new_sheet import NewCell, NewSheet
from xlflow.ooxml.reference import Area, cell_name, column_letters
from xlflow.scoring import Profile, monitor_document, score_document
from xlflow.scoring.explain import light_rules_in_words, profile_in_words

GUIDE_NAME = "填报说明"
_WIDTHS = (5.0, 24.0, 15.0, 8.0, 84.0)
_PER_LINE = 41  # Chinese characters that fit on one line of the widest column
_LINE = 15.0
_LAST = len(_WIDTHS)
# What a unit in a hurry would ask about, answered by the engine itself: executed of the budget in
# 万元, then target and actual; for a form of points, and for one of lights.
_OF_THE_YEAR = (Decimal(85), (("≥100件", "90件"), ("≤100万元", "110万元"), ("=10次", "8次")))
_SO_FAR = (Decimal(35), (("≥100件", "25件"), ("≤100万元", "110万元"), ("=10次", "4次")))
_BUDGET, _TEN = Decimal(100), Decimal(10)
_ROUND = "1-6月"
_NOWHERE = Source("", "A1")
Rows = list[tuple[NewCell | None, ...]]


@dataclass(frozen=True, slots=True)
class About:
    """What a guide says beside the form itself: who judges how, until when, sent to where.

    `targets` says that accepted targets stand in the form.
    """

    profile: Profile
    deadline: str | None = None
    send_to: str = ""
    targets: bool = False


class _Styles(NamedTuple):
    title: int
    section: int
    heading: int
    text: int
    centre: int


def put_guide(workbook: Workbook, form: Form, placement: Placement, about: About) -> None:
    """Put the sheet 填报说明 into a workbook of a form; fields are told by where they stand."""
    styles = _styles(workbook)
    rows: Rows = [_whole(f"{form.title}{GUIDE_NAME}", styles.title)]
    heights = {1: 32.0}
    wide = [1]

    def section(title: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
        told = list(lines)
        if not told:
            return
        rows.append(_whole(title, styles.section))
        wide.append(len(rows))
        heights[len(rows)] = 26.0
        rows.append(tuple(NewCell(words, styles.heading) for words in headings))
        heights[len(rows)] = 20.0
        for number, line in enumerate(told, start=1):
            *short, long = line
            rows.append(
                (
                    NewCell(number, styles.centre),
                    *(NewCell(words, styles.centre) for words in short),
                    NewCell(long, styles.text),
                )
            )
            heights[len(rows)] = _height(line)

    section("一、报送", _headings("事项", "要求"), _spread(_sending(form, about)))
    section(
        "二、各栏怎么填",
        ("序号", "栏目", "位置", "必填", "怎么填"),
        _columns_of(form, placement),
    )
    title = "三、怎样亮灯" if form.monitors else "三、怎样计分"
    section(
        f"{title}（{about.profile.title}）",
        _headings("情形", "规定"),
        _spread(_judging(form, about.profile)),
    )
    merges = [Area(row, 1, row, _LAST) for row in wide]
    merges += [
        Area(row, 2, row, 4)
        for row, cells in enumerate(rows, start=1)
        if row not in wide and cells[2] is not None and cells[2].value == ""
    ]
    workbook.compose_sheet(
        GUIDE_NAME,
        NewSheet(
            rows=tuple(rows),
            widths=_WIDTHS,
            heights=heights,
            merges=tuple(merges),
            footer="&C第 &P 页，共 &N 页",
        ),
    )


def _headings(topic: str, rule: str) -> tuple[str, ...]:
    return ("序号", topic, "", "", rule)


def _spread(lines: Iterable[tuple[str, str]]) -> Iterator[tuple[str, ...]]:
    """Yield lines of a topic and a sentence; the topic takes three columns."""
    return ((topic, "", "", rule) for topic, rule in lines)


def _whole(words: str, style: int) -> tuple[NewCell | None, ...]:
    return (NewCell(words, style), *(NewCell(None, style) for _ in range(_LAST - 1)))


# -- what it says --------------------------------------------------------------------------------


def _sending(form: Form, about: About) -> Iterator[tuple[str, str]]:
    yield "截止日期", about.deadline or "以通知为准"
    yield "报送到", about.send_to or "按通知要求报送"
    yield "填哪里", "只填浅黄色单元格；其余单元格已锁定，由本表自带或由系统填写。"
    if about.targets:
        yield (
            "已填好的内容",
            "指标、年度指标值取自已通过的绩效目标表，请不要改动；不符的，先与财政部门联系。",
        )
    if any(each.kind == "array" for each in form.root.walk()):
        yield "行数不够", "在表内任意一行上方插入行；没有内容的行空着，不必删除。"
    yield (
        "文件",
        "保留原来的文件格式（.xlsx）和工作表，不要另画一张；盖章扫描件可与本文件一起报送。",
    )
    yield (
        "退回以后",
        "退回的文件里，“核对结果”列出每个问题的单元格和改法；改好后重新报送，以最后一次为准。",
    )


def _columns_of(form: Form, placement: Placement) -> Iterator[tuple[str, ...]]:
    """Yield a line for each thing a unit fills in: where it stands, whether it must, and how.

    What is called and explained alike in several blocks of the form stands in one line.
    """
    first_table = min((row for table in placement.tables.values() for row in table.rows), default=0)
    places: dict[tuple[str, str], list[str]] = {}
    due: dict[tuple[str, str], bool] = {}
    for field, required in _filled_by_units(form.root):
        at = _place(field, placement, first_table)
        if at is None:
            continue
        key = (field.title, _how(field))
        places.setdefault(key, [])
        if at not in places[key]:
            places[key].append(at)
        due[key] = due.get(key, False) or required
    for (title, how), found in places.items():
        yield f"“{title}”", "、".join(found), "必填" if due[title, how] else "", how


def _filled_by_units(parent: Field) -> Iterator[tuple[Field, bool]]:
    for child in parent.children:
        if child.children:
            yield from _filled_by_units(child)
        elif not (child.read_only or child.part):
            yield child, child.required


def _place(field: Field, placement: Placement, first_table: int) -> str | None:
    """Return where a field stands: its cell, or its column where rows may be inserted above it."""
    table, _, key = field.path.rpartition(".")
    if table in placement.tables:
        span = placement.tables[table].columns.get(key)
        return f"{column_letters(span.left)} 列" if span else None
    if field.path not in placement.cells:
        return None
    row, col = placement.cells[field.path]
    return cell_name(row, col) if row < first_table else f"{column_letters(col)} 列"


def _how(field: Field) -> str:
    """Return how a field is filled in: its description, choices and bounds."""
    schema: Mapping[str, Any] = field.schema
    said = [str(schema["description"])] if schema.get("description") else []
    for key, only in (("enum", "只能选"), ("examples", "可选")):
        if options := schema.get(key):
            said.append(f"{only}：{'、'.join(map(str, options))}。")
    if field.unit and f"单位：{field.unit}" not in "".join(said) and field.unit != "%":
        said.append(f"单位：{field.unit}。")
    low, high = schema.get("minimum"), schema.get("maximum")
    if field.kind in ("number", "integer") and low is not None:
        said.append(f"不小于 {low}。" if high is None else f"{low} 到 {high} 之间。")
    return "".join(said)


def _judging(form: Form, profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield how the form is judged under a profile, each rule in words, then worked examples."""
    rows = form.root.child("indicators")
    if rows is None or not (rows.child("actual")):
        return
    of_lights = list(light_rules_in_words(profile))
    of_points = [each for each in profile_in_words(profile) if each not in of_lights]
    for topic, rule in of_lights if form.monitors else of_points:
        yield topic.zh, rule.zh
    yield from _worked(form, profile)


def _worked(form: Form, profile: Profile) -> Iterator[tuple[str, str]]:
    """Yield examples worked out by the engine that will judge the form."""
    executed, pairs = _SO_FAR if form.monitors else _OF_THE_YEAR
    weights = [profile.execution_weight, *(_TEN for _ in pairs)]
    indicators = [
        {"level3": "示例", "target": target, "actual": actual, "weight": _TEN}
        for target, actual in pairs
    ]
    funds = {"initial_budget": _BUDGET, "full_year_budget": _BUDGET, "executed": executed}
    data = {
        "funds": {"total": {**funds, "weight": weights[0]}},
        "indicators": indicators,
    }
    places = ["/funds/total", *(f"/indicators/{index}" for index in range(len(pairs)))]
    sources = {f"{place}/{key}": _NOWHERE for place in places for key in ("weight", "executed")}
    document = Document(form.name, "", data, sources)
    if form.monitors:
        scores = monitor_document(document, profile, _ROUND)
    else:
        scores = score_document(document, profile)
    asked = [f"全年预算 {_BUDGET} 万元，执行 {executed} 万元"]
    asked += [f"指标值 {target}，实际 {actual}" for target, actual in pairs]
    for question, weight, row in zip(asked, weights, scores.rows, strict=True):
        since = f"期次 {_ROUND}" if form.monitors else f"分值 {weight}"
        yield f"例：{question}，{since}", row.explanation


# -- how it looks --------------------------------------------------------------------------------


def _styles(workbook: Workbook) -> _Styles:
    body = CellStyle(font="宋体", size=10, border="FFBFBFBF", vertical="center", wrap=True)
    return _Styles(
        title=workbook.style(
            CellStyle(font="黑体", size=16, horizontal="center", vertical="center")
        ),
        section=workbook.style(
            CellStyle(font="黑体", size=12, color="FF1F4E79", vertical="center")
        ),
        heading=workbook.style(replace(body, font="黑体", fill="FFEDF1F7", horizontal="center")),
        text=workbook.style(body),
        centre=workbook.style(replace(body, horizontal="center")),
    )


def _height(line: Sequence[str]) -> float:
    """Return the height of a row: a wrapped text needs room that no program works out."""
    topic, *_, words = line
    spread = len(line) == len(_WIDTHS) - 1 and line[1] == line[2] == ""
    lines = max(-(-_length(words) // (2 * _PER_LINE)), -(-_length(topic) // (45 if spread else 22)))
    return max(1, lines) * _LINE + 6


def _length(words: str) -> int:
    """Return how wide a text is, a Chinese character counting two."""
    return sum(1 if sign.isascii() else 2 for sign in words)

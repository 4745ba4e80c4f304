"""The sheet 填报说明: how a form is filled in and judged, told from its schema and its profile."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from xlflow.forms import Document, Field, Form, Placement
from xlflow.forms.document import Source
from xlflow.grids import Grid
from xlflow.issuing.guide_sheet import Section, guide_sheet
from xlflow.ooxml import Workbook
from xlflow.ooxml.reference import cell_name, column_letters
from xlflow.scoring import Profile, monitor_document, score_document
from xlflow.scoring.explain import light_rules_in_words, profile_in_words

GUIDE_NAME = "填报说明"
# What a unit in a hurry would ask about, answered by the engine itself: executed of the budget in
# 万元, then target and actual; for a form of points, and for one of lights.
_OF_THE_YEAR = (Decimal(85), (("≥100件", "90件"), ("≤100万元", "110万元"), ("=10次", "8次")))
_SO_FAR = (Decimal(35), (("≥100件", "25件"), ("≤100万元", "110万元"), ("=10次", "4次")))
_BUDGET, _TEN = Decimal(100), Decimal(10)
_ROUND = "1-6月"
_NOWHERE = Source("", "A1")
_TAKEN_OVER = "取自已通过的绩效目标表，已锁定。"


@dataclass(frozen=True, slots=True)
class About:
    """What a guide says beside the form itself: who judges how, until when, sent to where.

    `taken_over` are the paths of the fields in which accepted targets stand, locked.
    """

    profile: Profile
    deadline: str | None = None
    send_to: str = ""
    taken_over: frozenset[str] = frozenset()


def put_guide(workbook: Workbook, form: Form, placement: Placement, about: About) -> None:
    """Put the sheet 填报说明 into a workbook of a form; fields are told by where they stand."""
    judged = "三、怎样亮灯" if form.monitors else "三、怎样计分"
    sections = (
        Section("一、报送", ("事项", "要求"), tuple(_sending(form, about))),
        Section(
            "二、各栏怎么填",
            ("栏目", "位置", "必填", "怎么填"),
            tuple(_columns_of(form, placement, about.taken_over)),
        ),
        Section(
            f"{judged}（{about.profile.title}）",
            ("情形", "规定"),
            tuple(_judging(form, about.profile)),
        ),
    )
    told = [section for section in sections if section.lines]
    title = f"{form.title}{GUIDE_NAME}"
    workbook.compose_sheet(GUIDE_NAME, guide_sheet(title, told, workbook.style))


def put_hint_on_targets(workbook: Workbook, form: Form, grid: Grid) -> None:
    """Put the remarks `with_targets` of a form's `x-layout` in the place of the usual ones."""
    bands = form.schema.get("x-layout", {}).get("bands", ())
    items = [item for band in bands for item in band.get("cells", ()) if "with_targets" in item]
    other = {item["text"]: item["with_targets"] for item in items}
    sheet = workbook.sheet(grid.sheet)
    for place, cell in grid.cells.items():
        if cell.raw in other:
            sheet[cell_name(*place)] = other[cell.raw]


# -- what it says --------------------------------------------------------------------------------


def _sending(form: Form, about: About) -> Iterator[tuple[str, str]]:
    yield "截止日期", about.deadline or "以通知为准"
    yield "报送到", about.send_to or "按通知要求报送"
    yield (
        "填哪里",
        "只填浅黄色单元格，必填而未填的显示为浅红色；其余单元格已锁定，由本表自带、已按名册填好或由系统填写。",
    )
    if about.taken_over:
        yield (
            "已填好的内容",
            "指标、年度指标值取自已通过的绩效目标表，已锁定，不增减；不符的，先与财政部门联系。",
        )
    if any(each.kind == "array" for each in form.root.walk()):
        where = "指标表不增减行；其余各表" if about.taken_over else ""
        yield "行数不够", f"{where}在表内任意一行上方插入行；没有内容的行空着，不必删除。"
    yield (
        "文件",
        "保留原来的文件格式（.xlsx）和工作表，不要另画一张；盖章扫描件可与本文件一起报送。",
    )
    yield (
        "退回以后",
        "退回的文件里，“核对结果”列出每个问题的单元格和改法；改好后重新报送，以最后一次为准。",
    )


def _columns_of(
    form: Form, placement: Placement, taken_over: frozenset[str]
) -> Iterator[tuple[str, ...]]:
    """Yield a line for each thing a unit fills in: where it stands, whether it must, and how.

    Of what is taken over it is said that it is. What is called and explained alike in several
    blocks of the form stands in one line.
    """
    first_table = min((row for table in placement.tables.values() for row in table.rows), default=0)
    places: dict[tuple[str, str], list[str]] = {}
    due: dict[tuple[str, str], bool] = {}
    for field, required in _filled_by_units(form.root):
        at = _place(field, placement, first_table)
        if at is None:
            continue
        given = field.path in taken_over
        key = (field.title, _TAKEN_OVER if given else _how(field))
        places.setdefault(key, [])
        if at not in places[key]:
            places[key].append(at)
        due[key] = due.get(key, False) or (required and not given)
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

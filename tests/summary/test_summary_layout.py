"""A bureau's own layout is filled from the ledger: figures, tables, units; all else stays."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from libreoffice import recalculated
from openpyxl import Workbook, load_workbook
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet
from summary_examples import AT, FORM, LAND, TITLE, filled_ledger
from summary_layouts import EMBLEM, EXAMPLE, FORM_TITLE, HEADINGS, MONEY, Drawn, drawn

from xlflow.config import Workspace, create_workspace
from xlflow.errors import DefinitionError, XlflowError
from xlflow.facts import Facts, read_facts
from xlflow.forms import all_forms
from xlflow.ledger import Standing, StandingState, Submission
from xlflow.pipeline import consolidate, open_ledger
from xlflow.review.result import Outcome
from xlflow.summary import Wanted, fill_layout, layout_faults
from xlflow.summary.captions import Caption
from xlflow.summary.layoutnames import FIGURES, FREE, OTHER_WORDS, TABLES
from xlflow.values import label_key

FORMS = all_forms()
OVERALL = "部门整体支出绩效自评表"
WANTED = Wanted(TITLE)


@pytest.fixture
def facts(tmp_path: Path) -> Iterator[Facts]:
    with filled_ledger(tmp_path) as ledger:
        yield read_facts(ledger)


def filled(layout: bytes, facts: Facts, wanted: Wanted = WANTED) -> Workbook:
    return load_workbook(BytesIO(filled_bytes(layout, facts, wanted)))


def filled_bytes(layout: bytes, facts: Facts, wanted: Wanted = WANTED) -> bytes:
    return fill_layout(layout, "汇总表模板.xlsx", facts, wanted, forms=FORMS, at=AT)


def lines(sheet: Worksheet, top: int, count: int) -> list[tuple[object, ...]]:
    return list(sheet.iter_rows(top, top + count - 1, values_only=True))


def sketch(
    rows: Mapping[str, str], names: Mapping[str, str], *, merged: tuple[str, ...] = ()
) -> bytes:
    """Return a workbook with some cells, names and merged areas on its one sheet 表."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "表"
    for cell, words in rows.items():
        sheet[cell] = words
    for area in merged:
        sheet.merge_cells(area)
    for name, where in names.items():
        book.defined_names[name] = DefinedName(name, attr_text=where)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


# -- what is filled in ----------------------------------------------------------------------------


def test_figures_and_rows_stand_where_their_names_lead(facts: Facts) -> None:
    sheet = filled(drawn(Drawn(form=OVERALL)), facts)["汇总表"]
    assert sheet["A1"].value == TITLE
    assert sheet["B2"].value == OVERALL
    assert sheet["D2"].value == datetime.fromisoformat("2026-04-18T16:30")
    assert (sheet["F2"].value, sheet["B3"].value) == (3, 1)  # received, missing
    assert (sheet["D3"].value, sheet["F3"].value) == (15108.39, 0.8168)  # recomputed from sums
    assert lines(sheet, 6, 4) == [
        HEADINGS,
        (1, LAND, None, 14988.39, 12275.49, 0.819, 99.1, 98.19, "优", None),
        (2, "教育局", None, 100, 50, 0.5, 99.1, 98.19, "优", None),
        (3, "财政局", None, 20, 15, 0.75, 99.1, 90.01, "优", None),
    ]  # fmt: skip


def test_what_stands_below_moves_along_and_sums_take_the_new_rows_in(facts: Facts) -> None:
    data = filled_bytes(drawn(Drawn(form=OVERALL)), facts)
    sheet = load_workbook(BytesIO(data))["汇总表"]
    assert [sheet[f"{column}10"].value for column in "ADEF"] == [
        "合计", "=SUM(D7:D9)", "=SUM(E7:E9)", '=IF(D10=0,"",E10/D10)',
    ]  # fmt: skip
    assert sheet["A13"].value.startswith("制表人")
    assert sheet["B14"].value == 2022  # the year, named below the table
    assert (sheet.print_title_rows, sheet.print_area) == ("$6:$6", "'汇总表'!$A$1:$J$32")
    assert sheet["D9"].number_format == sheet["D7"].number_format == "#,##0.00"
    with ZipFile(BytesIO(data)) as package:
        assert b"$H$7:$H$9" in package.read("xl/charts/chart1.xml")
        assert package.read("xl/media/image1.png") == EMBLEM


def test_a_second_table_stands_on_a_sheet_of_its_own(facts: Facts) -> None:
    sheet = filled(drawn(Drawn(form=OVERALL)), facts)["催报"]
    assert lines(sheet, 3, 2) == [(1, "410106004", "档案馆", None, None, None), (None,) * 6]


def test_amounts_are_told_in_the_unit_that_is_printed(facts: Facts) -> None:
    line = filled(drawn(Drawn(form=OVERALL, unit="元")), facts)["汇总表"]
    assert (line["D3"].value, line["D7"].value) == (151083900, 149883900)
    headings = ("单位", "全年预算数（亿元）", "执行数(万元)", "执行率（%）")
    told = filled(drawn(Drawn(form=OVERALL, unit="元", headings=headings)), facts)["汇总表"]
    assert [told.cell(7, column).value for column in (2, 3, 4)] == [1.498839, 12275.49, 81.9]


@pytest.mark.parametrize(
    ("line", "amount"),
    [("单位：元", 151083900), ("填报单位：元氏县财政局", 15108.39), ("", 15108.39)],
)
def test_the_name_of_a_place_is_no_unit(facts: Facts, line: str, amount: float) -> None:
    layout = sketch({"A1": line}, {"xlf.budget": "表!$B$2"})
    assert filled(layout, facts).worksheets[0]["B2"].value == amount


def test_a_column_with_a_formula_keeps_it(facts: Facts) -> None:
    rows = {
        "A1": "单位",
        "B1": "预算数",
        "C1": "执行数",
        "D1": "节余",
        "D2": "=B2-C2",
        "D3": "=B3-C3",
    }
    layout = sketch(rows, {"xlf.submissions": "表!$A$1:$D$3", "xlf.form": f'"{OVERALL}"'})
    sheet = filled(layout, facts).worksheets[0]
    assert [sheet[f"D{row}"].value for row in (2, 3, 4)] == ["=B2-C2", "=B3-C3", "=B4-C4"]


def test_what_a_unit_wrote_is_a_text_and_never_a_formula(facts: Facts) -> None:
    rows = {"A1": "单位", "B1": "代码", "C1": "填写内容", "D1": "存在问题"}
    layout = sketch(rows, {"xlf.problems": "表!$A$1:$D$3"})
    cells = [row[2] for row in filled(layout, facts).worksheets[0].iter_rows(2, 3)]
    assert [(cell.value, cell.data_type) for cell in cells] == [
        ("9.1", "s"),
        ("=cmd|'/c calc'!A1", "s"),
    ]


def test_a_deadline_is_a_date(facts: Facts) -> None:
    layout = sketch({"A1": "截止："}, {"xlf.deadline": "表!$B$1"})
    (sheet,) = filled(layout, facts, Wanted(TITLE, deadline="2026-04-30")).worksheets
    assert sheet["B1"].value.date() == date.fromisoformat("2026-04-30")


@pytest.mark.parametrize(
    ("name", "headings", "first"),
    [
        ("units_table", ("单位", "份数", "通过份数", "执行率"), ("教育局", 1, 0, 0.5)),
        ("ranking", ("名次", "单位", "测算得分"), (1, "教育局", 98.19)),
        ("grades", ("等级", "份数", "占比"), ("优", 3, 1)),
        ("levels", ("一级指标", "指标数", "分值", "得分率"), ("预算执行", 3, 30, 0.819)),
        ("indicators", ("单位", "三级指标", "测算得分", "单元格"), None),
        ("standing", ("单位", "填报状态", "版本"), ("教育局", "退回待改", 1)),
    ],
)
def test_every_kind_of_table_can_be_asked_for(
    facts: Facts, name: str, headings: tuple[str, ...], first: tuple[object, ...] | None
) -> None:
    rows = {f"{'ABCD'[i]}1": words for i, words in enumerate(headings)}
    layout = sketch(rows, {f"xlf.{name}": f"表!$A$1:${'ABCD'[len(headings) - 1]}$3"})
    sheet = filled(layout, facts).worksheets[0]
    found = [row[: len(headings)] for row in sheet.iter_rows(2, values_only=True)]
    assert first in found if first else len(found) == 9


# -- which exercise -------------------------------------------------------------------------------


def test_a_layout_that_does_not_say_what_it_sums_up_is_asked(facts: Facts) -> None:
    line = facts.standing[0]
    other = Standing("project_target", 2020, None, "甲局", "1", None, None, None, True,
                     StandingState.MISSING, None, None, None, None)  # fmt: skip
    both = Facts((), facts.submissions, facts.scores, facts.problems, facts.data, (line, other))
    layout = sketch({}, {"xlf.received": "表!$B$1"})
    assert filled(layout, facts).worksheets[0]["B1"].value == 3
    with pytest.raises(DefinitionError, match=r"xlf\.form"):
        filled_bytes(layout, both)
    named = sketch({"A1": OVERALL}, {"xlf.received": "表!$B$1", "xlf.form": "表!$A$1"})
    assert filled(named, both).worksheets[0]["B1"].value == 3
    unknown = sketch({"A1": "决算表"}, {"xlf.received": "表!$B$1", "xlf.form": "表!$A$1"})
    with pytest.raises(DefinitionError, match="决算表"):
        filled_bytes(unknown, facts)


def in_round(year: int, period: str | None) -> Standing:
    return Standing("project_monitoring", year, period, "甲局", "1", None, None, None, True,
                    StandingState.MISSING, None, None, None, None)  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (Wanted(TITLE), (2025, "1-10月")),
        (Wanted(TITLE, year=2024), (2024, "年度")),
        (Wanted(TITLE, year=2025, round="1月至9月"), (2025, "1-9月")),
        (Wanted(TITLE, year=2030, round="1-3月"), (2025, "1-10月")),
    ],
)
def test_year_and_round_are_those_of_the_settings_or_the_last(
    wanted: Wanted, told: tuple[int, str]
) -> None:
    rounds = ((2025, "1-9月"), (2025, "1-10月"), (2024, "1-6月"), (2024, None))
    facts = Facts((), (), {}, {}, {}, tuple(in_round(*each) for each in rounds))
    layout = sketch({}, {"xlf.year": "表!$A$1", "xlf.round": "表!$B$1"})
    sheet = filled(layout, facts, wanted).worksheets[0]
    assert (sheet["A1"].value, sheet["B1"].value) == told


# -- what is wrong with a layout ------------------------------------------------------------------

TABLE = {"A1": "单位", "B1": "自评得分"}
NAMED = {"xlf.submissions": "表!$A$1:$B$3"}


@pytest.mark.parametrize(
    ("rows", "names", "merged", "told"),
    [
        ({}, {}, (), "没有找到 xlf. 开头的名称"),
        ({}, {"xlf.budgets": "表!$A$1"}, (), "名称 xlf.budgets 不认识"),
        ({}, {"xlf.title": "表!#REF!"}, (), "xlf.title 没有指向"),
        ({}, {"xlf.title": "#REF!"}, (), "xlf.title 没有指向"),
        ({}, {"xlf.title": "别处!$A$1"}, (), "xlf.title 没有指向"),
        ({}, {"xlf.title": "表!$A$1:$B$2"}, (), "只指一个单元格"),
        ({"A1": "=1+1"}, {"xlf.title": "表!$A$1"}, (), "A1 里有公式"),
        ({}, {"xlf.title": "表!$A$1", "xlf.year": "表!$A$1"}, (), "指向同一个单元格"),
        (TABLE, {**NAMED, "xlf.title": "表!$A$2"}, (), "xlf.title 所指的单元格在表格"),
        (TABLE, {"xlf.submissions": "表!$A$1:$B$1"}, (), "只有标题行"),
        ({**TABLE, "C1": "级别"}, {"xlf.submissions": "表!$A$1:$C$3"}, (), "“级别”（C1）不认识"),
        ({**TABLE, "C1": "自评分"}, {"xlf.submissions": "表!$A$1:$C$3"}, (), "和 B1 是同一栏"),
        (TABLE, NAMED, ("A2:A3",), "跨行"),
        (TABLE, NAMED, ("B2:C2",), "超出表格"),
        (TABLE, {"xlf.submissions": "表!$A$1:$C$3"}, ("B2:C2",), "合并得不一样"),
        ({}, NAMED, (), "没有一个认识的标题"),
        ({**TABLE, "C1": "单位"}, {**NAMED, "xlf.grades": "表!$C$1:$C$3"}, (), "并排"),
        ({**TABLE, "B4": "=SUM(B2:B2)"}, NAMED, (), "公式 SUM(B2:B2) 引用了表格"),
        ({**TABLE, "B4": "=SUM(B2)"}, {"xlf.submissions": "表!$A$1:$B$2"}, (), "至少两行"),
    ],
)  # fmt: skip
def test_each_fault_is_told_in_a_sentence(
    rows: dict[str, str],
    names: dict[str, str],
    merged: tuple[str, ...],
    told: str,
    facts: Facts,
) -> None:
    layout = sketch(rows, names, merged=merged)
    assert told in "".join(fault.zh for fault in layout_faults(layout, "表模板.xlsx"))
    with pytest.raises(DefinitionError) as wrong:
        filled_bytes(layout, facts)
    assert told in wrong.value.zh


def test_a_chart_over_too_few_rows_is_told() -> None:
    faults = layout_faults(drawn(Drawn(rows=1)), "表模板.xlsx")
    assert any("图表" in fault.zh and "$H$7" in fault.zh for fault in faults)


def test_a_first_row_alone_may_be_meant() -> None:
    layout = sketch({**TABLE, "D1": "=A2", "B4": "=SUM(B2:B3)"}, NAMED)
    assert layout_faults(layout, "表模板.xlsx") == ()


# -- in a workspace -------------------------------------------------------------------------------


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(
        tmp_path / "ws", {"title": TITLE, "summary_layout": "版式/自评汇总表（模板）.xlsx"}
    )
    filled_ledger(made.root).close()
    (made.root / "版式").mkdir()
    return made


@pytest.fixture
def consolidated(workspace: Workspace) -> Callable[[bytes | None], list[str]]:
    """Sum up with a layout; returns what is told of it."""

    def sum_up(layout: bytes | None) -> list[str]:
        if layout is not None:
            (workspace.root / workspace.settings.summary_layout).write_bytes(layout)
        troubles: list[XlflowError] = []
        written = consolidate(workspace, on_trouble=troubles.append)
        assert (written.layout is None) == bool(troubles)
        return [str(each) for each in troubles]

    return sum_up


def test_the_filled_layout_lies_beside_the_summary(
    workspace: Workspace, consolidated: Callable[[bytes | None], list[str]]
) -> None:
    assert consolidated(drawn(Drawn(form=OVERALL))) == []
    assert sorted(each.name for each in workspace.outbox.iterdir()) == [
        "汇总.xlsx", "自评汇总表.xlsx", "进度.html",
    ]  # fmt: skip


@pytest.mark.parametrize("layout", [None, sketch({}, {}), b"no workbook"])
def test_without_a_usable_layout_the_summary_is_made_all_the_same(
    layout: bytes | None,
    workspace: Workspace,
    consolidated: Callable[[bytes | None], list[str]],
) -> None:
    (trouble,) = consolidated(layout)
    assert "自评汇总表（模板）.xlsx" in trouble
    assert sorted(each.name for each in workspace.outbox.iterdir()) == [
        "汇总.xlsx", "自评汇总表.xlsx.说明.txt", "进度.html",
    ]  # fmt: skip
    note = (workspace.outbox / "自评汇总表.xlsx.说明.txt").read_text(encoding="utf-8-sig")
    assert note.splitlines()[0] in trouble
    assert consolidated(drawn(Drawn(form=OVERALL))) == []
    assert not (workspace.outbox / "自评汇总表.xlsx.说明.txt").exists()


def test_a_layout_of_a_workspace_without_submissions_is_filled_with_nothing(tmp_path: Path) -> None:
    workspace = create_workspace(tmp_path)
    with open_ledger(workspace) as ledger:
        sheet = filled(drawn(), read_facts(ledger))["汇总表"]
    assert (sheet["F2"].value, sheet["D3"].value) == (0, None)
    assert [cell.value for cell in sheet[7]] == [None] * 10


# -- any layout, any number of rows ---------------------------------------------------------------


def many(count: int) -> Facts:
    """Return the facts of so many projects, accepted, each with amounts of its own."""
    submissions = tuple(
        Submission(
            id=number, arrival_id=number, file=f"{number}.xlsx", sha256="a" * 64,
            received_at=AT, recorded_at=AT, sheet="表", form="project_self_evaluation",
            profile=None, profile_sha256=None, year=2024, round=None, unit=f"单位{number:03}",
            unit_code=f"{number:06}", assigned_from=None, project=f"=项目{number}",
            project_code=None, key=str(number), version=1, current=True,
            outcome=Outcome.ACCEPTED, total=Decimal("90.5"), claimed_total=Decimal(95),
            undecided_weight=None, grade="优", light=None, errors=0, warnings=0, notes=0,
            output=None,
        )
        for number in range(1, count + 1)
    )  # fmt: skip
    money = {
        each.id: {
            "funds": {
                "total": {"full_year_budget": Decimal(each.id * 2), "executed": Decimal(each.id)}
            }
        }
        for each in submissions
    }
    standing = tuple(
        Standing(each.form, each.year, None, each.unit, each.unit_code, each.project, None, None,
                 True, StandingState.ACCEPTED, 1, each.total, "优", 0)
        for each in submissions
    )  # fmt: skip
    nothing: dict[int, tuple[()]] = dict.fromkeys((each.id for each in submissions), ())
    return Facts((), submissions, nothing, nothing, money, standing)


EXPECTED: dict[str, Callable[[int], object]] = {
    "序号": lambda number: number,
    "单位": lambda number: f"单位{number:03}",
    "项目名称": lambda number: f"=项目{number}",
    "全年预算数": lambda number: number * 2,
    "全年执行数": lambda number: number,
    "执行率": lambda _: 0.5,
    "自评得分": lambda _: 95,
    "测算得分": lambda _: 90.5,
    "等级": lambda _: "优",
    "备注": lambda _: None,
}
layouts = st.builds(
    Drawn,
    top=st.integers(4, 12),
    left=st.integers(0, 4),
    headings=st.permutations(HEADINGS).map(tuple),
    rows=st.integers(2, 4),
    below=st.integers(0, 5),
    merged_title=st.booleans(),
)


def seen(book: Workbook) -> dict[tuple[int, int], tuple[object, str]]:
    """Return value or formula and number format of each cell that has any, by row and column."""
    return {
        (row, column): (cell.value, cell.number_format)
        for row, line in enumerate(book["汇总表"].iter_rows(), start=1)
        for column, cell in enumerate(line, start=1)
        if cell.value is not None or cell.has_style
    }


@settings(max_examples=25)
@given(layouts, st.sampled_from([0, 1, 2, 5, 500]))
def test_any_layout_takes_any_number_of_rows(how: Drawn, count: int) -> None:
    layout = drawn(how)
    before = seen(load_workbook(BytesIO(layout)))
    book = load_workbook(BytesIO(filled_bytes(layout, many(count))))
    first, last, more = how.top + 2, how.top + 1 + how.rows, max(0, count - how.rows)

    def moved(row: int) -> int:
        return row + more if row >= last else row

    def formula(value: object) -> object:
        """Return a formula with its rows as they are afterwards; sums reach the last row."""
        if not str(value).startswith("="):
            return value
        return re.sub("(?<=[A-Z])[0-9]+", lambda row: str(moved(int(row[0]))), str(value))

    made = {
        (moved(row), column): (formula(value), look)
        for (row, column), (value, look) in before.items()
    }
    for row in range(first, last + more + 1):
        number = row - first + 1
        for column, heading in enumerate(how.headings, start=how.left + 1):
            value = EXPECTED[heading](number) if number <= count else None
            made[row, column] = (value, before[first, column][1])
    figures = {
        (1, 1): TITLE, (2, 4): datetime.fromisoformat("2026-04-18T16:30"), (2, 6): count,
        (3, 2): 0, (3, 4): count * (count + 1) or None, (3, 6): 0.5 if count else None,
        (last + more + how.below + 2, 2): 2024 if count else None,
    }  # fmt: skip
    for place, value in figures.items():
        made[place] = (value, before.get(place, (None, "General"))[1])
    found = seen(book)
    assert {place: found.get(place, (None, "General")) for place in made} == made
    assert found.keys() <= made.keys()
    assert str(book.defined_names["xlf.submissions"].attr_text).endswith(f"${last + more}")


def test_the_documentation_lists_every_name_and_heading() -> None:
    page = (Path(__file__).parents[2] / "docs" / "summary.md").read_text(encoding="utf-8")
    figures = [f"| `xlf.{name}` | {about} |" for name, about in FIGURES.items()]
    tables = [
        f"| `xlf.{name}` | {table.about} | {' '.join(table.columns)} |"
        for name, table in TABLES.items()
    ]
    words = [f"| {caption} | {' '.join(others)} |" for caption, others in OTHER_WORDS.items()]
    listed = [line for line in page.partition("## Figures")[2].splitlines() if "|" in line]
    rows = [line for line in listed if not line.startswith(("|---", "| name", "| heading"))]
    assert rows == [*figures, *tables, *words]


@pytest.mark.parametrize("name", TABLES)
def test_no_two_columns_of_a_table_go_by_one_word(name: str) -> None:
    columns = (Caption.NUMBER, *TABLES[name].columns)
    words = [label_key(word) for each in columns for word in (each, *OTHER_WORDS.get(each, ()))]
    assert len(words) == len(set(words))
    assert FREE.isdisjoint(words)


def test_the_example_that_is_shipped_has_no_fault() -> None:
    assert layout_faults(EXAMPLE.read_bytes(), EXAMPLE.name) == ()


def test_money_headings_are_those_the_sums_add_up() -> None:
    assert set(MONEY) <= set(HEADINGS)
    assert any(form.title == FORM_TITLE for form in FORMS)
    assert any(form.name == FORM and form.title == OVERALL for form in FORMS)


# -- drawn by other programs and in other ways -----------------------------------------------------


def test_an_excel_table_and_its_filter_grow_with_the_rows() -> None:
    stream = BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("表 1")
        headings = [{"header": "单位"}, {"header": "全年预算数", "total_function": "sum"}]
        sheet.add_table("A1:B4", {"columns": headings, "total_row": True})
        book.define_name("'表 1'!xlf.submissions", "='表 1'!$A$1:$B$3")
    after = filled(stream.getvalue(), many(5))["表 1"]
    assert after.tables["Table1"].ref == "A1:B7"
    assert after.tables["Table1"].autoFilter.ref == "A1:B6"
    assert [after[f"B{row}"].value for row in range(2, 7)] == [2, 4, 6, 8, 10]


@pytest.mark.libreoffice
def test_a_layout_that_libreoffice_saved_is_filled_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "自评汇总表模板.xlsx"
    path.write_bytes(drawn())
    saved = recalculated([path], tmp_path / "office")[path]
    sheet = filled(saved.read_bytes(), many(5))["汇总表"]
    assert [sheet[f"B{row}"].value for row in range(7, 12)] == [f"单位00{n}" for n in range(1, 6)]
    assert sheet["D12"].value == "=SUM(D7:D11)"

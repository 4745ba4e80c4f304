import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from summary_examples import (
    FORM,
    FORM_TITLES,
    LAND,
    RECEIVED,
    built,
    filled_ledger,
    problem,
    result,
    submit,
)

from xlflow.ledger import Ledger, entry_of
from xlflow.problems import Severity
from xlflow.review.result import Outcome, Result
from xlflow.scoring.score import Scores


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with filled_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def book_of(ledger: Ledger) -> Workbook:
    return load_workbook(BytesIO(built(ledger)))


def table(sheet: Worksheet, first_heading: str) -> list[dict[str, Any]]:
    """Return the framed rows below the heading row that starts with this caption."""
    rows = iter(list(sheet.iter_rows()))
    heading = next(row for row in rows if row[0].value == first_heading)
    captions = {cell.column: str(cell.value) for cell in heading if cell.value}
    return [
        {captions[cell.column]: cell for cell in row if cell.column in captions}
        for row in takewhile(lambda row: row[0].border.left.style, rows)
    ]


def values(rows: list[dict[str, Any]], caption: str) -> list[Any]:
    return [row[caption].value for row in rows]


def test_the_table_has_one_row_for_each_submission_that_counts(ledger: Ledger) -> None:
    rows = table(book_of(ledger)["报送一览"], "单位编码")
    assert values(rows, "单位") == [LAND, "教育局", "财政局"]
    assert {caption: cell.value for caption, cell in rows[0].items()} == {
        "单位编码": "410106001",
        "单位": LAND,
        "项目": None,
        "表": "部门整体支出绩效自评表",
        "年度": 2022,
        "期次": "年度",
        "版本": 1,
        "结论": "通过",
        "分值": 190,
        "自评得分": 99.1,
        "测算得分": 98.19,
        "未定分值": 0,
        "等级": "优",
        "预警灯": "绿灯",
        "年初预算数": 1505.6,
        "全年预算数": 14988.39,
        "全年执行数": 12275.49,
        "预算执行率": 0.819,
        "错误": 0,
        "提醒": 0,
        "收到时间": datetime.fromisoformat("2026-04-18T15:30"),
        "原文件": f"{LAND}.xlsx",
        "结果文件": "打开",
        "工作表": "部门整体自评表",
        "得分单元格": None,
        "预算单元格": None,
        "执行单元格": None,
        "文件指纹": "a" * 12,
        "评分方案": "henan",
    }
    assert values(rows, "结论") == ["通过", "退回", "通过"]
    assert (rows[1]["错误"].value, rows[1]["提醒"].value) == (1, 1)
    assert (rows[2]["版本"].value, rows[2]["测算得分"].value) == (2, 90.01)


def test_totals_are_of_everything_received_and_of_the_accepted_only(ledger: Ledger) -> None:
    everything, accepted = table(book_of(ledger)["总览"], "填报任务")[:2]
    assert everything["填报任务"].value == "2022年度部门整体支出绩效自评表"
    assert [line["口径"].value for line in (everything, accepted)] == ["全部收到", "仅通过"]
    assert (everything["应报份数"].value, everything["份数"].value) == (4, 3)
    assert everything["年初预算数"].value == 4516.8
    assert everything["全年预算数"].value == 15108.39
    assert everything["全年执行数"].value == 12340.49
    assert everything["预算执行率"].value == 0.8168  # of the sums; the mean would be 0.6897
    assert everything["平均测算得分"].value == 95.46  # (98.19 + 98.19 + 90.01) / 3
    assert accepted["份数"].value == 2
    assert accepted["全年执行数"].value == 12290.49
    assert accepted["预算执行率"].value == 0.8189
    assert accepted["平均测算得分"].value == 94.1


def test_a_form_that_does_not_give_both_numbers_is_in_no_sum(empty: Ledger) -> None:
    submit(empty, result("甲局", "1", "50", budget="100"), "a")
    submit(empty, result("乙局", "2", None, budget="900"), "b")
    everything = table(book_of(empty)["单位汇总"], "填报任务")[0]
    assert everything["有资金数据份数"].value == "=SUMIF($A$7:$A$8,$A4,N$7:N$8)"
    everything, _ = table(book_of(empty)["总览"], "填报任务")[:2]
    assert everything["份数"].value == 2
    assert (everything["全年预算数"].value, everything["预算执行率"].value) == (100, 0.5)


def test_exercises_are_not_added_up_with_each_other(empty: Ledger) -> None:
    one = result("甲局", "1", "50", budget="100")
    submit(empty, one, "a")
    submit(empty, replace(one, round="1-6月"), "b")
    lines = table(book_of(empty)["总览"], "填报任务")
    assert values(lines, "填报任务")[::2] == [
        "2022年1-6月部门整体支出绩效自评表",
        "2022年度部门整体支出绩效自评表",
    ]
    assert values(lines, "全年预算数")[::2] == [100, 100]


def test_what_does_not_count_is_listed_with_the_reason(ledger: Ledger) -> None:
    scan = ledger.arrive("e" * 64, "扫描件.pdf", 1, 1, RECEIVED)
    ledger.finish(scan, "attachment", "佐证材料")
    again = ledger.arrive("a" * 64, "重复.xlsx", 1, 1, RECEIVED)
    ledger.finish(again, "duplicate", "与已收到的文件相同")
    broken = ledger.arrive("f" * 64, "坏.xlsx", 1, 1, RECEIVED)
    why = replace(problem(""), code="F05", message="坏.xlsx 已损坏。", sheet=None, cell=None)
    unread = Result("坏.xlsx", Outcome.QUARANTINED, (why,))
    ledger.record(broken, [entry_of(unread)], recorded_at=RECEIVED)
    ledger.arrive("9" * 64, "新到.xlsx", 1, 1, RECEIVED)
    book = book_of(ledger)
    rows = table(book["报送一览"], "原文件")
    listed = [[row[name].value for name in ("原文件", "结论", "原因")] for row in rows]
    assert listed == [
        ["坏.xlsx", "无法读取", "坏.xlsx 已损坏。"],
        ["扫描件.pdf", "附件", "佐证材料"],
        ["重复.xlsx", "重复", "与已收到的文件相同"],
        ["新到.xlsx", "处理中", None],
    ]
    assert "坏.xlsx 已损坏。" in values(table(book["问题清单"], "单位编码"), "问题说明")
    assert "收到文件 8 个，计入汇总 3 份（通过 2，退回 1）" in str(book["总览"]["A2"].value)
    assert "2026-04-18 16:30" in str(book["总览"]["A2"].value)


def test_who_is_missing_stands_once_in_the_book_and_under_one_word(ledger: Ledger) -> None:
    book = book_of(ledger)
    said = [(sheet.title, cell.value) for sheet in book for row in sheet for cell in row]
    assert [title for title, value in said if value == "档案馆"] == ["退回与催报"]
    assert "应报 4 份，未报 1 份" in str(book["总览"]["A2"].value)
    assert not [value for _, value in said if "未报送" in str(value)]


def test_superseded_versions_stand_on_a_sheet_of_their_own(ledger: Ledger) -> None:
    rows = table(book_of(ledger)["版本"], "单位编码")
    assert values(rows, "单位") == ["财政局"]
    assert (rows[0]["版本"].value, rows[0]["测算得分"].value) == (1, 60)
    assert rows[0]["原文件"].alignment.wrap_text  # the last column on paper: nothing to run over


def test_without_superseded_versions_there_is_no_such_sheet(empty: Ledger) -> None:
    submit(empty, result("甲局", "1"), "a")
    assert "版本" not in book_of(empty).sheetnames


def test_every_scored_row_is_shown_with_where_it_comes_from(ledger: Ledger) -> None:
    rows = table(book_of(ledger)["指标明细"], "单位编码")
    assert len(rows) == 9
    funds, indicator, undecided = rows[:3]
    assert funds["三级指标"].value == "部门预算总额（万元）"
    assert (funds["自评得分"].value, funds["测算得分"].value) == (9.1, 8.19)
    assert funds["差异"].value == 0.91
    assert [funds[name].value for name in ("原文件", "工作表", "单元格", "文件指纹")] == [
        f"{LAND}.xlsx",
        "部门整体自评表",
        "H7",
        "a" * 12,
    ]
    assert indicator["一级指标"].value == "投入管理指标"
    assert indicator["偏差度"].value == -0.1429
    assert indicator["年度指标值"].value == "≤70%"
    assert (undecided["自评得分"].value, undecided["测算得分"].value) == ("9分", None)
    assert undecided["差异"].value is None


def test_links_lead_from_the_outbox_to_the_result_file_and_its_cell(ledger: Ledger) -> None:
    book = book_of(ledger)
    returned = table(book["报送一览"], "单位编码")[1]["结果文件"].hyperlink
    assert returned.target.replace("\\", "/") == f"退回/教育局_{FORM}_2022_v1.xlsx"
    found = table(book["问题清单"], "单位编码")[0]["结果文件"].hyperlink
    assert found.target.replace("\\", "/") == f"退回/教育局_{FORM}_2022_v1.xlsx"
    assert found.location == "'部门整体自评表'!H7"


def test_problems_are_listed_with_cell_value_and_sentence(ledger: Ledger) -> None:
    rows = table(book_of(ledger)["问题清单"], "单位编码")
    assert values(rows, "级别") == ["错误", "提醒"]
    assert {name: rows[0][name].value for name in ("代码", "单元格", "填写内容", "问题说明")} == {
        "代码": "C07",
        "单元格": "H7",
        "填写内容": "9.1",
        "问题说明": "请核对。",
    }


# The formulas of the book itself: sums over the rows of units, and rates of those sums.
OURS = re.compile(
    r"=SUMIF\(\$A\$\d+:\$A\$\d+,\$A\d+,[A-Z]\$\d+:[A-Z]\$\d+\)|=ROUND\([A-Z]\d+/[A-Z]\d+,4\)"
)
HOSTILE = (
    "=cmd|'/c calc'!A1",
    "@SUM(A1)",
    "+1",
    "-2+3",
    "＝1+1",
    "\t=1",
    "http://evil.example/",
    "mailto:a@b.example",
    "{=1+1}",
    '=DDE("cmd";"/c calc")',
    '=HYPERLINK("http://evil.example/","点我")',
    "0012",
    "12.5",
    "",
)


def test_text_never_becomes_a_formula_a_link_or_a_number(empty: Ledger) -> None:
    for position, text in enumerate(HOSTILE):
        hostile = replace(
            result(f"单位{position:02}{text}", "", problems=(problem(text, message=text),)),
            project=text,
            file=text or "空.xlsx",
        )
        rows = tuple(
            replace(row, target=text, actual=text, explanation=text) for row in hostile.scores.rows
        )
        scores = replace(hostile.scores, rows=rows, grade=text)
        submit(empty, replace(hostile, scores=scores), f"{position:x}")
    data = built(empty)
    book = load_workbook(BytesIO(data))
    shown = table(book["问题清单"], "单位编码")
    assert [row["填写内容"].value or "" for row in shown] == list(HOSTILE)
    for sheet in book:
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    assert OURS.fullmatch(str(cell.value))
                if cell.hyperlink:
                    assert "evil" not in str(cell.hyperlink.target).split("_")[-1]
    with ZipFile(BytesIO(data)) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        formulas = [
            formula.decode()
            for name in sheets
            for formula in re.findall(rb"<f>(.*?)</f>", archive.read(name))
        ]
    assert formulas
    assert all(OURS.fullmatch(f"={formula}") for formula in formulas)


def test_texts_longer_than_a_cell_are_cut(empty: Ledger) -> None:
    told = replace(problem("长" * 40_000), message="长" * 40_000)
    submit(empty, result("甲局", "1", problems=(told,)), "a")
    (row,) = table(book_of(empty)["问题清单"], "单位编码")
    assert str(row["问题说明"].value).endswith("……（全文见结果文件）")
    assert len(str(row["填写内容"].value)) < 100


def test_more_problems_than_a_sheet_may_have_links_are_listed_without(
    empty: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xlflow.summary.sheet.MOST_LINKS", 2)
    submit(empty, result("甲局", "1", problems=(problem("9.1"),) * 4), "a")
    rows = table(book_of(empty)["问题清单"], "单位编码")
    assert [bool(row["结果文件"].hyperlink) for row in rows] == [True, True, False, False]
    assert values(rows, "结果文件") == ["定位"] * 4


def test_the_book_prints_on_a4_and_keeps_its_headings(ledger: Ledger) -> None:
    for sheet in book_of(ledger):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 9
        assert sheet.page_setup.fitToHeight == 0  # as many as it takes; one page across
        assert sheet.sheet_properties.tabColor
        assert sheet.sheet_properties.pageSetUpPr
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter
        assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"
        assert sheet.freeze_panes
        if sheet.title not in {"总览", "分类汇总"}:  # several tables beside and below each other
            assert sheet.auto_filter.ref
            assert sheet.print_title_rows


def test_outcomes_and_severities_are_coloured_by_their_word(ledger: Ledger) -> None:
    book = book_of(ledger)
    for name, words in (("报送一览", {'"通过"', '"退回"'}), ("问题清单", {'"错误"', '"提醒"'})):
        rules = [rule for area in book[name].conditional_formatting for rule in area.rules]
        assert {rule.formula[0] for rule in rules} >= words


def charts_on(sheet: Worksheet) -> int:
    # openpyxl reads charts into a list it does not declare.
    return len(vars(sheet)["_charts"])


def test_units_are_drawn_beside_their_figures_grades_and_rates_on_the_first_sheet(
    empty: Ledger,
) -> None:
    arrival = empty.arrive("b" * 64, "many.zip", 1, 1, RECEIVED)
    many = [result(f"单位{number}", str(1000 + number)) for number in range(40)]
    without_score = replace(many[0], unit="无分", unit_code="9", scores=Scores())
    empty.record(arrival, list(map(entry_of, [*many, without_score])), recorded_at=RECEIVED)
    book = book_of(empty)
    assert (charts_on(book["总览"]), charts_on(book["图表"])) == (2, 2)
    rows = table(book["图表"], "单位")
    assert len(rows) == 41
    assert rows[-1]["单位"].value == "无分"
    with ZipFile(BytesIO(built(empty))) as archive:  # it has a bar for its rate, none for a score
        charts = b"".join(archive.read(f"xl/charts/chart{number}.xml") for number in (1, 2, 3, 4))
    assert (b"$A$2:$A$41" in charts, b"$A$2:$A$42" in charts) == (True, True)


def test_of_hundreds_of_units_both_ends_are_drawn(empty: Ledger) -> None:
    arrival = empty.arrive("b" * 64, "many.zip", 1, 1, RECEIVED)
    many = [
        result(f"单位{number}", str(1000 + number), total=f"{50 + number / 10:.1f}")
        for number in range(201)
    ]
    empty.record(arrival, list(map(entry_of, many)), recorded_at=RECEIVED)
    names = values(table(book_of(empty)["图表"], "单位"), "单位")
    assert names == [f"单位{number}" for number in (*range(200, 180, -1), *range(19, -1, -1))]
    with ZipFile(BytesIO(built(empty))) as archive:
        chart = archive.read("xl/charts/chart4.xml").decode()
    assert "（前后各 20 名，共 201 份）" in chart
    assert "$A$2:$A$41" in chart


def test_bars_of_several_exercises_and_projects_are_told_apart(empty: Ledger) -> None:
    one = result("甲局", "1")
    submit(empty, one, "a")
    submit(empty, replace(one, round="1-6月", project="防汛"), "b")
    rows = table(book_of(empty)["图表"], "单位")
    assert sorted(values(rows, "单位")) == ["甲局 · 年度", "甲局 · 防汛 · 1-6月"]


def test_a_rate_above_one_hundred_per_cent_is_drawn_to_its_end(empty: Ledger) -> None:
    submit(empty, result("甲局", "1", "130", budget="100"), "a")
    with ZipFile(BytesIO(built(empty))) as archive:
        charts = [archive.read(name) for name in archive.namelist() if "charts/chart" in name]
    assert len(charts) == 4
    assert not any(b"c:max val" in chart for chart in charts)


def test_a_ledger_without_submissions_gives_a_book_that_says_so(empty: Ledger) -> None:
    sheet = book_of(empty)["总览"]
    assert "尚未收到填报表。" in [cell.value for cell in sheet["A"]]


def test_the_same_ledger_gives_the_same_bytes(ledger: Ledger) -> None:
    assert built(ledger) == built(ledger)


def test_notes_are_listed_and_not_counted_as_warnings(empty: Ledger) -> None:
    submit(empty, result("甲局", "1", problems=(problem("x", Severity.NOTE),)), "a")
    book = book_of(empty)
    assert values(table(book["问题清单"], "单位编码"), "级别") == ["说明"]
    assert table(book["报送一览"], "单位编码")[0]["提醒"].value == 0


def test_what_no_form_alone_can_show_has_a_sheet_of_its_own(ledger: Ledger) -> None:
    (row,) = table(book_of(ledger)["跨表核对"], "级别")
    said = {heading: cell.value for heading, cell in row.items()}
    assert (said["级别"], said["代码"], said["表"]) == ("提醒", "C80", FORM_TITLES[FORM])
    assert "应报 4 份，还有 1 份没有收到：档案馆" in said["问题说明"]


def test_where_nothing_is_noticed_there_is_no_such_sheet(empty: Ledger) -> None:
    submit(empty, result(LAND, "410106001"), "a")
    assert "跨表核对" not in book_of(empty).sheetnames

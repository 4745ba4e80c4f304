"""Every figure of the demo's summary book stands in the cell of the workbook it names."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter

from xlflow.demo import Played

Line = dict[str, Any]


class Traced:
    """The summary book of the demo, and the result files its links lead to."""

    def __init__(self, summary: Path) -> None:
        self.outbox = summary.parent
        self.book = load_workbook(summary)
        self.values = load_workbook(summary, data_only=True)
        self._opened: dict[str, Workbook] = {}

    def lines(self, sheet: str, heading: str = "单位编码") -> Iterator[Line]:
        """Yield the rows of the widest table of a sheet as cells by caption."""
        rows = list(self.values[sheet].iter_rows())
        heads = [i for i, row in enumerate(rows) if heading in [cell.value for cell in row]]
        start = max(reversed(heads), key=lambda i: sum(cell.value is not None for cell in rows[i]))
        for row in rows[start + 1 :]:
            if row[1].value is None and row[2].value is None and row[3].value is None:
                return
            yield {str(head.value): cell for head, cell in zip(rows[start], row, strict=True)}

    def cell(self, target: str, sheet: str, place: str) -> Any:
        """Return what stands in a cell of a result file."""
        path = unquote(target)
        if path not in self._opened:
            self._opened[path] = load_workbook(self.outbox / path, data_only=True)
        return self._opened[path][sheet][place].value


@pytest.fixture(scope="module")
def traced(played: Played) -> Traced:
    return Traced(played.summary)


def exact(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def test_totals_and_money_are_what_the_named_cells_say(traced: Traced) -> None:
    figures = (
        ("测算得分", "得分单元格"),
        ("全年预算数", "预算单元格"),
        ("全年执行数", "执行单元格"),
    )
    compared = 0
    for line in traced.lines("报送一览"):
        target = line["结果文件"].hyperlink.target
        for figure, place in figures:
            shown, at = line[figure].value, line[place].value
            if shown is None:
                continue
            there = traced.cell(target, line["工作表"].value, at)
            assert exact(there) == exact(shown), (line["项目"].value, figure, at)
            compared += 1
    assert compared == 4 + 7 + 7  # four scored forms; seven with a fund table


def test_the_seed_figures_stand_in_the_book_to_the_cent(traced: Traced) -> None:
    money = ("年初预算数", "全年预算数", "全年执行数")
    shown = {
        (line["项目"].value, line["表"].value): [line[name].value for name in money]
        for line in traced.lines("报送一览")
        if line["全年执行数"].value is not None
    }
    evaluation, monitoring = "项目支出绩效自评表", "项目支出绩效运行监控表"
    assert shown == {
        (None, "部门整体支出绩效自评表"): [1505.6, 14988.39, 12275.49],
        ("《规划郑州》杂志印刷制作费", evaluation): [36, 36, 34.2],
        ("建设工程正负零验线", evaluation): [200, 200, 196],
        ("中院地面下沉治理", evaluation): [38.5, 38.5, 38.5],
        ("《规划郑州》杂志印刷制作费", monitoring): [36, 36, 12.6],
        ("建设工程正负零验线", monitoring): [200, 200, 118],
        ("中院地面下沉治理", monitoring): [38.5, 38.5, 3.85],
    }
    sums = {
        line["填报任务"].value: line
        for line in traced.lines("总览", "口径")
        if line["口径"].value == "全部收到"
    }
    projects = sums["2020年度项目支出绩效自评表"]
    assert projects["全年预算数"].value == 274.5  # 36 + 200 + 38.5
    assert projects["全年执行数"].value == 268.7  # 34.2 + 196 + 38.5
    assert projects["预算执行率"].value == 0.9789  # 268.7 ÷ 274.5; the mean of the rates is 0.9767
    assert sums["2022年度部门整体支出绩效自评表"]["预算执行率"].value == 0.819


def test_what_projects_ask_for_stands_in_their_forms_in_yuan(traced: Traced) -> None:
    asked = list(traced.lines("项目金额", "项目"))
    assert len(asked) == 20
    together = Decimal()
    for line in asked:
        link = line["结果文件"].hyperlink
        sheet, place = str(link.location).replace("'", "").split("!")
        assert place == line["单元格"].value
        assert exact(traced.cell(link.target, sheet, place)) == exact(line["本年度金额"].value)
        together += Decimal(str(line["本年度金额"].value))
    (units,) = (
        line
        for line in list(traced.lines("单位汇总", "单位编码"))
        if line["单位编码"].value == "039001" and line["申报金额"].value
    )
    assert together == 180_270_500
    assert units["申报金额"].value == 16212.65  # 162,126,500 元 in 万元


def test_every_link_leads_to_a_file(traced: Traced) -> None:
    """Folders are parted by slashes, or nobody but Windows finds the file."""
    targets = {
        unquote(cell.hyperlink.target)
        for sheet in traced.book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink and cell.hyperlink.target
    }
    assert len(targets) > 25
    assert [target for target in targets if not (traced.outbox / target).is_file()] == []


def test_each_place_leads_to_the_total_of_its_form(traced: Traced) -> None:
    placed = list(traced.lines("排名"))
    assert [(line["名次"].value, line["测算得分"].value) for line in placed] == [
        (1, 99.1),
        (1, 99.9),
        (2, 99.8),
        (3, 98.08),
    ]
    for line in placed:
        link = line["结果文件"].hyperlink
        sheet, place = str(link.location).replace("'", "").split("!")
        assert exact(traced.cell(link.target, sheet, place)) == exact(line["测算得分"].value)


def test_each_indicator_names_file_sheet_and_cell(traced: Traced) -> None:
    outputs = {
        (line["文件指纹"].value, line["工作表"].value): line["结果文件"].hyperlink.target
        for line in traced.lines("报送一览")
    }
    compared = 0
    for line in traced.lines("指标明细"):
        key = line["文件指纹"].value, line["工作表"].value
        there = traced.cell(outputs[key], key[1], line["单元格"].value)
        written = line["自评得分"].value if line["分值"].value is not None else None
        if written is not None:
            assert exact(there) == exact(written), (line["三级指标"].value, line["单元格"].value)
            compared += 1
    assert compared > 100


def test_each_problem_leads_to_its_cell(traced: Traced) -> None:
    found = 0
    for line in traced.lines("问题清单"):
        link, place = line["结果文件"].hyperlink, line["单元格"].value
        if link is None or place is None:
            continue
        assert link.location == f"'{line['工作表'].value}'!{place}"
        traced.cell(link.target, line["工作表"].value, place.partition(":")[0])
        found += 1
    assert found > 50


def test_sums_of_units_are_formulas_over_their_rows(traced: Traced) -> None:
    sheet, values = traced.book["单位汇总"], traced.values["单位汇总"]
    (top, second) = (cell.row for cell in sheet["A"] if cell.value == "填报任务")
    for row in range(top + 1, second - 1):
        exercise = values.cell(row, 1).value
        for column in (4, 11, 12):  # 份数, 全年预算数, 全年执行数
            shown = values.cell(row, column).value
            if shown is None:
                continue
            assert str(sheet.cell(row, column).value).startswith("=SUMIF(")
            parts = [
                Decimal(str(values.cell(each, column).value or 0))
                for each in range(second + 1, values.max_row + 1)
                if values.cell(each, 1).value == exercise
            ]
            assert sum(parts) == exact(shown)


def test_the_dictionary_tells_of_every_column_of_every_sheet(traced: Traced) -> None:
    told = {
        (line["列名"].value, where)
        for line in traced.lines("数据字典", "列名")
        for where in str(line["所在表和列"].value).split("、")
    }
    headings = 0
    for line in traced.lines("数据字典", "列名"):
        assert line["含义"].value
        assert line["出处"].value
    for sheet in traced.values:
        if sheet.title == "数据字典":
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.fill.fgColor.rgb == "FF1F4E79":  # the headings of tables
                    letter = get_column_letter(cell.column or 0)
                    assert (cell.value, f"{sheet.title} {letter}") in told
                    headings += 1
    assert headings > 100


def test_the_profile_that_judged_stands_with_its_bounds_and_hash(traced: Traced) -> None:
    cells = [cell.value for row in traced.values["数据字典"].iter_rows() for cell in row]
    assert "henan-2022" in cells
    assert "优 ≥90，良 ≥80，中 ≥60，差 ≥0" in cells


def test_the_first_sheet_leads_to_all_others(traced: Traced) -> None:
    jumps = {
        str(link.location)
        for link in (cell.hyperlink for row in traced.book["总览"].iter_rows() for cell in row)
        if link and link.location and not link.target
    }
    assert jumps == {f"'{name}'!A1" for name in traced.book.sheetnames if name != "总览"}

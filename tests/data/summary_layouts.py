"""Layouts of the summary as a bureau would draw them in Excel.

`python tests/data/summary_layouts.py` draws the example that new workspaces get.
"""

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

FORM_TITLE = "项目支出绩效自评表"
HEADINGS = (
    "序号", "单位", "项目名称", "全年预算数", "全年执行数", "执行率",
    "自评得分", "测算得分", "等级", "备注",
)  # fmt: skip
MONEY = ("全年预算数", "全年执行数")
WIDTHS = dict(zip(HEADINGS, (14, 28, 30, 15, 15, 11, 11, 11, 9, 16), strict=True))
DRAWN_ON = datetime.fromisoformat("2020-01-01")
SONG, HEI = {"font_name": "宋体", "font_size": 11}, {"font_name": "黑体", "font_size": 11}
SIGNATURES = "制表人：　　　　　　复核人：　　　　　　（盖章）"
EXAMPLE = Path(__file__).parents[2] / "workbook_templates" / "summary_layout.xlsx"
# A black dot: what a bureau's emblem is to the program.
EMBLEM = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63606060000000040001f61738550000000049454e44ae426082"
)


@dataclass(frozen=True)
class Drawn:
    """How a layout is drawn; rows and columns are counted from 0, as XlsxWriter does."""

    top: int = 5
    left: int = 0
    headings: tuple[str, ...] = HEADINGS
    rows: int = 2
    below: int = 3
    merged_title: bool = True
    form: str = FORM_TITLE
    unit: str = "万元"
    table: str = "submissions"
    emblem: bool = True


def drawn(how: Drawn = Drawn()) -> bytes:
    """Return a layout: title, figures, a table with sums, a chart, signatures, a second sheet."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties(
            {"title": "绩效自评汇总表模板", "author": "绩效科", "created": DRAWN_ON}
        )
        sheet = book.add_worksheet("汇总表")
        _draw_head(book, sheet, how)
        _draw_table(book, sheet, how)
        _draw_second_sheet(book)
        for name, cell in _figures(how).items():
            book.define_name(f"xlf.{name}", f"=汇总表!{cell}")
    return stream.getvalue()


def _figures(how: Drawn) -> dict[str, str]:
    under = how.top + how.rows + how.below + 2
    title = xl_rowcol_to_cell(0, 0, True, True)
    if how.merged_title:
        title += ":" + xl_rowcol_to_cell(0, len(how.headings) - 1, True, True)
    names = ("form", "made_at", "received", "missing", "budget", "execution_rate")
    places = {name: xl_rowcol_to_cell(1 + n // 3, 1 + 2 * (n % 3), True, True)
              for n, name in enumerate(names)}  # fmt: skip
    return {"title": title, **places, "year": xl_rowcol_to_cell(under, 1, True, True)}


def _draw_head(book: Any, sheet: Any, how: Drawn) -> None:
    look = book.add_format(HEI | {"font_size": 20, "align": "center", "valign": "vcenter"})
    label = book.add_format(SONG | {"align": "right", "font_color": "#595959"})
    plain = book.add_format(SONG | {"align": "left"})
    if how.merged_title:
        sheet.merge_range(0, 0, 0, len(how.headings) - 1, "（标题）", look)
    else:
        sheet.write_string(0, 0, "（标题）", look)
    words = ("汇总范围：", "生成时间：", "已报份数：", "未报份数：", "全年预算数：", "执行率：")
    formats = {
        1: book.add_format(SONG | {"align": "left", "num_format": "yyyy-mm-dd hh:mm"}),
        4: book.add_format(SONG | {"align": "left", "num_format": "#,##0.00"}),
        5: book.add_format(SONG | {"align": "left", "num_format": "0.00%"}),
    }
    for number, word in enumerate(words):
        row, column = 1 + number // 3, 2 * (number % 3)
        sheet.write_string(row, column, word, label)
        sheet.write_blank(row, column + 1, None, formats.get(number, plain))
    sheet.write_string(1, 1, how.form, plain)
    sheet.write_string(3, 0, f"单位：{how.unit}", label)
    sheet.set_row(0, 36)
    if how.emblem:
        data = {"image_data": BytesIO(EMBLEM)}
        sheet.insert_image(0, len(how.headings) + how.left, "emblem.png", data)


def _draw_table(book: Any, sheet: Any, how: Drawn) -> None:
    heading = book.add_format(
        HEI | {"border": 1, "align": "center", "valign": "vcenter", "bg_color": "#DDEBF7"}
    )
    sheet.set_row(how.top, 28)
    for row in range(how.top + 1, how.top + how.rows + 2):
        sheet.set_row(row, 22)
    kinds = {
        "全年预算数": "#,##0.00", "全年执行数": "#,##0.00", "执行率": "0.00%",
        "自评得分": "0.00", "测算得分": "0.00",
    }  # fmt: skip
    plain = book.add_format(SONG | {"align": "left"})
    last = how.top + how.rows
    for number, words in enumerate(how.headings):
        column = how.left + number
        properties = SONG | {"border": 1, "valign": "vcenter"}
        properties |= {"num_format": kinds[words]} if words in kinds else {}
        properties |= {"align": "center"} if words in ("序号", "等级") else {}
        sheet.set_column(column, column, WIDTHS.get(words, 12))
        sheet.write_string(how.top, column, words, heading)
        for row in range(how.top + 1, last + 1):
            sheet.write_blank(row, column, None, book.add_format(properties))
        total = book.add_format(properties | {"bold": True, "bg_color": "#F2F2F2"})
        area = f"{xl_rowcol_to_cell(how.top + 1, column)}:{xl_rowcol_to_cell(last, column)}"
        if words in MONEY:
            sheet.write_formula(last + 1, column, f"=SUM({area})", total)
        elif words == "执行率" and set(MONEY) <= set(how.headings):
            budget, executed = (
                f"{xl_col_to_name(how.left + how.headings.index(each))}{last + 2}" for each in MONEY
            )
            rate = f'=IF({budget}=0,"",{executed}/{budget})'
            sheet.write_formula(last + 1, column, rate, total)
        else:
            sheet.write_string(last + 1, column, "合计" if number == 0 else "", total)
    right = how.left + len(how.headings) - 1
    sheet.write_string(last + 1 + how.below, how.left, SIGNATURES, plain)
    sheet.write_string(last + 2 + how.below, 0, "年度：", plain)
    sheet.write_blank(last + 2 + how.below, 1, None, plain)
    name = xl_range_abs(how.top, how.left, last, right)
    book.define_name(f"xlf.{how.table}", f"=汇总表!{name}")
    sheet.repeat_rows(how.top)
    sheet.print_area(0, 0, last + how.below + 20, max(right, len(how.headings) - 1))
    sheet.fit_to_pages(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_footer("&C第 &P 页")
    sheet.freeze_panes(how.top + 1, 0)
    if "测算得分" in how.headings:
        column = how.left + how.headings.index("测算得分")
        chart = book.add_chart({"type": "bar"})
        series = {"values": ["汇总表", how.top + 1, column, last, column]}
        if "项目名称" in how.headings:
            named = how.left + how.headings.index("项目名称")
            series["categories"] = ["汇总表", how.top + 1, named, last, named]
        chart.add_series(series)
        chart.set_title({"name": "测算得分", "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"min": 0, "max": 100})
        chart.set_size({"width": 900, "height": 300})
        sheet.insert_chart(last + how.below + 4, 0, chart)


def _draw_second_sheet(book: Any) -> None:
    sheet = book.add_worksheet("催报")
    look = book.add_format(SONG | {"border": 1})
    heading = book.add_format(HEI | {"border": 1, "align": "center", "bg_color": "#DDEBF7"})
    day = book.add_format(SONG | {"border": 1, "num_format": "yyyy年m月d日"})
    headings = ("序号", "单位编码", "单位", "项目", "截止日期", "签收")
    for column, (words, width) in enumerate(zip(headings, (8, 16, 34, 34, 18, 16), strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(1, column, words, heading)
        for row in (2, 3):
            sheet.write_blank(row, column, None, day if words == "截止日期" else look)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)
    sheet.write_string(0, 0, "尚未报送的单位", book.add_format(HEI | {"font_size": 14}))
    sheet.write_formula(5, 0, '=COUNTA(C3:C4)&" 个单位未报送"', None, "0 个单位未报送")
    book.define_name("xlf.missing_units", "=催报!$A$2:$F$4")


if __name__ == "__main__":
    EXAMPLE.write_bytes(drawn(Drawn(emblem=False)))

"""Layouts of the summary as a bureau would draw them in Excel."""

from dataclasses import dataclass
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

FORM_TITLE = "项目支出绩效自评表"
HEADINGS = (
    "序号", "单位", "项目名称", "全年预算数", "全年执行数", "执行率",
    "自评得分", "测算得分", "等级", "备注",
)  # fmt: skip
MONEY = ("全年预算数", "全年执行数")
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


def drawn(how: Drawn = Drawn()) -> bytes:
    """Return a layout: title, figures, a table with sums, a chart, signatures, a second sheet."""
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"title": "绩效自评汇总表模板", "author": "绩效科"})
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
    look = book.add_format({"bold": True, "font_size": 18, "align": "center", "font_name": "黑体"})
    label = book.add_format({"align": "right", "font_color": "#666666"})
    if how.merged_title:
        sheet.merge_range(0, 0, 0, len(how.headings) - 1, "（标题）", look)
    else:
        sheet.write_string(0, 0, "（标题）", look)
    words = ("汇总范围：", "生成时间：", "已报份数：", "未报份数：", "全年预算数：", "执行率：")
    formats = {
        1: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        4: book.add_format({"num_format": "#,##0.00"}),
        5: book.add_format({"num_format": "0.00%"}),
    }
    for number, word in enumerate(words):
        row, column = 1 + number // 3, 2 * (number % 3)
        sheet.write_string(row, column, word, label)
        sheet.write_blank(row, column + 1, None, formats.get(number))
    sheet.write_string(1, 1, how.form) if how.form else None
    sheet.write_string(3, 0, f"单位：{how.unit}", label)
    sheet.set_row(0, 36)
    sheet.insert_image(
        0, len(how.headings) + how.left, "emblem.png", {"image_data": BytesIO(EMBLEM)}
    )


def _draw_table(book: Any, sheet: Any, how: Drawn) -> None:
    heading = book.add_format({"bold": True, "border": 1, "align": "center", "bg_color": "#DDEBF7"})
    kinds = {
        "全年预算数": "#,##0.00", "全年执行数": "#,##0.00", "执行率": "0.00%",
        "自评得分": "0.00", "测算得分": "0.00",
    }  # fmt: skip
    last = how.top + how.rows
    for number, words in enumerate(how.headings):
        column = how.left + number
        properties = {"border": 1, "num_format": kinds.get(words, "General")}
        sheet.write_string(how.top, column, words, heading)
        for row in range(how.top + 1, last + 1):
            sheet.write_blank(row, column, None, book.add_format(properties))
        total = book.add_format({**properties, "bold": True})
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
    sheet.write_string(last + 1 + how.below, how.left, "制表人：　　　　复核人：　　　　（盖章）")
    sheet.write_string(last + 2 + how.below, 0, "年度：")
    name = xl_range_abs(how.top, how.left, last, right)
    book.define_name(f"xlf.{how.table}", f"=汇总表!{name}")
    sheet.repeat_rows(how.top)
    sheet.print_area(0, 0, last + how.below + 2, max(right, len(how.headings) - 1))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_footer("&C第 &P 页")
    sheet.freeze_panes(how.top + 1, 0)
    if "测算得分" in how.headings:
        column = how.left + how.headings.index("测算得分")
        chart = book.add_chart({"type": "bar"})
        chart.add_series({"values": ["汇总表", how.top + 1, column, last, column]})
        sheet.insert_chart(last + how.below + 4, 1, chart)


def _draw_second_sheet(book: Any) -> None:
    sheet = book.add_worksheet("催报")
    look = book.add_format({"border": 1})
    day = book.add_format({"border": 1, "num_format": "yyyy年m月d日"})
    for column, words in enumerate(("序号", "单位编码", "单位", "项目", "截止日期", "签收")):
        sheet.write_string(1, column, words, look)
        for row in (2, 3):
            sheet.write_blank(row, column, None, day if words == "截止日期" else look)
    sheet.write_string(0, 0, "尚未报送的单位")
    sheet.write_formula(5, 0, '=COUNTA(C3:C4)&" 个单位未报送"', None, "0 个单位未报送")
    book.define_name("xlf.missing_units", "=催报!$A$2:$F$4")

"""Workbooks as other programs write them, made for the comparison over the corpus."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.datavalidation import DataValidation

from xlflow.demo.seeds import shangjie
from xlflow.forms import all_forms, load_form
from xlflow.issuing import fill, template_of


def made_books(folder: Path) -> list[Path]:
    """Return workbooks made in a folder: ours, XlsxWriter's, openpyxl's and LibreOffice's."""
    made = [
        *templates(folder),
        filled(folder / "filled.xlsx"),
        by_xlsxwriter(folder / "xlsxwriter.xlsx"),
        by_openpyxl(folder / "openpyxl.xlsx"),
    ]
    return made + by_libreoffice(made, folder / "libreoffice")


def templates(folder: Path) -> list[Path]:
    made = []
    for form in all_forms():
        path = folder / f"{form.name}.xlsx"
        path.write_bytes(template_of(form))
        made.append(path)
    return made


def filled(path: Path) -> Path:
    seed = shangjie()
    path.write_bytes(
        fill(template_of(load_form(seed["form"])), load_form(seed["form"]), seed["data"])
    )
    return path


def by_xlsxwriter(path: Path) -> Path:
    """Return a workbook with a bit of everything that XlsxWriter can write."""
    book = xlsxwriter.Workbook(path)
    sheet, other = book.add_worksheet("填报"), book.add_worksheet("名单 一")
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy/m/d"})
    for row in range(2, 40):
        sheet.write_row(row, 0, [f"指标{row}", row * 1.5, row % 3])
        sheet.write_formula(row, 3, f"=B{row + 1}*2", None, row * 3)
        sheet.write_number(row, 4, 44_562 + row, day)
    sheet.merge_range("A1:E1", "绩效目标自评表", bold)
    sheet.write_rich_string("A2", "粗", bold, "体", "字")
    sheet.write_array_formula("G3:G5", "{=B3:B5*2}", None, 6)
    sheet.write_dynamic_array_formula("H3", "=SORT(B3:B9)", None, 3)
    sheet.write_comment("B3", "批注", {"author": "某局"})
    sheet.write_url("A3", "https://example.org/", string="链接")
    sheet.data_validation("C3:C40", {"validate": "list", "source": ["是", "否"]})
    sheet.data_validation("B3:B40", {"validate": "list", "source": "='名单 一'!$A$1:$A$9"})
    sheet.conditional_format("B3:B40", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("C3:C40", {"type": "icon_set", "icon_style": "3_traffic_lights"})
    sheet.insert_textbox("J3", "文本框")
    sheet.insert_button("J9", {"macro": "score", "caption": "评分"})
    sheet.insert_checkbox("I3", True) if hasattr(sheet, "insert_checkbox") else None
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=填报!$B$3:$B$9"})
    sheet.insert_chart("J15", chart)
    sheet.add_sparkline("F3", {"range": "填报!B3:E3"})
    sheet.set_column("B:B", 12, bold)
    sheet.set_row(50, 30, bold)
    sheet.outline_settings(symbols_below=False)
    sheet.protect("secret", {"insert_rows": True})
    sheet.set_header("&L&P/&N")
    sheet.freeze_panes(2, 1)
    book.define_name("合计", "=填报!$B$3:$B$40")
    rows: list[list[Any]] = [[number, number * 2] for number in range(8)]
    other.add_table("A1:B9", {"data": rows, "columns": [{"header": "甲"}, {"header": "乙"}]})
    other.autofilter("D1:E9")
    other.hide()
    book.set_custom_property("部门", "某局")
    book.close()
    return path


def by_openpyxl(path: Path) -> Path:
    """Return a workbook with what openpyxl writes: its own order of attributes and parts."""
    book = openpyxl.Workbook()
    sheet = book.active or book.create_sheet()
    for row in range(1, 30):
        sheet.append([f"第{row}项", row, f"=B{row}+1", row % 2 == 0])
    sheet.merge_cells("F2:H4")
    sheet["B2"].comment = Comment("核对", "某局")
    rule = DataValidation(type="list", formula1='"是,否"')
    rule.add("D1:D30")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add(
        "B1:B30", ColorScaleRule("min", None, "FFFFFF", end_type="max", end_color="FF0000")
    )
    book.create_sheet("隐藏").sheet_state = "veryHidden"
    book.save(path)
    return path


def by_libreoffice(made: list[Path], folder: Path) -> list[Path]:
    """Return the same workbooks as LibreOffice saves them, none where it is not installed."""
    if shutil.which("soffice") is None:
        return []
    folder.mkdir()
    profile = (folder / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx"]
    command += ["--outdir", str(folder), *map(str, made)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return [path.rename(folder / f"libreoffice-{path.name}") for path in folder.glob("*.xlsx")]

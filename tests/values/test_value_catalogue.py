"""The catalogue of values in the wild: each row, by its number, and where it is shown."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from short_reading import short

import xlflow
from xlflow.values import parse_target

TESTS = Path(__file__).parents[1]
YEAR = 2020

# row of the catalogue, as written, reading
READINGS = [
    (1, "=100%", "eq 100 %"),
    (2, "100%", "bare 100 %"),
    (3, "≥95%", "ge 95 %"),
    (4, "≤30%", "le 30 %"),
    (5, ">90%", "gt 90 %"),
    (6, "=90%", "eq 90 %"),
    (7, "90%", "bare 90 %"),
    (7, "80%", "bare 80 %"),
    (8, "$\\geq 85\\%$", "ge 85 %"),
    (9, "$\\geq 100\\%$", "ge 100 %"),
    (10, "≥100%", "ge 100 %"),
    (11, "≥80", "ge 80"),
    (12, "=100", "eq 100"),
    (13, "≥ 12", "ge 12"),
    (14, "≥44", "ge 44"),
    (15, "≥ 2210000000", "ge 2210000000"),
    (16, "≥15000000", "ge 15000000"),
    (16, "=15000000", "eq 15000000"),
    (17, "=1", "eq 1"),
    (17, "=6", "eq 6"),
    (17, "=25", "eq 25"),
    (17, "=40", "eq 40"),
    (18, "=19.246公里", "eq 19.246 公里"),
    (19, "=63项", "eq 63 项"),
    (19, "=50项", "eq 50 项"),
    (20, ">36项", "gt 36 项"),
    (21, "≥10批", "ge 10 批"),
    (21, "≥2次", "ge 2 次"),
    (21, "≥150件", "ge 150 件"),
    (22, "=20万本", "eq 200000 本"),
    (23, "=40万张", "eq 400000 张"),
    (24, "=108万元", "eq 1080000 元"),
    (25, "430万元", "bare 4300000 元"),
    (26, "15000元", "bare 15000 元"),
    (27, "<0.418", "lt 0.418"),
    (27, "<0.402", "lt 0.402"),
    (27, "<0.425", "lt 0.425"),
    (28, "649个", "bare 649 个"),
    (29, "≥500亩", "ge 500 亩"),
    (29, "500亩", "bare 500 亩"),
    (30, "4季度", "bare 4 季度"),
    (30, "四个季度", "bare 4 季度"),
    (31, "4批次", "bare 4 批次"),
    (31, "2个", "bare 2 个"),
    (32, "≥20000件", "ge 20000 件"),
    (33, "≥50个", "ge 50 个"),
    (33, "50", "bare 50"),
    (34, "≥100百分比", "ge 100 %"),
    (34, "100", "bare 100"),
    (35, "≤90万元", "le 900000 元"),
    (35, "90", "bare 90"),
    (36, "≤10次", "le 10 次"),
    (36, "≤5%", "le 5 %"),
    (37, "2280次", "bare 2280 次"),
    (37, "292%", "bare 292 %"),
    (38, ">92%", "gt 92 %"),
    (39, "不超预算", "qual"),
    (40, "0.0900000762939453", "bare 9 %"),
    (41, "-0.300000152587891", "bare -30 %"),
    (44, "≥95.00%", "ge 95 %"),
    (44, "95.0 %", "bare 95 %"),
    (45, "９０％", "bare 90 %"),
    (45, "≥９０％", "ge 90 %"),
    (46, ">=90%", "ge 90 %"),
    (46, "≧90%", "ge 90 %"),
    (46, "⩾90%", "ge 90 %"),
    (46, "=>90%", "ge 90 %"),
    (46, "≦90%", "le 90 %"),
    (46, "⩽90%", "le 90 %"),
    (46, "=<90%", "le 90 %"),
    (46, "＜＝90%", "le 90 %"),
    (47, "大于等于90%", "ge 90 %"),
    (47, "不低于90%", "ge 90 %"),
    (47, "不少于90%", "ge 90 %"),
    (47, "至少90%", "ge 90 %"),
    (47, "达到90%以上", "ge 90 %"),
    (47, "90%以上", "ge 90 %"),
    (47, "90%及以上", "ge 90 %"),
    (47, "超过95%", "gt 95 %"),
    (48, "不高于30%", "le 30 %"),
    (48, "不超过30%", "le 30 %"),
    (48, "控制在5%以内", "le 5 %"),
    (48, "控制在总量的5%以内", "le 5 %"),
    (48, "小于等于30%", "le 30 %"),
    (48, "低于30%", "lt 30 %"),
    (48, "≤3‰", "le 3 ‰"),
    (49, "3-5个", "range 3..5 个"),
    (49, "3~5个", "range 3..5 个"),
    (49, "3至5个", "range 3..5 个"),
    (49, "3—5个", "range 3..5 个"),
    (50, "80%-90%", "range 80..90 %"),
    (51, "30—60天", "range 30..60 天"),
    (52, "约12家", "approx 12 家"),
    (52, "约 120 平方公里", "approx 120 平方公里"),
    (52, "15万余本", "approx 150000 本"),
    (52, "2万余亩", "approx 20000 亩"),
    (53, "1.56万亩", "bare 15600 亩"),
    (53, "4万亩", "bare 40000 亩"),
    (53, "137.16万件", "bare 1371600 件"),
    (54, "3,340,000.00", "bare 3340000"),
    (54, "15000000", "bare 15000000"),
    (54, "15000000.00", "bare 15000000"),
    (55, "1:10", "ratio 0.1"),
    (55, "1∶10", "ratio 0.1"),
    (56, "=100%", "eq 100 %"),
    (56, "100%（29.7万元）", "bare 100 %"),
    (56, "清算资金到位率(29.7万元)", "qual"),
    (57, "零", "bare 0"),
    (57, "无", "none"),
    (57, "0起", "bare 0 起"),
    (57, "0次", "bare 0 次"),
    (57, "0%", "bare 0 %"),
    (58, "二次", "bare 2 次"),
    (58, "两个", "bare 2 个"),
    (58, "四类", "bare 4 类"),
    (58, "十万元", "bare 100000 元"),
    (58, "百分之九十", "bare 90 %"),
    (59, "每年1次", "bare 1 次/年"),
    (59, "每半年1次", "bare 1 次/半年"),
    (59, "双月刊，全年6期", "bare 6 期/年"),
    (60, "≥85%，且≤100%", "range 85..100 %"),
    (61, "1.5倍", "bare 1.5 倍"),
    (61, "增长10%", "bare 10 %"),
    (61, "较上年提高5个百分点", "bare 5 百分点"),
    (61, "下降≥3%", "le -3 %"),
    (62, "100分", "bare 100 分"),
    (62, "优", "qual"),
    (62, "A级", "qual"),
    (62, "达标", "qual"),
    (63, "会议出勤率 =100%", "eq 100 %"),
    (65, "≥", "error"),
    (65, "%", "error"),
    (65, "≥ 件", "error"),
    (66, "#DIV/0!", "error"),
    (66, "#REF!", "error"),
    (66, "=C12/D12", "error"),
    (67, "预计2022年6月30日完成", "date 2022-06-30"),
    (68, "2022年底", "date 2022-12-31"),
    (69, "2022年6月30日前", "date 2022-06-30"),
    (69, "2022.6.30前", "date 2022-06-30"),
    (69, "2022/6/30", "date 2022-06-30"),
    (69, "2022-06-30", "date 2022-06-30"),
    (69, "22年6月底", "date 2022-06-30"),
    (70, "2020年12月31日前", "date 2020-12-31"),
    (71, "2020年6月份前", "date 2020-06-30"),
    (71, "2020年6月份前支出100%", "date 2020-06-30"),
    (72, "2020年3月底", "date 2020-03-31"),
    (72, "11月底", "date 2020-11-30"),
    (73, "12月24日", "date 2020-12-24"),
    (75, "一季度末", "date 2020-03-31"),
    (75, "第三季度", "date 2020-09-30"),
    (75, "上半年", "date 2020-06-30"),
    (75, "全年", "date 2020-12-31"),
    (75, "1-6月", "date 2020-06-30"),
    (75, "1-7月", "date 2020-07-31"),
    (76, "24个工作日内", "le 24 工作日"),
    (76, "5日内", "le 5 日"),
    (76, "30天", "bare 30 天"),
    (76, "1年", "bare 1 年"),
    (77, "在项目计划完成时间内完成", "qual"),
    (77, "按时", "qual"),
    (77, "及时", "qual"),
    (77, "按期", "qual"),
    (78, "2018-2020", "qual"),
    (78, "2020-2035年", "qual"),
    (78, "（2020-2035年）", "qual"),
    (79, "2036年期间", "qual"),
    (80, "2019年10月1日至2019年9月30日", "error"),
    (81, "健全", "qual"),
    (82, "合规", "qual"),
    (83, "合理", "qual"),
    (84, "完备", "qual"),
    (85, "有效", "qual"),
    (86, "可控", "qual"),
    (87, "规范", "qual"),
    (88, "及时", "qual"),
    (89, "一致", "qual"),
    (90, "完整", "qual"),
    (91, "完善", "qual"),
    (92, "合格", "qual"),
    (93, "相关", "qual"),
    (93, "科学", "qual"),
    (93, "真实", "qual"),
    (93, "公开", "qual"),
    (94, "提升", "qual"),
    (94, "提高", "qual"),
    (94, "减少", "qual"),
    (94, "明显", "qual"),
    (94, "良好", "qual"),
    (94, "满意", "qual"),
    (94, "全力", "qual"),
    (94, "专业", "qual"),
    (94, "齐全", "qual"),
    (94, "符合", "qual"),
    (95, "全覆盖", "qual"),
    (95, "全支撑", "qual"),
    (95, "市级全部", "qual"),
    (95, "市区", "qual"),
    (96, "充分保障", "qual"),
    (96, "充分共享", "qual"),
    (96, "有效促进", "qual"),
    (96, "有效维护", "qual"),
    (96, "明显提升", "qual"),
    (96, "明显提高", "qual"),
    (96, "有效推进", "qual"),
    (96, "依法有序", "qual"),
    (96, "有效保障，严防地灾发生", "qual"),
    (97, "成果通过或无新的工作要求下达", "qual"),
    (98, "按要求完成", "qual"),
    (99, "标定地价三类用地、集体建设用地四类用地、集体农用地四类用地", "qual"),
    (100, "发现违法建设情况后流转至相关部门处理", "qual"),
    (101, "提升规划制定和实施管理的整体水平", "qual"),
    (102, "效果明显", "qual"),
    (102, "严格执行相关制度规定", "qual"),
    (102, "符合相关规定", "qual"),
    (103, "达成预期指标", "qual"),
    (104, "达成", "qual"),
    (104, "部分达成", "qual"),
    (104, "未达成", "qual"),
    (105, "达成年度指标", "qual"),
    (105, "部分达成年度指标并具有一定效果", "qual"),
    (105, "未达成年度指标且效果较差", "qual"),
    (106, "全部或基本达成预期指标", "qual"),
    (107, "明显提高", "qual"),
    (108, "已完成", "qual"),
    (108, "完成", "qual"),
    (108, "完成100%", "bare 100 %"),
    (108, "基本完成", "qual"),
    (108, "未完成", "qual"),
    (108, "正在推进", "qual"),
    (108, "跨年实施", "qual"),
    (111, "-", "none"),
    (111, "—", "none"),
    (111, "——", "none"),
    (111, "/", "none"),
    (111, "\\", "none"),
    (111, "*", "none"),
    (111, "×", "none"),
    (111, "无", "none"),
    (111, "不涉及", "none"),
    (111, "不适用", "none"),
    (111, "N/A", "none"),
    (112, "XXX", "error"),
    (112, "***", "error"),
    (112, "…", "error"),
    (112, "请填写", "error"),
    (112, "示例：", "error"),
    (113, "NULL", "error"),
    (113, "null", "error"),
    (113, "None", "error"),
    (113, "NaN", "error"),
    (114, "3-5个", "range 3..5 个"),
    (114, "健 全", "qual"),
    (114, "*", "none"),
    (114, "_", "error"),
    (115, "<p>合理</p>", "qual"),
    (115, "&nbsp;", "none"),
    (115, "-------", "none"),
    (116, "地质灾害防治知识宣传 关闭保存", "qual"),
    (116, "关闭保存", "error"),
    (118, "区域执法监察覆盖区域执法监察覆盖率", "qual"),
    (118, "矿山储量矿山储量检测", "qual"),
    (120, "…证书类…。完成不动产登记收费", "qual"),
]

# row, number in the cell, number format, reading
CELLS: list[tuple[int, Decimal | date, str, str]] = [
    (42, Decimal("0.95"), "0%", "bare 95 %"),
    (42, Decimal("0.05"), "0.00%", "bare 5 %"),
    (43, Decimal(95), "General", "bare 95"),
    (54, Decimal(15000000), "#,##0.00", "bare 15000000"),
    (69, date(2022, 6, 30), "yyyy/m/d", "date 2022-06-30"),
    (74, Decimal(44742), "yyyy/m/d", "date 2022-06-30"),
    (74, Decimal(44742), "General", "bare 44742"),
]

# row, as written, what a note says
DOUBTS = [
    (9, r"$\geq 100\%$", "等同于“=100%”"),
    (10, "≥100%", "等同于“=100%”"),
    (11, "≥80", "单位缺失"),
    (34, "≥100百分比", "百分比"),
    (37, "292%", "会把“≥”认成“2”"),
    (39, "不超预算", "以预算为上限"),
    (40, "0.0900000762939453", "浮点数"),
    (52, "15万余本", "略多"),
    (56, "100%（29.7万元）", "29.7万元"),
    (57, "无", "可能表示0"),
    (61, "下降≥3%", "负数"),
    (66, "=C12/D12", "没有计算结果"),
    (71, "2020年6月份前", "2020年5月31日"),
    (72, "11月底", "年份取自表格"),
    (79, "2036年期间", "年份可疑"),
    (80, "2019年10月1日至2019年9月30日", "颠倒"),
    (94, "提升", "可衡量性不足"),
    (95, "全覆盖", "评分办法"),
    (107, "明显提高", "可衡量性不足"),
    (116, "地质灾害防治知识宣传 关闭保存", "网页按钮"),
]

# Rows about the place of a value in the form, and the test that shows them.
ELSEWHERE = {
    64: "forms/test_foreign_layouts.py::test_a_value_alone_in_the_row_below_its_label_is_in_doubt",
    109: "values/test_value_catalogue.py::test_a_blank_target_is_asked_for",
    110: "values/test_value_catalogue.py::test_a_row_with_its_level_alone_is_no_indicator",
    117: "values/test_value_catalogue.py::test_a_damaged_level_stands_as_it_is_written",
    119: "values/test_value_catalogue.py::test_a_row_pasted_twice_is_read_twice",
}


@pytest.mark.parametrize(
    ("raw", "reading"),
    [pytest.param(raw, reading, id=f"{row} {raw}") for row, raw, reading in READINGS],
)
def test_a_value_of_the_catalogue(raw: str, reading: str) -> None:
    target = parse_target(raw, year=YEAR)
    assert short(target) == reading
    assert target.raw == raw


@pytest.mark.parametrize(
    ("value", "number_format", "reading"),
    [pytest.param(*case, id=f"{row} {case[0]} {case[1]}") for row, *case in CELLS],
)
def test_a_cell_of_the_catalogue(value: Decimal | date, number_format: str, reading: str) -> None:
    assert short(parse_target(value, number_format=number_format)) == reading


@pytest.mark.parametrize(
    ("raw", "says"), [pytest.param(raw, says, id=f"{row} {raw}") for row, raw, says in DOUBTS]
)
def test_a_doubt_of_the_catalogue_is_noted(raw: str, says: str) -> None:
    assert says in "；".join(parse_target(raw, year=YEAR).notes)


def test_the_word_inside_a_text_with_leftovers_is_kept() -> None:
    told = [parse_target(raw).text for raw in ("<p>合理</p>", "地质灾害 宣传 关闭保存", "健 全")]
    assert told == ["合理", "地质灾害宣传", "健全"]


# -- rows that are about the form ----------------------------------------------------------------


def check(tmp_path: Path, cells: Mapping[str, str | None]) -> Any:
    """Return the result of a form in order, read with other text in some of its cells."""
    book = load_workbook(TESTS / "data" / "layouts" / "anhui_weight_last.xlsx")
    for cell, text in cells.items():
        book.worksheets[0][cell] = text
    stream = BytesIO()
    book.save(stream)
    path = tmp_path / "form.xlsx"
    path.write_bytes(stream.getvalue())
    (result,) = xlflow.check(path)
    return result


def rows_of(result: Any) -> list[str]:
    return [row.name for row in result.scores.rows if row.field.startswith("/indicators")]


def problems_at(result: Any, cell: str) -> Iterator[str]:
    return (each.code for each in result.problems if each.cell == cell)


def test_a_blank_target_is_asked_for(tmp_path: Path) -> None:
    assert "C01" in problems_at(check(tmp_path, {"E11": None}), "E11")


def test_a_row_with_its_level_alone_is_no_indicator(tmp_path: Path) -> None:
    blank = dict.fromkeys(["C11", "E11", "F11", "G11", "H11", "I11"])
    result = check(tmp_path, {"B11": "环境效益", **blank})
    assert rows_of(result) == [
        name for name in rows_of(check(tmp_path, {})) if "中心村" not in name
    ]
    assert not list(problems_at(result, "E11"))


def test_a_damaged_level_stands_as_it_is_written(tmp_path: Path) -> None:
    assert rows_of(check(tmp_path, {"A9": "立山日标"})) == rows_of(check(tmp_path, {}))


def test_a_row_pasted_twice_is_read_twice(tmp_path: Path) -> None:
    again = {"C10": "建设美丽宜居自然村庄数量", "E10": "≥200", "G10": "202"}
    assert rows_of(check(tmp_path, again)).count("建设美丽宜居自然村庄数量") == 2


def test_a_unit_in_the_number_format_alone_is_read_in_a_form(tmp_path: Path) -> None:
    book = load_workbook(TESTS / "data" / "layouts" / "anhui_weight_last.xlsx")
    sheet = book.worksheets[0]
    for cell, number, number_format in [("E10", 20, '0"万本"'), ("G10", 190000, "#,##0本")]:
        sheet[cell], sheet[cell].number_format = number, number_format
    book.save(tmp_path / "form.xlsx")
    (result,) = xlflow.check(tmp_path / "form.xlsx")
    (row,) = (row for row in result.scores.rows if row.field == "/indicators/1")
    assert (row.target, row.actual, row.computed) == ("20万本", "190000本", Decimal("14.25"))


def test_every_row_of_the_catalogue_is_shown() -> None:
    told = {row for row, *_ in [*READINGS, *CELLS, *DOUBTS]} | set(ELSEWHERE)
    assert told == set(range(1, 121))


@pytest.mark.parametrize("row", ELSEWHERE)
def test_what_is_shown_elsewhere_is_there(row: int) -> None:
    file, _, name = ELSEWHERE[row].partition("::")
    assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8")

"""Every value of the field that has been seen, and what it means."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from xlflow.values import Op, Target, parse_target, target_as_json

SEEDS = Path(__file__).parents[1] / "data" / "seed_values.json"

# raw, op, value, unit
NUMBERS = [
    ("=100%", "eq", "100", "%"),
    ("100%", "bare", "100", "%"),
    ("≥95%", "ge", "95", "%"),
    ("≤30%", "le", "30", "%"),
    (">90%", "gt", "90", "%"),
    ("=90%", "eq", "90", "%"),
    ("90%", "bare", "90", "%"),
    (r"$\geq 85\%$", "ge", "85", "%"),
    (r"$\geq 100\%$", "ge", "100", "%"),
    ("≥100%", "ge", "100", "%"),
    ("≥80", "ge", "80", None),
    ("=100", "eq", "100", None),
    ("≥ 12", "ge", "12", None),
    ("≥44", "ge", "44", None),
    ("≥ 2210000000", "ge", "2210000000", None),
    ("≥15000000", "ge", "15000000", None),
    ("=15000000", "eq", "15000000", None),
    ("=1", "eq", "1", None),
    ("=40", "eq", "40", None),
    ("=19.246公里", "eq", "19.246", "公里"),
    ("=63项", "eq", "63", "项"),
    (">36项", "gt", "36", "项"),
    ("≥10批", "ge", "10", "批"),
    ("≥2次", "ge", "2", "次"),
    ("≥150件", "ge", "150", "件"),
    ("=20万本", "eq", "200000", "本"),
    ("20万本", "bare", "200000", "本"),
    ("=40万张", "eq", "400000", "张"),
    ("=108万元", "eq", "1080000", "元"),
    ("430万元", "bare", "4300000", "元"),
    ("15000元", "bare", "15000", "元"),
    ("<0.418", "lt", "0.418", None),
    ("649个", "bare", "649", "个"),
    ("≥500亩", "ge", "500", "亩"),
    ("500亩", "bare", "500", "亩"),
    ("4季度", "bare", "4", "季度"),
    ("4批次", "bare", "4", "批次"),
    ("2个", "bare", "2", "个"),
    ("≥20000件", "ge", "20000", "件"),
    ("50", "bare", "50", None),
    ("≥100百分比", "ge", "100", "%"),
    ("≤90万元", "le", "900000", "元"),
    ("90", "bare", "90", None),
    ("≤10次", "le", "10", "次"),
    ("≤5%", "le", "5", "%"),
    ("2280次", "bare", "2280", "次"),
    ("292%", "bare", "292", "%"),
    (">92%", "gt", "92", "%"),
    ("0.0900000762939453", "bare", "9", "%"),
    ("-0.300000152587891", "bare", "-30", "%"),
    ("≥95.00%", "ge", "95", "%"),
    ("95.0 %", "bare", "95", "%"),
    ("９０％", "bare", "90", "%"),
    ("≥９０％", "ge", "90", "%"),
    *((f"{sign}90%", "ge", "90", "%") for sign in (">=", "≧", "⩾", "=>", "＞＝")),
    *((f"{sign}90%", "le", "90", "%") for sign in ("<=", "≦", "⩽", "=<", "＜＝")),
    ("大于等于90%", "ge", "90", "%"),
    ("大于或等于90%", "ge", "90", "%"),
    ("不低于90%", "ge", "90", "%"),
    ("不少于90%", "ge", "90", "%"),
    ("至少90%", "ge", "90", "%"),
    ("达到90%以上", "ge", "90", "%"),
    ("90%以上", "ge", "90", "%"),
    ("90%及以上", "ge", "90", "%"),
    ("超过95%", "gt", "95", "%"),
    ("不高于30%", "le", "30", "%"),
    ("不超过30%", "le", "30", "%"),
    ("控制在5%以内", "le", "5", "%"),
    ("控制在总量的5%以内", "le", "5", "%"),
    ("小于等于30%", "le", "30", "%"),
    ("低于30%", "lt", "30", "%"),
    ("≤3‰", "le", "3", "‰"),
    ("约12家", "approx", "12", "家"),
    ("约 120 平方公里", "approx", "120", "平方公里"),
    ("15万余本", "approx", "150000", "本"),
    ("2万余亩", "approx", "20000", "亩"),
    ("1.56万亩", "bare", "15600", "亩"),
    ("137.16万件", "bare", "1371600", "件"),
    ("3,340,000.00", "bare", "3340000", None),
    ("15000000.00", "bare", "15000000", None),
    ("1:10", "ratio", "0.1", None),
    ("1∶10", "ratio", "0.1", None),
    ("≥1:10", "ge", "0.1", None),
    ("100%（29.7万元）", "bare", "100", "%"),
    ("零", "bare", "0", None),
    ("0起", "bare", "0", "起"),
    ("0次", "bare", "0", "次"),
    ("二次", "bare", "2", "次"),
    ("两个", "bare", "2", "个"),
    ("四类", "bare", "4", "类"),
    ("十万元", "bare", "100000", "元"),
    ("百分之九十", "bare", "90", "%"),
    ("1.5倍", "bare", "1.5", "倍"),
    ("增长10%", "bare", "10", "%"),
    ("较上年提高5个百分点", "bare", "5", "百分点"),
    ("下降≥3%", "le", "-3", "%"),
    ("100分", "bare", "100", "分"),
    ("会议出勤率 =100%", "eq", "100", "%"),
    ("24个工作日内", "le", "24", "工作日"),
    ("5日内", "le", "5", "日"),
    ("30天", "bare", "30", "天"),
    ("1年", "bare", "1", "年"),
    ("44742", "bare", "44742", None),
    ("完成100%", "bare", "100", "%"),
    ("-30%", "bare", "-30", "%"),
    ("430(万元)", "bare", "4300000", "元"),
    ("90%（不含）以上", "gt", "90", "%"),
    ("九成以上", "ge", "90", "%"),
    ("3千元", "bare", "3000", "元"),
    ("3千米", "bare", "3", "千米"),
    ("69所学校", "bare", "69", "所"),
    ("3000元/人", "bare", "3000", "元/人"),
    ("¥3,000", "bare", "3000", "元"),
    ("1.5E+07", "bare", "15000000", None),
]

# raw, low, high, unit
RANGES = [
    ("3-5个", "3", "5", "个"),
    ("3~5个", "3", "5", "个"),
    ("3至5个", "3", "5", "个"),
    ("3—5个", "3", "5", "个"),
    ("80%-90%", "80", "90", "%"),
    ("80-90%", "80", "90", "%"),
    ("30—60天", "30", "60", "天"),
    ("≥85%，且≤100%", "85", "100", "%"),
    ("85%≤x≤100%", "85", "100", "%"),
    ("5-10万元", "50000", "100000", "元"),
    ("5000-1万元", "5000", "10000", "元"),
    ("-5%~3%", "-5", "3", "%"),
    ("±5%", "-5", "5", "%"),
]

# raw, times, per
FREQUENCIES = [
    ("每年1次", "1", "次", "年"),
    ("每半年1次", "1", "次", "半年"),
    ("2次/年", "2", "次", "年"),
    ("一年两次", "2", "次", "年"),
    ("双月刊，全年6期", "6", "期", "年"),
    ("每季度不少于1次", "1", "次", "季度"),
]

# raw, year of the form, last day
DATES = [
    ("预计2022年6月30日完成", None, "2022-06-30"),
    ("2022年底", None, "2022-12-31"),
    ("2022年6月30日前", None, "2022-06-30"),
    ("2022.6.30前", None, "2022-06-30"),
    ("2022/6/30", None, "2022-06-30"),
    ("2022-06-30", None, "2022-06-30"),
    ("2022-06-30 00:00:00", None, "2022-06-30"),
    ("22年6月底", None, "2022-06-30"),
    ("2020年12月31日前", None, "2020-12-31"),
    ("2020年6月份前", None, "2020-06-30"),
    ("2020年6月份前支出100%", None, "2020-06-30"),
    ("2020年3月底", None, "2020-03-31"),
    ("11月底", 2020, "2020-11-30"),
    ("12月24日", 2022, "2022-12-24"),
    ("一季度末", 2020, "2020-03-31"),
    ("第三季度", 2020, "2020-09-30"),
    ("上半年", 2020, "2020-06-30"),
    ("全年", 2020, "2020-12-31"),
    ("1-6月", 2020, "2020-06-30"),
    ("1-7月", 2020, "2020-07-31"),
    ("2024年2月底", None, "2024-02-29"),
    ("2023年2月末", None, "2023-02-28"),
    ("2025年12月底前", None, "2025-12-31"),
    ("二〇二二年六月三十日前", None, "2022-06-30"),
    ("2021.1.1-12.31", None, "2021-12-31"),
    ("2022年6月中旬", None, "2022-06-20"),
    ("2022年6月-2023年5月", None, "2023-05-31"),
]

STATE_WORDS = (
    "健全 合规 合理 完备 有效 可控 规范 及时 一致 完整 完善 合格 相关 科学 真实 公开 提升 提高 "
    "减少 明显 良好 满意 全力 专业 齐全 符合 全覆盖 全支撑 市级全部 市区 充分保障 "
    "充分共享 有效促进 有效维护 明显提升 明显提高 有效推进 依法有序 有效保障，严防地灾发生 "
    "按要求完成 按时 按期 在项目计划完成时间内完成 成果通过或无新的工作要求下达 "
    "不超预算 优 A级 达标 "
    "标定地价三类用地、集体建设用地四类用地、集体农用地四类用地 "
    "发现违法建设情况后流转至相关部门处理 "
    "提升规划制定和实施管理的整体水平 效果明显 严格执行相关制度规定 符合相关规定 达成预期指标 达成 "
    "部分达成 未达成 达成年度指标 部分达成年度指标并具有一定效果 未达成年度指标且效果较差 "
    "全部或基本达成预期指标 已完成 完成 基本完成 未完成 正在推进 跨年实施 <p>合理</p>"
)

CANNOT_TELL = [
    "2018-2020",
    "2020-2035年",
    "（2020-2035年）",
    "2036年期间",
    "三分之二以上",
    "2/3",
    "一半",
    "两倍半",
    "一个半月",
    "数百人",
    "十几次",
    "一百二",
    "一级",
    "二类",
    "一致",
    "10²",
    "5½",
    "①",
    "3 5",
    "≥9 5%",
    "1、2",
    "100，200",
    "第2名",
    "5A级",
    "039001",
    "20221231",
    "2022.6",
    "8:30",
    "未完成30%",
    "未达到90%",
    "完成率未达到90%",
    "3人缺席",
    "2个不合格",
    "2022达标",
    "100%(实际80%)",
    "30次(每季度7次)",
    "≥90%以内",
    "≥90%或≥95%",
    "1万2千元",
    "100±5",
    "-5--3",
    "6.1-6.30",
    "存在18岁以下、54周岁以上",
    "完成1部宣传片,2套方案",
    "6月份完成宣传片制作;9月份完成文本;11月完成专家评审",
    "清算资金到位率(29.7万元)",
    "2022年前",
    "1E+400",
    "下降-3%",
    "费用下降≥3%",
]

NOTHING: list[str | None] = [
    "",
    " ",
    "-",
    "—",
    "——",
    "/",
    "\\",
    "*",
    "×",
    "无",
    "不涉及",
    "不适用",
    "N/A",
    "&nbsp;",
]
NOTHING += ["-------", "\u3000", None]

ERRORS = ["≥", "%", "≥ 件", "#DIV/0!", "#REF!", "#N/A", "=C12/D12", "=SUM(A1:A3)", "XXX", "***"]
ERRORS += ["…", "请填写", "示例：", "NULL", "null", "None", "NaN", "≥XX%", "关闭保存", "####"]
ERRORS += ["2019年10月1日至2019年9月30日", "2022年2月30日", "5-3个", "13月", "1:0", "≥100%且≤85%"]


@pytest.mark.parametrize(("raw", "op", "value", "unit"), NUMBERS)
def test_a_number_keeps_its_operator_value_and_unit(
    raw: str, op: str, value: str, unit: str | None
) -> None:
    target = parse_target(raw)
    assert (target.op.value, target.value, target.unit) == (op, Decimal(value), unit)
    assert target.raw == raw


@pytest.mark.parametrize(("raw", "low", "high", "unit"), RANGES)
def test_a_range_has_two_ends(raw: str, low: str, high: str, unit: str) -> None:
    target = parse_target(raw)
    assert (target.op, target.unit) == (Op.RANGE, unit)
    assert (target.value, target.value_high) == (Decimal(low), Decimal(high))


def test_a_range_knows_which_end_is_open() -> None:
    target = parse_target("80%＜完成率≤90%")
    assert (target.op, target.low_open, target.high_open) == (Op.RANGE, True, False)


@pytest.mark.parametrize(("raw", "times", "unit", "per"), FREQUENCIES)
def test_a_frequency_names_its_period(raw: str, times: str, unit: str, per: str) -> None:
    target = parse_target(raw)
    assert (target.value, target.unit, target.per) == (Decimal(times), unit, per)


@pytest.mark.parametrize(("raw", "year", "day"), DATES)
def test_a_deadline_is_its_last_day(raw: str, year: int | None, day: str) -> None:
    target = parse_target(raw, year=year)
    assert (target.op, target.date) == (Op.DATE, date.fromisoformat(day))
    assert target.value is None


def test_a_month_with_before_says_both_readings() -> None:
    notes = " ".join(parse_target("2020年6月份前").notes)
    assert "2020年5月31日" in notes
    assert "2020年6月30日" in notes


@pytest.mark.parametrize("raw", ["11月底", "12月24日", "上半年", "1-6月"])
def test_a_date_without_any_year_is_no_date(raw: str) -> None:
    target = parse_target(raw)
    assert (target.op, target.date) == (Op.QUAL, None)
    assert target.notes


@pytest.mark.parametrize("raw", STATE_WORDS.split())
def test_words_stay_words(raw: str) -> None:
    target = parse_target(raw)
    assert (target.op, target.value) == (Op.QUAL, None)
    assert target.text


@pytest.mark.parametrize("raw", CANNOT_TELL)
def test_what_is_not_certain_is_not_a_number(raw: str) -> None:
    target = parse_target(raw, year=2022)
    assert (target.op, target.value, target.date) == (Op.QUAL, None, None)


@pytest.mark.parametrize("raw", NOTHING)
def test_nothing_there_is_none(raw: str | None) -> None:
    assert parse_target(raw).op is Op.NONE


@pytest.mark.parametrize("raw", ERRORS)
def test_leftovers_and_contradictions_are_errors_with_a_note(raw: str) -> None:
    target = parse_target(raw)
    assert (target.op, target.value, target.date) == (Op.ERROR, None, None)
    assert target.notes


@pytest.mark.parametrize(
    ("raw", "part_of_note"),
    [
        ("≥80", "单位缺失"),
        ("292%", "≥"),
        ("≥100%", "100%"),
        ("15万余本", "余"),
        ("明显", "可衡量性不足"),
        ("4季度", "第4季度"),
        ("100%（29.7万元）", "29.7万元"),
    ],
)
def test_a_doubt_is_noted(raw: str, part_of_note: str) -> None:
    assert part_of_note in " ".join(parse_target(raw).notes)


def test_a_web_button_inside_the_text_is_dropped() -> None:
    assert parse_target("地质灾害防治知识宣传 关闭保存").text == "地质灾害防治知识宣传"


@pytest.mark.parametrize(
    ("number", "number_format", "op", "value", "unit"),
    [
        (Decimal("0.95"), "0%", "bare", "95", "%"),
        (Decimal("0.95"), "0.00%", "bare", "95", "%"),
        (Decimal("0.94999999999999996"), "0.0%", "bare", "95", "%"),
        (Decimal("0.0900000762939453"), "0%", "bare", "9", "%"),
        (Decimal("0.0900000762939453"), None, "bare", "9", "%"),
        (Decimal("81.900000000000006"), "General", "bare", "81.9", None),
        (Decimal(1), "0%", "bare", "100", "%"),
        (95, None, "bare", "95", None),
        (95, "0.00", "bare", "95", None),
        (430, '0"万元"', "bare", "4300000", "元"),
        (95, '"≥"0', "ge", "95", None),
        ("0.95", "0%", "bare", "95", "%"),
        ("≥95%", "0%", "ge", "95", "%"),
        ("95", "0%", "qual", None, None),
        (Decimal("0.048611111"), "h:mm", "qual", None, None),
        (Decimal("NaN"), None, "qual", None, None),
        (Decimal("1E+99999"), None, "qual", None, None),
    ],
)
def test_a_number_is_read_with_the_format_of_its_cell(
    number: Decimal | int | str,
    number_format: str | None,
    op: str,
    value: str | None,
    unit: str | None,
) -> None:
    target = parse_target(number, number_format=number_format)
    expected = None if value is None else Decimal(value)
    assert (target.op.value, target.value, target.unit) == (op, expected, unit)


@pytest.mark.parametrize(
    ("serial", "number_format", "day"),
    [
        (44742, "yyyy/m/d", date(2022, 6, 30)),
        (44713, 'yyyy"年"m"月"', date(2022, 6, 30)),
        (44742, "[$-804]yyyy年m月d日;@", date(2022, 6, 30)),
        (59, "yyyy-mm-dd", date(1900, 2, 28)),
        (61, "yyyy-mm-dd", date(1900, 3, 1)),
        ("44742", "m/d/yy", date(2022, 6, 30)),
    ],
)
def test_a_serial_number_in_a_date_cell_is_a_date(
    serial: int | str, number_format: str, day: date
) -> None:
    target = parse_target(serial, number_format=number_format)
    assert (target.op, target.date, target.value) == (Op.DATE, day, None)


def test_the_leap_day_that_never_was_is_no_date() -> None:
    assert parse_target(60, number_format="yyyy/m/d").op is Op.QUAL


def test_a_date_cell_is_a_date() -> None:
    assert parse_target(datetime(2022, 6, 30, 12, tzinfo=UTC)).date == date(2022, 6, 30)
    month_and_day = parse_target(date(2022, 3, 5), number_format='m"月"d"日"')
    assert "3-5" in " ".join(month_and_day.notes)


def seeds() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(SEEDS.read_text(encoding="utf-8"))
    return rows


@pytest.mark.parametrize("row", seeds(), ids=lambda row: row["raw"][:20])
def test_every_value_of_the_seeds_reads_as_a_person_reads_it(row: dict[str, str]) -> None:
    told = target_as_json(parse_target(row["raw"], year=int(row["year"])))
    for key in ("op", "value", "value_high", "unit", "per", "date"):
        assert told[key] == row.get(key), key


def test_plain_data_has_every_key_and_plain_decimals() -> None:
    assert target_as_json(Target("x", Op.BARE, Decimal("1E+3"))) == {
        "raw": "x",
        "op": "bare",
        "value": "1000",
        "value_high": None,
        "low_open": False,
        "high_open": False,
        "unit": None,
        "per": None,
        "date": None,
        "text": None,
        "notes": [],
    }

"""Beyond the catalogue: the grammar holds for what each of its rows stands for."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from short_reading import short

from xlflow.values import parse_target, target_as_json

READINGS = Path(__file__).parents[1] / "data" / "value_readings.json"
YEAR = 2022

GROUPS = {
    "bounds": """
        90%以上（不含） = gt 90 %
        90%以下(不含本数) = lt 90 %
        低于30%(含) = le 30 %
        超过30%（含30%） = ge 30 %
        3个以上(含3个) = ge 3 个
        100元以下（不含100元） = lt 100 元
        不到95% = lt 95 %
        不得低于95% = ge 95 %
        ≥≥95% = ge 95 %
        ≤100万元预算 = le 1000000 元
        “≥95%” = ge 95 %
        【95%】 = bare 95 %
        目标值：95% = bare 95 %
        3（次/年） = bare 3 次/年
        300人（次） = bare 300 人次
        ≥90%以内 = qual
        95%个 = qual
        不超过≥95% = qual
        """,
    "ranges": """
        [80%,90%) = range 80..90) %
        (80%,90%] = range (80..90 %
        [80%,90%] = range 80..90 %
        大于80%小于90% = range (80..90) %
        不低于80%不高于90% = range 80..90 %
        80%以上90%以下 = range 80..90 %
        ≥80%≤90% = range 80..90 %
        在80%-90%之间 = range 80..90 %
        80%＜X≤90% = range (80..90 %
        每年1-2次 = range 1..2 次/年
        三至五个 = range 3..5 个
        二十至三十人 = range 20..30 人
        5-10万元 = range 50000..100000 元
        5000-1万元 = range 5000..10000 元
        0.5-1亿元 = range 50000000..100000000 元
        50万元-1亿元 = range 500000..100000000 元
        1万-5千元 = error
        5-3万元 = qual
        三至五万元 = qual
        (80,90) = qual
        [3,500] = qual
        ≥80%-90% = qual
        约5-10个 = qual
        超过1,234.56以下 = qual
        """,
    "money": """
        1000圆 = bare 1000 元
        RMB1000 = bare 1000 元
        100人民币 = bare 100 元
        1.2千万元 = bare 12000000 元
        一亿三千万元 = bare 130000000 元
        人民币壹万元整 = bare 10000 元
        12,345.67万元 = bare 123456700 元
        20 (万元) = bare 200000 元
        75元/人/年 = bare 75 元/人/年
        3元/㎡ = bare 3 元/m2
        US$100 = qual
        3，000元 = qual
        3 000元 = qual
        1,23元 = qual
        5万六 = qual
        一万二 = qual
        """,
    "units": """
        5m² = bare 5 m2
        5m³ = bare 5 m3
        10KM = bare 10 km
        ≤35μg/m³ = le 35 μg/m3
        0.5mg/L = bare 0.5 mg/L
        5pp = bare 5 百分点
        提高5个百分点以上 = ge 5 百分点
        500平方米绿地 = bare 500 平方米
        负5% = bare -5 %
        三成 = bare 30 %
        3级 = qual
        3年级 = qual
        3点钟 = qual
        95亿% = qual
        25T = qual
        """,
    "Chinese numerals": """
        百分之九十五点五 = bare 95.5 %
        不低于百分之百 = ge 100 %
        千分之三 = bare 3 ‰
        一千二百人 = bare 1200 人
        一万零五十 = bare 10050
        十余次 = approx 10 次
        三分之二 = qual
        万分之五 = qual
        两三个 = qual
        十一二个 = qual
        一百二 = qual
        """,
    "ratios": """
        1比10 = ratio 0.1
        ≥1∶8 = ge 0.125
        8:30 = qual
        100:1 = ratio 100
        1:2:3 = qual
        3/5 = qual
        """,
    "frequencies": """
        年均2次 = bare 2 次/年
        每周5天 = bare 5 天/周
        1次/季度 = bare 1 次/季度
        每年3个月 = bare 3 月/年
        每年3月 = qual
        12月内 = qual
        12个月内 = le 12 月
        每月15日 = qual
        每两年一次 = qual
        """,
    "dates": """
        2024年2月底 = date 2024-02-29
        2月底 = date 2022-02-28
        2022年12月31日24时 = date 2022-12-31
        当年12月31日前 = date 2022-12-31
        2022年12月31日前完成100% = date 2022-12-31
        2022年12月31日前完成80% = qual
        2022年11月已完成 = date 2022-11-30
        实际于2022年12月30日完成 = date 2022-12-30
        2022年11月25日完成验收 = date 2022-11-25
        1-3季度 = date 2022-09-30
        一至四季度 = date 2022-12-31
        3-2季度 = error
        3月-5月 = date 2022-05-31
        2022.12 = qual
        6月底、12月底 = qual
        2022年6月31日 = error
        2022年11月未完成 = qual
        """,
    "leftovers": r"""
        $\leq 3\text{个}$ = le 3 个
        $\geq 1$6 = qual
        <p>≥95%</p> = ge 95 %
        ≥&nbsp;95&nbsp;% = ge 95 %
        元/人 = error
        ≥万元 = error
        """,
}
CASES = [
    (group, *line.strip().rsplit(" = ", 1))
    for group, lines in GROUPS.items()
    for line in lines.strip().splitlines()
]

# A unit, a bound or a scale that stands in the number format alone.
FORMATS = [
    ("95", '0"万本"', "bare 950000 本"),
    ("1234567.891", '#,##0.00"万元"', "bare 12345678910 元"),
    ("95", '0.0"%"', "bare 95 %"),
    ("95", r"0.00\%", "bare 95 %"),
    ("95", '0.00"%"_ ', "bare 95 %"),
    ("0.95", "0.0%", "bare 95 %"),
    ("0.95", '"≥"0%', "ge 95 %"),
    ("95", '"不低于"0"%"', "ge 95 %"),
    ("95", "0人", "bare 95 人"),
    ("95", r"#,##0\人", "bare 95 人"),
    ("95", 'General"元"', "bare 95 元"),
    ("95", 'G/通用格式"元"', "bare 95 元"),
    ("95", "[$¥-804]#,##0.00", "bare 95 元"),
    ("-95", '#,##0.00"元";[Red]-#,##0.00"元"', "bare -95 元"),
    ("95", '0"个";-0"个";"无"', "bare 95 个"),
    ("95", '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', "bare 95"),
    ("95", "#,##0.00_);[Red]\\(#,##0.00\\)", "bare 95"),
    ("123456", '0!.0,"万元"', "bare 123456 元"),
    ("123456", '0"."0000"万元"', "bare 123456 元"),
    ("95000", '#,##0,"千元"', "bare 95000 元"),
    ("-0.300000152587891", '0"万本"', "bare -3000 本"),
    ("0.5", "# ?/?", "bare 0.5"),
    ("95", "0.00E+00", "bare 95"),
    ("95", '[>=100]0"个";0"件"', "bare 95"),
    ("95", "0.00,,", "qual"),
    ("95", "$#,##0", "qual"),
    ("3.9", '[h]"小时"', "qual"),
    ("3.9", "[h]:mm", "qual"),
]


@pytest.mark.parametrize(
    ("raw", "reading"),
    [pytest.param(raw, reading, id=f"{group} {raw}") for group, raw, reading in CASES],
)
def test_a_value_beyond_the_catalogue(raw: str, reading: str) -> None:
    assert short(parse_target(raw, year=YEAR)) == reading


@pytest.mark.parametrize(("number", "number_format", "reading"), FORMATS)
def test_words_of_the_number_format_are_read(number: str, number_format: str, reading: str) -> None:
    assert short(parse_target(Decimal(number), number_format=number_format)) == reading


@pytest.mark.parametrize(
    ("value", "number_format", "says"),
    [
        (Decimal(95), "0%", "多乘了100"),
        (Decimal(95), "yyyy-m-d", "年份可疑"),
        (date(2012, 6, 30), "yyyy-m-d", "年份可疑"),
        (Decimal(95), "0.00,,", "没有写单位"),
        (Decimal("0.0900000762939453"), '0.0"亩"', "误差尾数"),
    ],
)
def test_a_doubtful_cell_is_noted(value: Decimal | date, number_format: str, says: str) -> None:
    target = parse_target(value, number_format=number_format, year=YEAR)
    assert says in "；".join(target.notes)


def published() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(READINGS.read_text(encoding="utf-8"))
    return rows


@pytest.mark.parametrize("row", published(), ids=lambda row: row["raw"][:20])
def test_a_value_of_the_published_tables(row: dict[str, str]) -> None:
    """Each value that 42 published tables print, with the reading checked by hand."""
    told = target_as_json(parse_target(row["raw"], year=int(row["year"]) if row["year"] else None))
    for key in ("op", "value", "value_high", "unit", "per", "date"):
        assert told[key] == row.get(key), key

"""Amounts in prose, plain numbers, labels and units that can be compared."""

from decimal import Decimal

import pytest

from xlflow.values import amounts_in, convert, label_key, normalise, parse_number, parse_target


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("需指标复核服务费约15万元（费用以实际为准）", ["150000"]),
        ("支出22,614.51 万元，其中项目3.77亿元", ["226145100", "377000000"]),
        ("拨付十万元，另付３，０００元", ["100000", "3000"]),
        ("51.7万元对2018年", ["517000"]),
        ("共5万余元", ["50000"]),
        ("3-5万元", []),
        ("1万2千元", []),
        ("二元结构、一元化、2022元旦、3单元、100万美元", []),
        ("（万元）", []),
    ],
)
def test_amounts_of_money_in_prose(text: str, values: list[str]) -> None:
    assert [amount.value for amount in amounts_in(text)] == [Decimal(value) for value in values]


def test_an_amount_keeps_how_it_was_written() -> None:
    assert [amount.raw for amount in amounts_in("约 22,614.51 万元")] == ["22,614.51 万元"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3,340,000.00", "3340000"),
        ("１２", "12"),
        (" 81.9 ", "81.9"),
        ("81.9%", "81.9"),
        ("-5", "-5"),
        ("0", "0"),
    ],
)
def test_a_plain_number(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["-", "—", "/", "", "无", "15万元", "3 5", "1,2,3", "约5", "1e5"])
def test_anything_else_is_no_plain_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        ("5", "%", "%", "5"),
        ("3", "‰", "%", "0.3"),
        ("0.3", "%", "‰", "3"),
        ("5", "日", "天", "5"),
        ("4300000", "元", "万元", "430"),
        ("4.3", "亿元", "万元", "43000"),
        ("108", "万元", "元", "1080000"),
        ("2", "公顷", "亩", "30"),
        ("15", "亩", "平方米", "10000"),
        ("1", "亩", "平方米", "666.6666666667"),
        ("3", "平方公里", "公顷", "300"),
        ("1", "平方公里", "亩", "1500"),
        ("20", "m2", "平方米", "20"),
        ("3", "千米", "米", "3000"),
        ("1500", "米", "公里", "1.5"),
        ("2.5", "吨", "公斤", "2500"),
        ("3", "kg", "公斤", "3"),
        ("5", "名", "人", "5"),
        ("40", "分钟", "小时", "0.6666666667"),
        ("2", "小时", "分钟", "120"),
        ("300", "元/亩", "元/公顷", "4500"),
        ("3", "元/m2", "元/平方米", "3"),
        ("3", "元/人", "元/名", "3"),
        ("5", "工作日", "天", None),
        ("5", "天", "工作日", None),
        ("30", "天", "月", None),
        ("1", "年", "月", None),
        ("5", "人", "人次", None),
        ("5", "个", "家", None),
        ("5", "个", "项", None),
        ("5", "项", "件", None),
        ("5", "批", "批次", None),
        ("5", "公里", "亩", None),
        ("5", "元/人", "元/户", None),
        ("5", "元", "美元", None),
        ("5", "吨", "立方米", None),
        ("1", "月", "天", None),
        ("5", "百分点", "%", None),
        ("5", "个", "次", None),
        ("5", None, "%", None),
        ("5", None, None, "5"),
        ("1", "元/人", "元", None),
    ],
)
def test_only_units_of_one_kind_are_compared(
    value: str, unit: str | None, to: str | None, expected: str | None
) -> None:
    assert convert(Decimal(value), unit, to) == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("4.3亿元", "43000万元"),
        ("0.5亿元", "五千万元"),
        ("1,080,000.00元", "108万元"),
        ("1.5万亩", "15000亩"),
        ("0.3万公里", "3000公里"),
    ],
)
def test_amounts_on_one_scale_are_equal(one: str, other: str) -> None:
    first, second = parse_target(one), parse_target(other)
    assert (first.value, first.unit) == (second.value, second.unit)


@pytest.mark.parametrize(
    "label",
    [
        "全年预算数",
        "全年 预算数(A)",
        "全年预算数（万元）：",
        "*全年预算数",
        "全年\n预算数（10分）",
        "其中：全年预算数",
        "全年预算数[注]",
    ],
)
def test_labels_that_mean_the_same_have_one_key(label: str) -> None:
    assert label_key(label) == "全年预算数"


def test_a_label_that_stands_in_brackets_keeps_its_words() -> None:
    assert label_key("（万元）") == "(万元)"


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("绩 效 目\u3000标", "绩效目标"),
        ("石发﹝2019﹞8号", "石发[2019]8号"),
        ("髙质量", "高质量"),
        ("<p>合理</p>&nbsp;", "合理"),
        ("<0.418", "<0.418"),
        (r"$\leq 30\%$", "≤30%"),
        ("US$100", "US$100"),
        ("10²", "10²"),
        ("<p>3</p><p>5</p>", "3 5"),
        ("2022\u200b年", "2022年"),
    ],
)
def test_normalised_text(written: str, normal: str) -> None:
    assert normalise(written) == normal


@pytest.mark.parametrize(
    ("written", "unit"), [("15台/套", "台套"), ("15台（套）", "台套"), ("31260剂次", "剂次")]
)
def test_units_of_things_and_doses(written: str, unit: str) -> None:
    assert parse_target(written).unit == unit

"""A target written down in any of the ways people write it, and read back."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from xlflow.values import Op, Target, normalise, parse_target

UNITS = (
    "个 件 次 项 人 人次 名 户 家 所 台 套 份 本 批 批次 期 场 条 处 公里 米 亩 公顷 平方米 "
    "平方公里 吨 公斤 元 天 工作日 小时 元/人 元/亩 %"
)
BOUNDS = {
    Op.GE: "≥{} >={} ＞＝{} ≧{} 不低于{} 不少于{} 大于等于{} 至少{} {}以上 {}及以上 $\\geq{}$",
    Op.LE: "≤{} <={} ＜＝{} ≦{} 不高于{} 不超过{} 小于等于{} {}以内 {}以下 控制在{}以内 $\\leq{}$",
    Op.GT: ">{} ＞{} 大于{} 超过{} 高于{} {}以上（不含）",
    Op.LT: "<{} ＜{} 小于{} 低于{} 少于{} 不足{}",
    Op.EQ: "={} ＝{} 等于{}",
    Op.APPROX: "约{} 大约{} {}左右 ≈{}",
    Op.BARE: "{} （{}） {}。 “{}” <p>{}</p>",
}
RANGES = "{low}-{high} {low}~{high} {low}～{high} {low}至{high} {low}—{high} {low}到{high}"
DAYS = """
    {0:%Y}年{0.month}月{0.day}日
    {0:%Y}年{0:%m}月{0:%d}日前
    {0:%Y}-{0:%m}-{0:%d}
    {0:%Y}/{0.month}/{0.day}
    {0:%Y}.{0.month}.{0.day}
    截至{0:%Y}年{0.month}月{0.day}日
    预计{0:%Y}年{0.month}月{0.day}日完成
    不晚于{0:%Y}年{0.month}月{0.day}日
    ≤{0:%Y}.{0.month}.{0.day}
"""
MONTHS = ["{0.year}年{0.month}月底", "{0.year}年{0.month:02}月末前", "{0.year}年{0.month}月"]
WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
HAN = "零一二三四五六七八九"

numbers = st.decimals(0, 99_999_999, places=2).map(lambda number: number.copy_abs().normalize())
whole = st.integers(1, 99_999).map(Decimal)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, Target]:
    """Draw a text and the target it stands for."""
    unit = draw(st.sampled_from([*UNITS.split(), None]))
    op = draw(st.sampled_from(list(BOUNDS)))
    digits, value = draw(digits_of(unit))
    text = draw(st.sampled_from(BOUNDS[op].split())).format(digits + spelled(unit))
    return text, Target(text, op, value, unit=unit)


@st.composite
def digits_of(draw: st.DrawFn, unit: str | None) -> tuple[str, Decimal]:
    """Draw a number as people write it, and its value."""
    number = draw(numbers)
    plain = format(number, "f")
    ways = [plain, f"{number:,f}", f"{number:f}0" if "." in plain else f"{plain}.00"]
    if unit != "%":
        ways += [f"{plain}万", f"{plain}亿"]
    way = draw(st.sampled_from(ways))
    scale = {"万": 10**4, "亿": 10**8}.get(way[-1], 1)
    return way, number * scale


def spelled(unit: str | None) -> str:
    return "" if unit is None else "个工作日" if unit == "工作日" else unit


@given(written(), st.data())
def test_a_number_written_is_the_number_read(case: tuple[str, Target], data: st.DataObject) -> None:
    text, meant = case
    for variant in (text, widened(text, data), padded(text, data)):
        assert meaning(parse_target(variant)) == meaning(replace(meant, raw=variant)), variant


@given(st.sampled_from(UNITS.split()), whole, whole, st.sampled_from(RANGES.split()), st.booleans())
def test_a_range_written_is_the_range_read(
    unit: str, low: Decimal, more: Decimal, way: str, twice: bool
) -> None:
    first = f"{low}{spelled(unit)}" if twice else f"{low}"
    target = parse_target(way.format(low=first, high=f"{low + more}{spelled(unit)}"))
    assert (target.op, target.value, target.value_high) == (Op.RANGE, low, low + more)
    assert target.unit == unit


@given(st.dates(date(2010, 1, 1), date(2035, 12, 31)), st.sampled_from(DAYS.split()))
def test_a_day_written_is_the_day_read(day: date, way: str) -> None:
    assert parse_target(way.format(day), year=day.year).date == day


@given(st.dates(date(2010, 1, 1), date(2035, 12, 31)), st.sampled_from(MONTHS))
def test_the_end_of_a_month_is_its_last_day(day: date, way: str) -> None:
    last = parse_target(way.format(day)).date
    assert last is not None
    assert (last.year, last.month) == (day.year, day.month)
    assert (last + timedelta(days=1)).day == 1


@given(st.integers(1, 99_999_999))
def test_a_chinese_numeral_is_the_number_it_spells(number: int) -> None:
    assert parse_target(f"≥{in_han(number)}人").value == number


@given(st.integers(1, 100), st.integers(0, 9))
def test_per_cent_in_words(number: int, tenth: int) -> None:
    spelling = in_han(number) + (f"点{HAN[tenth]}" if tenth else "")
    target = parse_target(f"不低于百分之{spelling}")
    assert (target.op, target.value, target.unit) == (Op.GE, number + Decimal(tenth) / 10, "%")


@given(st.integers(1, 999), st.integers(1, 999))
def test_a_ratio_is_the_first_by_the_second(left: int, right: int) -> None:
    for sign in (":", "：", "∶", "比"):
        target = parse_target(f"{left}{sign}{right}")
        if target.op is Op.RATIO:  # 8:30 may be an hour
            assert target.value is not None
            assert abs(target.value - Decimal(left) / right) < Decimal("1E-10")


@given(st.sampled_from(["元", "万元", "亿元"]), whole, st.sampled_from(["0", "#,##0.00", "0.0"]))
def test_a_unit_in_the_format_is_a_unit_in_the_text(
    unit: str, number: Decimal, digits: str
) -> None:
    shown = parse_target(number, number_format=f'{digits}"{unit}"')
    assert meaning(shown) == meaning(parse_target(f"{number}{unit}"))


def in_han(number: int) -> str:
    """Return the numeral a person writes: 10500 is 一万零五百, 12 is 十二."""
    if number >= 10_000:
        high, low = divmod(number, 10_000)
        rest = "" if not low else ("零" if low < 1000 else "") + in_hundreds(low)
        return in_hundreds(high) + "万" + rest
    return in_hundreds(number)


def in_hundreds(number: int) -> str:
    told, gap = "", False
    for size, place in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, size)
        if digit:
            told += ("零" if gap and told else "") + HAN[digit] + place
            gap = False
        else:
            gap = True
    return told.removeprefix("一") if told.startswith("一十") else told


def widened(text: str, data: st.DataObject) -> str:
    keeps = "<" in text or "$" in text  # a tag or a formula in full width is none
    return (
        text if keeps else "".join(data.draw(st.sampled_from([s, s.translate(WIDE)])) for s in text)
    )


def padded(text: str, data: st.DataObject) -> str:
    """Put spaces where they stand between no digits."""
    told = text[0]
    for before, after in pairwise(text):
        apart = not (normalise(before).isascii() and normalise(after).isascii())
        told += (data.draw(st.sampled_from(["", " ", "\u3000", "\n"])) if apart else "") + after
    return told


def meaning(target: Target) -> tuple[object, ...]:
    return target.op, target.value, target.value_high, target.unit, target.per, target.date

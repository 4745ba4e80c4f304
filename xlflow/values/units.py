"""Units: which words are units, what `per` says, and which units can be compared."""

import re
from dataclasses import dataclass
from decimal import Decimal

from xlflow.values.numbers import product, quotient

# A counted noun may follow these: 69所学校 counts in 所.
_COUNTERS = (
    "个件次项人名户家所台套份剂趟本册张幅块处座条段批期场篇部辆只头棵株栋间宗起例位支组类种门班"
    "轮村镇片面根盏扇架艘枚颗具首卷页封对双副堂届席口眼尾匹笔单款道层点站岗杆盘桶箱袋瓶盒包捆"
)
_UNIT_WORDS = (
    "% ‰ 百分点 元 美元 欧元 分 角 倍 人次 人日 人天 人月 人年 批次 件次 台套 台次 项次 场次 班次 "
    "户次 家次 期次 车次 航次 辆次 频次 课时 学时 小时 分钟 秒 天 日 工作日 自然日 日历天 周 星期 "
    "月 季度 季 年 学期 岁 周岁 公里 千米 米 厘米 毫米 延米 里 平方米 平方公里 立方米 万方 方 公顷 "
    "亩 吨 千克 公斤 克 毫克 升 毫升 斤 度 千瓦 千瓦时 兆瓦 千伏安 伏 分贝 字 点位 图斑 标段 "
    "公顷次 亩次 人头 床位 张次 平米 平方 立方 标准立方米 吨公里 车公里 机位 泊位 地块 幅次 站点 "
    "剂次 针次 例次 趟次 人份 床日 "
    "微克 TB GB MB KB PB Mbps kg g mg ug μg t km m cm mm km2 m2 m3 hm2 ha L mL ml kW kWh MW kV "
    "kVA dB °C ppm h"
)
_WORDS = frozenset(_UNIT_WORDS.split())
_ALIASES = {
    "百分比": "%",
    "%点": "百分点",
    "台/套": "台套",
    "pp": "百分点",
    "PP": "百分点",
    "圆": "元",
    "人民币": "元",
    "KM": "km",
    "Km": "km",
    "KG": "kg",
    "Kg": "kg",
    "CM": "cm",
    "MM": "mm",
    "KW": "kW",
    "KVA": "kVA",
}
_AFTER_GE = re.compile(
    r"个(工作日|自然日|日历天|月|季度|百分点|小时|学时|课时|星期|周|学期|百分比|pp|PP)"
)

PERIOD = r"半年|季度|年度|学年|学期|年|季|月|周|星期|日|天"
_PERIODS = {"年度": "年", "季": "季度", "星期": "周", "天": "日"}
_PER = re.compile(rf"(.*)/(?:每)?({PERIOD})")
_RATE = re.compile(
    r"(.{1,4}?)/([\u4e00-\u9fff]{1,4}(?:[、·][\u4e00-\u9fff]{1,2})?|[A-Za-z]{1,3}[23]?)"
)

_NUMERALS = "零一二两三四五六七八九十百千万亿"
_NO_UNIT = frozenset(
    "不未无没半之第余几数和或与及至到内外上下前后版级等号成来多点末底且含超以近率达增减降升比完过低每约于负致全意共均总较仅"
    + _NUMERALS
)
_NOUN = re.compile(r"[\u4e00-\u9fff]{1,6}")
_NO_NOUN = re.compile(
    rf"[{_NUMERALS}元亩每]|工作日|小时|季度|公里|平方|公顷|人民币|美元|全年|吨|[年月日]"
    r"|下降|增长|上升|提高|低于|高于|[以约至到比且于达过末]"
)
_TIMES = frozenset("年月日季周天点分度")
# A count of what is missing is not the count that was asked for.
_NOT_COUNTED = re.compile(r"[不未没无已能缺少漏退逾超差误完停待剩余多以内前后每各的和或与及半]")

_SAME: dict[str, tuple[str, Decimal]] = {
    "元": ("元", Decimal(1)),
    "千元": ("元", Decimal(1000)),
    "万元": ("元", Decimal(10_000)),
    "亿元": ("元", Decimal(100_000_000)),
    "%": ("%", Decimal(1)),
    "‰": ("%", Decimal("0.1")),
    "日": ("天", Decimal(1)),
    "天": ("天", Decimal(1)),
    "日历天": ("天", Decimal(1)),
    "自然日": ("天", Decimal(1)),
    "小时": ("秒", Decimal(3600)),
    "h": ("秒", Decimal(3600)),
    "分钟": ("秒", Decimal(60)),
    "秒": ("秒", Decimal(1)),
    "周": ("周", Decimal(1)),
    "星期": ("周", Decimal(1)),
    "人": ("人", Decimal(1)),
    "名": ("人", Decimal(1)),
    "位": ("人", Decimal(1)),
    "米": ("米", Decimal(1)),
    "m": ("米", Decimal(1)),
    "公里": ("米", Decimal(1000)),
    "千米": ("米", Decimal(1000)),
    "km": ("米", Decimal(1000)),
    # 15 亩 are 10000 平方米: in thirds of a square metre all factors are whole.
    "平方米": ("面积", Decimal(3)),
    "平米": ("面积", Decimal(3)),
    "平方": ("面积", Decimal(3)),
    "m2": ("面积", Decimal(3)),
    "亩": ("面积", Decimal(2000)),
    "公顷": ("面积", Decimal(30_000)),
    "hm2": ("面积", Decimal(30_000)),
    "ha": ("面积", Decimal(30_000)),
    "平方公里": ("面积", Decimal(3_000_000)),
    "km2": ("面积", Decimal(3_000_000)),
    "立方米": ("立方米", Decimal(1)),
    "m3": ("立方米", Decimal(1)),
    "千克": ("千克", Decimal(1)),
    "公斤": ("千克", Decimal(1)),
    "kg": ("千克", Decimal(1)),
    "吨": ("千克", Decimal(1000)),
    "t": ("千克", Decimal(1000)),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as read: its name, the period of a frequency, and the noun that was counted."""

    name: str | None = None
    per: str | None = None
    noun: str | None = None


NO_UNIT = Unit()


def read_unit(text: str, *, bound: bool = False) -> Unit | None:
    """Return the unit that the words after a number name, or None when they are no unit.

    `bound` says that an operator stands before the number: then the words cannot be part of a
    sentence, and an unknown short word counts as a unit.

    >>> read_unit("个工作日")
    Unit(name='工作日', per=None, noun=None)
    >>> read_unit("次/年")
    Unit(name='次', per='年', noun=None)
    >>> read_unit("所学校")
    Unit(name='所', per=None, noun='学校')
    >>> read_unit("人缺席") is None
    True
    """
    if not text:
        return NO_UNIT
    frequency = _PER.fullmatch(text)
    if frequency:
        unit = read_unit(frequency[1], bound=bound)
        return unit and Unit(unit.name, period(frequency[2]), unit.noun)
    rate = _RATE.fullmatch(text)
    if rate and is_unit(rate[1]) and text not in _ALIASES:
        return Unit(text)
    name = _name(text)
    if is_unit(name):
        return Unit(name)
    return _counted(text) or (Unit(name) if _is_short_word(name, 4 if bound else 1) else None)


def is_unit(text: str) -> bool:
    """Return whether the word is a known unit.

    >>> is_unit("批次"), is_unit("市区")
    (True, False)
    """
    name = _name(text)
    return name in _WORDS or (len(name) == 1 and name in _COUNTERS)


def period(word: str) -> str:
    """Return the one name of a period.

    >>> period("年度")
    '年'
    """
    return _PERIODS.get(word, word)


def convert(value: Decimal, unit: str | None, to: str | None) -> Decimal | None:
    """Return the value in another unit, or None when the two units cannot be compared.

    >>> convert(Decimal(3), "‰", "%"), convert(Decimal(5), "日", "天")
    (Decimal('0.3'), Decimal('5'))
    >>> convert(Decimal(300), "元/亩", "元/公顷")
    Decimal('4500')
    >>> convert(Decimal(1), "月", "天") is None
    True
    """
    if unit == to:
        return value
    if unit is None or to is None:
        return None
    kind, factor, divisor = _dimension(unit)
    wanted_kind, wanted_factor, wanted_divisor = _dimension(to)
    if kind != wanted_kind:
        return None
    return quotient(product(value, factor * wanted_divisor), divisor * wanted_factor)


def _name(text: str) -> str:
    known = _ALIASES.get(text, text)
    joined = _AFTER_GE.fullmatch(known)
    return _ALIASES.get(joined[1], joined[1]) if joined else known


def _is_short_word(text: str, length: int) -> bool:
    return (
        len(text) <= length
        and all("\u4e00" <= sign <= "\u9fff" for sign in text)
        and not _NO_UNIT & set(text)
    )


def _counted(text: str) -> Unit | None:
    longest = next((text[:size] for size in (4, 3, 2) if text[:size] in _WORDS), text[:1])
    noun = text[len(longest) :]
    if not is_unit(longest) or not _NOUN.fullmatch(noun) or _NOT_COUNTED.search(noun):
        return None
    if _NO_NOUN.match(noun):
        return None
    # 95%个 and 1元人 are slips of the form; 3年级, 3点钟 and 3月份 count nothing.
    if (longest in _WORDS and (is_unit(noun) or noun[0] in "上下增降升减高低近超")) or (
        longest in _TIMES and noun != "时间"
    ):
        return None
    return Unit(longest, None, noun)


def _dimension(unit: str) -> tuple[tuple[str, str], Decimal, Decimal]:
    """Return what a unit measures, such as (元, 面积) for 元/亩, and the size of both its parts."""
    above, _, below = unit.partition("/")
    kind, factor = _SAME.get(above, (above, Decimal(1)))
    kind_below, divisor = _SAME.get(below, (below, Decimal(1)))
    return (kind, kind_below), factor, divisor

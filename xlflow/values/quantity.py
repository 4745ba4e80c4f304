"""One written quantity: words before, number, unit, words after.

::

    约  每年  不少于   3,000  万  余   次/年    以上
    └──── before ───┘  number × more  unit     after
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from xlflow.values.numbers import (
    ARABIC,
    HAN,
    MULTIPLIER,
    arabic_number,
    chinese_number,
    multiplied,
    product,
    trimmed,
)
from xlflow.values.target import Op
from xlflow.values.units import PERIOD, Unit, is_unit, period, read_unit

_MUST = r"(?:应当|应该|应|须|需|要)?"
_WORDS_BEFORE: tuple[tuple[str, Op], ...] = (
    (
        rf"≥|{_MUST}不(?:得|能|应|可)?(?:低于|少于|小于)|大于或?等于|高于或?等于|{_MUST}至少|最少",
        Op.GE,
    ),
    (
        rf"≤|{_MUST}不(?:得|能|应|可)?(?:高于|超过|大于|多于|超出)|不超|小于或?等于|低于或?等于|"
        r"至多|最多|控制在(?:[^0-9]{1,8}的)?",
        Op.LE,
    ),
    (r">|大于|高于|多于|超过|超出|超", Op.GT),
    (r"<|小于|低于|少于|不足|不到", Op.LT),
    (r"=|等于", Op.EQ),
    (r"≈|大约|大概|约|将近|接近|近", Op.APPROX),
)
_WORDS_AFTER: tuple[tuple[str, Op], ...] = (
    (r"\(不含(?:本数)?\)以上|以上\(不含(?:本数)?\)", Op.GT),
    (r"\(不含(?:本数)?\)以下|以下\(不含(?:本数)?\)", Op.LT),
    (r"(?:及|及其|或|\(含\))?以上(?:\(含\))?", Op.GE),
    (r"(?:及|及其|或|\(含\))?以下(?:\(含\))?|以内|之内|内", Op.LE),
    (r"左右|上下", Op.APPROX),
)
# 提高到90% names a level, not a change, and does not say which side of it is good.
_REACHED = r"(?:提高|提升|增加|增长|达|上升|增|升|扩大|下降|降低|减少|压缩|压减|降|减)(?:到|至)"
_RISE = r"(?:同比|环比|比?较?(?:上年|去年|上一年|往年)度?)?(?:增长|提高|提升|增加|上升|增收)率?"
_FALL = r"(?:同比|环比|比?较?(?:上年|去年|上一年|往年)度?)?(?:下降|降低|减少|压减|压缩)"
_FREQUENCY = rf"(?:每|全|平均每|一(?=年|周|月|天))({PERIOD})|[年月季周日]均"
_VERBS = (
    r"(?:已经?|全部|预计|计划|实际|共计|共|总计|累计|合计|本年|年度内|年内)?"
    r"(?:(?:目标|指标|实际|完成)值:|完成率?|实现|达|投入|开展|组织|举办|召开|培训|新增|发放|支出|支付|共计|共|总计|累计|合计|为)"
)
# The name of a measure binds the number after it as an operator would.
_MEASURE = (
    r"[\u4e00-\u9fff]{0,12}"
    r"(?:率|(?<![季年])度|比例|占比|比重|数量|总数|人数|次数|面积|金额|总额)(?:为|:)?"
)
_DONE_AFTER = r"完成|办结|覆盖|达标|合格|到位|执行到位|通过|落实|发放到位|整"

_BEFORE_TOKEN = "|".join(
    [
        f"(?P<reached>{_REACHED})",
        *(f"(?P<before{index}>{words})" for index, (words, _) in enumerate(_WORDS_BEFORE)),
        f"(?P<rise>{_RISE})",
        f"(?P<fall>{_FALL})",
        f"(?P<per>{_FREQUENCY})",
        r"(?P<money>¥|人民币|RMB)",
        f"(?P<verb>{_VERBS})",
    ]
)
_AFTER_TOKEN = "|".join(
    [
        *(f"(?P<after{index}>{words})" for index, (words, _) in enumerate(_WORDS_AFTER)),
        r"(?P<inclusive>\(含(?:本数)?\))",
        f"(?P<done>{_DONE_AFTER})",
    ]
)


def _unnamed(pattern: str) -> str:
    return re.sub(r"\(\?P<\w+>", "(?:", pattern).replace(f"({PERIOD})", f"(?:{PERIOD})")


_BEFORE = re.compile(_BEFORE_TOKEN)
_AFTER = re.compile(_AFTER_TOKEN)
_PER_HUNDRED = r"百分之百|百分百|(?:百|千)分之"
_QUANTITY = re.compile(
    rf"(?P<name>{_MEASURE})?(?P<before>(?:{_unnamed(_BEFORE_TOKEN)})*)"
    rf"(?:(?P<sign>[+负-])?(?P<arabic>{ARABIC})(?P<scale>{MULTIPLIER})?"
    rf"|(?P<part>{_PER_HUNDRED})?(?P<han>(?<=百分之百)|(?<=百分百)|{HAN}))"
    rf"(?P<more>[余多])?(?P<unit>[^0-9]{{0,14}}?[23]?)"
    rf"(?P<after>(?:{_unnamed(_AFTER_TOKEN)})*)"
)
_PARTS = {"百分之": "%", "千分之": "‰"}
_INCLUDING = {Op.GT: Op.GE, Op.LT: Op.LE}
_NEGATIVE = {Op.GE: Op.LE, Op.GT: Op.LT, Op.LE: Op.GE, Op.LT: Op.GT}

# 一级 and 二类 name a rank; 一致 and 一次性 are plain words.
_RANKED = frozenset("类级等号期组")
_HAN_UNITS = (
    "次 个 类 项 件 人 名 户 家 所 台 套 份 本 册 张 幅 块 处 座 条 批 场 篇 部 辆 种 倍 期 组 "
    "元 季度 月 天 日 年 周 小时 工作日 亩 公里 平方公里 公顷 吨 批次 人次 % ‰"
)


_COUNTED_IN_HAN = frozenset(_HAN_UNITS.split())


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number with its unit and all that the words around it say."""

    op: Op
    value: Decimal
    unit: Unit
    text: str | None = None
    notes: tuple[str, ...] = ()


def read_quantity(text: str) -> Quantity | None:
    """Return the quantity that a normalised text states, or None when it states not just one.

    >>> read_quantity("控制在5%以内").op.value
    'le'
    >>> read_quantity("每年2次").unit.per
    '年'
    >>> read_quantity("未完成30%") is None
    True
    """
    found = _QUANTITY.fullmatch(text)
    if not found:
        return None
    words = _words_before(found["before"])
    unit = _unit_of(found, words)
    value = _value_of(found, unit)
    op = _settled({*words.ops, *_ops_after(found["after"])}, more=bool(found["more"]))
    if op in _INCLUDING and "(含" in found["after"]:
        op = _INCLUDING[op]
    if unit is None or value is None or op is None:
        return None
    # 2022达标 says nothing about 2022 of anything.
    if op is Op.BARE and unit.name is None and found["after"]:
        return None
    if words.falling:
        if value < 0:
            return None
        op, value = _NEGATIVE.get(op, op), value.copy_negate()
    return Quantity(op, value, unit, _text_around(found, words, unit), _notes(found, words))


@dataclass(frozen=True, slots=True)
class _Before:
    ops: tuple[Op, ...] = ()
    per: str | None = None
    money: bool = False
    falling: bool = False
    text: str = ""


def _words_before(text: str) -> _Before:
    ops: list[Op] = []
    per = None
    money = falling = False
    rest = ""
    for token in _BEFORE.finditer(text):
        kind = token.lastgroup or ""
        if kind.startswith("before"):
            ops.append(_WORDS_BEFORE[int(kind[-1])][1])
        elif token["per"]:
            per = period(token["per"].strip("平均每全一"))
        elif token["money"]:
            money = True
        else:
            falling = falling or kind == "fall"
            rest += token[0]
    return _Before(tuple(ops), per, money, falling, rest)


def _ops_after(text: str) -> list[Op]:
    return [
        _WORDS_AFTER[int(token.lastgroup[-1])][1]
        for token in _AFTER.finditer(text)
        if token.lastgroup and token.lastgroup.startswith("after")
    ]


def _settled(ops: set[Op], *, more: bool) -> Op | None:
    if not ops:
        return Op.APPROX if more else Op.BARE
    if Op.APPROX in ops:
        return Op.APPROX if ops == {Op.APPROX} else None
    if len(ops) == 1:
        return next(iter(ops))
    if ops == {Op.GE, Op.GT}:
        return Op.GE
    return Op.LE if ops == {Op.LE, Op.LT} else None


def _unit_of(found: re.Match[str], words: _Before) -> Unit | None:
    written = found["unit"]
    part = found["part"]
    if part:
        return Unit(_PARTS.get(part, "%")) if not written else None
    if written == "成" and not found["scale"]:
        return Unit("%")
    unit = read_unit(written, bound=any(sign in found["before"] for sign in "≥≤><="))
    if unit is None or _is_misread(found, words, unit):
        return None
    if words.money:
        return Unit("元")
    if words.per and not unit.per:
        return Unit(unit.name, words.per, unit.noun)
    return unit


def _is_misread(found: re.Match[str], words: _Before, unit: Unit) -> bool:
    """Return whether the number before a unit is no count of it: 一级, 5万%, 12月内, 每月15日."""
    rank = bool(found["han"]) and not _counts(found["han"], found["unit"])
    share = bool(found["scale"]) and unit.name in {"%", "‰", "百分点"}
    money = words.money and unit.name not in {None, "元"}
    day = found["unit"] == "月" or (bool(words.per) and found["unit"] == "日")
    return rank or share or money or day


def _counts(han: str, unit: str) -> bool:
    if not unit:
        return han == "零" or len(han) > 1
    if unit == "成":
        return len(han) == 1
    name = unit.removeprefix("个") or unit
    ranked = han in {"一", "二", "三"} and unit in _RANKED and (han != "三" or unit != "类")
    return (unit in _COUNTED_IN_HAN or name in _COUNTED_IN_HAN) and not ranked


def _value_of(found: re.Match[str], unit: Unit | None) -> Decimal | None:
    if found["arabic"]:
        value = arabic_number(found["arabic"])
        if found["sign"] in {"-", "负"}:
            value = value.copy_negate()
        value = multiplied(value, found["scale"])
    elif found["part"] in {"百分之百", "百分百"}:
        value = Decimal(100)
    else:
        number = chinese_number(found["han"])
        if number is None:
            return None
        value = number
    if unit and found["unit"] == "成":
        value = product(value, Decimal(10))
    return trimmed(value)


def _text_around(found: re.Match[str], words: _Before, unit: Unit) -> str | None:
    done = "".join(
        token[0] for token in _AFTER.finditer(found["after"]) if token.lastgroup == "done"
    )
    name = (found["name"] or "").rstrip(":")
    return f"{name}{words.text}{unit.noun or ''}{done}" or None


def _notes(found: re.Match[str], words: _Before) -> tuple[str, ...]:
    notes = []
    if found["more"]:
        notes.append(f"“{found['more']}”表示比所写的数略多")
    if words.falling:
        notes.append("“下降、减少”按负数理解")
    if found["unit"] == "百分比":
        notes.append("单位“百分比”按%理解")
    if found["unit"] == "成":
        notes.append("“成”按十分之一理解")
    if found["before"].startswith("控制在") and not found["after"]:
        notes.append("“控制在”按不超过理解")
    if found["unit"] == "季度" and (found["arabic"] or "") in {"1", "2", "3", "4"}:
        notes.append(f"按{found['arabic']}个季度理解；若指第{found['arabic']}季度，请写“第”")
    return tuple(notes)


def is_leftover(text: str) -> bool:
    """Return whether only an operator, a unit or both are left of a template.

    >>> is_leftover("≥件"), is_leftover("%"), is_leftover("≥良好")
    (True, True, False)
    """
    rest = text.lstrip("≥≤><=")
    unit = rest[1:] if rest[:1] in {"万", "亿"} else rest
    return not unit or is_unit(unit) or ("/" in unit and is_unit(unit.partition("/")[0]))

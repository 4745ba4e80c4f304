"""The grammar: what a written target or actual means.

The readers at the end of this module are tried in their order; the first that understands the
whole text answers. What none understands stays words (`qual`): never half a reading.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from xlflow.values import cells
from xlflow.values.dates import doubt_about_year, read_deadline
from xlflow.values.normalise import normalise
from xlflow.values.numbers import (
    ARABIC,
    HAN,
    arabic_number,
    chinese_number,
    has_numeral,
    product,
    quotient,
)
from xlflow.values.quantity import Quantity, is_leftover, read_quantity
from xlflow.values.target import Op, Target
from xlflow.values.units import NO_UNIT

UNIT_MISSING = "单位缺失"
_LONGEST_VALUE = 60

_NOTHING = frozenset(
    (
        "",
        "无",
        "无。",
        "暂无",
        "无此项",
        "空",
        "不涉及",
        "未涉及",
        "不适用",
        "N/A",
        "NA",
        "n/a",
        "na",
    )
)
_DASHES = re.compile(r"-+|[/\\*×]")
_PLACEHOLDER = re.compile(
    r"[Xx]+|×{2,}|_+|\.{2,}|…+|[?]+|null|none|nan|关闭保存|请(?:填写|输入|选择).*|示例:?.*|例如?:.*|"
    r".*(?:XX|××|\*{2,}).*",
    re.I,
)
_SHEET_ERROR = re.compile(
    r"#(?:DIV/0!|REF!|N/A|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)|#{2,}", re.I
)
_FORMULA = re.compile(r"=[+-]?(?:[A-Za-z]{1,12}\(.*|.*\$?[A-Z]{1,3}\$?[0-9]+(?![A-Za-z0-9]).*)")
_WEB_BUTTON = re.compile(r"(?<=.)(?:关闭保存|保存关闭)$")
_ARABIC_DIGIT = re.compile(r"[0-9]")
_ONE_WIDE_COMMA = re.compile(r"(?<![0-9，,])[0-9]{1,3}，[0-9]{3}(?![0-9，,.．])")
_LONG_NUMBER = re.compile(r"[0-9]{19,}")
_CODE = re.compile(r"0[0-9]+")

_DIRECTION = re.compile(
    r"(?:明显|有效|不断|有所|逐步|进一步|基本)?(?:提升|提高|减少|降低|增强|改善)"
    r"|明显|显著|良好|满意|全力|专业|齐全|符合|高|效果明显"
)
_COVERAGE = frozenset(["全覆盖", "全支撑", "市级全部", "全部", "全部覆盖"])
_BUDGET_BOUND = re.compile(
    r"(?:不超(?:过|出)?|控制在)(?:年初|全年|年度|批复)?预算(?:数|金额|内|以内)?"
)

_WRAPPED = re.compile(r"[(“\"]([^()“”\"]*)[)”\"]|\[([^\[\],]*)\]")
_ADDITION = re.compile(r"(?P<main>[^()]+)\((?P<inner>[^()]+)\)")
_INCLUSION = re.compile(r"不?包?含(?:本数)?")
_INCLUDED = re.compile(r"(?P<excluded>不)?包?含(?P<end>.+)")
_NAMED = re.compile(r"(?P<name>[^≥≤><=0-9]{2,30}):?(?P<value>[≥≤><=][^≥≤><=]+)")
# After 下降 the number counts the other way.
_NOT_A_NAME = re.compile(
    r"[。;,!?]|(?:下降|降低|减少|压减|压缩):?$|至少|不足|[低高少多大小]于|超(?:过|出)"
)
_FREQUENCY_LIST = re.compile(r"(?P<name>[^0-9,]{1,8}刊),(?P<value>全年[0-9]+期)")

_RATIO = re.compile(
    rf"(?P<op>[≥≤><=])?(?P<left>{ARABIC})[:比](?P<right>{ARABIC})(?P<after>以上|以下|以内|及以上|及以下)?"
)
_RATIO_AFTER = {"以上": Op.GE, "及以上": Op.GE, "以下": Op.LE, "及以下": Op.LE, "以内": Op.LE}
_CLOCK = re.compile(r"[01]?[0-9]:[0-5][0-9]|2[0-4]:[0-5][0-9]")
_SIGNS = {"≥": Op.GE, "≤": Op.LE, ">": Op.GT, "<": Op.LT, "=": Op.EQ}

_RANGE = re.compile(
    rf"(?:在|介于|控制在|保持在)?(?P<every>[每全][半年季月周日天度]{{1,2}})?"
    rf"(?:=?(?P<low>{ARABIC}[^-~0-9至到]{{0,6}}?)(?:-+|~|至|到)(?P<high>{ARABIC}.{{0,10}})"
    # Beside a minus sign a dash is not certain to mean 至.
    rf"|(?P<low2>-{ARABIC}[^-~0-9至到]{{0,6}}?)(?:~|至|到)(?P<high2>-?{ARABIC}.{{0,10}})"
    rf"|(?P<low3>{HAN})(?:至|到)(?P<high3>{HAN}.{{0,10}}))"
)
_BARE_NUMBER = re.compile(ARABIC)
_SCALES = "百千万亿佰仟"
_TENS = re.compile(r"[二三四五六七八九][十拾]")
_PLUS_MINUS = re.compile(rf"≤?±(?P<value>{ARABIC}.{{0,6}})")
# The comma of 1,234 parts no clauses.
_THOUSANDS = r"(?<=[0-9]),[0-9]{3}(?![0-9])"
_AND = re.compile(rf"[,、;]?(?:且|并且|而且|同时)|[、;]|(?!{_THOUSANDS}),")
_SECOND_BOUND = re.compile(
    r"(?<=[0-9%‰\u4e00-\u9fff])(?=[≥≤><])"
    r"|(?<=[0-9%‰元个人次家天])(?=不(?:得)?(?:低于|少于|小于|高于|超过|大于|多于)|小于|低于|少于|大于|高于)"
    r"|(?<=以上)(?=[0-9])"
)
_MATH_INTERVAL = re.compile(r"(?P<left>[\[(])(?P<low>[^,]+),(?P<high>[^,]+)(?P<right>[\])])")
_BETWEEN = re.compile(
    rf"(?P<low>{ARABIC}[^0-9≤<]{{0,4}})(?P<op>[≤<])[^0-9≤<]{{1,15}}(?P<high>[≤<].+)"
)
_LOWER = {Op.GE, Op.GT}
_UPPER = {Op.LE, Op.LT}


@dataclass(frozen=True, slots=True)
class _Written:
    raw: str
    text: str
    year: int | None

    def says(self, op: Op, *notes: str, text: str | None = None) -> Target:
        return Target(self.raw, op, text=text, notes=notes)

    def stays_words(self, *notes: str) -> Target:
        return Target(self.raw, Op.QUAL, text=self.text, notes=notes)


def parse_target(
    raw: str | int | Decimal | date | None,
    *,
    year: int | None = None,
    number_format: str | None = None,
) -> Target:
    """Return what a written value means; nothing makes it fail.

    `year` is the form's and completes a date without one. `number_format` is the cell's, and
    says how a number is meant (0.95 shown as 95%); text is read as it stands, except that a
    plain number given as text is read like the number.

    >>> parse_target("≥95%").value
    Decimal('95')
    >>> parse_target("20万本").unit
    '本'
    >>> parse_target(Decimal("0.95"), number_format="0%").value
    Decimal('95')
    >>> parse_target("2022年6月底").date
    datetime.date(2022, 6, 30)
    >>> parse_target("健全").op.value
    'qual'
    """
    if year is not None and not 1900 <= year <= 2100:
        year = None
    if isinstance(raw, str):
        plain = cells.plain_number(raw) if number_format else None
        if plain is None:
            return _read_text(raw, year)
        return _with_raw(_read_cell(plain, number_format, year, typed=True), raw)
    if raw is None:
        return Target("", Op.NONE)
    if isinstance(raw, date):
        return _read_date(raw, number_format, year)
    if isinstance(raw, bool):
        return _read_text(str(raw).upper(), year)
    return _read_cell(Decimal(str(raw)), number_format, year)


def _with_raw(target: Target, raw: str) -> Target:
    return target if target.raw == raw else replace(target, raw=raw)


def _read_cell(
    number: Decimal, number_format: str | None, year: int | None, *, typed: bool = False
) -> Target:
    raw = cells.shown(number)
    meaning = cells.read_number(number, number_format, typed=typed)
    if meaning.day:
        notes = (*meaning.notes, *doubt_about_year(meaning.day, year))
        return Target(raw, Op.DATE, date=meaning.day, notes=notes)
    if meaning.text is None:
        return Target(raw, Op.QUAL, text=raw, notes=meaning.notes)
    target = _read_text(meaning.text, year)
    return replace(target, raw=raw, notes=(*meaning.notes, *target.notes))


def _read_date(day: date, number_format: str | None, year: int | None) -> Target:
    plain = day.date() if isinstance(day, datetime) else day
    last, notes = cells.last_day(plain, number_format)
    doubt = doubt_about_year(last, year)
    return Target(plain.isoformat(), Op.DATE, date=last, notes=(*notes, *doubt))


@lru_cache(maxsize=16384)
def _read_text(raw: str, year: int | None) -> Target:
    text = normalise(raw)
    shorter = _WEB_BUTTON.sub("", text)
    target = _read(_Written(raw, shorter, year))
    if shorter != text:
        return replace(target, notes=("去掉了混入的网页按钮文字", *target.notes))
    return target


def _read(written: _Written) -> Target:
    for reader in _READERS:
        target = reader(written)
        if target:
            return target
    if _ARABIC_DIGIT.search(written.text):
        return written.stays_words("文字里的数字没有作为数值读取")
    if "分之" in written.text:
        return written.stays_words("分数没有换算成小数")
    return written.stays_words()


def _nothing(written: _Written) -> Target | None:
    text = written.text
    if text in {"无", "无。"}:
        return written.says(Op.NONE, "“无”可能表示0，也可能表示不涉及；是0的请写0")
    if text in _NOTHING or _DASHES.fullmatch(text):
        return written.says(Op.NONE)
    return None


def _noise(written: _Written) -> Target | None:
    text = written.text
    if _SHEET_ERROR.fullmatch(text):
        return written.says(Op.ERROR, "单元格是公式错误值")
    if len(text) <= _LONGEST_VALUE and _PLACEHOLDER.fullmatch(text):
        return written.says(Op.ERROR, "模板里的占位文字没有改成实际内容")
    if text[0] == "=" and _FORMULA.fullmatch(text):
        return written.says(Op.ERROR, "公式没有计算结果，请打开后保存一次")
    if len(text) <= 8 and is_leftover(text):
        return written.says(Op.ERROR, "只有运算符或单位，没有数值")
    return None


def _words(written: _Written) -> Target | None:
    text = written.text
    if _DIRECTION.fullmatch(text):
        return written.stays_words("只写了程度或方向，可衡量性不足")
    if text in _COVERAGE:
        return written.stays_words("没有写明数值，是否等同于100%由评分办法决定")
    if _BUDGET_BOUND.fullmatch(text):
        return written.stays_words("以预算为上限，金额见资金表")
    return None if has_numeral(text) else written.stays_words()


def _long_text(written: _Written) -> Target | None:
    if len(written.text) <= _LONGEST_VALUE:
        return None
    return written.stays_words("是一段文字，其中的数字没有作为数值读取")


def _doubtful_digits(written: _Written) -> Target | None:
    text = written.text
    if _ONE_WIDE_COMMA.search(written.raw):
        return written.stays_words("中文逗号隔开的可能是两个数，也可能是千位分隔")
    if " " in text:
        return written.stays_words("数字中间有空格，无法确定是一个数还是几个数")
    if _LONG_NUMBER.search(text) or _CODE.fullmatch(text):
        return written.stays_words("像是编码，不是数值")
    return None


def _leaked_float(written: _Written) -> Target | None:
    meaning = cells.without_leak(written.text)
    if meaning is None or meaning.text is None:
        return None
    target = _inner(written, meaning.text)
    return replace(target, notes=(*meaning.notes, *target.notes))


def _time(written: _Written) -> Target | None:
    deadline = read_deadline(written.text, written.year)
    if deadline is None:
        return None
    if deadline.wrong:
        return written.says(Op.ERROR, *deadline.notes)
    if deadline.day is None:
        return written.stays_words(*deadline.notes)
    return replace(
        written.says(Op.DATE, *deadline.notes, text=deadline.text),
        date=deadline.day,
    )


def _ratio(written: _Written) -> Target | None:
    found = _RATIO.fullmatch(written.text)
    if not found:
        return None
    left, right = arabic_number(found["left"]), arabic_number(found["right"])
    if not right:
        return written.says(Op.ERROR, "比值的后项是0")
    if _CLOCK.fullmatch(written.text) and 1 not in {left, right}:
        return written.stays_words("可能是比值，也可能是钟点，请写明")
    op = _SIGNS.get(found["op"] or "") or _RATIO_AFTER.get(found["after"] or "", Op.RATIO)
    return Target(written.raw, op, quotient(left, right), notes=("按比值理解：前项÷后项",))


def _range(written: _Written) -> Target | None:
    found = _RANGE.fullmatch(written.text)
    if not found:
        return None
    every = found["every"] or ""
    if found["low3"] and not _of_one_scale(found["low3"], found["high3"]):
        return None
    low_text = found["low"] or found["low2"] or str(chinese_number(found["low3"]))
    high_text = (found["high"] or found["high2"] or found["high3"]).removesuffix("之间")
    low, high = read_quantity(every + low_text), read_quantity(every + high_text)
    if not low or not high or not _is_end(low) or not _is_end(high) or high.text:
        return None
    first = _in_scale_of(low, high, low_text, high_text) if low.unit.name is None else low
    if first is None or (low.unit.name and low.unit != high.unit):
        return None
    return _interval(written, first, high)


def _plus_minus(written: _Written) -> Target | None:
    found = _PLUS_MINUS.fullmatch(written.text)
    high = read_quantity(found["value"]) if found else None
    if not high or not _is_end(high):
        return None
    return _interval(written, replace(high, value=high.value.copy_negate()), high)


def _two_bounds(written: _Written) -> Target | None:
    interval = _MATH_INTERVAL.fullmatch(written.text)
    if interval and not _is_plain_bracket(interval):
        clauses = [
            (">" if interval["left"] == "(" else "≥") + interval["low"],
            ("<" if interval["right"] == ")" else "≤") + interval["high"],
        ]
        return _between(written, clauses)
    between = _BETWEEN.fullmatch(written.text)
    if between:
        # 85%≤x reads x≥85%.
        flipped = ("≥" if between["op"] == "≤" else ">") + between["low"]
        clauses = [flipped, between["high"]]
    else:
        clauses = _AND.split(written.text)
        if len(clauses) == 1:
            clauses = _SECOND_BOUND.split(written.text)
    return _between(written, clauses) if len(clauses) == 2 else None


def _between(written: _Written, clauses: list[str]) -> Target | None:
    first, second = read_quantity(clauses[0]), read_quantity(clauses[1])
    if not first or not second:
        return None
    if first.op in _UPPER:
        first, second = second, first
    if first.op not in _LOWER or second.op not in _UPPER:
        return None
    if first.unit != second.unit and NO_UNIT not in (first.unit, second.unit):
        return None
    return _interval(written, first, second)


def _single(written: _Written) -> Target | None:
    quantity = read_quantity(written.text)
    return _target_of(written, quantity) if quantity else None


def _named(written: _Written) -> Target | None:
    text = written.text
    found = _NAMED.fullmatch(text) or _FREQUENCY_LIST.fullmatch(text)
    if not found or _NOT_A_NAME.search(found["name"]) or read_quantity(found["name"]):
        return None
    target = _inner(written, found["value"])
    if target.op in {Op.QUAL, Op.ERROR, Op.NONE, Op.DATE}:
        return None
    return replace(target, text=found["name"].rstrip(":"))


def _wrapped(written: _Written) -> Target | None:
    found = _WRAPPED.fullmatch(written.text)
    return _inner(written, found[1] or found[2] or "") if found else None


def _bracketed(written: _Written) -> Target | None:
    found = _ADDITION.fullmatch(written.text)
    if not found or _INCLUSION.fullmatch(found["inner"]):
        return None
    if is_leftover(found["inner"]):
        return _inner(written, found["main"] + found["inner"])
    target = _inner(written, found["main"])
    if target.op in {Op.QUAL, Op.ERROR, Op.NONE}:
        return None
    included = _INCLUDED.fullmatch(found["inner"])
    if included and _inner(written, included["end"]).value == target.value:
        return _inner(written, f"{found['main']}({included['excluded'] or ''}含)")
    beside = _inner(written, found["inner"])
    rival = beside.value is not None and beside.unit in {target.unit, None}
    if rival or (beside.value is None and has_numeral(found["inner"])):
        return written.stays_words("括号内外各有一个数，无法确定以哪个为准")
    return replace(target, notes=(*target.notes, f"括号内的“{found['inner']}”没有计入"))


def _end_stop(written: _Written) -> Target | None:
    if written.text[-1] not in "。.;,、":
        return None
    target = _inner(written, written.text[:-1])
    return None if target.op in {Op.QUAL, Op.ERROR, Op.NONE} else target


def _inner(written: _Written, text: str) -> Target:
    return _read(_Written(written.raw, text, written.year))


def _of_one_scale(low: str, high: str) -> bool:
    """Return whether 三至五 is meant as written; in 三至五万 the 万 may stand for both."""
    shared = all(sign in low for sign in _SCALES if sign in high)
    return shared and ("十" in low or not _TENS.search(high))


def _is_plain_bracket(interval: re.Match[str]) -> bool:
    """Return whether (80,90) or [3,500] may be a list or one number instead of an interval."""
    round_both = interval["left"] + interval["right"] == "()"
    return round_both or re.search(_THOUSANDS, interval[0]) is not None


def _is_end(quantity: Quantity) -> bool:
    return quantity.op is Op.BARE


def _in_scale_of(low: Quantity, high: Quantity, low_text: str, high_text: str) -> Quantity | None:
    """Return the lower end of 5-10万元 as 50000: what is said once holds for both ends.

    5000-1万元 is meant as written; of 5-3万元 nobody can tell.
    """
    written = _BARE_NUMBER.match(high_text.lstrip("-"))
    shares = _BARE_NUMBER.fullmatch(low_text) and written and high.value > 0
    if shares and written:
        shown = arabic_number(written[0])
        if shown and low.value < shown:
            return replace(low, value=product(low.value, quotient(high.value, shown)))
        if shown != high.value and low.value * 100 < high.value:
            return None
    return low


def _interval(written: _Written, low: Quantity, high: Quantity) -> Target:
    if low.value > high.value:
        return written.says(Op.ERROR, "区间颠倒：下限大于上限")
    unit = high.unit if high.unit != NO_UNIT else low.unit
    return Target(
        written.raw,
        Op.RANGE,
        low.value,
        high.value,
        low_open=low.op is Op.GT,
        high_open=high.op is Op.LT,
        unit=unit.name,
        per=unit.per,
        notes=(*low.notes, *high.notes, *(() if unit.name else (UNIT_MISSING,))),
    )


def _target_of(written: _Written, quantity: Quantity) -> Target:
    return Target(
        written.raw,
        quantity.op,
        quantity.value,
        unit=quantity.unit.name,
        per=quantity.unit.per,
        text=quantity.text,
        notes=(*quantity.notes, *_doubts(quantity, written.text)),
    )


def _doubts(quantity: Quantity, text: str) -> tuple[str, ...]:
    if quantity.unit.name is None:
        year = text.isdecimal() and 1990 <= quantity.value <= 2099
        return (UNIT_MISSING, "也可能是年份") if year else (UNIT_MISSING,)
    if quantity.unit.name != "%":
        return ()
    if quantity.op is Op.GE and quantity.value == 100:
        return ("不可能超过100%的比率，“≥100%”等同于“=100%”",)
    if quantity.op is Op.BARE and 200 <= quantity.value < 300:
        return ("大于100%，请核对：扫描识别会把“≥”认成“2”",)
    return ()


_READERS: tuple[Callable[[_Written], Target | None], ...] = (
    _nothing,
    _noise,
    _long_text,
    _time,
    _words,
    _doubtful_digits,
    _leaked_float,
    _single,
    _range,
    _ratio,
    _two_bounds,
    _plus_minus,
    _named,
    _wrapped,
    _bracketed,
    _end_stop,
)

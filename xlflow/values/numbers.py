"""Numbers as people write them: Arabic with thousands separators, Chinese, 万 and 亿."""

import re
from decimal import Context, Decimal

from xlflow.values.normalise import normalise

ARABIC = (
    r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|0|[1-9][0-9]{0,17})"
    r"(?:\.[0-9]{1,18})?(?:[eE][+-][0-2]?[0-9])?"
)
_HAN_DIGITS = "零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾"
HAN = rf"[{_HAN_DIGITS}][{_HAN_DIGITS}百千万亿点佰仟]*"

# 百分点 and 千克 begin like a multiplier and are units.
MULTIPLIER = r"万亿|千万|百万|亿|万|千(?![米克瓦伏卡帕赫])|百(?!分)"
MULTIPLIERS = {
    "百": Decimal(100),
    "千": Decimal(1000),
    "万": Decimal(10_000),
    "百万": Decimal(1_000_000),
    "千万": Decimal(10_000_000),
    "亿": Decimal(100_000_000),
    "万亿": Decimal(1_000_000_000_000),
}

# Twice 36 digits with an exponent, 万亿 and ten decimals stay exact.
_EXACT = Context(prec=160)

_PLAIN = re.compile(rf"([+-]?{ARABIC})%?")
_HAS_NUMERAL = re.compile(r"[0-9零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾]")
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟〇两", "一二三四五六七八九十百千零二")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_BELOW_TEN_THOUSAND = re.compile(
    r"(?:[一二三四五六七八九]千)?(?:零?[一二三四五六七八九]百)?"
    r"(?:零?[一二三四五六七八九]?十)?(?:零?[一二三四五六七八九])?"
)


def parse_number(text: str) -> Decimal | None:
    """Return the number of a cell that should hold a plain number, or None.

    A per cent sign is allowed and means nothing; every other word makes it no plain number.

    >>> parse_number("3,340,000.00"), parse_number("８１.９％")
    (Decimal('3340000'), Decimal('81.9'))
    >>> parse_number("—"), parse_number("15万元")
    (None, None)
    """
    found = _PLAIN.fullmatch(normalise(text))
    return arabic_number(found[1]) if found else None


def arabic_number(text: str) -> Decimal:
    """Return the value of Arabic digits that may carry thousands separators.

    >>> arabic_number("1,505.60")
    Decimal('1505.6')
    """
    return trimmed(Decimal(text.replace(",", "")))


def chinese_number(text: str) -> Decimal | None:
    """Return the value of a Chinese numeral, or None when it is not a regular one.

    >>> chinese_number("一百二十"), chinese_number("十万"), chinese_number("两")
    (Decimal('120'), Decimal('100000'), Decimal('2'))
    >>> chinese_number("九十五点五")
    Decimal('95.5')
    >>> chinese_number("三五") is None
    True
    """
    whole, point, decimals = text.translate(_FORMAL).partition("点")
    integer = _chinese_integer(whole)
    if integer is None:
        return None
    if not point:
        return Decimal(integer)
    if not decimals or any(sign not in _DIGITS for sign in decimals):
        return None
    return trimmed(Decimal(f"{integer}." + "".join(str(_DIGITS[sign]) for sign in decimals)))


def multiplied(value: Decimal, scale: str | None) -> Decimal:
    """Return the value times 万, 亿 …, exactly.

    >>> multiplied(Decimal("137.16"), "万")
    Decimal('1371600')
    """
    return product(value, MULTIPLIERS[scale]) if scale else value


def product(left: Decimal, right: Decimal) -> Decimal:
    """Return left times right, exactly.

    >>> product(Decimal("1.5"), Decimal(10))
    Decimal('15')
    """
    return trimmed(_EXACT.multiply(left, right))


def quotient(left: Decimal, right: Decimal) -> Decimal:
    """Return left divided by right, to ten decimals.

    >>> quotient(Decimal(1), Decimal(3))
    Decimal('0.3333333333')
    """
    return trimmed(_EXACT.divide(left, right).quantize(Decimal("1E-10"), context=_EXACT))


def has_numeral(text: str) -> bool:
    """Return whether a digit or a Chinese numeral occurs at all.

    >>> has_numeral("健全"), has_numeral("三类")
    (False, True)
    """
    return _HAS_NUMERAL.search(text) is not None


def trimmed(value: Decimal) -> Decimal:
    """Return the same value without trailing zeros and without an exponent.

    >>> trimmed(Decimal("95.00")), trimmed(Decimal("2E+3"))
    (Decimal('95'), Decimal('2000'))
    """
    short = value.normalize(_EXACT)
    exponent = short.as_tuple().exponent
    large = isinstance(exponent, int) and exponent > 0
    return short.quantize(Decimal(1), context=_EXACT) if large else short


def _chinese_integer(text: str) -> int | None:
    if text == "零":
        return 0
    for sign, size in (("亿", 100_000_000), ("万", 10_000)):
        high, found, low = text.partition(sign)
        if found:
            return _scaled(high, size, low)
    return _below_ten_thousand(text)


def _scaled(high: str, size: int, low: str) -> int | None:
    top = _chinese_integer(high)
    rest = _chinese_integer(low) if low else 0
    if not top or rest is None:
        return None
    # 二万五 means 25000 in speech; only a full numeral (二万五千, 二万零五) is certain.
    if len(low) == 1:
        return None
    return top * size + rest


def _below_ten_thousand(text: str) -> int | None:
    if not text or not _BELOW_TEN_THOUSAND.fullmatch(text) or text == "零":
        return None
    total = digit = 0
    for sign in text:
        if sign in _PLACES:
            total += (digit or 1) * _PLACES[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    # 一百二 means 120 in speech.
    if digit and len(text) > 1 and text[-2] in "百千":
        return None
    return total + digit

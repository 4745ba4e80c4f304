"""Putting an actual beside its target: the same unit, the same scale, or not comparable."""

import re
from dataclasses import replace
from decimal import Decimal

from xlflow.messages import Text, text
from xlflow.scoring.explain import tidy
from xlflow.scoring.rules import plain
from xlflow.values import Op, Target, convert, label_key, normalise
from xlflow.values.numbers import MULTIPLIERS

_FIGURES = frozenset({Op.BARE, Op.EQ, Op.RATIO, Op.APPROX})
_SCALE = re.compile(r"(?<=[0-9一二两三四五六七八九十])(?:万亿|千万|百万|亿|万)")
_PROPORTION = re.compile(r"[0-9]:[0-9]")
_RATE_NAME = re.compile(
    r"(?:率|比例|比重|占比|百分比|满意度|满意程度|知晓度|知晓程度|完成度|参与度|认可度)$"
)
_FALL = re.compile(r"下降|降低|减少|压减|压缩")
_RISE = re.compile(r"增长|提高|提升|增加|上升")
_NEARLY = re.compile(r"^(?:将近|接近|近)")
_LIMITS = frozenset({Op.LE, Op.LT})
# A bare actual is read in the target's scale only where the other reading is out of question.
_FAR = 100


def actual_beside(target: Target, actual: Target, name: str = "") -> Decimal | Text:
    """Return the actual as a number in the target's unit, or the reason why it is not certain.

    `name` is the indicator's: it says whether a target without a unit is a rate, and which way
    a change counts: a 下降率 of 3% is met by 下降3.5%.

    >>> from xlflow.values import parse_target
    >>> actual_beside(parse_target("≤90万元"), parse_target("85"))
    Decimal('850000')
    >>> actual_beside(parse_target("≥80"), parse_target("85%"), "群众满意度")
    Decimal('85')
    >>> actual_beside(parse_target("≥3%"), parse_target("下降3.5%"), "能耗下降率")
    Decimal('3.5')
    >>> actual_beside(parse_target("≥95%"), parse_target("0.97")).zh[:6]
    '“0.97”'
    """
    reason = _not_comparable(target, actual)
    if reason or actual.value is None:
        return _because(reason or "no_number", target, actual)
    counted = _counted(target, actual.value, actual.raw, name)
    if counted is None:
        return _because("direction_unclear", target, actual)
    actual = replace(actual, value=counted)
    if target.unit and actual.unit:
        found = convert(counted, actual.unit, target.unit)
        reason = "units_differ"
    elif "%" in (target.unit, actual.unit):
        return _percentage(target, actual, counted, name)
    else:
        found = _in_scale(target, actual)
        reason = "scale_unclear"
    return _because(reason, target, actual) if found is None else found


def unit_of(target: Target, actual: Target, value: Decimal) -> str:
    """Return the unit both are compared in, empty when neither names one.

    `value` is the actual as compared: of 99.5万元 under a target of 100 it is 99.5 万元.
    """
    unit = target.unit or actual.unit or ""
    scaled = not target.unit and actual.unit and abs(value) != abs(actual.value or value)
    found = _SCALE.search(normalise(actual.raw)) if scaled else None
    return f"{found[0]}{unit}" if found else unit


def _not_comparable(target: Target, actual: Target) -> str | None:
    """Return why two written values cannot be set against each other, whatever their units."""
    if actual.value is None or actual.op in (Op.QUAL, Op.DATE):
        return "no_number"
    if actual.op not in _FIGURES or _NEARLY.match(normalise(actual.raw)):
        return "actual_is_bound"
    unitless = not (target.unit or actual.unit)
    if unitless and is_proportion(target) != is_proportion(actual):
        return "units_differ"
    return "units_differ" if _period(target) != _period(actual) else None


def _counted(target: Target, value: Decimal, written: str, name: str) -> Decimal | None:
    """Return the actual with the sign its target counts by, None where that is not certain.

    Where only one of the two says 下降, the name says what the other means.
    """
    falls = _FALL.search(name) is not None
    meant_to_fall = (target.value or 0) < 0 and _FALL.search(target.raw)
    fell = value < 0 and _FALL.search(written)
    if meant_to_fall and value > 0 and not _RISE.search(written):
        return -value if falls else None
    if fell and falls and not meant_to_fall and (target.value or 0) >= 0:
        return None if target.op in _LIMITS else -value
    return value


def _because(reason: str, target: Target, actual: Target) -> Text:
    return text(f"scoring.{reason}", target=tidy(target.raw), actual=tidy(actual.raw))


def _period(written: Target) -> str | None:
    """Return the period of a frequency; a form speaks of one year, so 每年2次 is 2次."""
    return None if written.per == "年" else written.per


def _percentage(target: Target, actual: Target, value: Decimal, name: str) -> Decimal | Text:
    """Return the actual where one of the two is written without its per cent sign."""
    if target.unit is None and not _RATE_NAME.search(label_key(name)):
        return _because("units_differ", target, actual)
    bare = target if target.unit is None else actual
    number = bare.value or Decimal(0)
    if 0 < abs(number) <= 1:
        low, high = plain(number), plain(number * 100)
        return text("scoring.fraction", written=tidy(bare.raw), low=low, high=high)
    return value


def is_proportion(written: Target) -> bool:
    """Return whether a value is written as one number to another, such as 1:10."""
    return _PROPORTION.search(normalise(written.raw)) is not None


def _in_scale(target: Target, actual: Target) -> Decimal | None:
    """Return a number in the target's scale where only one of the two says 万 or 亿."""
    value, wanted = actual.value or Decimal(0), target.value or Decimal(0)
    scale = _scale(target) / _scale(actual)
    if scale == 1 or not value:
        return value
    lowest, highest = abs(wanted) / _FAR, abs(target.value_high or wanted) * _FAR
    # What names its unit and no 万 means what it says.
    whole = actual if _scale(actual) == 1 else target
    ways = (value,) if whole.unit and _scale(whole) == 1 else (value, value * scale)
    near = [way for way in ways if lowest <= abs(way) <= highest]
    return near[0] if len(near) == 1 else None


def _scale(written: Target) -> Decimal:
    found = _SCALE.search(normalise(written.raw))
    return MULTIPLIERS[found[0]] if found else Decimal(1)

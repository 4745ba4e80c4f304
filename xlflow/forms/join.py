"""One text out of the columns it is spread over: 计算符号, 指标值, 计量单位."""

from functools import lru_cache

from xlflow.values import Op, Target, normalise, parse_target

_QUALITATIVE = frozenset({"定性", "定性指标"})
_NO_UNIT = frozenset({"", "无", "无单位", "无计量单位"})
_SIGNS = frozenset({Op.GE, Op.GT, Op.LE, Op.LT, Op.EQ})
_BY_THEN = frozenset({Op.LE, Op.EQ})


@lru_cache(maxsize=4096)
def joined(operator: str, value: str, measure: str) -> str | None:
    """Return a target as a clerk would write it in one cell, None where its parts contradict.

    A sign or a unit that the value carries already is not written twice. Words take no unit, and
    neither 定性 nor an equals sign.

    >>> joined("≥", "95", "%"), joined("定性", "健全", ""), joined("＝", "100", "百分比")
    ('≥95%', '健全', '＝100百分比')
    >>> joined("≥", "≥95%", "%"), joined("≥", "≤95", "%"), joined("正向", "95", "%")
    ('≥95%', None, None)
    """
    operator, value, measure = operator.strip(), value.strip(), measure.strip()
    said = parse_target(value)
    if normalise(operator) in _QUALITATIVE:
        return value if said.value is None else None
    sign = _sign(operator)
    if operator and sign is None and said.op not in _SIGNS:
        return None
    if said.value is None:
        leave_out = not operator or sign is Op.EQ or (said.op is Op.DATE and sign in _BY_THEN)
        return value if leave_out else operator + value
    measured = _measured(said, value, "" if normalise(measure) in _NO_UNIT else measure)
    if measured is None:
        return None
    if said.op in _SIGNS:
        return measured if sign in (None, said.op) else None
    return operator + measured


def _sign(operator: str) -> Op | None:
    """Return what a sign or its words mean, None for something else."""
    if not operator:
        return None
    tried = parse_target(f"{operator}1")
    return tried.op if tried.value == 1 and tried.op in _SIGNS else None


def _measured(said: Target, value: str, measure: str) -> str | None:
    """Return a value with its unit, None where it carries another one."""
    if not measure:
        return value
    if said.unit is None:
        return value + measure
    if normalise(value).endswith(normalise(measure)):
        return value
    unit = parse_target(f"1{measure}")
    return value if unit.unit == said.unit and unit.value == 1 else None

"""A reading written short: operator, number, unit, date, as `ge 95 %` or `range 3..5 个`."""

from xlflow.values import Target


def short(target: Target) -> str:
    """Return the reading in one line; an open end of a range is a round bracket."""
    number = "" if target.value is None else format(target.value, "f")
    if target.value_high is not None:
        low, high = "(" if target.low_open else "", ")" if target.high_open else ""
        number = f"{low}{number}..{target.value_high:f}{high}"
    unit = "/".join(filter(None, [target.unit, target.per]))
    day = target.date.isoformat() if target.date else ""
    return " ".join(filter(None, [target.op.value, number, unit, day]))

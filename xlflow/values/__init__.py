"""What a written value means: normalise, numbers, units, dates, targets; nothing of Excel."""

from xlflow.values.amounts import Amount, amounts_in
from xlflow.values.normalise import label_key, normalise
from xlflow.values.numbers import parse_number
from xlflow.values.parse import parse_target
from xlflow.values.target import Op, Target, target_as_json
from xlflow.values.units import convert

__all__ = [
    "Amount",
    "Op",
    "Target",
    "amounts_in",
    "convert",
    "label_key",
    "normalise",
    "parse_number",
    "parse_target",
    "target_as_json",
]

"""JSON Schema validation over Decimal: what jsonschema takes for numbers, told anew."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from xlflow.forms.form import resolved

# What a schema of a form may demand; each has a sentence of its own for the clerk.
DEMANDS: Final = frozenset(
    {
        "type", "required", "enum", "const", "minimum", "exclusiveMinimum", "maximum",
        "exclusiveMaximum", "minLength", "maxLength", "pattern", "minItems", "maxItems",
    }
)  # fmt: skip


def _is_number(_checker: object, value: object) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _is_integer(_checker: object, value: object) -> bool:
    if isinstance(value, Decimal):
        return value == value.to_integral_value()
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES = Draft202012Validator.TYPE_CHECKER.redefine_many(
    {"number": _is_number, "integer": _is_integer}
)
_DecimalValidator: type[Validator] = extend(Draft202012Validator, type_checker=_TYPES)


def demands_of(schema: Mapping[str, Any], root: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return a form's schema with its demands alone: references followed, descriptions left out.

    It finds the same faults in a fraction of the time, for the library looks up every keyword
    and every reference again for each value.
    """
    root = schema if root is None else root
    demands: dict[str, Any] = {}
    for key, value in resolved(root, schema).items():
        if key in DEMANDS:
            demands[key] = value
        elif key == "properties":
            demands[key] = {name: demands_of(child, root) for name, child in value.items()}
        elif key == "items":
            demands[key] = demands_of(value, root)
    return demands


def decimal_validator(schema: Mapping[str, Any]) -> Validator:
    """Return a Draft 2020-12 validator that knows Decimal and int as numbers, and no float."""
    return _DecimalValidator(schema)

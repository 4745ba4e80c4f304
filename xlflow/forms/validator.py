"""JSON Schema validation over Decimal: what jsonschema takes for numbers, told anew."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.protocols import Validator
from jsonschema.validators import extend


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


def decimal_validator(schema: Mapping[str, Any]) -> Validator:
    """Return a Draft 2020-12 validator that knows Decimal and int as numbers, and no float."""
    return _DecimalValidator(schema)

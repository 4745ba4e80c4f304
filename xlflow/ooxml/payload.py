"""Values on their way into a cell: checked when they are set, written when the part is spliced."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from xlflow.errors import UsageError
from xlflow.messages import text
from xlflow.ooxml.escapes import encode, fitting
from xlflow.ooxml.numbers import serial_of, stored_number
from xlflow.ooxml.values import Value

Settable = str | int | Decimal | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Payload:
    """What is to stand in a cell: how it reads back, and how it is stored."""

    kind: Literal["blank", "number", "bool", "text", "date", "error"]
    value: Value
    stored: str


_TYPES = {"bool": ' t="b"', "error": ' t="e"'}


def stored_again(kind: str, stored: str) -> Payload:
    """Return what once stood in a cell, as it was stored: a number keeps its very digits.

    >>> stored_again("number", "0.10").stored, stored_again("text", "a<b").stored
    ('0.10', 'a&lt;b')
    """
    match kind:
        case "number":
            return Payload("number", Decimal(stored), stored)
        case "bool":
            return Payload("bool", stored == "1", stored)
        case "error":
            return Payload("error", stored, encode(stored))
        case _:
            return Payload("text" if stored else "blank", stored or None, encode(stored))


def payload(value: Settable, *, date1904: bool) -> Payload:
    """Return a value ready to be written.

    A text too long for a cell is cut, with an ellipsis. Raises TypeError for a float, which
    would bring binary fractions into the figures, and UsageError for a number or date that a
    cell can not hold.
    """
    try:
        match value:
            case None | "":
                return Payload("blank", None, "")
            case bool():
                return Payload("bool", value, "1" if value else "0")
            case str():
                kept = fitting(value)
                return Payload("text", kept, encode(kept))
            case int() | Decimal():
                return Payload("number", Decimal(value), stored_number(value))
            case date():
                moment = value if isinstance(value, datetime) else datetime.combine(value, time())
                serial = serial_of(moment, date1904=date1904)
                return Payload("date", moment, stored_number(serial))
    except ValueError as error:
        raise UsageError(*text("ooxml.bad_number", value=value)) from error
    raise TypeError(type(value).__name__)


def plain_cell(content: Payload, prefix: str) -> tuple[str, str]:
    """Return the type attribute and the content of a cell without formula."""
    if content.kind == "blank":
        return "", ""
    if content.kind == "text":
        space = "" if content.stored == content.stored.strip() else ' xml:space="preserve"'
        text_tag = f"<{prefix}t{space}>{content.stored}</{prefix}t>"
        return ' t="inlineStr"', f"<{prefix}is>{text_tag}</{prefix}is>"
    return _TYPES.get(content.kind, ""), _value_tag(content, prefix)


def cached_result(content: Payload, prefix: str) -> tuple[str, str]:
    """Return the type attribute and the stored result of a cell that keeps its formula."""
    if content.kind == "blank":
        return "", ""
    kind = ' t="str"' if content.kind == "text" else _TYPES.get(content.kind, "")
    return kind, _value_tag(content, prefix)


def _value_tag(content: Payload, prefix: str) -> str:
    return f"<{prefix}v>{content.stored}</{prefix}v>"

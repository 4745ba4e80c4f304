"""The refusals of this room, each with its reason in both languages."""

from xlflow.errors import FileRefused
from xlflow.messages import text
from xlflow.problems import refusal


def damaged(name: str, key: str, **values: object) -> FileRefused:
    """Return the refusal of a damaged file (F05); `key` names the reason in the texts."""
    why = text(f"ooxml.{key}", **values)
    return refusal("F05", name=name, why=why.zh, why_en=why.en)


def unsafe(name: str, key: str, **values: object) -> FileRefused:
    """Return the refusal of a file beyond a safety limit (F06)."""
    why = text(f"ooxml.{key}", **values)
    return refusal("F06", name=name, why=why.zh, why_en=why.en)


def not_a_workbook(name: str, key: str) -> FileRefused:
    """Return the refusal of a file that is something else (F02); `key` names what it is."""
    what = text(f"ooxml.{key}")
    return refusal("F02", name=name, what=what.zh, what_en=what.en)

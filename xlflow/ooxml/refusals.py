"""The refusals of this room, each with its reason in both languages."""

from xlflow.errors import FileRefused
from xlflow.messages import text
from xlflow.problems import refusal

_SPREADSHEETS = frozenset({"is_xls", "is_xlsb", "is_ods"})


def damaged(name: str, key: str, **values: object) -> FileRefused:
    """Return the refusal of a damaged file (F05); `key` names the reason in the texts."""
    why = text(f"ooxml.{key}", **values)
    return refusal("F05", name=name, why=why.zh, why_en=why.en)


def unsafe(name: str, key: str, **values: object) -> FileRefused:
    """Return the refusal of a file beyond a safety limit (F06)."""
    why = text(f"ooxml.{key}", **values)
    return refusal("F06", name=name, why=why.zh, why_en=why.en)


def not_a_workbook(name: str, key: str) -> FileRefused:
    """Return the refusal of a file that is something else; `key` names what it is.

    F11 for an archive, F04 for a spreadsheet of another format, else F02.
    """
    if key == "is_archive":
        return refusal("F11", name=name)
    what = text(f"ooxml.{key}")
    code = "F04" if key in _SPREADSHEETS else "F02"
    return refusal(code, name=name, what=what.zh, what_en=what.en, why=what.zh, why_en=what.en)

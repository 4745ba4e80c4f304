"""Which submissions belong together: the key of an exercise, a unit and a project.

A code wins over a name. Names are compared without spaces, width and case, so that
`（区）发改委` and `(区) 发改委` are one unit.
"""

import re
import unicodedata
from typing import Protocol

# One exercise a year needs no round; "年度" on the form then means the same as nothing.
WHOLE_YEAR = "年度"
_MONTHS = re.compile(r"0?(\d{1,2})月?[-~至到]0?(\d{1,2})月份?")
_SAME_PERIOD = {
    "": WHOLE_YEAR, "全年": WHOLE_YEAR, "1-12月": WHOLE_YEAR,
    "上半年": "1-6月", "前三季度": "1-9月",
}  # fmt: skip
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))


class Placed(Protocol):
    """Anything that belongs to a unit, and to a project where there is one."""

    @property
    def unit(self) -> str | None:
        """The unit's name."""

    @property
    def unit_code(self) -> str | None:
        """The unit's code."""

    @property
    def project(self) -> str | None:
        """The project's name."""

    @property
    def project_code(self) -> str | None:
        """The project's code."""


class Identified(Placed, Protocol):
    """Anything that belongs to a unit in an exercise: a result, a submission, a roster line."""

    @property
    def form(self) -> str | None:
        """Which form it is."""

    @property
    def year(self) -> int | None:
        """The year it is for."""

    @property
    def round(self) -> str | None:
        """The round of the year (期次)."""


def normalised(text: str | None) -> str:
    """Return a name as it is compared; nothing written gives the empty string.

    >>> normalised(" （区） 发改委 ") == normalised("(区)发改委")
    True
    """
    folded = unicodedata.normalize("NFKC", text or "").translate(_DASHES).casefold()
    return "".join(folded.split())


def exercise_key(item: Identified) -> str:
    """Return the key of the exercise: form, year and round."""
    return f"{normalised(item.form)} {item.year or ''} {period_of(item.round)}"


def period_of(written: str | None) -> str:
    """Return a round of the year as it is compared.

    >>> period_of("1月至6月份"), period_of(" 1－6 月"), period_of("上半年"), period_of(None)
    ('1-6月', '1-6月', '1-6月', '年度')
    """
    period = normalised(written)
    if months := _MONTHS.fullmatch(period):
        period = f"{int(months[1])}-{int(months[2])}月"
    return _SAME_PERIOD.get(period, period)


def unit_handles(item: Placed) -> tuple[str, ...]:
    """Return what the unit is known by, best first: its code, then its name."""
    return _handles(item.unit_code, item.unit)


def project_handles(item: Placed) -> tuple[str, ...]:
    """Return what the project is known by, best first; `("",)` for a form without a project."""
    return _handles(item.project_code, item.project) or ("",)


def handles_of(item: Placed) -> tuple[str, ...]:
    """Return what a unit's project is known by, by code and by name, best first."""
    return tuple(
        f"{unit} {project}" for unit in unit_handles(item) for project in project_handles(item)
    )


def key_of(item: Identified, fallback: str = "?") -> str:
    """Return the key under which versions are counted.

    `fallback` stands for the unit where the form names none: two unnamed forms are not two
    versions of one.
    """
    unit = next(iter(unit_handles(item)), fallback)
    return f"{exercise_key(item)} {unit} {project_handles(item)[0]}"


def same_unit(one: Placed, other: Placed) -> bool:
    """Return whether two items are of the same unit, by code where both have one."""
    return _same(one.unit_code, one.unit, other.unit_code, other.unit)


def same_place(one: Placed, other: Placed) -> bool:
    """Return whether two items are of the same unit and project, by code where both have one."""
    return same_unit(one, other) and (
        _same(one.project_code, one.project, other.project_code, other.project)
        or project_handles(one) == project_handles(other) == ("",)
    )


def _handles(code: str | None, name: str | None) -> tuple[str, ...]:
    marked = (("#", normalised(code)), ("=", normalised(name)))
    return tuple(mark + text for mark, text in marked if text)


def _same(code: str | None, name: str | None, other_code: str | None, other: str | None) -> bool:
    if code and other_code:
        return normalised(code) == normalised(other_code)
    return bool(name) and normalised(name) == normalised(other)

"""Which submissions belong together: the key of an exercise, a unit and a project.

A code wins over a name. Names are compared without spaces, width and case, so that
`（区）发改委` and `(区) 发改委` are one unit.
"""

import re
import unicodedata
from typing import Protocol

from xlflow.scoring.lights import YEAR, months_of

# One exercise a year needs no round; "年度" on the form then means the same as nothing.
WHOLE_YEAR = "年度"
_MONTHS = re.compile(r"0?(\d{1,2})月?[-~至到]0?(\d{1,2})月份?")
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
    return place_of(item.form, item.year, item.round)


def place_of(form: str | None, year: int | None, written_round: str | None = None) -> str:
    """Return the key of the exercise with this form, year and round.

    >>> place_of("project_target", 2020)
    'project_target 2020 年度'
    """
    return f"{normalised(form)} {year or ''} {period_of(written_round)}"


def period_of(written: str | None) -> str:
    """Return a round of the year as it is compared: as the lights read it, where they do.

    >>> [period_of(each) for each in ("1月至6月份", " 1－6 月", "上半年", "2025年6月底")]
    ['1-6月', '1-6月', '1-6月', '1-6月']
    >>> period_of(None), period_of("2025年度"), period_of("07-12月"), period_of("第三次")
    ('年度', '年度', '7-12月', '第三次')
    """
    period = normalised(written)
    if until := months_of(period):
        return WHOLE_YEAR if until == YEAR else f"1-{until}月"
    if months := _MONTHS.fullmatch(period):
        return f"{int(months[1])}-{int(months[2])}月"
    return period or WHOLE_YEAR


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

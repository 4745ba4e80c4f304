"""Checks over all forms that count: what no form alone can show."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from xlflow.forms.document import value_at
from xlflow.forms.form import Form
from xlflow.messages import text
from xlflow.problems import Severity, describe, severity_of
from xlflow.review.alike import (
    Alike,
    Passage,
    Print,
    much_alike,
    rows_print,
    text_print,
    without_spaces,
)
from xlflow.review.case import TOLERANCE, field_at, in_quotes
from xlflow.review.names import unit_key
from xlflow.scoring import Profile

Read = Callable[[int], Mapping[str, Any]]

# What a unit writes of its own project. Grounds and safeguards are cited alike by right.
_TEXTS = (
    "/overview",
    "/necessity",
    "/plan",
    "/overall_goal",
    "/annual_goal",
    "/annual_objective/expected",
    "/annual_objective/actual",
)
_INDICATORS = "/indicators"
_PASSAGES = (*_TEXTS, _INDICATORS)
_TEXTS_HELD = 1000  # of those that are read again
_SHORTEST_TEXT = 30
_FEWEST_ROWS = 5
_FEWEST_FORMS = 3
_HIGH = Decimal(99)
_MOST_NAMED = 20
_PROJECT_SPENDING = "项目支出"
_BUDGET = "full_year_budget"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is held of a form's data; thousands of forms are looked at together.

    `prints` are those of the long texts and of the indicators of a project, in a fixed order,
    None where there is nothing worth comparing.
    """

    budget: Decimal | None
    project_spending: Decimal | None
    prints: tuple[Print | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """One form that counts: what it is, what it says, and its score as the unit claims it.

    `number` tells it apart; `profile` is the one its form is judged by.
    """

    number: int
    form: Form
    profile: Profile
    year: int | None
    round: str | None
    unit: str | None
    unit_code: str | None
    project: str | None
    score: Decimal | None
    looked: Looked

    @property
    def who(self) -> str:
        """The unit as it is compared."""
        return unit_key(self.unit or self.unit_code or "")


@dataclass(frozen=True, slots=True)
class Expected:
    """One line of the roster, or one who came without (`listed` is False); did it come."""

    form: str | None
    year: int | None
    round: str | None
    unit: str | None
    unit_code: str | None
    project: str | None
    listed: bool
    came: bool

    @property
    def who(self) -> str:
        """The unit as it is compared."""
        return unit_key(self.unit or self.unit_code or "")


@dataclass(frozen=True, slots=True)
class Noticed:
    """What was noticed over several forms: of whom, and in a sentence.

    `number` and `other` are the forms it is about, None where it is about none or many.
    """

    code: str
    severity: Severity
    message: str
    message_en: str
    form: str | None = None
    year: int | None = None
    round: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    project: str | None = None
    number: int | None = None
    other: int | None = None


def looked_at(data: Mapping[str, Any], *, of_project: bool) -> Looked:
    """Return what of a form's data is looked at here.

    >>> looked_at({"funds": {"total": {"full_year_budget": Decimal(3)}}}, of_project=False)
    Looked(budget=Decimal('3'), project_spending=None, prints=())
    """
    return Looked(
        budget=_amount(data, f"/funds/total/{_BUDGET}"),
        project_spending=_project_spending(data),
        prints=(*(_of_text(value_at(data, each)) for each in _TEXTS), _of_indicators(data))
        if of_project
        else (),
    )


def _of_text(value: object) -> Print | None:
    if isinstance(value, str) and len(value) >= _SHORTEST_TEXT:
        return text_print(value)
    return None


def _of_indicators(data: Mapping[str, Any]) -> Print | None:
    indicators = value_at(data, _INDICATORS) or ()
    rows = {f"{row.get('level3')}|{row.get('target')}" for row in indicators if row.get("level3")}
    return rows_print(rows) if len(rows) >= _FEWEST_ROWS else None


def look_across(
    filed: Sequence[Filed], expected: Sequence[Expected], read: Read
) -> tuple[Noticed, ...]:
    """Return what is noticed over all forms, and, if anything is, what could not be looked at.

    `read` gives the data of a form again by its number: of the few whose texts are compared.
    """
    noticed = [
        *all_came(expected),
        *as_many_projects_as_listed(expected),
        *projects_say_things_of_their_own(filed, read),
        *project_budgets_add_up(filed),
        *scores_tell_apart(filed),
    ]
    return (*noticed, *_not_looked_at(filed)) if noticed else ()


def all_came(expected: Sequence[Expected]) -> Iterator[Noticed]:
    """C80: everyone on the roster has sent the form."""
    for (form, year, period), lines in _grouped(
        (each for each in expected if each.listed), lambda each: (each.form, each.year, each.round)
    ):
        missing = [each for each in lines if not each.came]
        if missing:
            names = dict.fromkeys(
                " ".join(filter(None, (each.unit or each.unit_code, each.project)))
                for each in missing
            )
            values = {"expected": len(lines), "missing": len(missing), "names": _list(names)}
            yield _noticed("C80", values, form=form, year=year, round=period)


def as_many_projects_as_listed(expected: Sequence[Expected]) -> Iterator[Noticed]:
    """C81: a unit sends a form for each of its projects, and no others."""
    of_projects = (each for each in expected if each.project)
    for _, lines in _grouped(
        of_projects, lambda each: (each.form, each.year, each.round, each.who)
    ):
        listed, came = sum(each.listed for each in lines), sum(each.came for each in lines)
        if listed and came and came != listed:  # of whom nothing came that is told already
            first = lines[0]
            values = {"listed": listed, "came": came, **_which_projects(lines)}
            yield _noticed(
                "C81",
                values,
                form=first.form,
                year=first.year,
                round=first.round,
                unit=first.unit,
                unit_code=first.unit_code,
            )


def _which_projects(lines: Sequence[Expected]) -> dict[str, str]:
    """Return which projects are too many and which are missing, as values of the sentence."""
    more = [each.project or "" for each in lines if each.came and not each.listed]
    less = [each.project or "" for each in lines if each.listed and not each.came]
    said = [text("across.more", names=_list(more))] if more else []
    said += [text("across.less", names=_list(less))] if less else []
    return {
        "which": "；".join(each.zh for each in said),
        "which_en": "; ".join(each.en for each in said),
    }


def projects_say_things_of_their_own(filed: Sequence[Filed], read: Read) -> Iterator[Noticed]:
    """C64: the long texts of two projects, or their indicators, are not nearly the same."""
    of_projects = (each for each in filed if each.project)
    for _, group in _grouped(of_projects, lambda each: (each.form.name, each.year)):
        by_number = {each.number: each for each in group}
        found: defaultdict[tuple[int, int], list[tuple[str, Alike]]] = defaultdict(list)
        for place, pointer in enumerate(_PASSAGES):
            for alike in _alike_in(place, group, read):
                found[alike.one, alike.other].append((pointer, alike))
        for (one, other), fields in found.items():
            yield _alike_projects(by_number[one], by_number[other], fields)


def _alike_in(place: int, group: Sequence[Filed], read: Read) -> Iterator[Alike]:
    pointer = _PASSAGES[place]

    @lru_cache(maxsize=_TEXTS_HELD)
    def text_of(number: int) -> str:
        return without_spaces(value_at(read(number), pointer) or "")

    passages = [
        Passage(each.number, unit_key(each.project or ""), mark)
        for each in group
        if (mark := each.looked.prints[place])
    ]
    if len(passages) > 1:
        from_share = group[0].profile.thresholds.much_alike
        yield from much_alike(passages, from_share, None if pointer == _INDICATORS else text_of)


def _alike_projects(one: Filed, other: Filed, fields: Sequence[tuple[str, Alike]]) -> Noticed:
    alike = []
    for pointer, each in fields:
        label = field_at(one.form, pointer)
        alike.append(f"{label.title if label else pointer} {each.share}%")
    values = {
        "project": in_quotes(one.project or ""),
        "unit": other.unit or other.unit_code or "",
        "other": in_quotes(other.project or ""),
        "alike": "、".join(alike),
    }
    return replace(_about(one, "C64", values), other=other.number)


def project_budgets_add_up(filed: Sequence[Filed]) -> Iterator[Noticed]:
    """C82: the budgets of a unit's projects add up to the project spending of the department.

    Only where the department's form states its project spending, and in the same unit of money.
    """
    projects: defaultdict[tuple[str, int | None, str | None], list[Filed]] = defaultdict(list)
    for each in filed:
        if each.project and not each.round and each.looked.budget:
            projects[each.who, each.year, _unit_of_money(each.form)].append(each)
    for whole in filed:
        stated = None if whole.project else whole.looked.project_spending
        parts = projects.get((whole.who, whole.year, _unit_of_money(whole.form)), [])
        if stated is None or len({each.form.name for each in parts}) != 1:
            continue
        total = sum((each.looked.budget or Decimal() for each in parts), Decimal())
        if abs(total - stated) > TOLERANCE * len(parts):
            values = {
                "count": len(parts),
                "sum": f"{total:f}",
                "stated": f"{stated:f}",
                "difference": f"{abs(total - stated):f}",
            }
            yield _about(whole, "C82", values)


def scores_tell_apart(filed: Sequence[Filed]) -> Iterator[Noticed]:
    """C85: the scores of a unit are not all as good as full, and not all the same."""
    scored = (each for each in filed if each.score is not None and each.project)
    for _, group in _grouped(
        scored, lambda each: (each.form.name, each.year, each.round, each.who)
    ):
        scores = {each.score for each in group if each.score is not None}
        if len(group) < _FEWEST_FORMS:
            continue
        if min(scores) >= _HIGH:
            said = text("across.all_high", least=min(scores))
        elif len(scores) == 1:
            said = text("across.all_one", score=min(scores))
        else:
            continue
        values = {"count": len(group), "what": said.zh, "what_en": said.en}
        yield replace(_about(group[0], "C85", values), number=None, project=None)


def _not_looked_at(filed: Sequence[Filed]) -> Iterator[Noticed]:
    """Yield what this house can not see, and why: somebody has to look."""
    wholes = [each for each in filed if not each.project]
    if not wholes:
        return
    with_projects = {(each.who, each.year) for each in filed if each.project}
    silent = [
        each
        for each in wholes
        if (each.who, each.year) in with_projects and each.looked.project_spending is None
    ]
    if silent:
        said = text("across.no_project_spending", count=len(silent))
        yield _unseen("C82", said.zh, said.en)
    for code in ("C83", "C84"):
        said = describe(code)
        yield _unseen(code, said.zh, said.en)


def _unseen(code: str, message: str, message_en: str) -> Noticed:
    return Noticed(code, Severity.NOTE, message, message_en)


def _project_spending(data: Mapping[str, Any]) -> Decimal | None:
    for row in value_at(data, "/funds/sources") or ():
        if _PROJECT_SPENDING in "".join(str(row.get("name") or "").split()):
            return _amount(row, _BUDGET)
    return None


def _unit_of_money(form: Form) -> str | None:
    total = field_at(form, f"/funds/total/{_BUDGET}")
    return total.unit if total else None


def _amount(data: Mapping[str, Any], pointer: str) -> Decimal | None:
    value = value_at(data, pointer)
    return value if isinstance(value, Decimal) else None


def _about(filed: Filed, code: str, values: Mapping[str, object]) -> Noticed:
    severity = severity_of(code, filed.profile.severities)
    noticed = _noticed(
        code,
        values,
        form=filed.form.name,
        year=filed.year,
        round=filed.round,
        unit=filed.unit,
        unit_code=filed.unit_code,
        project=filed.project,
        number=filed.number,
    )
    return replace(noticed, severity=severity)


def _noticed(code: str, values: Mapping[str, object], **about: Any) -> Noticed:
    said = describe(code, **values)
    return Noticed(code, severity_of(code), said.zh, said.en, **about)


def _grouped(
    items: Iterable[Any], key: Callable[[Any], tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], list[Any]]]:
    """Yield the items of each key, keys and items in the order they come."""
    groups: dict[tuple[Any, ...], list[Any]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    yield from groups.items()


def _list(names: Iterable[str]) -> str:
    listed = list(names)
    more = f"……（共 {len(listed)}）" if len(listed) > _MOST_NAMED else ""
    return "、".join(listed[:_MOST_NAMED]) + more

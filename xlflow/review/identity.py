"""Checks of completeness and identity: the year, what a template left behind, texts cut off."""

import re
from collections.abc import Iterator, Mapping

from xlflow.messages import text
from xlflow.problems import Severity
from xlflow.review.case import Case, Check, Finding, in_quotes
from xlflow.values import Op, parse_target

YEAR = "/year"
_PLANS = (
    "/plan",
    "/overall_goal",
    "/annual_goal",
    "/annual_objective/expected",
    "/annual_objective/actual",
)
_TASKS = "/annual_tasks"
# Only what belongs to one year by its nature; 2021年度变更调查 is the object of the work.
_YEAR_OF_PLAN = re.compile(
    r"(?<![0-9较比同与和及至到-])(?P<year>20[0-9]{2})年?度?"
    r"(?:项目)?(?:支出(?:计划|进度|预算)|预算(?:需|安排|申请|数|金额)|(?:实施|用款|付款|资金)计划"
    r"|绩效目标)"
)
_PROJECT = "/project"
_YEAR_OF_NAME = re.compile(r"\s*(20[0-9]{2})年度?(?![-—~至到、和])")
_COMPARED = re.compile(r"(?:较|比|同比|相比|对比|上年|去年).{0,6}$")

_PLACEHOLDER = re.compile(
    r"(?<![0-9A-Za-zＸｘ])(?:[xXＸｘ×]{2,}|[*＊]{2,})(?![0-9A-Za-z])"
    r"|_{3,}|＿{2,}|示例\s*[:：]|请(?:在此处?|在这里)?(?:填写|填报|输入)"
    r"|^\s*例如?\s*[:：]|待(?:填|补充)\s*[。）)】]?\s*$",
    re.MULTILINE,
)
# Each placeholder has one of these; to look for them is quick.
_SIGN_OF_ONE = re.compile(r"[xXＸｘ×*＊_＿]{2}|例[：:如]|请[填输在]|待[填补]")
_VALUES = ("/target", "/actual")
_DIGIT = re.compile("[0-9０-９]")
_LONGEST_SIGN = 8
_NAMES_AND_NUMBERS = frozenset({"phone", "contact", "project_leader", "unit_code", "project_code"})
_SHORTEST_CUT = 300
_SHORTEST_BROKEN = 100
_SYSTEM_LIMITS = frozenset({200, 255, 256, 500, 512, 1000, 1024, 2000, 4000})
_CLOSED = re.compile(r"[。！？；.!?;…”’\"'）)】\]》〉」』%％0-9]$")
_ENTRY = re.compile(r"[^：:，,。；;]{2,12}[：:][^：:，,。；;]{1,20}")
_BROKEN_OFF = re.compile(r"[、（(《“的和与及或并]$")


def year_is_the_exercises(case: Case) -> Iterator[Finding]:
    """The form prints its year, and it is the exercise's; a plan names no year gone by.

    Without a printed year nobody knows what the form accounts for: an error, or a warning where
    the exercise says the year. A form that does not ask for its year is not asked either.
    """
    document = case.document
    printed = document.number(YEAR)
    if printed is None:
        yield from _no_year(case)
    elif case.year is not None and printed != case.year:
        yield _wrong_year(case, str(printed), str(case.year))
    year = printed if printed is not None else case.year
    if year is None:
        return
    yield from _project_of_a_year_gone_by(case, int(year))
    tasks = (f"{at}/{key}" for at in document.rows(_TASKS) for key in ("content", "actual"))
    for at in (*_PLANS, *tasks):
        if (said := document.text(at)) and "20" in said:
            yield from _years_gone_by(case, at, said, int(year))


def _no_year(case: Case) -> Iterator[Finding]:
    field = case.form.root.child("year")
    if field is None or not field.required or case.raw(YEAR).strip():
        return  # what stands there and is no year is S01
    yield Finding(
        case.place(YEAR),
        _said("no_year" if case.year is None else "no_year_printed", year=case.year),
        None if case.year is None else Severity.WARNING,
    )


def _wrong_year(case: Case, printed: str, wanted: str) -> Finding:
    return Finding(case.place(YEAR), _said("wrong_year", printed=printed, year=wanted))


def _years_gone_by(case: Case, at: str, said: str, year: int) -> Iterator[Finding]:
    """Yield the first past year that a plan is headed by, if the right one heads none in it."""
    found = [
        match
        for match in _YEAR_OF_PLAN.finditer(said)
        if not _COMPARED.search(said[: match.start()])
    ]
    named = {int(match["year"]) for match in found}
    if year not in named and (old := [match for match in found if int(match["year"]) < year]):
        words = in_quotes(old[0][0])
        yield Finding(
            case.place(at),
            _said("old_year", words=words, label=case.label(at), year=year),
            Severity.WARNING,
        )


def _project_of_a_year_gone_by(case: Case, year: int) -> Iterator[Finding]:
    """Yield that the project is named after an earlier year: a question, it may well go on."""
    named = _YEAR_OF_NAME.match(case.document.text(_PROJECT) or "")
    if named and int(named[1]) < year:
        said = _said("project_of_old_year", words=named[0], year=year)
        yield Finding(case.place(_PROJECT), said, Severity.NOTE)


def _said(key: str, **values: object) -> dict[str, object]:
    why = text(f"review.{key}", **values)
    return {"why": why.zh, "why_en": why.en}


# -- what a template left behind -----------------------------------------------------------------


def placeholders_are_filled(case: Case) -> Iterator[Finding]:
    """No text is the template's placeholder: XXX, ***, 请填写, 示例：; no value a sign alone."""
    texts = case.texts
    together = "\n".join(said for _, said in texts)
    if _SIGN_OF_ONE.search(together):
        for at, said in texts:
            if at[1:] not in _NAMES_AND_NUMBERS and (found := _PLACEHOLDER.search(said)):
                yield _placeholder(case, at, found[0].strip())
    for at, said in texts:
        if len(said) > _LONGEST_SIGN or not at.endswith(_VALUES) or _DIGIT.search(said):
            continue
        if parse_target(said).op is Op.ERROR and not _PLACEHOLDER.search(said):
            yield _placeholder(case, at, said)


def _placeholder(case: Case, at: str, words: str) -> Finding:
    return Finding(case.place(at), {"label": case.label(at), "words": in_quotes(words)})


# -- texts cut off -------------------------------------------------------------------------------


def texts_are_whole(case: Case) -> Iterator[Finding]:
    """A long text does not break off: it ends with a stop, not in the middle of a sentence.

    Texts end without a stop often enough; asked are those of 300 characters and more, those as
    long as a field of a reporting system can be, and those from 100 on whose last word wants
    another. A list, one item a line, has no stops at all, nor a last line 性质：财政补助.
    """
    for at, said in case.texts:
        if len(said) < _SHORTEST_BROKEN:
            continue
        plain = said.rstrip()
        if _CLOSED.search(plain) or _is_list(plain):
            continue
        long = len(plain) >= _SHORTEST_CUT or len(said) in _SYSTEM_LIMITS
        if long or _BROKEN_OFF.search(plain):
            yield Finding(
                case.place(at),
                {"label": case.label(at), "length": len(plain), "end": in_quotes(plain[-12:])},
            )


def _is_list(said: str) -> bool:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if len(lines) > 1 and _ENTRY.fullmatch(lines[-1]):
        return True
    return len(lines) > 2 and not any(map(_CLOSED.search, lines))


IDENTITY_CHECKS: Mapping[str, Check] = {
    "C03": year_is_the_exercises,
    "C06": placeholders_are_filled,
    "C07": texts_are_whole,
}

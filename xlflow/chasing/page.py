"""The page 进度.html: where everybody stands, in one file that a browser opens by double click."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from html import escape
from importlib.resources import files as resources
from pathlib import Path
from string import Template
from types import MappingProxyType

from xlflow import files
from xlflow.chasing.tally import SELECTIONS, Tally, days_told, selects, tally
from xlflow.chasing.words import (
    EXTENDED_FROM,
    LATE,
    MORE,
    NO_FORM,
    NOBODY,
    SECTIONS,
    SEVERITIES,
    STATES,
    TOO_MANY,
    UNLISTED,
    WITHDRAWN,
    form_told,
)
from xlflow.ledger import Ledger, Standing
from xlflow.ledger.clock import local_time
from xlflow.problems import Problem, Severity
from xlflow.scoring import to_cents

PAGE_NAME = "进度.html"
_NONE: Mapping[str, str] = MappingProxyType({})
_MOST = 60  # problems of one form; who has more begins anew
_MOST_FORMS = 500  # in one state; a browser would be slow with more
_LONGEST = 40  # signs of a value
_COUNTS = {
    "expected": "应报",
    "accepted": "已通过",
    "returned": "退回待改",
    "missing": "未报",
    "overdue": "已逾期",
    "late": "迟报",
    "unlisted": "名册外",
}
# What a link would read as something else; Chinese stays as it is, which old browsers need.
_ESCAPES = {ord(sign): f"%{ord(sign):02X}" for sign in '%#? "<>[]\\^`{}|'}
_HEADINGS = (
    ("单位", ""), ("项目", ""), ("填报表", ""), ("状态", ""), ("版本", "middle"),
    ("截止日期", "middle"), ("期限", "middle"), ("得分", "number"), ("等级", "middle"),
    ("问题", "middle"), ("结果文件", "middle links"),
)  # fmt: skip


def publish_page(
    ledger: Ledger,
    out: Path,
    *,
    title: str,
    at: str,
    workspace: Path,
    form_titles: Mapping[str, str] = _NONE,
) -> Path:
    """Return where the page was written, from what the ledger holds; as `build_page`."""
    standing = ledger.standing()
    sizes = Counter(each.state for each in standing)
    shown = [each for each in standing if sizes[each.state] <= _MOST_FORMS]
    problems = ledger.problems_of([each.submission for each in shown if each.submission])
    page = build_page(
        standing,
        problems,
        title=title,
        at=at,
        workspace=workspace,
        folder=out.resolve().parent,
        form_titles=form_titles,
    )
    files.write_bytes(out, page.encode("utf-8", "replace"))
    return out


def build_page(
    standing: Sequence[Standing],
    problems: Mapping[int, Sequence[Problem]],
    *,
    title: str,
    at: str,
    workspace: Path,
    folder: Path,
    form_titles: Mapping[str, str] = _NONE,
) -> str:
    """Return the page as HTML; `problems` are told by the number of the submission.

    `at` is the time it is made (ISO, UTC); `folder` is where it will stand, for the links to the
    result files, which the ledger names relative to `workspace`.
    """
    now = local_time(at)
    view = _View(now.date(), form_titles, workspace, folder)
    rows = list(enumerate(standing, start=1))
    return _template().substitute(
        title=escape(title),
        made=f"{now:%Y-%m-%d %H:%M}（北京时间）的情况",
        counts=_counts(tally(standing, now.date())),
        choices=_choices(),
        table=_table("".join(_row(view, number, each) for number, each in rows)),
        problems="".join(
            _section(view, words, [pair for pair in rows if pair[1].state is state], problems)
            for state, words in SECTIONS.items()
        ),
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What a row needs besides where its unit stands."""

    today: date
    titles: Mapping[str, str]
    workspace: Path
    folder: Path

    def form(self, standing: Standing) -> str:
        """The form as its title says, with year and round."""
        title = self.titles.get(standing.form or "", standing.form or NO_FORM)
        when = " ".join(str(part) for part in (standing.year, standing.round) if part)
        return escape(title) + _below(when)

    def link(self, standing: Standing) -> str:
        """The link to the result file, nothing where there is none."""
        output = standing.submission.output if standing.submission else None
        if output is None:
            return ""
        place, _, name = output.rpartition("/")
        path = _folder(self.workspace / place, self.folder) + name.translate(_ESCAPES)
        return f'<a href="{escape(path)}">打开</a>'


@lru_cache(maxsize=64)
def _folder(target: Path, folder: Path) -> str:
    """Return one folder as a link in another calls it, with a slash at its end."""
    try:
        relative = Path(os.path.relpath(target, folder)).as_posix()
    except ValueError:  # another drive on Windows
        return f"{target.as_uri()}/"
    return "" if relative == "." else f"{relative.translate(_ESCAPES)}/"


@cache
def _template() -> Template:
    return Template(resources("xlflow.chasing").joinpath("page.html").read_text("utf-8"))


def _counts(counted: Tally) -> str:
    boxes = "\n".join(
        f'<li class="{name}"><div><b>{getattr(counted, name)}</b>{words}</div></li>'
        for name, words in _COUNTS.items()
    )
    shares = "".join(
        f'<i class="{name}" style="width:{100 * getattr(counted, name) / counted.expected:.2f}%">'
        "</i>"
        for name in ("accepted", "returned")
        if counted.expected
    )
    return f'<ul class="counts">\n{boxes}\n</ul>\n<div class="bar">{shares}</div>'


def _choices() -> str:
    named = {"": "全部"} | {name: _COUNTS[name] for name in SELECTIONS}
    return "".join(f'<option value="{name}">{words}</option>' for name, words in named.items())


def _table(rows: str) -> str:
    if not rows:
        return f"<p>{NOBODY}</p>"
    heads = "".join(f'<th class="{kind}">{words}</th>' for words, kind in _HEADINGS)
    return (
        f'<div class="wide"><table>\n<thead><tr>{heads}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>"
    )


def _row(view: _View, number: int, standing: Standing) -> str:
    before = standing.extended_from
    cells = (
        escape(standing.unit or "") + _below(standing.unit_code),
        escape(standing.project or ""),
        view.form(standing),
        _state(standing),
        _shown(standing.version),
        escape(standing.deadline or "") + _below(before and EXTENDED_FROM.format(day=before)),
        _days(view, standing),
        "" if standing.total is None else f"{to_cents(standing.total)}",
        escape(standing.grade or ""),
        _problem_count(number, standing),
        view.link(standing),
    )
    filled = "".join(
        f'<td class="{kind}">{cell}</td>' if kind else f"<td>{cell}</td>"
        for cell, (_, kind) in zip(cells, _HEADINGS, strict=True)
    )
    return f"<tr{_sought(view, standing)}>{filled}</tr>\n"


def _sought(view: _View, standing: Standing) -> str:
    """Return the attributes by which the filter finds what belongs to somebody."""
    title = view.titles.get(standing.form or "", standing.form or "")
    who = (standing.unit, standing.unit_code, standing.project, standing.project_code, title)
    states = " ".join(word for word in SELECTIONS if selects(word, standing, view.today))
    return f' data-state="{states}" data-who="{escape(" ".join(filter(None, who)))}"'


def _state(standing: Standing) -> str:
    state = f'<span class="state {standing.state}">{STATES[standing.state]}</span>'
    late = f' <span class="state late">{LATE}</span>' if standing.late else ""
    if standing.expected:
        return state + late
    return state + late + _below(WITHDRAWN if standing.withdrawn else UNLISTED)


def _below(words: str | None) -> str:
    """Return words as they stand below what a cell mainly says."""
    return f'<br><span class="faint">{escape(words)}</span>' if words else ""


def _days(view: _View, standing: Standing) -> str:
    told = days_told(standing, view.today)
    if told is None:
        return ""
    return f'<span class="over">{told.zh}</span>' if standing.overdue(view.today) else told.zh


def _problem_count(number: int, standing: Standing) -> str:
    found = standing.submission
    if found is None:
        return ""
    counts = ((found.errors, "error"), (found.warnings, "warning"))
    told = "<br>".join(
        f'<span class="{name}">{SEVERITIES[Severity(name)]} {count}</span>'
        for count, name in counts
        if count
    )
    return f'<a href="#f{number}">{told}</a>' if told else ""


def _section(
    view: _View,
    heading: str,
    rows: Sequence[tuple[int, Standing]],
    problems: Mapping[int, Sequence[Problem]],
) -> str:
    """Return the problems of the forms in one state; nothing where there are none."""
    if len(rows) > _MOST_FORMS:
        forms = f"<p>{TOO_MANY}</p>"
    else:
        forms = "".join(
            _form(view, number, each, found)
            for number, each in rows
            if (found := _shown_problems(each, problems))
        )
    return f'<div class="problems"><h2>{heading}</h2>\n{forms}</div>\n' if forms else ""


def _shown_problems(standing: Standing, problems: Mapping[int, Sequence[Problem]]) -> list[Problem]:
    """Return what somebody should do something about, the worst first; notes only inform."""
    found = problems.get(standing.submission.id, ()) if standing.submission else ()
    asking = (each for each in found if each.severity is not Severity.NOTE)
    return sorted(asking, key=lambda each: each.severity is not Severity.ERROR)


def _form(view: _View, number: int, standing: Standing, found: Sequence[Problem]) -> str:
    """Return the problems of one form."""
    rows = "".join(
        f'<tr><td class="middle">{position}</td>'
        f'<td class="middle {each.severity}">{SEVERITIES[each.severity]}</td>'
        f"<td>{_place(each)}</td><td>{escape(_cut(each.value))}</td>"
        f"<td>{escape(each.message)}</td></tr>\n"
        for position, each in enumerate(found[:_MOST], start=1)
    )
    link = view.link(standing)
    name = " · ".join(escape(part) for part in (standing.unit, standing.project) if part)
    more = f'<p class="more faint">{MORE.format(count=len(found) - _MOST)}</p>'
    return (
        f'<div class="form" id="f{number}"{_sought(view, standing)}>\n<h3>{name} '
        f"{_state(standing)}<br>"
        f'<span class="faint">{escape(form_told(standing, view.titles))}，第{standing.version}版'
        f'</span> <span class="faint links">{link}</span></h3>\n'
        '<table>\n<colgroup><col style="width:5%"><col style="width:9%"><col style="width:17%">'
        '<col style="width:17%"><col></colgroup>\n<thead><tr><th class="middle">序号</th>'
        '<th class="middle">要求</th><th>位置</th><th>填写内容</th><th>问题与改法</th></tr>'
        f"</thead>\n<tbody>\n{rows}</tbody>\n</table>{more if len(found) > _MOST else ''}\n</div>\n"
    )


def _place(found: Problem) -> str:
    return escape(" ".join(part for part in (found.sheet, found.cell) if part))


def _cut(value: str | None) -> str:
    value = value or ""
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}……"


def _shown(number: int | None) -> str:
    return "" if number is None else str(number)

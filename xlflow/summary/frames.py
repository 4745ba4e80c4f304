"""The tables of the summary as pandas frames; numbers stay Decimal, headings are captions."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any

import pandas as pd

from xlflow.facts import Facts, folder_of
from xlflow.forms.document import value_at
from xlflow.ledger import Decision, DecisionKind, Submission
from xlflow.ledger.clock import local_time
from xlflow.marking import shortened
from xlflow.problems import Problem
from xlflow.review import Noticed
from xlflow.scoring.score import Score
from xlflow.summary import places
from xlflow.summary.basis import Basis
from xlflow.summary.captions import (
    APPLIED,
    ASSIGNED,
    ASSIGNED_UNNAMED,
    DECISION_KINDS,
    INSTEAD,
    LIGHTS,
    NO_FORM,
    NOT_APPLIED,
    OPEN,
    OUTCOMES,
    PENDING,
    SEVERITIES,
    SHOW,
    Caption,
)
from xlflow.summary.links import Links
from xlflow.summary.stream import Row, Stream, stream
from xlflow.summary.totals import amounts_of

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
_HUNDRED = Decimal(100)
SHORT_HASH = 12


def register_rows(basis: Basis) -> Stream:
    """Return a row for each submission that counts."""
    facts = basis.facts
    scores = facts.last_decided(DecisionKind.CHECKED_SCORE)
    opinions = facts.last_decided(DecisionKind.OPINION)

    def begin() -> Iterator[Row]:
        return (
            _register_row(basis, each)
            | {
                Caption.CHECKED_SCORE: number_or_text(scores.get(each.key)),
                Caption.OPINION: opinions.get(each.key),
                Caption.ASSIGNED: _assigned(each),
            }
            | _origin(each, basis.links)
            | _figures_from(basis, each)
            for each in basis.current
        )

    return stream(begin)


def versions_frame(facts: Facts, links: Links, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return a row for each submission that a later version replaced."""
    return _frame(
        _who(each, titles) | _judgement(each) | _origin(each, links) for each in facts.superseded
    )


def detail_rows(facts: Facts, titles: Mapping[str, str]) -> Stream:
    """Return a row for each scored row of the submissions that count."""
    outlines = [facts.outlines[each.id] for each in facts.current]
    said = frozenset[str]().union(*(each.said for each in outlines))
    blank = {caption for caption, field in _SOMETIMES.items() if field not in said}
    if {Caption.CLAIMED, Caption.COMPUTED} & blank:
        blank.add(Caption.DIFFERENCE)

    def begin() -> Iterator[Row]:
        return chain.from_iterable(
            _detail_rows(each, facts.scores[each.id], facts.data.get(each.id, {}), titles)
            for each in facts.current
        )

    count = sum(each.rows for each in outlines)
    return Stream(begin, count, frozenset(blank) | _unnamed(facts.current))


def problem_rows(facts: Facts, links: Links, titles: Mapping[str, str]) -> Stream:
    """Return a row for each problem of the submissions that count and of unread files."""
    shown = [*facts.current, *facts.unread]

    def begin() -> Iterator[Row]:
        return (
            _problem_row(each, problem, links, titles)
            for each in shown
            for problem in facts.problems[each.id]
        )

    with_any = [each for each in shown if each.problems]
    return Stream(begin, sum(each.problems for each in with_any), _unnamed(with_any))


def across_frame(
    facts: Facts, noticed: Iterable[Noticed], links: Links, titles: Mapping[str, str]
) -> pd.DataFrame:
    """Return a row for each thing that was noticed over several forms."""
    outputs = {each.id: each.output for each in facts.current}
    return _frame(
        {
            Caption.SEVERITY: SEVERITIES[each.severity],
            Caption.CODE: each.code,
            Caption.UNIT_CODE: each.unit_code,
            Caption.UNIT: each.unit,
            Caption.PROJECT: each.project,
            Caption.MESSAGE: each.message,
            Caption.FORM: _title(each.form, titles) if each.form else None,
            Caption.YEAR: each.year,
            Caption.ROUND: each.round,
            Caption.OUTPUT: links.to(outputs.get(each.number or 0), OPEN),
            Caption.OTHER_OUTPUT: links.to(outputs.get(each.other or 0), OPEN),
        }
        for each in noticed
    )


def not_counted_frame(facts: Facts, links: Links) -> pd.DataFrame:
    """Return a row for each file, or part of one, that yields no submission, and why."""
    return _frame(chain(_unread_rows(facts, links), _formless_rows(facts, links)))


def decisions_frame(facts: Facts, titles: Mapping[str, str]) -> pd.DataFrame:
    """Return a row for each thing an officer decided, carried out or not."""
    files = {arrival.id: arrival.name for arrival in facts.arrivals}
    versions = {each.id: each.version for each in facts.submissions}
    return _frame(
        {
            Caption.DECISION: DECISION_KINDS[each.kind],
            Caption.STATE: APPLIED if each.applied else NOT_APPLIED,
            Caption.WHY_NOT: each.why,
            Caption.UNIT_CODE: each.unit_code,
            Caption.UNIT: each.unit,
            Caption.PROJECT: each.project,
            Caption.FORM: titles.get(each.form or "", each.form),
            Caption.YEAR: each.year,
            Caption.ROUND: each.round,
            Caption.VERSION: versions.get(each.submission_id or 0),
            Caption.CODE: each.code,
            Caption.CELL: each.cell,
            Caption.CONTENT: _content(each),
            Caption.REASON: each.reason,
            Caption.WHO: each.who,
            Caption.WHEN: each.decided_on,
            Caption.DECIDED_IN: files.get(each.arrival_id),
            Caption.DECIDED_AT: each.at,
        }
        for each in facts.decisions
    )


def _content(decision: Decision) -> str | None:
    """Return what was decided: the value, and for whom or instead of what."""
    if decision.kind is DecisionKind.ASSIGNMENT:
        return "\n".join(filter(None, (decision.file, decision.written_unit))) or None
    if decision.replaced:
        return INSTEAD.format(value=decision.value, replaced=decision.replaced)
    return decision.value


@lru_cache(maxsize=4096)
def number_or_text(written: str | None) -> Decimal | str | None:
    """Return what a unit wrote as a number if it is nothing but one, else as it stands.

    >>> number_or_text("９.1"), number_or_text("1,505.60"), number_or_text("9分")
    (Decimal('9.1'), Decimal('1505.60'), '9分')
    """
    plain = unicodedata.normalize("NFKC", written or "").replace(",", "").strip()
    return Decimal(plain) if _NUMBER.fullmatch(plain) else written


def _frame(rows: Iterator[Row]) -> pd.DataFrame:
    # object: pandas must not turn a Decimal, a code like 001 or a blank into a float.
    records = list(rows)
    if not records:
        return pd.DataFrame(dtype=object)
    columns = zip(*(record.values() for record in records), strict=True)
    return pd.DataFrame(dict(zip(records[0], map(list, columns), strict=True)), dtype=object)


def _title(form: str | None, titles: Mapping[str, str]) -> str:
    return titles.get(form, form) if form else NO_FORM


def _who(submission: Submission, titles: Mapping[str, str]) -> Row:
    return {
        Caption.UNIT_CODE: submission.unit_code,
        Caption.UNIT: submission.unit,
        Caption.PROJECT: submission.project,
        Caption.FORM: _title(submission.form, titles),
        Caption.YEAR: submission.year,
        Caption.ROUND: submission.round,
    }


def _judgement(submission: Submission) -> Row:
    return {
        Caption.VERSION: submission.version,
        Caption.OUTCOME: OUTCOMES[submission.outcome],
        Caption.CLAIMED: submission.claimed_total,
        Caption.COMPUTED: submission.total,
        Caption.UNDECIDED: submission.undecided_weight,
        Caption.GRADE: submission.grade,
        Caption.LIGHT: LIGHTS.get(submission.light or ""),
        Caption.ERRORS: submission.errors,
        Caption.WARNINGS: submission.warnings,
    }


def _origin(submission: Submission, links: Links) -> Row:
    return {
        Caption.RECEIVED_AT: local_time(submission.received_at),
        Caption.FILE: submission.file,
        Caption.OUTPUT: links.to(submission.output, OPEN),
    }


def _register_row(basis: Basis, submission: Submission) -> Row:
    return (
        _who(submission, basis.titles)
        | _judgement(submission)
        | {Caption.WEIGHT: basis.facts.outlines[submission.id].weight}
        | amounts_of(basis.money[submission.id])
    )


def _figures_from(basis: Basis, submission: Submission) -> Row:
    """Return the cells the figures of a submission stand in, and by what it was judged."""
    return {
        Caption.SHEET: submission.sheet,
        Caption.SCORE_CELL: basis.cell_of(submission, places.COMPUTED)
        or basis.cell_of(submission, places.LIGHT),
        Caption.BUDGET_CELL: basis.cell_of(submission, places.FULL_YEAR_BUDGET),
        Caption.EXECUTED_CELL: basis.cell_of(submission, places.EXECUTED),
        Caption.SHA256: submission.sha256[:SHORT_HASH],
        Caption.PROFILE: submission.profile,
    }


def _assigned(submission: Submission) -> str | None:
    """Return that an officer said whose form it is, None when it says so itself."""
    if submission.assigned_from is None:
        return None
    written = submission.assigned_from
    return ASSIGNED.format(written=written) if written else ASSIGNED_UNNAMED


def _detail_rows(
    submission: Submission,
    scores: Iterable[Score],
    data: Mapping[str, Any],
    titles: Mapping[str, str],
) -> Iterator[Row]:
    who = _who(submission, titles)
    origin: Row = {
        Caption.FILE: submission.file,
        Caption.SHA256: submission.sha256[:SHORT_HASH],
        Caption.PROFILE: submission.profile,
    }
    for score in scores:
        row = value_at(data, score.field) or {}
        claimed = number_or_text(score.claimed)
        yield {
            **who,
            Caption.LEVEL1: _text(row.get("level1")),
            Caption.LEVEL2: _text(row.get("level2")),
            Caption.LEVEL3: _text(row.get("level3")) or score.name,
            Caption.TARGET: score.target,
            Caption.ACTUAL: score.actual,
            Caption.WEIGHT: score.weight,
            Caption.CLAIMED: claimed,
            Caption.COMPUTED: score.computed,
            Caption.DIFFERENCE: difference(claimed, score.computed),
            Caption.DEVIATION: None if score.deviation is None else score.deviation / _HUNDRED,
            Caption.LIGHT: LIGHTS.get(score.light or ""),
            Caption.PROGRESS: None if score.progress is None else score.progress / _HUNDRED,
            Caption.RULE: score.rule,
            Caption.EXPLANATION: score.explanation,
            Caption.SHEET: score.sheet,
            Caption.CELL: score.cell,
            **origin,
        }


# What only some forms say in their scored rows.
_SOMETIMES = {
    Caption.WEIGHT: "weight",
    Caption.CLAIMED: "claimed",
    Caption.COMPUTED: "computed",
    Caption.DEVIATION: "deviation",
    Caption.LIGHT: "light",
    Caption.PROGRESS: "progress",
}


def _unnamed(submissions: Iterable[Submission]) -> frozenset[Caption]:
    """Return the column of projects if no submission names one."""
    named = any(each.project is not None for each in submissions)
    return frozenset() if named else frozenset({Caption.PROJECT})


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def difference(claimed: Decimal | str | None, computed: Decimal | None) -> Decimal | None:
    """Return claimed − computed, None where one of them is no number."""
    if not isinstance(claimed, Decimal) or computed is None:
        return None
    return claimed - computed


def _problem_row(
    submission: Submission, problem: Problem, links: Links, titles: Mapping[str, str]
) -> Row:
    return _who(submission, titles) | {
        Caption.SEVERITY: SEVERITIES[problem.severity],
        Caption.CODE: problem.code,
        Caption.SHEET: problem.sheet,
        Caption.CELL: problem.cell,
        Caption.VALUE: problem.value and shortened(problem.value),
        Caption.MESSAGE: problem.message,
        Caption.FILE: submission.file,
        Caption.SHA256: submission.sha256[:SHORT_HASH],
        Caption.PROFILE: submission.profile,
        Caption.OUTPUT: links.to(submission.output, SHOW, problem.sheet, problem.cell),
    }


def _unread_rows(facts: Facts, links: Links) -> Iterator[Row]:
    notes = {arrival.id: arrival.note for arrival in facts.arrivals}
    for each in facts.unread:
        first = next(iter(facts.problems[each.id]), None)
        yield {
            Caption.FILE: each.file,
            Caption.UNIT: each.unit,
            Caption.OUTCOME: OUTCOMES[each.outcome],
            Caption.WHY: first.message if first else notes[each.arrival_id],
            Caption.RECEIVED_AT: local_time(each.received_at),
            Caption.OUTPUT: links.to(each.output, OPEN),
        }


def _formless_rows(facts: Facts, links: Links) -> Iterator[Row]:
    with_form = {each.arrival_id for each in facts.submissions}
    units = facts.units_by_folder()
    for arrival in facts.arrivals:
        if arrival.id not in with_form:
            yield {
                Caption.FILE: arrival.name,
                Caption.UNIT: units.get(folder_of(arrival.name)),
                Caption.OUTCOME: OUTCOMES.get(arrival.outcome or "", arrival.outcome or PENDING),
                Caption.WHY: arrival.note,
                Caption.RECEIVED_AT: local_time(arrival.received_at),
                Caption.OUTPUT: links.to(arrival.output, OPEN),
            }


def details_of(facts: Facts, submission: Submission, titles: Mapping[str, str]) -> Iterator[Row]:
    """Return a row for each scored row of one submission."""
    scores, data = facts.scores[submission.id], facts.data.get(submission.id, {})
    return _detail_rows(submission, scores, data, titles)


def problems_of(
    facts: Facts, submission: Submission, links: Links, titles: Mapping[str, str]
) -> Iterator[Row]:
    """Return a row for each problem of one submission."""
    for problem in facts.problems[submission.id]:
        yield _problem_row(submission, problem, links, titles)

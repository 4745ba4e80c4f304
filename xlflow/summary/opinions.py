"""The sheet 审核意见: what an officer found on a form, beside what the unit claims."""

from collections import defaultdict
from collections.abc import Iterator

import pandas as pd

from xlflow.ledger import Decision, DecisionKind, Submission
from xlflow.summary import captions
from xlflow.summary.basis import Basis
from xlflow.summary.captions import OPEN, OUTCOMES, Caption
from xlflow.summary.frames import difference, number_or_text
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book
from xlflow.summary.words import colour_outcomes
from xlflow.sums import exercise_of

_COLUMNS = (
    Column(Caption.UNIT_CODE, Kind.TEXT, 10, 14),
    Column(Caption.UNIT, Kind.TEXT, 18, 32),
    Column(Caption.PROJECT, Kind.TEXT, 6, 24),
    Column(Caption.EXERCISE, Kind.TEXT, 18, 32),
    Column(Caption.OUTCOME, Kind.MIDDLE, 8),
    Column(Caption.CLAIMED, Kind.POINTS, 10),
    Column(Caption.COMPUTED, Kind.POINTS, 10),
    Column(Caption.CHECKED_SCORE, Kind.POINTS, 10),
    Column(Caption.CHECKED_DIFFERENCE, Kind.POINTS, 10),
    Column(Caption.OPINION, Kind.TEXT, 24, 60),
    Column(Caption.WAIVED, Kind.COUNT, 10),
    Column(Caption.WHO, Kind.MIDDLE, 10),
    Column(Caption.WHEN, Kind.MIDDLE, 12),
    Column(Caption.OUTPUT, Kind.LINK, 9, on_paper=False),
)
_FOUND = frozenset({DecisionKind.CHECKED_SCORE, DecisionKind.OPINION, DecisionKind.WAIVER})


def opinions_frame(basis: Basis) -> pd.DataFrame:
    """Return a row for each submission that counts and on which an officer found something."""
    found: dict[str | None, list[Decision]] = defaultdict(list)
    for each in basis.facts.decisions:
        if each.applied and each.kind in _FOUND:
            found[each.key].append(each)
    return pd.DataFrame(list(_rows(basis, found)), dtype=object)


def write_opinions(book: Book, frame: pd.DataFrame) -> None:
    """Write the sheet."""
    sheet = book.sheet(captions.OPINIONS)
    free = sheet.table(0, _COLUMNS, frame)
    colour_outcomes(sheet, _COLUMNS, range(1, free))
    sheet.worksheet.freeze_panes(1, 3)
    sheet.worksheet.repeat_rows(0)
    sheet.print_columns(_COLUMNS, free - 1)


def _rows(basis: Basis, found: dict[str | None, list[Decision]]) -> Iterator[dict[Caption, object]]:
    scores = basis.facts.last_decided(DecisionKind.CHECKED_SCORE)
    opinions = basis.facts.last_decided(DecisionKind.OPINION)
    for each in basis.current:
        if each.key and each.key in found:
            checked = number_or_text(scores.get(each.key))
            yield {
                **_of_form(basis, each),
                Caption.CHECKED_SCORE: checked,
                Caption.CHECKED_DIFFERENCE: difference(checked, each.claimed_total),
                Caption.OPINION: opinions.get(each.key),
                Caption.WAIVED: sum(
                    decision.kind is DecisionKind.WAIVER for decision in found[each.key]
                ),
                Caption.WHO: found[each.key][-1].who,
                Caption.WHEN: found[each.key][-1].decided_on,
            }


def _of_form(basis: Basis, each: Submission) -> dict[Caption, object]:
    return {
        Caption.UNIT_CODE: each.unit_code,
        Caption.UNIT: each.unit,
        Caption.PROJECT: each.project,
        Caption.EXERCISE: basis.name_of(exercise_of(each)),
        Caption.OUTCOME: OUTCOMES[each.outcome],
        Caption.CLAIMED: each.claimed_total,
        Caption.COMPUTED: each.total,
        Caption.OUTPUT: basis.links.to(each.output, OPEN),
    }

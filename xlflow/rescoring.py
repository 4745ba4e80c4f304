"""Scoring again what was scored before: after a profile changed, from the kept originals.

The new judgement takes the place of the old one, which the ledger keeps with the hash of its
profile. Versions, waivers and whose a form is stay; what was decided holds.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from xlflow.config import Workspace
from xlflow.intake import hold, original_path, recover
from xlflow.judging import Answer, judge_originals, rules_of
from xlflow.ledger import Entry, Ledger, Submission, scores_of_entry
from xlflow.outbox import clear_stale
from xlflow.pipeline import open_ledger
from xlflow.publishing import publish_book
from xlflow.scoring import Score, to_cents
from xlflow.settling import as_assigned, background_of, contexts_now, in_context, is_of, put_again


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is other than before in a submission.

    `what` is `computed` or `light` of a row, named by `field` and `name`, or, of the whole form
    (`field` is None), `total`, `grade`, `light`, `outcome` or `profile`.
    """

    submission: Submission
    what: str
    before: str | None
    after: str | None
    field: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Rescored:
    """What came of scoring again: how many forms, what is other, and what could not be judged.

    `lost` are the files whose original is gone, or on which other forms are found today.
    """

    forms: int
    changes: tuple[Change, ...]
    lost: tuple[str, ...]


def rescore(
    workspace: Workspace,
    *,
    profile: str = "",
    dry_run: bool = False,
    executor: Executor | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Rescored:
    """Return what is other now that all submissions that count were judged by today's rules.

    They are recorded and published, and the summary is written anew; a form that is judged as
    before is left alone. `profile` goes before those of the workspace and the roster; with
    `dry_run` nothing is written. Stopped at any moment and started again, it ends as if it had
    not been stopped.
    """
    changes: list[Change] = []
    lost: list[str] = []
    forms = 0
    with hold(workspace), open_ledger(workspace) as ledger:
        rules = rules_of(workspace, ledger)
        rules = replace(rules, profile=profile or rules.profile)
        rules.verify()
        if not dry_run:
            recover(workspace)
        background = background_of(workspace, ledger)
        of_arrival = _counting(ledger)
        originals = [
            (each, (original_path(workspace, each.sha256), each.name))
            for each in ledger.arrivals()
            if each.id in of_arrival
        ]
        for batch in judge_originals(originals, rules, executor):
            with ledger.together():
                for arrival, alone in batch:
                    submissions = of_arrival[arrival.id]
                    if alone is None or not is_of(alone, submissions):
                        lost.append(arrival.name)
                        continue
                    contexts = contexts_now(background, submissions)
                    if profile:
                        contexts = {k: replace(c, profile="") for k, c in contexts.items()}
                    again = in_context(workspace, arrival, alone, contexts, rules)
                    answer = as_assigned(again, submissions)
                    forms += sum(each.current for each in submissions)
                    changes += _changes(ledger, submissions, answer)
                    if not dry_run and not _is_the_same(ledger, submissions, answer):
                        put_again(workspace, ledger, arrival, answer, clock())
        if not dry_run:
            clear_stale(workspace, ledger)
            publish_book(workspace, ledger, clock())
    return Rescored(forms, tuple(changes), tuple(lost))


def _counting(ledger: Ledger) -> dict[int, tuple[Submission, ...]]:
    """Return by arrival the submissions that count, with those in the same workbook."""
    read = [each for each in ledger.submissions() if each.version is not None]
    counting = {each.arrival_id for each in read if each.current}
    found: dict[int, tuple[Submission, ...]] = {}
    for each in read:
        if each.arrival_id in counting:
            found[each.arrival_id] = (*found.get(each.arrival_id, ()), each)
    return found


def _is_the_same(ledger: Ledger, submissions: tuple[Submission, ...], answer: Answer) -> bool:
    pairs = list(zip(submissions, answer.entries, strict=True))
    return ledger.are_judged_so(pairs, profile_texts=answer.profile_texts)


def _changes(
    ledger: Ledger, submissions: tuple[Submission, ...], answer: Answer
) -> Iterator[Change]:
    rows = ledger.scores_of(submissions)
    for submission, entry in zip(submissions, answer.entries, strict=True):
        if submission.current:
            yield from _changes_of(submission, rows[submission.id], entry)


def _changes_of(
    submission: Submission, before: tuple[Score, ...], entry: Entry
) -> Iterator[Change]:
    """Yield what is other in a form: the whole first, then its rows in their order."""
    result = entry.result
    whole = {
        "profile": (submission.profile, result.profile),
        "outcome": (submission.outcome.value, result.outcome.value),
        "total": (_cents(submission.total), _cents(result.scores.total)),
        "grade": (submission.grade, result.scores.grade),
        "light": (submission.light, result.scores.light),
    }
    for what, (was, now) in whole.items():
        if was != now:
            yield Change(submission, what, was, now)
    earlier: Mapping[str, Score] = {row.field: row for row in before}
    for row in scores_of_entry(entry):
        old = earlier.get(row.field)
        pairs = {
            "computed": (_cents(old.computed) if old else None, _cents(row.computed)),
            "light": (old.light if old else None, row.light),
        }
        for what, (was, now) in pairs.items():
            if was != now:
                yield Change(submission, what, was, now, row.field, row.name)


def _cents(number: Decimal | None) -> str | None:
    return None if number is None else str(to_cents(number))

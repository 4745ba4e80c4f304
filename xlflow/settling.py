"""What becomes of an answer: put right by what was known and decided, recorded, published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from xlflow import files
from xlflow.background import Background
from xlflow.config import DECISIONS_FOLDER, Workspace
from xlflow.forms import Document, all_forms, load_form
from xlflow.judging import (
    NO_CONTEXTS,
    Answer,
    Contexts,
    Judged,
    Rules,
    answer_to,
    judge_original,
    judge_package,
    refused,
    rules_of,
)
from xlflow.marking import mark
from xlflow.messages import text
from xlflow.ooxml import Workbook
from xlflow.outbox import put_answer, put_attachment, put_decisions
from xlflow.problems import refusal
from xlflow.review import Case, Context, Known, Outcome, Result, contradictions, worst_outcome

if TYPE_CHECKING:  # SQLAlchemy takes its time; to score one file there is no ledger
    from xlflow.ledger import Arrival, Assigned, Entry, Ledger, Submission


@dataclass(frozen=True, slots=True)
class Processed:
    """What became of one arrival.

    Its results come without their documents and scored rows: thousands of them in memory would
    slow everything down, and the ledger has them.
    """

    file: str
    sha256: str
    outcome: Outcome
    output: str | None
    problems: int
    results: tuple[Result, ...] = ()


def settle(
    workspace: Workspace,
    background: Background,
    rules: Rules,
    arrival: "Arrival",
    answer: Answer | None,
    *,
    now: datetime,
) -> Processed:
    """Record an answer, publish what belongs in the outbox, and finish the arrival."""
    ledger = background.ledger
    if answer is None and (first := ledger.first_with(arrival.sha256, arrival)):
        key = "walk.duplicate" if first.sha256 == arrival.sha256 else "walk.own_copy"
        same_as = text(key, name=first.name).zh
        ledger.finish(arrival, Outcome.DUPLICATE, same_as)
        return Processed(arrival.name, arrival.sha256, Outcome.DUPLICATE, None, 0)
    if answer is None:  # the other one could not be read after all
        answer = _judged_again(workspace, arrival, NO_CONTEXTS, rules)
    if answer.decides and _is_from_officer(arrival):
        return _settle_decisions(workspace, ledger, arrival, answer, now)
    answer = _as_decided(workspace, background, rules, arrival, answer)
    results = answer.results
    if not results:
        output = put_attachment(workspace, arrival)
        ledger.finish(arrival, Outcome.ATTACHMENT, text("walk.attachment").zh, output)
        return Processed(arrival.name, arrival.sha256, Outcome.ATTACHMENT, output, 0)
    outcome = worst_outcome(results)
    unreadable = outcome is Outcome.QUARANTINED
    note = results[0].problems[0].message if unreadable else None
    # One transaction: the file is published before it is committed that it was. A crash in
    # between leaves nothing recorded, and the next start publishes the same file once more.
    with ledger.together():
        submissions = ledger.record(
            arrival,
            answer.entries,
            recorded_at=now.isoformat(timespec="seconds"),
            profile_texts=answer.profile_texts,
        )
        output = put_answer(
            workspace, arrival, answer.results, answer.marked, submissions[0].version
        )
        _note_answer(ledger, arrival, answer)
        for submission in submissions:
            ledger.published(submission, output)
        ledger.finish(arrival, outcome, note)
    problems = sum(len(result.problems) for result in results)
    return Processed(arrival.name, arrival.sha256, outcome, output, problems, results)


def publish_again(
    workspace: Workspace, ledger: "Ledger", arrival: "Arrival", *, now: datetime
) -> bool:
    """Judge and publish an original anew as it was decided since; return whether that could be."""
    submissions = ledger.submissions_of(arrival)
    contexts = contexts_now(background_of(workspace, ledger), submissions)
    answer = _judged_again(workspace, arrival, contexts, rules_of(workspace, ledger))
    if not is_of(answer, submissions):
        return False
    put_again(workspace, ledger, arrival, as_assigned(answer, submissions), now)
    return True


def put_again(
    workspace: Workspace, ledger: "Ledger", arrival: "Arrival", answer: Answer, now: datetime
) -> None:
    """Put another judgement on an arrival in the place of the recorded one, with its answer."""
    submissions = ledger.submissions_of(arrival)
    ledger.rejudged(
        list(zip(submissions, answer.entries, strict=True)),
        at=now.isoformat(timespec="seconds"),
        profile_texts=answer.profile_texts,
    )
    output = put_answer(workspace, arrival, answer.results, answer.marked, submissions[0].version)
    _note_answer(ledger, arrival, answer)
    for submission in submissions:
        ledger.published(submission, output)
    ledger.finish(arrival, worst_outcome(answer.results))


def judge_in_workspace(package: bytes, name: str, workspace: Workspace, ledger: "Ledger") -> Judged:
    """Return what `run` would make of a workbook in a workspace now; nothing is kept or recorded.

    Raises FileRefused as `judge_package` does, and for a 处理单 (F20), which nobody scores.
    """
    rules = rules_of(workspace)
    judged = judge_package(package, name, rules)
    if judged.decides:
        raise refusal("F20", name=name, folder=DECISIONS_FOLDER)
    answer = answer_to(judged)
    background = background_of(workspace, ledger)
    contexts = _contexts_of(background, answer, decided=ledger.has_decisions())
    matter = _that_matter(answer, contexts, rules)
    return judge_package(package, name, rules, contexts=matter) if matter else judged


def in_context(
    workspace: Workspace, arrival: "Arrival", answer: Answer, contexts: Contexts, rules: Rules
) -> Answer:
    """Return an answer as it is with what bears on its forms; judged again only where it matters.

    Units that an officer gave are lost where it is.
    """
    matter = _that_matter(answer, contexts, rules)
    return _judged_again(workspace, arrival, matter, rules) if matter else answer


def contexts_now(background: Background, submissions: "Iterable[Submission]") -> dict[str, Context]:
    """Return what bears on submissions as they stand in the ledger, by sheet."""
    return {
        each.sheet: Context(
            background.ledger.waivers_for(each.key, each.id),
            background.of(each, assigned=each.assigned_from is not None, before=each.id),
            background.profile_of(each),
        )
        for each in submissions
        if each.sheet
    }


def is_of(answer: Answer, submissions: "Sequence[Submission]") -> bool:
    """Return whether an answer is one to these submissions."""
    return [each.sheet for each in answer.results] == [each.sheet for each in submissions]


def as_assigned(answer: Answer, submissions: "Sequence[Submission]") -> Answer:
    """Return an answer with the units that an officer gave its submissions."""
    from xlflow.ledger import Assigned

    units = [
        None if each.assigned_from is None else Assigned(each.unit or "", each.unit_code)
        for each in submissions
    ]
    return _with_units(answer, units)


def background_of(workspace: Workspace, ledger: "Ledger") -> Background:
    """Return where one looks up what was known of a form."""
    return Background(
        ledger, all_forms(workspace.root), ledger.exercises(), ledger.profiles_named()
    )


def _settle_decisions(
    workspace: Workspace, ledger: "Ledger", arrival: "Arrival", answer: Answer, now: datetime
) -> Processed:
    """Carry out a 处理单, publish anew what it touched, and answer it line by line."""
    from xlflow.decisions import carry_out

    forms = {form.name: form for form in all_forms(workspace.root)}
    titles = {form.name: form.title for form in forms.values()}
    rules = rules_of(workspace, ledger)
    with ledger.together():
        again = partial(publish_again, workspace, ledger, now=now)
        ruling = carry_out(ledger, arrival, answer.entries, titles, again)
        profiles = [rules.profile_for(forms[str(result.form)]) for result in ruling.results]
        workbook = Workbook.from_bytes(answer.marked or b"", arrival.name)
        marked = mark(workbook, ruling.results, profiles)
        outcome = worst_outcome(ruling.results)
        output = put_decisions(workspace, arrival, marked, ruling.stem)
        ledger.finish(arrival, outcome, ruling.note)
    problems = sum(len(result.problems) for result in ruling.results)
    return Processed(arrival.name, arrival.sha256, outcome, output, problems, ruling.results)


def _note_answer(ledger: "Ledger", arrival: "Arrival", answer: Answer) -> None:
    if answer.marked is not None:  # should it come back unchanged, it is known
        ledger.answered(arrival, files.sha256_of(answer.marked))


def _is_from_officer(arrival: "Arrival") -> bool:
    """Return whether a file lay where officers alone put one, not among what departments send.

    What came in an archive did not lie there: whoever packed it chose its folder.
    """
    return arrival.archive_id is None and PurePosixPath(arrival.name).parts[:-1][:1] == (
        DECISIONS_FOLDER,
    )


def _as_decided(
    workspace: Workspace,
    background: Background,
    rules: Rules,
    arrival: "Arrival",
    answer: Answer,
) -> Answer:
    """Return an answer as what came before has it.

    Whose the forms are and what may pass was decided; the roster and accepted forms are known.
    """
    if answer.decides:
        error = refusal("F20", name=arrival.name, folder=DECISIONS_FOLDER)
        return answer_to(Judged((refused(error, arrival.name),)))
    ledger = background.ledger
    decided = ledger.has_decisions()
    units = [
        ledger.assigned(arrival.name, result.unit) if decided else None for result in answer.results
    ]
    answer = _with_units(answer, units)
    contexts = _contexts_of(background, answer, decided=decided)
    again = in_context(workspace, arrival, answer, contexts, rules)
    if again is answer or len(again.entries) != len(units):
        return again
    return _with_units(again, units)


def _contexts_of(background: Background, answer: Answer, *, decided: bool) -> dict[str, Context]:
    """Return what bears on the forms of an answer that is about to be recorded, by sheet."""
    ledger = background.ledger
    return {
        result.sheet: Context(
            ledger.waivers_for(ledger.place_key(result)) if decided else (),
            background.of(result, assigned=entry.assigned_from is not None),
            background.profile_of(result),
        )
        for entry in answer.entries
        if (result := entry.result).sheet
    }


def _that_matter(answer: Answer, contexts: Contexts, rules: Rules) -> Contexts:
    """Return the contexts that make another judgement of an answer's forms."""
    return {
        sheet: context
        for entry in answer.entries
        if (sheet := entry.result.sheet or "") in contexts
        and (
            (context := contexts[sheet]).waivers
            or context.profile not in ("", entry.result.profile)
            or _is_contradicted(entry, context.known, rules)
        )
    }


def _is_contradicted(entry: "Entry", known: Known, rules: Rules) -> bool:
    from xlflow.ledger import data_of_entry

    result = entry.result
    if not known or result.form is None:
        return False
    if known.promises or known.last_year:
        data = data_of_entry(entry)
    else:  # who it is from needs no reading of the whole form
        data = {"unit": result.unit, "unit_code": result.unit_code}
    form = load_form(result.form, rules.workspace)
    document = Document(form.name, result.sheet or "", data, {})
    case = Case(form, document, rules.profile_for(form), result.scores)
    return any(True for _ in contradictions(case, known))


def _judged_again(
    workspace: Workspace, arrival: "Arrival", contexts: Contexts, rules: Rules
) -> Answer:
    from xlflow.intake import original_path

    path = original_path(workspace, arrival.sha256)
    return answer_to(judge_original(path, arrival.name, rules, contexts))


def _with_units(answer: Answer, units: Iterable["Assigned | None"]) -> Answer:
    """Return an answer with the units that an officer gave its forms."""
    pairs = zip(answer.entries, units, strict=True)
    return replace(
        answer, entries=tuple(entry.of_unit(unit) if unit else entry for entry, unit in pairs)
    )

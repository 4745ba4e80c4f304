"""Carrying out a 处理单, line by line, and answering each line."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from xlflow import files
from xlflow.decisions.kinds import CARRIERS, Answer, Done
from xlflow.decisions.lines import TABLES, Line, lines_of
from xlflow.decisions.targets import Known
from xlflow.forms.document import Document
from xlflow.ledger import (
    Arrival,
    Decision,
    DecisionKind,
    Entry,
    Ledger,
    document_of,
)
from xlflow.ledger.clock import local_time
from xlflow.messages import text
from xlflow.problems import Place, Problem, Severity, describe, problem
from xlflow.review import Result, in_order, outcome_of
from xlflow.values import parse_target

_CARRIED_OUT = "D10"
_EVERY_LINE = ""
_NO_ARRIVAL = 0
_ON_PROBLEMS = (DecisionKind.WAIVER, DecisionKind.REVOCATION)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of a workbook with decisions.

    `results` are as read, with the answer to each line among their problems; `note` says how
    many lines took effect; `stem` names the answer.
    """

    results: tuple[Result, ...]
    note: str
    stem: str


@dataclass(frozen=True, slots=True)
class _Unread:
    """A line that was found wrong while it was read; that has been told."""

    problem: Problem


def carry_out(
    ledger: Ledger,
    arrival: Arrival,
    entries: Sequence[Entry],
    titles: Mapping[str, str],
    publish_again: Callable[[Arrival], bool],
) -> Ruling:
    """Return what became of the decisions in an arrival; they are in the ledger then.

    `titles` gives the printed title of a form; `publish_again` judges and publishes an arrival
    anew and tells whether that could be done.
    """
    settled = [list(_settled_lines(ledger, arrival, entry, titles)) for entry in entries]
    touched = {
        number
        for lines in settled
        for _, answer in lines
        if isinstance(answer, Done)
        for number in answer.touched
    }
    lost = {}
    for other in ledger.arrivals_with(touched):
        if not publish_again(other):
            why = describe("D08", file=other.name).zh
            ledger.retract(arrival, ledger.submissions_of(other), why)
            lost[other.id] = other.name
    told = [[problem for each in lines for problem in _told(*each, lost)] for lines in settled]
    results = tuple(map(_answered, entries, told))
    applied = sum(found.code == _CARRIED_OUT for answers in told for found in answers)
    left = sum(map(len, settled)) - applied
    note = text("decisions.settled", applied=applied, left=left).zh
    return Ruling(results, note, _stem(arrival, entries[0], titles))


def rehearse(ledger: Ledger, document: Document, titles: Mapping[str, str]) -> Answer:
    """Return what would become of the first waiver or revocation in a document; nothing is done."""
    line = next(line for kind in _ON_PROBLEMS for line in lines_of(document, kind))
    base = _as_written(line, _NO_ARRIVAL, document.text("/filled_by"), "")
    return CARRIERS[line.kind](Known(ledger, titles), line, base)


def _settled_lines(
    ledger: Ledger, arrival: Arrival, entry: Entry, titles: Mapping[str, str]
) -> Iterator[tuple[Line, Answer | _Unread]]:
    """Yield each line of a form with its answer, recorded.

    A line with an error is not carried out, and none is while it is not said who decides.
    """
    document = document_of(entry)
    if document is None:
        return
    wrong = _errors_by_line(entry.result.problems)
    who, when = document.text("/filled_by"), _date_of(document, arrival)
    for kind, carrier in CARRIERS.items():
        if not (lines := lines_of(document, kind)):
            continue
        above = (TABLES[kind], _EVERY_LINE)
        known = Known(ledger, titles)  # anew: an assignment changes whose a form is
        for line in lines:
            base = _as_written(line, arrival.id, who, when)
            if unread := next(filter(None, map(wrong.get, (line.pointer, *above))), None):
                ledger.decide([replace(base, applied=False, why=unread.message)])
                yield line, _Unread(unread)
                continue
            answer = carrier(known, line, base)
            if isinstance(answer, Problem):
                ledger.decide([replace(base, applied=False, why=answer.message)])
            else:
                ledger.decide(answer.decisions)
            yield line, answer


def _told(line: Line, answer: Answer | _Unread, lost: Mapping[int, str]) -> tuple[Problem, ...]:
    """Return what is told of a line; `lost` are the files that could not be judged anew."""
    if isinstance(answer, _Unread):
        return ()
    if isinstance(answer, Problem):
        return (answer,)
    judged = answer.touched if line.kind in _ON_PROBLEMS else frozenset()
    if gone := [lost[number] for number in judged if number in lost]:
        return (problem("D08", line.about, file=gone[0]),)
    return (problem("D10", line.about, what=answer.what.zh, what_en=answer.what.en),)


def _answered(entry: Entry, told: Sequence[Problem]) -> Result:
    """Return a form with the answers to its lines, and the outcome that follows from them."""
    result = entry.result
    nothing = [] if told or result.errors else [problem("D09", Place(None, result.sheet))]
    problems = in_order((*result.problems, *told, *nothing))
    return replace(result, problems=problems, outcome=outcome_of(problems))


def _stem(arrival: Arrival, entry: Entry, titles: Mapping[str, str]) -> str:
    """Return the file name, without suffix, of the answer: the form, who decided, and when."""
    title, document = titles.get(entry.result.form or ""), document_of(entry)
    if document is None:
        return files.safe_stem(title)
    return files.safe_stem(title, document.text("/filled_by"), _date_of(document, arrival))


def _errors_by_line(problems: Iterable[Problem]) -> dict[str, Problem]:
    """Return the first error of each row, by its pointer.

    One of a table or of a column holds for every row of the table, and stands by the pointer of
    that; one of the heading holds for every line.
    """
    errors: dict[str, Problem] = {}
    tables = frozenset(TABLES.values())
    for found in problems:
        if found.severity is Severity.ERROR:
            _, table, row, *_ = [*(found.field or "").split("/"), "", "", ""]
            if f"/{table}" not in tables:
                errors.setdefault(_EVERY_LINE, found)
            else:
                errors.setdefault(f"/{table}/{row}" if row.isdecimal() else f"/{table}", found)
    return errors


def _date_of(document: Document, arrival: Arrival) -> str:
    """Return the day of the decisions: as written, else the day the file came."""
    written = document.text("/filled_on")
    if written is None:
        return local_time(arrival.received_at).date().isoformat()
    day = parse_target(written).date
    return day.isoformat() if day else written.strip()


def _as_written(line: Line, arrival_id: int, who: str | None, when: str) -> Decision:
    place = line.about
    return Decision(
        arrival_id=arrival_id,
        kind=line.kind,
        sheet=line.document.sheet,
        at=place.cell or "",
        who=who,
        decided_on=when,
        form=line.text("form"),
        year=line.year,
        round=line.text("round"),
        unit=line.text("unit") or line.text("assigned_unit"),
        unit_code=line.text("assigned_code"),
        project=line.text("project"),
        file=line.text("file"),
        written_unit=line.text("written_unit"),
        code=(line.text("code") or "").upper() or None,
        cell=(line.text("cell") or "").upper().replace("$", "") or None,
        reason=line.text("reason"),
    )

"""One decision of each kind: finding what its line means, and doing it.

A line that may mean two things is not carried out: nothing is guessed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from xlflow.decisions.lines import Line
from xlflow.decisions.targets import Known, Target
from xlflow.ledger import Decision, DecisionKind, RosterLine, Submission
from xlflow.ledger.identity import normalised
from xlflow.messages import Text, text
from xlflow.problems import Problem, problem
from xlflow.values import parse_target

_MOST_NAMED = 5
_TWO_SHEETS = "R06"  # whatever may pass, it stays open which of the two counts
_UNREAD = "F"  # codes of files that could not be read: there is nothing that could pass


@dataclass(frozen=True, slots=True)
class Done:
    """A line that was carried out: what is recorded and said of it, and what it touched.

    `touched` are arrivals, by id, whose forms are to be judged and published anew.
    """

    decisions: tuple[Decision, ...]
    what: Text
    touched: frozenset[int] = frozenset()


Answer = Done | Problem
Carrier = Callable[[Known, Line, Decision], Answer]


# -- whom a line is about ------------------------------------------------------------------------


def _one_target(known: Known, line: Line) -> Target | Problem:
    found = known.meant(line)
    if len(found) == 1:
        return found[0]
    unit = line.text("unit") or ""
    if not found:
        return problem("D01", line.about, unit=unit)
    coded = len({each.who.unit_code for each in found}) > 1
    which = "、".join(_called(known, each, coded=coded) for each in found[:_MOST_NAMED])
    return problem("D02", line.about, unit=unit, count=len(found), which=which)


def _called(known: Known, target: Target, *, coded: bool = False) -> str:
    who = target.who
    code = who.unit_code if coded else None
    parts = (code, who.project, who.year, who.round, known.title(who.form))
    return " ".join(str(part) for part in parts if part)


def _submitted(known: Known, line: Line) -> tuple[Target, Submission] | Problem:
    """Return what a line is about and the version that counts; a problem when nothing came."""
    target = _one_target(known, line)
    if isinstance(target, Problem):
        return target
    if target.submission is None:
        return problem("D04", line.about, unit=target.unit)
    return target, target.submission


def _upon(base: Decision, target: Target, submission: Submission | None = None) -> Decision:
    """Return a decision with whom and what it is upon."""
    who = target.who
    return replace(
        base,
        form=who.form,
        year=who.year,
        round=who.round,
        unit=who.unit,
        unit_code=who.unit_code,
        project=who.project,
        key=target.key,
        submission_id=submission.id if submission else None,
    )


# -- one kind of decision each -------------------------------------------------------------------


def _waiver(known: Known, line: Line, base: Decision) -> Answer:
    """Let a problem pass, for the value at its cell; without a cell all of that code."""
    if base.code == _TWO_SHEETS:
        return problem("D13", line.place("code"), asked=base.code)
    if (base.code or "").startswith(_UNREAD):
        return problem("D15", line.place("code"), asked=base.code)
    found = _submitted(known, line)
    if isinstance(found, Problem):
        return found
    target, submission = found
    named = [
        each
        for each in known.ledger.problems_of([submission])[submission.id]
        if each.code == base.code and base.cell in (None, each.cell)
    ]
    if not named:
        return problem(
            "D03",
            line.place("cell" if base.cell else "code"),
            unit=target.unit,
            version=submission.version,
            asked=" ".join(filter(None, (base.code, base.cell))),
        )
    in_force = known.ledger.waivers_for(target.key, submission.id)
    passing = [next((w for w in in_force if w.lets_pass(each)), None) for each in named]
    new = [each for each, waiver in zip(named, passing, strict=True) if waiver is None]
    if not new:
        waiver = next(filter(None, passing))
        return problem("D14", line.place("code"), asked=base.code, who=waiver.who, when=waiver.when)
    cells = "、".join(dict.fromkeys(each.cell for each in new if each.cell))
    what = text("decisions.waiver", unit=target.unit, code=base.code, cell=cells)
    upon = _upon(base, target, submission)
    return Done(
        tuple(
            replace(upon, cell=each.cell, value=each.value, sentence=each.message) for each in new
        ),
        what,
        frozenset({submission.arrival_id}),
    )


def _revocation(known: Known, line: Line, base: Decision) -> Answer:
    """Let a problem pass no longer; without a cell all of that code."""
    found = _submitted(known, line)
    if isinstance(found, Problem):
        return found
    target, submission = found
    revoked = dict.fromkeys(
        (each.cell, each.value)
        for each in known.ledger.waivers_for(target.key)
        if each.code == base.code and base.cell in (None, each.cell)
    )
    if not revoked:
        return problem(
            "D16",
            line.place("cell" if base.cell else "code"),
            unit=target.unit,
            asked=" ".join(filter(None, (base.code, base.cell))),
        )
    cells = "、".join(dict.fromkeys(cell for cell, _ in revoked if cell))
    what = text("decisions.revocation", unit=target.unit, code=base.code, cell=cells)
    upon = _upon(base, target, submission)
    return Done(
        tuple(replace(upon, cell=cell, value=value) for cell, value in revoked),
        what,
        frozenset({submission.arrival_id}),
    )


def _checked_score(known: Known, line: Line, base: Decision) -> Answer:
    found = _submitted(known, line)
    if isinstance(found, Problem):
        return found
    value = f"{line.number('score'):f}"
    what = text("decisions.checked_score", unit=found[0].unit, value=value)
    return Done((replace(_upon(base, *found), value=value),), what)


def _opinion(known: Known, line: Line, base: Decision) -> Answer:
    found = _submitted(known, line)
    if isinstance(found, Problem):
        return found
    value = line.document.text(f"{line.pointer}/opinion")
    what = text("decisions.opinion", unit=found[0].unit)
    return Done((replace(_upon(base, *found), value=value),), what)


def _extension(known: Known, line: Line, base: Decision) -> Answer:
    target = _one_target(known, line)
    if isinstance(target, Problem):
        return target
    if target.expected is None:
        return problem("D12", line.about, unit=target.unit)
    written = line.text("deadline") or ""
    read = parse_target(written)
    if read.date is None or read.notes:  # a month alone is no deadline
        return problem("D06", line.place("deadline"), written=written)
    day, old = read.date.isoformat(), target.expected.deadline
    known.ledger.extend(target.expected, day)
    target.line = replace(target.expected, deadline=day)
    what = text("decisions.extension", unit=target.unit, value=day, replaced=old or "—")
    return Done((replace(_upon(base, target), value=day, replaced=old),), what)


def _withdrawal(known: Known, line: Line, base: Decision) -> Answer:
    """Expect a line of the roster no longer; what came for it stays."""
    target = _one_target(known, line)
    if isinstance(target, Problem):
        return target
    if target.line is None:
        return problem("D17", line.about, unit=target.unit)
    if target.line.withdrawn:
        return problem("D18", line.about, unit=target.unit)
    known.ledger.withdraw(target.line)
    target.line = replace(target.line, withdrawn=True)
    what = text("decisions.withdrawal", unit=target.unit, which=_called(known, target))
    return Done((_upon(base, target),), what)


def _assignment(known: Known, line: Line, base: Decision) -> Answer:
    """Give forms to their true unit: those of a file, of a written name, or of both."""
    unit = base.unit or ""
    if not (base.file or base.written_unit):
        return problem("D05", line.place("file"))
    if listed := _listed_otherwise(known.roster, unit, base.unit_code):
        place = line.place("assigned_code")
        return problem("D07", place, unit_code=base.unit_code, listed=listed, unit=unit)
    meant = [each for each in known.ledger.submissions() if each.version and _named(base, each)]
    if not meant:
        return _nothing_came(line, base)
    sources = {(each.file, normalised(each.written_unit)) for each in meant}
    if base.file and len(sources) > 1:
        which = "、".join(sorted(f"{file} {name}".strip() for file, name in sources)[:_MOST_NAMED])
        return problem("D02", line.place("file"), unit=base.file, count=len(sources), which=which)
    code = base.unit_code or _listed_code(known.roster, unit)
    changed = known.ledger.assign(meant, unit, code)
    decision = replace(
        base,
        unit_code=code,
        file=meant[0].file if base.file else None,
        written_unit=meant[0].written_unit,
    )
    return Done(
        (decision,),
        text("decisions.assignment", unit=unit, count=len(meant)),
        frozenset(each.arrival_id for each in changed),
    )


def _listed_otherwise(roster: Sequence[RosterLine], unit: str, unit_code: str | None) -> str | None:
    """Return the name that the roster has for a code, when it is another one."""
    if not unit_code:
        return None
    names = {
        line.unit or "" for line in roster if normalised(line.unit_code) == normalised(unit_code)
    }
    known = {normalised(name) for name in names}
    return None if not names or normalised(unit) in known else "、".join(sorted(names))


def _listed_code(roster: Sequence[RosterLine], unit: str) -> str | None:
    """Return the code that the roster has for a name, None when it has none or several.

    Lines that were withdrawn count only where there are no others.
    """
    named = [line for line in roster if normalised(line.unit) == normalised(unit)]
    named = [line for line in named if not line.withdrawn] or named
    codes = {line.unit_code for line in named}
    return codes.pop() if len(codes) == 1 else None


def _named(base: Decision, submission: Submission) -> bool:
    """Return whether an assignment names the file of a submission, its unit as written, or both."""
    files = {normalised(submission.file), normalised(PurePosixPath(submission.file).name)}
    by_file = base.file is None or normalised(base.file) in files
    by_unit = base.written_unit is None or (
        normalised(base.written_unit) == normalised(submission.written_unit)
    )
    return by_file and by_unit


def _nothing_came(line: Line, base: Decision) -> Problem:
    parts = []
    if base.file:
        parts.append(text("decisions.from_file", file=base.file))
    if base.written_unit:
        parts.append(text("decisions.naming", unit=base.written_unit))
    what, what_en = "、".join(part.zh for part in parts), " ".join(part.en for part in parts)
    place = line.place("file" if base.file else "written_unit")
    return problem("D11", place, what=what, what_en=what_en)


# In the order in which they take effect.
CARRIERS: dict[DecisionKind, Carrier] = {
    DecisionKind.ASSIGNMENT: _assignment,
    DecisionKind.EXTENSION: _extension,
    DecisionKind.WITHDRAWAL: _withdrawal,
    DecisionKind.REVOCATION: _revocation,
    DecisionKind.WAIVER: _waiver,
    DecisionKind.CHECKED_SCORE: _checked_score,
    DecisionKind.OPINION: _opinion,
}

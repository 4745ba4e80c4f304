"""A problem let pass, or no longer, from the command line: by a 处理单 of one line.

It goes the way of every 处理单: the line is written into the form, kept as an original, carried
out and answered. What would not be carried out is told before anything is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from xlflow import files
from xlflow.config import DECISIONS_FOLDER, Workspace
from xlflow.decisions import Done, rehearse
from xlflow.errors import EnvironmentFailed, UsageError
from xlflow.forms import Document, all_forms, load_form
from xlflow.intake import hold, recover, scan
from xlflow.issuing import fill, template_of
from xlflow.judging import judge_package, rules_of
from xlflow.ledger.clock import local_time
from xlflow.messages import Text, text
from xlflow.pipeline import open_ledger, process
from xlflow.problems import Problem, Severity
from xlflow.publishing import publish_book
from xlflow.review import Outcome
from xlflow.settling import Processed

_FORM = "officer_decisions"
_NAME = "命令行"
_COLUMNS = ("unit", "project", "year", "round", "form", "code", "cell", "reason")


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to let pass, or no longer (`revoke`), with who and why."""

    unit: str
    code: str
    reason: str
    who: str
    cell: str | None = None
    project: str | None = None
    year: int | None = None
    round: str | None = None
    form: str | None = None
    revoke: bool = False


@dataclass(frozen=True, slots=True)
class Waived:
    """What became of it, in a sentence, and how the form stands then.

    `applied` is False where it had been let pass before: nothing was left to do. `output` is the
    answer to the unit's form, `decided_in` that to the 处理单.
    """

    applied: bool
    said: Text
    outcome: Outcome | None = None
    output: str | None = None
    decided_in: str | None = None


def waive(
    workspace: Workspace,
    asked: Asked,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Waived:
    """Return what became of a problem that is to pass, or no longer; the summary is written anew.

    Raises UsageError when the words mean no problem or several forms, WorkspaceBusy when another
    instance holds the workspace, and EnvironmentFailed when the form can not be judged anew.
    """
    when = local_time(clock().isoformat())
    package = _filled(workspace, asked, f"{when:%Y-%m-%d %H:%M:%S}")
    name = f"{DECISIONS_FOLDER}/{_NAME}_{when:%Y%m%d-%H%M%S}.xlsx"
    document = _read(package, name, workspace)
    titles = {form.name: form.title for form in all_forms(workspace.root)}
    with hold(workspace), open_ledger(workspace) as ledger:
        recover(workspace)
        process(workspace, ledger, (), on_progress=None, clock=clock)  # what a crash left
        answer = rehearse(ledger, document, titles)
        if isinstance(answer, Problem):
            if answer.severity is Severity.ERROR:
                raise UsageError(answer.message, answer.message_en)
            publish_book(workspace, ledger, clock())
            return Waived(applied=False, said=Text(answer.message, answer.message_en))
        # From here on it is like any other in the inbox: stopped now, the next run carries it out.
        path = workspace.inbox / name
        if not files.holds(path, files.sha256_of(package)):
            files.write_bytes(path, package)
        ready = [seen for seen in scan(workspace.inbox) if seen.name == name]
        processed = process(workspace, ledger, ready, on_progress=None, clock=clock)
        publish_book(workspace, ledger, clock())
        found = next(each for each in ledger.submissions() if each.id == _upon(answer))
    done = _done(processed, name)
    return Waived(True, answer.what, found.outcome, found.output, done.output)


def _upon(answer: Done) -> int | None:
    return answer.decisions[0].submission_id


def _filled(workspace: Workspace, asked: Asked, when: str) -> bytes:
    """Return a 处理单 with the one line that is asked for.

    Raises UsageError when that of the workspace has no table for it.
    """
    form = load_form(_FORM, workspace.root)
    table = "revocations" if asked.revoke else "waivers"
    if form.root.child(table) is None:
        raise UsageError(*text("waive.no_table", form=form.title))
    words = {key: getattr(asked, key) for key in _COLUMNS}
    line = {key: str(value) for key, value in words.items() if value is not None}
    said = {"filled_by": asked.who, "filled_on": when, table: [line]}
    return fill(template_of(form, workspace.root), form, said)


def _read(package: bytes, name: str, workspace: Workspace) -> Document:
    """Return what the 处理单 says; raises UsageError when a word of it is too long."""
    (result,) = judge_package(package, name, rules_of(workspace), marking=False).results
    wrong = next((each for each in result.problems if each.severity is Severity.ERROR), None)
    if wrong or result.document is None:
        raise UsageError(*text("waive.wrong", why=wrong.message if wrong else name))
    return result.document


def _done(processed: tuple[Processed, ...], name: str) -> Processed:
    """Return what became of the 处理单; raises EnvironmentFailed when it was not carried out."""
    done = next((each for each in processed if each.file == name), None)
    if done is None:
        raise EnvironmentFailed(*text("waive.left", name=name))
    for found in (problem for result in done.results for problem in result.problems):
        if found.severity is Severity.ERROR:
            raise EnvironmentFailed(found.message, found.message_en)
    return done

"""Writing the notices: a letter and a short text each, and one text for everybody."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from xlflow import files
from xlflow.chasing.notices import Notice, Sender, notices_to, text_to_all
from xlflow.chasing.tally import is_of
from xlflow.config import Workspace, find_resource
from xlflow.errors import EnvironmentFailed, UsageError
from xlflow.ledger import Ledger, StandingState
from xlflow.messages import text

NOTICES = "催报"
TO_ALL = "群发文本.txt"
_TEMPLATES = "workbook_templates"
_LETTERS = {
    StandingState.MISSING: "missing_notice.docx",
    StandingState.RETURNED: "returned_notice.docx",
}


@dataclass(frozen=True, slots=True)
class Posted:
    """The notices that were written, and in which folder.

    `removed` are the files that nobody needs any more, `kept` those left as they are because a
    person changed them or has them open.
    """

    notices: tuple[Notice, ...]
    folder: Path
    removed: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def post_reminders(
    ledger: Ledger,
    sender: Sender,
    workspace: Workspace,
    out: Path | None = None,
    units: Sequence[str] = (),
) -> Posted:
    """Return the notices written from what the ledger holds, all or those to `units`.

    Without a folder of its own (`out`) they lie in the outbox, where those of earlier times that
    nobody needs any more go.
    """
    standing = ledger.standing()
    returned = [each for each in standing if each.state is StandingState.RETURNED]
    problems = ledger.problems_of([each.submission for each in returned if each.submission])
    notices = notices_to(standing, problems, sender)
    if units:
        chosen = tuple(n for n in notices if any(is_of(unit, n.about[0]) for unit in units))
        papers = dict(_papers_of(chosen, workspace.root))
    else:
        chosen = notices
        papers = dict(_papers_of(notices, workspace.root))
        papers[TO_ALL] = _text_file(text_to_all(standing, notices, sender))
    if out:
        for name, data in papers.items():
            files.write_bytes(out / name, data)
        return Posted(chosen, out)
    folder = workspace.outbox / NOTICES
    removed, kept = _post(ledger, papers, folder, needed={TO_ALL, *_names_of(notices)})
    return Posted(chosen, folder, removed, kept)


def letters_can_be_written() -> bool:
    """Return whether python-docx is installed; without it there are short texts alone."""
    return find_spec("docx") is not None


def _papers_of(notices: Sequence[Notice], workspace: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the files of notices, name and content: of each the short text and the letter.

    Raises DefinitionError when a template of the workspace can not be filled in.
    """
    templates: dict[StandingState, bytes] = {}
    for notice in notices:
        yield f"{notice.stem}.txt", _text_file(notice.short)
        if letters_can_be_written():
            from xlflow.chasing.letter import fill_letter

            name = _LETTERS[notice.kind]
            if notice.kind not in templates:
                templates[notice.kind] = _template(name, workspace)
            yield f"{notice.stem}.docx", fill_letter(templates[notice.kind], name, notice.fields)


def _text_file(words: str) -> bytes:
    """Return a text as the Notepad of any Windows reads it."""
    return f"{words}\n".replace("\n", "\r\n").encode("utf-8-sig", "replace")


def _names_of(notices: Sequence[Notice]) -> set[str]:
    """Return the names of all files of notices."""
    return {f"{notice.stem}{suffix}" for notice in notices for suffix in (".txt", ".docx")}


def _post(
    ledger: Ledger, papers: Mapping[str, bytes], folder: Path, *, needed: Collection[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what was removed from a folder, and what was kept, after papers were put into it.

    Files of earlier times that are not `needed` go, unless a person changed them or has them open.
    """
    known = ledger.notices()
    new = {name: files.sha256_of(data) for name, data in papers.items()}
    # Noted before they are written: what a crash leaves behind is still known as ours.
    ledger.note_notices(new.items())
    removed, kept, ours = [], [], []
    with files.flushing_folders_once():
        for name in sorted({name for name, _ in known} | new.keys()):
            path = folder / name
            there = files.sha256_of(files.read_bytes(path)) if path.exists() else ""
            if there not in ("", new.get(name)) and (name, there) not in known:
                kept.append(name)  # somebody's by now
            elif name in new and (there == new[name] or _written(path, papers[name])):
                ours.append((name, new[name]))
            elif name in new:
                kept.append(name)
                ours.append((name, there))
            elif there and (name in needed or not _removed(path)):
                ours.append((name, there))
            elif there:
                removed.append(name)
    ledger.keep_notices(ours)
    return tuple(removed), tuple(kept)


def _removed(path: Path) -> bool:
    try:
        files.remove(path)
    except EnvironmentFailed:
        return False  # open on a desk; the next time will do
    return True


def _written(path: Path, data: bytes) -> bool:
    try:
        files.write_bytes(path, data)
    except files.TargetInUse:
        return False
    return True


def _template(name: str, workspace: Path) -> bytes:
    path = find_resource(_TEMPLATES, name, workspace)
    if path is None:
        raise UsageError(*text("chase.no_template", name=name))
    return files.read_bytes(path)

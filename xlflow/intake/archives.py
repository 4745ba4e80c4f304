"""Archives from mail and chat: each file in one is an arrival of its own, with its own original.

The archive was kept whole before. What it holds is kept by content as well, and only then noted,
all of it in one transaction in which the archive is finished: a crash before it leaves an archive
that is unpacked again, to the same end.
"""

from pathlib import Path, PurePosixPath

from xlflow import files
from xlflow.config import Workspace
from xlflow.errors import FileRefused
from xlflow.intake.claim import original_path
from xlflow.intake.scan import is_foreign
from xlflow.ledger import Arrival, Ledger, Member
from xlflow.messages import text
from xlflow.ooxml.container import Container, Entry
from xlflow.ooxml.limits import MIB, Limits
from xlflow.problems import refusal

# More than a workbook may hold: mail brings the forms and scans of many units in one archive.
ARCHIVE_LIMITS = Limits(file_size=256 * MIB, entries=2_000, expanded=1024 * MIB)
# Its suffix stands in the names of its files: none of them can look like one of the bureau's own
# folders, such as 处理单/.
_SUFFIX = ".zip"
# What a document made of a zip archive has at its root: Office, OpenDocument, OFD.
_DOCUMENTS = frozenset({"[content_types].xml", "mimetype", "ofd.xml"})
_NAMED = 5
_HEAD = b"PK"


def is_archive(workspace: Workspace, arrival: Arrival) -> bool:
    """Return whether a kept original is to be unpacked: it calls itself one and begins as one.

    One that came in another archive stays as it is: archives in archives have no end.
    """
    if arrival.archive_id or PurePosixPath(arrival.name).suffix.lower() != _SUFFIX:
        return False
    return files.begins_with(original_path(workspace, arrival.sha256), _HEAD)


def unpack(workspace: Workspace, ledger: Ledger, archive: Arrival) -> tuple[Arrival, ...] | None:
    """Return the arrivals of the files in an archive, oldest first; None for a document.

    Raises FileRefused when it has a password, is damaged or exceeds a limit: then nothing of it
    is noted.
    """
    container = _opened(original_path(workspace, archive.sha256), archive.name)
    if not _DOCUMENTS.isdisjoint(entry.name.lower() for entry in container.entries):
        return None
    wanted = sorted(
        filter(_is_wanted, container.entries), key=lambda each: (each.changed, each.name)
    )
    members = [_kept(workspace, archive, container, entry) for entry in wanted]
    return ledger.unpacked(archive, members, _note([entry.name for entry in wanted]))


def _opened(path: Path, name: str) -> Container:
    try:
        if path.stat().st_size > ARCHIVE_LIMITS.file_size:
            why = text("ooxml.file_size", size=ARCHIVE_LIMITS.file_size // MIB)
            raise refusal("F13", name=name, why=why.zh, why_en=why.en)
        return Container(files.read_bytes(path), name, ARCHIVE_LIMITS)
    except FileRefused as error:
        raise _as_archive(error, name) from error


def _kept(workspace: Workspace, archive: Arrival, container: Container, entry: Entry) -> Member:
    try:
        content = container.expand(entry.name)
    except FileRefused as error:
        raise _as_archive(error, archive.name) from error
    base = PurePosixPath(entry.name).name
    sha256, size = files.keep_bytes(content, base, workspace.originals)
    return Member(sha256, f"{archive.name}/{entry.name}", size)


def _is_wanted(entry: Entry) -> bool:
    """Return whether a member is a file, and none that macOS, Windows or Office left there."""
    return not entry.name.endswith("/") and not any(map(is_foreign, entry.name.split("/")))


def _as_archive(error: FileRefused, name: str) -> FileRefused:
    """Return what is said of an archive where a workbook was meant."""
    if error.code == "F03":
        return refusal("F12", name=name)
    if not any(error.why):
        return error
    return refusal("F13", name=name, why=error.why[0], why_en=error.why[1])


def _note(names: list[str]) -> str:
    if not names:
        return text("walk.nothing_packed").zh
    shown = "、".join(names[:_NAMED]) + ("……" if len(names) > _NAMED else "")
    return text("walk.unpacked", count=len(names), names=shown).zh

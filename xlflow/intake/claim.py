"""Taking files out of the inbox: keep the original, note the arrival, remove the file.

In this order, and each step may be repeated: a crash between two of them ends, after the next
start, as if it had not happened.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from xlflow import files
from xlflow.config import Workspace
from xlflow.errors import EnvironmentFailed, WorkspaceBusy
from xlflow.intake.scan import Sighting
from xlflow.ledger import Arrival, Ledger
from xlflow.messages import text


@contextmanager
def hold(workspace: Workspace) -> Iterator[None]:
    """Hold the workspace for this process; raises WorkspaceBusy when another one does."""
    files.make_dir(workspace.state)
    lock = FileLock(workspace.state / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise WorkspaceBusy(*text("intake.busy", folder=workspace.root)) from error
    except OSError as error:
        raise EnvironmentFailed(
            *text("file.unwritable", name=workspace.state, why=error)
        ) from error
    try:
        yield
    finally:
        lock.release()


def original_path(workspace: Workspace, sha256: str) -> Path:
    """Return where the original with this content hash is kept."""
    return workspace.originals / sha256[:2] / sha256


def recover(workspace: Workspace, ledger: Ledger) -> None:
    """Mend what a crash left: half-written files, and arrivals whose file is gone already."""
    for folder in (workspace.outbox, workspace.state):
        if folder.is_dir():
            files.sweep_temporaries(folder)
    for arrival in ledger.untaken():
        if not (workspace.inbox / arrival.name).exists():
            ledger.taken(arrival)


def take(
    workspace: Workspace, ledger: Ledger, sightings: Iterable[Sighting], now: datetime
) -> tuple[Arrival, ...]:
    """Return the arrivals of files that were kept, noted and removed from the inbox.

    A file that cannot be read or removed now (held by a program, no right) stays where it is
    and is tried again at the next scan.
    """
    received_at = now.isoformat(timespec="seconds")
    kept = [(sighting, found) for sighting in sightings if (found := _keep(workspace, sighting))]
    with ledger.together():
        noted = [
            (sighting, ledger.arrive(sha256, sighting.name, size, sighting.mtime_ns, received_at))
            for sighting, (sha256, size) in kept
        ]
    removed = [arrival for sighting, arrival in noted if _is_removed(sighting)]
    with ledger.together():
        return tuple(ledger.taken(arrival) for arrival in removed)


def _keep(workspace: Workspace, sighting: Sighting) -> tuple[str, int] | None:
    """Return hash and size of a file whose original is kept now, None when it is not to be read."""
    try:
        data = files.read_bytes(sighting.path)
    except EnvironmentFailed:
        return None
    sha256 = files.sha256_of(data)
    files.keep(original_path(workspace, sha256), data)
    return sha256, len(data)


def _is_removed(sighting: Sighting) -> bool:
    try:
        files.remove(sighting.path)
    except EnvironmentFailed:
        return False
    return True

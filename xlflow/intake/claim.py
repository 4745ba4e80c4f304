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
    arrivals = []
    for sighting in sightings:
        try:
            data = files.read_bytes(sighting.path)
        except EnvironmentFailed:
            continue
        sha256 = files.sha256_of(data)
        files.keep(original_path(workspace, sha256), data)
        arrival = ledger.arrive(
            sha256, sighting.name, len(data), sighting.mtime_ns, now.isoformat(timespec="seconds")
        )
        try:
            files.remove(sighting.path)
        except EnvironmentFailed:
            continue
        arrivals.append(ledger.taken(arrival))
    return tuple(arrivals)

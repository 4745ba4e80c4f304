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
from xlflow.intake.scan import Sighting, is_unchanged, scan
from xlflow.ledger import Arrival, Ledger
from xlflow.ledger.arrivals import readable
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
        raise files.failure(
            EnvironmentFailed, "file.unwritable", error, name=workspace.state
        ) from error
    except NotImplementedError as error:  # a share without locks: two instances would not notice
        raise EnvironmentFailed(*text("intake.no_locks", folder=workspace.state)) from error
    try:
        yield
    finally:
        lock.release()


def original_path(workspace: Workspace, sha256: str) -> Path:
    """Return where the original with this content hash is kept."""
    return files.kept_path(workspace.originals, sha256)


def recover(workspace: Workspace) -> None:
    """Sweep up the half-written files that a crash left."""
    for folder in (workspace.inbox, workspace.outbox, workspace.handout, workspace.state):
        if folder.is_dir():
            files.sweep_temporaries(folder)


def take(
    workspace: Workspace, ledger: Ledger, sightings: Iterable[Sighting], now: datetime
) -> tuple[Arrival, ...]:
    """Return the arrivals of files that were kept, noted and removed from the inbox.

    A file that cannot be read or removed now (held by a program, no right) or that changes
    meanwhile stays where it is and is tried again at the next scan.
    """
    received_at = now.isoformat(timespec="seconds")
    with files.flushing_folders_once():
        kept = [(seen, found) for seen in sightings if (found := _keep(workspace, seen))]
    with ledger.together():
        noted = [
            (sighting, ledger.arrive(sha256, sighting.name, size, sighting.mtime_ns, received_at))
            for sighting, (sha256, size) in kept
        ]
    removed = [arrival for sighting, arrival in noted if _is_removed(sighting)]
    with ledger.together():
        return tuple(ledger.taken(arrival) for arrival in removed)


def let_go(workspace: Workspace, ledger: Ledger) -> None:
    """Count as taken what was kept and is gone from the inbox, as after a crash.

    A file put there since under the same name is another one: what was kept before it is worked
    off before it, so that the newer one stays the last version.
    """
    untaken = ledger.untaken()
    if not untaken:
        return
    lying = {(readable(seen.name), seen.size, seen.mtime_ns) for seen in scan(workspace.inbox)}
    with ledger.together():
        for arrival in untaken:
            if (arrival.name, arrival.size, arrival.mtime_ns) not in lying:
                ledger.taken(arrival)


def _keep(workspace: Workspace, sighting: Sighting) -> tuple[str, int] | None:
    """Return hash and size of a file whose original is kept now, None when it has to wait."""
    try:
        found = files.keep(sighting.path, workspace.originals)
    except files.Unreadable:
        return None
    return found if is_unchanged(sighting) else None


def _is_removed(sighting: Sighting) -> bool:
    if not is_unchanged(sighting):
        return False
    try:
        files.remove(sighting.path)
    except EnvironmentFailed:
        return False
    return True

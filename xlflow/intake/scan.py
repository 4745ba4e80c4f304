"""What lies in the inbox, and what of it is ready: the directory scan is the truth."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlflow.errors import EnvironmentFailed
from xlflow.files import TEMPORARY_SUFFIX, failure

# Left by Office, WPS, macOS, Windows and xlflow itself; never a submission.
_FOREIGN_PREFIXES = ("~$", ".")
_FOREIGN_SUFFIXES = (".tmp", ".part", ".crdownload", TEMPORARY_SUFFIX)
_FOREIGN_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})

State = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file seen in the inbox: `name` is its path below the inbox, with forward slashes."""

    path: Path
    name: str
    size: int
    mtime_ns: int
    held: bool

    @property
    def state(self) -> State:
        """What must stay the same between two scans before the file counts as settled."""
        return self.name, self.size, self.mtime_ns


def scan(inbox: Path) -> tuple[Sighting, ...]:
    """Return the files in the inbox and its folders, oldest first.

    `held` tells that an Office program has the file open (its owner file lies beside it).
    Raises EnvironmentFailed when the inbox cannot be read; a folder in it that cannot is passed
    over, so that it does not stop the others.
    """
    try:
        found = list(_walk(_listed(inbox), inbox))
    except OSError as error:
        raise failure(EnvironmentFailed, "intake.no_inbox", error, folder=inbox) from error
    return tuple(sorted(found, key=lambda sighting: (sighting.mtime_ns, sighting.name)))


def settled(now: tuple[Sighting, ...], before: Mapping[str, State]) -> tuple[Sighting, ...]:
    """Return the files that have not changed since the scan before and that nobody holds open."""
    return tuple(
        sighting
        for sighting in now
        if not sighting.held and before.get(sighting.name) == sighting.state
    )


def is_unchanged(sighting: Sighting) -> bool:
    """Return whether a file is still as it was seen; one that is gone has not changed."""
    try:
        status = sighting.path.stat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return (status.st_size, status.st_mtime_ns) == (sighting.size, sighting.mtime_ns)


def _listed(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _walk(listed: list[os.DirEntry[str]], inbox: Path) -> Iterator[Sighting]:
    names = {entry.name for entry in listed}
    for entry in listed:
        if entry.is_symlink() or is_foreign(entry.name):
            continue
        try:
            if entry.is_dir():
                yield from _walk(_listed(Path(entry.path)), inbox)
                continue
            status = entry.stat()
        except (FileNotFoundError, PermissionError):  # taken back since, or closed to us
            continue
        path = Path(entry.path)
        yield Sighting(
            path=path,
            name=path.relative_to(inbox).as_posix(),
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            held=not names.isdisjoint(_owner_files(entry.name)),
        )


def is_foreign(name: str) -> bool:
    """Return whether a file or folder of this name is one that programs leave behind."""
    lower = name.lower()
    return (
        name.startswith(_FOREIGN_PREFIXES)
        or lower.endswith(_FOREIGN_SUFFIXES)
        or lower in _FOREIGN_NAMES
    )


def _owner_files(name: str) -> tuple[str, ...]:
    """Return the names of the files that programs write beside an open one.

    Excel, Word (which drops two letters of a long name), WPS and LibreOffice.
    """
    return f"~${name}", f"~${name[2:]}", f".~{name}", f".~lock.{name}#"

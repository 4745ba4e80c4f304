"""What lies in the inbox, and what of it is ready: the directory scan is the truth."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xlflow.errors import EnvironmentFailed
from xlflow.messages import text

# Left by Office, WPS, macOS, Windows and xlflow itself; never a submission.
_FOREIGN_PREFIXES = ("~$", ".", "._")
_FOREIGN_SUFFIXES = (".tmp", ".part", ".crdownload", ".xlflow-tmp")
_FOREIGN_NAMES = frozenset({"thumbs.db", "desktop.ini"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A file seen in the inbox: `name` is its path below the inbox, with forward slashes."""

    path: Path
    name: str
    size: int
    mtime_ns: int
    held: bool

    @property
    def state(self) -> tuple[str, int, int]:
        """What must stay the same between two scans before the file counts as settled."""
        return self.name, self.size, self.mtime_ns


def scan(inbox: Path) -> tuple[Sighting, ...]:
    """Return the files in the inbox and its folders, oldest first.

    `held` tells that an Office program has the file open (its `~$` file lies beside it).
    Raises EnvironmentFailed when the inbox cannot be read.
    """
    try:
        found = list(_walk(inbox, inbox))
    except OSError as error:
        raise EnvironmentFailed(*text("intake.no_inbox", folder=inbox, why=error)) from error
    return tuple(sorted(found, key=lambda sighting: (sighting.mtime_ns, sighting.name)))


def settled(
    now: tuple[Sighting, ...], before: Mapping[str, tuple[str, int, int]]
) -> tuple[Sighting, ...]:
    """Return the files that have not changed since the scan before and that nobody holds open."""
    return tuple(
        sighting
        for sighting in now
        if not sighting.held and before.get(sighting.name) == sighting.state
    )


def _walk(folder: Path, inbox: Path) -> Iterator[Sighting]:
    with os.scandir(folder) as entries:
        listed = sorted(entries, key=lambda entry: entry.name)
    names = {entry.name for entry in listed}
    for entry in listed:
        if entry.is_symlink() or _is_foreign(entry.name):
            continue
        path = Path(entry.path)
        if entry.is_dir():
            yield from _walk(path, inbox)
            continue
        try:
            status = entry.stat()
        except FileNotFoundError:  # gone since the listing: somebody took it back
            continue
        yield Sighting(
            path=path,
            name=path.relative_to(inbox).as_posix(),
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            held=_owner_file(entry.name) in names or f"~${entry.name}" in names,
        )


def _is_foreign(name: str) -> bool:
    lower = name.lower()
    return (
        name.startswith(_FOREIGN_PREFIXES)
        or lower.endswith(_FOREIGN_SUFFIXES)
        or lower in _FOREIGN_NAMES
    )


def _owner_file(name: str) -> str:
    """Return the name of the file Office writes beside an open one: long names lose two letters."""
    return f"~${name[2:]}"

"""The one module that writes to disk.

Every write goes to a temporary file in the target's own folder, is flushed to the disk and
then renamed, so that no reader ever sees half a file and a crash leaves the old state or the
new one. `before_step` is called before each call to the operating system: a test sets it to
fail, or to kill the process, at the n-th step.
"""

import contextlib
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from xlflow.errors import EnvironmentFailed
from xlflow.messages import text

TEMPORARY_SUFFIX = ".xlflow-tmp"
# What Windows answers while a scanner, Excel or WPS holds a file: access denied, sharing
# violation, lock violation. They pass, so the rename is tried again for about 2.5 seconds.
_BUSY_ON_WINDOWS = frozenset({5, 32, 33})
_RETRY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.75, 1.0)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_LONGEST_NAME = 80


def _nothing(step: str, path: Path) -> None:
    del step, path


before_step: Callable[[str, Path], None] = _nothing


class TargetInUse(EnvironmentFailed):
    """Raised when a file cannot be replaced because a program on the desk holds it open."""


def sha256_of(data: bytes) -> str:
    """Return the content hash under which an original is kept."""
    return hashlib.sha256(data).hexdigest()


def safe_name(words: str) -> str:
    """Return a text as part of a file name that every system takes.

    >>> safe_name("a/b:c"), safe_name("CON"), safe_name(" . ")
    ('a_b_c', '_CON', '_')
    """
    kept = _UNSAFE.sub("_", words).strip(" .")[:_LONGEST_NAME].rstrip(" .") or "_"
    return f"_{kept}" if _RESERVED.fullmatch(kept) else kept


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raises EnvironmentFailed when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise EnvironmentFailed(*text("file.gone", name=path.name)) from error
    except OSError as error:
        raise EnvironmentFailed(*text("file.unreadable", name=path.name, why=error)) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file, or nothing: temporary file, fsync, rename, fsync of the folder.

    Raises TargetInUse when the target is open in another program, EnvironmentFailed for any
    other refusal of the operating system (disk full, no right to write).
    """
    make_dir(path.parent)
    try:
        temporary = _write_temporary(path, data)
    except OSError as error:
        raise EnvironmentFailed(*text("file.unwritable", name=path.name, why=error)) from error
    try:
        _replace(temporary, path)
    except OSError as error:
        _forget(temporary)
        reason = TargetInUse if isinstance(error, PermissionError) else EnvironmentFailed
        raise reason(*text("file.unwritable", name=path.name, why=error)) from error
    _sync_folder(path.parent)


def keep(path: Path, data: bytes) -> None:
    """Write an original once and read-only; a file that is there already is left alone."""
    if path.exists() and path.stat().st_size == len(data):
        return
    write_bytes(path, data)
    before_step("chmod", path)
    with contextlib.suppress(OSError):
        path.chmod(0o444)


def remove(path: Path) -> None:
    """Delete a file if it is there; raises EnvironmentFailed when it is held or protected."""
    try:
        before_step("unlink", path)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise EnvironmentFailed(*text("file.unremovable", name=path.name, why=error)) from error


def make_dir(path: Path) -> None:
    """Create a folder with its parents; one that exists already is fine."""
    if path.is_dir():
        return
    before_step("mkdir", path)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailed(*text("file.unwritable", name=path.name, why=error)) from error


def copy_tree(source: Path, target: Path) -> None:
    """Copy the files of a folder that the target does not have yet."""
    for item in sorted(source.rglob("*")):
        copy = target / item.relative_to(source)
        if item.is_file() and not copy.exists():
            write_bytes(copy, item.read_bytes())


def remove_tree(path: Path) -> None:
    """Delete a folder with everything in it, if it is there."""
    before_step("rmtree", path)
    shutil.rmtree(path, ignore_errors=True)


def sweep_temporaries(folder: Path) -> None:
    """Delete the temporary files that a crash left in a folder and below it."""
    for leftover in folder.rglob(f"*{TEMPORARY_SUFFIX}"):
        _forget(leftover)


def _write_temporary(path: Path, data: bytes) -> Path:
    before_step("write", path)
    handle, name = tempfile.mkstemp(suffix=TEMPORARY_SUFFIX, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            before_step("fsync", path)
            os.fsync(stream.fileno())
        # mkstemp makes files for the owner alone; the outbox is read by colleagues.
        temporary.chmod(0o644)
    except OSError:
        _forget(temporary)
        raise
    return temporary


def _replace(temporary: Path, path: Path) -> None:
    for pause in (*_RETRY_PAUSES, None):
        before_step("replace", path)
        try:
            temporary.replace(path)
        except OSError as error:
            if pause is None or getattr(error, "winerror", None) not in _BUSY_ON_WINDOWS:
                raise
            time.sleep(pause)
        else:
            return


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # a folder cannot be opened for fsync there
        return
    before_step("fsync-folder", folder)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _forget(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)

"""The one module that writes to disk.

Every write goes to a temporary file in the target's own folder, is flushed to the disk and
then renamed, so that no reader ever sees half a file and a crash leaves the old state or the
new one. `before_step` is called before each call to the operating system: a test sets it to
fail, or to kill the process, at the n-th step.
"""

import contextlib
import errno
import hashlib
import os
import re
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import IO

from xlflow.errors import EnvironmentFailed
from xlflow.messages import Text, text

TEMPORARY_SUFFIX = ".xlflow-tmp"
READ_ONLY = 0o444
# mkstemp makes files for the owner alone; the outbox is read by colleagues.
_FOR_ALL_TO_READ = 0o644
_FOR_ALL_TO_RUN = 0o755
_CHUNK = 1 << 20
_HELD = 16 << 20  # bytes of a file that need no disk
# What Windows answers while a scanner, Excel or WPS holds a file: access denied, sharing
# violation, lock violation. They pass, so the rename is tried again for about 2.5 seconds.
_BUSY_ON_WINDOWS = frozenset({5, 32, 33})
_RETRY_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.75, 1.0)
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e\u2066-\u2069]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[\d¹²³])(\..*)?")
# Linux takes 255 bytes a name, 85 Chinese characters; a suffix and a mark need room as well.
_LONGEST_STEM = 200
# Folders that can not be flushed: some network shares, or no right to read the folder.
_NO_FLUSH = frozenset({"EINVAL", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EBADF", "EACCES"})
_REASONS = {
    "ENOSPC": "full", "EDQUOT": "full",
    "EACCES": "right", "EPERM": "right", "EROFS": "right",
    "EBUSY": "in_use", "ETXTBSY": "in_use",
    "ENAMETOOLONG": "too_long",
    "ENOENT": "no_path", "ENOTDIR": "no_path",
    "EISDIR": "folder", "EEXIST": "there",
    "EIO": "device", "ESTALE": "device",
}  # fmt: skip


def _nothing(step: str, path: Path) -> None:
    del step, path


before_step: Callable[[str, Path], None] = _nothing


_unflushed: ContextVar[dict[Path, None] | None] = ContextVar("unflushed", default=None)


@contextlib.contextmanager
def flushing_folders_once() -> Iterator[None]:
    """Flush each folder when the block ends, once, instead of after each file put into it.

    Until then a power cut may take back the names of files, so nothing may be noted as done
    inside the block that would still be noted after such a cut.
    """
    if _unflushed.get() is not None:  # the block around this one flushes
        yield
        return
    folders: dict[Path, None] = {}
    token = _unflushed.set(folders)
    try:
        yield
    finally:
        _unflushed.reset(token)
        for folder in folders:
            _sync_folder(folder)


class TargetInUse(EnvironmentFailed):
    """Raised when a file cannot be replaced because a program on the desk holds it open."""


class Unreadable(EnvironmentFailed):
    """Raised when a file is not there or cannot be read now."""


def failure(
    kind: type[EnvironmentFailed], key: str, error: OSError, **names: object
) -> EnvironmentFailed:
    """Return the exception for a refusal of the operating system, the reason in plain words."""
    why = reason(error)
    return kind(text(key, why=why.zh, **names).zh, text(key, why=why.en, **names).en)


def reason(error: OSError) -> Text:
    """Return why the operating system refused, in plain words."""
    known = _REASONS.get(_number_name(error))
    if known:
        return text(f"file.why_{known}")
    words = error.strerror or str(error) or type(error).__name__
    return Text(words, words)


def _number_name(error: OSError) -> str:
    return errno.errorcode.get(error.errno or 0, "")


def sha256_of(data: bytes) -> str:
    """Return the content hash under which an original is kept."""
    return hashlib.sha256(data).hexdigest()


def safe_name(words: str) -> str:
    """Return a text as part of a file name that every system takes.

    >>> safe_name("a/b:c"), safe_name("CON"), safe_name(" . ")
    ('a_b_c', '_CON', '_')
    """
    kept = _UNSAFE.sub("_", unicodedata.normalize("NFC", words)).strip(" .") or "_"
    return f"_{kept}" if _RESERVED.fullmatch(kept) else kept


def safe_stem(*parts: object) -> str:
    """Return a file name, without suffix, of all parts that say something.

    A name that is too long for the disk loses the end of its longest parts, and gets a mark
    there that keeps it apart from another one that begins alike.

    >>> safe_stem("上街区:局", None, 2022, "v1")
    '上街区_局_2022_v1'
    >>> safe_stem("局" * 90, "v1").endswith("局~86875d_v1")
    True
    """
    names = [safe_name(str(part)) for part in parts if part not in (None, "")]
    whole = "_".join(names)
    names = [name[: _LONGEST_STEM + 1] for name in names]
    last = -1
    while _length("_".join(names)) > _LONGEST_STEM:
        last = max(range(len(names)), key=lambda index: _length(names[index]))
        names[last] = names[last][:-1]
    if last >= 0:
        mark = sha256_of(whole.encode("utf-8", "replace"))[:6]
        names[last] = f"{names[last].rstrip(' .')}~{mark}"
    return "_".join(names)


def _length(name: str) -> int:
    return len(name.encode("utf-8", "replace"))


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raises Unreadable when it cannot be read."""
    with _reading(path):
        return path.read_bytes()


def holds(path: Path, sha256: str) -> bool:
    """Return whether a file is there and has this content."""
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(path):
            digest.update(chunk)
    except Unreadable:
        return False
    return digest.hexdigest() == sha256


def begins_with(path: Path, start: bytes) -> bool:
    """Return whether a file is there, can be read and begins with these bytes."""
    try:
        with path.open("rb") as stream:
            return stream.read(len(start)) == start
    except OSError:
        return False


def _chunks(path: Path) -> Iterator[bytes]:
    with _reading(path), path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Have what the operating system refuses in the block told as Unreadable."""
    try:
        yield
    except FileNotFoundError as error:
        raise Unreadable(*text("file.gone", name=path.name)) from error
    except OSError as error:
        raise failure(Unreadable, "file.unreadable", error, name=path.name) from error


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file, or nothing: temporary file, fsync, rename, fsync of the folder.

    Raises TargetInUse when the target is open in another program, EnvironmentFailed for any
    other refusal of the operating system (disk full, no right to write).
    """
    make_dir(path.parent)
    _put(_write_temporary(path, (data,)), path)


def write_from(path: Path, source: IO[bytes]) -> None:
    """Write a whole file from an open one, as `write_bytes` does, whatever its size."""
    make_dir(path.parent)
    _put(_write_temporary(path, _from_its_start(source)), path)


def sha256_from(source: IO[bytes]) -> str:
    """Return the hash of an open file."""
    digest = hashlib.sha256()
    for chunk in _from_its_start(source):
        digest.update(chunk)
    return digest.hexdigest()


def _from_its_start(source: IO[bytes]) -> Iterator[bytes]:
    source.seek(0)
    while chunk := source.read(_CHUNK):
        yield chunk


def copy(source: Path, target: Path) -> None:
    """Write a file anew from another one, as `write_bytes` does, whatever its size.

    Raises Unreadable when the source cannot be read, otherwise as `write_bytes` does.
    """
    make_dir(target.parent)
    _put(_write_temporary(target, _chunks(source)), target)


def kept_path(folder: Path, sha256: str) -> Path:
    """Return where the content with this hash is kept in a folder."""
    return folder / sha256[:2] / sha256


def keep(source: Path, folder: Path) -> tuple[str, int]:
    """Return hash and size of a file after its bytes were kept, once and read-only, in a folder.

    The bytes kept are the bytes hashed, also when the file changes meanwhile. Raises Unreadable
    when the file cannot be read.
    """
    return _keep(_chunks(source), source.name, folder)


def keep_bytes(data: bytes, name: str, folder: Path) -> tuple[str, int]:
    """Return hash and size of a content after it was kept as `keep` does; `name` is for errors."""
    return _keep((data,), name, folder)


def _keep(chunks: Iterable[bytes], name: str, folder: Path) -> tuple[str, int]:
    make_dir(folder)
    digest, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    temporary = _write_temporary(folder / name, counted())
    sha256 = digest.hexdigest()
    path = kept_path(folder, sha256)
    if path.is_file() and path.stat().st_size == size:
        _forget(temporary)
    else:
        make_dir(path.parent)
        _put(temporary, path)
    _protect(path)
    return sha256, size


def remove(path: Path) -> None:
    """Delete a file if it is there; raises EnvironmentFailed when it is held or protected."""
    try:
        before_step("unlink", path)
        path.unlink(missing_ok=True)
    except OSError as error:
        raise failure(EnvironmentFailed, "file.unremovable", error, name=path.name) from error


def make_dir(path: Path) -> None:
    """Create a folder with its parents; one that exists already is fine."""
    if path.is_dir():
        return
    if path.parent != path:
        make_dir(path.parent)
    try:
        before_step("mkdir", path)
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise failure(EnvironmentFailed, "file.unwritable", error, name=path) from error
    _sync_folder(path.parent)


def make_runnable(path: Path) -> None:
    """Let a script be started by a double click, where the system asks for a right to do so."""
    with contextlib.suppress(OSError):
        path.chmod(_FOR_ALL_TO_RUN)


def copy_tree(source: Path, target: Path) -> None:
    """Copy the files of a folder that the target does not have yet."""
    for item in sorted(source.rglob("*")):
        target_file = target / item.relative_to(source)
        if item.is_file() and not target_file.exists():
            copy(item, target_file)


@contextlib.contextmanager
def passing_folder() -> Iterator[Path]:
    """Yield a folder of this user alone that is gone, with all in it, when the block ends."""
    with tempfile.TemporaryDirectory(prefix="xlflow-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextlib.contextmanager
def passing_file(name: str) -> Iterator[IO[bytes]]:
    """Yield a file to be filled that is gone when the block ends; a small one is only in memory.

    Raises EnvironmentFailed, with the name of what is made in it, when the disk takes no more.
    """
    try:
        with tempfile.SpooledTemporaryFile(max_size=_HELD) as stream:
            yield stream
    except OSError as error:
        raise failure(EnvironmentFailed, "file.unwritable", error, name=name) from error


def sweep_temporaries(folder: Path) -> None:
    """Delete the temporary files that a crash left in a folder and below it."""
    for leftover in folder.rglob(f"*{TEMPORARY_SUFFIX}"):
        _forget(leftover)


def _write_temporary(path: Path, chunks: Iterable[bytes]) -> Path:
    """Return a finished temporary file beside a path."""
    temporary: Path | None = None
    try:
        before_step("write", path)
        handle, name = tempfile.mkstemp(suffix=TEMPORARY_SUFFIX, dir=path.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as stream:
            for chunk in chunks:
                stream.write(chunk)
            stream.flush()
            before_step("fsync", path)
            os.fsync(stream.fileno())
        with contextlib.suppress(OSError):  # a share that knows no rights
            temporary.chmod(_FOR_ALL_TO_READ)
    except (OSError, EnvironmentFailed) as error:
        _forget(temporary)
        if isinstance(error, OSError):
            raise failure(EnvironmentFailed, "file.unwritable", error, name=path.name) from error
        raise
    return temporary


def _put(temporary: Path, path: Path) -> None:
    """Give a finished temporary file its name."""
    try:
        _replace(temporary, path)
    except OSError as error:
        _forget(temporary)
        kind = TargetInUse if isinstance(error, PermissionError) else EnvironmentFailed
        raise failure(kind, "file.unwritable", error, name=path.name) from error
    _sync_folder(path.parent)


def _replace(temporary: Path, path: Path) -> None:
    for pause in (*_RETRY_PAUSES, None):
        try:
            before_step("replace", path)
            temporary.replace(path)
        except OSError as error:
            if pause is None or getattr(error, "winerror", None) not in _BUSY_ON_WINDOWS:
                raise
            time.sleep(pause)
        else:
            return


def _protect(path: Path) -> None:
    with contextlib.suppress(OSError):
        before_step("chmod", path)
        path.chmod(READ_ONLY)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":  # a folder cannot be opened for fsync there
        return
    if (waiting := _unflushed.get()) is not None:
        waiting[folder] = None
        return
    try:
        before_step("fsync-folder", folder)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if _number_name(error) not in _NO_FLUSH:
            raise failure(EnvironmentFailed, "file.unwritable", error, name=folder) from error


def _forget(path: Path | None) -> None:
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)

"""Putting the summary book into the outbox, also while a colleague has the last one open."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from xlflow import files
from xlflow.errors import EnvironmentFailed
from xlflow.ledger import Ledger
from xlflow.ledger.clock import local_time
from xlflow.summary.across import NO_RULES, JudgedBy
from xlflow.summary.book import build_summary
from xlflow.summary.captions import BOOK_NAME, COPY_NAME

_NONE: Mapping[str, str] = MappingProxyType({})
_AGAIN = ("", "-2", "-3")  # a copy of the same minute may be open, too


def publish_summary(
    ledger: Ledger,
    *,
    title: str,
    at: str,
    workspace: Path,
    outbox: Path,
    form_titles: Mapping[str, str] = _NONE,
    amount_units: Mapping[str, str] = _NONE,
    judged_by: JudgedBy = NO_RULES,
) -> Path:
    """Return where the summary book was written: `汇总.xlsx`, or a dated copy while that is open.

    Copies of earlier times are removed once they are out of date, unless somebody has changed
    them or holds them open. Raises EnvironmentFailed when nothing can be written.
    """
    data = build_summary(
        ledger,
        title=title,
        at=at,
        workspace=workspace,
        folder=outbox,
        form_titles=form_titles,
        amount_units=amount_units,
        judged_by=judged_by,
    )
    written = _write(ledger, outbox, data, at)
    _remove_copies(ledger, outbox, keep=written)
    return written


def _write(ledger: Ledger, outbox: Path, data: bytes, at: str) -> Path:
    book = outbox / BOOK_NAME
    try:
        files.write_bytes(book, data)
    except files.TargetInUse as error:
        return _write_copy(ledger, outbox, data, at, error)
    return book


def _write_copy(
    ledger: Ledger, outbox: Path, data: bytes, at: str, in_use: files.TargetInUse
) -> Path:
    for again in _AGAIN:
        copy = outbox / COPY_NAME.format(time=local_time(at), again=again)
        # Noted first: a copy that is not noted would stay for ever.
        ledger.note_book_copy(copy.name, files.sha256_of(data))
        try:
            files.write_bytes(copy, data)
        except files.TargetInUse:
            continue
        return copy
    raise in_use


def _remove_copies(ledger: Ledger, outbox: Path, keep: Path) -> None:
    for name, sha256 in ledger.book_copies().items():
        copy = outbox / name
        if copy == keep:
            continue
        try:
            # What was changed since it was written belongs to whoever changed it.
            if copy.exists() and files.sha256_of(files.read_bytes(copy)) == sha256:
                files.remove(copy)
        except EnvironmentFailed:
            continue  # open on a desk; the next time will do
        ledger.note_book_copy(name, None)

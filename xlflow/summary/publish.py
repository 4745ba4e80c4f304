"""Putting the summary book into the outbox, also while a colleague has the last one open."""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import IO

from xlflow import files
from xlflow.errors import DefinitionError, EnvironmentFailed, XlflowError
from xlflow.facts import read_facts
from xlflow.forms import Form
from xlflow.ledger import Ledger
from xlflow.ledger.clock import local_time
from xlflow.messages import text
from xlflow.summary.across import NO_RULES, JudgedBy
from xlflow.summary.book import write_summary
from xlflow.summary.captions import BOOK_NAME, COPY_NAME, OUT_OF_DATE
from xlflow.summary.layoutfill import fill_layout
from xlflow.summary.layoutnames import Wanted

_NONE: Mapping[str, str] = MappingProxyType({})
_TEMPLATE = re.compile("[（(]?模板[)）]?")
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
    with files.passing_file(BOOK_NAME) as made:
        write_summary(
            ledger,
            made,
            title=title,
            at=at,
            workspace=workspace,
            folder=outbox,
            form_titles=form_titles,
            amount_units=amount_units,
            judged_by=judged_by,
        )
        return _put(ledger, outbox / BOOK_NAME, made, at)


def publish_layout(
    ledger: Ledger, layout: Path, wanted: Wanted, *, at: str, outbox: Path, forms: Sequence[Form]
) -> Path:
    """Return where a bureau's own layout was written with the figures in it.

    A dated copy takes its place while it is open. When it can not be made, a note beside it says
    why, and the error is raised: one of the tree in `xlflow.errors`.
    """
    book = outbox / layout_book_name(layout)
    note = book.with_name(f"{book.name}.说明.txt")
    try:
        if not layout.is_file():
            raise DefinitionError(*text("layout.gone", name=layout.name))
        filled = fill_layout(
            files.read_bytes(layout), layout.name, read_facts(ledger), wanted, forms=forms, at=at
        )
        written = _put(ledger, book, BytesIO(filled), at)
    except XlflowError as error:
        told = OUT_OF_DATE.format(why=error.zh, book=book.name)
        files.write_bytes(note, told.encode("utf-8-sig"))
        raise
    if note.exists():
        files.remove(note)
    return written


def layout_book_name(layout: Path) -> str:
    """Return the name of the book made from a layout: its own without 模板.

    >>> layout_book_name(Path("自评汇总表（模板）.xlsx")), layout_book_name(Path("汇总模板.xlsx"))
    ('自评汇总表.xlsx', '汇总_版式.xlsx')
    """
    stem = _TEMPLATE.sub("", layout.stem).strip(" _-") or layout.stem
    if f"{stem}.xlsx" == BOOK_NAME:
        stem += "_版式"
    return stem + layout.suffix.lower()


def _put(ledger: Ledger, book: Path, made: IO[bytes], at: str) -> Path:
    written = _write(ledger, book, made, at)
    _remove_copies(ledger, book, keep=written)
    return written


def _write(ledger: Ledger, book: Path, made: IO[bytes], at: str) -> Path:
    try:
        files.write_from(book, made)
    except files.TargetInUse as error:
        return _write_copy(ledger, book, made, at, error)
    return book


def _write_copy(
    ledger: Ledger, book: Path, made: IO[bytes], at: str, in_use: files.TargetInUse
) -> Path:
    for again in _AGAIN:
        name = COPY_NAME.format(
            stem=book.stem, time=local_time(at), again=again, suffix=book.suffix
        )
        copy = book.with_name(name)
        # Noted first: a copy that is not noted would stay for ever.
        ledger.note_book_copy(copy.name, files.sha256_from(made))
        try:
            files.write_from(copy, made)
        except files.TargetInUse:
            continue
        return copy
    raise in_use


def _remove_copies(ledger: Ledger, book: Path, keep: Path) -> None:
    for name, sha256 in ledger.book_copies().items():
        copy = book.with_name(name)
        if copy == keep or not name.startswith(f"{book.stem}_"):
            continue
        try:
            # What was changed since it was written belongs to whoever changed it.
            if copy.exists() and files.sha256_of(files.read_bytes(copy)) == sha256:
                files.remove(copy)
        except EnvironmentFailed:
            continue  # open on a desk; the next time will do
        ledger.note_book_copy(name, None)

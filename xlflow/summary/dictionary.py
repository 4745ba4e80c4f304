"""The sheet 数据字典: what every column of the book means, and the profiles that judged.

It is made from the columns that were written, so that it tells of all of them and of no others.
"""

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from xlflow.summary import captions, look
from xlflow.summary.basis import Basis
from xlflow.summary.captions import SHOWN_AS, Caption
from xlflow.summary.frames import SHORT_HASH
from xlflow.summary.look import Column, Kind
from xlflow.summary.meanings import MEANINGS
from xlflow.summary.sheet import Book, Sheet, Span

Row = dict[Caption, object]

_COLUMNS = (
    Column(Caption.HEADING, Kind.TEXT, 18),
    Column(Caption.MEANING, Kind.TEXT, 50),
    Column(Caption.SHOWN_AS, Kind.TEXT, 20),
    Column(Caption.TAKEN_FROM, Kind.TEXT, 15),
    Column(Caption.ON_SHEETS, Kind.TEXT, 48),
)
_PROFILES = (
    Span(Caption.PROFILE, Kind.TEXT, range(1)),
    Span(Caption.PROFILE_SOURCE, Kind.TEXT, range(1, 2)),
    Span(Caption.PROFILE_TITLE, Kind.TEXT, range(2, 3)),
    Span(Caption.HASH, Kind.MIDDLE, range(3, 4)),
    Span(Caption.GRADES, Kind.TEXT, range(4, 5)),
)


def write_dictionary(book: Book, basis: Basis) -> None:
    """Write the sheet; it tells of the sheets that are in the book already."""
    sheet = book.sheet(captions.DICTIONARY)
    rows = [_row(caption, shown, where) for (caption, shown), where in _columns(book).items()]
    free = sheet.table(0, _COLUMNS, pd.DataFrame(rows, dtype=object))
    free = _write_profiles(sheet, basis, free + 1)
    sheet.worksheet.freeze_panes(1, 1)
    sheet.worksheet.repeat_rows(0)
    sheet.worksheet.print_area(0, 0, free, len(_COLUMNS) - 1)


def _columns(book: Book) -> dict[tuple[Caption, str], list[str]]:
    """Return where each column stands, by its caption and how it is shown."""
    found: dict[tuple[Caption, str], list[str]] = {}
    for name in captions.SHEETS:
        money = "元" if name == captions.AMOUNTS else "万元"
        for caption, (column, kind) in book.columns.get(name, {}).items():
            shown = SHOWN_AS[kind.value].format(money=money)
            where = f"{name} {xl_col_to_name(column)}"
            found.setdefault((caption, shown), []).append(where)
    return found


def _row(caption: Caption, shown: str, where: list[str]) -> Row:
    meaning = MEANINGS[caption]
    return {
        Caption.HEADING: caption.value,
        Caption.MEANING: meaning.text,
        Caption.SHOWN_AS: shown,
        Caption.TAKEN_FROM: meaning.source,
        Caption.ON_SHEETS: "、".join(where),
    }


def _write_profiles(sheet: Sheet, basis: Basis, top: int) -> int:
    if not basis.profiles:
        return top
    sheet.section(top, captions.PROFILES)
    rows = [
        {
            Caption.PROFILE: profile.name,
            Caption.PROFILE_TITLE: profile.title,
            Caption.PROFILE_SOURCE: profile.source,
            Caption.GRADES: "，".join(f"{each.name} ≥{each.low:f}" for each in profile.grades),
            Caption.HASH: sha256[:SHORT_HASH],
        }
        for sha256, profile in basis.profiles.items()
    ]
    free = sheet.spans(top + 1, _PROFILES, pd.DataFrame(rows, dtype=object))
    for row, profile in enumerate(basis.profiles.values(), start=top + 2):
        sheet.worksheet.set_row(row, look.row_height([(profile.source, 50), (profile.title, 20)]))
    return free

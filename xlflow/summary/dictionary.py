"""The sheet 数据字典: what every column of the book means, and the profiles that judged.

It is made from the columns that were written, so that it tells of all of them and of no others.
"""

import pandas as pd
from xlsxwriter.utility import xl_col_to_name

from xlflow.summary import captions
from xlflow.summary.basis import Basis
from xlflow.summary.captions import SHOWN_AS, Caption
from xlflow.summary.frames import SHORT_HASH
from xlflow.summary.look import Column, Kind
from xlflow.summary.meanings import MEANINGS
from xlflow.summary.sheet import Book, Sheet, Span, write_spans

Row = dict[Caption, object]

_COLUMNS = (
    Column(Caption.ON_SHEET, Kind.TEXT, 14),
    Column(Caption.COLUMN, Kind.MIDDLE, 7),
    Column(Caption.HEADING, Kind.TEXT, 18),
    Column(Caption.MEANING, Kind.TEXT, 62),
    Column(Caption.SHOWN_AS, Kind.TEXT, 26),
    Column(Caption.TAKEN_FROM, Kind.TEXT, 16),
)
_PROFILES = (
    Span(Caption.PROFILE, Kind.TEXT, range(2)),
    Span(Caption.PROFILE_TITLE, Kind.TEXT, range(2, 3)),
    Span(Caption.PROFILE_SOURCE, Kind.TEXT, range(3, 4)),
    Span(Caption.GRADES, Kind.TEXT, range(4, 5)),
    Span(Caption.HASH, Kind.MIDDLE, range(5, 6)),
)


def write_dictionary(book: Book, basis: Basis) -> None:
    """Write the sheet; it tells of the sheets that are in the book already."""
    sheet = book.sheet(captions.DICTIONARY)
    rows = [
        _row(name, column, caption, kind)
        for name in captions.SHEETS
        for caption, (column, kind) in book.columns.get(name, {}).items()
    ]
    free = sheet.table(0, _COLUMNS, pd.DataFrame(rows, dtype=object))
    free = _write_profiles(sheet, basis, free + 1)
    sheet.worksheet.freeze_panes(1, 3)
    sheet.worksheet.repeat_rows(0)
    sheet.print_columns(_COLUMNS, free)


def _row(name: str, column: int, caption: Caption, kind: Kind) -> Row:
    meaning = MEANINGS.get(caption)
    return {
        Caption.ON_SHEET: name,
        Caption.COLUMN: str(xl_col_to_name(column)),
        Caption.HEADING: caption.value,
        Caption.MEANING: meaning and meaning.text,
        Caption.SHOWN_AS: SHOWN_AS[kind.value].format(
            money="元" if name == captions.AMOUNTS else "万元"
        ),
        Caption.TAKEN_FROM: meaning and meaning.source,
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
    return write_spans(sheet, top + 1, _PROFILES, pd.DataFrame(rows, dtype=object))

"""The look of the sheet 填报说明: numbered tables one below the other, to be printed on A4."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from xlflow.ooxml import CellStyle
from xlflow.ooxml.new_sheet import NewCell, NewSheet
from xlflow.ooxml.reference import Area

_WIDTHS = (5.0, 24.0, 15.0, 8.0, 84.0)
_LINE = 15.0
_NUMBER = "序号"
_BARE = CellStyle(font="黑体", vertical="center")
_BODY = CellStyle(font="宋体", size=10, border="FFBFBFBF", vertical="center", wrap=True)

StyleIndex = Callable[[CellStyle], int]


class Section(NamedTuple):
    """A table of the guide: its title, its headings and lines, of two texts each or of four.

    Of two texts the first takes the room of three.
    """

    title: str
    headings: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]


class _Row(NamedTuple):
    """A row of the sheet; `joined` are the first and the last column of what is merged in it."""

    cells: tuple[NewCell, ...]
    height: float
    joined: tuple[int, int] | None = None


def guide_sheet(title: str, sections: Sequence[Section], style: StyleIndex) -> NewSheet:
    """Return the sheet of a guide; `style` gives the index of a cell style in the workbook."""
    heading = style(replace(_BODY, font="黑体", fill="FFEDF1F7", horizontal="center"))
    short, long = style(replace(_BODY, horizontal="center")), style(_BODY)
    under = style(replace(_BARE, size=12, color="FF1F4E79"))
    rows = [_whole(title, style(replace(_BARE, size=16, horizontal="center")), 32.0)]
    for section in sections:
        rows.append(_whole(section.title, under, 26.0))
        rows.append(_told((_NUMBER, *section.headings), (heading,) * 3, 20.0))
        for number, line in enumerate(section.lines, start=1):
            rows.append(_told((number, *line), (short, short, long), _height(line)))
    return NewSheet(
        rows=tuple(row.cells for row in rows),
        widths=_WIDTHS,
        heights={number: row.height for number, row in enumerate(rows, start=1)},
        merges=tuple(
            Area(number, row.joined[0], number, row.joined[1])
            for number, row in enumerate(rows, start=1)
            if row.joined
        ),
        footer="&C第 &P 页，共 &N 页",
    )


def _whole(words: str, style: int, height: float) -> _Row:
    blanks = (NewCell(None, style) for _ in _WIDTHS[1:])
    return _Row((NewCell(words, style), *blanks), height, (1, len(_WIDTHS)))


def _told(line: tuple[int | str, ...], styles: tuple[int, int, int], height: float) -> _Row:
    """Return the row of a line: number, what it is about, and last and longest what is said."""
    number, *about, said = line
    first, short, long = styles
    blanks = len(_WIDTHS) - len(line)
    cells = [NewCell(words, short) for words in (*about, *[None] * blanks)]
    joined = (2, len(_WIDTHS) - 1) if blanks else None
    return _Row((NewCell(number, first), *cells, NewCell(said, long)), height, joined)


def _height(line: tuple[str, ...]) -> float:
    """Return the height of a row: a wrapped text needs room that no program works out."""
    room = sum(_WIDTHS[1:-1]) if len(line) == 2 else _WIDTHS[1]
    lines = max(_lines(line[0], room), _lines(line[-1], _WIDTHS[-1]))
    return lines * _LINE + 6


def _lines(words: str, width: float) -> int:
    """Return how many lines a text takes; a Chinese character is as wide as two others."""
    length = sum(1 if sign.isascii() else 2 for sign in words)
    return int(-(-length // (width - 2))) or 1

"""How the summary book looks: fonts, colours, formats and the widths of columns."""

import math
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import repeat
from typing import Any

from xlflow.summary.captions import Caption, SheetKind

FONT = "微软雅黑"
INK = "#1F2937"
FAINT = "#6B7280"
BLUE = "#1F4E79"
LINK_BLUE = "#0B5CAD"
PALE_BLUE = "#EAF1F8"
LINE = "#D5DBE3"
GREEN, PALE_GREEN = "#1B6E3C", "#E3F4E8"
RED, PALE_RED = "#B42318", "#FDE8E6"
AMBER, PALE_AMBER = "#9A5B00", "#FFF3DC"
SCORE_BAR, RATE_BAR = "#C9DCEF", "#CDE8DE"
COMPUTED_COLOUR, CLAIMED_COLOUR, RATE_COLOUR = "#1F4E79", "#A9C4E0", "#2E8B6F"

_FIRST_LINE, _FURTHER_LINE, _HIGHEST = 21.0, 15.0, 300.0  # points
_REMEMBERED = 1024  # values of a column


class _Widths(dict[str, int]):
    """How many Latin letters wide a letter is, worked out once for each."""

    def __missing__(self, letter: str) -> int:
        width = self[letter] = 2 if unicodedata.east_asian_width(letter) in "WFA" else 1
        return width


_WIDTHS = _Widths()


class Kind(Enum):
    """How the cells of a column are shown."""

    TEXT = "text"
    ONE_LINE = "one line"
    MIDDLE = "middle"
    COUNT = "count"
    POINTS = "points"
    MONEY = "money"
    PERCENT = "percent"
    TIME = "time"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, how it is shown, and how narrow and wide it may be.

    `on_paper` is False for what serves the screen only: a link, a fingerprint.
    """

    caption: Caption
    kind: Kind
    narrowest: float
    widest: float | None = None
    on_paper: bool = True


_CELL: dict[str, Any] = {
    "font_name": FONT,
    "font_size": 10,
    "font_color": INK,
    "valign": "vcenter",
    "border": 1,
    "border_color": LINE,
}
# A blank as wide as a bracket keeps numbers off the border, over a bar of the cell too.
_KINDS: dict[Kind, dict[str, Any]] = {
    Kind.TEXT: {"align": "left", "indent": 1, "text_wrap": True},
    Kind.ONE_LINE: {"align": "left", "indent": 1},
    Kind.MIDDLE: {"align": "center", "text_wrap": True},
    Kind.COUNT: {"align": "center", "num_format": "0"},
    Kind.POINTS: {"align": "right", "num_format": "0.00_)"},
    Kind.MONEY: {"align": "right", "num_format": "#,##0.00_)"},
    Kind.PERCENT: {"align": "right", "num_format": "0.00%_)"},
    Kind.TIME: {"align": "center", "num_format": "yyyy-mm-dd hh:mm"},
    Kind.LINK: {"align": "center", "font_color": LINK_BLUE, "underline": 1},
}
HEADING = _CELL | {
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": BLUE,
    "align": "center",
    "text_wrap": True,
}
SUBHEADING = _CELL | {
    "bold": True,
    "font_color": BLUE,
    "bg_color": PALE_BLUE,
    "align": "center",
    "text_wrap": True,
}
TITLE = {"font_name": FONT, "font_size": 18, "bold": True, "font_color": BLUE, "valign": "vcenter"}
SECTION = {"font_name": FONT, "font_size": 12, "bold": True, "font_color": BLUE}
FAINT_TEXT = {"font_name": FONT, "font_size": 9, "font_color": FAINT, "valign": "vcenter"}
GOOD = {"font_color": GREEN, "bg_color": PALE_GREEN}
BAD = {"font_color": RED, "bg_color": PALE_RED}
DOUBTFUL = {"font_color": AMBER, "bg_color": PALE_AMBER}
EXCEPTIONAL = {"font_color": BLUE, "bg_color": "#D6E6F6"}
_CARD: dict[str, Any] = {
    "font_name": FONT,
    "align": "center",
    "valign": "vcenter",
    "bg_color": PALE_BLUE,
    "left": 5,
    "left_color": "#FFFFFF",
    "right": 5,
    "right_color": "#FFFFFF",
}
CARD_NAME = _CARD | {"font_size": 10, "font_color": FAINT}
CARD_FIGURE = _CARD | {"font_size": 22, "bold": True, "font_color": BLUE}
CARD_NOTE = _CARD | {"font_size": 9, "font_color": FAINT, "text_wrap": True}
LINKED = {"font_color": LINK_BLUE}
JUMP = {
    "font_name": FONT,
    "font_size": 9,
    "font_color": LINK_BLUE,
    "align": "center",
    "valign": "vcenter",
    "bottom": 1,
    "bottom_color": LINE,
}
LIGHTS = {"red": BAD, "yellow": DOUBTFUL, "green": GOOD, "blue": EXCEPTIONAL}
# The tab of a sheet says what it is for.
TABS = {
    SheetKind.OVERVIEW: BLUE,
    SheetKind.SUMS: "#2E8B6F",
    SheetKind.ROWS: "#A9C4E0",
    SheetKind.PROBLEMS: "#D98E04",
    SheetKind.OFFICER: "#7A5BA6",
    SheetKind.ABOUT: "#B8BFC9",
}


def cell_look(kind: Kind, *, strong: bool = False) -> dict[str, Any]:
    """Return the format of a cell; `strong` for the lines that add up."""
    emphasis = {"bold": True, "bg_color": PALE_BLUE} if strong else {}
    return _CELL | _KINDS[kind] | emphasis


def width_of(column: Column, values: Iterable[object]) -> float:
    """Return how wide a column is drawn, in characters: its longest text within its bounds."""
    if column.widest is None:
        return column.narrowest
    longest = max(_lengths(values), default=0)
    return min(max(longest + 3, column.narrowest), column.widest)


def display_length(text: str) -> int:
    """Return how much room a text takes, in characters of the Latin width.

    >>> display_length("上街区A1")
    8
    """
    return sum(map(_WIDTHS.__getitem__, text))


def wraps(kind: Kind) -> bool:
    """Return whether the text of such a cell goes on in a further line."""
    return bool(_KINDS[kind].get("text_wrap"))


def row_height(cells: Iterable[tuple[object, float]]) -> float:
    """Return how high a row must be to show its wrapping cells (value, width of the column).

    Excel fits rows by itself, other readers keep the height they find in the file.
    """
    return _height(max((Lines(width)[value] for value, width in cells), default=1))


def row_heights(columns: Iterable[tuple["Lines", Iterable[object]]], count: int) -> list[float]:
    """Return how high so many rows must be, as `row_height` does, of their columns that wrap."""
    lines = [map(known.__getitem__, values) for known, values in columns]
    most = map(max, repeat(1, count), *lines) if lines else repeat(1, count)
    return list(map(_height, most))


class Lines(dict[object, int]):
    """How many lines a value takes in a column of this width; some of them are remembered."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self._width = width
        self._room = max(width - 1, 1)  # the indent and the margins

    def __missing__(self, value: object) -> int:
        if len(self) == _REMEMBERED:
            self.clear()
        lines = self[value] = self._counted(value) if isinstance(value, str) else 1
        return lines

    def _counted(self, text: str) -> int:
        if 2 * len(text) < self._width and "\n" not in text:
            return 1  # in any script
        return sum(
            max(1, math.ceil(display_length(part) / self._room)) for part in text.split("\n")
        )


@lru_cache(maxsize=64)
def _height(lines: int) -> float:
    return min(_FIRST_LINE + _FURTHER_LINE * (lines - 1), _HIGHEST)


def _lengths(values: Iterable[object]) -> Iterator[int]:
    return (display_length(value) for value in values if isinstance(value, str))

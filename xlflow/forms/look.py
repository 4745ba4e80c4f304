"""The look of a template: the fonts, fills and borders of an official printed form."""

from dataclasses import dataclass, replace
from enum import StrEnum

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

from xlflow.forms.colours import COLOURS
from xlflow.forms.form import Field

_INK = "FF1F1F1F"
_LINE = Side(style="thin", color="FF4D4D4D")
_SOFT = Side(style="thin", color="FFB0B0B0")
_GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_SOFT_GRID = Border(left=_SOFT, right=_SOFT, top=_SOFT, bottom=_SOFT)
_BARE = Border()
_PAPER = PatternFill()
_LABEL = PatternFill("solid", fgColor="FFEDF1F7")
_OPEN = PatternFill("solid", fgColor="FFFFFBEA")
_COMPUTED = PatternFill("solid", fgColor="FFF2F2F2")
_SONG = "宋体"
_HEI = "黑体"


class Show(StrEnum):
    """How a field's value is shown."""

    TEXT = "text"
    CENTRED = "centred"
    AMOUNT = "amount"
    POINTS = "points"
    RATE = "rate"
    YEAR = "year"


_FORMATS = {
    # Text format keeps what a clerk writes: "3-5" stays no date and "1:10" no time.
    Show.TEXT: "@",
    Show.CENTRED: "@",
    Show.AMOUNT: "#,##0.00",
    Show.POINTS: "General",
    Show.RATE: "0.00%",
    Show.YEAR: "0",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How one kind of cell looks, and whether a clerk may type into it."""

    font: Font
    alignment: Alignment
    fill: PatternFill = _PAPER
    border: Border = _GRID
    number_format: str = "General"
    open: bool = False


def _centre(*, wrap: bool = True) -> Alignment:
    return Alignment(horizontal="center", vertical="center", wrap_text=wrap)


def _left() -> Alignment:
    return Alignment(horizontal="left", vertical="center", wrap_text=True)


def _input(show: Show) -> Style:
    return Style(
        Font(name=_SONG, size=10, color=_INK),
        _left() if show is Show.TEXT else _centre(),
        _OPEN,
        number_format=_FORMATS[show],
        open=True,
    )


STYLES: dict[str, Style] = {
    "title": Style(Font(name=_SONG, size=18, bold=True, color=_INK), _centre(), border=_BARE),
    "remark": Style(Font(name=_SONG, size=9, color="FF595959"), _left(), border=_BARE),
    "section": Style(
        Font(name=_HEI, size=12, color="FF1F4E79"),
        Alignment(horizontal="left", vertical="center"),
        border=_BARE,
    ),
    "label": Style(Font(name=_HEI, size=10, color=_INK), _centre(), _LABEL),
    "label_left": Style(Font(name=_SONG, size=10, color=_INK), _left(), _LABEL),
    "side": Style(Font(name=_HEI, size=10, color=_INK), _centre(), _LABEL),
    "signature": Style(
        Font(name=_SONG, size=10, color=_INK),
        Alignment(horizontal="right", vertical="center"),
        border=_BARE,
    ),
    "signature_input": Style(
        Font(name=_SONG, size=10, color=_INK), _left(), border=_BARE, open=True
    ),
    "computed": Style(Font(name=_HEI, size=10, color="FF595959"), _centre(), border=_BARE),
    "computed_label": Style(
        Font(name=_HEI, size=10, color="FF595959"), _centre(), _COMPUTED, _SOFT_GRID
    ),
    "computed_points": Style(
        Font(name=_SONG, size=10, color="FF1F4E79"), _centre(), _COMPUTED, _SOFT_GRID, "0.00"
    ),
    "computed_rate": Style(
        Font(name=_SONG, size=10, color="FF1F4E79"), _centre(), _COMPUTED, _SOFT_GRID, "0.00%"
    ),
    "computed_text": Style(
        Font(name=_SONG, size=9, color="FF1F4E79"), _left(), _COMPUTED, _SOFT_GRID
    ),
    "computed_word": Style(
        Font(name=_HEI, size=10, color="FF1F4E79"), _centre(), _COMPUTED, _SOFT_GRID
    ),
    **{f"input_{show.value}": _input(show) for show in Show},
    # A level is written once for all its rows: lines only left and right, and a line on top
    # where one begins (a conditional format), so that the rows below it look merged.
    "input_level": replace(_input(Show.CENTRED), border=Border(left=_LINE, right=_LINE)),
}


BEGINNING_OF_LEVEL = DifferentialStyle(border=Border(left=_LINE, right=_LINE, top=_LINE))

MISSING = DifferentialStyle(fill=PatternFill(bgColor="FFFCE4D6", fill_type="solid"))

# What a word in a cell may turn it into (`x-colours`).
COLOURED = {
    name: DifferentialStyle(
        font=Font(color=ink, bold=True), fill=PatternFill(bgColor=paper, fill_type="solid")
    )
    for name, (ink, paper) in COLOURS.items()
}


def paint(cell: Cell | MergedCell, style: str) -> None:
    """Give a cell the look of that name."""
    look = STYLES[style]
    cell.font, cell.fill, cell.border = look.font, look.fill, look.border
    cell.alignment, cell.number_format = look.alignment, look.number_format
    cell.protection = Protection(locked=not look.open)


def style_of(target: Field) -> str:
    """Return the name of the style in which a field's cell is drawn."""
    if target.read_only:
        if target.kind != "number":
            centred = target.schema.get("x-align") == "center"
            return "computed_word" if centred else "computed_text"
        return "computed_rate" if target.unit == "%" else "computed_points"
    return "input_level" if target.fill_down else f"input_{_show(target).value}"


def _show(target: Field) -> Show:
    if target.kind == "integer":
        return Show.YEAR
    if target.unit == "%":
        return Show.RATE
    if target.kind == "number":
        return Show.AMOUNT if target.unit else Show.POINTS
    return Show.CENTRED if target.schema.get("x-align") == "center" else Show.TEXT

"""The sheet 图表: scores and execution rates of the units, drawn as bars."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import compress
from typing import Any, NamedTuple

import pandas as pd

from xlflow.ledger import Submission
from xlflow.summary import captions, look
from xlflow.summary.basis import Basis
from xlflow.summary.captions import Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book

_COLUMNS = (
    Column(Caption.UNIT, Kind.TEXT, 24, 44),
    Column(Caption.CLAIMED, Kind.POINTS, 10),
    Column(Caption.COMPUTED, Kind.POINTS, 10),
    Column(Caption.EXECUTION_RATE, Kind.PERCENT, 11),
)
_MOST_BARS = 200  # of more nobody finds their own
_ENDS = 20  # bars at either end are drawn then
_CAPTIONS = [column.caption for column in _COLUMNS]
_NAME, _CLAIMED, _COMPUTED, _RATE = range(len(_COLUMNS))
_BARS, _GAP = 470, 24  # pixels for the bars, beside their names
_LETTER, _LONGEST = 5.6, 84  # pixels of a Latin letter; a name longer than so many is wrapped
_HEAD, _FOOT, _HEIGHT_PER_BAR = 60, 40, 38
_LABEL = {"name": look.FONT, "size": 9, "color": look.INK}


class Figures(NamedTuple):
    """What is drawn of one submission."""

    name: str
    claimed: Decimal | None
    computed: Decimal | None
    rate: Decimal | None

    @property
    def scored(self) -> bool:
        """Whether there is a score to draw."""
        return self.claimed is not None or self.computed is not None


def write_charts(book: Book, basis: Basis) -> None:
    """Write the sheet; the bars stand beside the figures they are drawn from.

    They are horizontal, best score first, and the chart grows with their number: names of
    bureaus are long, and two hundred of them are still to be read. Of more, both ends are drawn.
    """
    figures = _figures(basis)
    if not figures:  # forms of targets have none of them
        return
    everyone = len(figures)
    if everyone > _MOST_BARS:
        figures = _both_ends(figures)
    sheet = book.sheet(captions.CHARTS)
    sheet.table(0, _COLUMNS, pd.DataFrame(figures, columns=_CAPTIONS, dtype=object))
    sheet.worksheet.freeze_panes(1, 1)
    sheet.worksheet.repeat_rows(0)
    count = len(figures)
    part = captions.BOTH_ENDS.format(drawn=_ENDS, count=everyone) if count < everyone else ""
    names = round(min(max(look.display_length(each.name) for each in figures), _LONGEST) * _LETTER)
    width = names + _GAP + _BARS
    overdrawn = any(each.rate is not None and each.rate > 1 for each in figures)
    charts = [_rates(book, count, part, overdrawn=overdrawn)]
    # Monitoring forms are not scored and stand last: they would be empty bars.
    if scored := sum(each.scored for each in figures):
        charts.insert(0, _scores(book, scored, part))
    down = 0
    for chart, bars in charts:  # one above the other: side by side a page would be too narrow
        _lay_out(chart, bars, (names + _GAP) / width)
        chart.set_size({"width": width, "height": _height(bars)})
        place = {"x_offset": 4, "y_offset": down + 8, "object_position": 2}
        sheet.worksheet.insert_chart(0, len(_COLUMNS) + 1, chart, place)
        down += _height(bars) + _GAP


def columns_chart(
    book: Book, sheet: str, rows: range, columns: tuple[int, int], colour: str
) -> Any:
    """Return a small chart of counts; `columns` are where their names and they themselves stand."""
    labels, counts = columns
    chart = book.workbook.add_chart({"type": "column"})
    chart.add_series(
        {
            "categories": [sheet, rows[0], labels, rows[-1], labels],
            "values": [sheet, rows[0], counts, rows[-1], counts],
            "fill": {"color": colour},
            "gap": 80,
            "data_labels": {"value": True, "num_format": "0;;", "font": _LABEL},
        }
    )
    chart.set_title({"none": True})
    chart.set_legend({"none": True})
    chart.set_x_axis({"num_font": _LABEL, "line": {"color": look.LINE}})
    chart.set_y_axis({"visible": False, "min": 0, "major_gridlines": {"visible": False}})
    chart.set_chartarea({"border": {"color": look.LINE}})
    return chart


def _height(bars: int) -> int:
    return _HEAD + _HEIGHT_PER_BAR * bars + _FOOT


def _figures(basis: Basis) -> list[Figures]:
    """Return the figures of what has any, best score first, what is not scored last."""
    found = [
        (each, Figures("", each.claimed_total, each.total, basis.money[each.id].execution_rate))
        for each in basis.current
    ]
    shown = [each for each in found if each[1].scored or each[1].rate is not None]
    names = _names([submission for submission, _ in shown], basis)
    named = [of_one._replace(name=name) for name, (_, of_one) in zip(names, shown, strict=True)]
    return sorted(named, key=_rank, reverse=True)


def _rank(figures: Figures) -> Decimal:
    if not figures.scored:
        return Decimal(-2)
    return Decimal(-1) if figures.computed is None else figures.computed


def _both_ends(figures: Sequence[Figures]) -> list[Figures]:
    """Return the first and the last; of those that are scored, if any is, else by their rates."""
    drawn = [each for each in figures if each.scored] or sorted(
        figures, key=lambda each: each.rate or Decimal(), reverse=True
    )
    return [*drawn[:_ENDS], *drawn[_ENDS:][-_ENDS:]]


def _names(submissions: Sequence[Submission], basis: Basis) -> list[str]:
    exercises = [
        (each.year, each.round, basis.titles.get(each.form or "", each.form))
        for each in submissions
    ]
    several = [len(set(values)) > 1 for values in zip(*exercises, strict=True)]
    return [
        " · ".join(map(str, filter(None, (each.unit, each.project, *compress(said, several)))))
        for each, said in zip(submissions, exercises, strict=True)
    ]


def _scores(book: Book, bars: int, part: str) -> tuple[Any, int]:
    """Return the chart of scores and its number of bars."""
    chart = _chart(book, captions.SCORE_CHART + part, bars)
    for column, colour in ((_COMPUTED, look.COMPUTED_COLOUR), (_CLAIMED, look.CLAIMED_COLOUR)):
        chart.add_series(_series(column, bars, colour, "0.00"))
    chart.set_x_axis(_value_axis("0"))
    height = _height(bars)
    place = {"x": 0.72, "y": 14 / height, "width": 0.26, "height": 24 / height}
    chart.set_legend({"position": "top", "font": _LABEL, "layout": place})
    return chart, bars


def _rates(book: Book, bars: int, part: str, *, overdrawn: bool) -> tuple[Any, int]:
    """Return the chart of execution rates and its number of bars."""
    chart = _chart(book, captions.RATE_CHART + part, bars)
    chart.add_series(_series(_RATE, bars, look.RATE_COLOUR, "0.00%"))
    chart.set_x_axis(_value_axis("0%") | {"max": None if overdrawn else 1})
    chart.set_legend({"none": True})
    return chart, bars


def _chart(book: Book, title: str, bars: int) -> Any:
    chart = book.workbook.add_chart({"type": "bar"})
    heading = {"name": look.FONT, "size": 12, "bold": True, "color": look.BLUE}
    corner = {"x": 0.02, "y": 12 / _height(bars)}
    chart.set_title({"name": title, "name_font": heading, "layout": corner})
    axis = {"reverse": True, "crossing": "max", "num_font": _LABEL, "line": {"color": look.LINE}}
    chart.set_y_axis(axis)
    chart.set_chartarea({"border": {"color": look.LINE}})
    chart.show_blanks_as("gap")
    return chart


def _lay_out(chart: Any, bars: int, left: float) -> None:
    """Give the bars their place; `left` is the share of the width that their names take."""
    # Laid out in pixels: left to itself, the head of a chart grows with its number of bars, and
    # long names run out of it.
    height = _height(bars)
    inner = 1 - (_HEAD + _FOOT) / height
    place = {"x": left, "y": _HEAD / height, "width": 0.95 - left, "height": inner}
    chart.set_plotarea({"layout": place})


def _value_axis(number_format: str) -> dict[str, Any]:
    return {
        "min": 0,
        "num_format": number_format,
        "num_font": _LABEL,
        "line": {"none": True},
        "major_gridlines": {"visible": True, "line": {"color": look.LINE, "width": 0.5}},
    }


def _series(column: int, count: int, colour: str, number_format: str) -> dict[str, Any]:
    sheet = captions.CHARTS
    return {
        "name": [sheet, 0, column],
        "categories": [sheet, 1, _NAME, count, _NAME],
        "values": [sheet, 1, column, count, column],
        "fill": {"color": colour},
        "gap": 60,
        "overlap": 0,
        "data_labels": {"value": True, "num_format": number_format, "font": _LABEL},
    }

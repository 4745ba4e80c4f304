"""The sheet 图表: scores and execution rates of every unit, drawn as bars."""

from typing import Any

import pandas as pd

from xlflow.summary import captions, look
from xlflow.summary.captions import Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book

_COLUMNS = (
    Column(Caption.UNIT, Kind.TEXT, 24, 44),
    Column(Caption.CLAIMED, Kind.POINTS, 10),
    Column(Caption.COMPUTED, Kind.POINTS, 10),
    Column(Caption.EXECUTION_RATE, Kind.PERCENT, 11),
)
_SCORES = [Caption.CLAIMED, Caption.COMPUTED]
_FIGURES = [*_SCORES, Caption.EXECUTION_RATE]
_NAME, _CLAIMED, _COMPUTED, _RATE = range(len(_COLUMNS))
_BARS, _GAP = 470, 24  # pixels for the bars, beside their names
_LETTER, _LONGEST = 5.6, 84  # pixels of a Latin letter; a name longer than so many is wrapped
_HEAD, _FOOT, _HEIGHT_PER_BAR = 60, 40, 38
_LABEL = {"name": look.FONT, "size": 9, "color": look.INK}


def write_charts(book: Book, submissions: pd.DataFrame) -> None:
    """Write the sheet; the bars stand beside the figures they are drawn from.

    They are horizontal, best score first, and the chart grows with their number: names of
    bureaus are long, and two hundred of them are still to be read.
    """
    shown = submissions.dropna(how="all", subset=_FIGURES) if len(submissions) else submissions
    if shown.empty:  # forms of targets have none of them
        return
    figures = _figures(shown)
    sheet = book.sheet(captions.CHARTS)
    sheet.table(0, _COLUMNS, figures)
    sheet.worksheet.freeze_panes(1, 1)
    sheet.worksheet.repeat_rows(0)
    count = len(figures)
    names = round(min(max(map(look.display_length, figures[Caption.UNIT])), _LONGEST) * _LETTER)
    width = names + _GAP + _BARS
    charts = [_rates(book, count, overdrawn=_is_overdrawn(figures))]
    # Monitoring forms are not scored and stand last: they would be empty bars.
    if scored := int(figures[_SCORES].notna().any(axis=1).sum()):
        charts.insert(0, _scores(book, scored))
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


def _is_overdrawn(figures: pd.DataFrame) -> bool:
    return any(rate is not None and rate > 1 for rate in figures[Caption.EXECUTION_RATE])


def _figures(submissions: pd.DataFrame) -> pd.DataFrame:
    """Return the figures by name, best score first, what is not scored last."""
    shown = submissions[_FIGURES].copy()
    shown[Caption.UNIT] = _names(submissions)
    ranks = [
        -2 if claimed is None and computed is None else -1 if computed is None else computed
        for claimed, computed in shown[_SCORES].itertuples(index=False)
    ]
    order = pd.Series(ranks, index=shown.index).sort_values(ascending=False, kind="stable").index
    return shown.loc[order]


def _names(submissions: pd.DataFrame) -> list[str]:
    several = [
        caption
        for caption in (Caption.YEAR, Caption.ROUND, Caption.FORM)
        if submissions[caption].nunique(dropna=False) > 1
    ]
    parts = submissions[[Caption.UNIT, Caption.PROJECT, *several]].itertuples(index=False)
    return [" · ".join(str(part) for part in row if part) for row in parts]


def _scores(book: Book, bars: int) -> tuple[Any, int]:
    """Return the chart of scores and its number of bars."""
    chart = _chart(book, captions.SCORE_CHART, bars)
    for column, colour in ((_COMPUTED, look.COMPUTED_COLOUR), (_CLAIMED, look.CLAIMED_COLOUR)):
        chart.add_series(_series(column, bars, colour, "0.00"))
    chart.set_x_axis(_value_axis("0"))
    height = _height(bars)
    place = {"x": 0.72, "y": 14 / height, "width": 0.26, "height": 24 / height}
    chart.set_legend({"position": "top", "font": _LABEL, "layout": place})
    return chart, bars


def _rates(book: Book, bars: int, *, overdrawn: bool) -> tuple[Any, int]:
    """Return the chart of execution rates and its number of bars."""
    chart = _chart(book, captions.RATE_CHART, bars)
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

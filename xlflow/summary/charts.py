"""The sheet 图表: scores and execution rates of every unit, drawn as bars."""

from typing import Any

import pandas as pd

from xlflow.summary import captions, look
from xlflow.summary.captions import Caption
from xlflow.summary.look import Column, Kind
from xlflow.summary.sheet import Book, Sheet

_COLUMNS = (
    Column(Caption.UNIT, Kind.TEXT, 24, 44),
    Column(Caption.CLAIMED, Kind.POINTS, 10),
    Column(Caption.COMPUTED, Kind.POINTS, 10),
    Column(Caption.EXECUTION_RATE, Kind.PERCENT, 11),
)
_SCORES = [Caption.CLAIMED, Caption.COMPUTED]
_FIGURES = [*_SCORES, Caption.EXECUTION_RATE]
_NAME, _CLAIMED, _COMPUTED, _RATE = range(len(_COLUMNS))
_MOST_BESIDE_TOTALS = 12  # more bars than this get the sheet 图表 to themselves
_WIDTH, _GAP = 700, 24
_HEAD, _FOOT, _HEIGHT_PER_BAR = 60, 40, 38
_ROW_PIXELS = 20  # a row nobody set
_LABEL = {"name": look.FONT, "size": 9, "color": look.INK}


def write_charts(book: Book, overview: Sheet, free_row: int, submissions: pd.DataFrame) -> int:
    """Return the last row used on 总览 after drawing few units there, many on the sheet 图表.

    The bars are horizontal, best score first, and the chart grows with their number: names of
    bureaus are long, and two hundred of them are still to be read.
    """
    # Forms of targets and of monitoring are not scored; they would be empty bars.
    shown = submissions.dropna(how="all", subset=_SCORES) if len(submissions) else submissions
    if shown.empty:
        return free_row
    figures = _figures(shown)
    sheet = book.sheet(captions.CHARTS)
    sheet.table(0, _COLUMNS, figures)
    sheet.worksheet.freeze_panes(1, 1)
    few = len(figures) <= _MOST_BESIDE_TOTALS
    drawn_on, row, column = (overview, free_row, 0) if few else (sheet, 0, len(_COLUMNS) + 1)
    count = len(figures)
    height = _HEAD + _HEIGHT_PER_BAR * count + _FOOT
    overdrawn = any(rate is not None and rate > 1 for rate in figures[Caption.EXECUTION_RATE])
    rates = _rates(book, count, height, top=None if overdrawn else 1)
    scored = figures[[Caption.CLAIMED, Caption.COMPUTED]].notna().any(axis=None)
    charts = (_scores(book, count, height), rates) if scored else (rates,)
    for position, chart in enumerate(charts):
        chart.set_size({"width": _WIDTH, "height": height})
        place = {"x_offset": position * (_WIDTH + _GAP) + 4, "y_offset": 8, "object_position": 2}
        drawn_on.worksheet.insert_chart(row, column, chart, place)
    return free_row + (height // _ROW_PIXELS + 1 if few else 0)


def _figures(submissions: pd.DataFrame) -> pd.DataFrame:
    shown = submissions[_FIGURES].copy()
    shown[Caption.UNIT] = _names(submissions)
    worst_first = shown[Caption.COMPUTED].map(lambda score: -1 if score is None else score)
    order = worst_first.sort_values(ascending=False, kind="stable").index
    return shown.loc[order]


def _names(submissions: pd.DataFrame) -> list[str]:
    several = [
        caption
        for caption in (Caption.YEAR, Caption.ROUND, Caption.FORM)
        if submissions[caption].nunique(dropna=False) > 1
    ]
    parts = submissions[[Caption.UNIT, Caption.PROJECT, *several]].itertuples(index=False)
    return [" · ".join(str(part) for part in row if part) for row in parts]


def _scores(book: Book, count: int, height: int) -> Any:
    chart = _bars(book, captions.SCORE_CHART, height)
    for column, colour in ((_COMPUTED, look.COMPUTED_COLOUR), (_CLAIMED, look.CLAIMED_COLOUR)):
        chart.add_series(_series(column, count, colour, "0.00"))
    chart.set_x_axis(_value_axis("0"))
    place = {"x": 0.72, "y": 14 / height, "width": 0.26, "height": 24 / height}
    chart.set_legend({"position": "top", "font": _LABEL, "layout": place})
    return chart


def _rates(book: Book, count: int, height: int, *, top: int | None) -> Any:
    chart = _bars(book, captions.RATE_CHART, height)
    chart.add_series(_series(_RATE, count, look.RATE_COLOUR, "0.00%"))
    chart.set_x_axis(_value_axis("0%") | {"max": top})
    chart.set_legend({"none": True})
    return chart


def _bars(book: Book, title: str, height: int) -> Any:
    chart = book.workbook.add_chart({"type": "bar"})
    heading = {"name": look.FONT, "size": 12, "bold": True, "color": look.BLUE}
    corner = {"x": 0.02, "y": 12 / height}
    chart.set_title({"name": title, "name_font": heading, "layout": corner})
    # Laid out in pixels: left to itself, the head of a chart grows with its number of bars.
    inner = 1 - (_HEAD + _FOOT) / height
    chart.set_plotarea({"layout": {"x": 0.31, "y": _HEAD / height, "width": 0.64, "height": inner}})
    axis = {"reverse": True, "crossing": "max", "num_font": _LABEL, "line": {"color": look.LINE}}
    chart.set_y_axis(axis)
    chart.set_chartarea({"border": {"color": look.LINE}})
    chart.show_blanks_as("gap")
    return chart


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

"""Colours for what a word in a column says: outcome, light, severity."""

from collections.abc import Sequence

from xlflow.problems import Severity
from xlflow.review.result import Outcome
from xlflow.summary import captions, look
from xlflow.summary.captions import SEVERITIES, Caption
from xlflow.summary.look import Column
from xlflow.summary.sheet import Sheet

_OUTCOMES = (
    (captions.OUTCOMES[Outcome.ACCEPTED], look.GOOD),
    (captions.OUTCOMES[Outcome.RETURNED], look.BAD),
)
_SEVERITIES = (
    (SEVERITIES[Severity.ERROR], look.BAD),
    (SEVERITIES[Severity.WARNING], look.DOUBTFUL),
)


def colour_outcomes(sheet: Sheet, columns: Sequence[Column], rows: range) -> None:
    """Colour the column 结论: green for 通过, red for 退回."""
    sheet.colour(rows, position_of(columns, Caption.OUTCOME), _OUTCOMES)


def colour_lights(sheet: Sheet, columns: Sequence[Column], rows: range) -> None:
    """Colour the column 预警灯 as its words say."""
    words = ((captions.LIGHTS[name], look.LIGHTS[name]) for name in look.LIGHTS)
    sheet.colour(rows, position_of(columns, Caption.LIGHT), words)


def colour_severities(sheet: Sheet, columns: Sequence[Column], rows: range) -> None:
    """Colour the column 级别: red for 错误, amber for 提醒."""
    sheet.colour(rows, position_of(columns, Caption.SEVERITY), _SEVERITIES)


def position_of(columns: Sequence[Column], caption: Caption) -> int:
    """Return where a column stands, the first being 0."""
    return [column.caption for column in columns].index(caption)

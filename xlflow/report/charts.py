"""Charts as pictures: horizontal bars, the same bytes each time."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from xlflow.report.blocks import Bars

_WIDTH: Final = 1560  # 156 mm of text at ten dots a millimetre
_ROW, _BAR, _EDGE = 66, 38, 24
_LONGEST_LABEL, _FIGURES = 520, 170
_SIZE: Final = 34
_INK, _FILL, _GROUND, _AXIS = "#202020", "#2F6DA8", "#E9EEF3", "#8A8A8A"
_TOO_LONG = "…"
_NONE, _ALL = Decimal(0), Decimal(1)


def draw(chart: Bars, font: tuple[Path, int]) -> bytes:
    """Return a chart as PNG; each bar has its label on the left and its figure on the right."""
    path, face = font
    letters = ImageFont.truetype(path, _SIZE, face, layout_engine=ImageFont.Layout.BASIC)
    height = 2 * _EDGE + _ROW * len(chart.bars)
    picture = Image.new("RGB", (_WIDTH, height), "white")
    pen = ImageDraw.Draw(picture)
    labels = [_fitting(bar.label, letters) for bar in chart.bars]
    beside = max(map(letters.getlength, labels), default=0)
    left, right = int(beside) + 32, _WIDTH - _FIGURES
    for number, (bar, label) in enumerate(zip(chart.bars, labels, strict=True)):
        top = _EDGE + number * _ROW + (_ROW - _BAR) // 2
        middle = top + _BAR // 2
        pen.text((left - 16, middle), label, _INK, letters, anchor="rm")
        pen.rectangle((left, top, right, top + _BAR), _GROUND)
        share = min(max(bar.value / chart.full, _NONE), _ALL) if chart.full else _NONE
        if length := int((right - left) * share):
            pen.rectangle((left, top, left + length, top + _BAR), _FILL)
        pen.text((right + 16, middle), bar.shown, _INK, letters, anchor="lm")
    pen.line((left, _EDGE // 2, left, height - _EDGE // 2), _AXIS, 2)
    stream = BytesIO()
    picture.quantize(64).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _fitting(label: str, letters: ImageFont.FreeTypeFont) -> str:
    """Return a label, shortened so that it fits beside the bars."""
    if letters.getlength(label) <= _LONGEST_LABEL:
        return label
    while label and letters.getlength(label + _TOO_LONG) > _LONGEST_LABEL:
        label = label[:-1]
    return label + _TOO_LONG

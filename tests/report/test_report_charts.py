"""Charts: the same picture each time, of a sensible size; none without a Chinese typeface."""

from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from report_examples import opened, report_on, words

from xlflow.demo import Played
from xlflow.report import build
from xlflow.report.blocks import Bar, Bars
from xlflow.report.charts import draw
from xlflow.report.fonts import chinese_font

FONT = chinese_font()
needs_font = pytest.mark.skipif(FONT is None, reason="no Chinese typeface on this machine")
FILL = (47, 109, 168)


def chart(*shares: str, label: str = "产出指标") -> Bars:
    bars = tuple(Bar(label, Decimal(share), share) for share in shares)
    return Bars("levels", "得分率", bars, Decimal(1))


def filled(png: bytes, row: int) -> int:
    """Return how many dots of a bar are coloured."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    line = (picture.getpixel((x, 24 + 66 * row + 33)) for x in range(picture.width))
    return sum(
        isinstance(dot, tuple) and all(abs(a - b) < 12 for a, b in zip(dot, FILL, strict=True))
        for dot in line
    )


@needs_font
def test_bars_are_as_long_as_their_values() -> None:
    assert FONT is not None
    png = draw(chart("1", "0.5", "0", "1.2"), FONT)
    whole, half, none, more = (filled(png, row) for row in range(4))
    assert abs(whole - 2 * half) <= 2
    assert none == 0
    assert more == whole  # never beyond its ground


@needs_font
def test_a_picture_is_small_and_the_same_each_time() -> None:
    assert FONT is not None
    big = chart(*["0.9"] * 20, label="很长的项目名称" * 12)
    assert draw(big, FONT) == draw(big, FONT)
    assert len(draw(big, FONT)) < 200_000


@needs_font
def test_the_simplified_chinese_face_of_a_collection_is_taken() -> None:
    assert FONT is not None
    path, face = FONT
    if "NotoSansCJK" not in path.name:
        pytest.skip("another typeface is liked better here")
    from PIL import ImageFont

    assert ImageFont.truetype(path, 16, face).getname()[0] == "Noto Sans CJK SC"


def test_without_a_chinese_typeface_there_are_no_charts_and_no_boxes(
    played: Played, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "chinese_font", lambda: None)
    report = report_on(played.workspace, year=2020)
    assert report.charts_left_out
    paper = opened(report.content)
    assert not paper.inline_shapes
    assert "图1" not in words(paper)


def test_no_typeface_is_found_where_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "NotoSansCJK-Regular.ttc").write_bytes(b"no font")
    (tmp_path / "Arial.ttf").write_bytes(b"")
    assert chinese_font((tmp_path,)) is None

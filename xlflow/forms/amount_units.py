"""The unit in which a sheet states its amounts: 万元, 元 …, at a label or on a line of its own."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Final

from xlflow.forms.labels import Spot
from xlflow.grids import Grid
from xlflow.values import normalise

AMOUNT_UNITS: Final[Mapping[str, Decimal]] = {
    "元": Decimal(1),
    "千元": Decimal(1_000),
    "万元": Decimal(10_000),
    "百万元": Decimal(1_000_000),
    "亿元": Decimal(100_000_000),
}
_UNIT = "(亿元|百万元|万元|千元|元)"
_AT_LABEL = re.compile(rf"[(\[](?:单位:)?(?:人民币)?{_UNIT}[)\]]")
# 填报单位：元氏县 states no unit.
_ON_LINE = re.compile(
    rf"(?:^|[^\u4e00-\u9fff]|金额|货币|资金)单位:(?:人民币)?{_UNIT}(?![\u4e00-\u9fff])"
)


class AmountUnits:
    """The units a sheet states; `labels` are the cells that name fields and blocks, by path."""

    def __init__(self, grid: Grid, labels: Mapping[str, Spot]) -> None:
        self._grid = grid
        self._labels = labels
        self._at_labels: dict[str, dict[str, Spot]] = {}

    def stated(self, path: str, row: int) -> dict[str, Spot]:
        """Return the units stated for a field of a row, with the first cell that says so.

        They stand at its label, at those of the blocks it is in, and on lines above.
        """
        if path not in self._at_labels:
            self._at_labels[path] = self._of_labels(path)
        lines = {unit: place for place, unit in self._lines if place[0] <= row}
        return {**lines, **self._at_labels[path]}

    def _of_labels(self, path: str) -> dict[str, Spot]:
        units: dict[str, Spot] = {}
        while path:
            place = self._labels.get(path)
            told = _AT_LABEL.search(normalise(self._grid.at(*place).raw or "")) if place else None
            if told and place:
                units[told[1]] = place
            path = path.rpartition(".")[0]
        return units

    @cached_property
    def _lines(self) -> list[tuple[Spot, str]]:
        texts = ((place, cell.raw) for place, cell in self._grid.cells.items() if cell.raw)
        return [
            (place, told[1])
            for place, raw in texts
            if "单位" in raw and "元" in raw and (told := _ON_LINE.search(normalise(raw)))
        ]

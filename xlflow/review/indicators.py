"""The indicator rows as the checks of this floor see them, and how a finding names several."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from xlflow.forms.document import Document
from xlflow.scoring import Scores
from xlflow.scoring.engine import INDICATORS, year_of
from xlflow.scoring.rows import rows_of, written
from xlflow.scoring.score import Score
from xlflow.values import Op, Target, label_key, parse_target

FIGURES = frozenset({Op.BARE, Op.EQ, Op.RATIO, Op.APPROX})
_NO_MORE_THAN = 12
_CELL = re.compile(r"([A-Z]+)([0-9]+)")


class Indicator(NamedTuple):
    """An indicator row: its pointer, its words, what its values mean, and its score.

    `key` is the name without what stands in brackets; a value that is blank has `Op.NONE`.
    """

    at: str
    level1: str
    level2: str
    name: str
    key: str
    target: Target
    actual: Target
    score: Score | None

    @property
    def decided(self) -> bool:
        """Whether the actual could be set against the target: points or a light came of it."""
        return self.score is not None and (
            self.score.computed is not None or self.score.light is not None
        )


def indicators_of(document: Document, scores: Scores) -> tuple[Indicator, ...]:
    """Return the indicators that have a name, in order."""
    score_of: Mapping[str, Score] = {score.field: score for score in scores.rows}
    year = year_of(document)
    return tuple(
        Indicator(
            at,
            str(row.get("level1") or ""),
            str(row.get("level2") or ""),
            name,
            label_key(name),
            parse_target(written(document, f"{at}/target", row.get("target")), year=year),
            parse_target(written(document, f"{at}/actual", row.get("actual")), year=year),
            score_of.get(at),
        )
        for at, row in rows_of(document, INDICATORS)
        if (name := written(document, f"{at}/level3", row.get("level3")))
    )


def cells_shown(cells: Iterable[str]) -> str:
    """Return cells as a clerk reads them: neighbours in a column as one, a long list cut off.

    >>> cells_shown(["F21", "F22", "F23", "F31"])
    'F21–F23、F31'
    """
    runs: list[list[str]] = []
    for cell in cells:
        if runs and _below(runs[-1][-1]) == cell:
            runs[-1].append(cell)
        else:
            runs.append([cell])
    shown = [run[0] if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]
    return "、".join(shown[:_NO_MORE_THAN]) + ("……" if len(shown) > _NO_MORE_THAN else "")


def names_shown(names: Sequence[str]) -> str:
    """Return names in quotation marks, a long list cut off.

    >>> names_shown(["造林面积", "抚育面积"])
    '“造林面积”“抚育面积”'
    """
    cut = "……" if len(names) > _NO_MORE_THAN else ""
    return "".join(f"“{name}”" for name in names[:_NO_MORE_THAN]) + cut


def _below(cell: str) -> str:
    found = _CELL.fullmatch(cell)
    return f"{found[1]}{int(found[2]) + 1}" if found else ""

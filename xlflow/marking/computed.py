"""The computed block: xlflow's scores and explanations in the cells it owns."""

from collections.abc import Iterator
from decimal import Decimal

from xlflow.forms.document import Document
from xlflow.messages import text
from xlflow.review import Result
from xlflow.scoring import Profile, Scores, lights_in_words
from xlflow.scoring.engine import TOTALS

Written = tuple[str, str | Decimal | None]


def computed_cells(result: Result, profile: Profile) -> Iterator[Written]:
    """Yield (cell, value) for each cell of a form's sheet that xlflow writes.

    Under a profile where the system scores, the columns 得分 and 偏差度 are xlflow's too.
    """
    document = result.document
    if document is None:
        return
    yield from ((cell, None) for cell in document.filled_before)
    for score in result.scores.rows:
        deviation = None if score.deviation is None else score.deviation / 100
        yield from _cell(document, f"{score.field}/computed_score", score.computed)
        yield from _cell(document, f"{score.field}/computed_deviation", deviation)
        yield from _cell(document, f"{score.field}/computed_light", light_word(score.light))
        progress = None if score.progress is None else score.progress / 100
        yield from _cell(document, f"{score.field}/computed_progress", progress)
        yield from _cell(document, f"{score.field}/computed_explanation", score.explanation)
        if profile.system_scores:
            yield from _cell(document, f"{score.field}/score", score.computed)
            yield from _cell(document, f"{score.field}/deviation", deviation)
    if result.scores.light is not None:
        yield from _cell(document, f"{TOTALS}/computed_light", light_word(result.scores.light))
        counted = f"{lights_in_words(result.scores.rows).zh}。"
        yield from _cell(document, f"{TOTALS}/computed_explanation", counted)
    if result.scores.total is not None:
        yield from _cell(document, f"{TOTALS}/computed_score", result.scores.total)
        yield from _cell(document, f"{TOTALS}/computed_explanation", total_line(result.scores))
        if profile.system_scores:
            yield from _cell(document, f"{TOTALS}/score", result.scores.total)


def has_block(document: Document) -> bool:
    """Return whether a workbook has columns for the computed values."""
    ends = ("/computed_score", "/computed_light")
    return any(pointer.endswith(ends) for pointer in document.sources)


def light_word(light: str | None) -> str | None:
    """Return what stands in a workbook for a light.

    >>> light_word("red")
    '红灯'
    """
    return text(f"lights.{light}").zh if light else None


def total_line(scores: Scores) -> str:
    """Return the sentence beside the total: total, grade, and what is undecided."""
    line = f"测算总分{scores.total}分，等级：{scores.grade}。"
    if scores.undecided_weight:
        line += f"其中{scores.undecided_weight:f}分无法测算，按自评得分计入。"
    return line


def _cell(document: Document, pointer: str, value: str | Decimal | None) -> Iterator[Written]:
    if source := document.sources.get(pointer):
        yield source.cell, value

"""The rows of a table that was found by its headings: where its body ends, what is none of it."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from xlflow.forms.form import Field
from xlflow.forms.headings import Headings
from xlflow.forms.labels import Labels
from xlflow.forms.seen import is_blank
from xlflow.ooxml.reference import MAX_COLUMN, Area
from xlflow.values import label_key

_SUBTOTALS = frozenset({"小计", "分项小计", "指标小计"})


@dataclass(frozen=True, slots=True)
class Body:
    """The rows of a table, and a row below its end that looks like one of them all the same."""

    rows: tuple[int, ...]
    stray: int | None = None


def body_of(labels: Labels, table: Field, headings: Headings, limit: int, others: Set[int]) -> Body:
    """Return the rows of a table down to `limit`, but those of `others`.

    Headings printed again and subtotals are passed over. A text that runs across columns ends
    the table, and so do headings in another order.
    """
    again = _headings_again(labels, table, headings, limit)
    across = dict(_across(labels, table, headings, limit))
    rows: list[int] = []
    for row in range(headings.bottom + 1, limit + 1):
        if row in others:
            continue
        if again.get(row) is False or across.get(row) is False:
            return Body(tuple(rows), _stray(labels, table, headings, range(row + 1, limit + 1)))
        if row not in again and row not in across:
            rows.append(row)
    return Body(tuple(rows))


def _headings_again(
    labels: Labels, table: Field, headings: Headings, limit: int
) -> dict[int, bool]:
    """Return the rows that show headings once more, with whether they are in the same columns."""
    below = Area(headings.bottom + 1, 1, limit, MAX_COLUMN)
    shown: dict[int, list[bool]] = {}
    for field in table.children:
        area = headings.columns.get(field.key)
        for row, col in labels.places(field, below):
            shown.setdefault(row, []).append(bool(area and area.left <= col <= area.right))
    return {row: all(same) for row, same in shown.items() if len(same) > 1}


def _across(
    labels: Labels, table: Field, headings: Headings, limit: int
) -> Iterator[tuple[int, bool]]:
    """Yield the rows with a cell merged across columns, and whether the table goes on after it.

    The levels and the name of an indicator may be one cell, and so may the parts of one text.
    """
    texts = [field for field in table.children if field.kind == "text" and not field.part]
    name = next((field.key for field in texts if not field.fill_down), None)
    may_join = {field.key for field in texts if field.fill_down} | {name}
    whole = {part: field.key for field in texts for part in field.join}
    for area in labels.grid.merges:
        if area.left == area.right or not headings.bottom < area.top <= limit:
            continue
        covered = {whole.get(key, key) for key in _covered(headings.columns, area)}
        if len(covered) > 1 and not covered <= may_join:
            cell = labels.grid.at(area.top, area.left)
            yield area.top, is_blank(cell) or label_key(str(cell.raw)) in _SUBTOTALS


def _covered(columns: Mapping[str, Area], area: Area) -> set[str]:
    return {
        key
        for key, column in columns.items()
        if area.left <= column.right and column.left <= area.right
    }


def _stray(labels: Labels, table: Field, headings: Headings, rows: range) -> int | None:
    """Return the first row that fills each column that a row of the table must fill."""
    wanted = [
        area.left
        for field in table.children
        if field.required and (area := headings.columns.get(field.key))
    ]
    filled = (row for row in rows if all(not is_blank(labels.grid.at(row, col)) for col in wanted))
    return next(filled, None) if len(wanted) > 1 else None

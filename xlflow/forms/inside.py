"""Values inside longer texts: `填报单位：某局` in one cell, the year in the title."""

import re
from collections.abc import Iterator

from xlflow.forms.form import Field
from xlflow.forms.labels import Labels, Spot
from xlflow.ooxml.reference import Area
from xlflow.values import label_key, normalise

_LONGEST = 200
_LABELLED = re.compile(r"\s*([^:：]{2,20})[:：]\s*([^:：]*[^:：\s])\s*")
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def values_inside(labels: Labels, field: Field, root: Field, region: Area) -> dict[Spot, str]:
    """Return the texts in a region that hold the value of a field, with the value in each.

    Such a text begins with a label and a colon, and holds no other. With `x-title`, a pattern
    with one group, the form's title and texts in brackets are searched as well.
    """
    found = dict(_labelled(labels, field, region))
    if not found and "x-title" in field.schema:
        found = dict(_in_title(labels, re.compile(field.schema["x-title"]), root, region))
    return found


def _labelled(labels: Labels, field: Field, region: Area) -> Iterator[tuple[Spot, str]]:
    for place, words in _texts(labels, region):
        told = _LABELLED.fullmatch(words)
        if told and label_key(told[1]) in field.labels:
            yield place, told[2]


def _in_title(
    labels: Labels, pattern: re.Pattern[str], root: Field, region: Area
) -> Iterator[tuple[Spot, str]]:
    for place, words in _texts(labels, region):
        text = normalise(words)
        titled = label_key(words).endswith(tuple(root.labels)) or _IN_BRACKETS.fullmatch(text)
        if titled and (told := pattern.search(text)):
            yield place, told[1]


def _texts(labels: Labels, region: Area) -> Iterator[tuple[Spot, str]]:
    for place, cell in labels.grid.cells.items():
        if (
            cell.kind == "text"
            and cell.raw
            and len(cell.raw) <= _LONGEST
            and region.contains(*place)
        ):
            yield place, cell.raw

"""Values inside longer texts: `填报单位：某局` in one cell, the year in the title."""

import re
from collections.abc import Iterator

from xlflow.forms.form import Field
from xlflow.forms.labels import Labels, Spot
from xlflow.ooxml.reference import Area
from xlflow.values import label_key, normalise

_LONGEST_TITLE = 100
_IN_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def values_inside(labels: Labels, field: Field, root: Field, region: Area) -> dict[Spot, str]:
    """Return the texts in a region that hold the value of a field, with the value in each.

    Such a text begins with a label and a colon, and holds no other. With `x-title`, a pattern
    with one group, the form's title and texts in brackets are searched as well.
    """
    told = (each for key in field.labels for each in labels.labelled.get(key, ()))
    found = {place: words for place, words in told if region.contains(*place)}
    if not found and "x-title" in field.schema:
        found = dict(_in_title(labels, re.compile(field.schema["x-title"]), root, region))
    return found


def _in_title(
    labels: Labels, pattern: re.Pattern[str], root: Field, region: Area
) -> Iterator[tuple[Spot, str]]:
    for place, cell in labels.grid.cells.items():
        if cell.kind != "text" or len(cell.raw or "") > _LONGEST_TITLE:
            continue
        text = normalise(str(cell.raw))
        told = pattern.search(text)
        if told and region.contains(*place) and _is_title(text, root):
            yield place, told[1]


def _is_title(text: str, root: Field) -> bool:
    return bool(_IN_BRACKETS.fullmatch(text)) or label_key(text).endswith(tuple(root.labels))

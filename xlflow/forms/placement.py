"""Where the fields of a form were found on a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlflow.forms.labels import Spot
from xlflow.ooxml.reference import Area, cell_name
from xlflow.problems import Problem


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table stands: its columns by key, and the rows of its body.

    A column is the area of its heading, so that a heading merged over two columns finds a value
    in either. In a `parted` column the heading stands over others and a value may be in several.
    """

    columns: Mapping[str, Area]
    rows: tuple[int, ...]
    parted: frozenset[str] = frozenset()

    @property
    def heading(self) -> str:
        """The cell of the first heading."""
        first = min(self.columns.values(), key=lambda area: area.left)
        return cell_name(first.top, first.left)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything was found: single fields and tables by dotted path, and what was not.

    `texts` are the values of fields that stand inside a longer text of their cell. `labels` are
    the cells by whose labels fields, blocks and columns were found; a name needs none.
    """

    cells: Mapping[str, Spot]
    tables: Mapping[str, Table]
    problems: tuple[Problem, ...]
    texts: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Spot] = field(default_factory=dict)


def pointer(path: str) -> str:
    """Return the JSON Pointer of a dotted path.

    >>> pointer("funds.total.score")
    '/funds/total/score'
    """
    return "/" + path.replace(".", "/")

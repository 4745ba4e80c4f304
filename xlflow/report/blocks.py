"""What a report is made of, as plain data: headings, paragraphs, tables and charts, in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from xlflow.messages import text
from xlflow.papers import Column

ChartKind = Literal["execution", "levels", "grades"]
# What only a person knows. Each has a text of its own: report.blank_<key>.
BLANKS: Final = (
    "basis", "functions", "structure", "assets", "project", "organisation", "purpose", "method",
    "achievements", "difference", "reason", "problems", "measures", "group", "signature", "date",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4, without its number."""

    words: str
    level: int


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph; `closing` stands on the right, as a signature does."""

    words: str
    closing: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption; every row has a text for each column."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart: what it is of, how long it is, and the figure beside it."""

    label: str
    value: Decimal
    shown: str


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of horizontal bars; `full` is the value of one that is as long as can be."""

    kind: ChartKind
    caption: str
    bars: tuple[Bar, ...]
    full: Decimal


Block = Heading | Words | Grid | Bars
Blocks = Iterable[Block]


@dataclass(frozen=True, slots=True)
class Blank:
    """Something a person must write: under which heading, and what."""

    section: str
    words: str
    words_en: str


def blank(key: str) -> str:
    """Return what stands where a person must write; `key` is one of BLANKS.

    >>> blank("functions")
    '【请填写：部门主要职能】'
    """
    return f"【请填写：{text(f'report.blank_{key}').zh}】"

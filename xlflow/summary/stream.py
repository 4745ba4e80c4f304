"""Tables too long to hold: rows that are made while they are written, and then let go."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

import pandas as pd

from xlflow.summary.captions import Caption

Row = dict[Caption, object]
Records = Sequence[Sequence[object]]  # by column

_TOGETHER = 1000  # rows; a million cells piece by piece would be dear


@dataclass(frozen=True, slots=True)
class Stream:
    """The rows of a table: `begin` makes them anew from the first on, each time it is called.

    `count` is how many there are and `blank` in which columns none of them says anything: both
    are known before the first row is made.
    """

    begin: Callable[[], Iterator[Row]]
    count: int
    blank: frozenset[Caption] = frozenset()

    def parts(self, most: int) -> Iterator["Stream"]:
        """Yield the rows in parts of so many at most, at least one part."""
        for start in range(0, max(self.count, 1), most):
            end = min(start + most, self.count)
            yield replace(self, begin=partial(self._between, start, end), count=end - start)

    def _between(self, start: int, end: int) -> Iterator[Row]:
        return islice(self.begin(), start, end)

    def first(self, count: int, captions: Sequence[Caption]) -> Records:
        """Return the values of the first rows, by column."""
        return _by_column(list(islice(self.begin(), count)), captions)

    def pieces(self, captions: Sequence[Caption]) -> Iterator[Records]:
        """Yield the values of all rows, some of them at a time, by column."""
        rows = self.begin()
        while some := list(islice(rows, _TOGETHER)):
            yield _by_column(some, captions)


def stream(begin: Callable[[], Iterator[Row]]) -> Stream:
    """Return rows as a stream, after going through them once."""
    rows = begin()
    first = next(rows, {})
    silent = {each for each, value in first.items() if value is None}
    count = int(bool(first))
    for row in rows:
        silent = {each for each in silent if row[each] is None}
        count += 1
    return Stream(begin, count, frozenset(silent))


def stream_of(frame: pd.DataFrame) -> Stream:
    """Return the rows of a frame."""
    columns = {Caption(str(name)): list(values) for name, values in frame.items()}

    def begin() -> Iterator[Row]:
        records = zip(*columns.values(), strict=True)
        return (dict(zip(columns, record, strict=True)) for record in records)

    blank = (name for name, values in columns.items() if all(value is None for value in values))
    return Stream(begin, len(frame), frozenset(blank))


def _by_column(rows: Iterable[Row], captions: Sequence[Caption]) -> Records:
    return [[row[caption] for row in rows] for caption in captions]

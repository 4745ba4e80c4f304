"""How often work is done that grows with everything there is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_REST = 9  # times as long as the work took: it has a tenth of the time
_AT_ONCE = 1.0  # seconds of work that nobody notices


class Pace:
    """Says when work is due again, so that long work never takes more than a tenth of the time.

    What takes a second is due at once; what takes a minute, ten minutes after it began.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._due = now()

    @property
    def is_due(self) -> bool:
        """Whether the work may be done now."""
        return self._now() >= self._due

    @contextmanager
    def working(self) -> Iterator[None]:
        """Do the work inside; it counts when it fails, too."""
        begun = self._now()
        try:
            yield
        finally:
            ended = self._now()
            took = ended - begun
            self._due = ended + (_REST * took if took > _AT_ONCE else 0)

"""Waiting for work: watchdog rings when something moves in the inbox, the scan decides."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from xlflow.errors import EnvironmentFailed
from xlflow.intake.scan import Sighting, State, scan, settled

_SHORTEST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
# Looking at a file is an event as well, and the scan and the copy look: that is no news.
_ONLY_LOOKED_AT = frozenset({"opened", "closed_no_write"})


def ready_files(
    inbox: Path,
    *,
    settle_seconds: float,
    scan_seconds: float,
    stop: threading.Event,
    on_trouble: Callable[[EnvironmentFailed], None],
) -> Iterator[tuple[Sighting, ...]]:
    """Yield the files that are ready, each time there are some, until `stop` is set.

    A file is ready when two scans, `settle_seconds` apart, see it unchanged. One that is still
    there after it was yielded is yielded again `scan_seconds` later. Shares send no events, so
    the inbox is scanned every `scan_seconds` in any case; a quiet inbox then yields nothing, so
    that what failed can be tried again. An inbox that can not be reached is told to `on_trouble`
    and tried again after a growing pause.
    """
    bell = _Bell(inbox, stop)
    before: dict[str, State] = {}
    offered: dict[State, float] = {}
    try:
        while not stop.is_set():
            now = _scan_when_reachable(inbox, bell, stop, on_trouble)
            still = settled(now, before)
            before = {sighting.name: sighting.state for sighting in now}
            offered = {state: at for state, at in offered.items() if state in before.values()}
            due = time.monotonic() - scan_seconds
            ready = tuple(each for each in still if offered.get(each.state, due) <= due)
            if ready:
                offered |= dict.fromkeys((each.state for each in ready), time.monotonic())
                yield ready
            elif len(still) < sum(not sighting.held for sighting in now):
                stop.wait(settle_seconds)
            else:
                bell.wait(scan_seconds)
                yield ()
            bell.ring.clear()
    finally:
        bell.take_down()


def _scan_when_reachable(
    inbox: Path,
    bell: "_Bell",
    stop: threading.Event,
    on_trouble: Callable[[EnvironmentFailed], None],
) -> tuple[Sighting, ...]:
    """Return what lies in the inbox, as soon as it can be read; nothing once `stop` is set."""
    pause = _SHORTEST_PAUSE
    while not stop.is_set():
        bell.hang()
        try:
            return scan(inbox)
        except EnvironmentFailed as error:
            if pause == _SHORTEST_PAUSE:
                on_trouble(error)
            bell.take_down()  # it does not survive the loss of its folder
            stop.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)
    return ()


class _Bell(FileSystemEventHandler):
    """Rings when something moves in the inbox; where the system sees nothing, it stays silent."""

    def __init__(self, inbox: Path, stop: threading.Event) -> None:
        self.ring = threading.Event()
        self._inbox = inbox
        self._stop = stop
        self._hangs = False
        self._observer: BaseObserver | None = None

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring on any change; which one does not matter, for events lie on network shares."""
        if event.event_type not in _ONLY_LOOKED_AT:
            self.ring.set()

    def hang(self) -> None:
        """Have the system ring from now on; without it the scan alone will do."""
        if self._hangs:
            return
        self._hangs = True
        observer = Observer()
        observer.schedule(self, str(self._inbox), recursive=True)
        try:
            observer.start()
        except OSError:
            return
        self._observer = observer

    def take_down(self) -> None:
        """Have the system ring no more."""
        self._hangs = False
        if self._observer is not None:
            self._observer.stop()
            self._observer.join(timeout=5)
            self._observer = None

    def wait(self, seconds: float) -> None:
        """Wait until it rings or the time is over; look at `stop` once a second."""
        until = time.monotonic() + seconds
        while not self._stop.is_set() and (left := until - time.monotonic()) > 0:
            if self.ring.wait(min(left, 1.0)):
                return

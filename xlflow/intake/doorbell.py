"""Waiting for work: watchdog rings when something moves in the inbox, the scan decides."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from xlflow.errors import EnvironmentFailed
from xlflow.intake.scan import Sighting, scan, settled

_LONGEST_PAUSE = 60.0


class _Bell(FileSystemEventHandler):
    def __init__(self, ring: threading.Event) -> None:
        self._ring = ring

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Ring on any event; which one does not matter, for events lie on network shares."""
        del event
        self._ring.set()


def ready_files(
    inbox: Path, *, settle_seconds: float, scan_seconds: float, stop: threading.Event
) -> Iterator[tuple[Sighting, ...]]:
    """Yield the files that are ready, each time there are some, until `stop` is set.

    A file is ready when two scans, `settle_seconds` apart, see it unchanged. Shares send no
    events, so the inbox is scanned every `scan_seconds` in any case; an inbox that can not be
    reached is tried again after a growing pause.
    """
    ring = threading.Event()
    observer = _observe(inbox, ring)
    before: dict[str, tuple[str, int, int]] = {}
    pause = 1.0
    try:
        while not stop.is_set():
            try:
                now = scan(inbox)
                pause = 1.0
            except EnvironmentFailed:
                stop.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            ready = settled(now, before)
            before = {sighting.name: sighting.state for sighting in now}
            if ready:
                yield ready
            elif now and not all(sighting.held for sighting in now):
                stop.wait(settle_seconds)
            else:
                _wait(ring, stop, scan_seconds)
            ring.clear()
    finally:
        if observer is not None:
            observer.stop()
            observer.join(timeout=5)


def _wait(ring: threading.Event, stop: threading.Event, seconds: float) -> None:
    """Wait until the bell rings or the time is over; look at `stop` once a second."""
    until = time.monotonic() + seconds
    while not stop.is_set() and (left := until - time.monotonic()) > 0:
        if ring.wait(min(left, 1.0)):
            return


def _observe(inbox: Path, ring: threading.Event) -> BaseObserver | None:
    """Return a running observer, None where the system offers none: the scan alone will do."""
    observer = Observer()
    observer.schedule(_Bell(ring), str(inbox), recursive=True)
    try:
        observer.start()
    except OSError:
        return None
    return observer

"""How much time and memory a process may take: for parsers that are not ours, and for ours."""

import faulthandler
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SECONDS = 30
MEMORY = 1 << 30  # bytes


def bound_memory(size: int = MEMORY) -> None:
    """Let this process have so many bytes of memory and no more, where the system can say so."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_AS)
    least = size if most == resource.RLIM_INFINITY else min(size, most)
    resource.setrlimit(resource.RLIMIT_AS, (least, most))


def bound_processor(seconds: int = SECONDS) -> None:
    """Let this process compute for so many seconds and no more, where the system can say so."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    least = seconds if most == resource.RLIM_INFINITY else min(seconds, most)
    resource.setrlimit(resource.RLIMIT_CPU, (least, most))


@contextmanager
def bounded_time(seconds: float = SECONDS) -> Iterator[None]:
    """End this process, whatever it is doing, when the block takes longer than some seconds."""
    with Path("/dev/null" if sys.platform != "win32" else "NUL").open("wb") as nowhere:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()

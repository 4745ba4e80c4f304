"""A real server on a port of this machine, for a workspace."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Server(NamedTuple):
    """Where a server listens, and the process it runs in."""

    url: str
    port: int
    process: subprocess.Popen[bytes]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


@contextmanager
def serving(workspace: Path, *options: str) -> Iterator[Server]:
    """Yield `xlflow serve` over a workspace, as an officer starts it."""
    port = free_port()
    command = [sys.executable, "-m", "xlflow", "serve", "--workspace", str(workspace)]
    process = subprocess.Popen(
        [*command, "--port", str(port), "--jobs", "2", *options],
        env=os.environ | {"XLFLOW_LANG": "zh"},
        stderr=subprocess.PIPE,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                assert process.poll() is None
                time.sleep(0.1)
        yield Server(url, port, process)
    finally:
        process.terminate()
        process.wait(20)
        assert process.stderr
        process.stderr.close()

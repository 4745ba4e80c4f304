"""The command line as another program meets it: a process of its own."""

import json
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FORM = "overall_self_evaluation"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which has to be JSON alone."""
        return json.loads(self.out)


def xlflow(
    *arguments: str | Path,
    lang: str = "zh",
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Ended:
    """Return how `xlflow` ended with these arguments; `environ` adds to the environment.

    It is a fork of a process that has loaded the libraries (`warm_program.py`), or Python started
    anew.
    """
    environment = {**os.environ, "XLFLOW_LANG": lang, **(environ or {})}
    environment.pop("PYTHONIOENCODING", None)
    named = [str(each) for each in arguments]
    if environ or not hasattr(os, "fork"):  # such variables may bear on how Python starts
        return _started(named, cwd, environment)
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        told = {"folder": str(cwd or Path.cwd()), "environment": environment}
        code = _forked({"arguments": named, **told, "out": str(out), "err": str(err)})
        return Ended(code, out.read_bytes().decode("utf-8"), err.read_bytes().decode("utf-8"))


def _started(arguments: list[str], folder: Path | None, environment: dict[str, str]) -> Ended:
    done = subprocess.run(
        [sys.executable, "-m", "xlflow", *arguments],
        capture_output=True,
        check=False,
        cwd=folder,
        env=environment,
        timeout=60,
    )
    return Ended(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def _forked(told: dict[str, Any]) -> int:
    program = _warm_program()
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(json.dumps(told) + "\n")
    program.stdin.flush()
    if not select.select([program.stdout], [], [], 60)[0]:
        _warm_program.cache_clear()
        program.kill()
        raise TimeoutError(f"xlflow {told['arguments']} did not end")
    return int(program.stdout.readline())


@cache
def _warm_program() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("warm_program.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )

"""The command line as another program meets it: a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
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
    """Return how `xlflow` ended with these arguments; `environ` adds to the environment."""
    environment = {**os.environ, "XLFLOW_LANG": lang, **(environ or {})}
    environment.pop("PYTHONIOENCODING", None)
    done = subprocess.run(
        [sys.executable, "-m", "xlflow", *map(str, arguments)],
        capture_output=True,
        check=False,
        cwd=cwd,
        env=environment,
        timeout=60,
    )
    return Ended(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))

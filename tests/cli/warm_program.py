"""Be `python -m xlflow` many times over: a fork for each of a process that has loaded libraries.

Loading them takes a second, a fork none; what a fork runs is the program from its first line, in
the environment and folder it is told. Lines of JSON come in: arguments, folder, environment, and
the files that take the output; for each, one goes out: how it ended.
"""

import gc
import importlib
import json
import os
import runpy
import sys
from typing import Any

# Not the command line itself: its help speaks the language it is loaded in.
_LOADED = (
    "xlflow.pipeline",
    "xlflow.waiving",
    "xlflow.rescoring",
    "xlflow.demo",
    "click",
    "pandas",
)


def main() -> None:
    for name in _LOADED:
        importlib.import_module(name)
    gc.freeze()  # the end of a fork need not take apart what is shared
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            be_the_program(**json.loads(line))
            return
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def be_the_program(
    arguments: list[str], folder: str, environment: dict[str, str], out: str, err: str
) -> None:
    """Run `python -m xlflow`; it ends the process."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate((os.devnull, out, err)):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), number)
    sys.stdin, sys.stdout, sys.stderr = stream_of(0, "r"), stream_of(1, "w"), stream_of(2, "w")
    sys.argv = ["xlflow", *arguments]
    runpy.run_module("xlflow", run_name="__main__", alter_sys=True)


def stream_of(number: int, mode: str) -> Any:
    """Return a standard stream as it is on an old console; the program has to see to its own."""
    return open(number, mode, encoding="ascii", closefd=False)


if __name__ == "__main__":
    main()

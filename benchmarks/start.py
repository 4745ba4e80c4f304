"""Time `xlflow --help` beside Python that does nothing, each in a process of its own.

Run `python benchmarks/start.py [--rounds N]`. Printed is the best of each, by turns, and how many
times longer the help page takes. Exits 1 above twelve times.
"""

import argparse
import subprocess
import sys
import time


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    nothing, helping = [sys.executable, "-c", ""], [sys.executable, "-m", "xlflow", "--help"]
    times = [(seconds(nothing), seconds(helping)) for _ in range(rounds)]
    bare, page = (min(each) for each in zip(*times, strict=True))
    print(
        f"python {bare * 1000:.0f} ms, xlflow --help {page * 1000:.0f} ms: {page / bare:.1f} times"
    )
    sys.exit(1 if page > 12 * bare else 0)


def seconds(command: list[str]) -> float:
    since = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - since


if __name__ == "__main__":
    main()

"""Real files read by our reader and by calamine: every difference is explained."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
SMALL = 200_000  # bytes; `python benchmarks/two_readers.py` compares all
# calamine is not ours: it reads in a process of its own, all files in one.
_COMPARE = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from pathlib import Path
from two_readers import compared
from xlflow.bounds import bound_memory
from xlflow.errors import FileRefused
bound_memory()
cells, told = 0, []
for file in map(Path, sys.argv[2:]):
    try:
        count, found = compared(file)
    except FileRefused:
        continue
    cells += count
    told += [f"{file.name} {each}: {each.explained}" for each in found]
print(json.dumps([cells, told]))
"""


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real files is not here")
def test_two_readers_see_the_same() -> None:
    files = [file for file in sorted(CORPUS.iterdir()) if file.suffix in (".xlsx", ".xlsm")]
    small = [str(file) for file in files if file.stat().st_size < SMALL]
    path = json.dumps([str(ROOT / "benchmarks"), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", _COMPARE, path, *small],
        check=True,
        capture_output=True,
        timeout=300,
    )
    cells, told = json.loads(done.stdout)
    assert len(small) > 100
    assert cells > 10_000
    assert [line for line in told if line.endswith(": ")] == []

import copy
import subprocess
import sys

import pytest

import xlflow
from xlflow.errors import (
    DefinitionError,
    EnvironmentFailed,
    FileRefused,
    UsageError,
    WorkspaceBusy,
    XlflowError,
)
from xlflow.files import TargetInUse

NAMES = ["Result", "Target", "XlflowError", "check", "ooxml", "parse_target", "score"]


def test_the_public_names() -> None:
    assert xlflow.__all__ == NAMES
    assert dir(xlflow) == NAMES
    assert all(getattr(xlflow, name) is not None for name in NAMES)
    with pytest.raises(AttributeError):
        getattr(xlflow, NAMES[0] * 2)


def test_the_package_itself_loads_nothing_heavy() -> None:
    code = "import sys, xlflow; print(sorted(set(sys.modules) & set(sys.argv[1:])))"
    heavy = ["pandas", "sqlalchemy", "openpyxl", "jsonschema", "numpy", "watchdog", "xlsxwriter"]
    done = subprocess.run([sys.executable, "-c", code, *heavy], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (XlflowError("中", "en"), 4),
        (UsageError("中", "en"), 2),
        (DefinitionError("中", "en"), 2),
        (FileRefused("中", "en", "F01"), 3),
        (EnvironmentFailed("中", "en"), 4),
        (TargetInUse("中", "en"), 4),
        (WorkspaceBusy("中", "en"), 5),
    ],
)
def test_every_error_has_its_exit_code_and_crosses_a_process_border(
    error: XlflowError, code: int
) -> None:
    assert error.exit_code == code
    again = copy.copy(error)  # by the way that pickle takes
    assert (type(again), again.zh, again.en) == (type(error), "中", "en")
    assert vars(again) == vars(error)
    assert str(error) == "中 (en)"

"""The macro of the button: its source, and the macro project that was made of it."""

from functools import cache
from pathlib import Path

from xlflow import files

MODULE = "xlflowButton"
MACRO = "XlflowScore"
SOURCE = Path(__file__).parent / "macro" / f"{MODULE}.bas"
PROJECT = SOURCE.with_name("vbaProject.bin")


def macro_project() -> bytes:
    """Return the macro project that is put into issued workbooks (`docs/make_button.py`)."""
    return files.read_bytes(PROJECT)


@cache
def macro_source() -> str:
    """Return the source of the one module in it that holds a macro."""
    return files.read_bytes(SOURCE).decode().replace("\r\n", "\n")

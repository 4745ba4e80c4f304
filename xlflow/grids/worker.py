"""The process in which files of other formats are read: little memory, little time, no return.

It takes a request on its standard input and answers on its standard output with one line of JSON
and, where it opened a locked package, with that. Whatever happens to it happens to it alone.
"""

import contextlib
import io
import json
import sys
from itertools import islice
from typing import Any

import msoffcrypto

from xlflow.bounds import bound_memory, bound_processor
from xlflow.errors import FileRefused
from xlflow.grids.ods import read_ods
from xlflow.grids.plain import PlainBook
from xlflow.grids.second import differences
from xlflow.grids.xls import read_xls
from xlflow.grids.xlsb import read_xlsb
from xlflow.ooxml.limits import DEFAULT
from xlflow.problems import refusal

# What Excel locks a workbook with when nobody is meant to be kept out.
_FOR_ANYBODY = "VelvetSweatshop"
_COMPOUND = b"\xd0\xcf\x11\xe0"
_MOST_TOLD = 5


def main() -> None:
    """Answer the one request that this process was started for."""
    bound_memory()
    bound_processor()
    request = json.loads(sys.stdin.buffer.readline())
    package = sys.stdin.buffer.read()
    try:
        answer, opened = _answer(package, request["name"], request["passwords"])
    except FileRefused as error:
        answer, opened = {"refused": [error.zh, error.en, error.code, list(error.why)]}, b""
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + opened)


def _answer(package: bytes, name: str, passwords: list[str]) -> tuple[dict[str, Any], bytes]:
    """Return the book in a file, or what a password opened; neither where it is unreadable."""
    if package.startswith(_COMPOUND):
        opened = _unlocked(package, name, passwords)
        if opened is not None and not opened.startswith(_COMPOUND):
            return {}, opened
        package = opened or package
    plain = _first_opinion(package, name)
    return ({} if plain is None else {"book": _confirmed(package, name, plain).as_data()}), b""


def _unlocked(package: bytes, name: str, passwords: list[str]) -> bytes | None:
    """Return what a password opened, None when there is none on the file."""
    try:
        locked = msoffcrypto.OfficeFile(io.BytesIO(package))
        if not locked.is_encrypted():
            return None
    except MemoryError:
        raise
    except Exception:  # it knows fewer formats than there are
        return None
    for password in (_FOR_ANYBODY, *passwords):
        opened = io.BytesIO()
        with contextlib.suppress(Exception):  # another password, or a way of locking it knows not
            locked.load_key(password=password)
            locked.decrypt(opened)
            return opened.getvalue()
    raise refusal("F03", name=name)


def _first_opinion(package: bytes, name: str) -> PlainBook | None:
    if not package.startswith(_COMPOUND):
        read = read_xlsb if b"xl/workbook.bin" in package else read_ods
        return read(package, name, DEFAULT)
    try:
        return read_xls(package)
    except MemoryError:
        raise
    except Exception:  # xlrd stumbles over damaged files in many ways
        return None


def _confirmed(package: bytes, name: str, plain: PlainBook) -> PlainBook:
    """Return the book when another reader sees the same; raises FileRefused when it does not."""
    try:
        found = (each for each in differences(package, plain) if not each.explained)
        different = [str(each) for each in islice(found, _MOST_TOLD)]
    except Exception as error:
        raise refusal("F36", name=name, where=type(error).__name__) from error
    if different:
        raise refusal("F36", name=name, where="、".join(different))
    return plain


if __name__ == "__main__":
    main()

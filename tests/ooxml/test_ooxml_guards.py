"""Each guard has a file that trips it, and a neighbour that does not."""

import io
import struct
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from package_samples import MAIN, package, parts_of, worksheet, zipped

from xlflow.errors import EnvironmentFailed, FileRefused
from xlflow.grids import read_book
from xlflow.ooxml import Limits, Workbook

PARTS = parts_of({"表1": worksheet('<row r="1"><c r="A1"><v>1</v></c></row>')})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def refusal_of(data: bytes, limits: Limits = Limits()) -> FileRefused:  # noqa: B008
    with pytest.raises(FileRefused) as refused:
        read_book(Workbook.from_bytes(data, "报表.xlsx", limits))
    assert "报表.xlsx" in refused.value.zh
    assert "报表.xlsx" in refused.value.en
    return refused.value

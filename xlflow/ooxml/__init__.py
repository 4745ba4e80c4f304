"""The workbook file itself: opened under guards, its cells read and set without any loss."""

from xlflow.ooxml.bookpart import DefinedName
from xlflow.ooxml.insertion import Insertion
from xlflow.ooxml.limits import Limits
from xlflow.ooxml.long_tables import LongTable, Rows, write_with_long_tables
from xlflow.ooxml.new_sheet import FileLink, NewCell, NewSheet, compose_sheet
from xlflow.ooxml.package import suffix_of
from xlflow.ooxml.proof import Unproven, prove
from xlflow.ooxml.styles import CellStyle
from xlflow.ooxml.workbook import Sheet, Workbook

__all__ = [
    "CellStyle",
    "DefinedName",
    "FileLink",
    "Insertion",
    "Limits",
    "LongTable",
    "NewCell",
    "NewSheet",
    "Rows",
    "Sheet",
    "Unproven",
    "Workbook",
    "compose_sheet",
    "prove",
    "suffix_of",
    "write_with_long_tables",
]

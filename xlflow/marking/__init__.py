"""What xlflow leaves in a workbook: computed block, notes, highlights, the sheet 核对结果."""

from xlflow.marking.mark import mark
from xlflow.marking.results_sheet import SHEET_NAME, put_results_sheet, shortened
from xlflow.marking.strip import strip, unmarked
from xlflow.marking.told import Marks, marks_of

__all__ = [
    "SHEET_NAME",
    "Marks",
    "mark",
    "marks_of",
    "put_results_sheet",
    "shortened",
    "strip",
    "unmarked",
]

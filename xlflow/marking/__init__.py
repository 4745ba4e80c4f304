"""What xlflow leaves in a workbook: the computed block and the sheet 核对结果."""

from xlflow.marking.mark import mark, put_results_sheet
from xlflow.marking.results_sheet import SHEET_NAME, shortened

__all__ = ["SHEET_NAME", "mark", "put_results_sheet", "shortened"]

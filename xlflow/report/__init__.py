"""The narrative report (自评报告) as a .docx, from what the ledger holds.

Facts only: what a person must write stands as 【请填写：…】. Importing this room imports
python-docx, docxtpl and Pillow (the extra `report`); callers import it late.
"""

from xlflow.report.blocks import Blank
from xlflow.report.build import Report, build_report
from xlflow.report.material import Asked

__all__ = ["Asked", "Blank", "Report", "build_report"]

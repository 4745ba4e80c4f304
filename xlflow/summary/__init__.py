"""The summary book 汇总.xlsx, rendered from the ledger.

Importing this room imports pandas and XlsxWriter; callers import it late.
"""

from xlflow.summary.book import write_summary
from xlflow.summary.layoutfill import fill_layout, layout_faults
from xlflow.summary.layoutnames import Wanted
from xlflow.summary.publish import publish_layout, publish_summary

__all__ = [
    "Wanted",
    "fill_layout",
    "layout_faults",
    "publish_layout",
    "publish_summary",
    "write_summary",
]

"""The summary book 汇总.xlsx, rendered from the ledger.

Importing this room imports pandas and XlsxWriter; callers import it late.
"""

from xlflow.summary.book import build_summary
from xlflow.summary.publish import publish_summary

__all__ = ["build_summary", "publish_summary"]

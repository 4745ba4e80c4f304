"""Chasing: where everybody stands, on one page and in counts, and notices to those who are asked.

Importing this room imports SQLAlchemy; callers import it late.
"""

from xlflow.chasing.page import PAGE_NAME, build_page, publish_page
from xlflow.chasing.tally import SELECTIONS, Tally, days_told, is_of, selects, tally

__all__ = [
    "PAGE_NAME",
    "SELECTIONS",
    "Tally",
    "build_page",
    "days_told",
    "is_of",
    "publish_page",
    "selects",
    "tally",
]

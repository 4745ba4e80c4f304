"""Chasing: where everybody stands, on one page and in counts, and notices to those who are asked.

Importing this room imports SQLAlchemy; callers import it late.
"""

from xlflow.chasing.notices import Notice, Sender, notices_to, text_to_all
from xlflow.chasing.page import PAGE_NAME, build_page, publish_page
from xlflow.chasing.post import Posted, letters_can_be_written, post_reminders
from xlflow.chasing.tally import SELECTIONS, Tally, days_told, is_of, selects, tally

__all__ = [
    "PAGE_NAME",
    "SELECTIONS",
    "Notice",
    "Posted",
    "Sender",
    "Tally",
    "build_page",
    "days_told",
    "is_of",
    "letters_can_be_written",
    "notices_to",
    "post_reminders",
    "publish_page",
    "selects",
    "tally",
    "text_to_all",
]

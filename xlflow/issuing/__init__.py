"""Roster and form to pre-filled workbooks."""

from xlflow.issuing.issue import Issued, finished_template, issue, note_roster, template_of
from xlflow.issuing.roster import Line, read_roster

__all__ = [
    "Issued",
    "Line",
    "finished_template",
    "issue",
    "note_roster",
    "read_roster",
    "template_of",
]

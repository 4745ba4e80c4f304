"""Roster and form to pre-filled workbooks."""

from xlflow.issuing.button import SERVER_NAME, with_button
from xlflow.issuing.button_macro import MODULE, macro_project, macro_source
from xlflow.issuing.fill import fill
from xlflow.issuing.fresh import fresh_copy
from xlflow.issuing.issue import Issued, finished_template, issue, note_roster, template_of
from xlflow.issuing.prefill import accepted_targets, reports_on_targets, states_targets
from xlflow.issuing.roster import Line, read_roster

__all__ = [
    "MODULE",
    "SERVER_NAME",
    "Issued",
    "Line",
    "accepted_targets",
    "fill",
    "finished_template",
    "fresh_copy",
    "issue",
    "macro_project",
    "macro_source",
    "note_roster",
    "read_roster",
    "reports_on_targets",
    "states_targets",
    "template_of",
    "with_button",
]

"""Roster and form to pre-filled workbooks."""

from xlflow.issuing.button import PROFILE_NAME, SERVER_NAME, named_profile, with_button
from xlflow.issuing.button_macro import MODULE, macro_project, macro_source
from xlflow.issuing.fill import fill
from xlflow.issuing.fresh import fresh_copy
from xlflow.issuing.guide import GUIDE_NAME
from xlflow.issuing.issue import (
    Exercise,
    Issued,
    as_extended,
    finished_template,
    issue,
    template_of,
)
from xlflow.issuing.prefill import accepted_targets, reports_on_targets, states_targets, takes_over
from xlflow.issuing.roster import Line, lines_for, read_roster

__all__ = [
    "GUIDE_NAME",
    "MODULE",
    "PROFILE_NAME",
    "SERVER_NAME",
    "Exercise",
    "Issued",
    "Line",
    "accepted_targets",
    "as_extended",
    "fill",
    "finished_template",
    "fresh_copy",
    "issue",
    "lines_for",
    "macro_project",
    "macro_source",
    "named_profile",
    "read_roster",
    "reports_on_targets",
    "states_targets",
    "takes_over",
    "template_of",
    "with_button",
]

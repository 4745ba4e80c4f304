"""What happened: every arrival, submission, score and problem, and who was expected.

Importing this room imports SQLAlchemy; callers import it late.
"""

from xlflow.ledger.clock import local_day
from xlflow.ledger.entries import Entry, data_of_entry, document_of, entry_of, scores_of_entry
from xlflow.ledger.ledger import Ledger
from xlflow.ledger.records import (
    Arrival,
    ArrivalState,
    Assigned,
    Decision,
    DecisionKind,
    EarlierJudgement,
    Handout,
    Member,
    RosterLine,
    Standing,
    StandingState,
    Submission,
)

__all__ = [
    "Arrival",
    "ArrivalState",
    "Assigned",
    "Decision",
    "DecisionKind",
    "EarlierJudgement",
    "Entry",
    "Handout",
    "Ledger",
    "Member",
    "RosterLine",
    "Standing",
    "StandingState",
    "Submission",
    "data_of_entry",
    "document_of",
    "entry_of",
    "local_day",
    "scores_of_entry",
]

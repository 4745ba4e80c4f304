"""What happened: every arrival, submission, score and problem, and who was expected.

Importing this room imports SQLAlchemy; callers import it late.
"""

from xlflow.ledger.ledger import Ledger
from xlflow.ledger.records import (
    Arrival,
    ArrivalState,
    RosterLine,
    Standing,
    StandingState,
    Submission,
)

__all__ = [
    "Arrival",
    "ArrivalState",
    "Ledger",
    "RosterLine",
    "Standing",
    "StandingState",
    "Submission",
]

"""The inbox: scan, settle, claim, recover."""

from xlflow.intake.claim import hold, let_go, original_path, recover, take
from xlflow.intake.doorbell import ready_files
from xlflow.intake.scan import Sighting, scan, settled

__all__ = [
    "Sighting",
    "hold",
    "let_go",
    "original_path",
    "ready_files",
    "recover",
    "scan",
    "settled",
    "take",
]

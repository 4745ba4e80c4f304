"""The inbox: scan, settle, claim, unpack, recover."""

from xlflow.intake.archives import is_archive, unpack
from xlflow.intake.attachment import is_attachment
from xlflow.intake.claim import hold, let_go, original_path, recover, take
from xlflow.intake.doorbell import ready_files
from xlflow.intake.scan import Sighting, scan, settled

__all__ = [
    "Sighting",
    "hold",
    "is_archive",
    "is_attachment",
    "let_go",
    "original_path",
    "ready_files",
    "recover",
    "scan",
    "settled",
    "take",
    "unpack",
]

"""Profiles, rules, deviation, explanation and grade; knows nothing of Excel."""

from xlflow.scoring.engine import score_document
from xlflow.scoring.profile import Profile, load_profile, profile_names, read_profile, to_cents
from xlflow.scoring.score import Score, Scores
from xlflow.scoring.verdict import Verdict, judge

__all__ = [
    "Profile",
    "Score",
    "Scores",
    "Verdict",
    "judge",
    "load_profile",
    "profile_names",
    "read_profile",
    "score_document",
    "to_cents",
]

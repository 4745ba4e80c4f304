"""Profiles, rules, deviation, explanation, grade and lights; knows nothing of Excel."""

from xlflow.scoring.engine import counted_points, score_document
from xlflow.scoring.lights import Light
from xlflow.scoring.monitoring import lights_in_words, monitor_document
from xlflow.scoring.profile import (
    Profile,
    load_profile,
    profile_faults,
    profile_names,
    read_profile,
)
from xlflow.scoring.rules import to_cents
from xlflow.scoring.score import Score, Scores
from xlflow.scoring.verdict import Verdict, judge

__all__ = [
    "Light",
    "Profile",
    "Score",
    "Scores",
    "Verdict",
    "counted_points",
    "judge",
    "lights_in_words",
    "load_profile",
    "monitor_document",
    "profile_faults",
    "profile_names",
    "read_profile",
    "score_document",
    "to_cents",
]

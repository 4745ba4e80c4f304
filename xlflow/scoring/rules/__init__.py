"""The named scoring rules: a closed registry of small pure functions with parameters.

A rule takes the target, the actual and the weight, and returns the points before rounding together
with the arithmetic as it is shown to a person, or the reason why it gives nothing. All points lie
between 0 and the weight. The names (Q1, X2 …) are those of the field's catalogue of rules; a
profile chooses among them and gives the parameters as data.
"""

from xlflow.scoring.rules.bands import BAND_RULES, band_points, band_rule_of
from xlflow.scoring.rules.dates import late_by_time, late_is_nothing
from xlflow.scoring.rules.deviations import DEVIATIONS, Distance, ahead_of_execution
from xlflow.scoring.rules.figures import (
    Choice,
    Figures,
    Given,
    Points,
    Tier,
    Undecided,
    plain,
    rounded,
    shown,
    to_cents,
)
from xlflow.scoring.rules.quantitative import deducted, within_window
from xlflow.scoring.rules.registry import (
    AT_LEAST,
    AT_MOST,
    BY_NAME,
    EQUAL,
    EXECUTION,
    OWN_SCALE,
    PARAMETERS,
    RANGE,
    RULES,
    Kind,
    Parameter,
    points_by,
)
from xlflow.scoring.rules.tiers import tiers_fault
from xlflow.scoring.rules.whole import by_goals, share_achieved

__all__ = [
    "AT_LEAST",
    "AT_MOST",
    "BAND_RULES",
    "BY_NAME",
    "DEVIATIONS",
    "EQUAL",
    "EXECUTION",
    "OWN_SCALE",
    "PARAMETERS",
    "RANGE",
    "RULES",
    "Choice",
    "Distance",
    "Figures",
    "Given",
    "Kind",
    "Parameter",
    "Points",
    "Tier",
    "Undecided",
    "ahead_of_execution",
    "band_points",
    "band_rule_of",
    "by_goals",
    "deducted",
    "late_by_time",
    "late_is_nothing",
    "plain",
    "points_by",
    "rounded",
    "share_achieved",
    "shown",
    "tiers_fault",
    "to_cents",
    "within_window",
]

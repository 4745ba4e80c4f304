"""Where the live preview of a form stands, and the words that its formulas know."""

from xlflow.forms.form import Form
from xlflow.ooxml.reference import column_number

LATER = "提交后测算"
AS_CLAIMED = "按自评得分"
TITLES = {"score": "试算得分", "deviation": "试算偏差度"}
MOST_GRADES = 6

# The hidden cells: those of an indicator, and, in the first three rows of the sheet, the profile's.
COUNT = 9
KEY, RULE, TARGET, LOW, HIGH, SUFFIX, BARE, WRITTEN, NUMBER = range(COUNT)
PROFILE, FULL_AT, OVER_BUDGET, DEVIATION, REASON = range(5)
GRADES_FROM, GRADES = 2, 3  # rows
ANY_BARE, BARE_ABOVE_ONE = 1, 2
WORDS, STRICT_LIMIT, COMPLETION = "words", "Q9<", "P1"
RULES = frozenset({"Q1", "Q7", "Q8", "Q9", "Q10", "Q11", "Q12", "Q14"})
DEVIATIONS = ("V1", "V2", "V3")


def preview_columns(form: Form) -> frozenset[int]:
    """Return the columns in which the preview of a form stands, the hidden ones too."""
    columns = form.schema.get("x-layout", {}).get("preview")
    if not columns:
        return frozenset()
    first = column_number(columns["hidden"])
    shown = (column_number(columns[key]) for key in TITLES)
    return frozenset((*shown, *range(first, first + COUNT)))

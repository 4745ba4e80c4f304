"""Which cells the figures of the book come from."""

from collections.abc import Mapping, Sequence
from typing import Final

from xlflow.forms.document import Source
from xlflow.ledger import Ledger, Submission

CLAIMED: Final = "/totals/score"
COMPUTED: Final = "/totals/computed_score"
LIGHT: Final = "/totals/computed_light"
INITIAL_BUDGET: Final = "/funds/total/initial_budget"
FULL_YEAR_BUDGET: Final = "/funds/total/full_year_budget"
EXECUTED: Final = "/funds/total/executed"
ASKED: Final = "/amount_this_year"

Places = Mapping[int, Mapping[str, Source]]


def read_places(ledger: Ledger, submissions: Sequence[Submission]) -> Places:
    """Return where the figures of submissions stand, by `id` and pointer."""
    pointers = (CLAIMED, COMPUTED, LIGHT, INITIAL_BUDGET, FULL_YEAR_BUDGET, EXECUTED, ASKED)
    return ledger.places_of(submissions, pointers)

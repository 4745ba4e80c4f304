"""Which cells the figures of the book come from."""

from collections.abc import Mapping
from typing import Final

from xlflow.facts import Facts
from xlflow.forms.document import Source
from xlflow.ledger import Ledger

CLAIMED: Final = "/totals/score"
COMPUTED: Final = "/totals/computed_score"
LIGHT: Final = "/totals/computed_light"
INITIAL_BUDGET: Final = "/funds/total/initial_budget"
FULL_YEAR_BUDGET: Final = "/funds/total/full_year_budget"
EXECUTED: Final = "/funds/total/executed"
ASKED: Final = "/amount_this_year"

Places = Mapping[int, Mapping[str, Source]]


def read_places(facts: Facts, ledger: Ledger) -> Places:
    """Return where the figures of the submissions that count stand, by `id` and pointer."""
    pointers = (CLAIMED, COMPUTED, LIGHT, INITIAL_BUDGET, FULL_YEAR_BUDGET, EXECUTED, ASKED)
    return ledger.places_of(facts.current, pointers)

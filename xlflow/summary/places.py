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

_TOGETHER = 500  # submissions
Places = Mapping[int, Mapping[str, Source]]


def read_places(ledger: Ledger, submissions: Sequence[Submission]) -> Places:
    """Return where the figures of submissions stand, by `id` and pointer."""
    pointers = (CLAIMED, COMPUTED, LIGHT, INITIAL_BUDGET, FULL_YEAR_BUDGET, EXECUTED, ASKED)
    found: dict[int, Mapping[str, Source]] = {}
    known: dict[tuple[tuple[str, Source], ...], Mapping[str, Source]] = {}
    for start in range(0, len(submissions), _TOGETHER):
        read = ledger.places_of(submissions[start : start + _TOGETHER], pointers)
        for number, of_form in read.items():
            # Most forms are one template filled in: what is the same in them is held once.
            cells = {name: Source(each.sheet, each.cell) for name, each in of_form.items()}
            found[number] = known.setdefault(tuple(cells.items()), cells)
    return found

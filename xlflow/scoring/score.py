"""The score of one row and of a whole form, as records."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Score:
    """What one row is worth.

    `field` is the row in the Document (`/funds/total`, `/indicators/5`); `sheet` and `cell` say
    where its 得分 stands, on a monitoring form its actual. `target`, `actual` and `claimed` are
    as written. `computed` has two decimals, or is None when the row can not be decided;
    `explanation` (and `explanation_en`) then says why. `exact` is the same before rounding, for
    comparing with a claimed score of fewer decimals. `deviation` is in per cent with two decimals.

    A row of a monitoring form has no points; it has a `light` (`red`, `yellow`, `green`, `blue`;
    None when it can not be decided) and, where the months count, its `progress` in per cent.
    """

    field: str
    name: str
    sheet: str | None
    cell: str | None
    target: str | None
    actual: str | None
    weight: Decimal | None = None
    claimed: str | None = None
    computed: Decimal | None = None
    deviation: Decimal | None = None
    rule: str | None = None
    explanation: str = ""
    explanation_en: str = ""
    exact: Decimal | None = None
    progress: Decimal | None = None
    light: str | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """All rows of a form and what they add up to.

    `total` counts an undecided row at its claimed score; `undecided_weight` is the sum of those
    rows' weights. `total`, `claimed_total` and `grade` are None for a form that is not scored.
    `light` is the worst of a monitoring form's lights.
    """

    rows: tuple[Score, ...] = ()
    total: Decimal | None = None
    claimed_total: Decimal | None = None
    undecided_weight: Decimal | None = None
    grade: str | None = None
    light: str | None = None

"""What stands outside a form and bears on its judgement, as records without a database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from xlflow.review.waiver import Waiver


class Listed(NamedTuple):
    """A unit as the roster has it."""

    unit: str | None
    unit_code: str | None


@dataclass(frozen=True, slots=True)
class Promise:
    """An indicator of the accepted target form; `weight` is None where that form has none."""

    name: str
    target: str
    weight: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger had of a form's unit and project when the form came.

    `listed` are the units of the roster that have its code or its name, else all of them; None
    where nobody is expected, or the form names it so. `promises` stand on the form titled
    `promised_in`. `last_year` are the amounts of the same form of the year before, by the field
    that repeats them. `reissued` is the version of the form that was handed out with other targets
    since this one came.
    """

    listed: tuple[Listed, ...] | None = None
    promises: tuple[Promise, ...] = ()
    promised_in: str = ""
    last_year: Mapping[str, Decimal] = field(default_factory=dict)
    reissued: int | None = None

    def __bool__(self) -> bool:
        return self.listed is not None or bool(self.promises or self.last_year or self.reissued)


NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Context:
    """What a form is judged with beside itself: what may pass, and what is known.

    `profile` is the one its unit has of its own, empty where it has none.
    """

    waivers: tuple[Waiver, ...] = ()
    known: Known = NOTHING_KNOWN
    profile: str = ""


ALONE = Context()

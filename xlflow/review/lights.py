"""Checks of a monitoring form: what its lights ask of the unit."""

from collections.abc import Iterator, Mapping

from xlflow.messages import text
from xlflow.review.case import Case, Check, Finding, in_quotes
from xlflow.scoring import Light
from xlflow.scoring.lights import months_of

_ASKS_WHY = frozenset({Light.RED.value, Light.YELLOW.value})


def warnings_have_a_reason(case: Case) -> Iterator[Finding]:
    """A red or yellow light is explained in the reason column; a form without one asks none."""
    for row in case.scores.rows:
        at = f"{row.field}/reason"
        blank = case.document.get(at) is None and at in case.document.sources
        if row.light in _ASKS_WHY and blank:
            light = text(f"lights.{row.light}")
            yield Finding(
                case.place(at),
                {
                    "name": in_quotes(row.name),
                    "light": light.zh,
                    "light_en": light.en,
                    "explanation": row.explanation,
                    "explanation_en": row.explanation_en,
                },
            )


def round_says_how_far(case: Case) -> Iterator[Finding]:
    """The round says to which month from January on; else what depends on it has no light."""
    written = case.document.text("/round") or case.round or ""
    if months_of(written) is None:
        why = text("lights.unreadable_round" if written else "lights.no_round", round=written)
        yield Finding(case.place("/round"), {"why": why.zh, "why_en": why.en})


LIGHT_CHECKS: Mapping[str, Check] = {"C45": warnings_have_a_reason, "C46": round_says_how_far}

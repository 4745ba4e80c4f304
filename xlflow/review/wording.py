"""Checks of texts: whether the account was copied from the plan."""

from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher

from xlflow.review.case import Case, Check, Finding
from xlflow.scoring.engine import INDICATORS
from xlflow.scoring.rows import rows_of, written
from xlflow.values import normalise

_MOST_ROWS = 0.9
_FEWEST_ROWS = 5
_COPIED = 0.95
_LONGEST_COMPARED = 1000
_OBJECTIVE = "/annual_objective"
_TASKS = "/annual_tasks"


def actuals_are_not_the_targets(case: Case) -> Iterator[Finding]:
    """Not nearly all actuals are the target once more."""
    document = case.document
    pairs = [
        (
            at,
            written(document, f"{at}/target", row.get("target")),
            written(document, f"{at}/actual", row.get("actual")),
        )
        for at, row in rows_of(document, INDICATORS)
    ]
    filled = [(at, target, actual) for at, target, actual in pairs if target and actual]
    copied = [at for at, target, actual in filled if _bare(target) == _bare(actual)]
    if len(filled) >= _FEWEST_ROWS and len(copied) > len(filled) * _MOST_ROWS:
        yield Finding(
            case.place(f"{copied[0]}/actual"), {"copied": len(copied), "rows": len(filled)}
        )


def _bare(said: str) -> str:
    """Return a value without its comparison sign: ≥500亩 and 500亩 are the same figure."""
    return normalise(said).lstrip("≥≤><=")


def accounts_are_not_the_plan(case: Case) -> Iterator[Finding]:
    """The account of what was done is not the text of what was planned."""
    pairs = [(f"{_OBJECTIVE}/expected", f"{_OBJECTIVE}/actual")]
    pairs += [(f"{row}/content", f"{row}/actual") for row in case.document.rows(_TASKS)]
    for plan, account in pairs:
        planned, done = case.document.text(plan), case.document.text(account)
        if planned and done and (share := similarity(planned, done)) >= _COPIED:
            yield Finding(
                case.place(account),
                {"share": f"{share * 100:.0f}", "plan": case.place(plan).cell or plan},
            )


def similarity(one: str, other: str) -> float:
    """Return how much two texts are alike, 0 to 1, spaces and widths aside.

    Of long texts the beginnings are compared, and no text that could not be a copy.

    >>> similarity("地质灾害巡查", "地质 灾害巡查")
    1.0
    """
    first, second = normalise(one), normalise(other)
    if first == second:
        return 1.0
    matcher = SequenceMatcher(
        None, first[:_LONGEST_COMPARED], second[:_LONGEST_COMPARED], autojunk=False
    )
    if matcher.real_quick_ratio() < _COPIED or matcher.quick_ratio() < _COPIED:
        return 0.0
    return matcher.ratio()


WORDING_CHECKS: Mapping[str, Check] = {
    "C53": actuals_are_not_the_targets,
    "C54": accounts_are_not_the_plan,
}

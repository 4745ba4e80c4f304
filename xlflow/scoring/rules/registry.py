"""Which rules there are, what each may be chosen for, and which parameters it takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, auto

from xlflow.scoring.rules import execution, quantitative, tiers
from xlflow.scoring.rules.dates import planned_days
from xlflow.scoring.rules.figures import Choice, Figures, Given, Points, Rule, Undecided, plain


def either(f: Figures, *, rules: Sequence[Choice]) -> Given:
    """Q20, the better of several rules for the same row (二者择其一进行考核).

    >>> from xlflow.scoring.rules.figures import figures
    >>> either(figures("30", "36", "9"), rules=[Choice("Q7"), Choice("Q9")])
    Points(value=Decimal('7.5'), arithmetic='max(9×30÷36,0)', remark=None)
    """
    given = [points_by(choice, f) for choice in rules]
    parts: list[str] = []
    best = Decimal(0)
    for each in given:
        if isinstance(each, Undecided):
            return each
        parts.append(each.arithmetic or plain(each.value))
        best = max(best, each.value)
    return Points(best, f"max({','.join(parts)})" if best != f.weight else None)


class Kind(Enum):
    """What a parameter is: an amount, one of some words, text, a table of tiers, rules."""

    AMOUNT = auto()
    WORD = auto()
    TEXT = auto()
    TIERS = auto()
    RULES = auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a rule; without a default it must be given, unless it may be left out.

    An amount lies between `low` (excluded where `above` says so) and `high`.
    """

    kind: Kind
    default: object = None
    optional: bool = False
    words: tuple[str, ...] = ()
    low: Decimal = Decimal(0)
    high: Decimal | None = None


def _amount(default: int | None = None, low: int = 0, high: int | None = None) -> Parameter:
    return Parameter(
        Kind.AMOUNT,
        None if default is None else Decimal(default),
        low=Decimal(low),
        high=None if high is None else Decimal(high),
    )


_TIERS = Parameter(Kind.TIERS)
_OF = Parameter(Kind.AMOUNT, optional=True)
_UNIT = Parameter(Kind.TEXT, default="%")
_PART_POINTS = Parameter(Kind.WORD, words=("exact", "floor", "ceil", "undecided"))

RULES: Mapping[str, Rule] = {
    "Q1": quantitative.at_least,
    "Q2": quantitative.at_least_watched,
    "Q3": quantitative.over_reduced,
    "Q4": quantitative.over_cut,
    "Q5": quantitative.within_window,
    "Q6": quantitative.pass_mark,
    "Q7": quantitative.at_most_ratio,
    "Q8": quantitative.at_most_linear,
    "Q9": quantitative.at_most_strict,
    "Q10": quantitative.equal_capped,
    "Q11": quantitative.equal_strict,
    "Q12": quantitative.equal_symmetric,
    "Q13": quantitative.proportion,
    "Q14": quantitative.interval,
    "Q15": tiers.tiers_from,
    "Q16": tiers.tiers_to,
    "Q17": tiers.per_point,
    "Q18": tiers.budget_change,
    "Q19": tiers.per_event,
    "Q20": either,
    "Q23": tiers.satisfaction,
    "D3": planned_days,
    "P1": quantitative.completion,
    "X1": execution.execution,
    "X2": execution.execution,
    "X3": execution.execution,
    "X4": execution.execution_bands,
    "X5": execution.execution_floor,
    "X6": execution.execution_tiers,
    "X7": execution.beyond_budget,
    "X8": execution.execution_of_initial,
}

PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    "Q2": {"over": _amount(120, low=100)},
    "Q3": {"over": _amount(130, low=100), "slope": _amount(1)},
    "Q4": {"tiers": _TIERS},
    "Q5": {"over": _amount(130, low=100)},
    "Q6": {"mark": _amount(60, high=99)},
    "Q15": {"tiers": _TIERS, "of": _OF, "unit": _UNIT},
    "Q16": {"tiers": _TIERS, "of": _OF, "unit": _UNIT},
    "Q17": {"mark": _amount(), "points": _amount(), "part_points": _PART_POINTS},
    "Q18": {"factor": _amount(10), "limit": _amount(10)},
    "Q19": {"points": _amount()},
    "Q20": {"rules": Parameter(Kind.RULES)},
    "X1": {"full_at": _amount(100, low=100, high=100)},
    "X2": {"full_at": _amount(low=1, high=100)},
    "X3": {"full_at": _amount(95, low=1, high=100)},
    "X5": {"zero_below": _amount(60, high=100)},
    "X6": {"tiers": _TIERS, "of": _OF},
}

AT_LEAST = ("Q1", "Q2", "Q3", "Q4", "Q5", "Q6")
AT_MOST = ("Q7", "Q8", "Q9", "D3")
EQUAL = ("Q10", "Q11", "Q12")
RANGE = ("Q14",)
EXECUTION = ("X1", "X2", "X3", "X4", "X5", "X6", "X8")
# Rules that measure the actual on their own scale, whatever the target: its unit.
OWN_SCALE: Mapping[str, str] = {
    "Q15": "%",
    "Q16": "%",
    "Q17": "%",
    "Q18": "%",
    "Q19": "",
    "Q23": "%",
}
BY_NAME = (*AT_LEAST, *AT_MOST, *EQUAL, "Q13", *RANGE, *OWN_SCALE, "Q20")


def points_by(choice: Choice, figures: Figures) -> Given:
    """Return what the chosen rule gives, with the parameters of the profile.

    >>> from xlflow.scoring.rules.figures import figures
    >>> points_by(Choice("Q6", {"mark": Decimal(60)}), figures("10", "9", "10")).value
    Decimal('7.5')
    """
    return RULES[choice.rule](figures, **choice.params)

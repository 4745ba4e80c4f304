"""Documents with what scoring looks at: the fund total, indicator rows, the total line."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from xlflow.forms.document import Document, Source
from xlflow.values import parse_number

Cells = Mapping[str, str | None]
NUMBERS = ("full_year_budget", "executed", "weight", "score", "execution_rate")


def document(
    rows: Sequence[Cells], funds: Cells | None = None, total: str | None = None
) -> Document:
    """Return a Document as the reader makes it from what was typed into each cell."""
    sources: dict[str, Source] = {}

    def read(at: str, line: int, cells: Cells) -> dict[str, object]:
        data: dict[str, object] = {}
        for column, (key, typed) in enumerate(cells.items()):
            sources[f"{at}/{key}"] = Source("自评表", f"{'DEFGHIJ'[column]}{line}", typed)
            number = parse_number(typed) if typed is not None and key in NUMBERS else None
            if typed is not None:
                data[key] = typed if number is None else number
        return data

    return Document(
        "overall_self_evaluation",
        "自评表",
        {
            "year": Decimal(2022),
            "funds": {"total": read("/funds/total", 5, funds or {})},
            "indicators": [
                read(f"/indicators/{index}", 20 + index, cells) for index, cells in enumerate(rows)
            ],
            "totals": read("/totals", 90, {} if total is None else {"score": total}),
        },
        sources,
    )


def indicator(
    target: str | None, actual: str | None, weight: str | None = "10", score: str | None = "10"
) -> Cells:
    """Return the cells of one indicator row."""
    return {
        "level3": "指标",
        "target": target,
        "actual": actual,
        "weight": weight,
        "score": score,
    }


def funds(
    budget: str | None = "1200",
    executed: str | None = "1080",
    weight: str | None = "10",
    score: str | None = "9",
) -> Cells:
    """Return the cells of the fund total."""
    return {
        "full_year_budget": budget,
        "executed": executed,
        "weight": weight,
        "execution_rate": "90%",
        "score": score,
    }

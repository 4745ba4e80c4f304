"""Target forms by field: one that is in order, and what a clerk may write in it otherwise."""

from typing import Any

from filled_forms import NATIONAL

from xlflow.forms import load_form
from xlflow.forms.document import Document, Source
from xlflow.problems import Problem
from xlflow.review import Case, review
from xlflow.scoring import Profile, Scores
from xlflow.values import parse_number

_SHEET = "项目支出绩效目标表"
_AMOUNTS = ("amount_total", "amount_this_year", "prior_total", "prior_this_year", "year")
IN_ORDER = {
    "unit": "示例市林业局",
    "project": "造林抚育",
    "year": "2020",
    "amount_total": "400000",
    "amount_this_year": "400000",
    "prior_total": "669000",
    "plan": "4月份支付12万元，进度30%；5月份支付16万元，进度70%；7月份支付12万元，进度100%。",
    "annual_goal": "造林4000亩，群众满意度90%以上。",
}
ROWS: tuple[dict[str, str], ...] = (
    {"level1": "产出目标", "level3": "造林面积", "target": "≥4000亩"},
    {"level1": "产出目标", "level2": "成本", "level3": "项目总成本", "target": "≤40万元"},
    {"level1": "效果目标", "level3": "森林覆盖率", "target": "≥35%"},
    {"level1": "影响力目标", "level3": "群众满意度", "target": "≥90%"},
)


def target_problems(
    changes: dict[str, str] | None = None,
    *,
    rows: tuple[dict[str, str], ...] = ROWS,
    profile: Profile = NATIONAL,
    year: int | None = None,
) -> tuple[Problem, ...]:
    """Return all problems of the target form with some texts changed, in some exercise."""
    said = {key: text for key, text in {**IN_ORDER, **(changes or {})}.items() if text}
    data: dict[str, Any] = {
        key: parse_number(text) if key in _AMOUNTS else text for key, text in said.items()
    }
    data["indicators"] = [dict(row) for row in rows]
    sources = {
        f"/{key}": Source(_SHEET, f"C{line}", text) for line, (key, text) in enumerate(said.items())
    }
    for line, row in enumerate(rows, 30):
        for letter, (key, text) in zip("BCDE", row.items(), strict=False):
            at = f"/indicators/{line - 30}/{key}"
            sources[at] = Source(_SHEET, f"{letter}{line}", text)
    form = load_form("project_target")
    document = Document(form.name, _SHEET, data, sources)
    return review(Case(form, document, profile, Scores(), year=year))

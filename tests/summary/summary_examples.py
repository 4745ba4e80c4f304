"""A ledger as it stands after one exercise: two units accepted, one returned, one missing."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

from xlflow.forms.document import Document
from xlflow.ledger import Ledger, RosterLine, Submission, entry_of
from xlflow.problems import Problem, Severity
from xlflow.review.result import Outcome, Result
from xlflow.scoring.score import Score, Scores
from xlflow.summary import write_summary

LAND = "郑州市上街区自然资源和规划局"
FORM = "overall_self_evaluation"
FORM_TITLES = {FORM: "部门整体支出绩效自评表"}
TITLE = "2022年度部门整体支出绩效自评汇总"
RECEIVED = "2026-04-18T07:30:00Z"
AT = "2026-04-18T08:30:00Z"
SHEET = "部门整体自评表"

FUNDS_SCORE = Score(
    field="/funds/total",
    name="部门预算总额（万元）",
    sheet=SHEET,
    cell="H7",
    target="14988.39",
    actual="12275.49",
    weight=Decimal(10),
    claimed="9.1",
    computed=Decimal("8.19"),
    deviation=None,
    rule="execution_rate",
    explanation="12275.49 ÷ 14988.39 = 81.90%，10 × 81.90% = 8.19 分。",
    explanation_en="12275.49 / 14988.39 = 81.90 %, 10 x 81.90 % = 8.19.",
)
INDICATOR_SCORE = replace(
    FUNDS_SCORE,
    field="/indicators/0",
    name="“三公经费”控制率",
    cell="H20",
    target="≤70%",
    actual="60%",
    weight=Decimal(90),
    claimed="90",
    computed=Decimal("90.00"),
    deviation=Decimal("-14.29"),
    rule="at_most",
)
UNDECIDED_SCORE = replace(
    INDICATOR_SCORE, field="/indicators/1", cell="H21", claimed="9分", computed=None, rule=None
)


def result(
    unit: str,
    code: str,
    executed: str | None = "12275.49",
    *,
    budget: str = "14988.39",
    outcome: Outcome = Outcome.ACCEPTED,
    total: str = "98.19",
    problems: tuple[Problem, ...] = (),
) -> Result:
    """Return the judgement on a form of the real example's shape."""
    money = {"initial_budget": Decimal("1505.6"), "full_year_budget": Decimal(budget)}
    if executed is not None:
        money["executed"] = Decimal(executed)
    rows = [{"level1": "投入管理指标", "level2": "预算和财务管理", "level3": "“三公经费”控制率"}]
    return Result(
        file=f"{unit}.xlsx",
        outcome=outcome,
        problems=problems,
        sheet=SHEET,
        form=FORM,
        profile="henan",
        year=2022,
        round="年度",
        unit=unit,
        unit_code=code,
        scores=Scores(
            rows=(FUNDS_SCORE, INDICATOR_SCORE, UNDECIDED_SCORE),
            total=Decimal(total),
            claimed_total=Decimal("99.10"),
            undecided_weight=Decimal(0),
            grade="优",
            light="green",
        ),
        document=Document(FORM, SHEET, {"funds": {"total": money}, "indicators": rows}, {}),
    )


def problem(value: str, severity: Severity = Severity.ERROR, message: str = "请核对。") -> Problem:
    """Return a problem at the claimed score of the funds line."""
    return Problem(
        "C07", severity, "/funds/total/score", SHEET, "H7", value, message, "Please check."
    )


def submit(ledger: Ledger, judged: Result, content: str, *, folder: str = "通过") -> Submission:
    """Return the submission of a file whose content is told by a letter or a hash, published."""
    arrival = ledger.arrive((content * 64)[:64], judged.file, 20_480, 1, RECEIVED)
    (stored,) = ledger.record(ledger.taken(arrival), [entry_of(judged)], recorded_at=RECEIVED)
    name = f"outbox/{folder}/{judged.unit}_{FORM}_2022_v{stored.version}.xlsx"
    stored = ledger.published(stored, name)
    ledger.finish(arrival, judged.outcome.value)
    return stored


def filled_ledger(workspace: Path) -> Ledger:
    """Return the ledger of the exercise; the caller closes it."""
    ledger = Ledger.open(workspace / ".xlflow" / "ledger.sqlite")
    units = ((LAND, "410106001"), ("教育局", "410106002"), ("财政局", "410106003"))
    roster = [RosterLine(FORM, 2022, "年度", unit, code) for unit, code in units]
    ledger.expect([*roster, RosterLine(FORM, 2022, "年度", "档案馆", "410106004")])
    submit(ledger, result(LAND, "410106001"), "a")
    wrong = (problem("9.1"), problem("=cmd|'/c calc'!A1", Severity.WARNING))
    returned = result(
        "教育局", "410106002", "50", budget="100", outcome=Outcome.RETURNED, problems=wrong
    )
    submit(ledger, result("财政局", "410106003", "10", budget="20", total="60"), "b")
    submit(ledger, returned, "c", folder="退回")
    submit(ledger, result("财政局", "410106003", "15", budget="20", total="90.01"), "d")
    return ledger


def built(ledger: Ledger, **more: Any) -> bytes:
    book = BytesIO()
    about: dict[str, Any] = {
        "title": TITLE,
        "at": AT,
        "workspace": Path("/w"),
        "folder": Path("/w/outbox"),
        "form_titles": FORM_TITLES,
        **more,
    }
    write_summary(ledger, book, **about)
    return book.getvalue()

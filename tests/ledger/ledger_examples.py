"""Results of realistic forms, built by hand: what the walk would hand to the ledger."""

from dataclasses import replace
from decimal import Decimal

from xlflow.forms.document import Document, Source
from xlflow.ledger import Arrival, Ledger
from xlflow.problems import Problem, Severity
from xlflow.review.result import Outcome, Result
from xlflow.scoring.score import Score, Scores

UNIT = "郑州市上街区自然资源和规划局"
NOW = "2026-04-18T07:30:00+00:00"
LATER = "2026-04-19T01:00:00+00:00"
FORM = "overall-self-evaluation"

DOCUMENT = Document(
    form=FORM,
    sheet="部门整体自评表",
    data={
        "unit": UNIT,
        "funds": {
            "total": {
                "initial_budget": Decimal("1505.6"),
                "full_year_budget": Decimal("14988.39"),
                "executed": Decimal("12275.49"),
            }
        },
        "indicators": [{"level1": "产出指标", "target": "1505.6", "weight": Decimal(10)}],
        "signed": True,
    },
    sources={
        "/funds/total/executed": Source("部门整体自评表", "E7", "12,275.49"),
        "/indicators/0/target": Source("部门整体自评表", "D30", "1505.6"),
    },
)
SCORE = Score(
    field="/funds/total",
    name="部门预算总额（万元）",
    sheet="部门整体自评表",
    cell="H7",
    target="14988.39",
    actual="12275.49",
    weight=Decimal(10),
    claimed="9.1",
    computed=Decimal("8.19"),
    deviation=Decimal("-18.10"),
    rule="execution_rate",
    explanation="执行率 12275.49 ÷ 14988.39 = 81.90%，10 × 81.90% = 8.19 分。",
    explanation_en="Execution rate 12275.49 / 14988.39 = 81.90 %, 10 x 81.90 % = 8.19.",
    exact=Decimal("8.190"),
)
PROBLEM = Problem(
    code="C01",
    severity=Severity.ERROR,
    field="/funds/total/score",
    sheet="部门整体自评表",
    cell="H7",
    value="9.1",
    message="预算执行率得分填写为 9.1，按公式测算为 8.19。请核对。",
    message_en="The score is given as 9.1, computed 8.19. Please check.",
)
RESULT = Result(
    file="自评表.xlsx",
    outcome=Outcome.RETURNED,
    problems=(PROBLEM, replace(PROBLEM, code="C02", severity=Severity.WARNING)),
    sheet="部门整体自评表",
    form=FORM,
    profile="henan",
    year=2022,
    round="年度",
    unit=UNIT,
    unit_code="410106023",
    scores=Scores(
        rows=(SCORE, replace(SCORE, field="/indicators/0", computed=None, rule=None)),
        total=Decimal("98.19"),
        claimed_total=Decimal("99.10"),
        undecided_weight=Decimal(24),
        grade="优",
        light="green",
    ),
    document=DOCUMENT,
)


def arrive(
    ledger: Ledger, name: str = "自评表.xlsx", mtime: int = 1, content: str = "a"
) -> Arrival:
    """Return the arrival of a file whose content is told by one letter."""
    return ledger.arrive(content * 64, name, 20_480, mtime, NOW)

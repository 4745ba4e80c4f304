"""A ledger in the middle of an exercise: who sent in time, late, not at all, and not right."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from xlflow.chasing import Sender
from xlflow.ledger import Decision, DecisionKind, Ledger, RosterLine, Submission, entry_of
from xlflow.ledger.identity import key_of
from xlflow.problems import Problem, Severity
from xlflow.review.result import Outcome, Result
from xlflow.scoring.score import Scores

FORM = "overall_self_evaluation"
TITLES = {FORM: "部门整体支出绩效自评表"}
SHEET = "部门整体自评表"
DEADLINE = "2026-04-20"
BEFORE, IN_TIME, LATE = "2026-04-18T07:30:00Z", "2026-04-20T15:59:00Z", "2026-04-20T16:01:00Z"
TODAY = date(2026, 4, 22)
AT = "2026-04-22T02:00:00Z"
SENDER = Sender(TODAY, TITLES, "示范市财政局", "绩效科")
HOSTILE = "<script>alert('甲')</script>{{落款}}&局"

MUST = Problem(
    code="C01",
    severity=Severity.ERROR,
    field=None,
    sheet=SHEET,
    cell="H7",
    value="9.1",
    message="得分填写为 9.1，测算为 8.19。请核对。",
    message_en="",
)
ASK = Problem(
    code="C02",
    severity=Severity.WARNING,
    field=None,
    sheet=SHEET,
    cell="C3",
    value=None,
    message="单位名称与名册不同。请核对。",
    message_en="",
)
NOTE = Problem("C83", Severity.NOTE, None, None, None, None, "只作说明。", "")


def line(
    unit: str, code: str, deadline: str | None = DEADLINE, project: str | None = None
) -> RosterLine:
    """Return one line of the roster."""
    return RosterLine(FORM, 2025, None, unit, code, project=project, deadline=deadline)


def send(
    ledger: Ledger,
    unit: str,
    code: str,
    received_at: str = BEFORE,
    problems: tuple[Problem, ...] = (),
) -> Submission:
    """Return what was recorded of a form that came in; errors return it."""
    number = len(ledger.arrivals())
    returned = any(each.severity is Severity.ERROR for each in problems)
    result = Result(
        file=f"{number}.xlsx",
        outcome=Outcome.RETURNED if returned else Outcome.ACCEPTED,
        problems=problems,
        sheet=SHEET,
        form=FORM,
        year=2025,
        unit=unit,
        unit_code=code,
        scores=Scores(total=Decimal("98.19"), grade="优"),
    )
    arrival = ledger.arrive(f"{number:064}", result.file, 1, 1, received_at)
    (submission,) = ledger.record(arrival, [entry_of(result)], recorded_at=received_at)
    folder = "退回" if returned else "通过"
    return ledger.published(submission, f"outbox/{folder}/{number}号 100%.xlsx")


def extend(ledger: Ledger, who: RosterLine, day: str, key: str) -> None:
    """Extend the deadline of somebody, as a 处理单 does."""
    arrival = ledger.arrive("f" * 64, "处理单.xlsx", 1, 1, BEFORE)
    ledger.extend(who, day)
    ledger.decide(
        [
            Decision(
                arrival_id=arrival.id,
                kind=DecisionKind.EXTENSION,
                sheet="处理单",
                at="B5",
                who="科长",
                decided_on="2026-04-19",
                value=day,
                replaced=who.deadline,
                key=key,
            )
        ]
    )


def exercise(folder: Path) -> Ledger:
    """Return the ledger: 甲 in time, 乙 late, 丙 returned, 丁 missing twice, 戊 extended."""
    ledger = Ledger.open(folder / "ledger.sqlite")
    extended = line("戊局", "005")
    ledger.expect(
        [
            line("甲局", "001"),
            line("乙局", "002"),
            line("丙局", "003"),
            line("丁局", "004", project="修路"),
            line("丁局", "004", "2026-04-30", project="架桥"),
            extended,
        ]
    )
    extend(ledger, extended, "2026-04-25", key_of(extended))
    send(ledger, "甲局", "001", IN_TIME, (ASK, NOTE))
    send(ledger, "乙局", "002", LATE)
    send(ledger, "丙局", "003", BEFORE, (ASK, MUST, NOTE))
    return ledger

"""The demo: a bureau's year, from the targets to the self-evaluations."""

from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from xlflow.demo import Played
from xlflow.demo.seeds import examples
from xlflow.ledger import Submission
from xlflow.ooxml import Workbook
from xlflow.pipeline import open_ledger
from xlflow.review import Outcome

MADE_UP = "示例数据"


@pytest.fixture(scope="module")
def submissions(played: Played) -> tuple[Submission, ...]:
    with open_ledger(played.workspace) as ledger:
        return ledger.submissions()


def of_form(submissions: tuple[Submission, ...], form: str) -> list[Submission]:
    return [each for each in submissions if each.form == form]


def test_every_form_of_the_year_comes_in(submissions: tuple[Submission, ...]) -> None:
    forms = ("project_target", "overall_self_evaluation", "project_self_evaluation")
    assert [len(of_form(submissions, form)) for form in forms] == [20, 1, 4]
    monitoring = of_form(submissions, "project_monitoring")
    assert {each.round for each in monitoring} == {"1-6月"}
    assert len({each.light for each in monitoring}) == 3  # a green, a yellow and a red project


def test_targets_are_not_typed_again(played: Played) -> None:
    issued = Workbook.open(
        next((played.workspace.root / "handout").glob("*正负零验线*自评表*.xlsx"))
    )
    sheet = issued.sheet("项目支出绩效自评表")
    names = [sheet[f"D{row}"] for row in range(13, 53)]
    assert names.index("建设单位对验线工作的满意度") >= 0
    assert sheet[f"E{13 + names.index('建设单位对验线工作的满意度')}"] == "≥90%"
    assert sheet["D6"] == Decimal(200)  # 2000000 元 as 万元


def test_what_was_sent_back_comes_again_with_its_reason(
    submissions: tuple[Submission, ...],
) -> None:
    first, *_, again = sorted(
        (
            each
            for each in of_form(submissions, "project_self_evaluation")
            if each.project == examples()["resubmission"][0]["project"]
        ),
        key=lambda each: each.id,
    )
    assert (first.version, first.outcome, first.current) == (1, Outcome.RETURNED, False)
    assert (again.version, again.outcome, again.current) == (2, Outcome.ACCEPTED, True)


def test_what_went_wrong_is_told_and_stops_nothing(played: Played) -> None:
    outcomes = {Path(each.file).name: each.outcome.value for each in played.processed}
    assert outcomes["自评表（传输中断）.xlsx"] == "quarantined"
    assert outcomes["盖章扫描件.pdf"] == "attachment"
    assert outcomes["不动产登记中心绩效目标.zip"] == "attachment"
    assert [name for name, outcome in outcomes.items() if outcome == "duplicate"] == [
        next(name for name in outcomes if "最终版2" in name)
    ]


def test_made_up_accounts_say_so(played: Played) -> None:
    for path in (played.workspace.outbox / "通过").glob("*项目支出绩效自评表*.xlsx"):
        sheet = load_workbook(path)["项目支出绩效自评表"]
        assert MADE_UP in str(sheet["F11"].value)
    for path in (played.workspace.outbox).rglob("*运行监控表*.xlsx"):
        texts = [str(cell.value) for row in load_workbook(path).worksheets[0] for cell in row]
        assert any(MADE_UP in text for text in texts)


def test_the_unit_that_sends_nothing_is_reminded(played: Played) -> None:
    with open_ledger(played.workspace) as ledger:
        (missing,) = (each for each in ledger.standing() if each.state == "missing")
    assert (missing.project, missing.late) == ("抵押办工作经费", None)
    folder = played.workspace.outbox / "催报"
    assert (folder / f"催报_{missing.unit}.docx").is_file()
    assert "还剩10天" in (folder / f"催报_{missing.unit}.txt").read_text("utf-8-sig")
    assert len(list(folder.glob("退回修改_*.docx"))) == 5
    assert "未报1份" in (folder / "群发文本.txt").read_text("utf-8-sig")
    assert "抵押办工作经费" in (played.workspace.outbox / "进度.html").read_text("utf-8")

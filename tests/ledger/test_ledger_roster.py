from dataclasses import replace
from decimal import Decimal

from ledger_examples import FORM, NOW, RESULT, UNIT, arrive

from xlflow.ledger import Ledger, RosterLine, Standing, StandingState, entry_of
from xlflow.review.result import Outcome, Result

LAND = RosterLine(FORM, 2022, None, UNIT, "410106023", deadline="2026-04-30", issued="a.xlsx")
SCHOOLS = RosterLine(FORM, 2022, None, "郑州市上街区教育局", "410106011", deadline="2026-04-30")


def submit(ledger: Ledger, result: Result, content: str = "a") -> None:
    ledger.record(arrive(ledger, content=content), [entry_of(result)], recorded_at=NOW)


def test_the_roster_comes_back_in_its_order_and_a_line_is_replaced(ledger: Ledger) -> None:
    ledger.expect([SCHOOLS, LAND])
    ledger.expect([replace(SCHOOLS, deadline="2026-05-15")])
    assert ledger.roster() == (replace(SCHOOLS, deadline="2026-05-15"), LAND)


def test_standing_names_the_missing_the_returned_and_the_stranger(ledger: Ledger) -> None:
    ledger.expect([SCHOOLS, LAND])
    submit(ledger, RESULT)
    submit(ledger, replace(RESULT, unit="区档案馆", unit_code=None, problems=()), content="b")
    missing, returned, stranger = ledger.standing()
    assert missing == Standing(
        form=FORM,
        year=2022,
        round=None,
        unit="郑州市上街区教育局",
        unit_code="410106011",
        project=None,
        project_code=None,
        deadline="2026-04-30",
        expected=True,
        state=StandingState.MISSING,
        version=None,
        total=None,
        grade=None,
        problems=None,
    )
    assert (returned.state, returned.version, returned.total) == ("returned", 1, Decimal("98.19"))
    assert (returned.grade, returned.problems, returned.deadline) == ("优", 2, "2026-04-30")
    assert (stranger.unit, stranger.expected, stranger.deadline) == ("区档案馆", False, None)


def test_the_last_version_counts(ledger: Ledger) -> None:
    ledger.expect([LAND])
    submit(ledger, RESULT)
    submit(ledger, replace(RESULT, outcome=Outcome.ACCEPTED), content="b")
    (only,) = ledger.standing()
    assert (only.state, only.version) == (StandingState.ACCEPTED, 2)


def test_a_form_without_code_finds_its_line_even_when_the_roster_came_later(
    ledger: Ledger,
) -> None:
    submit(ledger, replace(RESULT, unit_code=None))
    ledger.expect([LAND])
    (only,) = ledger.standing()
    assert only.state is StandingState.RETURNED


def test_the_same_name_under_another_code_is_another_unit(ledger: Ledger) -> None:
    ledger.expect([LAND])
    submit(ledger, replace(RESULT, unit_code="999"))
    assert [each.state for each in ledger.standing()] == ["missing", "returned"]


def test_projects_of_one_unit_stand_apart(ledger: Ledger) -> None:
    flood = replace(LAND, project="地质灾害防治", project_code="P01")
    survey = replace(LAND, project="国土变更调查", project_code="P02")
    ledger.expect([flood, survey])
    submit(ledger, replace(RESULT, project="国土变更调查", project_code="P02"))
    assert [each.state for each in ledger.standing()] == ["missing", "returned"]
    submit(ledger, replace(RESULT, project="地质灾害防治"), content="b")
    assert [each.state for each in ledger.standing()] == ["returned", "returned"]


def test_a_ledger_without_roster_lists_who_submitted(ledger: Ledger) -> None:
    assert ledger.standing() == ()
    submit(ledger, RESULT)
    assert [each.unit for each in ledger.standing()] == [UNIT]

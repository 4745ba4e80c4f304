from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from ledger_examples import DOCUMENT, LATER, NOW, PROBLEM, RESULT, SCORE, UNIT, arrive

from xlflow import files
from xlflow.ledger import Ledger, RosterLine, Submission, entry_of
from xlflow.problems import Severity
from xlflow.review.result import Outcome, Result
from xlflow.scoring.score import Scores

PROFILE = 'name = "henan"\n[execution]\nrule = "proportional"\n'


def submit(ledger: Ledger, *results: Result, content: str = "a") -> tuple[Submission, ...]:
    arrival = arrive(ledger, content=content)
    return ledger.record(
        arrival,
        list(map(entry_of, results)),
        recorded_at=LATER,
        profile_texts={"henan": PROFILE, "other": "x = 1"},
    )


def test_a_submission_comes_back_as_it_was_recorded(ledger: Ledger) -> None:
    (stored,) = submit(ledger, RESULT)
    assert stored.profile_sha256 == files.sha256_of(PROFILE.encode())
    assert stored == Submission(
        id=stored.id,
        arrival_id=1,
        file="自评表.xlsx",
        sha256="a" * 64,
        received_at=NOW,
        recorded_at=LATER,
        sheet="部门整体自评表",
        form="overall-self-evaluation",
        profile="henan",
        profile_sha256=stored.profile_sha256,
        year=2022,
        round="年度",
        unit=UNIT,
        unit_code="410106023",
        assigned_from=None,
        project=None,
        project_code=None,
        key="overall-self-evaluation 2022 年度 #410106023 ",
        version=1,
        current=True,
        outcome=Outcome.RETURNED,
        total=Decimal("98.19"),
        claimed_total=Decimal("99.10"),
        undecided_weight=Decimal(24),
        grade="优",
        light="green",
        errors=1,
        warnings=1,
        notes=0,
        output=None,
    )
    assert stored.problems == 2
    assert str(stored.claimed_total) == "99.10"
    assert ledger.scores_of([stored]) == {stored.id: RESULT.scores.rows}
    assert ledger.problems_of([stored]) == {stored.id: RESULT.problems}
    assert ledger.documents_of([stored]) == {stored.id: DOCUMENT}
    assert ledger.profile_text(stored.profile_sha256) == PROFILE
    assert ledger.profile_text("0" * 64) is None


def test_recording_the_same_arrival_again_changes_nothing(ledger: Ledger) -> None:
    first = submit(ledger, RESULT)
    assert submit(ledger, RESULT, RESULT) == first
    assert ledger.submissions() == first
    assert ledger.submissions_of(ledger.arrivals()[0]) == first


def test_a_kill_before_the_commit_records_nothing_and_the_next_start_everything(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrival = arrive(ledger)

    def killed(step: str, path: Path) -> None:
        raise KeyboardInterrupt(step, path)

    with monkeypatch.context() as patch:
        patch.setattr(files, "before_step", killed)
        with pytest.raises(KeyboardInterrupt):
            ledger.record(arrival, [entry_of(RESULT)], recorded_at=LATER)
    assert ledger.submissions() == ()
    assert ledger.unfinished() == (arrival,)
    (stored,) = ledger.record(arrival, [entry_of(RESULT)], recorded_at=LATER)
    assert stored.version == 1


def test_a_later_submission_supersedes_and_keeps_the_earlier(ledger: Ledger) -> None:
    (first,) = submit(ledger, RESULT)
    better = replace(RESULT, outcome=Outcome.ACCEPTED, problems=())
    (second,) = submit(ledger, better, content="b")
    assert (second.version, second.current) == (2, True)
    assert ledger.submissions(current_only=True) == (second,)
    assert ledger.submissions() == (replace(first, current=False), second)


@pytest.mark.parametrize(
    "other",
    [
        {"year": 2023},
        {"round": "1-6月"},
        {"form": "project-self-evaluation"},
        {"unit_code": "410106024"},
        {"project": "地质灾害防治"},
        {"project_code": "P01"},
        {"unit": None, "unit_code": None},
    ],
    ids=str,
)
def test_another_exercise_unit_or_project_is_no_version(
    ledger: Ledger, other: dict[str, Any]
) -> None:
    submit(ledger, RESULT)
    (second,) = submit(ledger, replace(RESULT, **other), content="b")
    assert second.version == 1
    assert len(ledger.submissions(current_only=True)) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"unit_code": "４１０ "}, {"unit_code": "410", "unit": "改了名的局"}),
        ({"unit_code": None, "unit": "（区） 发改委"}, {"unit_code": None, "unit": "(区)发改委"}),
        ({"round": None}, {"round": "年度"}),
        ({"round": "1—6月"}, {"round": "1-6月"}),
        ({"project": "A项目", "project_code": "P1"}, {"project": "甲项目", "project_code": "p1"}),
    ],
    ids=str,
)
def test_the_same_thing_written_differently_is_the_next_version(
    ledger: Ledger, one: dict[str, Any], other: dict[str, Any]
) -> None:
    submit(ledger, replace(RESULT, **one))
    (second,) = submit(ledger, replace(RESULT, **other), content="b")
    assert second.version == 2


def test_two_forms_without_a_unit_are_not_versions_of_each_other(ledger: Ledger) -> None:
    nameless = replace(RESULT, unit=None, unit_code=None)
    submit(ledger, nameless, replace(nameless, sheet="第二张"))
    submit(ledger, nameless, content="b")
    assert [each.version for each in ledger.submissions(current_only=True)] == [1, 1, 1]


def test_the_roster_lends_its_code_to_a_form_that_only_has_the_name(ledger: Ledger) -> None:
    ledger.expect([RosterLine("overall-self-evaluation", 2022, None, UNIT, "410106023")])
    submit(ledger, replace(RESULT, unit_code=None))
    (second,) = submit(ledger, RESULT, content="b")
    assert second.version == 2


def test_a_file_that_cannot_be_read_is_kept_with_its_problems_and_never_counts(
    ledger: Ledger,
) -> None:
    refused = replace(PROBLEM, code="F05", field=None, sheet=None, cell=None, value=None)
    (stored,) = submit(ledger, Result("坏.xlsx", Outcome.QUARANTINED, (refused,)))
    assert (stored.version, stored.current, stored.errors) == (None, False, 1)
    assert ledger.submissions() == (stored,)
    assert ledger.submissions(current_only=True) == ()
    assert ledger.documents_of([stored]) == {}
    assert ledger.problems_of([stored]) == {stored.id: (refused,)}
    assert ledger.published(stored, "outbox/无法读取/坏.xlsx").output == "outbox/无法读取/坏.xlsx"


def test_many_submissions_are_read_in_batches(ledger: Ledger) -> None:
    arrival = arrive(ledger)
    results = [
        replace(RESULT, unit=f"单位{number}", unit_code=None, scores=Scores(rows=(SCORE,)))
        for number in range(1100)
    ]
    stored = ledger.record(arrival, list(map(entry_of, results)), recorded_at=NOW)
    assert set(ledger.scores_of(stored).values()) == {(SCORE,)}
    assert len(ledger.documents_of(stored)) == 1100
    assert ledger.scores_of([]) == {}


def test_text_no_database_takes_is_cleaned(ledger: Ledger) -> None:
    odd = replace(PROBLEM, value="图\ud83d斑\0", severity=Severity.NOTE)
    (stored,) = submit(ledger, replace(RESULT, problems=(odd,)))
    assert ledger.problems_of([stored])[stored.id][0].value == "图?斑"
    assert stored.notes == 1


def test_numbers_in_a_document_keep_every_digit(ledger: Ledger) -> None:
    data = {
        "a": Decimal("0.10"),
        "b": Decimal("-12345678901234567890.123456789"),
        "c": Decimal("1E+3"),
        "d": ["12.50", Decimal(0), None, False, {"e": "=1+1"}],
    }
    odd = replace(DOCUMENT, data=data, sources={})
    (stored,) = submit(ledger, replace(RESULT, document=odd))
    read = ledger.documents_of([stored])[stored.id].data
    assert read == data
    assert str(read["a"]) == "0.10"


def test_a_document_may_be_frozen_and_holds_plain_values_only(ledger: Ledger) -> None:
    frozen = MappingProxyType({"funds": MappingProxyType({"executed": Decimal("1.50")})})
    (stored,) = submit(ledger, replace(RESULT, document=replace(DOCUMENT, data=frozen)))
    assert ledger.documents_of([stored])[stored.id].number("/funds/executed") == Decimal("1.50")
    odd = replace(RESULT, document=replace(DOCUMENT, data={"a": {1, 2}}))
    with pytest.raises(TypeError, match="set"):
        submit(ledger, odd, content="b")
    assert ledger.submissions() == (stored,)

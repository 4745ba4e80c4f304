"""Recording one more form costs the same whatever the number already there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ledger_examples import NOW, RESULT, arrive
from sqlalchemy import event

from xlflow.ledger import Ledger, RosterLine, entry_of

GROWING = ("arrivals", "submissions", "roster", "answers", "earlier_judgements")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.sqlite") as opened:
        yield opened


def plans_of(ledger: Ledger, statements: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield each step by which SQLite carries out each statement."""
    with ledger._engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        for statement, parameters in statements.items():
            for *_, step in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters):
                yield statement, step


def test_nothing_asked_for_one_arrival_goes_through_a_table_that_grows(ledger: Ledger) -> None:
    asked: dict[str, Any] = {}
    form, year, period = RESULT.form or "", RESULT.year, RESULT.round
    ledger.expect([RosterLine(form, year, period, RESULT.unit, RESULT.unit_code)])

    @event.listens_for(ledger._engine, "before_cursor_execute")
    def note(_c: Any, _k: Any, statement: str, parameters: Any, _x: Any, _m: Any) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.setdefault(statement, parameters)

    arrival = ledger.taken(arrive(ledger))
    assert ledger.first_with(arrival.sha256, arrival) is None
    assert ledger.unfinished() == (arrival,)
    assert not ledger.untaken()
    assert not ledger.stale_outputs()
    ledger.has_decisions()
    ledger.assigned("自评表.xlsx", RESULT.unit)
    ledger.waivers_for(ledger.place_key(RESULT))
    ledger.units_listed(RESULT)
    ledger.accepted_before(["one", "other"])
    for result in (RESULT, replace(RESULT, sheet="另一张")):
        (stored,) = ledger.record(arrival, [entry_of(result)], recorded_at=NOW)
    ledger.answered(arrival, "b" * 64)
    ledger.published(stored, "outbox/自评表.xlsx")
    ledger.finish(arrival, "returned")
    assert len(asked) > 15
    whole = [
        (statement, step)
        for statement, step in plans_of(ledger, asked)
        if step.startswith("SCAN") and step.split()[1] in GROWING
    ]
    assert whole == []

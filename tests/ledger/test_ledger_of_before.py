"""A ledger that an earlier version made is opened, and keeps all it holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from xlflow.errors import EnvironmentFailed
from xlflow.ledger import Ledger


def shape(place: Path) -> dict[str, tuple[set[str], set[str | None]]]:
    """Return the columns and indexes of each table."""
    engine = create_engine(f"sqlite:///{place}")
    found = inspect(engine)
    tables = {
        name: (
            {column["name"] for column in found.get_columns(name)},
            {index["name"] for index in found.get_indexes(name)},
        )
        for name in found.get_table_names()
    }
    engine.dispose()
    return tables


def aged(place: Path, *statements: str) -> None:
    with closing(sqlite3.connect(place)) as database:
        for each in statements:
            database.execute(each)
        database.commit()


@pytest.fixture
def ledger_file(tmp_path: Path) -> Path:
    place = tmp_path / "ledger.sqlite"
    Ledger.open(place).close()
    return place


def test_what_came_since_is_added(ledger_file: Path) -> None:
    now = shape(ledger_file)
    aged(
        ledger_file,
        "INSERT INTO roster (key, exercise, unit_name, form, unit)"
        " VALUES ('k', 'e', 'n', 'f', '甲')",
        "DROP TABLE handouts",
        "DROP INDEX ix_submissions_output",
        "ALTER TABLE roster DROP COLUMN profile",
        "ALTER TABLE roster DROP COLUMN password",
    )
    assert shape(ledger_file) != now
    with Ledger.open(ledger_file) as ledger:
        (standing,) = ledger.standing()
    assert standing.unit == "甲"
    assert shape(ledger_file) == now


def test_a_ledger_that_lacks_nothing_is_opened_without_the_write_lock(ledger_file: Path) -> None:
    with closing(sqlite3.connect(ledger_file, isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        with Ledger.open(ledger_file) as ledger:
            assert ledger.standing() == ()


def test_what_can_not_be_added_is_told_and_nothing_changes(ledger_file: Path) -> None:
    aged(ledger_file, "DROP INDEX ix_decisions_kind", "ALTER TABLE decisions DROP COLUMN kind")
    before = shape(ledger_file)
    with pytest.raises(EnvironmentFailed, match=r"decisions.*kind"):
        Ledger.open(ledger_file)
    assert shape(ledger_file) == before

"""A ledger that an earlier version made is opened, and keeps all it holds."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, inspect

from xlflow.errors import EnvironmentFailed
from xlflow.ledger import Ledger


def database(place: str | Path) -> Engine:
    url = place if isinstance(place, str) else f"sqlite:///{place}"
    return create_engine(url, poolclass=NullPool)


def shape(place: str | Path) -> dict[str, tuple[set[str], set[str | None]]]:
    """Return the columns and indexes of each table."""
    with database(place).connect() as connection:
        found = inspect(connection)
        return {
            name: (
                {column["name"] for column in found.get_columns(name)},
                {index["name"] for index in found.get_indexes(name)},
            )
            for name in found.get_table_names()
        }


def aged(place: str | Path, *statements: str) -> None:
    """Take from a ledger what an earlier version did not have."""
    Ledger.open(place).close()
    with database(place).begin() as connection:
        for each in statements:
            connection.exec_driver_sql(each)


def test_what_came_since_is_added(place: str | Path) -> None:
    aged(
        place,
        "INSERT INTO roster (key, exercise, unit_name, form, unit)"
        " VALUES ('k', 'e', 'n', 'f', '甲')",
    )
    now = shape(place)
    aged(
        place,
        "DROP TABLE handouts",
        "DROP INDEX ix_submissions_output",
        "ALTER TABLE roster DROP COLUMN profile",
        "ALTER TABLE roster DROP COLUMN password",
        "ALTER TABLE roster DROP COLUMN withdrawn",
    )
    assert shape(place) != now
    with Ledger.open(place) as ledger:
        (standing,) = ledger.standing()
    assert (standing.unit, standing.expected) == ("甲", True)
    assert shape(place) == now


def test_a_ledger_that_lacks_nothing_is_opened_without_the_write_lock(tmp_path: Path) -> None:
    place = tmp_path / "ledger.sqlite"
    Ledger.open(place).close()
    with closing(sqlite3.connect(place, isolation_level=None)) as writing:
        writing.execute("BEGIN IMMEDIATE")
        with Ledger.open(place) as ledger:
            assert ledger.standing() == ()


def test_what_can_not_be_added_is_told_and_nothing_changes(place: str | Path) -> None:
    aged(place, "DROP INDEX ix_decisions_kind", "ALTER TABLE decisions DROP COLUMN kind")
    before = shape(place)
    with pytest.raises(EnvironmentFailed, match=r"decisions.*kind"):
        Ledger.open(place)
    assert shape(place) == before

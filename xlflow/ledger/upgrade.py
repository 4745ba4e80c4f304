"""A ledger made by an earlier version gets the tables, columns and indexes that came since."""

from collections.abc import Iterator

from sqlalchemy import Column, Connection, Engine, Index, inspect
from sqlalchemy.schema import CreateColumn

from xlflow.errors import EnvironmentFailed
from xlflow.ledger.tables import metadata
from xlflow.messages import text

Missing = Column[object] | Index


def bring_up_to_date(engine: Engine, reader: Engine) -> None:
    """Add to a database what this version knows and it does not have; nothing in it changes.

    `reader` looks without asking for the write lock. Raises EnvironmentFailed when rows that are
    there would lack a value that they must have.
    """
    with reader.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        if tables >= metadata.tables.keys() and next(_missing(connection), None) is None:
            return
    metadata.create_all(engine)
    with engine.begin() as connection:
        for each in list(_missing(connection)):
            if isinstance(each, Index):
                each.create(connection)
            else:
                _add(connection, each)


def _missing(connection: Connection) -> Iterator[Missing]:
    """Yield the columns that tables of a database lack, then the indexes."""
    found = inspect(connection)
    for table in metadata.tables.values():
        known = {column["name"] for column in found.get_columns(table.name)}
        yield from (column for column in table.columns if column.name not in known)
    for table in metadata.tables.values():
        indexes = {index["name"] for index in found.get_indexes(table.name)}
        yield from (index for index in table.indexes if index.name not in indexes)


def _add(connection: Connection, column: Column[object]) -> None:
    if not column.nullable:
        raise EnvironmentFailed(*text("ledger.too_old", table=column.table.name, what=column.name))
    added = CreateColumn(column).compile(dialect=connection.dialect)
    connection.exec_driver_sql(f"ALTER TABLE {column.table.name} ADD COLUMN {added}")

"""Opening the database: SQLite at a path, anything else by URL."""

import sqlite3
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError

from xlflow import files
from xlflow.errors import EnvironmentFailed
from xlflow.ledger.upgrade import bring_up_to_date
from xlflow.messages import text

# A reader sets this option: its transaction then does not ask for the write lock.
_READING = "xlflow_reading"
_WAIT_FOR_LOCK = 30  # seconds another process may write before we give up


def open_engine(where: str | Path) -> Engine:
    """Return an engine on a database that has the ledger's tables, each as this version knows it.

    `where` is the path of a SQLite file, or a URL (`postgresql+psycopg://…`). Raises
    EnvironmentFailed when it can not be opened.
    """
    try:
        url = _url(where)
        engine = _sqlite(url) if url.get_backend_name() == "sqlite" else create_engine(url)
        with ExitStack() as in_failure:
            in_failure.callback(engine.dispose)
            bring_up_to_date(engine, reading(engine))
            in_failure.pop_all()
    except (SQLAlchemyError, ImportError) as error:
        raise EnvironmentFailed(
            *text("ledger.unopenable", where=_without_password(where), why=cause(error))
        ) from error
    return engine


def reading(engine: Engine) -> Engine:
    """Return the same database for those who only read: a transaction sees one moment."""
    reader = engine.execution_options(**{_READING: True})
    if engine.dialect.name != "sqlite":  # where it is so anyway
        reader = reader.execution_options(isolation_level="REPEATABLE READ")
    return reader


def cause(error: Exception) -> str:
    """Return what the database itself said, without SQL and parameters."""
    return str(getattr(error, "orig", None) or error)


def _url(where: str | Path) -> URL:
    if isinstance(where, str) and "://" in where:
        return make_url(where)
    path = Path(where)
    files.make_dir(path.parent)
    return URL.create("sqlite", database=str(path))


def _without_password(where: str | Path) -> str:
    if isinstance(where, str) and "://" in where:
        # Not parsed: this text also names a URL that can not be parsed.
        return where.split("@")[-1]
    return Path(where).name


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _WAIT_FOR_LOCK})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, record: object) -> None:
    del record
    connection.isolation_level = None  # BEGIN is ours (below), not the driver's guess
    # A write-ahead log costs one fsync a commit and lets `status` read while the watcher
    # writes. It is safe because one host holds the workspace. FULL: what is said to be
    # recorded survives a power cut.
    for setting in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {setting}").close()


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once: its version numbers are read and written under it.
    reading = connection.get_execution_options().get(_READING)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

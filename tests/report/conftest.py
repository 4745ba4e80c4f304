"""The demo's year, played once for all tests of reports."""

import pytest

from xlflow.demo import Played, play


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    return play(tmp_path_factory.mktemp("report") / "year")

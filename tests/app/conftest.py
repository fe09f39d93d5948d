"""Databases for the app's tests: SQLite always, Postgres where it is installed; and time for whoever answers."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.api import live
from app.roles import serving
from app.stores import postgres as store
from tests.app.api.surroundings import with_schema
from tests.app.patience import PATIENCE_S
from tests.app.servers import postgres


@pytest.fixture(scope="session", autouse=True)
def _everybody_may_be_slow() -> Iterator[None]:
    """In this process nobody is given up after some seconds, unless a test says so: a machine that does other
    things may pause for longer."""
    patient = {store: ("CONNECT_S", "ANSWER_S"), live: ("TOKEN_S",), serving: ("READY_S",)}
    with pytest.MonkeyPatch.context() as patch:
        for module, names in patient.items():
            for name in names:
                patch.setattr(module, name, PATIENCE_S)
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="module", params=["SQLite", "Postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The variables that name a database of the test file's own, with the schema."""
    variables = {"DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    if request.param == "Postgres":
        variables["DATABASE_URL"] = request.getfixturevalue("server").fresh(uuid4().hex)
    return with_schema(variables)


@pytest.fixture(scope="module")
def variables(database: dict[str, str]) -> dict[str, str]:
    """The same, where `database` is an open one (tests/app/stores/surroundings.py)."""
    return database

"""Databases for the app's tests: SQLite always, Postgres where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.app.api.surroundings import with_schema
from tests.app.servers import postgres


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

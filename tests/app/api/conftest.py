"""Databases for the API's tests: SQLite always, Postgres where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from app.telemetry.logs import JsonLines
from tests.app.api.surroundings import World, with_schema, world_of
from tests.app.servers import postgres


@pytest.fixture(autouse=True)
def as_the_process_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    before = caplog.handler.formatter
    caplog.handler.setFormatter(JsonLines())
    yield
    caplog.handler.setFormatter(before)


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
def world(database: dict[str, str]) -> Iterator[World]:
    with world_of(database) as world:
        yield world

"""The API of each database, and its log lines as the process writes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.telemetry.logs import JsonLines
from tests.app.api.surroundings import World, world_of


@pytest.fixture(autouse=True)
def as_the_process_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    before = caplog.handler.formatter
    caplog.handler.setFormatter(JsonLines())
    yield
    caplog.handler.setFormatter(before)


@pytest.fixture(scope="module")
def world(database: dict[str, str]) -> Iterator[World]:
    with world_of(database) as world:
        yield world

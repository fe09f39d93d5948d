"""What OpenAPI says is so, whatever is sent: no 5xx, no status, type or shape that it does not name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.python.asgi import shutdown_lifespans
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app.roles.serving import create_app
from tests.app.api.surroundings import World, with_schema
from tests.app.api.test_rights import ROWS, scene_of
from tests.app.servers import postgres

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
]
BOUNDED = hypothesis.settings(
    max_examples=8,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)


@pytest.fixture(scope="module")
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Postgres, which takes less than SQLite does; SQLite where there is none."""
    variables = {"DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    if postgres.binaries():
        variables["DATABASE_URL"] = request.getfixturevalue("server").fresh(uuid4().hex)
    return with_schema(variables)


@pytest.fixture(scope="module")
def document(world: World) -> Iterator[Any]:
    """The document of an app that schemathesis starts, in a loop of its own."""
    yield schemathesis.openapi.from_asgi("/openapi.json", create_app(world.settings))
    shutdown_lifespans()


@pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisDeprecationWarning")  # schemathesis' own
@pytest.mark.parametrize("who", ["stranger", "owner", "admin"])
@pytest.mark.parametrize(("method", "path"), [(row[0], row[1]) for row in ROWS])
def test_what_comes_back_is_declared(world: World, document: Any, method: str, path: str, who: str) -> None:
    scene = world.run(scene_of(world))
    # The owner asks for what is there, the others for anything.
    named = {name: value for name, value in scene.named.items() if f"{{{name}}}" in path and who == "owner"}
    operation = document[path][method]
    bounded: Any = hypothesis.settings(BOUNDED, max_examples=3) if who == "stranger" else BOUNDED

    def told(case: Any) -> None:
        case.call_and_validate(headers=scene.headers[who], checks=CHECKS)

    cases = [operation.as_strategy(path_parameters=named)]
    if operation.body or operation.query or operation.path_parameters:
        cases.append(operation.as_strategy(GenerationMode.NEGATIVE, path_parameters=named))
    for strategy in cases:
        given: Any = hypothesis.given(strategy)
        bounded(given(told))()

"""One model server for a module's tests, and the credentials that Vertex AI asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.assistants.harness import service_account
from tests.app.servers.models import ModelServer, running


@pytest.fixture(scope="module")
def shared_server() -> Iterator[ModelServer]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def key_file(shared_server: ModelServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return service_account(tmp_path_factory.mktemp("key") / "key.json", f"{shared_server.url}/token")


@pytest.fixture
def server(shared_server: ModelServer, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> ModelServer:
    """Both libraries find it the way they find a proxy of the vendor's API: by its address."""
    shared_server.forget()
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(key_file))
    monkeypatch.setenv("GOOGLE_VERTEX_BASE_URL", shared_server.url)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return shared_server

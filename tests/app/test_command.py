"""`python -m app ROLE` as a real process on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.app.harness import finished, serving
from tests.app.patience import PATIENCE_S

PASSWORD = "long enough for anybody"
HEAVY = {"grpc", "google.genai", "openai", "redis", "asyncpg", "aiosqlite", "alembic", "google.cloud.storage"}


@pytest.mark.parametrize(
    ("role", "variables"),
    [("local", {}), ("worker", {"WORKER_AUTH": "off"}), ("frontend", {})],
)
def test_a_serving_role_answers_and_stops_on_sigterm(role: str, variables: dict[str, str], tmp_path: Path) -> None:
    assert finished("migrate", DATA_DIR=str(tmp_path))[0] == 0
    with serving(role, DATA_DIR=str(tmp_path), **variables) as (address, process):
        with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
            assert client.get("/health").json() == {"status": "alive", "role": role}
            assert client.get("/ready").json() == {"status": "ready", "role": role, "without": []}
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0
    assert err == "" or err.startswith(f"Voicestack on {address}")
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines, "the logs are JSON lines on standard output"
    assert all({"severity", "message", "time"} <= set(line) for line in lines)


def test_local_alone_is_the_whole_system_on_a_laptop(tmp_path: Path) -> None:
    with (
        serving("local", DATA_DIR=str(tmp_path)) as (address, _),
        httpx.Client(base_url=address, timeout=PATIENCE_S) as client,
    ):
        assert "<form" in client.get("/").text
        who = {"email": "ada@example.com", "password": PASSWORD}
        assert client.post("/api/auth/register", json=who).status_code == 201
        token = client.post("/api/auth/login", json=who).json()["access_token"]
        client.headers["authorization"] = f"Bearer {token}"
        job = client.post("/api/voice/process", json={"text": "one two three"}).json()["id"]
        last = time.monotonic() + PATIENCE_S
        while (found := client.get(f"/api/voice/status/{job}").json())["status"] != "done":
            assert time.monotonic() < last, "the job was not done"
        assert found["answer"] == "You said 3 words: one two three"


def test_what_a_laptop_knows_outlives_the_process(tmp_path: Path) -> None:
    who = {"email": "ada@example.com", "password": PASSWORD}
    for expected in (201, 409):
        with serving("local", DATA_DIR=str(tmp_path)) as (address, _):
            made = httpx.post(f"{address}/api/auth/register", json=who, timeout=PATIENCE_S)
            assert made.status_code == expected


def test_migrate_shows_what_it_would_grant() -> None:
    code, out, err = finished("migrate", "--show", DATABASE_RIGHTS='{"api@acme.iam": "read"}')
    assert (code, err) == (0, "")
    assert 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "api@acme.iam";' in out


def test_an_unknown_role_is_refused_with_the_roles_that_exist() -> None:
    code, _, err = finished("gateway")
    assert code == 2
    assert "invalid choice" in err
    assert "local" in err


@pytest.mark.parametrize(
    ("role", "used"),
    [
        ("frontend", set()),
        ("worker", {"aiosqlite"}),
        ("local", {"aiosqlite"}),
    ],
)
def test_a_role_imports_only_the_adapters_it_uses(role: str, used: set[str]) -> None:
    program = (
        "import sys; from app.settings import read; from app.roles.serving import create_app; "
        f"create_app(read({role!r}, {{'WORKER_AUTH': 'off'}})); print(*sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert HEAVY & set(out.split()) == used

"""`python -m app ROLE` as a real process on loopback."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from app.__main__ import bound
from app.settings import Frontend
from tests.app.harness import finished, serving
from tests.app.patience import PATIENCE_S
from tests.app.servers.loopback import free_port

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


def test_a_port_that_is_taken_is_one_line_and_nothing_was_begun(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, out, err = finished("local", DATA_DIR=str(data), PORT=port)
    assert (code, out) == (1, "")
    assert err == f"app local: HOST, PORT: 127.0.0.1:{port}: Address already in use; PORT=… names another\n"
    assert not data.exists(), "what holds the port may be at work with the same data"


@pytest.mark.parametrize("host", ["no host", "host.invalid", "192.0.2.1"])
def test_a_host_that_is_not_this_machine_is_one_line(host: str, tmp_path: Path) -> None:
    code, out, err = finished("local", DATA_DIR=str(tmp_path), HOST=host, PORT="8080")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"app local: HOST, PORT: {host}:8080: ")


def test_a_port_is_had_again_at_once_after_a_process_that_had_clients(tmp_path: Path) -> None:
    with serving("local", DATA_DIR=str(tmp_path)) as (address, process), httpx.Client(base_url=address) as client:
        client.get("/health")
        process.send_signal(signal.SIGTERM)  # the connection is the server's to close, so it lingers there
        process.communicate(timeout=PATIENCE_S)
        bound(Frontend.model_validate({"PORT": address.rpartition(":")[2]})).close()


def broken(folder: Path, how: str) -> Path:
    """A DATA_DIR that cannot be used."""
    if how == "a file":
        folder.write_text("")
    elif how == "below a file":
        folder.write_text("")
        return folder / "data"
    else:
        folder.mkdir()
        file = folder / "voicestack.sqlite3"
        if how == "a folder in the database's place":
            file.mkdir()
        elif how == "no database":
            file.write_bytes(b"nothing that SQLite wrote" * 1000)
        elif how == "of a newer version":
            assert finished("migrate", DATA_DIR=str(folder))[0] == 0
            with closing(sqlite3.connect(file)) as database, database:
                database.execute("UPDATE alembic_version SET version_num = '9999'")
    return folder


@pytest.mark.parametrize(
    "how", ["a file", "below a file", "a folder in the database's place", "no database", "of a newer version"]
)
def test_data_that_cannot_be_used_are_one_line_that_names_the_place(how: str, tmp_path: Path) -> None:
    folder = broken(tmp_path / "data", how)
    code, _, err = finished("local", DATA_DIR=str(folder), PORT=str(free_port()))
    assert code == 1
    assert err.startswith(f"app local: DATA_DIR: {folder}/voicestack.sqlite3 cannot be used: "), err
    assert err.count("\n") == 1
    code, out, err = finished("migrate", DATA_DIR=str(folder))
    assert (code, err) == (1, "")
    assert f"nothing was changed: DATA_DIR: {folder}/voicestack.sqlite3 cannot be used: " in out


def test_what_users_said_is_readable_by_nobody_else_on_the_machine(tmp_path: Path) -> None:
    for at, role in enumerate(("local", "migrate", "worker")):
        folder = tmp_path / str(at)
        if role == "migrate":
            assert finished(role, DATA_DIR=str(folder))[0] == 0
        else:
            with serving(role, DATA_DIR=str(folder), WORKER_AUTH="off"):
                pass
        assert folder.stat().st_mode & 0o077 == 0, role


POSTGRES = {"DATABASE_URL": "postgresql://h/d"}
API = {"TOPIC_JOBS": "projects/acme/topics/voice-jobs"}
GOOGLES = {"BUCKET_RECORDINGS": "recordings", "FIRESTORE_DATABASE": "documents", "FIRESTORE_PROJECT": "acme-voice"}


@pytest.mark.parametrize(
    ("role", "given", "used"),
    [
        ("frontend", {}, set()),
        ("local", {}, {"aiosqlite"}),
        ("local", POSTGRES, {"asyncpg"}),
        ("worker", {}, {"aiosqlite"}),
        ("worker", POSTGRES | GOOGLES, {"asyncpg", "google.cloud.storage", "grpc"}),
        ("api", API, {"aiosqlite", "grpc"}),
        ("api", API | POSTGRES | {"CACHE_HOST": "10.0.0.3"}, {"asyncpg", "grpc", "redis"}),
    ],
)
def test_a_role_imports_only_the_adapters_it_uses(role: str, given: dict[str, str], used: set[str]) -> None:
    program = (
        "import sys; from app.settings import read; from app.roles.serving import create_app; "
        f"create_app(read({role!r}, {given | {'WORKER_AUTH': 'off'}})); print(*sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert HEAVY & set(out.split()) == used

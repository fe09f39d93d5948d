"""`python -m app ROLE` as a real process on loopback."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

import httpx
import pytest

from tests.app.harness import finished, serving
from tests.app.test_push import JOB, pushed


@pytest.mark.parametrize(
    ("role", "variables"),
    [("api", {}), ("worker", {"WORKER_AUTH": "off"}), ("frontend", {})],
)
def test_a_serving_role_answers_and_stops_on_sigterm(role: str, variables: dict[str, str]) -> None:
    with serving(role, **variables) as (address, process):
        assert httpx.get(f"{address}/health").json() == {"status": "alive", "role": role}
        assert httpx.get(f"{address}/ready").json() == {"status": "ready", "role": role}
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, err) == (0, "")
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines, "the logs are JSON lines on standard output"
    assert all({"severity", "message", "time"} <= set(line) for line in lines)


def test_the_api_alone_is_the_whole_system_on_a_laptop() -> None:
    with serving("api") as (address, _):
        assert "<form" in httpx.get(address).text
        job = httpx.post(f"{address}/api/voice/process", json={"text": "one two three"}).json()["id"]
        until = time.monotonic() + 5
        while (found := httpx.get(f"{address}/api/voice/status/{job}").json())["status"] != "done":
            assert time.monotonic() < until, "the job was not done in 5 s"
        assert found["answer"] == "You said 3 words: one two three"


def test_the_worker_consumes_a_message_and_logs_the_result() -> None:
    with serving("worker", WORKER_AUTH="off") as (address, process):
        assert httpx.post(f"{address}/pubsub/push", json=pushed(JOB)).status_code == 204
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=10)
    done = [json.loads(line) for line in out.splitlines() if '"job done"' in line]
    assert [line["job_id"] for line in done] == [JOB["id"]]
    assert JOB["text"] not in out


def test_migrate_without_a_database_says_what_it_would_do() -> None:
    code, out, err = finished("migrate", DATABASE_RIGHTS='{"api@acme.iam": "read"}')
    assert (code, err) == (0, "")
    assert 'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "api@acme.iam";' in out


def test_an_unknown_role_is_refused() -> None:
    code, _, err = finished("gateway")
    assert code == 2
    assert "invalid choice" in err


@pytest.mark.parametrize(
    ("role", "foreign"),
    [
        ("api", {"google.cloud.pubsub_v1", "grpc", "asyncpg"}),
        ("worker", {"google.cloud.pubsub_v1", "grpc", "asyncpg"}),
        ("frontend", {"google.cloud.pubsub_v1", "grpc", "asyncpg"}),
    ],
)
def test_a_role_imports_only_the_adapters_it_uses(role: str, foreign: set[str]) -> None:
    program = (
        "import sys; from app.settings import read; from app.web import create_app; "
        f"create_app(read({role!r}, {{'WORKER_AUTH': 'off'}})); print(*sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert foreign.isdisjoint(out.split())

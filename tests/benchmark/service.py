"""The app's figures: the api on one core under load from the other, the worker, start and memory.

The load comes from wrk, the servers are those that the tests start; what is missing on this machine is said.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.app.servers import postgres, pubsub, redis
from tests.app.servers.loopback import free_port

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
USERS = 50
JOBS_EACH = 25
PASSWORD = "a password of the benchmark"
UNLIMITED = dict.fromkeys(("RATE_LIMIT_USER", "RATE_LIMIT_ADDRESS", "RATE_LIMIT_SIGN_IN"), "1000000000")
TOPIC = "projects/bench/topics/jobs"
START_S = 30.0
Line = Callable[[str, str, str, str], None]
"""Prints what was measured, its figure, the limit, and about it."""


@contextmanager
def process(core: int, *command: str, **variables: str) -> Iterator[tuple[str, int]]:
    """A command that listens on PORT, on one core; its address and process id once it answers."""
    port = free_port()
    environment = {"PATH": os.environ["PATH"], "PORT": str(port), **variables}
    started = subprocess.Popen(
        ["taskset", "-c", str(core), sys.executable, "-m", *(part.format(port=port) for part in command)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        answering(address)
        yield address, started.pid
    finally:
        started.terminate()
        started.wait(timeout=START_S)


def answering(address: str) -> None:
    """Waits until it answers /ready: well, or that it has no such route."""
    until = time.monotonic() + START_S
    while True:
        try:
            if httpx.get(f"{address}/ready").status_code in (200, 404):
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < until, f"{address} does not get ready"
        time.sleep(0.005)


def wrk(url: str, seconds: int, *arguments: str, **variables: str) -> str:
    """wrk's output; it runs on core 1 with 16 connections."""
    command = ["taskset", "-c", "1", "wrk", "-t1", "-c16", f"-d{seconds}s", *arguments, url]
    done = subprocess.run(command, env=os.environ | variables, capture_output=True, text=True, check=True)
    return done.stdout


def rate(output: str) -> float:
    """Requests a second; none may have failed."""
    assert "Non-2xx" not in output, output
    return float(output.split("Requests/sec:")[1].split(maxsplit=1)[0])


def resident(pid: int) -> float:
    """MiB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def servers() -> Iterator[tuple[str, dict[str, str], str]]:
    """Postgres, Valkey and, where there is one, the Pub/Sub emulator: the role that can be run, its variables, and
    what is there."""
    with ExitStack() as stack:
        server = stack.enter_context(postgres.running())
        server.stop()
        server.start("fsync=on", "max_connections=50")
        cache = stack.enter_context(redis.running())
        url = server.fresh("bench")
        variables = {
            "DATABASE_URL": url,
            "CACHE_HOST": cache.host,
            "CACHE_PORT": str(cache.port),
            "DATA_DIR": stack.enter_context(tempfile.TemporaryDirectory()),
            **UNLIMITED,
        }
        subprocess.run(
            [sys.executable, "-m", "app", "migrate"],
            env={"PATH": os.environ["PATH"], "DATABASE_URL": url, "DATABASE_RIGHTS": "{}"},
            cwd=ROOT,
            check=True,
            capture_output=True,
        )
        if not shutil.which("java") or not list(pubsub.JARS.glob("*.jar")):
            yield (
                "local",
                variables,
                "Postgres and Redis; the jobs are done in the process itself: no Pub/Sub emulator",
            )
            return
        emulator = stack.enter_context(pubsub.running())
        httpx.put(f"http://{emulator}/v1/{TOPIC}", json={}).raise_for_status()
        there = {"PUBSUB_EMULATOR_HOST": emulator, "TOPIC_JOBS": TOPIC}
        yield "api", variables | there, "Postgres, Redis, Pub/Sub emulator and wrk on the other core"


def prepared(address: str, file: Path) -> list[str]:
    """Makes the users and jobs of the mix; a user's token and job."""
    lines = ['{"email": "user0@example.com", "password": "' + PASSWORD + '"}']
    for number in range(USERS):
        who = {"email": f"user{number}@example.com", "password": PASSWORD}
        with httpx.Client(base_url=address, timeout=30) as client:
            client.post("/api/auth/register", json=who).raise_for_status()
            token = client.post("/api/auth/login", json=who).raise_for_status().json()["access_token"]
            client.headers["authorization"] = f"Bearer {token}"
            for _ in range(JOBS_EACH):
                job = client.post("/api/voice/process", json={"text": "How are you?"}).raise_for_status().json()
        lines.append(f"{token} {job['id']}")
    file.write_text("\n".join(lines))
    return lines[-1].split()


def api_figures(line: Line, *, seconds: int, turns: int) -> None:
    """Measures the api and prints."""
    with servers() as (role, variables, there), tempfile.NamedTemporaryFile() as file:
        starts = []
        for _ in range(turns):
            began = time.perf_counter()
            with process(0, "app", role, **variables) as (_, pid):
                starts.append(time.perf_counter() - began)
                idle = resident(pid)
        line("api: start to ready, seconds", f"{statistics.median(starts):.2f}", "1.5", f"median of {turns}")
        line("api: resident memory idle, MiB", f"{idle:.0f}", "150", "")
        with process(0, "app", role, **variables) as (address, pid):
            token, job = prepared(address, Path(file.name))
            plain = ("uvicorn", "tests.benchmark.plain_route:app", "--port", "{port}", "--no-access-log")
            shares = []
            with process(0, *plain) as (bare, _):
                for _ in range(turns):
                    bare_rate = rate(wrk(bare, 5))
                    status = f"{address}/api/voice/status/{job}"
                    shares.append(rate(wrk(status, 5, "-H", f"authorization: Bearer {token}")) / bare_rate)
            share = statistics.median(shares)
            line(
                "api: status route as a share of a bare FastAPI route",
                f"{share:.2f}",
                ">=0.25",
                f"median of {turns}",
            )
            told = wrk(address, seconds, "-s", str(HERE / "mix.lua"), MIX=file.name)
            requests, micros, p99, wrong = (float(word) for word in told.split("FIGURES")[1].split())
            line(f"api: {seconds} s of the mix, requests/s", f"{requests / micros * 1e6:.0f}", ">=500", there)
            line("api: the same, p99 in milliseconds", f"{p99:.0f}", "200", "")
            line("api: the same, errors", f"{wrong:.0f}", "0", f"of {requests:.0f} requests")
            line("api: resident memory after it, MiB", f"{resident(pid):.0f}", "400", "")

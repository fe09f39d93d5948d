"""Processes to hurt, people who ask them, a model that takes its time, and the count of what was lost."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx

from app.adapters import Stores
from app.api.tokens import KEY_PREFIX, hashed, joined, new_secret
from app.ports import Unavailable
from app.settings import Local
from app.stores.accounts import Accounts
from app.stores.database import database_of
from tests.app.deadlines import ROOT, command_of
from tests.app.patience import FOR_EVER_S, PATIENCE_S
from tests.app.servers.loopback import free_port
from tests.http_server import Handler, Server, running

PLENTY = {"RATE_LIMIT_USER": "1000000", "RATE_LIMIT_ADDRESS": "1000000", "LOG_LEVEL": "WARNING"}


class Process:
    """`python -m app ROLE` on a free port of loopback, with these deadlines instead of its own; its lines go to a
    file: it never waits for a reader."""

    def __init__(
        self, role: str, folder: Path, variables: dict[str, str], deadlines: Mapping[str, float] | None = None
    ) -> None:
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"{role}.log"
        self._role = role
        self._command = command_of(role, deadlines) if deadlines else [sys.executable, "-m", "app", role]
        self._variables = {"PATH": os.environ["PATH"], **PLENTY, "PORT": str(self.port), **variables}
        self.start()

    def start(self) -> None:
        """Starts it, again if it was ended; returns once it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=ROOT, env=self._variables, stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                httpx.get(f"{self.address}/health").raise_for_status()
                break
            except httpx.TransportError:
                assert self._process.poll() is None, self.log.read_text()
                assert time.monotonic() < until, f"{self._role} did not answer in {PATIENCE_S:.0f} s"
                time.sleep(0.05)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL."""
        self._process.kill()
        self._process.wait()

    def terminate(self) -> None:
        """SIGTERM."""
        self._process.send_signal(signal.SIGTERM)

    def ended(self) -> None:
        """Returns once it has ended, by itself and well."""
        assert self._process.wait(timeout=PATIENCE_S) in (0, -signal.SIGTERM), self.log.read_text()


@contextmanager
def process(
    role: str, folder: Path, deadlines: Mapping[str, float] | None = None, /, **variables: str
) -> Iterator[Process]:
    """The role's process, killed at the end."""
    made = Process(role, folder, variables, deadlines)
    try:
        yield made
    finally:
        made.kill()


async def asker(variables: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Somebody new in that database: the user's id, and the headers of an API key."""
    async with database_of(Local.model_validate(variables)) as database:
        accounts = Accounts(database)
        user = await accounts.register(email=f"{uuid4().hex}@example.com", name="", password_hash="")
        assert user
        secret, scopes = new_secret(), ("voice:read", "voice:write")
        key = await accounts.make_key(
            owner_id=user.id, name="", secret_hash=hashed(secret), scopes=scopes, expires_at=None
        )
    return user.id, {"x-api-key": KEY_PREFIX + joined(key.id, secret)}


async def submit(
    address: str, headers: dict[str, str], jobs: int, accepted: list[str], *, at_once: int = 8
) -> list[str]:
    """Submits so many, each by its own idempotency key until it is `accepted`, where the ids are noted."""
    waiting = iter(range(jobs))
    until = time.monotonic() + max(60.0, jobs / 20)

    async def one_by_one(client: httpx.AsyncClient) -> None:
        for n in waiting:
            key = {"idempotency-key": uuid4().hex}
            while True:
                assert time.monotonic() < until, f"{len(accepted)} of {jobs} were accepted"
                try:
                    answer = await client.post(
                        f"{address}/api/voice/process", headers=headers | key, json={"text": f"number {n}"}
                    )
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                    continue
                if answer.status_code == 202:
                    accepted.append(answer.json()["id"])
                    break
                assert answer.status_code == 503, answer.text
                await asyncio.sleep(0.1)

    async with httpx.AsyncClient(timeout=20) as client:
        await asyncio.gather(*(one_by_one(client) for _ in range(at_once)))
    return accepted


async def settled(variables: dict[str, str], seconds: float) -> None:
    """Waits until nothing is due in that database; fails after so many seconds."""
    until = time.monotonic() + seconds
    async with database_of(Local.model_validate(variables)) as database:
        while True:
            try:
                row = await database.fetchrow("SELECT count(*) AS n FROM jobs WHERE due_at IS NOT NULL")
                if row and row["n"] == 0:
                    return
            except Unavailable:
                row = None
            assert time.monotonic() < until, f"after {seconds:.0f} s still due: {row and row['n']}"
            await asyncio.sleep(0.1)


async def losses(variables: dict[str, str], accepted: Collection[str]) -> list[str]:
    """What is wrong with each job that is not done, once, with its transcript; empty if nothing was lost."""
    stores, wrong = Stores.of(Local.model_validate(variables), permission="", hear=False), list[str]()
    assert len(set(accepted)) == len(accepted), "each was accepted as a job of its own"
    async with stores.database, stores.transcripts:
        rows = {row["id"]: row for row in await stores.database.fetch("SELECT * FROM jobs")}
        for job_id in {*accepted, *rows}:
            row = rows.get(job_id)
            if row is None or row["status"] != "done" or row["due_at"]:
                wrong.append(f"{job_id}: {dict(row) if row else 'gone'}")
                continue
            kept = await stores.transcripts.get(job_id)
            if kept is None or (kept.question, kept.answer) != (row["text"], row["answer"]):
                wrong.append(f"{job_id}: transcript {kept}")
    return wrong


async def answers(variables: dict[str, str]) -> dict[str, str]:
    """The answers that there are, by their jobs."""
    async with database_of(Local.model_validate(variables)) as database:
        rows = await database.fetch("SELECT id, answer FROM jobs WHERE answer IS NOT NULL")
    return {row["id"]: row["answer"] for row in rows}


class SlowModel(Server):
    """An OpenAI-compatible endpoint on loopback that answers once it is free to, and has failed `fails` times."""

    def __init__(self, fails: int = 0) -> None:
        super().__init__(_Answering)
        self.free, self.fails, self.asked = threading.Event(), fails, 0
        self.lock = threading.Lock()

    @property
    def variables(self) -> dict[str, str]:
        """What makes it the assistant."""
        url = f"http://{self.address}"
        return {"ASSISTANT": "openai", "OPENAI_API_KEY": "k", "OPENAI_MODEL": "slow", "OPENAI_BASE_URL": url}


class _Answering(Handler):
    protocol_version = "HTTP/1.1"
    server: SlowModel

    def respond(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        with self.server.lock:
            self.server.asked += 1
            answer, fails = f"answer {self.server.asked}", self.server.asked <= self.server.fails
        self.server.free.wait(FOR_EVER_S)
        said = {"message": {"role": "assistant", "content": answer}, "finish_reason": "stop", "index": 0}
        body = json.dumps({"choices": [said], "usage": {"total_tokens": 3}}).encode()
        self.send(500 if fails else 200, {"content-type": "application/json"}, body)


@contextmanager
def slow_model(fails: int = 0) -> Iterator[SlowModel]:
    """The endpoint, until the end."""
    with running(SlowModel(fails)) as server:
        yield server

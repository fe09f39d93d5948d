"""A public API in this process with its database, and the people who use it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from app.api.passwords import HASHER
from app.api.tokens import KEY_PREFIX, SESSION_S, Tokens, hashed, joined, new_secret
from app.migrate import apply, apply_to_sqlite
from app.roles.serving import create_app
from app.settings import Local, Migrate
from app.stores.accounts import Accounts, Role
from app.stores.database import Database, database_of
from app.stores.jobs import Jobs
from tests.app.patience import PATIENCE_S

T = TypeVar("T")
SIGNING_KEY = "a key that only tests sign with; it is long enough for HS512, too"
PASSWORD = "correct horse battery"
HASH = HASHER.hash(PASSWORD)
TABLES = ("users", "sessions", "api_keys", "jobs")
BESIDES = ("job", "tokens used", "jobs submitted again")
"""Lines of jobs that other tests may have asked for, at whatever time they are done or swept."""
PLENTY = {"RATE_LIMIT_USER": "1000000", "RATE_LIMIT_ADDRESS": "1000000", "RATE_LIMIT_SIGN_IN": "1000000"}


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a session."""

    id: str
    email: str
    session_id: str
    token: str
    refresh_token: str

    @property
    def headers(self) -> dict[str, str]:
        """What says who calls."""
        return {"authorization": f"Bearer {self.token}"}


class World:
    """The app of these variables, started, and a client of it; all in one event loop."""

    def __init__(self, variables: dict[str, str]) -> None:
        self.variables = {"JWT_SIGNING_KEY": SIGNING_KEY, **PLENTY, **variables}
        self.settings = Local.model_validate(self.variables)
        self.tokens = Tokens(SIGNING_KEY)
        self.app: FastAPI
        self.client: httpx.AsyncClient
        self.database: Database
        self.accounts: Accounts
        self.jobs: Jobs
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Runs `work` to its end."""
        return self._runner.run(work)

    async def start(self) -> None:
        """Starts the app."""
        self.app, self.client = await self.another()
        self.database = await self._stack.enter_async_context(database_of(self.settings))
        self.accounts, self.jobs = Accounts(self.database), Jobs(self.database)

    async def another(self, **variables: str) -> tuple[FastAPI, httpx.AsyncClient]:
        """One more app on the same database, as another instance would be, and its client."""
        app = create_app(Local.model_validate(self.variables | variables))
        await self._stack.enter_async_context(app.router.lifespan_context(app))
        return app, await self.client_at("127.0.0.1", app)

    async def client_at(self, address: str, app: FastAPI | None = None) -> httpx.AsyncClient:
        """A client that calls from `address`."""
        transport = httpx.ASGITransport(app=app or self.app, client=(address, 1))
        return await self._stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://app"))

    def stop(self) -> None:
        """Stops the app."""
        self.run(self._stack.aclose())
        self._runner.close()

    async def person(self, role: Role = "user", password_hash: str = HASH) -> Person:
        """Somebody new, whose password is PASSWORD."""
        email = f"{uuid4().hex}@example.com"
        user = await self.accounts.register(email=email, name="", password_hash=password_hash)
        assert user
        await self.accounts.change(user.id, role=role)
        session_id, secret = uuid4().hex, new_secret()
        expires = datetime.now(UTC) + timedelta(seconds=SESSION_S)
        await self.accounts.open_session(
            session_id, user_id=user.id, token_hash=hashed(secret), expires_at=expires
        )
        token = self.tokens.access(user_id=user.id, session_id=session_id)
        return Person(user.id, email, session_id, token, joined(session_id, secret))

    async def key(self, owner: Person, *scopes: str) -> dict[str, str]:
        """The headers of a new API key."""
        secret = new_secret()
        key = await self.accounts.make_key(
            owner_id=owner.id, name="", secret_hash=hashed(secret), scopes=scopes, expires_at=None
        )
        return {"x-api-key": KEY_PREFIX + joined(key.id, secret)}

    async def job(self, owner: Person, text: str = "good morning", audio: str | None = None) -> str:
        """The id of a job that waits: no message was sent."""
        job, _ = await self.jobs.submit(owner_id=owner.id, text=text, audio=audio, key=None, request_hash="")
        return job.id

    async def finished(self, job_id: str, person: Person) -> dict[str, Any]:
        """The job, once it is done or failed."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                response = await self.client.get(f"/api/voice/status/{job_id}", headers=person.headers)
                found: dict[str, Any] = response.json()
                if found["status"] in ("done", "failed"):
                    return found
                await asyncio.sleep(0.01)

    async def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        found = {}
        for table in TABLES:
            row = await self.database.fetchrow(f"SELECT count(*) AS n FROM {table}")  # noqa: S608  # a constant
            found[table] = int(row["n"]) if row else 0
        return found


@contextmanager
def world_of(variables: dict[str, str]) -> Iterator[World]:
    """A world on the database of these variables, which has its schema."""
    world = World(variables)
    world.run(world.start())
    try:
        yield world
    finally:
        world.stop()


def with_schema(variables: dict[str, str]) -> dict[str, str]:
    """Makes the schema in the database of these variables."""
    if url := variables.get("DATABASE_URL"):
        asyncio.run(apply(Migrate.model_validate({"DATABASE_URL": url, "DATABASE_RIGHTS": "{}"}), {}))
    else:
        apply_to_sqlite(Local.model_validate(variables))
    return variables


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """What the process would have logged (conftest.py sets the format) but for what it does BESIDES; httpx is the
    tests' own client."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in caplog.text.splitlines()]
    return [line for line in lines if line["message"] not in BESIDES and not line["message"].startswith("httpx:")]


def is_problem(response: httpx.Response, *statuses: int) -> bool:
    """Whether the response refuses with one of these, as it should."""
    assert response.status_code in statuses, f"{response.status_code} {response.text[:300]}"
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"]) == ("about:blank", response.status_code)
    assert body["request_id"] == response.headers["x-request-id"]
    return True

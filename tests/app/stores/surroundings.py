"""What the stores' tests share: a test over an open database, a clock that is set, and somebody who asks."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from app.settings import Local
from app.stores.accounts import Accounts
from app.stores.database import Database, database_of
from app.stores.jobs import Job, Jobs


class Clock:
    """Stands still, until it is set ahead."""

    def __init__(self) -> None:
        self.now = datetime(2026, 5, 1, 12, 0, 0, 123456, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def ahead(self, seconds: float) -> None:
        """So much later."""
        self.now += timedelta(seconds=seconds)


def opened(variables: dict[str, str]) -> Database:
    """One more connection to the database that the variables name."""
    return database_of(Local.model_validate(variables))


def over_each_database(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """An async test of `database`, which is empty, as pytest runs it: with the fixture `variables` instead."""
    takes = inspect.signature(test).parameters

    @functools.wraps(test)
    def run(variables: dict[str, str], **others: object) -> None:
        async def told() -> None:
            async with opened(variables) as database:
                for table in ("users", "tokens_used"):
                    await database.fetch(f"DELETE FROM {table}")  # noqa: S608  # constants
                named = {"variables": variables} if "variables" in takes else {}
                await test(database=database, **named, **others)

        asyncio.run(told())

    names = ["variables", *(name for name in takes if name not in ("database", "variables"))]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    run.__signature__ = inspect.Signature([inspect.Parameter(name, kind) for name in names])  # type: ignore[attr-defined]
    return run


async def person(database: Database) -> str:
    """The id of somebody new."""
    user = await Accounts(database).register(email=f"{uuid4().hex}@example.com", name="", password_hash="")
    assert user
    return user.id


async def asked(jobs: Jobs, owner_id: str, text: str = "good morning") -> Job:
    """A new job of theirs."""
    job, new = await jobs.submit(owner_id=owner_id, text=text, audio=None, key=None, request_hash="")
    assert new
    return job

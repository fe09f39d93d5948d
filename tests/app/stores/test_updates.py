"""Who listens for a job hears of it, and hears again once the database is back."""

from __future__ import annotations

import asyncio

import pytest

from app.ports import Updates
from app.stores import notify
from app.stores.database import Database
from app.stores.postgres import Postgres
from app.stores.updates import LocalUpdates
from tests.app.api.surroundings import with_schema
from tests.app.patience import PATIENCE_S
from tests.app.servers.postgres import Server
from tests.app.stores.surroundings import opened, over_each_database


async def told(telling: Updates, event: asyncio.Event) -> None:
    """Tells of job "a" until it is heard: at first, and after a fault, the ear may not be open yet."""
    async with asyncio.timeout(PATIENCE_S):
        while not event.is_set():
            await telling.changed("a")
            await asyncio.sleep(0.02)


async def all_told(updates: Updates) -> None:
    """Returns once everything that was told before has been heard: what is told later is heard later."""
    async with updates.listen("the last") as last:
        await updates.changed("the last")
        await asyncio.wait_for(last.wait(), PATIENCE_S)


@over_each_database
async def test_listeners_of_a_job_hear_of_it_and_of_no_other(database: Database) -> None:
    updates = notify.PostgresUpdates(database, hear=True) if isinstance(database, Postgres) else LocalUpdates()
    async with updates:
        async with updates.listen("a") as first, updates.listen("a") as second, updates.listen("b") as other:
            await told(updates, first)
            await asyncio.wait_for(second.wait(), PATIENCE_S)
            await all_told(updates)
            assert not other.is_set()
            first.clear()
            await updates.changed("a")
            await asyncio.wait_for(first.wait(), PATIENCE_S)
        await updates.changed("a")
        await all_told(updates)
        async with updates.listen("a") as third:
            assert not third.is_set(), "what was told before is not heard"


def test_instances_hear_each_other_and_again_after_the_database_was_gone(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setattr(notify, "RECONNECT_S", 0.05)
    variables = with_schema({"DATABASE_URL": server.fresh("updates")})

    async def run() -> None:
        async with opened(variables) as here, opened(variables) as there:
            assert isinstance(here, Postgres)
            assert isinstance(there, Postgres)
            worker = notify.PostgresUpdates(there, hear=False)
            async with notify.PostgresUpdates(here, hear=True) as api, worker, api.listen("a") as event:
                await told(worker, event)
                await asyncio.to_thread(server.stop)
                await worker.changed("a")  # no error
                event.clear()
                await asyncio.to_thread(server.start)
                await told(worker, event)

    asyncio.run(run())

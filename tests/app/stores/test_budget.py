"""The hour's tokens, counted by all instances together, over SQLite and Postgres alike."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app.stores import budget
from app.stores.budget import SHARDS, SqlBudget
from app.stores.database import Database
from tests.app.patience import FOR_EVER_S
from tests.app.stores.surroundings import opened, over_each_database

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@over_each_database
async def test_what_others_spent_is_known_after_a_moment_what_one_spent_at_once(
    database: Database, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "_hour", lambda: NOON)
    monkeypatch.setattr(budget, "KNOWN_S", FOR_EVER_S)
    async with opened(variables) as second:
        mine, theirs = SqlBudget(database, 100), SqlBudget(second, 100)
        assert (await mine.left(), await theirs.left()) == (100, 100)
        await mine.spend(30)
        assert (await mine.left(), await theirs.left()) == (70, 100)
        monkeypatch.setattr(budget, "KNOWN_S", -1.0)
        assert await SqlBudget(second, 100).left() == 70
        await theirs.spend(90)
        assert await SqlBudget(second, 100).left() == -20, "who asks at the same time may overdraw"


@over_each_database
async def test_no_token_is_lost_when_many_spend_at_once(
    database: Database, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "_hour", lambda: NOON)
    async with opened(variables) as second:
        spenders = [SqlBudget(one, 10_000) for one in (database, second)]
        await asyncio.gather(*(spenders[n % 2].spend(n) for n in range(100)))
        assert await SqlBudget(database, 10_000).left() == 10_000 - sum(range(100))
        assert len(await database.fetch("SELECT shard FROM tokens_used")) <= SHARDS


@over_each_database
async def test_each_hour_begins_anew_and_the_last_ones_are_forgotten(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "KNOWN_S", -1.0)
    spender = SqlBudget(database, 100)
    for hour in range(3):
        monkeypatch.setattr(budget, "_hour", lambda hour=hour: NOON + timedelta(hours=hour))
        assert await spender.left() == 100
        for _ in range(40):
            await spender.spend(1)
        assert await spender.left() == 60
        rows = await database.fetch("SELECT DISTINCT hour_at FROM tokens_used")
        assert [row["hour_at"] for row in rows] == [NOON + timedelta(hours=hour)]


@over_each_database
async def test_a_budget_is_larger_than_a_small_integer(database: Database) -> None:
    spender = SqlBudget(database, 10**12)
    for _ in range(3):
        await spender.spend(2**31)
    assert await SqlBudget(database, 10**12).left() == 10**12 - 3 * 2**31


def test_an_hour_is_the_clock_s_in_utc() -> None:
    before, hour, after = datetime.now(UTC), budget._hour(), datetime.now(UTC)
    assert hour <= after
    assert before < hour + timedelta(hours=1)
    assert (hour.minute, hour.second, hour.microsecond) == (0, 0, 0)

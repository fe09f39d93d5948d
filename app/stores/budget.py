"""The hour's token budget in SQL, shared by all instances (`ports.Budget`)."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

from app.stores.database import Database

SHARDS = 16
"""Rows an hour: spenders that come together seldom wait for the same row."""
KNOWN_S = 5.0
SPEND = """
    INSERT INTO tokens_used (hour_at, shard, tokens) VALUES ($1, $2, $3)
    ON CONFLICT (hour_at, shard) DO UPDATE SET tokens = tokens_used.tokens + excluded.tokens RETURNING tokens
"""
SPENT = "SELECT sum(tokens) AS spent FROM tokens_used WHERE hour_at = $1"
FORGET = "DELETE FROM tokens_used WHERE hour_at < $1 RETURNING shard"


class SqlBudget:
    """At most `most` tokens in a clock hour (UTC), give or take what is being answered just then."""

    def __init__(self, database: Database, most: int) -> None:
        self._database, self._most = database, most
        self._left, self._until = most, 0.0

    async def left(self) -> int:
        if time.monotonic() >= self._until:
            row = await self._database.fetchrow(SPENT, _hour())
            self._left = self._most - int((row and row["spent"]) or 0)
            self._until = time.monotonic() + KNOWN_S
        return self._left

    async def spend(self, tokens: int) -> None:
        self._left -= tokens
        shard = random.randrange(SHARDS)  # noqa: S311  # nothing is secret about it
        row = await self._database.fetchrow(SPEND, _hour(), shard, tokens)
        if row and row["tokens"] == tokens:  # the first of a new hour
            await self._database.fetch(FORGET, _hour())


def _hour() -> datetime:
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)

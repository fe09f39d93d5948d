"""SQLite: the embedded twin of Postgres, one file in DATA_DIR.

The write-ahead log keeps what was committed when the process is killed; when the power fails, the last moments may
be lost.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import aiosqlite

from app.ports import Conflict, Unavailable
from app.settings import Database as Settings

PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=5000")


def file_of(settings: Settings) -> Path:
    """Where the database is."""
    return settings.data / "voicestack.sqlite3"


class Sqlite:
    """One connection, one statement at a time; other processes may use the same file."""

    def __init__(self, settings: Settings) -> None:
        self._file = file_of(settings)
        self._connection: aiosqlite.Connection

    async def __aenter__(self) -> Self:
        try:
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._connection = await aiosqlite.connect(self._file, isolation_level=None)
            self._connection.row_factory = _row  # type: ignore[assignment]  # it takes any callable
            try:
                for pragma in PRAGMAS:
                    await self._connection.execute(f"PRAGMA {pragma}")
            except sqlite3.Error:
                await self._connection.close()  # its thread would keep the process from ending
                raise
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(f"SQLite: {type(error).__name__}") from error
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connection.close()

    async def fetch(self, sql: str, *values: object) -> Sequence[Mapping[str, Any]]:
        given = {str(at): _value(value) for at, value in enumerate(values, start=1)}
        try:
            return list(await self._connection.execute_fetchall(sql, given))  # type: ignore[arg-type]
        except sqlite3.IntegrityError as error:
            raise Conflict(f"SQLite: {type(error).__name__}") from error
        except sqlite3.Error as error:
            raise Unavailable(f"SQLite: {type(error).__name__}") from error

    async def fetchrow(self, sql: str, *values: object) -> Mapping[str, Any] | None:
        rows = await self.fetch(sql, *values)
        return rows[0] if rows else None

    async def check(self) -> None:
        await self.fetchrow("SELECT id FROM jobs LIMIT 1")


def _value(value: object) -> object:
    # All in UTC and equally long, so that texts compare as the moments do.
    return value.isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def _row(cursor: sqlite3.Cursor, values: Sequence[Any]) -> dict[str, Any]:
    names = (column[0] for column in cursor.description)
    return {
        name: datetime.fromisoformat(value) if value and name.endswith("_at") else value
        for name, value in zip(names, values, strict=True)
    }

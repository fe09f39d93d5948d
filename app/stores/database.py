"""What the stores need of a database: single statements, with $1, $2 … for values, that both dialects know.

There are no transactions: every change that must happen as a whole is one statement. Moments are aware datetimes
in columns whose names end in `_at`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from app.ports import Adapter
from app.settings import Database as Settings


class Database(Adapter, Protocol):
    """A database whose schema app/migrations made. Every method raises Unavailable if it cannot be asked."""

    async def fetch(self, sql: str, *values: object) -> Sequence[Mapping[str, Any]]:
        """All rows."""

    async def fetchrow(self, sql: str, *values: object) -> Mapping[str, Any] | None:
        """The first row, if any."""


def database_of(settings: Settings) -> Database:
    """The database that the settings name."""
    if settings.postgres:
        from app.stores.postgres import Postgres  # noqa: PLC0415  # a role imports only the driver it uses

        return Postgres(settings)
    from app.stores.sqlite import Sqlite  # noqa: PLC0415

    return Sqlite(settings)

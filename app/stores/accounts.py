"""Accounts in SQL: users, their sessions and their API keys. Secrets are stored as hashes only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4

from app.ports import Conflict
from app.stores.database import Database

Role = Literal["user", "service", "admin"]


@dataclass(frozen=True, slots=True)
class User:
    """A person."""

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A service's way in, in the name of its owner and for its scopes only."""

    id: str
    owner_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None


USER = ", ".join(User.__dataclass_fields__)
KEY = ", ".join(ApiKey.__dataclass_fields__)
REGISTER = f"""
    INSERT INTO users (id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, 'user', $4, $5)
    ON CONFLICT (email) DO NOTHING RETURNING {USER}
"""
# A changed e-mail that somebody else has changes nothing.
CHANGE = f"""
    UPDATE users SET email = coalesce($2, email), name = coalesce($3, name), role = coalesce($4, role),
                     password_hash = coalesce($5, password_hash)
    WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM users AS other WHERE other.email = $2 AND other.id <> $1)
    RETURNING {USER}
"""
REHASH = "UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id"
OPEN = """
    INSERT INTO sessions (id, user_id, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING id
"""
ROTATE = """
    UPDATE sessions SET token_hash = $3 WHERE id = $1 AND token_hash = $2 AND expires_at > $4 RETURNING user_id
"""
ALIVE = f"""
    SELECT {", ".join(f"u.{name} AS {name}" for name in User.__dataclass_fields__)}
    FROM sessions AS s JOIN users AS u ON u.id = s.user_id WHERE s.id = $1 AND s.expires_at > $2
"""
MAKE_KEY = f"""
    INSERT INTO api_keys (id, owner_id, name, secret_hash, scopes, created_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING {KEY}
"""


class Accounts:
    """The accounts in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def register(self, *, email: str, name: str, password_hash: str) -> User | None:
        """A new user; None if the e-mail is taken."""
        row = await self._database.fetchrow(REGISTER, uuid4().hex, email, name, password_hash, datetime.now(UTC))
        return User(**row) if row else None

    async def user(self, user_id: str) -> User | None:
        """The user."""
        row = await self._database.fetchrow(f"SELECT {USER} FROM users WHERE id = $1", user_id)
        return User(**row) if row else None

    async def password_hash(self, *, email: str) -> tuple[str, str] | None:
        """The id and the password's hash of whoever has that e-mail."""
        row = await self._database.fetchrow("SELECT id, password_hash FROM users WHERE email = $1", email)
        return (row["id"], row["password_hash"]) if row else None

    async def users(self, *, after: str, limit: int) -> list[User]:
        """Users by id, from the one after `after`."""
        sql = f"SELECT {USER} FROM users WHERE id > $1 ORDER BY id LIMIT $2"
        return [User(**row) for row in await self._database.fetch(sql, after, limit)]

    async def change(
        self,
        user_id: str,
        *,
        email: str | None = None,
        name: str | None = None,
        role: Role | None = None,
        password_hash: str | None = None,
    ) -> User | None:
        """Changes what is given; None if there is no such user or somebody else has the e-mail."""
        try:
            row = await self._database.fetchrow(CHANGE, user_id, email, name, role, password_hash)
        except Conflict:  # somebody took the e-mail at the same moment
            return None
        return User(**row) if row else None

    async def rehash(self, user_id: str, *, old: str, new: str) -> None:
        """Stores the same password in a better hash, unless it was changed meanwhile."""
        await self._database.fetchrow(REHASH, user_id, old, new)

    async def delete(self, user_id: str) -> bool:
        """Deletes the user with sessions, keys and jobs; False if there is none."""
        return await self._database.fetchrow("DELETE FROM users WHERE id = $1 RETURNING id", user_id) is not None

    async def open_session(self, session_id: str, *, user_id: str, token_hash: str, expires_at: datetime) -> None:
        """Begins a session whose refresh token has this hash; the user's that are over are forgotten."""
        now = datetime.now(UTC)
        over = "DELETE FROM sessions WHERE user_id = $1 AND expires_at < $2 RETURNING id"
        await self._database.fetch(over, user_id, now)
        await self._database.fetchrow(OPEN, session_id, user_id, token_hash, now, expires_at)

    async def rotate(self, session_id: str, *, old: str, new: str) -> str | None:
        """Puts the next refresh token's hash in place of the last one's; the user's id, or None if `old` is not
        the last one or the session is over."""
        row = await self._database.fetchrow(ROTATE, session_id, old, new, datetime.now(UTC))
        return row["user_id"] if row else None

    async def session(self, session_id: str) -> User | None:
        """Whose session it is, if it lasts."""
        row = await self._database.fetchrow(ALIVE, session_id, datetime.now(UTC))
        return User(**row) if row else None

    async def end_session(self, session_id: str) -> bool:
        """Ends a session and with it every token of it; False if there is none."""
        sql = "DELETE FROM sessions WHERE id = $1 RETURNING id"
        return await self._database.fetchrow(sql, session_id) is not None

    async def end_sessions(self, user_id: str, *, but: str | None = None) -> None:
        """Ends the user's sessions except `but`."""
        sql = "DELETE FROM sessions WHERE user_id = $1 AND id <> $2 RETURNING id"
        await self._database.fetch(sql, user_id, but or "")

    async def make_key(
        self, *, owner_id: str, name: str, secret_hash: str, scopes: tuple[str, ...], expires_at: datetime | None
    ) -> ApiKey:
        """A new key."""
        now = datetime.now(UTC)
        values = (uuid4().hex, owner_id, name, secret_hash, " ".join(scopes), now, expires_at)
        row = await self._database.fetchrow(MAKE_KEY, *values)
        assert row is not None, "an INSERT without a condition returns its row"  # noqa: S101
        return _key(row)

    async def key(self, key_id: str) -> tuple[ApiKey, str, User] | None:
        """The key, its secret's hash and its owner; None if it was revoked or is over."""
        sql = f"SELECT secret_hash, {KEY} FROM api_keys WHERE id = $1 AND (expires_at IS NULL OR expires_at > $2)"
        row = await self._database.fetchrow(sql, key_id, datetime.now(UTC))
        owner = await self.user(row["owner_id"]) if row else None
        return (_key(row), row["secret_hash"], owner) if row and owner else None

    async def keys(self, owner_id: str) -> list[ApiKey]:
        """The owner's keys, oldest first."""
        sql = f"SELECT {KEY} FROM api_keys WHERE owner_id = $1 ORDER BY created_at, id"
        return [_key(row) for row in await self._database.fetch(sql, owner_id)]

    async def revoke_key(self, key_id: str, *, owner_id: str) -> bool:
        """Revokes the owner's key; False if there is none."""
        sql = "DELETE FROM api_keys WHERE id = $1 AND owner_id = $2 RETURNING id"
        return await self._database.fetchrow(sql, key_id, owner_id) is not None


def _key(row: Mapping[str, Any]) -> ApiKey:
    fields = {name: row[name] for name in ApiKey.__dataclass_fields__}
    return ApiKey(**fields | {"scopes": tuple(row["scopes"].split())})

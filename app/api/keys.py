"""API keys, by which services call in their owner's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field, StringConstraints

from app.api.access import SCOPES, Access, Permission, Someone
from app.api.problems import NOT_FOUND, refusals
from app.api.texts import Id, Line
from app.api.tokens import KEY_PREFIX, hashed, joined, new_secret
from app.stores.accounts import Accounts, ApiKey

MOST_KEYS = 20


class Wanted(BaseModel, extra="forbid"):
    """A key that somebody wants."""

    name: Annotated[Line, StringConstraints(min_length=1)]
    scopes: set[Permission] = Field(min_length=1)
    days: int | None = Field(None, ge=1, le=365)
    """How long it lasts; without, until it is revoked."""


class KeyView(BaseModel):
    """A key, without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None


class NewKey(KeyView):
    """A key with its secret, which is shown this once."""

    key: str


class Keys(BaseModel):
    """One's keys."""

    items: list[KeyView]


def keys_router(accounts: Accounts, access: Access) -> APIRouter:
    """The routes under /api/keys."""
    router = APIRouter(prefix="/api/keys", tags=["keys"])

    @router.post("", status_code=201, responses=refusals(401, 403, 409))
    async def make(wanted: Wanted, who: Someone) -> NewKey:
        """Makes a key with some of one's own permissions."""
        for scope in sorted(wanted.scopes):
            if scope not in SCOPES or not who.may(scope):
                raise HTTPException(403, f"You cannot give the scope {scope} to a key")
        if len(await accounts.keys(who.user_id)) >= MOST_KEYS:
            raise HTTPException(409, f"There are {MOST_KEYS} keys already; revoke one")
        secret = new_secret()
        key = await accounts.make_key(
            owner_id=who.user_id,
            name=wanted.name,
            secret_hash=hashed(secret),
            scopes=tuple(sorted(wanted.scopes)),
            expires_at=datetime.now(UTC) + timedelta(days=wanted.days) if wanted.days else None,
        )
        return NewKey(**_view(key).model_dump(), key=KEY_PREFIX + joined(key.id, secret))

    @router.get("", responses=refusals(401, 403))
    async def own(who: Someone) -> Keys:
        """One's keys."""
        return Keys(items=[_view(key) for key in await accounts.keys(who.user_id)])

    @router.delete("/{key_id}", status_code=204, responses=refusals(401, 403, 404))
    async def revoke(key_id: Id, who: Someone) -> None:
        """Revokes a key of one's own."""
        if not await accounts.revoke_key(key_id, owner_id=who.user_id):
            raise NOT_FOUND
        access.forget()

    return router


def _view(key: ApiKey) -> KeyView:
    scopes = list(key.scopes)
    return KeyView(id=key.id, name=key.name, scopes=scopes, created_at=key.created_at, expires_at=key.expires_at)

"""Who calls: reads the token or API key of a request, and checks what its bearer may do and how often.

A person's role and a key's scopes come down to permissions; a route names the one it needs. What was found out
about a token is believed for BELIEVED_S: that is how long a revoked session, key or role may go on elsewhere (in
the process that revoked it: not at all).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, HTTPException
from starlette.requests import HTTPConnection

from app.api.tokens import KEY_PREFIX, Tokens, hashed, parted, same
from app.ports import Limiter
from app.settings import Public
from app.stores.accounts import Accounts, Role
from app.telemetry import metrics

Permission = Literal["voice:read", "voice:write", "account", "users:read", "users:write"]
OWN: frozenset[Permission] = frozenset({"voice:read", "voice:write", "account"})
ROLES: Mapping[Role, frozenset[Permission]] = {
    "user": OWN,
    # For other programs: their keys may look users up without belonging to somebody who may change them.
    "service": OWN | {"users:read"},
    "admin": OWN | {"users:read", "users:write"},
}
SCOPES: tuple[Permission, ...] = ("voice:read", "voice:write", "users:read")
"""What an API key can be given: never more than its owner may, and never the owner's account."""
BELIEVED_S = 5.0
MOST_BELIEVED = 10_000
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Principal:
    """Who calls: a person in a session, or a service with a person's API key (then there is no session)."""

    user_id: str
    limited_as: str
    permissions: frozenset[Permission]
    session_id: str | None = None

    def may(self, permission: Permission) -> bool:
        """Whether the permission is theirs."""
        return permission in self.permissions


class Access:
    """Finds out who calls."""

    def __init__(self, accounts: Accounts, tokens: Tokens, limiter: Limiter, settings: Public) -> None:
        self._accounts, self._tokens, self._limiter, self._settings = accounts, tokens, limiter, settings
        self._believed: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    async def admit(self, connection: HTTPConnection, permission: Permission) -> Principal:
        """The principal, who has the permission; HTTPException 401, 403 or 429 otherwise."""
        await self.limit_address(connection)
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        principal = await self.principal(
            token if scheme.lower() == "bearer" else connection.headers.get("x-api-key", "")
        )
        if principal is None:
            headers = {"www-authenticate": "Bearer"}
            raise HTTPException(401, "A valid access token or API key is needed", headers)
        await self.limit(principal.limited_as, self._settings.per_user)
        if not principal.may(permission):
            raise HTTPException(403, f"This needs the permission {permission}")
        return principal

    async def principal(self, token: str) -> Principal | None:
        """Whose token or key it is, if it is good."""
        believed = self._believed  # this one: what is forgotten while the database answers stays forgotten
        if known := believed.get(token):
            if time.monotonic() < known[0]:
                return known[1]
            del believed[token]
        key_id, secret = parted(token.removeprefix(KEY_PREFIX))
        if token.startswith(KEY_PREFIX):
            principal, lasts = await self._of_key(key_id, secret), BELIEVED_S
        else:
            principal, lasts = await self._of_session(token)
        if principal:
            believed[token] = (time.monotonic() + lasts, principal)
            if len(believed) > MOST_BELIEVED:
                believed.popitem(last=False)
        return principal

    def forget(self) -> None:
        """Believes nothing any more: something was revoked."""
        self._believed = OrderedDict()

    async def limit_address(self, connection: HTTPConnection) -> None:
        """Counts one request of an address, whoever calls from there; HTTPException 429 if it is one too many."""
        await self.limit(f"address:{connection.scope['address']}", self._settings.per_address)

    async def limit(self, key: str, per_minute: int) -> None:
        """Counts one request; HTTPException 429 if it is one too many."""
        if not self._settings.limited:
            return
        verdict = await self._limiter.take(key, limit=per_minute, period_s=MINUTE)
        if not verdict.allowed:
            metrics.rate_limited(key.partition(":")[0])
            headers = {"retry-after": str(max(1, verdict.retry_after_s))}
            raise HTTPException(429, "Too many requests; wait, then try again", headers)

    async def _of_key(self, key_id: str, secret: str) -> Principal | None:
        found = await self._accounts.key(key_id) if key_id else None
        if found is None or not same(found[1], hashed(secret)):
            return None
        key, _, owner = found
        # A key never outlives its owner's rights.
        permissions = frozenset(scope for scope in SCOPES if scope in key.scopes and scope in ROLES[owner.role])
        return Principal(owner.id, f"key:{key.id}", permissions)

    async def _of_session(self, token: str) -> tuple[Principal | None, float]:
        said = self._tokens.read(token) if token else None
        user = await self._accounts.session(said.session_id) if said else None
        if said is None or user is None or user.id != said.user_id:
            return None, 0
        principal = Principal(user.id, f"user:{user.id}", ROLES[user.role], said.session_id)
        return principal, min(BELIEVED_S, said.expires - time.time())


def _needs(permission: Permission) -> Callable[[HTTPConnection], Awaitable[Principal]]:
    async def admitted(connection: HTTPConnection) -> Principal:
        access: Access = connection.app.state.access
        return await access.admit(connection, permission)

    return admitted


Reader = Annotated[Principal, Depends(_needs("voice:read"))]
Writer = Annotated[Principal, Depends(_needs("voice:write"))]
Someone = Annotated[Principal, Depends(_needs("account"))]
UsersReader = Annotated[Principal, Depends(_needs("users:read"))]

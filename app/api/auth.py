"""Registration, login, refresh and logout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Request
from pydantic import BaseModel, Field

from app.api.access import Access, Someone
from app.api.passwords import Passwords
from app.api.problems import refusals
from app.api.texts import Email, Given, Line, Password
from app.api.tokens import ACCESS_S, SESSION_S, Tokens, hashed, joined, new_secret, parted
from app.api.users import UserView
from app.settings import Public
from app.stores.accounts import Accounts


class Registration(BaseModel, extra="forbid"):
    """Who wants an account."""

    email: Email
    password: Password
    name: Line = ""


class Login(BaseModel, extra="forbid"):
    """Who comes back."""

    email: Email
    password: Given


class Refresh(BaseModel, extra="forbid"):
    """The last refresh token; it is good for one use."""

    refresh_token: str = Field(max_length=200)


class TokenPair(BaseModel):
    """A way in for minutes, and the way to the next one."""

    access_token: str
    refresh_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # the protocol's word
    expires_in: int = ACCESS_S
    """Seconds."""


def auth_router(
    accounts: Accounts, access: Access, tokens: Tokens, passwords: Passwords, settings: Public
) -> APIRouter:
    """The routes under /api/auth."""
    router = APIRouter(prefix="/api/auth", tags=["auth"])

    async def sign_in_limit(request: Request, email: str) -> None:
        # By address against one who tries many accounts, by e-mail against many who try one.
        await access.limit(f"sign-in:{request.scope['address']}", settings.sign_ins)
        await access.limit(f"sign-in:{hashed(email)}", settings.sign_ins)

    def pair(user_id: str, session_id: str, secret: str) -> TokenPair:
        access_token = tokens.access(user_id=user_id, session_id=session_id)
        return TokenPair(access_token=access_token, refresh_token=joined(session_id, secret))

    @router.post("/register", status_code=201, responses=refusals(409))
    async def register(who: Registration, request: Request) -> UserView:
        """Makes an account."""
        await sign_in_limit(request, who.email)
        password_hash = await passwords.hash(who.password.get_secret_value())
        user = await accounts.register(email=who.email, name=who.name, password_hash=password_hash)
        if user is None:
            raise HTTPException(409, "There is an account with this e-mail")
        return UserView.of(user)

    @router.post("/login", responses=refusals(401))
    async def login(who: Login, request: Request) -> TokenPair:
        """Begins a session."""
        await sign_in_limit(request, who.email)
        found = await accounts.password_hash(email=who.email)
        password = who.password.get_secret_value()
        if not await passwords.verify(password, found[1] if found else None) or found is None:
            raise HTTPException(401, "E-mail or password is wrong", {"www-authenticate": "Bearer"})
        user_id, known = found
        if passwords.outdated(known):
            await accounts.rehash(user_id, old=known, new=await passwords.hash(password))
        session_id, secret = uuid4().hex, new_secret()
        expires = datetime.now(UTC) + timedelta(seconds=SESSION_S)
        await accounts.open_session(session_id, user_id=user_id, token_hash=hashed(secret), expires_at=expires)
        return pair(user_id, session_id, secret)

    @router.post("/refresh", responses=refusals(401))
    async def refresh(last: Refresh, request: Request) -> TokenPair:
        """The next tokens of a session. A token that was used before ends it: one of the two users is a thief."""
        await access.limit_address(request)
        session_id, secret = parted(last.refresh_token)
        following = new_secret()
        user_id = await accounts.rotate(session_id, old=hashed(secret), new=hashed(following))
        if user_id is None:
            if await accounts.end_session(session_id):
                access.forget()
            raise HTTPException(401, "The session is over; log in", {"www-authenticate": "Bearer"})
        return pair(user_id, session_id, following)

    @router.post("/logout", status_code=204, responses=refusals(401, 403))
    async def logout(who: Someone) -> None:
        """Ends the session, and with it all its tokens."""
        if who.session_id:
            await accounts.end_session(who.session_id)
        access.forget()

    return router

"""Users: one's own account, and everybody's for admins. Somebody else's account does not exist for others."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from app.api.access import Access, Someone, UsersReader
from app.api.passwords import Passwords
from app.api.problems import NOT_FOUND, refusals
from app.api.texts import Email, Given, Id, Line, Password
from app.stores.accounts import Accounts, Role, User

GUESSES = 10
"""A minute, at one's own password, by whoever has one's token."""


class UserView(BaseModel):
    """A user."""

    id: str
    email: str
    name: str
    role: Role
    created_at: datetime

    @classmethod
    def of(cls, user: User) -> UserView:
        """What is shown of a user."""
        return cls(id=user.id, email=user.email, name=user.name, role=user.role, created_at=user.created_at)


class Users(BaseModel):
    """A page of users."""

    items: list[UserView]
    next: str | None
    """The cursor of the next page, if there is one."""


class Change(BaseModel, extra="forbid"):
    """What is to change; what is left out stays."""

    email: Email | None = None
    name: Line | None = None
    password: Password | None = None
    current_password: Given | None = None
    """Needed for a new e-mail or password of one's own."""
    role: Role | None = None
    """Only an admin gives it."""


def users_router(accounts: Accounts, access: Access, passwords: Passwords) -> APIRouter:
    """The routes under /api/users."""
    router = APIRouter(prefix="/api/users", tags=["users"])

    @router.get("", responses=refusals(401, 403))
    async def all_users(
        _: UsersReader,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        cursor: Id = "0" * 32,
    ) -> Users:
        """Everybody, by id."""
        found = await accounts.users(after=cursor, limit=limit + 1)
        following = found[limit - 1].id if len(found) > limit else None
        return Users(items=[UserView.of(user) for user in found[:limit]], next=following)

    @router.get("/me", responses=refusals(401, 403, 404))
    async def me(who: Someone) -> UserView:
        """Oneself."""
        return await one(who.user_id, who)

    @router.get("/{user_id}", responses=refusals(401, 403, 404))
    async def one(user_id: Id, who: Someone) -> UserView:
        """Oneself or, for admins, anybody."""
        visible = user_id == who.user_id or who.may("users:read")
        user = await accounts.user(user_id) if visible else None
        if user is None:
            raise NOT_FOUND
        return UserView.of(user)

    @router.put("/{user_id}", responses=refusals(401, 403, 404, 409))
    async def change(user_id: Id, wanted: Change, who: Someone) -> UserView:
        """Changes oneself or, for admins, anybody. A new password ends the other sessions."""
        admin, own = who.may("users:write"), user_id == who.user_id
        user = await accounts.user(user_id) if admin or own else None
        if user is None:
            raise NOT_FOUND
        if wanted.role and not admin:
            raise HTTPException(403, "Only an admin gives roles")
        if own and (wanted.password or (wanted.email and wanted.email != user.email)):
            await access.limit(f"password:{user_id}", GUESSES)
            found = await accounts.password_hash(email=user.email)
            current = wanted.current_password.get_secret_value() if wanted.current_password else ""
            if found is None or not await passwords.verify(current, found[1]):
                raise HTTPException(403, "The current password is wrong")
        new_hash = await passwords.hash(wanted.password.get_secret_value()) if wanted.password else None
        changed = await accounts.change(
            user_id, email=wanted.email, name=wanted.name, role=wanted.role, password_hash=new_hash
        )
        if changed is None:
            raise HTTPException(409, "There is an account with this e-mail")
        if new_hash:
            await accounts.end_sessions(user_id, but=who.session_id)
        access.forget()
        return UserView.of(changed)

    @router.delete("/{user_id}", status_code=204, responses=refusals(401, 403, 404))
    async def delete(user_id: Id, who: Someone) -> None:
        """Deletes oneself or, for admins, anybody, with all sessions, keys and jobs."""
        visible = user_id == who.user_id or who.may("users:write")
        if not visible or not await accounts.delete(user_id):
            raise NOT_FOUND
        access.forget()

    return router

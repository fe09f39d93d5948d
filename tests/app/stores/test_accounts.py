"""Accounts in SQL: users, sessions and keys, over SQLite and Postgres alike."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from app.ports import Unavailable
from app.stores.accounts import Accounts, User
from app.stores.database import Database
from tests.app.stores.surroundings import over_each_database, person

SOON = timedelta(hours=1)


async def somebody(accounts: Accounts, email: str = "") -> User:
    made = await accounts.register(email=email or f"{uuid4().hex}@example.com", name="Ann", password_hash="hash")
    assert made
    return made


@over_each_database
async def test_one_of_many_gets_an_e_mail(database: Database) -> None:
    accounts = Accounts(database)
    asked = (accounts.register(email="ann@example.com", name="Ann", password_hash=f"h{n}") for n in range(8))
    made = [user for user in await asyncio.gather(*asked) if user]
    assert len(made) == 1
    assert (made[0].role, made[0].name, made[0].email) == ("user", "Ann", "ann@example.com")
    assert await accounts.user(made[0].id) == made[0]
    found = await accounts.password_hash(email="ann@example.com")
    assert found
    assert found[0] == made[0].id
    assert await accounts.password_hash(email="eve@example.com") is None
    assert await accounts.user("0" * 32) is None


@over_each_database
async def test_users_are_listed_by_id_each_once(database: Database) -> None:
    accounts = Accounts(database)
    made = sorted([await somebody(accounts) for _ in range(5)], key=lambda user: user.id)
    shown: list[User] = []
    while page := await accounts.users(after=shown[-1].id if shown else "", limit=2):
        shown += page
    assert shown == made


@over_each_database
async def test_only_what_is_given_changes_and_nobody_takes_another_s_e_mail(database: Database) -> None:
    accounts = Accounts(database)
    ann, bob = await somebody(accounts), await somebody(accounts)
    assert await accounts.change(ann.id) == ann
    ann = replace(ann, name="A")
    assert await accounts.change(ann.id, email=ann.email, name="A") == ann
    assert await accounts.change(ann.id, email=bob.email, name="B", password_hash="new") is None
    assert await accounts.user(ann.id) == ann
    assert await accounts.password_hash(email=ann.email) == (ann.id, "hash")
    changed = await accounts.change(ann.id, email="new@example.com", role="admin", password_hash="new")
    assert changed == replace(ann, email="new@example.com", role="admin")
    assert await accounts.password_hash(email="new@example.com") == (ann.id, "new")
    assert await accounts.password_hash(email=ann.email) is None
    assert await accounts.change("0" * 32, name="C") is None


@over_each_database
async def test_of_two_who_change_to_the_same_e_mail_at_once_one_gets_it(database: Database) -> None:
    accounts = Accounts(database)
    people = [await somebody(accounts) for _ in range(6)]
    wanted = (accounts.change(user.id, email="same@example.com") for user in people)
    changed = await asyncio.gather(*wanted, return_exceptions=True)
    assert sum(isinstance(one, User) for one in changed) == 1
    assert all(one is None or isinstance(one, User | Unavailable) for one in changed)


@over_each_database
async def test_a_better_hash_never_undoes_a_changed_password(database: Database) -> None:
    accounts = Accounts(database)
    ann = await somebody(accounts)
    await accounts.rehash(ann.id, old="hash", new="better")
    await accounts.rehash(ann.id, old="hash", new="stale")
    assert await accounts.password_hash(email=ann.email) == (ann.id, "better")


@over_each_database
async def test_a_refresh_token_is_used_once_and_only_while_the_session_lasts(database: Database) -> None:
    accounts = Accounts(database)
    ann, now = await somebody(accounts), datetime.now(UTC)
    await accounts.open_session("s" * 32, user_id=ann.id, token_hash="0", expires_at=now + SOON)
    tried = await asyncio.gather(*(accounts.rotate("s" * 32, old="0", new=str(n)) for n in range(1, 9)))
    assert [one for one in tried if one] == [ann.id]
    assert await accounts.rotate("s" * 32, old="0", new="9") is None
    assert await accounts.session("s" * 32) == ann
    assert await accounts.end_session("s" * 32)
    assert not await accounts.end_session("s" * 32)
    assert await accounts.session("s" * 32) is None
    await accounts.open_session("t" * 32, user_id=ann.id, token_hash="0", expires_at=now - SOON)
    assert await accounts.session("t" * 32) is None
    assert await accounts.rotate("t" * 32, old="0", new="1") is None


@over_each_database
async def test_ended_are_one_s_own_sessions_but_the_one_in_use(database: Database) -> None:
    accounts = Accounts(database)
    ann, bob = await somebody(accounts), await somebody(accounts)
    for session_id, owner in (("a" * 32, ann), ("b" * 32, ann), ("c" * 32, bob)):
        expires = datetime.now(UTC) + SOON
        await accounts.open_session(session_id, user_id=owner.id, token_hash="0", expires_at=expires)
    await accounts.end_sessions(ann.id, but="a" * 32)
    assert [bool(await accounts.session(one * 32)) for one in "abc"] == [True, False, True]
    await accounts.end_sessions(ann.id)
    assert [bool(await accounts.session(one * 32)) for one in "abc"] == [False, False, True]


@over_each_database
async def test_sessions_that_are_over_do_not_pile_up(database: Database) -> None:
    accounts = Accounts(database)
    ann, bob, now = await somebody(accounts), await somebody(accounts), datetime.now(UTC)
    for owner in (ann, ann, ann, bob):
        await accounts.open_session(uuid4().hex, user_id=owner.id, token_hash="0", expires_at=now - SOON)
    await accounts.open_session("s" * 32, user_id=ann.id, token_hash="0", expires_at=now + SOON)
    rows = await database.fetch("SELECT id FROM sessions WHERE user_id = $1", ann.id)
    assert [row["id"] for row in rows] == ["s" * 32]
    assert len(await database.fetch("SELECT id FROM sessions")) == 2, "nobody else's are looked at"


@over_each_database
async def test_a_key_is_its_owner_s_until_it_is_revoked_or_over(database: Database) -> None:
    accounts = Accounts(database)
    ann, bob, now = await somebody(accounts), await somebody(accounts), datetime.now(UTC)
    made = [
        await accounts.make_key(
            owner_id=ann.id, name=str(n), secret_hash=f"h{n}", scopes=scopes, expires_at=expires
        )
        for n, (scopes, expires) in enumerate(
            [(("voice:read", "voice:write"), None), ((), now + SOON), ((), now - SOON)]
        )
    ]
    assert await accounts.keys(ann.id) == made
    assert await accounts.keys(bob.id) == []
    assert await accounts.key(made[0].id) == (made[0], "h0", ann)
    assert made[0].scopes == ("voice:read", "voice:write")
    assert await accounts.key(made[1].id) == (made[1], "h1", ann)
    assert await accounts.key(made[2].id) is None, "it is over"
    assert not await accounts.revoke_key(made[0].id, owner_id=bob.id)
    assert await accounts.revoke_key(made[0].id, owner_id=ann.id)
    assert await accounts.key(made[0].id) is None


@over_each_database
async def test_with_a_user_goes_all_they_had(database: Database) -> None:
    accounts = Accounts(database)
    ann, bob = await somebody(accounts), await person(database)
    expires = datetime.now(UTC) + SOON
    await accounts.open_session("s" * 32, user_id=ann.id, token_hash="0", expires_at=expires)
    key = await accounts.make_key(owner_id=ann.id, name="", secret_hash="h", scopes=(), expires_at=None)
    assert await accounts.delete(ann.id)
    assert not await accounts.delete(ann.id)
    assert await accounts.session("s" * 32) is None
    assert await accounts.key(key.id) is None
    assert await accounts.user(bob)
    for table in ("sessions", "api_keys"):
        assert await database.fetch(f"SELECT id FROM {table}") == []  # noqa: S608  # constants

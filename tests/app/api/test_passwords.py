"""Password hashes: what is taken, what is renewed, and how many are made at once."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from typing import Any

import bcrypt
import pytest

from app.api import passwords
from app.api.passwords import MOST_WAITING, Passwords
from app.ports import Unavailable
from tests.app.api.surroundings import PASSWORD, World, is_problem

LOGIN = "/api/auth/login"


def bcrypt_of(password: str) -> str:
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()


@pytest.mark.parametrize("prefix", ["$2a$", "$2b$", "$2y$"])
def test_an_earlier_systems_bcrypt_hash_is_taken_and_renewed_at_login(world: World, prefix: str) -> None:
    async def told() -> None:
        earlier = prefix + bcrypt_of(PASSWORD)[4:]
        person = await world.person(password_hash=earlier)
        wrong = {"email": person.email, "password": "another password"}
        is_problem(await world.client.post(LOGIN, json=wrong), 401)
        known = await world.accounts.password_hash(email=person.email)
        assert known == (person.id, earlier), "who is not let in renews nothing"
        for _ in range(2):
            response = await world.client.post(LOGIN, json={"email": person.email, "password": PASSWORD})
            assert response.status_code == 200
            known = await world.accounts.password_hash(email=person.email)
            assert known
            assert known[1].startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    world.run(told())


def test_a_long_password_of_an_earlier_system_is_compared_as_bcrypt_did(world: World) -> None:
    async def told() -> None:
        long = "é" * 60
        person = await world.person(password_hash=bcrypt_of(long))
        response = await world.client.post(LOGIN, json={"email": person.email, "password": long})
        assert response.status_code == 200
        known = await world.accounts.password_hash(email=person.email)
        assert known
        assert not await Passwords().verify(long[:36], known[1]), "the renewed hash is of the whole password"

    world.run(told())


@pytest.mark.parametrize("stored", ["", "!", "$2b$04$short", "$2b$nonsense", "$argon2id$nonsense", "$1$abc$def"])
def test_what_is_stored_and_is_no_hash_lets_nobody_in(world: World, stored: str) -> None:
    async def told() -> None:
        person = await world.person(password_hash=stored)
        for password in (PASSWORD, "", stored, "\0", PASSWORD + "\0"):
            is_problem(await world.client.post(LOGIN, json={"email": person.email, "password": password}), 401)

    world.run(told())


def test_a_nul_does_not_end_a_password(world: World) -> None:
    async def told() -> None:
        for known in (bcrypt_of(PASSWORD), await Passwords().hash(PASSWORD)):
            assert await Passwords().verify(PASSWORD, known)
            assert not await Passwords().verify(PASSWORD + "\0more", known)

    world.run(told())


def test_an_unknown_email_costs_as_many_comparisons_as_a_wrong_password(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    verify = passwords._verify

    def counted(given: str, known: str) -> bool:
        compared.append(known)
        return verify(given, known)

    monkeypatch.setattr(passwords, "_verify", counted)

    async def told(email: str) -> int:
        compared.clear()
        is_problem(await world.client.post(LOGIN, json={"email": email, "password": "another password"}), 401)
        assert all("m=19456,t=2,p=1" in known for known in compared), "each as dear as the other"
        return len(compared)

    person = world.run(world.person())
    assert world.run(told(person.email)) == world.run(told("nobody@example.com")) == 1


def test_no_more_hashes_are_made_at_once_than_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    hashes, lock = Passwords(), threading.Lock()
    now, most = 0, 0

    def slow(*_: str) -> str:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.01)
        with lock:
            now -= 1
        return "hash"

    monkeypatch.setattr(hashes, "_nobody", "known")
    monkeypatch.setattr(passwords, "_verify", slow)

    async def told() -> list[Any]:
        return await asyncio.gather(
            *(hashes.verify("a", "b") for _ in range(2 * MOST_WAITING)), return_exceptions=True
        )

    answers = asyncio.run(told())
    assert most == 2
    assert answers.count(True) == MOST_WAITING
    assert sum(isinstance(answer, Unavailable) for answer in answers) == MOST_WAITING, "the others are sent away"
    assert asyncio.run(hashes.verify("a", "b")), "and later taken again"


def test_who_comes_when_too_many_log_in_is_told_to_come_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "MOST_WAITING", 0)
    response = world.run(world.client.post(LOGIN, json={"email": "a@b.c", "password": PASSWORD}))
    is_problem(response, 503)
    assert int(response.headers["retry-after"]) > 0

"""Registration, login, sessions: who gets in, and who no longer does."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from app.api import access
from app.api.access import MOST_BELIEVED, Access
from app.api.tokens import ACCESS_S, hashed, joined, new_secret
from tests.app.api.surroundings import PASSWORD, SIGNING_KEY, Person, World, is_problem, lines_of

REGISTER, LOGIN, REFRESH, LOGOUT = (f"/api/auth/{what}" for what in ("register", "login", "refresh", "logout"))
ME = "/api/users/me"


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def claims_of(person: Person, **changes: object) -> dict[str, Any]:
    """A good token's, with changes; None takes a claim away."""
    now = int(time.time())
    good = {"iss": "voicestack", "aud": "voicestack", "iat": now, "exp": now + 60, "sub": person.id}
    return {
        name: value for name, value in (good | {"sid": person.session_id} | changes).items() if value is not None
    }


def test_who_registers_can_log_in_and_the_password_is_kept_as_owasp_advises(world: World) -> None:
    async def told() -> None:
        email = f"{uuid4().hex}@Example.com"
        who = {"email": f" {email.upper()} ", "password": PASSWORD, "name": "Ada"}
        made = await world.client.post(REGISTER, json=who)
        assert made.status_code == 201
        assert made.json() | {"id": "", "created_at": ""} == {
            "id": "",
            "email": email.lower(),
            "name": "Ada",
            "role": "user",
            "created_at": "",
        }
        is_problem(await world.client.post(REGISTER, json=who), 409)
        pair = (await world.client.post(LOGIN, json={"email": email, "password": PASSWORD})).json()
        assert pair | {"access_token": "", "refresh_token": ""} == {
            "access_token": "",
            "refresh_token": "",
            "token_type": "bearer",
            "expires_in": ACCESS_S,
        }
        assert (await world.client.get(ME, headers=bearer(pair["access_token"]))).json() == made.json()
        row = await world.database.fetchrow("SELECT password_hash FROM users WHERE id = $1", made.json()["id"])
        assert row
        assert row["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        stored = await world.database.fetch("SELECT * FROM sessions WHERE user_id = $1", made.json()["id"])
        assert pair["refresh_token"].partition(".")[2] not in repr([dict(row) for row in stored])

    world.run(told())


def test_a_wrong_password_and_an_unknown_email_are_told_alike(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        wrong = await world.client.post(LOGIN, json={"email": person.email, "password": "another password"})
        unknown = await world.client.post(LOGIN, json={"email": "nobody@example.com", "password": PASSWORD})
        is_problem(wrong, 401)
        is_problem(unknown, 401)
        told = [response.json() | {"request_id": ""} for response in (wrong, unknown)]
        assert told[0] == told[1]
        assert wrong.headers.keys() == unknown.headers.keys()

    world.run(told())


def test_a_refresh_token_is_good_once_and_its_replay_ends_the_session(world: World) -> None:
    async def told() -> None:
        person = await world.person()

        async def refreshed(token: str) -> Any:
            return await world.client.post(REFRESH, json={"refresh_token": token})

        second = (await refreshed(person.refresh_token)).json()
        third = (await refreshed(second["refresh_token"])).json()
        assert len({person.refresh_token, second["refresh_token"], third["refresh_token"]}) == 3
        for token in (person.token, second["access_token"], third["access_token"]):
            assert (await world.client.get(ME, headers=bearer(token))).status_code == 200
        is_problem(await refreshed(person.refresh_token), 401)
        is_problem(await refreshed(third["refresh_token"]), 401)
        for token in (person.token, second["access_token"], third["access_token"]):
            is_problem(await world.client.get(ME, headers=bearer(token)), 401)

    world.run(told())


def test_of_two_who_refresh_at_once_at_most_one_gets_tokens(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        wanted = {"refresh_token": person.refresh_token}
        answers = await asyncio.gather(*(world.client.post(REFRESH, json=wanted) for _ in range(8)))
        assert sorted(answer.status_code for answer in answers)[1:] == [401] * 7
        is_problem(await world.client.get(ME, headers=person.headers), 401)

    world.run(told())


def test_a_session_over_gives_no_tokens_and_takes_none(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        session_id, secret = uuid4().hex, new_secret()
        over = datetime.now(UTC) - timedelta(seconds=1)
        await world.accounts.open_session(
            session_id, user_id=person.id, token_hash=hashed(secret), expires_at=over
        )
        is_problem(await world.client.post(REFRESH, json={"refresh_token": joined(session_id, secret)}), 401)
        token = world.tokens.access(user_id=person.id, session_id=session_id)
        is_problem(await world.client.get(ME, headers=bearer(token)), 401)

    world.run(told())


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "a.b",
        f"{'0' * 32}.{'a' * 43}",
        f"{'0' * 32}.",
        "\0.\0",
        f"{'0' * 31}\0.{'a' * 43}",
        "é" * 32 + ".a",
    ],
)
def test_what_is_no_refresh_token_is_401(world: World, token: str) -> None:
    is_problem(world.run(world.client.post(REFRESH, json={"refresh_token": token})), 401)


def test_a_refresh_token_is_no_access_token_and_the_other_way_round(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        is_problem(await world.client.get(ME, headers=bearer(person.refresh_token)), 401)
        is_problem(await world.client.get(ME, headers={"x-api-key": person.refresh_token}), 401)
        is_problem(await world.client.post(REFRESH, json={"refresh_token": person.token}), 422, 401)
        assert (await world.client.get(ME, headers=person.headers)).status_code == 200

    world.run(told())


def test_no_token_but_a_good_one_of_ours_is_taken_and_none_is_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    person, other = world.run(world.person()), world.run(world.person())
    now = int(time.time())
    good = world.tokens.access(user_id=person.id, session_id=person.session_id)
    head, body, signature = good.split(".")

    def signed(**changes: object) -> str:
        return jwt.encode(claims_of(person, **changes), SIGNING_KEY, "HS256")

    bad = {
        "expired": signed(iat=now - 1000, exp=now - 60),
        "of tomorrow": signed(iat=now + 86400, exp=now + 90000),
        "not yet": signed(nbf=now + 86400),
        "another key": jwt.encode(claims_of(person), "b" * 40, "HS256"),
        "another algorithm": jwt.encode(claims_of(person), SIGNING_KEY, "HS512"),
        "another audience": signed(aud="another"),
        "another issuer": signed(iss="another"),
        **{f"without {claim}": signed(**{claim: None}) for claim in ("exp", "iat", "sub", "sid", "aud", "iss")},
        **{f"{claim} is a number": signed(**{claim: 1}) for claim in ("sub", "sid")},
        "exp is a text": f"{head}.{encoded(claims_of(person, exp='never'))}.{signature}",
        "an altered body": f"{head}.{encoded(claims_of(other))}.{signature}",
        "an altered signature": good[:-4] + ("AAAA" if good[-4:] != "AAAA" else "BBBB"),
        "no signature": f"{head}.{body}.",
        "alg none": f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims_of(person))}.",
        "alg None with a signature": f"{encoded({'alg': 'None'})}.{body}.{signature}",
        "alg RS256": f"{encoded({'alg': 'RS256'})}.{body}.{signature}",
        "no alg": f"{encoded({'typ': 'JWT'})}.{body}.{signature}",
        "a header that is a list": f"{encoded([])}.{body}.{signature}",
        "a deep header": f"{base64.urlsafe_b64encode(b'[' * 1400).decode().rstrip('=')}.{body}.{signature}",
        "a key in the header": f"{encoded({'alg': 'HS256', 'jwk': {'kty': 'oct', 'k': 'YQ'}})}.{body}.{signature}",
        "somebody else's session": signed(sid=other.session_id),
        "an unknown session": signed(sid=uuid4().hex),
        "no token": "nonsense",
        "dots": "." * 200,
        "huge": good + "A" * 60_000,
        "a huge good one": signed(padding="x" * 4000),
        "an API key's form": f"vsk_{'0' * 32}.{'a' * 43}",
        "no secret": f"vsk_{'0' * 32}.",
    }
    assert len(set(bad.values())) == len(bad)
    assert good not in bad.values()
    with caplog.at_level(logging.DEBUG):
        for name, token in bad.items():
            for headers in (bearer(token), {"x-api-key": token}):
                response = world.run(world.client.get(ME, headers=headers))
                assert response.status_code == 401, f"{name}: {response.status_code}"
                is_problem(response, 401)
                assert response.headers["www-authenticate"] == "Bearer"
    assert world.run(world.client.get(ME, headers=bearer(good))).status_code == 200
    logged = json.dumps(lines_of(caplog))
    assert not [name for name, token in bad.items() if token in logged and len(token) > 8]
    assert logged.count('"message": "request"') == 2 * len(bad)


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer\t", "Token abc", "Bearer a b"])
def test_a_header_without_a_token_is_401(world: World, header: str) -> None:
    is_problem(world.run(world.client.get(ME, headers={"authorization": header})), 401)


def test_logout_ends_the_session_at_once_here_and_soon_elsewhere(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "BELIEVED_S", 0.3)

    async def told() -> None:
        person = await world.person()
        _, elsewhere = await world.another()
        for client in (world.client, elsewhere):
            assert (await client.get(ME, headers=person.headers)).status_code == 200
        assert (await world.client.post(LOGOUT, headers=person.headers)).status_code == 204
        is_problem(await world.client.get(ME, headers=person.headers), 401)
        is_problem(await world.client.post(REFRESH, json={"refresh_token": person.refresh_token}), 401)
        await asyncio.sleep(0.3)
        is_problem(await elsewhere.get(ME, headers=person.headers), 401)

    world.run(told())


def test_what_is_revoked_while_it_is_looked_up_is_not_believed(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        looked_up, revoked = asyncio.Event(), asyncio.Event()
        found = world.accounts.session

        class Slow:
            """The accounts, that answer what was true before."""

            async def session(self, session_id: str) -> Any:
                user = await found(session_id)
                looked_up.set()
                await revoked.wait()
                return user

        slow = Access(Slow(), world.tokens, None, world.settings)  # type: ignore[arg-type]
        asking = asyncio.create_task(slow.principal(person.token))
        await looked_up.wait()
        await world.accounts.end_session(person.session_id)
        slow.forget()
        revoked.set()
        assert await asking, "it was asked before"
        assert await slow.principal(person.token) is None

    world.run(told())


def test_what_is_believed_does_not_grow_without_end_nor_hold_what_strangers_send(world: World) -> None:
    async def told() -> None:
        person = await world.person()

        class Anybody:
            async def session(self, session_id: str) -> Any:
                return await world.accounts.user(person.id) if len(session_id) < 20 else None

        many = Access(Anybody(), world.tokens, None, world.settings)  # type: ignore[arg-type]
        for number in range(50):
            assert await many.principal(world.tokens.access(user_id=person.id, session_id="x" * 32)) is None
            assert await many.principal(f"nonsense {number}") is None
        assert not many._believed
        access_tokens = [world.tokens.access(user_id=person.id, session_id=str(number)) for number in range(20)]
        many._believed.update({str(number): (0.0, None) for number in range(MOST_BELIEVED)})  # type: ignore[misc]
        for token in access_tokens:
            assert await many.principal(token)
        assert len(many._believed) == MOST_BELIEVED

    world.run(told())


def test_a_new_password_ends_the_other_sessions_and_the_old_password(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        login = {"email": person.email, "password": PASSWORD}
        other = (await world.client.post(LOGIN, json=login)).json()
        change = {"password": "another password", "current_password": PASSWORD}
        path = f"/api/users/{person.id}"
        assert (await world.client.put(path, json=change, headers=person.headers)).status_code == 200
        assert (await world.client.get(ME, headers=person.headers)).status_code == 200
        is_problem(await world.client.get(ME, headers=bearer(other["access_token"])), 401)
        is_problem(await world.client.post(REFRESH, json={"refresh_token": other["refresh_token"]}), 401)
        is_problem(await world.client.post(LOGIN, json=login), 401)
        assert (await world.client.post(LOGIN, json=login | {"password": "another password"})).status_code == 200

    world.run(told())


def test_who_is_deleted_is_gone_at_once_with_keys_and_jobs(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        key = await world.key(person, "voice:read")
        job = await world.job(person)
        assert (await world.client.get(f"/api/voice/status/{job}", headers=key)).status_code == 200
        path = f"/api/users/{person.id}"
        assert (await world.client.delete(path, headers=person.headers)).status_code == 204
        is_problem(await world.client.get(ME, headers=person.headers), 401)
        is_problem(await world.client.get(f"/api/voice/status/{job}", headers=key), 401)
        assert await world.jobs.find(job) is None

    world.run(told())


def test_neither_passwords_nor_tokens_nor_emails_nor_questions_are_logged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    email, secrets = f"{uuid4().hex}@example.com", [PASSWORD, "another password", "what nobody reads"]

    async def told() -> None:
        post = world.client.post
        await post(REGISTER, json={"email": email, "password": PASSWORD, "name": "Ada Lovelace"})
        await post(REGISTER, json={"email": email, "password": PASSWORD})
        pair = (await post(LOGIN, json={"email": email, "password": PASSWORD})).json()
        await post(LOGIN, json={"email": email, "password": "another password"})
        await post(LOGIN, json={"email": email, "password": "x" * 129, "more": "what nobody reads"})
        headers = bearer(pair["access_token"])
        wanted = {"name": "what nobody reads", "scopes": ["voice:read"]}
        key = (await post("/api/keys", json=wanted, headers=headers)).json()["key"]
        asked = await post("/api/voice/process", json={"text": "what nobody reads"}, headers=headers)
        job = asked.json()["id"]
        await world.client.get(f"/api/voice/status/{job}?q=what nobody reads", headers={"x-api-key": key})
        await world.client.get("/what nobody reads", headers=headers)
        following = (await post(REFRESH, json={"refresh_token": pair["refresh_token"]})).json()
        await post(REFRESH, json={"refresh_token": pair["refresh_token"]})
        secrets.extend([*pair.values(), key, *following.values()])
        await asyncio.sleep(0.05)

    with caplog.at_level(logging.DEBUG):
        world.run(told())
    logged = json.dumps(lines_of(caplog))
    assert logged.count('"message": "request"') == 11
    told_secrets = [str(secret) for secret in [email, "Ada Lovelace", *secrets] if len(str(secret)) > 8]
    assert not [secret for secret in told_secrets if secret in logged]


def test_no_two_access_tokens_are_the_same_so_that_a_client_sees_which_one_is_new(world: World) -> None:
    made = {world.tokens.access(user_id="a" * 32, session_id="b" * 32) for _ in range(3)}
    assert len(made) == 3

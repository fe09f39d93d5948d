"""Rate limits: of a user, of an address, of who signs in; and what a proxy's header is worth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from app.api.live import TOO_MANY
from app.caches import memory
from tests.app.api.surroundings import PASSWORD, World, is_problem, with_schema, world_of
from tests.app.harness import Closed, socket_of

HISTORY, LOGIN, REFRESH = "/api/voice/history", "/api/auth/login", "/api/auth/refresh"
NOBODY = {"email": "nobody@example.com", "password": PASSWORD}
CLIENT, BALANCER, LIAR = "198.51.100.7", "203.0.113.1", "192.0.2.66"


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return with_schema({"DATA_DIR": str(tmp_path_factory.mktemp("data"))})


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The limiter's: it stands 20 s before the next window."""
    clock = SimpleNamespace(now=6000.0 - 20)
    monkeypatch.setattr(memory, "time", SimpleNamespace(time=lambda: clock.now))
    return clock


@contextmanager
def limited(variables: dict[str, str], **limits: str) -> Iterator[World]:
    with world_of(variables | {f"RATE_LIMIT_{name}": limit for name, limit in limits.items()}) as world:
        yield world


async def codes(client: Any, times: int, method: str, path: str, **given: Any) -> list[int]:
    return [(await client.request(method, path, **given)).status_code for _ in range(times)]


def test_a_user_is_refused_beyond_the_limit_until_the_window_ends(
    variables: dict[str, str], clock: SimpleNamespace
) -> None:
    with limited(variables, USER="3") as world:

        async def told() -> None:
            person, other = await world.person(), await world.person()
            key = await world.key(person, "voice:read")
            assert await codes(world.client, 3, "GET", HISTORY, headers=person.headers) == [200] * 3
            refused = await world.client.get(HISTORY, headers=person.headers)
            is_problem(refused, 429)
            assert refused.headers["retry-after"] == "20"
            elsewhere = await world.client_at(CLIENT)
            assert await codes(elsewhere, 1, "GET", "/api/users/me", headers=person.headers) == [429]
            for of_their_own in (other.headers, key):
                assert await codes(world.client, 4, "GET", HISTORY, headers=of_their_own) == [200] * 3 + [429]
            clock.now += 20
            assert await codes(world.client, 1, "GET", HISTORY, headers=person.headers) == [200]

        world.run(told())


def test_a_refused_request_changes_nothing(variables: dict[str, str]) -> None:
    with limited(variables, USER="1") as world:

        async def told() -> None:
            person = await world.person()
            asked = {"headers": person.headers, "json": {"text": "a"}}
            before = await world.rows()
            assert await codes(world.client, 3, "POST", "/api/voice/process", **asked) == [202, 429, 429]
            assert (await world.rows())["jobs"] == before["jobs"] + 1

        world.run(told())


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("GET", HISTORY, {}),
        ("GET", HISTORY, {"headers": {"x-api-key": f"vsk_{'0' * 32}.{'a' * 43}"}}),
        ("GET", HISTORY, {"headers": {"authorization": "Bearer a.b.c"}}),
        ("GET", "/api/v1/users/me", {}),
        ("POST", "/api/voice/process", {"json": {"text": "a"}}),
        ("POST", REFRESH, {"json": {"refresh_token": f"{'0' * 32}.{'a' * 43}"}}),
        ("PUT", f"/api/voice/uploads/{'0' * 32}", {"content": b"a"}),
    ],
)
def test_an_address_is_refused_beyond_the_limit_whoever_calls_from_there(
    variables: dict[str, str], method: str, path: str, given: dict[str, Any]
) -> None:
    with limited(variables, ADDRESS="3") as world:

        async def told() -> None:
            person = await world.person()
            assert await codes(world.client, 4, method, path, **given) == [401] * 3 + [429]
            is_problem(await world.client.get(HISTORY, headers=person.headers), 429)
            elsewhere = await world.client_at(CLIENT)
            assert await codes(elsewhere, 3, "GET", HISTORY, headers=person.headers) == [200] * 3
            assert await codes(world.client, 2, "GET", "/health") == [200] * 2, "a health check is never refused"

        world.run(told())


def test_a_websocket_counts_for_its_address_before_it_says_who_it_is(variables: dict[str, str]) -> None:
    with limited(variables, ADDRESS="2") as world:

        async def closed() -> int:
            async with socket_of(world.app, f"/api/voice/live/{'0' * 32}") as socket:
                await socket.send("nonsense")
                with pytest.raises(Closed) as end:
                    await socket.receive()
                return end.value.code

        assert [world.run(closed()) for _ in range(3)] == [4401, 4401, TOO_MANY]


def test_who_tries_many_accounts_from_one_address_is_stopped(variables: dict[str, str]) -> None:
    with limited(variables, SIGN_IN="4") as world:

        async def told() -> None:
            for at in range(6):
                wanted = {"email": f"{at}@example.com", "password": PASSWORD}
                response = await world.client.post(LOGIN, json=wanted)
                is_problem(response, 401 if at < 4 else 429)
                assert at < 4 or response.headers["retry-after"] == "20"
            is_problem(await world.client.post("/api/auth/register", json=NOBODY), 429)
            elsewhere = await world.client_at(CLIENT)
            is_problem(await elsewhere.post(LOGIN, json=NOBODY), 401)

        world.run(told())


def test_many_addresses_that_try_one_account_are_stopped_however_it_is_spelled(variables: dict[str, str]) -> None:
    with limited(variables, SIGN_IN="4") as world:

        async def told() -> None:
            person = await world.person()
            for at, email in enumerate((person.email, person.email.upper(), f" {person.email}", person.email) * 2):
                client = await world.client_at(f"198.51.100.{at}")
                response = await client.post(LOGIN, json={"email": email, "password": "another password"})
                is_problem(response, 401 if at < 4 else 429)
            assert (await world.client.get(HISTORY, headers=person.headers)).status_code == 200

        world.run(told())


def test_without_limits_nobody_is_refused(variables: dict[str, str]) -> None:
    with limited(variables, USER="1", ADDRESS="1", SIGN_IN="1", ENABLED="false") as world:

        async def told() -> None:
            person = await world.person()
            assert await codes(world.client, 5, "GET", HISTORY, headers=person.headers) == [200] * 5
            assert await codes(world.client, 3, "POST", LOGIN, json=NOBODY) == [401] * 3

        world.run(told())


@pytest.mark.parametrize(
    ("proxies", "peer", "headers", "seen"),
    [
        ("0", CLIENT, [], CLIENT),
        ("0", CLIENT, [LIAR], CLIENT),
        ("1", BALANCER, [CLIENT], CLIENT),
        ("1", BALANCER, [f"{LIAR}, {CLIENT}"], CLIENT),
        ("1", BALANCER, [LIAR, CLIENT], CLIENT),
        ("1", BALANCER, [f" ,, {LIAR},{CLIENT} ,"], CLIENT),
        ("2", "169.254.1.1", [f"{CLIENT},{BALANCER}"], CLIENT),
        ("2", "169.254.1.1", [f"{LIAR}, {LIAR},{CLIENT},{BALANCER}"], CLIENT),
        ("2", "169.254.1.1", [LIAR, f"{CLIENT},{BALANCER}"], CLIENT),
        ("2", "169.254.1.1", [CLIENT, BALANCER], CLIENT),
        ("1", BALANCER, [], BALANCER),
        ("0", "2001:db8:1:2:3:4:5:6", [], "2001:db8:1:2::/64"),
        ("1", BALANCER, ["2001:DB8:1:2::9"], "2001:db8:1:2::/64"),
        ("0", f"::ffff:{CLIENT}", [], CLIENT),
        ("0", "fe80::1%eth0", [], "fe80::/64"),
        ("1", BALANCER, ["not:an:address"], "not:an:address"),
        ("1", BALANCER, ["x" * 5000], "x" * 64),
    ],
)
def test_an_address_is_what_the_trusted_proxies_saw(
    variables: dict[str, str], proxies: str, peer: str, headers: list[str], seen: str
) -> None:
    with world_of(variables | {"TRUSTED_PROXIES": proxies}) as world:
        found: list[str] = []

        async def counted(key: str, **_: object) -> Any:
            found.append(key)
            return SimpleNamespace(allowed=True)

        world.app.state.access._limiter = SimpleNamespace(take=counted)

        async def told() -> None:
            client = await world.client_at(peer)
            await client.get(HISTORY, headers=[("x-forwarded-for", value) for value in headers])

        world.run(told())
        assert found == [f"address:{seen}"]


def test_who_makes_up_addresses_gets_no_further_requests(variables: dict[str, str]) -> None:
    for proxies in ("0", "1", "2"):
        with limited(variables | {"TRUSTED_PROXIES": proxies}, ADDRESS="3") as world:

            async def told(world: World = world, behind: str = proxies) -> list[int]:
                way = {"0": "", "1": f",{CLIENT}", "2": f",{CLIENT},{BALANCER}"}[behind]
                client = await world.client_at("169.254.1.1")
                liars = [f"{uuid4().hex}, 192.0.2.{at}{way}" for at in range(5)]
                return [
                    (await client.get(HISTORY, headers={"x-forwarded-for": value})).status_code for value in liars
                ]

            assert world.run(told()) == [401] * 3 + [429] * 2, f"behind {proxies} proxies"

"""Who may do what: every route, every kind of caller, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from app.ports import Transcript
from app.transcripts.folder import FolderTranscripts
from tests.app.api.surroundings import PASSWORD, Person, World, is_problem

CALLERS = ("stranger", "owner", "other", "service", "admin", "read", "write", "users", "revoked")
"""The owner and somebody else; a service, an admin; the owner's API keys for voice:read and voice:write, a
service's for users:read, and one that was revoked. Whatever a path names is the owner's."""
TABLE = """
                                       stranger owner other service admin read write users revoked
POST   /api/auth/register              201      201   201   201     201   201  201   201   201
POST   /api/auth/login                 200      200   200   200     200   200  200   200   200
POST   /api/auth/refresh               200      200   200   200     200   200  200   200   200
POST   /api/auth/logout                401      204   204   204     204   403  403   403   401
GET    /api/users                      401      403   403   200     200   403  403   200   401
GET    /api/users/me                   401      200   200   200     200   403  403   403   401
GET    /api/users/{user_id}            401      200   404   200     200   403  403   403   401
PUT    /api/users/{user_id}            401      200   404   404     200   403  403   403   401
DELETE /api/users/{user_id}            401      204   404   404     204   403  403   403   401
POST   /api/keys                       401      201   201   201     201   403  403   403   401
GET    /api/keys                       401      200   200   200     200   403  403   403   401
DELETE /api/keys/{key_id}              401      204   404   404     404   403  403   403   401
POST   /api/voice/uploads              401      201   201   201     201   403  201   403   401
PUT    /api/voice/uploads/{upload_id}  401      204   404   404     404   403  204   403   401
POST   /api/voice/process              401      202   202   202     202   403  202   403   401
GET    /api/voice/status/{job_id}      401      200   404   404     404   200  403   403   401
GET    /api/voice/history              401      200   200   200     200   200  403   403   401
GET    /api/voice/transcript/{job_id}  401      200   404   404     404   200  403   403   401
GET    /health                         200      200   200   200     200   200  200   200   200
GET    /ready                          200      200   200   200     200   200  200   200   200
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()[1:]]
CELLS = [(row[0], row[1], who, int(row[2 + at])) for row in ROWS for at, who in enumerate(CALLERS)]


@dataclass
class Scene:
    """Who calls with what, and what is the owner's."""

    headers: dict[str, dict[str, str]]
    owner: Person
    named: dict[str, str]


async def scene_of(world: World) -> Scene:
    owner, other, admin = await world.person(), await world.person(), await world.person("admin")
    service = await world.person("service")
    job = await world.job(owner)
    done = await world.jobs.claim(job, lease="a", seconds=60)
    assert done
    done = await world.jobs.complete(job, lease="a", answer="b", model="c", tokens=1)
    assert done
    assert done.finished_at
    kept = Transcript(job, owner.id, "a", "b", "c", 1, done.finished_at)
    await FolderTranscripts(world.settings).put(kept)
    made = await world.client.post(
        "/api/voice/uploads", json={"content_type": "audio/wav", "size": 3}, headers=owner.headers
    )
    revoked = await world.key(owner, "voice:read", "voice:write")
    for key in await world.accounts.keys(owner.id):
        await world.accounts.revoke_key(key.id, owner_id=owner.id)
    headers = {
        "stranger": {},
        "owner": owner.headers,
        "other": other.headers,
        "service": service.headers,
        "admin": admin.headers,
        "read": await world.key(owner, "voice:read"),
        "write": await world.key(owner, "voice:write"),
        "users": await world.key(service, "users:read"),
        "revoked": revoked,
    }
    key_id = (await world.accounts.keys(owner.id))[0].id
    named = {"user_id": owner.id, "job_id": job, "key_id": key_id, "upload_id": made.json()["id"]}
    return Scene(headers, owner, named)


def body_of(route: str, scene: Scene) -> Any:
    """What a good request sends."""
    login = {"email": scene.owner.email, "password": PASSWORD}
    return {
        "POST /api/auth/register": login | {"email": f"{uuid4().hex}@example.com"},
        "POST /api/auth/login": login,
        "POST /api/auth/refresh": {"refresh_token": scene.owner.refresh_token},
        "PUT /api/users/{user_id}": {"name": "Grace"},
        "POST /api/keys": {"name": "a key", "scopes": ["voice:read"]},
        "POST /api/voice/uploads": {"content_type": "audio/wav", "size": 3},
        "POST /api/voice/process": {"text": "good morning"},
    }.get(route)


async def call(world: World, method: str, path: str, who: str) -> Any:
    scene = await scene_of(world)
    given: dict[str, Any] = {"json": body_of(f"{method} {path}", scene)}
    headers = dict(scene.headers[who])
    if "upload_id" in path:
        given = {"content": b"abc"}
        headers["content-type"] = "audio/wav"
    return await world.client.request(method, path.format(**scene.named), headers=headers, **given)


@pytest.mark.parametrize(("method", "path"), [(row[0], row[1]) for row in ROWS])
def test_every_caller_gets_what_the_table_says(world: World, method: str, path: str) -> None:
    for of, at, who, expected in CELLS:
        if (of, at) == (method, path):
            response = world.run(call(world, method, path, who))
            assert response.status_code == expected, f"{who}: {response.status_code} {response.text}"
            assert expected < 400 or is_problem(response, expected)


def test_the_table_has_every_route(world: World) -> None:
    document = world.run(world.client.get("/openapi.json")).json()
    declared = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert declared == {(row[0], row[1]) for row in ROWS}
    secured = {
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if operation.get("security")
    }
    assert secured == {(row[0], row[1]) for row in ROWS if row[2] == "401"}


def test_a_key_may_no_more_than_its_owner_also_once_the_owner_may_less(world: World) -> None:
    async def told() -> None:
        admin, boss = await world.person("admin"), await world.person("admin")
        wanted = {"name": "a key", "scopes": ["users:read"]}
        key = (await world.client.post("/api/keys", json=wanted, headers=admin.headers)).json()["key"]
        assert (await world.client.get("/api/users", headers={"x-api-key": key})).status_code == 200
        assert (await world.client.get("/api/users", headers=admin.headers)).status_code == 200
        demoted = await world.client.put(f"/api/users/{admin.id}", json={"role": "user"}, headers=boss.headers)
        assert demoted.json()["role"] == "user"
        for headers in ({"x-api-key": key}, admin.headers):
            is_problem(await world.client.get("/api/users", headers=headers), 403)
        for scope in ("users:read", "users:write", "account"):
            wanted = {"name": "a key", "scopes": ["voice:read", scope]}
            is_problem(await world.client.post("/api/keys", json=wanted, headers=admin.headers), 403)

    world.run(told())


@pytest.mark.parametrize("scope", ["account", "users:write"])
def test_not_even_an_admins_key_does_what_only_a_person_does(world: World, scope: str) -> None:
    async def told() -> None:
        admin = await world.person("admin")
        wanted = {"name": "a key", "scopes": [scope]}
        is_problem(await world.client.post("/api/keys", json=wanted, headers=admin.headers), 403)
        smuggled = await world.key(admin, scope, "users:read")
        for method, path in (("GET", "/api/users/me"), ("DELETE", f"/api/users/{admin.id}"), ("GET", "/api/keys")):
            is_problem(await world.client.request(method, path, headers=smuggled), 403)

    world.run(told())


def test_nobody_gives_themselves_a_role_an_id_or_a_hash(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        path = f"/api/users/{person.id}"
        is_problem(await world.client.put(path, json={"role": "admin"}, headers=person.headers), 403)
        for more in ({"id": "0" * 32}, {"password_hash": "x"}, {"created_at": "2000-01-01"}, {"owner_id": "x"}):
            is_problem(await world.client.put(path, json={"name": "a"} | more, headers=person.headers), 422)
        account = {"email": f"{uuid4().hex}@example.com", "password": PASSWORD}
        for more in ({"role": "admin"}, {"id": "0" * 32}):
            is_problem(await world.client.post("/api/auth/register", json=account | more), 422)
        user = await world.accounts.user(person.id)
        assert user
        assert (user.role, user.name) == ("user", "")

    world.run(told())


def test_a_new_email_or_password_of_ones_own_needs_the_password_which_cannot_be_guessed_fast(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        path = f"/api/users/{person.id}"

        async def tried(**change: str) -> Any:
            return await world.client.put(path, json=change, headers=person.headers)

        email = f"{uuid4().hex}@example.com"
        is_problem(await tried(email=email), 403)
        is_problem(await tried(password="another password"), 403)
        assert (await tried(email=person.email, name="Ada")).status_code == 200, "it stays the same"
        assert (await tried(email=email, current_password=PASSWORD)).json()["email"] == email
        guessed = [(await tried(email=email + "m", current_password=f"guess {n}")).status_code for n in range(20)]
        assert set(guessed) == {403, 429}
        assert guessed.count(403) <= 10 + 7, "three went before, and a minute may end in between"

    world.run(told())


def test_an_email_that_somebody_has_is_not_given_twice(world: World) -> None:
    async def told() -> None:
        person, other = await world.person(), await world.person()
        change = {"email": other.email.upper(), "current_password": PASSWORD}
        is_problem(await world.client.put(f"/api/users/{person.id}", json=change, headers=person.headers), 409)

    world.run(told())


def test_all_users_come_page_by_page(world: World) -> None:
    async def told() -> None:
        admin = await world.person("admin")
        for _ in range(7):
            await world.person()
        seen: list[str] = []
        page: dict[str, Any] = {"next": "0" * 32}
        while page["next"]:
            asked = {"limit": 3, "cursor": page["next"]}
            page = (await world.client.get("/api/users", params=asked, headers=admin.headers)).json()
            assert len(page["items"]) == 3 or not page["next"]
            seen += [user["id"] for user in page["items"]]
        assert seen == sorted(set(seen))
        assert len(seen) == (await world.rows())["users"]

    world.run(told())


def test_a_key_is_shown_once_and_lasts_as_long_as_was_wanted(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        wanted = {"name": "a key", "scopes": ["voice:read", "voice:write"], "days": 1}
        made = (await world.client.post("/api/keys", json=wanted, headers=person.headers)).json()
        key = {"x-api-key": made["key"]}
        assert (await world.client.get("/api/voice/history", headers=key)).status_code == 200
        listed = (await world.client.get("/api/keys", headers=person.headers)).json()["items"]
        assert listed == [{name: value for name, value in made.items() if name != "key"}]
        stored = await world.database.fetchrow("SELECT * FROM api_keys WHERE id = $1", made["id"])
        assert made["key"].partition(".")[2] not in repr(dict(stored or {}))
        await world.database.fetchrow("UPDATE api_keys SET expires_at = created_at WHERE id = $1", made["id"])
        _, elsewhere = await world.another()
        is_problem(await elsewhere.get("/api/voice/history", headers=key), 401)

    world.run(told())


def test_a_person_has_twenty_keys_at_most(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        wanted = {"name": "a key", "scopes": ["voice:read"]}
        codes = [
            (await world.client.post("/api/keys", json=wanted, headers=person.headers)).status_code
            for _ in range(21)
        ]
        assert codes == [201] * 20 + [409]

    world.run(told())

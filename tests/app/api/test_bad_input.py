"""Whatever is sent: the right refusal, one line in the log, and nothing stored."""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.frame import LARGEST_BODY
from tests.app.api.surroundings import PASSWORD, Person, World, is_problem, lines_of
from tests.app.api.test_rights import scene_of

JSON = {"content-type": "application/json"}
POSTS: dict[str, dict[str, Any]] = {
    "/api/auth/register": {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"},
    "/api/auth/login": {"email": "ada@example.com", "password": PASSWORD},
    "/api/auth/refresh": {"refresh_token": "a"},
    "/api/keys": {"name": "a key", "scopes": ["voice:read"], "days": 1},
    "/api/voice/process": {"text": "good morning", "audio": "0" * 32},
    "/api/voice/uploads": {"content_type": "audio/wav", "size": 3},
}
SQL = "'; DROP TABLE users; -- \" OR 1=1 $1 %s {0}"
NUL, SURROGATE = "a\0b", "\ud800"


class Untouched:
    """Calls, of which each must leave one line and not a row."""

    def __init__(self, world: World, caplog: pytest.LogCaptureFixture) -> None:
        self.world, self._caplog = world, caplog
        self.person: Person = world.run(world.person())

    def __call__(self, method: str, path: str, *statuses: int, **given: Any) -> Any:
        async def told() -> Any:
            before = await self.world.rows()
            headers = self.person.headers | given.pop("headers", {})
            self._caplog.clear()
            with self._caplog.at_level(logging.INFO):
                response = await self.world.client.request(method, path, headers=headers, **given)
            assert await self.world.rows() == before, "something was stored"
            return response

        response = self.world.run(told())
        is_problem(response, *statuses)
        lines = [line for line in lines_of(self._caplog) if line["message"] == "request"]
        assert len(lines) == len(lines_of(self._caplog)) == 1, "one line, and no other"
        assert lines[0]["request_id"] == response.headers["x-request-id"]
        assert lines[0]["status"] == response.status_code
        return response


@pytest.fixture
def refused(world: World, caplog: pytest.LogCaptureFixture) -> Untouched:
    return Untouched(world, caplog)


@pytest.mark.parametrize("path", POSTS)
def test_wrong_types_are_422_and_are_not_quoted(refused: Untouched, path: str) -> None:
    good = POSTS[path]
    for name in good:
        for wrong in (None, 1.5, {"mallory": "mallory"}, [["mallory"]], "mallory\0", -1, 10**30):
            if name not in ("audio", "days") or wrong is not None:
                body = json.dumps(good | {name: wrong})
                response = refused("POST", path, 422, 401, content=body, headers=JSON)
                assert response.status_code == 422 or name in ("refresh_token", "password"), f"{name}: {wrong}"
                assert "mallory" not in response.text
    for body in ("[]", "1", "null", '"mallory"', "{}", json.dumps(good | {"mallory": 1})):
        response = refused("POST", path, 422, content=body, headers=JSON)
        assert response.json()["errors"]


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_no_json_is_refused(refused: Untouched, path: str) -> None:
    for body in (b"{", b"\xff\xfe\xfa", b'{"text": "\xc3\x28"}', b"\0", b"<a/>", b"a=b", b'{"text": NaN', b"'"):
        refused("POST", path, 400, 422, content=body, headers=JSON)
    for deep in (b"[" * 60_000, b'{"text":' * 7_000, b"[" * 900 + b"]" * 900, b'{"size":' + b"9" * 5000 + b"}"):
        refused("POST", path, 400, 422, content=deep, headers=JSON)
    good = json.dumps(POSTS[path]).encode()
    for content_type in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "é/json",
        "x",
    ):
        headers = {"content-type": content_type.encode("latin-1")}
        refused("POST", path, 422, content=good, headers=headers)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_a_body_in_another_encoding_than_utf_8_is_refused_though_python_could_read_it(
    refused: Untouched, encoding: str
) -> None:
    for path, good in POSTS.items():
        body = json.dumps(good).encode(encoding)

        async def apart(body: bytes = body) -> AsyncIterator[bytes]:
            for at in range(len(body)):
                yield body[at : at + 1]

        refused("POST", path, 400, content=body, headers=JSON)
        refused("POST", path, 400, content=apart(), headers=JSON)


def test_letters_that_arrive_in_parts_are_read(world: World) -> None:
    async def told() -> None:
        person, text = await world.person(), "für 1 €, 𝄞"

        async def apart() -> AsyncIterator[bytes]:
            for byte in json.dumps({"text": text}, ensure_ascii=False).encode():
                yield bytes([byte])

        asked = await world.client.post("/api/voice/process", content=apart(), headers=person.headers | JSON)
        assert (asked.status_code, asked.json()["text"]) == (202, text)

    world.run(told())


def test_the_last_of_two_equal_names_counts_and_it_is_checked(refused: Untouched) -> None:
    refused("POST", "/api/voice/process", 422, content=b'{"text": "a", "text": 1}', headers=JSON)
    refused(
        "POST", "/api/voice/process", 422, content=b'{"text": "a", "role": "admin", "text": "b"}', headers=JSON
    )


@pytest.mark.parametrize("path", POSTS)
def test_a_body_over_the_limit_is_413_whether_its_length_is_said_or_not(refused: Untouched, path: str) -> None:
    body = json.dumps(POSTS[path]).encode()
    huge = body + b" " * (LARGEST_BODY + 1 - len(body))

    async def chunked(chunk: int = 1000) -> AsyncIterator[bytes]:
        for at in range(0, len(huge), chunk):
            yield huge[at : at + chunk]

    refused("POST", path, 413, content=huge, headers=JSON)
    refused("POST", path, 413, content=chunked(), headers=JSON)
    refused("POST", path, 413, content=huge, headers=JSON | {"content-length": "10"})


def test_a_body_of_exactly_the_limit_is_read(world: World) -> None:
    body = json.dumps({"text": "a"}).encode()
    whole = body + b" " * (LARGEST_BODY - len(body))
    person = world.run(world.person())
    given = world.client.post("/api/voice/process", content=whole, headers=person.headers | JSON)
    assert world.run(given).status_code == 202


@pytest.mark.parametrize("text", [NUL, SURROGATE, "\x1b[31m", "\x7f"])
def test_characters_that_a_database_or_a_terminal_would_not_take_are_refused(
    refused: Untouched, text: str
) -> None:
    for path, good in POSTS.items():
        for name, value in good.items():
            if isinstance(value, str) and not (name == "password" and text != SURROGATE):
                body = json.dumps(good | {name: value + text})
                refused(
                    "POST",
                    path,
                    401 if name == "refresh_token" and text != SURROGATE else 422,
                    content=body,
                    headers=JSON,
                )
    body = json.dumps({"password": PASSWORD, "current_password": text + SURROGATE})
    refused("PUT", f"/api/users/{refused.person.id}", 422, content=body, headers=JSON)
    body = json.dumps({"scopes": ["voice:read", text], "name": "a"})
    refused("POST", "/api/keys", 422, content=body, headers=JSON)


@pytest.mark.parametrize(
    "text",
    [SQL, "%00", "..%2F..%2Fetc%2Fpasswd", "0" * 31, "0" * 33, "A" * 32, "%0a" + "0" * 32, "0" * 32 + "%0a"],
)
def test_what_is_no_id_in_a_path_is_refused_before_the_database_is_asked(refused: Untouched, text: str) -> None:
    for path in ("voice/status", "voice/transcript", "users"):
        refused("GET", f"/api/{path}/{text}", 422, 404)
    refused("PUT", f"/api/users/{text}", 422, 404, 405, json={"name": "a"})
    for path in ("users", "keys"):
        refused("DELETE", f"/api/{path}/{text}", 422, 404, 405)
    refused(
        "PUT", f"/api/voice/uploads/{text}", 422, 404, 405, content=b"a", headers={"content-type": "audio/wav"}
    )


def test_sql_in_a_text_is_a_text(world: World) -> None:
    async def told() -> None:
        person = await world.person()
        before = await world.rows()
        asked = await world.client.post("/api/voice/process", json={"text": SQL}, headers=person.headers)
        assert asked.json()["text"] == SQL
        changed = await world.client.put(f"/api/users/{person.id}", json={"name": SQL}, headers=person.headers)
        assert changed.json()["name"] == SQL
        key = {"idempotency-key": "';DROP/**/TABLE/**/jobs;--"}
        asked = await world.client.post("/api/voice/process", json={"text": SQL}, headers=person.headers | key)
        assert asked.status_code == 202
        login = {"email": "'or''='@example.com", "password": SQL}
        is_problem(await world.client.post("/api/auth/login", json=login), 401)
        assert await world.rows() == before | {"jobs": before["jobs"] + 2}

    world.run(told())


def forged(text: object) -> str:
    return base64.urlsafe_b64encode(text if isinstance(text, bytes) else str(text).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        "x" * 121,
        SQL,
        "é",
        "====",
        forged(" "),
        forged("2026-01-01T00:00:00+00:00"),
        forged(f"2026-01-01T00:00:00+00:00 {SQL}"),
        forged("2026-01-01T00:00:00+00:00 \0"),
        forged(f"2026-01-01T00:00:00+00:00 {'0' * 31}\0"),
        forged(f"0001-01-01T00:00:00+14:00 {'0' * 32}"),
        forged(f"9999-12-31T23:59:59-14:00 {'0' * 32}"),
        forged(f"infinity {'0' * 32}"),
        forged(b"\xff\xfe " + b"0" * 32),
        forged(f"2026-01-01T00:00:00+00:00 {'0' * 32} more"),
    ],
)
def test_a_forged_cursor_is_422(refused: Untouched, cursor: str) -> None:
    refused("GET", "/api/voice/history", 422, params={"cursor": cursor})


@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.5", "a", "", "1e1", "9" * 30, "\0"])
def test_a_limit_out_of_bounds_is_422(refused: Untouched, limit: str) -> None:
    refused("GET", "/api/voice/history", 422, params={"limit": limit})


@pytest.mark.parametrize("key", [b"", b"x" * 65, b"a b", b"a\r\nx-evil: 1", b"a\0", b"\xff", "é".encode(), b"\t"])
def test_a_bad_idempotency_key_is_422(refused: Untouched, key: bytes) -> None:
    refused("POST", "/api/voice/process", 422, json={"text": "a"}, headers={"idempotency-key": key})


@pytest.mark.parametrize("value", [b"a\r\nx-evil: 1", b'a"b', b"a" * 65, b"a b", b"\xff", b"", b'{"a":1}', b"a\n"])
def test_a_forged_request_id_is_replaced_and_not_logged(
    world: World, caplog: pytest.LogCaptureFixture, value: bytes
) -> None:
    headers = {b"x-request-id": value, b"traceparent": value, b"x-forwarded-for": value, b"origin": value}
    with caplog.at_level(logging.INFO):
        response = world.run(world.client.get("/api/voice/history", headers=headers))
    is_problem(response, 401)
    assert len(response.headers["x-request-id"]) == 32
    assert "x-evil" not in response.headers
    assert len(lines_of(caplog)) == 1
    assert not value or value.decode("latin-1") not in json.dumps(lines_of(caplog), ensure_ascii=False)


def test_a_good_request_id_is_kept_and_a_traceparent_is_obeyed_or_left(world: World) -> None:
    async def told() -> None:
        kept = await world.client.get("/health", headers={"x-request-id": "abc-1._Z"})
        assert kept.headers["x-request-id"] == "abc-1._Z"
        for parent in (f"00-{'a' * 32}-{'b' * 16}-01", "00-0-0-0", "ff" * 100, f"00-{'0' * 32}-{'0' * 16}-00"):
            assert (await world.client.get("/health", headers={"traceparent": parent})).status_code == 200

    world.run(told())


@pytest.mark.parametrize(
    "email",
    [
        "",
        "a",
        "@",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a\n@b",
        f"{'a' * 65}@b",
        f"a@{'b' * 190}",
        "İ" * 64 + "@" + "İ" * 189,
        "\u0430da@example.com",
        "a@b\u2028c",
    ],
)
def test_what_is_no_email_makes_no_account(refused: Untouched, email: str) -> None:
    refused("POST", "/api/auth/register", 422, json={"email": email, "password": PASSWORD})


@pytest.mark.parametrize("password", ["", "x" * 11, "x" * 129])
def test_a_short_or_endless_password_makes_no_account(refused: Untouched, password: str) -> None:
    refused("POST", "/api/auth/register", 422, json={"email": "ada@example.com", "password": password})


def test_an_unknown_route_or_method_is_a_problem_too(refused: Untouched) -> None:
    refused("GET", "/api/nothing", 404)
    refused("GET", "/api/keys/", 404)
    refused("PATCH", "/api/keys", 405)
    refused("DELETE", "/api/voice/history", 405)
    refused("GET", "/api/v1/v1/users/me", 404)
    refused("GET", "/api/voice/live/" + "0" * 32, 404)
    refused("GET", "/%00", 404)
    refused("GET", "/" + "a" * 5000, 404)
    refused("GET", "/..%2f..%2f..%2fetc%2fpasswd", 404)


def test_a_huge_answer_header_or_query_does_not_get_back(refused: Untouched) -> None:
    response = refused("GET", "/api/voice/history", 422, params={"limit": "mallory" * 500})
    assert "mallory" not in response.text + str(response.headers)


def test_who_leaves_in_the_middle_of_a_recording_is_no_error_of_ours(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    scene = world.run(scene_of(world))
    path = f"/api/voice/uploads/{scene.named['upload_id']}"
    headers = [(b"content-type", b"audio/wav"), (b"content-length", b"3")]
    headers.append((b"authorization", scene.owner.headers["authorization"].encode()))
    scope = {
        "type": "http",
        "method": "PUT",
        "path": path,
        "headers": headers,
        "query_string": b"",
        "root_path": "",
    }
    sent = [{"type": "http.request", "body": b"a", "more_body": True}, {"type": "http.disconnect"}]
    answered: list[Any] = []

    async def receive() -> Any:
        return sent.pop(0)

    async def send(message: Any) -> None:
        answered.append(message)

    with caplog.at_level(logging.INFO):
        world.run(world.app(scope | {"client": ("127.0.0.1", 1)}, receive, send))
    assert answered[0]["status"] == 400
    assert [line["severity"] for line in lines_of(caplog)] == ["INFO"]

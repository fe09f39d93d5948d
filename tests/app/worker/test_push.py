"""The worker takes pushes that Google signed for it, and nobody else's. The signatures here are real ones; who
does the jobs is a stub, but for the last tests, where the whole role answers."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI
from google.auth import crypt, jwt, transport
from google.auth.exceptions import TransportError

from app.ports import Unavailable
from app.queues import encode
from app.roles.serving import create_app
from app.settings import Worker
from app.telemetry.traces import traceparent
from app.worker import push
from app.worker.push import PushGuard, guard_of, push_router
from tests.app.api.surroundings import with_schema
from tests.app.harness import client_of, framed

AUDIENCE, IDENTITY = "voice-staging-worker", "push@acme.iam.gserviceaccount.com"
JOB_ID = "0" * 32
JOB = encode(JOB_ID)
TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
Make = Callable[[], str | None]
"""Makes a token when the test runs: one made when tests are collected might be too old by then."""


@dataclass
class Signer:
    """A key pair and its certificate."""

    key: rsa.RSAPrivateKey
    certificate: str

    def token(self, **changes: object) -> str:
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": "https://accounts.google.com",
            "aud": AUDIENCE,
            "email": IDENTITY,
            "email_verified": True,
            "iat": now - 5,
            "exp": now + 600,
            **changes,
        }
        pem = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        made: bytes = jwt.encode(crypt.RSASigner.from_string(pem, "key-1"), claims)  # type: ignore[no-untyped-call]
        return made.decode()


def signer() -> Signer:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .sign(key, hashes.SHA256())
    )
    return Signer(key, certificate.public_bytes(serialization.Encoding.PEM).decode())


GOOGLE, MALLORY = signer(), signer()


class Keys(transport.Request):
    """Stands in for Google's page of keys."""

    def __init__(self) -> None:
        self.status, self.asked = 200, 0

    def __call__(self, *_: Any, **__: Any) -> Any:
        self.asked += 1
        if not self.status:
            raise TransportError("nobody answers")  # type: ignore[no-untyped-call]
        data = json.dumps({"key-1": GOOGLE.certificate}).encode()
        return SimpleNamespace(status=self.status, data=data)


@dataclass
class Deed:
    """Stands in for whoever does the jobs."""

    finished: bool = True
    error: Exception | None = None
    done: list[str] = field(default_factory=list)
    traces: list[str | None] = field(default_factory=list)

    async def __call__(self, job_id: str) -> bool:
        self.done.append(job_id)
        self.traces.append(traceparent())
        if self.error:
            raise self.error
        return self.finished


def guard_with(keys: Keys, *, checked: bool = False) -> PushGuard:
    return PushGuard(audience=AUDIENCE, identity=IDENTITY, fetch=keys, checked=checked)


def served(deed: Deed, guard: PushGuard | None) -> FastAPI:
    """The route within what every request passes."""
    app = framed()
    app.include_router(push_router(deed, guard))
    return app


def pushed(data: bytes, *, attempt: int | None = None, **attributes: str) -> dict[str, object]:
    message: dict[str, object] = {
        "data": base64.b64encode(data).decode(),
        "messageId": "1",
        "publishTime": "2026-01-01T00:00:00Z",
    }
    if attributes:
        message["attributes"] = attributes
    envelope: dict[str, object] = {"message": message, "subscription": "projects/acme/subscriptions/jobs"}
    return envelope if attempt is None else {**envelope, "deliveryAttempt": attempt}


def bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def statuses(deed: Deed, guard: PushGuard | None, *requests: tuple[str | None, object]) -> list[int]:
    """The answers to pushes with these tokens and bodies."""

    async def told() -> list[int]:
        async with client_of(served(deed, guard)) as client:
            found = [
                await client.post("/pubsub/push", json=body, headers=bearer(token)) for token, body in requests
            ]
        for one in found:
            assert one.status_code == 204 or one.headers["content-type"] == "application/problem+json"
        return [one.status_code for one in found]

    return asyncio.run(told())


def status_of(token: str | None, body: object) -> tuple[int, list[str]]:
    """The answer to one push, and which jobs were done for it."""
    deed = Deed()
    return statuses(deed, guard_with(Keys()), (token, body))[0], deed.done


def unsigned() -> str:
    _, payload, _ = GOOGLE.token().split(".")
    header = base64.urlsafe_b64encode(b'{"alg":"none","kid":"key-1","typ":"JWT"}').decode().rstrip("=")
    return f"{header}.{payload}."


def altered() -> str:
    header, _, signature = GOOGLE.token().split(".")
    return ".".join([header, GOOGLE.token(email="eve@acme.iam.gserviceaccount.com").split(".")[1], signature])


def removed(token: str) -> str:
    """The token as Cloud Run passes it on."""
    return token.rpartition(".")[0] + ".SIGNATURE_REMOVED_BY_GOOGLE"


def nested() -> str:
    """What looks like a token and is brackets all the way down."""
    deep = base64.urlsafe_b64encode(b"[" * 30_000).decode()
    return f"{deep}.{deep}.e30"


def test_a_push_of_google_s_is_done() -> None:
    assert status_of(GOOGLE.token(), pushed(JOB)) == (204, [JOB_ID])


@pytest.mark.parametrize(
    ("what", "token", "status"),
    [
        ("no token", lambda: None, 401),
        ("no JWT", lambda: "nonsense", 401),
        ("of brackets only", nested, 401),
        ("signed by another key", MALLORY.token, 401),
        ("not signed", unsigned, 401),
        ("altered after signing", altered, 401),
        ("claiming that Cloud Run checked it", lambda: removed(GOOGLE.token()), 401),
        ("for another service", lambda: GOOGLE.token(aud="voice-staging-api"), 401),
        ("of another issuer", lambda: GOOGLE.token(iss="https://mallory.example"), 401),
        ("expired", lambda: GOOGLE.token(iat=1, exp=int(time.time()) - 60), 401),
        ("of the future", lambda: GOOGLE.token(iat=int(time.time()) + 600, exp=int(time.time()) + 1200), 401),
        ("of another identity", lambda: GOOGLE.token(email="eve@acme.iam.gserviceaccount.com"), 403),
        ("of an unverified address", lambda: GOOGLE.token(email_verified=False), 403),
        ("of a verified-looking address", lambda: GOOGLE.token(email_verified="true"), 403),
    ],
)
def test_a_forged_push_is_refused(what: str, token: Make, status: int) -> None:
    assert status_of(token(), pushed(JOB)) == (status, []), what


@pytest.mark.parametrize(
    ("what", "token", "status"),
    [
        ("checked by Cloud Run", lambda: removed(GOOGLE.token()), 204),
        ("still signed", GOOGLE.token, 204),
        ("signed by another key", MALLORY.token, 401),
        ("not signed", unsigned, 401),
        ("for another service", lambda: removed(GOOGLE.token(aud="voice-staging-api")), 401),
        ("of another issuer", lambda: removed(GOOGLE.token(iss="https://mallory.example")), 401),
        ("expired", lambda: removed(GOOGLE.token(iat=1, exp=int(time.time()) - 60)), 401),
        ("without a time", lambda: removed(GOOGLE.token(exp="never")), 401),
        ("of another identity", lambda: removed(GOOGLE.token(email="eve@acme.iam.gserviceaccount.com")), 403),
        ("no token but the words", lambda: "x.SIGNATURE_REMOVED_BY_GOOGLE", 401),
        ("of brackets only", lambda: removed(nested()), 401),
        ("none", lambda: None, 401),
    ],
)
def test_where_cloud_run_checks_signatures_the_claims_still_count(what: str, token: Make, status: int) -> None:
    deed = Deed()
    assert statuses(deed, guard_with(Keys(), checked=True), (token(), pushed(JOB))) == [status], what
    assert deed.done == ([JOB_ID] if status == 204 else [])


def test_where_cloud_run_checks_signatures_google_s_keys_are_not_needed() -> None:
    keys = Keys()
    keys.status = 500
    guard = guard_with(keys, checked=True)
    assert statuses(Deed(), guard, (removed(GOOGLE.token()), pushed(JOB))) == [204]
    asyncio.run(guard.check())
    assert keys.asked == 0


def test_a_stranger_s_body_is_not_even_read() -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        for _ in range(32):
            read += 1
            yield b"x" * 65536

    async def told() -> int:
        # httpx reads the body before it asks the app, so the app is asked by hand.
        sent: list[Any] = []
        chunks = body()

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": await anext(chunks), "more_body": True}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(name.encode(), value.encode()) for name, value in bearer(MALLORY.token()).items()]
        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/pubsub/push", "headers": headers}
        scope |= {"raw_path": b"/pubsub/push", "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1)}
        scope |= {"server": ("app", 80), "root_path": "", "query_string": b"", "asgi": {"version": "3.0"}}
        await served(Deed(), guard_with(Keys()))(scope, receive, send)
        return int(sent[0]["status"])

    assert (asyncio.run(told()), read) == (401, 0)


@pytest.mark.parametrize(
    ("what", "token"),
    [
        ("no token", lambda: None),
        ("no JWT", lambda: "nonsense"),
        ("of brackets only", nested),
        ("of no claims", lambda: "e30.e30.e30"),
        ("not signed", unsigned),
        ("claiming that Cloud Run checked it", lambda: removed(GOOGLE.token())),
        ("for another service", lambda: GOOGLE.token(aud="voice-staging-api")),
        ("expired", lambda: GOOGLE.token(iat=1, exp=int(time.time()) - 60)),
    ],
)
def test_what_needs_no_key_to_be_refused_is_refused_without_any(what: str, token: Make) -> None:
    keys, deed = Keys(), Deed()
    keys.status = 0
    assert statuses(deed, guard_with(keys), (token(), pushed(JOB))) == [401], what
    assert (deed.done, keys.asked) == ([], 0)


@pytest.mark.parametrize("status", [500, 0])
def test_without_google_s_keys_a_push_is_put_off_and_the_worker_is_not_ready(status: int) -> None:
    keys, deed = Keys(), Deed()
    keys.status = status
    assert statuses(deed, guard_with(keys), (GOOGLE.token(), pushed(JOB))) == [503]
    assert deed.done == []
    with pytest.raises(Unavailable, match="Google's keys: TransportError"):
        asyncio.run(guard_with(keys).check())
    keys.status = 200
    asyncio.run(guard_with(keys).check())


def test_google_s_keys_are_fetched_once_and_again_when_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, good = Keys(), (GOOGLE.token(), pushed(JOB))
    guard = guard_with(keys)
    assert statuses(Deed(), guard, good, good, good) == [204, 204, 204]
    asyncio.run(guard.check())
    assert keys.asked == 1
    monkeypatch.setattr(push, "KEYS_KEPT_S", 0.0)
    assert statuses(Deed(), guard_with(keys), good, good) == [204, 204]
    assert keys.asked == 3


def test_a_job_that_is_not_done_comes_again() -> None:
    deed = Deed(finished=False)
    assert statuses(deed, None, (None, pushed(JOB)), (None, pushed(JOB, attempt=2))) == [503, 503]
    assert deed.done == [JOB_ID, JOB_ID]


def test_a_bug_in_what_does_the_job_lets_the_message_come_again() -> None:
    assert statuses(Deed(error=RuntimeError("what the user said")), None, (None, pushed(JOB))) == [500]


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe",
        b"not json",
        b"",
        b"{}",
        b"[]",
        b'{"id": "1"}',
        JOB.replace(b"0", b"G"),
        JOB[:-1] + b', "more": 1}',
        JOB * 2,
        b"[" * 100_000,
    ],
)
def test_a_malformed_message_goes_to_the_dead_letters_or_is_let_go(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    assert status_of(GOOGLE.token(), pushed(data, attempt=3)) == (400, []), "refused until it is dead-lettered"
    assert status_of(GOOGLE.token(), pushed(data)) == (204, []), "nowhere to go: it would come back for ever"
    told = [record for record in caplog.records if record.getMessage() == "malformed message"]
    assert [record.levelname for record in told] == ["ERROR", "ERROR"], "each leaves a line that alerts count"


DATA = base64.b64encode(JOB).decode()
NO_PUSHES: list[object] = [
    {},
    [],
    "x",
    None,
    {"message": {}},
    {"message": {"messageId": "1", "data": "a"}},
    {"message": {"data": DATA}},
    {"message": {"messageId": "1", "data": DATA, "attributes": "traceparent"}},
]


@pytest.mark.parametrize("body", NO_PUSHES)
def test_what_is_no_push_is_refused(body: object) -> None:
    assert status_of(GOOGLE.token(), body) == (400, [])


def test_a_message_of_the_largest_size_is_read_and_a_larger_body_is_refused() -> None:
    assert status_of(GOOGLE.token(), pushed(b"x" * 10_000_000)) == (204, []), "malformed, but a message"
    assert status_of(GOOGLE.token(), pushed(b"x" * 12_000_000)) == (413, [])


def test_the_job_is_done_in_the_trace_that_its_message_carries() -> None:
    deed = Deed()
    good = (None, pushed(JOB, traceparent=TRACEPARENT))
    bad = [(None, pushed(JOB, traceparent=value)) for value in ("", "nonsense", f"00-{'0' * 32}-{'0' * 16}-01")]
    assert statuses(deed, None, good, (None, pushed(JOB, other="x")), *bad) == [204] * 5
    assert deed.traces[0] is not None
    assert deed.traces[0].split("-")[1] == TRACE
    assert deed.traces[1:] == [None] * 4, "a malformed one is none"


def test_the_guard_is_what_the_settings_ask_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("google.auth.transport.requests.Request", Keys)
    both = {"SERVICE_AUDIENCE": AUDIENCE, "PUSH_IDENTITY": IDENTITY}
    pushes = [(GOOGLE.token(), pushed(JOB)), (removed(GOOGLE.token()), pushed(JOB)), (None, pushed(JOB))]
    found = {}
    for auth in ("oidc", "cloud-run", "off"):
        # Settings are validated in test_settings.py: most of what Cloud Run needs is nothing to the guard.
        found[auth] = statuses(Deed(), guard_of(Worker.model_construct(auth=auth, **as_fields(both))), *pushes)
    assert found == {"oidc": [204, 401, 401], "cloud-run": [204, 204, 401], "off": [204, 204, 204]}


def as_fields(variables: dict[str, str]) -> dict[str, Any]:
    """The settings' fields that the variables fill."""
    return {name: variables[str(one.alias)] for name, one in Worker.model_fields.items() if one.alias in variables}


def role_answers(data: Path, token: str | None, **variables: str) -> tuple[int, int]:
    """What the whole role says to one push and to /ready."""

    async def told() -> tuple[int, int]:
        settings = Worker.model_validate({"DATA_DIR": str(data), **variables})
        async with client_of(create_app(settings)) as client:
            answer = await client.post("/pubsub/push", json=pushed(JOB), headers=bearer(token))
            return answer.status_code, (await client.get("/ready")).status_code

    with_schema({"DATA_DIR": str(data)})
    return asyncio.run(told())


def test_a_worker_on_a_laptop_takes_pushes_without_a_token_when_told_so(tmp_path: Path) -> None:
    assert role_answers(tmp_path, None, WORKER_AUTH="off") == (204, 200)


def test_a_worker_guards_its_route_and_is_ready_only_with_google_s_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = Keys()
    monkeypatch.setattr("google.auth.transport.requests.Request", lambda: keys)
    both = {"SERVICE_AUDIENCE": AUDIENCE, "PUSH_IDENTITY": IDENTITY}
    assert role_answers(tmp_path, GOOGLE.token(), **both) == (204, 200)
    assert role_answers(tmp_path, MALLORY.token(), **both) == (401, 200)
    keys.status = 500
    assert role_answers(tmp_path, GOOGLE.token(), **both) == (503, 503)

"""The worker takes pushes that Google signed for it, and nobody else's. The signatures here are real ones."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, Literal

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import crypt, jwt, transport

from app import push
from app.push import PushGuard
from app.settings import Worker
from app.web import create_app
from tests.app.harness import client_of

AUDIENCE, IDENTITY = "voice-staging-worker", "push@acme.iam.gserviceaccount.com"
JOB = {"id": "0" * 32, "text": "good morning"}


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
        data = json.dumps({"key-1": GOOGLE.certificate}).encode()
        return SimpleNamespace(status=self.status, data=data)


def pushed(data: object, *, attempt: int | None = None) -> dict[str, object]:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    message = {"data": base64.b64encode(raw).decode(), "messageId": "1", "publishTime": "2026-01-01T00:00:00Z"}
    envelope: dict[str, object] = {"message": message, "subscription": "projects/acme/subscriptions/jobs"}
    return envelope if attempt is None else {**envelope, "deliveryAttempt": attempt}


async def answers(
    keys: Keys, *requests: tuple[str | None, object], auth: Literal["oidc", "cloud-run"] = "oidc"
) -> list[httpx.Response]:
    """The answers to (token, body) pairs, and at last to /ready, of one guarded worker."""
    settings = Worker(K_SERVICE="worker", WORKER_AUTH=auth, SERVICE_AUDIENCE=AUDIENCE, PUSH_IDENTITY=IDENTITY)
    guard = PushGuard(audience=AUDIENCE, identity=IDENTITY, fetch=keys, checked=auth == "cloud-run")
    async with client_of(create_app(settings, guard=guard)) as client:
        found = []
        for token, body in requests:
            headers: Mapping[str, str] = {"authorization": f"Bearer {token}"} if token else {}
            found.append(await client.post("/pubsub/push", json=body, headers=headers))
        return [*found, await client.get("/ready")]


def status_of(token: str | None, body: object, keys: Keys | None = None) -> int:
    return asyncio.run(answers(keys or Keys(), (token, body)))[0].status_code


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


def test_a_push_of_google_s_is_done() -> None:
    assert status_of(GOOGLE.token(), pushed(JOB)) == 204


@pytest.mark.parametrize(
    ("what", "token", "status"),
    [
        ("no token", None, 401),
        ("no JWT", "nonsense", 401),
        ("signed by another key", MALLORY.token(), 401),
        ("not signed", unsigned(), 401),
        ("altered after signing", altered(), 401),
        ("claiming that Cloud Run checked it", removed(GOOGLE.token()), 401),
        ("for another service", GOOGLE.token(aud="voice-staging-api"), 401),
        ("of another issuer", GOOGLE.token(iss="https://mallory.example"), 401),
        ("expired", GOOGLE.token(iat=1, exp=int(time.time()) - 60), 401),
        ("of the future", GOOGLE.token(iat=int(time.time()) + 600, exp=int(time.time()) + 1200), 401),
        ("of another identity", GOOGLE.token(email="eve@acme.iam.gserviceaccount.com"), 403),
        ("of an unverified address", GOOGLE.token(email_verified=False), 403),
        ("of a verified-looking address", GOOGLE.token(email_verified="true"), 403),
    ],
)
def test_a_forged_push_is_refused(what: str, token: str | None, status: int) -> None:
    assert status_of(token, pushed(JOB)) == status, what


@pytest.mark.parametrize(
    ("what", "token", "status"),
    [
        ("checked by Cloud Run", removed(GOOGLE.token()), 204),
        ("still signed", GOOGLE.token(), 204),
        ("signed by another key", MALLORY.token(), 401),
        ("not signed", unsigned(), 401),
        ("for another service", removed(GOOGLE.token(aud="voice-staging-api")), 401),
        ("of another issuer", removed(GOOGLE.token(iss="https://mallory.example")), 401),
        ("expired", removed(GOOGLE.token(iat=1, exp=int(time.time()) - 60)), 401),
        ("without a time", removed(GOOGLE.token(exp="never")), 401),
        ("of another identity", removed(GOOGLE.token(email="eve@acme.iam.gserviceaccount.com")), 403),
        ("no token but the words", "x.SIGNATURE_REMOVED_BY_GOOGLE", 401),
    ],
)
def test_where_cloud_run_checks_signatures_the_claims_still_count(what: str, token: str, status: int) -> None:
    keys = Keys()
    answer, ready = asyncio.run(answers(keys, (token, pushed(JOB)), auth="cloud-run"))
    assert (answer.status_code, ready.status_code) == (status, 200), what


def test_a_stranger_s_body_is_not_even_read() -> None:
    assert status_of(MALLORY.token(), "x" * (2 << 20)) == 401


def test_without_google_s_keys_a_push_is_put_off_and_the_worker_is_not_ready() -> None:
    keys = Keys()
    keys.status = 500
    push_answer, ready = asyncio.run(answers(keys, (GOOGLE.token(), pushed(JOB))))
    assert (push_answer.status_code, ready.status_code) == (503, 503)


def test_google_s_keys_are_fetched_once_and_again_when_they_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    keys, good = Keys(), (GOOGLE.token(), pushed(JOB))
    found = asyncio.run(answers(keys, good, good, good))
    assert [one.status_code for one in found] == [204, 204, 204, 200]
    assert keys.asked == 1
    monkeypatch.setattr(push, "KEYS_KEPT_S", 0.0)
    asyncio.run(answers(keys, good, good))
    assert keys.asked == 4


@pytest.mark.parametrize(
    "data", [b"\xff\xfe", b"not json", b"", {}, [], {**JOB, "id": "1"}, {**JOB, "text": ""}, {**JOB, "more": 1}]
)
def test_a_malformed_message_goes_to_the_dead_letters_or_is_let_go(data: object) -> None:
    assert status_of(GOOGLE.token(), pushed(data, attempt=3)) == 400, "refused until it is dead-lettered"
    assert status_of(GOOGLE.token(), pushed(data)) == 204, "nowhere to go: it would come back for ever"


@pytest.mark.parametrize("body", [{}, [], "x", {"message": {}}, {"message": {"messageId": "1", "data": "a"}}])
def test_what_is_no_push_is_refused(body: object) -> None:
    assert status_of(GOOGLE.token(), body) == 400


def test_a_duplicate_is_done_once(caplog: pytest.LogCaptureFixture) -> None:
    good = (GOOGLE.token(), pushed(JOB))
    with caplog.at_level("INFO", "app"):
        asyncio.run(answers(Keys(), good, good))
    said = [record.getMessage() for record in caplog.records]
    assert (said.count("job done"), said.count("job was already done")) == (1, 1)


def test_a_worker_on_a_laptop_takes_pushes_without_a_token_when_told_so() -> None:
    async def told() -> int:
        async with client_of(create_app(Worker(WORKER_AUTH="off"))) as client:
            return (await client.post("/pubsub/push", json=pushed(JOB))).status_code

    assert asyncio.run(told()) == 204

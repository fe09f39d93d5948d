"""What the limiters' tests share: limiters, a cluster of one node, a private authority."""

from __future__ import annotations

import datetime
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from redis import Redis

from app.caches import valkey as module
from app.caches.valkey import ValkeyLimiter
from app.settings import Cache
from tests.app.patience import PATIENCE_S
from tests.app.servers import redis

ENDLESS_S = 10**8
"""A period that no test sees the end of."""
CLOSE_S = 10.0
"""For a connection to be made, and to be closed: over TLS the other end is waited for, which may be gone."""


class Patience:
    """Lets limiters wait for Valkey for `seconds`, and counts what they do. By themselves they wait a quarter of a
    second and then count alone: less than a machine that does other things may pause."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seconds = PATIENCE_S
        self.waits: Counter[float] = Counter()
        """How often they would have waited so long for an answer."""
        self.clients = 0
        """How many they made themselves."""
        connection, answered = ValkeyLimiter._connection, module._answered

        def patient(limiter: ValkeyLimiter) -> Any:
            self.clients += 1
            with pytest.MonkeyPatch.context() as patch:  # for sockets: the module also sleeps ANSWER_S
                patch.setattr(module, "CONNECT_S", min(CLOSE_S, self.seconds))
                patch.setattr(module, "ANSWER_S", self.seconds)
                return connection(limiter)

        def noted(within_s: float) -> AbstractAsyncContextManager[None]:
            self.waits[within_s] += 1
            return answered(within_s and self.seconds)

        monkeypatch.setattr(ValkeyLimiter, "_connection", patient)
        monkeypatch.setattr(module, "_answered", noted)


def settings(server: redis.Server, *, ca: str = "", cluster: bool = False) -> Cache:
    """What the environment would say of `server`."""
    given: dict[str, Any] = {"CACHE_HOST": server.host, "CACHE_PORT": server.port, "CACHE_TLS_CA": ca}
    return Cache.model_validate({**given, "CACHE_CLUSTER": cluster})


def valkey(server: redis.Server) -> ValkeyLimiter:
    """A limiter of `server`."""
    return ValkeyLimiter(settings(server))


def a_key() -> str:
    """A key that nobody has used."""
    return f"user:{uuid.uuid4()}"


@contextmanager
def asking(server: redis.Server, **options: Any) -> Iterator[Any]:
    """A plain client, for what a test wants to know of the server."""
    client: Any = Redis(host=server.host, port=server.port, decode_responses=True, **options)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def one_node_cluster(*options: str, tls: bool = False) -> Iterator[redis.Server]:
    """A cluster whose only node holds all slots."""
    with redis.running(*options, cluster=True, tls=tls) as server:
        with asking(server, ssl=tls, ssl_cert_reqs="none") as node:
            node.execute_command("CLUSTER ADDSLOTSRANGE", 0, 16383)
            while node.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
                time.sleep(0.02)
        yield server


@dataclass(frozen=True)
class Authority:
    """A private certificate authority, and a server's certificate that names no address, like Memorystore's."""

    pem: str
    options: tuple[str, ...]
    """Of a server that shows the certificate."""


def authority(folder: Path, name: str) -> Authority:
    """A new one, its files in `folder`."""
    key, of_server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "10.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)

    def signed(of: x509.Name, public: ec.EllipticCurvePublicKey, *, ca: bool) -> str:
        certificate = (
            x509.CertificateBuilder(issuer, of, public, x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.PEM).decode()

    private = of_server.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    files = {"ca": signed(issuer, key.public_key(), ca=True), "key": private.decode()}
    files["cert"] = signed(subject, of_server.public_key(), ca=False)
    options = ["--tls-auth-clients", "no"]
    for kind, option in (("ca", "--tls-ca-cert-file"), ("key", "--tls-key-file"), ("cert", "--tls-cert-file")):
        path = folder / f"{name}.{kind}.pem"
        path.write_text(files[kind])
        options += [option, str(path)]
    return Authority(files["ca"], tuple(options))

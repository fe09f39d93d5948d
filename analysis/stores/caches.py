"""Redis and Valkey as policies look at them: three services of Google with other words for the same things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analysis.value import Value

REDIS: Final = "gcp:redis/instance:Instance"
CLUSTER: Final = "gcp:redis/cluster:Cluster"
VALKEY: Final = "gcp:memorystore/instance:Instance"


@dataclass(frozen=True, slots=True)
class Kind:
    """How one of the services says it."""

    encrypted: str
    """The value of `transitEncryptionMode` with TLS."""
    key: str
    """The input that names the key of Cloud KMS."""
    guard: str
    """The input that forbids to delete it."""
    configuration: str
    """The input with Redis's or Valkey's own settings."""
    persistence: str
    """The path of the persistence mode."""


_KINDS: Final = {
    REDIS: Kind(
        encrypted="SERVER_AUTHENTICATION",
        key="customerManagedKey",
        guard="deletionProtection",
        configuration="redisConfigs",
        persistence="persistenceConfig.persistenceMode",
    ),
    CLUSTER: Kind(
        encrypted="TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION",
        key="kmsKey",
        guard="deletionProtectionEnabled",
        configuration="redisConfigs",
        persistence="persistenceConfig.mode",
    ),
    VALKEY: Kind(
        encrypted="SERVER_AUTHENTICATION",
        key="kmsKey",
        guard="deletionProtectionEnabled",
        configuration="engineConfigs",
        persistence="persistenceConfig.mode",
    ),
}
CACHES: Final = tuple(_KINDS)


def kind_of(cache: Value) -> Kind:
    """How the service of one of `CACHES` says it."""
    return _KINDS[cache.resource.type]

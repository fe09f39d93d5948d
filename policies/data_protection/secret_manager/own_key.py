"""Secrets are encrypted with a key of one's own."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.encryption import names_own_key
from analysis.stores.secrets import REGIONAL_SECRET, SECRETS
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


def key_names(secret: Value) -> Iterator[Value]:
    """What names the key: once, or for each replica that one chose."""
    if secret.resource.type == REGIONAL_SECRET:
        yield secret.at("customerManagedEncryption.kmsKeyName")
        return
    replicas = list(secret.at("replication.userManaged.replicas").items())
    for replica in replicas:
        yield replica.at("customerManagedEncryption.kmsKeyName")
    if not replicas:
        yield secret.at("replication.auto.customerManagedEncryption.kmsKeyName")


@resource_policy(
    id="secret-own-key",
    title="A secret is encrypted with a key of its own, in each of its places",
    severity=Severity.MEDIUM,
    enforcement=Enforcement.ADVISORY,
    why="""With a key of one's own, nobody reads a secret any more once the key is disabled, and each use of the
    key is logged. Google's own key, the default, gives neither.""",
    fix="Give the `Secret` a key: `key=keys.for_service(Agent.SECRET_MANAGER)`; `customerKeys` demands it.",
    fix_raw="Set `customerManagedEncryption.kmsKeyName`, for each replica where there are several.",
    rows=(117,),
    types=SECRETS,
    elements=key_names,
)
def secret_own_key(key: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if not stack.disposable and not names_own_key(stack, key):
        yield f"{key.path} is left out: the secret is encrypted with Google's key"

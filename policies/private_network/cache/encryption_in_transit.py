"""Connections to the caches are encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.caches import CACHES, kind_of
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="cache-tls",
    title="A Redis or Valkey cache takes encrypted connections only",
    severity=Severity.HIGH,
    why="""Without TLS the password or token that a client sends, and every session behind it, can be read and
    used by whoever sees the network. None of the three services encrypts by default.""",
    fix="Use the `Valkey` component, which takes no argument for it.",
    fix_raw="Set `transitEncryptionMode` to server authentication; it cannot be changed afterwards.",
    rows=(76, 79, 80),
    types=CACHES,
)
def cache_tls(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # Off by default: https://cloud.google.com/memorystore/docs/valkey/about-in-transit-encryption and its sisters.
    mode = cache["transitEncryptionMode"]
    said = mode.text()
    if said != kind_of(cache).encrypted:
        told = "is left out, which means none" if said is None else f"is {said[:60]}"
        yield f"{mode.path} {told}: what clients send can be read on the way"

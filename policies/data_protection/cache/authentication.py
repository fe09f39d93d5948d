"""A cache asks who is there."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.caches import CACHES, CLUSTER, REDIS, kind_of
from analysis.value import Value
from policies.engine.policy import Settings, Severity, resource_policy


@resource_policy(
    id="cache-authentication",
    title="A Redis or Valkey cache lets in nobody who does not say who they are",
    severity=Severity.HIGH,
    why="""A cache that asks nothing gives every session in it to whatever reaches its address: a build, a
    container that somebody broke into, a neighbour in a shared network. None of the three services asks by
    default.""",
    fix="""Use the `Valkey` component, which asks for an IAM token; workloads get theirs by
    `uses=[cache.connect()]`.""",
    fix_raw="""Set `authorizationMode` to IAM authentication (it cannot be changed afterwards); on Memorystore
    for Redis, which has none, `authEnabled` to true.""",
    rows=(75, 79, 80),
    types=CACHES,
)
def cache_authentication(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    kind = cache.resource.type
    if kind == REDIS:
        # Off by default: https://www.pulumi.com/registry/packages/gcp/api-docs/redis/instance/
        enabled = cache["authEnabled"]
        if not enabled.flag(False):
            said = "is false" if enabled.present else "is left out, which means false"
            yield f"{enabled.path} {said}: whatever reaches the instance reads and writes all of it"
        return
    # Off by default: https://cloud.google.com/memorystore/docs/cluster/about-iam-auth and its sister. A token that
    # does not end (TOKEN_AUTH) is a password.
    mode = cache["authorizationMode"]
    if mode.text() != ("AUTH_MODE_IAM_AUTH" if kind == CLUSTER else "IAM_AUTH"):
        said = "is not IAM authentication" if mode.present else "is left out, which means none"
        yield f"{mode.path} {said}: whatever reaches the cache, or has its password, reads and writes all of it"


@resource_policy(
    id="cache-protected-mode",
    title="A cache's protected mode is not switched off",
    severity=Severity.MEDIUM,
    why="""Protected mode makes a cache without authentication refuse everybody but itself: it is the last guard
    where the first was forgotten.""",
    fix="Use the `Valkey` component, which sets only what is evicted.",
    fix_raw="Take `protected-mode` out of `engineConfigs` (`redisConfigs`).",
    rows=(80,),
    types=CACHES,
)
def protected_mode(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    # On by default: https://valkey.io/topics/security/
    mode = cache[kind_of(cache).configuration]["protected-mode"]
    if mode.present and mode.text("").strip().lower() not in ("yes", "true"):
        yield f"{mode.path} is not yes: without authentication the cache would answer everybody"

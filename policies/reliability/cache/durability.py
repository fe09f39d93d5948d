"""A cache outlives a failure as far as what is in it is worth."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.stack import Stack
from analysis.stores.caches import CACHES, REDIS, kind_of
from analysis.value import Value
from policies.engine.policy import Enforcement, Settings, Severity, resource_policy


@resource_policy(
    id="cache-deletion-guard",
    title="A Redis or Valkey cache of a stack that keeps data is guarded against deletion",
    severity=Severity.MEDIUM,
    why="""Deleting the cache ends every session at once, and no backup has them. Half of what replaces a cache
    is a property that cannot be changed (its key, its encryption): the guard stops that too.""",
    fix="Let the environment's profile keep `protect`: `Valkey` sets the guard from it.",
    fix_raw="""Leave `deletionProtectionEnabled` (Memorystore for Redis: `deletionProtection`) out, or set it to
    true.""",
    rows=(79, 80),
    types=CACHES,
)
def cache_guard(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    # The provider sets true where it is left out, for all three:
    # https://www.pulumi.com/registry/packages/gcp/api-docs/memorystore/instance/ and its sisters
    guard = cache[kind_of(cache).guard]
    if not guard.flag(True):
        yield f"{guard.path} is false: one click, or one change that cannot be made in place, deletes the cache"


@resource_policy(
    id="cache-high-availability",
    title="A Redis or Valkey cache of a stack that keeps data has a replica in another zone",
    severity=Severity.MEDIUM,
    why="""A cache of one node is empty after each maintenance and away with its zone: users are logged out, limits
    forget whom they held back, and the database takes the whole load.""",
    fix="""Set `replicas` of the profile's `CacheSize` (stacks/profiles.py) to 1 or more: `Valkey` spreads them
    over zones.""",
    fix_raw="Set `replicaCount` to 1 or more, several zones, and for Memorystore for Redis `tier` to STANDARD_HA.",
    rows=(78,),
    # Of a pure cache some would rather lose the content than pay for it twice.
    enforcement=Enforcement.ADVISORY,
    types=CACHES,
)
def cache_availability(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    if cache.resource.type == REDIS:
        # BASIC by default: https://www.pulumi.com/registry/packages/gcp/api-docs/redis/instance/
        tier = cache["tier"]
        if tier.text("BASIC") != "STANDARD_HA":
            said = "is not STANDARD_HA" if tier.present else "is left out, which means BASIC"
            yield f"{tier.path} {said}: there is no second node"
        return
    # None, in several zones, by default: https://www.pulumi.com/registry/packages/gcp/api-docs/memorystore/instance/
    replicas = cache["replicaCount"]
    if replicas.number(0) < 1:
        said = "is 0" if replicas.present else "is left out, which means 0"
        yield f"{replicas.path} {said}: there is no second node"
        return
    zones = cache["zoneDistributionConfig"]["mode"]
    if zones.text() == "SINGLE_ZONE":
        yield f"{zones.path} is SINGLE_ZONE: the replicas fail with the node that they stand in for"


@resource_policy(
    id="cache-persistence",
    title="A cache that evicts nothing writes to disk what it holds",
    severity=Severity.MEDIUM,
    why="""Whoever forbids eviction means to lose nothing. But memory alone is lost when all nodes restart, which a
    maintenance, a failover or a change of size may do.""",
    fix="Give `Valkey` a `persistence` (SNAPSHOT or LOG), or an `eviction` that says that it is a cache.",
    fix_raw="Set `persistenceConfig` to RDB or AOF, or `maxmemory-policy` to something other than noeviction.",
    rows=(80,),
    # The policy tells what is meant only by inference.
    enforcement=Enforcement.ADVISORY,
    types=CACHES,
)
def cache_persistence(cache: Value, stack: Stack, settings: Settings) -> Iterator[str]:
    if stack.disposable:
        return
    kind = kind_of(cache)
    # volatile-lru by default: https://cloud.google.com/memorystore/docs/valkey/supported-instance-configurations
    eviction = cache[kind.configuration]["maxmemory-policy"]
    if eviction.text("volatile-lru") != "noeviction":
        return
    # Without by default, for all three: https://cloud.google.com/memorystore/docs/valkey/about-persistence
    mode = cache.at(kind.persistence)
    backed_up = cache.resource.type != REDIS and cache["automatedBackupConfig"].present
    if mode.text() not in ("RDB", "AOF") and not backed_up:
        yield f"{mode.path} is neither RDB nor AOF, but {eviction.path} is noeviction: a restart loses all of it"

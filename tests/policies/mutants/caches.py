"""Edits of the Valkey cache, and caches of the other two services that somebody adds."""

from __future__ import annotations

from typing import Any

from tests.policies.mutation import Draft, mutant

VALKEY = "memorystore/instance:Instance"
REDIS = "redis/instance:Instance"
CLUSTER = "redis/cluster:Cluster"
KEY = "projects/p/locations/europe-west1/keyRings/r/cryptoKeys/k"


def _redis(draft: Draft, **changes: Any) -> None:
    """A Redis instance that is sound but for `changes`; None takes an input away."""
    sound = {
        "name": "another",
        "memorySizeGb": 1,
        "region": "europe-west1",
        "tier": "STANDARD_HA",
        "authEnabled": True,
        "transitEncryptionMode": "SERVER_AUTHENTICATION",
        "connectMode": "PRIVATE_SERVICE_ACCESS",
        "authorizedNetwork": "projects/p/global/networks/vpc",
        "customerManagedKey": KEY,
        "redisVersion": "REDIS_7_2",
        "labels": draft.inputs(VALKEY)["labels"],
    }
    draft.add(REDIS, "another", {key: one for key, one in {**sound, **changes}.items() if one is not None})


def _cluster(draft: Draft, **changes: Any) -> None:
    sound = {
        "name": "another",
        "shardCount": 3,
        "replicaCount": 1,
        "region": "europe-west1",
        "pscConfigs": [{"network": "projects/p/global/networks/vpc"}],
        "authorizationMode": "AUTH_MODE_IAM_AUTH",
        "transitEncryptionMode": "TRANSIT_ENCRYPTION_MODE_SERVER_AUTHENTICATION",
        "kmsKey": KEY,
        "labels": draft.inputs(VALKEY)["labels"],
    }
    draft.add(CLUSTER, "another", {key: one for key, one in {**sound, **changes}.items() if one is not None})


@mutant("redis-private-network")
def redis_is_peered(draft: Draft) -> None:
    _redis(draft, connectMode="DIRECT_PEERING")


@mutant("redis-private-network")
def redis_leaves_the_mode_out(draft: Draft) -> None:
    _redis(draft, connectMode=None)


@mutant("redis-private-network", stack="staging")
def redis_is_in_the_default_network(draft: Draft) -> None:
    _redis(draft, authorizedNetwork=None)


@mutant("cache-tls")
def the_cache_is_not_encrypted(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["transitEncryptionMode"] = "TRANSIT_ENCRYPTION_DISABLED"


@mutant("cache-tls", stack="staging")
def encryption_is_left_out(draft: Draft) -> None:
    del draft.inputs(VALKEY, "cache")["transitEncryptionMode"]


@mutant("cache-tls")
def a_cluster_without_encryption_is_added(draft: Draft) -> None:
    _cluster(draft, transitEncryptionMode=None)


@mutant("cache-authentication")
def the_cache_asks_nobody(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["authorizationMode"] = "AUTH_DISABLED"


@mutant("cache-authentication", stack="staging")
def authentication_is_left_out(draft: Draft) -> None:
    del draft.inputs(VALKEY, "cache")["authorizationMode"]


@mutant("cache-authentication")
def a_redis_without_a_password_is_added(draft: Draft) -> None:
    _redis(draft, authEnabled=None)


@mutant("cache-authentication")
def a_cluster_without_authentication_is_added(draft: Draft) -> None:
    _cluster(draft, authorizationMode="AUTH_MODE_DISABLED")


@mutant("cache-protected-mode")
def protected_mode_is_switched_off(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["engineConfigs"]["protected-mode"] = "no"


@mutant("cache-protected-mode", stack="staging")
def protected_mode_is_switched_off_in_staging(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["engineConfigs"]["protected-mode"] = "no"


@mutant("cache-own-key", also=("service-agent-nothing-wider",))
def the_cache_loses_its_key(draft: Draft) -> None:
    del draft.inputs(VALKEY, "cache")["kmsKey"]
    draft.find(VALKEY, "cache").propertyDependencies.pop("kmsKey")


@mutant("cache-own-key")
def a_redis_without_a_key_is_added(draft: Draft) -> None:
    _redis(draft, customerManagedKey=None)


@mutant("cache-own-key")
def a_cluster_without_a_key_is_added(draft: Draft) -> None:
    _cluster(draft, kmsKey=None)


@mutant("cache-deletion-guard")
def the_cache_is_not_guarded(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["deletionProtectionEnabled"] = False


@mutant("cache-deletion-guard")
def a_redis_without_a_guard_is_added(draft: Draft) -> None:
    _redis(draft, deletionProtection=False)


@mutant("cache-high-availability")
def the_cache_has_no_replica(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["replicaCount"] = 0


@mutant("cache-high-availability")
def the_cache_is_in_one_zone(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["zoneDistributionConfig"] = {"mode": "SINGLE_ZONE", "zone": "europe-west1-b"}


@mutant("cache-high-availability")
def a_redis_of_one_node_is_added(draft: Draft) -> None:
    _redis(draft, tier=None)


@mutant("cache-persistence")
def nothing_is_evicted_and_nothing_written(draft: Draft) -> None:
    draft.inputs(VALKEY, "cache")["engineConfigs"]["maxmemory-policy"] = "noeviction"


@mutant("cache-persistence")
def a_redis_that_forgets_what_it_keeps_is_added(draft: Draft) -> None:
    _redis(draft, redisConfigs={"maxmemory-policy": "noeviction"})


@mutant("cache-supported-version")
def an_old_redis_is_added(draft: Draft) -> None:
    _redis(draft, redisVersion="REDIS_5_0")


@mutant("cache-supported-version", stack="staging")
def a_redis_6_is_added(draft: Draft) -> None:
    _redis(draft, redisVersion="REDIS_6_X")
